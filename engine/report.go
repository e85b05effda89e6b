package engine

// status reports one order of the account, open or done.
func (e *Engine) status(c *Command, ev *Events) {
	h, d, reason := e.find(c)
	switch {
	case h != 0:
		e.openState(e.orders.at(h), ev)
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
		e.openState(e.orders.at(h), ev)
		n++
	}
	ev.summary(EvOrdersEnd, n)
}

// state answers a command that had been carried out before with the order as it is now.
func (e *Engine) state(c *Command, record handle, ev *Events) {
	r := e.ids.records.at(record)
	if o := e.orders.at(e.orders.slotOf(r.order)); o.id == r.order {
		e.openState(o, ev)
	} else {
		e.doneState(c, e.done.at(*e.ended.at(e.numberOf(r.order))), &r.id, ev)
	}
	ev.last().Flags |= FlagResent
}

func (e *Engine) openState(o *order, ev *Events) {
	x := ev.next(EvState)
	describe(x, o)
	x.Flags = FlagRests
	if o.postOnly {
		x.Flags |= FlagPostOnly
	}
	x.Type, x.TimeInForce = o.kind, o.tif
	x.Price, x.Qty, x.Leaves = e.priceOf(o), o.total(), o.leaves
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
