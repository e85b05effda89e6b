package flow

import (
	"encoding/binary"
	"math"
	"math/rand/v2"

	"pricetime/engine"
)

// Random makes commands over several accounts, sessions and instruments: mostly sensible
// ones near the touch, so that orders meet, and a good share of wrong ones, so that every
// refusal comes up. As [NewRandom] makes it, it is plain: limit and market orders that
// trade and rest in Continuous; [Random.Everything] adds all that a venue has.
//
// An OrderID in its commands is an ordinal: 1 for the first order accepted, 2 for
// the second. These are the ids that the model issues; a test that feeds an
// engine puts the engine's own ids in their place. Feed the events back, with
// ordinals for ids: that is how it knows which orders live.
type Random struct {
	limits      engine.Limits
	instruments []engine.Instrument
	choices     choices
	everything  *everything // what a flow of everything knows besides; nil in a plain one

	made   int              // commands so far
	orders []randomOrder    // by ordinal - 1
	open   []engine.OrderID // may hold some that are done by now
	sent   []engine.Command // the newest enters and replaces, to send again
	names  uint32           // client ids made up so far
}

// randomOrder is what Random remembers of an accepted order.
type randomOrder struct {
	account    engine.AccountID
	instrument engine.InstrumentID
	side       engine.Side
	typ        engine.OrderType
	price      engine.Price
	stop       engine.Price
	total      engine.Qty
	open       bool
	ids        []engine.ClOrdID // the client ids it has had, newest last
}

// RandomInstruments are instruments that between them reach every rule about
// numbers: an ordinary one, one with prices of zero and below, and one whose
// quantities are as large as they get.
func RandomInstruments() []engine.Instrument {
	return []engine.Instrument{
		{Symbol: "SHARE", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 50},
		{Symbol: "SPREAD", Tick: engine.DecimalOne / 4, Lot: engine.DecimalOne / 10, QtyMax: 1_000, NonPositivePrices: true},
		{Symbol: "WIDE", Tick: 3, Lot: 1, QtyMax: engine.QtyMax, NonPositivePrices: true},
	}
}

// NewRandom returns an endless flow that a seed decides.
func NewRandom(seed uint64, limits engine.Limits, instruments []engine.Instrument) *Random {
	return &Random{
		limits: limits, instruments: instruments,
		choices: choices{random: rand.New(rand.NewPCG(seed, 0x74696D65))},
	}
}

// NewRandomFrom returns a flow that a fuzzer's bytes decide; it ends with them.
func NewRandomFrom(b []byte, limits engine.Limits, instruments []engine.Instrument) *Random {
	return &Random{limits: limits, instruments: instruments, choices: choices{bytes: b}}
}

// choices is where the decisions come from: a seeded generator, or bytes, which
// give zeros when they have run out.
type choices struct {
	random *rand.Rand
	bytes  []byte
}

func (c *choices) ended() bool { return c.random == nil && len(c.bytes) == 0 }

// below returns a number from 0 to n-1.
func (c *choices) below(n int) int {
	switch {
	case n <= 1:
		return 0
	case c.random != nil:
		return c.random.IntN(n)
	case len(c.bytes) == 0:
		return 0
	case n > 256 && len(c.bytes) > 1:
		v := binary.LittleEndian.Uint16(c.bytes)
		c.bytes = c.bytes[2:]
		return int(v) % n
	}
	v := c.bytes[0]
	c.bytes = c.bytes[1:]
	return int(v) % n
}

// once says yes one time in n.
func (c *choices) once(n int) bool { return c.below(n) == n-1 }

// Next writes the next command to c, or returns false at the flow's end.
func (r *Random) Next(c *engine.Command) bool {
	if r.choices.ended() {
		return false
	}
	r.made++
	*c = engine.Command{Time: engine.Time(r.made) * 1000}
	r.whose(c)
	if r.everything != nil {
		c.Time = r.time()
		if r.admin(c) {
			return true
		}
	}
	switch n := r.choices.below(100); {
	case n < 48:
		r.enter(c)
	case n < 60:
		c.Kind = engine.CmdCancel
		r.name(c)
	case n < 68:
		r.reduce(c)
	case n < 84:
		r.replace(c)
	case n < 85:
		if r.everything != nil && !r.choices.once(4) { // kills, expiry and self trades take out enough
			r.enter(c)
			break
		}
		r.massCancel(c)
	case n < 86:
		if r.everything != nil && !r.choices.once(4) {
			r.enter(c)
			break
		}
		c.Kind = engine.CmdSessionLost
		if !r.choices.once(4) {
			c.Flags = engine.CmdFlagCancelOnDisconnect
		}
	case n < 91:
		c.Kind = engine.CmdStatus
		r.name(c)
	case n < 92:
		c.Kind = engine.CmdOrders
	case n < 98:
		r.resend(c)
	default:
		r.garbage(c)
	}
	if c.Kind == engine.CmdEnter || c.Kind == engine.CmdReplace {
		r.sent = append(r.sent, *c)
		if len(r.sent) > 64 {
			r.sent = r.sent[1:]
		}
	}
	return true
}

// whose picks one of the accounts and one of its two sessions.
func (r *Random) whose(c *engine.Command) {
	c.Account = engine.AccountID(r.choices.below(min(3, r.limits.AccountsMax)))
	c.Session = engine.SessionID(1 + 2*int(c.Account) + r.choices.below(2))
}

func (r *Random) enter(c *engine.Command) {
	c.Kind = engine.CmdEnter
	c.Instrument = engine.InstrumentID(r.choices.below(len(r.instruments)))
	if r.everything != nil && r.choices.once(4) { // or the wide one's levels would never fill up
		c.Instrument = engine.InstrumentID(min(2, len(r.instruments)-1))
	}
	c.Side = engine.Side(r.choices.below(2))
	c.Type, c.TimeInForce = engine.Limit, engine.GTC
	switch r.choices.below(20) {
	case 0:
		c.Type, c.TimeInForce = engine.Market, engine.IOC
	case 1:
		c.Type, c.TimeInForce = engine.Market, engine.FOK
	case 2, 3:
		c.TimeInForce = engine.IOC
	case 4, 5:
		c.TimeInForce = engine.FOK
	case 6, 7:
		c.Flags = engine.CmdFlagPostOnly
	case 8: // anything, much of it excluding each other
		c.Type = engine.OrderType(1 + r.choices.below(2))
		c.TimeInForce = engine.TimeInForce(1 + r.choices.below(3))
		c.Flags = engine.CommandFlags(r.choices.below(2)) * engine.CmdFlagPostOnly
	}
	c.ClOrdID = r.clOrdID(c.Account)
	if c.Type == engine.Limit {
		c.Price = r.price(c.Instrument, c.Side)
	}
	c.Qty = r.qty(c.Instrument)
	if r.everything != nil {
		r.dress(c)
	}
	r.decimals(c, c.Instrument)
}

func (r *Random) reduce(c *engine.Command) {
	c.Kind = engine.CmdReduce
	o := r.name(c)
	c.Qty = r.qty(o.instrument)
	if o.total > 1 && !r.choices.once(3) {
		c.Qty = o.total - 1 - engine.Qty(r.choices.below(int(min(o.total-1, 10))))
	}
	r.decimals(c, o.instrument)
}

func (r *Random) replace(c *engine.Command) {
	c.Kind = engine.CmdReplace
	o := r.name(c)
	c.Price, c.Qty = r.price(o.instrument, o.side), r.qty(o.instrument)
	switch r.choices.below(8) {
	case 0:
		c.Price = o.price
	case 1:
		c.Price, c.Qty = o.price, max(1, o.total-1)
	case 2:
		c.Price, c.Flags = 0, engine.CmdFlagKeepPrice
	case 3:
		c.Qty, c.Flags = 0, engine.CmdFlagKeepQty
	case 4:
		c.Price, c.Qty, c.Flags = 0, 0, engine.CmdFlagKeepPrice|engine.CmdFlagKeepQty
	}
	if r.choices.once(4) {
		c.Flags |= engine.CmdFlagRequeue
	}
	if !r.choices.once(3) {
		c.NewClOrdID = r.clOrdID(c.Account)
	}
	if r.everything != nil {
		r.dressReplace(c, o)
	}
	r.decimals(c, o.instrument)
}

func (r *Random) massCancel(c *engine.Command) {
	c.Kind = engine.CmdMassCancel
	c.Scope = engine.Scope(1 + r.choices.below(3))
	c.Instrument = engine.InstrumentID(r.choices.below(len(r.instruments)))
	c.Side = engine.Side(r.choices.below(2))
	c.Price = r.price(c.Instrument, engine.Buy)
	c.PriceHigh = c.Price + engine.Price(r.choices.below(8))
	if !r.choices.once(4) {
		c.Flags |= engine.CmdFlagByPrice
	}
	if r.choices.once(2) {
		c.Flags |= engine.CmdFlagBySide
	}
	if c.Scope == engine.ScopeInstrument || r.choices.once(2) {
		c.Flags |= engine.CmdFlagByInstrument
	}
}

// resend sends a command of before again: the same, or with one thing changed.
func (r *Random) resend(c *engine.Command) {
	if len(r.sent) == 0 {
		c.Kind = engine.CmdOrders
		return
	}
	now := c.Time
	*c = r.sent[r.choices.below(len(r.sent))]
	c.Time = now
	if r.everything != nil && r.choices.once(4) {
		r.alter(c)
		return
	}
	switch r.choices.below(8) {
	case 0:
		c.Qty++
	case 1:
		c.Price++
	case 2:
		c.Flags ^= 1 << r.choices.below(9)
	case 3:
		c.Side ^= 1
	}
}

// garbage is a command with a field outside its range.
func (r *Random) garbage(c *engine.Command) {
	switch r.choices.below(3) {
	case 0:
		r.enter(c)
	case 1:
		r.replace(c)
	case 2:
		r.massCancel(c)
	}
	if r.everything != nil && r.choices.once(3) {
		r.garble(c)
		return
	}
	switch r.choices.below(11) {
	case 0:
		c.Kind = engine.CommandKind(r.choices.below(256))
	case 1:
		c.Side = 2 + engine.Side(r.choices.below(254))
	case 2:
		c.Type = engine.OrderType(r.choices.below(256))
	case 3:
		c.TimeInForce = engine.TimeInForce(r.choices.below(256))
	case 4:
		c.Account = engine.AccountID(r.limits.AccountsMax)
	case 5:
		c.Account = math.MaxUint32
	case 6:
		c.Instrument = engine.InstrumentID(len(r.instruments))
	case 7:
		c.Instrument = engine.NoInstrument
	case 8:
		c.Scope = engine.Scope(r.choices.below(256))
	case 9:
		c.Flags = engine.CommandFlags(r.choices.below(1 << 16))
	case 10: // both ids, or none
		c.ClOrdID, c.OrderID = engine.ClOrdID{}, 0
		if r.choices.once(2) {
			c.ClOrdID, c.OrderID = engine.ClOrdID{1}, 1
		}
	}
}

// name makes a command name an order, and returns what it knows of it: mostly an
// open one by its owner, else one that is done, was never, or is another's.
func (r *Random) name(c *engine.Command) randomOrder {
	var o randomOrder
	id := engine.OrderID(len(r.orders) + 1)
	if n := len(r.orders); n > 0 && !r.choices.once(40) {
		id = engine.OrderID(1 + r.choices.below(n))
		if !r.choices.once(6) {
			id = r.anyOpen(id)
		}
		o = r.orders[id-1]
		if !r.choices.once(12) {
			c.Account = o.account
			c.Session = engine.SessionID(1 + 2*int(c.Account) + r.choices.below(2))
		}
	}
	c.OrderID = id
	if len(o.ids) > 0 && r.choices.once(2) {
		c.OrderID = 0
		c.ClOrdID = o.ids[len(o.ids)-1]
		if r.choices.once(6) {
			c.ClOrdID = o.ids[r.choices.below(len(o.ids))]
		}
	}
	return o
}

// anyOpen picks an open order; if there is none it returns what it was given.
func (r *Random) anyOpen(id engine.OrderID) engine.OrderID {
	for len(r.open) > 0 {
		i := r.choices.below(len(r.open))
		if r.orders[r.open[i]-1].open {
			return r.open[i]
		}
		r.open[i] = r.open[len(r.open)-1]
		r.open = r.open[:len(r.open)-1]
	}
	return id
}

// clOrdID is mostly a new client id, now and then none or one that was used.
func (r *Random) clOrdID(account engine.AccountID) (id engine.ClOrdID) {
	switch r.choices.below(12) {
	case 0:
		return id
	case 1:
		if n := len(r.orders); n > 0 {
			if ids := r.orders[r.choices.below(n)].ids; len(ids) > 0 {
				return ids[r.choices.below(len(ids))]
			}
		}
	}
	r.names++
	copy(id[:], "c")
	binary.BigEndian.PutUint32(id[1:], r.names)
	if r.choices.once(2) { // ids of the whole width too, as UUIDs are
		binary.LittleEndian.PutUint64(id[8:], uint64(r.names)*0x9E3779B97F4A7C15)
	}
	return id
}

// price is mostly within a few ticks of where the instrument trades.
func (r *Random) price(instrument engine.InstrumentID, side engine.Side) engine.Price {
	if r.choices.once(60) {
		edges := [...]engine.Price{0, -1, 1, engine.PriceMax, -engine.PriceMax, engine.PriceMax + 1, -engine.PriceMax - 1,
			math.MaxInt64, math.MinInt64, math.MaxInt64 / engine.DecimalOne}
		return edges[r.choices.below(len(edges))]
	}
	centre := engine.Price(1000)
	if r.instruments[instrument].NonPositivePrices {
		centre = 0
	}
	away := engine.Price(r.choices.below(9) - 2) // two ticks through the centre and six behind it
	if r.instruments[instrument].QtyMax == engine.QtyMax {
		away = engine.Price(r.choices.below(4)) // or a level would never fill up
	}
	if side == engine.Buy {
		return centre - away
	}
	return centre + away
}

// qty is mostly small, so that orders fill.
func (r *Random) qty(instrument engine.InstrumentID) engine.Qty {
	most := r.instruments[instrument].QtyMax
	if r.choices.once(40) {
		edges := [...]engine.Qty{0, -1, most, most + 1, engine.QtyMax, engine.QtyMax + 1, math.MaxInt64, math.MinInt64}
		return edges[r.choices.below(len(edges))]
	}
	if most == engine.QtyMax && r.choices.once(2) {
		return most - engine.Qty(r.choices.below(3))
	}
	return engine.Qty(1 + r.choices.below(10))
}

// decimals puts a third of the commands into decimal units, some of them off the
// grid, and lets a few have a fault that the door found.
func (r *Random) decimals(c *engine.Command, instrument engine.InstrumentID) {
	in := r.instruments[instrument]
	if r.choices.once(40) {
		faults := [...]engine.Reason{engine.ReasonPriceOffTick, engine.ReasonPriceRange, engine.ReasonQtyOffLot, engine.ReasonQtyRange}
		c.Refusal = faults[r.choices.below(len(faults))]
		if r.everything != nil && r.choices.once(2) {
			c.Refusal = moreFaults[r.choices.below(len(moreFaults))]
		}
		return
	}
	price, qty := int64(c.Price)*in.Tick, int64(c.Qty)*in.Lot
	if r.choices.below(3) > 0 || price/in.Tick != int64(c.Price) || qty/in.Lot != int64(c.Qty) {
		return
	}
	c.Flags |= engine.CmdFlagDecimal
	c.Price, c.Qty = engine.Price(price), engine.Qty(qty)
	r.moreDecimals(c, in)
	switch r.choices.below(20) {
	case 0:
		if c.Type != engine.Market {
			c.Price++
		}
	case 1:
		c.Qty++
	}
}

// Observe takes in the events of the last command, ordinals for ids.
func (r *Random) Observe(c *engine.Command, events []engine.Event) {
	for i := range events {
		e := &events[i]
		switch e.Kind {
		case engine.EvAccepted:
			o := randomOrder{
				account: c.Account, instrument: e.Instrument,
				side: e.Side, typ: e.Type, price: e.Price, stop: e.StopPrice(), total: e.Qty, open: true,
			}
			if e.ClOrdID != (engine.ClOrdID{}) {
				o.ids = append(o.ids, e.ClOrdID)
			}
			r.orders = append(r.orders, o)
			r.open = append(r.open, e.OrderID)
		case engine.EvExecuted:
			r.orders[e.OrderID-1].open = e.Leaves > 0
			r.orders[e.ContraOrderID-1].open = e.ContraLeaves > 0
		case engine.EvCanceled:
			r.orders[e.OrderID-1].open = false
		case engine.EvReduced:
			r.orders[e.OrderID-1].total = e.Qty
		case engine.EvReplaced:
			o := &r.orders[e.OrderID-1]
			o.price, o.stop, o.total = e.Price, e.StopPrice(), e.Qty
			if e.ClOrdID != (engine.ClOrdID{}) {
				o.ids = append(o.ids, e.ClOrdID)
			}
		}
	}
	if r.everything != nil {
		r.everything.observe(c, events)
	}
}
