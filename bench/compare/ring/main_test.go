package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// fakeReference answers like the C++ one, with these lines.
func fakeReference(t *testing.T, pp, ow, thr string) string {
	t.Helper()
	if runtime.GOOS == "windows" || runtime.NumCPU() < 2 {
		t.Skip("needs a shell and two cores")
	}
	path := filepath.Join(t.TempDir(), "reference")
	script := "#!/bin/sh\ncase $1 in\npp) echo '" + pp + "';;\now) echo '" + ow + "';;\nthr) echo '" + thr + "';;\nesac\n"
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	timesLine = `{"impl":"cpp","p50":100.5,"p99":200}`
	rateLine  = `{"impl":"cpp","ns_msg":10.00,"Mmsg_s":100.0,"ok":true}`
)

func TestComparisonPutsRingOverReference(t *testing.T) {
	reference := fakeReference(t, timesLine, timesLine, rateLine)
	var out, errs strings.Builder
	status := run([]string{"--rounds", "2", "--each", "50ms", "--json", reference}, &out, &errs)
	if strings.Contains(errs.String(), errTooFew.Error()) {
		t.Skip("the machine has no time for this: ", errs.String())
	}
	if status != 0 {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	var c comparison
	if err := json.Unmarshal([]byte(out.String()), &c); err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"half round trip p50": 100.5, "half round trip p99": 200, "one way p50": 100.5,
		"time a message, ours 16 a publication": 10, "time a message, one a publication": 10}
	for _, f := range c.Figures {
		if f.CPP.Median != want[f.Name] {
			t.Errorf("%s: C++ %v, want %v", f.Name, f.CPP.Median, want[f.Name])
		}
		if f.Ring.Min <= 0 || f.Ratio.Min > f.Ring.Min/f.CPP.Median*1.0001 || f.Ratio.Max < f.Ring.Max/f.CPP.Median*0.9999 {
			t.Errorf("%s: ring %+v, ratio %+v", f.Name, f.Ring, f.Ratio)
		}
		delete(want, f.Name)
	}
	if len(want) > 0 {
		t.Errorf("not compared: %v", want)
	}
}

func TestComparisonRefusesWhatIsNoFigure(t *testing.T) {
	for name, rate := range map[string]string{"a wrong sum": `{"Mmsg_s":100.0,"ok":false}`, "no rate": `{}`, "no JSON": `oops`} {
		reference := fakeReference(t, timesLine, timesLine, rate)
		var out, errs strings.Builder
		if status := run([]string{"--rounds", "1", "--each", "5ms", reference}, &out, &errs); status != 1 || out.Len() > 0 {
			t.Errorf("%s: status %d, printed %q", name, status, out.String())
		}
	}
}

func TestNoReferenceIsSaidAndIsNoFailure(t *testing.T) {
	var out, errs strings.Builder
	if status := run([]string{filepath.Join(t.TempDir(), "ring.cpp")}, &out, &errs); status != 0 || !strings.Contains(errs.String(), "nothing is compared") {
		t.Errorf("status %d: %s", status, errs.String())
	}
}
