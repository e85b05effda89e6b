package flow

import (
	"math"

	"pricetime/engine"
)

// everything is what a flow of everything knows of the venue.
type everything struct {
	now    engine.Time
	phases []engine.Phase // by instrument
	last   []engine.Price // of the last trade, by instrument
	kills  []engine.Command
}

// dayNs is a day of sequenced time.
const dayNs = 86_400_000_000_000

// VenueInstruments are [RandomInstruments] and two more, which have all the rules that an
// instrument can have; the last one begins in a call.
func VenueInstruments() []engine.Instrument {
	return append(RandomInstruments(),
		engine.Instrument{
			Symbol: "BANDED", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 50, NotionalMax: 9_990, Reference: 1000,
			Static: engine.Band{Ticks: 5}, Dynamic: engine.Band{BasisPoints: 40}, Protection: 2, SelfTrade: engine.SelfTradeDecrement,
		},
		engine.Instrument{
			Symbol: "OPENING", Tick: engine.DecimalOne / 4, Lot: engine.DecimalOne / 10, QtyMax: 1_000, NonPositivePrices: true, Reference: 3,
			Static: engine.Band{Ticks: 100, BasisPoints: 25_000}, Protection: 1, SelfTrade: engine.SelfTradeNewest, Opens: engine.PreOpen,
		},
	)
}

// Everything makes the flow one of all order types, phases, kills, limits of accounts, and
// of a time that passes midnight now and then. It returns the flow itself.
func (r *Random) Everything() *Random {
	r.everything = &everything{
		phases: make([]engine.Phase, len(r.instruments)),
		last:   make([]engine.Price, len(r.instruments)),
	}
	for i := range r.instruments {
		r.everything.phases[i] = r.instruments[i].Opens
		r.everything.last[i] = r.centre(engine.InstrumentID(i))
	}
	return r
}

// centre is about where an instrument trades.
func (r *Random) centre(id engine.InstrumentID) engine.Price {
	if r.instruments[id].NonPositivePrices {
		return 0
	}
	return 1000
}

// time goes on by a microsecond a command, now and then by more, over midnight, or back.
func (r *Random) time() engine.Time {
	x := r.everything
	switch r.choices.below(500) {
	case 1:
		x.now = (x.now/dayNs + 1) * dayNs
	case 2:
		x.now = (x.now/dayNs+1)*dayNs - 5_000
	case 3, 4, 5:
		x.now += 60_000_000_000
	case 6, 7, 8:
		return x.now - 50_000
	}
	x.now += 1000
	return x.now
}

// admin is the venue's own commands: not often, and a phase other than Continuous, or a
// kill, does not last.
func (r *Random) admin(c *engine.Command) bool {
	x := r.everything
	for i, phase := range x.phases {
		if phase != engine.Continuous && r.choices.once(16) {
			r.phase(c, engine.InstrumentID(i))
			return true
		}
	}
	if len(x.kills) > 0 && r.choices.once(6) {
		r.lift(c)
		return true
	}
	switch r.choices.below(500) {
	case 1, 2, 3, 4, 5, 6, 7, 8:
		r.phase(c, engine.InstrumentID(r.choices.below(len(r.instruments)+1)))
	case 9:
		r.kill(c)
	case 12, 13, 14, 15, 16:
		c.Kind, c.Target = engine.CmdAccount, uint32(r.choices.below(3))
		if r.choices.once(4) {
			c.Qty = engine.Qty(r.choices.below(20) - 1)
		}
	case 17:
		c.Kind = engine.CmdRollDay
	case 18, 19:
		c.Kind = engine.CmdInstruments
	case 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34:
		c.Kind = engine.CmdTime
	default:
		return false
	}
	return true
}

// phase moves an instrument on, mostly back to Continuous.
func (r *Random) phase(c *engine.Command, id engine.InstrumentID) {
	c.Kind, c.Instrument = engine.CmdPhase, id
	if int(id) >= len(r.instruments) {
		return // and it does not exist
	}
	next := map[engine.Phase][]engine.Phase{
		engine.Continuous:  {engine.PreOpen, engine.Halted, engine.ClosingCall, engine.Closed},
		engine.PreOpen:     {engine.Continuous, engine.Continuous, engine.Continuous, engine.Continuous, engine.Halted, engine.Closed},
		engine.Halted:      {engine.PreOpen, engine.PreOpen, engine.Closed},
		engine.ClosingCall: {engine.Closed, engine.Closed, engine.Halted},
		engine.Closed:      {engine.PreOpen},
	}[r.everything.phases[id]]
	c.Phase = next[r.choices.below(len(next))]
	if r.choices.once(8) {
		c.Phase = engine.Phase(r.choices.below(7))
	}
}

// kill is about one of the accounts and sessions that are in use, or an instrument, and
// seldom about the whole venue.
func (r *Random) kill(c *engine.Command) {
	c.Kind = engine.CmdKill
	c.Scope = engine.Scope(1 + r.choices.below(4))
	if c.Scope == engine.ScopeVenue && !r.choices.once(3) {
		c.Scope = engine.ScopeSession
	}
	c.Target = uint32(c.Session)
	c.Instrument = engine.InstrumentID(r.choices.below(len(r.instruments)))
	if r.choices.once(12) { // or nothing that there is
		c.Scope = engine.Scope(r.choices.below(6))
		c.Account += engine.AccountID(r.choices.below(2) * r.limits.AccountsMax)
		c.Instrument += engine.InstrumentID(r.choices.below(2) * len(r.instruments))
	}
}

// lift ends the oldest kill.
func (r *Random) lift(c *engine.Command) {
	now := c.Time
	*c = r.everything.kills[0]
	c.Time = now
	c.Flags |= engine.CmdFlagLift
	r.everything.kills = r.everything.kills[1:]
}

// dress gives a plain enter more than it had: of each kind enough, and mostly what goes
// together.
func (r *Random) dress(c *engine.Command) {
	if r.choices.once(4) {
		c.SelfTrade = engine.SelfTrade(1 + r.choices.below(5))
	}
	if r.everything.phases[c.Instrument].Call() && !r.choices.once(6) {
		r.dressForCall(c)
	}
	limit := func(tif engine.TimeInForce) {
		if !c.Type.Priced() {
			c.Price = r.price(c.Instrument, c.Side)
		}
		c.Type, c.TimeInForce, c.Flags = engine.Limit, tif, c.Flags&^engine.CmdFlagPostOnly
	}
	switch r.choices.below(32) {
	case 1, 2, 3, 4:
		r.waits(c)
	case 5:
		limit(engine.GTC)
		c.Type, c.Price = engine.MarketToLimit, 0
	case 6, 7, 8:
		limit(engine.GTC)
		c.DisplayQty = r.part(c.Qty)
	case 9, 10:
		limit(engine.GTC)
		c.Flags |= engine.CmdFlagHidden
	case 11, 12:
		if limit(engine.IOC); r.choices.once(3) {
			c.Type, c.Price = engine.Market, 0
		}
		c.MinQty = r.part(c.Qty)
	case 13, 14:
		limit(engine.GTC)
		c.Flags |= engine.CmdFlagPostOnly | engine.CmdFlagSlide
	case 15: // anything, most of it excluding each other
		c.Type = engine.OrderType(1 + r.choices.below(7))
		c.TimeInForce = engine.TimeInForce(1 + r.choices.below(5))
		c.Flags |= engine.CommandFlags(r.choices.below(2))*engine.CmdFlagHidden | engine.CommandFlags(r.choices.below(2))*engine.CmdFlagSlide
		c.DisplayQty = engine.Qty(r.choices.below(2)) * r.part(c.Qty)
		c.MinQty = engine.Qty(r.choices.below(2)) * r.part(c.Qty)
		r.prices(c)
	}
	switch {
	case c.TimeInForce == engine.GTC && r.choices.below(6) == 1:
		c.TimeInForce = engine.DAY
	case c.TimeInForce == engine.GTC && r.choices.below(5) == 1:
		c.TimeInForce = engine.GTD
	}
	if c.TimeInForce == engine.GTD {
		c.ExpireTime = r.everything.now + engine.Time(1+r.choices.below(400))*1000
		if r.choices.once(12) {
			c.ExpireTime = r.everything.now - engine.Time(r.choices.below(2))*1000
		}
	}
}

// dressForCall makes an enter one that a call takes.
func (r *Random) dressForCall(c *engine.Command) {
	switch {
	case c.Type == engine.Market:
		c.TimeInForce = engine.DAY
	case !c.TimeInForce.Stays():
		c.TimeInForce = engine.GTC
	}
}

// waits makes an enter one that waits for a print, near the last price.
func (r *Random) waits(c *engine.Command) {
	c.Type = engine.Stop + engine.OrderType(r.choices.below(4))
	c.TimeInForce, c.Flags = engine.GTC, 0
	r.prices(c)
	if c.Type.Priced() && r.choices.once(4) {
		c.DisplayQty = r.part(c.Qty)
	}
}

// prices gives an enter the prices that its type has.
func (r *Random) prices(c *engine.Command) {
	if !c.Type.Priced() {
		c.Price = 0
	} else if c.Price == 0 {
		c.Price = r.price(c.Instrument, c.Side)
	}
	if c.Type.Triggers() {
		c.StopPrice = r.stopPrice(c.Instrument, c.Side, c.Type)
	}
}

// stopPrice is mostly a tick or two on the far side of the last price.
func (r *Random) stopPrice(id engine.InstrumentID, side engine.Side, typ engine.OrderType) engine.Price {
	if r.choices.once(30) {
		edges := [...]engine.Price{0, -1, engine.PriceMax, engine.PriceMax + 1, math.MinInt64}
		return edges[r.choices.below(len(edges))]
	}
	away := engine.Price(r.choices.below(5) - 1)
	if (side == engine.Buy) != (typ == engine.Stop || typ == engine.StopLimit) {
		away = -away
	}
	return r.everything.last[id] + away
}

// part is mostly a small part of a quantity, now and then none of it.
func (r *Random) part(q engine.Qty) engine.Qty {
	if r.choices.once(20) {
		edges := [...]engine.Qty{-1, q, q + 1, math.MaxInt64}
		return edges[r.choices.below(len(edges))]
	}
	if q > 1000 {
		return q/4 + 1
	}
	return engine.Qty(1 + r.choices.below(int(max(1, q/2))))
}

// dressReplace gives a replace a new stop price or display quantity, and leaves the price
// out where the order has none.
func (r *Random) dressReplace(c *engine.Command, o randomOrder) {
	if o.typ != 0 && !o.typ.Priced() && o.typ != engine.MarketToLimit && !r.choices.once(6) {
		c.Price, c.Flags = 0, c.Flags|engine.CmdFlagKeepPrice
	}
	if o.typ.Triggers() && r.choices.once(2) || r.choices.once(30) {
		c.Flags |= engine.CmdFlagNewStop
		c.StopPrice = r.stopPrice(o.instrument, o.side, o.typ)
	}
	if r.choices.once(6) {
		c.DisplayQty = r.part(max(c.Qty, o.total))
	}
}

// alter changes one thing of a command that is sent again.
func (r *Random) alter(c *engine.Command) {
	switch r.choices.below(6) {
	case 0:
		c.StopPrice++
	case 1:
		c.DisplayQty++
	case 2:
		c.MinQty++
	case 3:
		c.ExpireTime++
	case 4:
		c.SelfTrade = (c.SelfTrade + 1) % 6
	case 5:
		c.Flags ^= 1 << r.choices.below(13)
	}
}

// garble puts something into a command that does not belong there.
func (r *Random) garble(c *engine.Command) {
	switch r.choices.below(8) {
	case 0:
		c.SelfTrade = engine.SelfTrade(r.choices.below(256))
	case 1:
		c.StopPrice = r.price(0, engine.Buy)
	case 2:
		c.ExpireTime = r.everything.now + 10_000
	case 3:
		c.Price = r.price(0, engine.Buy)
	case 4:
		c.Scope = engine.ScopeVenue
	case 5:
		c.Kind, c.Account = engine.CmdAccount, engine.AccountID(r.limits.AccountsMax)
	case 6:
		c.Kind, c.Qty = engine.CmdAccount, -1
	case 7:
		c.DisplayQty, c.MinQty = r.part(c.Qty), r.part(c.Qty)
	}
}

// moreFaults are those that a door can find in what only a flow of everything sends.
var moreFaults = [...]engine.Reason{engine.ReasonStopPrice, engine.ReasonDisplay, engine.ReasonMinQty, engine.ReasonExpireTime}

// moreDecimals puts the other numbers of a command into decimal units, where they fit,
// some of them off the grid.
func (r *Random) moreDecimals(c *engine.Command, in engine.Instrument) {
	if r.everything == nil {
		return
	}
	off := int64(0)
	if r.choices.once(12) {
		off = 1
	}
	for _, n := range []struct {
		value *int64
		step  int64
	}{{(*int64)(&c.StopPrice), in.Tick}, {(*int64)(&c.DisplayQty), in.Lot}, {(*int64)(&c.MinQty), in.Lot}} {
		if *n.value != 0 && *n.value < math.MaxInt64/n.step && *n.value > math.MinInt64/n.step {
			*n.value = *n.value*n.step + off
		}
	}
}

// observe takes in what the last command did to the venue.
func (x *everything) observe(c *engine.Command, events []engine.Event) {
	for i := range events {
		switch e := &events[i]; e.Kind {
		case engine.EvExecuted:
			x.last[e.Instrument] = e.Price
		case engine.EvPhase:
			x.phases[e.Instrument] = e.Phase
		case engine.EvKilled:
			if e.Flags&engine.FlagKilled != 0 {
				x.kills = append(x.kills, *c)
			}
		}
	}
}
