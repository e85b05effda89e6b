package engine_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pricetime/engine"
)

// A script is lines that a trader can read: commands, then what must come of them.
//
//	sell S1 100 @ 1001; sell S2 50 @ 1000
//	buy B1 120 @ 1001 -> B1 S2 50 @ 1000; B1 S1 70 @ 1001; ask 1001 x 30
//
// Commands, each by account A unless it says "B:" (or "B2:", B's second session):
//
//	buy|sell ID QTY @ PRICE [ioc|fok|post]     ID - for none
//	buy|sell ID QTY market [fok|gtc|post]      IOC unless it says otherwise
//	cancel NAME                                NAME is a client id, or #3: the third order accepted
//	reduce NAME QTY
//	replace NAME QTY @ PRICE [as ID] [requeue] QTY or PRICE - keeps the order's own
//	cancel-all account|session|instrument [buy|sell] [@ LOW..HIGH]
//	lost [keep]                                the session; keep: not its orders
//	status NAME
//	orders
//
// Any of them may end with "in 1": of instrument 1; else it is instrument 0.
//
// What must come is every event in order, but for orders accepted and rested,
// which the book shows:
//
//	IN RESTING QTY @ PRICE       a trade
//	ID refused REASON            the name as the command gave it, - for none
//	ID canceled LEAVES [ioc|fok|disconnect|operator]
//	ID reduced OLD to NEW        totals
//	ID replaced [OLDID] TOTAL @ PRICE [kept]
//	ID open LEAVES of TOTAL @ PRICE [resent]
//	ID done LEAVES filled|canceled|ioc|... [resent]
//	all N                        the end of a cancel-all, lost, orders
//
// and then, as often as one likes, how the book of instrument 0 must look:
//
//	bid PRICE x QTY | bid none | ask ...
//	hold @ PRICE ID ID ...       the queue at a price, front first
//
// Each script runs on the engine and on the model, which must agree, as it is
// written, in the mirror (sides swapped, prices negated), and with all prices
// shifted to where they straddle zero.
type script string

// scriptLimits and scriptInstruments are what scripts run with.
var (
	scriptLimits      = engine.Limits{OrdersMax: 100, AccountsMax: 4, LevelsPerSideMax: 16, OrdersPerDay: 200, ClOrdIDsPerDay: 200}
	scriptInstruments = []engine.Instrument{
		{Symbol: "ONE", Tick: 1, Lot: 1, QtyMax: 1_000_000, NonPositivePrices: true},
		{Symbol: "TWO", Tick: 1, Lot: 1, QtyMax: 1_000_000, NonPositivePrices: true},
	}
)

// run runs a script in all its variants.
func (s script) run(t *testing.T) {
	t.Helper()
	s.runWith(t, scriptLimits)
}

func (s script) runWith(t *testing.T, limits engine.Limits) {
	t.Helper()
	same := func(p int64) int64 { return p }
	s.play(t, "as written", limits, s.change(false, same))
	s.play(t, "shifted", limits, s.change(false, func(p int64) int64 { return p - 100 }))
	if !strings.Contains(string(s), "cancel-all instrument") { // buys go first there: it has no mirror
		s.play(t, "mirrored", limits, s.change(true, func(p int64) int64 { return -p }))
		s.play(t, "mirrored and shifted", limits, s.change(true, func(p int64) int64 { return 101 - p }))
	}
}

// change rewrites a script: sides swapped or not, and every price through f.
func (s script) change(swap bool, f func(int64) int64) string {
	swapped := map[string]string{"buy": "sell", "sell": "buy", "bid": "ask", "ask": "bid"}
	text := strings.NewReplacer(";", " ; ", "\n", " \n ", "\t", " ").Replace(string(s))
	words := strings.Split(text, " ")
	before := ""
	for i, w := range words {
		if w == "" {
			continue
		}
		if before == "@" || before == "bid" || before == "ask" {
			words[i] = changePrice(w, swap, f)
		} else if other, ok := swapped[w]; ok && swap {
			words[i] = other
		}
		before = w
	}
	return strings.Join(words, " ")
}

func changePrice(w string, swap bool, f func(int64) int64) string {
	if low, high, ok := strings.Cut(w, ".."); ok {
		low, high = changePrice(low, swap, f), changePrice(high, swap, f)
		if swap {
			low, high = high, low
		}
		return low + ".." + high
	}
	p, err := strconv.ParseInt(w, 10, 64)
	if err != nil {
		return w // "-" or "none"
	}
	return strconv.FormatInt(f(p), 10)
}

func (s script) play(t *testing.T, variant string, limits engine.Limits, text string) {
	t.Helper()
	p := newPair(limits, scriptInstruments)
	for n, line := range strings.Split(text, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" {
			continue
		}
		commands, expected, _ := strings.Cut(line, "->")
		fail := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("%s, line %d: %s\n%s", variant, n, line, fmt.Sprintf(format, args...))
		}
		var got, want []string
		for _, text := range strings.Split(commands, ";") {
			c, err := parseCommand(strings.Fields(text))
			if err != nil {
				fail("%v", err)
			}
			events, err := p.apply(c)
			if err != nil {
				fail("%v", err)
			}
			for i := range events {
				if text := eventText(&events[i]); text != "" {
					got = append(got, text)
				}
			}
		}
		for _, text := range strings.Split(expected, ";") {
			text = strings.TrimSpace(text)
			isBook, err := p.checkBook(strings.Fields(text))
			if err != nil {
				fail("%v", err)
			}
			if text != "" && !isBook {
				want = append(want, text)
			}
		}
		if g, w := strings.Join(got, "; "), strings.Join(want, "; "); g != w {
			fail("got  %s\nwant %s", g, w)
		}
	}
}

// parseCommand reads one command of a script.
func parseCommand(w []string) (c engine.Command, err error) {
	c.Session = 1
	if len(w) > 0 && strings.HasSuffix(w[0], ":") { // who
		c.Account = engine.AccountID(w[0][0] - 'A')
		c.Session = engine.SessionID(c.Account)*10 + 1
		if len(w[0]) == 3 {
			c.Session += engine.SessionID(w[0][1] - '1')
		}
		w = w[1:]
	}
	if n := len(w); n >= 2 && w[n-2] == "in" {
		c.Instrument = engine.InstrumentID(number(w[n-1], &err))
		if w[0] == "cancel-all" {
			c.Flags |= engine.CmdFlagByInstrument
		}
		w = w[:n-2]
	}
	need := map[string]int{"buy": 4, "sell": 4, "cancel": 2, "reduce": 3, "replace": 5, "cancel-all": 2, "lost": 1, "status": 2, "orders": 1}
	if len(w) == 0 || need[w[0]] == 0 || len(w) < need[w[0]] {
		return c, fmt.Errorf("no command: %q", w)
	}
	verb, w := w[0], w[1:]
	switch verb {
	case "buy", "sell":
		parseEnter(&c, verb, w, &err)
	case "cancel", "status":
		c.Kind = map[string]engine.CommandKind{"cancel": engine.CmdCancel, "status": engine.CmdStatus}[verb]
		parseName(&c, w[0], &err)
	case "reduce":
		c.Kind = engine.CmdReduce
		parseName(&c, w[0], &err)
		c.Qty = engine.Qty(number(w[1], &err))
	case "replace":
		parseReplace(&c, w, &err)
	case "cancel-all":
		parseCancelAll(&c, w, &err)
	case "lost":
		c.Kind = engine.CmdSessionLost
		if len(w) == 0 {
			c.Flags = engine.CmdFlagCancelOnDisconnect
		}
	case "orders":
		c.Kind = engine.CmdOrders
	}
	return c, err
}

func parseEnter(c *engine.Command, verb string, w []string, err *error) {
	c.Kind, c.Type, c.TimeInForce = engine.CmdEnter, engine.Limit, engine.GTC
	if verb == "sell" {
		c.Side = engine.Sell
	}
	if w[0] != "-" {
		c.ClOrdID = clOrdID(w[0])
	}
	c.Qty = engine.Qty(number(w[1], err))
	rest := w[3:]
	if w[2] == "market" {
		c.Type, c.TimeInForce = engine.Market, engine.IOC
	} else {
		c.Price = engine.Price(number(w[3], err))
		rest = w[4:]
	}
	for _, word := range rest {
		switch word {
		case "gtc":
			c.TimeInForce = engine.GTC
		case "ioc":
			c.TimeInForce = engine.IOC
		case "fok":
			c.TimeInForce = engine.FOK
		case "post":
			c.Flags |= engine.CmdFlagPostOnly
		default:
			*err = fmt.Errorf("what is %q?", word)
		}
	}
}

func parseReplace(c *engine.Command, w []string, err *error) {
	c.Kind = engine.CmdReplace
	parseName(c, w[0], err)
	if w[1] == "-" {
		c.Flags |= engine.CmdFlagKeepQty
	} else {
		c.Qty = engine.Qty(number(w[1], err))
	}
	if w[3] == "-" {
		c.Flags |= engine.CmdFlagKeepPrice
	} else {
		c.Price = engine.Price(number(w[3], err))
	}
	for w = w[4:]; len(w) > 0; w = w[1:] {
		switch {
		case w[0] == "requeue":
			c.Flags |= engine.CmdFlagRequeue
		case w[0] == "as" && len(w) > 1:
			c.NewClOrdID = clOrdID(w[1])
			w = w[1:]
		default:
			*err = fmt.Errorf("what is %q?", w[0])
		}
	}
}

func parseCancelAll(c *engine.Command, w []string, err *error) {
	c.Kind = engine.CmdMassCancel
	switch w[0] {
	case "account":
		c.Scope = engine.ScopeAccount
	case "session":
		c.Scope = engine.ScopeSession
	case "instrument":
		c.Scope = engine.ScopeInstrument
		c.Flags |= engine.CmdFlagByInstrument
	}
	for w = w[1:]; len(w) > 0; w = w[1:] {
		switch {
		case w[0] == "buy" || w[0] == "sell":
			c.Flags |= engine.CmdFlagBySide
			if w[0] == "sell" {
				c.Side = engine.Sell
			}
		case w[0] == "@" && len(w) > 1:
			low, high, _ := strings.Cut(w[1], "..")
			c.Flags |= engine.CmdFlagByPrice
			c.Price, c.PriceHigh = engine.Price(number(low, err)), engine.Price(number(high, err))
			w = w[1:]
		default:
			*err = fmt.Errorf("what is %q?", w[0])
		}
	}
}

func parseName(c *engine.Command, w string, err *error) {
	if n, ok := strings.CutPrefix(w, "#"); ok {
		c.OrderID = engine.OrderID(number(n, err))
	} else if w != "-" {
		c.ClOrdID = clOrdID(w)
	}
}

func number(w string, err *error) int64 {
	n, e := strconv.ParseInt(w, 10, 64)
	if e != nil {
		*err = e
	}
	return n
}

// reasonText has the words for reasons.
var reasonText = map[engine.Reason]string{
	engine.ReasonBadCommand:        "bad_command",
	engine.ReasonUnknownInstrument: "unknown_instrument",
	engine.ReasonDuplicateID:       "duplicate_id",
	engine.ReasonUnknownOrder:      "unknown_order",
	engine.ReasonAlreadyFilled:     "already_filled",
	engine.ReasonAlreadyCanceled:   "already_canceled",
	engine.ReasonAlreadyReplaced:   "already_replaced",
	engine.ReasonPriceOffTick:      "price_off_tick",
	engine.ReasonPriceRange:        "price_range",
	engine.ReasonQtyOffLot:         "qty_off_lot",
	engine.ReasonQtyRange:          "qty_range",
	engine.ReasonBadCombination:    "bad_combination",
	engine.ReasonQtyAboveMax:       "qty_above_max",
	engine.ReasonNotional:          "notional",
	engine.ReasonNotAReduction:     "not_a_reduction",
	engine.ReasonNoLiquidity:       "no_liquidity",
	engine.ReasonWouldTrade:        "would_trade",
	engine.ReasonLevelOverflow:     "level_overflow",
	engine.ReasonIDLimit:           "id_limit",
	engine.ReasonOrderLimit:        "order_limit",
	engine.ReasonLevelLimit:        "level_limit",
	engine.ReasonFilled:            "filled",
	engine.ReasonCanceled:          "canceled",
	engine.ReasonIOC:               "ioc",
	engine.ReasonFOK:               "fok",
	engine.ReasonDisconnect:        "disconnect",
	engine.ReasonOperator:          "operator",
}

// eventText is an event in the words of a script, "" for one that scripts leave out.
func eventText(e *engine.Event) string {
	id := nameText(e.OrderID, e.ClOrdID)
	also := func(text, more string, yes bool) string {
		if yes {
			return text + " " + more
		}
		return text
	}
	resent := e.Flags&engine.FlagResent != 0
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
		return also(fmt.Sprintf("%s replaced %s%d @ %d", id, old, e.Qty, e.Price), "kept", e.Flags&engine.FlagKeptPriority != 0)
	case engine.EvRejected, engine.EvCancelRejected:
		return id + " refused " + reasonText[e.Reason]
	case engine.EvState:
		if e.Flags&engine.FlagRests != 0 {
			return also(fmt.Sprintf("%s open %d of %d @ %d", id, e.Leaves, e.Qty, e.Price), "resent", resent)
		}
		return also(fmt.Sprintf("%s done %d %s", id, e.Leaves, reasonText[e.Reason]), "resent", resent)
	case engine.EvMassCanceled, engine.EvOrdersEnd, engine.EvSessionLost:
		return fmt.Sprintf("all %d", e.Qty)
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
