package engine

import (
	"errors"
	"strconv"
)

// Check walks everything and returns the first law that is broken (SEMANTICS 9):
//
//   - a book in continuous trading is neither crossed nor locked; an order that is parked
//     unpriced is there only where there was a call
//   - a level has an order, and its total is the sum of its orders' leaves
//   - a queue's links agree in both directions, and so do an account's
//   - a side's best is its first level; a level in the window's range is in the window,
//     every other one is in the tree and in the price index
//   - an open order is in exactly one queue and one account list, and its ids find it
//   - every slot of the slabs is live xor free
//
// O(everything); tests call it after every command.
func (e *Engine) Check() error {
	queued := 0
	levels := 0
	for i := range e.books {
		b := &e.books[i]
		parked, parkedLevels, err := e.checkParked(InstrumentID(i))
		if err != nil {
			return err
		}
		queued += parked
		levels += parkedLevels
		for s := range b.sides {
			orders, err := e.checkSide(InstrumentID(i), Side(s))
			if err != nil {
				return err
			}
			queued += orders
			levels += b.sides[s].levels
		}
		if b.phase == Continuous && b.sides[Buy].best != 0 && b.sides[Sell].best != 0 {
			buy, sell := priceOf(Buy, b.sides[Buy].bestKey), priceOf(Sell, b.sides[Sell].bestKey)
			if buy >= sell {
				return broken("book is crossed or locked", i, int64(buy), int64(sell))
			}
		}
	}
	if queued != e.orders.live {
		return broken("orders in queues, orders live", 0, int64(queued), int64(e.orders.live))
	}
	if err := e.checkAccounts(); err != nil {
		return err
	}
	if err := e.checkIDs(); err != nil {
		return err
	}
	if err := e.checkExpiry(); err != nil {
		return err
	}
	return e.checkSlabs(levels)
}

func (e *Engine) checkSide(instrument InstrumentID, s Side) (orders int, err error) {
	side := &e.books[instrument].sides[s]
	if err := e.checkFar(instrument, side); err != nil {
		return 0, err
	}
	if err := e.checkNear(instrument, side); err != nil {
		return 0, err
	}
	n, last := 0, int64(-noKey)
	for lh := side.best; lh != 0; lh = e.after(side, last) {
		l := e.levels.at(lh)
		n++
		switch {
		case n == 1 && (l.key != side.bestKey || side.first() != lh):
			return 0, broken("best level", int(instrument), l.key, side.bestKey)
		case l.key <= last:
			return 0, broken("levels out of order", int(instrument), l.key, last)
		case side.find(l.key) != lh:
			return 0, broken("level is not found by its price", int(instrument), int64(side.find(l.key)), int64(lh))
		case n > side.levels:
			return 0, broken("levels walked, counted", int(instrument), int64(n), int64(side.levels))
		}
		last = l.key
		count, err := e.checkLevel(instrument, s, lh, l)
		if err != nil {
			return 0, err
		}
		orders += count
	}
	switch {
	case n == 0 && (side.bestKey != noKey || side.first() != 0):
		return 0, broken("no best level", int(instrument), side.bestKey, int64(side.first()))
	case n != side.levels:
		return 0, broken("levels walked, counted", int(instrument), int64(n), int64(side.levels))
	}
	return orders, nil
}

// first is a side's best level as window and tree have it, 0 for none.
func (s *side) first() handle {
	far, key := s.far.tree.first()
	if near := s.near.first(); near != 0 && key >= s.near.lo {
		return near // the tree has nothing within the window, so its first is behind it
	}
	return far
}

func (e *Engine) checkFar(instrument InstrumentID, side *side) error {
	f := &side.far
	if best, key := f.tree.first(); f.best != best || f.bestKey != key {
		return broken("far best is not the tree's first", int(instrument), f.bestKey, key)
	}
	walked := 0
	for lh := f.best; lh != 0; lh = f.tree.after(e.levels.at(lh).key) {
		key := e.levels.at(lh).key
		switch {
		case side.near.covers(key):
			return broken("level in the tree belongs into the window", int(instrument), key, side.near.lo)
		case f.index.find(key) != lh:
			return broken("price index does not find level", int(instrument), int64(f.index.find(key)), int64(lh))
		}
		walked++
	}
	indexed, displaced := 0, 0
	for i := range f.index.entries {
		if en := &f.index.entries[i]; en.level != 0 {
			indexed++
			if f.index.home(en.key) != uint64(i) {
				displaced++
			}
		}
	}
	switch {
	case displaced != f.index.displaced:
		return broken("price index entries not at home", int(instrument), int64(displaced), int64(f.index.displaced))
	case walked != f.tree.len() || walked != indexed:
		return broken("levels in the tree, in the index", int(instrument), int64(f.tree.len()), int64(indexed))
	}
	return nil
}

func (e *Engine) checkNear(instrument InstrumentID, side *side) error {
	n := &side.near
	if n.lo != blockOf(n.lo) || n.hi != blockOf(n.hi) || n.hi < n.lo || n.hi-n.lo > nearTicks {
		return broken("window's bounds", int(instrument), n.lo, n.hi)
	}
	if side.levels > 0 && n.summary == 0 && side.far.tree.len() == 0 {
		return broken("levels are nowhere", int(instrument), int64(side.levels), 0)
	}
	found := 0
	for w, word := range n.words {
		if word != 0 != (n.summary>>w&1 != 0) {
			return broken("window's summary", int(instrument), int64(w), int64(n.summary))
		}
		block := (*[blockTicks]handle)(n.slots[w*blockTicks:])
		if word == 0 && *block == [blockTicks]handle{} {
			continue // nearly always, and found out by one comparison
		}
		for i, lh := range block {
			at := w*blockTicks + i
			switch key := e.levels.at(lh).key; {
			case word>>i&1 != 0 != (lh != 0):
				return broken("window's mark of a level", int(instrument), int64(at), int64(lh))
			case lh != 0 && (!n.covers(key) || uint64(key)%nearTicks != uint64(at)):
				return broken("level is not at its place in the window", int(instrument), key, int64(at))
			case lh != 0:
				found++
			}
		}
	}
	if found+side.far.tree.len() != side.levels {
		return broken("levels near + far, counted", int(instrument), int64(found+side.far.tree.len()), int64(side.levels))
	}
	return nil
}

func (e *Engine) checkLevel(instrument InstrumentID, s Side, lh handle, l *level) (orders int, err error) {
	var total Qty
	seen := false // the order before was hidden
	hiddenOrders := 0
	anchor := e.queues.base + lh
	prev := anchor
	h := e.queues.at(anchor).next
	for ; h != anchor; h = e.queues.at(h).next {
		o := e.orders.at(h)
		switch {
		case h > e.queues.base || o.id == 0 || e.orders.slotOf(o.id) != h:
			return 0, broken("queued order's id", int(instrument), int64(h), int64(e.queues.base))
		case e.queues.at(h).prev != prev || o.level != lh || o.side != s || o.instrument != instrument:
			return 0, broken("queued order's links", int(instrument), int64(e.queues.at(h).prev), int64(prev))
		case o.leaves <= 0 || o.executed < 0 || !o.kind.Priced() && o.kind != MarketToLimit || !o.tif.Stays() || o.parked():
			return 0, broken("queued order's quantity or kind", int(instrument), int64(o.leaves), int64(o.executed))
		case *e.ended.at(e.endedPlace(o.id)) != 0:
			return 0, broken("open order is done", int(instrument), int64(o.id), int64(h))
		}
		if !o.clOrdID.none() {
			hash := e.ids.hash(o.account, &o.clOrdID)
			if of := e.ids.records.at(e.ids.find(hash, o.account, &o.clOrdID)).order; of != o.id {
				return 0, broken("client id of the day is not the order's", int(instrument), int64(of), int64(o.id))
			}
			if found := e.findOpen(hash, o.account, &o.clOrdID); found != h {
				return 0, broken("client id does not find its open order", int(instrument), int64(found), int64(h))
			}
		}
		if err := e.checkDetail(instrument, h, o); err != nil {
			return 0, err
		}
		switch veiled := *e.veiled.at(lh); {
		case veiled == h && o.traits&hidden == 0, veiled != 0 && o.traits&hidden != 0 != seen && veiled != h, veiled == 0 && o.traits&hidden != 0:
			return 0, broken("hidden orders behind shown ones", int(instrument), int64(h), int64(veiled))
		}
		if seen = o.traits&hidden != 0; seen {
			hiddenOrders++
		}
		total += e.leavesOf(h, o)
		orders++
		prev = h
	}
	switch {
	case orders == 0 || e.queues.at(anchor).prev != prev:
		return 0, broken("level's orders", int(instrument), int64(orders), int64(prev))
	case total != l.total:
		return 0, broken("level's total", int(instrument), int64(l.total), int64(total))
	}
	if hiddenOrders == 0 && *e.veiled.at(lh) != 0 {
		return 0, broken("level's first hidden order", int(instrument), int64(*e.veiled.at(lh)), 0)
	}
	return orders, nil
}

// checkDetail checks what an open order that is apart has.
func (e *Engine) checkDetail(where InstrumentID, h handle, o *order) error {
	d := e.details.at(h)
	switch {
	case o.traits&expires != 0 != (o.tif >= DAY):
		return broken("order's expiry", int(where), int64(h), int64(o.tif))
	case o.traits&expires != 0 && *e.heapOf(o).orders.at(d.heapAt) != h:
		return broken("order's place in its heap", int(where), int64(h), int64(d.heapAt))
	case o.traits&iceberg != 0 && (d.display < 1 || d.reserve < 0 || !o.parked() && o.leaves > d.display):
		return broken("iceberg's slice", int(where), int64(o.leaves), int64(d.display))
	case o.parked() && o.traits&iceberg != 0 && d.reserve != 0:
		return broken("parked iceberg's reserve", int(where), int64(h), int64(d.reserve))
	}
	return nil
}

// checkParked checks a book's parked orders, and how many levels they have.
func (e *Engine) checkParked(i InstrumentID) (orders, levels int, err error) {
	b := e.book(i)
	walk := func(list, level handle, trait traits, queue int) error {
		for h := e.queues.front(list); h != 0; h = e.queues.behind(h) {
			o := e.orders.at(h)
			switch {
			case o.id == 0 || o.leaves <= 0 || o.traits&trait == 0 || o.instrument != i:
				return broken("parked order", int(i), int64(h), int64(o.traits))
			case trait == waits && (o.level != level || triggerQueueOf(o.kind, o.side) != queue || triggerKey(queue, e.details.at(h).stop) != e.levels.at(level).key):
				return broken("parked order's queue", int(i), int64(h), int64(queue))
			}
			if err := e.checkDetail(i, h, o); err != nil {
				return err
			}
			orders++
		}
		return nil
	}
	for queue := range b.waiting {
		q := &b.waiting[queue]
		if best, key := q.tree.first(); best != q.best || key != q.bestKey {
			return 0, 0, broken("nearest parked level", int(i), q.bestKey, key)
		}
		if b.phase == Continuous && b.trades > 0 && q.best != 0 && q.bestKey <= triggerKey(queue, b.last) {
			return 0, 0, broken("parked order whose stop price was reached", int(i), q.bestKey, int64(b.last))
		}
		for lh := q.best; lh != 0; lh = q.tree.after(e.levels.at(lh).key) {
			levels++
			if err := walk(lh, lh, waits, queue); err != nil {
				return 0, 0, err
			}
		}
	}
	for s := range b.sides {
		if err := walk(e.unpricedList(i, Side(s)), 0, unpriced, 0); err != nil {
			return 0, 0, err
		}
	}
	if orders != b.parked {
		return 0, 0, broken("parked orders walked, counted", int(i), int64(orders), int64(b.parked))
	}
	return orders, levels, nil
}

// checkExpiry checks both heaps, and what icebergs hold.
func (e *Engine) checkExpiry() error {
	earliest, slices, parked := never, 0, 0
	for i, heap := range []*expiryHeap{&e.dates, &e.days} {
		for n := uint32(1); n <= heap.n; n++ {
			h := *heap.orders.at(n)
			o := e.orders.at(h)
			if o.id == 0 || o.traits&expires == 0 || (o.tif == DAY) != (i == 1) || n > 1 && e.sooner(h, *heap.orders.at(n / 2)) {
				return broken("heap of orders that expire", i, int64(n), int64(h))
			}
			earliest = min(earliest, e.details.at(h).expires)
		}
	}
	for h := 1; h < e.orders.n; h++ {
		if o := e.orders.at(handle(h)); o.id != 0 && o.traits&iceberg != 0 {
			slices += int(e.details.at(handle(h)).slices)
		}
	}
	for i := range e.books {
		parked += e.books[i].parked
	}
	switch {
	case earliest != e.earliest:
		return broken("when the first order expires", 0, int64(e.earliest), int64(earliest))
	case slices != e.slices || slices > e.limits.SlicesMax:
		return broken("slices of icebergs", 0, int64(e.slices), int64(slices))
	case parked != e.parked || parked > e.limits.ParkedMax:
		return broken("parked orders of all books, counted", 0, int64(parked), int64(e.parked))
	}
	return nil
}

func (e *Engine) checkAccounts() error {
	listed := 0
	for i := range e.limits.AccountsMax {
		anchor := e.owned.base + accountList(AccountID(i))
		prev := anchor
		for h := e.owned.at(anchor).next; h != anchor; h = e.owned.at(h).next {
			o := e.orders.at(h)
			if e.owned.at(h).prev != prev || o.account != AccountID(i) || o.id == 0 {
				return broken("account's list", i, int64(e.owned.at(h).prev), int64(prev))
			}
			if prev != anchor && e.orders.at(prev).id >= o.id {
				return broken("account's entry order", i, int64(e.orders.at(prev).id), int64(o.id))
			}
			listed++
			prev = h
		}
		if e.owned.at(anchor).prev != prev {
			return broken("account's newest order", i, int64(e.owned.at(anchor).prev), int64(prev))
		}
	}
	if listed != e.orders.live {
		return broken("orders in accounts, orders live", 0, int64(listed), int64(e.orders.live))
	}
	return nil
}

// checkIDs compares both tables of client ids with what is in them; that an open order's id
// is in both is checked where its queue is.
func (e *Engine) checkIDs() error {
	t := &e.ids
	marked := 0
	for g := handle(0); g <= t.mask; g++ {
		tags, places := t.tags.at(g), t.places.at(g)
		if *tags == [idGroup]byte{} && *places == [idGroup]handle{} {
			continue
		}
		for i, tag := range tags {
			record := places[i]
			if tag == 0 {
				if record != 0 || i+1 < idGroup && tags[i+1] != 0 {
					return broken("a group of ids has an empty place with a record, or before a used one", int(g), int64(i), int64(record))
				}
				continue
			}
			marked++
			r := t.records.at(record)
			if int(record) > t.used || r.id.none() || t.find(t.hash(r.account, &r.id), r.account, &r.id) != record {
				return broken("client id is not found", int(g), int64(i), int64(record))
			}
		}
	}
	if marked != t.used {
		return broken("client ids with a place, used", 0, int64(marked), int64(t.used))
	}
	chained := 0
	for c := range e.open.chains {
		for h := *e.open.heads.at(c); h != 0; {
			o := e.orders.at(h)
			if o.id == 0 || e.open.chain(e.ids.hash(o.account, &o.clOrdID)) != c || chained >= e.orders.live {
				return broken("chain of client ids", int(c), int64(h), int64(o.id))
			}
			chained++
			h = o.nextID
		}
	}
	named := 0
	for a := range e.limits.AccountsMax {
		for h := e.owned.front(accountList(AccountID(a))); h != 0; h = e.owned.behind(h) {
			if !e.orders.at(h).clOrdID.none() {
				named++
			}
		}
	}
	if chained != named {
		return broken("open orders in chains, with a client id", 0, int64(chained), int64(named))
	}
	return nil
}

func (e *Engine) checkSlabs(levels int) error {
	free := 0
	top := 0 // the highest slot ever used
	for h := e.orders.free; h != 0; h = e.queues.at(h).next {
		if int(h) >= e.orders.n || e.orders.at(h).id != 0 {
			return broken("free order slot is live", 0, int64(h), int64(free))
		}
		free++
		top = max(top, int(h))
	}
	if free > 0 && top > free+e.orders.live {
		return broken("order slots lost", 0, int64(top), int64(free+e.orders.live))
	}
	free = 0
	for h := e.levels.free; h != 0; h = handle(e.levels.at(h).key) {
		free++
	}
	if free+levels != e.levels.used {
		return broken("level slots free + live, used", 0, int64(free+levels), int64(e.levels.used))
	}
	return nil
}

func broken(law string, where int, got, want int64) error {
	return errors.New("engine: broken law: " + law + " (at " + strconv.Itoa(where) + ": " +
		strconv.FormatInt(got, 10) + ", " + strconv.FormatInt(want, 10) + ")")
}
