package engine_test

import "testing"

// Scripts of SEMANTICS 4: cancel, reduce, replace, mass cancel, a lost session.

func TestCancel(t *testing.T) {
	t.Run("by client id and by order id", script(`
		buy b1 5 @ 100; buy b2 6 @ 100; buy - 7 @ 100
		cancel b1 -> b1 canceled 5; bid 100 x 13
		cancel #3 -> #3 canceled 7; bid 100 x 6
		cancel #2 -> b2 canceled 6; bid none
	`).run)
	t.Run("takes out what is left", script(`
		buy b 5 @ 100
		sell s 2 @ 100 -> s b 2 @ 100
		cancel b -> b canceled 3; bid none
	`).run)
	t.Run("of an unknown order", script(`
		buy b 5 @ 100
		cancel x -> x refused unknown_order
		cancel #2 -> #2 refused unknown_order; bid 100 x 5
	`).run)
	t.Run("of a filled order", script(`
		buy b 5 @ 100
		sell s 5 @ 100 -> s b 5 @ 100
		cancel b -> b refused already_filled
		cancel #1 -> #1 refused already_filled
		cancel s -> s refused already_filled
		reduce s 1 -> s refused already_filled
		replace s 1 @ 100 -> s refused already_filled
	`).run)
	t.Run("of a canceled order", script(`
		buy b 5 @ 100
		cancel b -> b canceled 5
		cancel b -> b refused already_canceled
		cancel #1 -> #1 refused already_canceled
		reduce b 1 -> b refused already_canceled
		replace b 1 @ 100 -> b refused already_canceled
	`).run)
	t.Run("of an order that ended at once", script(`
		buy i 5 @ 100 ioc -> i canceled 5 ioc
		cancel i -> i refused already_canceled
		sell s 5 @ 100
		buy f 6 @ 100 fok -> f canceled 6 fok
		cancel f -> f refused already_canceled
		buy m 6 market -> m s 5 @ 100; m canceled 1 ioc
		cancel m -> m refused already_canceled
	`).run)
	t.Run("of somebody else's order is answered like an unknown one", script(`
		A: buy b 5 @ 100
		B: cancel b -> b refused unknown_order
		B: cancel #1 -> #1 refused unknown_order
		B: status #1 -> #1 refused unknown_order
		B: replace #1 6 @ 100 -> #1 refused unknown_order
		A: cancel b -> b canceled 5
		B: cancel #1 -> #1 refused unknown_order
	`).run)
	t.Run("by two names or none", script(`
		buy b 5 @ 100
		cancel - -> - refused bad_command
		status - -> - refused bad_command
		replace - 1 @ 100 -> - refused bad_command
	`).run)
	t.Run("in the middle of a queue", script(`
		sell s1 5 @ 100; sell s2 5 @ 100; sell s3 5 @ 100
		cancel s2 -> s2 canceled 5; hold @ 100 s1 s3
		buy b 7 @ 100 -> b s1 5 @ 100; b s3 2 @ 100
	`).run)
}

func TestReduce(t *testing.T) {
	t.Run("keeps priority", script(`
		sell s1 5 @ 100; sell s2 5 @ 100
		reduce s1 3 -> s1 reduced 5 to 3; hold @ 100 s1 s2; ask 100 x 8
		buy b 4 @ 100 -> b s1 3 @ 100; b s2 1 @ 100
	`).run)
	t.Run("names the total", script(`
		sell s 10 @ 100
		buy b 4 @ 100 -> b s 4 @ 100
		reduce s 7 -> s reduced 10 to 7; ask 100 x 3
	`).run)
	t.Run("to what is executed, or below, cancels the rest", script(`
		sell s 10 @ 100; sell z 10 @ 100
		buy b 4 @ 100 -> b s 4 @ 100
		reduce s 4 -> s canceled 6; hold @ 100 z
		buy c 4 @ 100 -> c z 4 @ 100
		reduce z 1 -> z canceled 6; ask none
		status z -> z done 6 canceled
	`).run)
	t.Run("is not an increase", script(`
		sell s 10 @ 100
		reduce s 10 -> s refused not_a_reduction
		reduce s 11 -> s refused not_a_reduction
		reduce s 0 -> s refused qty_range
		reduce s -1 -> s refused qty_range; ask 100 x 10
	`).run)
	t.Run("leaves the owner", script(`
		A: sell s 10 @ 100
		A2: reduce s 9 -> s reduced 10 to 9
		A2: lost -> all 0; ask 100 x 9
		A: lost -> s canceled 9 disconnect; all 1
	`).run)
}

func TestReplacePriority(t *testing.T) {
	t.Run("same price and not more: kept", script(`
		sell s1 5 @ 100; sell s2 5 @ 100
		replace s1 5 @ 100 -> s1 replaced 5 @ 100 kept; hold @ 100 s1 s2
		replace s1 4 @ 100 -> s1 replaced 4 @ 100 kept; hold @ 100 s1 s2; ask 100 x 9
		replace s1 - @ - as t -> t replaced s1 4 @ 100 kept; hold @ 100 t s2
		replace t 3 @ - -> t replaced 3 @ 100 kept; hold @ 100 t s2
		replace t - @ 100 -> t replaced 3 @ 100 kept; hold @ 100 t s2
	`).run)
	t.Run("more: lost", script(`
		sell s1 5 @ 100; sell s2 5 @ 100
		replace s1 6 @ 100 -> s1 replaced 6 @ 100; hold @ 100 s2 s1; ask 100 x 11
	`).run)
	t.Run("another price: lost, also when it comes back", script(`
		sell s1 5 @ 100; sell s2 5 @ 100
		replace s1 5 @ 101 -> s1 replaced 5 @ 101; hold @ 100 s2; hold @ 101 s1
		replace s1 - @ 100 -> s1 replaced 5 @ 100; hold @ 100 s2 s1; hold @ 101
	`).run)
	t.Run("requeue: lost", script(`
		sell s1 5 @ 100; sell s2 5 @ 100
		replace s1 4 @ 100 requeue -> s1 replaced 4 @ 100; hold @ 100 s2 s1
		replace s1 - @ - requeue -> s1 replaced 4 @ 100; hold @ 100 s2 s1
	`).run)
	t.Run("alone at its price", script(`
		sell s1 5 @ 100
		replace s1 9 @ 100 -> s1 replaced 9 @ 100; hold @ 100 s1; ask 100 x 9
	`).run)
}

func TestReplaceNamesTheTotal(t *testing.T) {
	t.Run("leaves is total less executed", script(`
		sell s 10 @ 100
		buy b 4 @ 100 -> b s 4 @ 100
		replace s 12 @ 101 -> s replaced 12 @ 101; ask 101 x 8
	`).run)
	t.Run("not above what is executed: the rest is canceled", script(`
		sell s1 10 @ 100; sell s2 10 @ 100
		buy b 14 @ 100 -> b s1 10 @ 100; b s2 4 @ 100
		replace s2 4 @ 101 as t -> t replaced s2 4 @ 101; t canceled 6; ask none
		status t -> t done 6 canceled
		status s2 -> s2 done 6 canceled
		cancel t -> t refused already_canceled
	`).run)
	t.Run("nor is the book asked then, whatever the price", script(`
		sell s 10 @ 100 post
		buy b 4 @ 100 -> b s 4 @ 100
		buy c 4 @ 98
		replace s 3 @ 98 -> s replaced 3 @ 98; s canceled 6; bid 98 x 4; ask none
	`).run)
}

func TestAReplaceThatCrossesTradesAsAnIncomingOrder(t *testing.T) {
	t.Run("and is filled", script(`
		sell s 5 @ 100; buy b 5 @ 99
		replace b 5 @ 103 -> b replaced 5 @ 103; b s 5 @ 100; bid none; ask none
		status b -> b done 0 filled
	`).run)
	t.Run("and rests what is left", script(`
		sell s1 5 @ 100; sell s2 5 @ 101; buy b 15 @ 99
		replace b - @ 101 as c -> c replaced b 15 @ 101; c s1 5 @ 100; c s2 5 @ 101; bid 101 x 5; hold @ 101 c
		status c -> c open 5 of 15 @ 101
	`).run)
	t.Run("with what it has executed", script(`
		sell s1 5 @ 100
		buy b 8 @ 100 -> b s1 5 @ 100; bid 100 x 3
		sell s2 2 @ 102
		replace b 9 @ 102 -> b replaced 9 @ 102; b s2 2 @ 102; bid 102 x 2
		cancel b -> b canceled 2
	`).run)
}

func TestARefusedReplaceLeavesTheOriginal(t *testing.T) {
	script(`
		sell s1 5 @ 100; sell s2 5 @ 100
		replace s1 0 @ 100 -> s1 refused qty_range; hold @ 100 s1 s2
		replace s1 2000000 @ 100 as x -> s1 refused qty_above_max; hold @ 100 s1 s2
		replace s1 5 @ 101 as s2 -> s1 refused duplicate_id; hold @ 100 s1 s2
		replace s1 5 @ 101 as s1 -> s1 refused duplicate_id; hold @ 100 s1 s2
		replace s1 5 @ 101 as x -> x replaced s1 5 @ 101
	`).run(t)
}

func TestReplaceMovesTheOrderToItsSession(t *testing.T) {
	script(`
		A: sell s 5 @ 100; A: sell t 5 @ 100
		A2: replace s 4 @ 100 -> s replaced 4 @ 100 kept
		A: lost -> t canceled 5 disconnect; all 1; ask 100 x 4
		A2: lost -> s canceled 4 disconnect; all 1; ask none
	`).run(t)
}

func TestMassCancel(t *testing.T) {
	t.Run("of an account, in entry order", script(`
		A: sell s1 5 @ 102; B: sell x 5 @ 101; A: buy b1 5 @ 90; A2: sell s2 5 @ 101; A: buy b2 5 @ 91 in 1
		A: replace s1 5 @ 103 -> s1 replaced 5 @ 103
		A: cancel-all account -> s1 canceled 5; b1 canceled 5; s2 canceled 5; b2 canceled 5; all 4; ask 101 x 5; bid none
		A: cancel-all account -> all 0
	`).run)
	t.Run("of a session", script(`
		A: sell s1 5 @ 102; A2: sell s2 5 @ 101; A: buy b1 5 @ 90
		A2: cancel-all session -> s2 canceled 5; all 1; ask 102 x 5
		A: cancel-all session -> s1 canceled 5; b1 canceled 5; all 2
	`).run)
	t.Run("of one side, of one instrument, of a price range", script(`
		sell s1 5 @ 101; sell s2 5 @ 102; sell s3 5 @ 103; buy b1 5 @ 90; buy b2 5 @ 90 in 1; sell s4 5 @ 104 in 1
		cancel-all account sell @ 102..103 -> s2 canceled 5; s3 canceled 5; all 2
		cancel-all account buy in 1 -> b2 canceled 5; all 1
		cancel-all account @ 90..101 -> s1 canceled 5; b1 canceled 5; all 2
		cancel-all account in 0 -> all 0
		cancel-all account -> s4 canceled 5; all 1
	`).run)
	t.Run("by the operator: buys best first, then sells, in queue order", script(`
		A: sell s1 5 @ 102; B: sell s2 5 @ 101; A: sell s3 5 @ 101; A: buy b1 5 @ 90; B: buy b2 5 @ 91; C: buy b3 5 @ 90; A: buy z 5 @ 90 in 1
		D: cancel-all instrument -> b2 canceled 5 operator; b1 canceled 5 operator; b3 canceled 5 operator; s2 canceled 5 operator; s3 canceled 5 operator; s1 canceled 5 operator; all 6
		A: status z -> z open 5 of 5 @ 90
		A: cancel s1 -> s1 refused already_canceled
	`).run)
	t.Run("by the operator: one side, a price range", script(`
		A: sell s1 5 @ 102; B: sell s2 5 @ 101; A: buy b1 5 @ 90; B: buy b2 5 @ 91
		D: cancel-all instrument buy @ 91..200 -> b2 canceled 5 operator; all 1; bid 90 x 5
		D: cancel-all instrument sell -> s2 canceled 5 operator; s1 canceled 5 operator; all 2; bid 90 x 5; ask none
	`).run)
	t.Run("takes out what is left", script(`
		sell s1 5 @ 101
		buy b 3 @ 101 -> b s1 3 @ 101
		cancel-all account -> s1 canceled 2; all 1
	`).run)
}

func TestALostSessionTakesItsOrdersWithIt(t *testing.T) {
	t.Run("in entry order, and only its own", script(`
		A: sell s1 5 @ 102; A2: sell s2 5 @ 101; A: buy b1 5 @ 90; A: buy b2 5 @ 91 in 1; B: buy x 5 @ 90
		A: lost -> s1 canceled 5 disconnect; b1 canceled 5 disconnect; b2 canceled 5 disconnect; all 3; ask 101 x 5; bid 90 x 5
		A2: status s1 -> s1 done 5 disconnect
		A2: cancel s1 -> s1 refused already_canceled
	`).run)
	t.Run("unless it asked to keep them", script(`
		A: sell s1 5 @ 102
		A: lost keep -> all 0; ask 102 x 5
	`).run)
}

func TestStatusAndOrders(t *testing.T) {
	script(`
		A: sell s1 5 @ 102; A: buy b1 5 @ 90; A2: buy - 6 @ 91 in 1; B: buy x 5 @ 90
		B: buy y 2 @ 102 -> y s1 2 @ 102
		A: orders -> s1 open 3 of 5 @ 102; b1 open 5 of 5 @ 90; #3 open 6 of 6 @ 91; all 3
		A: status s1 -> s1 open 3 of 5 @ 102
		A: status #3 -> #3 open 6 of 6 @ 91
		B: status y -> y done 0 filled
		B: status #5 -> #5 done 0 filled
		A: replace s1 7 @ 103 as s2 -> s2 replaced s1 7 @ 103
		A: status s1 -> s2 open 5 of 7 @ 103
		A: cancel b1 -> b1 canceled 5
		A: orders -> s2 open 5 of 7 @ 103; #3 open 6 of 6 @ 91; all 2
		C: orders -> all 0
		A: status nobody -> nobody refused unknown_order
	`).run(t)
}
