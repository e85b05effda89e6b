package gateway

import "testing"

// A connection that is alone in speaking is guessed, with a look at all after every
// hotPolls guesses; another one's word, or a slot that must not be read, ends that.
func TestHotSlot(t *testing.T) {
	alone := []readiness{{slot: 3, what: readyRead}}
	var h hotSlot
	for i := range hotStreak + 1 { // the first look only tells whom to watch
		if h.guess() {
			t.Fatalf("a guess after %d looks", i)
		}
		h.learn(alone)
	}
	for range 3 {
		for i := range hotPolls {
			if !h.guess() {
				t.Fatalf("no guess %d", i)
			}
		}
		if h.guess() {
			t.Fatal("no look at all after a run of guesses")
		}
		h.learn(nil) // silence changes nothing
	}
	for name, end := range map[string]func(){
		"another":    func() { h.learn([]readiness{{slot: 4, what: readyRead}}) },
		"two":        func() { h.learn([]readiness{{slot: 3, what: readyRead}, {slot: 4, what: readyRead}}) },
		"a writable": func() { h.learn([]readiness{{slot: 3, what: readyRead | readyWrite}}) },
		"a close":    func() { h.forget(3) },
	} {
		h = hotSlot{slot: 3, streak: hotStreak}
		if end(); h.guess() {
			t.Errorf("a guess after %s", name)
		}
	}
}
