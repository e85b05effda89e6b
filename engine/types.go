package engine

import (
	"encoding/binary"
	"math"
)

// Price is a price in ticks of its instrument. It may be negative where the
// instrument allows it; its magnitude is at most [PriceMax].
type Price int64

// Qty is a quantity in lots of its instrument.
type Qty int64

// PriceMax bounds the magnitude of every price, so that a price can be negated
// and compared without overflow.
const PriceMax Price = math.MaxInt64 / 4

// QtyMax bounds every quantity, whatever an instrument allows.
const QtyMax Qty = math.MaxInt64 / 4

// Seq is a position in the command ring: 1 for the first command, then +1 each.
// It is the only time priority there is.
type Seq uint64

// Time is sequenced time: nanoseconds since the Unix epoch, stamped on a command
// before it enters the ring. The engine copies it to events and never reads a clock.
type Time int64

// OrderID is the exchange's id of an order, issued by the engine. It is unique
// for the trading day and grows from order to order; its low bits name the
// order's slot, so that a live order is found without a hash. 0 is no order.
type OrderID uint64

// InstrumentID is an index into the instruments the engine was made with.
type InstrumentID uint16

// AccountID names an account, 0 to Limits.AccountsMax-1. Orders and client
// order ids belong to it.
type AccountID uint32

// SessionID names one login of an account. The engine only compares it.
// 0 is no session.
type SessionID uint32

// ClOrdID is a client's own order id (FIX tag 11): 1 to 16 printable bytes
// padded with zeros, or the 16 bytes of a UUID. All zeros is no id.
type ClOrdID [16]byte

// copy copies by halves. Sixteen bytes that are loaded as one soon after they were stored as
// two have to wait until both are in the cache, some twenty cycles; the other way round, they
// do not.
func (id *ClOrdID) copy(from *ClOrdID) {
	binary.LittleEndian.PutUint64(id[0:8], binary.LittleEndian.Uint64(from[0:8]))
	binary.LittleEndian.PutUint64(id[8:16], binary.LittleEndian.Uint64(from[8:16]))
}

// none says that there is no id: two words, where the compiler would compare with a
// constant in memory.
func (id *ClOrdID) none() bool {
	return binary.LittleEndian.Uint64(id[0:8])|binary.LittleEndian.Uint64(id[8:16]) == 0
}

// Side is the side of an order (FIX tag 54).
type Side uint8

// The two sides.
const (
	Buy  Side = 0
	Sell Side = 1
)

// Opposite returns the other side.
func (s Side) Opposite() Side { return s ^ 1 }

// OrderType is what an order does about its price (FIX tag 40).
type OrderType uint8

// Order types (SEMANTICS 3). The last four are parked until a print reaches their stop
// price; what they are then is said behind the arrow.
const (
	Limit           OrderType = 1 // trades at its price or better, rests the remainder if its time in force lets it
	Market          OrderType = 2 // trades as far as the protection points go, never rests; refused against an empty side. In a call it collects, unpriced
	MarketToLimit   OrderType = 3 // trades at the opposite best price only, rests the remainder there; refused against an empty side
	Stop            OrderType = 4 // a buy fires at a print at or above its stop, a sell at or below -> Market
	StopLimit       OrderType = 5 // the same -> Limit
	TakeProfit      OrderType = 6 // a buy fires at a print at or below its stop, a sell at or above -> Market
	TakeProfitLimit OrderType = 7 // the same -> Limit
)

// Triggers says whether an order of this type is parked until a print reaches its stop price.
func (t OrderType) Triggers() bool { return t >= Stop }

// Priced says whether an order of this type has a price of its own.
func (t OrderType) Priced() bool { return t == Limit || t == StopLimit || t == TakeProfitLimit }

// TimeInForce is how long an order stays (FIX tag 59).
type TimeInForce uint8

// Times in force (SEMANTICS 3). A market order takes IOC or FOK, and DAY in a call.
const (
	GTC TimeInForce = 1 // until canceled
	IOC TimeInForce = 2 // what does not trade at once is canceled
	FOK TimeInForce = 3 // all at once, or nothing
	DAY TimeInForce = 4 // until the next 00:00 UTC of sequenced time, or the day's roll if that is earlier
	GTD TimeInForce = 5 // until the command's ExpireTime
)

// Stays says whether an order of this time in force may rest.
func (t TimeInForce) Stays() bool { return t != IOC && t != FOK }

// SelfTrade is what becomes of an incoming order that meets one of its own account, or
// of an account in the same group (SEMANTICS 6). The incoming order's mode decides.
type SelfTrade uint8

// Self-trade modes. Fills before the collision stand.
const (
	SelfTradeDefault   SelfTrade = 0 // the instrument's; an instrument's own default is SelfTradeNone
	SelfTradeNone      SelfTrade = 1 // they trade
	SelfTradeNewest    SelfTrade = 2 // cancel newest: the incoming order is canceled
	SelfTradeOldest    SelfTrade = 3 // cancel oldest: the resting order is canceled, the incoming one goes on
	SelfTradeBoth      SelfTrade = 4 // both are canceled
	SelfTradeDecrement SelfTrade = 5 // the smaller is canceled and the larger reduced by as much; equal: both go
)

// Phase is what an instrument's market does (SEMANTICS 7). Changes are commands.
type Phase uint8

// Phases. A call is a phase in which orders collect and the book may cross.
const (
	Continuous  Phase = 0 // orders trade as they come
	Closed      Phase = 1 // cancels and reduces only
	PreOpen     Phase = 2 // a call; it ends in an uncross where Continuous follows
	Halted      Phase = 3 // cancels and reduces only; it resumes through PreOpen
	ClosingCall Phase = 4 // a call; it ends in an uncross where Closed follows
)

// Call says whether orders collect in the phase.
func (p Phase) Call() bool { return p == PreOpen || p == ClosingCall }

// Follows says whether a command may move an instrument from phase p to next.
func (p Phase) Follows(next Phase) bool {
	switch p {
	case Continuous:
		return next != Continuous && next <= ClosingCall
	case Closed:
		return next == PreOpen
	case PreOpen:
		return next == Continuous || next == Halted || next == Closed
	case Halted:
		return next == PreOpen || next == Closed
	case ClosingCall:
		return next == Closed || next == Halted
	}
	return false
}

// DecimalOne is the number of decimal units in 1: ticks, lots and the numbers of
// a command with [CmdFlagDecimal] are exact multiples of 1/DecimalOne.
const DecimalOne = 100_000_000

// Band is how far a price may be from a reference price: Ticks, or BasisPoints of
// the reference's magnitude, rounded down; none where both are 0, the narrower
// where both are given.
type Band struct {
	Ticks       Price
	BasisPoints int64 // 1/10,000
}

// Instrument is what the engine knows of a product.
type Instrument struct {
	Symbol            string // unique; 1 to 16 printable bytes
	Tick              int64  // smallest price step, in 1/DecimalOne, positive
	Lot               int64  // smallest quantity step, in 1/DecimalOne, positive
	QtyMax            Qty    // largest total quantity of one order, 1 to QtyMax
	NonPositivePrices bool   // prices of zero and below are allowed

	NotionalMax int64     // largest price magnitude times quantity of one order, in ticks times lots; 0: no limit
	Reference   Price     // in ticks: the static band's reference, and an uncross's before the first trade; 0: none
	Static      Band      // around Reference: no order is priced outside
	Dynamic     Band      // around the last trade: no buy is priced above, no sell below
	Protection  Price     // in ticks: how far behind the opposite best a market order trades; 0: no bound
	SelfTrade   SelfTrade // of orders that do not say; SelfTradeDefault is SelfTradeNone
	Opens       Phase     // the phase it begins in
}
