package engine

import "unsafe"

// level is one price of one side. The queue of its orders, first come first served,
// is the list of the level's handle in Engine.queues. Its law: the queue is not empty,
// and total is the sum of its orders' leaves.
//
// Its key orders prices so that a better one is smaller on both sides: the price
// for sells, the negated price for buys. All of matching is written on keys, once.
type level struct {
	key   int64
	total Qty
}

var _ = [1]struct{}{}[unsafe.Sizeof(level{})-16]

// noKey is behind every key: the best key of a side without levels.
const noKey = 1<<63 - 1

// levelSlab holds every level of every book; a freed level's key is the free list.
type levelSlab struct {
	slab[level] // 0 is never used
	free        handle
	used        int
}

func newLevelSlab(memory Memory, n int) levelSlab {
	return levelSlab{slab: newSlab[level](memory, n+1)}
}

func (s *levelSlab) take(key int64) handle {
	h := s.free
	if h == 0 {
		s.used++
		h = handle(s.used)
	} else {
		s.free = handle(s.at(h).key)
	}
	*s.at(h) = level{key: key}
	return h
}

func (s *levelSlab) release(h handle) {
	*s.at(h) = level{key: int64(s.free)}
	s.free = h
}
