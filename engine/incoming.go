package engine

// incomingOrder is an order that is to trade now: one that was accepted, replaced or triggered.
// It is among its account's orders already, and not in the book.
type incomingOrder struct {
	h       handle
	o       *order
	key     int64  // where its rest rests, on its own side; of price 0 where it has none
	limit   int64  // the worst key on the other side that it trades at
	minimum Qty    // what it must fill at once, 0 for none
	told    *Event // which tells with FlagRests, if nothing else happened, that it rests; nil: an event of its own tells
}

// incoming carries out an incoming order of any type: it trades, and its rest rests or is
// canceled. In front of the crossing loop stands what may stop it, behind it what is left.
func (e *Engine) incoming(b *book, in incomingOrder, ev *Events) {
	o := in.o
	need, reason := in.minimum, ReasonMinimum
	if o.tif == FOK {
		need, reason = o.leaves, ReasonFOK
	}
	if need > 0 && !e.canTrade(b, o, in.limit, need) {
		e.endIncoming(in, reason, ev)
		return
	}
	before := ev.used
	if o.selfTrade <= SelfTradeNone {
		e.match(b, o, in.limit, o.leaves, ev)
	} else if !e.matchOthers(b, &in, ev) {
		e.endIncoming(in, ReasonSelfTrade, ev)
		return
	}
	switch {
	case o.leaves == 0:
		e.dismiss(in.h, o)
		e.finish(in.h, o, 0, ReasonFilled)
	case !o.tif.Stays() || !o.kind.Priced() && o.kind != MarketToLimit:
		reason = ReasonIOC
		if !o.kind.Priced() && b.side(o.side.Opposite()).best != 0 {
			reason = ReasonProtection
		}
		e.endIncoming(in, reason, ev)
	default:
		if ev.used != before {
			in.told = nil
		}
		e.restIncoming(b, in, ev)
	}
}

// restIncoming puts what is left of an incoming order into the book. Only one that was
// triggered can find no room: others were checked when they were entered or replaced.
func (e *Engine) restIncoming(b *book, in incomingOrder, ev *Events) {
	o, own := in.o, b.side(in.o.side)
	lh, reason := e.canRest(own, in.key, o.leaves, 0)
	if reason != ReasonNone || lh == 0 && own.levels >= e.limits.LevelsPerSideMax {
		e.endIncoming(in, ReasonNoRoom, ev)
		return
	}
	if x := in.told; x != nil {
		x.Flags |= FlagRests
		e.enqueue(own, lh, in.key, in.h, o)
		return
	}
	x := ev.next(EvRested)
	describe(x, o)
	e.describeMore(x, in.h, o)
	x.Flags |= FlagRests
	x.Price, x.Qty, x.Leaves = priceOf(o.side, in.key), o.total(), o.leaves
	e.enqueue(own, lh, in.key, in.h, o)
}

// endIncoming cancels what is left of an incoming order.
func (e *Engine) endIncoming(in incomingOrder, reason Reason, ev *Events) {
	o := in.o
	x := ev.next(EvCanceled)
	describe(x, o)
	x.Reason = reason
	x.Price, x.Qty, x.Leaves = priceOf(o.side, in.key), o.total(), o.leaves
	e.dismiss(in.h, o)
	e.finish(in.h, o, o.leaves, reason)
}
