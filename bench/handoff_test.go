package bench

import (
	"slices"
	"testing"
	"time"
)

// Every hand-off gives every figure, and every sum is right (transfer and converse
// fail where one is not).
func TestEveryHandOffIsMeasured(t *testing.T) {
	for _, m := range mechanisms {
		if m.spins && (!canSpin() || raceDetector) {
			continue
		}
		run, err := m.measure(newClock(), 2*time.Millisecond)
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if run.Times["hop"].Count == 0 || canSpin() && run.Times["one_way"].Count == 0 {
			t.Errorf("%s: times %+v", m.name, run.Times)
		}
		if run.Values["rate_per_s"] <= 0 || run.Values["rate_batched_per_s"] <= 0 {
			t.Errorf("%s: rates %+v", m.name, run.Values)
		}
	}
}

// lossyHandOff loses the value 77 and sends another in its place.
type lossyHandOff struct{ channelHandOff }

func (h lossyHandOff) send(v uint64) {
	if v == 77 {
		v = 78
	}
	h.channelHandOff.send(v)
}

func (h lossyHandOff) sendAll(n uint64) {
	for v := uint64(1); v <= n; v++ {
		h.send(v)
	}
}

func TestWrongHandOffIsFound(t *testing.T) {
	fresh := func() lossyHandOff { return lossyHandOff{make(channelHandOff, handOffSlots)} }
	c := newClock()
	if _, err := transfer(c, fresh(), goroutines, 160); err == nil {
		t.Error("transfer: a value that changed on its way was not found")
	}
	if err := converse(c, fresh(), fresh(), goroutines, int64(time.Millisecond), func(int64) {}); err == nil {
		t.Error("converse: a value that changed on its way was not found")
	}
}

// lateHandOff keeps what it received for a while.
type lateHandOff struct {
	channelHandOff
	c    *clock
	late int64
}

func (h lateHandOff) receive() uint64 {
	v := h.channelHandOff.receive()
	for end := h.c.now() + h.late; v != 0 && h.c.now() < end; {
	}
	return v
}

// The ruler of the one-way time: what a hand-off is known to take is what it shows, and
// where more comes than it can take, the queue shows too.
func TestPaceShowsAKnownDelay(t *testing.T) {
	if !canSpin() {
		t.Skip("needs two cores")
	}
	const late = 100_000
	c := newClock()
	for _, every := range []int64{4 * late, late / 2} {
		var times []int64
		h := lateHandOff{make(channelHandOff, handOffSlots), c, late}
		pacePast(c, h, goroutines, every, 400*every, 10, func(ns int64) { times = append(times, ns) })
		if len(times) < 350 {
			t.Fatalf("every %d ns: %d times", every, len(times))
		}
		// The least is what no other program on the machine had a part in.
		if least := slices.Min(times); least < late || every > late && least > 2*late {
			t.Errorf("every %d ns: at least %d ns on the way, want %d", every, least, late)
		}
		// The last of a queue that grows by half a message per message has waited for it.
		if last := times[len(times)-1]; every < late && last < int64(len(times))*late/3 {
			t.Errorf("every %d ns: the last was %d ns on its way, want about %d", every, last, int64(len(times))*late/2)
		}
	}
}

func TestMeasureMechanismKnowsItsNames(t *testing.T) {
	if _, err := MeasureMechanism("telepathy", time.Millisecond); err == nil {
		t.Error("a hand-off that is not there was measured")
	}
	if !slices.ContainsFunc(mechanisms, func(m mechanism) bool { return m.name == SpinningRing }) {
		t.Errorf("no hand-off is named %q", SpinningRing)
	}
}
