package engine

import "unsafe"

// Ahead begins to fetch what Apply will look for first when a command comes that brings a
// client id or names an order by one. Called for one that is a few behind the one at hand, the
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
