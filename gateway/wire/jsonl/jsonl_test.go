package jsonl

import (
	"testing"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

const (
	testAAPL engine.InstrumentID = 0
	testBTC  engine.InstrumentID = 1
)

func testProducts(t testing.TB) *wire.Products {
	t.Helper()
	p, err := wire.NewProducts([]engine.Instrument{
		{Symbol: "AAPL", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 1_000_000},
		{Symbol: "BTC-USD", Tick: engine.DecimalOne / 100, Lot: 1, QtyMax: engine.QtyMax},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func clOrdID(text string) engine.ClOrdID {
	id, ok := wire.ParseClOrdID([]byte(text))
	if !ok {
		panic("not a client order id: " + text)
	}
	return id
}

// orderEvent is an event about one limit order to buy: 100 in all, 60 left.
func orderEvent(kind engine.EventKind, flags engine.EventFlags) engine.Event {
	return engine.Event{
		Seq: 7, Time: 1_700_000_000_000_000_042, Kind: kind, Flags: flags, Side: engine.Buy, Type: engine.Limit, TimeInForce: engine.GTC,
		Instrument: testAAPL, By: 3, Session: 3, OrderID: 1048577, ClOrdID: clOrdID("a1"),
		Price: 58533, Qty: 100, Leaves: 60,
	}
}
