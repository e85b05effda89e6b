package engine

import "slices"

// killedSessionsMax is how many sessions can be killed at a time.
const killedSessionsMax = 1024

// account is what limits an account.
type account struct {
	group  uint32 // of accounts that do not trade with each other; 0 for none
	cap    Qty    // open orders; 0 for no cap
	killed bool
}

// kills are the kill switches that are in force, but for those of accounts and books.
type kills struct {
	venue    bool
	accounts int         // how many
	sessions []SessionID // in the order they were killed; of capacity killedSessionsMax
}

// isKilled says whether an order of an account and session may not be entered or replaced.
func (e *Engine) isKilled(b *book, a AccountID, s SessionID) bool {
	return b.killed || e.killed.venue || e.accounts.at(handle(a)).killed || slices.Contains(e.killed.sessions, s)
}

// setAccount sets what limits an account.
func (e *Engine) setAccount(c *Command, ev *Events) {
	if int(c.Account) >= e.limits.AccountsMax || c.Qty < 0 {
		ev.cancelRejected(c, NoInstrument, ReasonBadCommand)
		return
	}
	a := e.accounts.at(handle(c.Account))
	e.capped += int(bit(c.Qty > 0)) - int(bit(a.cap > 0))
	a.group, a.cap = c.Target, c.Qty
	e.settleAllPlain()
	ev.summary(EvAccountSet, a.cap)
	ev.last().OrderID = OrderID(c.Account)
}

// atCap says whether an account has as many open orders as it may. O(its cap)
func (e *Engine) atCap(a AccountID) bool {
	cap := e.accounts.at(handle(a)).cap
	if cap == 0 {
		return false
	}
	n := Qty(0)
	for h := e.owned.front(accountList(a)); h != 0 && n < cap; h = e.owned.behind(h) {
		n++
	}
	return n == cap
}

// kill takes out all orders of a scope and refuses new ones, or ends that.
func (e *Engine) kill(c *Command, ev *Events) {
	if reason := e.checkKill(c); reason != ReasonNone {
		ev.cancelRejected(c, NoInstrument, reason)
		return
	}
	on := c.Flags&CmdFlagLift == 0
	about, n := uint64(0), Qty(0)
	instrument := NoInstrument
	switch c.Scope {
	case ScopeAccount:
		about = uint64(c.Account)
		a := e.accounts.at(handle(c.Account))
		e.killed.accounts += int(bit(on)) - int(bit(a.killed))
		a.killed = on
	case ScopeSession:
		about = uint64(c.Target)
		at := slices.Index(e.killed.sessions, SessionID(c.Target))
		if on && at < 0 {
			e.killed.sessions = append(e.killed.sessions, SessionID(c.Target))
		} else if !on && at >= 0 {
			e.killed.sessions = slices.Delete(e.killed.sessions, at, at+1)
		}
	case ScopeInstrument:
		instrument = c.Instrument
		e.books[c.Instrument].killed = on
	case ScopeVenue:
		e.killed.venue = on
	}
	if on {
		n = e.takeOutScope(c, ev)
	}
	e.settleAllPlain()
	x := ev.next(EvKilled)
	x.Session, x.Instrument, x.OrderID, x.Phase, x.Qty = c.Session, instrument, OrderID(about), Phase(c.Scope), n
	if on {
		x.Flags = FlagKilled
	}
}

func (e *Engine) checkKill(c *Command) Reason {
	switch {
	case c.Scope < ScopeAccount || c.Scope > ScopeVenue, c.Scope <= ScopeSession && int(c.Account) >= e.limits.AccountsMax:
		return ReasonBadCommand
	case c.Scope == ScopeInstrument && int(c.Instrument) >= len(e.books):
		return ReasonUnknownInstrument
	case c.Scope == ScopeSession && c.Flags&CmdFlagLift == 0 && len(e.killed.sessions) == killedSessionsMax &&
		!slices.Contains(e.killed.sessions, SessionID(c.Target)):
		return ReasonIDLimit
	}
	return ReasonNone
}

// takeOutScope takes out the orders that a kill is about.
func (e *Engine) takeOutScope(c *Command, ev *Events) (n Qty) {
	of := Command{Scope: c.Scope, Account: c.Account, Session: SessionID(c.Target), Instrument: c.Instrument}
	switch c.Scope {
	case ScopeInstrument:
		return e.cancelInstrument(&of, ReasonKillSwitch, ev)
	case ScopeVenue:
		for i := range e.books {
			of.Instrument = InstrumentID(i)
			n += e.cancelInstrument(&of, ReasonKillSwitch, ev)
		}
		return n
	}
	return e.cancelAccount(&of, ReasonKillSwitch, ev)
}

// settlePlain finds out whether a plain limit order may take the common path in a book: see
// book.plain.
func (e *Engine) settlePlain(b *book) {
	in := &b.instrument
	b.plain = b.phase == Continuous && !b.killed && !e.killed.venue && e.killed.accounts == 0 && len(e.killed.sessions) == 0 &&
		e.capped == 0 && in.NotionalMax == 0 && in.SelfTrade <= SelfTradeNone &&
		!(in.Reference != 0 && in.Static.set()) && !in.Dynamic.set()
	b.plainTicks, b.plainLots = 0, 0
	if b.plain {
		b.plainTicks, b.plainLots = uint64(min(b.ticksMax, plainMax)), uint64(min(in.QtyMax, plainMax))
	}
}

func (e *Engine) settleAllPlain() {
	for i := range e.books {
		e.settlePlain(&e.books[i])
	}
}
