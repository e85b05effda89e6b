package engine

import "math"

// entry is a checked enter: what the order is, and where it would rest.
type entry struct {
	key    int64 // of its price on its own side
	qty    Qty
	level  handle // at that key, 0 for none; matching does not touch that side
	resent handle // the record of the same command sent before
	hash   idHash // of its client id, if it has one
}

// enter takes a new order: checks, matches, and rests or cancels what is left.
// hot
func (e *Engine) enter(c *Command, ev *Events) {
	n, reason := e.checkEnter(c)
	if reason != ReasonNone {
		ev.rejected(c, reason)
		return
	}
	if n.resent != 0 {
		e.state(c, n.resent, ev)
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
		a.Flags = FlagPostOnly
	}
	b := e.book(c.Instrument)
	limit := limitKey(c.Type, n.key)
	if c.TimeInForce != GTC || b.crosses(c.Side, limit) {
		e.takes(b, &n, limit, h, o, ev)
		return
	}
	a.Flags |= FlagRests // the common case: one event, no loop
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
		e.match(b, o, limit, ev)
	}
	switch {
	case o.leaves == 0:
		e.finish(h, o, 0, ReasonFilled)
	case o.tif == GTC:
		e.admit(n.hash, h, o)
		e.rest(b, n.level, n.key, h, o, ev)
	default:
		x := ev.next(EvCanceled)
		describe(x, o)
		x.Reason = reason
		x.Price, x.Qty, x.Leaves = priceOf(o.side, n.key), o.total(), o.leaves
		e.finish(h, o, o.leaves, reason)
	}
}

// checkEnter finds the first reason to refuse a new order, in the order of the
// list in reject.go, or what the order is.
// hot
func (e *Engine) checkEnter(c *Command) (n entry, reason Reason) {
	if c.Side > Sell || c.Type-Limit > Market-Limit || c.TimeInForce-GTC > FOK-GTC ||
		int(c.Account) >= e.limits.AccountsMax || c.Type == Market && c.Price != 0 && c.Refusal == 0 {
		return n, ReasonBadCommand
	}
	if int(c.Instrument) >= len(e.books) {
		return n, ReasonUnknownInstrument
	}
	named := !c.ClOrdID.none()
	if named {
		n.hash = e.ids.hash(c.Account, &c.ClOrdID)
		if !e.ids.isNew(n.hash) {
			if n.resent = e.ids.find(n.hash, c.Account, &c.ClOrdID); n.resent != 0 {
				if e.ids.records.at(n.resent).sameEnter(c) {
					return n, ReasonNone
				}
				return n, ReasonDuplicateID
			}
		}
	}
	b := e.book(c.Instrument)
	price, qty := c.Price, c.Qty
	if c.Flags != 0 || c.Refusal != 0 || c.Type != Limit || uint64(price-1) >= uint64(b.ticksMax) || uint64(qty-1) >= uint64(b.instrument.QtyMax) {
		if price, qty, reason = b.numbers(c); reason != ReasonNone {
			return n, reason
		}
	}
	if uint64(price)|uint64(qty) >= 1<<31 && !notionalFits(price, qty) { // below, no product is too large
		return n, ReasonNotional
	}
	n.key, n.qty = keyOf(c.Side, price), qty
	switch {
	case c.Type == Market && b.side(c.Side.Opposite()).best == 0:
		return n, ReasonNoLiquidity
	case c.Flags&CmdFlagPostOnly != 0 && b.crosses(c.Side, limitKey(c.Type, n.key)):
		return n, ReasonWouldTrade
	}
	own, rests := b.side(c.Side), c.TimeInForce == GTC // or may
	if rests {
		if own.near.covers(n.key) { // side.find, for this path alone
			n.level = own.near.at(n.key)
		} else {
			n.level = own.far.index.find(n.key)
		}
		if n.level != 0 && e.levels.at(n.level).total > math.MaxInt64-qty {
			return n, ReasonLevelOverflow
		}
	}
	switch {
	case named && e.ids.full(), e.issued == uint64(e.limits.OrdersPerDay):
		return n, ReasonIDLimit
	case rests && e.orders.live >= e.limits.OrdersMax:
		return n, ReasonOrderLimit
	case rests && n.level == 0 && own.levels >= e.limits.LevelsPerSideMax:
		return n, ReasonLevelLimit
	}
	return n, ReasonNone
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
	o.instrument, o.side, o.kind, o.tif = c.Instrument, c.Side, c.Type, c.TimeInForce
	o.postOnly = c.Flags&CmdFlagPostOnly != 0
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
