package engine

import "math"

// match crosses the incoming order in slot h against the other side, best level
// first, each level front to back, never beyond the limit key, always at the
// resting order's price. It returns with nothing left, or nothing to trade with.
//
// This is the one crossing loop. Whatever comes later (stops, icebergs,
// auctions) stands in front of it or behind it, never inside.
// walk 10
// hot
func (e *Engine) match(b *book, in *order, limit int64, ev *Events) {
	opp := &b.sides[in.side.Opposite()]
	for in.leaves > 0 && opp.best != 0 {
		l := &e.levels.slots[opp.best]
		if l.key > limit {
			return
		}
		h := l.head
		resting := &e.orders.slots[h]
		qty := min(in.leaves, resting.leaves)
		in.leaves -= qty
		in.executed += qty
		resting.executed += qty
		b.trades++

		x := ev.next(EvExecuted)
		e.describe(x, in)
		x.Price = priceOf(resting.side, l.key)
		x.Qty = qty
		x.Leaves = in.leaves
		x.ContraLeaves = resting.leaves - qty
		x.ContraOrderID = resting.id
		x.ContraClOrdID = e.ids.records[resting.record].id
		x.ContraSession = resting.session
		x.TradeID = b.trades

		if qty == resting.leaves {
			e.dequeue(opp, resting) // with its leaves, which its level's total still counts
			e.finish(h, resting, 0, ReasonFilled)
		} else {
			resting.leaves -= qty
			l.total -= qty
		}
	}
}

// unlimited is the limit key of a market order.
const unlimited = math.MaxInt64

// limitKey is the worst key on the other side that an order may trade at.
func limitKey(s Side, t OrderType, p Price) int64 {
	if t == Market {
		return unlimited
	}
	return keyOf(s.Opposite(), p)
}
