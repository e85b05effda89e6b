package jsonl

import (
	"pricetime/engine"
	"pricetime/gateway/wire"
)

// operator appends the line about an event of the venue's own commands, for the
// session that sent the command; nothing of any other event.
func (e *Encoder) operator(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	switch ev.Kind {
	case engine.EvPhase:
		dst = e.whole(append(dst, `{"type":"phase","sequence":`...), ev, sequence)
		dst = appendWord(dst, `,"phase":"`, phaseNames[ev.Phase])
		if ev.Qty != 0 { // the uncross that led to it
			dst = e.price(append(dst, `,"price":"`...), ev.Instrument, ev.Price)
			dst = e.qty(append(dst, `,"size":"`...), ev.Instrument, ev.Qty)
		}
	case engine.EvKilled:
		dst = e.whole(append(dst, `{"type":"killed","sequence":`...), ev, sequence)
		scope := engine.Scope(ev.Phase)
		dst = appendWord(dst, `,"scope":"`, scopeNames[scope])
		if scope == engine.ScopeSession {
			dst = appendNumber(append(dst, `,"session":"`...), uint64(ev.OrderID))
		}
		if ev.Flags&engine.FlagKilled != 0 {
			dst = append(dst, `,"action":"kill"`...)
		} else {
			dst = append(dst, `,"action":"lift"`...)
		}
		dst = wire.AppendUint(append(dst, `,"count":`...), uint64(ev.Qty))
	case engine.EvDayRolled:
		dst = e.whole(append(dst, `{"type":"day_rolled","sequence":`...), ev, sequence)
		dst = wire.AppendUint(append(dst, `,"count":`...), uint64(ev.Qty))
	case engine.EvInstrument:
		dst = e.whole(append(dst, `{"type":"instrument","sequence":`...), ev, sequence)
		dst = appendWord(dst, `,"phase":"`, phaseNames[ev.Phase])
		if ev.Flags&engine.FlagKilled != 0 {
			dst = append(dst, `,"reason":"killed"`...)
		}
		if ev.Qty != 0 { // there was a trade
			dst = e.price(append(dst, `,"price":"`...), ev.Instrument, ev.Price)
			dst = appendNumber(append(dst, `,"trade_id":"`...), ev.TradeID)
		}
		dst = wire.AppendUint(append(dst, `,"count":`...), uint64(ev.Leaves))
	case engine.EvInstrumentsEnd:
		dst = e.whole(append(dst, `{"type":"instruments_end","sequence":`...), ev, sequence)
		dst = wire.AppendUint(append(dst, `,"count":`...), uint64(ev.Qty))
	default:
		return dst
	}
	return endLine(dst)
}

// whole goes on behind `"sequence":` in a line about no order; what an event has in
// OrderID then is no order's.
func (e *Encoder) whole(dst []byte, ev *engine.Event, sequence *uint64) []byte {
	return e.which(appendSequence(dst, sequence), ev, 0, &engine.ClOrdID{})
}
