// Package model is the engine's slow and obvious twin: the same commands, the
// same rules, the same events, written so that a reader can see that it is
// right. It is the oracle of the engine's tests and of nothing else.
//
//	a book side   a slice of orders, best price first, then first come
//	an order      a struct that lives for the whole day; Go's collector has it
//	client ids    a Go map
//
// There is no level (a level is a run of equal prices), no index, no pool and no
// cached total: whatever can be counted is counted again. Its order ids are
// 1, 2, 3 ... in order of acceptance; a test that compares it with the engine
// renames the engine's ids to these.
package model

import (
	"math"
	"slices"

	"pricetime/engine"
)

// Model is all books of a venue and the trading day's memory of orders and
// client ids. Its law is [Model.Check].
type Model struct {
	limits engine.Limits
	books  []*book
	day    []*order // every order accepted today, in entry order; ids are 1 + index
	names  map[name]use

	// The command that is being applied, and what came of it.
	seq    engine.Seq
	cmd    *engine.Command
	events []engine.Event
}

// A book is one instrument: its two sides, each best price first and in queue
// order within a price.
type book struct {
	instrument engine.Instrument
	sides      [2][]*order
	trades     uint64
}

// An order is known for the whole day, open or done.
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
	price      engine.Price // 0 for a market order
	total      engine.Qty
	executed   engine.Qty
	ended      engine.Reason // ReasonNone while it is open
	canceled   engine.Qty    // what was taken out when it ended
}

func (o *order) leaves() engine.Qty { return o.total - o.executed }

// A name is a client order id; ids belong to accounts.
type name struct {
	account engine.AccountID
	id      engine.ClOrdID
}

// A use is what a client order id was first used for: the order it came to name,
// and the command that named it so, to tell a resend from a duplicate.
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
	price      engine.Price // as sent
	qty        engine.Qty   // as sent
}

// New makes a model with empty books. It trusts its arguments: [engine.New] is
// the one that checks them.
func New(limits engine.Limits, instruments []engine.Instrument) *Model {
	m := &Model{limits: limits, names: make(map[name]use)}
	for _, in := range instruments {
		m.books = append(m.books, &book{instrument: in})
	}
	return m
}

// Apply carries out one command and returns its events, which the caller may keep.
func (m *Model) Apply(seq engine.Seq, c *engine.Command) []engine.Event {
	m.seq, m.cmd, m.events = seq, c, nil
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
		m.orders()
	default:
		m.refuse(engine.ReasonBadCommand, nil)
	}
	m.events[len(m.events)-1].Flags |= engine.FlagLast
	return m.events
}

// OpenOrders is the number of orders in all books.
func (m *Model) OpenOrders() int {
	n := 0
	for _, b := range m.books {
		n += len(b.sides[engine.Buy]) + len(b.sides[engine.Sell])
	}
	return n
}

// Level is one price of a side of a book.
type Level struct {
	Price  engine.Price
	Qty    engine.Qty // sum of the orders' leaves
	Orders []engine.ClOrdID
}

// Depth returns the levels of a side, best first, each with its orders' current
// client ids in queue order.
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

// better says whether price p is closer to a trade than q on a side: a higher
// bid, a lower offer.
func better(side engine.Side, p, q engine.Price) bool {
	if side == engine.Buy {
		return p > q
	}
	return p < q
}

// rest puts an order behind all orders at its price or better.
func (b *book) rest(o *order) {
	side := b.sides[o.side]
	at := 0
	for at < len(side) && !better(o.side, o.price, side[at].price) {
		at++
	}
	b.sides[o.side] = slices.Insert(side, at, o)
}

// leave takes an order out of its queue.
func (b *book) leave(o *order) {
	at := slices.Index(b.sides[o.side], o)
	b.sides[o.side] = slices.Delete(b.sides[o.side], at, at+1)
}

// within says whether an incoming order may trade at price p.
func (o *order) within(p engine.Price) bool {
	return o.typ == engine.Market || !better(o.side, p, o.price)
}

// crosses says whether the best opposite order is within an order's limit.
func (b *book) crosses(o *order) bool {
	opposite := b.sides[o.side.Opposite()]
	return len(opposite) > 0 && o.within(opposite[0].price)
}

// canFill says whether the opposite side holds an order's whole quantity within
// its limit. It counts down, so that no sum can overflow.
func (b *book) canFill(o *order) bool {
	missing := o.leaves()
	for _, r := range b.sides[o.side.Opposite()] {
		if !o.within(r.price) || missing <= 0 {
			break
		}
		missing -= min(missing, r.leaves())
	}
	return missing == 0
}

// levelAt says what a side holds at a price, without counting one order, and how
// many levels the side has.
func (b *book) levelAt(side engine.Side, price engine.Price, without *order) (qty engine.Qty, exists bool, levels int) {
	for i, o := range b.sides[side] {
		if i == 0 || o.price != b.sides[side][i-1].price {
			levels++
		}
		if o.price == price {
			exists = true
			if o != without {
				qty += o.leaves()
			}
		}
	}
	return qty, exists, levels
}

// match trades an incoming order with the best opposite orders, best price first
// and first come first served within a price, each at the resting order's price,
// never beyond the incoming order's limit.
func (m *Model) match(b *book, in *order) {
	for in.leaves() > 0 && b.crosses(in) {
		resting := b.sides[in.side.Opposite()][0]
		qty := min(in.leaves(), resting.leaves())
		in.executed += qty
		resting.executed += qty
		b.trades++

		e := m.about(engine.EvExecuted, in)
		e.Price, e.Qty = resting.price, qty
		e.Leaves, e.ContraLeaves = in.leaves(), resting.leaves()
		e.ContraOrderID, e.ContraClOrdID, e.ContraSession = resting.id, resting.clOrdID, resting.session
		e.TradeID = b.trades

		if resting.leaves() == 0 {
			b.leave(resting)
			resting.ended = engine.ReasonFilled
		}
	}
	if in.leaves() == 0 {
		in.ended = engine.ReasonFilled
	}
}

// restRemainder puts what is left of an order that traded into the book.
func (m *Model) restRemainder(b *book, o *order) {
	b.rest(o)
	e := m.about(engine.EvRested, o)
	e.Flags |= engine.FlagRests
	e.Price, e.Qty, e.Leaves = o.price, o.total, o.leaves()
}

// end ends an order with what it has left, and says so.
func (m *Model) end(o *order, why engine.Reason) *engine.Event {
	o.ended, o.canceled = why, o.leaves()
	e := m.about(engine.EvCanceled, o)
	e.Reason, e.Price, e.Qty, e.Leaves = why, o.price, o.total, o.canceled
	return e
}

// takeOut ends a resting order.
func (m *Model) takeOut(o *order, why engine.Reason) *engine.Event {
	m.books[o.instrument].leave(o)
	e := m.end(o, why)
	e.Flags |= engine.FlagWasResting
	return e
}

// event appends an event of the current command. The pointer is good until the next.
func (m *Model) event(kind engine.EventKind) *engine.Event {
	m.events = append(m.events, engine.Event{
		Seq: m.seq, Time: m.cmd.Time, Kind: kind, By: m.cmd.Session,
	})
	return &m.events[len(m.events)-1]
}

// about appends an event that names an order.
func (m *Model) about(kind engine.EventKind, o *order) *engine.Event {
	e := m.event(kind)
	e.OrderID, e.ClOrdID, e.Session = o.id, o.clOrdID, o.session
	e.Instrument, e.Side = o.instrument, o.side
	return e
}

// total appends the event that ends an answer of n orders.
func (m *Model) total(kind engine.EventKind, n int) {
	e := m.event(kind)
	e.Session, e.Instrument, e.Qty = m.cmd.Session, engine.NoInstrument, engine.Qty(n)
}

// reject is the answer to a refused enter.
func (m *Model) reject(why engine.Reason) {
	e, c := m.event(engine.EvRejected), m.cmd
	e.Reason, e.Session = why, c.Session
	e.Instrument, e.Side, e.Type, e.TimeInForce, e.ClOrdID = c.Instrument, c.Side, c.Type, c.TimeInForce, c.ClOrdID
}

// refuse is the answer to any other refused command; o is the order it named, if
// that is one of the account's own.
func (m *Model) refuse(why engine.Reason, o *order) {
	e, c := m.event(engine.EvCancelRejected), m.cmd
	e.Reason, e.Session, e.OrderID, e.ClOrdID, e.Instrument = why, c.Session, c.OrderID, c.ClOrdID, engine.NoInstrument
	if o != nil {
		e.Instrument = o.instrument
	}
}

// fitsProduct says whether a*b fits in 63 bits; b >= 0.
func fitsProduct(a, b int64) bool {
	if a == 0 || b == 0 {
		return true
	}
	if a == math.MinInt64 {
		return false
	}
	return max(a, -a) <= math.MaxInt64/b
}
