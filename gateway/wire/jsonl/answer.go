package jsonl

import (
	"pricetime/engine"
	"pricetime/gateway/wire"
)

// AnswerBytesMax is the most that one AppendAnswers appends, newlines included. With
// that much room in dst it does not allocate.
const AnswerBytesMax = 1280

// Role is whose side of an event is told.
type Role uint8

// Roles. Only an EvExecuted has a resting order's side; of every other event
// both sessions that hear of it are told the same.
const (
	RoleIncoming Role = iota
	RoleResting
)

// Encoder writes what a session is told. It belongs to one thread and serves any
// number of sessions; where dst has the room it does not allocate. It may write a few
// bytes behind what it appends, in room that dst has.
type Encoder struct {
	products *wire.Products
	fields   []piece // of products: `,"product_id":"AAPL"`
	clock    clock
	expires  clock // of expire times, so that they do not unsettle the lines' own
}

// NewEncoder returns an encoder for events about products.
func NewEncoder(products *wire.Products) *Encoder {
	return &Encoder{products: products, fields: productFields(products), clock: newClock(), expires: newClock()}
}

// AppendAnswers appends the lines that tell a session of ev: one or two; none of
// an EvSessionLost, whose session is gone, and of what only operators hear. Each line takes the number *sequence
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
	case engine.EvExecuted:
		dst = e.match(dst, ev, to, sequence)
	case engine.EvRested, engine.EvParked, engine.EvRefreshed:
		dst = endLine(e.open(dst, ev, sequence))
	case engine.EvTriggered:
		dst = e.triggered(dst, ev, sequence)
	case engine.EvCanceled:
		dst = endLine(e.done(dst, ev, sequence))
	case engine.EvReduced:
		dst = e.change(dst, ev, sequence)
	case engine.EvReplaced:
		dst = e.replaced(dst, ev, sequence)
		if ev.Flags&(engine.FlagRests|engine.FlagParked) != 0 {
			dst = endLine(e.open(dst, ev, sequence))
		}
	case engine.EvRejected:
		dst = e.ofOrder(append(dst, `{"type":"rejected","sequence":`...), ev, sequence)
		dst = endLine(e.appendRefusal(dst, ev))
	case engine.EvCancelRejected:
		dst = e.ofOrder(append(dst, `{"type":"cancel_rejected","sequence":`...), ev, sequence)
		dst = endLine(e.appendRefusal(dst, ev))
	case engine.EvState:
		dst = e.state(dst, ev, sequence)
	case engine.EvMassCanceled:
		dst = e.summary(append(dst, `{"type":"cancel_all_done","sequence":`...), ev, sequence)
	case engine.EvOrdersEnd:
		dst = e.summary(append(dst, `{"type":"orders_end","sequence":`...), ev, sequence)
	default:
		dst = e.operator(dst, ev, sequence)
	}
	return dst
}

// received appends the received and, where the order rests at once, its open. All
// but the end of an open stands in the received already, and is copied from there.
// hot
func (e *Encoder) received(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = appendSequence(append(dst, `{"type":"received","sequence":`...), sequence)
	which := len(dst)
	dst = e.which(dst, ev, ev.OrderID, &ev.ClOrdID)
	dst = appendSide(dst, ev.Side)
	whichEnd := len(dst)
	dst = appendOrderType(dst, ev.Type)
	terms := len(dst)
	if ev.Type == engine.Limit || ev.Type.Priced() || ev.Type == engine.MarketToLimit {
		dst = e.price(append(dst, `,"price":"`...), ev.Instrument, ev.Price)
	}
	dst = e.qty(append(dst, `,"size":"`...), ev.Instrument, ev.Qty)
	termsEnd := len(dst)
	dst = appendTimeInForce(dst, ev.TimeInForce)
	dst = appendTrue(dst, `,"post_only":true`, ev.Flags&engine.FlagPostOnly)
	special := ev.Flags&(engine.FlagHidden|engine.FlagIceberg) != 0 || ev.Type.Triggers() || ev.ExpireTime() != 0
	if special {
		dst = e.expiry(e.special(dst, ev), ev)
	}
	dst = endLine(dst)
	if ev.Flags&engine.FlagRests == 0 {
		return dst
	}
	dst = appendSequence(append(dst, `{"type":"open","sequence":`...), sequence)
	dst = append(dst, dst[which:whichEnd]...)
	dst = append(dst, dst[terms:termsEnd]...)
	dst = e.qty(append(dst, `,"remaining_size":"`...), ev.Instrument, ev.Leaves)
	if special {
		dst = e.special(dst, ev)
	}
	return endLine(dst)
}

// special appends what only hidden orders, icebergs and orders that trigger have.
func (e *Encoder) special(dst []byte, ev *engine.Event) []byte {
	dst = appendTrue(dst, `,"hidden":true`, ev.Flags&engine.FlagHidden)
	if ev.Flags&engine.FlagIceberg != 0 {
		dst = e.qty(append(dst, `,"display_size":"`...), ev.Instrument, ev.DisplayQty())
	}
	if waits(ev) {
		dst = e.price(append(dst, `,"stop_price":"`...), ev.Instrument, ev.StopPrice())
	}
	return dst
}

// expiry appends when an order ends that ends by itself.
func (e *Encoder) expiry(dst []byte, ev *engine.Event) []byte {
	if t := ev.ExpireTime(); t != 0 {
		dst = append(append(dst, `,"expire_time":"`...), e.expires.text(t)...)
	}
	return dst
}

// waits says whether an order waits for its stop price. Where the event does not name
// its type, it is told by the stop price itself.
func waits(ev *engine.Event) bool {
	return ev.StopPrice() != 0 || ev.Type.Triggers() && (ev.Kind == engine.EvAccepted || isParked(ev))
}

func isParked(ev *engine.Event) bool {
	return ev.Kind == engine.EvParked || ev.Flags&engine.FlagParked != 0
}

// hasPrice says whether the order of an event has a price of its own: one that is in
// the book always, one that is not unless it will be a market order.
// hot
func hasPrice(ev *engine.Event) bool {
	return ev.Price != 0 || ev.Type.Priced() || !isParked(ev) && ev.StopPrice() == 0
}

// open appends an open line without its end.
// hot
func (e *Encoder) open(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(append(dst, `{"type":"open","sequence":`...), ev, sequence)
	dst = appendSide(dst, ev.Side)
	if hasPrice(ev) {
		dst = e.price(append(dst, `,"price":"`...), ev.Instrument, ev.Price)
	}
	dst = e.qty(append(dst, `,"size":"`...), ev.Instrument, ev.Qty)
	dst = e.qty(append(dst, `,"remaining_size":"`...), ev.Instrument, ev.Leaves)
	if isParked(ev) {
		dst = append(dst, `,"parked":true`...)
	}
	return e.special(dst, ev)
}

// triggered tells that an order's stop price was reached: it is an incoming order now.
func (e *Encoder) triggered(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(append(dst, `{"type":"triggered","sequence":`...), ev, sequence)
	dst = appendSide(dst, ev.Side)
	dst = e.qty(append(dst, `,"size":"`...), ev.Instrument, ev.Qty)
	return endLine(e.qty(append(dst, `,"remaining_size":"`...), ev.Instrument, ev.Leaves))
}

// match appends the match and, where it filled the order, its done.
// hot
func (e *Encoder) match(dst []byte, ev *engine.Event, to Role, sequence *uint64) []byte {
	id, clOrdID, side, leaves := ev.OrderID, &ev.ClOrdID, ev.Side, ev.Leaves
	if to == RoleResting {
		id, clOrdID, side, leaves = ev.ContraOrderID, &ev.ContraClOrdID, side.Opposite(), ev.ContraLeaves
	}
	dst = appendSequence(append(dst, `{"type":"match","sequence":`...), sequence)
	which := len(dst)
	dst = e.which(dst, ev, id, clOrdID)
	dst = appendSide(dst, side)
	whichEnd := len(dst)
	dst = appendNumber(append(dst, `,"trade_id":"`...), ev.TradeID)
	dst = e.price(append(dst, `,"price":"`...), ev.Instrument, ev.Price)
	dst = e.qty(append(dst, `,"size":"`...), ev.Instrument, ev.Qty)
	dst = e.qty(append(dst, `,"remaining_size":"`...), ev.Instrument, leaves)
	switch {
	case ev.Flags&engine.FlagCall != 0:
		dst = append(dst, `,"liquidity":"auction"`...)
	case to == RoleResting:
		dst = append(dst, `,"liquidity":"maker"`...)
	default:
		dst = append(dst, `,"liquidity":"taker"`...)
	}
	dst = endLine(dst)
	if leaves != 0 {
		return dst
	}
	dst = appendSequence(append(dst, `{"type":"done","sequence":`...), sequence)
	dst = append(dst, dst[which:whichEnd]...)
	dst = append(dst, `,"reason":"filled"`...)
	return endLine(e.qty(append(dst, `,"remaining_size":"`...), ev.Instrument, 0))
}

// done appends a done line without its end.
// hot
func (e *Encoder) done(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(append(dst, `{"type":"done","sequence":`...), ev, sequence)
	dst = appendSide(dst, ev.Side)
	dst = appendWord(dst, `,"reason":"`, reasonName(ev.Reason))
	return e.qty(append(dst, `,"remaining_size":"`...), ev.Instrument, ev.Leaves)
}

// change tells that an order has become smaller. A reduce is a command of its own, so
// its event is its last one; what self-trade prevention takes off an order never is:
// the order that met it goes on, or goes.
// hot
func (e *Encoder) change(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(append(dst, `{"type":"change","sequence":`...), ev, sequence)
	dst = appendSide(dst, ev.Side)
	if ev.Flags&engine.FlagLast != 0 {
		dst = append(dst, `,"reason":"reduced"`...)
	} else {
		dst = append(dst, `,"reason":"self_trade"`...)
	}
	if hasPrice(ev) {
		dst = e.price(append(dst, `,"price":"`...), ev.Instrument, ev.Price)
	}
	dst = e.qty(append(dst, `,"old_size":"`...), ev.Instrument, ev.OldQty())
	dst = e.qty(append(dst, `,"new_size":"`...), ev.Instrument, ev.Qty)
	dst = e.qty(append(dst, `,"remaining_size":"`...), ev.Instrument, ev.Leaves)
	if isParked(ev) {
		dst = append(dst, `,"parked":true`...)
	}
	return endLine(e.special(dst, ev))
}

// hot
func (e *Encoder) replaced(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(append(dst, `{"type":"replaced","sequence":`...), ev, sequence)
	if old := ev.OldClOrdID(); old != (engine.ClOrdID{}) {
		dst = appendClOrdID(append(dst, `,"old_client_oid":"`...), &old)
	}
	dst = appendSide(dst, ev.Side)
	if hasPrice(ev) {
		dst = e.price(append(dst, `,"price":"`...), ev.Instrument, ev.Price)
	}
	dst = e.qty(append(dst, `,"old_size":"`...), ev.Instrument, ev.OldQty())
	dst = e.qty(append(dst, `,"size":"`...), ev.Instrument, ev.Qty)
	dst = e.qty(append(dst, `,"remaining_size":"`...), ev.Instrument, ev.Leaves)
	dst = appendTrue(dst, `,"kept_priority":true`, ev.Flags&engine.FlagKeptPriority)
	return endLine(e.special(dst, ev))
}

// state appends an order as it is: open or done, with what a session that has not
// seen its received needs to know.
func (e *Encoder) state(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	if ev.Flags&(engine.FlagRests|engine.FlagParked) != 0 {
		dst = e.open(dst, ev, sequence)
		dst = appendTimeInForce(appendOrderType(dst, ev.Type), ev.TimeInForce)
		dst = e.expiry(appendTrue(dst, `,"post_only":true`, ev.Flags&engine.FlagPostOnly), ev)
	} else {
		dst = e.done(dst, ev, sequence)
	}
	return endLine(appendTrue(dst, `,"resent":true`, ev.Flags&engine.FlagResent))
}

// summary appends what ends a command about many orders.
func (e *Encoder) summary(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, ev, sequence)
	return endLine(wire.AppendUint(append(dst, `,"count":`...), uint64(ev.Qty)))
}

// ofOrder goes on behind `"sequence":` in a line about the event's own order.
// hot
func (e *Encoder) ofOrder(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	return e.which(appendSequence(dst, sequence), ev, ev.OrderID, &ev.ClOrdID)
}

// appendSequence numbers a line.
// hot
func appendSequence(dst []byte, sequence *uint64) []byte {
	n := *sequence
	*sequence = n + 1
	return wire.AppendUint(dst, n)
}

// which appends when and of which order: what all lines have behind their number.
// hot
func (e *Encoder) which(dst []byte, ev *engine.Event, id engine.OrderID, clOrdID *engine.ClOrdID) []byte {
	dst = e.clock.append(dst, ev.Time)
	if ev.Instrument != engine.NoInstrument {
		dst = e.fields[ev.Instrument].append(dst)
	}
	if id != 0 {
		dst = appendNumber(append(dst, `,"order_id":"`...), uint64(id))
	}
	if *clOrdID != (engine.ClOrdID{}) {
		dst = appendClOrdID(append(dst, `,"client_oid":"`...), clOrdID)
	}
	return dst
}

// hot
func (e *Encoder) price(dst []byte, id engine.InstrumentID, price engine.Price) []byte {
	return append(e.products.AppendPrice(dst, id, price), '"')
}

// hot
func (e *Encoder) qty(dst []byte, id engine.InstrumentID, qty engine.Qty) []byte {
	return append(e.products.AppendQty(dst, id, qty), '"')
}

// appendTrue appends a field that is there only when it is true.
// hot
func appendTrue(dst []byte, field string, flag engine.EventFlags) []byte {
	if flag == 0 {
		return dst
	}
	return append(dst, field...)
}
