package engine_test

import (
	"fmt"

	"pricetime/engine"
)

// Two offers, and a bid that takes the better one first. Prices are ticks, and
// quantities are lots: 1001 ticks of 0.01 are 10.01.
func Example() {
	limits := engine.Limits{OrdersMax: 1000, AccountsMax: 2, LevelsPerSideMax: 100, OrdersPerDay: 1000, ClOrdIDsPerDay: 1000}
	e, err := engine.New(limits, []engine.Instrument{
		{Symbol: "DEMO", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 1_000_000},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	commands := []engine.Command{
		{Kind: engine.CmdEnter, Side: engine.Sell, Type: engine.Limit, TimeInForce: engine.GTC, Price: 1001, Qty: 100, Session: 1},
		{Kind: engine.CmdEnter, Side: engine.Sell, Type: engine.Limit, TimeInForce: engine.GTC, Price: 1000, Qty: 50, Session: 1},
		{Kind: engine.CmdEnter, Side: engine.Buy, Type: engine.Limit, TimeInForce: engine.GTC, Price: 1001, Qty: 120, Session: 2, Account: 1},
	}
	events := engine.NewEvents(limits.EventsPerCommandMax())
	for i := range commands {
		events.Reset()
		e.Apply(engine.Seq(i+1), &commands[i], events)
		for _, ev := range events.All() {
			switch ev.Kind {
			case engine.EvAccepted:
				fmt.Printf("%d: accepted %d @ %d, rests: %v\n", ev.Seq, ev.Qty, ev.Price, ev.Flags&engine.FlagRests != 0)
			case engine.EvExecuted:
				fmt.Printf("%d: traded %d @ %d, %d left\n", ev.Seq, ev.Qty, ev.Price, ev.Leaves)
			}
		}
	}
	fmt.Println("open orders:", e.OpenOrders())
	// Output:
	// 1: accepted 100 @ 1001, rests: true
	// 2: accepted 50 @ 1000, rests: true
	// 3: accepted 120 @ 1001, rests: false
	// 3: traded 50 @ 1000, 70 left
	// 3: traded 70 @ 1001, 0 left
	// open orders: 1
}

// A command that cannot be carried out is refused with a reason, and changes nothing.
func ExampleEngine_Apply_refused() {
	limits := engine.Limits{OrdersMax: 1000, AccountsMax: 2, LevelsPerSideMax: 100, OrdersPerDay: 1000, ClOrdIDsPerDay: 1000}
	e, err := engine.New(limits, []engine.Instrument{
		{Symbol: "DEMO", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 1_000_000},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	events := engine.NewEvents(limits.EventsPerCommandMax())
	before := e.Digest()

	// 10.005, in units of 1/DecimalOne: the tick is 0.01.
	e.Apply(1, &engine.Command{
		Kind: engine.CmdEnter, Side: engine.Buy, Type: engine.Limit, TimeInForce: engine.GTC,
		Flags: engine.CmdFlagDecimal, Price: 10_00500000, Qty: 1 * engine.DecimalOne,
	}, events)

	ev := events.All()[0]
	fmt.Println("refused:", ev.Kind == engine.EvRejected)
	fmt.Println("off the tick:", ev.Reason == engine.ReasonPriceOffTick)
	fmt.Println("nothing changed:", e.Digest() == before)
	// Output:
	// refused: true
	// off the tick: true
	// nothing changed: true
}

// An order is enlarged under a new client id. It goes to the back of its queue,
// and keeps its exchange id.
func ExampleCommand_replace() {
	limits := engine.Limits{OrdersMax: 1000, AccountsMax: 2, LevelsPerSideMax: 100, OrdersPerDay: 1000, ClOrdIDsPerDay: 1000}
	e, err := engine.New(limits, []engine.Instrument{
		{Symbol: "DEMO", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 1_000_000},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	events := engine.NewEvents(limits.EventsPerCommandMax())
	e.Apply(1, &engine.Command{
		Kind: engine.CmdEnter, Side: engine.Buy, Type: engine.Limit, TimeInForce: engine.GTC,
		ClOrdID: engine.ClOrdID{'a'}, Price: 1000, Qty: 10, Session: 1,
	}, events)
	id := events.All()[0].OrderID

	events.Reset()
	e.Apply(2, &engine.Command{
		Kind: engine.CmdReplace, Flags: engine.CmdFlagKeepPrice,
		ClOrdID: engine.ClOrdID{'a'}, NewClOrdID: engine.ClOrdID{'b'}, Qty: 15, Session: 1,
	}, events)
	ev := events.All()[0]
	fmt.Printf("%c is %c now: %d instead of %d @ %d\n", ev.OldClOrdID()[0], ev.ClOrdID[0], ev.Qty, ev.OldQty(), ev.Price)
	fmt.Println("same order:", ev.OrderID == id)
	fmt.Println("kept priority:", ev.Flags&engine.FlagKeptPriority != 0)
	// Output:
	// a is b now: 15 instead of 10 @ 1000
	// same order: true
	// kept priority: false
}
