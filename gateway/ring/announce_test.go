package ring

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkAnnounce is the trick beside its plain version, an atomic store: alone on
// one thread, and as half of a round trip of a slot and a cursor between two.
func BenchmarkAnnounce(b *testing.B) {
	for _, how := range []struct {
		name  string
		store func(*atomic.Uint64, uint64)
	}{
		{"atomic.Store", func(word *atomic.Uint64, v uint64) { word.Store(v) }},
		{"announce", announce},
	} {
		b.Run("alone/"+how.name, func(b *testing.B) {
			var word cursor
			for i := range b.N {
				how.store(&word.Uint64, uint64(i))
			}
		})
		b.Run("handed-over/"+how.name, func(b *testing.B) {
			if runtime.GOMAXPROCS(0) < 2 || runtime.NumCPU() < 2 {
				b.Skip("needs two cores")
			}
			benchAnnounce(b, how.store)
		})
	}
}

// benchAnnounce sends b.N messages there and back, each in a slot of its own that the
// other side read a lap ago, as in a ring.
func benchAnnounce(b *testing.B, store func(*atomic.Uint64, uint64)) {
	type way struct {
		slots [benchSlots]message
		sent  cursor
	}
	there, back := new(way), new(way)
	send := func(w *way, i uint64) {
		w.slots[i%benchSlots].number = i
		store(&w.sent.Uint64, i)
	}
	receive := func(w *way, i uint64) uint64 {
		for w.sent.Load() < i {
		}
		return w.slots[i%benchSlots].number
	}
	var done sync.WaitGroup
	var sum uint64
	done.Go(func() {
		pinned(b, 1)
		for i := uint64(1); i <= uint64(b.N); i++ {
			send(back, receive(there, i))
		}
	})
	done.Go(func() {
		pinned(b, 0)
		for i := uint64(1); i <= uint64(b.N); i++ {
			send(there, i)
			sum += receive(back, i)
		}
	})
	done.Wait()
	checkHalfTrips(b, sum)
}
