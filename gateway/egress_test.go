package gateway

import (
	"testing"

	"pricetime/engine"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// Who is told of an event: how many lines the session that sent the command gets, the
// order's owner, and the owner of the other order.
func TestRoutes(t *testing.T) {
	products, err := wire.NewProducts(EmbeddedInstruments())
	if err != nil {
		t.Fatal(err)
	}
	limits := DefaultLimits()
	limits.ConnectionsMax, limits.OutboxChunks = 4, 16
	const by, owner, contra = 1, 2, 3
	for name, c := range map[string]struct {
		event engine.Event
		want  [3]uint64
	}{
		"another's order expires":          {engine.Event{Kind: engine.EvCanceled, Reason: engine.ReasonExpired}, [3]uint64{0, 1, 0}},
		"another's order is met as own":    {engine.Event{Kind: engine.EvCanceled, Reason: engine.ReasonSelfTrade}, [3]uint64{0, 1, 0}},
		"another's order is killed":        {engine.Event{Kind: engine.EvCanceled, Reason: engine.ReasonKillSwitch}, [3]uint64{0, 1, 0}},
		"a cancel of another session's":    {engine.Event{Kind: engine.EvCanceled, Reason: engine.ReasonCanceled}, [3]uint64{1, 1, 0}},
		"a reduce of another session's":    {engine.Event{Kind: engine.EvReduced, Flags: engine.FlagLast}, [3]uint64{1, 1, 0}},
		"a decrement of another session's": {engine.Event{Kind: engine.EvReduced}, [3]uint64{0, 1, 0}},
		"another's order is triggered":     {engine.Event{Kind: engine.EvTriggered}, [3]uint64{0, 1, 0}},
		"and rests":                        {engine.Event{Kind: engine.EvRested}, [3]uint64{0, 1, 0}},
		"and trades":                       {engine.Event{Kind: engine.EvExecuted, Leaves: 1, ContraLeaves: 1}, [3]uint64{0, 1, 1}},
		"another's iceberg is refreshed":   {engine.Event{Kind: engine.EvRefreshed}, [3]uint64{0, 1, 0}},
		"a replace of another session's":   {engine.Event{Kind: engine.EvReplaced, Session: by}, [3]uint64{1, 0, 1}},
		"a report":                         {engine.Event{Kind: engine.EvState, Flags: engine.FlagRests, Type: engine.Limit}, [3]uint64{1, 0, 0}},
	} {
		d := newDoor(door{limits: &limits, products: products, encoder: jsonl.NewEncoder(products)})
		for i := range d.sessions {
			d.sessions[i].state, d.sessions[i].inFlight, d.sessions[i].sequence = sessionOpen, 1, 0
		}
		ev := c.event
		ev.By, ev.ContraSession = by, contra
		if ev.Session == 0 {
			ev.Session = owner
		}
		(&egress{d}).route(&ev)
		if got := [3]uint64{d.sessions[by].sequence, d.sessions[owner].sequence, d.sessions[contra].sequence}; got != c.want {
			t.Errorf("%s: %d lines, want %d", name, got, c.want)
		}
		if last := ev.Flags&engine.FlagLast != 0; (d.sessions[by].inFlight == 0) != last || d.sessions[owner].inFlight != 1 {
			t.Errorf("%s: last is %v, and %d and %d are in flight", name, last, d.sessions[by].inFlight, d.sessions[owner].inFlight)
		}
	}
}
