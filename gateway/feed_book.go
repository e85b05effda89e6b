package gateway

import (
	"fmt"
	"math/bits"

	"pricetime/engine"
)

// replica is the public's view of all books, built from events alone: what its queues
// hold is what any subscriber could know, and it shares nothing with the engine. Orders
// that nobody may see, hidden and parked ones, are remembered aside, so that nothing of
// them is told later.
//
//	order id -> index (open addressing) -> slab of orders <- queues of the levels
//	                                            │             sides: sorted slices
//	                                            └ some aside, in no queue
//
// Its law: every order of the slab that is not free is in the index under its id and,
// unless it is aside, in the queue of exactly one level; a level's total is the sum of
// what its orders show, and positive; a side's levels are in strict order.
//
// All tables have their final size from the start; nothing allocates.
type replica struct {
	orders []replicaOrder // slot 0 is none
	free   uint32         // first free slot, linked by next; 0: none
	fresh  uint32         // slots from here on were never used

	index []indexEntry // slots by order id

	books []replicaBook // by instrument
}

type replicaOrder struct {
	id         engine.OrderID
	price      engine.Price
	shown      engine.Qty // what it shows; of a parked order, what it would
	prev, next uint32     // neighbours in the level's queue, or the free list
	instrument engine.InstrumentID
	side       engine.Side
	kind       engine.OrderType // as it was entered
	iceberg    bool
	hidden     bool
	aside      bool // hidden or parked: in no queue
}

type indexEntry struct {
	id   engine.OrderID // 0: empty
	slot uint32
}

// replicaBook is one instrument's levels, each side from worst to best: most levels
// come and go near the best price, so little is moved.
type replicaBook struct{ sides [2][]replicaLevel }

type replicaLevel struct {
	price      engine.Price
	total      engine.Qty
	head, tail uint32 // the queue: who trades first, who came last
}

// newReplica returns empty books for as many orders and levels as the engine holds.
func newReplica(instruments int, limits *engine.Limits) *replica {
	indexSlots := 1 << bits.Len(uint(2*limits.OrdersMax-1)) // at most half full
	levelsMax := min(limits.LevelsPerSideMax, limits.OrdersMax)
	r := &replica{
		orders: make([]replicaOrder, limits.OrdersMax+1),
		fresh:  1,
		index:  make([]indexEntry, indexSlots),
		books:  make([]replicaBook, instruments),
	}
	for i := range r.books {
		for s := range r.books[i].sides {
			r.books[i].sides[s] = make([]replicaLevel, 0, levelsMax)
		}
	}
	return r
}

// add puts an order at the end of its level's queue, or remembers it aside.
func (r *replica) add(o *replicaOrder) {
	slot := r.take()
	r.orders[slot] = *o
	r.put(o.id, slot)
	if o.aside {
		return
	}
	instrument, side, price := o.instrument, o.side, o.price
	levels := &r.books[instrument].sides[side]
	at, found := findLevel(*levels, side, price)
	if !found {
		if len(*levels) == cap(*levels) {
			panic(fmt.Sprintf("BUG: the feed's side %d of instrument %d has %d levels, its limit", side, instrument, len(*levels)))
		}
		*levels = (*levels)[:len(*levels)+1]
		copy((*levels)[at+1:], (*levels)[at:])
		(*levels)[at] = replicaLevel{price: price}
	}
	l := &(*levels)[at]
	r.orders[slot].prev, r.orders[slot].next = l.tail, 0
	if l.tail != 0 {
		r.orders[l.tail].next = slot
	} else {
		l.head = slot
	}
	l.tail = slot
	l.total += o.shown
}

// get is an order that the replica has, nil for another one. It is valid until the
// next add or reduce.
func (r *replica) get(id engine.OrderID) *replicaOrder {
	mask := uint64(len(r.index) - 1)
	for at := r.home(id); r.index[at].id != 0; at = (at + 1) & mask {
		if r.index[at].id == id {
			return &r.orders[r.index[at].slot]
		}
	}
	return nil
}

// execute takes an execution of qty off an order, which has leaves left in all; 0
// removes it. What an iceberg shows may be used up before: then it is removed, too, and
// comes back refreshed. It returns the order as it was.
func (r *replica) execute(id engine.OrderID, qty, leaves engine.Qty) replicaOrder {
	o := r.get(id)
	switch {
	case o == nil:
		panic(fmt.Sprintf("BUG: the feed does not know order %d", id))
	case leaves == 0:
		if !o.aside && o.shown != qty {
			panic(fmt.Sprintf("BUG: the feed's order %d shows %d and is filled with %d", id, o.shown, qty))
		}
		return r.reduce(id, 0)
	case o.aside:
		return *o
	case o.shown == qty && !o.iceberg:
		panic(fmt.Sprintf("BUG: the feed's order %d shows %d, which was executed, and has %d left", id, qty, leaves))
	}
	return r.reduce(id, o.shown-qty)
}

// reduce lowers what an order shows, in its place; 0 removes it. It returns the order
// as it was.
func (r *replica) reduce(id engine.OrderID, shown engine.Qty) replicaOrder {
	at := r.find(id)
	slot := r.index[at].slot
	o := &r.orders[slot]
	was := *o
	if o.aside {
		if o.shown = shown; shown == 0 {
			r.remove(at, slot)
		}
		return was
	}
	levels := &r.books[o.instrument].sides[o.side]
	atLevel, found := findLevel(*levels, o.side, o.price)
	if !found || shown < 0 || shown > o.shown {
		panic(fmt.Sprintf("BUG: the feed's order %d cannot go from %d shown to %d", id, o.shown, shown))
	}
	l := &(*levels)[atLevel]
	l.total -= o.shown - shown
	o.shown = shown
	if shown > 0 {
		return was
	}
	if o.prev != 0 {
		r.orders[o.prev].next = o.next
	} else {
		l.head = o.next
	}
	if o.next != 0 {
		r.orders[o.next].prev = o.prev
	} else {
		l.tail = o.prev
	}
	if l.head == 0 {
		*levels = append((*levels)[:atLevel], (*levels)[atLevel+1:]...)
	}
	r.remove(at, slot)
	return was
}

// remove frees the slot of an order that is in no queue.
func (r *replica) remove(at uint64, slot uint32) {
	r.drop(at)
	r.orders[slot] = replicaOrder{next: r.free}
	r.free = slot
}

// total is what a level holds; 0 where there is none.
func (r *replica) total(instrument engine.InstrumentID, side engine.Side, price engine.Price) engine.Qty {
	levels := r.books[instrument].sides[side]
	if at, found := findLevel(levels, side, price); found {
		return levels[at].total
	}
	return 0
}

// best is a side's best level; nil: the side is empty.
func (r *replica) best(instrument engine.InstrumentID, side engine.Side) *replicaLevel {
	levels := r.books[instrument].sides[side]
	if len(levels) == 0 {
		return nil
	}
	return &levels[len(levels)-1]
}

// findLevel finds a price in a side's levels, or where it belongs. O(log levels), and
// less near the best price, where the search begins.
func findLevel(levels []replicaLevel, side engine.Side, price engine.Price) (at int, found bool) {
	worse := func(p engine.Price) bool { // than price; inlined
		if side == engine.Buy {
			return p < price
		}
		return p > price
	}
	// Gallop from the best: levels[lo-1] and all before it are worse, levels[hi] and
	// all behind it are not.
	lo, hi := 0, len(levels)
	for step := 1; hi > 0; step *= 2 {
		probe := max(hi-step, 0)
		if worse(levels[probe].price) {
			lo = probe + 1
			break
		}
		hi = probe
	}
	for lo < hi {
		middle := int(uint(lo+hi) / 2)
		if worse(levels[middle].price) {
			lo = middle + 1
		} else {
			hi = middle
		}
	}
	return lo, lo < len(levels) && levels[lo].price == price
}

// take returns a free slot.
func (r *replica) take() uint32 {
	if slot := r.free; slot != 0 {
		r.free = r.orders[slot].next
		return slot
	}
	if int(r.fresh) == len(r.orders) {
		panic(fmt.Sprintf("BUG: the feed holds %d orders, its limit", len(r.orders)-1))
	}
	r.fresh++
	return r.fresh - 1
}

// home is where an id's entry would stand if the table were empty: every other
// place, by the low bits of the id. The venue numbers open orders by the slot that
// they have, with the slot in the low bits, and reuses the slot that was freed last.
// So the entries of open orders hardly ever share a home, there is a hole behind
// each, where a search and a drop end, and a new one stands where one stood a moment
// ago: in the cache, on a page that is there. A hash that scatters took a page fault
// for nearly every order of a morning, and a cache miss for each later one. Ids of
// another kind would cost longer searches and nothing else.
func (r *replica) home(id engine.OrderID) uint64 {
	return 2 * uint64(id) & uint64(len(r.index)-1)
}

// find returns the index's entry of an order that is in the book.
func (r *replica) find(id engine.OrderID) (at uint64) {
	mask := uint64(len(r.index) - 1)
	for at = r.home(id); r.index[at].id != id; at = (at + 1) & mask {
		if r.index[at].id == 0 {
			panic(fmt.Sprintf("BUG: the feed does not know order %d", id))
		}
	}
	return at
}

func (r *replica) put(id engine.OrderID, slot uint32) {
	mask := uint64(len(r.index) - 1)
	at := r.home(id)
	for ; r.index[at].id != 0; at = (at + 1) & mask {
		if r.index[at].id == id {
			panic(fmt.Sprintf("BUG: order %d is in the feed's book twice", id))
		}
	}
	r.index[at] = indexEntry{id, slot}
}

// drop empties an entry and moves up those behind it that a search would no longer
// reach, so that no marks of the dead lengthen later searches.
func (r *replica) drop(at uint64) {
	mask := uint64(len(r.index) - 1)
	gap := at
	for next := (gap + 1) & mask; r.index[next].id != 0; next = (next + 1) & mask {
		// An entry may fill the gap unless its home lies between the gap and itself.
		if (next-r.home(r.index[next].id))&mask >= (next-gap)&mask {
			r.index[gap] = r.index[next]
			gap = next
		}
	}
	r.index[gap] = indexEntry{}
}
