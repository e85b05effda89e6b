package bench

import (
	"bytes"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"time"
)

// A venue is in a steady state, and one that is not is found out: one that leaks two
// megabytes of objects, one whose collector runs.
func TestSteadyFindsWhatGrows(t *testing.T) {
	skipWithoutPolling(t)
	venue, _ := childCommands(t)
	for _, c := range []struct {
		spoils string
		failed string // of the checks; "": none
	}{
		{"", ""},
		{"leak", "heap objects grew"},
		{"collect", "no collector cycle"},
	} {
		o := SteadyOptions{Duration: time.Second, Connections: 2, Subscribers: 3, Rate: 500, Resting: 200}
		o.Venue = append([]string{"env", childSpoils + "=" + c.spoils}, venue[1:]...)
		r, err := MeasureSteady(o)
		if err != nil {
			t.Fatalf("%q: %v", c.spoils, err)
		}
		var failed []string
		for _, check := range r.Checks {
			if !check.OK {
				failed = append(failed, check.String())
			}
		}
		if text := strings.Join(failed, "\n"); r.OK() != (c.failed == "") || !strings.Contains(text, c.failed) || len(failed) > 1 {
			t.Errorf("%q: %d checks failed:\n%s", c.spoils, len(failed), text)
		}
		// 500 orders or so, of which each makes two lines or more, are heard by everybody.
		if r.LinesEach < 500 || r.BytesEach < 50*r.LinesEach || r.Orders < 600 || !r.Response.P50.Valid || r.MallocsOfLife < 0 || r.Scrapes < 2 {
			t.Errorf("%q: %+v", c.spoils, r)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{`"heap_objects_growth":`, `"collector_cycles":`, `"response":{"p50":`, `"capacity":0`, `"flags":[`} {
			if !strings.Contains(string(text), field) {
				t.Errorf("no %s in %s", field, text)
			}
		}
	}
}

// A venue that nobody can connect to is an error, not a crash: of a steady run, and
// of a point at an address.
func TestSteadyAndWireSayThatAVenueRefuses(t *testing.T) {
	skipWithoutPolling(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := l.Addr().String()
	l.Close()
	venue := []string{"sh", "-c", "echo listening json " + refusing + "; read wait"}
	if _, err := MeasureSteady(SteadyOptions{Duration: time.Second, Rate: 500, Resting: 200, Venue: venue}); err == nil {
		t.Error("bench steady measured a venue that refuses connections")
	}
	_, echo := childCommands(t)
	if _, err := MeasureWire(WireOptions{Duration: time.Second, Rate: 500, Resting: 200, Address: refusing, Echo: echo}); err == nil {
		t.Error("bench wire measured a venue that refuses connections")
	}
}

// Without --rate the capacity comes first.
func TestSteadyMeasuresTheCapacity(t *testing.T) {
	skipWithoutPolling(t)
	if testing.Short() || raceDetector {
		t.Skip("takes some seconds")
	}
	venue, _ := childCommands(t)
	r, err := MeasureSteady(SteadyOptions{Duration: time.Second, Connections: 2, Subscribers: 2, Load: 0.1, Resting: 200, Venue: venue})
	if err != nil {
		t.Fatal(err)
	}
	if r.Capacity < 100 || r.Rate < 0.099*r.Capacity || r.Rate > 0.101*r.Capacity {
		t.Errorf("capacity %v, rate %v", r.Capacity, r.Rate)
	}
}

// A subscriber that was told less, or something else, is found.
func TestSubscribersAreCompared(t *testing.T) {
	for name, spoil := range map[string]func(*subscriber){
		"a line":  func(s *subscriber) { s.lines-- },
		"a byte":  func(s *subscriber) { s.bytes++ },
		"content": func(s *subscriber) { s.sum ^= 1 },
	} {
		s := &subscribers{}
		for range 3 {
			s.all = append(s.all, &subscriber{lines: 7, bytes: 700, sum: 99})
		}
		if _, _, c := s.told(); !c.OK {
			t.Fatalf("all alike: %v", c)
		}
		spoil(s.all[2])
		if _, _, c := s.told(); c.OK {
			t.Errorf("another %s was not found", name)
		}
	}
	if _, _, c := (&subscribers{all: []*subscriber{{}}}).told(); c.OK {
		t.Error("silence was not found")
	}
}

// The switch shows what it is for: cycles with the collector on, none with it off, the
// same trades in every run.
func TestGarbageBesideACore(t *testing.T) {
	var tables, progress bytes.Buffer
	e, err := MeasureGarbage(GarbageOptions{Rate: 20_000, MBPerS: 400, LiveMB: 8, Duration: 500 * time.Millisecond, Repeats: 1, Stdout: &tables, Progress: &progress})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ cycles, garbage bool }{{false, false}, {true, true}, {false, true}} {
		v := e.Results[i].Runs[0].Values
		if v["collector_cycles"] > 0 != want.cycles || v["garbage_mb_per_s"] > 0 != want.garbage {
			t.Errorf("%s: %v", e.Results[i].Name, v)
		}
		if n := e.Results[i].Runs[0].Times["response"].Count; n < 9_000 || n > 11_000 {
			t.Errorf("%s: %d commands", e.Results[i].Name, n)
		}
	}
	for _, c := range e.Checks {
		if !c.OK {
			t.Error(c)
		}
	}
	if !strings.Contains(tables.String(), "best .. worst run") {
		t.Errorf("no table:\n%s", tables.String())
	}
}

// A gap is counted from awayNs on, and not in the warm-up.
func TestGarbageCountsWhenTheCoreWasAway(t *testing.T) {
	c := &pacedCore{}
	c.look(1000, 0, 5_000_000) // began in the warm-up
	c.look(1000, 6_000_000, 6_000_000+awayNs)
	c.look(1000, 7_000_000, 7_000_000+awayNs+1)
	c.look(1000, 8_000_000, 8_000_000+3*awayNs)
	if c.away != 4*awayNs+1 || c.awayMax != 3*awayNs {
		t.Errorf("away %d, at most %d", c.away, c.awayMax)
	}
}
