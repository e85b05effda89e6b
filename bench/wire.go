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
	Slices      int // how often floor and orders take turns; default 16
	Arrivals    Arrivals
	Seed        uint64
	Address     string // of a venue that runs; empty: one of our own

	// IdleConnections are beside the orders on a second venue, which takes turns with
	// the first, where there is one. 0: no second venue.
	IdleConnections int

	Venue      []string // as in Options
	ServeFlags []string // of our own venue, beside its address
	Prefault   string   // of our own venue, as serve's; default prefaultRun
	Echo       []string

	Progress io.Writer // nil: none

	noFloor bool
}

// WireResult is the venue beside the floor: the same bytes in the same schedule to
// a server that only echoes, in the same run, in slices that alternate. Times are
// response times, in nanoseconds, from the intended time; in a closed loop, which
// has none, from the sending.
type WireResult struct {
	Floor        WireTimes  `json:"floor"`
	Order        WireTimes  `json:"order"`
	Ratio        WireRatios `json:"ratio"`
	RatioOfSlice WireSpread `json:"ratio_of_slices"` // each slice's orders over the floor beside it
	RateOffered  float64    `json:"rate_offered"`    // 0: closed loop
	RateAchieved float64    `json:"rate_achieved"`
	Threading    string     `json:"threading"`
	Idle         string     `json:"idle"`
	Flags        []string   `json:"flags"`

	Loop        string      `json:"loop"` // open or closed
	Connections int         `json:"connections"`
	InFlight    int         `json:"in_flight"` // closed loop: per connection
	Resting     int         `json:"resting"`   // orders in the book before
	Prefault    string      `json:"prefault"`  // of our own venue's tables; empty: not ours to say
	Arrivals    string      `json:"arrivals"`
	Seed        uint64      `json:"seed"`
	Seconds     float64     `json:"seconds"` // measured, of the orders
	Orders      int         `json:"orders"`  // sent, with those that fill the book and warm up
	Checks      []Check     `json:"checks"`
	Machine     Fingerprint `json:"machine"`
	Run         Run         `json:"run"` // the whole of the order side: service times and lateness too

	Slices          int         `json:"slices"`
	IdleConnections int         `json:"idle_connections,omitempty"` // of the second venue
	Crowded         *WireTimes  `json:"crowded,omitempty"`          // of the orders at the second venue
	CrowdedRatio    *WireRatios `json:"crowded_ratio,omitempty"`    // over Order, which has one idle connection
	CrowdedOfSlice  *WireSpread `json:"crowded_ratio_of_slices,omitempty"`
}

// WireSpread is what the slices say of a ratio: the one in the middle, the lowest
// and the highest. A moment in which the machine stood still is in one slice and
// does not move the middle.
type WireSpread struct {
	P50 Spread `json:"p50"`
	P99 Spread `json:"p99"`
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

// MeasureWire measures one point over TCP.
func MeasureWire(o WireOptions) (*WireResult, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	c := newClock()
	w, err := newWireRun(c, o, o.Slices, nil)
	if err != nil {
		return nil, err
	}
	defer w.close()
	if o.Progress != nil {
		sides := 2
		if w.crowded != nil {
			sides = 3
		}
		w.bar = newProgress(o.Progress, time.Duration(sides*o.Slices)*(w.warmUp+w.slice))
		defer w.bar.clear()
	}
	if err := w.measure(o.Slices); err != nil {
		return nil, err
	}
	v := w.values()
	r := &WireResult{
		Floor: w.floor.times(), Order: w.orders.times(), RatioOfSlice: sliceRatios(w.orders.slices, w.floor.slices),
		RateOffered: v["offered_per_s"], RateAchieved: v["achieved_per_s"],
		Threading: w.threading, Idle: w.idle, Flags: append([]string{}, w.orders.load.flags()...),
		Loop: "open", Connections: o.Connections, Resting: o.Resting, Prefault: o.Prefault, Slices: o.Slices, Arrivals: o.Arrivals.String(), Seed: o.Seed,
		Seconds: w.orders.load.seconds(), Orders: w.orders.sent(), Checks: w.checks(), Machine: newFingerprint(c), Run: w.run(),
	}
	r.Ratio = wireRatios(&r.Order, &r.Floor)
	if w.crowded != nil {
		times, spread := w.crowded.times(), sliceRatios(w.crowded.slices, w.orders.slices)
		ratios := wireRatios(&times, &r.Order)
		r.IdleConnections, r.Crowded, r.CrowdedRatio, r.CrowdedOfSlice = o.IdleConnections, &times, &ratios, &spread
	}
	if o.Rate == 0 {
		r.Loop, r.InFlight, r.Arrivals, r.RateOffered = "closed", o.InFlight, "", 0
	}
	r.Machine.Threading, r.Machine.Idle, r.Machine.Durability, r.Machine.Protocol = w.threading, w.idle, w.durability, "json"
	return r, nil
}

func (o *WireOptions) defaults() (err error) {
	serve := append([]string{"serve", "--json", "127.0.0.1:0"}, o.ServeFlags...)
	if o.Prefault = cmp.Or(o.Prefault, prefaultRun); len(o.Venue) > 0 || o.Address != "" {
		o.Prefault = ""
	}
	if o.Prefault != "" {
		serve = append(serve, "--prefault", o.Prefault)
	}
	if o.Venue, err = childCommand(o.Venue, serve...); err != nil {
		return err
	}
	if o.Echo, err = childCommand(o.Echo, "bench", "echo"); err != nil {
		return err
	}
	o.Slices = cmp.Or(o.Slices, 16)
	o.InFlight = cmp.Or(o.InFlight, 1)
	o.Connections = cmp.Or(o.Connections, 1)
	o.Duration = cmp.Or(o.Duration, 4*time.Second)
	o.Resting = cmp.Or(o.Resting, 10_000)
	o.Arrivals = cmp.Or(o.Arrivals, Poisson)
	o.Seed = cmp.Or(o.Seed, 1)
	return nil
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

// sliceRatios are the ratios of two sides, slice by slice. A slice in which too few
// samples lie beyond a percentile says nothing of it.
func sliceRatios(order, floor []WireTimes) (s WireSpread) {
	var p50, p99 []float64
	for i := range min(len(order), len(floor)) {
		r := wireRatios(&order[i], &floor[i])
		if r.P50 > 0 {
			p50 = append(p50, r.P50)
		}
		if r.P99 > 0 {
			p99 = append(p99, r.P99)
		}
	}
	if len(p50) > 0 {
		s.P50 = spread(p50)
	}
	if len(p99) > 0 {
		s.P99 = spread(p99)
	}
	return s
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
	times := func(name string, w *WireTimes) {
		t.add(name, w.P50.String(), w.P99.String(), w.P999.String(), latency.FormatNs(w.Max))
	}
	ratios := func(name string, w *WireRatios) {
		t.add(name, ratio(w.P50), ratio(w.P99), ratio(w.P999), ratio(w.Max))
	}
	slices := func(name string, s *WireSpread) {
		t.add(name, s.P50.ratios(), s.P99.ratios(), "", "")
	}
	times("echo (floor)", &r.Floor)
	times("order", &r.Order)
	ratios("order / floor", &r.Ratio)
	slices(fmt.Sprintf("  in the middle of %d slices", r.Slices), &r.RatioOfSlice)
	if r.Crowded != nil {
		times(fmt.Sprintf("order, %d connections idle", r.IdleConnections), r.Crowded)
		ratios("  / order, 1 connection idle", r.CrowdedRatio)
		slices(fmt.Sprintf("  in the middle of %d slices", r.Slices), r.CrowdedOfSlice)
	}
	t.writeTo(w)
	if len(r.Flags) > 0 {
		fmt.Fprintf(w, "  flags: %s\n", strings.Join(r.Flags, ", "))
	}
	for _, c := range r.Checks {
		fmt.Fprintf(w, "  %s\n", c)
	}
}

// ratios writes a spread of ratios.
func (s Spread) ratios() string {
	if s.Runs == 0 {
		return "needs more samples"
	}
	return fmt.Sprintf("%.2f (%.2f .. %.2f)", s.Median, s.Min, s.Max)
}
