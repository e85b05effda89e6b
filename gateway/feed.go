package gateway

import (
	"fmt"
	"unsafe"

	"pricetime/engine"
	"pricetime/gateway/ring"
	"pricetime/gateway/stamps"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// feedRequest asks the feed to let a session into one channel of one product, or
// tells that it left. I/O stage to feed. Every join is followed by one leave.
type feedRequest struct {
	session    engine.SessionID
	channel    wire.Channel
	instrument engine.InstrumentID
	leave      bool
}

// publicMessage is one or more whole lines of market data. Feed to I/O stage.
//
//	offset  0  session     u32   0: for every subscriber of the channel of the instrument; else for this session only
//	        4  instrument  u16
//	        6  n           u16   bytes of data
//	        8  channel     u8
//	        9  joins       bool  from behind this message on, session is a subscriber
//	       10  data        [1014]
type publicMessage struct {
	session    engine.SessionID
	instrument engine.InstrumentID
	n          uint16
	channel    wire.Channel
	joins      bool
	data       [publicDataBytes]byte
}

const publicDataBytes = 1014

var _ = [1]struct{}{}[unsafe.Sizeof(publicMessage{})-1024]

const (
	// feedStepMessages is the most messages that one event leads to, if each line takes
	// one of its own: match in two channels, done of maker and taker, a full list of
	// level changes in two lines, what did not fit that list, ticker.
	feedStepMessages = 8
	// feedBatchMax bounds the events of one duty cycle, and feedSnapshotMax the
	// messages of snapshots. On a shared thread these are what an order waits for. A
	// batch is as large as egress's, or the feed would fall behind under load, and a full
	// event ring would make the batches of all small.
	feedBatchMax    = 1024
	feedSnapshotMax = 64
	// levelChangesMax is how many level changes of one command are held back to go out
	// as one line. A command that touches more levels sends several.
	levelChangesMax = 12
)

// A full list of changes fits in two lines.
const _ = uint(2*((publicDataBytes-jsonl.PublicHeadBytesMax-jsonl.PublicEndBytesMax)/jsonl.PublicEntryBytesMax) - levelChangesMax)

// feedStage makes market data of events: a duty cycle that keeps a replica of all
// books and the products' sequences, and writes lines for the channels that someone
// listens to.
//
//	event ring ──> replica ──> encode ──> public ring ──> I/O stage ──> every subscriber
//	request ring ────┘ (between two commands)
//
// A join has neither gap nor overlap, because both streams become one in the public
// ring, and what a session receives is decided by its place there:
//
//	feed                                        I/O stage
//	events 1..41
//	request: session 9, level2  <-------------- subscribe
//	snapshot of the book behind event 41
//	  message for 9, ... , message for 9 joins
//	events 42..                                 sends the snapshot to 9 alone
//	  message for all                           at joins: 9 is on the list
//	                                            sends 42.. to all, 9 among them
//
// While it writes a snapshot the feed takes no events. It never waits: where the
// public ring lacks the room for what one step may write, Poll returns and takes
// nothing. It is the I/O stage that must take messages without waiting for a client.
type feedStage struct {
	events   *ring.Consumer[engine.Event]
	requests *ring.Consumer[feedRequest]
	out      *ring.Ring[publicMessage]
	encoder  *jsonl.PublicEncoder
	stamps   stamps.Log

	replica  *replica
	products []feedProduct

	// The command that is going on.
	midCommand bool // its last event has not come yet
	time       engine.Time
	incoming   replicaOrder // the order that comes up to the book: accepted, replaced or triggered last
	traded     bool         // it traded, in tradedIn
	tradedIn   engine.InstrumentID
	changes    []levelChange // levels that it touched in changesIn, not sent yet
	changesIn  engine.InstrumentID

	join feedJoin

	// The messages that are claimed and not published: unpublished from first on. Each
	// channel's last one is open for more lines, as long as they are for the same
	// readers: the channels' order among each other is nobody's business.
	first       uint64
	unpublished int
	open        [wire.Channels]*publicMessage

	line [publicDataBytes]byte // where a line is made, before it is known whether it fits an open message
}

// feedProduct is the feed's state of one product.
type feedProduct struct {
	sequence  uint64 // lines of channel full, sent or not
	listeners [wire.Channels]int
	last      jsonl.Trade // TradeID 0: none yet
	phase     engine.Phase
}

// levelChange is a level whose total may have changed.
type levelChange struct {
	side  engine.Side
	price engine.Price
}

// feedJoin is the snapshot that is being written. No event is taken meanwhile, so
// that its place in the replica stays good.
type feedJoin struct {
	running bool
	request feedRequest
	side    engine.Side
	level   int    // index in the side's levels of the next one; -1: the side is done
	order   uint32 // channel full: the next order of that level; 0: its first
}

// newFeed makes the stage. out has at least feedStepMessages slots, no other producer,
// and is not closed while the stage runs. limits are the engine's: the replica holds
// what the engine holds.
func newFeed(events *ring.Consumer[engine.Event], requests *ring.Consumer[feedRequest], out *ring.Ring[publicMessage], products *wire.Products, limits engine.Limits) *feedStage {
	if out.Slots() < feedStepMessages {
		panic(fmt.Sprintf("BUG: public ring of %d slots, the feed may need %d at once", out.Slots(), feedStepMessages))
	}
	f := &feedStage{
		events: events, requests: requests, out: out,
		encoder:  jsonl.NewPublicEncoder(products),
		replica:  newReplica(products.Len(), &limits),
		products: make([]feedProduct, products.Len()),
		changes:  make([]levelChange, 0, levelChangesMax),
	}
	for id := range f.products {
		f.products[id].phase = products.Instrument(engine.InstrumentID(id)).Opens
	}
	return f
}

// Poll takes a batch of events, then writes snapshots, and publishes what came of it
// once.
// walk 16
// hot
func (f *feedStage) Poll() int {
	began, work := f.stamps.Now(), 0
	if !f.join.running {
		work += f.takeEvents()
	}
	work += f.serve()
	if f.unpublished > 0 {
		f.out.Publish(f.first, f.unpublished)
		f.unpublished = 0
		f.open = [wire.Channels]*publicMessage{}
	}
	if work > 0 {
		f.stamps.Put(stamps.FeedBegan, began)
		f.stamps.At(stamps.FeedDone)
	}
	return work
}

// takeEvents stops early where the next event's lines might not fit. Where someone
// wants to join, which is between two commands only, it ends a batch there.
// hot
func (f *feedStage) takeEvents() int {
	wanted := f.requests.Backlog() > 0
	lo, n := f.events.Poll(feedBatchMax)
	done := 0
	for done < n && f.out.HasRoom(feedStepMessages) {
		f.take(f.events.Slot(lo + uint64(done)))
		done++
		if wanted && !f.midCommand && done >= feedBatchMax/2 {
			break
		}
	}
	if done > 0 {
		f.events.Release(lo + uint64(done) - 1)
	}
	return done
}

// take brings the replica up to date with one event and writes its lines.
// hot
func (f *feedStage) take(e *engine.Event) {
	f.time = e.Time
	switch e.Kind {
	case engine.EvAccepted:
		f.accepted(e)
	case engine.EvExecuted:
		f.executed(e)
	case engine.EvRested:
		f.rested(e)
	case engine.EvCanceled:
		f.canceled(e)
	case engine.EvReduced:
		if e.Flags&engine.FlagLast != 0 {
			f.shrunk(e, jsonl.ChangeReduced)
		} else {
			f.shrunk(e, jsonl.ChangeSelfTrade)
		}
	case engine.EvReplaced:
		f.replaced(e)
	case engine.EvParked:
		f.parked(e)
	case engine.EvTriggered:
		f.triggered(e)
	case engine.EvRefreshed:
		f.rest(&replicaOrder{id: e.OrderID, iceberg: true}, e) // the incoming order is another one, and goes on
	case engine.EvPhase:
		f.phase(e)
	case engine.EvIndicative:
		f.indicative(e)
	}
	// The others say nothing about a book: refusals, reports, ends of lists.
	f.midCommand = e.Flags&engine.FlagLast == 0
	if !f.midCommand {
		f.endCommand()
	}
}

// accepted begins an incoming order. One that may have to wait, for its trigger or for
// the end of a call, is not told of before it comes up to the book.
// hot
func (f *feedStage) accepted(e *engine.Event) {
	o := &f.incoming
	*o = replicaOrder{
		id: e.OrderID, price: e.Price, shown: shownOf(e), instrument: e.Instrument, side: e.Side, kind: e.Type,
		iceberg: e.Flags&engine.FlagIceberg != 0, hidden: e.Flags&engine.FlagHidden != 0,
	}
	if waits := e.Type.Triggers() || e.Type == engine.Market && e.TimeInForce.Stays(); !waits {
		f.received(e.Type)
	}
	if e.Flags&engine.FlagRests != 0 {
		f.rested(e)
	}
}

// shownOf is what the order of an event shows, or would show were it not hidden.
// hot
func shownOf(e *engine.Event) engine.Qty {
	if e.Flags&engine.FlagIceberg != 0 {
		return e.DisplayQty()
	}
	return e.Leaves
}

// received announces the incoming order as one of a type.
// hot
func (f *feedStage) received(as engine.OrderType) {
	o := &f.incoming
	if o.hidden {
		return
	}
	if h, heard := f.full(o.instrument); heard {
		f.send(&h, f.encoder.AppendReceived(f.line[:0], &h, &jsonl.Received{OrderID: o.id, Side: o.side, Type: as, Price: o.price, Qty: o.shown}))
	}
}

// rested puts the incoming order into the book: a new one, or what is left of one that
// traded, or one that a replace sent to the back.
// hot
func (f *feedStage) rested(e *engine.Event) { f.rest(f.known(e), e) }

// rest puts an order into the book as an event has it.
// hot
func (f *feedStage) rest(o *replicaOrder, e *engine.Event) {
	o.price, o.shown, o.instrument, o.side = e.Price, shownOf(e), e.Instrument, e.Side
	o.aside = o.hidden
	f.replica.add(o)
	if o.hidden {
		return
	}
	f.touch(e.Instrument, e.Side, e.Price)
	if h, heard := f.full(e.Instrument); heard {
		f.send(&h, f.encoder.AppendOpen(f.line[:0], &h, e.OrderID, e.Side, e.Price, o.shown))
	}
}

// known is the incoming order, which an event has to be about.
// hot
func (f *feedStage) known(e *engine.Event) *replicaOrder {
	if f.incoming.id != e.OrderID {
		panic(fmt.Sprintf("BUG: event %d is about order %d, and the feed has %d coming in", e.Kind, e.OrderID, f.incoming.id))
	}
	return &f.incoming
}

// parked puts the incoming order aside.
func (f *feedStage) parked(e *engine.Event) {
	o := f.known(e)
	o.aside = true
	f.replica.add(o)
}

// triggered makes an order that was aside the incoming one, or lets the incoming one
// go on; it is told of as what it is now.
func (f *feedStage) triggered(e *engine.Event) {
	if f.replica.get(e.OrderID) != nil {
		f.incoming = f.replica.reduce(e.OrderID, 0)
	}
	o := f.known(e)
	o.aside = false
	if !o.iceberg {
		o.shown = e.Leaves
	}
	if o.kind.Priced() {
		f.received(engine.Limit)
	} else {
		f.received(engine.Market)
	}
}

// executed takes a trade off the book: off the resting order, or in an uncross off both.
// hot
func (f *feedStage) executed(e *engine.Event) {
	maker := f.replica.execute(e.ContraOrderID, e.Qty, e.ContraLeaves)
	auction := e.Flags&engine.FlagCall != 0
	taker := &f.incoming
	if auction {
		buyer := f.replica.execute(e.OrderID, e.Qty, e.Leaves)
		taker = &buyer
		f.touchShown(taker)
	}
	f.touchShown(&maker)
	p := &f.products[e.Instrument]
	p.last = jsonl.Trade{TradeID: e.TradeID, MakerSide: maker.side, Price: e.Price, Qty: e.Qty, Time: e.Time, Auction: auction}
	if !maker.aside {
		p.last.Maker = e.ContraOrderID
	}
	if !taker.hidden && !taker.aside {
		p.last.Taker = e.OrderID
	}
	f.traded, f.tradedIn = true, e.Instrument
	if h, heard := f.full(e.Instrument); heard {
		f.send(&h, f.encoder.AppendMatch(f.line[:0], &h, &p.last))
	}
	if h, heard := f.head(wire.ChannelMatches, e.Instrument); heard {
		f.send(&h, f.encoder.AppendMatch(f.line[:0], &h, &p.last))
	}
	if e.ContraLeaves == 0 && !maker.aside {
		f.done(e.Instrument, &jsonl.Done{OrderID: e.ContraOrderID, Side: maker.side, Reason: jsonl.DoneFilled, InBook: true, Price: maker.price})
	}
	if e.Leaves == 0 && p.last.Taker != 0 {
		f.done(e.Instrument, &jsonl.Done{OrderID: e.OrderID, Side: e.Side, Reason: jsonl.DoneFilled, InBook: auction, Price: taker.price})
	}
}

// touchShown remembers the level of an order that is in a queue.
// hot
func (f *feedStage) touchShown(o *replicaOrder) {
	if !o.aside {
		f.touch(o.instrument, o.side, o.price)
	}
}

// canceled ends an order. What the public is told is left is what it showed.
// hot
func (f *feedStage) canceled(e *engine.Event) {
	d := jsonl.Done{OrderID: e.OrderID, Side: e.Side, Reason: jsonl.DoneReasonOf(e.Reason), Remaining: e.Leaves}
	if e.Flags&(engine.FlagWasResting|engine.FlagParked) != 0 {
		was := f.replica.reduce(e.OrderID, 0)
		if was.aside {
			return
		}
		f.touchShown(&was)
		d.InBook, d.Price, d.Remaining = true, was.price, was.shown
	} else if o := f.known(e); o.hidden {
		return
	} else if o.iceberg {
		d.Remaining = min(o.shown, e.Leaves)
	}
	f.done(e.Instrument, &d)
}

// shrunk is an order that kept its place with less left. Where nothing changed but
// what only its owner sees (its client id, an iceberg's reserve), the public sees
// nothing; nor of an incoming order, which is not in the book yet.
// hot
func (f *feedStage) shrunk(e *engine.Event, why jsonl.ChangeReason) {
	o, shown := f.replica.get(e.OrderID), shownOf(e)
	switch {
	case o == nil:
		if o = f.known(e); o.iceberg {
			o.shown = min(o.shown, e.Leaves)
		}
		return
	case o.aside:
		o.shown = shown
		return
	case o.shown == shown:
		return
	}
	was := f.replica.reduce(e.OrderID, shown)
	f.touchShown(&was)
	if h, heard := f.full(e.Instrument); heard {
		f.send(&h, f.encoder.AppendChange(f.line[:0], &h, e.OrderID, was.side, why, was.price, was.shown, shown))
	}
}

// hot
func (f *feedStage) replaced(e *engine.Event) {
	switch {
	case e.Leaves == 0:
		return // down to what was executed: the EvCanceled that follows takes it out
	case e.Flags&engine.FlagKeptPriority != 0:
		f.shrunk(e, jsonl.ChangeReplaced)
		return
	}
	// It leaves its queue. Then it is an incoming order like any other: it trades, and
	// rests or is parked, under the same order id.
	was := f.replica.reduce(e.OrderID, 0)
	if !was.aside {
		f.touchShown(&was)
		f.done(e.Instrument, &jsonl.Done{OrderID: e.OrderID, Side: was.side, Reason: jsonl.DoneReplaced, InBook: true, Price: was.price, Remaining: was.shown})
	}
	f.incoming = was
	f.incoming.price, f.incoming.shown, f.incoming.aside = e.Price, shownOf(e), false
	switch {
	case e.Flags&engine.FlagParked != 0:
		f.parked(e)
	case e.Flags&engine.FlagRests != 0:
		f.rested(e)
	}
}

// phase says that a product's market has changed its phase.
func (f *feedStage) phase(e *engine.Event) {
	f.products[e.Instrument].phase = e.Phase
	if h, heard := f.full(e.Instrument); heard {
		f.send(&h, f.encoder.AppendPhase(f.line[:0], &h, e.Phase, e.Price, e.Qty))
	}
	if h, heard := f.head(wire.ChannelTicker, e.Instrument); heard {
		f.send(&h, f.encoder.AppendPhase(f.line[:0], &h, e.Phase, e.Price, e.Qty))
	}
}

// indicative says what an uncross would do.
func (f *feedStage) indicative(e *engine.Event) {
	if h, heard := f.full(e.Instrument); heard {
		f.send(&h, f.encoder.AppendIndicative(f.line[:0], &h, e.Phase, e.Price, e.Qty, e.Side, e.Leaves))
	}
	if h, heard := f.head(wire.ChannelTicker, e.Instrument); heard {
		f.send(&h, f.encoder.AppendIndicative(f.line[:0], &h, e.Phase, e.Price, e.Qty, e.Side, e.Leaves))
	}
}

// hot
func (f *feedStage) done(instrument engine.InstrumentID, d *jsonl.Done) {
	if h, heard := f.full(instrument); heard {
		f.send(&h, f.encoder.AppendDone(f.line[:0], &h, d))
	}
}

// touch remembers a level for the command's l2update.
// hot
func (f *feedStage) touch(instrument engine.InstrumentID, side engine.Side, price engine.Price) {
	if f.products[instrument].listeners[wire.ChannelLevel2] == 0 {
		return
	}
	if instrument != f.changesIn { // a mass cancel goes from product to product
		f.sendChanges()
		f.changesIn = instrument
	}
	for i := len(f.changes) - 1; i >= 0; i-- {
		if f.changes[i] == (levelChange{side, price}) {
			return
		}
	}
	if len(f.changes) == levelChangesMax {
		f.sendChanges()
	}
	f.changes = append(f.changes, levelChange{side, price})
}

// endCommand writes what is told once per command.
// hot
func (f *feedStage) endCommand() {
	f.sendChanges()
	if f.traded {
		f.traded = false
		if h, heard := f.head(wire.ChannelTicker, f.tradedIn); heard {
			f.send(&h, f.appendTicker(f.line[:0], &h))
		}
	}
}

// sendChanges writes the touched levels with the size they have now.
// hot
func (f *feedStage) sendChanges() {
	for sent := 0; sent < len(f.changes); {
		h, _ := f.head(wire.ChannelLevel2, f.changesIn)
		b := f.encoder.BeginUpdate(f.line[:0], &h)
		for ; sent < len(f.changes) && roomForEntry(b); sent++ {
			c := f.changes[sent]
			b = f.encoder.AppendUpdateEntry(b, &h, c.side, c.price, f.replica.total(f.changesIn, c.side, c.price))
		}
		f.send(&h, f.encoder.EndUpdate(b))
	}
	f.changes = f.changes[:0]
}

func (f *feedStage) appendTicker(b []byte, h *jsonl.Head) []byte {
	return f.encoder.AppendTicker(b, h, &f.products[h.Instrument].last,
		f.quote(h.Instrument, engine.Buy), f.quote(h.Instrument, engine.Sell), f.products[h.Instrument].phase)
}

func (f *feedStage) quote(instrument engine.InstrumentID, side engine.Side) jsonl.Quote {
	if l := f.replica.best(instrument, side); l != nil {
		return jsonl.Quote{Price: l.price, Qty: l.total}
	}
	return jsonl.Quote{}
}

// full takes the next place in a product's sequence. It is taken whether or not
// anyone listens, so that a number names the same line for everybody.
// hot
func (f *feedStage) full(instrument engine.InstrumentID) (h jsonl.Head, heard bool) {
	f.products[instrument].sequence++
	return f.head(wire.ChannelFull, instrument)
}

// head is what a line that is written now begins with, and whether anyone would read it.
// hot
func (f *feedStage) head(c wire.Channel, instrument engine.InstrumentID) (h jsonl.Head, heard bool) {
	p := &f.products[instrument]
	return jsonl.Head{Channel: c, Instrument: instrument, Sequence: p.sequence, Time: f.time}, p.listeners[c] > 0
}

// send adds a line, which is in f.line, for every subscriber.
// hot
func (f *feedStage) send(h *jsonl.Head, line []byte) { f.sendTo(0, h, line) }

// sendTo adds a line to the open message, if that is for the same readers and has
// the room, else to a new one.
// hot
func (f *feedStage) sendTo(session engine.SessionID, h *jsonl.Head, line []byte) *publicMessage {
	m := f.open[h.Channel]
	if m == nil || m.session != session || m.instrument != h.Instrument || m.joins || int(m.n)+len(line) > publicDataBytes {
		m = f.claim()
		m.session, m.channel, m.instrument = session, h.Channel, h.Instrument
		f.open[h.Channel] = m
	}
	if copy(m.data[m.n:], line) < len(line) {
		panic(fmt.Sprintf("BUG: public line of %d bytes: %s", len(line), line))
	}
	m.n += uint16(len(line))
	return m
}

// claim takes a new message. Whoever steps has made sure that there is room.
// hot
func (f *feedStage) claim() *publicMessage {
	seq, ok := f.out.TryClaim(1)
	if !ok {
		panic("BUG: the feed ran out of room within a step")
	}
	if f.unpublished == 0 {
		f.first = seq
	}
	f.unpublished++
	m := f.out.Slot(seq)
	m.n, m.joins = 0, false
	return m
}

// roomForEntry says whether a line takes one more entry and its end.
func roomForEntry(b []byte) bool {
	return len(b)+jsonl.PublicEntryBytesMax+jsonl.PublicEndBytesMax <= publicDataBytes
}
