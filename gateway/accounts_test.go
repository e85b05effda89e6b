package gateway

import (
	"testing"
	"time"

	"pricetime/engine"
	"pricetime/gateway/config"
)

func TestLoginTable(t *testing.T) {
	key := config.NewKey()
	a := newAccounts(4, []config.Account{{Name: "alice", Key: config.HashKey([]byte("alice"), []byte(key))}, {Name: "ops", Role: config.RoleAdmin}})
	for _, c := range []struct {
		name, key string
		id        engine.AccountID
		ok        bool
	}{{"alice", key, 0, true}, {"alice", "", 0, false}, {"ops", key, 0, false}, {"ops", "", 0, false}, {"bob", key, 0, false}, {"admin", "", 0, false}} {
		x, full := a.login([]byte(c.name), []byte(c.key))
		if full || (x != nil) != c.ok || x != nil && x.id != c.id {
			t.Errorf("%s with %q: %+v, %v", c.name, c.key, x, full)
		}
	}
	name, k := []byte("alice"), []byte(key)
	if n := testing.AllocsPerRun(100, func() { a.login(name, k) }); n != 0 {
		t.Errorf("a login allocates %v", n)
	}
	a = newAccounts(2, nil)
	for i, name := range []string{"bob", "admin", "bob"} {
		if x, full := a.login([]byte(name), nil); full || x.id != engine.AccountID(i%2) || x.admin != (name == openAdmin) {
			t.Errorf("%s: %+v, %v", name, x, full)
		}
	}
	if x, full := a.login([]byte("carol"), nil); x != nil || !full {
		t.Errorf("a third name of two: %+v, %v", x, full)
	}
}

func TestRate(t *testing.T) {
	r := rate{max: 3}
	now := 7 * int64(time.Second)
	took := 0
	if n := testing.AllocsPerRun(1, func() {
		for range 10 {
			if r.take(now) {
				took++
			}
		}
	}); n != 0 || took != 3 {
		t.Errorf("%d of 3 a second, %v allocations", took, n)
	}
	if r.take(now+999_999_999) || !r.take(now+1_000_000_000) {
		t.Error("the second does not end when it should")
	}
}

// run takes what is due until nothing is.
func (t *timetable) run(nowNs int64) (got []engine.Command) {
	for t.due(nowNs) {
		var c engine.Command
		t.fill(nowNs, &c)
		got = append(got, c)
	}
	return got
}

func TestTimetable(t *testing.T) {
	const hour, second = int64(time.Hour), int64(time.Second)
	points := []config.Point{
		{At: 0, RollDay: true},
		{At: 9 * time.Hour, Phase: engine.PreOpen},
		{At: 10 * time.Hour, Phase: engine.Continuous},
		{At: 16 * time.Hour, Phase: engine.ClosingCall},
		{At: 17 * time.Hour, Phase: engine.Closed},
		{At: 20 * time.Hour, Phase: engine.PreOpen, Product: 1}, // its day goes over midnight
		{At: 21 * time.Hour, Phase: engine.Continuous, Product: 1},
	}
	accounts := []config.Account{{Name: "a", Group: 7, OpenOrdersMax: 5}, {Name: "b"}}
	first := []engine.Command{{Kind: engine.CmdAccount, Target: 7, Qty: 5}, {Kind: engine.CmdAccount, Account: 1}}
	clock := engine.Command{Kind: engine.CmdTime}
	to := func(product engine.InstrumentID, phases ...engine.Phase) (c []engine.Command) {
		for _, p := range phases {
			c = append(c, engine.Command{Kind: engine.CmdPhase, Instrument: product, Phase: p})
		}
		return c
	}
	join := func(lists ...[]engine.Command) (all []engine.Command) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	same := func(what string, got, want []engine.Command) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: %+v\nwant %+v", what, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: command %d is %+v, want %+v", what, i, got[i], want[i])
			}
		}
	}
	day := 20_000 * dayNs
	one := to(1, engine.PreOpen, engine.Continuous)
	for _, c := range []struct {
		at   int64
		want []engine.Command
	}{
		{8 * hour, one},
		{9 * hour, join(to(0, engine.PreOpen), one)},
		{12 * hour, join(to(0, engine.PreOpen, engine.Continuous), one)},
		{16 * hour, join(to(0, engine.PreOpen, engine.Continuous, engine.ClosingCall), one)},
		{18 * hour, one},
		{20*hour + 1, to(1, engine.PreOpen)},
		{23 * hour, one},
	} {
		same(time.Duration(c.at).String(), newTimetable(points, accounts, day+c.at).run(day+c.at), join(first, c.want))
	}

	x := newTimetable(points, nil, day+9*hour+hour/2)
	x.run(day + 9*hour + hour/2)
	same("half a second", x.run(day+9*hour+hour/2+second/2), nil)
	same("a second", x.run(day+9*hour+hour/2+second), []engine.Command{clock})
	same("the same second", x.run(day+9*hour+hour/2+second), nil)
	same("open", x.run(day+10*hour), join([]engine.Command{clock}, to(0, engine.Continuous)))
	roll := []engine.Command{{Kind: engine.CmdRollDay}}
	same("a day that nobody saw", x.run(day+dayNs+9*hour), join([]engine.Command{clock},
		to(0, engine.ClosingCall, engine.Closed), to(1, engine.PreOpen, engine.Continuous), roll, to(0, engine.PreOpen)))
	if got := x.run(day + 30*dayNs); len(got) > 1+len(points)+1 {
		t.Errorf("a month that nobody saw: %d commands", len(got))
	}
	same("a clock that runs back", x.run(day), nil)
	var c engine.Command
	if n := testing.AllocsPerRun(100, func() {
		day += second
		for x.due(day + 31*dayNs) {
			x.fill(day+31*dayNs, &c)
		}
	}); n != 0 {
		t.Errorf("%v allocations a second", n)
	}
}
