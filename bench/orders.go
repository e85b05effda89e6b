package bench

import (
	"bytes"
	"fmt"
	"strconv"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// orderFlow is a seeded flow as the lines that clients will send, and what the
// client has to know of every order to find its acknowledgement. An order stays on
// the connection that entered it.
//
// Its prefill comes first in every stream; prefill[i] requests of link i fill the
// book, and are not measured.
type orderFlow struct {
	streams []stream
	prefill []int
	linkOf  []uint8 // by request after the prefill
	product string
	prefix  string // of all client ids; the flow id follows, in hexadecimal

	// By flow id: the request that brings an order under this id, and the one that ends
	// it (a cancel, or a replace by another id). Counted on its link; noRequest: none.
	createdBy, endedBy []int32

	expected flow.Result // of the requests after the prefill, if they come in order
	resting  uint64
}

// benchProduct is the embedded product that orders are for: tick 0.01, lot 1.
const benchProduct = "DEMO"

// newOrderFlow encodes n requests of a flow with about resting orders in the book,
// for a number of connections. run makes the client ids those of this run alone.
func newOrderFlow(seed uint64, resting, n, connections int, run string) (*orderFlow, error) {
	shape := flow.Shapes[0]
	for _, s := range flow.Shapes { // the market whose book is nearest to it from below
		if !s.Bursts && s.Resting <= resting {
			shape = s
		}
	}
	shape.Resting = resting
	f := flow.Generate(shape, seed, n)
	o := &orderFlow{
		streams: make([]stream, connections), prefill: make([]int, connections),
		product: benchProduct, prefix: run,
		createdBy: noRequests(f.IDMax), endedBy: noRequests(f.IDMax),
		expected: f.Expected, resting: f.Resting,
	}
	if err := o.encode(f); err != nil {
		return nil, err
	}
	return o, nil
}

func noRequests(idMax uint32) []int32 {
	requests := make([]int32, idMax+1)
	for i := range requests {
		requests[i] = noRequest
	}
	return requests
}

// encode writes the lines. An engine of ours comes along, because a replace asks
// for a total, and only the executions so far tell it.
func (o *orderFlow) encode(f *flow.Flow) error {
	limits := engine.Limits{
		OrdersMax: min(int(f.IDMax)+1, 1<<20), AccountsMax: 1, LevelsPerSideMax: int(f.PriceMax-f.PriceMin) + 1,
		OrdersPerDay: int(f.IDMax) + 1, ClOrdIDsPerDay: int(f.IDMax) + 1,
	}
	e, err := engine.New(limits, flowInstruments())
	if err != nil {
		return err
	}
	var cmd engine.Command
	var seq engine.Seq
	player, events := flow.NewPlayer(f), engine.NewEvents(limits.EventsPerCommandMax())
	root := make([]uint32, f.IDMax+1) // by flow id: the id that its order entered with
	o.linkOf = make([]uint8, 0, len(f.Ops))
	for part, ops := range [][]flow.Op{f.Prefill, f.Ops} {
		for i := range ops {
			op := &ops[i]
			player.Command(op, &cmd)
			seq++
			events.Reset()
			e.Apply(seq, &cmd, events)
			player.Observe(events.All())

			if op.Type == flow.OpReplace {
				root[op.NewID] = root[op.ID]
			} else if op.Type != flow.OpCancel {
				root[op.ID] = op.ID
			}
			link := uint8(root[op.ID] % uint32(len(o.streams)))
			s := &o.streams[link]
			request := int32(len(s.ends))
			s.bytes = o.appendLine(s.bytes, op, &cmd)
			s.ends = append(s.ends, len(s.bytes))
			switch op.Type {
			case flow.OpReplace:
				o.endedBy[op.ID], o.createdBy[op.NewID] = request, request
			case flow.OpCancel:
				o.endedBy[op.ID] = request
			default:
				o.createdBy[op.ID] = request
			}
			if part == 0 {
				o.prefill[link]++
			} else {
				o.linkOf = append(o.linkOf, link)
			}
		}
	}
	return nil
}

func (o *orderFlow) appendLine(dst []byte, op *flow.Op, c *engine.Command) []byte {
	switch op.Type {
	case flow.OpCancel:
		return jsonl.AppendCancel(dst, jsonl.Target{ClientOID: o.clientOID(op.ID)})
	case flow.OpReplace:
		return jsonl.AppendReplace(dst, &jsonl.ReplaceRequest{
			Target: jsonl.Target{ClientOID: o.clientOID(op.ID)}, NewClientOID: o.clientOID(op.NewID),
			Price: priceText(c.Price), Size: strconv.FormatInt(int64(c.Qty), 10), Requeue: true,
		})
	}
	r := jsonl.OrderRequest{
		ClientOID: o.clientOID(op.ID), ProductID: o.product, Side: "buy",
		Price: priceText(c.Price), Size: strconv.FormatInt(int64(c.Qty), 10), TimeInForce: "GTC",
	}
	if op.Side == engine.Sell {
		r.Side = "sell"
	}
	if op.Type == flow.OpIOC {
		r.TimeInForce = "IOC"
	}
	return jsonl.AppendOrder(dst, &r)
}

func priceText(p engine.Price) string {
	return string(wire.AppendDecimal(nil, int64(p), engine.DecimalOne/100))
}

// clientOID is 8 bytes of the run and 8 digits of the flow id.
func (o *orderFlow) clientOID(id uint32) string {
	digits := flow.ClOrdID(id)
	return o.prefix + string(digits[:8])
}

// prefixBytes is the length of an orderFlow's prefix.
const prefixBytes = 8

// orderAnswers reads one session's lines. Its law: every request is acknowledged by
// exactly one line, the one that ends its command.
type orderAnswers struct {
	flow     *orderFlow
	answered []bool // by request
	isOpen   []bool // by flow id: in the book, as far as the answers say; shared by the links

	open               int // orders in the book, as far as the answers say
	trades             uint64
	takerQty, makerQty uint64
	prefill            flow.Result // trades and takerQty when the prefill was done
	rejected           int
	cancelRejected     int
	errors             int
	firstError         string
	ordersEnd          int // the count of an orders_end line; -1: none came yet

	clientAt int // where the last line had clientField
}

func (o *orderFlow) newAnswers(link int, isOpen []bool) *orderAnswers {
	a := &orderAnswers{flow: o, answered: make([]bool, len(o.streams[link].ends)), isOpen: isOpen, ordersEnd: -1}
	clear(a.answered) // touched now, as in newLink
	return a
}

// Field names as the venue writes them, with what is around them.
var (
	typeField      = []byte(`{"type":"`)
	receivedKind   = []byte(`received"`)
	openKind       = []byte(`open"`)
	doneKind       = []byte(`done"`)
	clientField    = []byte(`"client_oid":"`)
	oldClientField = []byte(`"old_client_oid":"`)
	reasonField    = []byte(`"reason":"`)
	canceledReason = []byte(`canceled"`)
	sizeField      = []byte(`"size":"`)
	makerField     = []byte(`"liquidity":"maker"`)
	countField     = []byte(`"count":`)
)

// scan finds out which request a line acknowledges.
// hot
func (a *orderAnswers) scan(line []byte) (request int) {
	if !bytes.HasPrefix(line, typeField) {
		a.fault(line)
		return noRequest
	}
	what := line[len(typeField):]
	switch { // the most frequent ones, without a search for their end
	case bytes.HasPrefix(what, receivedKind):
		return noRequest
	case bytes.HasPrefix(what, openKind):
		return a.opened(line)
	case bytes.HasPrefix(what, doneKind):
		return a.done(line)
	}
	switch kind := what[:max(bytes.IndexByte(what, '"'), 0)]; string(kind) {
	case "match":
		a.match(line)
		return noRequest
	case "replaced":
		if old, id := a.idIn(line, oldClientField), a.idIn(line, clientField); old != 0 && id != 0 {
			a.isOpen[old], a.isOpen[id] = false, a.isOpen[old]
		}
		return noRequest
	case "rejected":
		a.rejected++
		return a.acknowledge(a.flow.createdBy[a.idIn(line, clientField)])
	case "cancel_rejected":
		a.cancelRejected++
		return a.acknowledge(a.flow.endedBy[a.idIn(line, clientField)])
	case "orders_end":
		a.ordersEnd, _ = strconv.Atoi(string(bytes.TrimRight(after(line, countField), "}")))
		return noRequest
	}
	a.fault(line)
	return noRequest
}

// opened: an order went into the book, or is in it under another id.
// hot
func (a *orderAnswers) opened(line []byte) int {
	id := a.id(line)
	k := a.acknowledge(a.flow.createdBy[id])
	if k != noRequest && !a.isOpen[id] {
		a.isOpen[id] = true
		a.open++
	}
	return k
}

// done: an order is gone. The line ends the command that brought the order under
// this id, if that has not ended yet; else the one that took it out; and where a
// resting order was filled it ends none. (A replace whose total was executed
// meanwhile is such an end of what brought the id: the order is canceled under it.)
// hot
func (a *orderAnswers) done(line []byte) int {
	id := a.id(line)
	if a.isOpen[id] {
		a.isOpen[id] = false
		a.open--
	}
	if k := a.acknowledge(a.flow.createdBy[id]); k != noRequest {
		return k
	}
	if bytes.HasPrefix(after(line, reasonField), canceledReason) {
		return a.acknowledge(a.flow.endedBy[id])
	}
	return noRequest
}

// hot
func (a *orderAnswers) match(line []byte) {
	qty := uint64(0)
	for _, c := range after(line, sizeField) {
		if c < '0' || c > '9' {
			break
		}
		qty = qty*10 + uint64(c-'0')
	}
	if bytes.Contains(line, makerField) {
		a.makerQty += qty
		return
	}
	a.trades++
	a.takerQty += qty
}

// acknowledge marks a request; noRequest if it was marked before.
// hot
func (a *orderAnswers) acknowledge(request int32) int {
	if request == noRequest || a.answered[request] {
		return noRequest
	}
	a.answered[request] = true
	return int(request)
}

// id is the flow id in the client_oid of an open or a done. The field is mostly where
// it was in the line before: only numbers that grow a digit move it.
// hot
func (a *orderAnswers) id(line []byte) uint32 {
	for at := a.clientAt; at <= a.clientAt+1 && at < len(line); at++ {
		if bytes.HasPrefix(line[at:], clientField) {
			return a.idOf(line[at+len(clientField):])
		}
	}
	if at := bytes.Index(line, clientField); at >= 0 {
		a.clientAt = at
		return a.idOf(line[at+len(clientField):])
	}
	return 0
}

// idIn is the flow id in a field with a client id; 0 if there is none of ours.
// hot
func (a *orderAnswers) idIn(line, field []byte) uint32 { return a.idOf(after(line, field)) }

// hot
func (a *orderAnswers) idOf(text []byte) (id uint32) {
	if len(text) < prefixBytes+8 || string(text[:prefixBytes]) != a.flow.prefix {
		return 0
	}
	var c engine.ClOrdID
	copy(c[:], text[prefixBytes:prefixBytes+8])
	if id = flow.IDOf(c); int(id) >= len(a.isOpen) {
		return 0
	}
	return id
}

// hot
func after(line, field []byte) []byte {
	at := bytes.Index(line, field)
	if at < 0 {
		return nil
	}
	return line[at+len(field):]
}

func (a *orderAnswers) fault(line []byte) {
	if a.errors == 0 {
		a.firstError = string(line)
	}
	a.errors++
}

// check compares what the links were told with what must have come of the flow.
// complete: every request was sent and answered. ordered: they went over one
// connection, so the venue saw them in the flow's own order.
func (o *orderFlow) check(links []*orderAnswers, complete, ordered bool) error {
	var sum orderAnswers
	for _, a := range links {
		sum.open += a.open
		sum.trades += a.trades
		sum.takerQty += a.takerQty
		sum.makerQty += a.makerQty
		sum.rejected += a.rejected
		sum.cancelRejected += a.cancelRejected
		if sum.errors += a.errors; a.errors > 0 {
			sum.firstError = a.firstError
		}
		if a.ordersEnd < 0 {
			return fmt.Errorf("the venue did not list the open orders")
		}
		sum.ordersEnd += a.ordersEnd
	}
	switch {
	case sum.errors > 0:
		return fmt.Errorf("%d answers were no answers, the first: %s", sum.errors, sum.firstError)
	case sum.rejected > 0:
		return fmt.Errorf("%d orders were rejected", sum.rejected)
	case sum.takerQty != sum.makerQty:
		return fmt.Errorf("takers were told of %d lots, makers of %d", sum.takerQty, sum.makerQty)
	case sum.ordersEnd != sum.open:
		return fmt.Errorf("the venue has %d open orders, by its answers it should have %d", sum.ordersEnd, sum.open)
	}
	if !complete || !ordered {
		return nil
	}
	for _, a := range links {
		sum.trades -= a.prefill.Trades
		sum.takerQty -= a.prefill.Qty
	}
	switch {
	case sum.cancelRejected > 0:
		return fmt.Errorf("%d cancels and replaces were rejected, the flow has none", sum.cancelRejected)
	case sum.trades != o.expected.Trades || sum.takerQty != o.expected.Qty:
		return fmt.Errorf("%d trades of %d lots, the flow makes %d of %d", sum.trades, sum.takerQty, o.expected.Trades, o.expected.Qty)
	case uint64(sum.ordersEnd) != o.resting:
		return fmt.Errorf("the venue has %d open orders, the flow ends with %d", sum.ordersEnd, o.resting)
	}
	return nil
}
