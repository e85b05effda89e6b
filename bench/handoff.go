package bench

import (
	"fmt"
	"runtime"
	"sync"

	"pricetime/gateway/ring"
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

// handOffSlots bounds every queue that is compared here.
const handOffSlots = 1024

// ringHandOff is the venue's ring with one of its wait strategies.
type ringHandOff struct {
	ring     *ring.Ring[message]
	consumer *ring.Consumer[message]
	read     ring.Wait // the consumer's, when there is nothing
	write    ring.Wait // the producer's, when there is no room
	reader   *ring.Waker
	writer   *ring.Waker
}

func newRingHandOff(strategy string) *ringHandOff {
	h := &ringHandOff{ring: ring.New[message](handOffSlots, ring.Single)}
	h.consumer = h.ring.NewConsumer()
	switch strategy {
	case "spin":
		h.read, h.write = ring.Spin(), ring.Spin()
	case "yield":
		h.read, h.write = ring.Yield(), ring.Yield()
	case "park":
		h.reader, h.writer = ring.NewWaker(), ring.NewWaker()
		h.read, h.write = ring.Park(h.reader), ring.Park(h.writer)
	default:
		panic("BUG: no wait strategy is named " + strategy)
	}
	return h
}

// hot
func (h *ringHandOff) send(v uint64) {
	lo, _ := h.ring.Claim(1, h.write)
	h.ring.Slot(lo).value = v
	h.ring.Publish(lo, 1)
	if h.reader != nil {
		h.reader.Wake()
	}
}

// hot
func (h *ringHandOff) receive() uint64 {
	h.consumer.Wait(h.read)
	lo, _ := h.consumer.Poll(1)
	v := h.consumer.Slot(lo).value
	h.consumer.Release(lo)
	if h.writer != nil {
		h.writer.Wake()
	}
	return v
}

// sendAll sends 1 to n, publishing every batch of them.
// hot
func (h *ringHandOff) sendAll(n uint64, batch int) {
	for v := uint64(1); v <= n; {
		lo, _ := h.ring.Claim(batch, h.write)
		for i := range uint64(batch) {
			h.ring.Slot(lo + i).value = v
			v++
		}
		h.ring.Publish(lo, batch)
		if h.reader != nil {
			h.reader.Wake()
		}
	}
}

// sumAll receives n values, a batch at a time, and adds them up.
// hot
func (h *ringHandOff) sumAll(n uint64) (sum uint64) {
	for got := uint64(0); got < n; {
		h.consumer.Wait(h.read)
		lo, batch := h.consumer.Poll(handOffSlots / 4)
		for i := range uint64(batch) {
			sum += h.consumer.Slot(lo + i).value
		}
		h.consumer.Release(lo + uint64(batch) - 1)
		if h.writer != nil {
			h.writer.Wake()
		}
		got += uint64(batch)
	}
	return sum
}

// channelHandOff is what a Go program has at hand.
type channelHandOff chan message

// hot
func (h channelHandOff) send(v uint64) { h <- message{value: v} }

// hot
func (h channelHandOff) receive() uint64 { return (<-h).value }

// polledChannelHandOff never blocks on its channel: the fair rival of a ring that spins.
type polledChannelHandOff chan message

// hot
func (h polledChannelHandOff) send(v uint64) {
	for {
		select {
		case h <- message{value: v}:
			return
		default:
		}
	}
}

// hot
func (h polledChannelHandOff) receive() uint64 {
	for {
		select {
		case m := <-h:
			return m.value
		default:
		}
	}
}

// condHandOff is the textbook: a circular buffer under a mutex, and two conditions.
type condHandOff struct {
	mu       sync.Mutex
	notEmpty sync.Cond
	notFull  sync.Cond
	slots    [handOffSlots]message
	head, n  int
}

func newCondHandOff() *condHandOff {
	h := &condHandOff{}
	h.notEmpty.L, h.notFull.L = &h.mu, &h.mu
	return h
}

// hot
func (h *condHandOff) send(v uint64) {
	h.mu.Lock()
	for h.n == handOffSlots {
		h.notFull.Wait()
	}
	h.slots[(h.head+h.n)%handOffSlots].value = v
	h.n++
	h.mu.Unlock()
	h.notEmpty.Signal()
}

// hot
func (h *condHandOff) receive() uint64 {
	h.mu.Lock()
	for h.n == 0 {
		h.notEmpty.Wait()
	}
	v := h.slots[h.head].value
	h.head = (h.head + 1) % handOffSlots
	h.n--
	h.mu.Unlock()
	h.notFull.Signal()
	return v
}

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

// transfer hands n values over one way, as fast as it goes, and returns the time
// that it took. batch is how many are published at a time (rings only).
func transfer(c *clock, h handOff, at placement, n uint64, batch int) (ns int64, err error) {
	var sum uint64
	var wg sync.WaitGroup
	start := c.now()
	wg.Go(func() {
		defer at.enter(1)()
		if r, ok := h.(*ringHandOff); ok {
			sum = r.sumAll(n)
			return
		}
		for range n {
			sum += h.receive()
		}
	})
	wg.Go(func() {
		defer at.enter(0)()
		if r, ok := h.(*ringHandOff); ok {
			r.sendAll(n, batch)
			return
		}
		for v := uint64(1); v <= n; v++ {
			h.send(v)
		}
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
