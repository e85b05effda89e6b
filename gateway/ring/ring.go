// Package ring is a bounded queue between threads without locks: a power-of-two
// array of slots that are written and read in place. Its words are those of the
// LMAX Disruptor (Thompson et al., 2011): a producer claims slots, fills them and
// publishes them; a consumer polls a batch, reads it in place and releases it; a
// consumer may be gated by others. It knows nothing of what the slots hold.
//
//	             claimed            published                  released
//	producer ------|-------------------|---> consumer A ----------|
//	                                              A's released ---> consumer B (after A)
//	slots  [..free..][claimed, being filled][published, not released by all][..free..]
//	       a claim may reach at most len(slots) beyond the slowest consumer
//
// Sequences count from 1 and never wrap; sequence s lives in slot s & (slots-1).
// Every sequence that is claimed must be published, by the thread that claimed it.
//
// # Where two threads meet
//
// There is one rule: data is written, then the atomic that announces it; the other
// side reads the atomic, then the data. A Go atomic is sequentially consistent, so
// what one side wrote before its store is seen behind the other side's load:
//
//	producer                            consumer
//	slot(7) = x
//	published.Store(7) ---------------> published.Load() = 7
//	                                    x = slot(7)
//	                                    released.Store(7)
//	released.Load() = 7 <--------------
//	slot(7 + slots) = y                 (x was read before: y cannot tear it)
//
// A sequentially consistent store waits until all stores before it are done, some 5 ns
// where a load is a plain one (announce.go). So progress is published once per batch
// in both directions, each side remembers the other's last known position and loads
// it only when that is used up, and nothing else on the path is a store that others see.
package ring

import (
	"fmt"
	"sync/atomic"
	"unsafe"
)

// Producers is how many threads may claim.
type Producers uint8

// Kinds of ring.
const (
	// Single: one thread claims and publishes; a publication is one cursor.
	Single Producers = 1
	// Multi: any thread claims, with a compare-and-swap; batches may be published in
	// any order and are seen in sequence order.
	Multi Producers = 2
)

// Ring is the queue. Its law: for every consumer c,
// c.released <= published <= claimed <= c.released + slots.
//
// Consumers are added before the first claim. T should hold no pointers, so that
// the collector has nothing to scan.
type Ring[T any] struct {
	slots     []T
	mask      uint64
	multi     bool
	consumers []*Consumer[T]

	// ends[s & mask] is the last sequence of the batch that begins at sequence s
	// (Multi only). Whatever an earlier lap left there is below s, because a batch is
	// no longer than the ring; so "published" is ends[s & mask] >= s, one store
	// publishes a batch of any length, and nothing is ever reset.
	ends []atomic.Uint64

	closed atomic.Bool

	// The single producer's own, written by its thread alone: what it claimed and
	// published, and the slowest consumer when it last looked.
	_   [falseSharing]byte
	own struct{ claimed, published, gate, warmed uint64 }

	published cursor // Single: the highest published sequence
	claimed   cursor // Multi: the highest claimed sequence
	gate      cursor // Multi: a lower bound of the slowest consumer, shared by the producers
}

// New makes a ring of slots, a power of two, with every page of it touched.
func New[T any](slots int, p Producers) *Ring[T] {
	if slots < 1 || slots&(slots-1) != 0 {
		panic(fmt.Sprintf("BUG: ring of %d slots, want a power of two", slots))
	}
	if p != Single && p != Multi {
		panic(fmt.Sprintf("BUG: ring with producers %d, want Single or Multi", p))
	}
	r := &Ring[T]{slots: make([]T, slots), mask: uint64(slots - 1), multi: p == Multi}
	clear(r.slots) // prefault: the first lap is not slower than the second
	if r.multi {
		r.ends = make([]atomic.Uint64, slots)
	}
	return r
}

// TryClaim takes the next n sequences, lo to lo+n-1, for the caller to fill and
// publish; ok is false where the slowest consumer leaves no room for them, or the
// ring is closed. A claim of more slots than the ring has could never succeed and
// panics. In a Single ring only the producer's thread may call it.
// hot
func (r *Ring[T]) TryClaim(n int) (lo uint64, ok bool) {
	if uint(n-1) > uint(r.mask) {
		r.bugClaim(n)
	}
	if r.closed.Load() {
		return 0, false
	}
	if r.multi {
		return r.tryClaimMulti(uint64(n))
	}
	if !r.roomSingle(uint64(n)) {
		return 0, false
	}
	lo = r.own.claimed + 1
	r.own.claimed += uint64(n)
	return lo, true
}

// roomSingle says whether the single producer may claim n more, and looks at the
// consumers only where what it remembers of them does not say yes.
// hot
func (r *Ring[T]) roomSingle(n uint64) bool {
	reach := r.own.claimed + n
	if reach-r.own.gate <= r.mask+1 {
		return true
	}
	r.own.gate = r.slowest(r.own.published)
	return reach-r.own.gate <= r.mask+1
}

// tryClaimMulti claims against other producers.
//
//	producer P                            producer Q
//	at = claimed.Load() = 4
//	                                      claims 5..6: claimed 4 -> 6
//	room for 5? yes, by the gate it read
//	CompareAndSwap(4, 5) fails            (5 is Q's)
//	at = claimed.Load() = 6, once more
//
// The comparison is signed: with a stale at, the gate may already be beyond it, which
// must read as "room, try the swap" (it will fail) and not as "full".
// hot
func (r *Ring[T]) tryClaimMulti(n uint64) (lo uint64, ok bool) {
	for {
		at := r.claimed.Load()
		if int64(at+n-r.gate.Load()) > int64(r.mask+1) {
			gate := r.slowest(at)
			if int64(at+n-gate) > int64(r.mask+1) {
				if r.claimed.Load() != at {
					continue // others moved on while the consumers were read
				}
				return 0, false
			}
			// Two producers may store here in the wrong order. An older gate is lower, so
			// it costs another look and never a slot.
			r.gate.Store(gate)
		}
		if r.claimed.CompareAndSwap(at, at+n) {
			return at + 1, true
		}
	}
}

// slowest is the lowest released sequence of all consumers; limit where there are
// none, or none below it.
func (r *Ring[T]) slowest(limit uint64) uint64 {
	for _, c := range r.consumers {
		limit = min(limit, c.released.Load())
	}
	return limit
}

// Warm reads a byte of every cache line of the n slots that are claimed next, so that
// they are near when that happens. A ring is larger than the near caches, and its next
// slot was last touched a lap ago: else the publication's fence waits for its lines to
// come. For the producer of a Single ring, in an idle moment.
func (r *Ring[T]) Warm(n int) {
	const line = 64
	for i := range uint64(n) {
		slot := unsafe.Pointer(&r.slots[(r.own.claimed+1+i)&r.mask])
		for at := uintptr(0); at < unsafe.Sizeof(r.slots[0]); at += line {
			r.own.warmed += uint64(*(*byte)(unsafe.Add(slot, at)))
		}
	}
}

// Claim is TryClaim that waits for room; ok is false when the ring is closed, also
// while it waits. With [Park] the consumers' side wakes the waker after each Release.
func (r *Ring[T]) Claim(n int, w Wait) (lo uint64, ok bool) {
	for round := 0; ; round++ {
		if lo, ok = r.TryClaim(n); ok || r.Closed() {
			return lo, ok
		}
		if !w.parks() {
			w.pause(round)
			continue
		}
		w.waker.Arm()
		if lo, ok = r.TryClaim(n); ok || r.Closed() {
			w.waker.Disarm()
			return lo, ok
		}
		w.waker.Sleep(0)
	}
}

// Slot is the slot of a sequence that the caller has claimed and not published.
// hot
func (r *Ring[T]) Slot(seq uint64) *T { return &r.slots[seq&r.mask] }

// Publish hands sequences lo to lo+n-1 to the consumers.
//
// Single: several claims may be published at once, in order; n may be less than
// what is claimed. Multi: exactly one claim's sequences, by the thread that claimed
// them; those of another producer in front of them hold them back until published.
// hot
func (r *Ring[T]) Publish(lo uint64, n int) {
	hi := lo + uint64(n) - 1
	if r.multi {
		if uint(n-1) > uint(r.mask) || hi > r.claimed.Load() {
			r.bugPublish(lo, n, r.claimed.Load())
		}
		announce(&r.ends[lo&r.mask], hi)
		return
	}
	if n < 1 || lo != r.own.published+1 || hi > r.own.claimed {
		r.bugPublish(lo, n, r.own.claimed)
	}
	r.own.published = hi
	announce(&r.published.Uint64, hi)
}

// HasRoom says whether there is room for a claim of n now. Single only, on the
// producer's thread; costs what a claim costs.
// hot
func (r *Ring[T]) HasRoom(n int) bool {
	if uint(n-1) > uint(r.mask) {
		r.bugClaim(n)
	}
	return r.roomSingle(uint64(n))
}

// Free is how many slots a claim could take now. Single only, on the producer's
// thread. It reads every consumer's cursor; [Ring.HasRoom] mostly does not.
func (r *Ring[T]) Free() int {
	r.own.gate = r.slowest(r.own.published)
	return int(r.mask + 1 - (r.own.claimed - r.own.gate))
}

// Slots is the ring's size.
func (r *Ring[T]) Slots() int { return len(r.slots) }

// Close makes every claim that begins later fail, and those that wait return. What
// is published stays for the consumers to drain. The closer then wakes the wakers
// that claims and consumers may be parked on: the ring does not know them.
//
// To lose nothing, close after the producers' last Publish.
func (r *Ring[T]) Close() { r.closed.Store(true) }

// Closed reports whether the ring was closed.
func (r *Ring[T]) Closed() bool { return r.closed.Load() }

// The panics stand apart so that the hot functions stay small.

//go:noinline
func (r *Ring[T]) bugClaim(n int) {
	panic(fmt.Sprintf("BUG: claim of %d slots in a ring of %d", n, len(r.slots)))
}

//go:noinline
func (r *Ring[T]) bugPublish(lo uint64, n int, claimed uint64) {
	panic(fmt.Sprintf("BUG: publish of %d from sequence %d, claimed up to %d, published up to %d", n, lo, claimed, r.own.published))
}
