package engine_test

import "testing"

// Scripts of SEMANTICS 2 and 3: priority, and what each order type does.

func TestTheExampleEveryoneKnows(t *testing.T) {
	script(`
		sell S1 100 @ 1001; sell S2 50 @ 1000
		buy B1 120 @ 1001 -> B1 S2 50 @ 1000; B1 S1 70 @ 1001; ask 1001 x 30; bid none
	`).run(t)
}

func TestATradePrintsAtTheRestingPrice(t *testing.T) {
	t.Run("entered", script(`
		sell s 5 @ 100
		buy b 5 @ 105 ioc -> b s 5 @ 100; bid none; ask none
	`).run)
	t.Run("replaced", script(`
		sell s 5 @ 100; buy b 5 @ 99
		replace b 5 @ 103 -> b replaced 5 @ 103; b s 5 @ 100; bid none; ask none
	`).run)
}

func TestTheSweepGoesBestLevelFirstAndFIFOWithinALevel(t *testing.T) {
	script(`
		sell s1 5 @ 102; sell s2 5 @ 101; sell s3 5 @ 101; sell s4 5 @ 100
		buy b 17 @ 102 -> b s4 5 @ 100; b s2 5 @ 101; b s3 5 @ 101; b s1 2 @ 102; ask 102 x 3; hold @ 102 s1
	`).run(t)
}

func TestTheSweepStopsAtItsLimit(t *testing.T) {
	script(`
		sell s1 5 @ 100; sell s2 5 @ 101; sell s3 5 @ 103
		buy b 20 @ 102 -> b s1 5 @ 100; b s2 5 @ 101; bid 102 x 10; ask 103 x 5
	`).run(t)
}

func TestPriorityIsPriceThenArrival(t *testing.T) {
	script(`
		A: buy a 1 @ 100; B: buy b 1 @ 100; C: buy c 1 @ 101; A: buy d 1 @ 100 -> hold @ 100 a b d; bid 101 x 1
		B: sell s 3 @ 100 -> s c 1 @ 101; s a 1 @ 100; s b 1 @ 100; hold @ 100 d
	`).run(t)
}

func TestAPartialFillNeverChangesPriority(t *testing.T) {
	script(`
		sell s1 10 @ 100; sell s2 10 @ 100
		buy b1 4 @ 100 -> b1 s1 4 @ 100; hold @ 100 s1 s2; ask 100 x 16
		buy b2 8 @ 100 -> b2 s1 6 @ 100; b2 s2 2 @ 100; hold @ 100 s2
	`).run(t)
}

func TestTheBookIsNeverLocked(t *testing.T) {
	script(`
		buy b 5 @ 100
		sell s 7 @ 100 -> s b 5 @ 100; bid none; ask 100 x 2
	`).run(t)
}

func TestAnEmptiedLevelDisappearsAtOnce(t *testing.T) {
	script(`
		sell s1 5 @ 100; sell s2 5 @ 102
		buy b1 5 @ 100 -> b1 s1 5 @ 100; ask 102 x 5
		buy b2 5 @ 101 -> bid 101 x 5; ask 102 x 5
		cancel b2 -> b2 canceled 5; bid none
		sell s3 5 @ 100 -> ask 100 x 5; hold @ 100 s3
	`).run(t)
}

func TestAnOrderMayTradeWithItsOwnAccount(t *testing.T) { // SEMANTICS 6: prevention is off by default
	script(`
		A: sell s 5 @ 100
		A: buy b 5 @ 100 -> b s 5 @ 100
	`).run(t)
}

func TestInstrumentsDoNotMeet(t *testing.T) {
	script(`
		sell s 5 @ 100 in 1
		buy b 5 @ 100 -> bid 100 x 5; ask none
		buy c 3 @ 100 in 1 -> c s 3 @ 100; bid 100 x 5
	`).run(t)
}

func TestMarketOrders(t *testing.T) {
	t.Run("refused against an empty side", script(`
		buy b 5 @ 100
		buy m 5 market -> m refused no_liquidity
		buy m 5 market fok -> m refused no_liquidity
	`).run)
	t.Run("trade at any price, remainder canceled", script(`
		sell s1 5 @ 100; sell s2 5 @ 5000
		buy m 12 market -> m s1 5 @ 100; m s2 5 @ 5000; m canceled 2 ioc; bid none; ask none
	`).run)
	t.Run("filled in full", script(`
		sell s1 5 @ 100; sell s2 5 @ 5000
		buy m 7 market -> m s1 5 @ 100; m s2 2 @ 5000; ask 5000 x 3
	`).run)
	t.Run("fill or kill", script(`
		sell s1 5 @ 100; sell s2 5 @ 5000
		buy m 11 market fok -> m canceled 11 fok; ask 100 x 5
		buy n 10 market fok -> n s1 5 @ 100; n s2 5 @ 5000
	`).run)
	t.Run("never rest", script(`
		sell s 5 @ 100
		buy m 5 market gtc -> m refused bad_combination
		buy m 5 market post -> m refused bad_combination
		buy m 5 market -> m s 5 @ 100
	`).run)
}

func TestImmediateOrCancel(t *testing.T) {
	t.Run("the remainder is canceled, never rests", script(`
		sell s1 5 @ 100; sell s2 5 @ 102
		buy b 8 @ 101 ioc -> b s1 5 @ 100; b canceled 3 ioc; bid none; ask 102 x 5
	`).run)
	t.Run("with nothing to trade", script(`
		buy b 8 @ 101 ioc -> b canceled 8 ioc; bid none
		sell s 5 @ 102
		buy c 8 @ 101 ioc -> c canceled 8 ioc; bid none
	`).run)
	t.Run("filled in full", script(`
		sell s 5 @ 100
		buy b 5 @ 100 ioc -> b s 5 @ 100; ask none
	`).run)
}

func TestFillOrKill(t *testing.T) {
	t.Run("all across levels", script(`
		sell s1 5 @ 100; sell s2 5 @ 101
		buy b 8 @ 101 fok -> b s1 5 @ 100; b s2 3 @ 101; ask 101 x 2
	`).run)
	t.Run("or nothing", script(`
		sell s1 5 @ 100; sell s2 5 @ 101
		buy b 11 @ 101 fok -> b canceled 11 fok; ask 100 x 5; hold @ 101 s2
	`).run)
	t.Run("what lies beyond the limit does not count", script(`
		sell s1 5 @ 100; sell s2 5 @ 101; sell s3 5 @ 102
		buy b 11 @ 101 fok -> b canceled 11 fok
		buy c 11 @ 102 fok -> c s1 5 @ 100; c s2 5 @ 101; c s3 1 @ 102
	`).run)
	t.Run("exactly what is there", script(`
		sell s1 5 @ 100; sell s2 5 @ 101
		buy b 10 @ 101 fok -> b s1 5 @ 100; b s2 5 @ 101; ask none
	`).run)
	t.Run("what was executed does not count", script(`
		sell s1 5 @ 100
		buy b 3 @ 100 -> b s1 3 @ 100
		buy c 3 @ 100 fok -> c canceled 3 fok; ask 100 x 2
	`).run)
}

func TestPostOnly(t *testing.T) {
	t.Run("refused if it would trade", script(`
		sell s 5 @ 100
		buy b 5 @ 100 post -> b refused would_trade; bid none
		buy b 5 @ 101 post -> b refused would_trade; bid none; ask 100 x 5
		buy b 5 @ 99 post -> bid 99 x 5
	`).run)
	t.Run("trades as the resting order", script(`
		buy b 5 @ 99 post
		sell s 5 @ 99 -> s b 5 @ 99
	`).run)
	t.Run("with IOC and FOK is refused", script(`
		sell s 5 @ 100
		buy b 5 @ 99 post ioc -> b refused bad_combination
		buy b 5 @ 99 post fok -> b refused bad_combination
	`).run)
	t.Run("a replace that would cross is refused, and the original stays", script(`
		sell s 5 @ 100; buy b1 5 @ 98; buy b 5 @ 98 post; buy b2 5 @ 98
		replace b 5 @ 100 as c -> b refused would_trade; hold @ 98 b1 b b2
		replace b 5 @ 99 as c -> c replaced b 5 @ 99; bid 99 x 5
		replace c 5 @ 101 -> c refused would_trade; hold @ 99 c
	`).run)
}
