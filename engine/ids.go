package engine

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// idRecord is one client order id used today, with the command that used it, so
// that the same command sent again is known from another one (SEMANTICS 5).
// Records are only ever added: an id is never reusable within the trading day.
type idRecord struct {
	id         ClOrdID
	order      OrderID // the order it entered or replaced
	price      Price   // as sent
	qty        Qty     // as sent
	account    AccountID
	flags      CommandFlags
	instrument InstrumentID
	kind       CommandKind
	side       Side
	typ        OrderType
	tif        TimeInForce
	_          [12]byte
}

var _ = [1]struct{}{}[unsafe.Sizeof(idRecord{})-64]

// sameEnter says whether c is the enter that the record was made by.
func (r *idRecord) sameEnter(c *Command) bool {
	return r.kind == CmdEnter && c.Refusal == 0 && r.instrument == c.Instrument && r.side == c.Side && r.typ == c.Type &&
		r.tif == c.TimeInForce && r.flags == c.Flags && r.price == c.Price && r.qty == c.Qty
}

// sameReplace says whether c, which names order id, is the replace that the record was made by.
func (r *idRecord) sameReplace(c *Command, id OrderID) bool {
	return r.kind == CmdReplace && c.Refusal == 0 && r.order == id && r.flags == c.Flags && r.price == c.Price && r.qty == c.Qty
}

// idTable finds a record by (account, client id): open addressing with linear
// probing over 8-byte entries, eight to a cache line, at most half full; the
// records themselves lie in the order they came.
type idTable struct {
	entries []idEntry
	mask    uint64
	seed    uint64
	records []idRecord // records[0] is never used
	used    int
}

// idEntry is a tag, bits of the hash that the place does not tell, and a record; record 0 is empty.
type idEntry struct{ tag, record uint32 }

func newIDTable(memory Memory, n int, seed uint64) idTable {
	size := 2
	for size < 2*n {
		size *= 2
	}
	return idTable{
		entries: table[idEntry](memory, size),
		mask:    uint64(size - 1),
		seed:    seed,
		records: table[idRecord](memory, n+1),
	}
}

func (t *idTable) full() bool { return t.used == len(t.records)-1 }

// hash folds a 64x64 bit product, seeded so that no one outside can aim at a place.
func (t *idTable) hash(a AccountID, id *ClOrdID) uint64 {
	x := binary.LittleEndian.Uint64(id[0:8]) ^ t.seed
	y := binary.LittleEndian.Uint64(id[8:16]) ^ (t.seed>>1 + uint64(a)*0xC2B2AE3D27D4EB4F)
	hi, lo := bits.Mul64(x, y|1)
	return (hi ^ lo ^ y) * 0x9E3779B97F4A7C15
}

// find returns the record of an account's client id, 0 for none.
// hot
func (t *idTable) find(a AccountID, id *ClOrdID) handle {
	h := t.hash(a, id)
	tag := uint32(h)
	for i := h >> 32 & t.mask; ; i = (i + 1) & t.mask {
		en := t.entries[i]
		if en.record == 0 {
			return 0
		}
		if en.tag == tag {
			if r := &t.records[en.record]; r.account == a && r.id == *id {
				return en.record
			}
		}
	}
}

// add makes a record of a client id that is not there yet. The caller has checked full.
// hot
func (t *idTable) add(a AccountID, id *ClOrdID, c *Command, order OrderID) handle {
	t.used++
	n := handle(t.used)
	t.records[n] = idRecord{
		id: *id, order: order, price: c.Price, qty: c.Qty, account: a, flags: c.Flags,
		instrument: c.Instrument, kind: c.Kind, side: c.Side, typ: c.Type, tif: c.TimeInForce,
	}
	h := t.hash(a, id)
	i := h >> 32 & t.mask
	for t.entries[i].record != 0 {
		i = (i + 1) & t.mask
	}
	t.entries[i] = idEntry{uint32(h), n}
	return n
}
