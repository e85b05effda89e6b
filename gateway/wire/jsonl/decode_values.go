package jsonl

import (
	"math"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// This file reads single fields for the Decoder. A field that is absent is no
// fault here; one with a wrong type or value is noted, and reads as its zero.

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
	for t, name := range orderTypeNames {
		if string(text) == name && name != "" {
			return engine.OrderType(t)
		}
	}
	if string(text) == "trailing_stop" || string(text) == "pegged" {
		d.fail(FaultUnsupported, fOrderType, mustBe[fOrderType])
	} else {
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
	for t, name := range timeInForceNames {
		if string(text) == name && name != "" {
			return engine.TimeInForce(t)
		}
	}
	d.bad(fTimeInForce)
	return engine.GTC
}

// postOnly reads a field that is true, false or "slide".
func (d *Decoder) postOnly() engine.CommandFlags {
	if v := d.doc.get(fPostOnly); v.kind == kindString {
		if string(v.text) == "slide" {
			return engine.CmdFlagPostOnly | engine.CmdFlagSlide
		}
		d.bad(fPostOnly)
		return 0
	}
	if on, _ := d.boolean(fPostOnly); on {
		return engine.CmdFlagPostOnly
	}
	return 0
}

// selfTrade reads what is to become of an order that meets one of its own, the
// product's default without the field.
func (d *Decoder) selfTrade() engine.SelfTrade {
	text, ok := d.text(fSTP)
	if !ok {
		return engine.SelfTradeDefault
	}
	for mode, name := range selfTradeNames {
		if string(text) == name && name != "" {
			return engine.SelfTrade(mode)
		}
	}
	d.bad(fSTP)
	return engine.SelfTradeDefault
}

// goesWith says whether to read a field that some orders must have and all others
// must not.
// hot
func (d *Decoder) goesWith(f field, has bool, message string) bool {
	if !has && d.doc.seen&f.bit() != 0 {
		d.fail(FaultConflictingField, f, message)
	}
	return has
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
func (d *Decoder) stopPrice(c *engine.Command) {
	c.StopPrice = engine.Price(d.decimal(c, fStopPrice, engine.ReasonStopPrice, engine.ReasonStopPrice))
}

func (d *Decoder) displaySize(c *engine.Command) {
	c.DisplayQty = engine.Qty(d.positive(c, fDisplaySize, engine.ReasonDisplay))
}

// positive reads a quantity that a command has only if the line has it: there 0 means
// none, so a line that says 0 is refused.
func (d *Decoder) positive(c *engine.Command, f field, refusal engine.Reason) int64 {
	units := d.decimal(c, f, refusal, refusal)
	if units == 0 && c.Refusal == engine.ReasonNone {
		c.Refusal = refusal
	}
	return units
}

// expireTime reads when a GTD order ends, which its line must have. A time that the
// venue cannot count in nanoseconds exactly is the engine's to refuse.
func (d *Decoder) expireTime(c *engine.Command) {
	text, ok := d.text(fExpireTime)
	if !ok {
		d.missing(fExpireTime)
		return
	}
	t, fault := parseTime(text)
	switch {
	case fault == timeMalformed:
		d.bad(fExpireTime)
	case fault != timeOK && c.Refusal == engine.ReasonNone:
		c.Refusal = engine.ReasonExpireTime
	}
	c.ExpireTime = t
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
