package jsonl

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// plainEncoder is the Encoder as one would write it first: an append for every
// part of a line. The Encoder has to write the same bytes, and is measured against it.
type plainEncoder struct {
	products *wire.Products
	decimals []struct{ tick, lot int }
	clock    plainClock
	refusals *Encoder // refusals, and what few orders have, are written as ever
}

func newPlainEncoder(products *wire.Products) *plainEncoder {
	e := &plainEncoder{products: products, clock: plainClock{text: make([]byte, 0, timeBytes)}, refusals: NewEncoder(products)}
	decimalsOf := func(unit int64) int {
		decimals := 8
		for ; decimals > 0 && unit%10 == 0; unit /= 10 {
			decimals--
		}
		return decimals
	}
	for id := range engine.InstrumentID(products.Len()) {
		in := products.Instrument(id)
		e.decimals = append(e.decimals, struct{ tick, lot int }{decimalsOf(in.Tick), decimalsOf(in.Lot)})
	}
	return e
}

func (e *plainEncoder) AppendAnswers(dst []byte, ev *engine.Event, to Role, sequence *uint64) []byte {
	switch ev.Kind {
	case engine.EvAccepted:
		dst = e.received(dst, ev, sequence)
		if ev.Flags&engine.FlagRests != 0 {
			dst = endLine(e.open(dst, ev, sequence))
		}
	case engine.EvExecuted:
		dst = e.match(dst, ev, to, sequence)
	case engine.EvRested, engine.EvParked, engine.EvRefreshed:
		dst = endLine(e.open(dst, ev, sequence))
	case engine.EvTriggered:
		dst = e.ofOrder(dst, `{"type":"triggered"`, ev, sequence)
		dst = plainSide(dst, ev.Side)
		dst = e.qty(dst, `,"size":"`, ev.Instrument, ev.Qty)
		dst = endLine(e.qty(dst, `,"remaining_size":"`, ev.Instrument, ev.Leaves))
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
		dst = e.ofOrder(dst, `{"type":"rejected"`, ev, sequence)
		dst = endLine(e.refusals.appendRefusal(dst, ev))
	case engine.EvCancelRejected:
		dst = e.ofOrder(dst, `{"type":"cancel_rejected"`, ev, sequence)
		dst = endLine(e.refusals.appendRefusal(dst, ev))
	case engine.EvState:
		dst = e.state(dst, ev, sequence)
	case engine.EvMassCanceled:
		dst = e.summary(dst, `{"type":"cancel_all_done"`, ev, sequence)
	case engine.EvOrdersEnd:
		dst = e.summary(dst, `{"type":"orders_end"`, ev, sequence)
	}
	return dst
}

func (e *plainEncoder) received(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"received"`, ev, sequence)
	dst = plainSide(dst, ev.Side)
	dst = appendWord(dst, `,"order_type":"`, orderTypeName(ev.Type))
	switch ev.Type {
	case engine.Limit, engine.MarketToLimit, engine.StopLimit, engine.TakeProfitLimit:
		dst = e.price(dst, ev.Instrument, ev.Price)
	}
	dst = e.qty(dst, `,"size":"`, ev.Instrument, ev.Qty)
	dst = appendWord(dst, `,"time_in_force":"`, timeInForceName(ev.TimeInForce))
	dst = appendTrue(dst, `,"post_only":true`, ev.Flags&engine.FlagPostOnly)
	return endLine(e.refusals.expiry(e.refusals.special(dst, ev), ev))
}

// open appends an open line without its end.
func (e *plainEncoder) open(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"open"`, ev, sequence)
	dst = plainSide(dst, ev.Side)
	if hasPrice(ev) {
		dst = e.price(dst, ev.Instrument, ev.Price)
	}
	dst = e.qty(dst, `,"size":"`, ev.Instrument, ev.Qty)
	dst = e.qty(dst, `,"remaining_size":"`, ev.Instrument, ev.Leaves)
	if isParked(ev) {
		dst = append(dst, `,"parked":true`...)
	}
	return e.refusals.special(dst, ev)
}

// match appends the match and, where it filled the order, its done.
func (e *plainEncoder) match(dst []byte, ev *engine.Event, to Role, sequence *uint64) []byte {
	id, clOrdID, side, leaves, liquidity := ev.OrderID, &ev.ClOrdID, ev.Side, ev.Leaves, "taker"
	if to == RoleResting {
		id, clOrdID, side, leaves, liquidity = ev.ContraOrderID, &ev.ContraClOrdID, side.Opposite(), ev.ContraLeaves, "maker"
	}
	dst = e.head(dst, `{"type":"match"`, ev, id, clOrdID, sequence)
	dst = plainSide(dst, side)
	dst = plainID(dst, `,"trade_id":"`, ev.TradeID)
	dst = e.price(dst, ev.Instrument, ev.Price)
	dst = e.qty(dst, `,"size":"`, ev.Instrument, ev.Qty)
	dst = e.qty(dst, `,"remaining_size":"`, ev.Instrument, leaves)
	if ev.Flags&engine.FlagCall != 0 {
		liquidity = "auction"
	}
	dst = endLine(appendWord(dst, `,"liquidity":"`, liquidity))
	if leaves != 0 {
		return dst
	}
	dst = e.head(dst, `{"type":"done"`, ev, id, clOrdID, sequence)
	dst = plainSide(dst, side)
	dst = appendWord(dst, `,"reason":"`, reasonName(engine.ReasonFilled))
	return endLine(e.qty(dst, `,"remaining_size":"`, ev.Instrument, 0))
}

// done appends a done line without its end.
func (e *plainEncoder) done(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"done"`, ev, sequence)
	dst = plainSide(dst, ev.Side)
	dst = appendWord(dst, `,"reason":"`, reasonName(ev.Reason))
	return e.qty(dst, `,"remaining_size":"`, ev.Instrument, ev.Leaves)
}

func (e *plainEncoder) change(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"change"`, ev, sequence)
	dst = plainSide(dst, ev.Side)
	reason := "self_trade"
	if ev.Flags&engine.FlagLast != 0 {
		reason = "reduced"
	}
	dst = appendWord(dst, `,"reason":"`, reason)
	if hasPrice(ev) {
		dst = e.price(dst, ev.Instrument, ev.Price)
	}
	dst = e.qty(dst, `,"old_size":"`, ev.Instrument, ev.OldQty())
	dst = e.qty(dst, `,"new_size":"`, ev.Instrument, ev.Qty)
	dst = e.qty(dst, `,"remaining_size":"`, ev.Instrument, ev.Leaves)
	if isParked(ev) {
		dst = append(dst, `,"parked":true`...)
	}
	return endLine(e.refusals.special(dst, ev))
}

func (e *plainEncoder) replaced(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, `{"type":"replaced"`, ev, sequence)
	old := ev.OldClOrdID()
	dst = plainClientOID(dst, `,"old_client_oid":"`, &old)
	dst = plainSide(dst, ev.Side)
	if hasPrice(ev) {
		dst = e.price(dst, ev.Instrument, ev.Price)
	}
	dst = e.qty(dst, `,"old_size":"`, ev.Instrument, ev.OldQty())
	dst = e.qty(dst, `,"size":"`, ev.Instrument, ev.Qty)
	dst = e.qty(dst, `,"remaining_size":"`, ev.Instrument, ev.Leaves)
	dst = appendTrue(dst, `,"kept_priority":true`, ev.Flags&engine.FlagKeptPriority)
	return endLine(e.refusals.special(dst, ev))
}

// state appends an order as it is: open or done, with what a session that has not
// seen its received needs to know.
func (e *plainEncoder) state(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	if ev.Flags&(engine.FlagRests|engine.FlagParked) != 0 {
		dst = e.open(dst, ev, sequence)
		dst = appendWord(dst, `,"order_type":"`, orderTypeName(ev.Type))
		dst = appendWord(dst, `,"time_in_force":"`, timeInForceName(ev.TimeInForce))
		dst = e.refusals.expiry(appendTrue(dst, `,"post_only":true`, ev.Flags&engine.FlagPostOnly), ev)
	} else {
		dst = e.done(dst, ev, sequence)
	}
	return endLine(appendTrue(dst, `,"resent":true`, ev.Flags&engine.FlagResent))
}

// summary appends the line that ends a command about many orders.
func (e *plainEncoder) summary(dst []byte, open string, ev *engine.Event, sequence *uint64) []byte {
	dst = e.ofOrder(dst, open, ev, sequence)
	dst = append(dst, `,"count":`...)
	return endLine(strconv.AppendInt(dst, int64(ev.Qty), 10))
}

// ofOrder begins a line about the event's own order.
func (e *plainEncoder) ofOrder(dst []byte, open string, ev *engine.Event, sequence *uint64) []byte {
	return e.head(dst, open, ev, ev.OrderID, &ev.ClOrdID, sequence)
}

// head begins a line, which takes its number here.
func (e *plainEncoder) head(dst []byte, open string, ev *engine.Event, id engine.OrderID, clOrdID *engine.ClOrdID, sequence *uint64) []byte {
	dst = append(append(dst, open...), `,"sequence":`...)
	dst = strconv.AppendUint(dst, *sequence, 10)
	*sequence++
	dst = append(dst, `,"time":"`...)
	dst = append(e.clock.append(dst, ev.Time), '"')
	if ev.Instrument != engine.NoInstrument {
		dst = appendWord(dst, `,"product_id":"`, e.products.Symbol(ev.Instrument))
	}
	if id != 0 {
		dst = plainID(dst, `,"order_id":"`, uint64(id))
	}
	return plainClientOID(dst, `,"client_oid":"`, clOrdID)
}

func (e *plainEncoder) price(dst []byte, id engine.InstrumentID, price engine.Price) []byte {
	return append(plainDecimal(append(dst, `,"price":"`...), int64(price), e.products.Instrument(id).Tick, e.decimals[id].tick), '"')
}

func (e *plainEncoder) qty(dst []byte, key string, id engine.InstrumentID, qty engine.Qty) []byte {
	return append(plainDecimal(append(dst, key...), int64(qty), e.products.Instrument(id).Lot, e.decimals[id].lot), '"')
}

// appendClientOID appends a client id behind key; nothing if the order has none.
func plainClientOID(dst []byte, key string, id *engine.ClOrdID) []byte {
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

func plainSide(dst []byte, side engine.Side) []byte {
	return appendWord(dst, `,"side":"`, sideName(side))
}

func orderTypeName(t engine.OrderType) string { return orderTypeNames[t] }

func timeInForceName(t engine.TimeInForce) string { return timeInForceNames[t] }

func plainID(dst []byte, key string, id uint64) []byte {
	return append(strconv.AppendUint(append(dst, key...), id, 10), '"')
}

type plainClock struct {
	second int64
	text   []byte // "2006-01-02T15:04:05."; empty before the first time
}

func (c *plainClock) append(dst []byte, t engine.Time) []byte {
	s, ns := floorDiv(int64(t), 1e9)
	if s != c.second || len(c.text) == 0 {
		c.second = s
		c.spell()
	}
	dst = append(dst, c.text...)
	return append(appendDigits(dst, ns, 9), 'Z')
}

func (c *plainClock) spell() {
	day, s := floorDiv(c.second, 24*60*60)
	year, month, dayOfMonth := civil(day)
	b := append(appendDigits(c.text[:0], year, 4), '-')
	b = append(appendDigits(b, month, 2), '-')
	b = append(appendDigits(b, dayOfMonth, 2), 'T')
	b = append(appendDigits(b, s/3600, 2), ':')
	b = append(appendDigits(b, s/60%60, 2), ':')
	c.text = append(appendDigits(b, s%60, 2), '.')
}

// plainDecimal is wire.AppendDecimal digit by digit; what does not fit in 64 bits is
// left to big.
func plainDecimal(dst []byte, n, unit int64, decimals int) []byte {
	magnitude := uint64(n)
	if n < 0 {
		dst = append(dst, '-')
		magnitude = -magnitude
	}
	hi, lo := bits.Mul64(magnitude, uint64(unit))
	whole, fraction := lo/engine.DecimalOne, lo%engine.DecimalOne
	if hi != 0 {
		w, f := new(big.Int).DivMod(new(big.Int).SetBits([]big.Word{big.Word(lo), big.Word(hi)}), big.NewInt(engine.DecimalOne), new(big.Int))
		dst, fraction = w.Append(dst, 10), f.Uint64()
	} else {
		dst = strconv.AppendUint(dst, whole, 10)
	}
	if decimals == 0 {
		return dst
	}
	fraction /= powersOf10[8-decimals]
	dst = append(dst, ".00000000"[:1+decimals]...)
	for i := len(dst) - 1; fraction > 0; i-- {
		dst[i] = byte('0' + fraction%10)
		fraction /= 10
	}
	return dst
}

// The two encoders write the same bytes, whatever the event.
func TestEncoderIsThePlainOne(t *testing.T) {
	var instruments []engine.Instrument
	for i, unit := range []int64{engine.DecimalOne / 100, engine.DecimalOne, 1, engine.DecimalOne / 20, 5 * engine.DecimalOne / 2, 10, 1000 * engine.DecimalOne, math.MaxInt64} {
		instruments = append(instruments, engine.Instrument{Symbol: "SYMBOLS-ARE-LONG"[16-2*i-1:], Tick: unit, Lot: unit, QtyMax: engine.QtyMax})
	}
	products, err := wire.NewProducts(instruments)
	if err != nil {
		t.Fatal(err)
	}
	e, plain := NewEncoder(products), newPlainEncoder(products)
	at := engine.Time(0)
	rapid.Check(t, func(t *rapid.T) {
		for range 50 {
			ev := anyEvent(t, len(instruments))
			if rapid.Bool().Draw(t, "of the same batch") {
				ev.Time = at
			}
			at = ev.Time
			role := rapid.SampledFrom([]Role{RoleIncoming, RoleResting}).Draw(t, "role")
			sequence := anyNumber(t, "sequence")
			number, plainNumber := sequence, sequence
			before := []byte("before")
			got := string(e.AppendAnswers(before, &ev, role, &number))
			want := string(plain.AppendAnswers(before, &ev, role, &plainNumber))
			if got != want || number != plainNumber {
				t.Fatalf("%+v\ngot   %d %s\nplain %d %s", ev, number, got, plainNumber, want)
			}
		}
	})
}

// anyNumber draws numbers of every length.
func anyNumber(t *rapid.T, name string) uint64 {
	return rapid.Uint64().Draw(t, name) >> rapid.IntRange(0, 63).Draw(t, "shift")
}

// anyEvent draws an event that the engine could make, as far as lines can tell.
func anyEvent(t *rapid.T, products int) engine.Event {
	id := func(name string) (id engine.ClOrdID) {
		text := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[a-z0-9]{1,16}`), rapid.StringMatching(`[ -~]{1,16}`),
			rapid.StringMatching(`["\\]{1,16}`), rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)).Draw(t, name)
		id, _ = wire.ParseClOrdID([]byte(text))
		return id
	}
	qty := func(name string) engine.Qty { return engine.Qty(anyNumber(t, name) % uint64(engine.QtyMax+1)) }
	price := func() engine.Price {
		p := engine.Price(anyNumber(t, "price") % uint64(engine.PriceMax+1))
		if rapid.Bool().Draw(t, "negative") {
			return -p
		}
		return p
	}
	ev := engine.Event{
		Time: engine.Time(rapid.Int64().Draw(t, "time")), Kind: rapid.SampledFrom(plainKinds).Draw(t, "kind"),
		Flags: engine.EventFlags(rapid.Uint16().Draw(t, "flags")), Side: engine.Side(rapid.IntRange(0, 1).Draw(t, "side")),
		Type: engine.OrderType(rapid.IntRange(1, 7).Draw(t, "type")), TimeInForce: engine.TimeInForce(rapid.IntRange(1, 5).Draw(t, "time in force")),
		Instrument: engine.InstrumentID(rapid.IntRange(0, products-1).Draw(t, "product")),
		OrderID:    engine.OrderID(anyNumber(t, "order id")), ContraOrderID: engine.OrderID(anyNumber(t, "contra order id")),
		ClOrdID: id("client id"), ContraClOrdID: id("contra client id"), TradeID: anyNumber(t, "trade id"),
		Price: price(), Qty: qty("qty"), Leaves: qty("leaves"), ContraLeaves: qty("contra leaves"),
	}
	if ev.Kind != engine.EvExecuted { // there these fields are the stop price and the slice
		ev.ContraOrderID, ev.TradeID = engine.OrderID(price()), uint64(qty("display"))
	}
	if ev.Kind == engine.EvAccepted {
		ev.Flags &^= engine.FlagParked // an EvParked of its own says so
	}
	if ev.Kind == engine.EvAccepted && !ev.Type.Triggers() {
		ev.ContraOrderID = 0
	}
	switch ev.Kind {
	case engine.EvAccepted:
		if ev.Type != engine.Limit && ev.Type != engine.MarketToLimit {
			ev.Flags &^= engine.FlagRests // never does
		}
	case engine.EvCanceled, engine.EvState:
		ev.Reason = engine.Reason(rapid.IntRange(int(engine.ReasonFilled), int(engine.ReasonNoRoom)).Draw(t, "reason"))
	case engine.EvRejected, engine.EvCancelRejected:
		ev.Reason = engine.Reason(rapid.IntRange(1, int(engine.ReasonRefusals)-1).Draw(t, "reason"))
		if rapid.Bool().Draw(t, "no product") {
			ev.Instrument = engine.NoInstrument
		}
	case engine.EvMassCanceled, engine.EvOrdersEnd, engine.EvSessionLost:
		ev.Instrument = engine.NoInstrument
	}
	return ev
}

// plainKinds are all kinds of events but those that an operator is answered, which have
// one way to be written (TestAdminAnswers).
var plainKinds = kindsBut(engine.EvPhase, engine.EvKilled, engine.EvDayRolled, engine.EvInstrument, engine.EvInstrumentsEnd)

func kindsBut(others ...engine.EventKind) (kinds []engine.EventKind) {
	for k := engine.EvAccepted; k <= engine.EvInstrumentsEnd; k++ {
		if !slices.Contains(others, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}
