package bench

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"pricetime/gateway/latency"
	"pricetime/gateway/stamps"
)

// ErrNoStamps: this build records no stamps.
var ErrNoStamps = errors.New("this build records no stamps: `make budget`, or go build -tags stamps ./cmd/pricetime (amd64), makes one that does")

// Budget is where the time of one order goes, over one connection with one order in
// flight: the borders that the venue stamped, between the client's sending and its
// answer, beside the round trip and the echo's of the same run. Nanoseconds.
type Budget struct {
	Stages []BudgetStage `json:"stages"` // first to last; they add up to the round trip
	Aside  []BudgetStage `json:"aside"`  // what is in no order's way, or lies across two stages

	RoundTrip WireTimes        `json:"order"`   // as the client has it
	Floor     WireTimes        `json:"floor"`   // the echo's
	Added     int64            `json:"added"`   // order p50 - floor p50
	Venue     latency.Quantile `json:"venue"`   // p50 of all from the read's return to the write's beginning: what is ours alone
	LookNs    int64            `json:"look_ns"` // what a look at the counter costs; there is one in every border, not subtracted
	Orders    int              `json:"orders"`  // whose stamps were whole
	Left      int              `json:"orders_left_out"`
	NotInIt   []string         `json:"not_in_it"`

	Threading string      `json:"threading"`
	Idle      string      `json:"idle"`
	Resting   int         `json:"resting"`
	Seconds   float64     `json:"seconds"`
	Seed      uint64      `json:"seed"`
	Flags     []string    `json:"flags"`
	Checks    []Check     `json:"checks"`
	Machine   Fingerprint `json:"machine"`
}

// BudgetStage is the time between two borders. Share is its part of the round trip,
// over the orders whose round trip is at most the p99: a moment in which the machine
// stood still is in whatever stage it met.
type BudgetStage struct {
	Name  string           `json:"name"`
	File  string           `json:"file"`
	P50   latency.Quantile `json:"p50"`
	P99   latency.Quantile `json:"p99"`
	Share float64          `json:"share"`
}

// Borders of an order's way: the client's two and the venue's between them.
const (
	borderSent     = int(stamps.Marks) + iota // the client's write began
	borderAnswered                            // the client's read returned
	borders
)

// way is the stages, each from the border before.
var way = []struct {
	from, to   int
	name, file string
}{
	{borderSent, int(stamps.ReadBegan), "client's write, kernel, the venue looks for work", "gateway/reactor_linux.go"},
	{int(stamps.ReadBegan), int(stamps.ReadDone), "read", "gateway/reactor_linux.go"},
	{int(stamps.ReadDone), int(stamps.Decoded), "time stamp, cut the line, decode", "gateway/wire/jsonl/fast.go"},
	{int(stamps.Decoded), int(stamps.Copied), "claim a slot, copy", "gateway/ring"},
	{int(stamps.Copied), int(stamps.Taken), "publish, the core polls", "gateway/core.go"},
	{int(stamps.Taken), int(stamps.Applied), "match and make events", "engine"},
	{int(stamps.Applied), int(stamps.Delivered), "events to the ring", "gateway/core.go"},
	{int(stamps.Delivered), int(stamps.Encoded), "publish, route, encode", "gateway/wire/jsonl/answer.go"},
	{int(stamps.Encoded), int(stamps.WriteBegan), "find the outbox", "gateway/session.go"},
	{int(stamps.WriteBegan), borderAnswered, "write, kernel, the client's read", "gateway/reactor_linux.go"},
}

// aside is what the way does not add up from.
var aside = []struct {
	from, to   int
	name, file string
}{
	{int(stamps.WriteBegan), int(stamps.Written), "write, until it returns to the venue", "gateway/reactor_linux.go"},
	{int(stamps.FeedBegan), int(stamps.FeedDone), "the feed, behind the write", "gateway/feed.go"},
}

// passage is one order's borders, in the clock's nanoseconds.
type passage [borders]int64

// MeasureBudget drives one connection, one order in flight, in slices that alternate
// with the echo. o says for how long, with how many orders resting and which seed.
func MeasureBudget(o WireOptions) (*Budget, error) {
	if !stamps.Enabled {
		return nil, ErrNoStamps
	}
	dir, err := os.MkdirTemp("", "pricetime-stamps-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "stamps")
	o.Rate, o.Connections, o.InFlight, o.IdleConnections, o.Address = 0, 1, 1, 0, ""
	o.ServeFlags = append(slices.Clone(o.ServeFlags), "--stamps", path)
	if err := o.defaults(); err != nil {
		return nil, err
	}
	c := newClock()
	if c.scale == 0 {
		return nil, errors.New("budget: the time stamp counter does not run at one rate here")
	}
	w, err := newWireRun(c, o, o.Slices, nil)
	if err != nil {
		return nil, err
	}
	closed := false
	defer func() {
		if !closed {
			w.close()
		}
	}()
	if o.Progress != nil {
		w.bar = newProgress(o.Progress, time.Duration(2*o.Slices)*(w.warmUp+w.slice))
		defer w.bar.clear()
	}
	client := w.orders.links[0]
	client.answeredAt = make([]int64, len(client.stream.ends)) // from now on: the prefill is not asked for
	if err := w.measure(o.Slices); err != nil {
		return nil, err
	}
	b := &Budget{
		RoundTrip: w.orders.times(), Floor: w.floor.times(), LookNs: lookNs(c),
		Threading: w.threading, Idle: w.idle, Resting: o.Resting, Seconds: w.orders.load.seconds(), Seed: o.Seed,
		Flags: append([]string{}, w.orders.load.flags()...), Checks: w.checks(), Machine: newFingerprint(c),
		NotInIt: []string{
			"the kernel's part and the client's, on both ends, cannot be told apart: the echo has them too",
			"of an answer that the client reads before the venue's write returns, the rest of that write",
			"a venue with other sessions, several orders at once, subscribers",
		},
	}
	b.Added = b.RoundTrip.P50.Ns - b.Floor.P50.Ns
	b.Machine.Threading, b.Machine.Idle, b.Machine.Durability, b.Machine.Protocol = w.threading, w.idle, w.durability, "json"
	w.close() // the venue writes its stamps when it ends
	closed = true
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the venue left no stamps: %w", err)
	}
	defer file.Close()
	all, dropped, err := stamps.Read(file)
	if err != nil {
		return nil, err
	}
	if dropped > 0 {
		return nil, fmt.Errorf("the venue's log of stamps was full %d marks before the end: measure for a shorter time", dropped)
	}
	b.add(passages(c, all, client))
	return b, nil
}

// lookNs is the cost of a look at the counter.
func lookNs(c *clock) int64 {
	const looks = 1000
	best := int64(1 << 62)
	for range 100 {
		began := c.now()
		for range looks {
			c.now()
		}
		best = min(best, c.now()-began)
	}
	return best / looks
}

// passages joins the venue's stamps with the client's times. An order whose stamps are
// not all there, in their order, is left out: it was not alone.
func passages(c *clock, all []stamps.Stamp, client *link) (whole []passage, left int) {
	sentAt := client.sentAt[:client.sent]
	byRequest := map[int]int{} // index in whole
	var p passage
	next := stamps.ReadBegan
	request := -1 // of the last whole one, for the feed that follows
	for _, s := range all {
		at := c.at(s.At)
		switch {
		case s.Mark == stamps.FeedBegan:
			p[s.Mark] = at
		case s.Mark == stamps.FeedDone:
			if i, ok := byRequest[request]; ok {
				whole[i][stamps.FeedBegan], whole[i][stamps.FeedDone] = p[stamps.FeedBegan], at
			}
			request = -1
		case s.Mark == stamps.ReadBegan, s.Mark == next:
			p[s.Mark] = at
			if next = s.Mark + 1; s.Mark != stamps.Written {
				continue
			}
			// It is the last request that was sent before the read returned.
			k := sort.Search(len(sentAt), func(i int) bool { return sentAt[i] > p[stamps.ReadDone] }) - 1
			if k < 0 || client.answeredAt[k] == 0 {
				continue // of the prefill, or a warm-up
			}
			if _, twice := byRequest[k]; twice || client.answeredAt[k] < p[stamps.WriteBegan] {
				continue
			}
			p[borderSent], p[borderAnswered] = sentAt[k], client.answeredAt[k]
			p[stamps.FeedBegan], p[stamps.FeedDone] = 0, 0
			request = k
			byRequest[k] = len(whole)
			whole = append(whole, p)
		default:
			next = stamps.Marks // not before the next read
		}
	}
	asked := 0
	for _, at := range client.answeredAt {
		if at != 0 {
			asked++
		}
	}
	return whole, asked - len(whole)
}

// add sums passages up.
func (b *Budget) add(whole []passage, left int) {
	b.Orders, b.Left = len(whole), left
	trip := latency.NewRecorder()
	for i := range whole {
		trip.Record(whole[i][borderAnswered] - whole[i][borderSent])
	}
	usual := trip.Max()
	if q := trip.At(0.99); q.Valid {
		usual = q.Ns
	}
	between := func(from, to int, name, file string) BudgetStage {
		r := latency.NewRecorder()
		var sum, sumTrip int64
		for i := range whole {
			p := &whole[i]
			if p[from] == 0 {
				continue // the feed had no turn before the next order
			}
			r.Record(p[to] - p[from])
			if t := p[borderAnswered] - p[borderSent]; t <= usual {
				sum += p[to] - p[from]
				sumTrip += t
			}
		}
		return BudgetStage{name, file, r.At(0.5), r.At(0.99), float64(sum) / float64(max(sumTrip, 1))}
	}
	for _, s := range way {
		b.Stages = append(b.Stages, between(s.from, s.to, s.name, s.file))
	}
	for _, s := range aside {
		b.Aside = append(b.Aside, between(s.from, s.to, s.name, s.file))
	}
	b.Venue = between(int(stamps.ReadDone), int(stamps.WriteBegan), "", "").P50
	c := Check{Name: "the stamps of the orders are whole, and the stages add up to the round trip"}
	c.OK = len(whole) > 0 && left*100 <= len(whole)
	c.Detail = fmt.Sprintf("%d orders, %d left out", len(whole), left)
	b.Checks = append(b.Checks, c)
}

// Print writes the waterfall for people.
func (b *Budget) Print(w io.Writer) {
	io.WriteString(w, b.Machine.Card()+"\n")
	fmt.Fprintf(w, "one connection, one order in flight, %d orders resting, %.1f s, %d orders, threads %s, idle %s\n", b.Resting, b.Seconds, b.Orders, b.Threading, b.Idle)
	fmt.Fprintf(w, "a look at the counter costs %d ns, and every border has one\n\n", b.LookNs)
	t := table{header: []string{"stage", "p50", "p99", "share", "file"}, leftLast: true}
	for _, s := range b.Stages {
		t.add(s.cells()...)
	}
	t.add("round trip of an order", b.RoundTrip.P50.String(), b.RoundTrip.P99.String(), "100.0 %", "")
	t.add("round trip of the echo (floor)", b.Floor.P50.String(), b.Floor.P99.String(), "", "")
	t.add("  order - floor, of p50s", latency.FormatNs(b.Added), "", "", "")
	t.add("  from the read's return to the write's beginning", b.Venue.String(), "", "", "")
	t.writeTo(w)
	t = table{header: []string{"beside that", "p50", "p99", "share", "file"}, leftLast: true}
	for _, s := range b.Aside {
		t.add(s.cells()...)
	}
	t.writeTo(w)
	for _, what := range b.NotInIt {
		fmt.Fprintf(w, "  not in it: %s\n", what)
	}
	if len(b.Flags) > 0 {
		fmt.Fprintf(w, "  flags: %s\n", strings.Join(b.Flags, ", "))
	}
	for _, c := range b.Checks {
		fmt.Fprintf(w, "  %s\n", c)
	}
}

func (s *BudgetStage) cells() []string {
	return []string{s.Name, s.P50.String(), s.P99.String(), fmt.Sprintf("%.1f %%", 100*s.Share), s.File}
}
