package jsonl

import (
	"math"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// Decoder decodes request lines. It belongs to one thread and serves any number
// of connections: nothing is kept from line to line.
type Decoder struct {
	products *wire.Products
	doc      *document
	asked    []engine.InstrumentID

	// The first fault of the line being decoded. Setting one never stops the
	// decoding: no field's meaning depends on another one's being right.
	fault Fault
}

// NewDecoder returns a decoder for orders in products.
func NewDecoder(products *wire.Products) *Decoder {
	return &Decoder{products: products, doc: newDocument(), asked: make([]engine.InstrumentID, 0, ProductsMax)}
}

// Fields of each request, in the order in which faults in them are reported.
var (
	loginFields = setOf(fType, fAccount, fKey, fSession, fNextSequence, fCancelOnDisconnect, fHeartbeatMs)
	orderFields = setOf(fType, fClientOID, fProductID, fSide, fOrderType, fPrice, fSize, fTimeInForce, fPostOnly, fSTP) | orderLater
	orderLater  = setOf(fExpireTime, fDisplaySize, fHidden, fMinSize, fStopPrice, fTrail, fPeg, fPegOffset, fOCO)
	targetField = setOf(fType, fClientOID, fOrderID)

	reduceFields    = targetField | fSize.bit()
	replaceFields   = targetField | setOf(fNewClientOID, fPrice, fSize, fRequeue) | replaceLater
	replaceLater    = setOf(fStopPrice, fDisplaySize)
	cancelAllFields = setOf(fType, fProductID, fSide)
	subscribeFields = setOf(fType, fChannels, fProductIDs)
	bareFields      = setOf(fType)
)

// Decode decodes one line without its newline; a carriage return at its end is
// tolerated. With a Fault, req is of no use, and the line has changed nothing.
// What req and the Fault point to is valid until the next Decode.
// walk 4
// hot
func (d *Decoder) Decode(line []byte, req *Request) Fault {
	*req = Request{}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if len(line) > LineBytesMax {
		return Fault{Code: FaultTooLong}
	}
	if message := lint(line); message != "" {
		return Fault{Code: FaultMalformed, Message: message}
	}
	if !d.doc.parse(line) {
		return Fault{Code: FaultMalformed}
	}
	return d.request(req)
}

// request turns the fields of the line into a request.
// hot
func (d *Decoder) request(req *Request) Fault {
	d.fault = Fault{}
	if d.doc.badNumber.set {
		return Fault{Code: FaultMalformed, Field: d.doc.badNumber.bytes(), Message: "not a number that JSON knows"}
	}
	if d.doc.duplicate.set {
		return Fault{Code: FaultDuplicateField, Field: d.doc.duplicate.bytes()}
	}
	name, ok := d.text(fType)
	if !ok {
		d.missing(fType)
		return d.fault
	}
	c := &req.Command
	var allowed fieldSet
	switch string(name) {
	case "order":
		allowed = orderFields
		req.Kind = RequestCommand
		d.order(c)
	case "cancel":
		allowed = targetField
		req.Kind, c.Kind = RequestCommand, engine.CmdCancel
		d.target(c)
	case "reduce":
		allowed = reduceFields
		req.Kind, c.Kind = RequestCommand, engine.CmdReduce
		d.target(c)
		d.size(c)
	case "replace":
		allowed = replaceFields
		req.Kind = RequestCommand
		d.replace(c)
	case "cancel_all":
		allowed = cancelAllFields
		req.Kind = RequestCommand
		d.cancelAll(c)
	case "status":
		allowed = targetField
		req.Kind, c.Kind = RequestCommand, engine.CmdStatus
		d.target(c)
	case "orders":
		allowed = bareFields
		req.Kind, c.Kind = RequestCommand, engine.CmdOrders
	case "login":
		allowed = loginFields
		req.Kind = RequestLogin
		d.login(&req.Login)
	case "subscribe":
		allowed = subscribeFields
		req.Kind = RequestSubscribe
		d.subscription(req)
	case "unsubscribe":
		allowed = subscribeFields
		req.Kind = RequestUnsubscribe
		d.subscription(req)
	case "ping":
		allowed = bareFields
		req.Kind = RequestPing
	default:
		return Fault{Code: FaultUnknownType, Field: fieldNameBytes[fType]}
	}
	if d.doc.unknown.set {
		return Fault{Code: FaultUnknownField, Field: d.doc.unknown.bytes()}
	}
	if extra := d.doc.seen &^ allowed; extra != 0 {
		return Fault{Code: FaultUnknownField, Field: fieldNameBytes[extra.first()]}
	}
	return d.fault
}

// order reads a new order.
// hot
func (d *Decoder) order(c *engine.Command) {
	c.Kind = engine.CmdEnter
	c.ClOrdID = d.clOrdID(fClientOID)
	if symbol, ok := d.text(fProductID); ok {
		c.Instrument = d.product(symbol)
	} else {
		d.missing(fProductID)
	}
	if side, ok := d.side(); ok {
		c.Side = side
	} else {
		d.missing(fSide)
	}
	c.Type = d.orderType()
	c.TimeInForce = d.timeInForce(c.Type)
	switch {
	case c.Type != engine.Market:
		d.price(c)
	case d.doc.seen&fPrice.bit() != 0:
		d.fail(FaultConflictingField, fPrice, "a market order has no price: leave it out")
	}
	d.size(c)
	if d.postOnly() {
		c.Flags |= engine.CmdFlagPostOnly
	}
	if mode, ok := d.text(fSTP); ok {
		switch string(mode) {
		case "none":
		case "cn", "co", "cb", "dc":
			d.fail(FaultUnsupported, fSTP, "")
		default:
			d.bad(fSTP)
		}
	}
	d.later(orderLater)
}

// replace reads a replace: what is absent stays as it is.
// hot
func (d *Decoder) replace(c *engine.Command) {
	c.Kind = engine.CmdReplace
	d.target(c)
	c.NewClOrdID = d.clOrdID(fNewClientOID)
	if d.doc.seen&fPrice.bit() != 0 {
		d.price(c)
	} else {
		c.Flags |= engine.CmdFlagKeepPrice
	}
	if d.doc.seen&fSize.bit() != 0 {
		d.size(c)
	} else {
		c.Flags |= engine.CmdFlagKeepQty
	}
	if requeue, ok := d.boolean(fRequeue); ok && requeue {
		c.Flags |= engine.CmdFlagRequeue
	}
	d.later(replaceLater)
}

// cancelAll reads a mass cancel of the account's orders.
func (d *Decoder) cancelAll(c *engine.Command) {
	c.Kind, c.Scope = engine.CmdMassCancel, engine.ScopeAccount
	if symbol, ok := d.text(fProductID); ok {
		c.Instrument = d.product(symbol)
		c.Flags |= engine.CmdFlagByInstrument
	}
	if side, ok := d.side(); ok {
		c.Side = side
		c.Flags |= engine.CmdFlagBySide
	}
}

// login reads a login.
func (d *Decoder) login(l *Login) {
	account, ok := d.text(fAccount)
	if !ok {
		d.missing(fAccount)
	} else if !validAccount(account) {
		d.bad(fAccount)
	}
	l.Account = account
	l.Key, _ = d.text(fKey)
	if session, ok := d.text(fSession); ok && len(session) > 0 {
		d.fail(FaultUnsupported, fSession, "sessions cannot be resumed yet: leave it empty")
	}
	if next, ok := d.integer(fNextSequence); ok && next > 1 {
		d.fail(FaultUnsupported, fNextSequence, "sessions cannot be resumed yet: 0 or 1, or leave it out")
	}
	l.CancelOnDisconnect = true
	if on, ok := d.boolean(fCancelOnDisconnect); ok {
		l.CancelOnDisconnect = on
	}
	if ms, ok := d.integer(fHeartbeatMs); ok {
		if ms != 0 && (ms < 100 || ms > 60_000) {
			d.bad(fHeartbeatMs)
		}
		l.HeartbeatMs = int(ms)
	}
}

func validAccount(name []byte) bool {
	if len(name) == 0 || len(name) > 16 {
		return false
	}
	for _, c := range name {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c == '.', c == '-':
		default:
			return false
		}
	}
	return true
}

// subscription reads the two lists of a subscribe or unsubscribe. A name that is
// in a list twice counts once.
func (d *Decoder) subscription(req *Request) {
	d.asked = d.asked[:0]
	for _, v := range d.list(fChannels) {
		channel, ok := wire.ParseChannel(v.text)
		if !ok {
			d.bad(fChannels)
			return
		}
		req.Channels |= channel.Bit()
	}
	for _, v := range d.list(fProductIDs) {
		id, ok := d.products.Lookup(v.text)
		if !ok {
			d.bad(fProductIDs)
			return
		}
		if !contains(d.asked, id) {
			d.asked = append(d.asked, id)
		}
	}
	req.Products = d.asked
}

func contains(ids []engine.InstrumentID, id engine.InstrumentID) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}

// target reads which order a command is about: one of its two ids.
// hot
func (d *Decoder) target(c *engine.Command) {
	const both = 1<<fClientOID | 1<<fOrderID
	switch d.doc.seen & both {
	case 0:
		d.fail(FaultMissingField, fClientOID, "name the order by its client_oid or its order_id")
	case both:
		d.fail(FaultConflictingField, fOrderID, "name the order by its client_oid or its order_id, not by both")
	case 1 << fClientOID:
		c.ClOrdID = d.clOrdID(fClientOID)
	default:
		if text, ok := d.text(fOrderID); ok {
			id, ok := parseID(text)
			if !ok {
				d.bad(fOrderID)
			}
			c.OrderID = engine.OrderID(id)
		}
	}
}

// parseID reads an id of the venue's: a positive number without leading zeros.
func parseID(text []byte) (id uint64, ok bool) {
	if len(text) == 0 || text[0] == '0' {
		return 0, false
	}
	return parseUint(text)
}

// parseUint reads digits; strconv would allocate its error.
func parseUint(text []byte) (n uint64, ok bool) {
	for _, c := range text {
		digit := uint64(c - '0')
		if digit > 9 || n > (math.MaxUint64-digit)/10 {
			return 0, false
		}
		n = n*10 + digit
	}
	return n, len(text) > 0
}

// clOrdID reads a client order id, none if the field is absent.
// hot
func (d *Decoder) clOrdID(f field) engine.ClOrdID {
	text, ok := d.text(f)
	if !ok {
		return engine.ClOrdID{}
	}
	id, ok := wire.ParseClOrdID(text)
	if !ok {
		d.bad(f)
	}
	return id
}

// product finds a product. An unknown one is the engine's to refuse.
func (d *Decoder) product(symbol []byte) engine.InstrumentID {
	if id, ok := d.products.Lookup(symbol); ok {
		return id
	}
	return engine.NoInstrument
}

func (d *Decoder) side() (engine.Side, bool) {
	text, ok := d.text(fSide)
	if !ok {
		return 0, false
	}
	switch string(text) {
	case "buy":
		return engine.Buy, true
	case "sell":
		return engine.Sell, true
	}
	d.bad(fSide)
	return 0, true
}

// orderType reads the type of an order, limit without the field.
func (d *Decoder) orderType() engine.OrderType {
	text, ok := d.text(fOrderType)
	if !ok {
		return engine.Limit
	}
	switch string(text) {
	case "limit":
	case "market":
		return engine.Market
	case "market_to_limit", "stop", "stop_limit", "take_profit", "trailing_stop", "pegged":
		d.fail(FaultUnsupported, fOrderType, "this venue offers limit and market")
	default:
		d.bad(fOrderType)
	}
	return engine.Limit
}

// timeInForce reads how long an order stays, GTC without the field. A market order
// never rests, so there it is IOC.
func (d *Decoder) timeInForce(of engine.OrderType) engine.TimeInForce {
	text, ok := d.text(fTimeInForce)
	if !ok {
		if of == engine.Market {
			return engine.IOC
		}
		return engine.GTC
	}
	switch string(text) {
	case "GTC":
	case "IOC":
		return engine.IOC
	case "FOK":
		return engine.FOK
	case "DAY", "GTD":
		d.fail(FaultUnsupported, fTimeInForce, "this venue offers GTC, IOC and FOK")
	default:
		d.bad(fTimeInForce)
	}
	return engine.GTC
}

// postOnly reads a field that is true, false or "slide".
func (d *Decoder) postOnly() bool {
	v := d.doc.get(fPostOnly)
	if v.kind == kindString {
		if string(v.text) == "slide" {
			d.fail(FaultUnsupported, fPostOnly, "this venue refuses a post-only order that would trade: true, or leave it out")
		} else {
			d.bad(fPostOnly)
		}
		return false
	}
	on, _ := d.boolean(fPostOnly)
	return on
}

// price reads a limit price, which the line must have. Of two numbers that fit
// no product the price is refused, as in the engine's order of precedence.
// hot
func (d *Decoder) price(c *engine.Command) {
	c.Price = engine.Price(d.decimal(c, fPrice, engine.ReasonPriceOffTick, engine.ReasonPriceRange))
}

// size reads a total quantity, which the line must have.
// hot
func (d *Decoder) size(c *engine.Command) {
	c.Qty = engine.Qty(d.decimal(c, fSize, engine.ReasonQtyOffLot, engine.ReasonQtyRange))
}

// hot
func (d *Decoder) decimal(c *engine.Command, f field, tooFine, tooLarge engine.Reason) int64 {
	c.Flags |= engine.CmdFlagDecimal
	text, ok := d.text(f)
	if !ok {
		d.missing(f)
		return 0
	}
	units, fault := wire.ParseDecimal(text)
	refusal := engine.ReasonNone
	switch fault {
	case wire.DecimalMalformed:
		d.bad(f)
	case wire.DecimalTooFine:
		refusal = tooFine
	case wire.DecimalTooLarge:
		refusal = tooLarge
	}
	if c.Refusal == engine.ReasonNone {
		c.Refusal = refusal
	}
	return units
}

// later refuses the fields that belong to order types this venue does not have
// yet, whatever their values.
func (d *Decoder) later(set fieldSet) {
	if found := d.doc.seen & set; found != 0 {
		d.fail(FaultUnsupported, found.first(), "")
	}
}

// text is the text of a string field; ok is false where it is absent or no string.
// hot
func (d *Decoder) text(f field) (text []byte, ok bool) {
	v := d.doc.get(f)
	switch v.kind {
	case kindString:
		return v.text, true
	case kindAbsent:
	default:
		d.wrongType(f)
	}
	return nil, false
}

func (d *Decoder) boolean(f field) (on, ok bool) {
	switch d.doc.get(f).kind {
	case kindTrue:
		return true, true
	case kindFalse:
		return false, true
	case kindAbsent:
	default:
		d.wrongType(f)
	}
	return false, false
}

// integer is the value of a field that is a whole number of zero or more.
func (d *Decoder) integer(f field) (n uint64, ok bool) {
	v := d.doc.get(f)
	switch v.kind {
	case kindNumber:
		if n, ok = parseUint(v.text); !ok {
			d.bad(f)
		}
		return n, ok
	case kindAbsent:
	default:
		d.wrongType(f)
	}
	return 0, false
}

// list is the elements of a field that is an array of one or more strings.
func (d *Decoder) list(f field) []value {
	v := d.doc.get(f)
	switch {
	case v.kind == kindAbsent:
		d.missing(f)
	case v.kind != kindArray:
		d.wrongType(f)
	case v.n == 0:
		d.bad(f)
	default:
		elements := d.doc.elements(v)
		for i := range elements {
			if elements[i].kind != kindString {
				d.wrongType(f)
				return nil
			}
		}
		return elements
	}
	return nil
}
