package bench

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"pricetime/gateway/latency"
)

// Capacity is the highest rate of an open loop at which the venue answers at least
// 99 % of what is offered in the same time, the p99 of the response time is at most
// a bound, and every answer is there and right.
type Capacity struct {
	Rate        float64       `json:"rate"` // orders a second that were achieved; 0: no point passed
	Offered     float64       `json:"rate_offered"`
	P99Max      time.Duration `json:"p99_max_ns"`
	AchievedMin float64       `json:"achieved_min"` // share of what was offered
	ClosedLoop  float64       `json:"closed_loop"`  // orders a second with capacityInFlight on their way per connection: where the search begins
	Threading   string        `json:"threading"`
	Idle        string        `json:"idle"`

	Tried       []CapacityPoint `json:"tried"`
	Connections int             `json:"connections"`
	Resting     int             `json:"resting"`
	Prefault    string          `json:"prefault"`
	Arrivals    string          `json:"arrivals"`
	Seed        uint64          `json:"seed"`
	Machine     Fingerprint     `json:"machine"`
}

// CapacityPoint is one rate that was tried, on a venue of its own.
type CapacityPoint struct {
	Passed   bool      `json:"passed"`
	Offered  float64   `json:"rate_offered"`
	Achieved float64   `json:"rate_achieved"`
	Times    WireTimes `json:"order"`
	Lateness WireTimes `json:"lateness"` // of the generator
	toll
	Flags []string `json:"flags"`
	Check Check    `json:"check"`
}

const (
	capacityInFlight = 64
	capacityTries    = 4    // of a rate that fails, because the machine may have stood still;
	capacityFailures = 2    // less where it ran well, or the rate was missed by far: so many failures are one
	capacityFar      = 0.9  // achieved / offered
	capacityStep     = 1.15 // from the first guess, up or down, until one passes and one fails
	capacityWithin   = 1.04 // how close the two come in the end
	capacityRatesMax = 12
)

// MeasureCapacity searches for the capacity. Every point has a venue of its own and
// the same orders, as many as its rate needs; o.Duration is how long one is
// measured, less where the orders run out.
func MeasureCapacity(o WireOptions, p99Max time.Duration) (*Capacity, error) {
	if o.Duration == 0 {
		o.Duration = 600 * time.Millisecond
	}
	if err := o.defaults(); err != nil {
		return nil, err
	}
	o.noFloor, o.Rate, o.InFlight, o.IdleConnections = true, 0, capacityInFlight, 0
	s := &capacitySearch{clock: newClock(), options: o, result: &Capacity{
		P99Max: p99Max, AchievedMin: achievedMin, Connections: o.Connections, Resting: o.Resting, Prefault: o.Prefault,
		Arrivals: o.Arrivals.String(), Seed: o.Seed,
	}}
	s.measure = s.point
	r := s.result
	if o.Progress != nil {
		s.bar = newProgress(o.Progress, capacityRatesMax*(o.Duration+time.Second))
		defer s.bar.clear()
	}
	s.step("the orders")
	var err error
	if s.flow, err = newOrderFlow(o.Seed, o.Resting, requestsMax, o.Connections, runPrefix()); err != nil {
		return nil, err
	}
	if err := s.closedLoop(); err != nil {
		return nil, err
	}
	if err := s.search(r.ClosedLoop); err != nil {
		return nil, err
	}
	r.Machine = newFingerprint(s.clock)
	r.Machine.Threading, r.Machine.Idle, r.Machine.Protocol = r.Threading, r.Idle, "json"
	return r, nil
}

type capacitySearch struct {
	clock   *clock
	options WireOptions
	flow    *orderFlow
	bar     *progress
	result  *Capacity
	measure func(rate float64) (CapacityPoint, error)
}

func (s *capacitySearch) step(what string) {
	if s.bar != nil {
		s.bar.step(what)
	}
}

// closedLoop finds where to begin.
func (s *capacitySearch) closedLoop() error {
	s.step("a closed loop")
	w, err := newWireRun(s.clock, s.options, 1, s.flow)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.measure(1); err != nil {
		return err
	}
	if c := w.checks()[0]; !c.OK {
		return fmt.Errorf("closed loop: %s: %s", c.Name, c.Detail)
	}
	s.result.ClosedLoop = w.values()["achieved_per_s"]
	s.result.Threading, s.result.Idle = w.threading, w.idle
	return nil
}

// search brackets the capacity, from a rate on, and halves the bracket, in logarithms.
func (s *capacitySearch) search(rate float64) error {
	low, high := 0.0, math.Inf(1) // the highest rate that passed, the lowest that failed
	for range capacityRatesMax {
		passed, err := s.try(rate)
		if err != nil {
			return err
		}
		if passed {
			low = max(low, rate)
		} else {
			high = min(high, rate)
		}
		switch {
		case low == 0:
			rate = high / capacityStep
		case math.IsInf(high, 1):
			rate = low * capacityStep
		case high <= low*capacityWithin:
			return nil
		default:
			rate = math.Sqrt(low * high)
		}
	}
	return nil
}

// try measures a rate, more than once where it fails.
func (s *capacitySearch) try(rate float64) (passed bool, err error) {
	failures := 0
	for n := 0; n < capacityTries && failures < capacityFailures; n++ {
		s.step(fmt.Sprintf("%.0f orders/s, try %d", rate, n+1))
		p, err := s.measure(rate)
		if err != nil {
			return false, err
		}
		s.result.Tried = append(s.result.Tried, p)
		if p.Passed {
			if p.Achieved > s.result.Rate {
				s.result.Rate, s.result.Offered = p.Achieved, p.Offered
			}
			return true, nil
		}
		if !slices.Contains(p.Flags, FlagNoisy) || p.Achieved < capacityFar*p.Offered {
			failures++
		}
	}
	return false, nil
}

func (s *capacitySearch) point(rate float64) (CapacityPoint, error) {
	o := s.options
	o.Rate, o.InFlight = rate, 0
	w, err := newWireRun(s.clock, o, 1, s.flow)
	if err != nil {
		return CapacityPoint{}, err
	}
	defer w.close()
	if err := w.measure(1); err != nil {
		return CapacityPoint{}, err
	}
	if s.bar != nil {
		s.bar.finished(s.options.Duration + time.Second)
	}
	v := w.values()
	p := CapacityPoint{
		Offered: v["offered_per_s"], Achieved: v["achieved_per_s"], Times: w.orders.times(),
		Lateness: wireTimes(w.orders.load.lateness), toll: w.orders.toll, Flags: append([]string{}, w.orders.load.flags()...), Check: w.checks()[0],
	}
	if !slices.Contains(p.Flags, FlagNoisy) && p.noisy(w.warmUp.Seconds()+w.orders.load.seconds()) {
		p.Flags = append(p.Flags, FlagNoisy) // the venue's processor was taken away, and not the generator's
	}
	p.Passed = p.Check.OK && p.Achieved >= achievedMin*p.Offered && p.Times.P99.Valid && p.Times.P99.Ns <= int64(s.result.P99Max)
	return p, nil
}

// Wrong is the first point whose answers were wrong, nil for none. (An answer that
// is missing is one: an overloaded venue answers late, and all the same.)
func (r *Capacity) Wrong() *Check {
	for i := range r.Tried {
		if !r.Tried[i].Check.OK {
			return &r.Tried[i].Check
		}
	}
	return nil
}

// Print writes the search for people.
func (r *Capacity) Print(w io.Writer) {
	io.WriteString(w, r.Machine.Card()+"\n")
	fmt.Fprintf(w, "capacity %.0f orders/s: achieved >= %.0f %% of offered and p99 <= %s, open loop (%s)\n", r.Rate, 100*r.AchievedMin, latency.FormatNs(int64(r.P99Max)), r.Arrivals)
	fmt.Fprintf(w, "%d connections, %d orders resting, threads %s, idle %s; closed loop, %d in flight per connection: %.0f orders/s\n\n",
		r.Connections, r.Resting, r.Threading, r.Idle, capacityInFlight, r.ClosedLoop)
	t := table{header: []string{"offered/s", "achieved/s", "p50", "p99", "p99.9", "max", "lateness p99", "venue waited", "stolen", "faults", "", "flags"}, leftLast: true}
	for _, p := range r.Tried {
		verdict := "no"
		if p.Passed {
			verdict = "yes"
		}
		t.add(fmt.Sprintf("%.0f", p.Offered), fmt.Sprintf("%.0f", p.Achieved), p.Times.P50.String(), p.Times.P99.String(),
			p.Times.P999.String(), latency.FormatNs(p.Times.Max), p.Lateness.P99.String(),
			latency.FormatNs(p.WaitedNs), latency.FormatNs(p.StolenNs), fmt.Sprint(p.Faults), verdict, strings.Join(p.Flags, ", "))
	}
	t.writeTo(w)
	if c := r.Wrong(); c != nil {
		fmt.Fprintf(w, "  %s\n", c)
	}
}
