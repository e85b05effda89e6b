package ring

import (
	"runtime"
	"sync"
	"testing"
)

// startAt makes a new ring begin as if seq sequences had gone through it.
func startAt[T any](r *Ring[T], seq uint64, consumers ...*Consumer[T]) {
	r.own.claimed, r.own.published, r.own.gate = seq, seq, seq
	r.published.Store(seq)
	r.claimed.Store(seq)
	r.gate.Store(seq)
	for _, c := range consumers {
		c.own.released, c.own.readable = seq, seq
		c.released.Store(seq)
	}
}

// A sequence is 64 bits wide everywhere: nothing happens where 32 of them, or an int
// of a small machine, would run over. The laps before and after are as any others.
func TestLapsAreTheSameAtAnySequence(t *testing.T) {
	const slots = 4
	for _, kind := range []Producers{Single, Multi} {
		for _, first := range []uint64{0, slots - 1, 1<<31 - 6, 1<<32 - 6, 1<<53 - 6, 1<<62 - 6} {
			r := New[uint64](slots, kind)
			c := r.NewConsumer()
			startAt(r, first, c)
			next := first + 1
			for lap := range 3 * slots { // batches of 1, 2, 3, 4: every place of a lap begins one
				n := 1 + lap%slots
				lo, ok := r.TryClaim(n)
				if !ok || lo != next {
					t.Fatalf("kind %d from %d: claim of %d gave %d, %v, want %d", kind, first, n, lo, ok, next)
				}
				if _, ok := r.TryClaim(slots - n + 1); ok {
					t.Fatalf("kind %d from %d: a claim lapped the consumer at %d", kind, first, lo)
				}
				for i := range uint64(n) {
					*r.Slot(lo + i) = ^(lo + i)
				}
				r.Publish(lo, n)
				at, got := c.Poll(slots)
				if at != next || got != n || c.Backlog() != n {
					t.Fatalf("kind %d from %d: polled %d from %d, backlog %d, want %d from %d", kind, first, got, at, c.Backlog(), n, next)
				}
				for i := range uint64(n) {
					if *c.Slot(at + i) != ^(at + i) {
						t.Fatalf("kind %d: sequence %d holds %#x", kind, at+i, *c.Slot(at + i))
					}
				}
				c.Release(at + uint64(n) - 1)
				next += uint64(n)
			}
		}
	}
}

// A single producer may fill and publish a claim piece by piece; the consumers, one of
// them behind the other, see each piece whole, and nothing of the one being filled.
func TestPiecesOfAClaimArriveWhole(t *testing.T) {
	atEachWidth(t, func(t *testing.T) {
		for _, slots := range []int{4, 64} {
			r := New[message](slots, Single)
			first := r.NewConsumer()
			second := r.NewConsumer(first)
			count := litmusMessages() / 4 * 4
			var done sync.WaitGroup
			done.Go(func() {
				for number := uint64(1); number <= count; number += 4 {
					lo, _ := r.Claim(4, Yield())
					for from := uint64(0); from < 4; {
						n := min(1+(number/4+from)%3, 4-from)
						for i := from; i < from+n; i++ {
							r.Slot(lo+i).fill(0, number+i)
						}
						r.Publish(lo+from, int(n))
						from += n
						if number%64 == 1 {
							runtime.Gosched() // let a consumer catch up with half a claim
						}
					}
				}
				r.Close()
			})
			counts := make([]uint64, 2)
			for i, c := range []*Consumer[message]{first, second} {
				done.Go(func() { counts[i] = consume(t, c, 3, 0, Yield()) })
			}
			done.Wait()
			if counts[0] != count || counts[1] != count {
				t.Errorf("%d slots: %v messages came, want %d each", slots, counts, count)
			}
		}
	})
}

// Two consumers at different paces, a third behind both, several producers, and a ring
// that all of them fill and empty all the time: everyone gets everything, in order.
func TestEveryConsumerGetsEverything(t *testing.T) {
	const producers = 2
	atEachWidth(t, func(t *testing.T) {
		for _, slots := range []int{1, 4, 32} {
			r := New[message](slots, Multi)
			a, b := r.NewConsumer(), r.NewConsumer()
			last := r.NewConsumer(a, b)
			each := litmusMessages() / 8
			var producing, reading sync.WaitGroup
			for p := range producers {
				producing.Go(func() { produce(r, uint64(p), each, min(slots, 3), Yield()) })
			}
			counts := make([]uint64, 3)
			for i, c := range []*Consumer[message]{a, b, last} {
				reading.Go(func() { counts[i] = consume(t, c, 1+2*i, producers, Yield()) })
			}
			producing.Wait()
			r.Close()
			reading.Wait()
			for i, n := range counts {
				if n != producers*each {
					t.Errorf("%d slots, consumer %d: %d messages came, want %d", slots, i, n, producers*each)
				}
			}
		}
	})
}

// Warm changes nothing that anyone sees, wherever the ring stands.
func TestWarmChangesNothing(t *testing.T) {
	r := New[uint64](4, Single)
	c := r.NewConsumer()
	for number := uint64(1); number <= 20; number++ {
		r.Warm(8) // more than there are
		lo, ok := r.TryClaim(1)
		if !ok {
			t.Fatalf("no room for %d", number)
		}
		*r.Slot(lo) = number
		r.Warm(2) // with one claimed
		r.Publish(lo, 1)
		r.Warm(2)
		at, n := c.Poll(4)
		if n != 1 || *c.Slot(at) != number {
			t.Fatalf("polled %d from %d, want %d", n, at, number)
		}
		c.Release(at)
	}
}
