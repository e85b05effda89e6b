package engine_test

import (
	"testing"

	"pricetime/engine"
	"pricetime/engine/flow"
)

// A runner applies commands to an engine alone.
type runner struct {
	engine *engine.Engine
	events *engine.Events
	seq    engine.Seq
	last   engine.OrderID // of the newest order
	ids    uint32         // client ids used
}

func newRunner(t testing.TB, limits engine.Limits, instruments []engine.Instrument) *runner {
	t.Helper()
	e, err := engine.New(limits, instruments)
	if err != nil {
		t.Fatal(err)
	}
	return &runner{engine: e, events: engine.NewEvents(limits.EventsPerCommandMax())}
}

func (r *runner) apply(c *engine.Command) []engine.Event {
	r.seq++
	r.events.Reset()
	r.engine.Apply(r.seq, c, r.events)
	events := r.events.All()
	if events[0].Kind == engine.EvAccepted {
		r.last = events[0].OrderID
	}
	return events
}

// fresh gives a command a client id that was not used yet.
func (r *runner) fresh(c engine.Command) *engine.Command {
	r.ids++
	if c.Kind == engine.CmdReplace {
		c.NewClOrdID = flow.ClOrdID(r.ids)
	} else {
		c.ClOrdID = flow.ClOrdID(r.ids)
	}
	return &c
}

// newest makes a command name the newest order.
func (r *runner) newest(c engine.Command) *engine.Command {
	c.OrderID, c.ClOrdID = r.last, engine.ClOrdID{}
	return &c
}

// TestNoCommandAllocates gives each kind of command to an engine that has lived a
// little. Each case leaves the book as it found it.
func TestNoCommandAllocates(t *testing.T) {
	limits := engine.Limits{OrdersMax: 1000, AccountsMax: 4, LevelsPerSideMax: 256, OrdersPerDay: 200_000, ClOrdIDsPerDay: 200_000, ParkedMax: 100, SlicesMax: 100}
	var (
		buy, cancel  = cmd("buy x 5 @ 100"), cmd("cancel #1")
		sell         = cmd("sell x 5 @ 100")
		sellPart     = cmd("sell x 2 @ 100")
		ioc, fok     = cmd("buy x 5 @ 100 ioc"), cmd("buy x 5 @ 100 fok")
		sweep        = cmd("buy x 1000000 @ 250 ioc")
		market       = cmd("sell x 5 market")
		post         = cmd("buy x 5 @ 100 post")
		reduce       = cmd("reduce #1 3")
		move, keep   = cmd("replace #1 6 @ 99"), cmd("replace #1 4 @ 100")
		rename       = cmd("replace #1 - @ - requeue")
		toSell       = cmd("replace #1 9 @ 150")
		account      = cmd("cancel-all account @ 1..149")
		session      = cmd("cancel-all session @ 1..149")
		instrument   = cmd("cancel-all instrument @ 1..149")
		other, lost  = cmd("B: buy x 5 @ 100"), cmd("B: lost")
		status       = cmd("status #1")
		orders       = cmd("orders")
		twice        = cmd("buy twice 5 @ 10")
		duplicate    = cmd("buy twice 6 @ 10")
		unknown      = cmd("cancel nobody")
		noSuchKind   = engine.Command{}
		tooMuch      = cmd("buy x 2000000 @ 100")
		wouldTrade   = cmd("buy x 5 @ 150 post")
		decimal      = cmd("buy x 5 @ 100")
		offTheTick   = cmd("buy x 5 @ 100")
		killed       = cmd("buy x 1000000 @ 250 fok")
		iceberg      = cmd("buy x 10 @ 100 display 2")
		hidden       = cmd("buy x 5 @ 100 hidden")
		stop, mtl    = cmd("buy x 5 stop 200"), cmd("sell x 5 mtl")
		gtd          = cmd("buy x 5 @ 100 gtd 90")
		mine         = cmd("sell x 5 @ 100 stp co")
		passes       = engine.Command{Kind: engine.CmdTime}
		notReduction = cmd("reduce #1 5")
	)
	decimal.Flags |= engine.CmdFlagDecimal
	offTheTick.Refusal = engine.ReasonPriceOffTick

	cases := []struct {
		what string
		run  func(r *runner)
	}{
		{"enter and cancel", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.newest(cancel)) }},
		{"enter in decimals", func(r *runner) { r.apply(r.fresh(decimal)); r.apply(r.newest(cancel)) }},
		{"post-only", func(r *runner) { r.apply(r.fresh(post)); r.apply(r.newest(cancel)) }},
		{"trade in full", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.fresh(sell)) }},
		{"trade in part", func(r *runner) { r.apply(r.fresh(sellPart)); r.apply(r.fresh(buy)); r.apply(r.newest(cancel)) }},
		{"ioc", func(r *runner) { r.apply(r.fresh(sellPart)); r.apply(r.fresh(ioc)) }},
		{"fok", func(r *runner) { r.apply(r.fresh(sell)); r.apply(r.fresh(fok)) }},
		{"fok killed", func(r *runner) { r.apply(r.fresh(killed)) }},
		{"market", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.fresh(market)) }},
		{"reduce", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.newest(reduce)); r.apply(r.newest(cancel)) }},
		{"replace that moves", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.newest(*r.fresh(move))); r.apply(r.newest(cancel)) }},
		{"replace that keeps", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.newest(keep)); r.apply(r.newest(cancel)) }},
		{"replace that renames", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.newest(*r.fresh(rename))); r.apply(r.newest(cancel)) }},
		{"replace that trades", func(r *runner) {
			r.apply(r.fresh(cmd150)) // a sell at 150 in front of the wall
			r.apply(r.fresh(buy))
			r.apply(r.newest(toSell))
			r.apply(r.newest(cancel))
		}},
		{"cancel-all account", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.fresh(buy)); r.apply(&account) }},
		{"cancel-all session", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.fresh(buy)); r.apply(&session) }},
		{"cancel-all instrument", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.fresh(other)); r.apply(&instrument) }},
		{"session lost", func(r *runner) { r.apply(r.fresh(other)); r.apply(r.fresh(other)); r.apply(&lost) }},
		{"status", func(r *runner) { r.apply(r.newest(status)) }},
		{"orders", func(r *runner) { r.apply(&orders) }},
		{"resend", func(r *runner) { r.apply(&twice) }},
		{"refusals", func(r *runner) {
			r.apply(&duplicate)
			r.apply(&unknown)
			r.apply(&noSuchKind)
			r.apply(&tooMuch)
			r.apply(&wouldTrade)
			r.apply(&offTheTick)
			r.apply(r.newest(notReduction))
		}},
		{"iceberg and its slices", func(r *runner) { r.apply(r.fresh(iceberg)); r.apply(r.fresh(sell)); r.apply(r.fresh(sell)) }},
		{"hidden", func(r *runner) { r.apply(r.fresh(hidden)); r.apply(r.fresh(sell)) }},
		{"stop that parks", func(r *runner) { r.apply(r.fresh(stop)); r.apply(r.newest(cancel)) }},
		{"market to limit", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.fresh(mtl)) }},
		{"good till date", func(r *runner) { r.apply(r.fresh(gtd)); r.apply(r.newest(cancel)) }},
		{"self-trade prevention", func(r *runner) { r.apply(r.fresh(buy)); r.apply(r.fresh(mine)); r.apply(r.newest(cancel)) }},
		{"time", func(r *runner) { passes.Time++; r.apply(&passes) }},
		{"sweep of a wall and its return", func(r *runner) {
			r.apply(r.fresh(sweep))
			r.wall()
		}},
	}
	for _, tt := range cases {
		t.Run(tt.what, func(t *testing.T) {
			r := newRunner(t, limits, scriptInstruments)
			r.wall()
			r.apply(&twice)
			tt.run(r)
			open := r.engine.OpenOrders()
			if n := testing.AllocsPerRun(100, func() { tt.run(r) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
			if got := r.engine.OpenOrders(); got != open {
				t.Errorf("the book went from %d to %d orders", open, got)
			}
			if err := r.engine.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

var (
	cmd150   = cmd("sell x 9 @ 150")
	wallSell = cmd("sell x 5 @ 151")
)

// wall gives the book a hundred offers from 151 up.
func (r *runner) wall() {
	for i := range 100 {
		c := wallSell
		c.Price += engine.Price(i)
		r.apply(r.fresh(c))
	}
}

// TestLevelsComeAndGoWithoutAllocating opens and closes thousands of levels in an
// order that makes the tree split and merge. The warm-up is long: a node of the
// tree keeps the room that it once had, and each has to have been a leaf and an
// inner node before none grows any more.
func TestLevelsComeAndGoWithoutAllocating(t *testing.T) {
	const levels = 3000
	limits := engine.Limits{OrdersMax: levels, AccountsMax: 1, LevelsPerSideMax: levels, OrdersPerDay: 100 * levels, ClOrdIDsPerDay: 1}
	r := newRunner(t, limits, scriptInstruments)
	ids := make([]engine.OrderID, levels)
	enter, cancel := cmd("buy - 1 @ 1"), cmd("cancel #1")
	churn := func() {
		for i := range levels {
			enter.Price = engine.Price(i * 1009 % levels * 7)
			ids[i] = r.apply(&enter)[0].OrderID
		}
		for i := range levels {
			cancel.OrderID = ids[i*2003%levels]
			r.apply(&cancel)
		}
	}
	for range 80 {
		churn()
	}
	if n := testing.AllocsPerRun(5, churn); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if n := r.engine.OpenOrders(); n != 0 {
		t.Errorf("%d orders are left", n)
	}
	if err := r.engine.Check(); err != nil {
		t.Error(err)
	}
}
