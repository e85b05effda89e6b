package engine_test

import (
	"fmt"
	"strconv"
	"strings"

	"pricetime/engine"
)

// reasonText has the words for reasons.
var reasonText = map[engine.Reason]string{
	engine.ReasonBadCommand:        "bad_command",
	engine.ReasonUnknownInstrument: "unknown_instrument",
	engine.ReasonDuplicateID:       "duplicate_id",
	engine.ReasonUnknownOrder:      "unknown_order",
	engine.ReasonAlreadyFilled:     "already_filled",
	engine.ReasonAlreadyCanceled:   "already_canceled",
	engine.ReasonAlreadyReplaced:   "already_replaced",
	engine.ReasonKilled:            "killed",
	engine.ReasonPhase:             "phase",
	engine.ReasonPriceOffTick:      "price_off_tick",
	engine.ReasonPriceRange:        "price_range",
	engine.ReasonQtyOffLot:         "qty_off_lot",
	engine.ReasonQtyRange:          "qty_range",
	engine.ReasonStopPrice:         "stop_price",
	engine.ReasonDisplay:           "display",
	engine.ReasonMinQty:            "min_qty",
	engine.ReasonExpireTime:        "expire_time",
	engine.ReasonBadCombination:    "bad_combination",
	engine.ReasonQtyAboveMax:       "qty_above_max",
	engine.ReasonNotional:          "notional",
	engine.ReasonNotionalMax:       "notional_max",
	engine.ReasonCollar:            "collar",
	engine.ReasonNotAReduction:     "not_a_reduction",
	engine.ReasonNoLiquidity:       "no_liquidity",
	engine.ReasonWouldTrade:        "would_trade",
	engine.ReasonLevelOverflow:     "level_overflow",
	engine.ReasonIDLimit:           "id_limit",
	engine.ReasonOrderLimit:        "order_limit",
	engine.ReasonOrderCap:          "order_cap",
	engine.ReasonParkedLimit:       "parked_limit",
	engine.ReasonSliceLimit:        "slice_limit",
	engine.ReasonLevelLimit:        "level_limit",
	engine.ReasonFilled:            "filled",
	engine.ReasonCanceled:          "canceled",
	engine.ReasonIOC:               "ioc",
	engine.ReasonFOK:               "fok",
	engine.ReasonDisconnect:        "disconnect",
	engine.ReasonOperator:          "operator",
	engine.ReasonExpired:           "expired",
	engine.ReasonSelfTrade:         "self_trade",
	engine.ReasonMinimum:           "minimum",
	engine.ReasonProtection:        "protection",
	engine.ReasonKillSwitch:        "kill",
	engine.ReasonCallOver:          "call_over",
	engine.ReasonNoRoom:            "no_room",
}

// eventText is an event in the words of a script, "" for one that scripts leave out.
func (p *pair) eventText(e *engine.Event) string {
	id := nameText(e.OrderID, e.ClOrdID)
	also := func(text, more string, yes bool) string {
		if yes {
			return text + " " + more
		}
		return text
	}
	switch e.Kind {
	case engine.EvExecuted:
		return fmt.Sprintf("%s %s %d @ %d", id, nameText(e.ContraOrderID, e.ContraClOrdID), e.Qty, e.Price)
	case engine.EvCanceled:
		return also(fmt.Sprintf("%s canceled %d", id, e.Leaves), reasonText[e.Reason], e.Reason != engine.ReasonCanceled)
	case engine.EvReduced:
		return fmt.Sprintf("%s reduced %d to %d", id, e.OldQty(), e.Qty)
	case engine.EvReplaced:
		old := ""
		if e.OldClOrdID() != e.ClOrdID {
			old = nameText(0, e.OldClOrdID()) + " "
		}
		text := fmt.Sprintf("%s replaced %s%d", id, old, e.Qty)
		text = also(text, fmt.Sprintf("@ %d", e.Price), !p.laws.orders[e.OrderID-1].unpriced)
		text = also(text, "kept", e.Flags&engine.FlagKeptPriority != 0)
		return also(text, "parked", e.Flags&engine.FlagParked != 0)
	case engine.EvRejected, engine.EvCancelRejected:
		return id + " refused " + reasonText[e.Reason]
	case engine.EvState:
		return also(stateText(id, e), "resent", e.Flags&engine.FlagResent != 0)
	case engine.EvMassCanceled, engine.EvOrdersEnd, engine.EvSessionLost:
		return fmt.Sprintf("all %d", e.Qty)
	case engine.EvParked:
		return id + " parked"
	case engine.EvTriggered:
		return id + " triggered"
	case engine.EvRefreshed:
		return fmt.Sprintf("%s refreshed %d", id, e.DisplayQty())
	}
	return venueText(e)
}

// stateText is an order as a status tells it.
func stateText(id string, e *engine.Event) string {
	price, stop := "", ""
	if e.Type.Priced() || e.Type == engine.MarketToLimit {
		price = fmt.Sprintf(" @ %d", e.Price)
	}
	if e.Type.Triggers() {
		stop = fmt.Sprintf(" stop %d", e.StopPrice())
	}
	switch {
	case e.Flags&engine.FlagParked != 0:
		return fmt.Sprintf("%s waits %d of %d%s%s", id, e.Leaves, e.Qty, stop, price)
	case e.Flags&engine.FlagRests == 0:
		return fmt.Sprintf("%s done %d %s", id, e.Leaves, reasonText[e.Reason])
	}
	text := fmt.Sprintf("%s open %d of %d%s", id, e.Leaves, e.Qty, price)
	if e.Flags&engine.FlagIceberg != 0 {
		text += fmt.Sprintf(" shows %d", e.DisplayQty())
	}
	if e.Flags&engine.FlagHidden != 0 {
		text += " hidden"
	}
	return text
}

// venueText is an event about the venue and not about an order.
func venueText(e *engine.Event) string {
	switch e.Kind {
	case engine.EvPhase:
		text := "phase " + phaseText[e.Phase]
		if e.Qty > 0 {
			text += fmt.Sprintf(" uncross %d @ %d", e.Qty, e.Price)
		}
		return text
	case engine.EvIndicative:
		if e.Qty == 0 {
			return "indicative none"
		}
		text := fmt.Sprintf("indicative %d @ %d", e.Qty, e.Price)
		if e.Leaves > 0 {
			text += fmt.Sprintf(" %s %d", [2]string{"buy", "sell"}[e.Side], e.Leaves)
		}
		return text
	case engine.EvKilled:
		if e.Flags&engine.FlagKilled == 0 {
			return "lifted"
		}
		return fmt.Sprintf("killed %d", e.Qty)
	case engine.EvDayRolled:
		return fmt.Sprintf("rolled %d", e.Qty)
	case engine.EvInstrument:
		text := fmt.Sprintf("instrument %d %s orders %d trades %d", e.Instrument, phaseText[e.Phase], e.Leaves, e.TradeID)
		if e.Flags&engine.FlagKilled != 0 {
			text += " killed"
		}
		return text
	}
	return ""
}

func nameText(id engine.OrderID, c engine.ClOrdID) string {
	switch {
	case c != engine.ClOrdID{}:
		return strings.TrimRight(string(c[:]), "\x00")
	case id != 0:
		return fmt.Sprintf("#%d", id)
	}
	return "-"
}

// checkBook checks an expectation about the book, if it is one. It asks the model;
// the engine's book is the same, by its digest.
func (p *pair) checkBook(w []string) (isBook bool, err error) {
	if len(w) < 2 {
		return false, nil
	}
	bids, asks := p.model.Depth(0, engine.Buy), p.model.Depth(0, engine.Sell)
	levels := bids
	switch w[0] {
	case "ask":
		levels = asks
		fallthrough
	case "bid":
		got := "none"
		if len(levels) > 0 {
			got = fmt.Sprintf("%d x %d", levels[0].Price, levels[0].Qty)
		}
		if want := strings.Join(w[1:], " "); got != want {
			return true, fmt.Errorf("the %s is %s", w[0], got)
		}
		return true, nil
	case "hold":
		want, got := strings.Join(w[3:], " "), ""
		for _, l := range append(bids, asks...) {
			if strconv.FormatInt(int64(l.Price), 10) == w[2] {
				for _, id := range l.Orders {
					got += " " + nameText(0, id)
				}
			}
		}
		if got = strings.TrimSpace(got); got != want {
			return true, fmt.Errorf("%s holds %q", w[2], got)
		}
		return true, nil
	}
	return false, nil
}
