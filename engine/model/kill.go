package model

import (
	"slices"

	"pricetime/engine"
)

// killedSessionsMax is how many sessions can be killed at a time.
const killedSessionsMax = 1024

// isKilled says whether a kill is in force for an order of the command's account and
// session in a book.
func (m *Model) isKilled(b *book) bool {
	return m.killed || b.killed || m.accounts[m.cmd.Account].killed || slices.Contains(m.killedSessions, m.cmd.Session)
}

// kill takes out all orders of a scope and refuses new ones, or lifts that.
func (m *Model) kill() {
	c := m.cmd
	if why := m.checkKill(); why != none {
		m.refuse(why, nil)
		return
	}
	on := c.Flags&engine.CmdFlagLift == 0
	m.setKilled(on)
	n := 0
	if on {
		for _, o := range m.inScope() {
			m.takeOut(o, engine.ReasonKillSwitch)
			n++
		}
	}
	e := m.summary(engine.EvKilled, n)
	e.Phase = engine.Phase(c.Scope)
	switch c.Scope {
	case engine.ScopeAccount:
		e.OrderID = engine.OrderID(c.Account)
	case engine.ScopeSession:
		e.OrderID = engine.OrderID(c.Target)
	case engine.ScopeInstrument:
		e.Instrument = c.Instrument
	}
	if on {
		e.Flags |= engine.FlagKilled
	}
}

func (m *Model) checkKill() engine.Reason {
	c := m.cmd
	session := engine.SessionID(c.Target)
	switch {
	case c.Scope < engine.ScopeAccount || c.Scope > engine.ScopeVenue,
		(c.Scope == engine.ScopeAccount || c.Scope == engine.ScopeSession) && !m.accountIsKnown():
		return engine.ReasonBadCommand
	case c.Scope == engine.ScopeInstrument && !m.instrumentIsKnown():
		return engine.ReasonUnknownInstrument
	case c.Scope == engine.ScopeSession && c.Flags&engine.CmdFlagLift == 0 &&
		!slices.Contains(m.killedSessions, session) && len(m.killedSessions) >= killedSessionsMax:
		return engine.ReasonIDLimit
	}
	return none
}

// setKilled puts a kill of the command's scope in force, or ends it.
func (m *Model) setKilled(on bool) {
	c := m.cmd
	switch c.Scope {
	case engine.ScopeAccount:
		a := m.accounts[c.Account]
		a.killed = on
		m.accounts[c.Account] = a
	case engine.ScopeSession:
		session := engine.SessionID(c.Target)
		at := slices.Index(m.killedSessions, session)
		if on && at < 0 {
			m.killedSessions = append(m.killedSessions, session)
		}
		if !on && at >= 0 {
			m.killedSessions = slices.Delete(m.killedSessions, at, at+1)
		}
	case engine.ScopeInstrument:
		m.books[c.Instrument].killed = on
	case engine.ScopeVenue:
		m.killed = on
	}
}

// inScope is the orders that a kill takes out, in order.
func (m *Model) inScope() []*order {
	c := m.cmd
	switch c.Scope {
	case engine.ScopeAccount:
		return m.openOrders(func(o *order) bool { return o.account == c.Account })
	case engine.ScopeSession:
		return m.openOrders(func(o *order) bool {
			return o.account == c.Account && o.session == engine.SessionID(c.Target)
		})
	case engine.ScopeInstrument:
		return m.books[c.Instrument].all()
	}
	var all []*order
	for _, b := range m.books {
		all = append(all, b.all()...)
	}
	return all
}

// setAccount sets an account's group and its cap of open orders.
func (m *Model) setAccount() {
	c := m.cmd
	if !m.accountIsKnown() || c.Qty < 0 {
		m.refuse(engine.ReasonBadCommand, nil)
		return
	}
	a := m.accounts[c.Account]
	a.group, a.cap = c.Target, c.Qty
	m.accounts[c.Account] = a
	m.summary(engine.EvAccountSet, int(c.Qty)).OrderID = engine.OrderID(c.Account)
}
