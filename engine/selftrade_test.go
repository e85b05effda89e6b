package engine_test

import (
	"testing"

	"pricetime/engine"
)

// Scripts of self-trade prevention (SEMANTICS 6).

func TestSelfTradeModes(t *testing.T) {
	t.Run("none: they trade", script(`
		A: sell s 5 @ 100
		A: buy b 5 @ 100 stp none -> b s 5 @ 100
	`).run)
	t.Run("cancel newest: fills before the collision stand", script(`
		B: sell o 2 @ 99; A: sell s 5 @ 100; B: sell p 5 @ 100
		A: buy b 9 @ 100 stp cn -> b o 2 @ 99; b canceled 7 self_trade; hold @ 100 s p; bid none
	`).run)
	t.Run("cancel oldest: and on", script(`
		A: sell s1 5 @ 99; B: sell o 2 @ 100; A: sell s2 5 @ 100; B: sell p 5 @ 100
		A: buy b 9 @ 100 stp co -> s1 canceled 5 self_trade; b o 2 @ 100; s2 canceled 5 self_trade; b p 5 @ 100; bid 100 x 2
	`).run)
	t.Run("cancel oldest: what is not reached stays", script(`
		B: sell o 9 @ 100; A: sell s 5 @ 100
		A: buy b 9 @ 100 stp co -> b o 9 @ 100; hold @ 100 s
	`).run)
	t.Run("cancel both", script(`
		B: sell o 2 @ 100; A: sell s 5 @ 100; A: sell z 5 @ 100
		A: buy b 9 @ 100 stp cb -> b o 2 @ 100; s canceled 5 self_trade; b canceled 7 self_trade; hold @ 100 z
	`).run)
	t.Run("an order that only met its own rests", script(`
		A: sell s 5 @ 100
		A: buy b 5 @ 100 stp co -> s canceled 5 self_trade; bid 100 x 5; ask none
	`).run)
	t.Run("the incoming order decides", script(`
		A: sell s 5 @ 100 stp cn
		A: buy b 5 @ 100 -> b s 5 @ 100
	`).run)
	t.Run("others are not its own", script(`
		A: sell s 5 @ 100
		B: buy b 5 @ 100 stp cb -> b s 5 @ 100
	`).run)
}

func TestSelfTradeDecrements(t *testing.T) {
	t.Run("the resting order is smaller", script(`
		A: sell s 3 @ 100; B: sell o 9 @ 100
		A: buy b 10 @ 100 stp dc -> s canceled 3 self_trade; b reduced 10 to 7; b o 7 @ 100; ask 100 x 2; bid none
	`).run)
	t.Run("the incoming order is smaller", script(`
		A: sell s 10 @ 100; B: sell o 9 @ 100
		A: buy b 3 @ 100 stp dc -> s reduced 10 to 7; b canceled 3 self_trade; hold @ 100 s o; ask 100 x 16
	`).run)
	t.Run("equal: both go", script(`
		A: sell s 3 @ 100; B: sell o 9 @ 100
		A: buy b 3 @ 100 stp dc -> s canceled 3 self_trade; b canceled 3 self_trade; hold @ 100 o
	`).run)
	t.Run("after a fill, leaves count", script(`
		B: sell o 4 @ 99; A: sell s 10 @ 100
		B: buy x 2 @ 99 -> x o 2 @ 99
		A: buy b 5 @ 100 stp dc -> b o 2 @ 99; s reduced 10 to 7; b canceled 3 self_trade
	`).run)
	t.Run("reserve counts, and goes first", script(`
		A: sell s 30 @ 100 display 10
		A: buy b 15 @ 100 stp dc -> s reduced 30 to 15; b canceled 15 self_trade
		A: status s -> s open 15 of 15 @ 100 shows 10
		A: buy c 9 @ 100 stp dc -> s reduced 15 to 6; c canceled 9 self_trade
		A: status s -> s open 6 of 6 @ 100 shows 6
		A: buy d 8 @ 100 display 4 stp dc -> s canceled 6 self_trade; d reduced 8 to 2; bid 100 x 2
		A: status d -> d open 2 of 2 @ 100 shows 2
	`).run)
}

func TestSelfTradeGroups(t *testing.T) {
	t.Run("accounts of one group are own", script(`
		account A group 7 cap 0; account B group 7 cap 0
		A: sell s 5 @ 100; C: sell o 5 @ 100
		B: buy b 7 @ 100 stp co -> s canceled 5 self_trade; b o 5 @ 100; bid 100 x 2
	`).run)
	t.Run("no group is none, and a group can be left", script(`
		A: sell s 5 @ 100
		B: buy b 1 @ 100 stp cn -> b s 1 @ 100
		account A group 7 cap 0; account B group 7 cap 0
		B: buy c 1 @ 100 stp cn -> c canceled 1 self_trade
		account B group 8 cap 0
		B: buy d 1 @ 100 stp cn -> d s 1 @ 100
	`).run)
}

func TestTheInstrumentsSelfTradeMode(t *testing.T) {
	script(`
		A: sell s 5 @ 100
		A: buy b 5 @ 100 -> b canceled 5 self_trade
		A: buy c 2 @ 100 stp none -> c s 2 @ 100
		A: buy d 3 @ 99
		A: replace d - @ 100 -> d replaced 3 @ 100; d canceled 3 self_trade
	`).on(engine.Instrument{SelfTrade: engine.SelfTradeNewest})(t)
}

func TestAReplacedOrderKeepsItsMode(t *testing.T) {
	script(`
		A: sell s 5 @ 100; A: buy b 3 @ 99 stp cb
		A: replace b - @ 100 -> b replaced 3 @ 100; s canceled 5 self_trade; b canceled 3 self_trade; ask none; bid none
	`).run(t)
}

func TestFillOrKillAndSelfTrade(t *testing.T) {
	t.Run("newest: only what stands ahead of the first own order", script(`
		B: sell o1 5 @ 99; B: sell o2 5 @ 100; A: sell s 5 @ 100; B: sell o3 5 @ 100
		A: buy b 11 @ 100 fok stp cn -> b canceled 11 fok
		A: buy c 10 @ 100 fok stp cn -> c o1 5 @ 99; c o2 5 @ 100; hold @ 100 s o3
	`).run)
	t.Run("both: the same", script(`
		B: sell o1 5 @ 99; B: sell o2 5 @ 100; A: sell s 5 @ 100
		A: buy b 11 @ 100 fok stp cb -> b canceled 11 fok; ask 99 x 5
		A: buy c 10 @ 100 fok stp cb -> c o1 5 @ 99; c o2 5 @ 100; hold @ 100 s
	`).run)
	t.Run("newest: reserve at the own order's level would come behind it, better levels' does not", script(`
		B: sell i1 20 @ 99 display 5; B: sell i2 20 @ 100 display 5; A: sell s 5 @ 100
		A: buy b 26 @ 100 fok stp cn -> b canceled 26 fok
		A: buy c 25 @ 100 fok stp cn -> c i1 5 @ 99; i1 refreshed 5; c i1 5 @ 99; i1 refreshed 5; c i1 5 @ 99; i1 refreshed 5; c i1 5 @ 99; c i2 5 @ 100; i2 refreshed 5; hold @ 100 s i2
	`).run)
	t.Run("oldest: all but own orders", script(`
		B: sell o1 5 @ 99; A: sell s 5 @ 100; B: sell o2 5 @ 100
		A: buy b 11 @ 100 fok stp co -> b canceled 11 fok; hold @ 100 s o2
		A: buy c 10 @ 100 fok stp co -> c o1 5 @ 99; s canceled 5 self_trade; c o2 5 @ 100
	`).run)
	t.Run("none: own orders too", script(`
		B: sell o1 5 @ 99; A: sell s 5 @ 100
		A: buy c 10 @ 100 fok -> c o1 5 @ 99; c s 5 @ 100
	`).run)
	t.Run("decrement goes with neither FOK nor a minimum", script(`
		B: sell o1 5 @ 99
		A: buy b 5 @ 99 fok stp dc -> b refused bad_combination
		A: buy b 5 @ 99 ioc min 1 stp dc -> b refused bad_combination
		A: buy b 5 @ 99 ioc stp dc -> b o1 5 @ 99
	`).run)
	t.Run("a minimum counts in the same way", script(`
		B: sell o1 5 @ 99; A: sell s 5 @ 100; B: sell o2 5 @ 100
		A: buy b 9 @ 100 ioc min 6 stp cn -> b canceled 9 minimum
		A: buy c 9 @ 100 ioc min 5 stp cn -> c o1 5 @ 99; c canceled 4 self_trade; hold @ 100 s o2
		A: buy d 9 @ 100 ioc min 6 stp co -> d canceled 9 minimum
		A: buy e 9 @ 100 ioc min 5 stp co -> s canceled 5 self_trade; e o2 5 @ 100; e canceled 4 ioc
	`).run)
}
