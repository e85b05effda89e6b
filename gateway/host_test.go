package gateway

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// processors is a machine with n processors, two to a core where smt is set: 0 and
// n/2 are one core.
func processors(n int, smt bool) *machine {
	m := &machine{physical: map[int]int{}}
	for i := range n {
		m.online = append(m.online, i)
		m.physical[i] = i
		if smt {
			m.physical[i] = i % (n / 2)
		}
	}
	m.allowed = slices.Clone(m.online)
	return m
}

func TestCoresAreChosenFarFromTheInterrupts(t *testing.T) {
	isolated := processors(8, false)
	isolated.isolated, isolated.allowed = []int{2, 3, 4}, []int{0, 1, 5, 6, 7}
	for _, c := range []struct {
		m       *machine
		threads int
		want    []int // nil: refused
	}{
		{processors(2, false), 1, nil}, // one would be left
		{processors(3, false), 1, []int{2}},
		{processors(4, false), 3, nil},
		{processors(5, false), 3, []int{4, 3, 2}},
		{processors(16, true), 3, []int{15, 14, 13}},
		{processors(6, true), 3, []int{5, 4, 3}},
		{processors(6, true), 4, []int{5, 4, 3, 2}}, // two have to share a core
		{isolated, 3, []int{2, 3, 4}},
		{isolated, 4, []int{2, 3, 4, 7}},
	} {
		got, why := c.m.choose(c.threads)
		if !slices.Equal(got, c.want) || (why == "") != (c.want != nil) {
			t.Errorf("%d threads on %d processors: %v (%s), want %v", c.threads, len(c.m.online), got, why, c.want)
		}
	}
}

func TestHostRefusesWhatWouldStarveTheSystem(t *testing.T) {
	shared, split := []string{"venue"}, []string{"io", "core", "feed"}
	confined := processors(16, false)
	confined.allowed = []int{4, 5}
	for _, c := range []struct {
		host    Host
		m       *machine
		threads []string
		idle    Idle
		says    string // of the refusal; "" is granted
	}{
		{Host{}, processors(1, false), split, IdleSpin, ""},
		{Host{FIFO: 50}, processors(2, false), shared, IdlePark, ""},
		{Host{FIFO: 50}, processors(2, false), shared, IdleSpin, "would leave 1 of the machine's 2 processors"},
		{Host{FIFO: 50}, processors(2, false), shared, IdleYield, "--idle park"},
		{Host{FIFO: 50}, processors(1, false), shared, IdlePark, "would leave 0"},
		{Host{FIFO: 50}, processors(3, false), shared, IdleSpin, ""},
		{Host{FIFO: 50}, processors(4, false), split, IdleSpin, "3 threads that never sleep"},
		{Host{FIFO: 50, Cores: "1,2,3"}, processors(5, false), split, IdleSpin, ""},
		{Host{FIFO: 50, Cores: "1,2,3"}, processors(4, false), split, IdleSpin, "would leave 1"},
		{Host{FIFO: 50, Cores: "4"}, confined, shared, IdleSpin, ""},
		{Host{FIFO: 50}, confined, split, IdleSpin, "0 of the 2 that this process may use"},
		{Host{Cores: "1"}, processors(4, false), split, IdlePark, "processors named: 1; threads of the venue: 3 (io, core, feed)"},
		{Host{Cores: "1,2,2"}, processors(4, false), split, IdlePark, "twice"},
		{Host{Cores: "one"}, processors(4, false), shared, IdlePark, `"one"`},
		{Host{Cores: "-1"}, processors(4, false), shared, IdlePark, `"-1"`},
		{Host{Cores: "4096"}, processors(4, false), shared, IdlePark, `"4096"`},
	} {
		_, err := c.host.grant(c.m, c.threads, c.idle)
		name := fmt.Sprintf("%+v, %d processors, idle %s", c.host, len(c.m.online), c.idle)
		var refusal *HostRefusal
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.says != "" && !errors.As(err, &refusal):
			t.Errorf("%s: got %v, want a refusal", name, err)
		case c.says != "" && (!strings.Contains(err.Error(), c.says) || refusal.Do == ""):
			t.Errorf("%s: %q does not say %q and what to do", name, err, c.says)
		}
	}
}

// auto never keeps a venue from starting.
func TestHostAutoGoesOnWithAWarning(t *testing.T) {
	h := Host{Cores: HostAuto}
	g, err := h.grant(processors(2, false), []string{"venue"}, IdlePark)
	if err != nil || len(g.Warnings) != 1 || !slices.Equal(g.Cores, []int{-1}) {
		t.Errorf("on 2 processors: %+v, %v", g, err)
	}
	g, err = h.grant(processors(4, false), []string{"venue"}, IdlePark)
	if err != nil || len(g.Warnings) != 0 || !slices.Equal(g.Cores, []int{3}) {
		t.Errorf("on 4 processors: %+v, %v", g, err)
	}
}

func TestCPUListIsTheKernels(t *testing.T) {
	for _, c := range []struct {
		text string
		cpus []int
	}{
		{"0", []int{0}}, {"0-3", []int{0, 1, 2, 3}}, {"0-1,8,10-11", []int{0, 1, 8, 10, 11}},
	} {
		if got := parseCPUList(c.text + "\n"); !slices.Equal(got, c.cpus) {
			t.Errorf("%q: %v", c.text, got)
		}
		if got := formatCPUList(c.cpus); got != c.text {
			t.Errorf("%v: %q", c.cpus, got)
		}
	}
	if got := parseCPUList("\n"); got != nil || formatCPUList(nil) != "none" {
		t.Errorf("no processors: %v", got)
	}
}
