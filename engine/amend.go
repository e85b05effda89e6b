package engine

// cancel takes one order out.
// hot
func (e *Engine) cancel(c *Command, ev *Events) {
	h, d, reason := e.find(c)
	if reason != ReasonNone {
		ev.cancelRejected(c, e.instrumentOf(h, d), reason)
		return
	}
	e.takeOut(h, e.orders.at(h), ReasonCanceled, ev)
}

// takeOut cancels an order that is in the book.
// hot
func (e *Engine) takeOut(h handle, o *order, reason Reason, ev *Events) {
	x := ev.next(EvCanceled)
	describe(x, o)
	x.Flags = FlagWasResting
	x.Reason = reason
	x.Price, x.Qty, x.Leaves = e.priceOf(o), o.total(), o.leaves
	e.dequeue(e.book(o.instrument).side(o.side), h, o)
	e.dismiss(h, o)
	e.finish(h, o, o.leaves, reason)
}

// reduce lowers an order's total and keeps its place in the queue.
// hot
func (e *Engine) reduce(c *Command, ev *Events) {
	h, d, reason := e.find(c)
	if reason != ReasonNone {
		ev.cancelRejected(c, e.instrumentOf(h, d), reason)
		return
	}
	o := e.orders.at(h)
	total, reason := e.book(o.instrument).lots(c)
	if reason == ReasonNone && total >= o.total() {
		reason = ReasonNotAReduction
	}
	if reason != ReasonNone {
		ev.cancelRejected(c, o.instrument, reason)
		return
	}
	if total <= o.executed {
		e.takeOut(h, o, ReasonCanceled, ev)
		ev.last().Qty = total
		return
	}
	x := ev.next(EvReduced)
	describe(x, o)
	x.Price, x.Qty, x.ContraLeaves = e.priceOf(o), total, o.total()
	e.shrink(o, total)
	x.Leaves = o.leaves
}

// shrink lowers a resting order's total in place.
func (e *Engine) shrink(o *order, total Qty) {
	leaves := total - o.executed
	e.levels.at(o.level).total -= o.leaves - leaves
	o.leaves = leaves
}

// replacement is a checked replace: what the order becomes, and how.
type replacement struct {
	h      handle
	price  Price
	total  Qty
	effect replaceEffect
	resent handle // the record of the same command sent before
}

type replaceEffect uint8

const (
	replaceEnds     replaceEffect = iota // the total is at or below what is executed: the rest is canceled
	replaceKeeps                         // same price, no more quantity: the order keeps its place
	replaceRequeues                      // it leaves its queue and comes again as an incoming order
)

// replace changes an order's price and total. The order keeps its exchange id;
// the command's session owns it from here on.
// hot
func (e *Engine) replace(c *Command, ev *Events) {
	r, instrument, reason := e.checkReplace(c)
	if reason != ReasonNone {
		ev.cancelRejected(c, instrument, reason)
		return
	}
	if r.resent != 0 {
		e.state(c, r.resent, ev)
		return
	}
	o := e.orders.at(r.h)
	b := e.book(o.instrument)
	x := ev.next(EvReplaced)
	x.ContraClOrdID.copy(&o.clOrdID)
	if c.NewClOrdID != (ClOrdID{}) {
		e.rename(c, r.h, o)
	}
	x.ContraSession, o.session = o.session, c.Session
	describe(x, o)
	x.Price, x.Qty, x.ContraLeaves = r.price, r.total, o.total()

	switch r.effect {
	case replaceEnds:
		e.takeOut(r.h, o, ReasonCanceled, ev)
		ev.last().Qty = r.total
	case replaceKeeps:
		e.shrink(o, r.total)
		x.Leaves = o.leaves
		x.Flags = FlagKeptPriority | FlagRests
	case replaceRequeues:
		own := b.side(o.side)
		e.dequeue(own, r.h, o)
		o.leaves = r.total - o.executed
		x.Leaves = o.leaves
		key := keyOf(o.side, r.price)
		lh := own.find(key) // only now: its old level may have gone, and be the one
		limit := limitKey(o.kind, key)
		if !b.crosses(o.side, limit) {
			x.Flags = FlagRests
			e.enqueue(own, lh, key, r.h, o)
			return
		}
		e.match(b, o, limit, ev)
		if o.leaves == 0 {
			e.dismiss(r.h, o)
			e.finish(r.h, o, 0, ReasonFilled)
		} else {
			e.rest(b, lh, key, r.h, o, ev)
		}
	}
}

// rename gives an open order the client id that its replace brought.
func (e *Engine) rename(c *Command, h handle, o *order) {
	hash := e.ids.hash(o.account, &c.NewClOrdID)
	e.ids.add(hash, o.account, &c.NewClOrdID, c, o.id)
	if o.clOrdID.none() {
		if int(e.open.chains) < 2*e.orders.live {
			e.spread()
		}
	} else {
		e.removeOpenID(e.ids.hash(o.account, &o.clOrdID), h, o)
	}
	o.clOrdID = c.NewClOrdID
	e.addOpenID(hash, h, o)
}

// checkReplace finds the first reason to refuse a replace. A refused replace
// leaves the original untouched (FIX).
func (e *Engine) checkReplace(c *Command) (r replacement, instrument InstrumentID, reason Reason) {
	h, d, found := e.find(c)
	instrument = e.instrumentOf(h, d)
	if found == ReasonBadCommand {
		return r, NoInstrument, ReasonBadCommand
	}
	if c.NewClOrdID != (ClOrdID{}) {
		hash := e.ids.hash(c.Account, &c.NewClOrdID)
		if rec := e.ids.find(hash, c.Account, &c.NewClOrdID); rec != 0 {
			if old := e.ids.records.at(rec); old.order == e.targetID(c, h, d) && old.sameReplace(c) {
				r.resent = rec
				return r, instrument, ReasonNone
			}
			return r, instrument, ReasonDuplicateID
		}
	}
	if found != ReasonNone {
		return r, instrument, found
	}
	o := e.orders.at(h)
	b := e.book(o.instrument)
	r.h, r.price, r.total = h, e.priceOf(o), o.total()
	samePrice := true
	if c.Flags&CmdFlagKeepPrice == 0 {
		p, reason := b.ticks(c)
		if reason != ReasonNone {
			return r, instrument, reason
		}
		samePrice = p == r.price
		r.price = p
	}
	if c.Flags&CmdFlagKeepQty == 0 {
		if r.total, reason = b.lots(c); reason != ReasonNone {
			return r, instrument, reason
		}
	}
	switch {
	case r.total > b.instrument.QtyMax:
		return r, instrument, ReasonQtyAboveMax
	case !notionalFits(r.price, r.total):
		return r, instrument, ReasonNotional
	}
	newLevel := false
	switch {
	case r.total <= o.executed:
		r.effect = replaceEnds
	case samePrice && r.total <= o.total() && c.Flags&CmdFlagRequeue == 0:
		r.effect = replaceKeeps
	default:
		r.effect = replaceRequeues
		if o.postOnly && b.crosses(o.side, limitKey(o.kind, keyOf(o.side, r.price))) {
			return r, instrument, ReasonWouldTrade
		}
		own := Qty(0)
		if samePrice {
			own = o.leaves
		}
		lh := handle(0)
		if lh, reason = e.canRest(b.side(o.side), keyOf(o.side, r.price), r.total-o.executed, own); reason != ReasonNone {
			return r, instrument, reason
		}
		newLevel = lh == 0
	}
	switch {
	case c.NewClOrdID != (ClOrdID{}) && e.ids.full():
		return r, instrument, ReasonIDLimit
	case newLevel && b.side(o.side).levels >= e.limits.LevelsPerSideMax:
		return r, instrument, ReasonLevelLimit
	}
	return r, instrument, ReasonNone
}

// targetID is the exchange id of the order that a command names, open or done.
func (e *Engine) targetID(c *Command, h handle, d *doneOrder) OrderID {
	switch {
	case c.OrderID != 0:
		return c.OrderID
	case h != 0:
		return e.orders.at(h).id
	case d != nil:
		return d.id
	}
	return 0
}
