package engine

// farLevels are the levels of one side outside its window: the B-tree keeps them in
// order, and a hash finds one by its price.
type farLevels struct {
	best    handle // the level of smallest key, 0 for none
	bestKey int64  // noKey for none
	tree    levelTree
	index   priceIndex
}

func (f *farLevels) init(memory Memory, limits *Limits, nodes *levelNodes) {
	f.bestKey = noKey
	f.tree.init(nodes, limits.LevelsPerSideMax)
	f.index.init(memory, limits.LevelsPerSideMax, limits.HashSeed)
}

func (f *farLevels) add(key int64, h handle) {
	f.index.add(key, h)
	f.tree.insert(key, h)
	if key < f.bestKey {
		f.best, f.bestKey = h, key
	}
}

func (f *farLevels) remove(key int64) {
	f.index.remove(key)
	f.tree.remove(key)
	if key == f.bestKey {
		f.best, f.bestKey = f.tree.first()
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
