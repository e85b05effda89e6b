package gateway_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pricetime/engine"
	"pricetime/engine/model"
	"pricetime/gateway"
)

// stage is a venue and who talks to it, one line at a time: after each, it waits until
// all that came of the line has been heard by everybody. So a script has one outcome,
// on every transport, however stages are put on threads.
//
// The market is a subscriber of a product. To know that it has heard everything, a marker
// puts an order into another product's book and takes it out again: the feed tells of all
// products in one order, so behind those two lines the market has heard what was before.
type stage struct {
	fail   func(format string, args ...any)
	addr   string
	logins map[string]string // what else an account's login has
	nowNs  atomic.Int64

	cast  []string // in the order in which they came
	conns map[string]*conn
	heard []said // since the last look
	marks int
	ids   map[string]string // of sessions

	onMarket func(line string) // the market hears this
	onMark   func(mark int)    // the market has heard all that came before the mark
}

type conn struct {
	net.Conn
	in     *bufio.Reader
	closed bool
}

// said is a line that somebody hears, without its newline.
type said struct{ who, line string }

// The market, the product that it does not see, and who marks time in it.
const (
	theMarket     = "market"
	theMarker     = "marker"
	markerProduct = "AAPL"
)

// stageTime is when a stage's clock stands until a script moves it.
var stageTime = time.Date(2025, 6, 2, 13, 30, 0, 0, time.UTC)

// newStage returns a stage for a venue that is started with these options.
func newStage(o *gateway.Options) *stage {
	s := &stage{conns: map[string]*conn{}, logins: map[string]string{}, ids: map[string]string{}, onMarket: func(string) {}, onMark: func(int) {}}
	s.nowNs.Store(stageTime.UnixNano())
	o.Clock = s.nowNs.Load
	return s
}

// watch lets the market in.
func (s *stage) watch(channels string) {
	s.enter(theMarket, "")
	s.enter(theMarker, s.login(theMarker))
	s.send(theMarket, fmt.Sprintf(`{"type":"subscribe","channels":["level2"],"product_ids":[%q]}`, markerProduct),
		fmt.Sprintf(`{"type":"subscribe","channels":[%s],"product_ids":["DEMO"]}`, channels))
	for seen := 0; seen < 1+strings.Count(channels, ","); { // the last of the snapshots
		if line := s.next(theMarket); strings.Contains(line, `"product_id":"DEMO"`) && strings.Contains(line, `"channel"`) {
			s.hear(theMarket, line)
			seen++
		}
	}
}

// tell makes somebody send a line, in which "$alice" is the session of alice, and returns
// what everybody hears: the sender first.
func (s *stage) tell(who, line string) []said {
	if s.conns[who] == nil {
		s.enter(who, s.login(who))
	}
	for name, id := range s.ids {
		line = strings.ReplaceAll(line, `"$`+name+`"`, `"`+id+`"`)
	}
	s.send(who, line)
	return s.settle(who)
}

// until moves the clock and waits until somebody has heard of it, without a command of
// anybody's. Then it is like tell.
func (s *stage) until(who string, at time.Time) []said {
	s.nowNs.Store(at.UnixNano())
	for began := time.Now(); len(s.heard) == 0; time.Sleep(time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			s.fail("%s hears nothing of %v", who, at)
		}
		if who == theMarket {
			s.hear(who, s.next(who))
		} else {
			s.listen(who)
		}
	}
	return s.settle(who)
}

// settle waits until everybody has heard everything. It returns what they
// heard: first, the others as they came, the market.
func (s *stage) settle(first string) []said {
	for _, who := range append([]string{first}, s.cast...) {
		s.listen(who)
	}
	if s.conns[theMarket] != nil {
		s.mark()
	}
	heard := s.heard
	s.heard = nil
	place := func(x said) int {
		switch x.who {
		case theMarket:
			return len(s.cast)
		case first:
			return -1
		}
		return slices.Index(s.cast, x.who)
	}
	slices.SortStableFunc(heard, func(a, b said) int { return place(a) - place(b) })
	return heard
}

// listen hears all that somebody was sent up to now.
func (s *stage) listen(who string) {
	if who == "" || who == theMarket || who == theMarker || s.conns[who].closed {
		return
	}
	s.send(who, `{"type":"ping"}`)
	for {
		line := s.next(who)
		if line == `{"type":"pong"}` {
			return
		}
		s.hear(who, line)
		if s.conns[who].closed {
			return
		}
	}
}

// mark hears all that the market was sent up to now.
func (s *stage) mark() {
	s.marks++
	id := markName(s.marks)
	s.send(theMarker,
		fmt.Sprintf(`{"type":"order","client_oid":%q,"product_id":%q,"side":"buy","price":"1.00","size":"1"}`, id, markerProduct),
		fmt.Sprintf(`{"type":"cancel","client_oid":%q}`, id))
	for range 3 { // received, open, done
		s.next(theMarker)
	}
	for left := 2; left > 0; {
		line := s.next(theMarket)
		if strings.Contains(line, `"product_id":"`+markerProduct+`"`) {
			if left--; left == 1 {
				s.onMark(s.marks)
			}
			continue
		}
		s.hear(theMarket, line)
	}
}

func (s *stage) hear(who, line string) {
	s.heard = append(s.heard, said{who, line})
	if who == theMarket {
		s.onMarket(line)
	}
}

func markName(n int) string { return fmt.Sprint("mark", n) }

func (s *stage) login(who string) string {
	return fmt.Sprintf(`{"type":"login","account":%q%s}`, strings.TrimRight(who, "'"), s.logins[strings.TrimRight(who, "'")])
}

// enter connects somebody. alice' is another session of alice.
func (s *stage) enter(who, login string) {
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		s.fail("%v", err)
	}
	s.conns[who] = &conn{Conn: c, in: bufio.NewReaderSize(c, 1<<16)}
	s.cast = append(s.cast, who)
	if login != "" {
		s.send(who, login)
		if line := s.next(who); !strings.HasPrefix(line, `{"type":"logged_in"`) {
			s.fail("%s: %s", who, line)
		} else {
			_, id, _ := strings.Cut(line, `"session":"`)
			s.ids[who], _, _ = strings.Cut(id, `"`)
		}
	}
}

func (s *stage) send(who string, lines ...string) {
	if _, err := s.conns[who].Write([]byte(strings.Join(lines, "\n") + "\n")); err != nil {
		s.fail("%s: %v", who, err)
	}
}

// next is the next line that somebody hears; at the end of the connection it is "closed".
func (s *stage) next(who string) string {
	c := s.conns[who]
	c.SetReadDeadline(time.Now().Add(20 * time.Second))
	line, err := c.in.ReadString('\n')
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		s.fail("%s hears nothing", who)
	}
	if err != nil {
		c.closed = true
		return "closed"
	}
	return strings.TrimSuffix(line, "\n")
}

func (s *stage) leave() {
	for _, c := range s.conns {
		c.Close()
	}
}

// playScript runs a script on a venue and compares what is heard with what the script
// says. A line of a script at its margin is something done:
//
//	alice sell S1 10 @ 100.00 display_size=5    an order; without @ it has no price
//	alice cancel client_oid=S1                  any request
//	ops admin command=halt product_id=DEMO
//	clock 1h30m alice                           so long after the start; then alice hears of it
//
// and an indented one what somebody hears of it: the line's values in their order, without
// sequence, time and product; an order goes by its client id. The market's full and
// level2 books are compared with the model's, after each line, all the way.
func playScript(t *testing.T, o gateway.Options, logins map[string]string, script string) {
	t.Helper()
	if o.Instruments == nil {
		o.Instruments = gateway.EmbeddedInstruments()
	}
	o.Tap = &gateway.Tap{}
	s := newStage(&o)
	s.fail = t.Fatalf
	if logins != nil {
		s.logins = logins
	}
	v := start(t, o)
	s.addr = v.JSONAddr()
	t.Cleanup(s.leave)
	books := gateway.NewMarketBooks(t, &o.Instruments[0])
	was := map[int]*gateway.MarketBooks{} // at each mark
	names := map[string]string{}          // of orders: client ids by order ids
	var got, want strings.Builder
	s.onMarket = books.Take
	s.onMark = func(mark int) { was[mark] = books.Copy() }
	s.watch(`"full","level2"`)
	s.settle("")
	for line := range strings.Lines(strings.TrimRight(script, "\t\n")) {
		line = strings.TrimPrefix(strings.TrimRight(line, "\n"), "\t\t")
		if line == "" {
			continue
		}
		fmt.Fprintln(&want, line)
		if line[0] == '\t' {
			continue
		}
		fmt.Fprintln(&got, line)
		who, what, _ := strings.Cut(line, " ")
		var heard []said
		if who == "clock" {
			after, whom, _ := strings.Cut(what, " ")
			d, err := time.ParseDuration(after)
			if err != nil {
				t.Fatal(err)
			}
			heard = s.until(whom, stageTime.Add(d))
		} else {
			heard = s.tell(who, request(what))
		}
		for _, x := range heard {
			learn(names, x.line)
		}
		for _, x := range heard {
			if words := inWords(x.line, names); x.who != theMarket || !strings.HasPrefix(words, "l2update") {
				fmt.Fprintf(&got, "\t%s %s\n", x.who, words)
			}
		}
	}
	if got.String() != want.String() {
		t.Errorf("heard\n%s\nwant\n%s", got.String(), want.String())
	}
	v.Stop()
	compareWithModel(t, &o, was)
}

// compareWithModel gives the venue's commands to the model, and compares its shown book
// with the market's at each mark: behind the mark's order, before
// which orders may have expired.
func compareWithModel(t *testing.T, o *gateway.Options, was map[int]*gateway.MarketBooks) {
	t.Helper()
	m := model.New(o.Limits.Engine, o.Instruments)
	events, done, compared := o.Tap.Events, 0, 0
	for i := range o.Tap.Commands {
		c := &o.Tap.Commands[i]
		m.Apply(engine.Seq(i+1), c)
		for done < len(events) && events[done].Flags&engine.FlagLast == 0 {
			done++
		}
		done++
		if b := was[compared+1]; b != nil && c.Kind == engine.CmdEnter && string(c.ClOrdID[:len(markName(compared+1))]) == markName(compared+1) {
			compared++
			if text := b.Differ(m, 0, events[:done]); text != "" {
				t.Errorf("mark %d: %s", compared, text)
			}
		}
	}
	if compared != len(was) || compared == 0 {
		t.Errorf("%d of %d books compared", compared, len(was))
	}
}

// request is a line of a script as JSON.
func request(words string) string {
	if strings.HasPrefix(words, "{") {
		return words
	}
	f := strings.Fields(words)
	var b strings.Builder
	if f[0] == "buy" || f[0] == "sell" {
		fmt.Fprintf(&b, `{"type":"order","client_oid":%q,"product_id":"DEMO","side":%q,"size":%q`, f[1], f[0], f[2])
		if f = f[3:]; len(f) > 1 && f[0] == "@" {
			fmt.Fprintf(&b, `,"price":%q`, f[1])
			f = f[2:]
		}
	} else {
		fmt.Fprintf(&b, `{"type":%q`, f[0])
		f = f[1:]
	}
	for _, x := range f {
		name, value, _ := strings.Cut(x, "=")
		if value != "true" && value != "false" {
			value = fmt.Sprintf("%q", value)
		}
		fmt.Fprintf(&b, ",%q:%s", name, value)
	}
	return b.String() + "}"
}

// learn notes which order a session's own line is about.
func learn(names map[string]string, line string) {
	var l struct {
		Channel   string `json:"channel"`
		OrderID   string `json:"order_id"`
		ClientOID string `json:"client_oid"`
	}
	if json.Unmarshal([]byte(line), &l) == nil && l.Channel == "" && l.OrderID != "" {
		names[l.OrderID] = l.ClientOID
	}
}

var oneField = regexp.MustCompile(`"(\w+)":("[^"]*"|[\w.]+|\[.*?\]+)[,}]`)

// inWords is a line's values in their order, but those that every line has. Fields that
// few orders have go with their names.
func inWords(line string, names map[string]string) string {
	if line == "closed" {
		return line
	}
	var words []string
	for _, f := range oneField.FindAllStringSubmatch(line, -1) {
		name, value := f[1], strings.Trim(f[2], `"`)
		switch name {
		case "sequence", "time", "product_id", "channel", "message", "session":
		case "order_id":
			if strings.Contains(line, `"channel"`) {
				words = append(words, names[value])
			}
		case "maker_order_id", "taker_order_id":
			words = append(words, strings.TrimSuffix(name, "_order_id")+"="+names[value])
		case "parked", "hidden", "post_only", "resent", "kept_priority":
			words = append(words, name)
		case "display_size", "stop_price", "expire_time", "surplus", "count":
			words = append(words, name+"="+value)
		default:
			words = append(words, value)
		}
	}
	return strings.Join(words, " ")
}
