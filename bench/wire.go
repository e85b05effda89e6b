package bench

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"pricetime/gateway/latency"
)

// WireOptions say how a venue is driven over TCP.
type WireOptions struct {
	Rate        float64 // orders a second, over all connections; 0: a closed loop
	InFlight    int     // closed loop: orders on their way per connection; default 1
	Connections int     // default 1
	Duration    time.Duration
	Resting     int // orders in the book before; default 10,000
	Arrivals    Arrivals
	Seed        uint64
	Address     string // of a venue that runs; empty: one of our own

	Venue      []string // as in Options
	ServeFlags []string // of our own venue, beside its address
	Echo       []string

	Progress io.Writer // nil: none
}

// WireResult is the venue beside the floor: the same bytes in the same schedule to
// a server that only echoes, in the same run, in slices that alternate. Times are
// response times, in nanoseconds, from the intended time; in a closed loop, which
// has none, from the sending.
type WireResult struct {
	Floor        WireTimes  `json:"floor"`
	Order        WireTimes  `json:"order"`
	Ratio        WireRatios `json:"ratio"`
	RateOffered  float64    `json:"rate_offered"` // 0: closed loop
	RateAchieved float64    `json:"rate_achieved"`
	Threading    string     `json:"threading"`
	Idle         string     `json:"idle"`
	Flags        []string   `json:"flags"`

	Loop        string      `json:"loop"` // open or closed
	Connections int         `json:"connections"`
	InFlight    int         `json:"in_flight"` // closed loop: per connection
	Resting     int         `json:"resting"`   // orders in the book before
	Arrivals    string      `json:"arrivals"`
	Seed        uint64      `json:"seed"`
	Seconds     float64     `json:"seconds"` // measured, of the orders
	Orders      int         `json:"orders"`  // sent, with those that fill the book and warm up
	Checks      []Check     `json:"checks"`
	Machine     Fingerprint `json:"machine"`
	Run         Run         `json:"run"` // the whole of the order side: service times and lateness too
}

// WireTimes are response times in nanoseconds; null: too few orders lie beyond.
type WireTimes struct {
	P50  latency.Quantile `json:"p50"`
	P99  latency.Quantile `json:"p99"`
	P999 latency.Quantile `json:"p999"`
	Max  int64            `json:"max"`
}

// WireRatios are order / floor; 0: one of the two is null.
type WireRatios struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

// wireSlices is how many times floor and orders alternate in one MeasureWire.
const wireSlices = 4

// MeasureWire measures one point over TCP.
func MeasureWire(o WireOptions) (*WireResult, error) {
	var err error
	if o.Venue, err = childCommand(o.Venue, append([]string{"serve", "--json", "127.0.0.1:0"}, o.ServeFlags...)...); err != nil {
		return nil, err
	}
	if o.Echo, err = childCommand(o.Echo, "bench", "echo"); err != nil {
		return nil, err
	}
	o.defaults()
	c := newClock()
	w, err := newWireRun(c, o, wireSlices)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if o.Progress != nil {
		w.bar = newProgress(o.Progress, 2*wireSlices*(w.warmUp+w.slice))
		defer w.bar.clear()
	}
	if err := w.measure(wireSlices); err != nil {
		return nil, err
	}
	r := &WireResult{
		Floor: wireTimes(w.floor), Order: wireTimes(w.order.response),
		RateOffered: w.values["offered_per_s"], RateAchieved: w.values["achieved_per_s"],
		Threading: w.threading, Idle: w.idle, Flags: append([]string{}, w.flags...),
		Loop: "open", Connections: o.Connections, Resting: o.Resting, Arrivals: o.Arrivals.String(), Seed: o.Seed,
		Orders: w.sent(), Checks: []Check{w.checked()}, Machine: newFingerprint(c), Run: w.run(),
	}
	r.Seconds = w.seconds
	r.Ratio = wireRatios(&r.Order, &r.Floor)
	if o.Rate == 0 {
		r.Loop, r.InFlight, r.Arrivals, r.RateOffered = "closed", o.InFlight, "", 0
	}
	r.Machine.Threading, r.Machine.Idle, r.Machine.Durability, r.Machine.Protocol = w.threading, w.idle, w.durability, "json"
	return r, nil
}

func (o *WireOptions) defaults() {
	o.InFlight = cmp.Or(o.InFlight, 1)
	o.Connections = cmp.Or(o.Connections, 1)
	o.Duration = cmp.Or(o.Duration, 4*time.Second)
	o.Resting = cmp.Or(o.Resting, 10_000)
	o.Arrivals = cmp.Or(o.Arrivals, Poisson)
	o.Seed = cmp.Or(o.Seed, 1)
}

func wireTimes(r *latency.Recorder) WireTimes {
	p := r.Percentiles()
	return WireTimes{p.P50, p.P99, p.P999, p.Max}
}

func wireRatios(order, floor *WireTimes) WireRatios {
	over := func(a, b latency.Quantile) float64 {
		if !a.Valid || !b.Valid || b.Ns == 0 {
			return 0
		}
		return float64(a.Ns) / float64(b.Ns)
	}
	return WireRatios{
		over(order.P50, floor.P50), over(order.P99, floor.P99), over(order.P999, floor.P999),
		float64(order.Max) / float64(max(floor.Max, 1)),
	}
}

// Print writes the result for people.
func (r *WireResult) Print(w io.Writer) {
	io.WriteString(w, r.Machine.Card()+"\n")
	loop := fmt.Sprintf("open loop, %.0f orders/s offered (%s), %.0f achieved", r.RateOffered, r.Arrivals, r.RateAchieved)
	if r.Loop == "closed" {
		loop = fmt.Sprintf("closed loop, %d in flight per connection, %.0f orders/s: response times leave out what a stall would have held up", r.InFlight, r.RateAchieved)
	}
	fmt.Fprintf(w, "%s\n%d connections, %d orders resting, %.1f s, threads %s, idle %s\n\n", loop, r.Connections, r.Resting, r.Seconds, r.Threading, r.Idle)
	t := table{header: []string{"response time", "p50", "p99", "p99.9", "max"}}
	for _, row := range []struct {
		name string
		t    WireTimes
	}{{"echo (floor)", r.Floor}, {"order", r.Order}} {
		t.add(row.name, row.t.P50.String(), row.t.P99.String(), row.t.P999.String(), latency.FormatNs(row.t.Max))
	}
	t.add("order / floor", ratio(r.Ratio.P50), ratio(r.Ratio.P99), ratio(r.Ratio.P999), ratio(r.Ratio.Max))
	t.writeTo(w)
	if len(r.Flags) > 0 {
		fmt.Fprintf(w, "  flags: %s\n", strings.Join(r.Flags, ", "))
	}
	for _, c := range r.Checks {
		fmt.Fprintf(w, "  %s\n", c)
	}
}
