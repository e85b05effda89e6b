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
