package engine

// entry is a checked enter: what the order is, and where it would rest.
type entry struct {
	price  Price
	qty    Qty
	level  handle // at its price on its own side, 0 for none; matching does not touch that side
	resent handle // the record of the same command sent before
}

// enter takes a new order: checks, matches, and rests or cancels what is left.
// hot
func (e *Engine) enter(c *Command, ev *Events) {
	var n entry
	reason := e.checkEnter(c, &n)
	if reason != ReasonNone {
		ev.rejected(c, reason)
		return
	}
	if n.resent != 0 {
		e.state(c, n.resent, ev)
		return
	}
	b := &e.books[c.Instrument]
	own := &b.sides[c.Side]
	h, o := e.newOrder(c, n.qty)
	limit := limitKey(c.Side, c.Type, n.price)

	a := ev.next(EvAccepted)
	e.describe(a, o)
	a.Type, a.TimeInForce = o.kind, o.tif
	a.Price, a.Qty, a.Leaves = n.price, n.qty, n.qty
	if o.postOnly {
		a.Flags = FlagPostOnly
	}

	crosses := e.crosses(b, c.Side, limit)
	if c.TimeInForce == GTC && !crosses { // the common case: one event, no loop
		a.Flags |= FlagRests
		e.enqueue(own, n.level, keyOf(c.Side, n.price), h, o)
		return
	}
	reason = ReasonIOC
	if c.TimeInForce == FOK && !e.canFill(&b.sides[c.Side.Opposite()], limit, n.qty) {
		reason = ReasonFOK
	} else if crosses {
		e.match(b, o, limit, ev)
	}
	switch {
	case o.leaves == 0:
		e.finish(h, o, 0, ReasonFilled)
	case c.TimeInForce == GTC:
		e.rest(own, n.level, n.price, h, o, ev)
	default:
		x := ev.next(EvCanceled)
		e.describe(x, o)
		x.Reason = reason
		x.Price, x.Qty, x.Leaves = n.price, o.total(), o.leaves
		e.finish(h, o, o.leaves, reason)
	}
}

// checkEnter finds the first reason to refuse a new order, in the order of the
// list in reject.go, or what the order is.
// walk 9
// hot
func (e *Engine) checkEnter(c *Command, n *entry) (reason Reason) {
	if c.Side > Sell || c.Type < Limit || c.Type > Market || c.TimeInForce < GTC || c.TimeInForce > FOK ||
		int(c.Account) >= len(e.accounts) || c.Type == Market && c.Price != 0 && c.Refusal == 0 {
		return ReasonBadCommand
	}
	if int(c.Instrument) >= len(e.books) {
		return ReasonUnknownInstrument
	}
	if c.ClOrdID != (ClOrdID{}) {
		if n.resent = e.ids.find(c.Account, &c.ClOrdID); n.resent != 0 {
			if e.ids.records[n.resent].sameEnter(c) {
				return ReasonNone
			}
			return ReasonDuplicateID
		}
	}
	b := &e.books[c.Instrument]
	own := &b.sides[c.Side]
	if c.Type == Limit {
		if n.price, reason = b.ticks(c); reason != 0 {
			return reason
		}
	}
	if n.qty, reason = b.lots(c); reason != 0 {
		return reason
	}
	postOnly := c.Flags&CmdFlagPostOnly != 0
	switch {
	case c.Type == Market && c.TimeInForce == GTC, postOnly && (c.Type == Market || c.TimeInForce != GTC):
		return ReasonBadCombination
	case n.qty > b.instrument.QtyMax:
		return ReasonQtyAboveMax
	case !notionalFits(n.price, n.qty):
		return ReasonNotional
	case c.Type == Market && b.sides[c.Side.Opposite()].best == 0:
		return ReasonNoLiquidity
	case postOnly && e.crosses(b, c.Side, limitKey(c.Side, c.Type, n.price)):
		return ReasonWouldTrade
	}
	rests := c.TimeInForce == GTC // or may
	if rests {
		if n.level, reason = e.canRest(own, keyOf(c.Side, n.price), n.qty, 0); reason != 0 {
			return reason
		}
	}
	switch {
	case c.ClOrdID != (ClOrdID{}) && e.ids.full(), e.issued == uint64(e.limits.OrdersPerDay):
		return ReasonIDLimit
	case rests && e.orders.live >= e.limits.OrdersMax:
		return ReasonOrderLimit
	case rests && n.level == 0 && own.levels >= e.limits.LevelsPerSideMax:
		return ReasonLevelLimit
	}
	return ReasonNone
}

// newOrder gives a checked order its slot, its ids and its place in its account.
// Its queue's links and level are enqueue's. (Field by field: a literal would be made
// on the stack and copied.)
// hot
func (e *Engine) newOrder(c *Command, qty Qty) (handle, *order) {
	h := e.orders.take()
	e.issued++
	o := &e.orders.slots[h]
	o.id = OrderID(e.issued<<e.orders.slotBits | uint64(h))
	o.leaves, o.executed = qty, 0
	o.record = 0
	o.account, o.session = c.Account, c.Session
	o.instrument, o.side, o.kind, o.tif = c.Instrument, c.Side, c.Type, c.TimeInForce
	o.postOnly = c.Flags&CmdFlagPostOnly != 0
	if c.ClOrdID != (ClOrdID{}) {
		o.record = e.ids.add(c.Account, &c.ClOrdID, c, o.id)
	}
	e.linkAccount(h, o)
	return h, o
}

// rest puts what is left of an order that traded into the book, on its own side,
// at a level that may not be there yet (0).
func (e *Engine) rest(own *side, level handle, price Price, h handle, o *order, ev *Events) {
	x := ev.next(EvRested)
	e.describe(x, o)
	x.Flags = FlagRests
	x.Price, x.Qty, x.Leaves = price, o.total(), o.leaves
	e.enqueue(own, level, keyOf(o.side, price), h, o)
}
