package gateway

import (
	"fmt"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/engine/model"
	"pricetime/gateway/wire"
)

// tape is a feed behind the model, with one listener to every channel of every
// product, whose lines it keeps in a short form.
type tape struct {
	*feedBench
	model *model.Model
	seq   engine.Seq
	lines []string
}

func newTape(t testing.TB, instruments []engine.Instrument) *tape {
	limits := engine.Limits{OrdersMax: 1000, AccountsMax: 4, LevelsPerSideMax: 1000, OrdersPerDay: 1000, ClOrdIDsPerDay: 1000}
	tp := &tape{feedBench: newFeedBench(t, instruments, limits, 64, 64), model: model.New(limits, instruments)}
	for id := range instruments {
		for c := range wire.Channel(wire.Channels) {
			tp.request(1, c, engine.InstrumentID(id), false)
		}
	}
	tp.run()
	tp.sink = func(_ engine.SessionID, m *publicMessage) {
		short := strings.NewReplacer(`"product_id":"AAPL",`, "", `"time":"1970-01-01T00:00:00.000000000Z",`, "", `"type":`, "", `"channel":`, "", `"`, "")
		tp.lines = append(tp.lines, strings.Split(strings.TrimSpace(short.Replace(string(m.data[:m.n]))), "\n")...)
	}
	return tp
}

// apply carries out a command of account 1 and returns the lines of the channels.
func (tp *tape) apply(c engine.Command, channels ...string) []string {
	tp.seq++
	c.Account, c.Session = 1, 9
	tp.lines = nil
	tp.publish(tp.model.Apply(tp.seq, &c), 64)
	tp.run()
	var lines []string
	for _, l := range tp.lines {
		for _, c := range channels {
			if strings.Contains(l, ","+c+",") {
				lines = append(lines, strings.Replace(l, ","+c+",", ",", 1))
			}
		}
	}
	return lines
}

func limit(side engine.Side, qty engine.Qty, price engine.Price) engine.Command {
	return engine.Command{Kind: engine.CmdEnter, Side: side, Type: engine.Limit, TimeInForce: engine.GTC, Price: price, Qty: qty}
}

func with(c engine.Command, tif engine.TimeInForce) engine.Command {
	c.TimeInForce = tif
	return c
}

func amend(kind engine.CommandKind, id engine.OrderID, qty engine.Qty, price engine.Price, flags engine.CommandFlags) engine.Command {
	return engine.Command{Kind: kind, OrderID: id, Qty: qty, Price: price, Flags: flags}
}

// What each command looks like to the public. One book, told step by step; the
// sequence of full runs through.
func TestLinesOfEachCommand(t *testing.T) {
	tp := newTape(t, shares())
	for _, step := range []struct {
		what    string
		command engine.Command
		full    []string
		level2  []string
	}{
		{"an order that rests", limit(engine.Sell, 10, 58534), []string{
			"{received,sequence:1,order_id:1,side:sell,order_type:limit,price:585.34,size:10}",
			"{open,sequence:2,order_id:1,side:sell,price:585.34,remaining_size:10}",
		}, []string{"{l2update,sequence:2,changes:[[sell,585.34,10]]}"}},
		{"a second one behind it", limit(engine.Sell, 5, 58534), []string{
			"{received,sequence:3,order_id:2,side:sell,order_type:limit,price:585.34,size:5}",
			"{open,sequence:4,order_id:2,side:sell,price:585.34,remaining_size:5}",
		}, []string{"{l2update,sequence:4,changes:[[sell,585.34,15]]}"}},
		{"a sweep whose remainder rests", limit(engine.Buy, 20, 58534), []string{
			"{received,sequence:5,order_id:3,side:buy,order_type:limit,price:585.34,size:20}",
			"{match,sequence:6,trade_id:1,maker_order_id:1,taker_order_id:3,side:sell,price:585.34,size:10}",
			"{done,sequence:7,order_id:1,side:sell,reason:filled,price:585.34,remaining_size:0}",
			"{match,sequence:8,trade_id:2,maker_order_id:2,taker_order_id:3,side:sell,price:585.34,size:5}",
			"{done,sequence:9,order_id:2,side:sell,reason:filled,price:585.34,remaining_size:0}",
			"{open,sequence:10,order_id:3,side:buy,price:585.34,remaining_size:5}",
		}, []string{"{l2update,sequence:10,changes:[[sell,585.34,0],[buy,585.34,5]]}"}},
		{"a reduction", amend(engine.CmdReduce, 3, 19, 0, 0), []string{
			"{change,sequence:11,order_id:3,side:buy,reason:reduced,price:585.34,old_size:5,new_size:4}",
		}, []string{"{l2update,sequence:11,changes:[[buy,585.34,4]]}"}},
		{"an incoming order that is filled", limit(engine.Sell, 1, 58500), []string{
			"{received,sequence:12,order_id:4,side:sell,order_type:limit,price:585.00,size:1}",
			"{match,sequence:13,trade_id:3,maker_order_id:3,taker_order_id:4,side:buy,price:585.34,size:1}",
			"{done,sequence:14,order_id:4,side:sell,reason:filled,remaining_size:0}",
		}, []string{"{l2update,sequence:14,changes:[[buy,585.34,3]]}"}},
		{"a replace that keeps its place", amend(engine.CmdReplace, 3, 18, 58534, 0), []string{
			"{change,sequence:15,order_id:3,side:buy,reason:replaced,price:585.34,old_size:3,new_size:2}",
		}, []string{"{l2update,sequence:15,changes:[[buy,585.34,2]]}"}},
		{"one that only its owner sees", amend(engine.CmdReplace, 3, 18, 58534, 0), nil, nil},
		{"a replace that goes elsewhere", amend(engine.CmdReplace, 3, 18, 58530, 0), []string{
			"{done,sequence:16,order_id:3,side:buy,reason:replaced,price:585.34,remaining_size:2}",
			"{open,sequence:17,order_id:3,side:buy,price:585.30,remaining_size:2}",
		}, []string{"{l2update,sequence:17,changes:[[buy,585.34,0],[buy,585.30,2]]}"}},
		{"an offer for it", limit(engine.Sell, 3, 58540), []string{
			"{received,sequence:18,order_id:5,side:sell,order_type:limit,price:585.40,size:3}",
			"{open,sequence:19,order_id:5,side:sell,price:585.40,remaining_size:3}",
		}, []string{"{l2update,sequence:19,changes:[[sell,585.40,3]]}"}},
		{"a replace that trades and rests", amend(engine.CmdReplace, 3, 22, 58541, 0), []string{
			"{done,sequence:20,order_id:3,side:buy,reason:replaced,price:585.30,remaining_size:2}",
			"{match,sequence:21,trade_id:4,maker_order_id:5,taker_order_id:3,side:sell,price:585.40,size:3}",
			"{done,sequence:22,order_id:5,side:sell,reason:filled,price:585.40,remaining_size:0}",
			"{open,sequence:23,order_id:3,side:buy,price:585.41,remaining_size:3}",
		}, []string{"{l2update,sequence:23,changes:[[buy,585.30,0],[sell,585.40,0],[buy,585.41,3]]}"}},
		{"an IOC", with(limit(engine.Sell, 4, 58541), engine.IOC), []string{
			"{received,sequence:24,order_id:6,side:sell,order_type:limit,price:585.41,size:4}",
			"{match,sequence:25,trade_id:5,maker_order_id:3,taker_order_id:6,side:buy,price:585.41,size:3}",
			"{done,sequence:26,order_id:3,side:buy,reason:filled,price:585.41,remaining_size:0}",
			"{done,sequence:27,order_id:6,side:sell,reason:ioc,remaining_size:1}",
		}, []string{"{l2update,sequence:27,changes:[[buy,585.41,0]]}"}},
		{"an FOK that cannot be filled", with(limit(engine.Sell, 4, 58541), engine.FOK), []string{
			"{received,sequence:28,order_id:7,side:sell,order_type:limit,price:585.41,size:4}",
			"{done,sequence:29,order_id:7,side:sell,reason:fok,remaining_size:4}",
		}, nil},
		{"a refusal", limit(engine.Buy, 0, 58541), nil, nil},
		{"a cancel of nothing", amend(engine.CmdCancel, 7, 0, 0, 0), nil, nil},
		{"an order to cut short", limit(engine.Buy, 8, 58500), []string{
			"{received,sequence:30,order_id:8,side:buy,order_type:limit,price:585.00,size:8}",
			"{open,sequence:31,order_id:8,side:buy,price:585.00,remaining_size:8}",
		}, []string{"{l2update,sequence:31,changes:[[buy,585.00,8]]}"}},
		{"a market order", engine.Command{Kind: engine.CmdEnter, Side: engine.Sell, Type: engine.Market, TimeInForce: engine.IOC, Qty: 3}, []string{
			"{received,sequence:32,order_id:9,side:sell,order_type:market,size:3}",
			"{match,sequence:33,trade_id:6,maker_order_id:8,taker_order_id:9,side:buy,price:585.00,size:3}",
			"{done,sequence:34,order_id:9,side:sell,reason:filled,remaining_size:0}",
		}, []string{"{l2update,sequence:34,changes:[[buy,585.00,5]]}"}},
		{"a replace to what is executed", amend(engine.CmdReplace, 8, 3, 58499, 0), []string{
			"{done,sequence:35,order_id:8,side:buy,reason:canceled,price:585.00,remaining_size:5}",
		}, []string{"{l2update,sequence:35,changes:[[buy,585.00,0]]}"}},
	} {
		lines := tp.apply(step.command, "full", "level2")
		if want := append(step.full, step.level2...); strings.Join(lines, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", step.what, strings.Join(lines, "\n"), strings.Join(want, "\n"))
		}
	}
}

// A ticker a command, whatever it swept; a match a trade, in both channels with the
// same sequence.
func TestTickerAndMatches(t *testing.T) {
	tp := newTape(t, shares())
	for _, price := range []engine.Price{101, 102, 103} {
		tp.apply(limit(engine.Sell, 5, price))
	}
	got := tp.apply(limit(engine.Buy, 12, 103), "ticker", "matches")
	want := []string{
		"{match,sequence:8,trade_id:1,maker_order_id:1,taker_order_id:4,side:sell,price:1.01,size:5}",
		"{match,sequence:10,trade_id:2,maker_order_id:2,taker_order_id:4,side:sell,price:1.02,size:5}",
		"{match,sequence:12,trade_id:3,maker_order_id:3,taker_order_id:4,side:sell,price:1.03,size:2}",
		"{ticker,sequence:13,trade_id:3,side:buy,price:1.03,last_size:2,best_ask:1.03,best_ask_size:3}",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := tp.apply(limit(engine.Buy, 12, 50), "ticker", "matches"); got != nil {
		t.Errorf("a command that does not trade: %v", got)
	}
}

// A command over more levels than one update takes, and over two products.
func TestUpdatesOfALargeCommand(t *testing.T) {
	instruments := append(shares(), engine.Instrument{Symbol: "B", Tick: 1, Lot: engine.DecimalOne, QtyMax: 1_000_000})
	tp := newTape(t, instruments)
	const levels = 3*levelChangesMax + 1
	for i := range engine.Price(levels) {
		tp.apply(limit(engine.Buy, 1, 1+i))
	}
	other := limit(engine.Buy, 1, 77)
	other.Instrument = 1
	tp.apply(other)
	got := tp.apply(engine.Command{Kind: engine.CmdMassCancel, Scope: engine.ScopeAccount}, "level2")
	if len(got) != levels/levelChangesMax+2 {
		t.Errorf("%d updates, want %d:\n%s", len(got), levels/levelChangesMax+2, strings.Join(got, "\n"))
	}
	if n := strings.Count(strings.Join(got, "\n"), ",0]"); n != levels+1 {
		t.Errorf("%d levels went, want %d:\n%s", n, levels+1, strings.Join(got, "\n"))
	}
}

// Where the public ring is full the feed stands still and keeps its events, and goes
// on when there is room. What nobody listens to needs no room.
func TestFeedWaitsForRoomAndLosesNothing(t *testing.T) {
	b := newFeedBench(t, shares(), engine.Limits{OrdersMax: 1 << 12, LevelsPerSideMax: 1 << 12}, 1<<12, feedStepMessages)
	s := newSubscriber(t, &shares()[0])
	b.sink = func(_ engine.SessionID, m *publicMessage) { s.take(m) }
	b.request(1, wire.ChannelFull, 0, false)
	b.run()
	const orders = 1000
	for i := range orders {
		b.events.TryClaim(1)
		*b.events.Slot(uint64(i + 1)) = rests(engine.OrderID(i+1), engine.Buy, 100, 1)
		b.events.Publish(uint64(i+1), 1)
	}
	for b.feed.Poll() > 0 {
	}
	waiting := b.feed.events.Backlog()
	if waiting == 0 || b.out.Backlog() == 0 {
		t.Fatalf("%d events wait behind %d messages", waiting, b.out.Backlog())
	}
	if b.feed.Poll() != 0 || b.feed.events.Backlog() != waiting {
		t.Fatal("the feed went on without room")
	}
	b.run()
	if b.feed.events.Backlog() != 0 || len(s.orders[0]) != orders || s.sequence != 2*orders {
		t.Errorf("%d events left, %d orders came, sequence %d", b.feed.events.Backlog(), len(s.orders[0]), s.sequence)
	}
}

// The smallest ring that the feed takes is enough for the largest step, and the
// lines do not depend on the ring.
func TestLinesDoNotDependOnTheRing(t *testing.T) {
	events, _ := recordedEvents(t, "cross", 2_000)
	said := func(outSlots int) (lines [wire.Channels]strings.Builder) {
		b := newFeedBench(t, shares(), engine.Limits{OrdersMax: 1 << 15, LevelsPerSideMax: 1 << 12}, 1024, outSlots)
		for c := range wire.Channel(wire.Channels) {
			b.request(1, c, 0, false)
		}
		b.run()
		b.sink = func(_ engine.SessionID, m *publicMessage) { lines[m.channel].Write(m.data[:m.n]) }
		b.publish(events, 256)
		b.run()
		return lines
	}
	small, large := said(feedStepMessages), said(1024)
	for c := range small {
		if small[c].String() != large[c].String() || small[c].Len() == 0 {
			t.Errorf("%s: %d bytes through the smallest ring, %d through a large one", wire.Channel(c), small[c].Len(), large[c].Len())
		}
	}
}

// The sequence counts what nobody hears, so that it is the same for everybody.
func TestSequenceCountsWithoutListeners(t *testing.T) {
	b := newFeedBench(t, shares(), randomLimits, 64, 64)
	b.publish([]engine.Event{rests(1, engine.Buy, 100, 1), rests(2, engine.Buy, 100, 1)}, 64)
	b.sink = func(_ engine.SessionID, m *publicMessage) { t.Errorf("a message: %s", m.data[:m.n]) }
	b.run()
	if got := b.feed.products[0].sequence; got != 4 {
		t.Errorf("sequence %d after two received and two open, want 4", got)
	}
}

func TestFeedAllocatesNothing(t *testing.T) {
	events, _ := recordedEvents(t, "mid", 20_000)
	for _, channels := range []uint8{0, wire.ChannelFull.Bit(), 1<<wire.Channels - 1} {
		b := listenedFeed(t, channels)
		at := len(events) / 2
		b.publish(events[:at], 64) // the book, and tables that were never touched
		b.run()
		part := (len(events) - at) / 2
		if allocs := testing.AllocsPerRun(1, func() { // which runs it twice
			b.publish(events[at:at+part], 64)
			b.run()
			at += part
		}); allocs != 0 {
			t.Errorf("channels %04b: %v allocations in %d events", channels, allocs, part)
		}
	}
}

// BenchmarkFeed is the feed's time for an event of a book of 10,000 orders, by what
// is listened to (bits: matches, ticker, level2, full). The rings are in it; what
// the I/O stage does with the lines is not.
func BenchmarkFeed(b *testing.B) {
	events, prefill := recordedEvents(b, "mid", 100_000)
	for _, channels := range []uint8{0, wire.ChannelTicker.Bit(), wire.ChannelLevel2.Bit(), wire.ChannelFull.Bit(), 1<<wire.Channels - 1} {
		b.Run(fmt.Sprintf("channels=%04b", channels), func(b *testing.B) {
			var f *feedBench
			for at, left := len(events), b.N; left > 0; {
				if at == len(events) {
					b.StopTimer()
					f, at = listenedFeed(b, channels), prefill
					f.publish(events[:prefill], 64)
					f.run()
					b.StartTimer()
				}
				n := min(64, left, len(events)-at)
				f.publish(events[at:at+n], n)
				f.run()
				at, left = at+n, left-n
			}
		})
	}
}

// recordedEvents are the engine's of a generated flow: first those that fill the book.
func recordedEvents(t testing.TB, shape string, ops int) (events []engine.Event, prefill int) {
	f := flowOf(t, shape, ops)
	limits := limitsOf(f)
	e, err := engine.New(limits, shares())
	if err != nil {
		t.Fatal(err)
	}
	player, out := flow.NewPlayer(f), engine.NewEvents(limits.EventsPerCommandMax())
	for i, op := range append(f.Prefill, f.Ops...) {
		if i == len(f.Prefill) {
			prefill = len(events)
		}
		var c engine.Command
		player.Command(&op, &c)
		c.Time = engine.Time(i) * 1_000_000
		out.Reset()
		e.Apply(engine.Seq(i+1), &c, out)
		if !player.Observe(out.All()) {
			t.Fatalf("command %d was refused", i+1)
		}
		events = append(events, out.All()...)
	}
	return events, prefill
}

// listenedFeed has one session that listens to a set of channels.
func listenedFeed(t testing.TB, channels uint8) *feedBench {
	b := newFeedBench(t, shares(), engine.Limits{OrdersMax: 1 << 15, LevelsPerSideMax: 1 << 12}, 1024, 1024)
	for c := range wire.Channel(wire.Channels) {
		if channels&c.Bit() != 0 {
			b.request(1, c, 0, false)
		}
	}
	b.run()
	return b
}
