package engine

// status reports one order of the account, open or done.
func (e *Engine) status(c *Command, ev *Events) {
	h, d, reason := e.find(c)
	switch {
	case h != 0:
		e.openState(h, e.orders.at(h), ev)
	case d != nil:
		e.doneState(c, d, &c.ClOrdID, ev)
	default:
		ev.cancelRejected(c, NoInstrument, reason)
	}
}

// reportOrders reports every open order of the account, in entry order.
func (e *Engine) reportOrders(c *Command, ev *Events) {
	if int(c.Account) >= e.limits.AccountsMax {
		ev.cancelRejected(c, NoInstrument, ReasonBadCommand)
		return
	}
	var n Qty
	for h := e.owned.front(accountList(c.Account)); h != 0; h = e.owned.behind(h) {
		e.openState(h, e.orders.at(h), ev)
		n++
	}
	ev.summary(EvOrdersEnd, n)
}

// state answers a command that had been carried out before with the order as it is now.
func (e *Engine) state(c *Command, record handle, ev *Events) {
	r := e.ids.records.at(record)
	if h := e.orders.slotOf(r.order); e.orders.at(h).id == r.order {
		e.openState(h, e.orders.at(h), ev)
	} else {
		e.doneState(c, e.done.at(*e.ended.at(e.endedPlace(r.order))), &r.id, ev)
	}
	ev.last().Flags |= FlagResent
}

func (e *Engine) openState(h handle, o *order, ev *Events) {
	x := ev.next(EvState)
	describe(x, o)
	x.Flags = whereFlag(o, FlagRests)
	x.Price, x.Qty, x.Leaves = e.priceOfAny(h, o), e.totalOf(h, o), e.leavesOf(h, o)
	e.tellConditions(x, h, o)
}

// whereFlag says where an open order is: FlagParked, or what says that it is in the book.
func whereFlag(o *order, inBook EventFlags) EventFlags {
	if o.parked() {
		return FlagParked
	}
	return inBook
}

// reportInstruments reports every instrument, by id.
func (e *Engine) reportInstruments(ev *Events) {
	for i := range e.books {
		b := &e.books[i]
		x := ev.next(EvInstrument)
		x.Instrument, x.Phase, x.TradeID = InstrumentID(i), b.phase, b.trades
		x.Leaves = Qty(b.parked)
		for s := range b.sides {
			x.Leaves += Qty(b.sides[s].orders(e))
		}
		if b.trades > 0 {
			x.Price, x.Qty = b.last, 1
		}
		if b.killed {
			x.Flags = FlagKilled
		}
	}
	ev.summary(EvInstrumentsEnd, Qty(len(e.books)))
}

// orders counts a side's orders. O(orders)
func (s *side) orders(e *Engine) (n int) {
	for lh := s.best; lh != 0; lh = e.after(s, e.levels.at(lh).key) {
		for h := e.queues.front(lh); h != 0; h = e.queues.behind(h) {
			n++
		}
	}
	return n
}

func (e *Engine) doneState(c *Command, d *doneOrder, asked *ClOrdID, ev *Events) {
	x := ev.next(EvState)
	x.OrderID, x.ClOrdID, x.Session = d.id, *asked, c.Session
	x.Instrument, x.Side, x.Reason, x.Leaves = d.instrument, d.side, d.reason, d.leaves
}

// describe fills in which order an event is about.
// hot
func describe(x *Event, o *order) {
	x.OrderID = o.id
	x.ClOrdID.copy(&o.clOrdID)
	x.Session = o.session
	x.Instrument = o.instrument
	x.Side = o.side
}

// priceOfAny is the price of an open order, 0 of a parked one that has none.
func (e *Engine) priceOfAny(h handle, o *order) Price {
	if o.parked() {
		return e.details.at(h).price
	}
	return e.priceOf(o)
}

// priceOf is the price of an order that is in the book.
func (e *Engine) priceOf(o *order) Price { return priceOf(o.side, e.levels.at(o.level).key) }

// instrumentOf is the instrument of a found order, open or done.
func (e *Engine) instrumentOf(h handle, d *doneOrder) InstrumentID {
	switch {
	case h != 0:
		return e.orders.at(h).instrument
	case d != nil:
		return d.instrument
	}
	return NoInstrument
}
