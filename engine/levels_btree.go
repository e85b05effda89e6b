package engine

import "github.com/google/btree"

// levelTree orders the far levels of one side by key: the B-tree behind the book.
// It is off the common path. An order holds its level's handle, levels around the
// best are in a window of prices, and a hash finds the others; the tree is asked
// when a far level is born or dies, and for the next one behind a level.
type levelTree struct {
	tree  *btree.BTreeG[levelRef]
	visit func(levelRef) bool // bound once: a closure a call would be an allocation a call
	found levelRef
	from  int64
}

// levelRef is an item of the tree.
type levelRef struct {
	key   int64
	level handle
}

// levelNodes is the free list of tree nodes that all sides share.
type levelNodes = btree.FreeListG[levelRef]

// treeDegree is the B-tree's degree. Between 16 and 128 it hardly matters; 32
// keeps a node's items within sixteen cache lines.
const treeDegree = 32

// warmLevels is how many levels a side's tree is grown to and emptied from
// before the first command, so that its nodes exist and have their full size.
const warmLevels = 4096

// newLevelNodes sizes the free list for every side of every book and every queue of parked
// orders at its fullest: a list that is too short would drop nodes and make new ones later.
func newLevelNodes(instruments, levelsPerSideMax, parkedMax int) *levelNodes {
	sides := 2 * instruments * (levelsPerSideMax/(treeDegree-1) + 2)
	return btree.NewFreeListG[levelRef](sides + parkedMax/(treeDegree-1) + 2*4*instruments)
}

func (t *levelTree) init(nodes *levelNodes, levelsMax int) {
	t.tree = btree.NewWithFreeListG(treeDegree, func(a, b levelRef) bool { return a.key < b.key }, nodes)
	t.visit = func(r levelRef) bool {
		if r.key == t.from {
			return true
		}
		t.found = r
		return false
	}
	for i := range min(warmLevels, levelsMax) {
		t.insert(int64(i), 1)
	}
	for i := range min(warmLevels, levelsMax) {
		t.remove(int64(i))
	}
}

// insert adds a level that is not in the tree. O(log levels)
func (t *levelTree) insert(key int64, h handle) { t.tree.ReplaceOrInsert(levelRef{key, h}) }

// remove takes out a level that is in the tree. O(log levels)
func (t *levelTree) remove(key int64) { t.tree.Delete(levelRef{key: key}) }

// at is the level of a key, 0 for none. O(log levels)
func (t *levelTree) at(key int64) handle {
	r, _ := t.tree.Get(levelRef{key: key})
	return r.level
}

// first returns the best level and its key, 0 and noKey for none. O(log levels)
func (t *levelTree) first() (handle, int64) {
	r, ok := t.tree.Min()
	if !ok {
		return 0, noKey
	}
	return r.level, r.key
}

// after returns the next worse level behind key, 0 for none. O(log levels)
func (t *levelTree) after(key int64) handle {
	t.found, t.from = levelRef{}, key
	t.tree.AscendGreaterOrEqual(levelRef{key: key}, t.visit)
	return t.found.level
}

func (t *levelTree) len() int { return t.tree.Len() }
