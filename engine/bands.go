package engine

import "math/bits"

// widthMax bounds a band's width: a wider one reaches all prices, and no sum overflows.
const widthMax = 2 * PriceMax

// set says whether there is a band.
func (w Band) set() bool { return w.Ticks != 0 || w.BasisPoints != 0 }

func (w Band) valid() bool { return w.Ticks >= 0 && w.Ticks <= PriceMax && w.BasisPoints >= 0 }

// width is how far a price may be from a reference.
func (w Band) width(reference Price) Price {
	width := widthMax
	if w.Ticks != 0 {
		width = w.Ticks
	}
	if w.BasisPoints != 0 {
		hi, lo := bits.Mul64(uint64(max(reference, -reference)), uint64(w.BasisPoints))
		if hi < 10_000 {
			if q, _ := bits.Div64(hi, lo, 10_000); q < uint64(width) {
				width = Price(q)
			}
		}
	}
	return width
}

// bounds are the lowest price at which a sell, and the highest at which a buy may be
// priced or trade: static ones for both, dynamic ones for each where it would move the market.
func (b *book) bounds() (low, high Price) {
	low, high = -widthMax, widthMax
	if in := &b.instrument; in.Reference != 0 && in.Static.set() {
		w := in.Static.width(in.Reference)
		low, high = in.Reference-w, in.Reference+w
	}
	return low, high
}

// outside says whether an order's price is outside the bands.
func (b *book) outside(s Side, p Price) bool {
	low, high := b.bounds()
	if p < low || p > high {
		return true
	}
	if b.trades == 0 || !b.instrument.Dynamic.set() {
		return false
	}
	w := b.instrument.Dynamic.width(b.last)
	return s == Buy && p > b.last+w || s == Sell && p < b.last-w
}

// marketLimit is the limit key of an order without a price: as far as the protection
// points and the bands go.
func (e *Engine) marketLimit(b *book, s Side) int64 {
	opp := b.side(s.Opposite())
	if opp.best == 0 {
		return unlimited
	}
	in := &b.instrument
	low, high := b.bounds()
	if b.trades > 0 && in.Dynamic.set() {
		w := in.Dynamic.width(b.last)
		low, high = max(low, b.last-w), min(high, b.last+w)
	}
	if in.Protection != 0 {
		best := priceOf(s.Opposite(), opp.bestKey)
		low, high = max(low, best-in.Protection), min(high, best+in.Protection)
	}
	if s == Buy {
		return keyOf(Sell, high)
	}
	return keyOf(Buy, low)
}

// limitOf is the limit key on the other side of an order with this price.
func limitOf(s Side, p Price) int64 { return -keyOf(s, p) }
