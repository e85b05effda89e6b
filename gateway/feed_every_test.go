package gateway

import (
	"testing"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/engine/model"
	"pricetime/gateway/wire"
)

// Every kind of command at random: the replica is what the model's book shows, and so is
// the book that a subscriber keeps.
func TestFeedThroughEveryKindOfCommand(t *testing.T) {
	limits := randomLimits
	limits.ParkedMax, limits.SlicesMax = 20, 200
	for seed := range uint64(12) {
		instruments := flow.VenueInstruments()
		m := model.New(limits, instruments)
		random := flow.NewRandom(seed, limits, instruments)
		random.Everything()
		b := newFeedBench(t, instruments, limits, 1024, 64)
		names := orderNames{}
		subs := map[engine.SessionID]*subscriber{}
		for i := range instruments {
			subs[engine.SessionID(i+1)] = newSubscriber(t, &instruments[i])
			b.request(engine.SessionID(i+1), wire.ChannelFull, engine.InstrumentID(i), false)
		}
		b.sink = func(to engine.SessionID, m *publicMessage) { subs[to].take(m) }
		b.run()
		for i := range 4000 {
			var c engine.Command
			random.Next(&c)
			events := m.Apply(engine.Seq(i+1), &c)
			random.Observe(&c, events)
			names.observe(events)
			for _, e := range events {
				if e.Kind == engine.EvReduced && (e.Flags&engine.FlagLast != 0) != (c.Kind == engine.CmdReduce) {
					t.Fatalf("reduced %+v by %+v", e, c)
				}
			}
			b.publish(events, 1+i%7)
			b.run()
			if err := b.feed.replica.check(); err != nil {
				t.Fatal(err)
			}
			for id := range instruments {
				for side := range engine.Side(2) {
					want := modelText(m, engine.InstrumentID(id), side)
					for what, got := range map[string]string{"client": subs[engine.SessionID(id+1)].text(side, names), "replica": b.feed.replica.text(engine.InstrumentID(id), side, names)} {
						if got != want {
							t.Fatalf("seed %d, command %d %+v\n%s\n%s\nmodel\n%s", seed, i, c, what, got, want)
						}
					}
				}
			}
		}
	}
}
