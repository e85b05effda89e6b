// Package model is the engine's slow and obvious twin: the same commands, the
// same rules (docs/rules.md), the same events, written so that a reader can see that it
// is right. It is the oracle of the engine's tests and of nothing else.
//
//	a book side     a slice of orders, best price first, shown before hidden, then first come
//	parked orders   four slices of those that wait for a print, two of those without a price
//	an order        a struct; Go's collector has it
//	ids, accounts   Go maps
//
// There is no level (a level is a run of equal prices), no index, no pool and no
// cached total: whatever can be counted is counted again. Its order ids are
// 1, 2, 3 ... in order of acceptance; a test that compares it with the engine
// renames the engine's ids to these.
//
//	model.go      what there is, and which command goes where
//	enter.go      the checks of an enter, and what an accepted order does
//	numbers.go    the numbers of a command, read and checked
//	bands.go      collars, and how far an order without a price trades
//	incoming.go   an incoming order: what it needs, what it trades, what is left of it
//	selftrade.go  an incoming order that meets one of its own
//	triggers.go   parked orders, and who is triggered when
//	amend.go      cancel, reduce, replace
//	call.go       phases, and the uncross
//	day.go        time, expiry, the day's roll
//	kill.go       kill switch, accounts
//	report.go     mass cancel, a lost session, status and reports
//	queues.go     the slices of a book
//	events.go     the events, field by field
//	check.go      the laws
//	digest.go     the digest
package model

import (
	"slices"

	"pricetime/engine"
)

// Model is all books of a venue and the trading day's memory of orders and
// client ids. Its law is [Model.Check].
type Model struct {
	limits engine.Limits
	books  []*book
	now    engine.Time // the latest time of any command

	issued      engine.OrderID // the newest order's id
	issuedToday int
	orders      map[engine.OrderID]*order // all that are open, and those that ended today
	open        []*order                  // in entry order
	names       map[name]use

	accounts       map[engine.AccountID]account
	killedSessions []engine.SessionID // as they were killed
	killed         bool               // the venue

	// The command that is being applied, and what came of it.
	seq     engine.Seq
	cmd     *engine.Command
	events  []engine.Event
	expired int            // orders, by time
	prints  []engine.Price // that have elected nothing yet
}

// A book is one instrument.
type book struct {
	instrument engine.Instrument
	phase      engine.Phase
	killed     bool

	sides    [2][]*order // each best price first; at a price shown before hidden, then first come
	waiting  [4][]*order // for a print: buy stops, sell stops, buy take-profits, sell take-profits, each nearest first
	unpriced [2][]*order // market orders in a call, first come first served

	trades uint64
	last   engine.Price // of the last trade, if there was one
}

// An order is known until the day rolls after its end.
type order struct {
	id         engine.OrderID
	account    engine.AccountID
	session    engine.SessionID // of who entered or last replaced it
	clOrdID    engine.ClOrdID   // the current one
	instrument engine.InstrumentID
	side       engine.Side
	typ        engine.OrderType
	tif        engine.TimeInForce
	postOnly   bool
	hidden     bool
	selfTrade  engine.SelfTrade // never SelfTradeDefault
	price      engine.Price     // 0 of a type without one
	stop       engine.Price     // 0 of a type that does not trigger
	total      engine.Qty
	executed   engine.Qty
	minimum    engine.Qty  // what must trade at once; 0: nothing
	display    engine.Qty  // of an iceberg; 0: it is none
	shown      engine.Qty  // of an iceberg in the book: what is left of its slice
	slices     engine.Qty  // of an iceberg: what it holds of the venue's
	expires    engine.Time // 0: never

	place    place
	ended    engine.Reason // ReasonNone while it is open
	canceled engine.Qty    // what was taken out when it ended
}

// place is where an order stands.
type place uint8

const (
	nowhere  place = iota // it is done, or incoming, or elected and not triggered yet
	inBook                // in sides
	waiting               // in one of the four queues
	unpriced              // a market order in a call
)

func (o *order) leaves() engine.Qty { return o.total - o.executed }
func (o *order) parked() bool       { return o.place == waiting || o.place == unpriced }
func (o *order) iceberg() bool      { return o.display > 0 }

// priced says whether an order has a price. A market-to-limit order has, from its entry.
func (o *order) priced() bool { return o.typ.Priced() || o.typ == engine.MarketToLimit }

// shows is what others may trade with before the order has to queue again: an iceberg's
// slice, else everything.
func (o *order) shows() engine.Qty {
	if o.iceberg() {
		return o.shown
	}
	return o.leaves()
}

// slicesFor is what an iceberg of some leaves has in reserve, in slices.
func slicesFor(leaves, display engine.Qty) engine.Qty { return (leaves - 1) / display }

// An account is what CmdAccount and CmdKill set.
type account struct {
	group  uint32
	cap    engine.Qty
	killed bool
}

// A name is a client id, which belongs to an account.
type name struct {
	account engine.AccountID
	id      engine.ClOrdID
}

// A use is what a client id was used for. The same command again is a resend;
// another one is a duplicate.
type use struct {
	order *order
	sent  content
}

// Content is what must be equal for a command to be the same one sent again. A
// command that the door found a fault in is never the same.
type content struct {
	kind       engine.CommandKind
	target     *order // of a replace
	instrument engine.InstrumentID
	side       engine.Side
	typ        engine.OrderType
	tif        engine.TimeInForce
	flags      engine.CommandFlags
	selfTrade  engine.SelfTrade
	// As sent:
	price, stop          engine.Price
	qty, display, minQty engine.Qty
	expire               engine.Time
}

// New makes a model with empty books, each in the phase that its instrument begins in.
// It trusts its arguments: [engine.New] is the one that checks them.
func New(limits engine.Limits, instruments []engine.Instrument) *Model {
	m := &Model{
		limits:   limits,
		orders:   make(map[engine.OrderID]*order),
		names:    make(map[name]use),
		accounts: make(map[engine.AccountID]account),
	}
	for _, in := range instruments {
		m.books = append(m.books, &book{instrument: in, phase: in.Opens})
	}
	return m
}

// Apply carries out one command and returns its events, which the caller may keep.
func (m *Model) Apply(seq engine.Seq, c *engine.Command) []engine.Event {
	m.seq, m.cmd, m.events = seq, c, nil
	m.now = max(m.now, c.Time)
	m.expire()
	switch c.Kind {
	case engine.CmdEnter:
		m.enter()
	case engine.CmdCancel:
		m.cancel()
	case engine.CmdReduce:
		m.reduce()
	case engine.CmdReplace:
		m.replace()
	case engine.CmdMassCancel:
		m.massCancel()
	case engine.CmdSessionLost:
		m.sessionLost()
	case engine.CmdStatus:
		m.status()
	case engine.CmdOrders:
		m.reportOrders()
	case engine.CmdTime:
		m.time()
	case engine.CmdPhase:
		m.changePhase()
	case engine.CmdKill:
		m.kill()
	case engine.CmdRollDay:
		m.rollDay()
	case engine.CmdAccount:
		m.setAccount()
	case engine.CmdInstruments:
		m.reportInstruments()
	default:
		m.refuse(engine.ReasonBadCommand, nil)
	}
	m.events[len(m.events)-1].Flags |= engine.FlagLast
	return m.events
}

// OpenOrders is the number of open orders, in all books and parked.
func (m *Model) OpenOrders() int { return len(m.open) }

// Level is one price of a side of a book.
type Level struct {
	Price  engine.Price
	Qty    engine.Qty // sum of the orders' leaves, shown or not
	Orders []engine.ClOrdID
}

// Depth returns the levels of a side, best first, each with its orders' current
// client ids in queue order, hidden ones too.
func (m *Model) Depth(id engine.InstrumentID, side engine.Side) []Level {
	var levels []Level
	for _, o := range m.books[id].sides[side] {
		if n := len(levels); n == 0 || levels[n-1].Price != o.price {
			levels = append(levels, Level{Price: o.price})
		}
		l := &levels[len(levels)-1]
		l.Qty += o.leaves()
		l.Orders = append(l.Orders, o.clOrdID)
	}
	return levels
}

// Shown is Depth as the market sees it: without hidden orders, and with no more of an
// iceberg than its slice.
func (m *Model) Shown(id engine.InstrumentID, side engine.Side) []Level {
	var levels []Level
	for _, o := range m.books[id].sides[side] {
		if o.hidden {
			continue
		}
		if n := len(levels); n == 0 || levels[n-1].Price != o.price {
			levels = append(levels, Level{Price: o.price})
		}
		l := &levels[len(levels)-1]
		l.Qty += o.shows()
		l.Orders = append(l.Orders, o.clOrdID)
	}
	return levels
}

// openOrders returns the open orders that are wanted, in entry order.
func (m *Model) openOrders(wanted func(*order) bool) []*order {
	var found []*order
	for _, o := range m.open {
		if wanted(o) {
			found = append(found, o)
		}
	}
	return found
}

// close ends an order: for a fill, or with what it has left.
func (m *Model) close(o *order, why engine.Reason) {
	o.ended, o.canceled = why, o.leaves()
	o.shown, o.slices = 0, 0
	at := slices.Index(m.open, o)
	m.open = slices.Delete(m.open, at, at+1)
}
