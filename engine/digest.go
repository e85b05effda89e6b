package engine

import "encoding/binary"

// Digest is a hash of the books by their meaning: instruments, trade counts, and
// every order in priority order. Handles, free lists and hash tables do not show,
// so two engines with the same books have the same digest however they came to
// them. The model computes it from the same definition on its own. O(orders)
//
// It is FNV-1a over 64-bit words with a fold after each: for each instrument
// 0xB00C, its id, its trades; for each side (buy, sell) 0x51DE, the side; for each
// level, best first, 0x1E7E1, the price; for each order, front first, account,
// session, the two little-endian halves of its client id, total, executed, and
// type | time in force << 8 | post-only << 16.
func (e *Engine) Digest() uint64 {
	d := digest(14695981039346656037)
	for i := range e.books {
		b := &e.books[i]
		d.add(0xB00C)
		d.add(uint64(i))
		d.add(b.trades)
		for s := range b.sides {
			d.add(0x51DE)
			d.add(uint64(s))
			e.digestSide(&d, Side(s), &b.sides[s])
		}
	}
	return uint64(d)
}

func (e *Engine) digestSide(d *digest, s Side, side *side) {
	for lh := side.best; lh != 0; {
		l := e.levels.at(lh)
		d.add(0x1E7E1)
		d.add(uint64(priceOf(s, l.key)))
		for h := e.queues.front(lh); h != 0; h = e.queues.behind(h) {
			o := e.orders.at(h)
			d.add(uint64(o.account))
			d.add(uint64(o.session))
			d.add(binary.LittleEndian.Uint64(o.clOrdID[0:8]))
			d.add(binary.LittleEndian.Uint64(o.clOrdID[8:16]))
			d.add(uint64(o.total()))
			d.add(uint64(o.executed))
			flags := uint64(o.kind) | uint64(o.tif)<<8
			if o.postOnly {
				flags |= 1 << 16
			}
			d.add(flags)
		}
		lh = e.after(side, l.key)
	}
}

type digest uint64

func (d *digest) add(w uint64) {
	h := (uint64(*d) ^ w) * 1099511628211
	*d = digest(h ^ h>>32)
}
