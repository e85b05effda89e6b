package gateway

import "testing"

func readable(slots ...uint32) (r []readiness) {
	for _, s := range slots {
		r = append(r, readiness{slot: s, what: readyRead})
	}
	return r
}

// Who was found readable is guessed from then on, with a look at all after every
// hotPolls guesses or hotVainMax reads for nothing.
func TestHotSetGuessesWhoSpoke(t *testing.T) {
	var h hotSet
	if len(h.guess()) != 0 {
		t.Fatal("a guess before anybody spoke")
	}
	h.learn(readable(3, 5))
	h.learn(readable(5))
	h.learn(nil) // silence changes nothing
	for range 3 {
		for i := range hotPolls {
			if g := h.guess(); len(g) != 2 || g[0].slot != 3 || g[1].slot != 5 || g[1].what != readyRead {
				t.Fatalf("guess %d is %v", i, g)
			}
			h.found(3, true)
			h.found(5, true)
		}
		if len(h.guess()) != 0 {
			t.Fatal("no look at all after a run of guesses")
		}
	}
	for range hotVainMax {
		h.found(3, false)
	}
	if len(h.guess()) != 0 {
		t.Fatal("no look at all after reads for nothing")
	}
	if len(h.guess()) != 2 {
		t.Fatal("the look at all did not end the run of reads for nothing")
	}
}

// Silence, a slot that must not be read from, and a crowd end a membership; what is
// more than readable does not begin one.
func TestHotSetForgets(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(h *hotSet)
		left int
	}{
		"silence": {func(h *hotSet) {
			for range hotPatience {
				h.found(3, false)
			}
		}, 1},
		"silence with a word between": {func(h *hotSet) {
			for i := range 2 * (hotPatience - 1) {
				h.found(3, i == hotPatience-1)
			}
		}, 2},
		"a close":        {func(h *hotSet) { h.forget(3) }, 1},
		"another's":      {func(h *hotSet) { h.forget(4) }, 2},
		"a full set":     {func(h *hotSet) { h.learn(readable(10, 11, 12, 13, 14, 15)) }, hotMax},
		"a crowd":        {func(h *hotSet) { h.learn(readable(10, 11, 12, 13, 14, 15, 16)) }, 0},
		"a writable one": {func(h *hotSet) { h.learn([]readiness{{slot: 9, what: readyRead | readyWrite}}) }, 2},
		"a new one":      {func(h *hotSet) { h.learn([]readiness{{slot: 9, what: readyAccepted}}) }, 2},
	} {
		var h hotSet
		h.learn(readable(3, 5))
		if c.end(&h); h.n != c.left {
			t.Errorf("%s: %d members, want %d", name, h.n, c.left)
		}
	}
	var h hotSet
	h.learn(readable(1, 2, 3, 4, 5, 6, 7, 8, 9))
	for range hotCrowd {
		if h.learn(readable(1)); h.n != 0 {
			t.Fatal("a set again, at once after a crowd")
		}
	}
	if h.learn(readable(1)); h.n != 1 {
		t.Fatal("no set after a crowd")
	}
}
