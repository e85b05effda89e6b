package engine

import (
	"errors"
	"strconv"
)

// Check walks everything and returns the first law that is broken (SEMANTICS 9):
//
//   - a book in continuous trading is neither crossed nor locked
//   - a level has an order, and its total is the sum of its orders' leaves
//   - a queue's links agree in both directions, and so do an account's
//   - the cached best is the tree's first; tree and price index hold the same levels
//   - an open order is in exactly one queue and one account list, and its ids find it
//   - every slot of the slabs is live xor free
//
// O(everything); tests call it after every command.
func (e *Engine) Check() error {
	queued := 0
	levels := 0
	for i := range e.books {
		b := &e.books[i]
		for s := range b.sides {
			orders, err := e.checkSide(InstrumentID(i), Side(s))
			if err != nil {
				return err
			}
			queued += orders
			levels += b.sides[s].levels
		}
		if b.sides[Buy].best != 0 && b.sides[Sell].best != 0 {
			buy := priceOf(Buy, e.levels.slots[b.sides[Buy].best].key)
			sell := priceOf(Sell, e.levels.slots[b.sides[Sell].best].key)
			if buy >= sell {
				return broken("book is crossed or locked", i, int64(buy), int64(sell))
			}
		}
	}
	if queued != e.orders.live {
		return broken("orders in queues, orders live", 0, int64(queued), int64(e.orders.live))
	}
	if err := e.checkAccounts(); err != nil {
		return err
	}
	return e.checkSlabs(levels)
}

func (e *Engine) checkSide(instrument InstrumentID, s Side) (orders int, err error) {
	side := &e.books[instrument].sides[s]
	if side.best != side.tree.first() {
		return 0, broken("best level is not the tree's first", int(instrument), int64(side.best), int64(side.tree.first()))
	}
	n := 0
	for lh := side.best; lh != 0; {
		l := &e.levels.slots[lh]
		n++
		if side.index.find(l.key) != lh {
			return 0, broken("price index does not find level", int(instrument), int64(side.index.find(l.key)), int64(lh))
		}
		count, err := e.checkLevel(instrument, s, lh, l)
		if err != nil {
			return 0, err
		}
		orders += count
		next := side.tree.after(l.key)
		if next != 0 && e.levels.slots[next].key <= l.key {
			return 0, broken("levels out of order", int(instrument), e.levels.slots[next].key, l.key)
		}
		lh = next
	}
	indexed, displaced := 0, 0
	for i := range side.index.entries {
		if en := &side.index.entries[i]; en.level != 0 {
			indexed++
			if side.index.home(en.key) != uint64(i) {
				displaced++
			}
		}
	}
	if displaced != side.index.displaced {
		return 0, broken("price index entries not at home", int(instrument), int64(displaced), int64(side.index.displaced))
	}
	if n != side.levels || n != side.tree.len() || n != indexed {
		return 0, broken("levels walked, counted", int(instrument), int64(n), int64(side.levels))
	}
	return orders, nil
}

func (e *Engine) checkLevel(instrument InstrumentID, s Side, lh handle, l *level) (orders int, err error) {
	var total Qty
	prev := handle(0)
	for h := l.head; h != 0; h = e.orders.slots[h].next {
		o := &e.orders.slots[h]
		switch {
		case o.id == 0 || uint64(o.id)&(1<<e.orders.slotBits-1) != uint64(h):
			return 0, broken("queued order's id", int(instrument), int64(o.id), int64(h))
		case o.prev != prev || o.level != lh || o.side != s || o.instrument != instrument:
			return 0, broken("queued order's links", int(instrument), int64(o.prev), int64(prev))
		case o.leaves <= 0 || o.executed < 0 || o.kind != Limit || o.tif != GTC:
			return 0, broken("queued order's quantity or kind", int(instrument), int64(o.leaves), int64(o.executed))
		case o.record != 0 && e.ids.records[o.record].order != o.id:
			return 0, broken("order's client id names another order", int(instrument), int64(e.ids.records[o.record].order), int64(o.id))
		case o.record != 0 && e.ids.find(o.account, &e.ids.records[o.record].id) != o.record:
			return 0, broken("client id does not find its record", int(instrument), int64(h), int64(o.record))
		case e.ended[uint64(o.id)>>e.orders.slotBits] != 0:
			return 0, broken("open order is done", int(instrument), int64(o.id), int64(h))
		}
		total += o.leaves
		orders++
		prev = h
	}
	switch {
	case orders == 0 || uint32(orders) != l.count || l.tail != prev:
		return 0, broken("level's orders", int(instrument), int64(orders), int64(l.count))
	case total != l.total:
		return 0, broken("level's total", int(instrument), int64(l.total), int64(total))
	}
	return orders, nil
}

func (e *Engine) checkAccounts() error {
	listed := 0
	for i := range e.accounts {
		prev := handle(0)
		for h := e.accounts[i].oldest; h != 0; h = e.orders.slots[h].newer {
			o := &e.orders.slots[h]
			if o.older != prev || o.account != AccountID(i) || o.id == 0 {
				return broken("account's list", i, int64(o.older), int64(prev))
			}
			if prev != 0 && e.orders.slots[prev].id >= o.id {
				return broken("account's entry order", i, int64(e.orders.slots[prev].id), int64(o.id))
			}
			listed++
			prev = h
		}
		if e.accounts[i].newest != prev {
			return broken("account's newest order", i, int64(e.accounts[i].newest), int64(prev))
		}
	}
	if listed != e.orders.live {
		return broken("orders in accounts, orders live", 0, int64(listed), int64(e.orders.live))
	}
	return nil
}

func (e *Engine) checkSlabs(levels int) error {
	free := 0
	top := 0 // the highest slot ever used
	for h := e.orders.free; h != 0; h = e.orders.slots[h].next {
		if e.orders.slots[h].id != 0 {
			return broken("free order slot is live", 0, int64(h), int64(e.orders.slots[h].id))
		}
		free++
		top = max(top, int(h))
	}
	if free > 0 && top > free+e.orders.live {
		return broken("order slots lost", 0, int64(top), int64(free+e.orders.live))
	}
	free = 0
	for h := e.levels.free; h != 0; h = e.levels.slots[h].head {
		free++
	}
	if free+levels != e.levels.used {
		return broken("level slots free + live, used", 0, int64(free+levels), int64(e.levels.used))
	}
	return nil
}

func broken(law string, where int, got, want int64) error {
	return errors.New("engine: broken law: " + law + " (at " + strconv.Itoa(where) + ": " +
		strconv.FormatInt(got, 10) + ", " + strconv.FormatInt(want, 10) + ")")
}
