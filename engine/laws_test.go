package engine_test

import (
	"fmt"

	"pricetime/engine"
)

// A tape follows the events alone, as a client would, and checks the laws that
// they must keep whatever the books look like (SEMANTICS 9):
//
//   - entered = leaves + executed + canceled, for each order, at every event
//   - nothing happens to an order that is gone
//   - a trade prints at the resting order's price and within the incoming one's limit; in
//     an uncross within the limits of both
//   - nothing trades, or rests in the book, while it is parked
//   - an iceberg shows from 1 to what it has left
//   - trade ids of an instrument are 1, 2, 3 ...
//   - the last event of a command, and no other, says that it is the last
//   - all events carry the command's session and time
type tape struct {
	orders []taped // by ordinal - 1
	trades map[engine.InstrumentID]uint64
}

type taped struct {
	price    engine.Price
	side     engine.Side
	unpriced bool // a market order, or one that becomes one when it is triggered
	parked   bool
	total    engine.Qty
	executed engine.Qty
	done     bool
}

func (t *tape) take(c *engine.Command, events []engine.Event) error {
	if len(events) == 0 {
		return fmt.Errorf("there is no event")
	}
	for i := range events {
		e := &events[i]
		if last := i == len(events)-1; last != (e.Flags&engine.FlagLast != 0) {
			return fmt.Errorf("event %d of %d: FlagLast is %v", i+1, len(events), !last)
		}
		if e.Seq != events[0].Seq || e.Time != c.Time || e.By != c.Session {
			return fmt.Errorf("event %d is of another command: %s", i+1, fields(*e))
		}
		if err := t.event(e); err != nil {
			return fmt.Errorf("event %d, %s: %w", i+1, fields(*e), err)
		}
	}
	return nil
}

func (t *tape) event(e *engine.Event) error {
	switch e.Kind {
	case engine.EvAccepted:
		if int(e.OrderID) != len(t.orders)+1 {
			return fmt.Errorf("this is order %d", len(t.orders)+1)
		}
		t.orders = append(t.orders, taped{
			price: e.Price, side: e.Side, total: e.Qty,
			unpriced: e.Type == engine.Market || e.Type == engine.Stop || e.Type == engine.TakeProfit,
		})
		return t.leaves(e.OrderID, e.Leaves)
	case engine.EvExecuted:
		return t.executed(e)
	case engine.EvParked, engine.EvTriggered:
		o := &t.orders[e.OrderID-1]
		o.parked = e.Kind == engine.EvParked
		return t.leaves(e.OrderID, e.Leaves)
	case engine.EvRested, engine.EvRefreshed:
		if o := &t.orders[e.OrderID-1]; o.parked || e.Price != o.price {
			return fmt.Errorf("parked %v, with the price %d", o.parked, o.price)
		}
		if shown := e.DisplayQty(); e.Flags&engine.FlagIceberg != 0 && (shown < 1 || shown > e.Leaves) {
			return fmt.Errorf("it shows %d", shown)
		}
		return t.leaves(e.OrderID, e.Leaves)
	case engine.EvReduced, engine.EvReplaced:
		o := &t.orders[e.OrderID-1]
		if e.OldQty() != o.total {
			return fmt.Errorf("the total was %d", o.total)
		}
		if e.Kind == engine.EvReplaced && e.Qty <= o.executed {
			if e.Leaves != 0 {
				return fmt.Errorf("%d were executed", o.executed)
			}
			return nil // the cancel that follows takes the old leaves out
		}
		o.price, o.total = e.Price, e.Qty
		return t.leaves(e.OrderID, e.Leaves)
	case engine.EvCanceled:
		err := t.leaves(e.OrderID, e.Leaves)
		t.orders[e.OrderID-1].done = true
		return err
	}
	return nil
}

// leaves is the law of one order.
func (t *tape) leaves(id engine.OrderID, leaves engine.Qty) error {
	o := &t.orders[id-1]
	if o.done {
		return fmt.Errorf("order %d is gone", id)
	}
	if leaves != o.total-o.executed || leaves < 0 || o.executed < 0 {
		return fmt.Errorf("order %d has executed %d of %d and leaves %d", id, o.executed, o.total, leaves)
	}
	o.done = leaves == 0
	return nil
}

func (t *tape) executed(e *engine.Event) error {
	in, resting := &t.orders[e.OrderID-1], &t.orders[e.ContraOrderID-1]
	if t.trades == nil {
		t.trades = make(map[engine.InstrumentID]uint64)
	}
	t.trades[e.Instrument]++
	switch {
	case e.TradeID != t.trades[e.Instrument]:
		return fmt.Errorf("this is trade %d", t.trades[e.Instrument])
	case e.Qty <= 0 || in.side == resting.side || in.side != e.Side:
		return fmt.Errorf("nothing to trade")
	case e.Flags&engine.FlagCall == 0 && (in.parked || resting.parked):
		return fmt.Errorf("one of them is parked")
	case e.Flags&engine.FlagCall == 0 && e.Price != resting.price:
		return fmt.Errorf("the resting order's price is %d", resting.price)
	case !in.within(e.Price) || !resting.within(e.Price):
		return fmt.Errorf("the limits are %d and %d", in.price, resting.price)
	}
	in.executed += e.Qty
	resting.executed += e.Qty
	if err := t.leaves(e.OrderID, e.Leaves); err != nil {
		return err
	}
	return t.leaves(e.ContraOrderID, e.ContraLeaves)
}

// within says whether an order may trade at a price.
func (o *taped) within(p engine.Price) bool {
	return o.unpriced || p == o.price || (o.side == engine.Buy) == (p < o.price)
}
