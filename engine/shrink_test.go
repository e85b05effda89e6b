package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/engine/model"
)

// shrink returns a script as short as it can find that still fails: it leaves out
// pieces, large ones first, as delta debugging does (A. Zeller), then makes what
// is left simpler, which may make more of it needless.
func shrink(limits engine.Limits, script []engine.Command, fails func([]engine.Command) bool) []engine.Command {
	script = shorten(limits, script, fails)
	try := func(s []engine.Command) {
		if fails(s) {
			script = s
		}
	}
	try(withShortIDs(script))
	for i := range script {
		for _, simpler := range []func(*engine.Command){
			func(c *engine.Command) { c.Time = 0 },
			func(c *engine.Command) { c.ClOrdID = engine.ClOrdID{} },
			func(c *engine.Command) { c.NewClOrdID = engine.ClOrdID{} },
			func(c *engine.Command) { c.Flags &^= engine.CmdFlagPostOnly },
			func(c *engine.Command) { c.Flags &^= engine.CmdFlagRequeue },
			func(c *engine.Command) { c.Flags &^= engine.CmdFlagSlide },
			func(c *engine.Command) { c.Flags &^= engine.CmdFlagHidden },
			func(c *engine.Command) { c.Flags &^= engine.CmdFlagNewStop; c.StopPrice = 0 },
			func(c *engine.Command) { c.Session = 0 },
			func(c *engine.Command) { c.SelfTrade = engine.SelfTradeDefault },
			func(c *engine.Command) { c.DisplayQty = 0 },
			func(c *engine.Command) { c.MinQty = 0 },
			func(c *engine.Command) { c.Type, c.StopPrice = plainType(c.Type), 0 },
			func(c *engine.Command) { c.TimeInForce, c.ExpireTime = min(c.TimeInForce, engine.GTC), 0 },
			func(c *engine.Command) { c.Instrument = 0 },
			func(c *engine.Command) { c.Qty = 1 },
		} {
			s := slices.Clone(script)
			simpler(&s[i])
			try(s)
		}
	}
	return shorten(limits, script, fails)
}

// plainType is what an order of a type is once it is triggered.
func plainType(t engine.OrderType) engine.OrderType {
	switch {
	case !t.Triggers():
		return t
	case t.Priced():
		return engine.Limit
	}
	return engine.Market
}

// shorten leaves out pieces for as long as the script still fails.
func shorten(limits engine.Limits, script []engine.Command, fails func([]engine.Command) bool) []engine.Command {
	for piece := (len(script) + 1) / 2; piece > 0; {
		shorter := false
		for from := 0; from+piece <= len(script); {
			if s := without(limits, script, from, from+piece); fails(s) {
				script, shorter = s, true
			} else {
				from += piece
			}
		}
		if !shorter {
			piece /= 2
		}
		piece = min(piece, len(script))
	}
	return script
}

// withShortIDs gives the client ids of a script names of a letter and a number.
func withShortIDs(script []engine.Command) []engine.Command {
	short := map[engine.ClOrdID]engine.ClOrdID{{}: {}}
	out := slices.Clone(script)
	for i := range out {
		for _, id := range []*engine.ClOrdID{&out[i].ClOrdID, &out[i].NewClOrdID} {
			if _, known := short[*id]; !known {
				short[*id] = clOrdID(fmt.Sprintf("c%d", len(short)))
			}
			*id = short[*id]
		}
	}
	return out
}

// without leaves out the commands from a to b-1. The ordinals in the commands
// behind them are put right: an order that is not there takes none.
func without(limits engine.Limits, script []engine.Command, a, b int) []engine.Command {
	m := model.New(limits, flow.VenueInstruments())
	firstGone, gone := engine.OrderID(0), engine.OrderID(0)
	accepted := engine.OrderID(0)
	for i := range b {
		for _, e := range m.Apply(engine.Seq(i+1), &script[i]) {
			if e.Kind != engine.EvAccepted {
				continue
			}
			accepted++
			if i >= a {
				gone++
				if firstGone == 0 {
					firstGone = accepted
				}
			}
		}
	}
	out := slices.Concat(script[:a], script[b:])
	if gone == 0 {
		return out
	}
	for i := a; i < len(out); i++ {
		if id := &out[i].OrderID; *id >= firstGone+gone {
			*id -= gone
		} else if *id >= firstGone {
			*id = neverIssued - 1 // the order is gone: so is its name
		}
	}
	return out
}

// TestShrinkFindsTheTwoCommandsThatMatter looks for a cancel that reaches its
// order, in the middle of a long flow.
func TestShrinkFindsTheTwoCommandsThatMatter(t *testing.T) {
	limits := twinLimits["roomy"]
	canceled := func(s []engine.Command) bool {
		m := model.New(limits, flow.VenueInstruments())
		for i := range s {
			e := m.Apply(engine.Seq(i+1), &s[i])[0]
			if s[i].Kind == engine.CmdCancel && e.Kind == engine.EvCanceled && e.OrderID != 0 {
				return true
			}
		}
		return false
	}
	var script []engine.Command
	next := flow.NewRandom(11, limits, flow.VenueInstruments()).Everything()
	m := model.New(limits, flow.VenueInstruments())
	for i := range 500 {
		var c engine.Command
		next.Next(&c)
		script = append(script, c)
		next.Observe(&c, m.Apply(engine.Seq(i+1), &c))
	}
	short := shrink(limits, script, canceled)
	if len(short) != 2 || short[0].Kind != engine.CmdEnter || short[1].Kind != engine.CmdCancel {
		t.Fatalf("shrank to\n%s", literals(short))
	}
}
