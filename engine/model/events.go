package model

import "pricetime/engine"

// event appends an event of the current command. The pointer is good until the next.
func (m *Model) event(kind engine.EventKind) *engine.Event {
	m.events = append(m.events, engine.Event{
		Seq: m.seq, Time: m.cmd.Time, Kind: kind, By: m.cmd.Session,
	})
	return &m.events[len(m.events)-1]
}

// about appends an event that names an order, with what it has left.
func (m *Model) about(kind engine.EventKind, o *order) *engine.Event {
	e := m.event(kind)
	e.OrderID, e.ClOrdID, e.Session = o.id, o.clOrdID, o.session
	e.Instrument, e.Side = o.instrument, o.side
	e.Price, e.Qty, e.Leaves = o.price, o.total, o.leaves()
	return e
}

// describe adds what an order shows: of an iceberg its slice, or what is left of it. One
// that is not in the book will show a whole one.
func describe(e *engine.Event, o *order) {
	if o.hidden {
		e.Flags |= engine.FlagHidden
	}
	if o.iceberg() {
		e.Flags |= engine.FlagIceberg
		slice := o.shown
		if o.place != inBook {
			slice = min(o.display, e.Leaves)
		}
		e.TradeID = uint64(slice)
	}
}

// conditions adds what an order was entered with: its type and what goes with it.
func conditions(e *engine.Event, o *order) {
	e.Type, e.TimeInForce = o.typ, o.tif
	e.ContraOrderID = engine.OrderID(o.stop)
	e.ContraLeaves = engine.Qty(o.expires)
	if o.postOnly {
		e.Flags |= engine.FlagPostOnly
	}
	describe(e, o)
}

// end ends an order with what it has left, and says so.
func (m *Model) end(o *order, why engine.Reason) *engine.Event {
	m.close(o, why)
	e := m.about(engine.EvCanceled, o)
	e.Reason = why
	return e
}

// takeOut ends an order that stands in the book or is parked.
func (m *Model) takeOut(o *order, why engine.Reason) *engine.Event {
	flag := engine.FlagWasResting
	if o.parked() {
		flag = engine.FlagParked
	}
	m.books[o.instrument].leave(o)
	e := m.end(o, why)
	e.Flags |= flag
	return e
}

// lower gives an order a lower total, in its place. Reserve goes first.
func (m *Model) lower(o *order, total engine.Qty) {
	old := o.total
	o.total = total
	o.shown = min(o.shown, o.leaves())
	if o.iceberg() {
		o.slices = slicesFor(o.leaves(), o.display)
	}
	e := m.about(engine.EvReduced, o)
	e.ContraLeaves = old
	if o.parked() {
		e.Flags |= engine.FlagParked
	}
	describe(e, o)
}

// summary appends the event that ends a command about n orders or instruments.
func (m *Model) summary(kind engine.EventKind, n int) *engine.Event {
	e := m.event(kind)
	e.Session, e.Instrument, e.Qty = m.cmd.Session, engine.NoInstrument, engine.Qty(n)
	return e
}

// reject is the answer to a refused enter.
func (m *Model) reject(why engine.Reason) {
	e, c := m.event(engine.EvRejected), m.cmd
	e.Reason, e.Session = why, c.Session
	e.Instrument, e.Side, e.Type, e.TimeInForce, e.ClOrdID = c.Instrument, c.Side, c.Type, c.TimeInForce, c.ClOrdID
}

// refuse is the answer to any other refused command; o is the order it named, if
// that is one of the account's own.
func (m *Model) refuse(why engine.Reason, o *order) {
	e, c := m.event(engine.EvCancelRejected), m.cmd
	e.Reason, e.Session, e.OrderID, e.ClOrdID, e.Instrument = why, c.Session, c.OrderID, c.ClOrdID, engine.NoInstrument
	if o != nil {
		e.Instrument = o.instrument
	}
}
