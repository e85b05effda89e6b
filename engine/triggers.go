package engine

// Orders that wait for their trigger, stops and take-profits, in front of the crossing
// loop: each is parked in one of four queues of its book, nearest stop price first, until
// a print reaches it; then it comes as an incoming order (docs/rules.md, Triggers).
//
//	buyStops    fire at a print >= stop     key  stop
//	sellStops            print <= stop      key -stop
//	buyTakes             print <= stop      key -stop
//	sellTakes            print >= stop      key  stop
//
// A queue is a tree of levels like the far side of a book; the levels' totals are not kept.
type triggerQueue struct {
	tree    levelTree
	best    handle // the level of the nearest stop price, 0 for none
	bestKey int64  // noKey for none
}

const (
	buyStops  = 0
	sellStops = 1
	buyTakes  = 2
	sellTakes = 3
)

// triggerQueueOf is which queue an order of a type and side waits in.
func triggerQueueOf(t OrderType, s Side) int {
	if t >= TakeProfit {
		return buyTakes + int(s)
	}
	return buyStops + int(s)
}

// rises says whether a queue's orders fire when the price rises to them.
func rises(queue int) bool { return queue == buyStops || queue == sellTakes }

// triggerKey orders a queue's stop prices, nearest first; it is its own inverse.
func triggerKey(queue int, stop Price) int64 {
	if rises(queue) {
		return int64(stop)
	}
	return -int64(stop)
}

// reached says whether the last price has reached a stop price.
func (b *book) reached(t OrderType, s Side, stop Price) bool {
	queue := triggerQueueOf(t, s)
	return b.phase == Continuous && b.trades > 0 && triggerKey(queue, stop) <= triggerKey(queue, b.last)
}

// park puts an order at the back of the queue of its stop price, and says so.
func (e *Engine) park(b *book, h handle, o *order, d *detail) {
	queue := triggerQueueOf(o.kind, o.side)
	q := &b.waiting[queue]
	key := triggerKey(queue, d.stop)
	lh := q.tree.at(key)
	if lh == 0 {
		lh = e.levels.take(key)
		e.queues.open(lh)
		q.tree.insert(key, lh)
		if key < q.bestKey {
			q.best, q.bestKey = lh, key
		}
	}
	o.level = lh
	o.traits |= waits
	e.queues.pushBack(lh, h)
	b.parked++
	e.parked++
}

// unpark takes a parked order of either kind out of its queue.
func (e *Engine) unpark(b *book, h handle, o *order) {
	b.parked--
	e.parked--
	emptied := e.queues.remove(h)
	if o.traits&unpriced != 0 {
		o.traits &^= unpriced
		return
	}
	o.traits &^= waits
	if emptied {
		q := &b.waiting[triggerQueueOf(o.kind, o.side)]
		q.tree.remove(e.levels.at(o.level).key)
		e.levels.release(o.level)
		if o.level == q.best {
			q.best, q.bestKey = q.tree.first()
		}
	}
}

// tellParked says that an order stands aside of the book.
func (e *Engine) tellParked(h handle, o *order, ev *Events) {
	x := ev.next(EvParked)
	describe(x, o)
	x.Flags = FlagParked
	d := e.details.at(h)
	x.Type, x.ContraOrderID = o.kind, OrderID(d.stop)
	x.Price, x.Qty, x.Leaves = d.price, o.total(), o.leaves
}

// fire lets the prints among the events since from elect parked orders, and runs these one
// after the other, each with what its own prints elect behind the others, until none is left.
func (e *Engine) fire(b *book, from int, ev *Events) {
	if b.parked == 0 {
		return
	}
	e.electByPrints(b, from, ev)
	e.runElected(b, ev)
}

func (e *Engine) runElected(b *book, ev *Events) {
	for h := e.queues.front(e.electedList()); h != 0; h = e.queues.front(e.electedList()) {
		e.queues.remove(h)
		o := e.orders.at(h)
		from := ev.used
		e.trigger(b, h, o, ev)
		e.electByPrints(b, from, ev)
	}
}

// trigger makes an order that waits no more an incoming one.
func (e *Engine) trigger(b *book, h handle, o *order, ev *Events) {
	d := e.details.at(h)
	x := ev.next(EvTriggered)
	describe(x, o)
	x.Price, x.Qty, x.Leaves = d.price, o.total(), o.leaves
	limit := e.marketLimit(b, o.side)
	if o.kind.Priced() {
		limit = limitOf(o.side, d.price)
	}
	e.incoming(b, incomingOrder{h: h, o: o, key: keyOf(o.side, d.price), limit: limit}, ev)
}

// electByPrints elects what the lowest and the highest print since from have reached.
func (e *Engine) electByPrints(b *book, from int, ev *Events) {
	low, high, any := Price(0), Price(0), false
	for i := from; i < ev.used; i++ {
		if x := ev.at(handle(i)); x.Kind == EvExecuted {
			if !any || x.Price < low {
				low = x.Price
			}
			if !any || x.Price > high {
				high = x.Price
			}
			any = true
		}
	}
	if any {
		e.elect(b, low, high)
	}
}

// elect moves all orders that a price from low to high reaches to the elected ones.
func (e *Engine) elect(b *book, low, high Price) {
	for queue := range b.waiting {
		q := &b.waiting[queue]
		reach := triggerKey(queue, high)
		if !rises(queue) {
			reach = triggerKey(queue, low)
		}
		for q.bestKey <= reach {
			h := e.queues.front(q.best)
			e.unpark(b, h, e.orders.at(h))
			e.queues.pushBack(e.electedList(), h)
		}
	}
}
