package bench

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// Arrivals is how the intended send times of a run lie.
type Arrivals uint8

// Arrivals.
const (
	Poisson  Arrivals = 1 // independent of each other, as many people's orders are: exponential gaps
	Constant Arrivals = 2 // one every 1/rate
)

func (a Arrivals) String() string {
	switch a {
	case Poisson:
		return "poisson"
	case Constant:
		return "constant"
	}
	return fmt.Sprintf("arrivals %d", uint8(a))
}

// ParseArrivals is the inverse of String.
func ParseArrivals(s string) (Arrivals, error) {
	for _, a := range []Arrivals{Poisson, Constant} {
		if s == a.String() {
			return a, nil
		}
	}
	return 0, fmt.Errorf("arrivals %q: want poisson or constant", s)
}

// Schedule is when each request of an open loop is to be sent, in nanoseconds
// from the start, ascending. It is computed before the run, so that nothing that
// happens during the run can move a request: that is what makes the loop open. A
// response time counts from here.
type Schedule []int64

// NewSchedule lays requests at rate a second over a duration. The same
// arguments give the same schedule.
func NewSchedule(seed uint64, rate float64, d time.Duration, arrivals Arrivals) (Schedule, error) {
	if rate <= 0 || math.IsInf(rate, 0) || math.IsNaN(rate) {
		return nil, fmt.Errorf("schedule: rate %v, must be positive", rate)
	}
	if d <= 0 {
		return nil, fmt.Errorf("schedule: duration %v, must be positive", d)
	}
	gap := 1e9 / rate
	expected := float64(d) / gap
	if expected > 1<<28 {
		return nil, fmt.Errorf("schedule: %.0f requests, at most %d", expected, 1<<28)
	}
	s := make(Schedule, 0, int(expected+6*math.Sqrt(expected))+16)
	source := rand.NewPCG(seed, 0x5C4ED01E)
	for i, t := 0, 0.0; ; i++ {
		if arrivals == Constant {
			t = float64(i) * gap
		} else {
			// 53 random bits make u in (0, 1]; -ln u is exponential with mean 1.
			u := (float64(source.Uint64()>>11) + 1) / (1 << 53)
			t -= gap * math.Log(u)
		}
		if t >= float64(d) {
			return s, nil
		}
		s = append(s, int64(t))
	}
}

// Hash identifies a schedule in a report.
func (s Schedule) Hash() uint64 {
	h := fnv.New64a()
	var b [8]byte
	for _, t := range s {
		for i := range b {
			b[i] = byte(t >> (8 * i))
		}
		h.Write(b[:])
	}
	return h.Sum64()
}
