package flow

import "pricetime/engine"

// ladder is a matcher over a narrow band of prices: one queue for every price
// there is. It tells a generated flow what must come of it.
//
// Its law: a queue holds ids in order of arrival, from head on; an id whose order
// is gone is skipped when it comes to the front; open counts the others.
type ladder struct {
	low    engine.Price // the price of levels[0]
	levels []ladderLevel
	best   [2]int        // index of the best level that may hold an order of a side
	orders []ladderOrder // by id
	live   []uint32      // ids of the resting orders, in no order that means anything
	result Result
}

type ladderLevel struct {
	queue []uint32
	head  int
	open  int
}

type ladderOrder struct {
	price  engine.Price
	leaves uint32 // 0: not resting
	side   engine.Side
	at     int // index in live
}

func newLadder(low, high engine.Price, idMax int) *ladder {
	l := &ladder{low: low, levels: make([]ladderLevel, high-low+1), orders: make([]ladderOrder, idMax+1)}
	l.best = [2]int{engine.Buy: -1, engine.Sell: len(l.levels)}
	return l
}

// touch returns the best price of a side.
func (l *ladder) touch(side engine.Side) (engine.Price, bool) {
	i := &l.best[side]
	for *i >= 0 && *i < len(l.levels) && l.levels[*i].open == 0 {
		*i += worse(side)
	}
	return l.low + engine.Price(*i), *i >= 0 && *i < len(l.levels)
}

// worse is the step from a level of a side to the next worse one.
func worse(side engine.Side) int {
	if side == engine.Buy {
		return -1
	}
	return 1
}

// apply carries out one operation.
func (l *ladder) apply(op Op) {
	switch op.Type {
	case OpNew:
		l.enter(op.ID, op, true)
	case OpIOC:
		l.enter(op.ID, op, false)
	case OpCancel:
		l.remove(op.ID)
	case OpReplace:
		l.remove(op.ID)
		l.enter(op.NewID, op, true)
	}
}

func (l *ladder) enter(id uint32, op Op, rests bool) {
	leaves, opposite := op.Qty, op.Side.Opposite()
	for leaves > 0 {
		price, ok := l.touch(opposite)
		if !ok || op.Side == engine.Buy && price > op.Price || op.Side == engine.Sell && price < op.Price {
			break
		}
		maker := l.front(price)
		qty := min(leaves, l.orders[maker].leaves)
		l.result.Trade(maker, id, price, uint64(qty))
		leaves -= qty
		if qty == l.orders[maker].leaves {
			l.remove(maker)
		} else {
			l.orders[maker].leaves -= qty
		}
	}
	if leaves == 0 || !rests {
		return
	}
	i := int(op.Price - l.low)
	l.orders[id] = ladderOrder{price: op.Price, leaves: leaves, side: op.Side, at: len(l.live)}
	l.live = append(l.live, id)
	l.levels[i].queue = append(l.levels[i].queue, id)
	l.levels[i].open++
	if b := &l.best[op.Side]; op.Side == engine.Buy && i > *b || op.Side == engine.Sell && i < *b {
		*b = i
	}
}

// front returns the first open order at a price that has one.
func (l *ladder) front(price engine.Price) uint32 {
	level := &l.levels[price-l.low]
	for l.orders[level.queue[level.head]].leaves == 0 {
		level.head++
	}
	if level.head > 1024 && level.head > len(level.queue)/2 { // let go of the past
		level.queue = append(level.queue[:0], level.queue[level.head:]...)
		level.head = 0
	}
	return level.queue[level.head]
}

func (l *ladder) remove(id uint32) {
	o := &l.orders[id]
	l.levels[o.price-l.low].open--
	last := l.live[len(l.live)-1]
	l.live[o.at] = last
	l.orders[last].at = o.at
	l.live = l.live[:len(l.live)-1]
	o.leaves = 0
}

// levelsOpen counts the prices that hold an order.
func (l *ladder) levelsOpen() (n int) {
	for i := range l.levels {
		if l.levels[i].open > 0 {
			n++
		}
	}
	return n
}
