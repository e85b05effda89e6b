package model

import (
	"slices"

	"pricetime/engine"
)

// changePhase moves an instrument to another phase, out of a call perhaps by an uncross.
func (m *Model) changePhase() {
	c := m.cmd
	if !m.instrumentIsKnown() {
		m.refuse(engine.ReasonUnknownInstrument, nil)
		return
	}
	b := m.books[c.Instrument]
	if !b.phase.Follows(c.Phase) {
		m.refuse(engine.ReasonPhase, nil)
		return
	}
	uncrosses := b.phase == engine.PreOpen && c.Phase == engine.Continuous ||
		b.phase == engine.ClosingCall && c.Phase == engine.Closed
	var found balance
	if uncrosses {
		found = b.balance()
		m.uncross(b, found)
	}
	b.phase = c.Phase
	e := m.event(engine.EvPhase)
	e.Session, e.Instrument, e.Phase = c.Session, c.Instrument, b.phase
	e.Price, e.Qty = found.price, found.volume
	if uncrosses {
		for _, o := range slices.Concat(b.unpriced[engine.Buy], b.unpriced[engine.Sell]) {
			m.takeOut(o, engine.ReasonCallOver)
		}
	}
	if b.phase == engine.Continuous && b.trades > 0 {
		m.prints = []engine.Price{b.last}
		m.runElected(b)
	}
}

// indicative tells what an uncross would do.
func (m *Model) indicative(id engine.InstrumentID, b *book) {
	found := b.balance()
	e := m.event(engine.EvIndicative)
	e.Instrument, e.Phase = id, b.phase
	e.Price, e.Qty = found.price, found.volume
	switch {
	case found.volume == 0:
	case found.surplus() > 0:
		e.Side, e.Leaves = engine.Buy, found.surplus()
	case found.surplus() < 0:
		e.Side, e.Leaves = engine.Sell, -found.surplus()
	}
}

// A balance is what is for sale and what is wanted at a price; it is zero where nothing trades.
type balance struct {
	price     engine.Price
	buy, sell engine.Qty
	volume    engine.Qty
}

// surplus is what more is wanted than is for sale.
func (x balance) surplus() engine.Qty { return x.buy - x.sell }

// balance finds the price of an uncross: the most volume, then the least surplus, then
// market pressure, then the nearest to the reference, then the lowest.
func (b *book) balance() balance {
	var all []balance
	for _, p := range b.candidates() {
		all = append(all, b.balanceAt(p))
	}
	all = least(all, func(x balance) engine.Qty { return -x.volume })
	if len(all) == 0 || all[0].volume == 0 {
		return balance{}
	}
	all = least(all, func(x balance) engine.Qty { return max(x.surplus(), -x.surplus()) })
	wanted := func(x balance) bool { return x.surplus() > 0 }
	offered := func(x balance) bool { return x.surplus() < 0 }
	switch {
	case every(all, wanted):
		return all[len(all)-1]
	case every(all, offered):
		return all[0]
	}
	if reference, there := b.reference(); there {
		all = least(all, func(x balance) engine.Qty { return engine.Qty(max(x.price-reference, reference-x.price)) })
	}
	return all[0]
}

// least keeps those of which a measure is the least, in their order.
func least(all []balance, measure func(balance) engine.Qty) (kept []balance) {
	for _, x := range all {
		if len(kept) > 0 && measure(x) < measure(kept[0]) {
			kept = nil
		}
		if len(kept) == 0 || measure(x) == measure(kept[0]) {
			kept = append(kept, x)
		}
	}
	return kept
}

func every(all []balance, is func(balance) bool) bool {
	return !slices.ContainsFunc(all, func(x balance) bool { return !is(x) })
}

// reference is the last trade's price, or the instrument's.
func (b *book) reference() (price engine.Price, there bool) {
	if b.trades > 0 {
		return b.last, true
	}
	return b.instrument.Reference, b.instrument.Reference != 0
}

// everyTick is the longest range of prices of which each one is looked at.
const everyTick = 1000

// candidates is the prices that an uncross looks at, lowest first.
//
// Where they are too many, a few stand for all: between an order's price and the next
// order's nothing changes, so that of each such run its two ends, and the price in it
// that is nearest to the reference, are all that can win. An end is an order's price, or
// the price one tick above or below one.
func (b *book) candidates() []engine.Price {
	reference, there := b.reference()
	orders := slices.Concat(b.sides[engine.Buy], b.sides[engine.Sell])
	if len(orders) == 0 {
		if there {
			return []engine.Price{reference}
		}
		return nil
	}
	low, high := orders[0].price, orders[0].price
	for _, o := range orders {
		low, high = min(low, o.price), max(high, o.price)
	}
	var prices []engine.Price
	if high-low < everyTick {
		for p := low; p <= high; p++ {
			prices = append(prices, p)
		}
		return prices
	}
	if there {
		prices = append(prices, reference)
	}
	for _, o := range orders {
		prices = append(prices, o.price-1, o.price, o.price+1)
	}
	prices = slices.DeleteFunc(prices, func(p engine.Price) bool { return p < low || p > high })
	slices.Sort(prices)
	return slices.Compact(prices)
}

// balanceAt adds up who would trade at a price: hidden orders and reserve too.
func (b *book) balanceAt(p engine.Price) balance {
	x := balance{price: p}
	for _, o := range slices.Concat(b.unpriced[engine.Buy], b.sides[engine.Buy]) {
		if o.place == unpriced || o.price >= p {
			x.buy = sum(x.buy, o.leaves())
		}
	}
	for _, o := range slices.Concat(b.unpriced[engine.Sell], b.sides[engine.Sell]) {
		if o.place == unpriced || o.price <= p {
			x.sell = sum(x.sell, o.leaves())
		}
	}
	x.volume = min(x.buy, x.sell)
	return x
}

// uncross trades the volume at one price: those without a price first, then by price
// and queue.
func (m *Model) uncross(b *book, found balance) {
	for left := found.volume; left > 0; {
		buy, sell := b.firstInCall(engine.Buy), b.firstInCall(engine.Sell)
		qty := min(left, buy.shows(), sell.shows())
		m.trade(b, buy, sell, qty, found.price).Flags |= engine.FlagCall
		m.settle(b, buy, qty)
		m.settle(b, sell, qty)
		left -= qty
	}
}

// firstInCall is the order of a side that is next in an uncross.
func (b *book) firstInCall(side engine.Side) *order {
	if len(b.unpriced[side]) > 0 {
		return b.unpriced[side][0]
	}
	return b.best(side)
}
