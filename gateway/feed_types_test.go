package gateway

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// slowVenue makes up sequences of events as a venue with every order type could write
// them, and keeps the book that they are about as plain lists. Its prices are random:
// the feed has to follow, whatever was matched with whatever.
type slowVenue struct {
	r      *rand.Rand
	queue  [2][]*slowOrder // in the book, in the order in which they came; hidden ones too
	parked []*slowOrder
	issued engine.OrderID
	trades uint64
	out    []engine.Event
}

type slowOrder struct {
	id             engine.OrderID
	side           engine.Side
	kind           engine.OrderType
	tif            engine.TimeInForce
	price          engine.Price
	leaves         engine.Qty
	display, shown engine.Qty // display 0: no iceberg
	hidden         bool
}

func (v *slowVenue) event(kind engine.EventKind, o *slowOrder, flags engine.EventFlags) *engine.Event {
	e := engine.Event{Kind: kind, Flags: flags, OrderID: o.id, Side: o.side, Price: o.price, Qty: o.leaves, Leaves: o.leaves}
	if o.display != 0 && kind != engine.EvCanceled && kind != engine.EvTriggered && kind != engine.EvParked {
		e.Flags |= engine.FlagIceberg
		if e.TradeID = uint64(o.shown); o.shown == 0 {
			e.TradeID = uint64(min(o.display, o.leaves))
		}
	}
	v.out = append(v.out, e)
	return &v.out[len(v.out)-1]
}

func (v *slowVenue) drop(o *slowOrder) {
	is := func(x *slowOrder) bool { return x == o }
	v.queue[o.side] = slices.DeleteFunc(v.queue[o.side], is)
	v.parked = slices.DeleteFunc(v.parked, is)
	o.shown = 0
}

func (v *slowVenue) queueUp(o *slowOrder) {
	o.shown = o.leaves
	if o.display != 0 {
		o.shown = min(o.display, o.leaves)
	}
	v.queue[o.side] = append(v.queue[o.side], o)
}

// fill takes an execution off an order that was there before, and says whether its next
// slice is to be shown.
func (v *slowVenue) fill(o *slowOrder, qty engine.Qty) (refresh bool) {
	o.leaves -= qty
	if o.leaves == 0 {
		v.drop(o)
	} else if o.shown -= qty; o.shown == 0 && o.display != 0 {
		v.drop(o)
		return true
	}
	return false
}

func (v *slowVenue) refresh(o *slowOrder) {
	v.queueUp(o)
	v.event(engine.EvRefreshed, o, 0)
}

// command makes one command's events.
func (v *slowVenue) command() []engine.Event {
	v.out = nil
	resting := append(append([]*slowOrder{}, v.queue[0]...), v.queue[1]...)
	open := append(resting, v.parked...)
	if len(open) > 40 || v.r.IntN(12) == 0 && len(open) > 0 { // expiries ahead of whatever comes
		v.cancel(open[v.r.IntN(len(open))], engine.ReasonExpired)
		return v.end()
	}
	switch what := v.r.IntN(20); {
	case what < 8:
		v.enter()
	case what < 10 && len(v.parked) > 0:
		v.trigger(v.parked[v.r.IntN(len(v.parked))])
	case what < 12 && len(open) > 0:
		v.cancel(open[v.r.IntN(len(open))], engine.ReasonCanceled)
	case what < 14 && len(open) > 0:
		v.reduce(open[v.r.IntN(len(open))])
	case what < 18 && len(open) > 0:
		v.replace(open[v.r.IntN(len(open))])
	case what == 18:
		v.uncross()
	default:
		v.out = append(v.out, engine.Event{Kind: engine.EvIndicative, Phase: engine.PreOpen, Leaves: 3})
	}
	return v.end()
}

func (v *slowVenue) end() []engine.Event {
	if len(v.out) == 0 {
		v.out = append(v.out, engine.Event{Kind: engine.EvTime, Instrument: engine.NoInstrument})
	}
	v.out[len(v.out)-1].Flags |= engine.FlagLast
	return v.out
}

func (v *slowVenue) enter() {
	v.issued++
	o := &slowOrder{id: v.issued, side: engine.Side(v.r.IntN(2)), kind: engine.OrderType(1 + v.r.IntN(7)), tif: engine.GTC, leaves: engine.Qty(1 + v.r.IntN(40))}
	if o.kind == engine.Market {
		o.tif = [2]engine.TimeInForce{engine.IOC, engine.DAY}[v.r.IntN(2)]
	}
	if o.kind.Priced() || o.kind == engine.MarketToLimit {
		o.price = engine.Price(90 + v.r.IntN(20))
	}
	if o.kind.Priced() {
		switch v.r.IntN(4) {
		case 0:
			o.hidden = true
		case 1:
			o.display = engine.Qty(1 + v.r.IntN(int(o.leaves)))
		}
	}
	accepted := v.event(engine.EvAccepted, o, 0)
	accepted.Type, accepted.TimeInForce = o.kind, o.tif
	if o.hidden {
		accepted.Flags |= engine.FlagHidden
	}
	switch {
	case o.kind == engine.Market && o.tif == engine.DAY, o.kind.Triggers() && v.r.IntN(4) > 0:
		v.park(o)
	case o.kind.Triggers():
		v.trigger(o)
	case o.kind == engine.Limit && v.r.IntN(2) == 0:
		v.queueUp(o)
		accepted.Flags |= engine.FlagRests
	default:
		v.come(o)
	}
}

func (v *slowVenue) park(o *slowOrder) {
	v.event(engine.EvParked, o, engine.FlagParked)
	v.parked = append(v.parked, o)
}

func (v *slowVenue) trigger(o *slowOrder) {
	v.drop(o)
	v.event(engine.EvTriggered, o, 0)
	v.come(o)
}

// come trades an incoming order with some that rest, and rests or ends it.
func (v *slowVenue) come(o *slowOrder) {
	for v.r.IntN(3) > 0 && len(v.queue[o.side.Opposite()]) > 0 && o.leaves > 0 {
		others := v.queue[o.side.Opposite()]
		other := others[v.r.IntN(len(others))]
		if v.r.IntN(6) == 0 && other.leaves != o.leaves { // one's own: the larger is reduced
			less, more := o, other
			if other.leaves < o.leaves {
				less, more = other, o
			}
			if less == other {
				v.cancel(other, engine.ReasonSelfTrade)
			}
			more.leaves -= less.leaves
			more.shown = min(more.shown, more.leaves)
			v.event(engine.EvReduced, more, 0)
			if less == o {
				v.event(engine.EvCanceled, o, 0).Reason = engine.ReasonSelfTrade
				return
			}
			continue
		}
		qty := min(other.shown, o.leaves)
		if other.hidden {
			qty = min(other.leaves, o.leaves)
		}
		o.leaves -= qty
		refresh := v.fill(other, qty)
		v.executed(o, other, other.price, qty, 0)
		if refresh {
			v.refresh(other)
		}
	}
	switch {
	case o.leaves == 0:
	case o.kind == engine.Market || o.kind == engine.Stop || o.kind == engine.TakeProfit || v.r.IntN(4) == 0:
		v.event(engine.EvCanceled, o, 0).Reason = engine.ReasonIOC
	default:
		v.queueUp(o)
		v.event(engine.EvRested, o, 0)
	}
}

func (v *slowVenue) executed(o, other *slowOrder, price engine.Price, qty engine.Qty, flags engine.EventFlags) {
	v.trades++
	v.out = append(v.out, engine.Event{
		Kind: engine.EvExecuted, Flags: flags, OrderID: o.id, Side: o.side, Price: price, Qty: qty,
		Leaves: o.leaves, ContraLeaves: other.leaves, ContraOrderID: other.id, TradeID: v.trades,
	})
}

func (v *slowVenue) isParked(o *slowOrder) bool { return slices.Contains(v.parked, o) }

func (v *slowVenue) cancel(o *slowOrder, why engine.Reason) {
	flags := engine.FlagWasResting
	if v.isParked(o) {
		flags = engine.FlagParked
	}
	v.event(engine.EvCanceled, o, flags).Reason = why
	v.drop(o)
}

func (v *slowVenue) reduce(o *slowOrder) {
	if o.leaves == 1 {
		return
	}
	o.leaves -= engine.Qty(1 + v.r.IntN(int(o.leaves-1)))
	o.shown = min(o.shown, o.leaves)
	flags := engine.EventFlags(0)
	if v.isParked(o) {
		flags = engine.FlagParked
	}
	v.event(engine.EvReduced, o, flags)
}

func (v *slowVenue) replace(o *slowOrder) {
	parked := v.isParked(o)
	switch v.r.IntN(3) {
	case 0: // to what is executed
		v.event(engine.EvReplaced, o, 0).Leaves = 0
		v.cancel(o, engine.ReasonCanceled)
	case 1: // in its place
		o.leaves -= engine.Qty(v.r.IntN(int(o.leaves)))
		if o.display != 0 {
			o.display = min(engine.Qty(1+v.r.IntN(40)), o.leaves)
			o.shown = min(o.shown, o.display, o.leaves)
		} else {
			o.shown = min(o.shown, o.leaves)
		}
		flags := engine.FlagKeptPriority | engine.FlagRests
		if parked {
			flags = engine.FlagKeptPriority | engine.FlagParked
		}
		v.event(engine.EvReplaced, o, flags)
	default: // elsewhere
		v.drop(o)
		o.leaves += engine.Qty(v.r.IntN(9))
		if o.price != 0 {
			o.price = engine.Price(90 + v.r.IntN(20))
		}
		e := v.event(engine.EvReplaced, o, 0)
		switch again := v.r.IntN(2) == 0; {
		case parked && (again || !o.kind.Triggers()):
			e.Flags |= engine.FlagParked
			v.parked = append(v.parked, o)
		case parked:
			v.trigger(o)
		case again:
			e.Flags |= engine.FlagRests
			v.queueUp(o)
		default:
			v.come(o)
		}
	}
}

// uncross trades pairs at one price; both sides were there before, with a price or not.
func (v *slowVenue) uncross() {
	sideOf := func(side engine.Side) (all []*slowOrder) {
		for _, o := range v.parked {
			if o.side == side && o.kind == engine.Market {
				all = append(all, o)
			}
		}
		return append(all, v.queue[side]...)
	}
	total := engine.Qty(0)
	for range v.r.IntN(12) {
		buys, sells := sideOf(engine.Buy), sideOf(engine.Sell)
		if len(buys) == 0 || len(sells) == 0 {
			break
		}
		buy, sell := buys[v.r.IntN(len(buys))], sells[v.r.IntN(len(sells))]
		most := func(o *slowOrder) engine.Qty {
			if o.hidden || v.isParked(o) {
				return o.leaves
			}
			return o.shown
		}
		qty := min(most(buy), most(sell))
		total += qty
		again := [2]bool{v.fill(buy, qty), v.fill(sell, qty)}
		v.executed(buy, sell, 100, qty, engine.FlagCall)
		for i, o := range []*slowOrder{buy, sell} {
			if again[i] {
				v.refresh(o)
			}
		}
	}
	v.out = append(v.out, engine.Event{Kind: engine.EvPhase, Phase: engine.Continuous, Price: 100, Qty: total})
	for _, o := range slices.Clone(v.parked) {
		if o.kind == engine.Market {
			v.cancel(o, engine.ReasonCallOver)
		}
	}
}

// shown is a side as the public may see it, counted afresh: "price total: ids".
func (v *slowVenue) shown(side engine.Side) string {
	orders := slices.DeleteFunc(slices.Clone(v.queue[side]), func(o *slowOrder) bool { return o.hidden })
	slices.SortStableFunc(orders, func(a, b *slowOrder) int { return (2*int(side) - 1) * int(a.price-b.price) })
	var b strings.Builder
	for len(orders) > 0 {
		n, total, ids := 0, engine.Qty(0), ""
		for ; n < len(orders) && orders[n].price == orders[0].price; n++ {
			total += orders[n].shown
			ids += fmt.Sprintf(" %x", nameOf(orders[n].id))
		}
		fmt.Fprintf(&b, "%d %d:%s\n", orders[0].price, total, ids)
		orders = orders[n:]
	}
	return b.String()
}

func nameOf(id engine.OrderID) (name engine.ClOrdID) {
	copy(name[:], fmt.Sprint(id))
	return name
}

// Whatever happens to orders of every kind, the replica and a client of channels full
// and level2 hold what is shown and nothing else, and no line names an order that is not.
func TestBooksHoldWhatIsShown(t *testing.T) {
	commands := 6_000
	if testing.Short() {
		commands = 1_500
	}
	for seed := range uint64(6) {
		v := &slowVenue{r: rand.New(rand.NewPCG(seed, 0))}
		b := newFeedBench(t, shares(), engine.Limits{OrdersMax: 64, LevelsPerSideMax: 32}, 64, feedStepMessages<<(seed%3))
		full, level2 := newSubscriber(t, &shares()[0]), newSubscriber(t, &shares()[0])
		names, secret := orderNames{}, map[string]bool{}
		full.check = func(_ *subscriber, l publicLine) {
			for _, id := range []string{l.OrderID, l.Maker, l.Taker} {
				if secret[id] {
					t.Fatalf("seed %d: a line names order %s, which nobody may see: %+v", seed, id, l)
				}
			}
		}
		b.sink = func(to engine.SessionID, m *publicMessage) { []*subscriber{full, level2}[to-1].take(m) }
		b.request(1, wire.ChannelFull, 0, false)
		b.request(2, wire.ChannelLevel2, 0, false)
		b.run()
		for i := range commands {
			events := v.command()
			for _, e := range events {
				if e.Kind == engine.EvAccepted {
					names[e.OrderID] = nameOf(e.OrderID)
					if e.Flags&engine.FlagHidden != 0 {
						secret[fmt.Sprint(e.OrderID)] = true
					}
				}
			}
			for _, o := range v.parked {
				secret[fmt.Sprint(o.id)] = true
			}
			for _, e := range events {
				if e.Kind == engine.EvTriggered {
					for _, side := range v.queue {
						for _, o := range side {
							if o.id == e.OrderID && !o.hidden {
								delete(secret, fmt.Sprint(o.id))
							}
						}
					}
					if o := b.feed.replica.get(e.OrderID); o != nil && !o.hidden {
						delete(secret, fmt.Sprint(e.OrderID))
					}
				}
			}
			b.publish(events, 1+i%5)
			b.run()
			if err := b.feed.replica.check(); err != nil {
				t.Fatalf("seed %d, command %d: %v", seed, i+1, err)
			}
			for side := range engine.Side(2) {
				want := v.shown(side)
				if got := b.feed.replica.text(0, side, names); got != want {
					t.Fatalf("seed %d, command %d %+v: side %d\nreplica\n%swant\n%s", seed, i+1, events, side, got, want)
				}
				if got := full.text(side, names); got != want {
					t.Fatalf("seed %d, command %d %+v: side %d\nclient\n%swant\n%s", seed, i+1, events, side, got, want)
				}
				levels := 0
				for line := range strings.Lines(want) {
					var price engine.Price
					var total engine.Qty
					fmt.Sscanf(line, "%d %d:", &price, &total)
					if levels++; level2.levels[side][price] != total {
						t.Fatalf("seed %d, command %d: level %d shows %d, want %d", seed, i+1, price, level2.levels[side][price], total)
					}
				}
				if len(level2.levels[side]) != levels {
					t.Fatalf("seed %d, command %d: %d levels, want %d", seed, i+1, len(level2.levels[side]), levels)
				}
			}
		}
	}
}
