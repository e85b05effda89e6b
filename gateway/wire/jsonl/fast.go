package jsonl

import (
	"encoding/binary"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// This file is the fast path of the Decoder: one pass over a line that is as plain
// as programs write it, straight into the command. It knows the requests that move
// the books (order, cancel, reduce, replace) and status, and takes their fields in
// any order, with a space behind a colon or a comma or without (ADR 0015).
//
// Law: a line that it takes, the general path takes too, and reads the same. It
// declines everything else, faults above all: what is wrong with a line is for the
// general path to say. So what looks odd here (an escape, a byte that is no
// printable ASCII, a field twice, white space elsewhere, a number of unusual length)
// is not looked into but declined. FuzzFastEqualsGeneral holds it to that.
//
// It reads a copy of the line with room behind it, so that a look ahead, eight bytes
// at a time, needs no check of its own. Every byte is taken in its turn and none is
// skipped, and a zero byte, which nothing takes, stands at the end: so no taking
// goes beyond it, whatever the looks see there.

// lookAhead is how far behind a byte of the line a look may reach: a UUID's.
const lookAhead = 64

// paddedLine is a line, a zero byte, and then what earlier lines left there.
type paddedLine [LineBytesMax + lookAhead]byte

// fast decodes line into c. If it declines, which is false, c is of no use.
// hot
func (d *Decoder) fast(line []byte, c *engine.Command) bool {
	b := &d.padded
	if len(line) > LineBytesMax {
		return false
	}
	b[copy(b[:LineBytesMax], line)] = 0
	*c = engine.Command{}
	if b[0] != '{' {
		return false
	}
	seen := fieldSet(0)
	for i := 1; ; {
		if b[i] != '"' {
			return false
		}
		i++
		// Four bytes tell all names apart but two; the rest of a name is compared
		// together with the quote and the colon behind it. A reader of a value returns
		// where the value ends, or 0.
		f := noField
		switch string(b[i : i+4]) {
		case "type":
			if string(b[i+4:i+6]) == `":` {
				f, i = fType, b.requestType(i+6, c)
			}
		case "clie":
			if string(b[i+4:i+12]) == `nt_oid":` {
				f, i = fClientOID, b.clOrdID(i+12, &c.ClOrdID)
			}
		case "prod":
			if string(b[i+4:i+12]) == `uct_id":` {
				f, i = fProductID, d.instrument(b, i+12, c)
			}
		case "side":
			if string(b[i+4:i+6]) == `":` {
				f, i = fSide, b.side(i+6, c)
			}
		case "pric":
			if string(b[i+4:i+7]) == `e":` {
				f, i = fPrice, b.decimal(i+7, (*int64)(&c.Price))
			}
		case "size":
			if string(b[i+4:i+6]) == `":` {
				f, i = fSize, b.decimal(i+6, (*int64)(&c.Qty))
			}
		case "orde":
			switch {
			case string(b[i+4:i+10]) == `r_id":`:
				f, i = fOrderID, b.orderID(i+10, c)
			case string(b[i+4:i+12]) == `r_type":`:
				f, i = fOrderType, b.orderType(i+12, c)
			}
		case "time":
			if string(b[i+4:i+15]) == `_in_force":` {
				f, i = fTimeInForce, b.timeInForce(i+15, c)
			}
		case "post":
			if string(b[i+4:i+11]) == `_only":` {
				f, i = fPostOnly, b.flag(i+11, c, engine.CmdFlagPostOnly)
			}
		case "requ":
			if string(b[i+4:i+9]) == `eue":` {
				f, i = fRequeue, b.flag(i+9, c, engine.CmdFlagRequeue)
			}
		case "new_":
			if string(b[i+4:i+16]) == `client_oid":` {
				f, i = fNewClientOID, b.clOrdID(i+16, &c.NewClOrdID)
			}
		}
		if f == noField || i == 0 || seen&f.bit() != 0 {
			return false
		}
		seen |= f.bit()
		switch b[i] {
		case ',':
			if i++; b[i] == ' ' {
				i++
			}
		case '}':
			return i+1 == len(line) && complete(c, seen)
		default:
			return false
		}
	}
}

// complete sets what is absent from the line to what that means, and reports
// whether the fields are those of the request.
// hot
func complete(c *engine.Command, seen fieldSet) bool {
	const (
		byClientOID = 1<<fType | 1<<fClientOID
		byOrderID   = 1<<fType | 1<<fOrderID
		marketOrder = 1<<fType | 1<<fProductID | 1<<fSide | 1<<fSize
		limitOrder  = marketOrder | 1<<fPrice
	)
	switch c.Kind {
	case engine.CmdEnter:
		needs, stays := fieldSet(limitOrder), engine.GTC
		if c.Type == engine.Market {
			needs, stays = marketOrder, engine.IOC
		}
		if c.Type == 0 {
			c.Type = engine.Limit
		}
		if c.TimeInForce == 0 {
			c.TimeInForce = stays
		}
		c.Flags |= engine.CmdFlagDecimal
		return seen&^(1<<fClientOID|1<<fOrderType|1<<fTimeInForce|1<<fPostOnly) == needs
	case engine.CmdCancel, engine.CmdStatus:
		return seen == byClientOID || seen == byOrderID
	case engine.CmdReduce:
		c.Flags |= engine.CmdFlagDecimal
		return seen == byClientOID|1<<fSize || seen == byOrderID|1<<fSize
	case engine.CmdReplace:
		if seen&(1<<fPrice|1<<fSize) != 0 {
			c.Flags |= engine.CmdFlagDecimal
		}
		if seen&(1<<fPrice) == 0 {
			c.Flags |= engine.CmdFlagKeepPrice
		}
		if seen&(1<<fSize) == 0 {
			c.Flags |= engine.CmdFlagKeepQty
		}
		seen &^= 1<<fPrice | 1<<fSize | 1<<fNewClientOID | 1<<fRequeue
		return seen == byClientOID || seen == byOrderID
	}
	return false // there is no type
}

// Readers of values. Each begins behind a colon and returns the index behind the
// value, or 0 to decline.

// opened skips a space and the quote that opens a string, 0 if there is none.
// hot
func (b *paddedLine) opened(i int) int {
	if b[i] == ' ' {
		i++
	}
	if b[i] != '"' {
		return 0
	}
	return i + 1
}

// hot
func (b *paddedLine) requestType(i int, c *engine.Command) int {
	if i = b.opened(i); i == 0 {
		return 0
	}
	switch {
	case string(b[i:i+6]) == `order"`:
		c.Kind = engine.CmdEnter
		return i + 6
	case string(b[i:i+7]) == `cancel"`:
		c.Kind = engine.CmdCancel
		return i + 7
	case string(b[i:i+8]) == `replace"`:
		c.Kind = engine.CmdReplace
		return i + 8
	case string(b[i:i+7]) == `reduce"`:
		c.Kind = engine.CmdReduce
		return i + 7
	case string(b[i:i+7]) == `status"`:
		c.Kind = engine.CmdStatus
		return i + 7
	}
	return 0
}

// hot
func (b *paddedLine) clOrdID(i int, id *engine.ClOrdID) int {
	if i = b.opened(i); i == 0 {
		return 0
	}
	lo, hi, n := b.text16(i)
	if n != 0 && b[i+n] == '"' {
		binary.LittleEndian.PutUint64(id[:8], lo)
		binary.LittleEndian.PutUint64(id[8:], hi)
		return i + n + 1
	}
	if n != 16 || b[i+36] != '"' {
		return 0
	}
	uuid, ok := wire.ParseClOrdID(b[i : i+36])
	if !ok {
		return 0
	}
	*id = uuid
	return i + 37
}

// hot
func (d *Decoder) instrument(b *paddedLine, i int, c *engine.Command) int {
	if i = b.opened(i); i == 0 {
		return 0
	}
	lo, hi, n := b.text16(i)
	if n == 0 || b[i+n] != '"' {
		return 0
	}
	id, ok := d.products.LookupWords(lo, hi)
	if !ok {
		id = engine.NoInstrument
	}
	c.Instrument = id
	return i + n + 1
}

// side has no branch between the two sides, which follow each other by chance.
// hot
func (b *paddedLine) side(i int, c *engine.Command) int {
	if i = b.opened(i); i == 0 {
		return 0
	}
	const (
		buy  = 'b' | 'u'<<8 | 'y'<<16 | '"'<<24
		sell = 's' | 'e'<<8 | 'l'<<16 | 'l'<<24 | '"'<<32
	)
	w := b.word(i)
	isSell := 0
	if w<<24 == sell<<24 {
		isSell = 1
	}
	if isSell == 0 && uint32(w) != buy {
		return 0
	}
	c.Side = engine.Side(isSell)
	return i + 4 + isSell
}

// hot
func (b *paddedLine) orderType(i int, c *engine.Command) int {
	if i = b.opened(i); i == 0 {
		return 0
	}
	switch {
	case string(b[i:i+6]) == `limit"`:
		c.Type = engine.Limit
		return i + 6
	case string(b[i:i+7]) == `market"`:
		c.Type = engine.Market
		return i + 7
	}
	return 0
}

// hot
func (b *paddedLine) timeInForce(i int, c *engine.Command) int {
	if i = b.opened(i); i == 0 {
		return 0
	}
	switch string(b[i : i+4]) {
	case `GTC"`:
		c.TimeInForce = engine.GTC
	case `IOC"`:
		c.TimeInForce = engine.IOC
	case `FOK"`:
		c.TimeInForce = engine.FOK
	case `DAY"`:
		c.TimeInForce = engine.DAY
	default:
		return 0
	}
	return i + 4
}

// hot
func (b *paddedLine) flag(i int, c *engine.Command, flag engine.CommandFlags) int {
	if b[i] == ' ' {
		i++
	}
	switch {
	case string(b[i:i+4]) == "true":
		c.Flags |= flag
		return i + 4
	case string(b[i:i+5]) == "false":
		return i + 5
	}
	return 0
}

// orderID reads an id of the venue's of up to 16 digits.
// hot
func (b *paddedLine) orderID(i int, c *engine.Command) int {
	if i = b.opened(i); i == 0 || b[i] == '0' {
		return 0
	}
	id, n := digits(b.word(i))
	if n == 8 {
		low, more := digits(b.word(i + 8))
		id, n = id*powersOf10[more]+low, 8+more
	}
	if n == 0 || b[i+n] != '"' {
		return 0
	}
	c.OrderID = engine.OrderID(id)
	return i + n + 1
}

// decimal reads a number of up to 10 digits and 8 decimals, which always fits.
// hot
func (b *paddedLine) decimal(i int, units *int64) int {
	if i = b.opened(i); i == 0 {
		return 0
	}
	negative := b[i] == '-'
	if negative {
		i++
	}
	n, whole := 0, uint64(0)
	if whole, n = digits(b.word(i)); n == 8 {
		low, more := digits(b.word(i + 8))
		if more > 2 {
			return 0
		}
		whole, n = whole*powersOf10[more]+low, 8+more
	}
	if n == 0 {
		return 0
	}
	i += n
	magnitude := whole * engine.DecimalOne
	if b[i] == '.' {
		fraction, places := digits(b.word(i + 1))
		if places == 0 {
			return 0
		}
		magnitude += fraction * powersOf10[8-places]
		i += 1 + places
	}
	if b[i] != '"' {
		return 0
	}
	*units = int64(magnitude)
	if negative {
		*units = -*units
	}
	return i + 1
}

var powersOf10 = [9]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}
