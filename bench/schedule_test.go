package bench

import (
	"math"
	"runtime"
	"slices"
	"testing"
	"time"
)

func TestScheduleIsAFunctionOfItsArguments(t *testing.T) {
	for _, a := range []Arrivals{Poisson, Constant} {
		s1, err := NewSchedule(7, 20_000, time.Second, a)
		if err != nil {
			t.Fatal(err)
		}
		s2, _ := NewSchedule(7, 20_000, time.Second, a)
		if !slices.Equal(s1, s2) || s1.Hash() != s2.Hash() {
			t.Errorf("%v: two schedules of one seed differ", a)
		}
		other, _ := NewSchedule(8, 20_000, time.Second, a)
		if same := slices.Equal(s1, other); same != (a == Constant) {
			t.Errorf("%v: schedules of two seeds are equal: %v", a, same)
		}
		if !slices.IsSorted(s1) || s1[0] < 0 || s1[len(s1)-1] >= int64(time.Second) {
			t.Errorf("%v: times out of order or out of range", a)
		}
	}
	// What an old report said about a schedule still holds. (A logarithm may differ in
	// its last bit between architectures, and so may a schedule, by a nanosecond.)
	if runtime.GOARCH != "amd64" {
		return
	}
	s, _ := NewSchedule(1, 1000, time.Second, Poisson)
	if got, want := s.Hash(), uint64(0x828df423693682f2); got != want {
		t.Errorf("poisson schedule of seed 1: hash %#x, want %#x", got, want)
	}
}

// Gaps of a Poisson process have a mean of 1/rate and a standard deviation as
// large as their mean, and one in e is longer than it.
func TestPoissonGapsAreExponential(t *testing.T) {
	const rate = 50_000
	s, err := NewSchedule(3, rate, 4*time.Second, Poisson)
	if err != nil {
		t.Fatal(err)
	}
	n := float64(len(s))
	if want := 4.0 * rate; math.Abs(n-want) > 5*math.Sqrt(want) {
		t.Errorf("%v requests, want %v within five standard deviations", n, want)
	}
	var sum, squares, longer float64
	for i := 1; i < len(s); i++ {
		gap := float64(s[i] - s[i-1])
		sum += gap
		squares += gap * gap
		if gap > 1e9/rate {
			longer++
		}
	}
	mean := sum / (n - 1)
	if deviation := math.Sqrt(squares/(n-1) - mean*mean); math.Abs(deviation/mean-1) > 0.02 {
		t.Errorf("deviation over mean is %.3f, want 1", deviation/mean)
	}
	if part := longer / (n - 1); math.Abs(part-1/math.E) > 0.01 {
		t.Errorf("%.3f of the gaps are longer than the mean, want 1/e", part)
	}
}

func TestScheduleRefusesNonsense(t *testing.T) {
	for _, c := range []struct {
		rate float64
		d    time.Duration
	}{{0, time.Second}, {-1, time.Second}, {math.NaN(), time.Second}, {math.Inf(1), time.Second}, {1000, 0}, {1e9, time.Hour}} {
		if _, err := NewSchedule(1, c.rate, c.d, Poisson); err == nil {
			t.Errorf("rate %v for %v was taken", c.rate, c.d)
		}
	}
	if _, err := ParseArrivals("bursty"); err == nil {
		t.Error("arrivals bursty were taken")
	}
}
