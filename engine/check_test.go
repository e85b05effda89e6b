package engine

import (
	"strings"
	"testing"
)

// TestCheckFindsEachBrokenLaw breaks one thing at a time in a small book, behind
// the engine's back, and wants to hear of it.
func TestCheckFindsEachBrokenLaw(t *testing.T) {
	const first, second handle = 1, 2 // two buys of account 0 at 100, in this order
	tests := []struct {
		what string
		harm func(e *Engine)
	}{
		{"the cached best", func(e *Engine) { e.books[0].sides[Buy].best = e.orders.at(3).level }},
		{"no best", func(e *Engine) { e.books[0].sides[Buy].best = 0 }},
		{"the best's key", func(e *Engine) { e.books[0].sides[Buy].bestKey++ }},
		{"a level's total", func(e *Engine) { e.levels.at(e.orders.at(first).level).total++ }},
		{"a queue's back", func(e *Engine) { e.queues.at(e.queues.base + e.orders.at(first).level).prev = first }},
		{"a level's key", func(e *Engine) { e.levels.at(e.orders.at(3).level).key++ }},
		{"a crossed book", func(e *Engine) {
			s, h := &e.books[0].sides[Sell], e.orders.at(4).level
			l := e.levels.at(h)
			s.near.remove(l.key)
			l.key = 100
			s.near.add(l.key, h)
			s.bestKey = 100
		}},
		{"a level missing in the window", func(e *Engine) { e.books[0].sides[Buy].near.remove(keyOf(Buy, 99)) }},
		{"a stray level in the window", func(e *Engine) { e.books[0].sides[Buy].near.add(keyOf(Buy, 50), 1) }},
		{"a mark missing in the window", func(e *Engine) { e.books[0].sides[Buy].near.words[uint64(keyOf(Buy, 99))%nearTicks/64] = 0 }},
		{"the window's summary", func(e *Engine) { e.books[0].sides[Buy].near.summary ^= 1 << 9 }},
		{"the window's bounds", func(e *Engine) { e.books[0].sides[Buy].near.hi += nearTicks }},
		{"a level that the window does not cover", func(e *Engine) { e.books[0].sides[Buy].near.hi = e.books[0].sides[Buy].near.lo }},
		{"a near level in the tree", func(e *Engine) { e.books[0].sides[Buy].far.add(keyOf(Buy, 98), 1) }},
		{"a level missing in the tree", func(e *Engine) { e.books[1].sides[Buy].far.tree.remove(keyOf(Buy, 10)) }},
		{"a level missing in the index", func(e *Engine) { e.books[1].sides[Buy].far.index.remove(keyOf(Buy, 10)) }},
		{"a stray level in the index", func(e *Engine) { e.books[1].sides[Buy].far.index.add(keyOf(Buy, 50), 1) }},
		{"the best far level", func(e *Engine) { e.books[1].sides[Buy].far.bestKey-- }},
		{"the number of levels", func(e *Engine) { e.books[0].sides[Buy].levels++ }},
		{"a level slot lost", func(e *Engine) { e.levels.used++ }},
		{"an order's leaves", func(e *Engine) { e.orders.at(first).leaves = 0 }},
		{"negative executed", func(e *Engine) { e.orders.at(first).executed = -1 }},
		{"a queue's link back", func(e *Engine) { e.queues.at(second).prev = 0 }},
		{"a queue cut short", func(e *Engine) { e.queues.at(first).next = e.queues.base + e.orders.at(first).level }},
		{"an order's side", func(e *Engine) { e.orders.at(first).side = Sell }},
		{"an order's level", func(e *Engine) { e.orders.at(first).level = e.orders.at(3).level }},
		{"an order's instrument", func(e *Engine) { e.orders.at(first).instrument = 1 }},
		{"an order's id", func(e *Engine) { e.orders.at(first).id++ }},
		{"a resting IOC", func(e *Engine) { e.orders.at(first).tif = IOC }},
		{"another order's client id", func(e *Engine) { e.orders.at(first).clOrdID = e.orders.at(second).clOrdID }},
		{"a client id that is not among the open", func(e *Engine) {
			o := e.orders.at(first)
			e.removeOpenID(e.ids.hash(o.account, &o.clOrdID), first, o)
		}},
		{"a client id that is open twice", func(e *Engine) {
			o := e.orders.at(first)
			e.addOpenID(e.ids.hash(o.account, &o.clOrdID), second, e.orders.at(second))
		}},
		{"a chain that has not been added", func(e *Engine) { e.open.chains--; e.open.mask = 31 }},
		{"a client id that is not its record's", func(e *Engine) { e.orders.at(first).clOrdID[0]++ }},
		{"a client id that is not found", func(e *Engine) {
			o := e.orders.at(first)
			*e.ids.tags.at(e.ids.home(e.ids.hash(o.account, &o.clOrdID))) = [idGroup]byte{}
		}},
		{"a client id of another order", func(e *Engine) { e.ids.records.at(1).order++ }},
		{"a record that no place has", func(e *Engine) { e.ids.used++ }},
		{"an open order that is done", func(e *Engine) { *e.ended.at(e.numberOf(e.orders.at(first).id)) = 1 }},
		{"an account's link back", func(e *Engine) { e.owned.at(second).prev = 0 }},
		{"an account's newest", func(e *Engine) { e.owned.at(e.owned.base + accountList(0)).prev = first }},
		{"an account's order missing", func(e *Engine) { e.owned.open(accountList(1)) }},
		{"an order of another account", func(e *Engine) { e.orders.at(first).account = 1 }},
		{"the number of open orders", func(e *Engine) { e.orders.live++ }},
		{"a live slot in the free list", func(e *Engine) { e.orders.free = first }},
	}
	for _, tt := range tests {
		e := smallBook(t)
		if err := e.Check(); err != nil {
			t.Fatalf("before any harm: %v", err)
		}
		tt.harm(e)
		if err := e.Check(); err == nil {
			t.Errorf("%s: Check did not see it", tt.what)
		} else if !strings.Contains(err.Error(), "broken law") {
			t.Errorf("%s: %v", tt.what, err)
		}
	}
}

// smallBook has two buys at 100 and one at 99, a sell at 105, and a slot that was
// used and is free again; in the other book, a near buy and a far one.
func smallBook(t *testing.T) *Engine {
	t.Helper()
	limits := Limits{OrdersMax: 10, AccountsMax: 2, LevelsPerSideMax: 10, OrdersPerDay: 10, ClOrdIDsPerDay: 10}
	e, err := New(limits, []Instrument{{Symbol: "X", Tick: 1, Lot: 1, QtyMax: 100}, {Symbol: "Y", Tick: 1, Lot: 1, QtyMax: 100}})
	if err != nil {
		t.Fatal(err)
	}
	ev := NewEvents(limits.EventsPerCommandMax())
	for i, o := range []struct {
		account AccountID
		side    Side
		price   Price
		in      InstrumentID
	}{{0, Buy, 100, 0}, {0, Buy, 100, 0}, {0, Buy, 99, 0}, {1, Sell, 105, 0}, {0, Buy, 5 * nearTicks, 1}, {0, Buy, 10, 1}, {0, Buy, 98, 0}} {
		ev.Reset()
		e.Apply(Seq(i+1), &Command{
			Kind: CmdEnter, Account: o.account, Instrument: o.in, Side: o.side, Type: Limit, TimeInForce: GTC, Price: o.price, Qty: 5, ClOrdID: ClOrdID{'a', byte(i)},
		}, ev)
	}
	last := ev.All()[0].OrderID
	ev.Reset()
	e.Apply(8, &Command{Kind: CmdCancel, OrderID: last}, ev)
	return e
}
