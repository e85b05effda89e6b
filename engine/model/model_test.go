package model

import (
	"slices"
	"testing"

	"pricetime/engine"
)

var (
	limits      = engine.Limits{OrdersMax: 10, AccountsMax: 2, LevelsPerSideMax: 3, OrdersPerDay: 10, ClOrdIDsPerDay: 10, ParkedMax: 3, SlicesMax: 20}
	instruments = []engine.Instrument{{Symbol: "X", Tick: 1, Lot: 1, QtyMax: 100}}
)

// twoBuysAndASell has buys 1 and 2 at 100 and the sell 3 at 105, a hidden buy 4 at 100, an
// iceberg 5, sold at 106, and two stops, 6 and 7, that wait for 110 and 111.
func twoBuysAndASell(t *testing.T) *Model {
	t.Helper()
	m := New(limits, instruments)
	for i, c := range []engine.Command{
		{Side: engine.Buy, Price: 100},
		{Side: engine.Buy, Price: 100},
		{Side: engine.Sell, Price: 105},
		{Side: engine.Buy, Price: 100, Flags: engine.CmdFlagHidden},
		{Side: engine.Sell, Price: 106, DisplayQty: 2},
		{Side: engine.Buy, Type: engine.Stop, StopPrice: 110},
		{Side: engine.Buy, Type: engine.StopLimit, StopPrice: 111, Price: 112, TimeInForce: engine.GTD, ExpireTime: 50},
	} {
		c.Kind, c.Qty, c.ClOrdID = engine.CmdEnter, 5, engine.ClOrdID{byte('a' + i)}
		c.Type = max(c.Type, engine.Limit)
		c.TimeInForce = max(c.TimeInForce, engine.GTC)
		if events := m.Apply(engine.Seq(i+1), &c); events[0].Kind != engine.EvAccepted {
			t.Fatalf("order %d: %+v", i+1, events[0])
		}
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDepthShowsLevelsBestFirst(t *testing.T) {
	m := twoBuysAndASell(t)
	buys := m.Depth(0, engine.Buy)
	if len(buys) != 1 || buys[0].Price != 100 || buys[0].Qty != 15 ||
		!slices.Equal(buys[0].Orders, []engine.ClOrdID{{'a'}, {'b'}, {'d'}}) {
		t.Errorf("buys: %v", buys)
	}
	if sells := m.Depth(0, engine.Sell); len(sells) != 2 || sells[0].Price != 105 || sells[1].Qty != 5 {
		t.Errorf("sells: %v", sells)
	}
	if m.OpenOrders() != 7 {
		t.Errorf("%d open orders", m.OpenOrders())
	}
}

// TestCheckFindsEachBrokenLaw breaks one thing at a time.
func TestCheckFindsEachBrokenLaw(t *testing.T) {
	for what, harm := range map[string]func(m *Model){
		"crossed":                  func(m *Model) { m.orders[3].price = 100 },
		"out of order":             func(m *Model) { m.orders[2].price = 101 },
		"hidden before shown":      func(m *Model) { m.orders[1].hidden = true },
		"nothing left":             func(m *Model) { m.orders[1].executed = 5 },
		"done and resting":         func(m *Model) { m.orders[1].ended = engine.ReasonFilled },
		"open, not resting":        func(m *Model) { m.books[0].leave(m.orders[1]) },
		"a resting IOC":            func(m *Model) { m.orders[1].tif = engine.IOC },
		"a resting stop":           func(m *Model) { m.orders[1].typ = engine.Stop },
		"on the wrong side":        func(m *Model) { m.orders[3].side = engine.Buy },
		"filled, not quite":        func(m *Model) { m.books[0].leave(m.orders[1]); m.close(m.orders[1], engine.ReasonFilled) },
		"canceled, of zero":        func(m *Model) { m.takeOut(m.orders[1], engine.ReasonCanceled); m.orders[1].canceled = 0 },
		"another's order id":       func(m *Model) { m.orders[1].id = 2 },
		"another's name":           func(m *Model) { m.orders[1].account = 1 },
		"not in entry order":       func(m *Model) { m.open[0], m.open[1] = m.open[1], m.open[0] },
		"expired":                  func(m *Model) { m.now = 50 },
		"shows nothing":            func(m *Model) { m.orders[5].shown = 0 },
		"shows more than a slice":  func(m *Model) { m.orders[5].shown = 3 },
		"shows a slice, is none":   func(m *Model) { m.orders[1].shown = 1 },
		"no slices held":           func(m *Model) { m.orders[5].slices = 1 },
		"too many slices":          func(m *Model) { m.orders[5].slices = 21 },
		"too many parked":          func(m *Model) { m.limits.ParkedMax = 1 },
		"too many open":            func(m *Model) { m.limits.OrdersMax = 6 },
		"too many levels":          func(m *Model) { m.limits.LevelsPerSideMax = 1 },
		"waits in the wrong queue": func(m *Model) { m.orders[6].typ = engine.TakeProfit },
		"waits behind a later one": func(m *Model) { m.orders[6].stop = 112 },
		"waits and was reached":    func(m *Model) { m.books[0].trades, m.books[0].last = 1, 110 },
		"unpriced outside of calls": func(m *Model) {
			o := m.orders[6]
			m.books[0].leave(o)
			o.typ, o.tif = engine.Market, engine.DAY
			m.books[0].park(o)
		},
	} {
		m := twoBuysAndASell(t)
		harm(m)
		if m.Check() == nil {
			t.Errorf("%s: Check did not see it", what)
		}
	}
}

// TestFewCandidatesStandForAll: of a wide range of prices, those that an uncross looks at
// find what every tick would.
func TestFewCandidatesStandForAll(t *testing.T) {
	for _, scale := range []engine.Price{1, 200} { // the second time too wide for every tick
		m := New(limits, []engine.Instrument{{Symbol: "X", Tick: 1, Lot: 1, QtyMax: 100, Reference: 5 * scale, Opens: engine.PreOpen}})
		for i, o := range []struct {
			side  engine.Side
			price engine.Price
		}{{engine.Buy, 9}, {engine.Sell, 2}, {engine.Buy, 3}, {engine.Sell, 8}} {
			m.Apply(engine.Seq(i+1), &engine.Command{
				Kind: engine.CmdEnter, Side: o.side, Type: engine.Limit, TimeInForce: engine.GTC, Price: o.price * scale, Qty: 5,
			})
		}
		// From above 3 to below 8 five trade and none is left over: the reference is nearest to itself.
		if found := m.books[0].balance(); found.price != 5*scale || told(found.volume()) != 5 {
			t.Errorf("times %d: %+v", scale, found)
		}
	}
}
