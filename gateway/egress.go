package gateway

import (
	"pricetime/engine"
	"pricetime/gateway/stamps"
	"pricetime/gateway/wire/jsonl"
)

// egress is the duty cycle from the event ring to sockets:
//
//	event ring -> route -> encode into outboxes ┐
//	public ring -> fan out to subscribers ──────┴─> (end of batch) write
//
// A batch's output for one session leaves in one write.
type egress struct{ *door }

// Poll routes what the core and the feed have made.
// hot
func (eg *egress) Poll() int {
	lo, n := eg.events.Poll(eg.limits.RouteBatchMax)
	for i := range n {
		eg.route(eg.events.Slot(lo + uint64(i)))
	}
	if n > 0 {
		eg.events.Release(lo + uint64(n) - 1)
		eg.passed(stamps.Encoded)
	}
	eg.writeAll() // before the public: an answer does not wait for market data
	lo, m := eg.public.Poll(eg.limits.FanOutBatchMax)
	for i := range m {
		eg.fanOut(eg.public.Slot(lo + uint64(i)))
	}
	if m > 0 {
		eg.public.Release(lo + uint64(m) - 1)
		eg.writeAll()
	}
	return n + m
}

// route gives what happened to an order to its owner, an execution to both owners, and
// an answer to the session whose command made it. Whoever sends a command is told of
// another session's order only where it asked for that: a cancel, a reduce or a replace
// of an order of its account. What its command set off beside (orders that expire, are
// triggered, or meet it as their own) is their owners' business alone.
// walk 13
// hot
func (eg *egress) route(ev *engine.Event) {
	switch ev.Kind {
	case engine.EvExecuted:
		eg.answer(ev.Session, ev, jsonl.RoleIncoming)
		eg.answer(ev.ContraSession, ev, jsonl.RoleResting)
	case engine.EvAccepted, engine.EvRested, engine.EvParked, engine.EvTriggered, engine.EvRefreshed:
		eg.answer(ev.Session, ev, jsonl.RoleIncoming)
	case engine.EvCanceled:
		eg.answer(ev.Session, ev, jsonl.RoleIncoming)
		if ev.Session != ev.By && ev.Reason == engine.ReasonCanceled {
			eg.answer(ev.By, ev, jsonl.RoleIncoming)
		}
	case engine.EvReduced:
		eg.answer(ev.Session, ev, jsonl.RoleIncoming)
		if ev.Session != ev.By && ev.Flags&engine.FlagLast != 0 { // else self-trade prevention did it
			eg.answer(ev.By, ev, jsonl.RoleIncoming)
		}
	case engine.EvReplaced:
		eg.answer(ev.By, ev, jsonl.RoleIncoming)
		if ev.ContraSession != ev.By {
			eg.answer(ev.ContraSession, ev, jsonl.RoleIncoming)
		}
	default:
		eg.answer(ev.By, ev, jsonl.RoleIncoming)
	}
	if ev.Kind == engine.EvKilled && engine.Scope(ev.Phase) == engine.ScopeSession && ev.Flags&engine.FlagKilled != 0 {
		eg.cutKilled(ev)
	}
	if ev.Flags&engine.FlagLast != 0 {
		if s := eg.live(ev.By); s != nil {
			s.inFlight--
			if ev.Kind == engine.EvSessionLost {
				eg.free(s)
			}
		}
		eg.inFlight--
	}
}

// hot
func (eg *egress) answer(id engine.SessionID, ev *engine.Event, role jsonl.Role) {
	s := eg.live(id)
	if s == nil {
		return
	}
	why := cause(id == ev.By)
	if b := eg.room(s, why); b != nil {
		eg.commit(s, eg.encoder.AppendAnswers(b, ev, role, &s.sequence), why)
	}
}

// cutKilled ends the session that a kill was about: it is told, and has its orders' ends
// before that.
func (eg *egress) cutKilled(ev *engine.Event) {
	s := eg.live(engine.SessionID(ev.OrderID))
	if s == nil || s.state == sessionLost {
		return
	}
	if s.id != ev.By {
		eg.answer(s.id, ev, jsonl.RoleIncoming)
	}
	if s.state != sessionLost {
		eg.flush(s)
	}
	if s.state != sessionLost {
		eg.log.Info("session ended", "session", uint32(s.id), "reason", "killed")
		eg.hangUp(s, false)
	}
}

// fanOut copies a market-data message to everyone it is for.
func (eg *egress) fanOut(m *publicMessage) {
	if m.session == 0 {
		for _, slot := range eg.subscribers[m.channel][m.instrument] {
			eg.send(&eg.sessions[slot], m)
		}
		return
	}
	s := eg.live(m.session)
	if s == nil || s.state == sessionLost {
		return
	}
	eg.send(s, m)
	if m.joins {
		eg.join(s, m.channel, m.instrument)
	}
}

func (eg *egress) send(s *session, m *publicMessage) {
	if m.n == 0 {
		return
	}
	why := cause(m.session != 0) // its own snapshot
	if b := eg.room(s, why); b != nil {
		eg.commit(s, append(b, m.data[:m.n]...), why)
	}
}

// writeAll tries every session that has new output.
// hot
func (eg *egress) writeAll() {
	for _, slot := range eg.dirty {
		s := &eg.sessions[slot]
		s.dirty = false
		if s.state == sessionOpen || s.state == sessionDraining {
			eg.flush(s)
		}
	}
	eg.dirty = eg.dirty[:0]
}
