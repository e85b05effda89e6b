package model

import (
	"fmt"
	"slices"

	"pricetime/engine"
)

// Check says which law the model breaks, if any (SEMANTICS 9).
func (m *Model) Check() error {
	stand := 0
	for i, b := range m.books {
		if err := b.check(); err != nil {
			return fmt.Errorf("model: instrument %d: %w", i, err)
		}
		for _, o := range b.all() {
			stand++
			if int(o.instrument) != i || m.orders[o.id] != o || !slices.Contains(m.open, o) {
				return fmt.Errorf("model: order %d is not where it belongs", o.id)
			}
		}
	}
	if stand != len(m.open) {
		return fmt.Errorf("model: %d orders are open and %d in books and parked", len(m.open), stand)
	}
	for i, o := range m.open {
		if o.ended != none || i > 0 && o.id <= m.open[i-1].id {
			return fmt.Errorf("model: order %d is not open, or not in entry order", o.id)
		}
		if o.expires != 0 && o.expires <= m.now {
			return fmt.Errorf("model: order %d is open, and expired at %d", o.id, o.expires)
		}
	}
	if err := m.checkMemory(); err != nil {
		return err
	}
	return m.checkLimits()
}

// checkMemory is the law of what is known of orders and client ids.
func (m *Model) checkMemory() error {
	for id, o := range m.orders {
		switch {
		case o.id != id:
			return fmt.Errorf("model: order %d goes by %d", o.id, id)
		case o.ended == none && !slices.Contains(m.open, o):
			return fmt.Errorf("model: order %d did not end and is not open", o.id)
		case o.ended == engine.ReasonFilled && (o.executed != o.total || o.canceled != 0):
			return fmt.Errorf("model: order %d is filled with %d of %d", o.id, o.executed, o.total)
		case o.ended != none && o.ended != engine.ReasonFilled && o.canceled <= 0:
			return fmt.Errorf("model: order %d was canceled with nothing left", o.id)
		}
	}
	for n, u := range m.names {
		if u.order.account != n.account || m.orders[u.order.id] != u.order {
			return fmt.Errorf("model: client id %x names an order of another account", n.id)
		}
	}
	return nil
}

// checkLimits is the law of the limits that orders which stay count against.
func (m *Model) checkLimits() error {
	slices := engine.Qty(0)
	for _, o := range m.open {
		if o.iceberg() && o.slices < slicesFor(o.leaves(), o.display) {
			return fmt.Errorf("model: order %d holds %d slices", o.id, o.slices)
		}
		slices += o.slices
	}
	if parked := len(m.openOrders((*order).parked)); parked > m.limits.ParkedMax {
		return fmt.Errorf("model: %d orders are parked", parked)
	}
	if slices > engine.Qty(m.limits.SlicesMax) || len(m.open) > m.limits.OrdersMax {
		return fmt.Errorf("model: %d orders are open, with %d slices", len(m.open), slices)
	}
	for _, b := range m.books {
		for side := range b.sides {
			if _, _, levels := b.levelAt(engine.Side(side), 0, nil); levels > m.limits.LevelsPerSideMax {
				return fmt.Errorf("model: a side has %d levels", levels)
			}
		}
	}
	return nil
}

// check is the law of one book: each order where it belongs, and in continuous trading
// never crossed or locked, and nobody waiting who should have been triggered.
func (b *book) check() error {
	for side, orders := range b.sides {
		total := engine.Qty(0)
		for i, o := range orders {
			if err := o.check(engine.Side(side), inBook); err != nil {
				return err
			}
			if i > 0 && !orders[i-1].goesBefore(o) {
				return fmt.Errorf("order %d is behind a worse one", o.id)
			}
			if i == 0 || o.price != orders[i-1].price {
				total = 0
			}
			if total += o.leaves(); total < 0 {
				return fmt.Errorf("level %d has a total that does not fit", o.price)
			}
		}
	}
	bid, offer := b.best(engine.Buy), b.best(engine.Sell)
	if b.phase == engine.Continuous && bid != nil && offer != nil && bid.price >= offer.price {
		return fmt.Errorf("crossed: bid %d, offer %d", bid.price, offer.price)
	}
	return b.checkParked()
}

func (b *book) checkParked() error {
	for trigger, orders := range b.waiting {
		for i, o := range orders {
			if err := o.check(engine.Side(trigger%2), waiting); err != nil {
				return err
			}
			if o.trigger() != trigger || i > 0 && o.stop != orders[i-1].stop && o.firesAbove() != (orders[i-1].stop < o.stop) {
				return fmt.Errorf("order %d waits in the wrong place", o.id)
			}
			if b.firesNow(o) {
				return fmt.Errorf("order %d waits for %d and the last price is %d", o.id, o.stop, b.last)
			}
		}
	}
	for side, orders := range b.unpriced {
		for _, o := range orders {
			if err := o.check(engine.Side(side), unpriced); err != nil {
				return err
			}
			if b.phase == engine.Continuous {
				return fmt.Errorf("order %d has no price, and the call is over", o.id)
			}
		}
	}
	return nil
}

// check is the law of an order that is open.
func (o *order) check(side engine.Side, where place) error {
	typeFits := map[place]bool{
		inBook:   o.priced() && o.tif.Stays(),
		waiting:  o.typ.Triggers() && o.tif.Stays(),
		unpriced: o.typ == engine.Market && o.tif == engine.DAY,
	}[where]
	switch {
	case o.side != side || o.place != where:
		return fmt.Errorf("order %d is on side %d at place %d", o.id, o.side, o.place)
	case o.ended != none || o.leaves() <= 0 || o.executed < 0:
		return fmt.Errorf("order %d stands with %d of %d executed, ended %d", o.id, o.executed, o.total, o.ended)
	case !typeFits:
		return fmt.Errorf("order %d stands at place %d and is of a type that does not", o.id, where)
	case o.iceberg() && where == inBook && (o.shown < 1 || o.shown > min(o.display, o.leaves())):
		return fmt.Errorf("order %d shows %d of %d, of %d left", o.id, o.shown, o.display, o.leaves())
	case (!o.iceberg() || where != inBook) && o.shown != 0:
		return fmt.Errorf("order %d shows %d", o.id, o.shown)
	}
	return nil
}
