package model

import (
	"math"

	"pricetime/engine"
)

// none is no fault.
const none = engine.ReasonNone

// price reads the command's price as ticks of an instrument.
func (m *Model) price(in *engine.Instrument) (engine.Price, engine.Reason) {
	c := m.cmd
	if c.Refusal == engine.ReasonPriceOffTick || c.Refusal == engine.ReasonPriceRange {
		return 0, c.Refusal
	}
	return m.ticks(in, c.Price)
}

// stopPrice is the same of the stop price: any fault is ReasonStopPrice.
func (m *Model) stopPrice(in *engine.Instrument) (engine.Price, engine.Reason) {
	p, why := m.ticks(in, m.cmd.StopPrice)
	if why != none || m.cmd.Refusal == engine.ReasonStopPrice {
		return 0, engine.ReasonStopPrice
	}
	return p, none
}

func (m *Model) ticks(in *engine.Instrument, p engine.Price) (engine.Price, engine.Reason) {
	if m.cmd.Flags&engine.CmdFlagDecimal != 0 {
		if int64(p)%in.Tick != 0 {
			return 0, engine.ReasonPriceOffTick
		}
		p /= engine.Price(in.Tick)
	}
	if !isPrice(in, p) {
		return 0, engine.ReasonPriceRange
	}
	return p, none
}

// isPrice says whether an instrument has this price.
func isPrice(in *engine.Instrument, p engine.Price) bool {
	return p <= engine.PriceMax && p >= -engine.PriceMax && fitsProduct(int64(p), in.Tick) &&
		(p > 0 || in.NonPositivePrices)
}

// qty reads the command's quantity as lots of an instrument.
func (m *Model) qty(in *engine.Instrument) (engine.Qty, engine.Reason) {
	c := m.cmd
	if c.Refusal == engine.ReasonQtyOffLot || c.Refusal == engine.ReasonQtyRange {
		return 0, c.Refusal
	}
	q, whole := m.lots(in, c.Qty)
	if !whole {
		return 0, engine.ReasonQtyOffLot
	}
	if q <= 0 || q > engine.QtyMax {
		return 0, engine.ReasonQtyRange
	}
	return q, none
}

// display reads the command's display quantity for an order of this total; 0 is none.
func (m *Model) display(in *engine.Instrument, total engine.Qty) (engine.Qty, engine.Reason) {
	return m.partOf(in, total, m.cmd.DisplayQty, engine.ReasonDisplay)
}

// minimum is the same of the minimum quantity.
func (m *Model) minimum(in *engine.Instrument, total engine.Qty) (engine.Qty, engine.Reason) {
	return m.partOf(in, total, m.cmd.MinQty, engine.ReasonMinQty)
}

func (m *Model) partOf(in *engine.Instrument, total, part engine.Qty, fault engine.Reason) (engine.Qty, engine.Reason) {
	if m.cmd.Refusal == fault {
		return 0, fault
	}
	if part == 0 {
		return 0, none
	}
	q, whole := m.lots(in, part)
	if !whole || q < 1 || q > total {
		return 0, fault
	}
	return q, none
}

func (m *Model) lots(in *engine.Instrument, q engine.Qty) (lots engine.Qty, whole bool) {
	if m.cmd.Flags&engine.CmdFlagDecimal == 0 {
		return q, true
	}
	return q / engine.Qty(in.Lot), int64(q)%in.Lot == 0
}

// notional says whether price times quantity fits, in 63 bits and in the instrument's
// maximum.
func notional(in *engine.Instrument, p engine.Price, q engine.Qty) engine.Reason {
	if !fitsProduct(int64(p), int64(q)) {
		return engine.ReasonNotional
	}
	if in.NotionalMax != 0 && max(int64(p), -int64(p))*int64(q) > in.NotionalMax {
		return engine.ReasonNotionalMax
	}
	return none
}

// fitsProduct says whether a*b fits in 63 bits; b >= 0.
func fitsProduct(a, b int64) bool {
	if a == 0 || b == 0 {
		return true
	}
	if a == math.MinInt64 {
		return false
	}
	return max(a, -a) <= math.MaxInt64/b
}

// sum is a+b, or the nearest there is.
func sum[N engine.Price | engine.Qty](a, b N) N {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}
