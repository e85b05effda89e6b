// Package wire holds what every protocol of the gateway has in common: product
// symbols, exact decimals, client order ids and the names of the public channels.
//
// The codecs themselves are the packages below it. All of them are pure: bytes
// in, [engine.Command] out; [engine.Event] in, bytes out. None knows of a
// network, a clock or a session.
package wire

import (
	"errors"
	"fmt"

	"pricetime/engine"
)

// SymbolBytesMax is the length of the longest product symbol.
const SymbolBytesMax = 16

// Products translates between product symbols and the engine's instruments. It
// never changes after [NewProducts]; any thread may read it.
type Products struct {
	instruments []engine.Instrument
	prices      []grid
	qtys        []grid
	symbols     symbolTable
}

// NewProducts returns the products of instruments, which keep their index as id.
// A symbol is 1 to 16 printable bytes without space, quote or backslash, so that
// every protocol can send it as it is; it is unique, and tick and lot are positive.
func NewProducts(instruments []engine.Instrument) (*Products, error) {
	if len(instruments) == 0 {
		return nil, errors.New("products: there is none")
	}
	if len(instruments) >= int(engine.NoInstrument) {
		return nil, fmt.Errorf("products: %d are more than the %d that ids can name", len(instruments), engine.NoInstrument)
	}
	p := &Products{
		instruments: append([]engine.Instrument(nil), instruments...),
		symbols:     newSymbolTable(len(instruments)),
	}
	for i := range p.instruments {
		in := &p.instruments[i]
		if !ValidSymbol(in.Symbol) {
			return nil, fmt.Errorf("product %d: symbol %q is not 1 to %d printable bytes without space, quote or backslash", i, in.Symbol, SymbolBytesMax)
		}
		if _, taken := p.Lookup([]byte(in.Symbol)); taken {
			return nil, fmt.Errorf("product %d: symbol %q is taken", i, in.Symbol)
		}
		if in.Tick <= 0 || in.Lot <= 0 {
			return nil, fmt.Errorf("product %s: tick %d and lot %d must be positive", in.Symbol, in.Tick, in.Lot)
		}
		p.symbols.add(in.Symbol, engine.InstrumentID(i))
		p.prices = append(p.prices, newGrid(in.Tick))
		p.qtys = append(p.qtys, newGrid(in.Lot))
	}
	return p, nil
}

// ValidSymbol says whether a symbol is one that every protocol can send.
func ValidSymbol(s string) bool {
	if len(s) == 0 || len(s) > SymbolBytesMax {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// Lookup finds a product by its symbol, letter case counting. It does not allocate.
// hot
func (p *Products) Lookup(symbol []byte) (engine.InstrumentID, bool) {
	if len(symbol) > SymbolBytesMax {
		return 0, false
	}
	id, ok := p.LookupWords(symbolWords(symbol))
	if !ok || len(symbol) != len(p.instruments[id].Symbol) { // zeros of its own are no padding
		return 0, false
	}
	return id, true
}

// LookupWords is Lookup for a codec that reads text eight bytes at a time: of a
// symbol of up to 16 bytes, none of them zero, padded with zeros, in two
// little-endian words.
// hot
func (p *Products) LookupWords(lo, hi uint64) (engine.InstrumentID, bool) {
	return p.symbols.find(lo, hi)
}

// Len is the number of products; their ids are 0 to Len()-1.
func (p *Products) Len() int { return len(p.instruments) }

// Instrument returns the product of an id below Len. The caller must not change it.
func (p *Products) Instrument(id engine.InstrumentID) *engine.Instrument {
	return &p.instruments[id]
}

// Symbol is the symbol of the product of an id below Len.
func (p *Products) Symbol(id engine.InstrumentID) string { return p.instruments[id].Symbol }

// AppendPrice appends a price of the product as a decimal, exact, with as many
// decimals as the product's tick has: 58533 ticks of 0.01 are 585.33.
// hot
func (p *Products) AppendPrice(dst []byte, id engine.InstrumentID, price engine.Price) []byte {
	return p.prices[id].append(dst, int64(price))
}

// AppendQty appends a quantity of the product as a decimal, exact, with as many
// decimals as the product's lot has.
// hot
func (p *Products) AppendQty(dst []byte, id engine.InstrumentID, qty engine.Qty) []byte {
	return p.qtys[id].append(dst, int64(qty))
}
