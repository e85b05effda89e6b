package engine_test

import (
	"fmt"
	"testing"

	"pricetime/engine"
)

// Scripts of time, the day's roll, kills and what limits accounts.

func TestOrdersExpireBySequencedTime(t *testing.T) {
	t.Run("before the sweep that would have traded them", script(`
		sell s1 5 @ 100 gtd 50; sell s2 5 @ 100
		at 49 -> ask 100 x 10
		at 50 -> s1 canceled 5 expired; ask 100 x 5
	`).run)
	t.Run("whatever the command, even a refused one", func(t *testing.T) {
		p := newPair(scriptLimits, scriptInstruments)
		p.must(t, cmd("sell s1 5 @ 100 gtd 50"))
		c := cmd("buy b 9 @ 100")
		c.Time = 50_000_000_000
		if e := p.must(t, c); len(e) != 2 || e[0].Kind != engine.EvCanceled || e[0].Reason != engine.ReasonExpired || e[1].Flags&engine.FlagRests == 0 {
			t.Errorf("a sweep: %s", allFields(e))
		}
		p.must(t, cmd("sell s2 5 @ 101 gtd 60"))
		c = cmd("cancel nobody")
		c.Time = 60_000_000_000
		if e := p.must(t, c); len(e) != 2 || e[0].Reason != engine.ReasonExpired || e[1].Reason != engine.ReasonUnknownOrder {
			t.Errorf("a refusal: %s", allFields(e))
		}
	})
	t.Run("in order of expiry, then of entry", script(`
		sell a 5 @ 100 gtd 52; sell b 5 @ 101 gtd 51; buy c 5 @ 90 gtd 51; buy x 1 stop 120 gtd 51 -> x parked
		at 60 -> b canceled 5 expired; c canceled 5 expired; x canceled 1 expired; a canceled 5 expired
	`).run)
	t.Run("a time that runs back is not turned back", script(`
		at 100
		at 40
		sell a 5 @ 100 gtd 100 -> a refused expire_time
		sell a 5 @ 100 gtd 101
		at 100
		at 101 -> a canceled 5 expired
	`).run)
	t.Run("a day ends at midnight", script(`
		at 86000
		sell a 5 @ 100 day
		at 86399 -> ask 100 x 5
		at 86400 -> a canceled 5 expired
		sell b 5 @ 100 day
		at 172799 -> ask 100 x 5
		at 172800 -> b canceled 5 expired
	`).run)
	t.Run("in a call market orders too", script(`
		at 10
		phase pre-open -> phase pre-open
		buy m 5 market day -> m parked
		at 86400 -> m canceled 5 expired; indicative none
	`).run)
}

func TestTheDayRolls(t *testing.T) {
	t.Run("day orders expire, by entry", script(`
		sell a 5 @ 100 day; buy b 5 @ 90; buy x 5 stop 120 day; sell c 5 @ 100 gtd 50 -> x parked
		roll-day -> a canceled 5 expired; x canceled 5 expired; rolled 2; ask 100 x 5; bid 90 x 5
	`).run)
	t.Run("what ended is forgotten, and its ids are free", script(`
		buy b 5 @ 100; sell s 5 @ 100 -> s b 5 @ 100
		buy c 5 @ 90; cancel c -> c canceled 5
		roll-day -> rolled 0
		status b -> b refused unknown_order
		cancel #1 -> #1 refused unknown_order
		cancel c -> c refused unknown_order
		buy b 6 @ 91 -> bid 91 x 6
		status #4 -> b open 6 of 6 @ 91
	`).run)
	t.Run("open orders keep their current id, and lose earlier ones", script(`
		buy b 5 @ 100; buy z 1 @ 95
		replace b 6 @ 100 as c -> c replaced b 6 @ 100
		roll-day -> rolled 0
		buy c 5 @ 100 -> c refused duplicate_id
		replace #1 6 @ 100 as c -> c open 6 of 6 @ 100 resent
		buy z 1 @ 95 -> z open 1 of 1 @ 95 resent
		cancel b -> b refused unknown_order
		buy b 1 @ 94; cancel b -> b canceled 1
		cancel c -> c canceled 6
	`).run)
	t.Run("ids are counted anew", func(t *testing.T) {
		limits := scriptLimits
		limits.OrdersPerDay, limits.ClOrdIDsPerDay = 2, 2
		script(`
			buy a 5 @ 100; buy b 5 @ 100; buy - 5 @ 100 -> - refused id_limit
			cancel b -> b canceled 5
			roll-day -> rolled 0
			buy c 5 @ 100
			buy d 5 @ 100 -> d refused id_limit
			buy - 5 @ 100; buy - 5 @ 100 -> - refused id_limit
		`).runWith(t, limits)
	})
}

func TestClientIDsThroughTheDay(t *testing.T) {
	script(`
		A: buy b 5 @ 100; B: sell s 5 @ 100 -> s b 5 @ 100
		A: buy b 5 @ 100 -> b done 0 filled resent
		A: buy b 5 @ 100 day -> b refused duplicate_id
		A: buy b 5 @ 100 hidden -> b refused duplicate_id
		A: buy b 5 @ 100 display 2 -> b refused duplicate_id
		A: buy b 5 @ 100 stp cn -> b refused duplicate_id
		A: buy x 5 stop 120 -> x parked
		A: buy x 5 stop 121 -> x refused duplicate_id
		A: buy x 5 stop 120 -> x waits 5 of 5 stop 120 resent
		A: lost -> x canceled 5 disconnect; all 1
		A2: buy x 5 stop 120 -> x done 5 disconnect resent
		A2: buy g 5 @ 90 gtd 50
		A2: buy g 5 @ 90 gtd 51 -> g refused duplicate_id
	`).run(t)
}

func TestKillSwitch(t *testing.T) {
	t.Run("of an account, in entry order", script(`
		A: sell s 5 @ 100; A: buy x 5 stop 120; A2: buy b 5 @ 90 in 1; B: buy c 5 @ 90 -> x parked
		kill account A -> s canceled 5 kill; x canceled 5 kill; b canceled 5 kill; killed 3
		A: buy d 5 @ 90 -> d refused killed
		A2: buy d 5 @ 90 in 1 -> d refused killed
		B: buy d 5 @ 90 -> bid 90 x 10
		lift account A -> lifted
		A: buy d 5 @ 90 -> bid 90 x 15
	`).run)
	t.Run("of a session", script(`
		A: sell s 5 @ 100; A2: sell t 5 @ 100
		kill session A2 -> t canceled 5 kill; killed 1
		A2: sell u 5 @ 100 -> u refused killed
		A2: replace s 4 @ 100 -> s refused killed
		A2: reduce s 4 -> s reduced 5 to 4
		A: replace s 3 @ 100 -> s replaced 3 @ 100 kept
		kill session A2 -> killed 0
		roll-day -> rolled 0
		A2: sell u 5 @ 100 -> ask 100 x 8
	`).run)
	t.Run("of an instrument", script(`
		A: sell s 5 @ 100; B: buy b 5 @ 90; B: buy c 5 @ 90 in 1; B: buy x 5 stop 120 -> x parked
		kill instrument -> b canceled 5 kill; s canceled 5 kill; x canceled 5 kill; killed 3
		A: sell s2 5 @ 100 -> s2 refused killed
		instruments -> instrument 0 continuous orders 0 trades 0 killed; instrument 1 continuous orders 1 trades 0
		lift instrument -> lifted
		A: sell s2 5 @ 100 -> ask 100 x 5
		kill instrument in 9 -> - refused unknown_instrument
	`).asWritten)
	t.Run("of the venue, by instrument", script(`
		B: buy c 5 @ 90 in 1; A: sell s 5 @ 100; B: buy b 5 @ 90
		kill venue -> b canceled 5 kill; s canceled 5 kill; c canceled 5 kill; killed 3
		A: sell s2 5 @ 100 in 1 -> s2 refused killed
		roll-day -> rolled 0
		A: sell s2 5 @ 100 -> s2 refused killed
		lift venue -> lifted
		A: sell s2 5 @ 100 -> ask 100 x 5
	`).asWritten)
	t.Run("of nobody", script(`
		kill everything -> - refused bad_command
		kill account Z -> - refused bad_command
		kill session Z -> - refused bad_command
		lift session A -> lifted
	`).run)
}

// TestAThousandSessionsAreKilledAtATime: 1,024, and one more is refused until one is lifted.
func TestAThousandSessionsAreKilledAtATime(t *testing.T) {
	p := newPair(scriptLimits, scriptInstruments)
	kill := engine.Command{Kind: engine.CmdKill, Scope: engine.ScopeSession}
	for i := range uint32(1024) {
		kill.Target = 100 + i
		if why := refusal(p.must(t, kill)); why != engine.ReasonNone {
			t.Fatalf("session %d: %s", i, reasonText[why])
		}
	}
	kill.Target = 99
	if why := refusal(p.must(t, kill)); why != engine.ReasonIDLimit {
		t.Errorf("one more: %q", reasonText[why])
	}
	again, lift := kill, kill
	again.Target, lift.Target, lift.Flags = 100, 500, engine.CmdFlagLift
	for what, c := range map[string]engine.Command{"again": again, "lift": lift} {
		if why := refusal(p.must(t, c)); why != engine.ReasonNone {
			t.Errorf("%s: %s", what, reasonText[why])
		}
	}
	if why := refusal(p.must(t, kill)); why != engine.ReasonNone {
		t.Errorf("after the lift: %s", reasonText[why])
	}
}

func TestAnAccountsCap(t *testing.T) {
	script(`
		account A group 0 cap 2
		A: buy b1 5 @ 100; A2: buy x 5 stop 120; A: buy b2 5 @ 100 -> x parked; b2 refused order_cap
		A: buy b2 5 @ 100 ioc -> b2 canceled 5 ioc
		B: buy c1 5 @ 100; B: buy c2 5 @ 100; B: buy c3 5 @ 100
		A: cancel x -> x canceled 5
		A: buy b3 5 @ 100 -> bid 100 x 25
		account A group 0 cap 1
		A: replace b1 6 @ 100 -> b1 replaced 6 @ 100
		A: cancel b1 -> b1 canceled 6
		A: buy b4 5 @ 100 -> b4 refused order_cap
		account A group 0 cap 0
		A: buy b4 5 @ 100 -> bid 100 x 25
	`).run(t)
	p := newPair(scriptLimits, scriptInstruments)
	for _, text := range []string{"account Z group 0 cap 0", "account A group 0 cap -1"} {
		if why := refusal(p.must(t, cmd(text))); why != engine.ReasonBadCommand {
			t.Errorf("%s: %q", text, fmt.Sprint(reasonText[why]))
		}
	}
}
