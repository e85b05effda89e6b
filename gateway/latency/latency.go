// Package latency records how long things take and says it in percentiles,
// never as an average. It is the only package that knows HdrHistogram.
//
// What is recorded is the caller's business, and the caller names it in
// the words of docs/glossary.md: service time counts from the moment of sending,
// response time from the intended moment of sending. A [Recorder] only sees
// nanoseconds.
package latency

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of a Recorder, in nanoseconds. Three significant digits over it
// cost about 220 kB and keep every percentile within 0.1 % of the value
// that was recorded.
const (
	MinNs = 1
	MaxNs = 60_000_000_000 // a minute: whoever waits longer has hung

	significantDigits = 3
)

// tailSamples is how many samples must lie at or beyond a quantile before it is
// told: with fewer, one hiccup more or less moves it anywhere.
const tailSamples = 10

// Recorder counts times. Its law: Count is the number of calls of Record,
// whatever was recorded. A value outside [MinNs, MaxNs] is counted in Below or
// Above and takes the nearest end of the range in the percentiles; it is never dropped,
// because what falls out first is the tail that one is looking for.
//
// A Recorder belongs to one goroutine. Make it with [NewRecorder].
type Recorder struct {
	histogram *hdrhistogram.Histogram
	max       int64 // exact, and not limited to the range
	below     int64
	above     int64
}

// NewRecorder returns an empty recorder. Its memory is touched here, so that the
// first values do not pay for page faults.
func NewRecorder() *Recorder {
	r := &Recorder{histogram: hdrhistogram.New(MinNs, MaxNs, significantDigits)}
	r.Reset()
	return r
}

// Record counts one time, in nanoseconds. It does not allocate.
// hot
func (r *Recorder) Record(ns int64) {
	if ns > r.max {
		r.max = ns
	}
	if ns < MinNs {
		r.below++
		ns = MinNs
	} else if ns > MaxNs {
		r.above++
		ns = MaxNs
	}
	if err := r.histogram.RecordValue(ns); err != nil {
		panic("BUG: latency: a value in range was refused: " + err.Error())
	}
}

// Merge adds what other has counted; other keeps it.
func (r *Recorder) Merge(other *Recorder) {
	if dropped := r.histogram.Merge(other.histogram); dropped != 0 {
		panic(fmt.Sprintf("BUG: latency: merging lost %d values, want 0", dropped))
	}
	r.max = max(r.max, other.max)
	r.below += other.below
	r.above += other.above
}

// Reset forgets everything.
func (r *Recorder) Reset() {
	r.histogram.Reset()
	r.max, r.below, r.above = 0, 0, 0
}

// Count is how many times were recorded.
func (r *Recorder) Count() int64 { return r.histogram.TotalCount() }

// Max is the largest value recorded, exactly; 0 if there is none.
func (r *Recorder) Max() int64 { return r.max }

// Quantile is a value that a share of the samples does not exceed. Valid is
// false where too few samples lie beyond it (n(1-q) < 10); Ns is 0 then.
type Quantile struct {
	Ns    int64
	Valid bool
}

// String gives the value with a unit that suits it, or says what is missing.
func (q Quantile) String() string {
	if !q.Valid {
		return "needs more samples"
	}
	return FormatNs(q.Ns)
}

// MarshalJSON writes nanoseconds, or null where the quantile is not valid.
func (q Quantile) MarshalJSON() ([]byte, error) {
	if !q.Valid {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, q.Ns, 10), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (q *Quantile) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*q = Quantile{}
		return nil
	}
	q.Valid = true
	return json.Unmarshal(data, &q.Ns)
}

// At returns the quantile q, 0 <= q < 1. O(buckets).
func (r *Recorder) At(q float64) Quantile {
	// The slack makes 100,000 samples enough for 0.9999 although 1-q is not exact in binary.
	const slack = 1e-6
	if float64(r.Count())*(1-q) < tailSamples-slack {
		return Quantile{}
	}
	ns := r.histogram.ValueAtPercentile(q * 100)
	// The histogram answers with the upper end of a bucket, which may lie above
	// everything that was recorded.
	if r.max >= MinNs {
		ns = min(ns, r.max)
	}
	return Quantile{Ns: ns, Valid: true}
}

// Percentiles is what one run is told in. Times are in nanoseconds.
type Percentiles struct {
	Count int64    `json:"count"`
	P50   Quantile `json:"p50_ns"`
	P90   Quantile `json:"p90_ns"`
	P99   Quantile `json:"p99_ns"`
	P999  Quantile `json:"p99_9_ns"`
	P9999 Quantile `json:"p99_99_ns"`
	Max   int64    `json:"max_ns"`            // exact
	Below int64    `json:"below_range_count"` // recorded values under MinNs
	Above int64    `json:"above_range_count"` // recorded values over MaxNs
}

// Percentiles sums up what was recorded so far.
func (r *Recorder) Percentiles() Percentiles {
	return Percentiles{
		Count: r.Count(),
		P50:   r.At(0.50),
		P90:   r.At(0.90),
		P99:   r.At(0.99),
		P999:  r.At(0.999),
		P9999: r.At(0.9999),
		Max:   r.max,
		Below: r.below,
		Above: r.above,
	}
}

// WriteHgrm writes the whole distribution as HdrHistogram's plotter reads it,
// in microseconds, with five steps for every halving of the distance to 100 %.
func (r *Recorder) WriteHgrm(w io.Writer) error {
	const stepsPerHalving, nsPerMicrosecond = 5, 1000
	if _, err := r.histogram.PercentilesPrint(w, stepsPerHalving, nsPerMicrosecond); err != nil {
		return fmt.Errorf("writing the histogram: %w", err)
	}
	return nil
}

// FormatNs writes nanoseconds for people, to three significant digits and with a
// unit that suits them: 85 ns, 1.24 us, 310 us, 12.5 ms, 1.20 s.
func FormatNs(ns int64) string {
	v, unit := float64(ns), "ns"
	switch a := math.Abs(v); {
	case a < 1e3:
		return strconv.FormatInt(ns, 10) + " ns"
	case a < 1e6:
		v, unit = v/1e3, "us"
	case a < 1e9:
		v, unit = v/1e6, "ms"
	default:
		v, unit = v/1e9, "s"
	}
	decimals := 2
	if math.Abs(v) >= 100 {
		decimals = 0
	} else if math.Abs(v) >= 10 {
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64) + " " + unit
}
