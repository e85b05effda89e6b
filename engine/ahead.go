package engine

import "unsafe"

// Ahead begins to fetch what Apply will look for first when a command comes that names an
// order by its client id: the id's entry in the table of the day, which is a cache miss
// for nearly every command. Called for one that is a few behind the one at hand, the miss
// passes while those are carried out; a command is too long for the processor to look
// beyond its end by itself. It changes nothing, may be called for any command, right or
// wrong, and may be left out: answers are the same (ADR 0018).
// hot
func (e *Engine) Ahead(c *Command) {
	if !c.ClOrdID.none() {
		t := &e.ids
		prefetch(unsafe.Pointer(t.entries.at(t.home(t.hash(c.Account, &c.ClOrdID)))))
	}
}
