package engine

import "unsafe"

// level is one price of one side: a queue of orders, first come first served.
// Its law: count >= 1, total = sum of its orders' leaves.
//
// Its key orders prices so that a better one is smaller on both sides: the price
// for sells, the negated price for buys. All of matching is written on keys, once.
type level struct {
	key        int64
	total      Qty
	head, tail handle
	count      uint32
	_          uint32
}

var _ = [1]struct{}{}[unsafe.Sizeof(level{})-32]

// levelSlab holds every level of every book; a freed level's head is the free list.
type levelSlab struct {
	slots []level // slots[0] is never used
	free  handle
	used  int
}

func newLevelSlab(memory Memory, n int) levelSlab {
	return levelSlab{slots: table[level](memory, n+1)}
}

func (s *levelSlab) take(key int64) handle {
	h := s.free
	if h == 0 {
		s.used++
		h = handle(s.used)
	} else {
		s.free = s.slots[h].head
	}
	s.slots[h] = level{key: key}
	return h
}

func (s *levelSlab) release(h handle) {
	s.slots[h] = level{head: s.free}
	s.free = h
}
