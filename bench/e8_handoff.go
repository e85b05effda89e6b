package bench

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"pricetime/gateway/latency"
)

// mechanism is one way to hand something to another thread.
type mechanism struct {
	name  string
	at    placement
	spins bool // both sides burn a core
	make  func() handOff
	by1   func() bulk // one value a publication
	by16  func() bulk // batched values a publication
}

// SpinningRing is the mechanism that is held against the C++ reference.
const SpinningRing = "ring, spin"

var mechanisms = []mechanism{
	ringMechanism(SpinningRing, pinned, "spin"),
	ringMechanism("ring, yield", pinned, "yield"),
	ringMechanism("ring, park", pinned, "park"),
	ringMechanism("ring, park, unpinned", goroutines, "park"),
	{"textbook ring, spin", pinned, true, func() handOff { return newTextbookHandOff() },
		func() bulk { return newTextbookBulk(1) }, func() bulk { return newTextbookBulk(batched) }},
	{"channel, polled", pinned, true, func() handOff { return make(polledChannelHandOff, handOffSlots) },
		func() bulk { return make(polledChannelHandOff, handOffSlots) }, func() bulk { return newPolledChannelBatches() }},
	channelMechanism("channel", pinned),
	channelMechanism("channel, unpinned", goroutines),
	condMechanism("mutex and condition", pinned),
	condMechanism("mutex and condition, unpinned", goroutines),
}

func ringMechanism(name string, at placement, strategy string) mechanism {
	return mechanism{name, at, strategy != "park", func() handOff { return newRingHandOff(strategy) },
		func() bulk { return newRingBulk(strategy, 1) }, func() bulk { return newRingBulk(strategy, batched) }}
}

func channelMechanism(name string, at placement) mechanism {
	return mechanism{name, at, false, func() handOff { return make(channelHandOff, handOffSlots) },
		func() bulk { return make(channelHandOff, handOffSlots) }, func() bulk { return newChannelBatches() }}
}

func condMechanism(name string, at placement) mechanism {
	return mechanism{name, at, false, func() handOff { return newCondHandOff() },
		func() bulk { return newCondBulk(1) }, func() bulk { return newCondBulk(batched) }}
}

// pacedEvery is the time between two messages of the one-way measurement.
const pacedEvery = time.Microsecond

// HandOffReport is what bench ring prints: E8 alone, with the machine it ran on.
type HandOffReport struct {
	Machine Fingerprint `json:"machine"`
	Experiment
}

// MeasureHandOff is E8 alone, without a report: the ring beside what Go offers.
func MeasureHandOff(o Options) (*HandOffReport, error) {
	s := &suite{Options: o, clock: newClock()}
	s.Seed = cmp.Or(o.Seed, 1)
	machine := newFingerprint(s.clock)
	fmt.Fprintf(s.Stdout, "%s\n", machine.Card())
	report := &Report{}
	s.Only = []string{"e8"}
	if err := s.measure(report); err != nil {
		return nil, err
	}
	return &HandOffReport{machine, report.Experiments[0]}, nil
}

// MeasureMechanism is one run of one of E8's rows, d for each of its four figures: for
// a comparison that brings a rival of its own.
func MeasureMechanism(name string, d time.Duration) (Run, error) {
	i := slices.IndexFunc(mechanisms, func(m mechanism) bool { return m.name == name })
	if i < 0 {
		return Run{}, fmt.Errorf("no hand-off is named %q", name)
	}
	if mechanisms[i].spins && !canSpin() {
		return Run{}, fmt.Errorf("%s needs two cores", name)
	}
	return mechanisms[i].measure(newClock(), d)
}

// planHandOff is E8: the venue's ring beside what Go offers, on the same machine
// in the same minutes.
func planHandOff(s *suite) (*plan, error) {
	p := &plan{repeats: 3, tables: handOffTables, notes: []string{
		"hop: half of a round trip, one message on its way; one way: a message a microsecond, from the stamp in it to its receipt; M/s: one way, one message a",
		"publication and " + strconv.Itoa(batched) + ", checked by the sum of what arrived; pinned: a locked thread on a core each; unpinned: Go's scheduler may run both on one core in",
		"turn, which makes a cheap hand-over and no parallel work; who sleeps finds a queue when it wakes, so its one-way time is a wake-up's, and its rates are those of queues",
	}}
	each := 250 * time.Millisecond
	if s.Quick {
		p.repeats, each = 1, 30*time.Millisecond
	}
	for _, m := range mechanisms {
		if m.spins && !canSpin() {
			p.notes = append(p.notes, m.name+": needs two cores")
			continue
		}
		p.points = append(p.points, point{
			name:       m.name,
			conditions: map[string]string{"slots": strconv.Itoa(handOffSlots), "slot_bytes": "64"},
			planned:    4 * each,
			run:        func() (Run, error) { return m.measure(s.clock, each) },
		})
	}
	return p, nil
}

// measure takes the hop, the one-way time (two cores only: the sender watches the
// clock) and the rates of a mechanism, each for about d.
func (m *mechanism) measure(c *clock, d time.Duration) (run Run, err error) {
	times := map[string]*latency.Recorder{"hop": latency.NewRecorder()}
	if err := converse(c, m.make(), m.make(), m.at, int64(d), times["hop"].Record); err != nil {
		return Run{}, err
	}
	if canSpin() {
		times["one_way"] = latency.NewRecorder()
		pace(c, m.make(), m.at, int64(pacedEvery), int64(d), times["one_way"].Record)
	}
	values := map[string]float64{}
	if values["rate_per_s"], err = m.rate(c, m.by1, d); err != nil {
		return Run{}, err
	}
	if values["rate_batched_per_s"], err = m.rate(c, m.by16, d); err != nil {
		return Run{}, err
	}
	return newRun(values, times), nil
}

// rate transfers first a few and then as many values as should take d.
func (m *mechanism) rate(c *clock, fresh func() bulk, d time.Duration) (perSecond float64, err error) {
	n := uint64(1000 * batched)
	for {
		ns, err := transfer(c, fresh(), m.at, n)
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
	t := table{header: []string{"hand-off", "hop p50", "p99", "p99.9", "one way p50", "p99", "p99.9", "M/s", "M/s by " + strconv.Itoa(batched), "range"}}
	for _, m := range mechanisms {
		i := slices.IndexFunc(e.Results, func(r Result) bool { return r.Name == m.name })
		if i < 0 {
			t.add(m.name, "needs two cores", "", "", "", "", "", "", "", "")
			continue
		}
		s := &e.Results[i].Summary
		row := []string{m.name}
		for _, time := range []string{"hop", "one_way"} {
			for _, q := range []string{"p50_ns", "p99_ns", "p99_9_ns"} {
				if len(s.Times[time]) == 0 {
					row = append(row, "two cores")
					continue
				}
				row = append(row, s.quantile(time, q))
			}
		}
		by := s.Values["rate_batched_per_s"]
		t.add(append(row, millions(s.Values["rate_per_s"].Median), millions(by.Median), millions(by.Min)+" .. "+millions(by.Max))...)
	}
	return []table{t}
}
