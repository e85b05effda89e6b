package engine_test

import (
	"math/rand/v2"
	"testing"

	"pricetime/engine"
)

// TestTheWindowFollowsTheMarket sends the same commands to an engine whose window moves
// and to the plain one, which keeps every level in the tree. The price walks, jumps far,
// jumps back, and orders lie thickly around it and thinly far out, so that levels change
// between window and tree all the time. Events must be the same to the byte.
func TestTheWindowFollowsTheMarket(t *testing.T) {
	limits := engine.Limits{OrdersMax: 3_000, AccountsMax: 2, LevelsPerSideMax: 3_000, OrdersPerDay: 400_000, ClOrdIDsPerDay: 10}
	plainLimits := limits
	plainLimits.TreeOnly = true
	for seed := range uint64(6) {
		windowed, plain := newRunner(t, limits, scriptInstruments), newRunner(t, plainLimits, scriptInstruments)
		random := rand.New(rand.NewPCG(seed, 17))
		fair := engine.Price(1_000_000)
		var open []engine.OrderID
		for i := range 30_000 {
			switch random.IntN(400) {
			case 0:
				fair += engine.Price(random.IntN(40_001) - 20_000)
			case 1:
				fair = 1_000_000
			default:
				fair += engine.Price(random.IntN(9) - 4)
			}
			c := engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Side: engine.Side(random.IntN(2)), Qty: engine.Qty(1 + random.IntN(9))}
			away := engine.Price(random.ExpFloat64() * []float64{20, 20, 600, 5_000}[random.IntN(4)])
			if c.Side == engine.Buy {
				away = -away
			}
			switch c.Price = max(fair+away, 1); {
			case len(open) > 0 && random.IntN(100) < 42:
				at := random.IntN(len(open))
				c = engine.Command{Kind: engine.CmdCancel, OrderID: open[at]}
				open[at] = open[len(open)-1]
				open = open[:len(open)-1]
			case random.IntN(12) == 0:
				c.TimeInForce = engine.IOC + engine.TimeInForce(random.IntN(2))
			case len(open) > 0 && random.IntN(12) == 0:
				c = engine.Command{Kind: engine.CmdReplace, OrderID: open[random.IntN(len(open))], Price: c.Price, Qty: c.Qty}
			case random.IntN(500) == 0:
				c = engine.Command{Kind: engine.CmdMassCancel, Scope: engine.ScopeInstrument, Flags: engine.CmdFlagByInstrument | engine.CmdFlagBySide, Side: c.Side}
			}
			got, want := windowed.apply(&c), plain.apply(&c)
			if len(got) != len(want) {
				t.Fatalf("seed %d, command %d: %d events, the plain engine has %d", seed, i, len(got), len(want))
			}
			for k := range got {
				if got[k] != want[k] {
					t.Fatalf("seed %d, command %d, event %d:\n%s\nthe plain engine:\n%s", seed, i, k, fields(got[k]), fields(want[k]))
				}
			}
			if k := got[0].Kind; k == engine.EvAccepted && c.TimeInForce == engine.GTC {
				open = append(open, got[0].OrderID)
			}
			if i%97 == 0 {
				for name, r := range map[string]*runner{"windowed": windowed, "plain": plain} {
					if err := r.engine.Check(); err != nil {
						t.Fatalf("seed %d, command %d, %s: %v", seed, i, name, err)
					}
				}
			}
		}
		if windowed.engine.Digest() != plain.engine.Digest() {
			t.Fatalf("seed %d: digests differ", seed)
		}
	}
}
