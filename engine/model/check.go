package model

import (
	"encoding/binary"
	"fmt"
	"slices"

	"pricetime/engine"
)

// Check says which law the model breaks, if any (SEMANTICS 9).
func (m *Model) Check() error {
	resting := 0
	for i, b := range m.books {
		if err := b.check(); err != nil {
			return fmt.Errorf("model: instrument %d: %w", i, err)
		}
		for side, orders := range b.sides {
			for _, o := range orders {
				resting++
				if int(o.instrument) != i || int(o.side) != side || m.day[o.id-1] != o {
					return fmt.Errorf("model: order %d is not where it belongs", o.id)
				}
			}
		}
	}

	open := 0
	for i, o := range m.day {
		if o.id != engine.OrderID(i+1) {
			return fmt.Errorf("model: order %d is at place %d of the day", o.id, i+1)
		}
		switch o.ended {
		case engine.ReasonNone:
			open++
			if !slices.Contains(m.books[o.instrument].sides[o.side], o) {
				return fmt.Errorf("model: order %d is open and not in its book", o.id)
			}
		case engine.ReasonFilled:
			if o.executed != o.total || o.canceled != 0 {
				return fmt.Errorf("model: order %d is filled with %d of %d", o.id, o.executed, o.total)
			}
		default:
			if o.canceled <= 0 {
				return fmt.Errorf("model: order %d was canceled with nothing left", o.id)
			}
		}
	}
	if open != resting {
		return fmt.Errorf("model: %d orders are open and %d are in books", open, resting)
	}
	for n, u := range m.names {
		if u.order.account != n.account || m.day[u.order.id-1] != u.order {
			return fmt.Errorf("model: client id %x names an order of another account", n.id)
		}
	}
	return nil
}

// check is the law of one book: best price first, nothing empty, never crossed or
// locked.
func (b *book) check() error {
	for side, orders := range b.sides {
		for i, o := range orders {
			if o.ended != engine.ReasonNone || o.leaves() <= 0 || o.executed < 0 {
				return fmt.Errorf("order %d rests with %d of %d executed, ended %d", o.id, o.executed, o.total, o.ended)
			}
			if o.typ != engine.Limit || o.tif != engine.GTC {
				return fmt.Errorf("order %d rests and is of a type that does not", o.id)
			}
			if i > 0 && better(engine.Side(side), o.price, orders[i-1].price) {
				return fmt.Errorf("order %d is behind a worse price", o.id)
			}
		}
	}
	buys, sells := b.sides[engine.Buy], b.sides[engine.Sell]
	if len(buys) > 0 && len(sells) > 0 && buys[0].price >= sells[0].price {
		return fmt.Errorf("crossed: bid %d, offer %d", buys[0].price, sells[0].price)
	}
	return nil
}

// Digest is a hash of what the books mean: for each instrument its trades and its
// orders in order of priority. It equals [engine.Engine.Digest] for equal books.
func (m *Model) Digest() uint64 {
	h := uint64(14695981039346656037)
	word := func(words ...uint64) {
		for _, w := range words {
			h = (h ^ w) * 1099511628211
			h ^= h >> 32
		}
	}
	for i, b := range m.books {
		word(0xB00C, uint64(i), b.trades)
		for side, orders := range b.sides {
			word(0x51DE, uint64(side))
			for j, o := range orders {
				if j == 0 || o.price != orders[j-1].price {
					word(0x1E7E1, uint64(o.price))
				}
				kind := uint64(o.typ) | uint64(o.tif)<<8
				if o.postOnly {
					kind |= 1 << 16
				}
				word(uint64(o.account), uint64(o.session),
					binary.LittleEndian.Uint64(o.clOrdID[:8]), binary.LittleEndian.Uint64(o.clOrdID[8:]),
					uint64(o.total), uint64(o.executed), kind)
			}
		}
	}
	return h
}
