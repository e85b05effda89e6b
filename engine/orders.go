package engine

import (
	"encoding/binary"
	"unsafe"
)

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
	traits     traits
	selfTrade  SelfTrade
	_          uint8
}

var _ = [1]struct{}{}[unsafe.Sizeof(order{})-64]

// begin writes what is behind an order's session, of one without traits, as one word.
func (o *order) begin(in InstrumentID, s Side, t OrderType, tif TimeInForce) {
	word := uint64(in) | uint64(s)<<16 | uint64(t)<<24 | uint64(tif)<<32 | uint64(SelfTradeNone)<<48
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Pointer(&o.instrument))[:], word)
}

// traits are what sets an order apart. One with any beyond post-only has a detail.
type traits uint8

const (
	postOnly traits = 1 << iota
	hidden          // it stands behind the shown ones at its price
	iceberg         // its leaves are what it shows, in its detail is a reserve
	expires         // it is in one of the heaps of expiry.go
	waits           // parked: it waits for its trigger
	unpriced        // parked: a market order in a call
)

// apart says whether an order needs more than the common path.
func (o *order) apart() bool { return o.traits > postOnly }

// parked says whether an open order is not in the book.
func (o *order) parked() bool { return o.traits&(waits|unpriced) != 0 }

// total is the order's total; not of an iceberg that has a reserve: Engine.totalOf.
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

// finish ends an order: it is in no list any more, and the event that names it has been written.
func (e *Engine) finish(h handle, o *order, leaves Qty, reason Reason) {
	if o.apart() {
		e.giveUpDetail(h, o)
	}
	e.end(h, o, leaves, reason)
}

// end is finish for an order that is not apart: it writes its end and frees its slot.
// hot
func (e *Engine) end(h handle, o *order, leaves Qty, reason Reason) {
	e.gone++
	*e.ended.at(e.endedPlace(o.id)) = e.gone
	d := e.done.at(e.gone)
	d.id, d.leaves, d.account = o.id, leaves, o.account
	d.instrument, d.reason, d.side = o.instrument, reason, o.side
	e.releaseSlot(h)
}

// endedPlace is an order's place in ended: its number in the day or, of one that was entered
// before, a place behind these by its slot.
func (e *Engine) endedPlace(id OrderID) handle {
	if n := uint64(id) >> (e.orders.slotBits & 63); n > e.issuedBefore {
		return handle(n - e.issuedBefore)
	}
	return handle(e.limits.OrdersPerDay) + 1 + e.orders.slotOf(id)
}

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
	d = e.done.at(*e.ended.at(e.endedPlace(id))) // done[0], of no account's id, while it is open
	switch {
	case d.id != id || d.account != account:
		return nil, ReasonUnknownOrder
	case d.reason == ReasonFilled:
		return d, ReasonAlreadyFilled
	}
	return d, ReasonAlreadyCanceled
}
