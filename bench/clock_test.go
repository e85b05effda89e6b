package bench

import (
	"testing"
	"time"
)

// The counter's clock and the system's agree on how long something took. The
// machine may take the processor away between two looks, hence the tries.
func TestClockAgreesWithTheSystems(t *testing.T) {
	c := newClock()
	var ratio float64
	for range 20 {
		t0, n0 := time.Now(), c.now()
		time.Sleep(20 * time.Millisecond)
		n1, d := c.now(), time.Since(t0)
		ratio = float64(n1-n0) / float64(d)
		if ratio > 0.999 && ratio < 1.001 {
			return
		}
	}
	t.Errorf("clock (%s) over the system's: %.6f, want 1 within a thousandth", c.source(), ratio)
}

func TestClockNeverGoesBack(t *testing.T) {
	c := newClock()
	for last, i := c.now(), 0; i < 1_000_000; i++ {
		now := c.now()
		if now < last {
			t.Fatalf("clock (%s) went from %d to %d", c.source(), last, now)
		}
		last = now
	}
}
