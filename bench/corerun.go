package bench

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"unsafe"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/gateway"
)

// coreFlow is a flow made ready for timing: what a client knows of its own orders is
// found out before, so that next to nothing but engine.Apply is timed.
type coreFlow struct {
	limits       engine.Limits // that fit the flow
	clientIDs    bool
	prefill, ops []coreOp
	trades       int // the most trades of either part
}

// coreOp is an operation of a flow with what an untimed pass has found out.
type coreOp struct {
	price engine.Price
	named engine.OrderID // cancel and replace: the order that it is about
	qty   uint32         // a replace: the total
	id    uint32         // the flow's id of the order
	newID uint32
	typ   flow.OpType
	side  engine.Side
}

var _ = [1]struct{}{}[unsafe.Sizeof(coreOp{})-32]

func flowInstruments() []engine.Instrument {
	return []engine.Instrument{{Symbol: "FLOW", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: math.MaxUint32}}
}

// prepareFlow plays a flow twice, untimed. The first time tells how many orders are
// open at most, and the total that a replace asks for: a flow tells the open quantity,
// and a command the total, which has what was executed in it. The second time, on an
// engine of the size of those that are timed, tells the exchange's order ids.
func prepareFlow(f *flow.Flow, o CoreOptions) (*coreFlow, error) {
	p := &coreFlow{clientIDs: o.ClientIDs, prefill: make([]coreOp, len(f.Prefill)), ops: make([]coreOp, len(f.Ops))}
	p.limits = engine.Limits{
		OrdersMax:        min(int(f.IDMax)+1, 1<<24),
		AccountsMax:      1,
		LevelsPerSideMax: int(f.PriceMax-f.PriceMin) + 1,
		OrdersPerDay:     int(f.IDMax) + 1,
		ClOrdIDsPerDay:   int(f.IDMax) + 1,
		TreeOnly:         o.TreeOnly,
	}
	open, err := p.play(f)
	if err != nil {
		return nil, err
	}
	p.limits.OrdersMax = open + 1
	_, err = p.play(f)
	return p, err
}

// play plays the flow once, fills in prefill and ops, and returns how many orders
// were open at most.
func (p *coreFlow) play(f *flow.Flow) (open int, err error) {
	e, err := gateway.NewEngine(p.limits, flowInstruments())
	if err != nil {
		return 0, err
	}
	var cmd engine.Command
	var seq engine.Seq
	player, events := flow.NewPlayer(f), engine.NewEvents(p.limits.EventsPerCommandMax())
	for _, part := range []struct {
		ops []flow.Op
		out []coreOp
	}{{f.Prefill, p.prefill}, {f.Ops, p.ops}} {
		trades := 0
		for i := range part.ops {
			op := part.ops[i]
			player.Command(&op, &cmd)
			if cmd.Qty > math.MaxUint32 {
				return 0, errors.New("a replace's total does not fit in 32 bits")
			}
			seq++
			events.Reset()
			e.Apply(seq, &cmd, events)
			player.Observe(events.All())
			open = max(open, e.OpenOrders())
			part.out[i] = coreOp{price: op.Price, qty: uint32(cmd.Qty), id: op.ID, newID: op.NewID, typ: op.Type, side: op.Side}
			if op.Type == flow.OpCancel || op.Type == flow.OpReplace {
				part.out[i].named = events.All()[0].OrderID
			}
			for k := range events.All() {
				if events.All()[k].Kind == engine.EvExecuted {
					trades++
				}
			}
		}
		p.trades = max(p.trades, trades)
	}
	return open, nil
}

// coreTrade is a trade as it is copied out of an event. Whose flow ids they were is
// found out after the clock has stopped.
type coreTrade struct {
	maker, taker engine.OrderID
	seq          engine.Seq
	price        engine.Price
	qty          engine.Qty
}

// coreRun plays a prepared flow once, on an engine of its own.
type coreRun struct {
	flow     *coreFlow
	engine   *engine.Engine
	events   *engine.Events
	commands [4][2]engine.Command
	ahead    engine.Command // names what comes soon
	seq      engine.Seq
	trades   []coreTrade
	traded   int // trades since the prefill
	refused  int // commands that were not answered as an operation must be
}

func (p *coreFlow) newRun() (*coreRun, error) {
	e, err := gateway.NewFaultedEngine(p.limits, flowInstruments())
	if err != nil {
		return nil, err
	}
	r := &coreRun{flow: p, engine: e, events: engine.NewEvents(p.limits.EventsPerCommandMax()), trades: make([]coreTrade, p.trades)}
	for i := range r.trades {
		r.trades[i].qty = 1 // touched
	}
	r.commands = coreCommands
	for i := range r.commands {
		for s := range r.commands[i] {
			r.commands[i][s].Session = 1
		}
	}
	return r, nil
}

func (r *coreRun) play(ops []coreOp) {
	if r.flow.clientIDs {
		for i := range ops {
			r.lookAhead(ops, i)
			r.applyNamed(&ops[i])
		}
		return
	}
	for i := range ops {
		if r.engine.IsLarge() {
			r.lookAhead(ops, i)
		}
		r.apply(&ops[i])
	}
}

// aheadBy is how many commands before its turn an operation's is announced.
const aheadBy = 3

// lookAhead announces a command that comes soon, as the venue's core does within a batch.
// hot
func (r *coreRun) lookAhead(ops []coreOp, i int) {
	if i += aheadBy; i >= len(ops) {
		return
	}
	op := &ops[i]
	r.ahead.Kind = coreCommands[op.typ&3][0].Kind
	if r.flow.clientIDs {
		putClientID(&r.ahead.ClOrdID, op.id)
		if op.typ == flow.OpReplace {
			putClientID(&r.ahead.NewClOrdID, op.newID)
		}
	} else {
		r.ahead.OrderID = op.named
	}
	r.engine.Ahead(&r.ahead)
}

func (r *coreRun) playTimed(c *clock, ops []coreOp, times []uint32) {
	last := c.now()
	for i := range ops {
		if r.flow.clientIDs || r.engine.IsLarge() {
			r.lookAhead(ops, i)
		}
		if r.flow.clientIDs {
			r.applyNamed(&ops[i])
		} else {
			r.apply(&ops[i])
		}
		now := c.now()
		times[i] = uint32(min(now-last, math.MaxUint32))
		last = now
	}
}

// coreCommands are the commands of operations, by type and side, without price,
// quantity and ids: what a client would have encoded once.
var coreCommands = [4][2]engine.Command{
	flow.OpNew:     {{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC}, {Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.GTC, Side: engine.Sell}},
	flow.OpIOC:     {{Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.IOC}, {Kind: engine.CmdEnter, Type: engine.Limit, TimeInForce: engine.IOC, Side: engine.Sell}},
	flow.OpCancel:  {{Kind: engine.CmdCancel}, {Kind: engine.CmdCancel}},
	flow.OpReplace: {{Kind: engine.CmdReplace, Flags: engine.CmdFlagRequeue}, {Kind: engine.CmdReplace, Flags: engine.CmdFlagRequeue}},
}

// coreAnswers is the first event of an operation's command, by type.
var coreAnswers = [4]engine.EventKind{
	flow.OpNew: engine.EvAccepted, flow.OpIOC: engine.EvAccepted, flow.OpCancel: engine.EvCanceled, flow.OpReplace: engine.EvReplaced,
}

// apply makes the command of an operation, carries it out and copies its trades.
// Orders are named by the exchange's id.
// hot
func (r *coreRun) apply(op *coreOp) {
	c := &r.commands[op.typ&3][op.side&1]
	c.Price, c.Qty, c.OrderID = op.price, engine.Qty(op.qty), op.named
	r.carryOut(op, c)
}

// applyNamed is apply by client ids: an enter and a replace bring a new one.
// hot
func (r *coreRun) applyNamed(op *coreOp) {
	c := &r.commands[op.typ&3][op.side&1]
	c.Price, c.Qty = op.price, engine.Qty(op.qty)
	putClientID(&c.ClOrdID, op.id)
	if op.typ == flow.OpReplace {
		putClientID(&c.NewClOrdID, op.newID)
	}
	r.carryOut(op, c)
}

// hot
func (r *coreRun) carryOut(op *coreOp, c *engine.Command) {
	r.seq++
	r.events.Reset()
	r.engine.Apply(r.seq, c, r.events)
	events := r.events.All()
	if events[0].Kind != coreAnswers[op.typ&3] {
		r.refused++
	}
	for i := 1; i < len(events); i++ {
		if e := &events[i]; e.Kind == engine.EvExecuted {
			t := &r.trades[r.traded]
			t.maker, t.taker, t.seq, t.price, t.qty = e.ContraOrderID, e.OrderID, e.Seq, e.Price, e.Qty
			r.traded++
		}
	}
}

// result makes counts and hash of the trades, by the flow's ids. An order's id is that
// of the operation which entered it, or last replaced it; exchange ids are issued in
// the order of the enters, so the enters of the flow tell whose they are.
func (r *coreRun) result() (result flow.Result) {
	slots := engine.OrderID(1)<<bits.Len(uint(r.flow.limits.OrdersMax+1)) - 1 // an order id's low bits
	names := make([]uint32, r.flow.limits.OrdersPerDay+1)                     // by the number above them
	at, seq, entered := 0, engine.Seq(0), engine.OrderID(0)
	trades := r.trades[:r.traded]
	for _, ops := range [][]coreOp{r.flow.prefill, r.flow.ops} {
		for i := range ops {
			op := &ops[i]
			seq++
			number, name := op.named/(slots+1), op.newID
			if op.typ == flow.OpNew || op.typ == flow.OpIOC {
				entered++
				number, name = entered, op.id
			}
			names[number] = name
			for ; at < len(trades) && trades[at].seq == seq; at++ {
				t := &trades[at]
				taker := name
				if t.taker/(slots+1) != number {
					taker = 0 // not this operation's order: the hash will tell
				}
				result.Trade(names[t.maker/(slots+1)], taker, t.price, uint64(t.qty))
			}
		}
	}
	return result
}

// putClientID makes the client id of a flow id: 16 bytes that look like a UUID's,
// with the flow id in the last four. It is made in its place: 16 bytes that are read
// as one just after they were written as two halves have to wait for both to arrive in
// the cache, some twenty cycles that would be the harness's own.
// hot
func putClientID(c *engine.ClOrdID, id uint32) {
	h := uint64(id) * 0x9E3779B97F4A7C15
	binary.LittleEndian.PutUint64(c[0:], h^h>>29)
	binary.LittleEndian.PutUint64(c[8:], uint64(id)<<32|h>>32|1)
}
