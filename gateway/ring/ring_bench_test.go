package ring

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
)

// The ring beside what a Go program would otherwise use. Every benchmark moves 128
// byte messages from one goroutine to another (or from several) and checks the sum
// at the end; ns/op is per message, in batches of the size named. What is left out:
// filling more than one word of a message. On fewer than two free cores the numbers
// are those of the scheduler.
//
// Throughput flatters whatever batches by accident: behind a mutex and a condition
// the consumer sleeps while thousands of messages gather, and then takes them all,
// cheaply and late. BenchmarkPingPong shows what one message waits.

const benchSlots = 4096

// checkSum fails where a message of 1 to n went missing.
func checkSum(b *testing.B, got, n uint64) {
	b.Helper()
	if want := n * (n + 1) / 2; got != want {
		b.Fatalf("sum %d, want %d", got, want)
	}
}

func BenchmarkOneToOne(b *testing.B) {
	for _, batch := range []int{1, 16} {
		b.Run(fmt.Sprintf("ring/yield/batch=%d", batch), func(b *testing.B) { benchRing(b, Single, 1, batch, Yield(), nil) })
		b.Run(fmt.Sprintf("ring/park/batch=%d", batch), func(b *testing.B) { w := NewWaker(); benchRing(b, Single, 1, batch, Park(w), w) })
		b.Run(fmt.Sprintf("ring-multi/yield/batch=%d", batch), func(b *testing.B) { benchRing(b, Multi, 1, batch, Yield(), nil) })
		b.Run(fmt.Sprintf("mutex+cond/batch=%d", batch), func(b *testing.B) { benchMutex(b, 1, batch) })
	}
	b.Run("channel/batch=1", func(b *testing.B) { benchChannel(b, 1) })
}

func BenchmarkThreeToOne(b *testing.B) {
	b.Run("ring-multi/yield/batch=1", func(b *testing.B) { benchRing(b, Multi, 3, 1, Yield(), nil) })
	b.Run("ring-multi/yield/batch=16", func(b *testing.B) { benchRing(b, Multi, 3, 16, Yield(), nil) })
	b.Run("mutex+cond/batch=1", func(b *testing.B) { benchMutex(b, 3, 1) })
	b.Run("channel/batch=1", func(b *testing.B) { benchChannel(b, 3) })
}

// BenchmarkHop is one thread alone: what claim, publish, poll and release cost when
// nothing is shared, as where all stages run on one thread.
func BenchmarkHop(b *testing.B) {
	for name, kind := range map[string]Producers{"single": Single, "multi": Multi} {
		b.Run(name, func(b *testing.B) {
			r := New[message](benchSlots, kind)
			c := r.NewConsumer()
			var sum uint64
			for i := range b.N {
				lo, _ := r.TryClaim(1)
				r.Slot(lo).number = uint64(i + 1)
				r.Publish(lo, 1)
				at, _ := c.Poll(1)
				sum += c.Slot(at).number
				c.Release(at)
			}
			checkSum(b, sum, uint64(b.N))
		})
	}
	b.Run("channel", func(b *testing.B) {
		ch := make(chan message, benchSlots)
		var sum uint64
		for i := range b.N {
			ch <- message{number: uint64(i + 1)}
			m := <-ch
			sum += m.number
		}
		checkSum(b, sum, uint64(b.N))
	})
}

// BenchmarkPingPong is half a round trip between two threads, one message at a time:
// with Spin the figure to hold against ring.cpp's. The ring's threads are pinned to a
// core each, so with Park the operating system wakes the other core each time; the
// channel's and the mutex's goroutines share one thread, and the runtime switches.
func BenchmarkPingPong(b *testing.B) {
	b.Run("ring/spin", func(b *testing.B) {
		if runtime.GOMAXPROCS(0) < 2 || runtime.NumCPU() < 2 {
			b.Skip("needs two cores")
		}
		benchPingPong(b, Spin(), Spin(), NewWaker(), NewWaker())
	})
	b.Run("ring/park", func(b *testing.B) {
		caller, echo := NewWaker(), NewWaker()
		benchPingPong(b, Park(caller), Park(echo), caller, echo)
	})
	b.Run("mutex+cond", func(b *testing.B) {
		there, back := newMutexQueue(), newMutexQueue()
		go func() {
			for numbers := there.take(1, nil); len(numbers) > 0; numbers = there.take(1, numbers[:0]) {
				back.put(numbers[0], 1)
			}
		}()
		var sum uint64
		numbers := make([]uint64, 0, 1)
		for i := range b.N {
			there.put(uint64(i+1), 1)
			numbers = back.take(1, numbers[:0])
			sum += numbers[0]
		}
		there.close()
		checkHalfTrips(b, sum)
	})
	b.Run("channel", func(b *testing.B) {
		there, back := make(chan message, 1), make(chan message, 1)
		go func() {
			for m := range there {
				back <- m
			}
		}()
		var sum uint64
		for i := range b.N {
			there <- message{number: uint64(i + 1)}
			m := <-back
			sum += m.number
		}
		close(there)
		checkHalfTrips(b, sum)
	})
}

func benchPingPong(b *testing.B, callerWait, echoWait Wait, caller, echo *Waker) {
	there, back := New[message](benchSlots, Single), New[message](benchSlots, Single)
	in, out := there.NewConsumer(), back.NewConsumer()
	var done sync.WaitGroup
	done.Go(func() {
		pinned(b, 1)
		for in.Wait(echoWait) {
			at, _ := in.Poll(1)
			number := in.Slot(at).number
			in.Release(at)
			lo, _ := back.TryClaim(1)
			back.Slot(lo).number = number
			back.Publish(lo, 1)
			caller.Wake()
		}
	})
	var sum uint64
	done.Go(func() {
		pinned(b, 0)
		for i := range b.N {
			lo, _ := there.TryClaim(1)
			there.Slot(lo).number = uint64(i + 1)
			there.Publish(lo, 1)
			echo.Wake()
			out.Wait(callerWait)
			at, _ := out.Poll(1)
			sum += out.Slot(at).number
			out.Release(at)
		}
		there.Close()
		echo.Wake()
	})
	done.Wait()
	checkHalfTrips(b, sum)
}

func checkHalfTrips(b *testing.B, sum uint64) {
	b.Helper()
	checkSum(b, sum, uint64(b.N))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2, "ns/half-trip")
}

// share splits the numbers 1 to n over producers and calls send with runs of at
// most batch numbers, each producer in its own goroutine; then over is called.
func share(n, producers, batch int, send func(producer int, from, count uint64), over func()) {
	var done sync.WaitGroup
	for p := range producers {
		done.Go(func() {
			for from := p*n/producers + 1; from <= (p+1)*n/producers; from += batch {
				send(p, uint64(from), uint64(min(batch, (p+1)*n/producers-from+1)))
			}
		})
	}
	go func() { done.Wait(); over() }()
}

func benchRing(b *testing.B, kind Producers, producers, batch int, w Wait, reader *Waker) {
	r := New[message](benchSlots, kind)
	c := r.NewConsumer()
	writer := NewWaker()
	claimWait := w
	if reader != nil {
		claimWait = Park(writer)
	}
	share(b.N, producers, batch, func(_ int, from, count uint64) {
		lo, _ := r.Claim(int(count), claimWait)
		for i := range count {
			r.Slot(lo + i).number = from + i
		}
		r.Publish(lo, int(count))
		if reader != nil {
			reader.Wake()
		}
	}, func() {
		r.Close()
		if reader != nil {
			reader.Wake()
		}
	})
	var sum uint64
	for c.Wait(w) {
		lo, n := c.Poll(256)
		for i := range uint64(n) {
			sum += c.Slot(lo + i).number
		}
		c.Release(lo + uint64(n) - 1)
		writer.Wake()
	}
	checkSum(b, sum, uint64(b.N))
}

func benchChannel(b *testing.B, producers int) {
	ch := make(chan message, benchSlots)
	share(b.N, producers, 1, func(_ int, from, _ uint64) { ch <- message{number: from} }, func() { close(ch) })
	var sum uint64
	for m := range ch {
		sum += m.number
	}
	checkSum(b, sum, uint64(b.N))
}

// mutexQueue is the plain version of the ring: the same slots and batches, guarded.
type mutexQueue struct {
	mu             sync.Mutex
	changed        sync.Cond
	slots          [benchSlots]message
	written, taken uint64
	closed         bool
}

func newMutexQueue() *mutexQueue {
	q := &mutexQueue{}
	q.changed.L = &q.mu
	return q
}

// put sends count numbers from from.
func (q *mutexQueue) put(from, count uint64) {
	q.mu.Lock()
	for q.written+count-q.taken > benchSlots {
		q.changed.Wait()
	}
	for i := range count {
		q.slots[(q.written+i)%benchSlots].number = from + i
	}
	q.written += count
	q.mu.Unlock()
	q.changed.Broadcast()
}

// take appends up to max numbers to dst, none when the queue is closed and empty.
func (q *mutexQueue) take(max uint64, dst []uint64) []uint64 {
	q.mu.Lock()
	for q.taken == q.written && !q.closed {
		q.changed.Wait()
	}
	for last := min(q.written, q.taken+max); q.taken < last; q.taken++ {
		dst = append(dst, q.slots[q.taken%benchSlots].number)
	}
	q.mu.Unlock()
	q.changed.Broadcast()
	return dst
}

func (q *mutexQueue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.changed.Broadcast()
}

func benchMutex(b *testing.B, producers, batch int) {
	q := newMutexQueue()
	share(b.N, producers, batch, func(_ int, from, count uint64) { q.put(from, count) }, q.close)
	var sum uint64
	for numbers := q.take(256, nil); len(numbers) > 0; numbers = q.take(256, numbers[:0]) {
		for _, number := range numbers {
			sum += number
		}
	}
	checkSum(b, sum, uint64(b.N))
}
