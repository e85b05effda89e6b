package bench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pricetime/gateway/latency"
)

func recorded(values ...int64) *latency.Recorder {
	r := latency.NewRecorder()
	for _, v := range values {
		r.Record(v)
	}
	return r
}

// times makes n samples of about ns.
func times(n int, ns int64) *latency.Recorder {
	r := latency.NewRecorder()
	for i := range n {
		r.Record(ns + int64(i%10))
	}
	return r
}

func TestReportSurvivesTheRoundTrip(t *testing.T) {
	runs := []Run{
		newRun(map[string]float64{"rate_per_s": 5}, map[string]*latency.Recorder{"response": times(2000, 1000)}),
		newRun(map[string]float64{"rate_per_s": 7}, map[string]*latency.Recorder{"response": times(2000, 3000)}),
	}
	runs[1].Flags = []string{FlagNoisy}
	report := &Report{
		Schema: ReportSchema, Started: time.Unix(1_700_000_000, 0).UTC(), Seconds: 1.5, Seed: 1,
		Machine: newFingerprint(newClock()),
		Experiments: []Experiment{{
			ID: "e2", Title: "hockey stick", Question: "what happens as load rises?",
			Checks:  []Check{{Name: "answers", OK: true}, {Name: "books", Detail: "one differs"}},
			Results: []Result{{Name: "load 10 %", Conditions: map[string]string{"seed": "1"}, Runs: runs, Summary: summarize(runs), Flags: flagsOf(runs)}},
		}},
	}
	dir := t.TempDir()
	if err := report.Write(dir); err != nil {
		t.Fatal(err)
	}
	got, err := ReadReport(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range runs { // histograms are in files of their own
		runs[i].recorders = nil
	}
	if !reflect.DeepEqual(got, report) {
		t.Errorf("read back:\n%+v\nwant:\n%+v", got, report)
	}
	if failed := got.Failures(); len(failed) != 1 || failed[0] != "e2: books: one differs" {
		t.Errorf("failures %q", failed)
	}
	if flags := got.Experiments[0].Results[0].Flags; len(flags) != 1 || flags[0] != "noisy 1/2" {
		t.Errorf("flags %q, want noisy in one of two", flags)
	}
	hgrm, err := os.ReadFile(filepath.Join(dir, "e2-load-10-response.hgrm"))
	if err != nil || !strings.Contains(string(hgrm), "Percentile") {
		t.Errorf("histogram file: %v, %.60s", err, hgrm)
	}
}

func TestReportOfAnotherVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	for _, text := range []string{`{"schema":"pricetime-bench/0"}`, `{}`, `{"schema":`} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadReport(path); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

// Percentiles of several runs are never averaged: the run in the middle is told,
// and the range.
func TestSummaryIsTheMiddleRunAndItsRange(t *testing.T) {
	var runs []Run
	for _, ns := range []int64{9000, 1000, 2000} {
		runs = append(runs, newRun(map[string]float64{"rate_per_s": float64(ns)}, map[string]*latency.Recorder{"response": recorded(repeat(ns, 1000)...)}))
	}
	s := summarize(runs)
	p99, rate := s.Times["response"]["p99_ns"], s.Values["rate_per_s"]
	if within(p99.Median, 2000) && within(p99.Min, 1000) && within(p99.Max, 9000) && p99.Runs == 3 &&
		rate == (Spread{Median: 2000, Min: 1000, Max: 9000, Runs: 3}) {
		return
	}
	t.Errorf("p99 %+v, rate %+v; want 2000 in 1000 .. 9000", p99, rate)
}

// A percentile with fewer than ten samples beyond it is not told: not in the run,
// not in the summary, not in a table, and null in the report.
func TestPercentileWithTooFewSamplesIsNotTold(t *testing.T) {
	enough, few := newRun(nil, map[string]*latency.Recorder{"hop": recorded(repeat(50, 1000)...)}), newRun(nil, map[string]*latency.Recorder{"hop": recorded(repeat(50, 999)...)})
	one, both := summarize([]Run{enough}), summarize([]Run{enough, few})
	if _, told := one.Times["hop"]["p99_ns"]; !told {
		t.Error("p99 of 1000 samples is not told")
	}
	if at, told := both.Times["hop"]["p99_ns"]; told {
		t.Errorf("p99 of 1000 and of 999 samples is told: %+v", at)
	}
	if _, told := both.Times["hop"]["p90_ns"]; !told {
		t.Error("p90 of 999 samples is not told")
	}
	if got := both.quantile("hop", "p99_ns"); got != "needs more" {
		t.Errorf("in a table p99 of 999 samples is %q", got)
	}
	text, err := json.Marshal(few)
	if err != nil || !strings.Contains(string(text), `"p99_ns":null`) {
		t.Errorf("%s, %v: want p99_ns null", text, err)
	}
}

func repeat(ns int64, n int) []int64 {
	v := make([]int64, n)
	for i := range v {
		v[i] = ns
	}
	return v
}

func within(got, want float64) bool { return got > want*0.998 && got < want*1.002 }

func TestTableLinesUp(t *testing.T) {
	var b strings.Builder
	tb := table{title: "title", header: []string{"what", "p50", "p99"}}
	tb.add("ring", "120 ns", "1.20 us")
	tb.add("channel, polled", "9 ns", "-")
	tb.writeTo(&b)
	want := `title
  what                p50      p99
  ---------------  ------  -------
  ring             120 ns  1.20 us
  channel, polled    9 ns        -

`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// Where stderr is no terminal there is a line for every tenth of the way, and
// nothing that redraws.
func TestProgressInPlainLines(t *testing.T) {
	var b strings.Builder
	p := newProgress(&b, 100*time.Second)
	for range 100 {
		p.step("e0")
		p.finished(time.Second)
	}
	p.clear()
	if lines := strings.Count(b.String(), "\n"); lines != 10 || strings.Contains(b.String(), "\r") {
		t.Errorf("%d lines, want 10:\n%s", lines, b.String())
	}
}

// The page that describes report.json names every field that is in it.
func TestMeasuringPageNamesEveryField(t *testing.T) {
	page, err := os.ReadFile("../docs/measuring.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map || typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
			if name == "" {
				continue
			}
			if !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("docs/measuring.md does not name `%s` of %v", name, typ)
			}
			walk(typ.Field(i).Type)
		}
	}
	for _, v := range []any{Report{}, CoreResult{}, WireResult{}} {
		walk(reflect.TypeOf(v))
	}
	if !strings.Contains(string(page), "`"+ReportSchema+"`") {
		t.Errorf("docs/measuring.md does not name the schema %s", ReportSchema)
	}
}
