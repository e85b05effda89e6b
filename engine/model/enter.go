package model

import (
	"math"

	"pricetime/engine"
)

// enter is a new order: everything that can refuse it, then what becomes of it.
func (m *Model) enter() {
	c := m.cmd
	o, why := m.checkEnter()
	if first := m.names[name{c.Account, c.ClOrdID}]; why == engine.ReasonDuplicateID &&
		c.Refusal == none && first.sent == m.contentOfEnter() {
		m.state(first.order, c.ClOrdID, engine.FlagResent)
		return
	}
	if why != none {
		m.reject(why)
		return
	}
	m.issued++
	m.issuedToday++
	o.id = m.issued
	m.orders[o.id] = o
	m.open = append(m.open, o)
	m.useName(c.ClOrdID, o, m.contentOfEnter())
	m.accept(m.books[o.instrument], o)
}

// accept is what an accepted order does.
func (m *Model) accept(b *book, o *order) {
	accepted := m.about(engine.EvAccepted, o)
	conditions(accepted, o)
	call := b.phase.Call()
	switch {
	case o.typ == engine.Market && call, o.typ.Triggers() && !b.firesNow(o):
		m.parkNew(b, o)
	case o.typ.Triggers():
		m.trigger(b, o)
	case call, o.tif.Stays() && !b.crosses(o.side, o.price):
		accepted.Flags |= engine.FlagRests
		b.rest(o)
	default:
		m.incoming(b, o)
	}
	m.runElected(b)
}

// checkEnter finds the first reason to refuse an order, in the order of the list
// in package engine, or makes the order.
func (m *Model) checkEnter() (*order, engine.Reason) {
	c := m.cmd
	if !m.enterIsSane() {
		return nil, engine.ReasonBadCommand
	}
	if !m.instrumentIsKnown() {
		return nil, engine.ReasonUnknownInstrument
	}
	if _, used := m.names[name{c.Account, c.ClOrdID}]; used {
		return nil, engine.ReasonDuplicateID
	}
	b := m.books[c.Instrument]
	if m.isKilled(b) {
		return nil, engine.ReasonKilled
	}
	if !takes(b.phase, c.Type, c.TimeInForce) {
		return nil, engine.ReasonPhase
	}
	o, why := m.newOrder(b)
	if why != none {
		return nil, why
	}
	if !combines(o, c.Flags) {
		return nil, engine.ReasonBadCombination
	}
	if o.total > b.instrument.QtyMax {
		return nil, engine.ReasonQtyAboveMax
	}
	if o.typ.Priced() {
		if why := notional(&b.instrument, o.price, o.total); why != none {
			return nil, why
		}
	}
	if why := m.askBook(b, o); why != none {
		return nil, why
	}
	if why := m.askLimits(b, o); why != none {
		return nil, why
	}
	return o, none
}

// enterIsSane says whether the fields of an enter are in their ranges.
func (m *Model) enterIsSane() bool {
	c := m.cmd
	if c.Side > engine.Sell ||
		c.Type < engine.Limit || c.Type > engine.TakeProfitLimit ||
		c.TimeInForce < engine.GTC || c.TimeInForce > engine.GTD ||
		c.SelfTrade > engine.SelfTradeDecrement ||
		!m.accountIsKnown() {
		return false
	}
	if c.Refusal != none {
		return true
	}
	return (c.Type.Priced() || c.Price == 0) &&
		(c.Type.Triggers() || c.StopPrice == 0) &&
		(c.TimeInForce == engine.GTD || c.ExpireTime == 0)
}

func (m *Model) accountIsKnown() bool    { return int64(m.cmd.Account) < int64(m.limits.AccountsMax) }
func (m *Model) instrumentIsKnown() bool { return int(m.cmd.Instrument) < len(m.books) }
func (m *Model) namesAreUsedUp() bool    { return len(m.names) >= m.limits.ClOrdIDsPerDay }

// takes says whether an order may be entered in a phase.
func takes(phase engine.Phase, typ engine.OrderType, tif engine.TimeInForce) bool {
	switch {
	case phase == engine.Closed || phase == engine.Halted:
		return false
	case phase.Call():
		return tif.Stays() && typ != engine.MarketToLimit
	}
	return !(typ == engine.Market && tif == engine.DAY)
}

// newOrder makes the order that the command describes, or finds the number that is wrong.
func (m *Model) newOrder(b *book) (o *order, why engine.Reason) {
	c, in := m.cmd, &b.instrument
	o = &order{
		account:    c.Account,
		session:    c.Session,
		clOrdID:    c.ClOrdID,
		instrument: c.Instrument,
		side:       c.Side,
		typ:        c.Type,
		tif:        c.TimeInForce,
		postOnly:   c.Flags&engine.CmdFlagPostOnly != 0,
		hidden:     c.Flags&engine.CmdFlagHidden != 0,
		selfTrade:  modeOf(c.SelfTrade, in.SelfTrade),
	}
	if o.typ.Priced() {
		if o.price, why = m.price(in); why != none {
			return nil, why
		}
	}
	if o.total, why = m.qty(in); why != none {
		return nil, why
	}
	if o.typ.Triggers() {
		if o.stop, why = m.stopPrice(in); why != none {
			return nil, why
		}
	}
	if o.display, why = m.display(in, o.total); why != none {
		return nil, why
	}
	if o.minimum, why = m.minimum(in, o.total); why != none {
		return nil, why
	}
	switch o.tif {
	case engine.GTD:
		if c.ExpireTime <= m.now || c.Refusal == engine.ReasonExpireTime {
			return nil, engine.ReasonExpireTime
		}
		o.expires = c.ExpireTime
	case engine.DAY:
		o.expires = endOfDay(m.now)
	}
	if o.iceberg() {
		o.slices = slicesFor(o.total, o.display)
	}
	return o, none
}

// modeOf is an order's self-trade mode: its own, or the instrument's, or none.
func modeOf(asked, usual engine.SelfTrade) engine.SelfTrade {
	switch {
	case asked != engine.SelfTradeDefault:
		return asked
	case usual != engine.SelfTradeDefault:
		return usual
	}
	return engine.SelfTradeNone
}

// combines says whether the parts of an order go together.
func combines(o *order, flags engine.CommandFlags) bool {
	stays := o.tif.Stays()
	switch {
	case o.typ == engine.Market && (o.tif == engine.GTC || o.tif == engine.GTD),
		(o.typ == engine.MarketToLimit || o.typ.Triggers()) && !stays,
		o.postOnly && !(o.typ == engine.Limit && stays),
		flags&engine.CmdFlagSlide != 0 && !o.postOnly,
		o.hidden && !(o.typ.Priced() && stays),
		o.iceberg() && !(o.typ.Priced() && stays),
		o.iceberg() && o.hidden,
		o.minimum > 0 && !(o.tif == engine.IOC && (o.typ == engine.Limit || o.typ == engine.Market)),
		o.selfTrade == engine.SelfTradeDecrement && (o.tif == engine.FOK || o.minimum > 0):
		return false
	}
	return true
}

// askBook finds what the bands and the book have against an order. It gives a
// market-to-limit order its price, and slides a post-only one.
func (m *Model) askBook(b *book, o *order) engine.Reason {
	best := b.best(o.side.Opposite())
	if o.typ == engine.MarketToLimit && best != nil {
		o.price = best.price
	}
	switch {
	case o.typ == engine.MarketToLimit && best == nil: // it has no price that could be outside
	case o.priced() && b.collared(o.side, o.price):
		return engine.ReasonCollar
	}
	call := b.phase.Call()
	if best == nil && (o.typ == engine.Market && !call || o.typ == engine.MarketToLimit) {
		return engine.ReasonNoLiquidity
	}
	if o.postOnly && !call && b.crosses(o.side, o.price) {
		if m.cmd.Flags&engine.CmdFlagSlide == 0 {
			return engine.ReasonWouldTrade
		}
		o.price = behind(o.side, best.price)
		if !isPrice(&b.instrument, o.price) {
			return engine.ReasonWouldTrade
		}
	}
	atPrice, _, _ := b.levelAt(o.side, o.price, nil)
	if o.goesToBook() && atPrice > math.MaxInt64-o.total {
		return engine.ReasonLevelOverflow
	}
	return none
}

// behind is the price one tick behind the other side's best.
func behind(side engine.Side, best engine.Price) engine.Price {
	if side == engine.Buy {
		return best - 1
	}
	return best + 1
}

// goesToBook says whether an order may rest without being triggered first.
func (o *order) goesToBook() bool {
	return o.tif.Stays() && (o.typ == engine.Limit || o.typ == engine.MarketToLimit)
}

// askLimits finds the limit that an order would exceed.
func (m *Model) askLimits(b *book, o *order) engine.Reason {
	if o.clOrdID != (engine.ClOrdID{}) && m.namesAreUsedUp() || m.issuedToday >= m.limits.OrdersPerDay {
		return engine.ReasonIDLimit
	}
	stays := o.tif.Stays()
	if stays && len(m.open) >= m.limits.OrdersMax {
		return engine.ReasonOrderLimit
	}
	ofAccount := m.openOrders(func(r *order) bool { return r.account == o.account })
	if cap := m.accounts[o.account].cap; stays && cap > 0 && engine.Qty(len(ofAccount)) >= cap {
		return engine.ReasonOrderCap
	}
	mayPark := o.typ.Triggers() || o.typ == engine.Market && b.phase.Call()
	if mayPark && len(m.openOrders((*order).parked)) >= m.limits.ParkedMax {
		return engine.ReasonParkedLimit
	}
	if o.iceberg() && !m.hasSlices(o, o.slices) {
		return engine.ReasonSliceLimit
	}
	_, levelExists, levels := b.levelAt(o.side, o.price, nil)
	if o.goesToBook() && !levelExists && levels >= m.limits.LevelsPerSideMax {
		return engine.ReasonLevelLimit
	}
	return none
}

// hasSlices says whether an iceberg may hold so many slices, beside what all others do.
func (m *Model) hasSlices(o *order, slices engine.Qty) bool {
	left := engine.Qty(m.limits.SlicesMax)
	for _, other := range m.open {
		if other != o {
			left -= other.slices
		}
	}
	return slices <= left
}

// contentOfEnter is what a resend of the current enter must repeat.
func (m *Model) contentOfEnter() content {
	c := m.cmd
	return content{
		kind: c.Kind, instrument: c.Instrument, side: c.Side, typ: c.Type, tif: c.TimeInForce,
		flags: c.Flags, selfTrade: c.SelfTrade, price: c.Price, stop: c.StopPrice,
		qty: c.Qty, display: c.DisplayQty, minQty: c.MinQty, expire: c.ExpireTime,
	}
}

// useName takes a client id into use; a blank one names nothing.
func (m *Model) useName(id engine.ClOrdID, o *order, sent content) {
	if id != (engine.ClOrdID{}) {
		m.names[name{o.account, id}] = use{o, sent}
	}
}
