package jsonl

import (
	"bytes"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// decodes are lines and what they ask for. The builders' tests and the fuzzer
// begin with them, too.
var decodes = []struct {
	line string
	want Request
}{
	{
		`{"type":"order","client_oid":"a1","product_id":"AAPL","side":"buy","order_type":"limit","price":"585.33","size":"100","time_in_force":"GTC"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Flags: engine.CmdFlagDecimal, ClOrdID: clOrdID("a1"), Price: 585_33000000, Qty: 100_00000000}),
	}, {
		`{"type":"order","product_id":"BTC-USD","side":"sell","price":"-0.01","size":"0.00000001","time_in_force":"IOC","stp":"none"}`,
		command(engine.Command{Kind: engine.CmdEnter, Side: engine.Sell, Type: engine.Limit, TimeInForce: engine.IOC, SelfTrade: engine.SelfTradeNone, Flags: engine.CmdFlagDecimal, Instrument: testBTC, Price: -1000000, Qty: 1}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","order_type":"market","size":"5"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Market, TimeInForce: engine.IOC, Flags: engine.CmdFlagDecimal, Qty: 5_00000000}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","order_type":"market","size":"5","time_in_force":"FOK"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Market, TimeInForce: engine.FOK, Flags: engine.CmdFlagDecimal, Qty: 5_00000000}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"1","size":"5","post_only":true}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Flags: engine.CmdFlagDecimal | engine.CmdFlagPostOnly, Price: 1_00000000, Qty: 5_00000000}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"1","size":"5","post_only":false}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Flags: engine.CmdFlagDecimal, Price: 1_00000000, Qty: 5_00000000}),
	}, { // well-formed and refused later: no product, no quantity, off the tick
		`{"type":"order","product_id":"NONE","side":"buy","price":"1.001","size":"-5"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Flags: engine.CmdFlagDecimal, Instrument: engine.NoInstrument, Price: 1_00100000, Qty: -5_00000000}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"1.000000001","size":"99999999999999999999"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Flags: engine.CmdFlagDecimal, Refusal: engine.ReasonPriceOffTick}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"99999999999999999999","size":"1.000000001"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Flags: engine.CmdFlagDecimal, Refusal: engine.ReasonPriceRange}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","order_type":"market","size":"0.000000001"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Market, TimeInForce: engine.IOC, Flags: engine.CmdFlagDecimal, Refusal: engine.ReasonQtyOffLot}),
	}, {
		`{"type":"cancel","client_oid":"6BA7B810-9dad-11d1-80b4-00c04fd430c8"}`,
		command(engine.Command{Kind: engine.CmdCancel, ClOrdID: clOrdID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")}),
	}, {
		`{"type":"cancel","order_id":"18446744073709551615"}`,
		command(engine.Command{Kind: engine.CmdCancel, OrderID: 1<<64 - 1}),
	}, {
		`{"type":"reduce","client_oid":"a1","size":"10"}`,
		command(engine.Command{Kind: engine.CmdReduce, ClOrdID: clOrdID("a1"), Flags: engine.CmdFlagDecimal, Qty: 10_00000000}),
	}, {
		`{"type":"reduce","order_id":"7","size":"1` + strings.Repeat("0", 400) + `"}`,
		command(engine.Command{Kind: engine.CmdReduce, OrderID: 7, Flags: engine.CmdFlagDecimal, Refusal: engine.ReasonQtyRange}),
	}, {
		`{"type":"replace","client_oid":"a1","new_client_oid":"a2","price":"585.30","size":"120"}`,
		command(engine.Command{Kind: engine.CmdReplace, ClOrdID: clOrdID("a1"), NewClOrdID: clOrdID("a2"), Flags: engine.CmdFlagDecimal, Price: 585_30000000, Qty: 120_00000000}),
	}, {
		`{"type":"replace","order_id":"7","price":"1","requeue":true}`,
		command(engine.Command{Kind: engine.CmdReplace, OrderID: 7, Flags: engine.CmdFlagDecimal | engine.CmdFlagKeepQty | engine.CmdFlagRequeue, Price: 1_00000000}),
	}, {
		`{"type":"replace","order_id":"7","size":"1","requeue":false}`,
		command(engine.Command{Kind: engine.CmdReplace, OrderID: 7, Flags: engine.CmdFlagDecimal | engine.CmdFlagKeepPrice, Qty: 1_00000000}),
	}, {
		`{"type":"replace","order_id":"7","new_client_oid":"b"}`,
		command(engine.Command{Kind: engine.CmdReplace, OrderID: 7, NewClOrdID: clOrdID("b"), Flags: engine.CmdFlagKeepPrice | engine.CmdFlagKeepQty}),
	}, {
		`{"type":"cancel_all"}`,
		command(engine.Command{Kind: engine.CmdMassCancel, Scope: engine.ScopeAccount}),
	}, {
		`{"type":"cancel_all","product_id":"BTC-USD","side":"sell"}`,
		command(engine.Command{Kind: engine.CmdMassCancel, Scope: engine.ScopeAccount, Side: engine.Sell, Instrument: testBTC, Flags: engine.CmdFlagByInstrument | engine.CmdFlagBySide}),
	}, {
		`{"type":"cancel_all","product_id":"NONE"}`,
		command(engine.Command{Kind: engine.CmdMassCancel, Scope: engine.ScopeAccount, Instrument: engine.NoInstrument, Flags: engine.CmdFlagByInstrument}),
	}, {
		`{"type":"status","client_oid":"a1"}`,
		command(engine.Command{Kind: engine.CmdStatus, ClOrdID: clOrdID("a1")}),
	}, {
		`{"type":"orders"}`,
		command(engine.Command{Kind: engine.CmdOrders}),
	}, {
		`{"type":"login","account":"alice"}`,
		Request{Kind: RequestLogin, Login: Login{Account: []byte("alice"), CancelOnDisconnect: true}},
	}, {
		`{"type":"login","account":"A_z.0-9","key":"...","session":"","next_sequence":1,"cancel_on_disconnect":false,"heartbeat_ms":60000}`,
		Request{Kind: RequestLogin, Login: Login{Account: []byte("A_z.0-9"), Key: []byte("..."), HeartbeatMs: 60000}},
	}, {
		`{"type":"login","account":"bob","key":"","next_sequence":0,"cancel_on_disconnect":true,"heartbeat_ms":100}`,
		Request{Kind: RequestLogin, Login: Login{Account: []byte("bob"), CancelOnDisconnect: true, HeartbeatMs: 100}},
	}, {
		`{"type":"subscribe","channels":["full","level2","ticker","matches"],"product_ids":["BTC-USD","AAPL"]}`,
		Request{Kind: RequestSubscribe, Channels: 15, Products: []engine.InstrumentID{testBTC, testAAPL}},
	}, {
		`{"type":"unsubscribe","channels":["ticker","ticker"],"product_ids":["AAPL","AAPL"]}`,
		Request{Kind: RequestUnsubscribe, Channels: wire.ChannelTicker.Bit(), Products: []engine.InstrumentID{testAAPL}},
	}, {
		`{"type":"ping"}`,
		Request{Kind: RequestPing},
	},
	// Every order type.
	{
		`{"type":"order","product_id":"AAPL","side":"buy","order_type":"market_to_limit","size":"5","time_in_force":"DAY","stp":"dc"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.MarketToLimit, TimeInForce: engine.DAY, SelfTrade: engine.SelfTradeDecrement, Flags: engine.CmdFlagDecimal, Qty: 5_00000000}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"sell","order_type":"stop","size":"5","stop_price":"9.5","stp":"cn"}`,
		command(engine.Command{Kind: engine.CmdEnter, Side: engine.Sell, Type: engine.Stop, TimeInForce: engine.GTC, SelfTrade: engine.SelfTradeNewest, Flags: engine.CmdFlagDecimal, Qty: 5_00000000, StopPrice: 9_50000000}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","order_type":"stop_limit","price":"10","size":"5","stop_price":"9.5","display_size":"2","stp":"co"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.StopLimit, TimeInForce: engine.GTC, SelfTrade: engine.SelfTradeOldest, Flags: engine.CmdFlagDecimal, Price: 10_00000000, Qty: 5_00000000, StopPrice: 9_50000000, DisplayQty: 2_00000000}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","order_type":"take_profit","size":"5","stop_price":"-1","stp":"cb"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.TakeProfit, TimeInForce: engine.GTC, SelfTrade: engine.SelfTradeBoth, Flags: engine.CmdFlagDecimal, Qty: 5_00000000, StopPrice: -1_00000000}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","order_type":"take_profit_limit","price":"10","size":"5","stop_price":"9","hidden":true}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.TakeProfitLimit, TimeInForce: engine.GTC, Flags: engine.CmdFlagDecimal | engine.CmdFlagHidden, Price: 10_00000000, Qty: 5_00000000, StopPrice: 9_00000000}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"1","size":"5","post_only":"slide","hidden":false,"time_in_force":"GTD","expire_time":"2023-11-14T23:13:20.000000042+01:00"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTD, Flags: engine.CmdFlagDecimal | engine.CmdFlagPostOnly | engine.CmdFlagSlide, Price: 1_00000000, Qty: 5_00000000, ExpireTime: 1_700_000_000_000_000_042}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"1","size":"5","time_in_force":"IOC","min_size":"3"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.IOC, Flags: engine.CmdFlagDecimal, Price: 1_00000000, Qty: 5_00000000, MinQty: 3_00000000}),
	}, {
		`{"type":"replace","order_id":"7","stop_price":"1","display_size":"2"}`,
		command(engine.Command{Kind: engine.CmdReplace, OrderID: 7, Flags: engine.CmdFlagDecimal | engine.CmdFlagKeepPrice | engine.CmdFlagKeepQty | engine.CmdFlagNewStop, StopPrice: 1_00000000, DisplayQty: 2_00000000}),
	}, { // numbers of theirs that fit no product, or nobody
		`{"type":"order","product_id":"AAPL","side":"buy","order_type":"stop","size":"5","stop_price":"9.000000001"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Stop, TimeInForce: engine.GTC, Flags: engine.CmdFlagDecimal, Qty: 5_00000000, Refusal: engine.ReasonStopPrice}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"1","size":"5","display_size":"0"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Flags: engine.CmdFlagDecimal, Price: 1_00000000, Qty: 5_00000000, Refusal: engine.ReasonDisplay}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"1","size":"5","min_size":"0.000000001","time_in_force":"GTD","expire_time":"2300-01-01T00:00:00Z"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTD, Flags: engine.CmdFlagDecimal, Price: 1_00000000, Qty: 5_00000000, Refusal: engine.ReasonMinQty}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"1","size":"5","time_in_force":"GTD","expire_time":"2300-01-01T00:00:00Z"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTD, Flags: engine.CmdFlagDecimal, Price: 1_00000000, Qty: 5_00000000, Refusal: engine.ReasonExpireTime}),
	}, {
		`{"type":"order","product_id":"AAPL","side":"buy","price":"1","size":"5","time_in_force":"GTD","expire_time":"2030-01-01T00:00:00.0000000001Z"}`,
		command(engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTD, Flags: engine.CmdFlagDecimal, Price: 1_00000000, Qty: 5_00000000, Refusal: engine.ReasonExpireTime}),
	}, {
		`{"type":"replace","order_id":"7","display_size":"0"}`,
		command(engine.Command{Kind: engine.CmdReplace, OrderID: 7, Flags: engine.CmdFlagDecimal | engine.CmdFlagKeepPrice | engine.CmdFlagKeepQty, Refusal: engine.ReasonDisplay}),
	},
	// The same in other spellings.
	{"{\"type\":\"ping\"}\r", Request{Kind: RequestPing}},
	{" \t{ \"type\"\t: \"ping\" } ", Request{Kind: RequestPing}},
	{`{"\u0074ype":"\u0070ing"}`, Request{Kind: RequestPing}},
	{
		`{"client_oid":"\u0041\"\\\/","type":"cancel"}`,
		command(engine.Command{Kind: engine.CmdCancel, ClOrdID: clOrdID(`A"\/`)}),
	},
	{`{"type":"ping"` + strings.Repeat(" ", LineBytesMax-len(`{"type":"ping"}`)) + "}\r", Request{Kind: RequestPing}},
}

func command(c engine.Command) Request { return Request{Kind: RequestCommand, Command: c} }

func same(a, b *Request) bool {
	if len(a.Products) != len(b.Products) {
		return false
	}
	for i := range a.Products {
		if a.Products[i] != b.Products[i] {
			return false
		}
	}
	return a.Kind == b.Kind && a.Command == b.Command && a.Channels == b.Channels &&
		bytes.Equal(a.Login.Account, b.Login.Account) && bytes.Equal(a.Login.Key, b.Login.Key) &&
		a.Login.CancelOnDisconnect == b.Login.CancelOnDisconnect && a.Login.HeartbeatMs == b.Login.HeartbeatMs
}

func TestDecode(t *testing.T) {
	d := NewDecoder(testProducts(t))
	for _, c := range decodes {
		var got Request
		if fault := d.Decode([]byte(c.line), &got); fault.Code != FaultNone {
			t.Errorf("%s\nfault %s %s: %s", c.line, fault.Code, fault.Field, fault.Message)
		} else if !same(&got, &c.want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", c.line, got, c.want)
		}
	}
}

func TestBuildersWriteWhatIsDecoded(t *testing.T) {
	order := OrderRequest{ClientOID: "a1", ProductID: "AAPL", Side: "buy", OrderType: "limit", Price: "585.33", Size: "100", TimeInForce: "GTC"}
	for _, c := range []struct{ got, want string }{
		{string(AppendOrder(nil, &order)), decodes[0].line},
		{string(AppendOrder(nil, &OrderRequest{ProductID: "AAPL", Side: "buy", Price: "1", Size: "5", PostOnly: true})), decodes[4].line},
		{string(AppendCancel(nil, Target{OrderID: 1<<64 - 1})), `{"type":"cancel","order_id":"18446744073709551615"}`},
		{string(AppendCancel(nil, Target{ClientOID: `A"\`})), `{"type":"cancel","client_oid":"A\"\\"}`},
		{string(AppendReduce(nil, Target{ClientOID: "a1"}, "10")), `{"type":"reduce","client_oid":"a1","size":"10"}`},
		{string(AppendReplace(nil, &ReplaceRequest{Target: Target{ClientOID: "a1"}, NewClientOID: "a2", Price: "585.30", Size: "120"})), `{"type":"replace","client_oid":"a1","new_client_oid":"a2","price":"585.30","size":"120"}`},
		{string(AppendReplace(nil, &ReplaceRequest{Target: Target{OrderID: 7}, Price: "1", Requeue: true})), `{"type":"replace","order_id":"7","price":"1","requeue":true}`},
		{string(AppendCancelAll(nil, "", "")), `{"type":"cancel_all"}`},
		{string(AppendCancelAll(nil, "BTC-USD", "sell")), `{"type":"cancel_all","product_id":"BTC-USD","side":"sell"}`},
		{string(AppendStatus(nil, Target{ClientOID: "a1"})), `{"type":"status","client_oid":"a1"}`},
		{string(AppendOrders(nil)), `{"type":"orders"}`},
		{string(AppendPing(nil)), `{"type":"ping"}`},
		{string(AppendLogin(nil, &LoginRequest{Account: "alice"})), `{"type":"login","account":"alice"}`},
		{string(AppendLogin(nil, &LoginRequest{Account: "alice", Key: "k", OrdersStay: true, HeartbeatMs: 500})), `{"type":"login","account":"alice","key":"k","cancel_on_disconnect":false,"heartbeat_ms":500}`},
		{string(AppendSubscribe(nil, []string{"full", "ticker"}, []string{"AAPL"})), `{"type":"subscribe","channels":["full","ticker"],"product_ids":["AAPL"]}`},
		{string(AppendUnsubscribe(nil, []string{"full"}, []string{"AAPL", "BTC-USD"})), `{"type":"unsubscribe","channels":["full"],"product_ids":["AAPL","BTC-USD"]}`},
	} {
		if c.got != c.want+"\n" {
			t.Errorf("built   %s\nwanted  %s", c.got, c.want)
		}
		var req Request
		if fault := NewDecoder(testProducts(t)).Decode([]byte(strings.TrimSpace(c.got)), &req); fault.Code != FaultNone {
			t.Errorf("%s is refused: %s %s", c.got, fault.Code, fault.Field)
		}
	}
}

func TestFieldNames(t *testing.T) {
	x := newFieldIndex()
	for f, name := range fieldNames {
		if got := x.find([]byte(name)); got != field(f) || name == "" {
			t.Errorf("field %d %q is found as %d", f, name, got)
		}
	}
	for _, name := range []string{"", "x", "Type", "typ", "type ", "types", "client_oi", strings.Repeat("y", 1000)} {
		if got := x.find([]byte(name)); got != noField {
			t.Errorf("%q is found as %s", name, fieldNames[got])
		}
	}
}
