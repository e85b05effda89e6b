package engine

import (
	"math"
	"math/bits"
)

// Calls: orders collect, the book may cross, and an uncross at one price ends it
// (docs/rules.md, Phases). All of this is behind the crossing loop: the uncross has its own.

// uncross is what an uncross does, or would: nothing where volume is 0.
type uncross struct {
	price   Price
	volume  sum
	surplus sum
	excess  Side // whose the surplus is
}

// sum is a quantity of many orders: it may not fit in 63 bits, and then an event tells the
// largest quantity that does.
type sum struct{ hi, lo uint64 }

func (s sum) plus(q Qty) sum {
	lo, carry := bits.Add64(s.lo, uint64(q), 0)
	return sum{s.hi + carry, lo}
}

func (s sum) less(t sum) bool { return s.hi < t.hi || s.hi == t.hi && s.lo < t.lo }

// minus is s less t, which is not more.
func (s sum) minus(t sum) sum {
	lo, borrow := bits.Sub64(s.lo, t.lo, 0)
	return sum{s.hi - t.hi - borrow, lo}
}

func (s sum) qty() Qty {
	if s.hi != 0 || s.lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return Qty(s.lo)
}

// callLevel is a level of a side in a call, with all that is there or better.
type callLevel struct {
	price Price
	sum   sum // of the unpriced orders and all levels up to this one
}

// setPhase moves an instrument to a phase.
func (e *Engine) setPhase(c *Command, ev *Events) {
	if int(c.Instrument) >= len(e.books) {
		ev.cancelRejected(c, NoInstrument, ReasonUnknownInstrument)
		return
	}
	b := e.book(c.Instrument)
	if !b.phase.Follows(c.Phase) {
		ev.cancelRejected(c, NoInstrument, ReasonPhase)
		return
	}
	uncrosses := b.phase == PreOpen && c.Phase == Continuous || b.phase == ClosingCall && c.Phase == Closed
	u := uncross{}
	if uncrosses {
		u = e.findUncross(c.Instrument, b)
		e.trade(c.Instrument, b, u, ev)
	}
	b.phase = c.Phase
	e.settlePlain(b)
	x := ev.next(EvPhase)
	x.Session, x.Instrument, x.Phase, x.Price, x.Qty = c.Session, c.Instrument, b.phase, u.price, u.volume.qty()
	if uncrosses {
		for s := range b.sides {
			list := e.unpricedList(c.Instrument, Side(s))
			for h := e.queues.front(list); h != 0; h = e.queues.front(list) {
				e.takeOut(h, e.orders.at(h), ReasonCallOver, ev)
			}
		}
	}
	if b.phase == Continuous && b.trades > 0 && b.parked > 0 {
		e.elect(b, b.last, b.last)
		e.runElected(b, ev)
	}
}

// tellIndicative says what an uncross would do now.
func (e *Engine) tellIndicative(i InstrumentID, b *book, ev *Events) {
	u := e.findUncross(i, b)
	x := ev.next(EvIndicative)
	x.Instrument, x.Phase, x.Price, x.Qty = i, b.phase, u.price, u.volume.qty()
	x.Side, x.Leaves = u.excess, u.surplus.qty()
}

// reference is what an uncross's price is to be near to.
func (b *book) reference() (p Price, there bool) {
	if b.trades > 0 {
		return b.last, true
	}
	return b.instrument.Reference, b.instrument.Reference != 0
}

// findUncross finds the price of an uncross: the most volume, then the least surplus, then
// market pressure, then nearest to the reference, then the lowest. O(levels)
//
// Between two neighbouring prices of orders nothing changes, so it looks at stretches of
// ticks: one begins at each sell's price, and behind each buy's.
func (e *Engine) findUncross(i InstrumentID, b *book) uncross {
	buys, sells := e.collect(i, Buy), e.collect(i, Sell)
	unpricedBuys, unpricedSells := e.unpricedSum(i, Buy), e.unpricedSum(i, Sell)
	reference, known := b.reference()
	low, high, priced := priceRange(buys, sells)
	if !priced {
		if !known {
			return uncross{}
		}
		low, high = reference, reference
	}
	best := stretches{reference: reference, known: known}
	nextBuy, nextSell := len(buys)-1, 0 // of the buys at or above low, all; no sell yet
	for from := low; ; {
		for nextSell < len(sells) && sells[nextSell].price <= from {
			nextSell++
		}
		for nextBuy >= 0 && buys[nextBuy].price < from {
			nextBuy--
		}
		to := high
		if nextSell < len(sells) {
			to = min(to, sells[nextSell].price-1)
		}
		bought, sold := unpricedBuys, unpricedSells
		if nextBuy >= 0 {
			to = min(to, buys[nextBuy].price)
			bought = buys[nextBuy].sum
		}
		if nextSell > 0 {
			sold = sells[nextSell-1].sum
		}
		best.look(from, to, bought, sold)
		if to == high {
			return best.choose()
		}
		from = to + 1
	}
}

// stretches are those of the prices looked at that are the best so far.
type stretches struct {
	reference Price
	known     bool

	volume, surplus  sum
	lowest, highest  Price
	nearest          Price
	atNearest        Side // whose the surplus is there
	bought, sold, no bool // whether there are some with more bought, more sold, no surplus
}

// look compares the prices from to to with the best so far.
func (s *stretches) look(from, to Price, bought, sold sum) {
	volume, surplus, excess := sold, bought, Buy
	if bought.less(sold) {
		volume, surplus, excess = bought, sold.minus(bought), Sell
	} else {
		surplus = bought.minus(sold)
	}
	near := from
	if s.known {
		near = min(max(s.reference, from), to)
	}
	switch {
	case volume == sum{} || volume.less(s.volume) || volume == s.volume && s.surplus.less(surplus):
		return
	case volume == s.volume && surplus == s.surplus:
		s.highest = to
		if s.known && distance(near, s.reference) < distance(s.nearest, s.reference) {
			s.nearest, s.atNearest = near, excess
		}
	default:
		s.volume, s.surplus = volume, surplus
		s.lowest, s.highest, s.nearest, s.atNearest = from, to, near, excess
		s.bought, s.sold, s.no = false, false, false
	}
	switch {
	case surplus == sum{}:
		s.no = true
	case excess == Buy:
		s.bought = true
	default:
		s.sold = true
	}
}

func (s *stretches) choose() uncross {
	switch {
	case s.volume == sum{}:
		return uncross{}
	case s.bought && !s.sold && !s.no:
		return uncross{s.highest, s.volume, s.surplus, Buy}
	case s.sold && !s.bought && !s.no:
		return uncross{s.lowest, s.volume, s.surplus, Sell}
	}
	return uncross{s.nearest, s.volume, s.surplus, s.atNearest}
}

func distance(a, b Price) Price { return max(a-b, b-a) }

// priceRange is the lowest and the highest price of any order in the book.
func priceRange(buys, sells []callLevel) (low, high Price, any bool) {
	low, high = PriceMax, -PriceMax
	if n := len(buys); n > 0 {
		low, high = buys[n-1].price, buys[0].price
	}
	if n := len(sells); n > 0 {
		low, high = min(low, sells[0].price), max(high, sells[n-1].price)
	}
	return low, high, len(buys)+len(sells) > 0
}

// collect copies a side's levels, best first, with the sums of what is there or better.
func (e *Engine) collect(i InstrumentID, s Side) []callLevel {
	side := e.book(i).side(s)
	total := e.unpricedSum(i, s)
	out := e.callLevels[s][:0]
	for lh := side.best; lh != 0; {
		l := e.levels.at(lh)
		total = total.plus(l.total)
		out = append(out, callLevel{priceOf(s, l.key), total})
		lh = e.after(side, l.key)
	}
	return out
}

// unpricedSum is the quantity of a side's unpriced orders.
func (e *Engine) unpricedSum(i InstrumentID, s Side) (total sum) {
	for h := e.queues.front(e.unpricedList(i, s)); h != 0; h = e.queues.behind(h) {
		total = total.plus(e.orders.at(h).leaves)
	}
	return total
}

// trade carries out an uncross: both sides in order, for as long as both have somebody for
// its price, which is until its volume is done.
func (e *Engine) trade(i InstrumentID, b *book, u uncross, ev *Events) {
	if (u.volume == sum{}) {
		return
	}
	for {
		bh, sh := e.firstInCall(i, Buy, u.price), e.firstInCall(i, Sell, u.price)
		if bh == 0 || sh == 0 {
			return
		}
		buy, sell := e.orders.at(bh), e.orders.at(sh)
		qty := min(buy.leaves, sell.leaves)
		b.trades++

		x := ev.next(EvExecuted)
		describe(x, buy)
		x.Flags = FlagCall | veil(sell)
		x.Price = u.price
		x.Qty = qty
		x.Leaves = e.leavesOf(bh, buy) - qty
		x.ContraLeaves = e.leavesOf(sh, sell) - qty
		x.ContraOrderID = sell.id
		x.ContraClOrdID = sell.clOrdID
		x.ContraSession = sell.session
		x.TradeID = b.trades
		b.last = u.price

		e.fillInCall(b, bh, buy, qty, ev)
		e.fillInCall(b, sh, sell, qty, ev)
	}
}

// firstInCall is who is next on a side at a price, 0 for nobody: unpriced orders before all others.
func (e *Engine) firstInCall(i InstrumentID, s Side, p Price) handle {
	if h := e.queues.front(e.unpricedList(i, s)); h != 0 {
		return h
	}
	side := e.book(i).side(s)
	if side.best == 0 || side.bestKey > keyOf(s, p) {
		return 0
	}
	return e.queues.front(side.best)
}

func (e *Engine) fillInCall(b *book, h handle, o *order, qty Qty, ev *Events) {
	if o.traits&unpriced == 0 {
		e.fill(b.side(o.side), h, o, qty, ev)
		return
	}
	o.executed += qty
	if o.leaves -= qty; o.leaves == 0 {
		e.unpark(b, h, o)
		e.dismiss(h, o)
		e.finish(h, o, 0, ReasonFilled)
	}
}
