package jsonl

import (
	"encoding/binary"
	"math/bits"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// This file holds what the lines of both encoders are put together from. A literal
// is appended by a few moves of a known width, text of a length that is only known
// at run time by a call; so text that varies is kept in pieces, which are appended
// whole and then cut.

// pieceBytes is the longest piece: the product of a symbol of 16 bytes.
const pieceBytes = len(`,"product_id":""`) + wire.SymbolBytesMax

// piece is a short text that is appended again and again.
type piece struct {
	text [pieceBytes]byte
	n    int
}

func newPiece(text string) (p piece) {
	if p.n = copy(p.text[:], text); p.n != len(text) {
		panic("BUG: too long for a piece: " + text)
	}
	return p
}

// hot
func (p *piece) append(dst []byte) []byte {
	end := len(dst) + p.n
	return append(dst, p.text[:]...)[:end]
}

// productFields is the field that names a product, for each.
func productFields(products *wire.Products) []piece {
	fields := make([]piece, products.Len())
	for i := range fields {
		fields[i] = newPiece(`,"product_id":"` + products.Symbol(engine.InstrumentID(i)) + `"`)
	}
	return fields
}

// sideFields is the field that names a side, for both: which one it is varies from
// order to order without a pattern that a processor could guess.
var sideFields = [2]piece{
	engine.Buy:  newPiece(`,"side":"` + sideName(engine.Buy) + `"`),
	engine.Sell: newPiece(`,"side":"` + sideName(engine.Sell) + `"`),
}

// hot
func appendSide(dst []byte, side engine.Side) []byte { return sideFields[side&1].append(dst) }

func sideName(side engine.Side) string {
	if side == engine.Buy {
		return "buy"
	}
	return "sell"
}

// channelFields is the field that names a channel, for each.
var channelFields = func() (fields [wire.Channels]piece) {
	for c := range fields {
		fields[c] = newPiece(`,"channel":"` + wire.Channel(c).String() + `"`)
	}
	return fields
}()

// hot
func appendOrderType(dst []byte, t engine.OrderType) []byte {
	switch t {
	case engine.Limit:
		return append(dst, `,"order_type":"limit"`...)
	case engine.Market:
		return append(dst, `,"order_type":"market"`...)
	}
	return appendWord(dst, `,"order_type":"`, orderTypeNames[t])
}

// hot
func appendTimeInForce(dst []byte, t engine.TimeInForce) []byte {
	switch t {
	case engine.GTC:
		return append(dst, `,"time_in_force":"GTC"`...)
	case engine.IOC:
		return append(dst, `,"time_in_force":"IOC"`...)
	}
	return appendWord(dst, `,"time_in_force":"`, timeInForceNames[t])
}

// appendNumber appends a number that is the end of a string: an id.
// hot
func appendNumber(dst []byte, n uint64) []byte { return append(wire.AppendUint(dst, n), '"') }

// appendClOrdID appends a client id, which is one, and the quote behind it.
// hot
func appendClOrdID(dst []byte, id *engine.ClOrdID) []byte {
	const spaces = ' ' * eachByte
	lo, hi := binary.LittleEndian.Uint64(id[:8]), binary.LittleEndian.Uint64(id[8:])
	// Text is padded with zeros. With spaces instead, it has no odd byte, unless it is
	// a UUID or has something to escape.
	padding := bits.LeadingZeros64(hi) / 8
	oddOnes, n := odd(hi|spaces<<(64-8*padding)), 16-padding
	if hi == 0 {
		padding = bits.LeadingZeros64(lo) / 8
		lo, n = lo|spaces<<(64-8*padding), 8-padding
	}
	if oddOnes|odd(lo) != 0 {
		return appendOddClOrdID(dst, id)
	}
	end := len(dst) + n
	dst = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(dst, lo), hi)
	return append(dst[:end], '"')
}

// appendOddClOrdID appends a client id of any kind, byte by byte.
func appendOddClOrdID(dst []byte, id *engine.ClOrdID) []byte {
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
func appendWord(dst []byte, key, word string) []byte {
	return append(append(append(dst, key...), word...), '"')
}

func endLine(dst []byte) []byte { return append(dst, "}\n"...) }
