package model

import "pricetime/engine"

// areOwn says whether two orders must not trade with each other: they are of one
// account, or of accounts of one group.
func (m *Model) areOwn(a, b *order) bool {
	group := m.accounts[a.account].group
	return a.account == b.account || group != 0 && group == m.accounts[b.account].group
}

// meetOwn is what becomes of an incoming order and the one of its own that is next in
// line. The incoming order's mode decides.
func (m *Model) meetOwn(in, resting *order) {
	switch in.selfTrade {
	case engine.SelfTradeNewest:
		m.end(in, engine.ReasonSelfTrade)
	case engine.SelfTradeOldest:
		m.takeOut(resting, engine.ReasonSelfTrade)
	case engine.SelfTradeBoth:
		m.takeOut(resting, engine.ReasonSelfTrade)
		m.end(in, engine.ReasonSelfTrade)
	case engine.SelfTradeDecrement:
		m.decrement(in, resting)
	}
}

// decrement takes the smaller of two orders out, and as much off the larger one.
func (m *Model) decrement(in, resting *order) {
	mine, theirs := in.leaves(), resting.leaves()
	switch {
	case theirs < mine:
		m.takeOut(resting, engine.ReasonSelfTrade)
		m.lower(in, in.total-theirs)
	case theirs > mine:
		m.lower(resting, resting.total-mine)
		m.end(in, engine.ReasonSelfTrade)
	default:
		m.takeOut(resting, engine.ReasonSelfTrade)
		m.end(in, engine.ReasonSelfTrade)
	}
}
