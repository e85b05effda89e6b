package bench

import (
	"fmt"
	"runtime"
	"sync"
)

// message is what is handed from thread to thread: a cache line, of which one
// word is looked at.
type message struct {
	value uint64
	_     [7]uint64
}

// handOff is a bounded queue from one thread to another. 0 ends a conversation
// and is never sent as a value.
type handOff interface {
	send(v uint64)
	receive() uint64
}

// bulk hands over many values as fast as it goes, in batches of its own.
type bulk interface {
	sendAll(n uint64)             // 1 to n, a multiple of the batch
	sumAll(n uint64) (sum uint64) // receives n
}

// handOffSlots bounds every queue that is compared here, as in the C++ reference.
const handOffSlots = 4096

// batched is the batch of the second rate, published at once.
const batched = 16

// placement is where the two sides of a hand-off run.
type placement uint8

const (
	pinned     placement = iota // a locked thread each, on a core each where there are two
	goroutines                  // left to Go's scheduler, which may run both on one core in turn
)

// enter places the caller; the returned function undoes it.
func (p placement) enter(core int) (leave func()) {
	if p == pinned {
		return pin(core)
	}
	return func() {}
}

// converse sends a value there and waits for it to come back, over and over for
// about d nanoseconds, and calls record with every half round trip.
func converse(c *clock, there, back handOff, at placement, d int64, record func(ns int64)) error {
	var wg sync.WaitGroup
	wg.Go(func() {
		defer at.enter(1)()
		for {
			v := there.receive()
			back.send(v)
			if v == 0 {
				return
			}
		}
	})
	var err error
	wg.Go(func() {
		defer at.enter(0)()
		exchange := func(v uint64) {
			there.send(v)
			if got := back.receive(); got != v && err == nil {
				err = fmt.Errorf("sent %d, got %d back", v, got)
			}
		}
		for v := uint64(1); v <= 200; v++ {
			exchange(v) // warm-up
		}
		end := c.now() + d
		for v := uint64(1); ; v++ {
			t0 := c.now()
			exchange(v)
			t1 := c.now()
			record((t1 - t0) / 2)
			if t1 > end {
				break
			}
		}
		exchange(0)
	})
	wg.Wait()
	return err
}

// pace sends a value every so many nanoseconds for about d, with the time at which it
// was sent in it, and calls record, on the receiver's thread, with how long it was on
// its way. Who fell behind (the machine took a core away) sends what is due at once, and
// the queue is part of the time: the tail is the machine's, the median the hop's.
//
// The two threads compare their clocks. The processor's counters agree to some
// nanoseconds; a time below zero counts as none.
func pace(c *clock, h handOff, at placement, every, d int64, record func(ns int64)) {
	pacePast(c, h, at, every, d, 1000, record)
}

// pacePast is pace that leaves out the first few.
func pacePast(c *clock, h handOff, at placement, every, d, warmUp int64, record func(ns int64)) {
	var wg sync.WaitGroup
	wg.Go(func() {
		defer at.enter(1)()
		for n := int64(0); ; n++ {
			sent := h.receive()
			now := c.now()
			if sent == 0 {
				return
			}
			if n >= warmUp {
				record(max(0, now-int64(sent)))
			}
		}
	})
	wg.Go(func() {
		defer at.enter(0)()
		next := c.now() + every
		for end := next + warmUp*every + d; next < end; next += every {
			for c.now() < next {
			}
			h.send(uint64(c.now()))
		}
		h.send(0)
	})
	wg.Wait()
}

// transfer hands n values over one way, as fast as it goes, and returns the time
// that it took, the start of the two threads included.
func transfer(c *clock, s bulk, at placement, n uint64) (ns int64, err error) {
	var sum uint64
	var wg sync.WaitGroup
	start := c.now()
	wg.Go(func() {
		defer at.enter(1)()
		sum = s.sumAll(n)
	})
	wg.Go(func() {
		defer at.enter(0)()
		s.sendAll(n)
	})
	wg.Wait()
	ns = c.now() - start
	if want := n * (n + 1) / 2; sum != want {
		return 0, fmt.Errorf("%d values add up to %d, want %d", n, sum, want)
	}
	return ns, nil
}

// canSpin says whether two threads that spin at each other both get a core.
func canSpin() bool { return runtime.GOMAXPROCS(0) > 1 && runtime.NumCPU() > 1 }
