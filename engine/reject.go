package engine

// Reason says why a command was refused, or how an order ended.
type Reason uint8

// Refusals, in order of precedence: a command with several faults is refused for
// the first of them in this list. All are found before anything changes
// (SEMANTICS 1), and a refused command consumes no client order id.
const (
	ReasonNone Reason = iota

	// Who and what.
	ReasonBadCommand        // a kind, side, type, time in force, scope or (entering, or for many orders) account outside its range, or not exactly one id: no door sends one
	ReasonUnknownInstrument // the product does not exist
	ReasonDuplicateID       // the client id was used today, for something else
	ReasonUnknownOrder      // no such order of this account
	ReasonAlreadyFilled     // the order is filled
	ReasonAlreadyCanceled   // the order was canceled, or is an IOC, FOK or market order that ended
	ReasonAlreadyReplaced   // the order is open under a newer client id

	// The numbers.
	ReasonPriceOffTick   // the price is not a multiple of the tick
	ReasonPriceRange     // the price does not fit, or is not positive where it must be
	ReasonQtyOffLot      // the quantity is not a multiple of the lot
	ReasonQtyRange       // the quantity is not positive, or does not fit
	ReasonBadCombination // fields that exclude each other: a market order GTC, or post-only with market, IOC or FOK
	ReasonQtyAboveMax    // above the instrument's maximum
	ReasonNotional       // price times quantity does not fit in 63 bits
	ReasonNotAReduction  // a reduce to the total the order has, or above

	// The book.
	ReasonNoLiquidity   // a market order against an empty side
	ReasonWouldTrade    // a post-only order that would trade
	ReasonLevelOverflow // the price level's total would not fit in 63 bits

	// The house's limits.
	ReasonIDLimit    // the day's client ids or order ids are used up
	ReasonOrderLimit // as many open orders as the venue holds, and the order could rest
	ReasonLevelLimit // as many price levels as a side holds, and the order could open one more

	// ReasonRefusals is the number of refusal reasons plus one; no reason itself.
	ReasonRefusals
)

// How an order ended, in EvCanceled and in EvState.
const (
	ReasonFilled     Reason = 64 + iota // executed in full (EvState only)
	ReasonCanceled                      // by its owner: a cancel, a mass cancel, a reduce or replace to what was executed
	ReasonIOC                           // the remainder of an immediate-or-cancel or market order
	ReasonFOK                           // a fill-or-kill order that could not be filled at once
	ReasonDisconnect                    // its session was lost
	ReasonOperator                      // a mass cancel by instrument
)
