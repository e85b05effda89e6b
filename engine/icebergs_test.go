package engine_test

import (
	"testing"

	"pricetime/engine"
)

// Scripts of icebergs and hidden orders (SEMANTICS 3).

func TestAnIcebergShowsASliceAtATime(t *testing.T) {
	t.Run("the next slice goes to the back of its level", script(`
		sell s1 30 @ 100 display 10; sell s2 10 @ 100 -> ask 100 x 40; hold @ 100 s1 s2
		buy b 25 @ 100 -> b s1 10 @ 100; s1 refreshed 10; b s2 10 @ 100; b s1 5 @ 100; hold @ 100 s1
		status s1 -> s1 open 15 of 30 @ 100 shows 5
	`).run)
	t.Run("alone at its price it is there again at once", script(`
		sell s 25 @ 100 display 10
		buy b 25 @ 100 -> b s 10 @ 100; s refreshed 10; b s 10 @ 100; s refreshed 5; b s 5 @ 100; ask none
		status s -> s done 0 filled
	`).run)
	t.Run("two of them take turns", script(`
		sell s1 20 @ 100 display 10; sell s2 15 @ 100 display 5
		buy b 30 @ 100 -> b s1 10 @ 100; s1 refreshed 10; b s2 5 @ 100; s2 refreshed 5; b s1 10 @ 100; b s2 5 @ 100; s2 refreshed 5
		status s2 -> s2 open 5 of 15 @ 100 shows 5
	`).run)
	t.Run("a slice used up to the lot is refreshed before the incoming order ends", script(`
		sell s1 30 @ 100 display 10
		buy b 10 @ 100 ioc -> b s1 10 @ 100; s1 refreshed 10
		buy c 4 @ 100 -> c s1 4 @ 100
		status s1 -> s1 open 16 of 30 @ 100 shows 6
	`).run)
	t.Run("a display of all is no reserve", script(`
		sell s 10 @ 100 display 10
		buy b 10 @ 100 -> b s 10 @ 100; ask none
	`).run)
}

func TestAnIncomingIcebergUsesItsWholeQuantity(t *testing.T) {
	script(`
		sell s 12 @ 100
		buy b 30 @ 101 display 5 -> b s 12 @ 100; bid 101 x 18
		status b -> b open 18 of 30 @ 101 shows 5
	`).run(t)
}

func TestAReductionTakesReserveFirst(t *testing.T) {
	script(`
		sell s1 30 @ 100 display 10; sell s2 10 @ 100
		buy b 4 @ 100 -> b s1 4 @ 100
		reduce s1 12 -> s1 reduced 30 to 12; hold @ 100 s1 s2
		status s1 -> s1 open 8 of 12 @ 100 shows 6
		reduce s1 9 -> s1 reduced 12 to 9
		status s1 -> s1 open 5 of 9 @ 100 shows 5
		reduce s1 4 -> s1 canceled 5
	`).run(t)
}

func TestReplaceOfAnIceberg(t *testing.T) {
	t.Run("a new display counts from the next slice", script(`
		sell s1 30 @ 100 display 10; sell s2 10 @ 100
		replace s1 - @ - display 20 -> s1 replaced 30 @ 100 kept; hold @ 100 s1 s2
		status s1 -> s1 open 30 of 30 @ 100 shows 10
		buy b 10 @ 100 -> b s1 10 @ 100; s1 refreshed 20
	`).run)
	t.Run("a smaller one cuts what is shown", script(`
		sell s1 30 @ 100 display 10; sell s2 10 @ 100
		replace s1 - @ - display 4 -> s1 replaced 30 @ 100 kept; hold @ 100 s1 s2
		buy b 10 @ 100 -> b s1 4 @ 100; s1 refreshed 4; b s2 6 @ 100
	`).run)
	t.Run("one that moves has a fresh slice", script(`
		sell s1 30 @ 100 display 10; sell s2 10 @ 100
		buy b 4 @ 100 -> b s1 4 @ 100
		replace s1 - @ - requeue -> s1 replaced 30 @ 100; hold @ 100 s2 s1
		status s1 -> s1 open 26 of 30 @ 100 shows 10
	`).run)
	t.Run("one that crosses trades all it has and rests with a fresh slice", script(`
		buy b 12 @ 95; sell s 30 @ 100 display 10
		replace s - @ 95 -> s replaced 30 @ 95; s b 12 @ 95; ask 95 x 18
		status s -> s open 18 of 30 @ 95 shows 10
	`).run)
	t.Run("crossing another iceberg", script(`
		buy b 12 @ 95 display 5; sell s 8 @ 100 display 3
		replace s - @ 95 -> s replaced 8 @ 95; s b 5 @ 95; b refreshed 5; s b 3 @ 95; bid 95 x 4; ask none
		status b -> b open 4 of 12 @ 95 shows 2
	`).run)
	t.Run("a display for one that has none", script(`
		sell s 30 @ 100
		replace s - @ - display 10 -> s refused bad_combination
		replace s - @ - display 31 -> s refused display
	`).run)
}

func TestDisplayIsFromOneToTheTotal(t *testing.T) {
	script(`
		sell s 30 @ 100 display 31 -> s refused display
		sell s 30 @ 100 display -1 -> s refused display
		sell s 30 @ 100 display 10 ioc -> s refused bad_combination
		sell s 30 @ 100 display 10 fok -> s refused bad_combination
		sell s 30 market display 10 -> s refused bad_combination
		sell s 30 @ 100 display 10 hidden -> s refused bad_combination
		sell s 30 @ 100 display 1 -> ask 100 x 30
		replace s 5 @ 100 display 6 -> s refused display
	`).run(t)
}

func TestHiddenOrdersStandBehindShownOnes(t *testing.T) {
	t.Run("of their level, first come first served", script(`
		sell h1 5 @ 100 hidden; sell h2 5 @ 100 hidden; sell s 5 @ 100; sell z 5 @ 101 -> hold @ 100 s h1 h2
		buy b 18 @ 101 -> b s 5 @ 100; b h1 5 @ 100; b h2 5 @ 100; b z 3 @ 101
	`).run)
	t.Run("a refreshed slice goes before them", script(`
		sell i 20 @ 100 display 5; sell h 5 @ 100 hidden
		buy b 12 @ 100 -> b i 5 @ 100; i refreshed 5; b i 5 @ 100; i refreshed 5; b i 2 @ 100; hold @ 100 i h
	`).run)
	t.Run("a better price goes first, hidden or not", script(`
		sell h 5 @ 99 hidden; sell s 5 @ 100
		buy b 6 @ 100 -> b h 5 @ 99; b s 1 @ 100
	`).run)
	t.Run("a replace that keeps stays, one that moves goes behind the hidden", script(`
		sell h1 5 @ 100 hidden; sell h2 5 @ 100 hidden
		replace h1 4 @ 100 -> h1 replaced 4 @ 100 kept; hold @ 100 h1 h2
		replace h1 5 @ 100 -> h1 replaced 5 @ 100; hold @ 100 h2 h1
		sell s 5 @ 100 -> hold @ 100 s h2 h1
		status h1 -> h1 open 5 of 5 @ 100 hidden
	`).run)
}

func TestFillOrKillCountsWhatIsNotShown(t *testing.T) {
	t.Run("reserve", script(`
		sell s 30 @ 100 display 5
		buy b 31 @ 100 fok -> b canceled 31 fok
		buy c 11 @ 100 fok -> c s 5 @ 100; s refreshed 5; c s 5 @ 100; s refreshed 5; c s 1 @ 100
	`).run)
	t.Run("hidden orders", script(`
		sell h 30 @ 100 hidden; sell s 1 @ 101
		buy b 32 @ 101 fok -> b canceled 32 fok
		buy c 31 @ 101 fok -> c h 30 @ 100; c s 1 @ 101
	`).run)
}

func TestMinimumQuantity(t *testing.T) {
	t.Run("at once or nothing", script(`
		sell s1 5 @ 100; sell s2 5 @ 101; sell s3 5 @ 102
		buy b 20 @ 101 min 11 ioc -> b canceled 20 minimum; ask 100 x 5
		buy c 20 @ 101 min 10 ioc -> c s1 5 @ 100; c s2 5 @ 101; c canceled 10 ioc
	`).run)
	t.Run("reserve and hidden orders count", script(`
		sell s1 20 @ 100 display 5; sell h 5 @ 100 hidden
		buy b 30 @ 100 min 26 ioc -> b canceled 30 minimum
		buy c 30 @ 100 min 25 ioc -> c s1 5 @ 100; s1 refreshed 5; c s1 5 @ 100; s1 refreshed 5; c s1 5 @ 100; s1 refreshed 5; c s1 5 @ 100; c h 5 @ 100; c canceled 5 ioc
	`).run)
	t.Run("of a market order", script(`
		sell s1 5 @ 100
		buy b 20 market min 6 -> b canceled 20 minimum
		buy c 20 market min 5 -> c s1 5 @ 100; c canceled 15 ioc
	`).run)
	t.Run("only of IOC, and no more than the total", script(`
		sell s1 5 @ 100
		buy b 5 @ 100 min 2 -> b refused bad_combination
		buy b 5 @ 100 min 2 fok -> b refused bad_combination
		buy b 5 @ 100 min 6 ioc -> b refused min_qty
		buy b 5 @ 100 min -1 ioc -> b refused min_qty
	`).run)
}

func TestPostOnlySlides(t *testing.T) {
	script(`
		sell s 5 @ 100
		buy b 5 @ 103 slide -> bid 99 x 5
		buy c 5 @ 100 slide -> hold @ 99 b c
		buy d 5 @ 98 slide -> hold @ 98 d
		replace d - @ 100 -> d refused would_trade; hold @ 98 d
		buy e 5 @ 103 slide ioc -> e refused bad_combination
	`).run(t)
}

func TestMarketToLimit(t *testing.T) {
	t.Run("trades at the best price only, and rests there", script(`
		sell s1 5 @ 100; sell s2 5 @ 101
		buy b 8 mtl -> b s1 5 @ 100; bid 100 x 3; ask 101 x 5
		status b -> b open 3 of 8 @ 100
		replace b - @ 101 -> b replaced 8 @ 101; b s2 3 @ 101
	`).run)
	t.Run("refused against an empty side, and never IOC", script(`
		buy b 8 mtl -> b refused no_liquidity
		sell s1 5 @ 100
		buy b 8 mtl ioc -> b refused bad_combination
		buy b 8 mtl post -> b refused bad_combination
		buy b 8 mtl day -> b s1 5 @ 100; bid 100 x 3
	`).run)
}

// TestAReplacedIcebergMakesRoomForItself: what it holds at its price, reserve too, does not
// count against it where it comes again.
func TestAReplacedIcebergMakesRoomForItself(t *testing.T) {
	wide := []engine.Instrument{{Symbol: "WIDE", Tick: 1, Lot: 1, QtyMax: engine.QtyMax}}
	p := newPair(scriptLimits, wide)
	c := engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Price: 1, Qty: engine.QtyMax}
	for range 3 {
		p.must(t, c)
	}
	c.ClOrdID, c.DisplayQty = clOrdID("ice"), engine.QtyMax/2
	p.must(t, c)
	again := engine.Command{
		Kind: engine.CmdReplace, ClOrdID: c.ClOrdID,
		Flags: engine.CmdFlagKeepPrice | engine.CmdFlagKeepQty | engine.CmdFlagRequeue,
	}
	if got := refusal(p.must(t, again)); got != engine.ReasonNone {
		t.Errorf("in its own place: %s", reasonText[got])
	}
	c.ClOrdID = clOrdID("more")
	if got := refusal(p.must(t, c)); got != engine.ReasonLevelOverflow {
		t.Errorf("a fifth: %q", reasonText[got])
	}
}
