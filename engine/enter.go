package engine

import "math"

// entry is a checked enter: what the order is, and where it would rest.
type entry struct {
	key   int64 // of its price on its own side
	qty   Qty
	level handle // at that key, 0 for none; matching does not touch that side
	hash  idHash // of its client id, if it has one
}

// enter takes a new order. This file has the limit orders GTC, IOC and FOK in a book in which
// nothing else is on: it refuses nothing, and where anything is unusual or wrong it says so
// before anything has changed, and enterAny is the judge, as behind enterPlain.
// hot
func (e *Engine) enter(c *Command, ev *Events) {
	n, usual := e.checkEnter(c)
	if !usual {
		e.enterAny(c, ev)
		return
	}
	h := e.takeSlot()
	o := e.orders.at(h)
	e.newOrder(c, h, o, &n)
	a := ev.next(EvAccepted)
	a.ClOrdID.copy(&c.ClOrdID)
	a.OrderID, a.Session, a.Instrument = o.id, c.Session, c.Instrument
	a.Side, a.Type, a.TimeInForce = c.Side, c.Type, c.TimeInForce
	a.Price, a.Qty, a.Leaves = priceOf(c.Side, n.key), n.qty, n.qty
	if c.Flags&CmdFlagPostOnly != 0 {
		a.Flags, o.traits = FlagPostOnly, postOnly
	}
	b := e.book(c.Instrument)
	if c.TimeInForce != GTC || b.crosses(c.Side, -n.key) {
		e.takes(b, &n, -n.key, h, o, ev)
		return
	}
	a.Flags |= FlagRests // one event, no loop
	e.admit(n.hash, h, o)
	e.enqueue(b.side(c.Side), n.level, n.key, h, o)
}

// takes carries out an accepted order that trades, or that may not rest.
// hot
func (e *Engine) takes(b *book, n *entry, limit int64, h handle, o *order, ev *Events) {
	reason := ReasonIOC
	if o.tif == FOK && !e.canFill(b.side(o.side.Opposite()), limit, n.qty) {
		reason = ReasonFOK
	} else {
		e.match(b, o, limit, o.leaves, ev)
	}
	switch {
	case o.leaves == 0:
		e.end(h, o, 0, ReasonFilled)
	case o.tif == GTC:
		e.admit(n.hash, h, o)
		e.rest(b, n.level, n.key, h, o, ev)
	default:
		x := ev.next(EvCanceled)
		describe(x, o)
		x.Reason = reason
		x.Price, x.Qty, x.Leaves = priceOf(o.side, n.key), o.total(), o.leaves
		e.end(h, o, o.leaves, reason)
	}
	if b.parked != 0 {
		e.fire(b, 0, ev) // no print is older than this command
	}
}

// checkEnter says whether an enter is one that this file can carry out, and what the order is.
// hot
func (e *Engine) checkEnter(c *Command) (n entry, usual bool) {
	if c.Side > Sell || c.Type != Limit || c.TimeInForce-GTC > FOK-GTC || c.Flags&^(CmdFlagPostOnly|CmdFlagDecimal) != 0 ||
		c.Refusal != ReasonNone || c.more() || int(c.Account) >= e.limits.AccountsMax || int(c.Instrument) >= len(e.books) {
		return n, false
	}
	b := e.book(c.Instrument)
	named := !c.ClOrdID.none()
	if named {
		n.hash = e.ids.hash(c.Account, &c.ClOrdID)
		if !e.ids.isNew(n.hash) && e.ids.find(n.hash, c.Account, &c.ClOrdID) != 0 {
			return n, false
		}
	}
	price, qty, reason := c.Price, c.Qty, ReasonNone
	if c.Flags&CmdFlagDecimal != 0 {
		if price, reason = b.ticks(c); reason != ReasonNone {
			return n, false
		}
		if qty, reason = b.lots(c); reason != ReasonNone {
			return n, false
		}
	}
	if !b.plain || uint64(price-1) >= uint64(b.ticksMax) && !b.isPrice(price) || uint64(qty-1) >= uint64(b.instrument.QtyMax) ||
		uint64(price)|uint64(qty) >= 1<<31 && !notionalFits(price, qty) { // below, no product is too large
		return n, false
	}
	n.key, n.qty = keyOf(c.Side, price), qty
	if c.Flags&CmdFlagPostOnly != 0 && (c.TimeInForce != GTC || b.crosses(c.Side, -n.key)) {
		return n, false
	}
	own, rests := b.side(c.Side), c.TimeInForce == GTC // or may
	if rests {
		if own.near.covers(n.key) { // side.find, for this path alone
			n.level = own.near.at(n.key)
		} else {
			n.level = own.far.index.find(n.key)
		}
		if n.level != 0 && e.levels.at(n.level).total > math.MaxInt64-qty {
			return n, false
		}
	}
	return n, !(named && e.ids.full() || e.issued == e.issuedMax ||
		rests && (e.orders.live >= e.limits.OrdersMax || n.level == 0 && own.levels >= e.limits.LevelsPerSideMax))
}

// newOrder fills in a checked order's slot, and gives it its ids. It is in no list yet: an order
// that never rests is never in one, and its level is enqueue's. (Field by field: a literal would be made
// on the stack and copied.)
// hot
func (e *Engine) newOrder(c *Command, h handle, o *order, n *entry) {
	e.issued++
	o.id = OrderID(e.issued<<(e.orders.slotBits&63) | uint64(h))
	o.leaves, o.executed = n.qty, 0
	o.clOrdID.copy(&c.ClOrdID)
	o.account, o.session = c.Account, c.Session
	o.begin(c.Instrument, c.Side, c.Type, c.TimeInForce)
	if !c.ClOrdID.none() {
		e.ids.add(n.hash, c.Account, &c.ClOrdID, c, o.id)
	}
}

// admit makes an order that is to rest known to its owner: in the account's list, and
// under its client id. Only then can a command name it.
// hot
func (e *Engine) admit(hash idHash, h handle, o *order) {
	e.owned.pushBack(accountList(o.account), h)
	if !o.clOrdID.none() {
		if int(e.open.chains) < 2*e.orders.live {
			e.spread()
		}
		e.addOpenID(hash, h, o)
	}
}

// dismiss is admit's inverse, of an order that is to be done.
// hot
func (e *Engine) dismiss(h handle, o *order) {
	e.owned.remove(h)
	if !o.clOrdID.none() {
		e.removeOpenID(e.ids.hash(o.account, &o.clOrdID), h, o)
	}
}

// rest puts what is left of an order that traded into the book, on its own side,
// at a level that may not be there yet (0).
func (e *Engine) rest(b *book, level handle, key int64, h handle, o *order, ev *Events) {
	x := ev.next(EvRested)
	describe(x, o)
	x.Flags = FlagRests
	x.Price, x.Qty, x.Leaves = priceOf(o.side, key), o.total(), o.leaves
	e.enqueue(b.side(o.side), level, key, h, o)
}
