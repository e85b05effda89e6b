package bench

import "sync"

// channelHandOff is what a Go program has at hand.
type channelHandOff chan message

// hot
func (h channelHandOff) send(v uint64) { h <- message{value: v} }

// hot
func (h channelHandOff) receive() uint64 { return (<-h).value }

// hot
func (h channelHandOff) sendAll(n uint64) {
	for v := uint64(1); v <= n; v++ {
		h <- message{value: v}
	}
}

// hot
func (h channelHandOff) sumAll(n uint64) (sum uint64) {
	for range n {
		sum += (<-h).value
	}
	return sum
}

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

// hot
func (h polledChannelHandOff) sendAll(n uint64) {
	for v := uint64(1); v <= n; v++ {
		h.send(v)
	}
}

// hot
func (h polledChannelHandOff) sumAll(n uint64) (sum uint64) {
	for range n {
		sum += h.receive()
	}
	return sum
}

// A batch through a channel is a value of the channel: copied in and out, as without.

type messages [batched]message

type (
	channelBatches       chan messages
	polledChannelBatches chan messages
)

func newChannelBatches() channelBatches { return make(channelBatches, handOffSlots/batched) }

func newPolledChannelBatches() polledChannelBatches {
	return make(polledChannelBatches, handOffSlots/batched)
}

// fill makes the next batch: v to v + batched - 1.
func (m *messages) fill(v uint64) {
	for i := range m {
		m[i].value = v + uint64(i)
	}
}

func (m *messages) sum() (sum uint64) {
	for i := range m {
		sum += m[i].value
	}
	return sum
}

// hot
func (h channelBatches) sendAll(n uint64) {
	var m messages
	for v := uint64(1); v <= n; v += batched {
		m.fill(v)
		h <- m
	}
}

// hot
func (h channelBatches) sumAll(n uint64) (sum uint64) {
	for range n / batched {
		m := <-h
		sum += m.sum()
	}
	return sum
}

// hot
func (h polledChannelBatches) sendAll(n uint64) {
	var m messages
	for v := uint64(1); v <= n; {
		m.fill(v)
		select {
		case h <- m:
			v += batched
		default:
		}
	}
}

// hot
func (h polledChannelBatches) sumAll(n uint64) (sum uint64) {
	for got := uint64(0); got < n; {
		select {
		case m := <-h:
			sum += m.sum()
			got += batched
		default:
		}
	}
	return sum
}

// condHandOff is the textbook: a circular buffer under a mutex, and two conditions.
type condHandOff struct {
	mu       sync.Mutex
	notEmpty sync.Cond
	notFull  sync.Cond
	slots    [handOffSlots]message
	head, n  int
	batch    int // what a bulk sends under one lock
}

func newCondHandOff() *condHandOff { return newCondBulk(1) }

func newCondBulk(batch int) *condHandOff {
	h := &condHandOff{batch: batch}
	h.notEmpty.L, h.notFull.L = &h.mu, &h.mu
	return h
}

// put sends count values from v on under one lock.
// hot
func (h *condHandOff) put(v uint64, count int) {
	h.mu.Lock()
	for h.n+count > handOffSlots {
		h.notFull.Wait()
	}
	for i := range count {
		h.slots[(h.head+h.n)%handOffSlots].value = v + uint64(i)
		h.n++
	}
	h.mu.Unlock()
	h.notEmpty.Signal()
}

// take receives what is there, at least one and at most count, and adds it up.
// hot
func (h *condHandOff) take(count int) (sum uint64, n int) {
	h.mu.Lock()
	for h.n == 0 {
		h.notEmpty.Wait()
	}
	for n < count && h.n > 0 {
		sum += h.slots[h.head].value
		h.head = (h.head + 1) % handOffSlots
		h.n--
		n++
	}
	h.mu.Unlock()
	h.notFull.Signal()
	return sum, n
}

// hot
func (h *condHandOff) send(v uint64) { h.put(v, 1) }

// hot
func (h *condHandOff) receive() uint64 { v, _ := h.take(1); return v }

// hot
func (h *condHandOff) sendAll(n uint64) {
	for v := uint64(1); v <= n; v += uint64(h.batch) {
		h.put(v, h.batch)
	}
}

// hot
func (h *condHandOff) sumAll(n uint64) (sum uint64) {
	for got := uint64(0); got < n; {
		part, taken := h.take(h.batch)
		sum += part
		got += uint64(taken)
	}
	return sum
}
