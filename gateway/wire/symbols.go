package wire

import (
	"encoding/binary"
	"math/bits"

	"pricetime/engine"
)

// symbolTable finds a product's id by its symbol: open addressing, a quarter full
// at most, so that most symbols are found, or not found, by one comparison of 16
// bytes. Nobody but the venue adds to it.
type symbolTable struct {
	slots []symbolSlot
	shift int // of a hash, to an index of slots
}

// symbolSlot is a symbol, or free: no symbol begins with a zero byte.
type symbolSlot struct {
	lo, hi uint64
	id     engine.InstrumentID
}

func newSymbolTable(symbols int) symbolTable {
	log := bits.Len(uint(symbols)*4 - 1)
	return symbolTable{slots: make([]symbolSlot, 1<<log), shift: 64 - log}
}

func (t *symbolTable) add(symbol string, id engine.InstrumentID) {
	lo, hi := symbolWords([]byte(symbol))
	i := t.home(lo, hi)
	for t.slots[i].lo != 0 {
		i = (i + 1) % len(t.slots)
	}
	t.slots[i] = symbolSlot{lo: lo, hi: hi, id: id}
}

// hot
func (t *symbolTable) find(lo, hi uint64) (engine.InstrumentID, bool) {
	for i := t.home(lo, hi); ; i++ {
		s := &t.slots[i&(len(t.slots)-1)]
		if s.lo == lo && s.hi == hi {
			return s.id, lo != 0
		}
		if s.lo == 0 {
			return 0, false
		}
	}
}

// home is where a symbol's search begins: the high bits of a multiplicative hash.
func (t *symbolTable) home(lo, hi uint64) int {
	return int((lo ^ bits.RotateLeft64(hi, 29)) * 0x9E37_79B9_7F4A_7C15 >> t.shift)
}

// symbolWords is a symbol of up to 16 bytes in two words, padded with zeros.
func symbolWords(symbol []byte) (lo, hi uint64) {
	var b [SymbolBytesMax]byte
	copy(b[:], symbol)
	return binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])
}
