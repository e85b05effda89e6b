package engine

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// idRecord is one client order id used today, with the command that used it, so
// that the same command sent again is known from another one (SEMANTICS 5).
// Records are only ever added: an id is never reusable within the trading day.
//
// The order that an id entered or replaced is in a table of its own, idTable.orders:
// it is all that is read of a record while that order is open.
type idRecord struct {
	id         ClOrdID
	price      Price // as sent
	qty        Qty   // as sent
	account    AccountID
	flags      CommandFlags
	instrument InstrumentID
	kind       CommandKind
	side       Side
	typ        OrderType
	tif        TimeInForce
	_          uint32
}

var _ = [1]struct{}{}[unsafe.Sizeof(idRecord{})-48]

// sameEnter says whether c is the enter that the record was made by.
func (r *idRecord) sameEnter(c *Command) bool {
	return r.kind == CmdEnter && c.Refusal == 0 && r.instrument == c.Instrument && r.side == c.Side && r.typ == c.Type &&
		r.tif == c.TimeInForce && r.flags == c.Flags && r.price == c.Price && r.qty == c.Qty
}

// sameReplace says whether c, which names the record's order, is the replace that the record was made by.
func (r *idRecord) sameReplace(c *Command) bool {
	return r.kind == CmdReplace && c.Refusal == 0 && r.flags == c.Flags && r.price == c.Price && r.qty == c.Qty
}

// idTable finds a record by (account, client id): open addressing with linear
// probing over 8-byte entries, eight to a cache line, at most half full; the
// records themselves lie in the order they came.
type idTable struct {
	entries slab[idEntry]
	mask    handle
	seed    uint64
	orders  slab[OrderID]  // by record: the order it entered or replaced
	records slab[idRecord] // 0 is never used
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
		entries: newSlab[idEntry](memory, size),
		mask:    handle(size - 1),
		seed:    seed,
		orders:  newSlab[OrderID](memory, n+1),
		records: newSlab[idRecord](memory, n+1),
	}
}

func (t *idTable) full() bool { return t.used == t.records.n-1 }

// hash folds a 64x64 bit product, seeded so that no one outside can aim at a place.
func (t *idTable) hash(a AccountID, id *ClOrdID) uint64 {
	x := binary.LittleEndian.Uint64(id[0:8]) ^ t.seed
	y := binary.LittleEndian.Uint64(id[8:16]) ^ (t.seed>>1 + uint64(a)*0xC2B2AE3D27D4EB4F)
	hi, lo := bits.Mul64(x, y|1)
	return (hi ^ lo ^ y) * 0x9E3779B97F4A7C15
}

// home is where a search for a hash begins, next where it goes on.
func (t *idTable) home(hash uint64) handle { return handle(hash>>32) & t.mask }
func (t *idTable) next(i handle) handle    { return (i + 1) & t.mask }

// tagOf is what an entry keeps of a hash.
func tagOf(hash uint64) uint32 { return uint32(hash) }

// add makes a record of a client id that is not there yet. The caller has checked full.
// hot
func (t *idTable) add(a AccountID, id *ClOrdID, c *Command, order OrderID) handle {
	t.used++
	n := handle(t.used)
	*t.orders.at(n) = order
	r := t.records.at(n)
	r.id, r.price, r.qty, r.account = *id, c.Price, c.Qty, a
	r.flags, r.instrument, r.kind, r.side, r.typ, r.tif = c.Flags, c.Instrument, c.Kind, c.Side, c.Type, c.TimeInForce
	hash := t.hash(a, id)
	i := t.home(hash)
	for t.entries.at(i).record != 0 {
		i = t.next(i)
	}
	*t.entries.at(i) = idEntry{tagOf(hash), n}
	return n
}
