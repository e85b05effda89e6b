package engine_test

import (
	"testing"

	"pricetime/engine"
)

// Scripts of stops and take-profits (SEMANTICS 3): what elects them, and in which order.

func TestAStopWaitsForAPrint(t *testing.T) {
	t.Run("a gap still triggers", script(`
		sell s0 1 @ 100; buy b0 1 @ 100 -> b0 s0 1 @ 100
		buy x 5 stop 105 -> x parked
		sell s1 1 @ 110; sell s2 9 @ 111
		buy b1 1 @ 110 -> b1 s1 1 @ 110; x triggered; x s2 5 @ 111; ask 111 x 4
	`).run)
	t.Run("before the first trade it is parked, whatever the book", script(`
		sell s1 1 @ 110; sell s2 5 @ 112
		buy x 5 stop 105 -> x parked
		status x -> x waits 5 of 5 stop 105
		buy b 1 @ 110 -> b s1 1 @ 110; x triggered; x s2 5 @ 112
	`).run)
	t.Run("already through the last price it triggers at once", script(`
		sell s0 1 @ 100; buy b0 1 @ 100 -> b0 s0 1 @ 100
		sell s1 5 @ 103
		buy x 2 stop 100 -> x triggered; x s1 2 @ 103
		buy y 2 stop 99 @ 102 -> y triggered; bid 102 x 2
	`).run)
	t.Run("at its price it fires, a tick before it does not", script(`
		sell s1 1 @ 104; sell s2 1 @ 105; sell s3 5 @ 106
		buy x 1 stop 105 -> x parked
		buy b1 1 @ 104 -> b1 s1 1 @ 104
		buy b2 1 @ 105 -> b2 s2 1 @ 105; x triggered; x s3 1 @ 106
	`).run)
	t.Run("quotes do not fire it", script(`
		sell s0 1 @ 100; buy b0 1 @ 100 -> b0 s0 1 @ 100
		buy x 5 stop 105 -> x parked
		buy b1 1 @ 107 -> bid 107 x 1
		cancel b1 -> b1 canceled 1
	`).run)
	t.Run("against an empty side it is canceled", script(`
		buy x 5 stop 105 -> x parked
		sell s 1 @ 105; buy b 1 @ 105 -> b s 1 @ 105; x triggered; x canceled 5 ioc
	`).run)
	t.Run("a stop-limit rests what does not trade", script(`
		buy x 5 stop 105 @ 106 -> x parked
		sell s1 1 @ 105; sell s2 2 @ 106; sell s3 9 @ 107
		buy b 1 @ 105 -> b s1 1 @ 105; x triggered; x s2 2 @ 106; bid 106 x 3
		status x -> x open 3 of 5 @ 106
	`).run)
}

func TestATakeProfitIsTheMirrorOfAStop(t *testing.T) {
	script(`
		sell s0 1 @ 100; buy b0 1 @ 100 -> b0 s0 1 @ 100
		sell x 5 take 105 -> x parked
		sell y 5 take 105 @ 104 -> y parked
		buy z 5 take 95 @ 96 -> z parked
		sell s1 1 @ 105; buy b1 2 @ 103; buy b2 1 @ 105 -> b2 s1 1 @ 105; x triggered; x b1 2 @ 103; x canceled 3 ioc; y triggered; ask 104 x 5
		cancel z -> z canceled 5
	`).run(t)
}

func TestEveryPrintElects(t *testing.T) {
	t.Run("the first of a sweep and not the last", script(`
		sell s1 1 @ 100; sell s2 1 @ 101
		buy w 1 take 100 @ 90 -> w parked
		buy b 2 @ 101 -> b s1 1 @ 100; b s2 1 @ 101; w triggered; bid 90 x 1
	`).run)
	t.Run("the incoming order finishes first", script(`
		buy x 1 stop 101 -> x parked
		sell s1 1 @ 101; sell s2 1 @ 102; sell s3 1 @ 103
		buy b 2 @ 102 -> b s1 1 @ 101; b s2 1 @ 102; x triggered; x s3 1 @ 103
	`).run)
	t.Run("and its remainder rests before anybody is triggered", script(`
		sell x 3 take 101 -> x parked
		sell s1 1 @ 101
		buy b 3 @ 101 -> b s1 1 @ 101; x triggered; x b 2 @ 101; x canceled 1 ioc
	`).run)
	t.Run("of a replace too", script(`
		buy x 1 stop 101 -> x parked
		sell s1 1 @ 101; sell s2 1 @ 102; buy b 1 @ 99
		replace b - @ 101 -> b replaced 1 @ 101; b s1 1 @ 101; x triggered; x s2 1 @ 102
	`).run)
}

func TestTriggersCascade(t *testing.T) {
	t.Run("each the next, in one command", script(`
		sell s1 1 @ 101; sell s2 1 @ 102; sell s3 1 @ 103; sell s4 1 @ 104; sell s5 1 @ 105
		buy z 1 stop 103 -> z parked
		buy y 1 stop 102 -> y parked
		buy x 1 stop 101 -> x parked
		buy b 1 @ 101 -> b s1 1 @ 101; x triggered; x s2 1 @ 102; y triggered; y s3 1 @ 103; z triggered; z s4 1 @ 104; ask 105 x 1
	`).run)
	t.Run("nearest first, at one price first come first served", script(`
		buy d 1 stop 103 -> d parked
		buy a 1 stop 102 -> a parked
		buy b 1 stop 101 -> b parked
		buy c 1 stop 102 -> c parked
		sell s 1 @ 103; sell t 9 @ 110
		buy i 1 @ 103 -> i s 1 @ 103; b triggered; b t 1 @ 110; a triggered; a t 1 @ 110; c triggered; c t 1 @ 110; d triggered; d t 1 @ 110
	`).run)
	t.Run("who is elected later runs later, be it nearer", script(`
		buy a 1 stop 101 -> a parked
		buy b 1 stop 101 @ 101 -> b parked
		buy c 1 stop 105 @ 100 -> c parked
		sell s1 1 @ 101; sell s2 9 @ 106
		buy i 1 @ 101 -> i s1 1 @ 101; a triggered; a s2 1 @ 106; b triggered; c triggered; hold @ 101 b; hold @ 100 c
	`).run)
	t.Run("buy stops, sell stops, buy take-profits, sell take-profits", script(`
		sell d 1 take 101 @ 120 -> d parked
		buy c 1 take 101 @ 50 -> c parked
		sell b 1 stop 101 @ 121 -> b parked
		buy a 1 stop 101 @ 51 -> a parked
		sell s 1 @ 101
		buy i 1 @ 101 -> i s 1 @ 101; a triggered; b triggered; c triggered; d triggered; ask 120 x 1; bid 51 x 1
	`).asWritten)
	t.Run("a triggered order meets one that was triggered before it", script(`
		buy a 2 stop 101 @ 105 -> a parked
		sell b 3 take 101 @ 103 -> b parked
		sell s 1 @ 101
		buy i 1 @ 101 -> i s 1 @ 101; a triggered; b triggered; b a 2 @ 105; ask 103 x 1
	`).asWritten)
}

func TestParkedOrdersAreCanceledReducedAndReplaced(t *testing.T) {
	t.Run("cancel and reduce", script(`
		buy x 5 stop 105 @ 106 -> x parked
		reduce x 3 -> x reduced 5 to 3
		status x -> x waits 3 of 3 stop 105 @ 106
		cancel x -> x canceled 3; bid none
		cancel x -> x refused already_canceled
	`).run)
	t.Run("replace keeps its place, or goes to the back", script(`
		buy x 5 stop 105 @ 106 -> x parked
		buy y 5 stop 105 @ 106 -> y parked
		replace x 4 @ - -> x replaced 4 @ 106 kept parked
		replace x 5 @ - -> x replaced 5 @ 106 parked
		sell s 1 @ 105; buy b 1 @ 105 -> b s 1 @ 105; y triggered; x triggered; hold @ 106 y x
	`).run)
	t.Run("a new stop price", script(`
		buy x 5 stop 105 -> x parked
		replace x - @ - stop 103 -> x replaced 5 parked
		status x -> x waits 5 of 5 stop 103
		sell s 1 @ 103; sell t 9 @ 104
		buy b 1 @ 103 -> b s 1 @ 103; x triggered; x t 5 @ 104
	`).run)
	t.Run("one that is reached triggers at once", script(`
		sell s 1 @ 103; buy b 1 @ 103 -> b s 1 @ 103
		sell t 9 @ 104
		buy x 5 stop 105 @ 104 -> x parked
		replace x 6 @ - stop 103 as y -> y replaced x 6 @ 104; y triggered; y t 6 @ 104
	`).run)
	t.Run("what does not go together", script(`
		sell s 1 @ 103; buy b 1 @ 103 -> b s 1 @ 103
		buy x 5 stop 105 -> x parked
		replace x 5 @ 106 -> x refused bad_combination
		buy r 5 @ 90
		replace r - @ - stop 95 -> r refused bad_combination
		buy y 5 stop 102 @ 91 -> y triggered; bid 91 x 5
		replace y - @ - stop 95 -> y refused bad_combination
	`).run)
	t.Run("a total that is executed already", script(`
		buy x 5 stop 105 -> x parked
		replace x 0 @ - -> x refused qty_range
		replace x 5 @ - as y -> y replaced x 5 kept parked
	`).run)
	t.Run("a mass cancel of the account, in entry order", script(`
		buy x 5 stop 105 -> x parked
		buy r 5 @ 90; sell z 1 stop 80 @ 79 -> z parked
		cancel-all account -> x canceled 5; r canceled 5; z canceled 1; all 3
	`).run)
	t.Run("a price range holds none without a price", script(`
		buy x 5 stop 105 -> x parked
		buy y 5 stop 105 @ 106 -> y parked
		buy r 5 @ 90
		cancel-all account @ 80..110 -> y canceled 5; r canceled 5; all 2
	`).run)
	t.Run("by the operator behind the book, queue by queue", script(`
		sell d 1 take 110 -> d parked
		buy c 1 take 90 -> c parked
		sell b2 1 stop 88 -> b2 parked
		sell b1 1 stop 89 -> b1 parked
		buy a 1 stop 111 -> a parked
		sell s 1 @ 101; buy r 1 @ 99
		cancel-all instrument -> r canceled 1 operator; s canceled 1 operator; a canceled 1 operator; b1 canceled 1 operator; b2 canceled 1 operator; c canceled 1 operator; d canceled 1 operator; all 7
	`).run)
}

func TestAStopAndItsTriggerCanceledInOneSweep(t *testing.T) {
	script(`
		A: sell s1 1 @ 101; B: sell s2 5 @ 102
		B: buy x 5 stop 101 stp co -> x parked
		C: buy b 1 @ 101 -> b s1 1 @ 101; x triggered; s2 canceled 5 self_trade; x canceled 5 ioc
	`).run(t)
}

func TestATriggeredOrderThatFindsNoRoom(t *testing.T) {
	limits := scriptLimits
	limits.LevelsPerSideMax = 1
	script(`
		buy r 1 @ 90
		buy x 5 stop 101 @ 95 -> x parked
		sell s 1 @ 101; buy b 1 @ 101 ioc -> b s 1 @ 101; x triggered; x canceled 5 no_room; bid 90 x 1
	`).runWith(t, limits)
}

func TestAsManyParkedOrdersAsTheVenueHolds(t *testing.T) {
	limits := scriptLimits
	limits.ParkedMax = 1
	script(`
		sell s 1 @ 101; buy b 1 @ 101 -> b s 1 @ 101
		buy x 5 stop 105 -> x parked
		buy y 5 stop 105 -> y refused parked_limit
		buy z 5 stop 100 @ 90 -> z refused parked_limit
		cancel x -> x canceled 5
		buy y 5 stop 105 -> y parked
	`).runWith(t, limits)
}

func TestASliceHeldIsGivenBack(t *testing.T) {
	limits := scriptLimits
	limits.SlicesMax = 3
	script(`
		sell s1 30 @ 100 display 10; sell s2 30 @ 100 display 10 -> s2 refused slice_limit
		sell s2 20 @ 100 display 10
		sell s3 11 @ 100 display 10 -> s3 refused slice_limit
		replace s2 21 @ 100 -> s2 refused slice_limit
		replace s1 - @ - display 15 -> s1 replaced 30 @ 100 kept
		replace s2 21 @ 100 -> s2 replaced 21 @ 100
		cancel s2 -> s2 canceled 21
		sell s3 21 @ 100 display 10 -> ask 100 x 51
	`).runWith(t, limits)
}

func TestHowFarAnOrderWithoutAPriceTrades(t *testing.T) {
	t.Run("to its protection points", script(`
		sell s1 1 @ 103; sell s2 1 @ 105; sell s3 1 @ 106
		buy b 5 market -> b s1 1 @ 103; b s2 1 @ 105; b canceled 3 protection; ask 106 x 1
		buy x 5 stop 105 -> x triggered; x s3 1 @ 106; x canceled 4 ioc
	`).on(engine.Instrument{Protection: 2}))
	t.Run("fill or kill looks no further", script(`
		sell s1 1 @ 103; sell s2 1 @ 105; sell s3 1 @ 106
		buy b 3 market fok -> b canceled 3 fok
		buy c 2 market fok -> c s1 1 @ 103; c s2 1 @ 105
	`).on(engine.Instrument{Protection: 2}))
	t.Run("to the static band's edge", script(`
		sell s1 1 @ 103; sell s2 1 @ 105
		buy b 5 market -> b s1 1 @ 103; b s2 1 @ 105; b canceled 3 ioc
	`).on(engine.Instrument{Reference: 102, Static: engine.Band{Ticks: 3}}))
	t.Run("to the dynamic band's edge, by the last price before it", script(`
		sell s1 2 @ 102; buy b 1 @ 102 -> b s1 1 @ 102
		sell s2 1 @ 104; sell s3 1 @ 105
		buy c 5 market -> c s1 1 @ 102; c s2 1 @ 104; c canceled 3 protection
		buy d 5 market -> d s3 1 @ 105; d canceled 4 ioc
	`).on(engine.Instrument{Dynamic: engine.Band{Ticks: 2}}))
	t.Run("with nothing that near, it does not trade", script(`
		sell s1 1 @ 102; buy b 1 @ 102 -> b s1 1 @ 102
		sell s2 1 @ 105
		buy c 5 market -> c canceled 5 protection; ask 105 x 1
	`).on(engine.Instrument{Dynamic: engine.Band{Ticks: 2}}))
}

func TestCollars(t *testing.T) {
	t.Run("static: no order outside", script(`
		buy b1 1 @ 98 -> b1 refused collar
		buy b1 1 @ 106 -> b1 refused collar
		sell s1 1 @ 98 -> s1 refused collar
		buy b1 1 @ 99 -> bid 99 x 1
		sell s1 1 @ 105 -> ask 105 x 1
		replace b1 - @ 98 -> b1 refused collar
		buy x 1 stop 120 @ 106 -> x refused collar
		buy x 1 stop 120 @ 105 -> x parked
		replace b1 - @ - requeue -> b1 replaced 1 @ 99
	`).on(engine.Instrument{Reference: 102, Static: engine.Band{Ticks: 3}}))
	t.Run("dynamic: no buy above, no sell below, once there was a trade", script(`
		sell s0 1 @ 150; cancel s0 -> s0 canceled 1
		sell s1 2 @ 103; buy b0 1 @ 103 -> b0 s1 1 @ 103
		buy b1 1 @ 106 -> b1 refused collar
		sell s2 1 @ 100 -> s2 refused collar
		buy b2 1 @ 90; sell s3 1 @ 120 -> bid 90 x 1
		buy b1 1 @ 105 -> b1 s1 1 @ 103
	`).on(engine.Instrument{Dynamic: engine.Band{Ticks: 2}}))
	t.Run("of a market-to-limit order its price is looked at", script(`
		sell s1 1 @ 103; buy b0 1 @ 103 -> b0 s1 1 @ 103
		sell s2 1 @ 106
		buy b1 1 mtl -> b1 refused collar
		cancel s2 -> s2 canceled 1
		buy b1 1 mtl -> b1 refused no_liquidity
	`).on(engine.Instrument{Dynamic: engine.Band{Ticks: 2}}))
	t.Run("an order outside that kept its price stays", script(`
		buy b1 1 @ 120; cancel b1 -> b1 canceled 1
		sell s1 5 @ 103; buy b0 1 @ 103 -> b0 s1 1 @ 103
		sell s9 3 @ 110; buy b2 4 @ 103 -> b2 s1 4 @ 103
		reduce s9 2 -> s9 reduced 3 to 2
		replace s9 2 @ - requeue -> s9 replaced 2 @ 110
	`).on(engine.Instrument{Dynamic: engine.Band{Ticks: 2}}))
	basis := func(b engine.Band) func(*testing.T) {
		return func(t *testing.T) { // 150 basis points of 1000 are 15
			script("").play(t, "as written", scriptLimits, ruled(engine.Instrument{Reference: 1000, Static: b}), `
				buy b1 1 @ 1016 -> b1 refused collar
				buy b1 1 @ 984 -> b1 refused collar
				buy b1 1 @ 1015 -> bid 1015 x 1
			`)
		}
	}
	t.Run("basis points, rounded down", basis(engine.Band{BasisPoints: 159}))
	t.Run("the narrower of both", basis(engine.Band{BasisPoints: 900, Ticks: 15}))
	t.Run("the narrower of both, the other way", basis(engine.Band{BasisPoints: 150, Ticks: 90}))
}

func TestTheLargestNotional(t *testing.T) {
	for _, price := range []string{"10", "-10"} {
		script("").play(t, price, scriptLimits, ruled(engine.Instrument{NotionalMax: 100}), `
			buy b 11 @ `+price+` -> b refused notional_max
			buy b 10 @ `+price+` -> bid `+price+` x 10
			replace b 11 @ - -> b refused notional_max
			buy x 11 stop 5 @ `+price+` -> x refused notional_max
			buy x 1000 stop 5 -> x parked
		`)
	}
}
