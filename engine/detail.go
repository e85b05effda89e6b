package engine

// detail is what an order that is apart has beyond an order, by its slot. A plain order's
// is never touched.
type detail struct {
	price   Price // of a parked order: its limit, 0 for none
	stop    Price // of one that triggers
	display Qty   // of an iceberg
	reserve Qty   // of an iceberg in the book: what it does not show; its leaves are what it shows
	expires Time  // of DAY and GTD

	slices uint32 // of an iceberg: what it holds of Limits.SlicesMax
	heapAt uint32 // of DAY and GTD: its place in the heap
	_      [2]uint64
}

// newDetail fills in a checked order's traits, and its detail if it is apart.
func (e *Engine) newDetail(c *Command, h handle, o *order, n *anyEntry) {
	if c.Flags&CmdFlagPostOnly != 0 {
		o.traits |= postOnly
	}
	if c.Flags&CmdFlagHidden != 0 {
		o.traits |= hidden
	}
	d := e.details.at(h)
	if c.Type.Triggers() || n.display != 0 || c.TimeInForce >= DAY {
		*d = detail{price: priceOf(c.Side, n.key), stop: n.stop, display: n.display}
	}
	if n.display != 0 {
		o.traits |= iceberg
		e.holdSlices(d, slicesOf(n.qty, n.display))
	}
	switch c.TimeInForce {
	case DAY:
		e.expire(&e.days, h, o, d, dayEnd(e.now))
	case GTD:
		e.expire(&e.dates, h, o, d, c.ExpireTime)
	}
}

// giveUpDetail takes what an order that is apart and ends holds elsewhere.
func (e *Engine) giveUpDetail(h handle, o *order) {
	d := e.details.at(h)
	if o.traits&iceberg != 0 {
		e.holdSlices(d, 0)
	}
	if o.traits&expires != 0 {
		e.unexpire(h, o, d)
	}
}

// leavesOf is what an order has left, with what it does not show.
func (e *Engine) leavesOf(h handle, o *order) Qty {
	if o.traits&iceberg != 0 {
		return o.leaves + e.details.at(h).reserve
	}
	return o.leaves
}

// totalOf is an order's total.
func (e *Engine) totalOf(h handle, o *order) Qty { return e.leavesOf(h, o) + o.executed }

// describeMore fills in what an event tells of an order that is apart: what it shows.
func (e *Engine) describeMore(x *Event, h handle, o *order) {
	if o.traits&hidden != 0 {
		x.Flags |= FlagHidden
	}
	if o.traits&iceberg != 0 {
		x.Flags |= FlagIceberg
		x.TradeID = uint64(e.showsOf(h, o))
	}
}

// showsOf is what an iceberg shows, or would if it went into the book now.
func (e *Engine) showsOf(h handle, o *order) Qty {
	return min(o.leaves, e.details.at(h).display)
}
