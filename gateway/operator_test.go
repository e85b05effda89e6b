package gateway_test

import (
	"fmt"
	"testing"
	"time"

	"pricetime/engine"
	"pricetime/gateway"
	"pricetime/gateway/config"
)

// withAccounts adds accounts to a venue's options, and returns what logs each in.
func withAccounts(o *gateway.Options, accounts ...config.Account) map[string]string {
	logins := map[string]string{}
	for _, a := range accounts {
		key := config.NewKey()
		a.Key = config.HashKey([]byte(a.Name), []byte(key))
		o.Accounts = append(o.Accounts, a)
		logins[a.Name] = fmt.Sprintf(`,"key":%q`, key)
	}
	return logins
}

func TestLoginNeedsTheKey(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		logins := withAccounts(&o, config.Account{Name: "alice"}, config.Account{Name: "bob"})
		v := start(t, o)
		v.login(t, "alice", logins["alice"])
		for _, l := range [][2]string{{"alice", logins["bob"]}, {"alice", ""}, {"carol", logins["bob"]}, {"admin", ""}} {
			p := v.dial(t)
			p.send(fmt.Sprintf(`{"type":"login","account":%q%s}`, l[0], l[1]), `{"type":"ping"}`)
			p.expect("error", "reason=login_refused")
			if more := p.ends(); len(more) > 0 {
				t.Errorf("after a refused login: %v", more)
			}
		}
	})
}

// The accounts are the first commands, in the file's order, so that a replay has them.
func TestAccountsAreCommands(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		logins := withAccounts(&o, config.Account{Name: "alice", Group: 3, OpenOrdersMax: 9}, config.Account{Name: "bob"})
		o.Tap = &gateway.Tap{}
		v := start(t, o)
		p := v.login(t, "bob", logins["bob"])
		p.send(order("b1", "buy", "1.00", "1"))
		p.expect("received")
		v.Stop()
		c := o.Tap.Commands
		if len(c) < 3 || c[0].Kind != engine.CmdAccount || c[0].Target != 3 || c[0].Qty != 9 || c[1].Kind != engine.CmdAccount || c[1].Account != 1 || c[1].Session != 0 {
			t.Errorf("the commands begin with %+v", c[:min(len(c), 3)])
		}
	})
}

func TestOnlyAnAdminOperates(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		logins := withAccounts(&o, config.Account{Name: "alice"}, config.Account{Name: "ops", Role: config.RoleAdmin})
		v := start(t, o)
		halt := `{"type":"admin","command":"halt","product_id":"DEMO"}`
		nobody := v.dial(t)
		nobody.send(halt)
		nobody.expect("error", "reason=not_logged_in")
		alice := v.login(t, "alice", logins["alice"])
		alice.send(halt, `{"type":"ping"}`)
		alice.expect("error", "reason=not_allowed")
		alice.expect("pong")
		ops := v.login(t, "ops", logins["ops"])
		ops.send(`{"type":"admin","command":"kill","scope":"account","account":"carol"}`,
			`{"type":"admin","command":"kill","scope":"session","session":"999999"}`)
		ops.expect("error", "field=account")
		ops.expect("error", "field=session")
	})
}

func TestMessageRate(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		logins := withAccounts(&o, config.Account{Name: "alice", MessagesPerSecond: 3}, config.Account{Name: "bob"})
		now := time.Now().UnixNano()
		o.Clock = func() int64 { return now } // one second, as long as it takes
		o.Tap = &gateway.Tap{}
		o.Limits.ErrorsMax = 5
		v := start(t, o)
		one, two, bob := v.login(t, "alice", logins["alice"]), v.login(t, "alice", logins["alice"]), v.login(t, "bob", logins["bob"])
		one.send(order("a1", "buy", "1.00", "1"), order("a2", "buy", "1.00", "1"))
		for range 2 {
			one.expect("received")
			one.expect("open")
		}
		two.send(order("a3", "buy", "1.00", "1")) // the third, whichever session sends it
		two.expect("received")
		two.expect("open")
		for range 20 { // no mistakes: it is not cut for them
			two.send(`{"type":"cancel","client_oid":"a3"}`)
			two.expect("error", "reason=rate_limit", "client_oid=a3")
		}
		bob.send(order("b1", "sell", "1.00", "1"))
		bob.expect("received")
		bob.expect("match")
		v.Stop()
		n := 0
		for i := range o.Tap.Commands {
			if c := &o.Tap.Commands[i]; c.Session != 0 && c.Account == 0 && c.Kind != engine.CmdSessionLost {
				n++
			}
		}
		if n != 3 {
			t.Errorf("%d commands of the account reached the core, want 3", n)
		}
	})
}

// What the venue tells the engine by itself is nobody's answer.
func TestTimeIsSilent(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Tap = &gateway.Tap{}
		v := start(t, o)
		p := v.login(t, "alice")
		p.send(order("a1", "buy", "1.00", "1"))
		p.expect("received")
		p.expect("open")
		time.Sleep(1200 * time.Millisecond)
		p.send(`{"type":"ping"}`)
		p.expect("pong")
		v.Stop()
		n := 0
		for i := range o.Tap.Commands {
			if o.Tap.Commands[i].Kind == engine.CmdTime {
				n++
			}
		}
		if n == 0 {
			t.Error("nobody told the engine that time passed")
		}
	})
}

func TestOffLoopbackNeedsAccounts(t *testing.T) {
	o := gateway.Options{JSON: "0.0.0.0:0", Limits: smallLimits()}
	if v, err := gateway.Start(o); err == nil {
		v.Stop()
		t.Error("a venue without accounts listens to everybody")
	}
	withAccounts(&o, config.Account{Name: "alice"})
	start(t, o)
}
