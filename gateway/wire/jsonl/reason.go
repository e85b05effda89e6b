package jsonl

import "pricetime/engine"

// reasonText is how a reason reads: its name, and for a refusal what the message
// says. The message begins with the name of the field to change, and some end
// with a number of the product.
type reasonText struct {
	name    string
	field   string // "" where no field is to blame; idField, ownIDField
	message string
	number  productNumber
}

// Fields that depend on the command.
const (
	idField    = "client_oid or order_id"       // whichever names the order
	ownIDField = "client_oid or new_client_oid" // the id that the command brings: of an order, of a replace
)

// productNumber is a number of the product that completes a message.
type productNumber uint8

const (
	noNumber productNumber = iota
	tickNumber
	lotNumber
	qtyMaxNumber
)

// refusals by engine.Reason.
var refusals = [engine.ReasonRefusals]reasonText{
	engine.ReasonBadCommand:        {"bad_command", "", "no command of this venue", noNumber},
	engine.ReasonUnknownInstrument: {"unknown_product", "product_id", "the venue has no such product", noNumber},
	engine.ReasonDuplicateID:       {"duplicate_client_oid", ownIDField, "already used today for something else: choose another", noNumber},
	engine.ReasonUnknownOrder:      {"unknown_order", idField, "the account has no such order", noNumber},
	engine.ReasonAlreadyFilled:     {"already_filled", idField, "the order is filled", noNumber},
	engine.ReasonAlreadyCanceled:   {"already_canceled", idField, "the order was canceled", noNumber},
	engine.ReasonAlreadyReplaced:   {"already_replaced", idField, "the order was replaced: it goes by its new_client_oid now", noNumber},
	engine.ReasonKilled:            {"killed", "", "the venue takes no orders of this session, account or product", noNumber},
	engine.ReasonPhase:             {"phase", "product_id", "the product's market is not in a phase for this", noNumber},
	engine.ReasonPriceOffTick:      {"price_off_tick", "price", "not a multiple of the tick", tickNumber},
	engine.ReasonPriceRange:        {"price_range", "price", "not positive, or too large", noNumber},
	engine.ReasonQtyOffLot:         {"size_off_lot", "size", "not a multiple of the lot", lotNumber},
	engine.ReasonQtyRange:          {"size_range", "size", "not positive, or too large", noNumber},
	engine.ReasonStopPrice:         {"stop_price", "stop_price", "not a multiple of the tick, not positive, or too large", noNumber},
	engine.ReasonDisplay:           {"display_size", "display_size", "must be from one lot to the order's size", noNumber},
	engine.ReasonMinQty:            {"min_size", "min_size", "must be from one lot to the order's size", noNumber},
	engine.ReasonExpireTime:        {"expire_time", "expire_time", "must be in the future, before 2262-04-11, and in whole nanoseconds", noNumber},
	engine.ReasonBadCombination:    {"bad_combination", "", "fields of the order exclude each other: the table in docs/order-types.md has what goes together", noNumber},
	engine.ReasonQtyAboveMax:       {"size_above_maximum", "size", "above the product's maximum", qtyMaxNumber},
	engine.ReasonNotional:          {"notional", "size", "price times size is too large", noNumber},
	engine.ReasonNotionalMax:       {"notional_maximum", "size", "price times size is above the product's maximum", noNumber},
	engine.ReasonCollar:            {"collar", "price", "outside the band around the product's reference or last price", noNumber},
	engine.ReasonNotAReduction:     {"not_a_reduction", "size", "must be below the order's total", noNumber},
	engine.ReasonNoLiquidity:       {"no_liquidity", "order_type", "a market or market_to_limit order needs somebody on the other side", noNumber},
	engine.ReasonWouldTrade:        {"would_trade", "price", "a post-only order would trade at this price", noNumber},
	engine.ReasonLevelOverflow:     {"level_overflow", "size", "the total at this price would be too large", noNumber},
	engine.ReasonIDLimit:           {"id_limit", ownIDField, "the venue's ids for today are used up", noNumber},
	engine.ReasonOrderLimit:        {"order_limit", "", "the venue has no room for another open order", noNumber},
	engine.ReasonOrderCap:          {"order_cap", "", "the account may not have another open order", noNumber},
	engine.ReasonParkedLimit:       {"parked_limit", "order_type", "the venue has no room for another parked order", noNumber},
	engine.ReasonSliceLimit:        {"slice_limit", "display_size", "too small for this size: the venue has no room for so many slices", noNumber},
	engine.ReasonLevelLimit:        {"level_limit", "price", "the side has no room for another price level", noNumber},
}

// endings are how orders end, from engine.ReasonFilled on. Their messages are
// for the documentation alone; done lines have none.
var endings = [...]reasonText{
	engine.ReasonFilled - engine.ReasonFilled:     {name: "filled", message: "executed in full"},
	engine.ReasonCanceled - engine.ReasonFilled:   {name: "canceled", message: "by its owner: cancel, cancel_all, or a new size at or below what was executed"},
	engine.ReasonIOC - engine.ReasonFilled:        {name: "ioc", message: "the rest of an immediate-or-cancel or market order"},
	engine.ReasonFOK - engine.ReasonFilled:        {name: "fok", message: "a fill-or-kill order that could not be filled at once"},
	engine.ReasonDisconnect - engine.ReasonFilled: {name: "disconnect", message: "its session was lost, and had not asked for its orders to stay"},
	engine.ReasonOperator - engine.ReasonFilled:   {name: "operator", message: "by the venue"},
	engine.ReasonExpired - engine.ReasonFilled:    {name: "expired", message: "its day, or its expire_time, is over"},
	engine.ReasonSelfTrade - engine.ReasonFilled:  {name: "self_trade", message: "it met an order of its own account or group"},
	engine.ReasonMinimum - engine.ReasonFilled:    {name: "min_size", message: "its minimum size could not be filled at once"},
	engine.ReasonProtection - engine.ReasonFilled: {name: "collar", message: "the rest of a market order: what is left on the other side is too far away"},
	engine.ReasonKillSwitch - engine.ReasonFilled: {name: "killed", message: "by the venue's kill switch"},
	engine.ReasonCallOver - engine.ReasonFilled:   {name: "call_over", message: "the rest of a market order after the call's uncross"},
	engine.ReasonNoRoom - engine.ReasonFilled:     {name: "no_room", message: "it was triggered, and the book had no room for its rest"},
}

// reasonName is a reason's name in the protocol.
func reasonName(r engine.Reason) string {
	if r >= engine.ReasonFilled {
		return endings[r-engine.ReasonFilled].name
	}
	return refusals[r].name
}

// appendRefusal appends reason and message of a refused command.
func (e *Encoder) appendRefusal(dst []byte, ev *engine.Event) []byte {
	r := &refusals[ev.Reason]
	dst = append(append(dst, `,"reason":"`...), r.name...)
	dst = append(dst, `","message":"`...)
	field := r.field
	switch {
	case field == idField && ev.OrderID != 0:
		field = "order_id"
	case field == ownIDField && ev.Kind == engine.EvCancelRejected:
		field = "new_client_oid"
	case field == idField || field == ownIDField:
		field = "client_oid"
	}
	if field != "" {
		dst = append(append(dst, field...), ": "...)
	}
	dst = append(dst, r.message...)
	if r.number != noNumber && ev.Instrument != engine.NoInstrument {
		dst = append(dst, ' ')
		switch r.number {
		case tickNumber:
			dst = e.products.AppendPrice(dst, ev.Instrument, 1)
		case lotNumber:
			dst = e.products.AppendQty(dst, ev.Instrument, 1)
		case qtyMaxNumber:
			dst = e.products.AppendQty(dst, ev.Instrument, e.products.Instrument(ev.Instrument).QtyMax)
		}
	}
	return append(dst, '"')
}
