package engine

import "unsafe"

// largeOrders is how many orders are open where one that is named is no longer likely to be in
// the second-level cache: a MiB of them.
const largeOrders = 1 << 14

// IsLarge says whether so many orders are open that Ahead has something to do for a command
// that names its order by the exchange's id.
func (e *Engine) IsLarge() bool { return e.orders.live >= largeOrders }

// Ahead begins to fetch what Apply will look for first when a command comes that brings a
// client id or names an order by one, or, while the book is large, by the exchange's id. Called for one that is a few behind the one at hand, the
// misses pass while those are carried out; a command is too long for the processor to look
// beyond its end by itself. It changes nothing, may be called for any command, right or
// wrong, and may be left out: answers are the same (ADR 0018).
// hot
func (e *Engine) Ahead(c *Command) {
	if !c.ClOrdID.none() {
		hash := e.ids.hash(c.Account, &c.ClOrdID)
		if c.Kind == CmdEnter {
			e.ids.ahead(hash)
		} else {
			prefetch(unsafe.Pointer(e.open.heads.at(e.open.chain(hash))))
		}
	}
	if c.OrderID != 0 && e.IsLarge() {
		if h := e.orders.slotOf(c.OrderID); int(h) < e.orders.n {
			prefetch(unsafe.Pointer(e.orders.at(h)))
			prefetch(unsafe.Pointer(e.queues.at(h)))
			prefetch(unsafe.Pointer(e.owned.at(h)))
		}
	}
	if c.Kind == CmdReplace && !c.NewClOrdID.none() {
		e.ids.ahead(e.ids.hash(c.Account, &c.NewClOrdID))
	}
}

// ahead fetches where a new id will be looked for and put.
func (t *idTable) ahead(hash idHash) {
	g := t.home(hash)
	prefetch(unsafe.Pointer(t.tags.at(g)))
	prefetch(unsafe.Pointer(t.places.at(g)))
}

// Warm begins to fetch what a next command writes to whichever it is: the slot of a new order,
// the next client id's record, the next end. For an idle moment; it changes nothing, and may be left out.
// hot
func (e *Engine) Warm() {
	h := e.orders.free
	if h == 0 {
		h = handle(e.orders.live + 1)
	}
	if int(h) < e.orders.n {
		prefetch(unsafe.Pointer(e.orders.at(h)))
		prefetch(unsafe.Pointer(e.queues.at(h)))
		prefetch(unsafe.Pointer(e.owned.at(h)))
	}
	if !e.ids.full() {
		prefetch(unsafe.Pointer(e.ids.records.at(handle(e.ids.used + 1))))
	}
	if next := e.gone + 1; int(next) < e.done.n {
		prefetch(unsafe.Pointer(e.done.at(next)))
	}
}
