package jsonl

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// publicProducts: an ordinary product, and one whose every number is as long as it gets.
func publicProducts(t testing.TB) *wire.Products {
	products, err := wire.NewProducts([]engine.Instrument{
		{Symbol: "AAPL", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 1_000_000},
		{Symbol: strings.Repeat("W", wire.SymbolBytesMax), Tick: math.MaxInt64, Lot: math.MaxInt64, QtyMax: engine.QtyMax, NonPositivePrices: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return products
}

// publicLines is one line of every kind, for a product and numbers of a size.
func publicLines(p *PublicEncoder, instrument engine.InstrumentID, n int64, channel wire.Channel) map[string][]byte {
	h := &Head{Channel: channel, Instrument: instrument, Sequence: uint64(n), Time: 1_340_285_400_000_000_007}
	id, price, qty := engine.OrderID(n), engine.Price(-n), engine.Qty(n)
	trade := &Trade{TradeID: uint64(n), Maker: id, Taker: id + 1, MakerSide: engine.Sell, Price: price, Qty: qty, Time: h.Time}
	unseen := &Trade{TradeID: uint64(n), MakerSide: engine.Sell, Price: price, Qty: qty, Time: h.Time}
	auction := *trade
	auction.Auction = true
	quote := Quote{Price: price, Qty: qty}
	return map[string][]byte{
		"received":          p.AppendReceived(nil, h, &Received{OrderID: id, Side: engine.Sell, Type: engine.Limit, Price: price, Qty: qty}),
		"received market":   p.AppendReceived(nil, h, &Received{OrderID: id, Side: engine.Buy, Type: engine.Market, Qty: qty}),
		"open":              p.AppendOpen(nil, h, id, engine.Sell, price, qty),
		"match":             p.AppendMatch(nil, h, trade),
		"match unseen":      p.AppendMatch(nil, h, unseen),
		"match in a call":   p.AppendMatch(nil, h, &auction),
		"ticker of a call":  p.AppendTicker(nil, h, &auction, Quote{}, Quote{}, engine.Continuous),
		"received mtl":      p.AppendReceived(nil, h, &Received{OrderID: id, Side: engine.Buy, Type: engine.MarketToLimit, Price: price, Qty: qty}),
		"phase":             p.AppendPhase(nil, h, engine.Halted, 0, 0),
		"phase, uncrossed":  p.AppendPhase(nil, h, engine.Continuous, price, qty),
		"indicative":        p.AppendIndicative(nil, h, engine.PreOpen, price, qty, engine.Buy, qty),
		"indicative, even":  p.AppendIndicative(nil, h, engine.ClosingCall, price, qty, engine.Buy, 0),
		"indicative, none":  p.AppendIndicative(nil, h, engine.PreOpen, 0, 0, engine.Sell, qty),
		"last match":        p.AppendLastMatch(nil, h, trade),
		"no match":          p.AppendNoMatch(nil, h),
		"change":            p.AppendChange(nil, h, id, engine.Sell, ChangeReplaced, price, qty, qty-1),
		"done":              p.AppendDone(nil, h, &Done{OrderID: id, Side: engine.Sell, Reason: "disconnect", InBook: true, Price: price, Remaining: qty}),
		"done, not resting": p.AppendDone(nil, h, &Done{OrderID: id, Side: engine.Buy, Reason: DoneReasonOf(engine.ReasonIOC), Remaining: qty}),
		"ticker":            p.AppendTicker(nil, h, trade, quote, quote, engine.ClosingCall),
		"ticker, nothing":   p.AppendTicker(nil, h, &Trade{}, Quote{}, Quote{}, engine.Continuous),
		"snapshot":          p.EndSnapshot(p.AppendOrderEntry(p.AppendOrderEntry(p.AppendTurn(p.AppendLevelEntry(p.BeginSnapshot(nil, h, engine.ClosingCall), h, price, qty)), h, price, qty, id), h, price, qty, id), true),
		"update":            p.EndUpdate(p.AppendUpdateEntry(p.AppendUpdateEntry(p.BeginUpdate(nil, h), h, engine.Buy, price, 0), h, engine.Sell, price, qty)),
	}
}

func TestPublicLines(t *testing.T) {
	p := NewPublicEncoder(publicProducts(t))
	const place, at = `"channel":"full","product_id":"AAPL","sequence":7`, `"time":"2012-06-21T13:30:00.000000007Z"`
	want := map[string]string{
		"received":          `{"type":"received",` + place + `,` + at + `,"order_id":"7","side":"sell","order_type":"limit","price":"-0.07","size":"7"}`,
		"received market":   `{"type":"received",` + place + `,` + at + `,"order_id":"7","side":"buy","order_type":"market","size":"7"}`,
		"open":              `{"type":"open",` + place + `,` + at + `,"order_id":"7","side":"sell","price":"-0.07","remaining_size":"7"}`,
		"match":             `{"type":"match",` + place + `,` + at + `,"trade_id":"7","maker_order_id":"7","taker_order_id":"8","side":"sell","price":"-0.07","size":"7"}`,
		"match unseen":      `{"type":"match",` + place + `,` + at + `,"trade_id":"7","side":"sell","price":"-0.07","size":"7"}`,
		"match in a call":   `{"type":"match",` + place + `,` + at + `,"trade_id":"7","maker_order_id":"7","taker_order_id":"8","side":"sell","price":"-0.07","size":"7","liquidity":"auction"}`,
		"ticker of a call":  `{"type":"ticker",` + place + `,` + at + `,"trade_id":"7","price":"-0.07","last_size":"7"}`,
		"received mtl":      `{"type":"received",` + place + `,` + at + `,"order_id":"7","side":"buy","order_type":"market_to_limit","price":"-0.07","size":"7"}`,
		"phase":             `{"type":"phase",` + place + `,` + at + `,"phase":"halted"}`,
		"phase, uncrossed":  `{"type":"phase",` + place + `,` + at + `,"phase":"continuous","price":"-0.07","size":"7"}`,
		"indicative":        `{"type":"indicative",` + place + `,` + at + `,"phase":"pre_open","price":"-0.07","size":"7","side":"buy","surplus":"7"}`,
		"indicative, even":  `{"type":"indicative",` + place + `,` + at + `,"phase":"closing_call","price":"-0.07","size":"7"}`,
		"indicative, none":  `{"type":"indicative",` + place + `,` + at + `,"phase":"pre_open","side":"sell","surplus":"7"}`,
		"last match":        `{"type":"last_match",` + place + `,` + at + `,"trade_id":"7","maker_order_id":"7","taker_order_id":"8","side":"sell","price":"-0.07","size":"7"}`,
		"no match":          `{"type":"snapshot",` + place + `}`,
		"change":            `{"type":"change",` + place + `,` + at + `,"order_id":"7","side":"sell","reason":"replaced","price":"-0.07","old_size":"7","new_size":"6"}`,
		"done":              `{"type":"done",` + place + `,` + at + `,"order_id":"7","side":"sell","reason":"disconnect","price":"-0.07","remaining_size":"7"}`,
		"done, not resting": `{"type":"done",` + place + `,` + at + `,"order_id":"7","side":"buy","reason":"ioc","remaining_size":"7"}`,
		"ticker":            `{"type":"ticker",` + place + `,` + at + `,"trade_id":"7","side":"buy","price":"-0.07","last_size":"7","best_bid":"-0.07","best_bid_size":"7","best_ask":"-0.07","best_ask_size":"7","phase":"closing_call"}`,
		"ticker, nothing":   `{"type":"ticker",` + place + `}`,
		"snapshot":          `{"type":"snapshot",` + place + `,"phase":"closing_call","bids":[["-0.07","7"]],"asks":[["-0.07","7","7"],["-0.07","7","7"]],"more":true}`,
		"update":            `{"type":"l2update",` + place + `,` + at + `,"changes":[["buy","-0.07","0"],["sell","-0.07","7"]]}`,
	}
	got := publicLines(p, 0, 7, wire.ChannelFull)
	for kind, line := range got {
		if string(line) != want[kind]+"\n" {
			t.Errorf("%s:\n%swant\n%s", kind, line, want[kind])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d kinds of line, want %d", len(got), len(want))
	}
}

// The bounds that the feed sizes its messages by hold for the longest numbers there
// are, and what comes out is one JSON document a line.
func TestPublicLinesAreBounded(t *testing.T) {
	p := NewPublicEncoder(publicProducts(t))
	for channel := range wire.Channel(wire.Channels) {
		for kind, line := range publicLines(p, 1, math.MaxInt64, channel) {
			if len(line) > PublicLineBytesMax {
				t.Errorf("%s is %d bytes long, more than %d: %s", kind, len(line), PublicLineBytesMax, line)
			}
			if !json.Valid(line) || strings.Count(string(line), "\n") != 1 {
				t.Errorf("%s is not one JSON line: %q", kind, line)
			}
		}
		h := &Head{Channel: channel, Instrument: 1, Sequence: math.MaxUint64, Time: math.MaxInt64}
		if n := max(len(p.BeginUpdate(nil, h)), len(p.BeginSnapshot(nil, h, engine.ClosingCall))); n > PublicHeadBytesMax {
			t.Errorf("a line begins with %d bytes, more than %d", n, PublicHeadBytesMax)
		}
		const before = "]" // an entry, so that the comma is counted
		for _, n := range []int{
			len(p.AppendOrderEntry([]byte(before), h, -math.MaxInt64, math.MaxInt64, math.MaxUint64)),
			len(p.AppendLevelEntry([]byte(before), h, -math.MaxInt64, math.MaxInt64)),
			len(p.AppendUpdateEntry([]byte(before), h, engine.Sell, -math.MaxInt64, math.MaxInt64)),
		} {
			if n-len(before) > PublicEntryBytesMax {
				t.Errorf("an entry of %d bytes, more than %d", n-len(before), PublicEntryBytesMax)
			}
		}
	}
	if n := len(p.EndSnapshot(p.AppendTurn(nil), true)); n > PublicEndBytesMax {
		t.Errorf("turn and end are %d bytes, more than %d", n, PublicEndBytesMax)
	}
}

func TestPublicEncoderAllocatesNothing(t *testing.T) {
	p := NewPublicEncoder(publicProducts(t))
	h := &Head{Channel: wire.ChannelFull}
	e := &Received{OrderID: 1, Type: engine.Limit, Price: 58533, Qty: 100}
	trade := &Trade{TradeID: 1, Price: 58533, Qty: 1}
	d := &Done{OrderID: 1, Reason: DoneFilled}
	b := make([]byte, 0, 4096)
	if allocs := testing.AllocsPerRun(1000, func() {
		h.Time += 400_000_000 // another second now and then
		b = p.AppendReceived(b[:0], h, e)
		b = p.AppendOpen(b, h, 1, engine.Buy, 58533, 100)
		b = p.AppendMatch(b, h, trade)
		b = p.AppendDone(b, h, d)
		b = p.AppendTicker(b, h, trade, Quote{1, 2}, Quote{3, 4}, engine.Continuous)
		b = p.EndUpdate(p.AppendUpdateEntry(p.BeginUpdate(b, h), h, engine.Buy, 1, 2))
		b = p.EndSnapshot(p.AppendTurn(p.AppendOrderEntry(p.BeginSnapshot(b, h, engine.Continuous), h, 1, 2, 3)), false)
	}); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func BenchmarkPublicMatch(b *testing.B) {
	p := NewPublicEncoder(publicProducts(b))
	h := &Head{Channel: wire.ChannelFull, Sequence: 1_000_000, Time: 1_340_285_400_000_000_007}
	trade := &Trade{TradeID: 123_456, Maker: 1 << 40, Taker: 1<<40 + 1, Price: 58533, Qty: 100}
	line := make([]byte, 0, PublicLineBytesMax)
	for b.Loop() {
		line = p.AppendMatch(line[:0], h, trade)
	}
	if !json.Valid(line) {
		b.Fatalf("not JSON: %s", line)
	}
}
