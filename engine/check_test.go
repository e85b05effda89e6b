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
		{"the cached best", func(e *Engine) { e.books[0].sides[Buy].best = e.orders.slots[3].level }},
		{"no best", func(e *Engine) { e.books[0].sides[Buy].best = 0 }},
		{"a level's total", func(e *Engine) { e.levels.slots[e.orders.slots[first].level].total++ }},
		{"a level's count", func(e *Engine) { e.levels.slots[e.orders.slots[first].level].count++ }},
		{"a level's tail", func(e *Engine) { e.levels.slots[e.orders.slots[first].level].tail = first }},
		{"a level's key", func(e *Engine) { e.levels.slots[e.orders.slots[3].level].key++ }},
		{"a crossed book", func(e *Engine) {
			s, h := &e.books[0].sides[Sell], e.orders.slots[4].level
			l := &e.levels.slots[h]
			s.tree.remove(l.key)
			s.index.remove(l.key)
			l.key = 100
			s.tree.insert(l.key, h)
			s.index.add(l.key, h)
		}},
		{"a level missing in the tree", func(e *Engine) { e.books[0].sides[Buy].tree.remove(keyOf(Buy, 99)) }},
		{"a level missing in the index", func(e *Engine) { e.books[0].sides[Buy].index.remove(keyOf(Buy, 99)) }},
		{"a stray level in the index", func(e *Engine) { e.books[0].sides[Buy].index.add(keyOf(Buy, 50), 1) }},
		{"the number of levels", func(e *Engine) { e.books[0].sides[Buy].levels++ }},
		{"a level slot lost", func(e *Engine) { e.levels.used++ }},
		{"an order's leaves", func(e *Engine) { e.orders.slots[first].leaves = 0 }},
		{"negative executed", func(e *Engine) { e.orders.slots[first].executed = -1 }},
		{"a queue's link back", func(e *Engine) { e.orders.slots[second].prev = 0 }},
		{"a queue cut short", func(e *Engine) { e.orders.slots[first].next = 0 }},
		{"an order's side", func(e *Engine) { e.orders.slots[first].side = Sell }},
		{"an order's level", func(e *Engine) { e.orders.slots[first].level = e.orders.slots[3].level }},
		{"an order's instrument", func(e *Engine) { e.orders.slots[first].instrument = 1 }},
		{"an order's id", func(e *Engine) { e.orders.slots[first].id++ }},
		{"a resting IOC", func(e *Engine) { e.orders.slots[first].tif = IOC }},
		{"another order's client id", func(e *Engine) { e.orders.slots[first].record = e.orders.slots[second].record }},
		{"a client id that is not found", func(e *Engine) { e.ids.records[e.orders.slots[first].record].id[0]++ }},
		{"an open order that is done", func(e *Engine) {
			id := e.orders.slots[first].id
			e.ended[uint64(id)>>e.orders.slotBits] = 1
		}},
		{"an account's link back", func(e *Engine) { e.orders.slots[second].older = 0 }},
		{"an account's newest", func(e *Engine) { e.accounts[0].newest = first }},
		{"an account's order missing", func(e *Engine) { e.accounts[1] = account{} }},
		{"an order of another account", func(e *Engine) { e.orders.slots[first].account = 1 }},
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
// used and is free again.
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
	}{{0, Buy, 100}, {0, Buy, 100}, {0, Buy, 99}, {1, Sell, 105}, {0, Buy, 98}} {
		ev.Reset()
		e.Apply(Seq(i+1), &Command{
			Kind: CmdEnter, Account: o.account, Side: o.side, Type: Limit, TimeInForce: GTC, Price: o.price, Qty: 5, ClOrdID: ClOrdID{'a', byte(i)},
		}, ev)
	}
	last := ev.All()[0].OrderID
	ev.Reset()
	e.Apply(6, &Command{Kind: CmdCancel, OrderID: last}, ev)
	return e
}
