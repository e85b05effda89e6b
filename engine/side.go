package engine

import "math/bits"

// side is one side of a book: its levels, found by price and ordered by key. Those
// around the best are near, in a window of prices; the others are far, in the B-tree.
// Its law: a level is in exactly one of the two, and best is the better of their firsts.
type side struct {
	best     handle // the level of smallest key, 0 for none
	levels   int
	bestKey  int64 // noKey for none
	hidden   int   // hidden orders
	near     nearLevels
	far      farLevels
	treeOnly bool
}

func (s *side) init(memory Memory, limits *Limits, nodes *levelNodes) {
	s.bestKey = noKey
	s.treeOnly = limits.TreeOnly
	s.far.init(memory, limits, nodes)
}

// keyOf is the key of a price on a side; it is its own inverse.
func keyOf(s Side, p Price) int64 {
	flip := -int64(1 - s) // all ones for a buy: -x is ^(x-1)
	return (int64(p) ^ flip) - flip
}

// priceOf is the price of a key on a side.
func priceOf(s Side, key int64) Price { return Price(keyOf(s, Price(key))) }

// find is the level at a key, 0 for none.
// hot
func (s *side) find(key int64) handle {
	if s.near.covers(key) {
		return s.near.at(key)
	}
	return s.far.index.find(key)
}

// after is the next worse level behind a key, 0 for none.
func (e *Engine) after(s *side, key int64) handle {
	near, far := handle(0), s.far.best
	switch {
	case key < s.near.lo:
		near = s.near.first()
	case s.near.covers(key + 1):
		near = s.near.from(key + 1)
	}
	if far != 0 && s.far.bestKey <= key {
		far = s.far.tree.after(key)
	}
	if near == 0 || far != 0 && e.levels.at(far).key < e.levels.at(near).key {
		return far
	}
	return near
}

// enqueue puts an order at the back of its price's queue. lh is the level of that
// price; 0: there is none, and it gets one.
// walk 11
// hot
func (e *Engine) enqueue(s *side, lh handle, key int64, h handle, o *order) {
	if lh == 0 {
		lh = e.openLevel(s, key)
	}
	o.level = lh
	if o.apart() || s.hidden != 0 {
		e.enqueueApart(s, lh, h, o)
		return
	}
	e.levels.at(lh).total += o.leaves
	e.queues.pushBack(lh, h)
}

// dequeue takes an order out of its queue, with its leaves, which its level's total
// still counts; a level without orders disappears at once.
// hot
func (e *Engine) dequeue(s *side, h handle, o *order) {
	e.levels.at(o.level).total -= o.leaves
	if e.queues.remove(h) {
		e.closeLevel(s, o.level)
	}
}

// hot
func (e *Engine) openLevel(s *side, key int64) handle {
	lh := e.levels.take(key)
	e.queues.open(lh)
	if s.levels++; s.levels == 1 && !s.treeOnly { // the first: the window may be anywhere
		s.near.place(blockOf(key)-marginAim, blockOf(key)-marginAim+nearTicks)
	}
	if s.near.covers(key) {
		s.near.add(key, lh)
	} else {
		s.far.add(key, lh)
	}
	if key < s.bestKey {
		s.best, s.bestKey = lh, key
	}
	if s.near.unsettled(s.bestKey) {
		e.settle(s)
	}
	return lh
}

// hot
func (e *Engine) closeLevel(s *side, lh handle) {
	key := e.levels.at(lh).key
	s.levels--
	if s.near.covers(key) {
		s.near.remove(key)
	} else {
		s.far.remove(key)
	}
	e.levels.release(lh)
	if key == s.bestKey {
		s.best, s.bestKey = s.far.best, s.far.bestKey
		if h := s.near.first(); h != 0 && e.levels.at(h).key < s.bestKey {
			s.best, s.bestKey = h, e.levels.at(h).key
		}
	}
	if s.near.unsettled(s.bestKey) {
		e.settle(s)
	}
}

// settle moves the window towards the best, by so little that no order waits for
// it: at most the levels of one block leave and those of one block enter. After a
// jump of the market a few births and deaths of levels go by until all that is near
// is in the window; until then the tree has it.
func (e *Engine) settle(s *side) {
	n := &s.near
	if s.levels == 0 || s.treeOnly {
		return
	}
	best := blockOf(s.bestKey)
	aim := best - marginAim
	switch {
	case n.summary == 0:
		n.place(best, best) // nothing is near, the best is not: the window begins anew
	case best < n.lo-nearTicks: // out of reach: the window is given up, its worst block first
		e.giveUp(s, n.worstBlock())
		return
	case best < n.lo+marginMin:
		if n.hi-n.lo == nearTicks {
			e.giveUp(s, n.hi-blockTicks)
		}
		n.place(n.lo-blockTicks, n.hi)
		e.takeIn(s, n.lo)
		return
	case best >= n.lo+marginMax: // the blocks in front of the best are empty
		n.place(aim, n.hi)
	}
	switch {
	case s.far.best == 0:
		n.place(n.lo, n.lo+nearTicks) // nothing can enter with it
	case n.hi-n.lo < nearTicks:
		n.place(n.lo, n.hi+blockTicks)
		e.takeIn(s, n.hi-blockTicks)
	}
}

// giveUp ends the window at a block, whose levels go to the tree; behind it there are none.
func (e *Engine) giveUp(s *side, block int64) {
	n := &s.near
	w := uint64(block) / blockTicks % nearBlocks
	for n.words[w] != 0 {
		key := block + int64(bits.TrailingZeros64(n.words[w]))
		h := n.at(key)
		n.remove(key)
		s.far.add(key, h)
	}
	n.place(n.lo, block)
}

// takeIn brings the levels of a block of the window in from the tree.
func (e *Engine) takeIn(s *side, block int64) {
	for {
		h := s.far.best
		if s.far.bestKey < block {
			h = s.far.tree.after(block - 1)
		}
		if h == 0 || e.levels.at(h).key >= block+blockTicks {
			return
		}
		key := e.levels.at(h).key
		s.far.remove(key)
		s.near.add(key, h)
	}
}
