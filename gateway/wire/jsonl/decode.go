package jsonl

import (
	"pricetime/engine"
	"pricetime/gateway/wire"
)

// Decoder decodes request lines. It belongs to one thread and serves any number
// of connections: nothing is kept from line to line.
type Decoder struct {
	products *wire.Products
	padded   paddedLine
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

// Fields of each request. Those in a Later set are known, and refused as unsupported.
var (
	loginFields = setOf(fType, fAccount, fKey, fSession, fNextSequence, fCancelOnDisconnect, fHeartbeatMs)
	orderFields = setOf(fType, fClientOID, fProductID, fSide, fOrderType, fPrice, fSize, fTimeInForce, fPostOnly, fSTP,
		fExpireTime, fDisplaySize, fHidden, fMinSize, fStopPrice) | orderLater
	orderLater  = setOf(fTrail, fPeg, fPegOffset, fOCO)
	targetField = setOf(fType, fClientOID, fOrderID)

	reduceFields    = targetField | fSize.bit()
	replaceFields   = targetField | setOf(fNewClientOID, fPrice, fSize, fRequeue, fStopPrice, fDisplaySize)
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
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	if req.Kind != RequestCommand {
		*req = Request{} // after a command, all but the command is zero as it is
	}
	if d.fast(line, &req.Command) {
		req.Kind = RequestCommand
		return Fault{}
	}
	return d.general(line, req)
}

// general decodes any line, and is the judge of what is one.
// hot
func (d *Decoder) general(line []byte, req *Request) Fault {
	*req = Request{}
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
	case "admin":
		allowed = adminFields
		req.Kind = RequestAdmin
		d.admin(req)
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
	if d.doc.alone != 0 {
		return Fault{Code: FaultUnknownField, Field: fieldNameBytes[requestFields+d.doc.alone.first()]}
	}
	return d.fault
}

// order reads a new order. Numbers are read in the order in which the engine looks at
// them, because of several that fit no product the first is what the order is refused for.
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
	if d.goesWith(fPrice, c.Type.Priced(), "only limit, stop_limit and take_profit_limit orders have a price: leave it out") {
		d.price(c)
	}
	d.size(c)
	if d.goesWith(fStopPrice, c.Type.Triggers(), "only stop, stop_limit, take_profit and take_profit_limit orders have one: leave it out") {
		d.stopPrice(c)
	}
	if d.doc.seen&fDisplaySize.bit() != 0 {
		d.displaySize(c)
	}
	if d.doc.seen&fMinSize.bit() != 0 {
		c.MinQty = engine.Qty(d.positive(c, fMinSize, engine.ReasonMinQty))
	}
	if d.goesWith(fExpireTime, c.TimeInForce == engine.GTD, "only a GTD order has one: leave it out") {
		d.expireTime(c)
	}
	c.Flags |= d.postOnly()
	if hidden, ok := d.boolean(fHidden); ok && hidden {
		c.Flags |= engine.CmdFlagHidden
	}
	c.SelfTrade = d.selfTrade()
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
	if d.doc.seen&fStopPrice.bit() != 0 {
		d.stopPrice(c)
		c.Flags |= engine.CmdFlagNewStop
	}
	if d.doc.seen&fDisplaySize.bit() != 0 {
		d.displaySize(c)
	}
	if requeue, ok := d.boolean(fRequeue); ok && requeue {
		c.Flags |= engine.CmdFlagRequeue
	}
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
