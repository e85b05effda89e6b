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
	}
}

// EventsPerCommandMax is the largest output of one command: a sweep, a mass
// cancel or a report over every open order, with an event before and one after.
func (l *Limits) EventsPerCommandMax() int { return l.OrdersMax + 3 }

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
	} {
		if f.v < 1 || f.v > f.max {
			return errors.New("engine: " + f.name + " is " + strconv.Itoa(f.v) + ", must be 1 to " + strconv.Itoa(f.max))
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
	ended    slab[uint32]    // by order number: its place in done, 0 while it is open
	done     slab[doneOrder] // what is left of orders that are gone, as they went
	gone     uint32          // used places of done; done[0] is none
	freeList *levelNodes
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
	if n := len(instruments); n < 1 || n >= int(NoInstrument) {
		return nil, errors.New("engine: " + strconv.Itoa(n) + " instruments, must be 1 to " + strconv.Itoa(int(NoInstrument)-1))
	}
	if limits.HashSeed == 0 {
		limits.HashSeed = 0x9E3779B97F4A7C15
	}
	e := &Engine{
		limits:   limits,
		books:    make([]book, len(instruments)),
		orders:   newOrderSlab(memory, limits.OrdersMax+1), // one more, so that an IOC can pass through a full venue
		levels:   newLevelSlab(memory, limits.OrdersMax+1), // a level has at least one order
		queues:   newLists(memory, limits.OrdersMax+1, limits.OrdersMax+1),
		owned:    newLists(memory, limits.OrdersMax+1, limits.AccountsMax),
		ids:      newIDTable(memory, limits.ClOrdIDsPerDay, limits.HashSeed),
		open:     newOpenIDs(memory, limits.OrdersMax+1),
		ended:    newSlab[uint32](memory, limits.OrdersPerDay+1),
		done:     newSlab[doneOrder](memory, limits.OrdersPerDay+1),
		freeList: newLevelNodes(len(instruments), limits.LevelsPerSideMax),
	}
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
	}
	return e, nil
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
	if ev.n < e.limits.EventsPerCommandMax() || ev.used != 0 {
		panic("BUG: Apply with events that are not empty, or too few for the largest output")
	}
	ev.seq, ev.time, ev.by = seq, c.Time, c.Session
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
