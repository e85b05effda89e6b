package model

import "pricetime/engine"

// massCancel takes out many orders: an account's or a session's in entry order,
// an instrument's buys best first, then its sells, then what is parked.
func (m *Model) massCancel() {
	c := m.cmd
	byInstrument := c.Flags&engine.CmdFlagByInstrument != 0
	switch {
	case c.Scope < engine.ScopeAccount || c.Scope > engine.ScopeInstrument,
		c.Flags&engine.CmdFlagBySide != 0 && c.Side > engine.Sell,
		c.Scope == engine.ScopeInstrument && !byInstrument,
		!m.accountIsKnown():
		m.refuse(engine.ReasonBadCommand, nil)
		return
	case byInstrument && !m.instrumentIsKnown():
		m.refuse(engine.ReasonUnknownInstrument, nil)
		return
	}

	var named []*order
	why := engine.ReasonCanceled
	switch c.Scope {
	case engine.ScopeAccount:
		named = m.openOrders(func(o *order) bool { return o.account == c.Account })
	case engine.ScopeSession:
		named = m.openOrders(m.isSessions)
	case engine.ScopeInstrument:
		why = engine.ReasonOperator
		named = m.books[c.Instrument].all()
	}
	n := 0
	for _, o := range named {
		if byInstrument && o.instrument != c.Instrument ||
			c.Flags&engine.CmdFlagBySide != 0 && o.side != c.Side ||
			c.Flags&engine.CmdFlagByPrice != 0 && (!o.priced() || o.price < c.Price || o.price > c.PriceHigh) {
			continue
		}
		m.takeOut(o, why)
		n++
	}
	m.summary(engine.EvMassCanceled, n)
}

// sessionLost ends a session, and its orders with it if it asked for that. It is
// never refused.
func (m *Model) sessionLost() {
	n := 0
	if m.cmd.Flags&engine.CmdFlagCancelOnDisconnect != 0 {
		for _, o := range m.openOrders(m.isSessions) {
			m.takeOut(o, engine.ReasonDisconnect)
			n++
		}
	}
	m.summary(engine.EvSessionLost, n)
}

// isSessions says whether an order is the account's and owned by the command's session.
func (m *Model) isSessions(o *order) bool {
	return o.account == m.cmd.Account && o.session == m.cmd.Session
}

// status reports one order of the account, open or done.
func (m *Model) status() {
	o, why := m.find()
	if why != none {
		m.refuse(why, nil)
		return
	}
	m.state(o, m.cmd.ClOrdID, 0)
}

// reportOrders reports the account's open orders in entry order.
func (m *Model) reportOrders() {
	if !m.accountIsKnown() {
		m.refuse(engine.ReasonBadCommand, nil)
		return
	}
	open := m.openOrders(func(o *order) bool { return o.account == m.cmd.Account })
	for _, o := range open {
		m.state(o, engine.ClOrdID{}, 0)
	}
	m.summary(engine.EvOrdersEnd, len(open))
}

// state reports an order as it is now. A done order goes by the client id that it
// was asked for, and to who asked.
func (m *Model) state(o *order, asked engine.ClOrdID, flags engine.EventFlags) {
	e := m.about(engine.EvState, o)
	e.Flags |= flags
	if o.ended != none {
		e.ClOrdID, e.Session = asked, m.cmd.Session
		e.Price, e.Qty = 0, 0
		e.Reason, e.Leaves = o.ended, o.canceled
		return
	}
	if o.parked() {
		e.Flags |= engine.FlagParked
	} else {
		e.Flags |= engine.FlagRests
	}
	conditions(e, o)
}

// reportInstruments reports every instrument, by id.
func (m *Model) reportInstruments() {
	for i, b := range m.books {
		e := m.event(engine.EvInstrument)
		e.Instrument, e.Phase, e.Price, e.TradeID = engine.InstrumentID(i), b.phase, b.last, b.trades
		if b.trades > 0 {
			e.Qty = 1
		}
		e.Leaves = engine.Qty(len(b.all()))
		if b.killed {
			e.Flags |= engine.FlagKilled
		}
	}
	m.summary(engine.EvInstrumentsEnd, len(m.books))
}
