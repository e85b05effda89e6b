package engine

// match crosses the incoming order against the other side, best level first, each level
// front to back, never beyond the limit key, always at the resting order's price, for at
// most upTo of its leaves. It returns with these traded, or nothing to trade with.
//
// This is the one crossing loop. Whatever comes later (stops, icebergs,
// auctions) stands in front of it or behind it, never inside.
// walk 10
// hot
func (e *Engine) match(b *book, in *order, limit int64, upTo Qty, ev *Events) {
	opp, before := b.side(in.side.Opposite()), b.trades
	for upTo > 0 && opp.bestKey <= limit {
		h := e.queues.at(e.queues.base + opp.best).next // a level has an order
		resting := e.orders.at(h)
		qty := min(upTo, resting.leaves)
		upTo -= qty
		in.leaves -= qty
		in.executed += qty
		b.trades++

		x := ev.next(EvExecuted)
		describe(x, in)
		x.Price = priceOf(in.side.Opposite(), opp.bestKey)
		x.Qty = qty
		x.Leaves = in.leaves
		x.ContraLeaves = resting.leaves - qty
		x.ContraOrderID = resting.id
		x.ContraClOrdID.copy(&resting.clOrdID)
		x.ContraSession = resting.session
		x.TradeID = b.trades

		if resting.apart() {
			e.fillApart(opp, h, resting, qty, x, ev)
		} else if qty == resting.leaves {
			e.dequeue(opp, h, resting)
			e.dismiss(h, resting)
			e.end(h, resting, 0, ReasonFilled)
		} else {
			resting.executed += qty
			resting.leaves -= qty
			e.levels.at(opp.best).total -= qty
		}
	}
	if b.trades != before {
		b.last = ev.last().Price
	}
}

// unlimited is the limit key of a market order: behind every level's key, and before noKey.
const unlimited = noKey - 1
