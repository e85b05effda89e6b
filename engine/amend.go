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

// takeOut cancels an order that is in the book, or parked.
// hot
func (e *Engine) takeOut(h handle, o *order, reason Reason, ev *Events) {
	if o.apart() {
		e.takeOutApart(h, o, reason, ev)
		return
	}
	x := ev.next(EvCanceled)
	describe(x, o)
	x.Flags = FlagWasResting
	x.Reason = reason
	x.Price, x.Qty, x.Leaves = e.priceOf(o), o.total(), o.leaves
	e.dequeue(e.book(o.instrument).side(o.side), h, o)
	e.dismiss(h, o)
	e.end(h, o, o.leaves, reason)
}

// takeOutApart is takeOut for an order that is apart.
func (e *Engine) takeOutApart(h handle, o *order, reason Reason, ev *Events) {
	x := ev.next(EvCanceled)
	describe(x, o)
	x.Flags = whereFlag(o, FlagWasResting)
	x.Reason = reason
	x.Price, x.Qty, x.Leaves = e.priceOfAny(h, o), e.totalOf(h, o), e.leavesOf(h, o)
	leaves := x.Leaves
	if b := e.book(o.instrument); o.parked() {
		e.unpark(b, h, o)
	} else {
		e.dequeueApart(b.side(o.side), h, o)
	}
	e.dismiss(h, o)
	e.finish(h, o, leaves, reason)
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
	if reason == ReasonNone && total >= e.totalOf(h, o) {
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
	e.reduceTo(h, o, total, ev)
}

// reduceTo lowers an open order's total to one above what is executed, and says so.
func (e *Engine) reduceTo(h handle, o *order, total Qty, ev *Events) {
	x := ev.next(EvReduced)
	describe(x, o)
	x.Flags = whereFlag(o, 0)
	x.Price, x.Qty, x.ContraLeaves = e.priceOfAny(h, o), total, e.totalOf(h, o)
	e.shrink(h, o, total)
	e.describeMore(x, h, o)
	x.Leaves = e.leavesOf(h, o)
}

// shrink lowers an open order's total in place, its reserve first.
func (e *Engine) shrink(h handle, o *order, total Qty) {
	less := e.leavesOf(h, o) - (total - o.executed)
	if !o.parked() {
		e.levels.at(o.level).total -= less
	}
	if o.traits&iceberg != 0 {
		d := e.details.at(h)
		reserve := min(less, d.reserve)
		d.reserve -= reserve
		less -= reserve
		o.leaves -= less
		e.holdSlices(d, slicesOf(o.leaves+d.reserve, d.display))
		return
	}
	o.leaves -= less
}

// replacement is a checked replace: what the order becomes, and how.
type replacement struct {
	h       handle
	price   Price
	stop    Price // of an order that waits for its trigger
	total   Qty
	display Qty // of an iceberg
	effect  replaceEffect
	resent  handle // the record of the same command sent before
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
	x.Price, x.Qty, x.ContraLeaves = r.price, r.total, e.totalOf(r.h, o)
	x.ContraOrderID = OrderID(r.stop)

	switch r.effect {
	case replaceEnds:
		x.Flags = veil(o)
		e.takeOut(r.h, o, ReasonCanceled, ev)
		ev.last().Qty = r.total
	case replaceKeeps:
		e.shrink(r.h, o, r.total)
		if o.traits&iceberg != 0 {
			e.cutSlice(r.h, o, r.display)
		}
		x.Leaves = e.leavesOf(r.h, o)
		x.Flags = FlagKeptPriority | whereFlag(o, FlagRests)
		e.describeMore(x, r.h, o)
	case replaceRequeues:
		from := ev.used
		if o.parked() {
			e.requeueParked(b, &r, o, x, ev)
		} else {
			e.requeue(b, &r, o, x, ev)
		}
		if b.parked != 0 {
			e.fire(b, from, ev)
		}
	}
}

// requeue lets an order that was in the book come again: as an incoming one, unless the
// market is in a call.
func (e *Engine) requeue(b *book, r *replacement, o *order, x *Event, ev *Events) {
	own, h := b.side(o.side), r.h
	if o.apart() {
		e.dequeueApart(own, h, o)
	} else {
		e.dequeue(own, h, o)
	}
	o.leaves = r.total - o.executed
	x.Leaves = o.leaves
	e.changeDetail(r, o, x)
	key := keyOf(o.side, r.price)
	if b.phase == Continuous && b.crosses(o.side, -key) {
		e.incoming(b, incomingOrder{h: h, o: o, key: key, limit: -key}, ev)
		return
	}
	x.Flags |= FlagRests
	e.enqueue(own, own.find(key), key, h, o) // found only now: its old level may have gone, and be the one
}

// requeueParked parks an order anew, or triggers it, because its stop price was reached.
func (e *Engine) requeueParked(b *book, r *replacement, o *order, x *Event, ev *Events) {
	h, d := r.h, e.details.at(r.h)
	waited := o.traits&waits != 0
	e.unpark(b, h, o)
	o.leaves = r.total - o.executed
	x.Leaves = o.leaves
	d.price, d.stop = r.price, r.stop
	e.changeDetail(r, o, x)
	switch {
	case !waited:
		x.Flags |= FlagParked
		e.parkUnpriced(b, h, o)
	case b.reached(o.kind, o.side, r.stop):
		e.trigger(b, h, o, ev)
	default:
		x.Flags |= FlagParked
		e.park(b, h, o, d)
	}
}

// changeDetail gives an order that has left its queue its new display quantity, and tells
// of it with what it will show.
func (e *Engine) changeDetail(r *replacement, o *order, x *Event) {
	if o.traits&iceberg != 0 {
		d := e.details.at(r.h)
		d.display = r.display
		e.holdSlices(d, slicesOf(o.leaves, d.display))
	}
	e.describeMore(x, r.h, o)
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
			if old := e.ids.records.at(rec); old.order == e.targetID(c, h, d) && e.ids.sameReplace(rec, c) {
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
	switch {
	case !b.plain && e.isKilled(b, c.Account, c.Session):
		return r, instrument, ReasonKilled
	case b.phase == Closed || b.phase == Halted:
		return r, instrument, ReasonPhase
	}
	r.h, r.price, r.total = h, e.priceOfAny(h, o), e.totalOf(h, o)
	samePlace := c.Flags&CmdFlagRequeue == 0
	if c.Flags&CmdFlagKeepPrice == 0 {
		p, reason := b.ticks(c)
		if reason != ReasonNone {
			return r, instrument, reason
		}
		samePlace = samePlace && p == r.price
		r.price = p
	}
	if c.Flags&CmdFlagKeepQty == 0 {
		if r.total, reason = b.lots(c); reason != ReasonNone {
			return r, instrument, reason
		}
	}
	if o.apart() || o.kind.Triggers() || c.Flags&CmdFlagNewStop != 0 || c.DisplayQty != 0 || c.Refusal != ReasonNone {
		if reason = e.moreTerms(b, c, o, &r); reason != ReasonNone {
			return r, instrument, reason
		}
		samePlace = samePlace && (!o.kind.Triggers() || r.stop == e.details.at(h).stop)
	}
	if r.total > b.instrument.QtyMax {
		return r, instrument, ReasonQtyAboveMax
	}
	if !b.plain || uint64(r.price)|uint64(r.total) >= 1<<31 {
		if reason = b.worthOfReplace(c, o, &r); reason != ReasonNone {
			return r, instrument, reason
		}
	}
	newLevel := false
	switch {
	case r.total <= o.executed:
		r.effect = replaceEnds
	case samePlace && r.total <= e.totalOf(h, o):
		r.effect = replaceKeeps
	case o.parked():
		r.effect = replaceRequeues
	default:
		r.effect = replaceRequeues
		key := keyOf(o.side, r.price)
		if o.traits&postOnly != 0 && b.phase == Continuous && b.crosses(o.side, -key) {
			return r, instrument, ReasonWouldTrade
		}
		own := Qty(0)
		if r.price == e.priceOf(o) {
			own = e.leavesOf(h, o)
		}
		lh := handle(0)
		if lh, reason = e.canRest(b.side(o.side), key, r.total-o.executed, own); reason != ReasonNone {
			return r, instrument, reason
		}
		newLevel = lh == 0
	}
	switch {
	case c.NewClOrdID != (ClOrdID{}) && e.ids.full():
		return r, instrument, ReasonIDLimit
	case o.traits&iceberg != 0 && r.effect != replaceEnds && !e.hasSlices(h, r.total-o.executed, r.display):
		return r, instrument, ReasonSliceLimit
	case newLevel && b.side(o.side).levels >= e.limits.LevelsPerSideMax:
		return r, instrument, ReasonLevelLimit
	}
	return r, instrument, ReasonNone
}

// moreTerms checks what a replace gives beyond price and total, and what goes together.
func (e *Engine) moreTerms(b *book, c *Command, o *order, r *replacement) (reason Reason) {
	decimal := c.Flags&CmdFlagDecimal != 0
	d := e.details.at(r.h)
	if o.kind.Triggers() {
		r.stop = d.stop
	}
	if o.traits&iceberg != 0 {
		r.display = d.display
	}
	if c.Flags&CmdFlagNewStop != 0 {
		if r.stop, reason = b.ticksOf(c.StopPrice, decimal); reason != ReasonNone || c.Refusal == ReasonStopPrice {
			return ReasonStopPrice
		}
	}
	if c.DisplayQty != 0 || c.Refusal == ReasonDisplay {
		if r.display, reason = b.lotsOf(c.DisplayQty, decimal); reason != ReasonNone || r.display > r.total || c.Refusal == ReasonDisplay {
			return ReasonDisplay
		}
	}
	if c.Flags&CmdFlagKeepPrice == 0 && o.parked() && !o.kind.Priced() ||
		c.Flags&CmdFlagNewStop != 0 && o.traits&waits == 0 ||
		c.DisplayQty != 0 && o.traits&iceberg == 0 {
		return ReasonBadCombination
	}
	return ReasonNone
}

// worthOfReplace checks what depends on price and quantity together, and the bands.
func (b *book) worthOfReplace(c *Command, o *order, r *replacement) Reason {
	if o.parked() && !o.kind.Priced() {
		return ReasonNone
	}
	reason := b.worth(Limit, o.side, r.price, r.total, true)
	if reason == ReasonCollar && c.Flags&CmdFlagKeepPrice != 0 {
		return ReasonNone
	}
	return reason
}

// hasSlices says whether the venue has room for an iceberg's slices in the place of those it holds.
func (e *Engine) hasSlices(h handle, leaves, display Qty) bool {
	return slicesOf(leaves, display) <= uint64(e.limits.SlicesMax-e.slices)+uint64(e.details.at(h).slices)
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
