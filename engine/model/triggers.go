package model

import (
	"slices"

	"pricetime/engine"
)

// trigger is which of the four queues an order waits in.
func (o *order) trigger() int {
	if o.typ == engine.TakeProfit || o.typ == engine.TakeProfitLimit {
		return 2 + int(o.side)
	}
	return int(o.side)
}

// firesAbove says whether an order fires at prints at and above its stop price, else it
// does at and below: buy stops and sell take-profits fire above.
func (o *order) firesAbove() bool { return o.trigger() == 0 || o.trigger() == 3 }

// reachedBy says whether a print fires an order.
func (o *order) reachedBy(print engine.Price) bool {
	if o.firesAbove() {
		return print >= o.stop
	}
	return print <= o.stop
}

// firesNow says whether an order that triggers does so at once.
func (b *book) firesNow(o *order) bool {
	return b.phase == engine.Continuous && b.trades > 0 && o.reachedBy(b.last)
}

// park puts an order aside: nearest stop price first, first come first served at a price;
// one without a price that does not trigger behind all of them.
func (b *book) park(o *order) {
	if !o.typ.Triggers() {
		o.place = unpriced
		b.unpriced[o.side] = append(b.unpriced[o.side], o)
		return
	}
	o.place = waiting
	queue := b.waiting[o.trigger()]
	at := 0
	for at < len(queue) && (queue[at].stop == o.stop || o.firesAbove() == (queue[at].stop < o.stop)) {
		at++
	}
	b.waiting[o.trigger()] = slices.Insert(queue, at, o)
}

// parkNew parks an order that was just accepted.
func (m *Model) parkNew(b *book, o *order) {
	b.park(o)
	e := m.about(engine.EvParked, o)
	e.Flags |= engine.FlagParked
	e.Type, e.ContraOrderID = o.typ, engine.OrderID(o.stop)
}

// trigger makes an incoming order of one that waited.
func (m *Model) trigger(b *book, o *order) {
	m.about(engine.EvTriggered, o)
	m.incoming(b, o)
}

// runElected lets the prints so far elect parked orders, and runs these one after the
// other, first elected first. What they print elects more, behind the others.
func (m *Model) runElected(b *book) {
	var elected []*order
	for {
		elected = append(elected, b.elect(m.prints)...)
		m.prints = nil
		if len(elected) == 0 {
			return
		}
		first := elected[0]
		elected = elected[1:]
		m.trigger(b, first)
	}
}

// elect takes the orders that any of the prints reaches out of their queues.
func (b *book) elect(prints []engine.Price) []*order {
	var elected []*order
	for _, queue := range b.waiting {
		for _, o := range queue {
			if slices.ContainsFunc(prints, o.reachedBy) {
				elected = append(elected, o)
			}
		}
	}
	for _, o := range elected {
		b.leave(o)
	}
	return elected
}
