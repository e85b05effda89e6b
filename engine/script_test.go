package engine_test

import (
	"fmt"
	"slices"
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
//	buy|sell ID QTY @ PRICE [MORE]             a limit order, GTC; ID - for none
//	buy|sell ID QTY market [MORE]              IOC unless it says otherwise
//	buy|sell ID QTY mtl [MORE]                 market to limit, GTC
//	buy|sell ID QTY stop PRICE [@ PRICE]       a stop, or with a price a stop-limit; GTC
//	buy|sell ID QTY take PRICE [@ PRICE]       a take-profit, or with a price a take-profit-limit; GTC
//	cancel NAME                                NAME is a client id, or #3: the third order accepted
//	reduce NAME QTY
//	replace NAME QTY @ PRICE [as ID] [requeue] [stop PRICE] [display QTY]
//	                                           QTY or PRICE - keeps the order's own
//	cancel-all account|session|instrument [buy|sell] [@ LOW..HIGH]
//	lost [keep]                                the session; keep: not its orders
//	status NAME
//	orders
//
// MORE is any of
//
//	gtc ioc fok day gtd SECONDS                SECONDS since the epoch
//	post slide hidden                          slide is post-only too
//	display QTY, min QTY
//	stp none|cn|co|cb|dc                       cancel newest, oldest, both; decrement
//
// The venue's own:
//
//	at SECONDS                                 time: of this command and of all that follow
//	phase pre-open|continuous|halted|closing-call|closed
//	kill|lift account A, session A2, instrument, venue
//	account A group N cap N                    0 for none
//	roll-day
//	instruments
//
// Any of them may end with "in 1": of instrument 1; else it is instrument 0.
//
// What must come is every event in order, but for orders accepted and rested, accounts
// set and time passed, which other events and the book show:
//
//	IN RESTING QTY @ PRICE       a trade; in an uncross the buy comes first
//	ID refused REASON            the name as the command gave it, - for none
//	ID canceled LEAVES [ioc|fok|disconnect|operator|...]
//	ID reduced OLD to NEW        totals
//	ID replaced [OLDID] TOTAL [@ PRICE] [kept] [parked]
//	ID parked
//	ID triggered
//	ID refreshed QTY             the next slice of an iceberg
//	ID open LEAVES of TOTAL @ PRICE [shows QTY] [hidden] [resent]
//	ID waits LEAVES of TOTAL [stop PRICE] [@ PRICE] [resent]
//	ID done LEAVES filled|canceled|ioc|... [resent]
//	all N                        the end of a cancel-all, lost, orders
//	phase NAME [uncross QTY @ PRICE]
//	indicative none, indicative QTY @ PRICE [buy|sell SURPLUS]
//	killed N, lifted             N orders were taken out
//	rolled N                     N orders expired
//	instrument N PHASE orders N trades N [killed]
//
// and then, as often as one likes, how the book of instrument 0 must look:
//
//	bid PRICE x QTY | bid none | ask ...
//	hold @ PRICE ID ID ...       the queue at a price, front first
//
// Each script runs on the engine and on the model, which must agree, as it is
// written, in the mirror (sides swapped, prices negated), and with all prices
// shifted to where they straddle zero. What is done to buys before sells has no mirror:
// such a script runs as it is written, and shifted.
type script string

// scriptLimits and scriptInstruments are what scripts run with.
var (
	scriptLimits = engine.Limits{
		OrdersMax: 100, AccountsMax: 4, LevelsPerSideMax: 16, OrdersPerDay: 200, ClOrdIDsPerDay: 200, ParkedMax: 50, SlicesMax: 200,
	}
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
	s.runAsWritten(t, limits, scriptInstruments)
	if !strings.Contains(string(s), "cancel-all instrument") { // buys go first there: it has no mirror
		s.runMirrored(t, limits, scriptInstruments)
	}
}

// asWritten is a script that has no mirror.
func (s script) asWritten(t *testing.T) {
	t.Helper()
	s.runAsWritten(t, scriptLimits, scriptInstruments)
}

// on is a script on an instrument with rules of its own, in all variants.
func (s script) on(in engine.Instrument) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		s.runAsWritten(t, scriptLimits, ruled(in))
		s.runMirrored(t, scriptLimits, ruled(in))
	}
}

// asWrittenOn is the same without the mirror.
func (s script) asWrittenOn(in engine.Instrument) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		s.runAsWritten(t, scriptLimits, ruled(in))
	}
}

// ruled is an instrument with some rules, and an ordinary one.
func ruled(in engine.Instrument) []engine.Instrument {
	in.Symbol, in.Tick, in.Lot, in.QtyMax, in.NonPositivePrices = "ONE", 1, 1, 1_000_000, true
	return []engine.Instrument{in, scriptInstruments[1]}
}

func (s script) runAsWritten(t *testing.T, limits engine.Limits, instruments []engine.Instrument) {
	t.Helper()
	s.variant(t, "as written", limits, instruments, false, func(p int64) int64 { return p })
	s.variant(t, "shifted", limits, instruments, false, func(p int64) int64 { return p - 100 })
}

func (s script) runMirrored(t *testing.T, limits engine.Limits, instruments []engine.Instrument) {
	t.Helper()
	s.variant(t, "mirrored", limits, instruments, true, func(p int64) int64 { return -p })
	s.variant(t, "mirrored and shifted", limits, instruments, true, func(p int64) int64 { return 101 - p })
}

// variant plays a script with sides swapped or not, and every price, that of reference
// too, through f. A reference must not become 0, which is none.
func (s script) variant(t *testing.T, name string, limits engine.Limits, instruments []engine.Instrument, swap bool, f func(int64) int64) {
	t.Helper()
	instruments = slices.Clone(instruments)
	for i := range instruments {
		if r := &instruments[i].Reference; *r != 0 {
			if *r = engine.Price(f(int64(*r))); *r == 0 {
				t.Fatalf("%s: the reference is 0", name)
			}
		}
	}
	s.play(t, name, limits, instruments, s.change(swap, f))
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
		if slices.Contains([]string{"@", "bid", "ask", "stop", "take"}, before) {
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

func (s script) play(t *testing.T, variant string, limits engine.Limits, instruments []engine.Instrument, text string) {
	t.Helper()
	p := newPair(limits, instruments)
	now := engine.Time(0)
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
			if c.Kind == engine.CmdTime {
				now = c.Time
			}
			c.Time = now
			events, err := p.apply(c)
			if err != nil {
				fail("%v", err)
			}
			for i := range events {
				if text := p.eventText(&events[i]); text != "" {
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
		c.Account, c.Session = parseWho(strings.TrimSuffix(w[0], ":"))
		w = w[1:]
	}
	if n := len(w); n >= 2 && w[n-2] == "in" {
		c.Instrument = engine.InstrumentID(number(w[n-1], &err))
		if w[0] == "cancel-all" {
			c.Flags |= engine.CmdFlagByInstrument
		}
		w = w[:n-2]
	}
	need := map[string]int{
		"buy": 4, "sell": 4, "cancel": 2, "reduce": 3, "replace": 5, "cancel-all": 2, "lost": 1, "status": 2, "orders": 1,
		"at": 2, "phase": 2, "kill": 2, "lift": 2, "account": 4, "roll-day": 1, "instruments": 1,
	}
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
	default:
		parseVenue(&c, verb, w, &err)
	}
	return c, err
}

// parseVenue reads one of the venue's own commands.
func parseVenue(c *engine.Command, verb string, w []string, err *error) {
	switch verb {
	case "at":
		c.Kind, c.Time = engine.CmdTime, seconds(w[0], err)
	case "phase":
		c.Kind = engine.CmdPhase
		at := slices.Index(phaseText, w[0])
		if at < 0 {
			*err = fmt.Errorf("what is phase %q?", w[0])
		}
		c.Phase = engine.Phase(at)
	case "kill", "lift":
		c.Kind = engine.CmdKill
		if verb == "lift" {
			c.Flags |= engine.CmdFlagLift
		}
		c.Scope = map[string]engine.Scope{
			"account": engine.ScopeAccount, "session": engine.ScopeSession, "instrument": engine.ScopeInstrument, "venue": engine.ScopeVenue,
		}[w[0]]
		if len(w) > 1 {
			account, session := parseWho(w[1])
			c.Account, c.Target = account, uint32(session)
		}
	case "account":
		c.Kind = engine.CmdAccount
		c.Account, _ = parseWho(w[0])
		for w = w[1:]; len(w) > 1; w = w[2:] {
			switch n := number(w[1], err); w[0] {
			case "group":
				c.Target = uint32(n)
			case "cap":
				c.Qty = engine.Qty(n)
			}
		}
	case "roll-day":
		c.Kind = engine.CmdRollDay
	case "instruments":
		c.Kind = engine.CmdInstruments
	}
}

// phaseText has the words for phases.
var phaseText = []string{"continuous", "closed", "pre-open", "halted", "closing-call"}

// parseWho reads an account, A, or one of its sessions, A2.
func parseWho(w string) (engine.AccountID, engine.SessionID) {
	account := engine.AccountID(w[0] - 'A')
	session := engine.SessionID(account)*10 + 1
	if len(w) > 1 {
		session += engine.SessionID(w[1] - '1')
	}
	return account, session
}

func seconds(w string, err *error) engine.Time { return engine.Time(number(w, err)) * 1_000_000_000 }

func parseEnter(c *engine.Command, verb string, w []string, err *error) {
	c.Kind, c.Type, c.TimeInForce = engine.CmdEnter, engine.Limit, engine.GTC
	if verb == "sell" {
		c.Side = engine.Sell
	}
	if w[0] != "-" {
		c.ClOrdID = clOrdID(w[0])
	}
	c.Qty = engine.Qty(number(w[1], err))
	for w = w[2:]; len(w) > 0; w = w[1:] {
		if tif := slices.Index(tifText, w[0]); tif > 0 {
			c.TimeInForce = engine.TimeInForce(tif)
		}
		switch w[0] {
		case "market":
			c.Type, c.TimeInForce = engine.Market, engine.IOC
		case "mtl":
			c.Type = engine.MarketToLimit
		case "post":
			c.Flags |= engine.CmdFlagPostOnly
		case "slide":
			c.Flags |= engine.CmdFlagPostOnly | engine.CmdFlagSlide
		case "hidden":
			c.Flags |= engine.CmdFlagHidden
		case "gtc", "ioc", "fok", "day":
		default: // the rest come with a value
			if len(w) < 2 {
				*err = fmt.Errorf("what is %q?", w[0])
				return
			}
			parseValue(c, w[0], w[1], err)
			w = w[1:]
		}
	}
}

// parseValue reads a part of an enter that has a value.
func parseValue(c *engine.Command, what, value string, err *error) {
	switch what {
	case "@":
		c.Price = engine.Price(number(value, err))
		if c.Type.Triggers() {
			c.Type++ // a limit behind the trigger
		}
	case "stop":
		c.Type, c.StopPrice = engine.Stop, engine.Price(number(value, err))
	case "take":
		c.Type, c.StopPrice = engine.TakeProfit, engine.Price(number(value, err))
	case "gtd":
		c.ExpireTime = seconds(value, err)
	case "display":
		c.DisplayQty = engine.Qty(number(value, err))
	case "min":
		c.MinQty = engine.Qty(number(value, err))
	case "stp":
		mode := slices.Index([]string{"", "none", "cn", "co", "cb", "dc"}, value)
		if c.SelfTrade = engine.SelfTrade(mode); mode < 0 {
			*err = fmt.Errorf("what is self-trade mode %q?", value)
		}
	default:
		*err = fmt.Errorf("what is %q?", what)
	}
}

// tifText has the words for times in force.
var tifText = []string{"", "gtc", "ioc", "fok", "day", "gtd"}

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
		case w[0] == "stop" && len(w) > 1:
			c.Flags |= engine.CmdFlagNewStop
			c.StopPrice = engine.Price(number(w[1], err))
			w = w[1:]
		case w[0] == "display" && len(w) > 1:
			c.DisplayQty = engine.Qty(number(w[1], err))
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
