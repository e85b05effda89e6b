package engine

import "math"

// book is one instrument's two sides. In continuous trading they never cross or
// touch: the best buy's price is below the best sell's.
type book struct {
	sides      [2]side // by Side
	instrument Instrument
	ticksMax   Price  // |price| is at most this, so that price times tick fits in 63 bits
	trades     uint64 // the last trade id

	plainTicks, plainLots uint64 // the largest price and quantity of a plain enter
}

func (b *book) init(memory Memory, in Instrument, limits *Limits, nodes *levelNodes) {
	b.instrument = in
	b.ticksMax = min(PriceMax, Price(math.MaxInt64/in.Tick))
	b.plainTicks, b.plainLots = uint64(min(b.ticksMax, plainMax)), uint64(min(in.QtyMax, plainMax))
	b.sides[Buy].init(memory, limits, nodes)
	b.sides[Sell].init(memory, limits, nodes)
}

// side is one of the two. (The mask tells the compiler that there are no more.)
func (b *book) side(s Side) *side { return &b.sides[s&1] }

func (e *Engine) book(i InstrumentID) *book { return &e.books[i] }

// numbers converts and checks an enter's price and quantity, and what they go together with.
func (b *book) numbers(c *Command) (p Price, q Qty, reason Reason) {
	if c.Type == Limit {
		if p, reason = b.ticks(c); reason != ReasonNone {
			return
		}
	}
	if q, reason = b.lots(c); reason != ReasonNone {
		return
	}
	postOnly := c.Flags&CmdFlagPostOnly != 0
	switch {
	case c.Type == Market && c.TimeInForce == GTC, postOnly && (c.Type == Market || c.TimeInForce != GTC):
		reason = ReasonBadCombination
	case q > b.instrument.QtyMax:
		reason = ReasonQtyAboveMax
	}
	return
}

// ticks converts and checks a command's price.
func (b *book) ticks(c *Command) (Price, Reason) {
	p := c.Price
	if c.Refusal == ReasonPriceOffTick || c.Refusal == ReasonPriceRange {
		return 0, c.Refusal
	}
	if c.Flags&CmdFlagDecimal != 0 {
		if int64(p)%b.instrument.Tick != 0 {
			return 0, ReasonPriceOffTick
		}
		p = Price(int64(p) / b.instrument.Tick)
	}
	if p > b.ticksMax || p < -b.ticksMax || p <= 0 && !b.instrument.NonPositivePrices {
		return 0, ReasonPriceRange
	}
	return p, ReasonNone
}

// lots converts and checks a command's quantity, but for the instrument's maximum.
func (b *book) lots(c *Command) (Qty, Reason) {
	q := c.Qty
	if c.Refusal == ReasonQtyOffLot || c.Refusal == ReasonQtyRange {
		return 0, c.Refusal
	}
	if c.Flags&CmdFlagDecimal != 0 {
		if int64(q)%b.instrument.Lot != 0 {
			return 0, ReasonQtyOffLot
		}
		q = Qty(int64(q) / b.instrument.Lot)
	}
	if q <= 0 || q > QtyMax {
		return 0, ReasonQtyRange
	}
	return q, ReasonNone
}

// crosses says whether an order of side s with this limit key on the opposite
// side would trade now.
func (b *book) crosses(s Side, limit int64) bool {
	return b.side(s.Opposite()).bestKey <= limit
}

// canRest checks that the level's total has room for leaves beside own, which the
// order itself already holds there, and returns the level; 0: there is none yet.
func (e *Engine) canRest(s *side, key int64, leaves, own Qty) (lh handle, reason Reason) {
	lh = s.find(key)
	if lh != 0 && e.levels.at(lh).total-own > math.MaxInt64-leaves {
		return lh, ReasonLevelOverflow
	}
	return lh, ReasonNone
}

// canFill says whether the whole quantity is there at the limit or better.
// It walks levels, not orders.
func (e *Engine) canFill(opp *side, limit int64, qty Qty) bool {
	for lh := opp.best; lh != 0; {
		l := e.levels.at(lh)
		if l.key > limit {
			return false
		}
		if l.total >= qty {
			return true
		}
		qty -= l.total
		lh = e.after(opp, l.key)
	}
	return false
}
