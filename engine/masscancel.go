package engine

// massCancel takes out every order that the scope and the filters name.
// O(orders of the account), or of the instrument.
func (e *Engine) massCancel(c *Command, ev *Events) {
	if reason := e.checkMassCancel(c); reason != ReasonNone {
		ev.cancelRejected(c, NoInstrument, reason)
		return
	}
	var n Qty
	if c.Scope == ScopeInstrument {
		n = e.cancelInstrument(c, ReasonOperator, ev)
	} else {
		n = e.cancelAccount(c, ReasonCanceled, ev)
	}
	ev.summary(EvMassCanceled, n)
}

func (e *Engine) checkMassCancel(c *Command) Reason {
	switch {
	case c.Scope < ScopeAccount || c.Scope > ScopeInstrument,
		c.Flags&CmdFlagBySide != 0 && c.Side > Sell,
		int(c.Account) >= e.limits.AccountsMax,
		c.Scope == ScopeInstrument && c.Flags&CmdFlagByInstrument == 0:
		return ReasonBadCommand
	case c.Flags&CmdFlagByInstrument != 0 && int(c.Instrument) >= len(e.books):
		return ReasonUnknownInstrument
	}
	return ReasonNone
}

// cancelAccount walks one account's orders in entry order.
func (e *Engine) cancelAccount(c *Command, reason Reason, ev *Events) (n Qty) {
	for h := e.owned.front(accountList(c.Account)); h != 0; {
		o := e.orders.at(h)
		next := e.owned.behind(h)
		if (c.Scope == ScopeAccount || o.session == c.Session) && e.selected(c, h, o) {
			e.takeOut(h, o, reason, ev)
			n++
		}
		h = next
	}
	return n
}

// cancelInstrument walks one book: buys, then sells, best level first, each in queue order;
// then the parked orders: those that wait for a trigger, queue by queue, then those of a call.
func (e *Engine) cancelInstrument(c *Command, reason Reason, ev *Events) (n Qty) {
	b := &e.books[c.Instrument]
	for i := range b.sides {
		s := &b.sides[i]
		for lh := s.best; lh != 0; {
			next := e.after(s, e.levels.at(lh).key) // before the level goes
			n += e.cancelList(c, lh, reason, ev)
			lh = next
		}
	}
	for i := range b.waiting {
		q := &b.waiting[i]
		for lh := q.best; lh != 0; {
			next := q.tree.after(e.levels.at(lh).key)
			n += e.cancelList(c, lh, reason, ev)
			lh = next
		}
	}
	n += e.cancelList(c, e.unpricedList(c.Instrument, Buy), reason, ev)
	n += e.cancelList(c, e.unpricedList(c.Instrument, Sell), reason, ev)
	return n
}

// cancelList walks one queue, front to back.
func (e *Engine) cancelList(c *Command, list handle, reason Reason, ev *Events) (n Qty) {
	for h := e.queues.front(list); h != 0; {
		o := e.orders.at(h)
		behind := e.queues.behind(h)
		if e.selected(c, h, o) {
			e.takeOut(h, o, reason, ev)
			n++
		}
		h = behind
	}
	return n
}

// selected applies a mass cancel's filters.
func (e *Engine) selected(c *Command, h handle, o *order) bool {
	if c.Flags&CmdFlagBySide != 0 && o.side != c.Side || c.Flags&CmdFlagByInstrument != 0 && o.instrument != c.Instrument {
		return false
	}
	if c.Flags&CmdFlagByPrice != 0 {
		if o.parked() && !o.kind.Priced() {
			return false
		}
		if p := e.priceOfAny(h, o); p < c.Price || p > c.PriceHigh {
			return false
		}
	}
	return true
}

// sessionLost ends a session, and with CmdFlagCancelOnDisconnect the orders it owns.
func (e *Engine) sessionLost(c *Command, ev *Events) {
	var n Qty
	if c.Flags&CmdFlagCancelOnDisconnect != 0 && int(c.Account) < e.limits.AccountsMax {
		own := *c
		own.Scope, own.Flags = ScopeSession, 0
		n = e.cancelAccount(&own, ReasonDisconnect, ev)
	}
	ev.summary(EvSessionLost, n)
}
