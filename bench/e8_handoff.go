package bench

import (
	"strconv"
	"time"

	"pricetime/gateway/latency"
)

// mechanism is one way to hand something to another thread.
type mechanism struct {
	name string
	at   placement
	make func() handOff
	spin bool // both sides burn a core
	ring bool // has batches
}

var mechanisms = []mechanism{
	{"ring, spin", pinned, func() handOff { return newRingHandOff("spin") }, true, true},
	{"ring, yield", pinned, func() handOff { return newRingHandOff("yield") }, true, true},
	{"ring, park", pinned, func() handOff { return newRingHandOff("park") }, false, true},
	{"ring, park, unpinned", goroutines, func() handOff { return newRingHandOff("park") }, false, true},
	{"channel, polled", pinned, func() handOff { return make(polledChannelHandOff, handOffSlots) }, true, false},
	{"channel", pinned, func() handOff { return make(channelHandOff, handOffSlots) }, false, false},
	{"channel, unpinned", goroutines, func() handOff { return make(channelHandOff, handOffSlots) }, false, false},
	{"mutex and condition", pinned, func() handOff { return newCondHandOff() }, false, false},
	{"mutex and condition, unpinned", goroutines, func() handOff { return newCondHandOff() }, false, false},
}

// batched is the batch of the second rate of a ring.
const batched = 16

// planHandOff is E8: the venue's ring beside what Go offers, on the same machine
// in the same minutes.
func planHandOff(s *suite) (*plan, error) {
	p := &plan{repeats: 3, tables: handOffTables, notes: []string{
		"hop = half of a round trip between two threads; pinned: a locked thread on a core each; unpinned: Go's scheduler may run both on one core in turn,",
		"which makes a cheap hand-over and no parallel work; rates are one way, checked by the sum of what arrived",
	}}
	converseFor, perSecond := 400*time.Millisecond, 300*time.Millisecond
	if s.Quick {
		p.repeats, converseFor, perSecond = 1, 40*time.Millisecond, 30*time.Millisecond
	}
	if !canSpin() {
		p.notes = append(p.notes, "one core: hand-offs that spin need two and are left out")
	}
	for _, m := range mechanisms {
		if m.spin && !canSpin() {
			continue
		}
		p.points = append(p.points, point{
			name:       m.name,
			conditions: map[string]string{"slots": strconv.Itoa(handOffSlots), "slot_bytes": "64"},
			planned:    converseFor + 2*perSecond,
			run:        func() (Run, error) { return m.measure(s.clock, converseFor, perSecond) },
		})
	}
	return p, nil
}

// measure takes the hop and the rates of a mechanism, each for about the time given.
func (m *mechanism) measure(c *clock, converseFor, perRate time.Duration) (run Run, err error) {
	hop := latency.NewRecorder()
	if err := converse(c, m.make(), m.make(), m.at, int64(converseFor), hop.Record); err != nil {
		return Run{}, err
	}
	values := map[string]float64{}
	if values["rate_per_s"], err = m.rate(c, 1, perRate); err != nil {
		return Run{}, err
	}
	if m.ring {
		if values["rate_batched_per_s"], err = m.rate(c, batched, perRate); err != nil {
			return Run{}, err
		}
	}
	return newRun(values, map[string]*latency.Recorder{"hop": hop}), nil
}

// rate transfers first a few and then as many values as should take d.
func (m *mechanism) rate(c *clock, batch int, d time.Duration) (perSecond float64, err error) {
	n := uint64(16_000)
	for {
		ns, err := transfer(c, m.make(), m.at, n, batch)
		if err != nil {
			return 0, err
		}
		perSecond = float64(n) * 1e9 / float64(ns)
		if ns > int64(d)/3 {
			return perSecond, nil
		}
		n = max(n*2, uint64(perSecond*d.Seconds())/batched*batched)
	}
}

func handOffTables(e *Experiment) []table {
	t := table{header: []string{"hand-off", "hop p50", "p99", "p99.9", "max", "M/s", "range", "M/s by " + strconv.Itoa(batched)}}
	for _, r := range e.Results {
		row := []string{r.Name}
		for _, q := range []string{"p50_ns", "p99_ns", "p99_9_ns", "max_ns"} {
			row = append(row, r.Summary.quantile("hop", q))
		}
		rate := r.Summary.Values["rate_per_s"]
		row = append(row, millions(rate.Median), millions(rate.Min)+" .. "+millions(rate.Max))
		if by, ok := r.Summary.Values["rate_batched_per_s"]; ok {
			row = append(row, millions(by.Median))
		} else {
			row = append(row, "-")
		}
		t.add(row...)
	}
	return []table{t}
}
