package engine_test

import "testing"

// Scripts of SEMANTICS 5: client ids, resends, duplicates.

func TestTheSameCommandAgainChangesNothing(t *testing.T) {
	t.Run("open", script(`
		buy b 5 @ 100
		buy b 5 @ 100 -> b open 5 of 5 @ 100 resent; bid 100 x 5
		sell s 2 @ 100 -> s b 2 @ 100
		buy b 5 @ 100 -> b open 3 of 5 @ 100 resent; bid 100 x 3
		sell s 2 @ 100 -> s done 0 filled resent
	`).run)
	t.Run("filled, canceled", script(`
		buy b 5 @ 100
		sell s 5 @ 100 -> s b 5 @ 100
		buy b 5 @ 100 -> b done 0 filled resent; bid none
		buy c 5 @ 100; cancel c -> c canceled 5
		buy c 5 @ 100 -> c done 5 canceled resent; bid none
		buy i 5 @ 100 ioc -> i canceled 5 ioc
		buy i 5 @ 100 ioc -> i done 5 ioc resent
	`).run)
	t.Run("under another name by now", script(`
		buy b 5 @ 100
		replace b 6 @ 100 as c -> c replaced b 6 @ 100
		buy b 5 @ 100 -> c open 6 of 6 @ 100 resent; bid 100 x 6
	`).run)
	t.Run("from another session of the account", script(`
		A: buy b 5 @ 100
		A2: buy b 5 @ 100 -> b open 5 of 5 @ 100 resent
		A2: lost -> all 0; bid 100 x 5
	`).run)
	t.Run("a replace", script(`
		buy b 5 @ 100; buy z 1 @ 100
		replace b 6 @ 100 as c -> c replaced b 6 @ 100; hold @ 100 z c
		replace b 6 @ 100 as c -> c open 6 of 6 @ 100 resent; hold @ 100 z c
		replace #1 6 @ 100 as c -> c open 6 of 6 @ 100 resent
		replace c - @ 101 as d -> d replaced c 6 @ 101
		replace b 6 @ 100 as c -> d open 6 of 6 @ 101 resent
		cancel d -> d canceled 6
		replace b 6 @ 100 as c -> c done 6 canceled resent
		replace b 7 @ 100 as c -> b refused duplicate_id
		replace z 6 @ 100 as c -> z refused duplicate_id
	`).run)
}

func TestTheSameIDWithOtherContentIsADuplicate(t *testing.T) {
	script(`
		buy b 5 @ 100; buy c 5 @ 100
		buy b 6 @ 100 -> b refused duplicate_id
		buy b 5 @ 101 -> b refused duplicate_id
		sell b 5 @ 100 -> b refused duplicate_id
		buy b 5 @ 100 ioc -> b refused duplicate_id
		buy b 5 @ 100 post -> b refused duplicate_id
		buy b 5 @ 100 in 1 -> b refused duplicate_id
		replace c 5 @ 99 as b -> c refused duplicate_id
		replace c 5 @ 99 as d -> d replaced c 5 @ 99; bid 100 x 5
		buy d 5 @ 99 -> d refused duplicate_id
	`).run(t)
}

func TestAClientIDIsNeverFreeAgain(t *testing.T) {
	t.Run("after a fill", script(`
		buy b 5 @ 100
		sell s 5 @ 100 -> s b 5 @ 100
		buy b 6 @ 100 -> b refused duplicate_id
	`).run)
	t.Run("after a cancel", script(`
		buy b 5 @ 100
		cancel b -> b canceled 5
		buy b 6 @ 100 -> b refused duplicate_id
	`).run)
	t.Run("after a replace", script(`
		buy b 5 @ 100
		replace b 6 @ 100 as c -> c replaced b 6 @ 100
		buy b 7 @ 100 -> b refused duplicate_id
		replace c 7 @ 100 as b -> c refused duplicate_id
	`).run)
	t.Run("after the session", script(`
		A: buy b 5 @ 100
		A: lost -> b canceled 5 disconnect; all 1
		A2: buy b 6 @ 100 -> b refused duplicate_id
	`).run)
	t.Run("but a refusal uses none", script(`
		buy b 0 @ 100 -> b refused qty_range
		buy b 5 @ 100 -> bid 100 x 5
		replace b 0 @ 100 as c -> b refused qty_range
		buy c 5 @ 100 -> bid 100 x 10
	`).run)
}

func TestClientIDsBelongToAccounts(t *testing.T) {
	script(`
		A: buy b 5 @ 100; B: buy b 6 @ 100
		B: cancel b -> b canceled 6; bid 100 x 5
		A: status b -> b open 5 of 5 @ 100
	`).run(t)
}

func TestAnOrderGoesByItsNewestID(t *testing.T) {
	script(`
		buy b 5 @ 100
		replace b 6 @ 100 as c -> c replaced b 6 @ 100
		replace c 7 @ 100 as d -> d replaced c 7 @ 100
		cancel b -> b refused already_replaced
		reduce c 1 -> c refused already_replaced
		replace b 5 @ 100 as e -> b refused already_replaced
		status b -> d open 7 of 7 @ 100
		replace d 8 @ 100 -> d replaced 8 @ 100
		cancel d -> d canceled 8
		cancel b -> b refused already_canceled
		status b -> b done 8 canceled
		status #1 -> #1 done 8 canceled
	`).run(t)
}

func TestAnOrderWithoutAClientID(t *testing.T) {
	script(`
		buy - 5 @ 100; buy - 5 @ 100
		replace #1 5 @ 101 -> #1 replaced 5 @ 101; bid 101 x 5
		replace #1 - @ - as b -> b replaced - 5 @ 101 kept
		cancel b -> b canceled 5
		cancel #2 -> #2 canceled 5
	`).run(t)
}
