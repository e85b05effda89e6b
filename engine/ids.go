package engine

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// Client ids are kept twice, because two questions are asked of them (ADR 0019).
//
// Was it used today? Nearly every enter asks it, of an id that never was, and every id of the
// day takes part: idTable, in ids.go. Which open order has it now? Nearly every cancel by a
// client id asks it, and only open orders take part: openIDs, in openids.go. Only an old id,
// of an order that is gone or has got another one since, is looked for in both.

// idRecord is one client order id used today, with the command that used it, so
// that the same command sent again is known from another one (SEMANTICS 5).
// Records are only ever added: an id is never reusable within the trading day.
type idRecord struct {
	id         ClOrdID
	order      OrderID // that it entered or replaced
	price      Price   // as sent
	qty        Qty     // as sent
	account    AccountID
	flags      CommandFlags
	instrument InstrumentID
	kind       CommandKind
	side       Side
	typ        OrderType
	tif        TimeInForce
	more       bool     // it has an idMore
	_          [11]byte // a line of the cache each: they are written one behind the other
}

// idMore is what a command had beyond an idRecord, by record. Few do.
type idMore struct {
	stop         Price
	display, min Qty
	expires      Time
	selfTrade    SelfTrade
	_            [31]byte
}

func moreOf(c *Command) idMore {
	return idMore{stop: c.StopPrice, display: c.DisplayQty, min: c.MinQty, expires: c.ExpireTime, selfTrade: c.SelfTrade}
}

var _ = [1]struct{}{}[unsafe.Sizeof(idRecord{})-64]

// sameEnter says whether c is the enter that the record was made by.
func (t *idTable) sameEnter(record handle, c *Command) bool {
	r := t.records.at(record)
	return t.sameMore(record, c) && r.kind == CmdEnter && c.Refusal == 0 && r.instrument == c.Instrument && r.side == c.Side && r.typ == c.Type &&
		r.tif == c.TimeInForce && r.flags == c.Flags && r.price == c.Price && r.qty == c.Qty
}

// sameReplace says whether c, which names the record's order, is the replace that the record was made by.
func (t *idTable) sameReplace(record handle, c *Command) bool {
	r := t.records.at(record)
	return t.sameMore(record, c) && r.kind == CmdReplace && c.Refusal == 0 && r.flags == c.Flags && r.price == c.Price && r.qty == c.Qty
}

func (t *idTable) sameMore(record handle, c *Command) bool {
	if !t.records.at(record).more {
		return !c.more()
	}
	return *t.more.at(record) == moreOf(c)
}

// idTable finds the record of an (account, client id). Its places come in groups of eight:
//
//	tags     │ 5c 91 0e ·· ·· ·· ·· ·· │ ...    a byte a place, eight to a word: bits of the hash, 0 for empty
//	places   │ 17  2 40  0  0  0  0  0 │ ...    the record, 4 bytes a place
//	records  │ ──, 1, 2, 3 ... used, ──        64 bytes each, in the order they came
//
// An id belongs into the first group from its home on that has an empty place, and a group is
// filled from its front. Nothing is ever taken out. So one word says of nearly every new id
// that it is new: no tag in it is the id's, and its last place is empty. Tags are a byte an id
// or two, and stay in the cache where entries with the records in them would not; a place is
// written with an id and not read before the id comes again.
type idTable struct {
	tags    slab[[idGroup]byte] // by group
	places  slab[[idGroup]handle]
	records slab[idRecord] // 0 is never used
	more    slab[idMore]   // by record
	mask    handle         // groups - 1
	used    int
	seed    uint64
}

// idGroup is the places of a group, as many as a word has bytes.
const idGroup = 8

// idsPerGroup is how full the groups are at the day's end, at most, on average.
const idsPerGroup = 6

func newIDTable(memory Memory, n int, seed uint64) idTable {
	groups := 2
	for groups*idsPerGroup < n {
		groups *= 2
	}
	return idTable{
		tags:    newSlab[[idGroup]byte](memory, groups),
		places:  newSlab[[idGroup]handle](memory, groups),
		records: newSlab[idRecord](memory, n+1),
		more:    newSlab[idMore](memory, n+1),
		mask:    handle(groups - 1),
		seed:    seed,
	}
}

func (t *idTable) full() bool { return t.used == t.records.n-1 }

// idHash is the hash of an account's client id. Each table takes bits of its own from it.
type idHash uint64

// hash folds a 64x64 bit product, seeded so that no one outside can aim at a place.
func (t *idTable) hash(a AccountID, id *ClOrdID) idHash {
	x := binary.LittleEndian.Uint64(id[0:8]) ^ t.seed
	y := binary.LittleEndian.Uint64(id[8:16]) ^ (t.seed>>1 + uint64(a)*0xC2B2AE3D27D4EB4F)
	hi, lo := bits.Mul64(x, y|1)
	return idHash((hi ^ lo ^ y) * 0x9E3779B97F4A7C15)
}

// home is the group where a search for a hash begins.
func (t *idTable) home(hash idHash) handle { return handle(hash>>32) & t.mask }

// tag is what a group keeps of a hash: 1 to 255.
func (hash idHash) tag() uint64 { return uint64(uint32(hash))*255>>32 + 1 }

// group is a group's tags, the first place's lowest.
func (t *idTable) group(g handle) uint64 { return binary.LittleEndian.Uint64(t.tags.at(g)[:]) }

// withTag marks the places of a group that may have a tag, by the high bit of their bytes: the
// lowest mark is right, one above it may be of a tag that is greater by one.
func withTag(group, tag uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	x := group ^ tag*ones
	return (x - ones) &^ x & highs
}

// hasRoom says whether a group has an empty place, behind which no search goes on.
func hasRoom(group uint64) bool { return group>>(8*idGroup-8) == 0 }

// isNew says of nearly every id that was not used today that it was not, by one look at one
// word; if it says no, find knows.
// hot
func (t *idTable) isNew(hash idHash) bool {
	group := t.group(t.home(hash))
	return withTag(group, hash.tag()) == 0 && hasRoom(group)
}

// find is the record of an account's client id, 0 if it was not used today.
func (t *idTable) find(hash idHash, a AccountID, id *ClOrdID) (record handle) {
	for g := t.home(hash); ; g = (g + 1) & t.mask {
		group := t.group(g)
		for marks := withTag(group, hash.tag()); marks != 0; marks &= marks - 1 {
			record = t.places.at(g)[bits.TrailingZeros64(marks)/8]
			if r := t.records.at(record); r.id == *id && r.account == a {
				return record
			}
		}
		if hasRoom(group) {
			return 0
		}
	}
}

// add makes a record of a client id that is not there yet. The caller has checked full.
// hot
func (t *idTable) add(hash idHash, a AccountID, id *ClOrdID, c *Command, order OrderID) {
	t.used++
	t.file(hash, handle(t.used))
	r := t.records.at(handle(t.used))
	r.id.copy(id)
	r.order, r.price, r.qty, r.account = order, c.Price, c.Qty, a
	r.flags, r.instrument = c.Flags, c.Instrument
	r.kind, r.side, r.typ, r.tif = c.Kind, c.Side, c.Type, c.TimeInForce
	r.more = c.more()
	if r.more {
		*t.more.at(handle(t.used)) = moreOf(c)
	}
}

// file puts a record into the group where it will be looked for.
func (t *idTable) file(hash idHash, record handle) {
	g := t.home(hash)
	group := t.group(g)
	for !hasRoom(group) {
		g = (g + 1) & t.mask
		group = t.group(g)
	}
	place := uint(bits.Len64(group)+7) / 8
	binary.LittleEndian.PutUint64(t.tags.at(g)[:], group|hash.tag()<<(place*8))
	t.places.at(g)[place%idGroup] = record
}

// forgetDay begins a new day: what was, is known no more, but for open orders and the client
// ids they have now. O(the day's orders)
func (e *Engine) forgetDay() {
	for n := range handle(e.issued - e.issuedBefore) {
		*e.ended.at(n + 1) = 0
	}
	for n := range handle(1) << e.orders.slotBits {
		*e.ended.at(handle(e.limits.OrdersPerDay) + 1 + n) = 0
	}
	e.gone, e.issuedBefore, e.issuedMax = 0, e.issued, e.issued+uint64(e.limits.OrdersPerDay)
	t := &e.ids
	for g := range handle(t.tags.n) {
		*t.tags.at(g), *t.places.at(g) = [idGroup]byte{}, [idGroup]handle{}
	}
	kept := handle(0)
	for n := range handle(t.used) {
		r := t.records.at(n + 1)
		o := e.orders.at(e.orders.slotOf(r.order))
		if o.id != r.order || o.clOrdID != r.id {
			continue
		}
		kept++
		*t.records.at(kept), *t.more.at(kept) = *r, *t.more.at(n + 1)
		t.file(t.hash(r.account, &r.id), kept)
	}
	t.used = int(kept)
}
