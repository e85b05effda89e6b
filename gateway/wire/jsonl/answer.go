package jsonl

import (
	"strconv"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// AnswerBytesMax is the most that one AppendAnswers appends, newlines included.
const AnswerBytesMax = 1024

// Role is whose side of an event is told.
type Role uint8

// Roles. Only an EvExecuted has a resting order's side; of every other event
// both sessions that hear of it are told the same.
const (
	RoleIncoming Role = iota
	RoleResting
)

// Encoder writes what a session is told. It belongs to one thread and serves any
// number of sessions; where dst has the room it does not allocate.
type Encoder struct {
	products *wire.Products
	clock    clock
}

// NewEncoder returns an encoder for events about products.
func NewEncoder(products *wire.Products) *Encoder {
	return &Encoder{products: products, clock: newClock()}
}

// AppendAnswers appends the lines that tell a session of ev: one or two; none of
// an EvSessionLost, whose session is gone. Each line takes the number *sequence
// and adds 1 to it.
//
// Every line has its fields in this order: type, sequence, time, product_id,
// order_id, client_oid, then its own. product_id is absent where there is no known
// product, order_id where there is no order, client_oid where the order has none.
// walk 14
// hot
func (e *Encoder) AppendAnswers(dst []byte, ev *engine.Event, to Role, sequence *uint64) []byte {
	switch ev.Kind {
	case engine.EvAccepted:
		dst = e.received(dst, ev, sequence)
		if ev.Flags&engine.FlagRests != 0 {
			dst = endLine(e.open(dst, ev, sequence))
		}
	case engine.EvExecuted:
		dst = e.match(dst, ev, to, sequence)
	case engine.EvRested:
		dst = endLine(e.open(dst, ev, sequence))
	case engine.EvCanceled:
		dst = endLine(e.done(dst, ev, sequence))
	case engine.EvReduced:
		dst = e.change(dst, ev, sequence)
	case engine.EvReplaced:
		dst = e.replaced(dst, ev, sequence)
		if ev.Flags&engine.FlagRests != 0 {
			dst = endLine(e.open(dst, ev, sequence))
		}
	case engine.EvRejected:
		dst = e.ofOrder(dst, `{"type":"rejected"`, ev, sequence)
		dst = endLine(e.appendRefusal(dst, ev))
	case engine.EvCancelRejected:
		dst = e.ofOrder(dst, `{"type":"cancel_rejected"`, ev, sequence)
		dst = endLine(e.appendRefusal(dst, ev))
	case engine.EvState:
		dst = e.state(dst, ev, sequence)
	case engine.EvMassCanceled:
		dst = e.summary(dst, `{"type":"cancel_all_done"`, ev, sequence)
	case engine.EvOrdersEnd:
		dst = e.summary(dst, `{"type":"orders_end"`, ev, sequence)
	}
	return dst
}

// hot
func (e *Encoder) received(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"received"`, ev, sequence)
	dst = appendSide(dst, ev.Side)
	dst = appendWord(dst, `,"order_type":"`, orderTypeName(ev.Type))
	if ev.Type != engine.Market {
		dst = e.price(dst, ev.Instrument, ev.Price)
	}
	dst = e.qty(dst, `,"size":"`, ev.Instrument, ev.Qty)
	dst = appendWord(dst, `,"time_in_force":"`, timeInForceName(ev.TimeInForce))
	return endLine(appendTrue(dst, `,"post_only":true`, ev.Flags&engine.FlagPostOnly))
}

// open appends an open line without its end.
// hot
func (e *Encoder) open(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"open"`, ev, sequence)
	dst = appendSide(dst, ev.Side)
	dst = e.price(dst, ev.Instrument, ev.Price)
	dst = e.qty(dst, `,"size":"`, ev.Instrument, ev.Qty)
	return e.qty(dst, `,"remaining_size":"`, ev.Instrument, ev.Leaves)
}

// match appends the match and, where it filled the order, its done.
// hot
func (e *Encoder) match(dst []byte, ev *engine.Event, to Role, sequence *uint64) []byte {
	id, clOrdID, side, leaves, liquidity := ev.OrderID, &ev.ClOrdID, ev.Side, ev.Leaves, "taker"
	if to == RoleResting {
		id, clOrdID, side, leaves, liquidity = ev.ContraOrderID, &ev.ContraClOrdID, side.Opposite(), ev.ContraLeaves, "maker"
	}
	dst = e.head(dst, `{"type":"match"`, ev, id, clOrdID, sequence)
	dst = appendSide(dst, side)
	dst = appendID(dst, `,"trade_id":"`, ev.TradeID)
	dst = e.price(dst, ev.Instrument, ev.Price)
	dst = e.qty(dst, `,"size":"`, ev.Instrument, ev.Qty)
	dst = e.qty(dst, `,"remaining_size":"`, ev.Instrument, leaves)
	dst = endLine(appendWord(dst, `,"liquidity":"`, liquidity))
	if leaves != 0 {
		return dst
	}
	dst = e.head(dst, `{"type":"done"`, ev, id, clOrdID, sequence)
	dst = appendSide(dst, side)
	dst = appendWord(dst, `,"reason":"`, reasonName(engine.ReasonFilled))
	return endLine(e.qty(dst, `,"remaining_size":"`, ev.Instrument, 0))
}

// done appends a done line without its end.
// hot
func (e *Encoder) done(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"done"`, ev, sequence)
	dst = appendSide(dst, ev.Side)
	dst = appendWord(dst, `,"reason":"`, reasonName(ev.Reason))
	return e.qty(dst, `,"remaining_size":"`, ev.Instrument, ev.Leaves)
}

// hot
func (e *Encoder) change(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"change"`, ev, sequence)
	dst = appendSide(dst, ev.Side)
	dst = append(dst, `,"reason":"reduced"`...)
	dst = e.price(dst, ev.Instrument, ev.Price)
	dst = e.qty(dst, `,"old_size":"`, ev.Instrument, ev.OldQty())
	dst = e.qty(dst, `,"new_size":"`, ev.Instrument, ev.Qty)
	return endLine(e.qty(dst, `,"remaining_size":"`, ev.Instrument, ev.Leaves))
}

// hot
func (e *Encoder) replaced(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"replaced"`, ev, sequence)
	old := ev.OldClOrdID()
	dst = appendClientOID(dst, `,"old_client_oid":"`, &old)
	dst = appendSide(dst, ev.Side)
	dst = e.price(dst, ev.Instrument, ev.Price)
	dst = e.qty(dst, `,"old_size":"`, ev.Instrument, ev.OldQty())
	dst = e.qty(dst, `,"size":"`, ev.Instrument, ev.Qty)
	dst = e.qty(dst, `,"remaining_size":"`, ev.Instrument, ev.Leaves)
	return endLine(appendTrue(dst, `,"kept_priority":true`, ev.Flags&engine.FlagKeptPriority))
}

// state appends an order as it is: open or done, with what a session that has not
// seen its received needs to know.
func (e *Encoder) state(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	if ev.Flags&engine.FlagRests != 0 {
		dst = e.open(dst, ev, sequence)
		dst = appendWord(dst, `,"order_type":"`, orderTypeName(ev.Type))
		dst = appendWord(dst, `,"time_in_force":"`, timeInForceName(ev.TimeInForce))
		dst = appendTrue(dst, `,"post_only":true`, ev.Flags&engine.FlagPostOnly)
	} else {
		dst = e.done(dst, ev, sequence)
	}
	return endLine(appendTrue(dst, `,"resent":true`, ev.Flags&engine.FlagResent))
}

// summary appends the line that ends a command about many orders.
func (e *Encoder) summary(dst []byte, open string, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, open, ev, sequence)
	dst = append(dst, `,"count":`...)
	return endLine(strconv.AppendInt(dst, int64(ev.Qty), 10))
}

// ofOrder begins a line about the event's own order.
// hot
func (e *Encoder) ofOrder(dst []byte, open string, ev *engine.Event, sequence *uint64) []byte {
	return e.head(dst, open, ev, ev.OrderID, &ev.ClOrdID, sequence)
}

// head begins a line, which takes its number here.
// hot
func (e *Encoder) head(dst []byte, open string, ev *engine.Event, id engine.OrderID, clOrdID *engine.ClOrdID, sequence *uint64) []byte {
	dst = append(append(dst, open...), `,"sequence":`...)
	dst = strconv.AppendUint(dst, *sequence, 10)
	*sequence++
	dst = append(dst, `,"time":"`...)
	dst = append(e.clock.append(dst, ev.Time), '"')
	if ev.Instrument != engine.NoInstrument {
		dst = appendWord(dst, `,"product_id":"`, e.products.Symbol(ev.Instrument))
	}
	if id != 0 {
		dst = appendID(dst, `,"order_id":"`, uint64(id))
	}
	return appendClientOID(dst, `,"client_oid":"`, clOrdID)
}

// hot
func (e *Encoder) price(dst []byte, id engine.InstrumentID, price engine.Price) []byte {
	return append(e.products.AppendPrice(append(dst, `,"price":"`...), id, price), '"')
}

// hot
func (e *Encoder) qty(dst []byte, key string, id engine.InstrumentID, qty engine.Qty) []byte {
	return append(e.products.AppendQty(append(dst, key...), id, qty), '"')
}

// appendClientOID appends a client id behind key; nothing if the order has none.
// hot
func appendClientOID(dst []byte, key string, id *engine.ClOrdID) []byte {
	if *id == (engine.ClOrdID{}) {
		return dst
	}
	dst = append(dst, key...)
	from := len(dst)
	dst = wire.AppendClOrdID(dst, *id)
	for i := from; i < len(dst); i++ {
		if dst[i] == '"' || dst[i] == '\\' { // the only printable bytes that JSON escapes
			dst = append(dst, 0)
			copy(dst[i+1:], dst[i:])
			dst[i] = '\\'
			i++
		}
	}
	return append(dst, '"')
}

// hot
func appendSide(dst []byte, side engine.Side) []byte {
	return appendWord(dst, `,"side":"`, sideName(side))
}

// hot
func appendWord(dst []byte, key, word string) []byte {
	return append(append(append(dst, key...), word...), '"')
}

// appendTrue appends a field that is there only when it is true.
// hot
func appendTrue(dst []byte, field string, flag engine.EventFlags) []byte {
	if flag == 0 {
		return dst
	}
	return append(dst, field...)
}

func sideName(side engine.Side) string {
	if side == engine.Buy {
		return "buy"
	}
	return "sell"
}

func orderTypeName(t engine.OrderType) string {
	if t == engine.Market {
		return "market"
	}
	return "limit"
}

func timeInForceName(t engine.TimeInForce) string {
	switch t {
	case engine.IOC:
		return "IOC"
	case engine.FOK:
		return "FOK"
	}
	return "GTC"
}
