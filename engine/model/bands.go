package model

import (
	"math"
	"math/bits"

	"pricetime/engine"
)

// width is how far a band reaches from a reference, and whether there is a band.
func width(band engine.Band, reference engine.Price) (engine.Price, bool) {
	share := engine.Price(math.MaxInt64)
	hi, lo := bits.Mul64(uint64(max(reference, -reference)), uint64(band.BasisPoints))
	if hi < 10_000 {
		if q, _ := bits.Div64(hi, lo, 10_000); q < math.MaxInt64 {
			share = engine.Price(q)
		}
	}
	switch {
	case band.Ticks != 0 && band.BasisPoints != 0:
		return min(band.Ticks, share), true
	case band.BasisPoints != 0:
		return share, true
	}
	return band.Ticks, band.Ticks != 0
}

// staticBand is the prices that the static band allows, all where there is none.
func (b *book) staticBand() (low, high engine.Price) {
	in := &b.instrument
	if w, set := width(in.Static, in.Reference); set && in.Reference != 0 {
		return sum(in.Reference, -w), sum(in.Reference, w)
	}
	return math.MinInt64, math.MaxInt64
}

// dynamicBand is the lowest price that a sell may have and the highest of a buy.
func (b *book) dynamicBand() (low, high engine.Price) {
	if w, set := width(b.instrument.Dynamic, b.last); set && b.trades > 0 {
		return sum(b.last, -w), sum(b.last, w)
	}
	return math.MinInt64, math.MaxInt64
}

// collared says whether an order's price is outside the bands.
func (b *book) collared(side engine.Side, p engine.Price) bool {
	if low, high := b.staticBand(); p < low || p > high {
		return true
	}
	low, high := b.dynamicBand()
	return side == engine.Buy && p > high || side == engine.Sell && p < low
}

// limitOf is how far an incoming order trades: to its price; or, if it has none, to the
// nearest of its protection points behind the opposite best and the bands' edges.
func (b *book) limitOf(o *order) engine.Price {
	if o.priced() {
		return o.price
	}
	best := b.best(o.side.Opposite())
	staticLow, staticHigh := b.staticBand()
	dynamicLow, dynamicHigh := b.dynamicBand()
	protection := b.instrument.Protection
	if o.side == engine.Buy {
		limit := min(staticHigh, dynamicHigh)
		if best != nil && protection != 0 {
			limit = min(limit, sum(best.price, protection))
		}
		return limit
	}
	limit := max(staticLow, dynamicLow)
	if best != nil && protection != 0 {
		limit = max(limit, sum(best.price, -protection))
	}
	return limit
}
