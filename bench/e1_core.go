package bench

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/engine/model"
	"pricetime/gateway"
)

// coreDepths are the books that commands meet: how many orders rest, and how far
// from the middle they lie on average, in ticks, as in the recorded flows.
var coreDepths = []struct {
	orders   int
	distance float64
}{{1_000, 20}, {10_000, 60}, {100_000, 250}}

// planCore is E1: engine.Apply by kind of command and depth of the book.
func planCore(s *suite) (*plan, error) {
	commands := 102_400 // of each kind for each of the two timings: enough for p99.99
	p := &plan{repeats: 5, tables: coreTables, notes: []string{
		"one kind of command at a time; timed: Apply and the copying out of its events. ns a command over blocks, percentiles with the clock read after",
		"every command (its cost is in them). The book is hot: after a pause the caches are cold, and the first command is slower",
	}}
	if s.Quick {
		p.repeats, commands = 1, 4_000
	}
	digests := map[string][]uint64{}
	for _, depth := range coreDepths {
		for _, kind := range coreKinds {
			name := kind.name + ", " + strconv.Itoa(depth.orders)
			p.points = append(p.points, point{
				name:       name,
				conditions: map[string]string{"command": kind.name, "depth": strconv.Itoa(depth.orders)},
				planned:    time.Duration(commands)*time.Microsecond + time.Duration(depth.orders)*time.Microsecond,
				run: func() (Run, error) {
					b, err := newCoreBook(s.Seed, depth.orders, depth.distance, commands)
					if err != nil {
						return Run{}, err
					}
					run, err := b.measure(s.clock, &kind, commands)
					digests[name] = append(digests[name], b.engine.Digest())
					return run, err
				},
			})
		}
	}
	p.after = func([]Result) []Check {
		return []Check{checkDigests(digests), s.checkModel()}
	}
	return p, nil
}

func coreTables(e *Experiment) []table {
	times := table{title: "ns a command, by orders in the book", header: []string{"command"}}
	tails := table{title: "percentiles at 10,000 orders", header: []string{"command", "p50", "p99", "p99.9", "p99.99", "max"}}
	for _, d := range coreDepths {
		times.header = append(times.header, strconv.Itoa(d.orders), "range")
	}
	for _, kind := range coreKinds {
		row := []string{kind.name}
		for _, r := range e.Results {
			if r.Conditions["command"] != kind.name {
				continue
			}
			v := r.Summary.Values["ns_per_command"]
			row = append(row, fmt.Sprintf("%.0f", v.Median), fmt.Sprintf("%.0f .. %.0f", v.Min, v.Max))
			if r.Conditions["depth"] == "10000" {
				tail := []string{kind.name}
				for _, q := range []string{"p50_ns", "p99_ns", "p99_9_ns", "p99_99_ns", "max_ns"} {
					tail = append(tail, r.Summary.quantile("service", q))
				}
				tails.add(tail...)
			}
		}
		times.add(row...)
	}
	return []table{times, tails}
}

// checkDigests: the commands of a point are a function of the seed, so every run
// of it must leave the same book behind.
func checkDigests(digests map[string][]uint64) Check {
	c := Check{Name: "every run of a point left the same book", OK: true}
	points, runs := 0, 0
	for name, d := range digests {
		points++
		runs += len(d)
		if len(slices.Compact(slices.Clone(d))) != 1 {
			c.OK = false
			c.Detail = fmt.Sprintf("%s: digests %x", name, d)
			return c
		}
	}
	c.Detail = fmt.Sprintf("%d runs of %d points", runs, points)
	return c
}

// checkModel plays one flow through the engine and through its slow twin.
func (s *suite) checkModel() Check {
	c := Check{Name: "engine and model end with the same book"}
	const ops = 5_000
	f := flow.Generate(flow.Shapes[0], s.Seed, ops)
	limits := engine.Limits{OrdersMax: 1 << 16, AccountsMax: 1, LevelsPerSideMax: 1 << 14, OrdersPerDay: 1 << 20, ClOrdIDsPerDay: 1 << 20}
	e, err := gateway.NewEngine(limits, flowInstruments())
	if err != nil {
		c.Detail = err.Error()
		return c
	}
	m := model.New(limits, flowInstruments())
	player, events := flow.NewPlayer(f), engine.NewEvents(limits.EventsPerCommandMax())
	var cmd engine.Command
	for i, op := range slices.Concat(f.Prefill, f.Ops) {
		if i == len(f.Prefill) {
			player.Played = flow.Result{}
		}
		player.Command(&op, &cmd)
		events.Reset()
		e.Apply(engine.Seq(i+1), &cmd, events)
		player.Observe(events.All())
		m.Apply(engine.Seq(i+1), &cmd)
	}
	c.OK = e.Digest() == m.Digest() && player.Played == f.Expected
	c.Detail = fmt.Sprintf("%d commands, digest %x, %d trades", len(f.Prefill)+len(f.Ops), e.Digest(), player.Played.Trades)
	if !c.OK {
		c.Detail += fmt.Sprintf("; model %x, flow says %d trades", m.Digest(), f.Expected.Trades)
	}
	return c
}
