package engine

// side is one side of a book: its levels, found by price and ordered by key.
type side struct {
	best   handle // the level of smallest key, 0 for none
	levels int
	tree   levelTree
	index  priceIndex
}

func (s *side) init(memory Memory, limits *Limits, nodes *levelNodes) {
	s.tree.init(nodes, limits.LevelsPerSideMax)
	s.index.init(memory, limits.LevelsPerSideMax, limits.HashSeed)
}

// keyOf is the key of a price on a side; it is its own inverse.
func keyOf(s Side, p Price) int64 {
	if s == Buy {
		return -int64(p)
	}
	return int64(p)
}

// priceOf is the price of a key on a side.
func priceOf(s Side, key int64) Price {
	if s == Buy {
		return -Price(key)
	}
	return Price(key)
}

// enqueue puts an order at the back of its price's queue. lh is the level of that
// price; 0: there is none, and it gets one.
// walk 11
// hot
func (e *Engine) enqueue(s *side, lh handle, key int64, h handle, o *order) {
	if lh == 0 {
		lh = e.openLevel(s, key)
	}
	l := &e.levels.slots[lh]
	o.level, o.prev, o.next = lh, l.tail, 0
	if l.tail == 0 {
		l.head = h
	} else {
		e.orders.slots[l.tail].next = h
	}
	l.tail = h
	l.count++
	l.total += o.leaves
}

// dequeue takes an order out of its queue; a level without orders disappears at once.
// hot
func (e *Engine) dequeue(s *side, o *order) {
	lh := o.level
	l := &e.levels.slots[lh]
	l.total -= o.leaves
	l.count--
	if o.prev == 0 {
		l.head = o.next
	} else {
		e.orders.slots[o.prev].next = o.next
	}
	if o.next == 0 {
		l.tail = o.prev
	} else {
		e.orders.slots[o.next].prev = o.prev
	}
	if l.head == 0 {
		e.closeLevel(s, lh, l.key)
	}
}

func (e *Engine) openLevel(s *side, key int64) handle {
	lh := e.levels.take(key)
	s.levels++
	s.index.add(key, lh)
	s.tree.insert(key, lh)
	if s.best == 0 || key < e.levels.slots[s.best].key {
		s.best = lh
	}
	return lh
}

func (e *Engine) closeLevel(s *side, lh handle, key int64) {
	s.levels--
	s.index.remove(key)
	s.tree.remove(key)
	e.levels.release(lh)
	if s.best == lh {
		s.best = s.tree.first()
	}
}

// priceIndex answers "is there a level at this price": open addressing, linear
// probing, at most half full, deletion by shifting back so that no tombstone ever
// makes it slower. Neighbouring prices are neighbouring entries, four to a cache
// line, because a market trades in a narrow band; the high bits of the key move
// each block of prices to a place of its own, by a seed nobody outside knows.
//
// In one band no two prices share a home. While every entry is at home, which is
// nearly always, one look finds a price or its absence and a deletion moves
// nothing; else a search goes on to the next empty entry, and a band is one long
// run of full ones.
type priceIndex struct {
	entries   []priceEntry
	mask      uint64
	bits      uint
	seed      uint64
	displaced int // entries that are not at home
}

// priceEntry has level 0 when it is empty.
type priceEntry struct {
	key   int64
	level handle
	_     uint32
}

func (x *priceIndex) init(memory Memory, levelsMax int, seed uint64) {
	x.bits = 3
	for 1<<x.bits < 2*levelsMax {
		x.bits++
	}
	x.entries = table[priceEntry](memory, 1<<x.bits)
	x.mask = 1<<x.bits - 1
	x.seed = seed | 1
}

func (x *priceIndex) home(key int64) uint64 {
	k := uint64(key)
	return (k + (k>>x.bits)*x.seed>>7) & x.mask
}

// hot
func (x *priceIndex) find(key int64) handle {
	en := &x.entries[x.home(key)]
	if en.key == key || en.level == 0 {
		return en.level
	}
	if x.displaced == 0 {
		return 0
	}
	return x.search(key)
}

// search is find where some entry is not at home.
func (x *priceIndex) search(key int64) handle {
	for i := x.home(key); ; i = (i + 1) & x.mask {
		en := &x.entries[i]
		if en.level == 0 || en.key == key {
			return en.level
		}
	}
}

func (x *priceIndex) add(key int64, lh handle) {
	home := x.home(key)
	i := home
	for x.entries[i].level != 0 {
		i = (i + 1) & x.mask
	}
	x.entries[i] = priceEntry{key: key, level: lh}
	if i != home {
		x.displaced++
	}
}

func (x *priceIndex) remove(key int64) {
	home := x.home(key)
	i := home
	for x.entries[i].key != key || x.entries[i].level == 0 {
		i = (i + 1) & x.mask
	}
	if i != home {
		x.displaced--
	}
	if x.displaced > 0 {
		i = x.closeGap(i)
	}
	x.entries[i] = priceEntry{}
}

// closeGap moves entries further on into the gap at i, unless their home lies
// behind it, where a search would no longer pass. It returns where the gap ends up.
func (x *priceIndex) closeGap(i uint64) uint64 {
	for j := i; ; {
		j = (j + 1) & x.mask
		en := x.entries[j]
		if en.level == 0 {
			return i
		}
		if home := x.home(en.key); (j-home)&x.mask >= (j-i)&x.mask {
			if home == i {
				x.displaced--
			}
			x.entries[i] = en
			i = j
		}
	}
}
