package engine

import "unsafe"

// handle names a slot of a slab; 0 is none.
type handle = uint32

// order is one open order, a cache line. Its price is its level's. In the slab,
// an order is live (id != 0) xor in the free list.
type order struct {
	id       OrderID
	leaves   Qty // still open, > 0 while in a queue
	executed Qty // total = leaves + executed

	next, prev handle // queue of the level, front to back; next is also the free list
	level      handle
	record     handle // its current client id, 0 for none

	older, newer handle // the account's orders, in entry order
	account      AccountID
	session      SessionID

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
// and nothing in it for the collector to follow. The free list is last in first
// out, so that a slot is reused while it is still in the cache.
type orderSlab struct {
	slots    []order // slots[0] is never used
	free     handle
	live     int
	slotBits uint // an OrderID is number<<slotBits | slot
}

func newOrderSlab(memory Memory, n int) orderSlab {
	s := orderSlab{slots: table[order](memory, n+1)}
	for 1<<s.slotBits < len(s.slots) {
		s.slotBits++
	}
	return s
}

// take returns a free slot. The caller has checked that there is one.
func (s *orderSlab) take() handle {
	h := s.free
	if h == 0 {
		// Slots that were never used come in order, so that untouched memory
		// stays untouched until it is needed.
		h = handle(s.live + 1)
	} else {
		s.free = s.slots[h].next
	}
	s.live++
	return h
}

// release returns a slot. The event that names the order has been written.
func (s *orderSlab) release(h handle) {
	o := &s.slots[h]
	o.id = 0
	o.next = s.free
	s.free = h
	s.live--
}

// account is the list of an account's open orders, in entry order.
type account struct {
	oldest, newest handle
}

func (e *Engine) linkAccount(h handle, o *order) {
	a := &e.accounts[o.account]
	o.older, o.newer = a.newest, 0
	if a.newest == 0 {
		a.oldest = h
	} else {
		e.orders.slots[a.newest].newer = h
	}
	a.newest = h
}

func (e *Engine) unlinkAccount(o *order) {
	a := &e.accounts[o.account]
	if o.older == 0 {
		a.oldest = o.newer
	} else {
		e.orders.slots[o.older].newer = o.newer
	}
	if o.newer == 0 {
		a.newest = o.older
	} else {
		e.orders.slots[o.newer].older = o.older
	}
}

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

// finish writes the order's end and frees its slot. It is out of its queue, and
// the event that names it has been written.
// hot
func (e *Engine) finish(h handle, o *order, leaves Qty, reason Reason) {
	e.gone++
	e.ended[uint64(o.id)>>e.orders.slotBits] = e.gone
	d := &e.done[e.gone]
	d.id, d.leaves, d.account = o.id, leaves, o.account
	d.instrument, d.reason, d.side = o.instrument, reason, o.side
	e.unlinkAccount(o)
	e.orders.release(h)
}

// find resolves the order that a command names by exactly one of OrderID and
// ClOrdID. An open order: its handle and 0. A done one: its remains. Another
// account's order is answered as one that never was.
// hot
func (e *Engine) find(c *Command) (h handle, d *doneOrder, reason Reason) {
	id, record := c.OrderID, handle(0)
	if (id == 0) == (c.ClOrdID == ClOrdID{}) {
		return 0, nil, ReasonBadCommand
	}
	if id == 0 {
		if record = e.ids.find(c.Account, &c.ClOrdID); record == 0 {
			return 0, nil, ReasonUnknownOrder
		}
		id = e.ids.records[record].order
	}
	h = handle(uint64(id) & (1<<e.orders.slotBits - 1))
	if int(h) < len(e.orders.slots) {
		if o := &e.orders.slots[h]; o.id == id {
			switch {
			case o.account != c.Account:
				return 0, nil, ReasonUnknownOrder
			case record != 0 && record != o.record:
				return h, nil, ReasonAlreadyReplaced
			}
			return h, nil, ReasonNone
		}
	}
	n := uint64(id) >> e.orders.slotBits
	if n == 0 || n > e.issued {
		return 0, nil, ReasonUnknownOrder
	}
	d = &e.done[e.ended[n]] // done[0], of no account's id, while it is open
	switch {
	case d.id != id || d.account != c.Account:
		return 0, nil, ReasonUnknownOrder
	case d.reason == ReasonFilled:
		return 0, d, ReasonAlreadyFilled
	}
	return 0, d, ReasonAlreadyCanceled
}
