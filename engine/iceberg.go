package engine

// Icebergs and hidden orders. They stand in their level's queue like any order, the shown
// ones in front, and the level's total counts all of them:
//
//	anchor <-> shown, shown slice of an iceberg, ... <-> hidden, hidden, ...
//	                                                     ^ veiled, by level
//
// The crossing loop finds the next order at the front as ever; what is different comes
// after a fill, here.

// slicesOf is how many slices an iceberg has in reserve.
func slicesOf(leaves, display Qty) uint64 { return uint64((leaves - 1) / display) }

// holdSlices sets how many slices an iceberg holds. The caller has checked SlicesMax.
func (e *Engine) holdSlices(d *detail, n uint64) {
	e.slices += int(n) - int(d.slices)
	d.slices = uint32(n)
}

// enqueueApart is enqueue for an order that is apart, or on a side that has hidden orders.
// An iceberg's leaves are split into a slice and a reserve.
func (e *Engine) enqueueApart(s *side, lh, h handle, o *order) {
	l := e.levels.at(lh)
	l.total += o.leaves
	if o.traits&iceberg != 0 {
		d := e.details.at(h)
		d.reserve = o.leaves - e.showsOf(h, o)
		o.leaves -= d.reserve
	}
	e.pushBehind(s, lh, h, o)
}

// pushBehind puts an order at the back of its kind in a level's queue.
func (e *Engine) pushBehind(s *side, lh, h handle, o *order) {
	veiled := e.veiled.at(lh)
	switch {
	case o.traits&hidden != 0:
		s.hidden++
		e.queues.pushBack(lh, h)
		if *veiled == 0 {
			*veiled = h
		}
	case *veiled != 0:
		e.queues.putBefore(*veiled, h)
	default:
		e.queues.pushBack(lh, h)
	}
}

// dequeueApart is dequeue for an order that is apart.
func (e *Engine) dequeueApart(s *side, h handle, o *order) {
	lh := o.level
	e.levels.at(lh).total -= e.leavesOf(h, o)
	if o.traits&hidden != 0 {
		s.hidden--
		if veiled := e.veiled.at(lh); *veiled == h {
			*veiled = e.queues.behind(h)
		}
	}
	if o.traits&iceberg != 0 {
		d := e.details.at(h)
		o.leaves, d.reserve = o.leaves+d.reserve, 0
	}
	if e.queues.remove(h) {
		e.closeLevel(s, lh)
	}
}

// fillApart is what a fill of qty does to a resting order that is apart. x tells of it.
func (e *Engine) fillApart(s *side, h handle, o *order, qty Qty, x *Event, ev *Events) {
	x.ContraLeaves = e.leavesOf(h, o) - qty
	x.Flags |= veil(o)
	e.fill(s, h, o, qty, ev)
}

// veil says that not all of an order is shown.
func veil(o *order) (flags EventFlags) {
	if o.traits&hidden != 0 {
		flags = FlagHidden
	}
	if o.traits&iceberg != 0 {
		flags |= FlagIceberg
	}
	return flags
}

// fill takes qty off what any resting order shows: it stays, shows its next slice, or goes.
func (e *Engine) fill(s *side, h handle, o *order, qty Qty, ev *Events) {
	if qty < o.leaves {
		o.executed += qty
		o.leaves -= qty
		e.levels.at(o.level).total -= qty
		return
	}
	if o.traits&iceberg != 0 {
		if d := e.details.at(h); d.reserve > 0 {
			e.refresh(s, h, o, d, ev)
			return
		}
	}
	e.dequeueApart(s, h, o)
	e.dismiss(h, o)
	e.finish(h, o, 0, ReasonFilled)
}

// refresh shows an iceberg's next slice, at the back of the shown orders of its level:
// the one that is used up has been traded.
func (e *Engine) refresh(s *side, h handle, o *order, d *detail, ev *Events) {
	e.levels.at(o.level).total -= o.leaves
	o.executed += o.leaves
	o.leaves = min(d.display, d.reserve)
	d.reserve -= o.leaves
	e.queues.remove(h) // its level stays: it comes back at once
	e.pushBehind(s, o.level, h, o)

	x := ev.next(EvRefreshed)
	describe(x, o)
	e.describeMore(x, h, o)
	x.Price, x.Qty, x.Leaves = e.priceOf(o), e.totalOf(h, o), e.leavesOf(h, o)
}

// cutSlice gives an iceberg a new display quantity in its place: what it shows is not more.
func (e *Engine) cutSlice(h handle, o *order, display Qty) {
	d := e.details.at(h)
	d.display = display
	if !o.parked() && o.leaves > display {
		d.reserve += o.leaves - display
		o.leaves = display
	}
	e.holdSlices(d, slicesOf(o.leaves+d.reserve, display))
}
