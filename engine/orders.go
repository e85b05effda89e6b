package engine

import "unsafe"

// order is one open order, a cache line. Its price is its level's, its place in the
// queue and among its account's orders is in tables of links. In the slab, an order is
// live (id != 0) xor in the free list.
type order struct {
	id       OrderID
	leaves   Qty     // still open, > 0 while in a queue
	executed Qty     // total = leaves + executed
	clOrdID  ClOrdID // its current one

	level   handle
	nextID  handle // the next order in its chain of Engine.open
	account AccountID
	session SessionID

	instrument InstrumentID
	side       Side
	kind       OrderType
	tif        TimeInForce
	postOnly   bool
	_          uint16
}

var _ = [1]struct{}{}[unsafe.Sizeof(order{})-64]

func (o *order) total() Qty { return o.leaves + o.executed }

// orderSlab holds every open order. Handles instead of pointers: half the size,
// and nothing in it for the collector to follow. The free list, which is chained
// through the links of the queues, is last in first out, so that a slot is reused
// while it is still in the cache.
type orderSlab struct {
	slab[order] // 0 is never used
	free        handle
	live        int
	slotBits    uint // an OrderID is number<<slotBits | slot
}

func newOrderSlab(memory Memory, n int) orderSlab {
	s := orderSlab{slab: newSlab[order](memory, n+1)}
	for 1<<s.slotBits < s.n {
		s.slotBits++
	}
	return s
}

// takeSlot returns a free slot. The caller has checked that there is one.
func (e *Engine) takeSlot() handle {
	s := &e.orders
	h := s.free
	if h == 0 {
		// Slots that were never used come in order, so that untouched memory
		// stays untouched until it is needed.
		h = handle(s.live + 1)
	} else {
		s.free = e.queues.at(h).next
	}
	s.live++
	return h
}

// releaseSlot returns a slot. The event that names the order has been written.
func (e *Engine) releaseSlot(h handle) {
	s := &e.orders
	s.at(h).id = 0
	e.queues.at(h).next = s.free
	s.free = h
	s.live--
}

// slotOf is the slot in an order id. It may be beyond the slab.
func (s *orderSlab) slotOf(id OrderID) handle { return handle(id & (1<<(s.slotBits&63) - 1)) }

// accountList is the list of an account's resting orders in Engine.owned, in entry order.
func accountList(a AccountID) handle { return handle(a) + 1 }

// doneOrder is what stays of an order for the rest of the day, so that a late
// cancel is refused with the right reason and a resent command is answered. They
// are written one behind the other, as orders end; only the four bytes that lead
// to them lie by order number, all over a day's table.
type doneOrder struct {
	id         OrderID
	leaves     Qty // what was not executed
	account    AccountID
	instrument InstrumentID
	reason     Reason
	side       Side
}

// finish writes the order's end and frees its slot. It is in no list any more, and
// the event that names it has been written.
// hot
func (e *Engine) finish(h handle, o *order, leaves Qty, reason Reason) {
	e.gone++
	*e.ended.at(e.numberOf(o.id)) = e.gone
	d := e.done.at(e.gone)
	d.id, d.leaves, d.account = o.id, leaves, o.account
	d.instrument, d.reason, d.side = o.instrument, reason, o.side
	e.releaseSlot(h)
}

// numberOf is the number in an order id, its place in the order of the day.
func (e *Engine) numberOf(id OrderID) handle { return handle(id >> (e.orders.slotBits & 63)) }

// find resolves the order that a command names by exactly one of OrderID and
// ClOrdID. An open order: its handle and 0. A done one: its remains. Another
// account's order is answered as one that never was.
// hot
func (e *Engine) find(c *Command) (h handle, d *doneOrder, reason Reason) {
	if id := c.OrderID; id != 0 && c.ClOrdID.none() { // nearly always, and found
		if h = e.orders.slotOf(id); int(h) < e.orders.n {
			if o := e.orders.at(h); o.id == id && o.account == c.Account {
				return h, nil, ReasonNone
			}
		}
	}
	return e.findByEither(c)
}

// findByEither is find, whatever the command says.
func (e *Engine) findByEither(c *Command) (h handle, d *doneOrder, reason Reason) {
	id, named := c.OrderID, !c.ClOrdID.none()
	if (id != 0) == named {
		return 0, nil, ReasonBadCommand
	}
	if named {
		hash := e.ids.hash(c.Account, &c.ClOrdID)
		if h = e.findOpen(hash, c.Account, &c.ClOrdID); h != 0 {
			return h, nil, ReasonNone
		}
		record := e.ids.find(hash, c.Account, &c.ClOrdID)
		if record == 0 {
			return 0, nil, ReasonUnknownOrder
		}
		id = e.ids.records.at(record).order
	}
	h = e.orders.slotOf(id)
	if int(h) < e.orders.n {
		if o := e.orders.at(h); o.id == id {
			switch {
			case o.account != c.Account:
				return 0, nil, ReasonUnknownOrder
			case named:
				return h, nil, ReasonAlreadyReplaced
			}
			return h, nil, ReasonNone
		}
	}
	d, reason = e.findDone(c.Account, id)
	return 0, d, reason
}

// findDone is what is left of an account's order that is gone.
func (e *Engine) findDone(account AccountID, id OrderID) (d *doneOrder, reason Reason) {
	n := uint64(id) >> e.orders.slotBits // of an id from outside, it may be anything
	if n == 0 || n > e.issued {
		return nil, ReasonUnknownOrder
	}
	d = e.done.at(*e.ended.at(handle(n))) // done[0], of no account's id, while it is open
	switch {
	case d.id != id || d.account != account:
		return nil, ReasonUnknownOrder
	case d.reason == ReasonFilled:
		return d, ReasonAlreadyFilled
	}
	return d, ReasonAlreadyCanceled
}
