package engine

import "math"

// expiryHeap has orders that expire, the first to go at its top: a binary heap by expire
// time, then order id. An order's detail knows its place, so that it can leave.
//
// There are two: one of GTD orders, and one of DAY orders, which a day's roll empties.
type expiryHeap struct {
	orders slab[handle] // 1 to n
	n      uint32
}

// never is later than all expire times.
const never Time = math.MaxInt64

const dayNs = 86_400_000_000_000

// dayEnd is the next 00:00 UTC after now.
func dayEnd(now Time) Time {
	if now > never-dayNs {
		return never
	}
	return (now/dayNs + 1) * dayNs
}

// expire makes an order expire at a time.
func (e *Engine) expire(heap *expiryHeap, h handle, o *order, d *detail, at Time) {
	o.traits |= expires
	d.expires = at
	heap.n++
	e.heapUp(heap, heap.n, h)
	e.earliest = min(e.earliest, at)
}

// unexpire takes an order out of its heap.
func (e *Engine) unexpire(h handle, o *order, d *detail) {
	heap := e.heapOf(o)
	o.traits &^= expires
	last := *heap.orders.at(heap.n)
	heap.n--
	if last != h {
		if at := d.heapAt; at > 1 && e.sooner(last, *heap.orders.at(at / 2)) {
			e.heapUp(heap, at, last)
		} else {
			e.heapDown(heap, at, last)
		}
	}
	e.earliest = min(e.firstOf(&e.dates), e.firstOf(&e.days))
}

// heapOf is the heap of an order that expires.
func (e *Engine) heapOf(o *order) *expiryHeap {
	if o.tif == DAY {
		return &e.days
	}
	return &e.dates
}

// firstOf is when the first order of a heap expires.
func (e *Engine) firstOf(heap *expiryHeap) Time {
	if heap.n == 0 {
		return never
	}
	return e.details.at(*heap.orders.at(1)).expires
}

// sooner says whether order a goes before order b.
func (e *Engine) sooner(a, b handle) bool {
	x, y := e.details.at(a).expires, e.details.at(b).expires
	return x < y || x == y && e.orders.at(a).id < e.orders.at(b).id
}

// heapUp puts h at place i or above.
func (e *Engine) heapUp(heap *expiryHeap, i uint32, h handle) {
	for ; i > 1 && e.sooner(h, *heap.orders.at(i / 2)); i /= 2 {
		e.heapSet(heap, i, *heap.orders.at(i / 2))
	}
	e.heapSet(heap, i, h)
}

// heapDown puts h at place i or below.
func (e *Engine) heapDown(heap *expiryHeap, i uint32, h handle) {
	for 2*i <= heap.n {
		below := 2 * i
		if below < heap.n && e.sooner(*heap.orders.at(below + 1), *heap.orders.at(below)) {
			below++
		}
		if !e.sooner(*heap.orders.at(below), h) {
			break
		}
		e.heapSet(heap, i, *heap.orders.at(below))
		i = below
	}
	e.heapSet(heap, i, h)
}

func (e *Engine) heapSet(heap *expiryHeap, i uint32, h handle) {
	*heap.orders.at(i) = h
	e.details.at(h).heapAt = i
}

// passTo moves time on: every order whose time is over is taken out, in order of expire time
// and entry, before the command does anything else.
func (e *Engine) passTo(now Time, ev *Events) {
	e.now, e.movedAt = now, ev.seq
	if e.expired = 0; e.earliest <= now {
		e.expired = e.expireDue(ev)
	}
}

func (e *Engine) expireDue(ev *Events) (n Qty) {
	for e.earliest <= e.now && e.earliest != never {
		first := handle(0)
		for _, heap := range [...]*expiryHeap{&e.dates, &e.days} {
			if heap.n > 0 {
				if h := *heap.orders.at(1); first == 0 || e.sooner(h, first) {
					first = h
				}
			}
		}
		e.takeOut(first, e.orders.at(first), ReasonExpired, ev)
		n++
	}
	return n
}

// expiredNow is how many orders have expired by the command at hand.
func (e *Engine) expiredNow(ev *Events) Qty {
	if e.movedAt != ev.seq {
		return 0
	}
	return e.expired
}

// passTime answers a time command: what was due has expired by now, in front of it.
func (e *Engine) passTime(ev *Events) {
	for i := range e.books {
		if b := &e.books[i]; b.phase.Call() {
			e.tellIndicative(InstrumentID(i), b, ev)
		}
	}
	ev.summary(EvTime, e.expiredNow(ev))
}

// rollDay begins the next trading day.
func (e *Engine) rollDay(ev *Events) {
	expired := e.expiredNow(ev)
	for e.days.n > 0 {
		h := *e.days.orders.at(1)
		e.takeOut(h, e.orders.at(h), ReasonExpired, ev)
		expired++
	}
	e.killed.sessions = e.killed.sessions[:0]
	for i := range e.books {
		e.settlePlain(&e.books[i])
	}
	e.forgetDay()
	ev.summary(EvDayRolled, expired)
}
