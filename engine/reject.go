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

	ReasonKilled // its session, account or instrument, or the venue, is killed
	ReasonPhase  // not in the instrument's phase: closed or halted, in a call IOC, FOK, market-to-limit, outside of one a DAY market order; no way from this phase to that

	// The numbers.
	ReasonPriceOffTick   // the price is not a multiple of the tick
	ReasonPriceRange     // the price does not fit, or is not positive where it must be
	ReasonQtyOffLot      // the quantity is not a multiple of the lot
	ReasonQtyRange       // the quantity is not positive, or does not fit
	ReasonStopPrice      // the stop price is off the tick, does not fit, or is not positive where it must be
	ReasonDisplay        // the display quantity is not 1 to the total, or off the lot
	ReasonMinQty         // the minimum quantity is not 1 to the total, or off the lot
	ReasonExpireTime     // a GTD order's expire time is not later than the command
	ReasonBadCombination // fields that exclude each other: docs/order-types.md has the table
	ReasonQtyAboveMax    // above the instrument's maximum
	ReasonNotional       // price times quantity does not fit in 63 bits
	ReasonNotionalMax    // price times quantity is above the instrument's maximum
	ReasonCollar         // the price is outside the instrument's static or dynamic band
	ReasonNotAReduction  // a reduce to the total the order has, or above

	// The book.
	ReasonNoLiquidity   // a market order against an empty side
	ReasonWouldTrade    // a post-only order that would trade
	ReasonLevelOverflow // the price level's total would not fit in 63 bits

	// The house's limits.
	ReasonIDLimit     // the day's client ids or order ids are used up
	ReasonOrderLimit  // as many open orders as the venue holds, and the order could rest
	ReasonOrderCap    // as many open orders as the account may have, and the order could rest
	ReasonParkedLimit // as many parked orders as the venue holds
	ReasonSliceLimit  // the slices of all icebergs are as many as the venue holds
	ReasonLevelLimit  // as many price levels as a side holds, and the order could open one more

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
	ReasonExpired                       // its day, or its time, is over
	ReasonSelfTrade                     // it met an order of its own account or group
	ReasonMinimum                       // its minimum quantity could not be filled at once
	ReasonProtection                    // the rest of a market order: what is left on the other side is behind its protection points or outside the band
	ReasonKillSwitch                    // a kill
	ReasonCallOver                      // the rest of a market order after the uncross
	ReasonNoRoom                        // a triggered order that could not rest: its level's total or the side's levels are full
)
