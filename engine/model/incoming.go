package model

import (
	"math"

	"pricetime/engine"
)

// incoming is the way of an order that may trade at once: a new one, one that was
// replaced, or one that was triggered.
func (m *Model) incoming(b *book, o *order) {
	limit := b.limitOf(o)
	if why := m.lacks(b, o, limit); why != none {
		m.end(o, why)
		return
	}
	m.match(b, o, limit)
	switch {
	case o.ended != none: // filled, or met one of its own
	case o.priced() && o.tif.Stays():
		m.restRemainder(b, o)
	case !o.priced() && b.best(o.side.Opposite()) != nil:
		m.end(o, engine.ReasonProtection)
	default:
		m.end(o, engine.ReasonIOC)
	}
}

// lacks says why an order that needs a quantity at once cannot have it.
func (m *Model) lacks(b *book, o *order, limit engine.Price) engine.Reason {
	switch {
	case o.tif == engine.FOK && !m.canFill(b, o, limit, o.total):
		return engine.ReasonFOK
	case o.minimum > 0 && !m.canFill(b, o, limit, o.minimum):
		return engine.ReasonMinimum
	}
	return none
}

// canFill says whether the opposite side has a quantity for an order within its limit.
// It counts down, so that no sum can overflow.
func (m *Model) canFill(b *book, o *order, limit engine.Price, needed engine.Qty) bool {
	opposite := b.sides[o.side.Opposite()]
	own := m.firstOwn(b, o) // nil if nothing ends there
	for _, r := range opposite {
		if better(o.side, r.price, limit) || r == own {
			break
		}
		there := r.leaves()
		if own != nil && r.price == own.price {
			there = r.shows() // its reserve would come behind
		}
		if o.selfTrade == engine.SelfTradeOldest && m.areOwn(o, r) {
			there = 0
		}
		needed -= min(needed, there)
	}
	return needed == 0
}

// firstOwn is the first order on the other side that would end an incoming order.
func (m *Model) firstOwn(b *book, o *order) *order {
	if o.selfTrade != engine.SelfTradeNewest && o.selfTrade != engine.SelfTradeBoth {
		return nil
	}
	for _, r := range b.sides[o.side.Opposite()] {
		if m.areOwn(o, r) {
			return r
		}
	}
	return nil
}

// match trades an incoming order with the best opposite orders, each at the resting
// order's price, never beyond the limit.
func (m *Model) match(b *book, in *order, limit engine.Price) {
	for in.ended == none && b.crosses(in.side, limit) {
		resting := b.best(in.side.Opposite())
		if in.selfTrade != engine.SelfTradeNone && m.areOwn(in, resting) {
			m.meetOwn(in, resting)
			continue
		}
		qty := min(in.leaves(), resting.shows())
		m.trade(b, in, resting, qty, resting.price)
		m.prints = append(m.prints, resting.price)
		m.settle(b, resting, qty)
		if in.leaves() == 0 {
			m.close(in, engine.ReasonFilled)
		}
	}
}

// trade executes a quantity of two orders.
func (m *Model) trade(b *book, in, contra *order, qty engine.Qty, price engine.Price) *engine.Event {
	in.executed += qty
	contra.executed += qty
	b.trades++
	b.last = price

	e := m.about(engine.EvExecuted, in)
	e.Price, e.Qty = price, qty
	e.ContraLeaves = contra.leaves()
	e.ContraOrderID, e.ContraClOrdID, e.ContraSession = contra.id, contra.clOrdID, contra.session
	e.TradeID = b.trades
	if contra.hidden {
		e.Flags |= engine.FlagHidden
	}
	if contra.iceberg() {
		e.Flags |= engine.FlagIceberg
	}
	return e
}

// settle is what becomes of an order that stood in a queue and traded: it goes when it is
// filled, and an iceberg whose slice is used up shows the next one from the back.
func (m *Model) settle(b *book, o *order, qty engine.Qty) {
	if o.leaves() == 0 {
		b.leave(o)
		m.close(o, engine.ReasonFilled)
		return
	}
	if !o.iceberg() {
		return
	}
	o.shown -= qty
	if o.shown == 0 {
		b.leave(o)
		b.rest(o)
		describe(m.about(engine.EvRefreshed, o), o)
	}
}

// restRemainder puts what is left of an incoming order into the book. There is room: the
// checks have seen to that, but for an order that was triggered.
func (m *Model) restRemainder(b *book, o *order) {
	atPrice, levelExists, levels := b.levelAt(o.side, o.price, nil)
	if atPrice > math.MaxInt64-o.leaves() || !levelExists && levels >= m.limits.LevelsPerSideMax {
		m.end(o, engine.ReasonNoRoom)
		return
	}
	b.rest(o)
	e := m.about(engine.EvRested, o)
	e.Flags |= engine.FlagRests
	describe(e, o)
}
