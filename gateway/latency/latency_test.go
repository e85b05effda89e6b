package latency

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestPercentilesAreWithinATenthOfAPercent(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	r := NewRecorder()
	values := make([]int64, 200_000)
	for i := range values {
		values[i] = 1 + int64(rng.ExpFloat64()*50_000)
		r.Record(values[i])
	}
	slices.Sort(values)
	p := r.Percentiles()
	for _, c := range []struct {
		name string
		q    float64
		got  Quantile
	}{{"p50", 0.5, p.P50}, {"p90", 0.9, p.P90}, {"p99", 0.99, p.P99}, {"p99.9", 0.999, p.P999}, {"p99.99", 0.9999, p.P9999}} {
		want := values[int(c.q*float64(len(values)))-1]
		if !c.got.Valid || float64(c.got.Ns) < float64(want)*0.999 || float64(c.got.Ns) > float64(want)*1.001+1 {
			t.Errorf("%s: got %+v, want about %d", c.name, c.got, want)
		}
	}
	if want := values[len(values)-1]; p.Max != want || r.Max() != want {
		t.Errorf("max: got %d, want exactly %d", p.Max, want)
	}
}

func TestQuantileNeedsTenSamplesBeyondIt(t *testing.T) {
	for _, c := range []struct {
		q    float64
		need int
	}{{0.5, 20}, {0.9, 100}, {0.99, 1_000}, {0.999, 10_000}, {0.9999, 100_000}} {
		r := NewRecorder()
		for range c.need - 1 {
			r.Record(100)
		}
		if got := r.At(c.q); got.Valid || got.String() != "needs more samples" {
			t.Errorf("q %v with %d samples: got %v, want not valid", c.q, c.need-1, got)
		}
		r.Record(100)
		if got := r.At(c.q); !got.Valid || got.Ns != 100 {
			t.Errorf("q %v with %d samples: got %+v, want 100 ns", c.q, c.need, got)
		}
	}
}

func TestOutOfRangeIsCountedAndKept(t *testing.T) {
	r := NewRecorder()
	for _, ns := range []int64{-5, 0, MinNs, MaxNs, MaxNs + 1, 10 * MaxNs} {
		r.Record(ns)
	}
	p := r.Percentiles()
	if p.Count != 6 || p.Below != 2 || p.Above != 2 {
		t.Errorf("got count %d below %d above %d, want 6 2 2", p.Count, p.Below, p.Above)
	}
	if p.Max != 10*MaxNs {
		t.Errorf("max: got %d, want %d", p.Max, 10*int64(MaxNs))
	}
}

func TestMergeAndReset(t *testing.T) {
	a, b, both := NewRecorder(), NewRecorder(), NewRecorder()
	for i := range int64(5_000) {
		a.Record(i * 7)
		both.Record(i * 7)
		b.Record(MaxNs - 2_000 + i)
		both.Record(MaxNs - 2_000 + i)
	}
	a.Merge(b)
	if a.Percentiles() != both.Percentiles() {
		t.Errorf("merged: got %+v, want %+v", a.Percentiles(), both.Percentiles())
	}
	a.Reset()
	if got := a.Percentiles(); got != (Percentiles{}) {
		t.Errorf("after Reset: got %+v, want nothing", got)
	}
	if b.Count() != 5_000 {
		t.Errorf("the merged-in recorder has %d values, want its 5000", b.Count())
	}
}

func TestRecordDoesNotAllocate(t *testing.T) {
	r := NewRecorder()
	ns := int64(-3)
	if n := testing.AllocsPerRun(1_000, func() { r.Record(ns); ns = ns*3 + 11 }); n != 0 {
		t.Errorf("Record allocates %v times a call, want 0", n)
	}
}

func TestJSONGivesNullForWhatIsNotKnown(t *testing.T) {
	r := NewRecorder()
	for range 150 {
		r.Record(40)
	}
	out, err := json.Marshal(r.Percentiles())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"count":150,"p50_ns":40,"p90_ns":40,"p99_ns":null,"p99_9_ns":null,"p99_99_ns":null,"max_ns":40,"below_range_count":0,"above_range_count":0}`
	if string(out) != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
	var back Percentiles
	if err := json.Unmarshal(out, &back); err != nil || back != r.Percentiles() {
		t.Errorf("read back: got %+v, %v", back, err)
	}
}

func TestHgrmHasThePlottersColumns(t *testing.T) {
	r := NewRecorder()
	for range 1_000 {
		r.Record(2_000)
	}
	var out bytes.Buffer
	if err := r.WriteHgrm(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if got := strings.Fields(lines[0]); !slices.Equal(got, []string{"Value", "Percentile", "TotalCount", "1/(1-Percentile)"}) {
		t.Errorf("header: got %q", lines[0])
	}
	if got := strings.Fields(lines[2]); len(got) != 4 || got[0] != "2.000" && got[0] != "2.001" {
		t.Errorf("first row: got %q, want a value of 2 us", lines[2])
	}
	if !strings.Contains(out.String(), "Total count    =         1000") {
		t.Errorf("no total in the footer:\n%s", out.String())
	}
}

func TestFormatNs(t *testing.T) {
	for ns, want := range map[int64]string{0: "0 ns", 85: "85 ns", 999: "999 ns", 1_240: "1.24 us", 12_340: "12.3 us", 310_000: "310 us",
		12_500_000: "12.5 ms", 1_200_000_000: "1.20 s"} {
		if got := FormatNs(ns); got != want {
			t.Errorf("%d: got %q, want %q", ns, got, want)
		}
	}
}
