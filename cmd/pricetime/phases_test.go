package main

import (
	"strings"
	"testing"
)

// A halt refuses orders and lets cancels through; it resumes through a call, in which
// orders collect, and the open uncrosses them. A kill takes out and keeps out; a killed
// session is told and cut.
func TestHaltResumeOpenKill(t *testing.T) {
	_, address := startVenue(t)
	admin := func(words string) string {
		t.Helper()
		return pricetime(t, "", append(append([]string{"admin", "--addr", address}, strings.Fields(words)...), "--json=false")...).expect(t, exitOK).stdout
	}
	alice, bob := dial(t, address), dial(t, address)
	session := ""
	for _, s := range []struct {
		*rawSession
		name string
	}{{alice, "alice"}, {bob, "bob"}} {
		s.send(`{"type":"login","account":"` + s.name + `"}`)
		session, _ = s.answer()["session"].(string) // bob's stays
	}
	expect := func(s *rawSession, types string) (last map[string]any) {
		t.Helper()
		for want := range strings.FieldsSeq(types) {
			if last = s.answer(); last["type"] != want {
				t.Fatalf("answer %v, want %s", last, want)
			}
		}
		return last
	}
	order := func(s *rawSession, id, side, price string) {
		s.send(`{"type":"order","client_oid":"` + id + `","product_id":"DEMO","side":"` + side + `","price":"` + price + `","size":"5"}`)
	}
	order(alice, "a1", "buy", "100.00")
	order(alice, "a2", "buy", "99.00")
	expect(alice, "received open received open")
	if got := admin("halt DEMO"); got != "DEMO is halted\n" {
		t.Errorf("halt: %q", got)
	}
	order(alice, "a3", "buy", "98.00")
	if m := expect(alice, "rejected"); m["reason"] != "phase" {
		t.Errorf("in a halt: %v", m)
	}
	alice.send(`{"type":"cancel","client_oid":"a2"}`)
	expect(alice, "done")
	if r := pricetime(t, "", "admin", "open", "DEMO", "--addr", address).expect(t, exitFailed); !strings.Contains(r.stdout, `"reason":"phase"`) {
		t.Errorf("open out of a halt: %s", r.stdout)
	}
	if got := admin("resume DEMO"); got != "DEMO is pre-open\n" {
		t.Errorf("resume: %q", got)
	}
	order(bob, "b1", "sell", "99.50") // it crosses, and waits
	expect(bob, "received open")
	if r := pricetime(t, "", "book", "--addr", address); !strings.Contains(r.stdout, "pre-open: 5 would trade at 99.50\n") {
		t.Errorf("the book in a call:\n%s", r.stdout)
	}
	if r := pricetime(t, "", "book", "--addr", address, "--json"); !strings.Contains(r.stdout, `"indicative":{"price":"99.50","size":"5"}`) {
		t.Errorf("the book in a call:\n%s", r.stdout)
	}
	if got := admin("open DEMO"); !strings.HasPrefix(got, "DEMO is continuous; the call traded 5 at ") {
		t.Errorf("open: %q", got)
	}
	expect(bob, "match done")
	expect(alice, "match done")
	if got := admin("instruments"); !strings.Contains(got, "continuous    0 orders, last ") || !strings.HasSuffix(got, "3 products\n") {
		t.Errorf("instruments: %q", got)
	}

	order(alice, "a4", "buy", "90.00")
	order(bob, "b2", "buy", "90.00")
	expect(alice, "received open")
	expect(bob, "received open")
	if got := admin("kill account alice"); got != "kill of account: 1 orders taken out\n" {
		t.Errorf("kill: %q", got)
	}
	if m := expect(alice, "done"); m["reason"] != "killed" {
		t.Errorf("a killed account's order: %v", m)
	}
	order(alice, "a5", "buy", "90.00")
	if m := expect(alice, "rejected"); m["reason"] != "killed" {
		t.Errorf("a killed account: %v", m)
	}
	admin("lift account alice")
	order(alice, "a6", "buy", "90.00")
	expect(alice, "received open")
	admin("kill session " + session)
	expect(bob, "done killed")
	if line, err := bob.lines.ReadString('\n'); err == nil {
		t.Errorf("a killed session goes on: %s", line)
	}
	if got := pricetime(t, "", "admin", "--addr", address, "--json=false", "roll-day").stdout; got != "the day is rolled: 0 orders expired\n" {
		t.Errorf("roll-day: %q", got)
	}
}
