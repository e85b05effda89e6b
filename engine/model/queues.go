package model

import (
	"slices"

	"pricetime/engine"
)

// better says whether price p is closer to a trade than q on a side: a higher
// bid, a lower offer.
func better(side engine.Side, p, q engine.Price) bool {
	if side == engine.Buy {
		return p > q
	}
	return p < q
}

// best is the order of a side that is next in line to trade, or nil.
func (b *book) best(side engine.Side) *order {
	if len(b.sides[side]) == 0 {
		return nil
	}
	return b.sides[side][0]
}

// crosses says whether an order of this side and limit could trade.
func (b *book) crosses(side engine.Side, limit engine.Price) bool {
	r := b.best(side.Opposite())
	return r != nil && !better(side, r.price, limit)
}

// rest puts an order into the book, with a fresh slice.
func (b *book) rest(o *order) {
	o.place = inBook
	o.shown = min(o.display, o.leaves())
	b.queue(o)
}

// queue puts an order behind all orders at its price or better; a shown one goes before
// the hidden ones at its price.
func (b *book) queue(o *order) {
	side := b.sides[o.side]
	at := 0
	for at < len(side) && side[at].goesBefore(o) {
		at++
	}
	b.sides[o.side] = slices.Insert(side, at, o)
}

// goesBefore says whether an order of a queue stays before one that comes to it.
func (r *order) goesBefore(o *order) bool {
	if r.price != o.price {
		return better(o.side, r.price, o.price)
	}
	return o.hidden || !r.hidden
}

// leave takes an order out of where it stands.
func (b *book) leave(o *order) {
	switch o.place {
	case inBook:
		b.sides[o.side] = removed(b.sides[o.side], o)
	case waiting:
		b.waiting[o.trigger()] = removed(b.waiting[o.trigger()], o)
	case unpriced:
		b.unpriced[o.side] = removed(b.unpriced[o.side], o)
	}
	o.place, o.shown = nowhere, 0
}

// removed is a queue without one of its orders.
func removed(queue []*order, o *order) []*order {
	at := slices.Index(queue, o)
	return slices.Delete(queue, at, at+1)
}

// all is every order of a book, in the order in which an operator takes them out.
func (b *book) all() []*order {
	return slices.Concat(b.sides[0], b.sides[1],
		b.waiting[0], b.waiting[1], b.waiting[2], b.waiting[3], b.unpriced[0], b.unpriced[1])
}

// levelAt says what a side holds at a price, without counting one order, and how
// many levels the side has.
func (b *book) levelAt(side engine.Side, price engine.Price, without *order) (qty engine.Qty, exists bool, levels int) {
	for i, o := range b.sides[side] {
		if i == 0 || o.price != b.sides[side][i-1].price {
			levels++
		}
		if o.price == price {
			exists = true
			if o != without {
				qty += o.leaves()
			}
		}
	}
	return qty, exists, levels
}
