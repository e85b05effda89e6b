package engine

import "encoding/binary"

// Digest is a hash of the books by their meaning: instruments, trade counts, and
// every order in priority order. Handles, free lists and hash tables do not show,
// so two engines with the same books have the same digest however they came to
// them. The model computes it from the same definition on its own. O(orders)
//
// It is FNV-1a over 64-bit words with a fold after each; docs/rules.md has the words.
func (e *Engine) Digest() uint64 {
	d := digest(14695981039346656037)
	for i := range e.books {
		e.digestBook(&d, InstrumentID(i))
	}
	d.add(0x7E14E, bit(e.killed.venue))
	for i := range e.limits.AccountsMax {
		if a := e.accounts.at(handle(i)); *a != (account{}) {
			d.add(0xACC0, uint64(i), uint64(a.group), uint64(a.cap), bit(a.killed))
		}
	}
	for _, session := range e.killed.sessions {
		d.add(0x5E55, uint64(session))
	}
	return uint64(d)
}

func (e *Engine) digestBook(d *digest, i InstrumentID) {
	b := e.book(i)
	d.add(0xB00C, uint64(i), b.trades, uint64(b.phase), bit(b.killed), bit(b.trades > 0), uint64(b.last))
	for s := range b.sides {
		d.add(0x51DE, uint64(s))
		side := &b.sides[s]
		for lh := side.best; lh != 0; {
			key := e.levels.at(lh).key
			d.add(0x1E7E1, uint64(priceOf(Side(s), key)))
			e.digestList(d, lh)
			lh = e.after(side, key)
		}
	}
	for i := range b.waiting {
		d.add(0x9A4C, uint64(i))
		q := &b.waiting[i]
		for lh := q.best; lh != 0; lh = q.tree.after(e.levels.at(lh).key) {
			e.digestList(d, lh)
		}
	}
	for s := range b.sides {
		d.add(0xCA11, uint64(s))
		e.digestList(d, e.unpricedList(i, Side(s)))
	}
}

func (e *Engine) digestList(d *digest, list handle) {
	for h := e.queues.front(list); h != 0; h = e.queues.behind(h) {
		o, more := e.orders.at(h), e.details.at(h)
		if o.traits&waits != 0 {
			d.add(uint64(more.price), uint64(more.stop))
		}
		d.add(uint64(o.account), uint64(o.session))
		d.add(binary.LittleEndian.Uint64(o.clOrdID[0:8]), binary.LittleEndian.Uint64(o.clOrdID[8:16]))
		d.add(uint64(e.totalOf(h, o)), uint64(o.executed))
		d.add(uint64(o.kind) | uint64(o.tif)<<8 | bit(o.traits&postOnly != 0)<<16 | bit(o.traits&hidden != 0)<<17 |
			bit(o.traits&iceberg != 0)<<18 | uint64(o.selfTrade)<<24)
		if o.traits&iceberg != 0 {
			shows := o.leaves
			if o.parked() {
				shows = 0
			}
			d.add(uint64(more.display), uint64(shows))
		}
		if o.traits&expires != 0 {
			d.add(uint64(more.expires))
		}
	}
}

type digest uint64

func (d *digest) add(words ...uint64) {
	for _, w := range words {
		h := (uint64(*d) ^ w) * 1099511628211
		*d = digest(h ^ h>>32)
	}
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
