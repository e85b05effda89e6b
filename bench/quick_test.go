package bench

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func skipWithoutPolling(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a child process cannot be interrupted here")
	}
}

// The whole bench, short. What it measures depends on the machine and is not
// looked at; that it measures everything, and that every answer was right, is.
func TestQuickRunMeasuresEverything(t *testing.T) {
	skipWithoutPolling(t)
	if testing.Short() || raceDetector {
		t.Skip("takes 15 s, several times that under the race detector; the other tests run the same code")
	}
	venue, echo := childCommands(t)
	var tables, progress bytes.Buffer
	report, dir, err := Measure(Options{Quick: true, Out: t.TempDir(), Venue: venue, Echo: echo, Stdout: &tables, Stderr: &progress})
	if err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	for _, what := range report.Failures() {
		if strings.Contains(what, "Little") && report.Machine.LoadAverage > 1 {
			t.Logf("on a machine with load %.1f: %s", report.Machine.LoadAverage, what)
			continue
		}
		t.Error(what)
	}
	if len(report.Experiments) != len(experiments) {
		t.Fatalf("%d experiments, want %d", len(report.Experiments), len(experiments))
	}
	for _, e := range report.Experiments {
		if len(e.Results) == 0 {
			t.Errorf("%s has no results", e.ID)
		}
		for _, r := range e.Results {
			if len(r.Runs) != 1 || len(r.Runs[0].Values)+len(r.Runs[0].Times) == 0 {
				t.Errorf("%s, %s: %d runs, want one with figures", e.ID, r.Name, len(r.Runs))
			}
		}
		if !strings.Contains(tables.String(), strings.ToUpper(e.ID)+"  "+e.Title) {
			t.Errorf("%s has no table", e.ID)
		}
	}
	read, err := ReadReport(filepath.Join(dir, "report.json"))
	if err != nil || len(read.Experiments) != len(report.Experiments) {
		t.Errorf("report.json: %v", err)
	}
	histograms, _ := filepath.Glob(filepath.Join(dir, "e2-*-response.hgrm"))
	if len(histograms) != len(hockeyLoads) {
		t.Errorf("%d histograms of response times, want %d", len(histograms), len(hockeyLoads))
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if !strings.Contains(progress.String(), "left") {
		t.Errorf("no ETA in the progress: %s", progress.String())
	}
}

func TestMeasureRefusesAnUnknownExperiment(t *testing.T) {
	if _, _, err := Measure(Options{Only: []string{"e99"}, Out: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "e99") {
		t.Errorf("got %v, want an error that names e99", err)
	}
}

// One connection: the venue sees the flow in its own order, so trades, quantity
// and resting orders are known beforehand, and are checked.
func TestWireChecksTheAnswer(t *testing.T) {
	skipWithoutPolling(t)
	venue, echo := childCommands(t)
	for _, o := range []WireOptions{{Rate: 3000}, {InFlight: 8, Connections: 3}, {IdleConnections: 20, Slices: 3}} {
		o.Venue, o.Echo, o.Duration, o.Resting = venue, echo, 400*time.Millisecond, 500
		r, err := MeasureWire(o)
		if err != nil {
			t.Fatal(err)
		}
		if o.IdleConnections > 0 && (len(r.Checks) != 2 || !r.Checks[1].OK || r.CrowdedRatio.P50 <= 0) {
			t.Errorf("beside idle connections: %+v", r)
		}
		// A slice that the machine took away has too few samples for a ratio of its own.
		if r.RatioOfSlice.P50.Median <= 0 && !slices.Contains(r.Flags, FlagNoisy) {
			t.Errorf("no slice has a ratio: %+v", r)
		}
		if !r.Checks[0].OK || r.Orders < 500 || !r.Order.P50.Valid || !r.Floor.P50.Valid || r.Ratio.P50 <= 0 {
			t.Errorf("%+v", r)
		}
		if r.Threading == "unknown" || r.Idle == "unknown" {
			t.Errorf("threading %q, idle %q: the venue has said", r.Threading, r.Idle)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{`"floor":{"p50":`, `"order":{"p50":`, `"ratio":{"p50":`, `"rate_offered":`, `"rate_achieved":`, `"threading":`, `"idle":`, `"flags":[`} {
			if !strings.Contains(string(text), field) {
				t.Errorf("no %s in %s", field, text)
			}
		}
	}
}

// The check of the answers has teeth: an answer that is left out, told twice or
// changed is found.
func TestWireCheckFindsAWrongAnswer(t *testing.T) {
	f, err := newOrderFlow(1, 100, 200, 1, "b1234567")
	if err != nil {
		t.Fatal(err)
	}
	answers := func() *orderAnswers {
		a := f.newAnswers(0, make([]bool, len(f.createdBy)))
		a.open, a.ordersEnd = int(f.resting), int(f.resting)
		a.trades, a.takerQty, a.makerQty = f.expected.Trades, f.expected.Qty, f.expected.Qty
		return a
	}
	if err := f.check([]*orderAnswers{answers()}, true, true); err != nil {
		t.Fatalf("right answers: %v", err)
	}
	for name, spoil := range map[string]func(*orderAnswers){
		"a fault":            func(a *orderAnswers) { a.scan([]byte(`{"type":"error","message":"no"}`)) },
		"a rejected order":   func(a *orderAnswers) { a.scan([]byte(`{"type":"rejected","client_oid":"b123456700000001"}`)) },
		"a rejected cancel":  func(a *orderAnswers) { a.scan([]byte(`{"type":"cancel_rejected","client_oid":"b123456700000001"}`)) },
		"a trade too many":   func(a *orderAnswers) { a.trades++ },
		"a maker not told":   func(a *orderAnswers) { a.makerQty-- },
		"an order too many":  func(a *orderAnswers) { a.ordersEnd++ },
		"another book's end": func(a *orderAnswers) { a.ordersEnd++; a.open++ },
		"no list of orders":  func(a *orderAnswers) { a.ordersEnd = -1 },
	} {
		a := answers()
		spoil(a)
		if f.check([]*orderAnswers{a}, true, true) == nil {
			t.Errorf("%s was not found", name)
		}
	}
}

func TestFlowOfOrdersIsAFunctionOfItsSeed(t *testing.T) {
	a, err := newOrderFlow(9, 100, 300, 2, "b1234567")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := newOrderFlow(9, 100, 300, 2, "b1234567")
	for i := range a.streams {
		if !bytes.Equal(a.streams[i].bytes, b.streams[i].bytes) {
			t.Errorf("stream %d differs", i)
		}
		if n := len(a.streams[i].ends); n < 100 || bytes.Count(a.streams[i].bytes, []byte("\n")) != n {
			t.Errorf("stream %d has %d requests and %d lines", i, n, bytes.Count(a.streams[i].bytes, []byte("\n")))
		}
	}
	if len(a.linkOf) != 300 {
		t.Errorf("%d requests after the prefill, want 300", len(a.linkOf))
	}
}
