package jsonl

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// answerCase is an event, and the lines that a session gets for it.
type answerCase struct {
	name  string
	event engine.Event
	role  Role
	want  []string // from the client id on; what stands before is the same for all
	head  string   // where it is not
}

const testTime = `"time":"2023-11-14T22:13:20.000000042Z"`

func answers() []answerCase {
	with := func(e engine.Event, change func(e *engine.Event)) engine.Event {
		change(&e)
		return e
	}
	executed := orderEvent(engine.EvExecuted, 0)
	executed.Qty, executed.Leaves, executed.ContraLeaves = 40, 60, 0
	executed.ContraOrderID, executed.ContraClOrdID, executed.TradeID, executed.ContraSession = 77, clOrdID("m1"), 9, 4
	replaced := orderEvent(engine.EvReplaced, 0)
	replaced.ClOrdID, replaced.ContraClOrdID, replaced.ContraLeaves = clOrdID("a2"), clOrdID("a1"), 120
	rejected := engine.Event{Time: executed.Time, Kind: engine.EvRejected, ClOrdID: clOrdID("a1"), Instrument: testAAPL}
	none := engine.Event{Time: executed.Time, Kind: engine.EvCancelRejected, Instrument: engine.NoInstrument}
	return []answerCase{
		{name: "accepted", event: orderEvent(engine.EvAccepted, 0), want: []string{
			`{"type":"received",...,"side":"buy","order_type":"limit","price":"585.33","size":"100","time_in_force":"GTC"}`}},
		{name: "accepted and resting", event: orderEvent(engine.EvAccepted, engine.FlagRests|engine.FlagPostOnly|engine.FlagLast), want: []string{
			`{"type":"received",...,"side":"buy","order_type":"limit","price":"585.33","size":"100","time_in_force":"GTC","post_only":true}`,
			`{"type":"open",...,"side":"buy","price":"585.33","size":"100","remaining_size":"60"}`}},
		{name: "accepted market", event: with(orderEvent(engine.EvAccepted, 0), func(e *engine.Event) {
			e.Type, e.TimeInForce, e.Price, e.Side = engine.Market, engine.IOC, 0, engine.Sell
		}), want: []string{
			`{"type":"received",...,"side":"sell","order_type":"market","size":"100","time_in_force":"IOC"}`}},
		{name: "accepted iceberg for a day", event: with(orderEvent(engine.EvAccepted, engine.FlagRests|engine.FlagIceberg), func(e *engine.Event) {
			e.TimeInForce, e.ContraLeaves, e.TradeID = engine.DAY, 1_700_006_400_000_000_000, 20
		}), want: []string{
			`{"type":"received",...,"side":"buy","order_type":"limit","price":"585.33","size":"100","time_in_force":"DAY","display_size":"20","expire_time":"2023-11-15T00:00:00.000000000Z"}`,
			`{"type":"open",...,"side":"buy","price":"585.33","size":"100","remaining_size":"60","display_size":"20"}`}},
		{name: "accepted hidden", event: orderEvent(engine.EvAccepted, engine.FlagRests|engine.FlagHidden), want: []string{
			`{"type":"received",...,"side":"buy","order_type":"limit","price":"585.33","size":"100","time_in_force":"GTC","hidden":true}`,
			`{"type":"open",...,"side":"buy","price":"585.33","size":"100","remaining_size":"60","hidden":true}`}},
		{name: "accepted stop", event: with(orderEvent(engine.EvAccepted, 0), func(e *engine.Event) {
			e.Type, e.Price, e.ContraOrderID = engine.Stop, 0, 58600
		}), want: []string{
			`{"type":"received",...,"side":"buy","order_type":"stop","size":"100","time_in_force":"GTC","stop_price":"586.00"}`}},
		{name: "accepted stop limit", event: with(orderEvent(engine.EvAccepted, 0), func(e *engine.Event) {
			e.Type, e.ContraOrderID = engine.StopLimit, 58600
		}), want: []string{
			`{"type":"received",...,"side":"buy","order_type":"stop_limit","price":"585.33","size":"100","time_in_force":"GTC","stop_price":"586.00"}`}},
		{name: "parked stop", event: with(orderEvent(engine.EvParked, engine.FlagParked), func(e *engine.Event) { e.Type, e.TimeInForce, e.Price = 0, 0, 0 }), want: []string{
			`{"type":"open",...,"side":"buy","size":"100","remaining_size":"60","parked":true}`}},
		{name: "parked stop limit", event: with(orderEvent(engine.EvParked, engine.FlagParked), func(e *engine.Event) { e.Type, e.TimeInForce = 0, 0 }), want: []string{
			`{"type":"open",...,"side":"buy","price":"585.33","size":"100","remaining_size":"60","parked":true}`}},
		{name: "triggered", event: with(orderEvent(engine.EvTriggered, 0), func(e *engine.Event) { e.Price = 0 }), want: []string{
			`{"type":"triggered",...,"side":"buy","size":"100","remaining_size":"60"}`}},
		{name: "refreshed", event: with(orderEvent(engine.EvRefreshed, engine.FlagIceberg), func(e *engine.Event) { e.TradeID = 20 }), want: []string{
			`{"type":"open",...,"side":"buy","price":"585.33","size":"100","remaining_size":"60","display_size":"20"}`}},
		{name: "executed in a call", event: with(executed, func(e *engine.Event) { e.Flags = engine.FlagCall }), role: RoleResting, head: `"product_id":"AAPL","order_id":"77","client_oid":"m1"`, want: []string{
			`{"type":"match",...,"side":"sell","trade_id":"9","price":"585.33","size":"40","remaining_size":"0","liquidity":"auction"}`,
			`{"type":"done",...,"side":"sell","reason":"filled","remaining_size":"0"}`}},
		{name: "reduced by self-trade prevention", event: with(orderEvent(engine.EvReduced, engine.FlagIceberg), func(e *engine.Event) { e.ContraLeaves, e.TradeID = 140, 30 }), want: []string{
			`{"type":"change",...,"side":"buy","reason":"self_trade","price":"585.33","old_size":"140","new_size":"100","remaining_size":"60","display_size":"30"}`}},
		{name: "reduced while parked", event: with(orderEvent(engine.EvReduced, engine.FlagParked|engine.FlagLast), func(e *engine.Event) { e.ContraLeaves, e.Type, e.Price = 140, 0, 0 }), want: []string{
			`{"type":"change",...,"side":"buy","reason":"reduced","old_size":"140","new_size":"100","remaining_size":"60","parked":true}`}},
		{name: "replaced and parked", event: with(replaced, func(e *engine.Event) {
			e.Flags, e.Type, e.Price, e.ContraOrderID = engine.FlagParked, 0, 0, 58600
		}), head: `"product_id":"AAPL","order_id":"1048577","client_oid":"a2"`, want: []string{
			`{"type":"replaced",...,"old_client_oid":"a1","side":"buy","old_size":"120","size":"100","remaining_size":"60","stop_price":"586.00"}`,
			`{"type":"open",...,"side":"buy","size":"100","remaining_size":"60","parked":true,"stop_price":"586.00"}`}},
		{name: "parked, a report", event: with(orderEvent(engine.EvState, engine.FlagParked), func(e *engine.Event) {
			e.Type, e.TimeInForce, e.Price, e.ContraOrderID, e.ContraLeaves = engine.TakeProfit, engine.GTD, 0, 58600, 1_700_006_400_000_000_000
		}), want: []string{
			`{"type":"open",...,"side":"buy","size":"100","remaining_size":"60","parked":true,"stop_price":"586.00","order_type":"take_profit","time_in_force":"GTD","expire_time":"2023-11-15T00:00:00.000000000Z"}`}},
		{name: "expired", event: with(orderEvent(engine.EvCanceled, engine.FlagWasResting), func(e *engine.Event) { e.Reason = engine.ReasonExpired }), want: []string{
			`{"type":"done",...,"side":"buy","reason":"expired","remaining_size":"60"}`}},
		{name: "executed", event: executed, want: []string{
			`{"type":"match",...,"side":"buy","trade_id":"9","price":"585.33","size":"40","remaining_size":"60","liquidity":"taker"}`}},
		{name: "executed, the maker filled", event: executed, role: RoleResting, head: `"product_id":"AAPL","order_id":"77","client_oid":"m1"`, want: []string{
			`{"type":"match",...,"side":"sell","trade_id":"9","price":"585.33","size":"40","remaining_size":"0","liquidity":"maker"}`,
			`{"type":"done",...,"side":"sell","reason":"filled","remaining_size":"0"}`}},
		{name: "executed, the taker filled", event: with(executed, func(e *engine.Event) { e.Leaves = 0 }), want: []string{
			`{"type":"match",...,"side":"buy","trade_id":"9","price":"585.33","size":"40","remaining_size":"0","liquidity":"taker"}`,
			`{"type":"done",...,"side":"buy","reason":"filled","remaining_size":"0"}`}},
		{name: "rested", event: orderEvent(engine.EvRested, engine.FlagRests), want: []string{
			`{"type":"open",...,"side":"buy","price":"585.33","size":"100","remaining_size":"60"}`}},
		{name: "canceled", event: with(orderEvent(engine.EvCanceled, engine.FlagWasResting), func(e *engine.Event) { e.Reason = engine.ReasonCanceled }), want: []string{
			`{"type":"done",...,"side":"buy","reason":"canceled","remaining_size":"60"}`}},
		{name: "canceled without a client id", event: with(orderEvent(engine.EvCanceled, 0), func(e *engine.Event) {
			e.Reason, e.ClOrdID = engine.ReasonDisconnect, engine.ClOrdID{}
		}), head: `"product_id":"AAPL","order_id":"1048577"`, want: []string{
			`{"type":"done",...,"side":"buy","reason":"disconnect","remaining_size":"60"}`}},
		{name: "reduced", event: with(orderEvent(engine.EvReduced, 0), func(e *engine.Event) { e.Flags, e.ContraLeaves = engine.FlagLast, 140 }), want: []string{
			`{"type":"change",...,"side":"buy","reason":"reduced","price":"585.33","old_size":"140","new_size":"100","remaining_size":"60"}`}},
		{name: "replaced", event: replaced, head: `"product_id":"AAPL","order_id":"1048577","client_oid":"a2"`, want: []string{
			`{"type":"replaced",...,"old_client_oid":"a1","side":"buy","price":"585.33","old_size":"120","size":"100","remaining_size":"60"}`}},
		{name: "replaced in place", event: with(replaced, func(e *engine.Event) { e.Flags = engine.FlagKeptPriority | engine.FlagRests }),
			head: `"product_id":"AAPL","order_id":"1048577","client_oid":"a2"`, want: []string{
				`{"type":"replaced",...,"old_client_oid":"a1","side":"buy","price":"585.33","old_size":"120","size":"100","remaining_size":"60","kept_priority":true}`,
				`{"type":"open",...,"side":"buy","price":"585.33","size":"100","remaining_size":"60"}`}},
		{name: "rejected", event: with(rejected, func(e *engine.Event) { e.Reason = engine.ReasonPriceOffTick }), head: `"product_id":"AAPL","client_oid":"a1"`, want: []string{
			`{"type":"rejected",...,"reason":"price_off_tick","message":"price: not a multiple of the tick 0.01"}`}},
		{name: "rejected for its product", event: with(rejected, func(e *engine.Event) {
			e.Reason, e.Instrument, e.ClOrdID = engine.ReasonUnknownInstrument, engine.NoInstrument, clOrdID(`"\"\`)
		}), head: `"client_oid":"\"\\\"\\"`, want: []string{
			`{"type":"rejected",...,"reason":"unknown_product","message":"product_id: the venue has no such product"}`}},
		{name: "rejected for its size", event: with(rejected, func(e *engine.Event) {
			e.Reason, e.Instrument = engine.ReasonQtyOffLot, testBTC
		}), head: `"product_id":"BTC-USD","client_oid":"a1"`, want: []string{
			`{"type":"rejected",...,"reason":"size_off_lot","message":"size: not a multiple of the lot 0.00000001"}`}},
		{name: "rejected for the maximum", event: with(rejected, func(e *engine.Event) { e.Reason = engine.ReasonQtyAboveMax }), head: `"product_id":"AAPL","client_oid":"a1"`, want: []string{
			`{"type":"rejected",...,"reason":"size_above_maximum","message":"size: above the product's maximum 1000000"}`}},
		{name: "cancel rejected by client id", event: with(none, func(e *engine.Event) { e.Reason, e.ClOrdID = engine.ReasonUnknownOrder, clOrdID("a1") }), head: `"client_oid":"a1"`, want: []string{
			`{"type":"cancel_rejected",...,"reason":"unknown_order","message":"client_oid: the account has no such order"}`}},
		{name: "cancel rejected by order id", event: with(none, func(e *engine.Event) { e.Reason, e.OrderID = engine.ReasonUnknownOrder, 7 }), head: `"order_id":"7"`, want: []string{
			`{"type":"cancel_rejected",...,"reason":"unknown_order","message":"order_id: the account has no such order"}`}},
		{name: "replace rejected for its new id", event: with(none, func(e *engine.Event) { e.Reason, e.OrderID = engine.ReasonDuplicateID, 7 }), head: `"order_id":"7"`, want: []string{
			`{"type":"cancel_rejected",...,"reason":"duplicate_client_oid","message":"new_client_oid: already used today for something else: choose another"}`}},
		{name: "open", event: with(orderEvent(engine.EvState, engine.FlagRests|engine.FlagPostOnly), func(e *engine.Event) {}), want: []string{
			`{"type":"open",...,"side":"buy","price":"585.33","size":"100","remaining_size":"60","order_type":"limit","time_in_force":"GTC","post_only":true}`}},
		{name: "open, sent again", event: orderEvent(engine.EvState, engine.FlagRests|engine.FlagResent), want: []string{
			`{"type":"open",...,"side":"buy","price":"585.33","size":"100","remaining_size":"60","order_type":"limit","time_in_force":"GTC","resent":true}`}},
		{name: "done, sent again", event: with(orderEvent(engine.EvState, engine.FlagResent), func(e *engine.Event) { e.Reason = engine.ReasonFilled; e.Leaves = 0 }), want: []string{
			`{"type":"done",...,"side":"buy","reason":"filled","remaining_size":"0","resent":true}`}},
		{name: "cancel all", event: with(none, func(e *engine.Event) { e.Kind, e.Qty = engine.EvMassCanceled, 3 }), head: "-", want: []string{
			`{"type":"cancel_all_done",...,"count":3}`}},
		{name: "orders", event: with(none, func(e *engine.Event) { e.Kind, e.Qty = engine.EvOrdersEnd, 0 }), head: "-", want: []string{
			`{"type":"orders_end",...,"count":0}`}},
		{name: "session lost", event: with(none, func(e *engine.Event) { e.Kind = engine.EvSessionLost })},
	}
}

func TestAnswers(t *testing.T) {
	e := NewEncoder(testProducts(t))
	for _, c := range answers() {
		head := `"product_id":"AAPL","order_id":"1048577","client_oid":"a1"`
		if c.head != "" {
			head = c.head
		}
		want := ""
		for i, line := range c.want {
			sequence := string(rune('5' + i))
			between := `"sequence":` + sequence + "," + testTime + "," + head
			want += strings.Replace(line, "...", strings.TrimSuffix(between, ",-"), 1) + "\n"
		}
		sequence := uint64(5)
		got := string(e.AppendAnswers(nil, &c.event, c.role, &sequence))
		if got != want {
			t.Errorf("%s:\ngot  %swant %s", c.name, got, want)
		}
		if sequence != 5+uint64(len(c.want)) {
			t.Errorf("%s: the next sequence is %d after %d lines", c.name, sequence, len(c.want))
		}
		for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
			if line != "" && !json.Valid([]byte(line)) {
				t.Errorf("%s: not JSON: %s", c.name, line)
			}
		}
	}
}

// Every answer reads back with the client's parser.
func TestAnswersReadBack(t *testing.T) {
	e, p := NewEncoder(testProducts(t)), NewParser()
	for _, c := range answers() {
		sequence := uint64(5)
		lines := strings.SplitAfter(string(e.AppendAnswers(nil, &c.event, c.role, &sequence)), "\n")
		for i, line := range lines[:len(lines)-1] {
			var m Message
			if err := p.Parse([]byte(line), &m); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			name, _, _ := strings.Cut(strings.TrimPrefix(c.want[i], `{"type":"`), `"`)
			if m.Type == MessageOther || m.Type.String() != name || m.Sequence != uint64(5+i) || `"time":"`+string(m.Time)+`"` != testTime {
				t.Errorf("%s: %s reads %+v", c.name, line, m)
			}
			if c.event.Instrument == testAAPL && string(m.ProductID) != "AAPL" || len(m.Channel) != 0 {
				t.Errorf("%s: %s reads product %q, channel %q", c.name, line, m.ProductID, m.Channel)
			}
		}
	}
}

func TestClock(t *testing.T) {
	c := newClock()
	for _, x := range []struct {
		at   engine.Time
		want string
	}{
		{0, "1970-01-01T00:00:00.000000000Z"},
		{1, "1970-01-01T00:00:00.000000001Z"},
		{999_999_999, "1970-01-01T00:00:00.999999999Z"},
		{1_000_000_000, "1970-01-01T00:00:01.000000000Z"},
		{-1, "1969-12-31T23:59:59.999999999Z"},
		{1_700_000_000_123_456_789, "2023-11-14T22:13:20.123456789Z"},
		{math.MaxInt64, "2262-04-11T23:47:16.854775807Z"},
		{math.MinInt64, "1677-09-21T00:12:43.145224192Z"},
		{0, "1970-01-01T00:00:00.000000000Z"},
	} {
		if got := string(c.append(nil, x.at)); got != `,"time":"`+x.want+`"` || len(got) != timeFieldBytes {
			t.Errorf("%d reads %s, want %s", x.at, got, x.want)
		}
	}
}

func TestClockAgreesWithTime(t *testing.T) {
	c := newClock()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int64().Draw(t, "at")
		want := time.Unix(0, at).UTC().Format(`,"time":"2006-01-02T15:04:05.000000000Z"`)
		if got := string(c.append(nil, engine.Time(at))); got != want {
			t.Fatalf("%d reads %s, want %s", at, got, want)
		}
	})
	for day := int64(-106_000); day < 106_000; day++ { // 1679 to 2260
		year, month, dayOfMonth := civil(day)
		y, m, d := time.Unix(day*24*60*60, 0).UTC().Date()
		if int64(y) != year || int64(m) != month || int64(d) != dayOfMonth {
			t.Fatalf("day %d is %d-%d-%d, want %d-%d-%d", day, year, month, dayOfMonth, y, m, d)
		}
	}
}

// The longest of everything: AnswerBytesMax holds, and is not far above.
func TestAnswerBytesMax(t *testing.T) {
	products, err := wire.NewProducts([]engine.Instrument{{Symbol: strings.Repeat("W", wire.SymbolBytesMax), Tick: math.MaxInt64, Lot: math.MaxInt64 - 6, QtyMax: engine.QtyMax}})
	if err != nil {
		t.Fatal(err)
	}
	e := NewEncoder(products)
	longest, room := 0, make([]byte, 0, AnswerBytesMax)
	for _, id := range []engine.ClOrdID{clOrdID(strings.Repeat(`"`, 16)), clOrdID("ffffffff-ffff-ffff-ffff-ffffffffffff")} {
		for kind := engine.EvAccepted; kind <= engine.EvInstrumentsEnd; kind++ {
			for reason := engine.Reason(0); reason <= engine.ReasonNoRoom; reason++ {
				if kind == engine.EvCanceled || kind == engine.EvState {
					reason = max(reason, engine.ReasonFilled)
				} else if reason >= engine.ReasonRefusals {
					break
				}
				for _, leaves := range []engine.Qty{0, engine.QtyMax} {
					ev := engine.Event{
						Time: math.MinInt64, Kind: kind, Reason: reason, Flags: ^engine.EventFlags(0), Side: engine.Sell, Type: engine.TakeProfitLimit, TimeInForce: engine.GTC,
						OrderID: math.MaxUint64, ClOrdID: id, ContraOrderID: math.MaxUint64, ContraClOrdID: id, TradeID: math.MaxUint64,
						Price: -engine.PriceMax, Qty: engine.QtyMax, Leaves: leaves, ContraLeaves: leaves,
					}
					for _, role := range []Role{RoleIncoming, RoleResting} {
						sequence := uint64(math.MaxUint64 - 2)
						got := e.AppendAnswers(room, &ev, role, &sequence)
						longest = max(longest, len(got))
						if cap(got) != cap(room) {
							t.Errorf("%d bytes of room are too few for %s", cap(room), got)
						}
						if len(got) > AnswerBytesMax {
							t.Errorf("%d bytes: %s", len(got), got)
						}
					}
				}
			}
		}
	}
	if longest < AnswerBytesMax*3/4 {
		t.Errorf("the longest answer has %d bytes, AnswerBytesMax is %d", longest, AnswerBytesMax)
	}
	t.Logf("the longest answer has %d bytes", longest)
}

func TestReplies(t *testing.T) {
	e := NewEncoder(testProducts(t))
	subscribe := Request{Kind: RequestSubscribe, Channels: 15, Products: []engine.InstrumentID{testAAPL, testBTC}}
	unsubscribe := Request{Kind: RequestUnsubscribe, Channels: wire.ChannelTicker.Bit(), Products: []engine.InstrumentID{testBTC}}
	for _, c := range []struct{ got, want string }{
		{string(e.AppendLoggedIn(nil, []byte("alice"), 7, 1)), `{"type":"logged_in","account":"alice","session":"7","next_sequence":1,"durability":"memory"}`},
		{string(e.AppendPong(nil)), `{"type":"pong"}`},
		{string(e.AppendHeartbeat(nil)), `{"type":"heartbeat"}`},
		{string(e.AppendSubscriptions(nil, &subscribe)), `{"type":"subscriptions","action":"subscribe","channels":["full","level2","ticker","matches"],"product_ids":["AAPL","BTC-USD"]}`},
		{string(e.AppendSubscriptions(nil, &unsubscribe)), `{"type":"subscriptions","action":"unsubscribe","channels":["ticker"],"product_ids":["BTC-USD"]}`},
		{string(e.AppendError(nil, &Fault{Code: FaultBadValue, Field: []byte("side"), Message: `must be "buy" or "sell"`})), `{"type":"error","reason":"bad_value","message":"side: must be \"buy\" or \"sell\"","field":"side"}`},
		{string(e.AppendError(nil, &Fault{Code: FaultNotLoggedIn, ClOrdID: new(clOrdID("a\\"))})), `{"type":"error","reason":"not_logged_in","message":"orders need a session: send {\"type\":\"login\",\"account\":\"...\"} first","client_oid":"a\\"}`},
		{string(e.AppendError(nil, &Fault{Code: FaultRateLimit, ClOrdID: new(engine.ClOrdID)})), `{"type":"error","reason":"rate_limit","message":"more commands than the account may send in a second: wait for the next one"}`},
		{string(e.AppendError(nil, &Fault{Code: FaultUnknownField, Field: []byte("a\x01\"")})), `{"type":"error","reason":"unknown_field","message":"a\u0001\": this request has no such field: leave it out","field":"a\u0001\""}`},
		{string(e.AppendError(nil, &Fault{Code: FaultTooLong})), `{"type":"error","reason":"too_long","message":"the line is longer than 1024 bytes: send one request per line"}`},
	} {
		if c.got != c.want+"\n" {
			t.Errorf("got  %swant %s", c.got, c.want)
		}
	}
}

// The reply that grows with its request is the one to a subscribe of many products.
func TestReplyBytesMax(t *testing.T) {
	var instruments []engine.Instrument
	line := `{"type":"unsubscribe","channels":["full","level2","ticker","matches"],"product_ids":[`
	for c := byte('!'); c <= '~'; c++ {
		for _, second := range []string{"", "x", "y", "z"} {
			if c == '"' || c == '\\' {
				continue
			}
			symbol := string(rune(c)) + second
			instruments = append(instruments, engine.Instrument{Symbol: symbol, Tick: 1, Lot: 1, QtyMax: 1})
			if next := line + `"` + symbol + `",`; len(next) < LineBytesMax {
				line = next
			}
		}
	}
	products, err := wire.NewProducts(instruments)
	if err != nil {
		t.Fatal(err)
	}
	line = strings.TrimSuffix(line, ",") + "]}"
	var req Request
	if fault := NewDecoder(products).Decode([]byte(line), &req); fault.Code != FaultNone {
		t.Fatal(fault)
	}
	if got := NewEncoder(products).AppendSubscriptions(nil, &req); len(got) > ReplyBytesMax || len(got) < LineBytesMax {
		t.Errorf("%d bytes to a line of %d", len(got), len(line))
	}
}
