package engine_test

import (
	"fmt"
	"testing"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/engine/model"
)

// twelveThousand is room for the book of this file.
var twelveThousand = engine.Limits{OrdersMax: 12_000, AccountsMax: 2, LevelsPerSideMax: 2_000, OrdersPerDay: 20_000, ClOrdIDsPerDay: 20_000}

// TestOneOrderSweepsTenThousand rests 10,000 orders at one price, or at a hundred,
// or at a thousand, and sends one that takes all of them, in the right order.
func TestOneOrderSweepsTenThousand(t *testing.T) {
	const n = 10_000
	for _, levels := range []int{1, 100, 1000} {
		t.Run(fmt.Sprintf("%d levels", levels), func(t *testing.T) {
			r := newRunner(t, twelveThousand, scriptInstruments)
			sell := cmd("sell x 3 @ 100")
			at := make([][]engine.ClOrdID, levels) // by price, in order of arrival
			for i := range n {
				level := i * 7919 % levels
				sell.Price = engine.Price(100 + level)
				at[level] = append(at[level], r.apply(r.fresh(sell))[0].ClOrdID)
			}
			buy := cmd("buy x 30001 @ 2000")
			events := r.apply(r.fresh(buy))
			if len(events) != n+2 {
				t.Fatalf("%d events", len(events))
			}
			i := 1
			for level, ids := range at {
				for _, id := range ids {
					e := &events[i]
					want := engine.Qty(3*n + 1 - 3*i)
					if e.Kind != engine.EvExecuted || e.ContraClOrdID != id || e.Price != engine.Price(100+level) ||
						e.Qty != 3 || e.Leaves != want || e.ContraLeaves != 0 || e.TradeID != uint64(i) {
						t.Fatalf("trade %d: %s", i, fields(*e))
					}
					i++
				}
			}
			if e := events[n+1]; e.Kind != engine.EvRested || e.Leaves != 1 || e.Price != 2000 {
				t.Fatalf("the remainder: %s", fields(e))
			}
			if r.engine.OpenOrders() != 1 {
				t.Fatalf("%d orders are left", r.engine.OpenOrders())
			}
			if err := r.engine.Check(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestTheLargestOutputFitsTheEvents fills the venue to its limit and takes all of
// it out, each way that one command can.
func TestTheLargestOutputFitsTheEvents(t *testing.T) {
	limits := scriptLimits
	limits.OrdersMax = 50
	for _, text := range []string{
		"buy x 1000 @ 200 ioc", "buy x 1000 @ 200 fok", "buy x 1000 market", "buy x 50 @ 200 fok", "orders",
		"cancel-all account", "cancel-all session", "cancel-all instrument", "lost",
	} {
		r := newRunner(t, limits, scriptInstruments)
		sell := cmd("sell x 1 @ 100")
		for i := range limits.OrdersMax {
			sell.Price = engine.Price(100 + i%10)
			r.apply(r.fresh(sell))
		}
		c := cmd(text)
		events := r.apply(&c)
		if len(events) > limits.EventsPerCommandMax() {
			t.Errorf("%s: %d events", text, len(events))
		}
		if err := r.engine.Check(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestEngineAgreesWithTheModelOnALargeBook plays a recorded flow of a living
// market on both: every trade, and the digest at the end.
func TestEngineAgreesWithTheModelOnALargeBook(t *testing.T) {
	shape := flow.Shape{Name: "tenth", Resting: 1000, Distance: 20, Aggressive: 0.3, Replaces: 0.1, Bursts: true}
	f := flow.Generate(shape, 1, 20_000)
	r := newRunner(t, engine.Limits{
		OrdersMax: 12_000, AccountsMax: 1, LevelsPerSideMax: 4_000, OrdersPerDay: int(f.IDMax), ClOrdIDsPerDay: int(f.IDMax),
	}, scriptInstruments)
	m := model.New(engine.Limits{
		OrdersMax: 12_000, AccountsMax: 1, LevelsPerSideMax: 4_000, OrdersPerDay: int(f.IDMax), ClOrdIDsPerDay: int(f.IDMax),
	}, scriptInstruments)
	onEngine, onModel := flow.NewPlayer(f), flow.NewPlayer(f)
	onEngine.ByOrderID = true
	var c engine.Command
	for _, ops := range [][]flow.Op{f.Prefill, f.Ops} {
		onEngine.Played, onModel.Played = flow.Result{}, flow.Result{}
		for i := range ops {
			onEngine.Command(&ops[i], &c)
			if !onEngine.Observe(r.apply(&c)) {
				t.Fatalf("the engine refused operation %d, %+v", i, ops[i])
			}
			onModel.Command(&ops[i], &c)
			if !onModel.Observe(m.Apply(engine.Seq(i+1), &c)) {
				t.Fatalf("the model refused operation %d, %+v", i, ops[i])
			}
		}
	}
	if onEngine.Played != f.Expected || onModel.Played != f.Expected {
		t.Errorf("expected %+v\nengine   %+v\nmodel    %+v", f.Expected, onEngine.Played, onModel.Played)
	}
	if uint64(r.engine.OpenOrders()) != f.Resting || r.engine.Digest() != m.Digest() {
		t.Errorf("resting %d, want %d; digests %016x and %016x", r.engine.OpenOrders(), f.Resting, r.engine.Digest(), m.Digest())
	}
	if err := r.engine.Check(); err != nil {
		t.Error(err)
	}
}
