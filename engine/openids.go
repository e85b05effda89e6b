package engine

// openIDs finds an open order by the client id it has now: a chain of orders for each value
// of some bits of the hash, two chains for each order that was ever open at once. Its law: an
// order with a client id is in it while it is in its account's list, in the chain that its
// hash says, once.
//
// Chains are added one by one as more orders are open (linear hashing: W. Litwin, VLDB 1980),
// in memory made for OrdersMax: what a chain is split into is the next one and itself. So no
// order pays for a table that doubles, and a venue with few open orders touches few lines,
// whatever its limit is.
//
//	heads   0 ... split-1 │ split ... mask/2 │ mask/2+1 ... chains-1 │ not yet
//	        split already │ to be split      │ what split off        │
type openIDs struct {
	heads  slab[handle]
	mask   handle // the bits of a hash that name a chain: the smallest 2^n - 1 that is chains-1 or more
	chains handle
}

// chainsMin is how many chains there are at first.
const chainsMin = 64

func newOpenIDs(memory Memory, ordersMax int) openIDs {
	size := chainsMin
	for size < 2*ordersMax {
		size *= 2
	}
	return openIDs{heads: newSlab[handle](memory, size), mask: chainsMin - 1, chains: chainsMin}
}

// chain is the chain of a hash. (The table of the day has its places from the bits above.)
func (t *openIDs) chain(hash idHash) handle {
	c := handle(hash>>16) & t.mask
	if c >= t.chains {
		c &= t.mask >> 1
	}
	return c
}

// findOpen is the open order that an account's client id names now, 0 for none.
// hot
func (e *Engine) findOpen(hash idHash, a AccountID, id *ClOrdID) handle {
	h := *e.open.heads.at(e.open.chain(hash))
	for h != 0 {
		o := e.orders.at(h)
		if o.clOrdID == *id && o.account == a {
			return h
		}
		h = o.nextID
	}
	return 0
}

// hot
func (e *Engine) addOpenID(hash idHash, h handle, o *order) {
	head := e.open.heads.at(e.open.chain(hash))
	o.nextID = *head
	*head = h
}

// hot
func (e *Engine) removeOpenID(hash idHash, h handle, o *order) {
	at := e.open.heads.at(e.open.chain(hash))
	for *at != h {
		at = &e.orders.at(*at).nextID
	}
	*at = o.nextID
}

// spread adds chains until there are two for each open order.
func (e *Engine) spread() {
	t := &e.open
	for int(t.chains) < 2*e.orders.live {
		if t.chains > t.mask {
			t.mask = t.mask<<1 | 1
		}
		added := t.chains
		t.chains++
		from, to := t.heads.at(added&(t.mask>>1)), t.heads.at(added)
		*to = 0
		for h := *from; h != 0; {
			o := e.orders.at(h)
			next := o.nextID
			if t.chain(e.ids.hash(o.account, &o.clOrdID)) == added {
				*from = next
				o.nextID, *to = *to, h
			} else {
				from = &o.nextID
			}
			h = next
		}
	}
}
