package model

import (
	"cmp"
	"slices"

	"pricetime/engine"
)

// dayNs is a day of sequenced time.
const dayNs = 86_400_000_000_000

// endOfDay is the next 00:00 UTC.
func endOfDay(now engine.Time) engine.Time { return (now/dayNs + 1) * dayNs }

// expire takes out all orders whose time has come, before a command does anything else.
func (m *Model) expire() {
	over := m.openOrders(func(o *order) bool { return o.expires != 0 && o.expires <= m.now })
	slices.SortStableFunc(over, func(a, b *order) int { return cmp.Compare(a.expires, b.expires) })
	for _, o := range over {
		m.takeOut(o, engine.ReasonExpired)
	}
	m.expired = len(over)
}

// time only lets time pass; instruments in a call tell what an uncross would do.
func (m *Model) time() {
	for i, b := range m.books {
		if b.phase.Call() {
			m.indicative(engine.InstrumentID(i), b)
		}
	}
	m.summary(engine.EvTime, m.expired)
}

// rollDay begins the next trading day. What is not open is forgotten.
func (m *Model) rollDay() {
	over := m.openOrders(func(o *order) bool { return o.tif == engine.DAY })
	for _, o := range over {
		m.takeOut(o, engine.ReasonExpired)
	}
	for id, o := range m.orders {
		if o.ended != none {
			delete(m.orders, id)
		}
	}
	for n, u := range m.names {
		if u.order.ended != none || n.id != u.order.clOrdID {
			delete(m.names, n)
		}
	}
	m.issuedToday = 0
	m.killedSessions = nil
	m.summary(engine.EvDayRolled, m.expired+len(over))
}
