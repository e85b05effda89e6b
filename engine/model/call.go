package model

import (
	"math"
	"math/big"
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
	e.Price, e.Qty = found.price, told(found.volume())
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
	e.Price, e.Qty = found.price, told(found.volume())
	e.Leaves = told(new(big.Int).Abs(found.surplus()))
	if found.surplus().Sign() < 0 {
		e.Side = engine.Sell
	}
}

// A balance is what is for sale and what is wanted at a price; sums of many orders may be
// larger than a Qty. Nothing trades where it is without them.
type balance struct {
	price     engine.Price
	buy, sell *big.Int
}

// volume is what would trade.
func (x balance) volume() *big.Int {
	if x.buy == nil {
		return new(big.Int)
	}
	if x.buy.Cmp(x.sell) < 0 {
		return x.buy
	}
	return x.sell
}

// surplus is what more is wanted than is for sale.
func (x balance) surplus() *big.Int {
	if x.buy == nil {
		return new(big.Int)
	}
	return new(big.Int).Sub(x.buy, x.sell)
}

// told is how an event tells a sum: no event has more than 2^63-1.
func told(n *big.Int) engine.Qty {
	if !n.IsInt64() {
		return math.MaxInt64
	}
	return engine.Qty(n.Int64())
}

// balance finds the price of an uncross: the most volume, then the least surplus, then
// market pressure, then the nearest to the reference, then the lowest.
func (b *book) balance() balance {
	var all []balance
	for _, p := range b.candidates() {
		all = append(all, b.balanceAt(p))
	}
	all = least(all, func(x balance) *big.Int { return new(big.Int).Neg(x.volume()) })
	if len(all) == 0 || all[0].volume().Sign() == 0 {
		return balance{}
	}
	all = least(all, func(x balance) *big.Int { return new(big.Int).Abs(x.surplus()) })
	wanted := func(x balance) bool { return x.surplus().Sign() > 0 }
	offered := func(x balance) bool { return x.surplus().Sign() < 0 }
	switch {
	case every(all, wanted):
		return all[len(all)-1]
	case every(all, offered):
		return all[0]
	}
	if reference, there := b.reference(); there {
		all = least(all, func(x balance) *big.Int { return big.NewInt(int64(max(x.price-reference, reference-x.price))) })
	}
	return all[0]
}

// least keeps those of which a measure is the least, in their order.
func least(all []balance, measure func(balance) *big.Int) (kept []balance) {
	for _, x := range all {
		if len(kept) > 0 && measure(x).Cmp(measure(kept[0])) < 0 {
			kept = nil
		}
		if len(kept) == 0 || measure(x).Cmp(measure(kept[0])) == 0 {
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
	x := balance{price: p, buy: new(big.Int), sell: new(big.Int)}
	for _, o := range slices.Concat(b.unpriced[engine.Buy], b.sides[engine.Buy]) {
		if o.place == unpriced || o.price >= p {
			x.buy.Add(x.buy, big.NewInt(int64(o.leaves())))
		}
	}
	for _, o := range slices.Concat(b.unpriced[engine.Sell], b.sides[engine.Sell]) {
		if o.place == unpriced || o.price <= p {
			x.sell.Add(x.sell, big.NewInt(int64(o.leaves())))
		}
	}
	return x
}

// uncross trades at one price, for as long as both sides have somebody for it: those
// without a price first, then by price and queue.
func (m *Model) uncross(b *book, found balance) {
	if found.volume().Sign() == 0 {
		return
	}
	for {
		buy, sell := b.firstInCall(engine.Buy, found.price), b.firstInCall(engine.Sell, found.price)
		if buy == nil || sell == nil {
			return
		}
		qty := min(buy.shows(), sell.shows())
		m.trade(b, buy, sell, qty, found.price).Flags |= engine.FlagCall
		m.settle(b, buy, qty)
		m.settle(b, sell, qty)
	}
}

// firstInCall is the order of a side that is next in an uncross at a price, if there is one.
func (b *book) firstInCall(side engine.Side, price engine.Price) *order {
	if len(b.unpriced[side]) > 0 {
		return b.unpriced[side][0]
	}
	if o := b.best(side); o != nil && !better(side, price, o.price) {
		return o
	}
	return nil
}
