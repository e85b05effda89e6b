// Package engine is the matching core: a deterministic function from commands
// to events. It does no I/O, reads no clock, starts no goroutine and takes no
// lock; whatever changes a book is a [Command], and the same commands always
// give the same event bytes and the same [Engine.Digest].
//
//	         Command ──> Apply ──> Events
//	                       │
//	   ┌───────────────────┼──────────────────┐
//	orders.go           book.go            ids.go
//	slab of orders,     two sides a book,  client ids of the day,
//	lists of accounts   levels, B-tree     orders that are done
//
// The route of a new order. Each path refuses to begin where anything is unusual, and the next
// one is the judge; the last one knows every type, phase and limit (docs/rules.md):
//
//	plain.go        GTC limit order that trades with nobody ──────────────────────┐
//	enter.go        limit order, GTC IOC FOK, in a book with nothing else on ──┐  │
//	anyorder.go     everything ─> incoming.go ─┬─> selftrade.go ─> match.go <──┘  v
//	  bands.go guard.go (limits), detail.go    └─> iceberg.go, behind a fill    side.go: rests
//	  triggers.go: parked, and back as an incoming order behind the one that printed
//	call.go         orders collect in the same sides; the uncross has a loop of its own
//	expiry.go       in front of every command that moves time
//
// One goroutine owns an Engine. Nothing inside is shared, so nothing is atomic
// (the B-tree's free list takes an uncontended mutex of its own, ADR 0002), and
// no pointer to a book leaves the package. All tables are made by [New]; after a
// warm-up no command allocates.
package engine

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"unsafe"
)

// Limits are the sizes of the engine's tables, fixed when it is made. A full
// table is a refusal, never an allocation.
type Limits struct {
	OrdersMax        int // open orders over all books, 1 to 1<<24
	AccountsMax      int // accounts, 1 to 1<<20
	LevelsPerSideMax int // price levels a side of a book holds, 1 to 1<<22
	OrdersPerDay     int // order ids issued in a trading day, 1 to 1<<31
	ClOrdIDsPerDay   int // client order ids used in a trading day, 1 to 1<<28
	ParkedMax        int // parked orders over all books, 0 to 1<<24
	SlicesMax        int // what all icebergs have in reserve, each in slices of its display quantity, 0 to 1<<24

	// HashSeed moves keys about in the hash tables, so that nobody outside can
	// choose keys that collide. It never shows in an event or in the digest.
	HashSeed uint64

	// TreeOnly keeps every level in the B-tree, and none in the window around the best:
	// the plain version, for benchmarks and tests. Answers are the same.
	TreeOnly bool
}

// DefaultLimits suit a venue of a few instruments: about 2 GiB of address
// space, of which only what is used becomes memory.
func DefaultLimits() Limits {
	return Limits{
		OrdersMax:        1 << 20,
		AccountsMax:      1 << 12,
		LevelsPerSideMax: 1 << 16,
		OrdersPerDay:     1 << 26,
		ClOrdIDsPerDay:   4_000_000,
		ParkedMax:        1 << 16,
		SlicesMax:        1 << 16,
	}
}

// EventsPerCommandMax is the largest output of one command: a sweep, a mass
// cancel or a report over every open order, with what it sets off.
//
// An order ends once, with two events where it decrements the order that meets it; one that
// was parked may be triggered, filled in part and put to rest besides; a slice of an iceberg
// makes two; and every instrument may have one.
func (l *Limits) EventsPerCommandMax() int { return 2*l.OrdersMax + 3*l.ParkedMax + 2*l.SlicesMax + 8 }

func (l *Limits) check() error {
	for _, f := range []struct {
		name   string
		v, max int
	}{
		{"OrdersMax", l.OrdersMax, 1 << 24},
		{"AccountsMax", l.AccountsMax, 1 << 20},
		{"LevelsPerSideMax", l.LevelsPerSideMax, 1 << 22},
		{"OrdersPerDay", l.OrdersPerDay, 1 << 31},
		{"ClOrdIDsPerDay", l.ClOrdIDsPerDay, 1 << 28},
		{"ParkedMax", l.ParkedMax, 1 << 24},
		{"SlicesMax", l.SlicesMax, 1 << 24},
	} {
		least := 1
		if f.name == "ParkedMax" || f.name == "SlicesMax" {
			least = 0
		}
		if f.v < least || f.v > f.max {
			return errors.New("engine: " + f.name + " is " + strconv.Itoa(f.v) + ", must be " + strconv.Itoa(least) + " to " + strconv.Itoa(f.max))
		}
	}
	return nil
}

// Engine is the books and the tables around them. Its law is [Engine.Check].
type Engine struct {
	limits   Limits
	books    []book
	orders   orderSlab
	levels   levelSlab
	queues   lists           // of the levels: orders at a price, first come first served
	owned    lists           // of the accounts: resting orders, in entry order
	ids      idTable         // client ids of the day
	open     openIDs         // client ids of open orders
	issued   uint64          // order numbers issued; the last one
	ended    slab[uint32]    // by endedPlace: an order's place in done, 0 while it is open
	done     slab[doneOrder] // what is left of orders that are gone, as they went
	gone     uint32          // used places of done; done[0] is none
	freeList *levelNodes

	details slab[detail] // by order slot: of orders that are apart
	veiled  slab[handle] // by level: its first hidden order, 0 for none
	parked  int          // orders that are open and in no book
	slices  int          // what all icebergs hold of Limits.SlicesMax

	now      Time // the latest time of any command
	expired  Qty  // how many orders expired by the last one that moved it
	movedAt  Seq  // which that was
	earliest Time // when the first order expires; never for none
	dates    expiryHeap
	days     expiryHeap

	accounts   slab[account]
	capped     int // accounts with a cap
	killed     kills
	callLevels [2][]callLevel // room for both sides of a call

	issuedBefore uint64 // order numbers issued before this day
	issuedMax    uint64 // and the last one of this day
	eventsMax    int    // Limits.EventsPerCommandMax
}

// Memory returns zeroed memory for a table, aligned to 64 bytes, that lives as long
// as the engine. The tables hold no pointers. An engine is pure, so what kind of
// memory it is (huge pages, already faulted in) is its owner's choice.
type Memory func(bytes int) []byte

// New makes an engine with empty books on ordinary memory, or says which limit or
// instrument is wrong.
func New(limits Limits, instruments []Instrument) (*Engine, error) {
	return NewIn(nil, limits, instruments)
}

// NewIn is New on memory of the owner's choice; nil is ordinary memory.
func NewIn(memory Memory, limits Limits, instruments []Instrument) (*Engine, error) {
	if err := limits.check(); err != nil {
		return nil, err
	}
	most := min(int(NoInstrument)-1, limits.OrdersMax+4) // a report of all of them fits like one of all orders
	if n := len(instruments); n < 1 || n > most {
		return nil, errors.New("engine: " + strconv.Itoa(n) + " instruments, must be 1 to " + strconv.Itoa(most))
	}
	if limits.HashSeed == 0 {
		limits.HashSeed = 0x9E3779B97F4A7C15
	}
	e := &Engine{
		limits:   limits,
		books:    make([]book, len(instruments)),
		orders:   newOrderSlab(memory, limits.OrdersMax+1), // one more, so that an IOC can pass through a full venue
		levels:   newLevelSlab(memory, limits.OrdersMax+1), // a level has at least one order
		queues:   newLists(memory, limits.OrdersMax+1, limits.OrdersMax+2+2*len(instruments)),
		owned:    newLists(memory, limits.OrdersMax+1, limits.AccountsMax),
		ids:      newIDTable(memory, limits.ClOrdIDsPerDay, limits.HashSeed),
		open:     newOpenIDs(memory, limits.OrdersMax+1),
		ended:    newSlab[uint32](memory, limits.OrdersPerDay+1+1<<bits.Len(uint(limits.OrdersMax+1))),
		done:     newSlab[doneOrder](memory, limits.OrdersPerDay+limits.OrdersMax+2),
		freeList: newLevelNodes(len(instruments), limits.LevelsPerSideMax, limits.ParkedMax),

		details:  newSlab[detail](memory, limits.OrdersMax+2),
		veiled:   newSlab[handle](memory, limits.OrdersMax+2),
		earliest: never,

		issuedMax: uint64(limits.OrdersPerDay),
		eventsMax: limits.EventsPerCommandMax(),
		dates:     expiryHeap{orders: newSlab[handle](memory, limits.OrdersMax+2)},
		days:      expiryHeap{orders: newSlab[handle](memory, limits.OrdersMax+2)},
		accounts:  newSlab[account](memory, limits.AccountsMax),
		killed:    kills{sessions: make([]SessionID, 0, killedSessionsMax)},
	}
	for s := range e.callLevels {
		e.callLevels[s] = make([]callLevel, 0, limits.LevelsPerSideMax)
	}
	e.queues.open(e.electedList())
	for a := range limits.AccountsMax {
		e.owned.open(accountList(AccountID(a)))
	}
	for i := range instruments {
		if err := instruments[i].check(); err != nil {
			return nil, err
		}
		for j := range i {
			if instruments[j].Symbol == instruments[i].Symbol {
				return nil, errors.New("engine: instrument " + strconv.Quote(instruments[i].Symbol) + " is there twice: a symbol is unique")
			}
		}
		e.books[i].init(memory, instruments[i], &e.limits, e.freeList)
		e.settlePlain(&e.books[i])
		e.queues.open(e.unpricedList(InstrumentID(i), Buy))
		e.queues.open(e.unpricedList(InstrumentID(i), Sell))
	}
	return e, nil
}

// electedList is the list in Engine.queues of orders that are triggered and have not run
// yet. Lists up to Limits.OrdersMax+1 are those of levels.
func (e *Engine) electedList() handle { return handle(e.limits.OrdersMax + 2) }

// unpricedList is the list of an instrument's market orders in a call, in entry order.
func (e *Engine) unpricedList(i InstrumentID, s Side) handle {
	return e.electedList() + 1 + 2*handle(i) + handle(s)
}

// table makes a table of n pointer-free elements.
func table[T any](memory Memory, n int) []T {
	if memory == nil {
		return make([]T, n)
	}
	b := memory(n * int(unsafe.Sizeof(*new(T))))
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

func (in *Instrument) check() error {
	bad := func(what string) error {
		return errors.New("engine: instrument " + strconv.Quote(in.Symbol) + ": " + what)
	}
	switch {
	case len(in.Symbol) < 1 || len(in.Symbol) > 16:
		return bad("a symbol has 1 to 16 bytes")
	case in.Tick <= 0:
		return bad("Tick must be positive")
	case in.Lot <= 0:
		return bad("Lot must be positive")
	case in.QtyMax < 1 || in.QtyMax > QtyMax:
		return bad("QtyMax is out of range")
	case in.QtyMax > Qty(math.MaxInt64/in.Lot):
		return bad("QtyMax times Lot does not fit in 63 bits")
	case in.NotionalMax < 0:
		return bad("NotionalMax is negative")
	case in.Reference < -PriceMax || in.Reference > PriceMax:
		return bad("Reference is out of range")
	case !in.Static.valid() || !in.Dynamic.valid():
		return bad("a band is 0 to PriceMax ticks, and 0 or more basis points")
	case in.Protection < 0 || in.Protection > PriceMax:
		return bad("Protection is out of range")
	case in.SelfTrade > SelfTradeDecrement:
		return bad("SelfTrade is no mode")
	case in.Opens > ClosingCall:
		return bad("Opens is no phase")
	}
	for i := 0; i < len(in.Symbol); i++ {
		if c := in.Symbol[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return bad("a symbol is printable, without space, quote or backslash")
		}
	}
	return nil
}

// Apply carries out one command and appends what happened to ev, which must be
// empty and have room for Limits.EventsPerCommandMax events. Everything that
// can be refused is refused before anything changes. There is always at least
// one event, and the last one carries [FlagLast].
// walk 8
// hot
func (e *Engine) Apply(seq Seq, c *Command, ev *Events) {
	if ev.n < e.eventsMax || ev.used != 0 {
		panic("BUG: Apply with events that are not empty, or too few for the largest output")
	}
	ev.seq, ev.time, ev.by = seq, c.Time, c.Session
	if c.Time > e.now {
		e.passTo(c.Time, ev)
	}
	switch {
	case c.plain():
		if e.enterPlain(c, ev) {
			return
		}
		e.enter(c, ev)
	case c.Kind == CmdCancel:
		e.cancel(c, ev)
	default:
		e.applyOther(c, ev)
	}
	ev.last().Flags |= FlagLast
}

// applyOther is the rest of the switch, apart so that the two most frequent commands are
// told by one comparison each.
func (e *Engine) applyOther(c *Command, ev *Events) {
	switch c.Kind {
	case CmdEnter:
		e.enter(c, ev)
	case CmdReduce:
		e.reduce(c, ev)
	case CmdReplace:
		e.replace(c, ev)
	case CmdMassCancel:
		e.massCancel(c, ev)
	case CmdSessionLost:
		e.sessionLost(c, ev)
	case CmdStatus:
		e.status(c, ev)
	case CmdOrders:
		e.reportOrders(c, ev)
	case CmdTime:
		e.passTime(ev)
	case CmdPhase:
		e.setPhase(c, ev)
	case CmdKill:
		e.kill(c, ev)
	case CmdRollDay:
		e.rollDay(ev)
	case CmdAccount:
		e.setAccount(c, ev)
	case CmdInstruments:
		e.reportInstruments(ev)
	default:
		ev.cancelRejected(c, NoInstrument, ReasonBadCommand)
	}
}

// OpenOrders is the number of orders in all books.
func (e *Engine) OpenOrders() int { return e.orders.live }

// Instruments is the number of instruments; their ids are 0 to Instruments-1.
func (e *Engine) Instruments() int { return len(e.books) }

// notionalFits says whether price times quantity fits in 63 bits.
func notionalFits(p Price, q Qty) bool {
	hi, lo := bits.Mul64(uint64(max(p, -p)), uint64(q))
	return hi == 0 && lo <= math.MaxInt64
}
