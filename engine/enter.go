package engine

// enter takes a new order: checks, matches, and rests or cancels what is left.
// hot
func (e *Engine) enter(c *Command, ev *Events) {
	price, qty, resent, reason := e.checkEnter(c)
	if reason != ReasonNone {
		ev.rejected(c, reason)
		return
	}
	if resent != 0 {
		e.state(c, resent, ev)
		return
	}
	b := &e.books[c.Instrument]
	h, o := e.newOrder(c, qty)
	limit := limitKey(c.Side, c.Type, price)

	a := ev.next(EvAccepted)
	e.describe(a, o)
	a.Type, a.TimeInForce = o.kind, o.tif
	a.Price, a.Qty, a.Leaves = price, qty, qty
	if o.postOnly {
		a.Flags = FlagPostOnly
	}

	crosses := e.crosses(b, c.Side, limit)
	if c.TimeInForce == GTC && !crosses { // the common case: one event, no loop
		a.Flags |= FlagRests
		e.enqueue(&b.sides[c.Side], keyOf(c.Side, price), h, o)
		return
	}
	reason = ReasonIOC
	if c.TimeInForce == FOK && !e.canFill(&b.sides[c.Side.Opposite()], limit, qty) {
		reason = ReasonFOK
	} else if crosses {
		e.match(b, o, limit, ev)
	}
	switch {
	case o.leaves == 0:
		e.finish(h, o, 0, ReasonFilled)
	case c.TimeInForce == GTC:
		e.rest(b, price, h, o, ev)
	default:
		x := ev.next(EvCanceled)
		e.describe(x, o)
		x.Reason = reason
		x.Price, x.Qty, x.Leaves = price, o.total(), o.leaves
		e.finish(h, o, o.leaves, reason)
	}
}

// checkEnter finds the first reason to refuse a new order, in the order of the
// list in reject.go, or the record that the same command made before.
// walk 9
// hot
func (e *Engine) checkEnter(c *Command) (price Price, qty Qty, resent handle, reason Reason) {
	if c.Side > Sell || c.Type < Limit || c.Type > Market || c.TimeInForce < GTC || c.TimeInForce > FOK ||
		int(c.Account) >= len(e.accounts) || c.Type == Market && c.Price != 0 && c.Refusal == 0 {
		return 0, 0, 0, ReasonBadCommand
	}
	if int(c.Instrument) >= len(e.books) {
		return 0, 0, 0, ReasonUnknownInstrument
	}
	if c.ClOrdID != (ClOrdID{}) {
		if r := e.ids.find(c.Account, &c.ClOrdID); r != 0 {
			if e.ids.records[r].sameEnter(c) {
				return 0, 0, r, ReasonNone
			}
			return 0, 0, 0, ReasonDuplicateID
		}
	}
	b := &e.books[c.Instrument]
	if c.Type == Limit {
		if price, reason = b.ticks(c); reason != 0 {
			return 0, 0, 0, reason
		}
	}
	if qty, reason = b.lots(c); reason != 0 {
		return 0, 0, 0, reason
	}
	postOnly := c.Flags&CmdFlagPostOnly != 0
	switch {
	case c.Type == Market && c.TimeInForce == GTC, postOnly && (c.Type == Market || c.TimeInForce != GTC):
		return 0, 0, 0, ReasonBadCombination
	case qty > b.instrument.QtyMax:
		return 0, 0, 0, ReasonQtyAboveMax
	case !notionalFits(price, qty):
		return 0, 0, 0, ReasonNotional
	case c.Type == Market && b.sides[c.Side.Opposite()].best == 0:
		return 0, 0, 0, ReasonNoLiquidity
	case postOnly && e.crosses(b, c.Side, limitKey(c.Side, c.Type, price)):
		return 0, 0, 0, ReasonWouldTrade
	}
	newLevel := false
	if c.TimeInForce == GTC {
		if newLevel, reason = e.canRest(&b.sides[c.Side], keyOf(c.Side, price), qty, 0); reason != 0 {
			return 0, 0, 0, reason
		}
	}
	switch {
	case c.ClOrdID != (ClOrdID{}) && e.ids.full(), e.issued == uint64(e.limits.OrdersPerDay):
		return 0, 0, 0, ReasonIDLimit
	case c.TimeInForce == GTC && e.orders.live >= e.limits.OrdersMax:
		return 0, 0, 0, ReasonOrderLimit
	case newLevel && b.sides[c.Side].levels >= e.limits.LevelsPerSideMax:
		return 0, 0, 0, ReasonLevelLimit
	}
	return price, qty, 0, ReasonNone
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

// rest puts what is left of an order that traded into the book.
func (e *Engine) rest(b *book, price Price, h handle, o *order, ev *Events) {
	x := ev.next(EvRested)
	e.describe(x, o)
	x.Flags = FlagRests
	x.Price, x.Qty, x.Leaves = price, o.total(), o.leaves
	e.enqueue(&b.sides[o.side], keyOf(o.side, price), h, o)
}
