package recorded

import (
	"slices"

	"pricetime/engine"
)

// tape is the book that the converter keeps: the plainest one with price and time
// priority, so that it can be believed. Prices are LOBSTER's.
type tape struct {
	orders map[uint64]*resting
	queues [2][]*queue // by side, best price first
}

// resting is an order in the book.
type resting struct {
	id    uint64
	side  engine.Side
	price int64
	qty   int64 // open
}

// queue is the orders at one price, oldest first. It is never empty.
type queue struct {
	price  int64
	orders []*resting
}

// tapeFill is what one resting order gives to an incoming one.
type tapeFill struct {
	id  uint64
	qty int64
}

func newTape() *tape { return &tape{orders: make(map[uint64]*resting)} }

// enter puts o behind all others at its price.
func (t *tape) enter(o *resting) {
	t.orders[o.id] = o
	at, found := t.find(o.side, o.price)
	if !found {
		t.queues[o.side] = slices.Insert(t.queues[o.side], at, &queue{price: o.price})
	}
	q := t.queues[o.side][at]
	q.orders = append(q.orders, o)
}

// remove takes o out.
func (t *tape) remove(o *resting) {
	delete(t.orders, o.id)
	at, found := t.find(o.side, o.price)
	if !found {
		panic("BUG: recorded: an order in the book has no queue")
	}
	q := t.queues[o.side][at]
	q.orders = slices.DeleteFunc(q.orders, func(other *resting) bool { return other == o })
	if len(q.orders) == 0 {
		t.queues[o.side] = slices.Delete(t.queues[o.side], at, at+1)
	}
}

// wouldFill says what an incoming order would get from a side, up to the limit
// and quantity. It changes nothing.
func (t *tape) wouldFill(side engine.Side, limit, qty int64) []tapeFill {
	var fills []tapeFill
	for _, q := range t.queues[side] {
		if better(side, limit, q.price) {
			break
		}
		for _, o := range q.orders {
			if qty == 0 {
				return fills
			}
			n := min(qty, o.qty)
			fills = append(fills, tapeFill{o.id, n})
			qty -= n
		}
	}
	return fills
}

// find returns where the queue of a price is, or belongs.
func (t *tape) find(side engine.Side, price int64) (int, bool) {
	return slices.BinarySearchFunc(t.queues[side], price, func(q *queue, price int64) int {
		switch {
		case q.price == price:
			return 0
		case better(side, q.price, price):
			return -1
		}
		return 1
	})
}

// better says whether a resting order of that side goes first at price a rather than at b.
func better(side engine.Side, a, b int64) bool {
	if side == engine.Buy {
		return a > b
	}
	return a < b
}
