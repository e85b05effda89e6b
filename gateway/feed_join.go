package gateway

import (
	"fmt"

	"pricetime/engine"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// This file is how a session comes to listen: requests, and the snapshot that each
// channel begins with. Its last line is in the message that joins, so a client
// knows by it that what follows is live:
//
//	full     every order, bids then asks, best first, each level in queue order
//	level2   every level, bids then asks, best first
//	ticker   a ticker with what there is
//	matches  the last match, or a snapshot without entries

// serve takes requests and writes snapshots, until there is nothing to do, or no
// room, or its share of the duty cycle is used up.
//
// A snapshot begins only between two commands, and only when the feed has caught up
// with the events: a snapshot holds events up, and so must not follow the last one
// so closely that the event ring fills and the core waits.
func (f *feedStage) serve() int {
	work := 0
	for ; work < feedSnapshotMax; work++ {
		if f.join.running {
			if !f.out.HasRoom(1) {
				break
			}
			f.snapshotLine()
			continue
		}
		seq, n := f.requests.Poll(1)
		if n == 0 {
			break
		}
		q := *f.requests.Slot(seq)
		if !q.leave && (f.midCommand || f.events.Backlog() > feedBatchMax) {
			break
		}
		f.requests.Release(seq)
		f.request(q)
	}
	return work
}

func (f *feedStage) request(q feedRequest) {
	if !q.leave {
		f.join = feedJoin{running: true, request: q}
		f.enterSide(engine.Buy)
		return
	}
	listeners := &f.products[q.instrument].listeners[q.channel]
	if *listeners == 0 {
		panic(fmt.Sprintf("BUG: session %d left channel %s of instrument %d, which nobody listens to", q.session, q.channel, q.instrument))
	}
	*listeners--
}

// snapshotLine writes the next line of the snapshot, in one message.
func (f *feedStage) snapshotLine() {
	q := &f.join.request
	h, _ := f.head(q.channel, q.instrument)
	b, more := f.line[:0], false
	switch q.channel {
	case wire.ChannelFull, wire.ChannelLevel2:
		b, more = f.appendBook(b, &h)
	case wire.ChannelTicker:
		h.Time = f.products[q.instrument].last.Time
		b = f.appendTicker(b, &h)
	case wire.ChannelMatches:
		if last := &f.products[q.instrument].last; last.TradeID != 0 {
			h.Time = last.Time
			b = f.encoder.AppendLastMatch(b, &h, last)
		} else {
			b = f.encoder.AppendNoMatch(b, &h)
		}
	}
	m := f.sendTo(q.session, &h, b) // it is now the channel's open message: what is sent to all begins another
	if !more {
		m.joins = true
		f.join.running = false
		f.products[q.instrument].listeners[q.channel]++
	}
}

// appendBook writes one line of the book from where the snapshot stands.
func (f *feedStage) appendBook(b []byte, h *jsonl.Head) (_ []byte, more bool) {
	b = f.encoder.BeginSnapshot(b, h, f.products[h.Instrument].phase)
	if f.join.side == engine.Buy {
		b = f.appendSide(b, h)
		if f.join.level < 0 {
			f.enterSide(engine.Sell)
		}
	}
	b = f.encoder.AppendTurn(b)
	if f.join.side == engine.Sell {
		b = f.appendSide(b, h)
	}
	more = f.join.level >= 0 || f.join.side == engine.Buy
	return f.encoder.EndSnapshot(b, more), more
}

func (f *feedStage) enterSide(side engine.Side) {
	f.join.side = side
	f.join.level = len(f.replica.books[f.join.request.instrument].sides[side]) - 1
	f.join.order = 0
}

// appendSide adds entries until the line is full or the side is done.
func (f *feedStage) appendSide(b []byte, h *jsonl.Head) []byte {
	j := &f.join
	levels := f.replica.books[j.request.instrument].sides[j.side]
	for ; j.level >= 0; j.level-- {
		l := &levels[j.level]
		if h.Channel == wire.ChannelLevel2 {
			if !roomForEntry(b) {
				return b
			}
			b = f.encoder.AppendLevelEntry(b, h, l.price, l.total)
			continue
		}
		if j.order == 0 {
			j.order = l.head
		}
		for j.order != 0 {
			if !roomForEntry(b) {
				return b
			}
			o := &f.replica.orders[j.order]
			b = f.encoder.AppendOrderEntry(b, h, o.price, o.shown, o.id)
			j.order = o.next
		}
	}
	return b
}
