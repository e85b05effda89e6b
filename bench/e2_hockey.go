package bench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pricetime/gateway/latency"
)

// hockeyLoads are the offered rates, in percent of the capacity that was measured
// first.
var hockeyLoads = []int{10, 40, 70, 90, 110}

// planHockey is E2: the venue over TCP in open loops of rising rate. Every run is a
// venue process of its own, with the same seeded flow for the same load, and the
// echo at the same rate just before it.
func planHockey(s *suite) (*plan, error) {
	h := &hockey{suite: s, options: WireOptions{
		Connections: 4, Resting: 10_000, Duration: 1500 * time.Millisecond, Seed: s.Seed, Venue: s.Venue, Echo: s.Echo,
	}}
	p := &plan{repeats: 3, after: h.check}
	if s.Quick {
		p.repeats, h.options.Duration, h.options.Resting = 1, 200*time.Millisecond, 1_000
	}
	if err := h.options.defaults(); err != nil {
		return nil, err
	}
	for _, load := range hockeyLoads {
		p.points = append(p.points, point{
			name: "load " + strconv.Itoa(load) + " %",
			conditions: map[string]string{
				"load_percent": strconv.Itoa(load), "arrivals": h.options.Arrivals.String(), "protocol": "json",
				"connections": strconv.Itoa(h.options.Connections), "resting": strconv.Itoa(h.options.Resting),
				"duration": h.options.Duration.String(), "seed": strconv.FormatUint(s.Seed, 10),
			},
			planned: 2*h.options.Duration + 1500*time.Millisecond,
			run:     func() (Run, error) { return h.run(load) },
		})
	}
	p.tables = h.tables
	p.notes = []string{
		"response time counts from the intended time, service time from the sending, lateness is between the two; floor: the same bytes",
		"in the same schedule to a server that only echoes, just before each run; Little: orders in the system / (rate x response time)",
	}
	return p, nil
}

// hockey is the state of E2.
type hockey struct {
	*suite
	options  WireOptions
	once     sync.Once
	capacity float64 // orders a second
	err      error
	checks   []Check
}

// measureCapacity asks what the venue can do at most: a closed loop with many in
// flight, so that every stage has a batch to work on.
func (h *hockey) measureCapacity() {
	o := h.options
	o.Rate, o.InFlight = 0, 64
	o.Duration = h.options.Duration / 2
	w, err := newWireRun(h.clock, o, 1, nil)
	if err != nil {
		h.err = err
		return
	}
	defer w.close()
	if h.err = w.measure(1); h.err != nil {
		return
	}
	h.checks = append(h.checks, w.checks()...)
	h.capacity = w.values()["achieved_per_s"]
	h.machine.Threading, h.machine.Idle, h.machine.Durability, h.machine.Protocol = w.threading, w.idle, w.durability, "json"
}

func (h *hockey) run(load int) (Run, error) {
	if h.once.Do(h.measureCapacity); h.err != nil {
		return Run{}, fmt.Errorf("capacity: %w", h.err)
	}
	o := h.options
	o.Rate = h.capacity * float64(load) / 100
	w, err := newWireRun(h.clock, o, 1, nil)
	if err != nil {
		return Run{}, err
	}
	defer w.close()
	if err := w.measure(1); err != nil {
		return Run{}, err
	}
	for _, c := range w.checks() {
		c.Detail = fmt.Sprintf("load %d %%: %s", load, c.Detail)
		h.checks = append(h.checks, c)
	}
	r := w.run()
	r.Values["capacity_per_s"] = h.capacity
	return r, nil
}

// balanceMax is the share of the capacity up to which a queue is expected to be in balance.
const balanceMax = 0.95

// check: every run's own check, told once; and Little's law where the system was
// in balance: no flag, and offered less than it can carry. At and above capacity a
// backlog grows and drains within a run, and the law is about neither.
func (h *hockey) check(results []Result) []Check {
	answers := Check{Name: "every order acknowledged, every book as its answers tell", OK: true}
	for _, c := range h.checks {
		if !c.OK {
			answers.OK, answers.Detail = false, c.Detail
		}
	}
	if answers.OK {
		answers.Detail = fmt.Sprintf("%d venues", len(h.checks))
	}
	little := Check{Name: "Little's law: in the system = rate x response time, within 5 %", OK: true}
	told := 0
	for _, r := range results {
		for _, run := range r.Runs {
			if slices.Contains(run.Flags, FlagSaturated) || slices.Contains(run.Flags, FlagNoisy) || slices.Contains(run.Flags, FlagDropped) ||
				run.Values["offered_per_s"] > balanceMax*h.capacity {
				continue
			}
			told++
			if v := run.Values["little_ratio"]; v < 0.95 || v > 1.05 {
				little.OK = false
				little.Detail = fmt.Sprintf("%s: ratio %.3f", r.Name, v)
			}
		}
	}
	if little.OK {
		little.Detail = fmt.Sprintf("%d runs in balance", told)
	}
	return []Check{answers, little}
}

func (h *hockey) tables(e *Experiment) []table {
	settings := fmt.Sprintf("capacity %.0f orders/s (closed loop, %d connections x 64 in flight); threads %s, idle %s, durability %s, json",
		h.capacity, h.options.Connections, h.machine.Threading, h.machine.Idle, h.machine.Durability)
	times := table{title: settings + "\nresponse times", leftLast: true,
		header: []string{"load", "offered/s", "achieved/s", "p50", "p99", "p99 range", "p99.9", "max", "flags"}}
	beside := table{title: "beside them",
		header: []string{"load", "service p50", "p99", "lateness p50", "p99", "floor p50", "p99", "p50 x floor", "p99 x floor", "in system", "Little"}}
	for _, r := range e.Results {
		s, load := &r.Summary, strings.TrimPrefix(r.Name, "load ")
		spread := "-"
		if v, ok := s.Times["response"]["p99_ns"]; ok {
			spread = latency.FormatNs(int64(v.Min)) + " .. " + latency.FormatNs(int64(v.Max))
		}
		times.add(load, fmt.Sprintf("%.0f", s.Values["offered_per_s"].Median), fmt.Sprintf("%.0f", s.Values["achieved_per_s"].Median),
			s.quantile("response", "p50_ns"), s.quantile("response", "p99_ns"), spread,
			s.quantile("response", "p99_9_ns"), s.quantile("response", "max_ns"), strings.Join(r.Flags, ", "))
		beside.add(load, s.quantile("service", "p50_ns"), s.quantile("service", "p99_ns"),
			s.quantile("lateness", "p50_ns"), s.quantile("lateness", "p99_ns"),
			s.quantile("floor", "p50_ns"), s.quantile("floor", "p99_ns"), ratio(s.over("p50_ns")), ratio(s.over("p99_ns")),
			fmt.Sprintf("%.2f", s.Values["in_system"].Median), ratio(s.Values["little_ratio"].Median))
	}
	return []table{times, beside}
}

// over is the response time over the floor, at a percentile; 0 where one is missing.
func (s *Summary) over(percentile string) float64 {
	response, ok1 := s.Times["response"][percentile]
	floor, ok2 := s.Times["floor"][percentile]
	if !ok1 || !ok2 || floor.Median == 0 {
		return 0
	}
	return response.Median / floor.Median
}
