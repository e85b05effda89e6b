package bench

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"pricetime/gateway/latency"
)

// SteadyOptions say how a venue is kept busy.
type SteadyOptions struct {
	Duration    time.Duration // default a minute
	Connections int           // order sessions; default 4
	Subscribers int           // sessions that listen to all channels of the product; default 50; -1: none
	Rate        float64       // orders a second; 0: Load of what the venue can do
	Load        float64       // default 0.5
	Resting     int           // orders in the book before; default 10,000
	Seed        uint64

	Venue      []string // as in Options; it must print where its metrics are
	ServeFlags []string // of our own venue, beside its addresses

	Progress io.Writer // nil: none
}

// SteadyResult is what the venue's process did while orders came at a steady rate
// and subscribers listened. Counts are of the window, read over HTTP before and after it.
type SteadyResult struct {
	Rate         float64 `json:"rate"` // orders a second, offered
	RateAchieved float64 `json:"rate_achieved"`
	Capacity     float64 `json:"capacity"` // with the subscribers; 0: not asked for
	Connections  int     `json:"connections"`
	Subscribers  int     `json:"subscribers"`
	Resting      int     `json:"resting"`
	Seconds      float64 `json:"seconds"`
	Orders       int     `json:"orders"`
	Seed         uint64  `json:"seed"`

	HeapObjectsBefore float64 `json:"heap_objects_before"`
	HeapObjectsAfter  float64 `json:"heap_objects_after"`
	HeapObjectsGrowth float64 `json:"heap_objects_growth"`
	Mallocs           float64 `json:"mallocs"`
	MallocBytes       float64 `json:"malloc_bytes"`
	CollectorCycles   float64 `json:"collector_cycles"`
	CollectorPauseNs  float64 `json:"collector_pause_ns"`
	ThreadsAfter      float64 `json:"threads_after"`
	Scrapes           int     `json:"scrapes"`             // of the metrics in the window
	MallocsOfLife     int64   `json:"mallocs_of_life"`     // exact, from the opening of the doors to their closing, all connections and their subscriptions included; -1: not told
	HeapGrowthOfLife  int64   `json:"heap_growth_of_life"` // the same, heap objects
	LinesEach         int64   `json:"lines_each"`          // that every subscriber got in the window, the same ones
	BytesEach         int64   `json:"bytes_each"`
	SubscriberMBPerS  float64 `json:"subscriber_mb_per_s"` // all subscribers together

	Response  WireTimes `json:"response"`
	Service   WireTimes `json:"service"`
	Threading string    `json:"threading"`
	Idle      string    `json:"idle"`
	Flags     []string  `json:"flags"`

	Checks  []Check     `json:"checks"`
	Machine Fingerprint `json:"machine"`
	Run     Run         `json:"run"`
}

// Growth of the heap in the window above which a venue is not in a steady state.
const steadyGrowthMax = 1000

// steadyRequestsMax bounds the orders of one run, which are all encoded before it, and
// with it the client ids, of which a venue has four million a day.
const steadyRequestsMax = 6_000_000

// MeasureSteady runs a venue at a steady rate with subscribers and looks at its heap.
func MeasureSteady(o SteadyOptions) (*SteadyResult, error) {
	var err error
	serve := append([]string{"serve", "--json", "127.0.0.1:0", "--http", "127.0.0.1:0", "--log-level", "warn", "--hello=false"}, o.ServeFlags...)
	if o.Venue, err = childCommand(o.Venue, serve...); err != nil {
		return nil, err
	}
	o.defaults()
	c := newClock()
	r := &SteadyResult{Connections: o.Connections, Subscribers: o.Subscribers, Resting: o.Resting, Seed: o.Seed, Rate: o.Rate}
	var bar *progress
	if o.Progress != nil {
		bar = newProgress(o.Progress, steadyCapacityTime+o.Duration)
		defer bar.clear()
		bar.step("capacity")
	}
	if o.Rate == 0 {
		if r.Capacity, err = steadyCapacity(c, &o); err != nil {
			return nil, fmt.Errorf("capacity: %w", err)
		}
		r.Rate = r.Capacity * o.Load
	}
	if n := r.Rate * o.Duration.Seconds(); n > steadyRequestsMax {
		return nil, fmt.Errorf("%.0f orders/s for %v are %.0f orders, at most %d: a shorter --duration or a lower --rate", r.Rate, o.Duration, n, steadyRequestsMax)
	}
	if bar != nil {
		bar.finished(steadyCapacityTime)
		bar.step(fmt.Sprintf("%.0f orders/s", r.Rate))
	}
	if err := r.measure(c, &o); err != nil {
		return nil, err
	}
	return r, nil
}

func (o *SteadyOptions) defaults() {
	o.Duration = cmp.Or(o.Duration, time.Minute)
	o.Connections = cmp.Or(o.Connections, 4)
	o.Subscribers = max(cmp.Or(o.Subscribers, 50), 0)
	o.Load = cmp.Or(o.Load, 0.5)
	o.Resting = cmp.Or(o.Resting, 10_000)
	o.Seed = cmp.Or(o.Seed, 1)
}

// steadyCapacityTime is how long the capacity is measured for.
const steadyCapacityTime = 2 * time.Second

// steadyCapacityRequests are more than a venue with subscribers answers in that time; if
// they run out, the time is shorter.
const steadyCapacityRequests = 400_000

// steadyCapacity is what a venue of its own answers in a closed loop, with the
// subscribers listening: their lines are most of its work.
func steadyCapacity(c *clock, o *SteadyOptions) (float64, error) {
	w := &wireRun{clock: c, slice: steadyCapacityTime, warmUp: warmUpMax}
	w.options.InFlight = 16
	s, err := newSteady(w, o, steadyCapacityRequests)
	if err != nil {
		return 0, err
	}
	defer s.close()
	if err := s.play(); err != nil {
		return 0, err
	}
	return s.values()["achieved_per_s"], nil
}

// steady is a run of one slice, without a floor, and the subscribers of its venue.
type steady struct {
	*wireRun
	subscribers *subscribers
}

// newSteady starts the venue of a run that knows its slice, fills its book, and lets
// the subscribers join while nothing else happens.
func newSteady(w *wireRun, o *SteadyOptions, requests int) (_ *steady, err error) {
	w.options.Venue = o.Venue
	s := &steady{wireRun: w}
	if w.flow, err = newOrderFlow(o.Seed, o.Resting, requests, o.Connections, runPrefix()); err != nil {
		return nil, err
	}
	if w.orders, err = w.openVenue("orders", "", 0); err != nil {
		return nil, err
	}
	if s.subscribers, err = subscribe(w.orders.address, w.flow.product, o.Subscribers); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *steady) close() {
	if s.subscribers != nil {
		s.subscribers.close()
	}
	s.wireRun.close()
}

// play drives the orders while the subscribers read, and waits until they have read all.
func (s *steady) play() error {
	s.subscribers.begin()
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	err := s.drive(s.orders, 0, 0)
	s.orders.broken = err
	if more := s.subscribers.end(); err == nil {
		err = more
	}
	return err
}

// measure is the run itself.
func (r *SteadyResult) measure(c *clock, o *SteadyOptions) error {
	const warmUp = time.Second
	schedule, err := NewSchedule(o.Seed, r.Rate, warmUp+o.Duration, Poisson)
	if err != nil {
		return err
	}
	w := &wireRun{clock: c, slice: o.Duration, warmUp: warmUp, schedules: []Schedule{schedule}}
	w.options.Rate = r.Rate
	s, err := newSteady(w, o, len(schedule))
	if err != nil {
		return err
	}
	closed := false
	defer func() {
		if !closed {
			s.close()
		}
	}()
	venue, load := s.orders.server, s.orders.load
	metrics := venue.setting("http")
	if metrics == "unknown" {
		return fmt.Errorf("the venue does not say where its metrics are")
	}
	watch := watchMetrics(metrics, warmUp)
	playErr := s.play()
	before, after, scrapes, err := watch.end()
	if err != nil {
		return err
	}
	if playErr == nil {
		playErr = s.orders.listOrders()
	}
	lines, bytes, same := s.subscribers.told()
	orders := s.orders.checked(s.flow)
	if playErr != nil {
		orders = Check{Name: orders.Name, Detail: playErr.Error()}
	}
	r.Run = s.run()
	r.RateAchieved, r.Seconds, r.Orders = r.Run.Values["achieved_per_s"], load.seconds(), s.orders.sent()
	r.Response, r.Service, r.Flags = s.orders.times(), wireTimes(load.service), append([]string{}, r.Run.Flags...)
	r.LinesEach, r.BytesEach = lines, bytes
	r.SubscriberMBPerS = float64(bytes) * float64(o.Subscribers) / (warmUp + o.Duration).Seconds() / 1e6
	r.Threading, r.Idle = venue.setting("threads"), venue.setting("idle")
	r.Machine = newFingerprint(c)
	r.Machine.Threading, r.Machine.Idle, r.Machine.Durability, r.Machine.Protocol = r.Threading, r.Idle, venue.setting("durability"), "json"

	s.close()
	closed = true
	r.read(before, after, scrapes, venue)
	r.Checks = []Check{orders, same,
		{Name: fmt.Sprintf("heap objects grew by at most %d", steadyGrowthMax), OK: r.HeapObjectsGrowth <= steadyGrowthMax, Detail: fmt.Sprintf("%.0f", r.HeapObjectsGrowth)},
		{Name: "no collector cycle", OK: r.CollectorCycles == 0, Detail: fmt.Sprintf("%.0f", r.CollectorCycles)},
	}
	return nil
}

// read takes the figures of the two looks at the metrics, and of the venue's last words.
func (r *SteadyResult) read(before, after map[string]float64, scrapes int, venue *child) {
	grown := func(name string) float64 { return after[name] - before[name] }
	r.HeapObjectsBefore, r.HeapObjectsAfter = before["pricetime_heap_objects"], after["pricetime_heap_objects"]
	r.HeapObjectsGrowth = grown("pricetime_heap_objects")
	r.Mallocs, r.MallocBytes = grown("pricetime_heap_allocated_objects_total"), grown("pricetime_heap_allocated_bytes_total")
	r.CollectorCycles, r.CollectorPauseNs = grown("pricetime_collector_cycles_total"), 1e9*grown("pricetime_collector_pause_seconds_total")
	r.ThreadsAfter, r.Scrapes = after["pricetime_threads"], scrapes
	r.MallocsOfLife, r.HeapGrowthOfLife = -1, -1
	for line := range strings.Lines(venue.said.String()) {
		if strings.HasPrefix(line, "heap ") {
			for _, field := range strings.Fields(line) {
				fmt.Sscanf(field, "allocated=%d", &r.MallocsOfLife)
				fmt.Sscanf(field, "grown=%d", &r.HeapGrowthOfLife)
			}
		}
	}
}

// OK says whether the venue was in a steady state and every answer right.
func (r *SteadyResult) OK() bool {
	return !slices.ContainsFunc(r.Checks, func(c Check) bool { return !c.OK })
}

// Print writes the result for people.
func (r *SteadyResult) Print(w io.Writer) {
	io.WriteString(w, r.Machine.Card()+"\n")
	if r.Capacity > 0 {
		fmt.Fprintf(w, "capacity with %d subscribers: %.0f orders/s (closed loop)\n", r.Subscribers, r.Capacity)
	}
	fmt.Fprintf(w, "open loop, %.0f orders/s offered (poisson), %.0f achieved; %d order connections, %d subscribers, %d orders resting, %.1f s, threads %s, idle %s\n",
		r.Rate, r.RateAchieved, r.Connections, r.Subscribers, r.Resting, r.Seconds, r.Threading, r.Idle)
	fmt.Fprintf(w, "every subscriber was told %d lines, %d bytes; %.0f MB/s in all\n\n", r.LinesEach, r.BytesEach, r.SubscriberMBPerS)
	t := table{header: []string{"", "p50", "p99", "p99.9", "max"}}
	for _, row := range []struct {
		name string
		t    WireTimes
	}{{"response time", r.Response}, {"service time", r.Service}} {
		t.add(row.name, row.t.P50.String(), row.t.P99.String(), row.t.P999.String(), latency.FormatNs(row.t.Max))
	}
	t.writeTo(w)
	t = table{header: []string{"the venue's process", "before", "after", "growth"}}
	t.add("heap objects", fmt.Sprintf("%.0f", r.HeapObjectsBefore), fmt.Sprintf("%.0f", r.HeapObjectsAfter), fmt.Sprintf("%.0f", r.HeapObjectsGrowth))
	t.add("objects allocated", "", "", fmt.Sprintf("%.0f", r.Mallocs))
	t.add("bytes allocated", "", "", fmt.Sprintf("%.0f", r.MallocBytes))
	t.add("collector cycles", "", "", fmt.Sprintf("%.0f", r.CollectorCycles))
	t.writeTo(w)
	if r.MallocsOfLife >= 0 {
		fmt.Fprintf(w, "  from the opening of the doors to the end, every connection and subscription included, and exact: %d objects allocated, %d more than there were\n", r.MallocsOfLife, r.HeapGrowthOfLife)
	}
	fmt.Fprintf(w, "  metrics were read %d times in the window\n", r.Scrapes)
	if len(r.Flags) > 0 {
		fmt.Fprintf(w, "  flags: %s\n", strings.Join(r.Flags, ", "))
	}
	for _, c := range r.Checks {
		fmt.Fprintf(w, "  %s\n", c)
	}
}
