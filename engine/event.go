package engine

import (
	"encoding/binary"
	"unsafe"
)

// EventKind is what happened.
type EventKind uint8

// Events, each with the fields that it fills beside Seq, Time, Kind, Flags and By.
// "the order" stands for OrderID, ClOrdID, Session, Instrument and Side of the
// order that the event is about.
const (
	// EvAccepted: the order; Type, TimeInForce, Price (of a slid order the one it was slid
	// to, of a market-to-limit order the opposite best), Qty (total), Leaves = Qty,
	// StopPrice, ExpireTime, and DisplayQty with FlagIceberg.
	// FlagRests: it went straight into the book, without a trade, and nothing follows.
	EvAccepted EventKind = 1
	// EvExecuted: the order is the incoming one, Contra* is the resting one. Price is
	// the resting order's, Qty the executed quantity, Leaves and ContraLeaves what
	// each has left in all (0: filled and gone), TradeID. FlagHidden, FlagIceberg: the
	// resting order is one. FlagCall: in an uncross; the order is the buy, Contra* the sell.
	EvExecuted EventKind = 2
	// EvRested: the order; Price, Qty (total), Leaves: what is left of an incoming
	// order that traded went into the book. DisplayQty with FlagIceberg.
	EvRested EventKind = 3
	// EvCanceled: the order; Price, Qty (total), Leaves = the quantity taken out,
	// Reason. FlagWasResting: it was in the book; FlagParked: it was parked.
	EvCanceled EventKind = 4
	// EvReduced: the order; Price, Qty (new total), OldQty, Leaves (new), and with
	// FlagIceberg DisplayQty. FlagParked: it is parked. An incoming order that its
	// self-trade mode decrements is reduced too, at once.
	EvReduced EventKind = 5
	// EvReplaced: the order under its new ClOrdID, with OldClOrdID; ContraSession = the
	// session that owned it until now; Price, Qty (new total), OldQty, Leaves (new; 0
	// where the total is at or below what is executed). FlagKeptPriority: it kept its
	// place in the queue.
	// FlagRests: it is in the book and nothing follows; FlagParked: it is parked and
	// nothing follows; else executions, EvTriggered, EvRested or EvCanceled follow.
	// StopPrice of an order that triggers, and with FlagIceberg DisplayQty.
	EvReplaced EventKind = 6
	// EvRejected: a refused enter; Reason, and Session (= By), Instrument, Side, Type,
	// TimeInForce and ClOrdID as they were sent. No order came to be, OrderID is 0.
	EvRejected EventKind = 7
	// EvCancelRejected: a refused cancel, reduce, replace, mass cancel, status, or a
	// command of no known kind; Reason, Session (= By), and OrderID and ClOrdID as they
	// were sent. Instrument is the order's where it is the account's own, open or done,
	// else NoInstrument.
	EvCancelRejected EventKind = 8
	// EvState: the answer to a status, to an orders report and (FlagResent) to a command
	// that had been carried out before. FlagRests: the order is open: the order, Type,
	// TimeInForce, Price, Qty (total), Leaves. Else it is done: OrderID, ClOrdID as it was
	// asked for (zero where it was asked for by OrderID), Session (= By), Instrument,
	// Side, Reason (ReasonFilled, or why it was canceled), Leaves = what was not executed.
	EvState EventKind = 9
	// EvMassCanceled ends a mass cancel; Session (= By), Instrument (NoInstrument), Qty =
	// how many orders it took out.
	EvMassCanceled EventKind = 10
	// EvOrdersEnd ends an orders report; Session (= By), Instrument (NoInstrument), Qty =
	// how many orders it named.
	EvOrdersEnd EventKind = 11
	// EvSessionLost ends a session; Session (= By), Instrument (NoInstrument), Qty = how
	// many orders went with it. Nothing by that session follows.
	EvSessionLost EventKind = 12
	// EvParked: the order, which was accepted or replaced, stands aside of the book: one
	// that waits for its trigger, or a market order in a call. Type, Price, Qty (total),
	// Leaves, StopPrice.
	EvParked EventKind = 13
	// EvTriggered: the order, whose stop price a print has reached; Price, Qty (total),
	// Leaves. It is an incoming order now: executions, EvRested or EvCanceled follow.
	EvTriggered EventKind = 14
	// EvRefreshed: the order, an iceberg whose shown slice is used up, shows the next one
	// and is at the back of its queue; Price, Qty (total), Leaves, DisplayQty = the slice.
	EvRefreshed EventKind = 15
	// EvPhase: Instrument, Phase, which it has now; Price and Qty of the uncross that led to
	// it, Qty 0 for none. An uncross's executions come before it, market orders that are
	// left (canceled) and triggers behind it. Session (= By).
	EvPhase EventKind = 16
	// EvIndicative: what an uncross would do now: Instrument, Phase, Price, Qty (volume;
	// 0: nothing, and no price), Leaves = the surplus, on Side.
	EvIndicative EventKind = 17
	// EvTime ends a CmdTime; Session (= By), Qty = how many orders expired.
	EvTime EventKind = 18
	// EvKilled ends a kill, or the lifting of one; Session (= By), Phase = the Scope,
	// Instrument (or NoInstrument), OrderID = the account or session it is about, Qty = how
	// many orders it took out. FlagKilled: it is in force now.
	EvKilled EventKind = 19
	// EvDayRolled ends a CmdRollDay; Session (= By), Qty = how many orders expired.
	EvDayRolled EventKind = 20
	// EvAccountSet ends a CmdAccount; Session (= By), OrderID = the account, Qty = its cap.
	EvAccountSet EventKind = 21
	// EvInstrument: Instrument, Phase, Price = the last trade's (Qty 1; 0: there was none),
	// Leaves = orders in its book and parked, TradeID = trades so far. FlagKilled: it is killed.
	EvInstrument EventKind = 22
	// EvInstrumentsEnd ends a CmdInstruments; Session (= By), Qty = how many it named.
	EvInstrumentsEnd EventKind = 23
)

// EventFlags qualify an event.
type EventFlags uint16

// Event flags.
const (
	FlagLast         EventFlags = 1 << iota // the last event of its command
	FlagRests                               // the order is in the book now
	FlagKeptPriority                        // a replace kept the order's place in the queue
	FlagWasResting                          // the canceled order was in the book
	FlagResent                              // the answer to a command that had been carried out before
	FlagPostOnly                            // the order is post-only
	FlagHidden                              // the order is hidden; of an execution, the resting order
	FlagIceberg                             // the order is an iceberg, DisplayQty says what it shows; of an execution, the resting order
	FlagParked                              // the order is open and not in the book
	FlagCall                                // an execution in an uncross
	FlagKilled                              // a kill is in force
)

// NoInstrument marks an event that is about no known instrument.
const NoInstrument = ^InstrumentID(0)

// Event is one output of the engine: fixed size, no pointers, two cache lines.
// It describes the order as it was when the event was made: an order is freed
// after the event that names it. A field that a kind does not name is zero.
//
// Session is the order's owner, the session that entered or last replaced it.
// By is the session whose command made the event, so that both can be answered.
//
//	offset   0  Seq           u64    of the command
//	         8  Time          i64    of the command
//	        16  Kind          u8
//	        17  Reason        u8
//	        18  Flags         u16
//	        20  Side          u8
//	        21  Type          u8
//	        22  TimeInForce   u8
//	        23  Phase         u8
//	        24  By            u32
//	        28  Session       u32
//	        32  ContraSession u32
//	        36  Instrument    u16
//	        38  -             u16
//	        40  OrderID       u64
//	        48  ClOrdID       [16]
//	        64  Price         i64
//	        72  Qty           i64
//	        80  Leaves        i64
//	        88  ContraLeaves  i64    also OldQty, ExpireTime
//	        96  ContraOrderID u64    also StopPrice
//	       104  ContraClOrdID [16]   also OldClOrdID
//	       120  TradeID       u64    per instrument, from 1; also DisplayQty
type Event struct {
	Seq           Seq
	Time          Time
	Kind          EventKind
	Reason        Reason
	Flags         EventFlags
	Side          Side
	Type          OrderType
	TimeInForce   TimeInForce
	Phase         Phase
	By            SessionID
	Session       SessionID
	ContraSession SessionID
	Instrument    InstrumentID
	_             uint16
	OrderID       OrderID
	ClOrdID       ClOrdID
	Price         Price
	Qty           Qty
	Leaves        Qty
	ContraLeaves  Qty
	ContraOrderID OrderID
	ContraClOrdID ClOrdID
	TradeID       uint64
}

// EventBytes is the size of an Event.
const EventBytes = 128

var _ = [1]struct{}{}[unsafe.Sizeof(Event{})-EventBytes]

// OldQty is the order's total before an EvReduced or EvReplaced.
func (e *Event) OldQty() Qty { return e.ContraLeaves }

// OldClOrdID is the order's client id before an EvReplaced.
func (e *Event) OldClOrdID() ClOrdID { return e.ContraClOrdID }

// StopPrice is the stop price of an order that triggers, else 0 (EvAccepted, EvParked, EvReplaced, EvState).
func (e *Event) StopPrice() Price { return Price(e.ContraOrderID) }

// ExpireTime is when a DAY or GTD order expires, else 0 (EvAccepted, EvState).
func (e *Event) ExpireTime() Time { return Time(e.ContraLeaves) }

// DisplayQty is what an iceberg shows or, while it is not in the book, will show at first:
// its slice, or what is left of it. 0 of any other order, which shows its Leaves, or
// with FlagHidden nothing. Not of an execution.
func (e *Event) DisplayQty() Qty { return Qty(e.TradeID) }

// Events collects the output of one command. The caller owns it, hands it to
// [Engine.Apply] empty, and reads it before the next command.
type Events struct {
	slab[Event]
	buf  []Event // the same, for All
	used int
	seq  Seq
	time Time
	by   SessionID
}

// NewEvents returns a buffer for max events. An engine with Limits l never writes
// more than l.EventsPerCommandMax() for one command.
func NewEvents(max int) *Events {
	buf := make([]Event, max)
	return &Events{slab: slabOf(buf), buf: buf}
}

// Reset empties the buffer.
func (ev *Events) Reset() { ev.used = 0 }

// All returns the events in order, valid until the next Reset.
func (ev *Events) All() []Event { return ev.buf[:ev.used] }

// blank adds an event of which every field is still to be written.
// hot
func (ev *Events) blank() *Event {
	x := ev.at(handle(ev.used))
	ev.used++
	if checked { // what stays unwritten will be seen
		*x = Event{
			Seq: 1 << 60, Time: 1 << 60, Kind: 0xEE, Flags: 0xEE, Reason: 0xEE, Side: 0xEE, Type: 0xEE, TimeInForce: 0xEE, Instrument: 0xEEEE,
			By: 0xEEEE, Session: 0xEEEE, ContraSession: 0xEEEE, OrderID: 1 << 60, ClOrdID: ClOrdID{0xEE}, Price: 1 << 60, Qty: 1 << 60,
			Leaves: 1 << 60, ContraLeaves: 1 << 60, ContraOrderID: 1 << 60, ContraClOrdID: ClOrdID{0xEE}, TradeID: 1 << 60,
		}
	}
	return x
}

// eventHead is the bytes of an event from Kind to Phase, written as one word.
type eventHead uint64

func headOf(kind EventKind, flags EventFlags, reason Reason, s Side, typ OrderType, tif TimeInForce) eventHead {
	return eventHead(kind) | eventHead(reason)<<8 | eventHead(flags)<<16 | eventHead(s)<<32 | eventHead(typ)<<40 | eventHead(tif)<<48
}

// begin writes what is before an event's ids.
func (x *Event) begin(ev *Events, head eventHead, in InstrumentID, owner SessionID) {
	x.Seq, x.Time = ev.seq, ev.time
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Pointer(&x.Kind))[:], uint64(head))
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Pointer(&x.By))[:], uint64(ev.by)|uint64(owner)<<32)
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Pointer(&x.ContraSession))[:], uint64(in)<<32) // and what is behind Instrument
}

// noContra clears what an event has beyond Leaves.
func (x *Event) noContra() {
	x.ContraLeaves = 0
	x.ContraOrderID = 0
	x.ContraClOrdID = ClOrdID{}
	x.TradeID = 0
}

// next adds an event; its other fields are zero.
// hot
func (ev *Events) next(kind EventKind) *Event {
	x := ev.at(handle(ev.used))
	ev.used++
	*x = Event{} // zeroed in place; a literal with fields would be made on the stack and copied
	x.Seq, x.Time, x.Kind, x.By = ev.seq, ev.time, kind, ev.by
	return x
}

// last is the newest event.
func (ev *Events) last() *Event { return ev.at(handle(ev.used - 1)) }

// rejected answers a refused enter.
func (ev *Events) rejected(c *Command, reason Reason) {
	x := ev.next(EvRejected)
	x.Reason = reason
	x.Session, x.Instrument, x.ClOrdID = c.Session, c.Instrument, c.ClOrdID
	x.Side, x.Type, x.TimeInForce = c.Side, c.Type, c.TimeInForce
}

// cancelRejected answers any other refused command.
func (ev *Events) cancelRejected(c *Command, instrument InstrumentID, reason Reason) {
	x := ev.next(EvCancelRejected)
	x.Reason = reason
	x.Session, x.Instrument, x.OrderID, x.ClOrdID = c.Session, instrument, c.OrderID, c.ClOrdID
}

// summary ends a command that was about many orders.
func (ev *Events) summary(kind EventKind, n Qty) {
	x := ev.next(kind)
	x.Session, x.Instrument, x.Qty = ev.by, NoInstrument, n
}
