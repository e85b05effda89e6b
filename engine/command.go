package engine

import "unsafe"

// CommandKind is what a command asks for.
type CommandKind uint8

// Commands. Each one yields at least one event, and the last of its events
// carries [FlagLast].
const (
	CmdEnter       CommandKind = 1 // a new order: Instrument, Side, Type, TimeInForce, Flags, Price, Qty, ClOrdID (optional)
	CmdCancel      CommandKind = 2 // take an order out: OrderID, or ClOrdID
	CmdReduce      CommandKind = 3 // lower the total to Qty, priority kept: OrderID, or ClOrdID
	CmdReplace     CommandKind = 4 // new Price and total Qty: OrderID, or ClOrdID; NewClOrdID, CmdFlagRequeue, CmdFlagKeepPrice, CmdFlagKeepQty
	CmdMassCancel  CommandKind = 5 // take many orders out: Scope and its filters
	CmdSessionLost CommandKind = 6 // Session is gone; with CmdFlagCancelOnDisconnect its orders go with it
	CmdStatus      CommandKind = 7 // report one order of the account: OrderID, or ClOrdID
	CmdOrders      CommandKind = 8 // report every open order of the account, in entry order
)

// CommandFlags qualify a command.
type CommandFlags uint16

// Command flags.
const (
	CmdFlagPostOnly           CommandFlags = 1 << iota // enter: refuse the order if it would trade
	CmdFlagRequeue                                     // replace: lose priority even where it could be kept
	CmdFlagKeepPrice                                   // replace: Price is absent, the order keeps its own
	CmdFlagKeepQty                                     // replace: Qty is absent, the order keeps its own total
	CmdFlagCancelOnDisconnect                          // session lost: cancel its orders
	CmdFlagBySide                                      // mass cancel: only orders of Side
	CmdFlagByInstrument                                // mass cancel: only orders of Instrument
	CmdFlagByPrice                                     // mass cancel: only orders with Price <= price <= PriceHigh, in ticks
	CmdFlagDecimal                                     // enter, reduce, replace: Price and Qty are in units of 1/DecimalOne, not in ticks and lots
)

// Scope is whose orders a mass cancel takes out.
type Scope uint8

// Scopes. Session and account give their results in entry order; instrument is
// the operator's, over all accounts: best buys first, then best sells, each
// level in queue order (SEMANTICS 4).
const (
	ScopeAccount    Scope = 1
	ScopeSession    Scope = 2
	ScopeInstrument Scope = 3
)

// Command is one input of the engine: fixed size, no pointers, the same bytes in
// the ring, in the command log and in a replay. A field that a kind does not
// name is zero.
//
//	offset  0  Time        i64     sequenced time
//	        8  Kind        u8
//	        9  Side        u8
//	       10  Type        u8
//	       11  TimeInForce u8
//	       12  Flags       u16
//	       14  Scope       u8
//	       15  Refusal     u8      a fault that the door found; see below
//	       16  Instrument  u16
//	       18  -           u16
//	       20  Account     u32
//	       24  Session     u32
//	       28  -           u32
//	       32  OrderID     u64
//	       40  ClOrdID     [16]
//	       56  NewClOrdID  [16]
//	       72  Price       i64     ticks, or 1/DecimalOne with CmdFlagDecimal
//	       80  Qty         i64     lots, or 1/DecimalOne; always an order's total
//	       88  PriceHigh   i64     ticks
//	       96  -           [32]    room for the order types to come
//
// A replace names an order and not its product, so a door that reads decimals
// cannot know the tick: it passes them on with CmdFlagDecimal, and the engine,
// which knows the order, converts them exactly or refuses (ADR 0003).
//
// Refusal is for a number that fits no instrument at all: more than eight
// decimals (ReasonPriceOffTick, ReasonQtyOffLot), or too large for 63 bits
// (ReasonPriceRange, ReasonQtyRange). Such a command still takes its place in
// the ring, so that its refusal is sequenced and answered in order.
type Command struct {
	Time        Time
	Kind        CommandKind
	Side        Side
	Type        OrderType
	TimeInForce TimeInForce
	Flags       CommandFlags
	Scope       Scope
	Refusal     Reason
	Instrument  InstrumentID
	_           uint16
	Account     AccountID
	Session     SessionID
	_           uint32
	OrderID     OrderID
	ClOrdID     ClOrdID
	NewClOrdID  ClOrdID
	Price       Price
	Qty         Qty
	PriceHigh   Price
	_           [32]byte
}

// CommandBytes is the size of a Command.
const CommandBytes = 128

var _ = [1]struct{}{}[unsafe.Sizeof(Command{})-CommandBytes]
