package bench

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"

	"pricetime/engine"
	"pricetime/gateway"
	"pricetime/gateway/latency"
)

// coreKind is one kind of command, timed in blocks: the commands of a block are
// written before it, and carried out in a row with nothing in between.
type coreKind struct {
	name  string
	size  int // commands of a block; small where a block takes much out of the book
	write func(b *coreBook, c *engine.Command)

	// first is the first event that every command must have: a benchmark that is
	// refused would be fast.
	first engine.EventKind
	fills int // and how many executions
}

var coreKinds = []coreKind{
	{"enter, rests", 256, (*coreBook).writeEnter, engine.EvAccepted, 0},
	{"enter with client id, rests", 256, (*coreBook).writeNamedEnter, engine.EvAccepted, 0},
	{"cancel", 256, (*coreBook).writeCancel, engine.EvCanceled, 0},
	{"reduce", 256, (*coreBook).writeReduce, engine.EvReduced, 0},
	{"replace, new price", 256, (*coreBook).writeReplace, engine.EvReplaced, 0},
	{"IOC, one fill", 128, func(b *coreBook, c *engine.Command) { b.writeIOC(c, 1) }, engine.EvAccepted, 1},
	{"IOC, ten fills", 16, func(b *coreBook, c *engine.Command) { b.writeIOC(c, 10) }, engine.EvAccepted, 10},
	{"post-only, refused", 256, (*coreBook).writePostOnly, engine.EvRejected, 0},
	{"cancel, too late", 256, (*coreBook).writeLateCancel, engine.EvCancelRejected, 0},
}

// coreBook is an engine with one instrument, kept at a steady depth, and a client
// that knows its orders. Every order enters with the same quantity, so that an IOC
// of n times that fills n orders.
type coreBook struct {
	engine   *engine.Engine
	events   *engine.Events
	random   *rand.Rand
	depth    int
	distance float64 // of an order from the middle, mean, in ticks
	seq      engine.Seq
	names    uint64

	log  []engine.Event // of the commands since the last observe, copied out as to the event ring
	logN int

	live   []coreOrder
	places []int32        // by the slot of an order id: its place in live
	slots  engine.OrderID // mask
	late   engine.OrderID // an order that is gone
}

type coreOrder struct {
	id    engine.OrderID
	total engine.Qty
	side  engine.Side
}

const (
	coreMiddle = engine.Price(1_000_000) // ticks; the best bid and offer are at least one away
	coreQty    = engine.Qty(10_000_000)  // lots of an order; many, so that reducing by one can be repeated
)

func newCoreBook(seed uint64, depth int, distance float64, commands int) (*coreBook, error) {
	const blockMax = 256
	limits := engine.Limits{
		OrdersMax: depth + blockMax, AccountsMax: 1, LevelsPerSideMax: 1 << 14,
		OrdersPerDay:   2*depth + 40*commands, // ten fills and as many enters, for warm-up and both timings
		ClOrdIDsPerDay: 4 * commands,
	}
	e, err := gateway.NewEngine(limits, []engine.Instrument{{Symbol: "CORE", Tick: 1, Lot: 1, QtyMax: 10 * coreQty}})
	if err != nil {
		return nil, err
	}
	slots := 1 << bits.Len(uint(limits.OrdersMax+2))
	b := &coreBook{
		engine: e, events: engine.NewEvents(limits.EventsPerCommandMax()), random: rand.New(rand.NewPCG(seed, uint64(depth))),
		depth: depth, distance: distance, log: make([]engine.Event, 16*blockMax),
		live: make([]coreOrder, 0, depth+blockMax), places: make([]int32, slots), slots: engine.OrderID(slots - 1),
	}
	var c engine.Command
	b.writeEnter(&c)
	b.apply(&c)
	b.late = b.log[0].OrderID
	b.observe()
	b.cancel(0)
	b.restore()
	return b, nil
}

// measure carries out commands of one kind: some to warm up, then block after
// block, in turn timed as a whole and command by command, as many commands each.
func (b *coreBook) measure(c *clock, kind *coreKind, commands int) (Run, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runtime.GC() // no cycle is left over from the making of the book
	block := make([]engine.Command, kind.size)
	rounds, warmUp := 2*(commands/kind.size/kind.weight()), commands/kind.size/kind.weight()/5
	service, total, timed := latency.NewRecorder(), int64(0), 0
	for round := -warmUp; round < rounds; round++ {
		for i := range block {
			kind.write(b, &block[i])
		}
		switch start := c.now(); {
		case round < 0:
			b.applyAll(block)
		case round%2 == 0:
			b.applyAll(block)
			total += c.now() - start
			timed += len(block)
		default:
			b.applyTimed(c, block, service)
		}
		if err := b.check(kind, len(block)); err != nil {
			return Run{}, err
		}
		b.observe()
		b.restore()
	}
	return newRun(map[string]float64{"ns_per_command": float64(total) / float64(timed)},
		map[string]*latency.Recorder{"service": service}), nil
}

// weight is how many times fewer commands of a kind are timed, because the book
// has to be made good after each.
func (k *coreKind) weight() int { return max(k.fills/2, 1) }

func (b *coreBook) applyAll(commands []engine.Command) {
	for i := range commands {
		b.apply(&commands[i])
	}
}

func (b *coreBook) applyTimed(c *clock, commands []engine.Command, service *latency.Recorder) {
	for i := range commands {
		t := c.now()
		b.apply(&commands[i])
		service.Record(c.now() - t)
	}
}

// hot
func (b *coreBook) apply(c *engine.Command) {
	b.seq++
	b.events.Reset()
	b.engine.Apply(b.seq, c, b.events)
	b.logN += copy(b.log[b.logN:], b.events.All())
}

// check looks at what a block did: every command began with the event of its
// kind, and the executions are as many as they must be.
func (b *coreBook) check(kind *coreKind, commands int) error {
	first, fills, begins := 0, 0, true
	for i := range b.log[:b.logN] {
		e := &b.log[i]
		if begins && e.Kind == kind.first {
			first++
		}
		if e.Kind == engine.EvExecuted {
			fills++
		}
		begins = e.Flags&engine.FlagLast != 0
	}
	if first != commands || fills != commands*kind.fills {
		return fmt.Errorf("of %d commands %d did what is timed, with %d fills, want %d", commands, first, fills, commands*kind.fills)
	}
	return nil
}

// observe brings the client's knowledge up to date and empties the log.
func (b *coreBook) observe() {
	for i := range b.log[:b.logN] {
		switch e := &b.log[i]; e.Kind {
		case engine.EvAccepted:
			if e.Flags&engine.FlagRests != 0 {
				b.places[e.OrderID&b.slots] = int32(len(b.live))
				b.live = append(b.live, coreOrder{e.OrderID, e.Qty, e.Side})
			}
		case engine.EvExecuted:
			if e.ContraLeaves == 0 {
				b.forget(e.ContraOrderID)
			}
		case engine.EvCanceled:
			if e.Flags&engine.FlagWasResting != 0 {
				b.forget(e.OrderID)
			}
		}
	}
	b.logN = 0
}

// forget takes an order out of live, if it is there.
func (b *coreBook) forget(id engine.OrderID) {
	at := b.places[id&b.slots]
	if int(at) >= len(b.live) || b.live[at].id != id {
		return
	}
	last := b.live[len(b.live)-1]
	b.live[at] = last
	b.places[last.id&b.slots] = at
	b.live = b.live[:len(b.live)-1]
}

// restore brings the book back to its depth, half on each side.
func (b *coreBook) restore() {
	var c engine.Command
	buys := 0
	for i := range b.live {
		if b.live[i].side == engine.Buy {
			buys++
		}
	}
	for len(b.live) > b.depth {
		b.cancel(b.random.IntN(len(b.live)))
	}
	for len(b.live) < b.depth {
		b.writeEnter(&c)
		c.Side = engine.Sell
		if buys < b.depth/2 {
			c.Side = engine.Buy
			buys++
		}
		c.Price = b.price(c.Side)
		b.apply(&c)
		b.observe()
	}
}

func (b *coreBook) cancel(place int) {
	b.apply(&engine.Command{Kind: engine.CmdCancel, OrderID: b.live[place].id})
	b.observe()
}

// price is behind the middle by an exponential distance.
func (b *coreBook) price(side engine.Side) engine.Price {
	away := engine.Price(1 + b.random.ExpFloat64()*b.distance)
	if side == engine.Buy {
		return coreMiddle - away
	}
	return coreMiddle + away
}

func (b *coreBook) writeEnter(c *engine.Command) {
	side := engine.Side(b.random.IntN(2))
	*c = engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Side: side, Price: b.price(side), Qty: coreQty}
}

func (b *coreBook) writeNamedEnter(c *engine.Command) {
	b.writeEnter(c)
	b.names++
	binary.LittleEndian.PutUint64(c.ClOrdID[:], b.names*0x9E3779B97F4A7C15)
	binary.LittleEndian.PutUint64(c.ClOrdID[8:], b.names)
}

// writeCancel names an order and forgets it, so that none is named twice; the
// event will find it forgotten.
func (b *coreBook) writeCancel(c *engine.Command) {
	at := b.random.IntN(len(b.live))
	*c = engine.Command{Kind: engine.CmdCancel, OrderID: b.live[at].id}
	b.forget(b.live[at].id)
}

func (b *coreBook) writeReduce(c *engine.Command) {
	o := &b.live[b.random.IntN(len(b.live))]
	o.total--
	*c = engine.Command{Kind: engine.CmdReduce, OrderID: o.id, Qty: o.total}
}

func (b *coreBook) writeReplace(c *engine.Command) {
	o := &b.live[b.random.IntN(len(b.live))]
	*c = engine.Command{Kind: engine.CmdReplace, Flags: engine.CmdFlagKeepQty, OrderID: o.id, Price: b.price(o.side)}
}

// writeIOC takes whole orders from the best on, from either side.
func (b *coreBook) writeIOC(c *engine.Command, fills engine.Qty) {
	side, limit := engine.Buy, 2*coreMiddle
	if b.random.IntN(2) == 1 {
		side, limit = engine.Sell, 1
	}
	*c = engine.Command{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.IOC, Side: side, Price: limit, Qty: fills * coreQty}
}

func (b *coreBook) writePostOnly(c *engine.Command) {
	b.writeEnter(c)
	c.Flags = engine.CmdFlagPostOnly
	c.Price = 1 // far through the other side
	if c.Side == engine.Buy {
		c.Price = 2 * coreMiddle
	}
}

func (b *coreBook) writeLateCancel(c *engine.Command) {
	*c = engine.Command{Kind: engine.CmdCancel, OrderID: b.late}
}
