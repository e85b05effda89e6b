package engine

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// The command that a venue gets most often is a limit order, good till canceled, with no flag,
// at a price near the best, that trades with nobody. It has a path of its own, straight from the
// command to the book, in this file; other limit orders are in enter.go, and all types, and every
// refusal, in anyorder.go.
//
// The path refuses nothing and knows no exception. It looks whether everything is plain, says
// no before anything has changed if it is not, and then enterAny is the judge of the whole
// command. So what stands here is never the only place of a rule; that it does the same as
// enterAny for what it does do, the twin and the tests of every build see (Limits.TreeOnly and
// far prices never take it).

// plainHead is the first word of such a command behind its time, for a buy.
const plainHead = uint64(CmdEnter) | uint64(Buy)<<8 | uint64(Limit)<<16 | uint64(GTC)<<24

// plain says whether a command is such an enter, but for its numbers.
func (c *Command) plain() bool {
	head := binary.LittleEndian.Uint64((*[8]byte)(unsafe.Pointer(&c.Kind))[:])
	return head&^(uint64(Sell)<<8) == plainHead && !c.more()
}

// more says whether a command has one of the fields that a limit order can do without.
func (c *Command) more() bool {
	return uint64(c.StopPrice)|uint64(c.DisplayQty)|uint64(c.MinQty)|uint64(c.ExpireTime)|uint64(c.SelfTrade) != 0
}

// plainMax bounds the numbers here: no product of two is too large for a notional.
const plainMax = 1<<31 - 1

// enterPlain carries out a plain enter and says whether it did.
// walk 9
// hot
func (e *Engine) enterPlain(c *Command, ev *Events) bool {
	if int(c.Instrument) >= len(e.books) || int(c.Account) >= e.limits.AccountsMax {
		return false
	}
	b := &e.books[c.Instrument]
	price, qty := c.Price, c.Qty
	if uint64(price-1) >= b.plainTicks || uint64(qty-1) >= b.plainLots {
		return false
	}
	key := keyOf(c.Side, price)
	own := b.side(c.Side)
	if b.crosses(c.Side, -key) || !own.near.covers(key) || own.hidden != 0 {
		return false
	}
	lh := own.near.at(key)
	if lh == 0 && own.levels >= e.limits.LevelsPerSideMax || e.levels.at(lh).total > math.MaxInt64-plainMax ||
		e.issued == e.issuedMax || e.orders.live >= e.limits.OrdersMax {
		return false
	}
	named, hash := !c.ClOrdID.none(), idHash(0)
	if named {
		hash = e.ids.hash(c.Account, &c.ClOrdID)
		if !e.ids.isNew(hash) || e.ids.full() {
			return false
		}
	}

	h := e.takeSlot()
	o := e.orders.at(h)
	e.issued++
	id := OrderID(e.issued<<(e.orders.slotBits&63) | uint64(h))
	o.id, o.leaves, o.executed = id, qty, 0
	o.clOrdID.copy(&c.ClOrdID)
	o.account, o.session = c.Account, c.Session
	o.begin(c.Instrument, c.Side, Limit, GTC)

	x := ev.blank()
	x.begin(ev, headOf(EvAccepted, FlagRests|FlagLast, ReasonNone, c.Side, Limit, GTC), c.Instrument, c.Session)
	x.OrderID = id
	x.ClOrdID.copy(&c.ClOrdID)
	x.Price, x.Qty, x.Leaves = price, qty, qty
	x.noContra()

	if named {
		e.ids.add(hash, c.Account, &c.ClOrdID, c, id)
	}
	e.admit(hash, h, o)
	if lh == 0 { // enqueue, of a shown order on a side without hidden ones
		lh = e.openLevel(own, key)
	}
	o.level = lh
	e.levels.at(lh).total += qty
	e.queues.pushBack(lh, h)
	return true
}
