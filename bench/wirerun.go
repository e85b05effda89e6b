package bench

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"pricetime/gateway/client"
	"pricetime/gateway/latency"
	"pricetime/gateway/wire/jsonl"
)

// wireRun is one venue, one echo, and what was measured of them. Only one of the
// two runs at a time: the other is stopped.
type wireRun struct {
	clock   *clock
	options WireOptions
	slice   time.Duration
	warmUp  time.Duration

	flow      *orderFlow
	schedules []Schedule // open loop: one a slice
	venue     *child     // nil: somebody else's
	echo      *child
	orders    []*link
	echoes    []*link
	answers   []*orderAnswers
	bar       *progress // nil: the caller has one

	threading, idle, durability string

	order   *generator // of all slices together
	floor   *latency.Recorder
	values  map[string]float64
	flags   []string
	seconds float64
	broken  error // the venue cut an order connection: what it had not answered is dropped
}

// newWireRun encodes the flow, starts both servers and fills the book.
func newWireRun(c *clock, o WireOptions, parts int) (_ *wireRun, err error) {
	w := &wireRun{clock: c, options: o, slice: o.Duration / time.Duration(parts), floor: latency.NewRecorder()}
	w.warmUp = min(200*time.Millisecond, w.slice/2)
	n, err := w.schedule(parts)
	if err != nil {
		return nil, err
	}
	if w.flow, err = newOrderFlow(o.Seed, o.Resting, n, o.Connections, runPrefix()); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	address := o.Address
	w.threading, w.idle, w.durability = "unknown", "unknown", "unknown"
	if address == "" {
		if w.venue, err = startChild(o.Venue, "json"); err != nil {
			return nil, err
		}
		address = w.venue.address
	}
	if w.echo, err = startChild(o.Echo, "echo"); err != nil {
		return nil, err
	}
	if err := w.connect(address); err != nil {
		return nil, err
	}
	w.echo.pause()
	if err := w.fill(); err != nil {
		return nil, fmt.Errorf("filling the book: %w", err)
	}
	return w, nil
}

// schedule lays out the slices and says how many requests they need.
func (w *wireRun) schedule(parts int) (n int, err error) {
	o := &w.options
	length := w.warmUp + w.slice
	if o.Rate == 0 {
		return min(requestsMax, int(float64(parts)*length.Seconds()*closedLoopMax)), nil
	}
	if most := 0.95 * requestsMax / (o.Rate * float64(parts)); length.Seconds() > most {
		length = time.Duration(most * 1e9)
		w.warmUp = min(w.warmUp, length/4)
		w.slice = length - w.warmUp
	}
	for i := range parts {
		s, err := NewSchedule(o.Seed+uint64(i), o.Rate, length, o.Arrivals)
		if err != nil {
			return 0, err
		}
		w.schedules = append(w.schedules, s)
		n += len(s)
	}
	return n, nil
}

// closedLoopMax is the most orders a second that a closed loop is prepared for.
const closedLoopMax = 2e6

// runPrefix makes the client ids of a run its own: a venue that runs remembers
// those of the runs before for the whole day.
func runPrefix() string {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	b := []byte("b       ")
	for i := 1; i < len(b); i++ {
		b[i] = digits[rand.IntN(len(digits))]
	}
	return string(b)
}

// connect opens the order sessions, and as many connections to the echo.
func (w *wireRun) connect(address string) error {
	isOpen := make([]bool, len(w.flow.createdBy))
	for i, s := range w.flow.streams {
		conn, err := client.DialSpin(address, 5*time.Second)
		if err != nil {
			return err
		}
		a := w.flow.newAnswers(i, isOpen)
		w.orders = append(w.orders, newLink(conn, s, a))
		w.answers = append(w.answers, a)
		if err := login(conn, fmt.Sprintf("%s%d", w.flow.prefix, i)); err != nil {
			return err
		}
		if conn, err = client.DialSpin(w.echo.address, 5*time.Second); err != nil {
			return err
		}
		w.echoes = append(w.echoes, newLink(conn, s.from(w.flow.prefill[i]), new(echoAnswers)))
	}
	return nil
}

// from is the stream without its first n requests.
func (s stream) from(n int) stream {
	if n == 0 {
		return s
	}
	start := s.ends[n-1]
	rest := stream{bytes: s.bytes[start:], ends: make([]int, len(s.ends)-n)}
	for i := range rest.ends {
		rest.ends[i] = s.ends[n+i] - start
	}
	return rest
}

// echoAnswers: the lines come back in order.
type echoAnswers struct{ next int }

// hot
func (e *echoAnswers) scan([]byte) int {
	e.next++
	return e.next - 1
}

func login(conn *client.Spin, account string) error {
	if _, err := conn.Write(jsonl.AppendLogin(nil, &jsonl.LoginRequest{Account: account})); err != nil {
		return err
	}
	line, err := await(conn)
	if err == nil && !strings.HasPrefix(string(line), `{"type":"logged_in"`) {
		err = fmt.Errorf("login was answered %s", line)
	}
	return err
}

// await polls for a line, for a few seconds.
func await(conn *client.Spin) ([]byte, error) {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		if line, ok, err := conn.Poll(); ok || err != nil {
			return line, err
		}
	}
	return nil, errors.New("no answer within 5 s")
}

// fill sends the prefill, in a closed loop, and leaves the links behind it.
func (w *wireRun) fill() error {
	for i, l := range w.orders {
		l.limit = w.flow.prefill[i]
	}
	g := newGenerator(w.clock, w.orders)
	g.window, g.duration = 64, time.Minute
	if err := g.run(); err != nil {
		return err
	}
	if n := g.unanswered(); n > 0 {
		return fmt.Errorf("%d requests were not answered", n)
	}
	for i, l := range w.orders {
		l.limit = len(l.stream.ends)
		w.answers[i].prefill.Trades, w.answers[i].prefill.Qty = w.answers[i].trades, w.answers[i].takerQty
	}
	return nil
}

// measure alternates floor and orders, and sums up. Values of the slices are
// averaged by their length; times are in one histogram.
func (w *wireRun) measure(parts int) error {
	w.order = newGenerator(w.clock, w.orders)
	floor := newGenerator(w.clock, w.echoes)
	floor.response = w.floor
	w.values = map[string]float64{}
	sent := 0
	for i := range parts {
		w.step("floor", i, parts)
		if w.venue != nil {
			w.venue.pause()
		}
		w.echo.resume()
		if err := w.slicedRun(floor, i, sent); err != nil {
			return fmt.Errorf("the echo: %w", err)
		}
		w.echo.pause()
		if w.venue != nil {
			w.venue.resume()
		}
		w.step("orders", i, parts)
		w.broken = w.slicedRun(w.order, i, sent)
		if w.options.Rate > 0 {
			sent += len(w.schedules[i])
		}
		w.add(w.order)
		if w.broken != nil || w.order.unanswered() > 0 {
			break // what follows would count the same ones again
		}
	}
	for name := range w.values {
		w.values[name] /= w.seconds
	}
	w.values["unanswered"] = float64(w.order.unanswered())
	if w.venue != nil { // what it said when it started has long arrived
		w.threading, w.idle, w.durability = w.venue.setting("threads"), w.venue.setting("idle"), w.venue.setting("durability")
	}
	return w.listOrders()
}

func (w *wireRun) step(what string, i, parts int) {
	if w.bar != nil {
		w.bar.step(fmt.Sprintf("%s %d/%d", what, i+1, parts))
		w.bar.finished(w.warmUp + w.slice)
	}
}

// add adds a slice's values, by its length, and its flags.
func (w *wireRun) add(g *generator) {
	for name, v := range g.values() {
		w.values[name] += v * g.seconds()
	}
	w.seconds += g.seconds()
	for _, f := range g.flags() {
		if !slices.Contains(w.flags, f) {
			w.flags = append(w.flags, f)
		}
	}
}

// slicedRun drives a generator for one slice; its recorders go on from the last one.
func (w *wireRun) slicedRun(g *generator, slice, sent int) (err error) {
	g.warmUp, g.duration = w.warmUp, w.slice
	if w.options.Rate == 0 {
		g.window = w.options.InFlight
	} else {
		g.schedule, g.linkOf = w.schedules[slice], w.flow.linkOf[sent:]
	}
	g.restart()
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	return g.run()
}

// listOrders asks the venue for every session's open orders, for the check.
func (w *wireRun) listOrders() error {
	if w.broken != nil || w.order.unanswered() > 0 {
		return nil
	}
	for i, l := range w.orders {
		if _, err := l.conn.Write(jsonl.AppendOrders(nil)); err != nil {
			return err
		}
		a := w.answers[i]
		for a.ordersEnd < 0 {
			line, err := await(l.conn)
			if err != nil {
				return fmt.Errorf("listing the open orders: %w", err)
			}
			a.scan(line)
		}
	}
	return nil
}

// checked says whether the venue did what the flow makes it do.
func (w *wireRun) checked() Check {
	c := Check{Name: "orders sent = acknowledged, and the venue's book is the one its answers tell"}
	if w.broken != nil {
		c.Detail = w.broken.Error()
		return c
	}
	if n := w.order.unanswered(); n > 0 {
		c.Detail = fmt.Sprintf("%d of %d orders were not acknowledged", n, w.sent())
		return c
	}
	complete := true
	for _, l := range w.orders {
		complete = complete && l.answered == len(l.stream.ends)
	}
	if err := w.flow.check(w.answers, complete, len(w.orders) == 1); err != nil {
		c.Detail = err.Error()
		return c
	}
	c.OK = true
	c.Detail = fmt.Sprintf("%d orders", w.sent())
	return c
}

func (w *wireRun) sent() (n int) {
	for _, l := range w.orders {
		n += l.sent
	}
	return n
}

// run is the point as the report keeps it.
func (w *wireRun) run() Run {
	r := newRun(w.values, map[string]*latency.Recorder{
		"response": w.order.response, "service": w.order.service, "lateness": w.order.lateness, "floor": w.floor,
	})
	r.Flags = w.flags
	return r
}

func (w *wireRun) close() {
	for _, l := range append(w.orders, w.echoes...) {
		l.conn.Close()
	}
	for _, c := range []*child{w.venue, w.echo} {
		if c != nil {
			c.stop()
		}
	}
}

// requestsMax bounds the requests of one run, which are all encoded before it:
// about 150 bytes each.
const requestsMax = 1_200_000
