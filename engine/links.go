package engine

// handle names a slot of a slab; 0 is none.
type handle = uint32

// link is a node's place in a circular list. A list is an anchor, a node that stands
// for the list itself, and its members: the anchor's next is the front, its prev the
// back, and an anchor that is its own neighbour is an empty list. So putting in and
// taking out have no cases, and nothing for the processor to guess wrong: the first
// and the last member have a neighbour like any other.
//
//	anchor <-> front <-> ... <-> back <-> anchor
//
// Links lie in a table of their own, eight to a cache line, because taking a member
// out writes to both of its neighbours: of an order that lies elsewhere in a large
// book eight bytes are fetched and not the whole order (ADR 0017).
type link struct{ next, prev handle }

// lists is a table of links: members 1 to base, the anchor of list a at base + a.
// A node that is no member is the owner's to use; next chains the free ones.
type lists struct {
	slab[link]
	base handle
}

// newLists makes a table for members 1 to members and lists 1 to n.
func newLists(memory Memory, members, n int) lists {
	return lists{newSlab[link](memory, members+n+1), handle(members)}
}

// open makes list a empty.
func (l *lists) open(a handle) {
	a += l.base
	*l.at(a) = link{a, a}
}

// pushBack puts h at the back of list a.
// hot
func (l *lists) pushBack(a, h handle) {
	a += l.base
	anchor := l.at(a)
	back := anchor.prev
	anchor.prev = h
	at := l.at(h)
	at.next, at.prev = a, back
	l.at(back).next = h
}

// putBefore puts h before a member or an anchor of a list.
func (l *lists) putBefore(at, h handle) {
	prev := l.at(at).prev
	*l.at(h) = link{next: at, prev: prev}
	l.at(prev).next = h
	l.at(at).prev = h
}

// remove takes h out of its list, and says whether it was the last member.
// hot
func (l *lists) remove(h handle) (emptied bool) {
	at := l.at(h)
	next, prev := at.next, at.prev
	l.at(prev).next = next
	l.at(next).prev = prev
	return prev == next // both are the anchor: two members would not be each other's both sides
}

// front is the first member of list a, 0 if it is empty.
func (l *lists) front(a handle) handle { return l.behind(l.base + a) }

// behind is the member behind h, 0 where h is the last.
func (l *lists) behind(h handle) handle {
	n := l.at(h).next
	if n > l.base {
		return 0
	}
	return n
}
