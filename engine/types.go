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

// Order types (SEMANTICS 3).
const (
	Limit  OrderType = 1 // trades at its price or better, rests the remainder if its time in force lets it
	Market OrderType = 2 // trades at any price, never rests; refused against an empty side
)

// TimeInForce is how long an order stays (FIX tag 59).
type TimeInForce uint8

// Times in force (SEMANTICS 3). A market order takes IOC or FOK.
const (
	GTC TimeInForce = 1 // until canceled
	IOC TimeInForce = 2 // what does not trade at once is canceled
	FOK TimeInForce = 3 // all at once, or nothing
)

// DecimalOne is the number of decimal units in 1: ticks, lots and the numbers of
// a command with [CmdFlagDecimal] are exact multiples of 1/DecimalOne.
const DecimalOne = 100_000_000

// Instrument is what the engine knows of a product.
type Instrument struct {
	Symbol            string // unique; 1 to 16 printable bytes
	Tick              int64  // smallest price step, in 1/DecimalOne, positive
	Lot               int64  // smallest quantity step, in 1/DecimalOne, positive
	QtyMax            Qty    // largest total quantity of one order, 1 to QtyMax
	NonPositivePrices bool   // prices of zero and below are allowed
}
