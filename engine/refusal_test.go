package engine_test

import (
	"math"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/engine/flow"
)

// cmd is a command in the words of a script.
func cmd(text string) engine.Command {
	c, err := parseCommand(strings.Fields(text))
	if err != nil {
		panic(text + ": " + err.Error())
	}
	return c
}

// must gives a command to both and fails the test if they disagree.
func (p *pair) must(t *testing.T, c engine.Command) []engine.Event {
	t.Helper()
	events, err := p.apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// refusal is the reason of a refused command, or ReasonNone.
func refusal(events []engine.Event) engine.Reason {
	if k := events[0].Kind; k == engine.EvRejected || k == engine.EvCancelRejected {
		return events[0].Reason
	}
	return engine.ReasonNone
}

// TestARefusedCommandChangesNothing runs flows that reach every reason there is,
// and compares the digest and the open orders before and after each refusal.
func TestARefusedCommandChangesNothing(t *testing.T) {
	var reached [engine.ReasonRefusals]int
	for name, limits := range twinLimits {
		for seed := uint64(100); seed < 104; seed++ {
			p := newPair(limits, flow.VenueInstruments())
			next := flow.NewRandom(seed, limits, flow.VenueInstruments()).Everything()
			var c engine.Command
			for range 2000 {
				next.Next(&c)
				p.must(t, engine.Command{Kind: engine.CmdTime, Time: c.Time}) // what expires is not the refused command's doing
				digest, open := p.engine.Digest(), p.engine.OpenOrders()
				events := p.must(t, c)
				next.Observe(&c, events)
				why := refusal(events)
				if why == engine.ReasonNone {
					continue
				}
				reached[why]++
				if len(events) != 1 {
					t.Fatalf("%s, seed %d: a refusal made %d events: %s", name, seed, len(events), fields(c))
				}
				if p.engine.Digest() != digest || p.engine.OpenOrders() != open {
					t.Fatalf("%s, seed %d: refused for %s and yet the book changed: %s", name, seed, reasonText[why], fields(c))
				}
			}
		}
	}
	for why := engine.ReasonNone + 1; why < engine.ReasonRefusals; why++ {
		if reached[why] == 0 {
			t.Errorf("no flow was refused for %s", reasonText[why])
		}
	}
}

// edges are instruments at which the numbers end.
var edges = []engine.Instrument{
	{Symbol: "CENT", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 1000},
	{Symbol: "WIDE", Tick: 1, Lot: 1, QtyMax: engine.QtyMax, NonPositivePrices: true},
}

// TestFaultsAreFoundInTheOrderOfTheList sends an order with all faults at once and
// puts one right after the other: the reasons come in the order of the list.
func TestFaultsAreFoundInTheOrderOfTheList(t *testing.T) {
	type step struct {
		why engine.Reason
		fix func(*engine.Command)
	}
	check := func(t *testing.T, p *pair, c engine.Command, steps []step) {
		t.Helper()
		before := engine.ReasonNone
		for _, s := range steps {
			if got := refusal(p.must(t, c)); got != s.why {
				t.Fatalf("refused for %q, want %q: %s", reasonText[got], reasonText[s.why], fields(c))
			}
			if s.why <= before {
				t.Fatalf("%s comes after %s", reasonText[s.why], reasonText[before])
			}
			before = s.why
			s.fix(&c)
		}
		if got := refusal(p.must(t, c)); got != engine.ReasonNone {
			t.Fatalf("nothing is wrong any more and yet: %s", reasonText[got])
		}
	}

	t.Run("enter", func(t *testing.T) {
		limits := scriptLimits
		limits.OrdersPerDay, limits.OrdersMax, limits.LevelsPerSideMax = 3, 2, 1
		p := newPair(limits, edges)
		p.must(t, cmd("buy used 5 @ 100"))
		p.must(t, cmd("sell s 5 @ 101"))

		c := cmd("buy used 7 @ 101 post fok")
		c.Side, c.Instrument = 2, 9
		c.Flags |= engine.CmdFlagDecimal
		c.Price, c.Qty = -1, -1
		check(t, p, c, []step{
			{engine.ReasonBadCommand, func(c *engine.Command) { c.Side = engine.Buy }},
			{engine.ReasonUnknownInstrument, func(c *engine.Command) { c.Instrument = 0 }},
			{engine.ReasonDuplicateID, func(c *engine.Command) { c.ClOrdID = clOrdID("new") }},
			{engine.ReasonPriceOffTick, func(c *engine.Command) { c.Price = -engine.DecimalOne }},
			{engine.ReasonPriceRange, func(c *engine.Command) { c.Price = 1000 * engine.DecimalOne }},
			{engine.ReasonQtyOffLot, func(c *engine.Command) { c.Qty = -engine.DecimalOne }},
			{engine.ReasonQtyRange, func(c *engine.Command) { c.Qty = 1001 * engine.DecimalOne }},
			{engine.ReasonBadCombination, func(c *engine.Command) { c.TimeInForce = engine.GTC }},
			{engine.ReasonQtyAboveMax, func(c *engine.Command) { c.Qty = engine.DecimalOne }},
			{engine.ReasonWouldTrade, func(c *engine.Command) { c.Price = engine.DecimalOne / 100 * 99 }},
			{engine.ReasonOrderLimit, func(c *engine.Command) { p.must(t, cmd("cancel s")) }},
			{engine.ReasonLevelLimit, func(c *engine.Command) { p.must(t, cmd("cancel used")) }},
		})
		p.must(t, cmd("cancel new"))
		if got := refusal(p.must(t, cmd("buy n4 1 @ 100"))); got != engine.ReasonIDLimit {
			t.Fatalf("the day's fourth order: %s", reasonText[got])
		}
	})

	t.Run("enter, with all that an order can have", func(t *testing.T) {
		limits := scriptLimits
		limits.OrdersMax, limits.ParkedMax, limits.SlicesMax = 3, 1, 5
		banded := edges[0]
		banded.NotionalMax, banded.Reference, banded.Static = 2_000, 100, engine.Band{Ticks: 50}
		p := newPair(limits, []engine.Instrument{banded})
		for _, text := range []string{"B: buy p 1 stop 140", "B: buy q 5 @ 99", "A2: buy r 5 @ 99", "account A group 0 cap 1", "kill session A", "phase halted"} {
			p.must(t, cmd(text))
		}

		c := cmd("buy new 1001 stop 0 @ 151 display 1002 min 1002 gtd 0 hidden")
		check(t, p, c, []step{
			{engine.ReasonKilled, func(c *engine.Command) { c.Session = 2 }},
			{engine.ReasonPhase, func(c *engine.Command) {
				p.must(t, cmd("phase pre-open"))
				p.must(t, cmd("phase continuous"))
			}},
			{engine.ReasonStopPrice, func(c *engine.Command) { c.StopPrice = 140 }},
			{engine.ReasonDisplay, func(c *engine.Command) { c.DisplayQty = 1 }},
			{engine.ReasonMinQty, func(c *engine.Command) { c.MinQty = 1 }},
			{engine.ReasonExpireTime, func(c *engine.Command) { c.ExpireTime = 100 }},
			{engine.ReasonBadCombination, func(c *engine.Command) { c.MinQty, c.Flags = 0, 0 }},
			{engine.ReasonQtyAboveMax, func(c *engine.Command) { c.Qty = 20 }},
			{engine.ReasonNotionalMax, func(c *engine.Command) { c.Qty = 10 }},
			{engine.ReasonCollar, func(c *engine.Command) { c.Price = 150 }},
			{engine.ReasonOrderLimit, func(c *engine.Command) { p.must(t, cmd("B: cancel q")) }},
			{engine.ReasonOrderCap, func(c *engine.Command) { p.must(t, cmd("account A group 0 cap 5")) }},
			{engine.ReasonParkedLimit, func(c *engine.Command) { p.must(t, cmd("B: cancel p")) }},
			{engine.ReasonSliceLimit, func(c *engine.Command) { c.DisplayQty = 2 }},
		})
	})

	t.Run("replace", func(t *testing.T) {
		limits := scriptLimits
		limits.LevelsPerSideMax = 1
		p := newPair(limits, edges)
		p.must(t, cmd("buy used 5 @ 100 post"))
		p.must(t, cmd("sell s 5 @ 150"))

		c := cmd("replace nobody 5 @ 101 as used")
		c.OrderID = 5
		c.Flags |= engine.CmdFlagDecimal
		c.Price, c.Qty = -1, -1
		check(t, p, c, []step{
			{engine.ReasonBadCommand, func(c *engine.Command) { c.OrderID = 0 }},
			{engine.ReasonDuplicateID, func(c *engine.Command) { c.NewClOrdID = clOrdID("new") }},
			{engine.ReasonUnknownOrder, func(c *engine.Command) { c.ClOrdID = clOrdID("used") }},
			{engine.ReasonPriceOffTick, func(c *engine.Command) { c.Price = -engine.DecimalOne }},
			{engine.ReasonPriceRange, func(c *engine.Command) { c.Price = 2 * engine.DecimalOne }},
			{engine.ReasonQtyOffLot, func(c *engine.Command) { c.Qty = 0 }},
			{engine.ReasonQtyRange, func(c *engine.Command) { c.Qty = 1001 * engine.DecimalOne }},
			{engine.ReasonQtyAboveMax, func(c *engine.Command) { c.Qty = engine.DecimalOne }},
			{engine.ReasonWouldTrade, func(c *engine.Command) { c.Price = engine.DecimalOne / 100 * 99 }},
			{engine.ReasonLevelLimit, func(c *engine.Command) { c.Flags |= engine.CmdFlagKeepPrice }},
		})
	})
}

func TestPricesOffTheGridAreRefusedNeverRounded(t *testing.T) {
	const one, cent = engine.DecimalOne, engine.DecimalOne / 100
	tests := []struct {
		what       string
		instrument engine.InstrumentID
		price      int64
		qty        int64
		want       engine.Reason
	}{
		{"on the grid", 0, 123 * cent, 5 * one, 0},
		{"the smallest", 0, cent, one, 0},
		{"half a cent", 0, cent / 2, one, engine.ReasonPriceOffTick},
		{"a hair above", 0, 123*cent + 1, one, engine.ReasonPriceOffTick},
		{"a hair below", 0, 123*cent - 1, one, engine.ReasonPriceOffTick},
		{"zero", 0, 0, one, engine.ReasonPriceRange},
		{"negative", 0, -cent, one, engine.ReasonPriceRange},
		{"negative and off the grid", 0, -cent - 1, one, engine.ReasonPriceOffTick},
		{"half a lot", 0, cent, one / 2, engine.ReasonQtyOffLot},
		{"a lot and a half", 0, cent, one + one/2, engine.ReasonQtyOffLot},
		{"no lot", 0, cent, 0, engine.ReasonQtyRange},
		{"a negative lot", 0, cent, -one, engine.ReasonQtyRange},
		{"the maximum", 0, cent, 1000 * one, 0},
		{"above the maximum", 0, cent, 1001 * one, engine.ReasonQtyAboveMax},
		{"zero where it is allowed", 1, 0, 1, 0},
		{"negative where it is allowed", 1, -1, 1, 0},
		{"the highest price", 1, int64(engine.PriceMax), 1, 0},
		{"above the highest price", 1, int64(engine.PriceMax) + 1, 1, engine.ReasonPriceRange},
		{"the lowest price", 1, -int64(engine.PriceMax), 1, 0},
		{"below the lowest price", 1, -int64(engine.PriceMax) - 1, 1, engine.ReasonPriceRange},
		{"the lowest number there is", 1, math.MinInt64, 1, engine.ReasonPriceRange},
		{"the largest quantity", 1, 1, int64(engine.QtyMax), 0},
		{"above the largest quantity", 1, 1, int64(engine.QtyMax) + 1, engine.ReasonQtyRange},
		{"the largest notional", 1, int64(engine.PriceMax), 4, 0},
		{"above the largest notional", 1, int64(engine.PriceMax), 5, engine.ReasonNotional},
		{"below the lowest notional", 1, -int64(engine.PriceMax), 5, engine.ReasonNotional},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			in := edges[tt.instrument]
			for _, decimal := range []bool{true, false} {
				if !decimal && (tt.price%in.Tick != 0 || tt.qty%in.Lot != 0) {
					continue // ticks and lots cannot say that
				}
				p := newPair(scriptLimits, edges)
				c := cmd("buy b 1 @ 1")
				c.Instrument = tt.instrument
				c.Flags = engine.CmdFlagDecimal
				c.Price, c.Qty = engine.Price(tt.price), engine.Qty(tt.qty)
				if !decimal {
					c.Flags, c.Price, c.Qty = 0, c.Price/engine.Price(in.Tick), c.Qty/engine.Qty(in.Lot)
				}
				if got := refusal(p.must(t, c)); got != tt.want {
					t.Errorf("enter, decimal %v: %q, want %q", decimal, reasonText[got], reasonText[tt.want])
				}

				// A replace to the same numbers gets the same answer.
				p = newPair(scriptLimits, edges)
				first := cmd("buy b 1 @ 1")
				first.Instrument = tt.instrument
				p.must(t, first)
				c.Kind = engine.CmdReplace
				if got := refusal(p.must(t, c)); got != tt.want {
					t.Errorf("replace, decimal %v: %q, want %q", decimal, reasonText[got], reasonText[tt.want])
				}
			}
		})
	}
}

// TestAPriceTimesTheTickFits: in decimals too, a price must not overflow.
func TestAPriceTimesTheTickFits(t *testing.T) {
	p := newPair(scriptLimits, edges)
	c := cmd("buy b 1 @ 1")
	c.Price = math.MaxInt64 / (engine.DecimalOne / 100)
	if got := refusal(p.must(t, c)); got != engine.ReasonNone {
		t.Errorf("the highest price in decimals: %s", reasonText[got])
	}
	c.ClOrdID = clOrdID("c")
	c.Price++
	if got := refusal(p.must(t, c)); got != engine.ReasonPriceRange {
		t.Errorf("above the highest price in decimals: %q", reasonText[got])
	}
}

func TestAFaultFoundAtTheDoorIsTheAnswer(t *testing.T) {
	p := newPair(scriptLimits, edges)
	p.must(t, cmd("buy b 5 @ 100"))
	for _, why := range []engine.Reason{
		engine.ReasonPriceOffTick, engine.ReasonPriceRange, engine.ReasonQtyOffLot, engine.ReasonQtyRange,
	} {
		for _, text := range []string{"buy n 5 @ 100", "replace b 5 @ 99 as n", "reduce b 4"} {
			c := cmd(text)
			c.Refusal = why
			if c.Kind == engine.CmdReduce && why <= engine.ReasonPriceRange {
				continue // it has no price
			}
			if got := refusal(p.must(t, c)); got != why {
				t.Errorf("%s: %q, want %q", text, reasonText[got], reasonText[why])
			}
		}
	}
	for why, text := range map[engine.Reason]string{
		engine.ReasonStopPrice:  "buy n 5 stop 120 @ 100",
		engine.ReasonDisplay:    "buy n 5 @ 100 display 2",
		engine.ReasonMinQty:     "buy n 5 @ 100 min 2 ioc",
		engine.ReasonExpireTime: "buy n 5 @ 100 gtd 9",
	} {
		c := cmd(text)
		c.Refusal = why
		if got := refusal(p.must(t, c)); got != why {
			t.Errorf("%s: %q, want %q", text, reasonText[got], reasonText[why])
		}
	}
	c := cmd("buy b 5 @ 100")
	c.Refusal = engine.ReasonPriceOffTick
	if got := refusal(p.must(t, c)); got != engine.ReasonDuplicateID {
		t.Errorf("the same id with a price that cannot be read: %q", reasonText[got])
	}
}
