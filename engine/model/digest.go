package model

import (
	"encoding/binary"
	"maps"
	"slices"

	"pricetime/engine"
)

// hash is FNV-1a over 64-bit words with a fold after each (docs/rules.md).
type hash uint64

func (h *hash) add(words ...uint64) {
	for _, w := range words {
		x := (uint64(*h) ^ w) * 1099511628211
		*h = hash(x ^ x>>32)
	}
}

// Digest is a hash of what the venue means: every instrument with its orders in order of
// priority, and what is set of accounts and kills. It equals [engine.Engine.Digest] for
// equal books.
func (m *Model) Digest() uint64 {
	h := hash(14695981039346656037)
	for i, b := range m.books {
		h.book(i, b)
	}
	h.add(0x7E14E, bit(m.killed))
	for _, id := range slices.Sorted(maps.Keys(m.accounts)) {
		if a := m.accounts[id]; a != (account{}) {
			h.add(0xACC0, uint64(id), uint64(a.group), uint64(a.cap), bit(a.killed))
		}
	}
	for _, session := range m.killedSessions {
		h.add(0x5E55, uint64(session))
	}
	return uint64(h)
}

func (h *hash) book(id int, b *book) {
	h.add(0xB00C, uint64(id), b.trades, uint64(b.phase), bit(b.killed), bit(b.trades > 0), uint64(b.last))
	for side, orders := range b.sides {
		h.add(0x51DE, uint64(side))
		for i, o := range orders {
			if i == 0 || o.price != orders[i-1].price {
				h.add(0x1E7E1, uint64(o.price))
			}
			h.order(o)
		}
	}
	for trigger, orders := range b.waiting {
		h.add(0x9A4C, uint64(trigger))
		for _, o := range orders {
			h.add(uint64(o.price), uint64(o.stop))
			h.order(o)
		}
	}
	for side, orders := range b.unpriced {
		h.add(0xCA11, uint64(side))
		for _, o := range orders {
			h.order(o)
		}
	}
}

func (h *hash) order(o *order) {
	kind := uint64(o.typ) | uint64(o.tif)<<8 | bit(o.postOnly)<<16 | bit(o.hidden)<<17 | bit(o.iceberg())<<18 | uint64(o.selfTrade)<<24
	h.add(uint64(o.account), uint64(o.session),
		binary.LittleEndian.Uint64(o.clOrdID[:8]), binary.LittleEndian.Uint64(o.clOrdID[8:]),
		uint64(o.total), uint64(o.executed), kind)
	if o.iceberg() {
		h.add(uint64(o.display), uint64(o.shown))
	}
	if o.tif == engine.DAY || o.tif == engine.GTD {
		h.add(uint64(o.expires))
	}
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
