package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"pricetime/engine"
)

// The house's limits, reached and released.

func TestAsManyOpenOrdersAsTheVenueHolds(t *testing.T) {
	limits := scriptLimits
	limits.OrdersMax, limits.ParkedMax = 2, 2
	t.Run("refuses what could rest, and lets pass what cannot", func(t *testing.T) {
		script(`
			A: buy b1 5 @ 100; B: buy b2 5 @ 100
			C: buy b3 5 @ 100 -> b3 refused order_limit
			C: sell s1 5 @ 100 -> s1 refused order_limit
			C: buy b3 5 @ 99 ioc -> b3 canceled 5 ioc
			C: sell s1 7 @ 100 ioc -> s1 b1 5 @ 100; s1 b2 2 @ 100
			C: buy b4 5 @ 100 -> hold @ 100 b2 b4; bid 100 x 8
			C: sell m 9 market -> m b2 3 @ 100; m b4 5 @ 100; m canceled 1 ioc
		`).runWith(t, limits)
	})
	t.Run("released by a cancel", func(t *testing.T) {
		script(`
			buy b1 5 @ 100; buy b2 5 @ 100
			buy b3 5 @ 100 -> b3 refused order_limit
			cancel b1 -> b1 canceled 5
			buy b3 5 @ 100 -> hold @ 100 b2 b3
			buy b4 5 @ 100 -> b4 refused order_limit
		`).runWith(t, limits)
	})
	t.Run("a replace needs no room", func(t *testing.T) {
		script(`
			buy b1 5 @ 100; buy b2 5 @ 100
			replace b1 6 @ 101 -> b1 replaced 6 @ 101
		`).runWith(t, limits)
	})
}

func TestAsManyLevelsAsASideHolds(t *testing.T) {
	limits := scriptLimits
	limits.LevelsPerSideMax = 2
	script(`
		sell s1 5 @ 100; sell s2 5 @ 101
		sell s3 5 @ 102 -> s3 refused level_limit
		sell s3 5 @ 101 -> hold @ 101 s2 s3
		sell s4 5 @ 102 ioc -> s4 canceled 5 ioc
		buy b1 5 @ 98; buy b2 5 @ 97
		buy b3 5 @ 99 -> b3 refused level_limit
		buy b3 5 @ 102 -> b3 refused level_limit
		replace s1 5 @ 102 -> s1 refused level_limit
		replace s1 5 @ 101 -> s1 replaced 5 @ 101; hold @ 101 s2 s3 s1
		replace s1 5 @ 102 -> s1 replaced 5 @ 102
		cancel b1 -> b1 canceled 5
		buy b3 5 @ 99 -> bid 99 x 5
	`).runWith(t, limits)
}

func TestTheDaysOrderIDs(t *testing.T) {
	limits := scriptLimits
	limits.OrdersPerDay = 3
	script(`
		buy b1 5 @ 100; buy - 5 @ 100
		buy b2 0 @ 100 -> b2 refused qty_range
		buy b2 5 @ 100 ioc -> b2 canceled 5 ioc
		buy b3 5 @ 100 -> b3 refused id_limit
		buy - 5 @ 100 -> - refused id_limit
		cancel b1 -> b1 canceled 5
		buy b3 5 @ 100 -> b3 refused id_limit
		replace #2 6 @ 100 as b4 -> b4 replaced - 6 @ 100
		buy b1 5 @ 100 -> b1 done 5 canceled resent
	`).runWith(t, limits)
}

func TestTheDaysClientIDs(t *testing.T) {
	limits := scriptLimits
	limits.ClOrdIDsPerDay = 2
	script(`
		A: buy b1 5 @ 100; B: buy b2 5 @ 100
		A: buy b3 5 @ 100 -> b3 refused id_limit
		A: replace b1 6 @ 100 as b4 -> b1 refused id_limit
		A: replace b1 5 @ 100 as b4 -> b1 refused id_limit
		A: replace b1 6 @ 100 -> b1 replaced 6 @ 100
		A: buy - 5 @ 100 -> bid 100 x 16
		A: cancel b1 -> b1 canceled 6
		A: buy b3 5 @ 100 -> b3 refused id_limit
		A: cancel #3 -> #3 canceled 5
	`).runWith(t, limits)
}

func TestALevelsTotalNeverOverflows(t *testing.T) {
	p := newPair(scriptLimits, edges)
	large := func(id string, side engine.Side, price engine.Price, qty engine.Qty) engine.Reason {
		c := cmd("buy " + id + " 1 @ 1")
		c.Instrument, c.Side, c.Price, c.Qty = 1, side, price, qty
		return refusal(p.must(t, c))
	}
	for i := range 4 { // 4 * QtyMax = 2^63 - 4
		if why := large(fmt.Sprintf("b%d", i), engine.Buy, 0, engine.QtyMax); why != engine.ReasonNone {
			t.Fatalf("order %d: %s", i, reasonText[why])
		}
	}
	for _, tt := range []struct {
		qty  engine.Qty
		want engine.Reason
	}{{4, engine.ReasonLevelOverflow}, {3, 0}, {1, engine.ReasonLevelOverflow}} {
		if why := large(fmt.Sprintf("c%d", tt.qty), engine.Buy, 0, tt.qty); why != tt.want {
			t.Errorf("%d more: %q, want %q", tt.qty, reasonText[why], reasonText[tt.want])
		}
	}
	if why := large("d", engine.Buy, -1, engine.QtyMax); why != engine.ReasonNone {
		t.Errorf("at another price: %s", reasonText[why])
	}
	c := cmd("replace d 0 @ 0")
	c.Qty = engine.QtyMax
	if why := refusal(p.must(t, c)); why != engine.ReasonLevelOverflow {
		t.Errorf("a replace into the full level: %q", reasonText[why])
	}
	c = cmd("replace b0 0 @ 0 requeue")
	c.Qty = engine.QtyMax
	if why := refusal(p.must(t, c)); why != engine.ReasonNone {
		t.Errorf("a replace within the full level: %s", reasonText[why])
	}

	// A fill-or-kill order adds levels up; their sum does not fit in 63 bits.
	if why := large("f", engine.Sell, -1, engine.QtyMax); why != engine.ReasonNone {
		t.Errorf("sell: %s", reasonText[why])
	}
	fok := cmd("sell k 1 @ 1 fok")
	fok.Instrument, fok.Price, fok.Qty = 1, -1, engine.QtyMax
	if events := p.must(t, fok); len(events) < 2 || events[1].Kind != engine.EvExecuted {
		t.Errorf("fill or kill: %v", allFields(events))
	}
}

func TestNewNamesWhatIsWrong(t *testing.T) {
	good := engine.Instrument{Symbol: "X", Tick: 1, Lot: 1, QtyMax: 1}
	tests := []struct {
		what        string
		limits      func(*engine.Limits)
		instruments func() []engine.Instrument
	}{
		{"OrdersMax", func(l *engine.Limits) { l.OrdersMax = 0 }, nil},
		{"OrdersMax", func(l *engine.Limits) { l.OrdersMax = 1<<24 + 1 }, nil},
		{"AccountsMax", func(l *engine.Limits) { l.AccountsMax = -1 }, nil},
		{"LevelsPerSideMax", func(l *engine.Limits) { l.LevelsPerSideMax = 0 }, nil},
		{"OrdersPerDay", func(l *engine.Limits) { l.OrdersPerDay = 0 }, nil},
		{"ClOrdIDsPerDay", func(l *engine.Limits) { l.ClOrdIDsPerDay = 0 }, nil},
		{"instruments", nil, func() []engine.Instrument { return nil }},
		{"symbol", nil, func() []engine.Instrument { in := good; in.Symbol = ""; return []engine.Instrument{in} }},
		{"symbol", nil, func() []engine.Instrument { in := good; in.Symbol = "A B"; return []engine.Instrument{in} }},
		{"symbol", nil, func() []engine.Instrument {
			in := good
			in.Symbol = strings.Repeat("A", 17)
			return []engine.Instrument{in}
		}},
		{"Tick", nil, func() []engine.Instrument { in := good; in.Tick = 0; return []engine.Instrument{in} }},
		{"Lot", nil, func() []engine.Instrument { in := good; in.Lot = -1; return []engine.Instrument{in} }},
		{"QtyMax", nil, func() []engine.Instrument { in := good; in.QtyMax = 0; return []engine.Instrument{in} }},
		{"QtyMax", nil, func() []engine.Instrument { in := good; in.QtyMax = engine.QtyMax + 1; return []engine.Instrument{in} }},
		{"QtyMax times Lot", nil, func() []engine.Instrument {
			in := good
			in.QtyMax, in.Lot = engine.QtyMax, 5
			return []engine.Instrument{in}
		}},
		{"unique", nil, func() []engine.Instrument { return []engine.Instrument{good, good} }},
	}
	for _, tt := range tests {
		limits, instruments := scriptLimits, []engine.Instrument{good}
		if tt.limits != nil {
			tt.limits(&limits)
		}
		if tt.instruments != nil {
			instruments = tt.instruments()
		}
		if _, err := engine.New(limits, instruments); err == nil || !strings.Contains(err.Error(), tt.what) {
			t.Errorf("%s is wrong, and New says: %v", tt.what, err)
		}
	}
	if _, err := engine.New(scriptLimits, []engine.Instrument{good}); err != nil {
		t.Error(err)
	}
}

// TestAForgedOrderIDFindsNothing tries ids that differ from real ones in one bit:
// the slot may be there and the number may have been issued, but not together.
func TestAForgedOrderIDFindsNothing(t *testing.T) {
	e, err := engine.New(scriptLimits, scriptInstruments)
	if err != nil {
		t.Fatal(err)
	}
	ev := engine.NewEvents(scriptLimits.EventsPerCommandMax())
	seq := engine.Seq(0)
	apply := func(c engine.Command) engine.Event {
		seq++
		ev.Reset()
		e.Apply(seq, &c, ev)
		return ev.All()[0]
	}
	issued := make(map[engine.OrderID]bool)
	for i := range 40 {
		c := cmd("buy - 5 @ 100")
		id := apply(c).OrderID
		issued[id] = true
		if i%3 == 0 { // let slots be used again
			cancel := cmd("cancel #1")
			cancel.OrderID = id
			apply(cancel)
		}
	}
	open, digest := e.OpenOrders(), e.Digest()
	for id := range issued {
		for bit := range 64 {
			forged := id ^ 1<<bit
			if issued[forged] || forged == 0 {
				continue
			}
			c := cmd("cancel #1")
			c.OrderID = forged
			if got := apply(c); got.Kind != engine.EvCancelRejected || got.Reason != engine.ReasonUnknownOrder {
				t.Fatalf("order %#x with bit %d turned was found: %s", id, bit, fields(got))
			}
		}
	}
	if e.OpenOrders() != open || e.Digest() != digest {
		t.Fatal("the book changed")
	}
}
