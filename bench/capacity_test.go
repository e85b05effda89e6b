package bench

import (
	"testing"
	"time"

	"pricetime/gateway/latency"
)

// A venue whose capacity is known: the search comes within its step of it, from
// above and from below, and moments that are not the venue's doing do not end it.
func TestCapacitySearchFindsAKnownCapacity(t *testing.T) {
	for name, c := range map[string]struct {
		capacity, from float64
		noise          int // but for one in so many, points are spoiled by the machine; 0: none is
	}{
		"from below":        {777_000, 400_000, 0},
		"from above":        {777_000, 1_500_000, 0},
		"from itself":       {777_000, 777_000, 0},
		"on a busy machine": {777_000, 600_000, 3},
	} {
		points := 0
		s := &capacitySearch{result: &Capacity{}}
		s.measure = func(rate float64) (CapacityPoint, error) {
			points++
			p := CapacityPoint{Offered: rate, Achieved: rate, Times: WireTimes{P99: latency.Quantile{Ns: int64(time.Microsecond), Valid: true}}}
			switch {
			case c.noise > 0 && points%c.noise != 0:
				p.Flags = []string{FlagNoisy}
			case rate > c.capacity:
				p.Flags, p.Achieved = []string{FlagSaturated}, c.capacity
			default:
				p.Passed = true
			}
			return p, nil
		}
		if err := s.search(c.from); err != nil {
			t.Fatal(err)
		}
		if got := s.result.Rate; got > c.capacity || got < c.capacity/capacityWithin {
			t.Errorf("%s: %.0f after %d points, want %.0f or a little less", name, got, points, c.capacity)
		}
	}
}

// A venue that passes nothing ends the search, with nothing to tell.
func TestCapacitySearchGivesUp(t *testing.T) {
	s := &capacitySearch{result: &Capacity{}}
	s.measure = func(rate float64) (CapacityPoint, error) { return CapacityPoint{Offered: rate}, nil }
	if err := s.search(1e6); err != nil {
		t.Fatal(err)
	}
	if s.result.Rate != 0 || len(s.result.Tried) != capacityRatesMax*capacityFailures {
		t.Errorf("%.0f after %d points", s.result.Rate, len(s.result.Tried))
	}
}
