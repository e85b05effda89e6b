package engine

// enterAny takes a new order of any type, in any phase, under any limit. What may stop it
// or set it aside comes here, in front of the crossing loop (docs/rules.md).
func (e *Engine) enterAny(c *Command, ev *Events) {
	n, reason := e.checkAny(c)
	if reason != ReasonNone {
		ev.rejected(c, reason)
		return
	}
	if n.resent != 0 {
		e.state(c, n.resent, ev)
		return
	}
	b := e.book(c.Instrument)
	h := e.takeSlot()
	o := e.orders.at(h)
	e.newOrder(c, h, o, &n.entry)
	o.selfTrade = b.selfTradeOf(c)
	e.newDetail(c, h, o, &n)
	e.admit(n.hash, h, o)

	a := ev.next(EvAccepted)
	describe(a, o)
	a.Price, a.Qty, a.Leaves = priceOf(c.Side, n.key), n.qty, n.qty
	e.tellConditions(a, h, o)

	switch {
	case b.phase.Call() && c.Type == Market:
		e.parkUnpriced(b, h, o)
		e.tellParked(h, o, ev)
	case c.Type.Triggers() && !b.reached(c.Type, c.Side, n.stop):
		e.park(b, h, o, e.details.at(h))
		e.tellParked(h, o, ev)
	case c.Type.Triggers():
		from := ev.used
		e.trigger(b, h, o, ev)
		e.fire(b, from, ev)
	case b.phase.Call():
		a.Flags |= FlagRests
		e.enqueue(b.side(c.Side), n.level, n.key, h, o)
	default:
		limit := -n.key
		if c.Type == Market {
			limit = e.marketLimit(b, c.Side)
		}
		from := ev.used
		e.incoming(b, incomingOrder{h: h, o: o, key: n.key, limit: limit, minimum: n.minimum, told: a}, ev)
		e.fire(b, from, ev)
	}
}

// parkUnpriced puts a market order aside until the uncross.
func (e *Engine) parkUnpriced(b *book, h handle, o *order) {
	o.traits |= unpriced
	e.queues.pushBack(e.unpricedList(o.instrument, o.side), h)
	b.parked++
	e.parked++
}

// tellConditions fills in what EvAccepted and EvState tell of what an order was entered with.
func (e *Engine) tellConditions(x *Event, h handle, o *order) {
	x.Type, x.TimeInForce = o.kind, o.tif
	if o.traits&postOnly != 0 {
		x.Flags |= FlagPostOnly
	}
	e.describeMore(x, h, o)
	if o.kind.Triggers() {
		x.ContraOrderID = OrderID(e.details.at(h).stop)
	}
	if o.traits&expires != 0 {
		x.ContraLeaves = Qty(e.details.at(h).expires)
	}
}

// selfTradeOf is an enter's self-trade mode.
func (b *book) selfTradeOf(c *Command) SelfTrade {
	if c.SelfTrade != SelfTradeDefault {
		return c.SelfTrade
	}
	return max(b.instrument.SelfTrade, SelfTradeNone)
}

// anyEntry is a checked enter of any type.
type anyEntry struct {
	entry
	resent  handle // the record of the same command sent before
	stop    Price  // of a type that triggers
	display Qty    // of an iceberg
	minimum Qty    // that is to be filled at once
}

// checkAny finds the first reason to refuse a new order, in the order of the list in
// reject.go, or what the order is.
func (e *Engine) checkAny(c *Command) (n anyEntry, reason Reason) {
	if e.badEnter(c) {
		return n, ReasonBadCommand
	}
	if int(c.Instrument) >= len(e.books) {
		return n, ReasonUnknownInstrument
	}
	named := !c.ClOrdID.none()
	if named {
		n.hash = e.ids.hash(c.Account, &c.ClOrdID)
		if n.resent = e.ids.find(n.hash, c.Account, &c.ClOrdID); n.resent != 0 {
			if e.ids.sameEnter(n.resent, c) {
				return n, ReasonNone
			}
			return n, ReasonDuplicateID
		}
	}
	b := e.book(c.Instrument)
	call := b.phase.Call()
	switch {
	case e.isKilled(b, c.Account, c.Session):
		return n, ReasonKilled
	case b.phase == Closed || b.phase == Halted,
		call && (!c.TimeInForce.Stays() || c.Type == MarketToLimit),
		!call && c.Type == Market && c.TimeInForce == DAY:
		return n, ReasonPhase
	}
	price, reason := e.numbersOfAny(b, c, &n)
	if reason != ReasonNone {
		return n, reason
	}
	if reason = b.combination(c); reason != ReasonNone {
		return n, reason
	}
	if n.qty > b.instrument.QtyMax {
		return n, ReasonQtyAboveMax
	}
	opp := b.side(c.Side.Opposite())
	if c.Type == MarketToLimit && opp.best != 0 {
		price = priceOf(c.Side.Opposite(), opp.bestKey)
	}
	if reason = b.worth(c.Type, c.Side, price, n.qty, opp.best != 0); reason != ReasonNone {
		return n, reason
	}
	if opp.best == 0 && !call && (c.Type == Market || c.Type == MarketToLimit) {
		return n, ReasonNoLiquidity
	}
	if c.Flags&CmdFlagPostOnly != 0 && !call && opp.bestKey <= limitOf(c.Side, price) {
		if c.Flags&CmdFlagSlide == 0 {
			return n, ReasonWouldTrade
		}
		price = priceOf(c.Side, -opp.bestKey+1) // a tick behind the opposite best
		if !b.isPrice(price) {
			return n, ReasonWouldTrade
		}
	}
	n.key = keyOf(c.Side, price)
	stays := c.TimeInForce.Stays()
	inBook := stays && (c.Type == Limit || c.Type == MarketToLimit)
	own := b.side(c.Side)
	if inBook {
		if n.level, reason = e.canRest(own, n.key, n.qty, 0); reason != ReasonNone {
			return n, reason
		}
	}
	switch {
	case named && e.ids.full(), e.issued == e.issuedMax:
		return n, ReasonIDLimit
	case stays && e.orders.live >= e.limits.OrdersMax:
		return n, ReasonOrderLimit
	case stays && e.atCap(c.Account):
		return n, ReasonOrderCap
	case e.parked >= e.limits.ParkedMax && (c.Type.Triggers() || call && c.Type == Market):
		return n, ReasonParkedLimit
	case n.display != 0 && slicesOf(n.qty, n.display) > uint64(e.limits.SlicesMax-e.slices):
		return n, ReasonSliceLimit
	case inBook && n.level == 0 && own.levels >= e.limits.LevelsPerSideMax:
		return n, ReasonLevelLimit
	}
	return n, ReasonNone
}

// badEnter says whether an enter has a field outside its range, or one that its type does not have.
func (e *Engine) badEnter(c *Command) bool {
	return c.Side > Sell || c.Type-Limit > TakeProfitLimit-Limit || c.TimeInForce-GTC > GTD-GTC ||
		c.SelfTrade > SelfTradeDecrement || int(c.Account) >= e.limits.AccountsMax ||
		c.Refusal == 0 && (c.Price != 0 && !c.Type.Priced() ||
			c.StopPrice != 0 && !c.Type.Triggers() ||
			c.ExpireTime != 0 && c.TimeInForce != GTD)
}

// numbersOfAny converts and checks the numbers of an enter, each by itself.
func (e *Engine) numbersOfAny(b *book, c *Command, n *anyEntry) (price Price, reason Reason) {
	if c.Type.Priced() {
		if price, reason = b.ticks(c); reason != ReasonNone {
			return 0, reason
		}
	}
	if n.qty, reason = b.lots(c); reason != ReasonNone {
		return 0, reason
	}
	decimal := c.Flags&CmdFlagDecimal != 0
	if c.Type.Triggers() {
		if n.stop, reason = b.ticksOf(c.StopPrice, decimal); reason != ReasonNone || c.Refusal == ReasonStopPrice {
			return 0, ReasonStopPrice
		}
	}
	if c.DisplayQty != 0 || c.Refusal == ReasonDisplay {
		if n.display, reason = b.lotsOf(c.DisplayQty, decimal); reason != ReasonNone || n.display > n.qty || c.Refusal == ReasonDisplay {
			return 0, ReasonDisplay
		}
	}
	if c.MinQty != 0 || c.Refusal == ReasonMinQty {
		if n.minimum, reason = b.lotsOf(c.MinQty, decimal); reason != ReasonNone || n.minimum > n.qty || c.Refusal == ReasonMinQty {
			return 0, ReasonMinQty
		}
	}
	if c.TimeInForce == GTD && c.ExpireTime <= e.now || c.Refusal == ReasonExpireTime {
		return 0, ReasonExpireTime
	}
	return price, ReasonNone
}

// combination checks what goes together (the table in docs/order-types.md).
func (b *book) combination(c *Command) Reason {
	stays := c.TimeInForce.Stays()
	isPostOnly, isHidden, isIceberg := c.Flags&CmdFlagPostOnly != 0, c.Flags&CmdFlagHidden != 0, c.DisplayQty != 0
	switch {
	case c.Type == Market && (c.TimeInForce == GTC || c.TimeInForce == GTD),
		(c.Type == MarketToLimit || c.Type.Triggers()) && !stays,
		isPostOnly && (c.Type != Limit || !stays),
		c.Flags&CmdFlagSlide != 0 && !isPostOnly,
		(isHidden || isIceberg) && (!c.Type.Priced() || !stays),
		isHidden && isIceberg,
		c.MinQty != 0 && (c.TimeInForce != IOC || c.Type != Limit && c.Type != Market),
		b.selfTradeOf(c) == SelfTradeDecrement && (c.TimeInForce == FOK || c.MinQty != 0):
		return ReasonBadCombination
	}
	return ReasonNone
}

// worth checks what depends on price and quantity together, and the bands; there says that
// a market-to-limit order's price is one.
func (b *book) worth(t OrderType, s Side, price Price, qty Qty, there bool) Reason {
	if t.Priced() {
		if !notionalFits(price, qty) {
			return ReasonNotional
		}
		if m := b.instrument.NotionalMax; m != 0 && int64(max(price, -price)) > m/int64(qty) {
			return ReasonNotionalMax
		}
	}
	if (t.Priced() || t == MarketToLimit && there) && b.outside(s, price) {
		return ReasonCollar
	}
	return ReasonNone
}
