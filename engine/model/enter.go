package model

import (
	"math"

	"pricetime/engine"
)

// enter is a new order: everything that can refuse it, then what becomes of it.
func (m *Model) enter() {
	c := m.cmd
	price, qty, why := m.checkEnter()
	if first := m.names[name{c.Account, c.ClOrdID}]; why == engine.ReasonDuplicateID &&
		c.Refusal == engine.ReasonNone && first.sent == m.contentOfEnter() {
		m.state(first.order, c.ClOrdID, engine.FlagResent)
		return
	}
	if why != engine.ReasonNone {
		m.reject(why)
		return
	}

	b := m.books[c.Instrument]
	o := &order{
		id:         engine.OrderID(len(m.day) + 1),
		account:    c.Account,
		session:    c.Session,
		clOrdID:    c.ClOrdID,
		instrument: c.Instrument,
		side:       c.Side,
		typ:        c.Type,
		tif:        c.TimeInForce,
		postOnly:   c.Flags&engine.CmdFlagPostOnly != 0,
		price:      price,
		total:      qty,
	}
	m.day = append(m.day, o)
	m.useName(c.ClOrdID, o, m.contentOfEnter())

	crosses := b.crosses(o)
	accepted := m.about(engine.EvAccepted, o)
	accepted.Type, accepted.TimeInForce = o.typ, o.tif
	accepted.Price, accepted.Qty, accepted.Leaves = o.price, o.total, o.total
	if o.postOnly {
		accepted.Flags |= engine.FlagPostOnly
	}
	if o.tif == engine.GTC && !crosses {
		accepted.Flags |= engine.FlagRests
		b.rest(o)
		return
	}

	if o.tif == engine.FOK && !b.canFill(o) {
		m.end(o, engine.ReasonFOK)
		return
	}
	m.match(b, o)
	switch {
	case o.leaves() == 0: // the last execution said so
	case o.tif == engine.GTC:
		m.restRemainder(b, o)
	default:
		m.end(o, engine.ReasonIOC)
	}
}

// checkEnter finds the first reason to refuse an order, in the order of the list
// in package engine, or its price in ticks and its quantity in lots.
func (m *Model) checkEnter() (engine.Price, engine.Qty, engine.Reason) {
	c := m.cmd
	if !m.enterIsSane() {
		return 0, 0, engine.ReasonBadCommand
	}
	if !m.instrumentIsKnown() {
		return 0, 0, engine.ReasonUnknownInstrument
	}
	if _, used := m.names[name{c.Account, c.ClOrdID}]; used {
		return 0, 0, engine.ReasonDuplicateID
	}

	b := m.books[c.Instrument]
	var price engine.Price
	if c.Type == engine.Limit {
		var why engine.Reason
		if price, why = m.price(&b.instrument); why != engine.ReasonNone {
			return 0, 0, why
		}
	}
	qty, why := m.qty(&b.instrument)
	if why != engine.ReasonNone {
		return 0, 0, why
	}
	postOnly := c.Flags&engine.CmdFlagPostOnly != 0
	if c.Type == engine.Market && c.TimeInForce == engine.GTC {
		return 0, 0, engine.ReasonBadCombination
	}
	if postOnly && (c.Type == engine.Market || c.TimeInForce != engine.GTC) {
		return 0, 0, engine.ReasonBadCombination
	}
	if qty > b.instrument.QtyMax {
		return 0, 0, engine.ReasonQtyAboveMax
	}
	if c.Type == engine.Limit && !fitsProduct(int64(price), int64(qty)) {
		return 0, 0, engine.ReasonNotional
	}

	if c.Type == engine.Market && len(b.sides[c.Side.Opposite()]) == 0 {
		return 0, 0, engine.ReasonNoLiquidity
	}
	if postOnly && b.crosses(&order{side: c.Side, typ: c.Type, price: price}) {
		return 0, 0, engine.ReasonWouldTrade
	}
	atPrice, levelExists, levels := b.levelAt(c.Side, price, nil)
	canRest := c.TimeInForce == engine.GTC
	if canRest && atPrice > math.MaxInt64-qty {
		return 0, 0, engine.ReasonLevelOverflow
	}

	if c.ClOrdID != (engine.ClOrdID{}) && m.namesAreUsedUp() {
		return 0, 0, engine.ReasonIDLimit
	}
	if len(m.day) >= m.limits.OrdersPerDay {
		return 0, 0, engine.ReasonIDLimit
	}
	if canRest && m.OpenOrders() >= m.limits.OrdersMax {
		return 0, 0, engine.ReasonOrderLimit
	}
	if canRest && !levelExists && levels >= m.limits.LevelsPerSideMax {
		return 0, 0, engine.ReasonLevelLimit
	}
	return price, qty, engine.ReasonNone
}

// enterIsSane says whether the fields of an enter are in their ranges.
func (m *Model) enterIsSane() bool {
	c := m.cmd
	return c.Side <= engine.Sell &&
		(c.Type == engine.Limit || c.Type == engine.Market) &&
		c.TimeInForce >= engine.GTC && c.TimeInForce <= engine.FOK &&
		m.accountIsKnown() &&
		!(c.Type == engine.Market && c.Price != 0 && c.Refusal == engine.ReasonNone)
}

func (m *Model) accountIsKnown() bool    { return int64(m.cmd.Account) < int64(m.limits.AccountsMax) }
func (m *Model) instrumentIsKnown() bool { return int(m.cmd.Instrument) < len(m.books) }
func (m *Model) namesAreUsedUp() bool    { return len(m.names) >= m.limits.ClOrdIDsPerDay }

// contentOfEnter is what a resend of the current enter must repeat.
func (m *Model) contentOfEnter() content {
	c := m.cmd
	return content{
		kind: c.Kind, instrument: c.Instrument, side: c.Side, typ: c.Type, tif: c.TimeInForce,
		flags: c.Flags, price: c.Price, qty: c.Qty,
	}
}

// useName takes a client id into use; a blank one names nothing.
func (m *Model) useName(id engine.ClOrdID, o *order, sent content) {
	if id != (engine.ClOrdID{}) {
		m.names[name{o.account, id}] = use{o, sent}
	}
}

// price reads the command's price as ticks of an instrument.
func (m *Model) price(in *engine.Instrument) (engine.Price, engine.Reason) {
	c := m.cmd
	if c.Refusal == engine.ReasonPriceOffTick || c.Refusal == engine.ReasonPriceRange {
		return 0, c.Refusal
	}
	p := c.Price
	if c.Flags&engine.CmdFlagDecimal != 0 {
		if int64(p)%in.Tick != 0 {
			return 0, engine.ReasonPriceOffTick
		}
		p /= engine.Price(in.Tick)
	}
	if p > engine.PriceMax || p < -engine.PriceMax || !fitsProduct(int64(p), in.Tick) {
		return 0, engine.ReasonPriceRange
	}
	if p <= 0 && !in.NonPositivePrices {
		return 0, engine.ReasonPriceRange
	}
	return p, engine.ReasonNone
}

// qty reads the command's quantity as lots of an instrument.
func (m *Model) qty(in *engine.Instrument) (engine.Qty, engine.Reason) {
	c := m.cmd
	if c.Refusal == engine.ReasonQtyOffLot || c.Refusal == engine.ReasonQtyRange {
		return 0, c.Refusal
	}
	q := c.Qty
	if c.Flags&engine.CmdFlagDecimal != 0 {
		if int64(q)%in.Lot != 0 {
			return 0, engine.ReasonQtyOffLot
		}
		q /= engine.Qty(in.Lot)
	}
	if q <= 0 || q > engine.QtyMax {
		return 0, engine.ReasonQtyRange
	}
	return q, engine.ReasonNone
}
