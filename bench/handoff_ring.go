package bench

import (
	"sync/atomic"

	"pricetime/gateway/ring"
)

// ringHandOff is the venue's ring with one of its wait strategies.
type ringHandOff struct {
	ring     *ring.Ring[message]
	consumer *ring.Consumer[message]
	batch    int       // what a bulk publishes at once
	read     ring.Wait // the consumer's, when there is nothing
	write    ring.Wait // the producer's, when there is no room
	reader   *ring.Waker
	writer   *ring.Waker
}

func newRingHandOff(strategy string) *ringHandOff { return newRingBulk(strategy, 1) }

func newRingBulk(strategy string, batch int) *ringHandOff {
	h := &ringHandOff{ring: ring.New[message](handOffSlots, ring.Single), batch: batch}
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

// hot
func (h *ringHandOff) sendAll(n uint64) {
	for v := uint64(1); v <= n; {
		lo, _ := h.ring.Claim(h.batch, h.write)
		for i := range uint64(h.batch) {
			h.ring.Slot(lo + i).value = v
			v++
		}
		h.ring.Publish(lo, h.batch)
		if h.reader != nil {
			h.reader.Wake()
		}
	}
}

// hot
func (h *ringHandOff) sumAll(n uint64) (sum uint64) {
	for got := uint64(0); got < n; {
		h.consumer.Wait(h.read)
		lo, batch := h.consumer.Poll(handOffSlots / 16)
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

// textbookHandOff is the plain version of the ring: one producer, one consumer, two
// cursors with Go's atomics, nothing remembered but the other side's position. It
// cannot close, park, gate or say that it is misused; the venue's ring beside it shows
// what those cost, and what the ring's way to store a cursor brings.
type textbookHandOff struct {
	slots [handOffSlots]message
	batch uint64

	_       [128]byte
	sent    uint64 // the producer's own
	room    uint64 // how far it knows that it may send
	_       [128]byte
	shown   atomic.Uint64 // sent, for the consumer
	_       [128]byte
	taken   uint64 // the consumer's own
	there   uint64 // how far it knows that it may take
	_       [128]byte
	cleared atomic.Uint64 // taken, for the producer
	_       [128]byte
}

func newTextbookHandOff() *textbookHandOff { return newTextbookBulk(1) }

func newTextbookBulk(batch uint64) *textbookHandOff {
	return &textbookHandOff{batch: batch, room: handOffSlots}
}

// hot
func (h *textbookHandOff) put(v uint64) {
	for h.sent == h.room {
		h.room = h.cleared.Load() + handOffSlots
	}
	h.slots[h.sent%handOffSlots].value = v
	h.sent++
}

// hot
func (h *textbookHandOff) send(v uint64) {
	h.put(v)
	h.shown.Store(h.sent)
}

// hot
func (h *textbookHandOff) receive() uint64 {
	for h.taken == h.there {
		h.there = h.shown.Load()
	}
	v := h.slots[h.taken%handOffSlots].value
	h.taken++
	h.cleared.Store(h.taken)
	return v
}

// hot
func (h *textbookHandOff) sendAll(n uint64) {
	for v := uint64(1); v <= n; v++ {
		h.put(v)
		if v%h.batch == 0 {
			h.shown.Store(h.sent)
		}
	}
}

// hot
func (h *textbookHandOff) sumAll(n uint64) (sum uint64) {
	for h.taken < n {
		for h.taken == h.there {
			h.there = h.shown.Load()
		}
		for last := min(h.there, h.taken+handOffSlots/16); h.taken < last; h.taken++ {
			sum += h.slots[h.taken%handOffSlots].value
		}
		h.cleared.Store(h.taken)
	}
	return sum
}
