package gateway

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/engine/model"
)

// check is the replica's law (see there), walked.
func (r *replica) check() error {
	inQueues := 0
	for instrument := range r.books {
		for side, levels := range r.books[instrument].sides {
			for i, l := range levels {
				if i > 0 && (side == int(engine.Buy)) != (levels[i-1].price < l.price) || i > 0 && levels[i-1].price == l.price {
					return fmt.Errorf("instrument %d side %d: level %d after %d", instrument, side, l.price, levels[i-1].price)
				}
				total, prev := engine.Qty(0), uint32(0)
				for slot := l.head; slot != 0; slot = r.orders[slot].next {
					o := &r.orders[slot]
					if o.prev != prev || o.price != l.price || int(o.side) != side || int(o.instrument) != instrument || o.shown <= 0 || o.aside {
						return fmt.Errorf("level %d: order in slot %d does not belong: %+v", l.price, slot, *o)
					}
					if r.index[r.find(o.id)].slot != slot {
						return fmt.Errorf("order %d is indexed elsewhere than in slot %d", o.id, slot)
					}
					total, prev = total+o.shown, slot
					inQueues++
				}
				if l.tail != prev || l.total != total || total == 0 {
					return fmt.Errorf("level %d: tail %d, total %d; want %d, %d", l.price, l.tail, l.total, prev, total)
				}
			}
		}
	}
	indexed, free := 0, 0
	for _, e := range r.index {
		if e.id == 0 {
			continue
		}
		indexed++
		switch o := &r.orders[e.slot]; {
		case o.id != e.id:
			return fmt.Errorf("slot %d is indexed as order %d and holds %d", e.slot, e.id, o.id)
		case o.aside:
			inQueues++ // as good as
		}
	}
	for slot := r.free; slot != 0; slot = r.orders[slot].next {
		free++
	}
	if used := int(r.fresh) - 1; indexed != inQueues || inQueues+free != used {
		return fmt.Errorf("%d orders in queues, %d indexed, %d slots free of %d used", inQueues, indexed, free, used)
	}
	return nil
}

// randomLimits are small, so that the tables fill up and slots are used again.
var randomLimits = engine.Limits{OrdersMax: 60, AccountsMax: 4, LevelsPerSideMax: 12, OrdersPerDay: 1 << 20, ClOrdIDsPerDay: 1 << 20}

// The replica, fed with events alone, is the model's book: every level, every order,
// every place in a queue, after every command of a random flow.
func TestReplicaIsTheModelsBook(t *testing.T) {
	commands := 4_000
	if testing.Short() {
		commands = 800
	}
	for seed := range uint64(6) {
		instruments := flow.RandomInstruments()
		m := model.New(randomLimits, instruments)
		random := flow.NewRandom(seed, randomLimits, instruments)
		b := newFeedBench(t, instruments, randomLimits, 16, 8)
		names := orderNames{}
		for i := range commands {
			var c engine.Command
			random.Next(&c)
			events := m.Apply(engine.Seq(i+1), &c)
			random.Observe(&c, events)
			names.observe(events)
			b.publish(events, 1+i%7)
			b.run()
			for instrument := range instruments {
				for side := range engine.Side(2) {
					got := b.feed.replica.text(engine.InstrumentID(instrument), side, names)
					if want := modelText(m, engine.InstrumentID(instrument), side); got != want {
						t.Fatalf("seed %d, command %d %+v: instrument %d side %d\nreplica\n%smodel\n%s", seed, i+1, c, instrument, side, got, want)
					}
				}
			}
			if i%16 == 0 {
				if err := b.feed.replica.check(); err != nil {
					t.Fatalf("seed %d, command %d: %v", seed, i+1, err)
				}
			}
		}
	}
}

// The same with the engine's events, whose order ids are sparse, and a book of a
// thousand orders.
func TestReplicaIsTheEnginesBook(t *testing.T) {
	f := flowOf(t, "small", 5_000)
	limits := limitsOf(f)
	instruments := []engine.Instrument{{Symbol: "FLOW", Tick: 1, Lot: 1, QtyMax: engine.QtyMax}}
	e, err := engine.New(limits, instruments)
	if err != nil {
		t.Fatal(err)
	}
	m := model.New(limits, instruments)
	b := newFeedBench(t, instruments, limits, 1024, 8)
	names := orderNames{}
	player, out := flow.NewPlayer(f), engine.NewEvents(limits.EventsPerCommandMax())
	for i, op := range append(f.Prefill, f.Ops...) {
		var c engine.Command
		player.Command(&op, &c)
		out.Reset()
		e.Apply(engine.Seq(i+1), &c, out)
		m.Apply(engine.Seq(i+1), &c)
		if !player.Observe(out.All()) {
			t.Fatalf("command %d %+v was refused", i+1, c)
		}
		names.observe(out.All())
		b.publish(out.All(), 64)
		if i%500 != 0 {
			continue
		}
		b.run()
		for side := range engine.Side(2) {
			if got, want := b.feed.replica.text(0, side, names), modelText(m, 0, side); got != want {
				t.Fatalf("command %d: side %d\nreplica\n%smodel\n%s", i+1, side, got, want)
			}
		}
		if err := b.feed.replica.check(); err != nil {
			t.Fatal(err)
		}
	}
}

func flowOf(t testing.TB, name string, ops int) *flow.Flow {
	shape, err := flow.ShapeOf(name)
	if err != nil {
		t.Fatal(err)
	}
	return flow.Generate(shape, 1, ops)
}

func limitsOf(f *flow.Flow) engine.Limits {
	n := len(f.Prefill) + len(f.Ops)
	return engine.Limits{OrdersMax: n, AccountsMax: 1, LevelsPerSideMax: 1 << 14, OrdersPerDay: n, ClOrdIDsPerDay: 2 * n}
}

// Ids that share a home, and holes among them: what the flows' ids seldom do.
func TestIndexSurvivesCollisions(t *testing.T) {
	r := newReplica(1, &engine.Limits{OrdersMax: 8, LevelsPerSideMax: 8})
	homes := map[uint64][]engine.OrderID{}
	for id := engine.OrderID(1); id < 4096; id++ {
		homes[r.home(id)] = append(homes[r.home(id)], id)
	}
	last := uint64(len(r.index) - 2) // so that runs of entries wrap around the table's end
	ids := append(append(homes[last][:3:3], homes[last-2][:3]...), homes[0][:2]...)
	random := rand.New(rand.NewPCG(1, 2))
	live := map[engine.OrderID]bool{}
	for range 5_000 {
		id := ids[random.IntN(len(ids))]
		if live[id] {
			if o := r.reduce(id, 0); o.id != id {
				t.Fatalf("order %d came out as %d", id, o.id)
			}
		} else {
			r.add(&replicaOrder{id: id, price: engine.Price(id % 3), shown: 1})
		}
		live[id] = !live[id]
		if err := r.check(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReplicaBugsPanic(t *testing.T) {
	for name, run := range map[string]func(r *replica){
		"unknown order": func(r *replica) { r.reduce(9, 0) },
		"order twice":   func(r *replica) { r.add(&replicaOrder{id: 1, price: 5, shown: 1}) },
		"more left":     func(r *replica) { r.reduce(1, 3) },
		"too many": func(r *replica) {
			r.add(&replicaOrder{id: 2, price: 5, shown: 1})
			r.add(&replicaOrder{id: 3, price: 5, shown: 1})
		},
		"too many level": func(r *replica) { r.add(&replicaOrder{id: 2, price: 6, shown: 1}) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newReplica(1, &engine.Limits{OrdersMax: 2, LevelsPerSideMax: 1})
			r.add(&replicaOrder{id: 1, price: 5, shown: 2})
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			run(r)
		})
	}
}
