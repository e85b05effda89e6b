package engine

import "math/bits"

// nearLevels are the levels of one side around its best: a window of prices in which
// a level is found by its price, and the next one behind it by a look at two words.
// Where most of trading happens, nothing is searched and nothing is allocated; the
// levels outside are in the B-tree (ADR 0017).
//
//	key            lo                                    hi
//	 ── better ────┬──────┬──────┬── ... ──┬──────┬──────┬──── worse ──
//	    far levels │block │block │         │block │block │ far levels
//	               └──────┴──────┴── ... ──┴──────┴──────┘
//	                 64 ticks each; a bit a level in words, a bit a block in summary
//
// The window is circular: a key has its place by its low bits, so the window moves
// block by block, and only the levels of a block that enters or leaves move with it.
//
// Its law: lo and hi are multiples of 64, 0 <= hi-lo <= nearTicks; every level of the
// side with lo <= key < hi is here and no other; words and summary say where.
type nearLevels struct {
	lo, hi  int64
	ease    uint64 // how far beyond lo the best may be before the window moves; 0: it is to grow
	summary uint64
	words   [nearBlocks]uint64
	slots   [nearTicks]handle
}

const (
	blockTicks = 64
	nearBlocks = 64
	nearTicks  = blockTicks * nearBlocks

	// The best is kept this many ticks behind lo, so that a better level finds its place
	// in the window. Between the first and the last of these, nothing moves.
	marginMin = 4 * blockTicks
	marginAim = 8 * blockTicks
	marginMax = 12 * blockTicks
)

func blockOf(key int64) int64 { return key &^ (blockTicks - 1) }

// covers says whether a level of this key belongs here.
// hot
func (n *nearLevels) covers(key int64) bool { return uint64(key-n.lo) < uint64(n.hi-n.lo) }

// at is the level of a key that is covered, 0 for none.
// hot
func (n *nearLevels) at(key int64) handle { return n.slots[uint64(key)%nearTicks] }

// hot
func (n *nearLevels) add(key int64, h handle) {
	at := uint64(key) % nearTicks
	w := at / blockTicks
	n.slots[at] = h
	n.words[w] |= 1 << (at % blockTicks)
	n.summary |= 1 << w
}

// hot
func (n *nearLevels) remove(key int64) {
	at := uint64(key) % nearTicks
	w := at / blockTicks
	n.slots[at] = 0
	if n.words[w] &^= 1 << (at % blockTicks); n.words[w] == 0 {
		n.summary &^= 1 << w
	}
}

// from is the best level whose key is at least key, which is covered; 0 for none.
// hot
func (n *nearLevels) from(key int64) handle {
	at := uint64(key) % nearTicks
	w := at / blockTicks
	if word := n.words[w] >> (at % blockTicks); word != 0 {
		return n.slots[(at+uint64(bits.TrailingZeros64(word)))%nearTicks]
	}
	// The blocks behind, in order, up to the window's end; beyond it the window's
	// better end would come round again.
	blocks := uint64(n.hi-blockOf(key))/blockTicks - 1
	behind := bits.RotateLeft64(n.summary, -int(w+1)) & (1<<blocks - 1)
	if behind == 0 {
		return 0
	}
	w = (w + 1 + uint64(bits.TrailingZeros64(behind))) % nearBlocks
	return n.slots[w*blockTicks+uint64(bits.TrailingZeros64(n.words[w]))]
}

// first is the best level of the window, 0 for none.
func (n *nearLevels) first() handle {
	if n.summary == 0 {
		return 0
	}
	return n.from(n.lo)
}

// unsettled says whether the window is not where it should be for this best key.
// hot
func (n *nearLevels) unsettled(best int64) bool { return uint64(best-n.lo-marginMin) >= n.ease }

// place sets the window's bounds.
func (n *nearLevels) place(lo, hi int64) {
	n.lo, n.hi = lo, hi
	if n.ease = 0; hi-lo == nearTicks {
		n.ease = marginMax - marginMin
	}
}

// worstBlock is the last block of the window that has a level.
func (n *nearLevels) worstBlock() int64 {
	last := n.hi - blockTicks
	for n.words[uint64(last)/blockTicks%nearBlocks] == 0 {
		last -= blockTicks
	}
	return last
}
