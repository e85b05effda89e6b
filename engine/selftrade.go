package engine

// Self-trade prevention stands in front of the crossing loop (docs/rules.md): an order whose
// mode asks for it meets the other side one resting order at a time, and the loop trades
// with those that are not its own.

// own says whether two accounts do not trade with each other.
func (e *Engine) own(a, b AccountID) bool {
	if a == b {
		return true
	}
	group := e.accounts.at(handle(a)).group
	return group != 0 && group == e.accounts.at(handle(b)).group
}

// matchOthers is match for an order with a self-trade mode. It returns false when the
// incoming order is to be canceled with what it has left.
func (e *Engine) matchOthers(b *book, in *incomingOrder, ev *Events) bool {
	o := in.o
	opp := b.side(o.side.Opposite())
	for o.leaves > 0 && opp.bestKey <= in.limit {
		h := e.queues.front(opp.best)
		resting := e.orders.at(h)
		if !e.own(o.account, resting.account) {
			e.match(b, o, in.limit, min(o.leaves, resting.leaves), ev)
			continue
		}
		if !e.collide(in, h, resting, ev) {
			return false
		}
	}
	return true
}

// collide is what an incoming order's mode makes of it and of an own order. It returns
// false when the incoming order is to be canceled.
func (e *Engine) collide(in *incomingOrder, h handle, resting *order, ev *Events) bool {
	o := in.o
	switch o.selfTrade {
	case SelfTradeNewest:
		return false
	case SelfTradeOldest:
		e.takeOut(h, resting, ReasonSelfTrade, ev)
		return true
	case SelfTradeBoth:
		e.takeOut(h, resting, ReasonSelfTrade, ev)
		return false
	}
	leaves := e.leavesOf(h, resting)
	if o.leaves < leaves {
		e.reduceTo(h, resting, e.totalOf(h, resting)-o.leaves, ev)
		return false
	}
	e.takeOut(h, resting, ReasonSelfTrade, ev)
	if o.leaves == leaves {
		return false
	}
	x := ev.next(EvReduced)
	describe(x, o)
	x.ContraLeaves = o.total()
	o.leaves -= leaves
	e.describeMore(x, in.h, o)
	x.Price, x.Qty, x.Leaves = priceOf(o.side, in.key), o.total(), o.leaves
	return true
}

// canTrade says whether an order can trade a quantity at its limit or better, now, with
// what its self-trade mode leaves it.
func (e *Engine) canTrade(b *book, in *order, limit int64, need Qty) bool {
	opp := b.side(in.side.Opposite())
	if in.selfTrade <= SelfTradeNone {
		return e.canFill(opp, limit, need)
	}
	for lh := opp.best; lh != 0 && e.levels.at(lh).key <= limit; lh = e.after(opp, e.levels.at(lh).key) {
		others, met := e.others(in, lh)
		if others >= need {
			return true
		}
		if met && in.selfTrade != SelfTradeOldest {
			return false
		}
		need -= others
	}
	return false
}

// others is what a level holds for an incoming order: the orders that are not its own, or,
// where an own one ends the matter, what these show in front of the first own one; met says
// that there is an own one.
func (e *Engine) others(in *order, lh handle) (qty Qty, met bool) {
	shown := Qty(0)
	for h := e.queues.front(lh); h != 0; h = e.queues.behind(h) {
		o := e.orders.at(h)
		if e.own(in.account, o.account) {
			if !met && in.selfTrade != SelfTradeOldest {
				return shown, true
			}
			met = true
			continue
		}
		shown += o.leaves
		qty += e.leavesOf(h, o)
	}
	return qty, met
}
