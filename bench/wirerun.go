package bench

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"time"

	"pricetime/gateway/latency"
)

// wireRun is what one point over TCP needs: the flow, a venue, an echo, and where
// the question is what idle connections cost, another venue that has them. All get
// the same bytes in the same schedule, in slices that take turns.
type wireRun struct {
	clock   *clock
	options WireOptions
	slice   time.Duration
	warmUp  time.Duration

	flow      *orderFlow
	schedules []Schedule // open loop: one a slice
	floor     *side      // nil: none is measured
	orders    *side
	crowded   *side     // nil: nobody asked
	bar       *progress // nil: the caller has one

	threading, idle, durability string
}

// newWireRun encodes the flow, starts the servers and fills the books. With a flow
// that is given, the point may use no more requests than it has.
func newWireRun(c *clock, o WireOptions, parts int, given *orderFlow) (_ *wireRun, err error) {
	w := &wireRun{clock: c, options: o, slice: o.Duration / time.Duration(parts), flow: given}
	w.warmUp = min(warmUpMax, w.slice/2)
	n, err := w.schedule(parts)
	if err != nil {
		return nil, err
	}
	if w.flow == nil {
		if w.flow, err = newOrderFlow(o.Seed, o.Resting, n, o.Connections, runPrefix()); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if !o.noFloor {
		if w.floor, err = startSide("floor", o.Echo, "echo"); err != nil {
			return nil, err
		}
		if err := w.floor.openEchoes(c, w.flow); err != nil {
			return nil, err
		}
		w.floor.stop()
	}
	if w.orders, err = w.openVenue("orders", o.Address, min(o.IdleConnections, 1)); err != nil {
		return nil, err
	}
	if o.IdleConnections > 0 {
		w.orders.stop()
		if w.crowded, err = w.openVenue("orders beside idle connections", "", o.IdleConnections); err != nil {
			return nil, err
		}
		w.crowded.stop()
		w.orders.start()
	}
	return w, nil
}

// warmUpMax is how long a slice runs before it counts: a server that was stopped
// finds its caches and its pages again.
const warmUpMax = 200 * time.Millisecond

// openVenue starts a venue, or takes the one at an address, and fills its book.
func (w *wireRun) openVenue(name, address string, idle int) (_ *side, err error) {
	s := &side{name: name, address: address}
	if address == "" {
		if s, err = startSide(name, w.options.Venue, "json"); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if err := s.openIdle(w.flow.prefix, idle); err != nil {
		return nil, err
	}
	if err := s.openOrders(w.clock, w.flow); err != nil {
		return nil, err
	}
	if err := s.fill(w.flow); err != nil {
		return nil, fmt.Errorf("filling the book: %w", err)
	}
	return s, nil
}

// schedule lays out the slices and says how many requests they need.
func (w *wireRun) schedule(parts int) (n int, err error) {
	o := &w.options
	length := w.warmUp + w.slice
	if o.Rate == 0 {
		most := min(closedLoopMax, float64(o.Connections*o.InFlight)*roundTripsMax)
		return min(requestsMax, int(float64(parts)*length.Seconds()*most)), nil
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

const (
	// requestsMax bounds the requests of one run, which are all encoded before it:
	// about 150 bytes each.
	requestsMax = 1_200_000
	// closedLoopMax is the most orders a second that a closed loop is prepared for, and
	// roundTripsMax the most of one order in flight. A stream that runs out ends a run.
	closedLoopMax = 2e6
	roundTripsMax = 200_000
)

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

// measure lets the sides take turns. From slice to slice they do so in the other
// order, so that what gets better or worse all the while falls on each alike.
//
// The collector is off until all is measured; it works before.
func (w *wireRun) measure(parts int) error {
	var sides []*side
	for _, s := range []*side{w.floor, w.orders, w.crowded} {
		if s != nil {
			sides = append(sides, s)
			if s.server != nil {
				s.stop()
			}
		}
	}
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	sent := 0
	for i := range parts {
		for k := range sides {
			s := sides[k]
			if i%2 == 1 {
				s = sides[len(sides)-1-k]
			}
			if w.bar != nil {
				w.bar.step(fmt.Sprintf("%s %d/%d", s.name, i+1, parts))
				w.bar.finished(w.warmUp + w.slice)
			}
			s.start()
			err := w.drive(s, i, sent)
			s.stop()
			if s == w.floor && err != nil {
				return fmt.Errorf("the echo: %w", err)
			}
			if s.broken == nil {
				s.broken = err
			}
		}
		if w.options.Rate > 0 {
			sent += len(w.schedules[i])
		}
		if w.orders.finished() || w.crowded != nil && w.crowded.finished() {
			break
		}
	}
	w.threading, w.idle, w.durability = "unknown", "unknown", "unknown"
	if v := w.orders.server; v != nil { // what it said when it started has long arrived
		w.threading, w.idle, w.durability = v.setting("threads"), v.setting("idle"), v.setting("durability")
	}
	for _, s := range sides {
		if s == w.floor {
			continue
		}
		s.start()
		if err := s.listOrders(); err != nil {
			return err
		}
	}
	return nil
}

// drive runs a side for one slice; its recorders go on from the last one.
func (w *wireRun) drive(s *side, slice, sent int) error {
	g := s.load
	g.warmUp, g.duration = w.warmUp, w.slice
	if w.options.Rate == 0 {
		g.window = w.options.InFlight
	} else {
		g.schedule, g.linkOf = w.schedules[slice], w.flow.linkOf[sent:]
	}
	var before toll
	if s.server != nil {
		before = readToll(s.server.cmd.Process.Pid)
	}
	err := g.run()
	if s.server != nil {
		s.toll = s.toll.plus(readToll(s.server.cmd.Process.Pid).since(before))
	}
	s.slices = append(s.slices, wireTimes(g.slice))
	return err
}

// checks are the answers of the venues.
func (w *wireRun) checks() (c []Check) {
	for _, s := range []*side{w.orders, w.crowded} {
		if s != nil {
			c = append(c, s.checked(w.flow))
		}
	}
	return c
}

// values are the numbers of the orders, over all slices.
func (w *wireRun) values() map[string]float64 {
	v := w.orders.load.values()
	v["unanswered"] = float64(w.orders.load.unanswered())
	return v
}

// run is the point as the report keeps it.
func (w *wireRun) run() Run {
	var floor *latency.Recorder
	if w.floor != nil {
		floor = w.floor.load.response
	}
	r := newRun(w.values(), w.orders.recorders(floor))
	r.Flags = w.orders.load.flags()
	return r
}

func (w *wireRun) close() {
	for _, s := range []*side{w.floor, w.orders, w.crowded} {
		if s != nil {
			s.close()
		}
	}
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
