package gateway

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/engine/model"
	"pricetime/gateway/wire"
)

// Whoever joins, at whatever moment, has the model's book after every command from
// there on, by its snapshot and the lines behind it alone: no gap, no overlap, and
// no step in the sequence. The feed gets its events in pieces, through rings of every
// size from the smallest.
func TestEverySubscriberHasTheModelsBook(t *testing.T) {
	commands := 3_000
	if testing.Short() {
		commands = 600
	}
	for seed := range uint64(6) {
		instruments := flow.RandomInstruments()[:2] // totals of the third one do not fit a client's 63 bits
		m := model.New(randomLimits, instruments)
		random := flow.NewRandom(seed, randomLimits, instruments)
		dice := rand.New(rand.NewPCG(seed, 7))
		b := newFeedBench(t, instruments, randomLimits, 8<<(seed%4), 8<<(seed%3))
		names := orderNames{}
		type membership struct {
			*subscriber
			of feedRequest
		}
		sessions := map[engine.SessionID]membership{}
		b.sink = func(to engine.SessionID, msg *publicMessage) { sessions[to].take(msg) }
		for i := range commands {
			var c engine.Command
			random.Next(&c)
			events := m.Apply(engine.Seq(i+1), &c)
			random.Observe(&c, events)
			names.observe(events)
			before := dice.IntN(len(events) + 1) // requests come while the command is half through
			b.publish(events[:before], 1+dice.IntN(4))
			for range dice.IntN(3) {
				b.poll()
			}
			if dice.IntN(20) == 0 {
				id := engine.SessionID(i + 1)
				of := feedRequest{channel: wire.Channel(dice.IntN(wire.Channels)), instrument: engine.InstrumentID(dice.IntN(len(instruments)))}
				sessions[id] = membership{newSubscriber(t, &instruments[of.instrument]), of}
				b.request(id, of.channel, of.instrument, false)
			}
			if len(sessions) > 8 {
				for id, s := range sessions {
					b.request(id, s.of.channel, s.of.instrument, true)
					delete(sessions, id)
					break
				}
			}
			b.publish(events[before:], 1+dice.IntN(4))
			b.run()
			for id, s := range sessions {
				if !s.joined && s.of.channel != wire.ChannelTicker {
					t.Fatalf("seed %d, command %d: session %d has not joined", seed, i+1, id)
				}
				for side := range engine.Side(2) {
					switch s.of.channel {
					case wire.ChannelFull:
						if got, want := s.text(side, names), modelText(m, s.of.instrument, side); got != want {
							t.Fatalf("seed %d, command %d %+v: session %d, side %d\nclient\n%smodel\n%s", seed, i+1, c, id, side, got, want)
						}
					case wire.ChannelLevel2:
						depth := m.Shown(s.of.instrument, side)
						for _, l := range depth {
							if s.levels[side][l.Price] != l.Qty {
								t.Fatalf("seed %d, command %d: session %d has %d at %d, want %d", seed, i+1, id, s.levels[side][l.Price], l.Price, l.Qty)
							}
						}
						if len(s.levels[side]) != len(depth) {
							t.Fatalf("seed %d, command %d: session %d has %d levels, want %d", seed, i+1, id, len(s.levels[side]), len(depth))
						}
					}
				}
			}
		}
	}
}

// A snapshot of many lines: each is bounded, all but the last say more, the feed
// takes no event meanwhile and at most its share of messages a duty cycle.
func TestLargeSnapshotIsSplit(t *testing.T) {
	const orders = 30_000
	for channel, outSlots := range map[wire.Channel]int{wire.ChannelFull: 2 * feedSnapshotMax, wire.ChannelLevel2: feedStepMessages} {
		b := newFeedBench(t, shares(), engine.Limits{OrdersMax: orders + 1, LevelsPerSideMax: orders}, 1024, outSlots)
		s := newSubscriber(t, &shares()[0])
		lines := 0
		s.check = func(_ *subscriber, l publicLine) { lines++ }
		b.sink = func(_ engine.SessionID, m *publicMessage) { s.take(m) }
		for i := range orders {
			side := engine.Side(i % 2)
			b.publish([]engine.Event{rests(engine.OrderID(i+1), side, engine.Price(100_000+(1-2*int(1-side))*(1+i/4)), 10)}, 1)
		}
		b.run()
		b.request(1, channel, 0, false)
		b.feed.Poll()
		if n, want := b.out.Backlog(), min(outSlots, feedSnapshotMax-1); n != want { // and the request
			t.Errorf("%s: %d messages in the first duty cycle, want %d", channel, n, want)
		}
		b.publish([]engine.Event{rests(orders+1, engine.Buy, 1, 10)}, 1)
		for !s.joined {
			if b.poll() == 0 {
				t.Fatalf("%s: the snapshot stands still after %d lines", channel, lines)
			}
			if !s.joined && b.feed.events.Backlog() != 1 {
				t.Fatalf("%s: an event was taken in the middle of a snapshot", channel)
			}
		}
		entries := len(s.orders[0]) + len(s.orders[1])
		if channel == wire.ChannelLevel2 {
			if entries = len(s.levels[0]) + len(s.levels[1]); entries != orders/2 {
				t.Errorf("level2: %d levels came, want %d", entries, orders/2)
			}
		} else if entries != orders {
			t.Errorf("full: %d orders came, want %d", entries, orders)
		}
		if lines < 100 {
			t.Errorf("%s: %d entries in %d lines", channel, entries, lines)
		}
	}
}

// While events wait a snapshot does, so that one behind the other cannot fill the
// event ring.
func TestSnapshotWaitsUntilTheFeedHasCaughtUp(t *testing.T) {
	b := newFeedBench(t, shares(), randomLimits, 1024, 64)
	var events []engine.Event
	for range 3 * feedBatchMax {
		events = append(events, engine.Event{Kind: engine.EvState, Flags: engine.FlagLast})
	}
	b.publish(events, len(events))
	b.request(1, wire.ChannelTicker, 0, false)
	for {
		b.feed.Poll()
		left := b.feed.events.Backlog()
		if begun := b.out.Backlog() > 0; begun != (left <= feedBatchMax) {
			t.Fatalf("snapshot begun %v with %d events waiting", begun, left)
		}
		if left == 0 {
			return
		}
	}
}

// A snapshot is never of half a command: a book in the middle of a sweep may have
// an order that is not in it any more, or not yet.
func TestSnapshotIsBetweenCommands(t *testing.T) {
	b := newFeedBench(t, shares(), randomLimits, 64, 64)
	accepted := rests(1, engine.Buy, 100, 5)
	accepted.Flags = 0
	b.publish([]engine.Event{accepted}, 1)
	b.request(1, wire.ChannelFull, 0, false)
	b.run()
	if b.feed.requests.Backlog() != 1 {
		t.Error("a request was taken in the middle of a command")
	}
	b.publish([]engine.Event{{Kind: engine.EvCanceled, Flags: engine.FlagLast, OrderID: 1, Reason: engine.ReasonIOC, Leaves: 5}}, 1)
	b.run()
	if b.feed.requests.Backlog() != 0 {
		t.Error("the request waits behind the command")
	}
}

// The first line of each channel, without and with something to tell.
func TestFirstLines(t *testing.T) {
	b := newFeedBench(t, shares(), randomLimits, 64, 64)
	var got []string
	b.sink = func(_ engine.SessionID, m *publicMessage) {
		got = append(got, strings.Trim(string(m.data[:m.n]), "\n"))
	}
	ask := func(want ...string) {
		t.Helper()
		got = got[:0]
		for c := range wire.Channel(wire.Channels) {
			b.request(1, c, 0, false)
			b.run()
			b.request(1, c, 0, true)
		}
		b.run()
		if fmt.Sprint(strings.Join(got, "\n")) != strings.Join(want, "\n") {
			t.Errorf("first lines\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	ask(`{"type":"snapshot","channel":"full","product_id":"AAPL","sequence":0,"bids":[],"asks":[]}`,
		`{"type":"snapshot","channel":"level2","product_id":"AAPL","sequence":0,"bids":[],"asks":[]}`,
		`{"type":"ticker","channel":"ticker","product_id":"AAPL","sequence":0}`,
		`{"type":"snapshot","channel":"matches","product_id":"AAPL","sequence":0}`)
	b.publish([]engine.Event{
		rests(1, engine.Sell, 58534, 10), rests(2, engine.Sell, 58534, 5), rests(3, engine.Sell, 58540, 7), rests(4, engine.Buy, 58533, 9),
		{Time: 1_500_000_000, Kind: engine.EvAccepted, OrderID: 5, Side: engine.Buy, Type: engine.Market, TimeInForce: engine.IOC, Qty: 4, Leaves: 4},
		{Time: 1_500_000_000, Kind: engine.EvExecuted, Flags: engine.FlagLast, OrderID: 5, Side: engine.Buy, Price: 58534, Qty: 4, ContraOrderID: 1, ContraLeaves: 6, TradeID: 1},
	}, 64)
	ask(`{"type":"snapshot","channel":"full","product_id":"AAPL","sequence":11,"bids":[["585.33","9","4"]],"asks":[["585.34","6","1"],["585.34","5","2"],["585.40","7","3"]]}`,
		`{"type":"snapshot","channel":"level2","product_id":"AAPL","sequence":11,"bids":[["585.33","9"]],"asks":[["585.34","11"],["585.40","7"]]}`,
		`{"type":"ticker","channel":"ticker","product_id":"AAPL","sequence":11,"time":"1970-01-01T00:00:01.500000000Z","trade_id":"1","side":"buy","price":"585.34","last_size":"4","best_bid":"585.33","best_bid_size":"9","best_ask":"585.34","best_ask_size":"11"}`,
		`{"type":"last_match","channel":"matches","product_id":"AAPL","sequence":11,"time":"1970-01-01T00:00:01.500000000Z","trade_id":"1","maker_order_id":"1","taker_order_id":"5","side":"sell","price":"585.34","size":"4"}`)
}

// Who joins, leaves and joins in one duty cycle gets two snapshots, each with its join.
func TestJoinLeaveJoin(t *testing.T) {
	b := newFeedBench(t, shares(), randomLimits, 64, 64)
	for _, leave := range []bool{false, true, false} {
		b.request(1, wire.ChannelFull, 0, leave)
	}
	b.feed.Poll()
	lo, n := b.out.Poll(8)
	if n != 2 || !b.out.Slot(lo).joins || !b.out.Slot(lo+1).joins {
		t.Errorf("%d messages, want 2 that join", n)
	}
	if got := b.feed.products[0].listeners[wire.ChannelFull]; got != 1 {
		t.Errorf("%d listeners, want 1", got)
	}
}

func TestLeavingWhatNobodyListensToIsABug(t *testing.T) {
	b := newFeedBench(t, shares(), randomLimits, 64, 64)
	b.request(1, wire.ChannelFull, 0, true)
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	b.run()
}

// shares is one product: tick 0.01, lot 1.
func shares() []engine.Instrument {
	return []engine.Instrument{{Symbol: "AAPL", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 1_000_000}}
}

// rests is the event of a limit order that goes straight into the book.
func rests(id engine.OrderID, side engine.Side, price engine.Price, qty engine.Qty) engine.Event {
	return engine.Event{
		Kind: engine.EvAccepted, Flags: engine.FlagRests | engine.FlagLast,
		OrderID: id, Side: side, Type: engine.Limit, TimeInForce: engine.GTC, Price: price, Qty: qty, Leaves: qty,
	}
}
