package ring

import "fmt"

// Consumer reads every sequence of a ring in order. One thread uses it; Backlog may
// be asked by any.
type Consumer[T any] struct {
	ring  *Ring[T]
	after []*Consumer[T]

	// The consumer thread's own: what it has released, and how far it knows it may read.
	_   [falseSharing]byte
	own struct{ released, readable uint64 }

	released cursor // own.released, for the producers and for consumers after this one
}

// NewConsumer adds a consumer that reads from sequence 1. Where it is after others
// it sees a sequence only when each of those has released it, and so may read what
// they wrote into the slot. Called before the first claim.
func (r *Ring[T]) NewConsumer(after ...*Consumer[T]) *Consumer[T] {
	if r.own.claimed != 0 || r.claimed.Load() != 0 {
		panic("BUG: a consumer was added to a ring in use")
	}
	for _, a := range after {
		if a.ring != r {
			panic("BUG: a consumer after one of another ring")
		}
	}
	c := &Consumer[T]{ring: r, after: after}
	r.consumers = append(r.consumers, c)
	return c
}

// Poll returns the sequences that can be read now: n of them, at most max, from lo,
// which is the one after the last released. It takes nothing: until a Release, Poll
// returns the same lo. n = 0: nothing there.
//
// The batch is what was known at the last look; the other side's cursor is loaded
// again only when that has been released.
// hot
func (c *Consumer[T]) Poll(max int) (lo uint64, n int) {
	if c.own.readable == c.own.released {
		c.look()
	}
	return c.own.released + 1, min(int(c.own.readable-c.own.released), max)
}

// look finds out how far the consumer may read.
// hot
func (c *Consumer[T]) look() {
	switch r := c.ring; {
	case len(c.after) > 0:
		// What those have released is published: no need to look at the producer.
		readable := c.after[0].released.Load()
		for _, a := range c.after[1:] {
			readable = min(readable, a.released.Load())
		}
		c.own.readable = readable
	case !r.multi:
		c.own.readable = r.published.Load()
	default:
		// From batch to batch. The batch that begins at next is published when its end is
		// there; a producer that is still filling stops the walk, although others behind
		// it may be done.
		//
		//	producer P            producer Q               consumer
		//	claims 5..6
		//	                      claims 7..9, fills
		//	                      ends[7] = 9              ends[5] < 5: nothing
		//	fills
		//	ends[5] = 6                                    ends[5] = 6, ends[7] = 9: 5..9
		//
		// The walk ends by itself: a slot is claimed anew only after this consumer's
		// release, so at most one lap is there to be walked.
		for next := c.own.readable + 1; ; {
			end := r.ends[next&r.mask].Load()
			if end < next {
				return
			}
			c.own.readable = end
			next = end + 1
		}
	}
}

// Slot is the slot of a sequence that Poll returned and that is not released.
// hot
func (c *Consumer[T]) Slot(seq uint64) *T { return &c.ring.slots[seq&c.ring.mask] }

// Release gives back everything up to and including seq, whose slots must not be
// touched any more. Once per batch: it is a store that others wait for.
// hot
func (c *Consumer[T]) Release(seq uint64) {
	if seq < c.own.released || seq > c.own.readable {
		c.bugRelease(seq)
	}
	c.own.released = seq
	c.released.Store(seq)
}

// Backlog is how many sequences are published and not released. In a Multi ring
// those that are claimed and still being filled count too. Any thread may ask; for
// others than the consumer's the answer is of the recent past.
func (c *Consumer[T]) Backlog() int {
	released := c.released.Load() // first, so that the difference is never negative
	if c.ring.multi {
		return int(c.ring.claimed.Load() - released)
	}
	return int(c.ring.published.Load() - released)
}

// Wait returns true when Poll has something, and false when the ring is closed and
// read to its end. With [Park], who publishes (or releases what this consumer is
// after) wakes the waker afterwards, and so does who closes.
func (c *Consumer[T]) Wait(w Wait) bool {
	for round := 0; ; round++ {
		if c.ready() {
			return true
		}
		if c.over() {
			return false
		}
		if !w.parks() {
			w.pause(round)
			continue
		}
		w.waker.Arm()
		if c.ready() || c.over() {
			w.waker.Disarm()
			continue
		}
		w.waker.Sleep(0)
	}
}

// ready tells whether there is something to read.
// hot
func (c *Consumer[T]) ready() bool {
	if c.own.readable == c.own.released {
		c.look()
	}
	return c.own.readable != c.own.released
}

// over tells whether there will never be anything to read again. Closed is read
// before the cursors: what was published before Close is then surely in the backlog.
func (c *Consumer[T]) over() bool { return c.ring.Closed() && c.Backlog() == 0 }

//go:noinline
func (c *Consumer[T]) bugRelease(seq uint64) {
	panic(fmt.Sprintf("BUG: release of sequence %d, released up to %d, readable up to %d", seq, c.own.released, c.own.readable))
}
