package bench

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/gateway"
	"pricetime/gateway/latency"
)

// CoreOptions say which recorded flow runs through the core, and how.
type CoreOptions struct {
	Flow      string // path of a flow file
	ClientIDs bool   // every order carries a 16-byte client id and is named by it; else cancels and replaces name the exchange's order id
}

// CoreResult is a flow through engine.Apply, in process. Times are nanoseconds a
// command; they hold the command's making, Apply, and the reading of the events
// into counts and hash. Percentiles are null where too few commands lie beyond.
type CoreResult struct {
	Engine   string           `json:"engine"`
	Flow     string           `json:"flow"`
	NsOp     float64          `json:"ns_op"` // of the throughput pass
	P50      latency.Quantile `json:"p50"`   // of the per-command pass
	P90      latency.Quantile `json:"p90"`
	P99      latency.Quantile `json:"p99"`
	P999     latency.Quantile `json:"p999"`
	P9999    latency.Quantile `json:"p9999"`
	Max      int64            `json:"max"`
	ClockNs  float64          `json:"clock_ns"` // what one look at the clock costs; it is in every percentile, and not subtracted
	Trades   uint64           `json:"trades"`
	Qty      uint64           `json:"qty"`
	Rest     int              `json:"rest"`
	HashOK   bool             `json:"hash_ok"`
	AllocsOp float64          `json:"allocs_op"`
	GCCycles uint32           `json:"gc_cycles"`

	Ops    int  `json:"ops"`
	Agrees bool `json:"agrees"` // trades, quantity, hash and resting orders are what the flow says, in every pass
}

// Print writes the result for people.
func (r *CoreResult) Print(w io.Writer) {
	fmt.Fprintf(w, "%s, flow %s: %d commands, %.1f ns a command, %d trades of %d lots, %d orders resting, %g allocations a command, %d collector cycles\n\n",
		r.Engine, r.Flow, r.Ops, r.NsOp, r.Trades, r.Qty, r.Rest, r.AllocsOp, r.GCCycles)
	t := table{header: []string{"service time", "p50", "p90", "p99", "p99.9", "p99.99", "max"}}
	t.add("command by command", r.P50.String(), r.P90.String(), r.P99.String(), r.P999.String(), r.P9999.String(), latency.FormatNs(r.Max))
	t.writeTo(w)
	fmt.Fprintf(w, "  a look at the clock costs %.0f ns and is in every percentile\n", r.ClockNs)
	fmt.Fprintf(w, "  %s\n", Check{Name: "trades, quantity, hash and resting orders are what the flow says", OK: r.Agrees})
}

// MeasureCore plays a flow three times, each time on a new engine and after its
// prefill: to warm up, for throughput, and with the clock read after every
// command. An engine that does something else than the flow expects is no error
// here: CoreResult.Agrees is false.
func MeasureCore(o CoreOptions) (*CoreResult, error) {
	file, err := os.Open(o.Flow)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := flow.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Flow, err)
	}
	name := strings.TrimSuffix(filepath.Base(o.Flow), filepath.Ext(o.Flow))
	return measureCore(newClock(), name, f, o.ClientIDs)
}

func measureCore(c *clock, name string, f *flow.Flow, clientIDs bool) (*CoreResult, error) {
	limits, err := prepareFlow(f)
	if err != nil {
		return nil, err
	}
	r := &CoreResult{Engine: "pricetime", Flow: name, Ops: len(f.Ops), HashOK: true, Agrees: true}
	times := make([]uint32, len(f.Ops))
	for i := range times {
		times[i] = 1 // touched
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r.ClockNs = clockCost(c)

	var before, after runtime.MemStats
	for pass := range 3 {
		p, err := newFlowRun(f, limits, clientIDs)
		if err != nil {
			return nil, err
		}
		p.play(f.Prefill)
		p.result = flow.Result{}
		runtime.GC() // the engines before are gone, and no cycle is under way
		runtime.ReadMemStats(&before)
		if pass < 2 {
			start := c.now()
			p.play(f.Ops)
			r.NsOp = float64(c.now()-start) / float64(max(len(f.Ops), 1))
		} else {
			p.playTimed(c, f.Ops, times)
		}
		runtime.ReadMemStats(&after)
		if pass == 1 {
			r.AllocsOp = float64(after.Mallocs-before.Mallocs) / float64(max(len(f.Ops), 1))
		}
		if pass >= 1 {
			r.GCCycles += after.NumGC - before.NumGC
		}
		r.Trades, r.Qty, r.Rest = p.result.Trades, p.result.Qty, p.engine.OpenOrders()
		if p.result.Hash != f.Expected.Hash {
			r.HashOK = false
		}
		if p.result != f.Expected || uint64(r.Rest) != f.Resting || p.refused != 0 {
			r.Agrees = false
		}
	}
	h := latency.NewRecorder()
	for _, ns := range times {
		h.Record(int64(ns))
	}
	t := h.Percentiles()
	r.P50, r.P90, r.P99, r.P999, r.P9999, r.Max = t.P50, t.P90, t.P99, t.P999, t.P9999, t.Max
	return r, nil
}

// clockCost is what a look at the clock costs, undisturbed.
func clockCost(c *clock) float64 {
	best := int64(math.MaxInt64)
	for range 100 {
		t := c.now()
		for range 100 {
			c.now()
		}
		best = min(best, c.now()-t)
	}
	return float64(best) / 101
}

// prepareFlow plays a flow once, untimed, and puts into every replace the total
// that it asks for: a flow tells the open quantity, and a command the total, which
// has what was executed in it. It returns limits that fit the flow.
func prepareFlow(f *flow.Flow) (engine.Limits, error) {
	limits := engine.Limits{
		OrdersMax:        min(int(f.IDMax)+1, 1<<24),
		AccountsMax:      1,
		LevelsPerSideMax: int(f.PriceMax-f.PriceMin) + 1,
		OrdersPerDay:     int(f.IDMax) + 1,
		ClOrdIDsPerDay:   int(f.IDMax) + 1,
	}
	e, err := gateway.NewEngine(limits, flowInstruments())
	if err != nil {
		return limits, err
	}
	var cmd engine.Command
	var seq engine.Seq
	player, events, open := flow.NewPlayer(f), engine.NewEvents(limits.EventsPerCommandMax()), 0
	for _, ops := range [][]flow.Op{f.Prefill, f.Ops} {
		for i := range ops {
			op := &ops[i]
			player.Command(op, &cmd)
			if op.Type == flow.OpReplace {
				if cmd.Qty > math.MaxUint32 {
					return limits, errors.New("a replace's total does not fit in 32 bits")
				}
				op.Qty = uint32(cmd.Qty)
			}
			seq++
			events.Reset()
			e.Apply(seq, &cmd, events)
			player.Observe(events.All())
			open = max(open, e.OpenOrders())
		}
	}
	limits.OrdersMax = open + 1
	return limits, nil
}

func flowInstruments() []engine.Instrument {
	return []engine.Instrument{{Symbol: "FLOW", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: math.MaxUint32}}
}

// flowRun plays a prepared flow. It is a client that keeps what the C++ yardstick
// has for nothing: which exchange order an id of the flow is, and back.
type flowRun struct {
	engine    *engine.Engine
	events    *engine.Events
	cmd       engine.Command // fields that no operation names stay zero
	seq       engine.Seq
	clientIDs bool

	orders  []engine.OrderID // by flow id
	flowIDs []uint32         // by the slot of an order id: of a live order
	slots   engine.OrderID   // mask: an order id's low bits name its slot

	result  flow.Result
	refused int
}

func newFlowRun(f *flow.Flow, limits engine.Limits, clientIDs bool) (*flowRun, error) {
	e, err := gateway.NewEngine(limits, flowInstruments())
	if err != nil {
		return nil, err
	}
	slots := 1 << bits.Len(uint(limits.OrdersMax+2))
	p := &flowRun{
		engine: e, events: engine.NewEvents(limits.EventsPerCommandMax()), clientIDs: clientIDs,
		orders: make([]engine.OrderID, f.IDMax+1), flowIDs: make([]uint32, slots), slots: engine.OrderID(slots - 1),
	}
	clear(p.orders)
	clear(p.flowIDs)
	p.cmd.Session = 1
	return p, nil
}

func (p *flowRun) play(ops []flow.Op) {
	for i := range ops {
		p.apply(&ops[i])
	}
}

func (p *flowRun) playTimed(c *clock, ops []flow.Op, times []uint32) {
	last := c.now()
	for i := range ops {
		p.apply(&ops[i])
		now := c.now()
		times[i] = uint32(min(now-last, math.MaxUint32))
		last = now
	}
}

// apply makes the command of an operation, carries it out, and reads its events.
// hot
func (p *flowRun) apply(op *flow.Op) {
	c, taker := &p.cmd, op.ID
	switch op.Type {
	case flow.OpNew, flow.OpIOC:
		c.Kind, c.Type, c.Side, c.Flags = engine.CmdEnter, engine.Limit, op.Side, 0
		c.TimeInForce = engine.GTC
		if op.Type == flow.OpIOC {
			c.TimeInForce = engine.IOC
		}
		c.Price, c.Qty, c.OrderID = op.Price, engine.Qty(op.Qty), 0
		if p.clientIDs {
			c.ClOrdID, c.NewClOrdID = clientID(op.ID), engine.ClOrdID{}
		}
	case flow.OpCancel:
		c.Kind, c.Type, c.Side, c.Flags, c.TimeInForce, c.Price, c.Qty = engine.CmdCancel, 0, 0, 0, 0, 0, 0
		p.name(c, op.ID)
	case flow.OpReplace:
		c.Kind, c.Type, c.Side, c.Flags, c.TimeInForce = engine.CmdReplace, 0, 0, engine.CmdFlagRequeue, 0
		c.Price, c.Qty = op.Price, engine.Qty(op.Qty)
		p.name(c, op.ID)
		taker = op.NewID
		if p.clientIDs {
			c.NewClOrdID = clientID(op.NewID)
		} else {
			id := c.OrderID
			p.orders[taker] = id
			p.flowIDs[id&p.slots] = taker
		}
	}
	p.seq++
	p.events.Reset()
	p.engine.Apply(p.seq, c, p.events)
	events := p.events.All()
	for i := range events {
		switch e := &events[i]; e.Kind {
		case engine.EvAccepted:
			if !p.clientIDs {
				p.orders[taker] = e.OrderID
				p.flowIDs[e.OrderID&p.slots] = taker
			}
		case engine.EvExecuted:
			maker := flowIDOf(&e.ContraClOrdID)
			if !p.clientIDs {
				maker = p.flowIDs[e.ContraOrderID&p.slots]
			}
			p.result.Trade(maker, taker, e.Price, uint64(e.Qty))
		case engine.EvRejected, engine.EvCancelRejected:
			p.refused++
		}
	}
}

// name names the order that a cancel or a replace is about.
// hot
func (p *flowRun) name(c *engine.Command, id uint32) {
	if p.clientIDs {
		c.ClOrdID, c.NewClOrdID = clientID(id), engine.ClOrdID{}
		return
	}
	c.OrderID = p.orders[id]
}

// clientID makes the client id of a flow id: 16 bytes that look like a UUID's,
// with the flow id in the last four.
// hot
func clientID(id uint32) (c engine.ClOrdID) {
	h := uint64(id) * 0x9E3779B97F4A7C15
	binary.LittleEndian.PutUint64(c[0:], h^h>>29)
	binary.LittleEndian.PutUint64(c[8:], uint64(id)<<32|h>>32|1)
	return c
}

// hot
func flowIDOf(c *engine.ClOrdID) uint32 { return binary.LittleEndian.Uint32(c[12:]) }
