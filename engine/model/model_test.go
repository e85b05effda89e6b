package model

import (
	"slices"
	"testing"

	"pricetime/engine"
)

var (
	limits      = engine.Limits{OrdersMax: 10, AccountsMax: 2, LevelsPerSideMax: 10, OrdersPerDay: 10, ClOrdIDsPerDay: 10}
	instruments = []engine.Instrument{{Symbol: "X", Tick: 1, Lot: 1, QtyMax: 100}}
)

// twoBuysAndASell has buys 1 and 2 at 100 and the sell 3 at 105.
func twoBuysAndASell() *Model {
	m := New(limits, instruments)
	for i, o := range []struct {
		side  engine.Side
		price engine.Price
	}{{engine.Buy, 100}, {engine.Buy, 100}, {engine.Sell, 105}} {
		m.Apply(engine.Seq(i+1), &engine.Command{
			Kind: engine.CmdEnter, Side: o.side, Type: engine.Limit, TimeInForce: engine.GTC,
			Price: o.price, Qty: 5, ClOrdID: engine.ClOrdID{byte('a' + i)},
		})
	}
	return m
}

func TestDepthShowsLevelsBestFirst(t *testing.T) {
	m := twoBuysAndASell()
	buys := m.Depth(0, engine.Buy)
	if len(buys) != 1 || buys[0].Price != 100 || buys[0].Qty != 10 ||
		!slices.Equal(buys[0].Orders, []engine.ClOrdID{{'a'}, {'b'}}) {
		t.Errorf("buys: %v", buys)
	}
	if sells := m.Depth(0, engine.Sell); len(sells) != 1 || sells[0].Price != 105 {
		t.Errorf("sells: %v", sells)
	}
	if m.OpenOrders() != 3 {
		t.Errorf("%d open orders", m.OpenOrders())
	}
}

// TestCheckFindsEachBrokenLaw breaks one thing at a time.
func TestCheckFindsEachBrokenLaw(t *testing.T) {
	for what, harm := range map[string]func(m *Model){
		"crossed":            func(m *Model) { m.day[2].price = 100 },
		"out of order":       func(m *Model) { m.day[1].price = 101 },
		"nothing left":       func(m *Model) { m.day[0].executed = 5 },
		"done and resting":   func(m *Model) { m.day[0].ended = engine.ReasonFilled },
		"open, not resting":  func(m *Model) { m.books[0].leave(m.day[0]) },
		"a resting IOC":      func(m *Model) { m.day[0].tif = engine.IOC },
		"on the wrong side":  func(m *Model) { m.day[2].side = engine.Buy },
		"filled, not quite":  func(m *Model) { m.books[0].leave(m.day[0]); m.day[0].ended = engine.ReasonFilled },
		"canceled, of zero":  func(m *Model) { m.books[0].leave(m.day[0]); m.day[0].ended = engine.ReasonCanceled },
		"another's order id": func(m *Model) { m.day[0].id = 2 },
		"another's name":     func(m *Model) { m.day[0].account = 1 },
	} {
		m := twoBuysAndASell()
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		harm(m)
		if m.Check() == nil {
			t.Errorf("%s: Check did not see it", what)
		}
	}
}
