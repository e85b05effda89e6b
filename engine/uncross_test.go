package engine_test

import (
	"testing"

	"pricetime/engine"
)

// Scripts of phases and of the uncross (SEMANTICS 7).

func TestACallCollects(t *testing.T) {
	t.Run("orders, crossed or not", script(`
		phase pre-open -> phase pre-open
		buy b 5 @ 105; sell s 5 @ 100 -> bid 105 x 5; ask 100 x 5
		buy p 5 @ 105 post -> hold @ 105 b p
		replace p - @ 106 -> p replaced 5 @ 106; bid 106 x 5
		cancel p -> p canceled 5
	`).run)
	t.Run("but none that cannot wait", script(`
		phase pre-open -> phase pre-open
		sell s 5 @ 100
		buy b 5 @ 105 ioc -> b refused phase
		buy b 5 @ 105 fok -> b refused phase
		buy b 5 market -> b refused phase
		buy b 5 mtl -> b refused phase
		buy b 5 market day -> b parked
		status b -> b waits 5 of 5
	`).run)
	t.Run("and outside of one no market order waits", script(`
		sell s 5 @ 100
		buy b 5 market day -> b refused phase
	`).run)
}

func TestUncross(t *testing.T) {
	opening := func(s script) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			("phase pre-open -> phase pre-open\n" + s).asWrittenOn(engine.Instrument{Reference: 102})(t)
		}
	}
	t.Run("most volume", opening(`
		buy b1 10 @ 103; buy b2 10 @ 102; buy b3 10 @ 101
		sell s1 10 @ 100; sell s2 5 @ 101; sell s3 10 @ 102
		at 1 -> indicative 20 @ 102 sell 5
		phase continuous -> b1 s1 10 @ 102; b2 s2 5 @ 102; b2 s3 5 @ 102; phase continuous uncross 20 @ 102; bid 101 x 10; ask 102 x 5
	`))
	t.Run("then least surplus", opening(`
		buy b1 10 @ 105; buy b2 2 @ 101
		sell s1 10 @ 100; sell s2 7 @ 104
		at 1 -> indicative 10 @ 102
		phase continuous -> b1 s1 10 @ 102; phase continuous uncross 10 @ 102; bid 101 x 2; ask 104 x 7
	`))
	t.Run("then pressure: too much wanted, the highest", opening(`
		buy b1 10 @ 105; sell s1 5 @ 100
		at 1 -> indicative 5 @ 105 buy 5
		phase continuous -> b1 s1 5 @ 105; phase continuous uncross 5 @ 105; bid 105 x 5
	`))
	t.Run("then pressure: too much offered, the lowest", opening(`
		buy b1 5 @ 105; sell s1 10 @ 100
		phase continuous -> b1 s1 5 @ 100; phase continuous uncross 5 @ 100; ask 100 x 5
	`))
	t.Run("then the nearest to the reference", opening(`
		buy b1 5 @ 105; sell s1 5 @ 100
		phase continuous -> b1 s1 5 @ 102; phase continuous uncross 5 @ 102; bid none; ask none
	`))
	t.Run("which is the end that is nearest to it", opening(`
		buy b1 5 @ 109; sell s1 5 @ 104
		phase continuous -> b1 s1 5 @ 104; phase continuous uncross 5 @ 104
	`))
	t.Run("nearest wins on both sides of balance, the lower one last", opening(`
		buy b1 5 @ 103; buy b2 5 @ 101; sell s1 5 @ 101; sell s2 5 @ 103
		phase continuous -> b1 s1 5 @ 102; phase continuous uncross 5 @ 102; bid 101 x 5; ask 103 x 5
	`))
	t.Run("nothing meets", opening(`
		buy b1 5 @ 100; sell s1 5 @ 101
		at 1 -> indicative none
		phase continuous -> phase continuous; bid 100 x 5; ask 101 x 5
	`))
	t.Run("without a reference the lowest", script(`
		phase pre-open -> phase pre-open
		buy b1 5 @ 105; sell s1 5 @ 100
		phase continuous -> b1 s1 5 @ 100; phase continuous uncross 5 @ 100
	`).asWritten)
	t.Run("as near above as below: the lower", script(`
		phase pre-open -> phase pre-open
		buy b1 4 @ 103; buy b2 5 @ 101; sell s1 4 @ 101; sell s2 5 @ 103
		buy b3 1 @ 103; sell s3 1 @ 101
		phase continuous -> b1 s1 4 @ 102; b3 s3 1 @ 102; phase continuous uncross 5 @ 102
	`).asWrittenOn(engine.Instrument{Reference: 102}))
	t.Run("the last trade goes before the instrument's reference", script(`
		sell s 1 @ 104; buy b 1 @ 104 -> b s 1 @ 104
		phase closing-call -> phase closing-call
		buy b1 5 @ 105; sell s1 5 @ 99
		phase closed -> b1 s1 5 @ 104; phase closed uncross 5 @ 104
	`).asWrittenOn(engine.Instrument{Reference: 102}))
}

func TestUncrossAllocatesByPriceThenTime(t *testing.T) {
	t.Run("market orders first, in entry order", script(`
		phase pre-open -> phase pre-open
		buy b1 5 @ 103; buy m1 3 market day; buy b2 5 @ 104; buy m2 4 market day -> m1 parked; m2 parked
		sell s1 9 @ 100
		phase continuous -> m1 s1 3 @ 104; m2 s1 4 @ 104; b2 s1 2 @ 104; phase continuous uncross 9 @ 104; bid 104 x 3
	`).asWritten)
	t.Run("what is left of them is canceled, buys first", script(`
		phase pre-open -> phase pre-open
		sell n 2 market day -> n parked
		buy m 9 market day -> m parked
		sell s1 4 @ 100
		phase continuous -> m n 2 @ 100; m s1 4 @ 100; phase continuous uncross 6 @ 100; m canceled 3 call_over
		status m -> m done 3 call_over
	`).asWritten)
	t.Run("market orders alone trade at the reference", script(`
		phase pre-open -> phase pre-open
		sell n 2 market day -> n parked
		buy m 9 market day -> m parked
		at 1 -> indicative 2 @ 102 buy 7
		phase continuous -> m n 2 @ 102; phase continuous uncross 2 @ 102; m canceled 7 call_over
	`).asWrittenOn(engine.Instrument{Reference: 102}))
	t.Run("without one nothing trades", script(`
		phase pre-open -> phase pre-open
		sell n 2 market day -> n parked
		buy m 9 market day -> m parked
		phase continuous -> phase continuous; m canceled 9 call_over; n canceled 2 call_over
	`).asWritten)
	t.Run("hidden behind shown, icebergs a slice at a time", script(`
		phase pre-open -> phase pre-open
		sell h 5 @ 100 hidden; sell i 20 @ 100 display 5; sell s 5 @ 100
		buy b 22 @ 100
		phase continuous -> b i 5 @ 100; i refreshed 5; b s 5 @ 100; b i 5 @ 100; i refreshed 5; b i 5 @ 100; i refreshed 5; b i 2 @ 100; phase continuous uncross 22 @ 100; hold @ 100 i h
		status i -> i open 3 of 20 @ 100 shows 3
	`).asWritten)
	t.Run("two icebergs: the buy is refreshed first", script(`
		phase pre-open -> phase pre-open
		sell i 10 @ 100 display 5; buy j 10 @ 100 display 5
		phase continuous -> j i 5 @ 100; j refreshed 5; i refreshed 5; j i 5 @ 100; phase continuous uncross 10 @ 100
	`).asWritten)
	t.Run("own orders too", script(`
		phase pre-open -> phase pre-open
		A: sell s 5 @ 100; A: buy b 5 @ 100 stp cb
		phase continuous -> b s 5 @ 100; phase continuous uncross 5 @ 100
	`).asWritten)
}

func TestStopsWaitForTheEndOfTheCall(t *testing.T) {
	t.Run("and are elected by the price of the uncross", script(`
		phase pre-open -> phase pre-open
		buy x 1 stop 101 @ 101 -> x parked
		buy y 1 stop 102 @ 101 -> y parked
		buy b 5 @ 101; sell s 7 @ 101
		phase continuous -> b s 5 @ 101; phase continuous uncross 5 @ 101; x triggered; x s 1 @ 101; ask 101 x 1
		status y -> y waits 1 of 1 stop 102 @ 101
	`).asWritten)
	t.Run("or by the last price, if nothing trades", script(`
		sell s 1 @ 105; buy b 1 @ 105 -> b s 1 @ 105
		phase halted -> phase halted
		phase pre-open -> phase pre-open
		buy x 1 stop 104 @ 90 -> x parked
		phase continuous -> phase continuous; x triggered; bid 90 x 1
	`).run)
	t.Run("through a halt they stay", script(`
		buy x 1 stop 105 -> x parked
		phase halted -> phase halted
		buy y 1 stop 105 -> y refused phase
		replace x - @ - stop 106 -> x refused phase
		reduce x 0 -> x refused qty_range
		status x -> x waits 1 of 1 stop 105
		phase pre-open -> phase pre-open
		phase continuous -> phase continuous
		sell s 1 @ 105; sell t 1 @ 106; buy b 1 @ 105 -> b s 1 @ 105; x triggered; x t 1 @ 106
	`).run)
	t.Run("a stop that elects in a call replaced waits", script(`
		sell s 1 @ 105; buy b 1 @ 105 -> b s 1 @ 105
		buy x 1 stop 107 @ 90 -> x parked
		phase pre-open -> phase pre-open
		replace x - @ - stop 104 -> x replaced 1 @ 90 parked
		phase continuous -> phase continuous; x triggered; bid 90 x 1
	`).run)
}

func TestPhasesFollowEachOther(t *testing.T) {
	t.Run("a halt takes cancels and reduces only", script(`
		buy b 5 @ 100; buy c 5 @ 100
		phase halted -> phase halted
		buy d 5 @ 100 -> d refused phase
		replace b 4 @ - -> b refused phase
		reduce b 4 -> b reduced 5 to 4
		cancel c -> c canceled 5; bid 100 x 4
	`).run)
	t.Run("one product's phase is its own", script(`
		phase halted in 1 -> phase halted
		buy d 5 @ 100 in 1 -> d refused phase
		buy d 5 @ 100 -> bid 100 x 5
	`).run)
	t.Run("not from everywhere to everywhere", script(`
		phase continuous -> - refused phase
		phase halted -> phase halted
		phase continuous -> - refused phase
		phase closing-call -> - refused phase
		phase pre-open -> phase pre-open
		phase closing-call -> - refused phase
		phase halted -> phase halted
		phase closed -> phase closed
		phase halted -> - refused phase
		phase pre-open in 5 -> - refused unknown_instrument
	`).run)
	t.Run("a call that ends in no uncross trades nothing", script(`
		phase pre-open -> phase pre-open
		buy m 1 market day -> m parked
		buy b 5 @ 101; sell s 5 @ 100
		phase halted -> phase halted; bid 101 x 5; ask 100 x 5
		status m -> m waits 1 of 1
		phase pre-open -> phase pre-open
		phase closed -> phase closed; bid 101 x 5
		cancel m -> m canceled 1
	`).run)
	t.Run("closing: the uncross, and orders stay", script(`
		phase closing-call -> phase closing-call
		buy b 5 @ 101; sell s 7 @ 100; sell n 2 @ 105; sell x 1 stop 102 -> x parked
		phase closed -> b s 5 @ 100; phase closed uncross 5 @ 100; ask 100 x 2
		status x -> x waits 1 of 1 stop 102
		instruments -> instrument 0 closed orders 3 trades 1; instrument 1 continuous orders 0 trades 0
	`).asWritten)
}
