package model

import (
	"math"

	"pricetime/engine"
)

// find resolves the order that the command names, by exactly one of its ids, or
// says why there is none. Only the account's own orders are ever found.
func (m *Model) find() (*order, engine.Reason) {
	c := m.cmd
	byOrderID, byClOrdID := c.OrderID != 0, c.ClOrdID != (engine.ClOrdID{})
	if byOrderID == byClOrdID {
		return nil, engine.ReasonBadCommand
	}
	if byClOrdID {
		if u, used := m.names[name{c.Account, c.ClOrdID}]; used {
			return u.order, engine.ReasonNone
		}
		return nil, engine.ReasonUnknownOrder
	}
	if c.OrderID > engine.OrderID(len(m.day)) || m.day[c.OrderID-1].account != c.Account {
		return nil, engine.ReasonUnknownOrder
	}
	return m.day[c.OrderID-1], engine.ReasonNone
}

// findOpen resolves an order that the command wants to change.
func (m *Model) findOpen() (*order, engine.Reason) {
	o, why := m.find()
	switch {
	case why != engine.ReasonNone:
		return nil, why
	case o.ended == engine.ReasonFilled:
		return o, engine.ReasonAlreadyFilled
	case o.ended != engine.ReasonNone:
		return o, engine.ReasonAlreadyCanceled
	case m.cmd.OrderID == 0 && m.cmd.ClOrdID != o.clOrdID:
		return o, engine.ReasonAlreadyReplaced
	}
	return o, engine.ReasonNone
}

func (m *Model) cancel() {
	o, why := m.findOpen()
	if why != engine.ReasonNone {
		m.refuse(why, o)
		return
	}
	m.takeOut(o, engine.ReasonCanceled)
}

// reduce lowers an order's total and leaves it where it is in its queue.
func (m *Model) reduce() {
	o, why := m.findOpen()
	if why != engine.ReasonNone {
		m.refuse(why, o)
		return
	}
	b := m.books[o.instrument]
	total, why := m.qty(&b.instrument)
	switch {
	case why != engine.ReasonNone:
	case total >= o.total:
		why = engine.ReasonNotAReduction
	}
	if why != engine.ReasonNone {
		m.refuse(why, o)
		return
	}

	if total <= o.executed {
		m.takeOut(o, engine.ReasonCanceled).Qty = total
		return
	}
	old := o.total
	o.total = total
	e := m.about(engine.EvReduced, o)
	e.Price, e.Qty, e.ContraLeaves, e.Leaves = o.price, o.total, old, o.leaves()
}

// replace gives an order a new price, a new total, and perhaps a new client id.
func (m *Model) replace() {
	c := m.cmd
	o, price, total, why := m.checkReplace()
	if first := m.names[name{c.Account, c.NewClOrdID}]; why == engine.ReasonDuplicateID &&
		o != nil && c.Refusal == engine.ReasonNone && first.sent == m.contentOfReplace(o) {
		m.state(first.order, c.NewClOrdID, engine.FlagResent)
		return
	}
	if why != engine.ReasonNone {
		m.refuse(why, o)
		return
	}

	b := m.books[o.instrument]
	keeps := keepsPriority(o, price, total, c)
	old := *o
	m.useName(c.NewClOrdID, o, m.contentOfReplace(o))
	if c.NewClOrdID != (engine.ClOrdID{}) {
		o.clOrdID = c.NewClOrdID
	}
	o.session = c.Session

	replaced := m.about(engine.EvReplaced, o)
	replaced.Price, replaced.Qty, replaced.Leaves = price, total, max(0, total-o.executed)
	replaced.ContraClOrdID, replaced.ContraSession, replaced.ContraLeaves = old.clOrdID, old.session, old.total
	if total <= o.executed {
		// What is taken out of the book is taken out at the old price.
		m.takeOut(o, engine.ReasonCanceled).Qty = total
		return
	}
	o.price, o.total = price, total
	if keeps {
		replaced.Flags |= engine.FlagKeptPriority | engine.FlagRests
		return
	}
	b.leave(o)
	if !b.crosses(o) {
		replaced.Flags |= engine.FlagRests
		b.rest(o)
		return
	}
	m.match(b, o)
	if o.leaves() > 0 {
		m.restRemainder(b, o)
	}
}

// keepsPriority says whether a replace leaves an order where it is in its queue.
func keepsPriority(o *order, price engine.Price, total engine.Qty, c *engine.Command) bool {
	return price == o.price && total <= o.total && c.Flags&engine.CmdFlagRequeue == 0
}

// contentOfReplace is what a resend of the current replace must repeat.
func (m *Model) contentOfReplace(target *order) content {
	c := m.cmd
	return content{kind: c.Kind, target: target, flags: c.Flags, price: c.Price, qty: c.Qty}
}

// checkReplace finds the first reason to refuse a replace, or the order, its new
// price in ticks and its new total in lots.
func (m *Model) checkReplace() (o *order, price engine.Price, total engine.Qty, why engine.Reason) {
	c := m.cmd
	// The new id is looked at before the order's state, so that a replace can be
	// sent again after the order has ended.
	o, why = m.findOpen()
	if why == engine.ReasonBadCommand {
		return nil, 0, 0, why
	}
	if _, used := m.names[name{c.Account, c.NewClOrdID}]; used {
		return o, 0, 0, engine.ReasonDuplicateID
	}
	if why != engine.ReasonNone {
		return o, 0, 0, why
	}

	b := m.books[o.instrument]
	price, total = o.price, o.total
	if c.Flags&engine.CmdFlagKeepPrice == 0 {
		if price, why = m.price(&b.instrument); why != engine.ReasonNone {
			return o, 0, 0, why
		}
	}
	if c.Flags&engine.CmdFlagKeepQty == 0 {
		if total, why = m.qty(&b.instrument); why != engine.ReasonNone {
			return o, 0, 0, why
		}
	}
	if total > b.instrument.QtyMax {
		return o, 0, 0, engine.ReasonQtyAboveMax
	}
	if !fitsProduct(int64(price), int64(total)) {
		return o, 0, 0, engine.ReasonNotional
	}

	// Only an order that leaves its queue has anything to ask of the book.
	moves := total > o.executed && !keepsPriority(o, price, total, c)
	moved := *o
	moved.price = price
	if moves && o.postOnly && b.crosses(&moved) {
		return o, 0, 0, engine.ReasonWouldTrade
	}
	atPrice, levelExists, levels := b.levelAt(o.side, price, o)
	if moves && atPrice > math.MaxInt64-(total-o.executed) {
		return o, 0, 0, engine.ReasonLevelOverflow
	}
	if c.NewClOrdID != (engine.ClOrdID{}) && m.namesAreUsedUp() {
		return o, 0, 0, engine.ReasonIDLimit
	}
	if moves && !levelExists && levels >= m.limits.LevelsPerSideMax {
		return o, 0, 0, engine.ReasonLevelLimit
	}
	return o, price, total, engine.ReasonNone
}
