package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"pricetime/engine"
)

// TestEventsSayWhatTheContractSays shows each kind of event with all its fields.
// Scripts leave most of them out. "#3" is the third order accepted.
func TestEventsSayWhatTheContractSays(t *testing.T) {
	steps := []struct{ command, events string }{
		{"buy b 10 @ 100 post", `
			accepted rests post last: #1 b session 1 buy limit gtc 10 @ 100 leaves 10`},
		{"buy b 10 @ 100 post", `
			state rests post resent last: #1 b session 1 buy limit gtc 10 @ 100 leaves 10`},
		{"B: sell s 4 @ 99", `
			accepted: #2 s session 11 sell limit gtc 4 @ 99 leaves 4
			executed last: #2 s session 11 sell 4 @ 100 leaves 0 contra #1 b session 1 leaves 6 trade 1`},
		{"B: sell t 9 @ 100", `
			accepted: #3 t session 11 sell limit gtc 9 @ 100 leaves 9
			executed: #3 t session 11 sell 6 @ 100 leaves 3 contra #1 b session 1 leaves 0 trade 2
			rested rests last: #3 t session 11 sell 9 @ 100 leaves 3`},
		{"A: status b", `
			state last: #1 b session 1 buy reason filled`},
		{"A: status #1", `
			state last: #1 session 1 buy reason filled`},
		{"B2: reduce t 8", `
			reduced last: #3 t session 11 by 12 sell 8 @ 100 leaves 2 old 9`},
		{"B2: replace t 8 @ 100 as u", `
			replaced rests kept last: #3 u session 12 sell 8 @ 100 leaves 2 old 8 was t of session 11`},
		{"B: replace u 9 @ 101", `
			replaced rests last: #3 u session 11 sell 9 @ 101 leaves 3 old 8 was u of session 12`},
		{"B: replace t 9 @ 101", `
			cancel-rejected last: t session 11 reason already_replaced`},
		{"C: buy c 1 @ 100", `
			accepted rests last: #4 c session 21 buy limit gtc 1 @ 100 leaves 1`},
		{"B: replace u 9 @ 100 as v", `
			replaced: #3 v session 11 sell 9 @ 100 leaves 3 old 9 was u of session 11
			executed: #3 v session 11 sell 1 @ 100 leaves 2 contra #4 c session 21 leaves 0 trade 3
			rested rests last: #3 v session 11 sell 9 @ 100 leaves 2`},
		{"A: buy m 3 market", `
			accepted: #5 m session 1 buy market ioc 3 leaves 3
			executed: #5 m session 1 buy 2 @ 100 leaves 1 contra #3 v session 11 leaves 0 trade 4
			canceled last: #5 m session 1 buy 3 leaves 1 reason ioc`},
		{"A: buy m 4 market", `
			rejected last: m session 1 buy market ioc reason duplicate_id`},
		{"A: buy m2 4 market", `
			rejected last: m2 session 1 buy market ioc reason no_liquidity`},
		{"A: sell f 4 @ 100 fok", `
			accepted: #6 f session 1 sell limit fok 4 @ 100 leaves 4
			canceled last: #6 f session 1 sell 4 @ 100 leaves 4 reason fok`},
		{"A: status f", `
			state last: #6 f session 1 sell leaves 4 reason fok`},
		{"B: sell w 6 @ 100", `
			accepted rests last: #7 w session 11 sell limit gtc 6 @ 100 leaves 6`},
		{"C: buy x 4 @ 100", `
			accepted: #8 x session 21 buy limit gtc 4 @ 100 leaves 4
			executed last: #8 x session 21 buy 4 @ 100 leaves 0 contra #7 w session 11 leaves 2 trade 5`},
		{"B2: replace w 3 @ 105 as w2", `
			replaced: #7 w2 session 12 sell 3 @ 105 old 6 was w of session 11
			canceled rested last: #7 w2 session 12 sell 3 @ 100 leaves 2 reason canceled`},
		{"B: sell y 6 @ 100", `
			accepted rests last: #9 y session 11 sell limit gtc 6 @ 100 leaves 6`},
		{"C: buy z 4 @ 100", `
			accepted: #10 z session 21 buy limit gtc 4 @ 100 leaves 4
			executed last: #10 z session 21 buy 4 @ 100 leaves 0 contra #9 y session 11 leaves 2 trade 6`},
		{"B: reduce y 1", `
			canceled rested last: #9 y session 11 sell 1 @ 100 leaves 2 reason canceled`},
		{"B: cancel y", `
			cancel-rejected last: y session 11 reason already_canceled`},
		{"A: cancel y", `
			cancel-rejected last: y session 1 no-instrument reason unknown_order`},
		{"A: cancel #9", `
			cancel-rejected last: #9 session 1 no-instrument reason unknown_order`},
		{"A: buy p 2 @ 90 in 1", `
			accepted rests last: #11 p session 1 in 1 buy limit gtc 2 @ 90 leaves 2`},
		{"A2: orders", `
			state rests: #11 p session 1 by 2 in 1 buy limit gtc 2 @ 90 leaves 2
			orders-end last: session 2 no-instrument 1`},
		{"D: cancel-all instrument in 1", `
			canceled rested: #11 p session 1 by 31 in 1 buy 2 @ 90 leaves 2 reason operator
			mass-canceled last: session 31 no-instrument 1`},
		{"A: buy q 2 @ 90", `
			accepted rests last: #12 q session 1 buy limit gtc 2 @ 90 leaves 2`},
		{"A: lost", `
			canceled rested: #12 q session 1 buy 2 @ 90 leaves 2 reason disconnect
			session-lost last: session 1 no-instrument 1`},
		{"A: cancel-all account in 7", `
			cancel-rejected last: session 1 no-instrument reason unknown_instrument`},
		{"A: buy r 2 @ 90 in 7", `
			rejected last: r session 1 in 7 buy limit gtc reason unknown_instrument`},
	}
	checkSteps(t, steps)
}

// TestEventsOfAllTypesAndPhases is the same of what stops, icebergs, phases and kills tell.
func TestEventsOfAllTypesAndPhases(t *testing.T) {
	checkSteps(t, []struct{ command, events string }{
		{"sell i 30 @ 100 display 10 day", `
			accepted rests iceberg last: #1 i session 1 sell limit day 30 @ 100 leaves 30 expires 86400000000000 shows 10`},
		{"A2: reduce i 28", `
			reduced iceberg last: #1 i session 1 by 2 sell 28 @ 100 leaves 28 old 30 shows 10`},
		{"B: buy x 5 stop 100 @ 90 gtd 9", `
			accepted: #2 x session 11 buy type 5 gtd 5 @ 90 leaves 5 expires 9000000000 stop 100
			parked parked last: #2 x session 11 buy type 5 5 @ 90 leaves 5 stop 100`},
		{"B: status x", `
			state parked last: #2 x session 11 buy type 5 gtd 5 @ 90 leaves 5 expires 9000000000 stop 100`},
		{"B: reduce x 4", `
			reduced parked last: #2 x session 11 buy 4 @ 90 leaves 4 old 5`},
		{"B: replace x 3 @ 91 stop 101 as y", `
			replaced parked last: #2 y session 11 buy 3 @ 91 leaves 3 old 4 was x of session 11 stop 101`},
		{"buy b 10 @ 100", `
			accepted: #3 b session 1 buy limit gtc 10 @ 100 leaves 10
			executed iceberg: #3 b session 1 buy 10 @ 100 leaves 0 contra #1 i session 1 leaves 18 trade 1
			refreshed iceberg last: #1 i session 1 sell 28 @ 100 leaves 18 shows 10`},
		{"sell h 5 @ 99 hidden", `
			accepted rests hidden last: #4 h session 1 sell limit gtc 5 @ 99 leaves 5`},
		{"buy b2 7 @ 100", `
			accepted: #5 b2 session 1 buy limit gtc 7 @ 100 leaves 7
			executed hidden: #5 b2 session 1 buy 5 @ 99 leaves 2 contra #4 h session 1 leaves 0 trade 2
			executed iceberg last: #5 b2 session 1 buy 2 @ 100 leaves 0 contra #1 i session 1 leaves 16 trade 3`},
		{"replace i 27 @ - display 3", `
			replaced rests kept iceberg last: #1 i session 1 sell 27 @ 100 leaves 15 old 28 was i of session 1 shows 3`},
		{"B: buy w 2 stop 101 @ 90", `
			accepted: #6 w session 11 buy type 5 gtc 2 @ 90 leaves 2 stop 101
			parked parked last: #6 w session 11 buy type 5 2 @ 90 leaves 2 stop 101`},
		{"sell t 4 @ 101 display 2", `
			accepted rests iceberg last: #7 t session 1 sell limit gtc 4 @ 101 leaves 4 shows 2`},
		{"buy b3 15 @ 101 stp none", `
			accepted: #8 b3 session 1 buy limit gtc 15 @ 101 leaves 15
			executed iceberg: #8 b3 session 1 buy 3 @ 100 leaves 12 contra #1 i session 1 leaves 12 trade 4
			refreshed iceberg: #1 i session 1 sell 27 @ 100 leaves 12 shows 3
			executed iceberg: #8 b3 session 1 buy 3 @ 100 leaves 9 contra #1 i session 1 leaves 9 trade 5
			refreshed iceberg: #1 i session 1 sell 27 @ 100 leaves 9 shows 3
			executed iceberg: #8 b3 session 1 buy 3 @ 100 leaves 6 contra #1 i session 1 leaves 6 trade 6
			refreshed iceberg: #1 i session 1 sell 27 @ 100 leaves 6 shows 3
			executed iceberg: #8 b3 session 1 buy 3 @ 100 leaves 3 contra #1 i session 1 leaves 3 trade 7
			refreshed iceberg: #1 i session 1 sell 27 @ 100 leaves 3 shows 3
			executed iceberg last: #8 b3 session 1 buy 3 @ 100 leaves 0 contra #1 i session 1 leaves 0 trade 8`},
		{"C: sell s 9 @ 101", `
			accepted rests last: #9 s session 21 sell limit gtc 9 @ 101 leaves 9`},
		{"C: buy c 9 @ 101 stp dc", `
			accepted: #10 c session 21 buy limit gtc 9 @ 101 leaves 9
			executed iceberg: #10 c session 21 buy 2 @ 101 leaves 7 contra #7 t session 1 leaves 2 trade 9
			refreshed iceberg: #7 t session 1 by 21 sell 4 @ 101 leaves 2 shows 2
			reduced: #9 s session 21 sell 2 @ 101 leaves 2 old 9
			canceled: #10 c session 21 buy 9 @ 101 leaves 7 reason self_trade
			triggered: #2 y session 11 by 21 buy 3 @ 91 leaves 3
			rested rests: #2 y session 11 by 21 buy 3 @ 91 leaves 3
			triggered: #6 w session 11 by 21 buy 2 @ 90 leaves 2
			rested rests last: #6 w session 11 by 21 buy 2 @ 90 leaves 2`},
		{"phase pre-open", `
			phase last: session 1 phase 2`},
		{"buy m 2 market day", `
			accepted: #11 m session 1 buy market day 2 leaves 2 expires 86400000000000
			parked parked last: #11 m session 1 buy market 2 leaves 2`},
		{"sell n 1 @ 90", `
			accepted rests last: #12 n session 1 sell limit gtc 1 @ 90 leaves 1`},
		{"at 1", `
			indicative: session 0 by 1 sell phase 2 2 @ 101 leaves 3
			time last: session 1 no-instrument`},
		{"phase continuous", `
			executed call: #11 m session 1 buy 1 @ 101 leaves 1 contra #12 n session 1 leaves 0 trade 10
			executed call: #11 m session 1 buy 1 @ 101 leaves 0 contra #9 s session 21 leaves 1 trade 11
			phase last: session 1 2 @ 101`},
		{"A: orders", `
			state rests iceberg: #7 t session 1 sell limit gtc 4 @ 101 leaves 2 shows 2
			orders-end last: session 1 no-instrument 1`},
		{"kill session B", `
			canceled rested: #2 y session 11 by 1 buy 3 @ 91 leaves 3 reason kill
			canceled rested: #6 w session 11 by 1 buy 2 @ 90 leaves 2 reason kill
			killed in-force last: #11 session 1 no-instrument phase 2 2`},
		{"lift session B", `
			killed last: #11 session 1 no-instrument phase 2`},
		{"account C group 3 cap 9", `
			account-set last: #2 session 1 no-instrument 9`},
		{"instruments", `
			instrument: session 0 by 1 1 @ 101 leaves 2 trade 11
			instrument: session 0 by 1 in 1
			instruments-end last: session 1 no-instrument 2`},
		{"kill instrument in 1", `
			killed in-force last: session 1 in 1 phase 3`},
		{"roll-day", `
			day-rolled last: session 1 no-instrument`},
		{"phase continuous", `
			cancel-rejected last: session 1 no-instrument reason phase`},
		{"kill instrument in 9", `
			cancel-rejected last: session 1 no-instrument reason unknown_instrument`},
	})
}

func checkSteps(t *testing.T, steps []struct{ command, events string }) {
	t.Helper()
	p := newPair(scriptLimits, scriptInstruments)
	for _, s := range steps {
		var got []string
		for _, e := range p.must(t, cmd(s.command)) {
			got = append(got, wholeEvent(&e))
		}
		want := strings.Split(strings.TrimSpace(s.events), "\n")
		for i := range want {
			want[i] = strings.TrimSpace(want[i])
		}
		if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
			t.Errorf("%s\ngot\n%s\nwant\n%s", s.command, g, w)
		}
	}
}

// wholeEvent prints every field of an event that is not zero, but for Seq and Time.
func wholeEvent(e *engine.Event) string {
	kinds := map[engine.EventKind]string{
		engine.EvAccepted: "accepted", engine.EvExecuted: "executed", engine.EvRested: "rested", engine.EvCanceled: "canceled",
		engine.EvReduced: "reduced", engine.EvReplaced: "replaced", engine.EvRejected: "rejected",
		engine.EvCancelRejected: "cancel-rejected", engine.EvState: "state", engine.EvMassCanceled: "mass-canceled",
		engine.EvOrdersEnd: "orders-end", engine.EvSessionLost: "session-lost",
		engine.EvParked: "parked", engine.EvTriggered: "triggered", engine.EvRefreshed: "refreshed", engine.EvPhase: "phase",
		engine.EvIndicative: "indicative", engine.EvTime: "time", engine.EvKilled: "killed", engine.EvDayRolled: "day-rolled",
		engine.EvAccountSet: "account-set", engine.EvInstrument: "instrument", engine.EvInstrumentsEnd: "instruments-end",
	}
	w := words{kinds[e.Kind]}
	for _, f := range []struct {
		flag engine.EventFlags
		name string
	}{
		{engine.FlagRests, "rests"}, {engine.FlagKeptPriority, "kept"}, {engine.FlagWasResting, "rested"},
		{engine.FlagPostOnly, "post"}, {engine.FlagResent, "resent"}, {engine.FlagHidden, "hidden"}, {engine.FlagIceberg, "iceberg"},
		{engine.FlagParked, "parked"}, {engine.FlagCall, "call"}, {engine.FlagKilled, "in-force"}, {engine.FlagLast, "last"},
	} {
		if e.Flags&f.flag != 0 {
			w.add("%s", f.name)
		}
	}
	w[len(w)-1] += ":"
	w.addIf(e.OrderID != 0, "#%d", e.OrderID)
	w.addIf(e.ClOrdID != engine.ClOrdID{}, "%s", nameText(0, e.ClOrdID))
	w.add("session %d", e.Session)
	w.addIf(e.By != e.Session && e.Kind != engine.EvExecuted, "by %d", e.By)
	w.addIf(e.Instrument == engine.NoInstrument, "no-instrument")
	w.addIf(e.Instrument != 0 && e.Instrument != engine.NoInstrument, "in %d", e.Instrument)
	about := e.Kind <= engine.EvReplaced || e.Kind == engine.EvRejected || e.Kind == engine.EvState ||
		e.Kind >= engine.EvParked && e.Kind <= engine.EvRefreshed
	w.addIf(about && e.Side == engine.Buy, "buy")
	w.addIf(e.Side == engine.Sell, "sell")
	w.addIf(e.Type == engine.Limit, "limit")
	w.addIf(e.Type == engine.Market, "market")
	w.addIf(e.Type > engine.Market, "type %d", e.Type)
	w.addIf(e.Phase != 0, "phase %d", e.Phase)
	w.addIf(e.TimeInForce == engine.DAY, "day")
	w.addIf(e.TimeInForce == engine.GTD, "gtd")
	w.addIf(e.TimeInForce == engine.GTC, "gtc")
	w.addIf(e.TimeInForce == engine.IOC, "ioc")
	w.addIf(e.TimeInForce == engine.FOK, "fok")
	w.addIf(e.Qty != 0, "%d", e.Qty)
	w.addIf(e.Price != 0, "@ %d", e.Price)
	w.addIf(e.Leaves != 0 || e.Kind == engine.EvExecuted, "leaves %d", e.Leaves)
	if e.Kind == engine.EvExecuted {
		w.add("contra #%d %s session %d leaves %d", e.ContraOrderID, nameText(0, e.ContraClOrdID), e.ContraSession, e.ContraLeaves)
	} else {
		w.addIf(e.ContraLeaves != 0 && e.TimeInForce == 0, "old %d", e.OldQty())
		w.addIf(e.ContraLeaves != 0 && e.TimeInForce != 0, "expires %d", e.ExpireTime())
		w.addIf(e.ContraClOrdID != engine.ClOrdID{}, "was %s of session %d", nameText(0, e.OldClOrdID()), e.ContraSession)
		w.addIf(e.ContraOrderID != 0, "stop %d", e.StopPrice())
	}
	w.addIf(e.TradeID != 0 && e.Flags&engine.FlagIceberg != 0 && e.Kind != engine.EvExecuted, "shows %d", e.DisplayQty())
	w.addIf(e.TradeID != 0 && (e.Flags&engine.FlagIceberg == 0 || e.Kind == engine.EvExecuted), "trade %d", e.TradeID)
	w.addIf(e.Reason != engine.ReasonNone, "reason %s", reasonText[e.Reason])
	return strings.Join(w, " ")
}

// words are the words of a line.
type words []string

func (w *words) add(format string, args ...any) { *w = append(*w, fmt.Sprintf(format, args...)) }

func (w *words) addIf(yes bool, format string, args ...any) {
	if yes {
		w.add(format, args...)
	}
}
