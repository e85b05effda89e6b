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
			return u.order, none
		}
		return nil, engine.ReasonUnknownOrder
	}
	if o := m.orders[c.OrderID]; o != nil && o.account == c.Account {
		return o, none
	}
	return nil, engine.ReasonUnknownOrder
}

// findOpen resolves an order that the command wants to change.
func (m *Model) findOpen() (*order, engine.Reason) {
	o, why := m.find()
	switch {
	case why != none:
		return nil, why
	case o.ended == engine.ReasonFilled:
		return o, engine.ReasonAlreadyFilled
	case o.ended != none:
		return o, engine.ReasonAlreadyCanceled
	case m.cmd.OrderID == 0 && m.cmd.ClOrdID != o.clOrdID:
		return o, engine.ReasonAlreadyReplaced
	}
	return o, none
}

func (m *Model) cancel() {
	o, why := m.findOpen()
	if why != none {
		m.refuse(why, o)
		return
	}
	m.takeOut(o, engine.ReasonCanceled)
}

// reduce lowers an order's total and leaves it where it is in its queue.
func (m *Model) reduce() {
	o, why := m.findOpen()
	if why != none {
		m.refuse(why, o)
		return
	}
	total, why := m.qty(&m.books[o.instrument].instrument)
	switch {
	case why != none:
	case total >= o.total:
		why = engine.ReasonNotAReduction
	}
	if why != none {
		m.refuse(why, o)
		return
	}
	if total <= o.executed {
		m.takeOut(o, engine.ReasonCanceled).Qty = total
		return
	}
	m.lower(o, total)
}

// terms are what a replace makes of an order.
type terms struct {
	price, stop engine.Price
	total       engine.Qty
	display     engine.Qty
}

// replace gives an order a new price, a new total, and perhaps a new client id.
func (m *Model) replace() {
	c := m.cmd
	o, to, why := m.checkReplace()
	if first := m.names[name{c.Account, c.NewClOrdID}]; why == engine.ReasonDuplicateID &&
		o != nil && c.Refusal == none && first.sent == m.contentOfReplace(o) {
		m.state(first.order, c.NewClOrdID, engine.FlagResent)
		return
	}
	if why != none {
		m.refuse(why, o)
		return
	}
	b := m.books[o.instrument]
	m.useName(c.NewClOrdID, o, m.contentOfReplace(o))
	switch {
	case to.total <= o.executed:
		m.replaceEnds(o, to)
	case m.keepsPlace(o, to):
		m.replaceKeeps(o, to)
	default:
		m.replaceMoves(b, o, to)
	}
	m.runElected(b)
}

// replaced takes an order over to its new client id and session, and tells its new terms.
// The order itself has still the old ones.
func (m *Model) replaced(o *order, to terms) *engine.Event {
	c := m.cmd
	oldID, oldSession := o.clOrdID, o.session
	if c.NewClOrdID != (engine.ClOrdID{}) {
		o.clOrdID = c.NewClOrdID
	}
	o.session = c.Session
	e := m.about(engine.EvReplaced, o)
	e.Price, e.Qty, e.Leaves = to.price, to.total, max(0, to.total-o.executed)
	e.ContraOrderID = engine.OrderID(to.stop)
	e.ContraClOrdID, e.ContraSession, e.ContraLeaves = oldID, oldSession, o.total
	return e
}

// take makes the new terms the order's own.
func (o *order) take(to terms) {
	o.price, o.stop, o.total, o.display = to.price, to.stop, to.total, to.display
	if o.iceberg() {
		o.slices = slicesFor(o.leaves(), o.display)
	}
}

// replaceEnds cancels an order whose new total is executed already. What is taken out is
// taken out at the old price.
func (m *Model) replaceEnds(o *order, to terms) {
	e := m.replaced(o, to)
	if o.hidden {
		e.Flags |= engine.FlagHidden
	}
	if o.iceberg() {
		e.Flags |= engine.FlagIceberg // and there is nothing that it shows
	}
	m.takeOut(o, engine.ReasonCanceled).Qty = to.total
}

// replaceKeeps changes an order in its place. A new display quantity counts from the next
// slice, but what is shown is never above it.
func (m *Model) replaceKeeps(o *order, to terms) {
	e := m.replaced(o, to)
	o.take(to)
	o.shown = min(o.shown, o.display, o.leaves())
	e.Flags |= engine.FlagKeptPriority
	if o.parked() {
		e.Flags |= engine.FlagParked
	} else {
		e.Flags |= engine.FlagRests
	}
	describe(e, o)
}

// replaceMoves takes an order out of its queue; it comes back as a new one would, to the
// book or to where it was parked.
func (m *Model) replaceMoves(b *book, o *order, to terms) {
	wasParked := o.parked()
	b.leave(o)
	e := m.replaced(o, to)
	o.take(to)
	describe(e, o)
	switch {
	case wasParked && b.firesNow(o) && o.typ.Triggers():
		m.trigger(b, o)
	case wasParked:
		e.Flags |= engine.FlagParked
		b.park(o)
	case b.phase.Call() || !b.crosses(o.side, o.price):
		e.Flags |= engine.FlagRests
		b.rest(o)
	default:
		m.incoming(b, o)
	}
}

// keepsPlace says whether a replace leaves an order where it is in its queue.
func (m *Model) keepsPlace(o *order, to terms) bool {
	return to.price == o.price && to.stop == o.stop && to.total <= o.total && m.cmd.Flags&engine.CmdFlagRequeue == 0
}

// contentOfReplace is what a resend of the current replace must repeat.
func (m *Model) contentOfReplace(target *order) content {
	c := m.cmd
	return content{
		kind: c.Kind, target: target, flags: c.Flags,
		price: c.Price, stop: c.StopPrice, qty: c.Qty, display: c.DisplayQty,
	}
}

// checkReplace finds the first reason to refuse a replace, or the order and its new terms.
func (m *Model) checkReplace() (o *order, to terms, why engine.Reason) {
	c := m.cmd
	// The new id is looked at before the order's state, so that a replace can be
	// sent again after the order has ended.
	o, why = m.findOpen()
	if why == engine.ReasonBadCommand {
		return nil, to, why
	}
	if _, used := m.names[name{c.Account, c.NewClOrdID}]; used {
		return o, to, engine.ReasonDuplicateID
	}
	if why != none {
		return o, to, why
	}
	b := m.books[o.instrument]
	if m.isKilled(b) {
		return o, to, engine.ReasonKilled
	}
	if b.phase == engine.Closed || b.phase == engine.Halted {
		return o, to, engine.ReasonPhase
	}
	if to, why = m.newTerms(&b.instrument, o); why != none {
		return o, to, why
	}
	if m.excludesItself(o) {
		return o, to, engine.ReasonBadCombination
	}
	if to.total > b.instrument.QtyMax {
		return o, to, engine.ReasonQtyAboveMax
	}
	if o.priced() {
		if why = notional(&b.instrument, to.price, to.total); why != none {
			return o, to, why
		}
		if c.Flags&engine.CmdFlagKeepPrice == 0 && b.collared(o.side, to.price) {
			return o, to, engine.ReasonCollar
		}
	}
	return o, to, m.askRoom(b, o, to)
}

// newTerms reads the numbers that a replace gives; the others stay.
func (m *Model) newTerms(in *engine.Instrument, o *order) (to terms, why engine.Reason) {
	c := m.cmd
	to = terms{price: o.price, stop: o.stop, total: o.total, display: o.display}
	if c.Flags&engine.CmdFlagKeepPrice == 0 {
		if to.price, why = m.price(in); why != none {
			return to, why
		}
	}
	if c.Flags&engine.CmdFlagKeepQty == 0 {
		if to.total, why = m.qty(in); why != none {
			return to, why
		}
	}
	if c.Flags&engine.CmdFlagNewStop != 0 {
		if to.stop, why = m.stopPrice(in); why != none {
			return to, why
		}
	}
	display, why := m.display(in, to.total)
	if display != 0 {
		to.display = display
	}
	return to, why
}

// excludesItself says whether a replace gives an order what it does not have.
func (m *Model) excludesItself(o *order) bool {
	c := m.cmd
	return c.Flags&engine.CmdFlagKeepPrice == 0 && !o.priced() ||
		c.Flags&engine.CmdFlagNewStop != 0 && o.place != waiting ||
		c.DisplayQty != 0 && !o.iceberg()
}

// askRoom finds what the book and the limits have against a replace. Only an order that
// leaves its queue in the book asks the book.
func (m *Model) askRoom(b *book, o *order, to terms) engine.Reason {
	c := m.cmd
	leaves := to.total - o.executed
	ends := leaves <= 0
	moves := o.place == inBook && !ends && !m.keepsPlace(o, to)
	if moves && o.postOnly && !b.phase.Call() && b.crosses(o.side, to.price) {
		return engine.ReasonWouldTrade
	}
	atPrice, levelExists, levels := b.levelAt(o.side, to.price, o)
	if moves && atPrice > math.MaxInt64-leaves {
		return engine.ReasonLevelOverflow
	}
	if c.NewClOrdID != (engine.ClOrdID{}) && m.namesAreUsedUp() {
		return engine.ReasonIDLimit
	}
	if o.iceberg() && !ends && !m.hasSlices(o, slicesFor(leaves, to.display)) {
		return engine.ReasonSliceLimit
	}
	if moves && !levelExists && levels >= m.limits.LevelsPerSideMax {
		return engine.ReasonLevelLimit
	}
	return none
}
