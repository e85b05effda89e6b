package engine

import "unsafe"

// CommandKind is what a command asks for.
type CommandKind uint8

// Commands. Each one yields at least one event, and the last of its events
// carries [FlagLast].
const (
	CmdEnter       CommandKind = 1 // a new order: Instrument, Side, Type, TimeInForce, Flags, Price, Qty; optional: ClOrdID, StopPrice, DisplayQty, MinQty, ExpireTime, SelfTrade
	CmdCancel      CommandKind = 2 // take an order out: OrderID, or ClOrdID
	CmdReduce      CommandKind = 3 // lower the total to Qty, priority kept: OrderID, or ClOrdID
	CmdReplace     CommandKind = 4 // new Price and total Qty: OrderID, or ClOrdID; NewClOrdID, CmdFlagRequeue, CmdFlagKeepPrice, CmdFlagKeepQty, CmdFlagNewStop with StopPrice, DisplayQty
	CmdMassCancel  CommandKind = 5 // take many orders out: Scope and its filters
	CmdSessionLost CommandKind = 6 // Session is gone; with CmdFlagCancelOnDisconnect its orders go with it
	CmdStatus      CommandKind = 7 // report one order of the account: OrderID, or ClOrdID
	CmdOrders      CommandKind = 8 // report every open order of the account, in entry order

	// The venue's own. No door lets a client without the admin role send one.
	CmdTime        CommandKind = 9  // time has passed: orders expire, calls tell their indicative price
	CmdPhase       CommandKind = 10 // move Instrument to Phase; out of a call this may be an uncross
	CmdKill        CommandKind = 11 // take out all orders of Scope, and refuse new ones until the same with CmdFlagLift
	CmdRollDay     CommandKind = 12 // the next trading day: DAY orders expire, client ids are free again, sessions' kills end
	CmdAccount     CommandKind = 13 // set what limits Account: Target is its group, Qty its cap of open orders
	CmdInstruments CommandKind = 14 // report every instrument
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
	CmdFlagDecimal                                     // enter, reduce, replace: prices and quantities are in units of 1/DecimalOne, not in ticks and lots
	CmdFlagHidden                                      // enter: the order is never shown; it rests behind the shown ones at its price
	CmdFlagSlide                                       // enter, with CmdFlagPostOnly: one that would trade is priced one tick behind the opposite best instead
	CmdFlagNewStop                                     // replace: StopPrice is the new stop price; else it stays
	CmdFlagLift                                        // kill: end it
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
	ScopeVenue      Scope = 4 // kill only: every instrument, by id
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
//	       18  SelfTrade   u8
//	       19  Phase       u8
//	       20  Account     u32
//	       24  Session     u32
//	       28  Target      u32     kill: the session, account: the group
//	       32  OrderID     u64
//	       40  ClOrdID     [16]
//	       56  NewClOrdID  [16]
//	       72  Price       i64     ticks, or 1/DecimalOne with CmdFlagDecimal
//	       80  Qty         i64     lots, or 1/DecimalOne; always an order's total
//	       88  PriceHigh   i64     ticks
//	       96  StopPrice   i64     as Price
//	      104  DisplayQty  i64     as Qty: what an iceberg shows; 0: all
//	      112  MinQty      i64     as Qty: what an IOC order must fill at once; 0: none
//	      120  ExpireTime  i64     of a GTD order, sequenced time
//
// Of the venue's own commands Session is who sent it, and Account whom it is about. An
// account command sets Target, the group of accounts that do not trade with each other (0:
// none), and Qty, how many orders the account may have open (0: no cap of its own). A kill
// is about Account, session Target, Instrument or nothing, as its Scope says.
//
// A replace names an order and not its product, so a door that reads decimals
// cannot know the tick: it passes them on with CmdFlagDecimal, and the engine,
// which knows the order, converts them exactly or refuses (ADR 0003).
//
// Refusal is for a number that fits no instrument at all: more than eight
// decimals (ReasonPriceOffTick, ReasonQtyOffLot), or too large for 63 bits
// (ReasonPriceRange, ReasonQtyRange), of the stop price ReasonStopPrice, of the display
// and the minimum quantity, where 0 is a fault too, ReasonDisplay and ReasonMinQty,
// of the expire time ReasonExpireTime. Such a command still takes its place in
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
	SelfTrade   SelfTrade
	Phase       Phase
	Account     AccountID
	Session     SessionID
	Target      uint32
	OrderID     OrderID
	ClOrdID     ClOrdID
	NewClOrdID  ClOrdID
	Price       Price
	Qty         Qty
	PriceHigh   Price
	StopPrice   Price
	DisplayQty  Qty
	MinQty      Qty
	ExpireTime  Time
}

// CommandBytes is the size of a Command.
const CommandBytes = 128

var _ = [1]struct{}{}[unsafe.Sizeof(Command{})-CommandBytes]
