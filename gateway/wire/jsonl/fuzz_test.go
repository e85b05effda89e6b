package jsonl

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// FuzzDecode feeds the decoder anything. It never panics; a line that it takes
// is JSON by encoding/json's judgement, too, and reads the same a second time; a
// command that it takes reads the same after a builder wrote it anew; a line that
// it refuses gets a well-formed error.
func FuzzDecode(f *testing.F) {
	for _, c := range decodes {
		f.Add([]byte(c.line))
	}
	for _, c := range faults {
		f.Add([]byte(c.line))
	}
	products := testProducts(f)
	d, again, e := NewDecoder(products), NewDecoder(products), NewEncoder(products)
	f.Fuzz(func(t *testing.T, line []byte) {
		var req, second Request
		sent := string(line)
		fault := d.Decode(line, &req)
		if string(line) != sent {
			t.Fatalf("Decode changed its line to %q", line)
		}
		fault2 := again.Decode(line, &second)
		if fault.Code != fault2.Code || string(fault.Field) != string(fault2.Field) || fault.Message != fault2.Message {
			t.Fatalf("a line twice: %v, then %v", fault, fault2)
		}
		if fault.Code != FaultNone {
			checkErrorLine(t, e, &fault)
			return
		}
		if !same(&req, &second) {
			t.Fatalf("a line twice: %+v, then %+v", req, second)
		}
		if !json.Valid(line) {
			t.Fatalf("taken, and not JSON: %q", line)
		}
		built := rebuild(products, &req)
		if built == nil {
			return
		}
		if fault := again.Decode(built[:len(built)-1], &second); fault.Code != FaultNone {
			t.Fatalf("%s is built as %s: %s %s", line, built, fault.Code, fault.Field)
		}
		if !same(&req, &second) {
			t.Fatalf("%s is built as %s, which is %+v and not %+v", line, built, second, req)
		}
	})
}

// rebuild writes a decoded request with the builders; nil for one that they
// cannot write: an unknown product, or a number that fits none.
func rebuild(products *wire.Products, req *Request) []byte {
	c := &req.Command
	if c.Refusal != engine.ReasonNone || c.Instrument == engine.NoInstrument {
		return nil
	}
	decimal := func(units int64) string { return string(wire.AppendDecimal(nil, units, 1)) }
	target := Target{ClientOID: string(wire.AppendClOrdID(nil, c.ClOrdID)), OrderID: uint64(c.OrderID)}
	switch req.Kind {
	case RequestLogin:
		return AppendLogin(nil, &LoginRequest{Account: string(req.Login.Account), Key: string(req.Login.Key),
			OrdersStay: !req.Login.CancelOnDisconnect, HeartbeatMs: req.Login.HeartbeatMs})
	case RequestPing:
		return AppendPing(nil)
	case RequestSubscribe, RequestUnsubscribe:
		var channels, ids []string
		for ch := range wire.Channel(wire.Channels) {
			if req.Channels&ch.Bit() != 0 {
				channels = append(channels, ch.String())
			}
		}
		for _, id := range req.Products {
			ids = append(ids, products.Symbol(id))
		}
		if req.Kind == RequestSubscribe {
			return AppendSubscribe(nil, channels, ids)
		}
		return AppendUnsubscribe(nil, channels, ids)
	}
	switch c.Kind {
	case engine.CmdEnter:
		r := OrderRequest{ClientOID: target.ClientOID, ProductID: products.Symbol(c.Instrument), Side: sideName(c.Side),
			OrderType: orderTypeName(c.Type), Size: decimal(int64(c.Qty)), TimeInForce: timeInForceName(c.TimeInForce),
			PostOnly: c.Flags&engine.CmdFlagPostOnly != 0, Slide: c.Flags&engine.CmdFlagSlide != 0,
			Hidden: c.Flags&engine.CmdFlagHidden != 0, STP: selfTradeNames[c.SelfTrade]}
		if c.Type.Priced() {
			r.Price = decimal(int64(c.Price))
		}
		if c.Type.Triggers() {
			r.StopPrice = decimal(int64(c.StopPrice))
		}
		if c.DisplayQty != 0 {
			r.DisplaySize = decimal(int64(c.DisplayQty))
		}
		if c.MinQty != 0 {
			r.MinSize = decimal(int64(c.MinQty))
		}
		if c.TimeInForce == engine.GTD {
			r.ExpireTime = time.Unix(0, int64(c.ExpireTime)).UTC().Format(time.RFC3339Nano)
		}
		return AppendOrder(nil, &r)
	case engine.CmdCancel:
		return AppendCancel(nil, target)
	case engine.CmdStatus:
		return AppendStatus(nil, target)
	case engine.CmdReduce:
		return AppendReduce(nil, target, decimal(int64(c.Qty)))
	case engine.CmdReplace:
		r := ReplaceRequest{Target: target, NewClientOID: string(wire.AppendClOrdID(nil, c.NewClOrdID)), Requeue: c.Flags&engine.CmdFlagRequeue != 0}
		if c.Flags&engine.CmdFlagKeepPrice == 0 {
			r.Price = decimal(int64(c.Price))
		}
		if c.Flags&engine.CmdFlagKeepQty == 0 {
			r.Size = decimal(int64(c.Qty))
		}
		if c.Flags&engine.CmdFlagNewStop != 0 {
			r.StopPrice = decimal(int64(c.StopPrice))
		}
		if c.DisplayQty != 0 {
			r.DisplaySize = decimal(int64(c.DisplayQty))
		}
		return AppendReplace(nil, &r)
	case engine.CmdMassCancel:
		product, side := "", ""
		if c.Flags&engine.CmdFlagByInstrument != 0 {
			product = products.Symbol(c.Instrument)
		}
		if c.Flags&engine.CmdFlagBySide != 0 {
			side = sideName(c.Side)
		}
		return AppendCancelAll(nil, product, side)
	case engine.CmdOrders:
		return AppendOrders(nil)
	}
	panic("BUG: a command that no line asks for: kind " + strconv.Itoa(int(c.Kind)))
}

// FuzzParse feeds the client's parser anything: an error or a message, no panic,
// and the same both times.
func FuzzParse(f *testing.F) {
	e := NewEncoder(testProducts(f))
	for _, c := range answers() {
		sequence := uint64(1)
		f.Add(e.AppendAnswers(nil, &c.event, c.role, &sequence))
	}
	f.Add([]byte(`{"type":"snapshot","channel":"level2","product_id":"AAPL","sequence":9,"bids":[["585.30","10"]],"asks":[],"more":true}`))
	f.Add([]byte(`{"type":"l2update","channel":"level2","product_id":"AAPL","sequence":9,"time":"x","changes":[["buy","585.33","0"]]}`))
	f.Add([]byte(`{"type":"snapshot","bids":[["1"]],"asks":[[]],"changes":[1]}`))
	p, again := NewParser(), NewParser()
	f.Fuzz(func(t *testing.T, line []byte) {
		var m, second Message
		err, err2 := p.Parse(line, &m), again.Parse(line, &second)
		if (err == nil) != (err2 == nil) || m.Type != second.Type || string(m.TypeName) != string(second.TypeName) || len(m.Bids) != len(second.Bids) {
			t.Fatalf("a line twice: %v, then %v", err, err2)
		}
	})
}
