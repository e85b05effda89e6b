package jsonl

import (
	"strings"
	"testing"

	"pricetime/engine"
)

func TestAdminRequests(t *testing.T) {
	d := NewDecoder(testProducts(t))
	phase := func(p engine.Phase) engine.Command { return engine.Command{Kind: engine.CmdPhase, Phase: p} }
	symbol := testProducts(t).Symbol(0)
	for _, c := range []struct {
		request AdminRequest
		want    engine.Command
		admin   string // account, and a space, and the session's last digit
	}{
		{AdminRequest{Command: "halt", ProductID: symbol}, phase(engine.Halted), ""},
		{AdminRequest{Command: "resume", ProductID: symbol}, phase(engine.PreOpen), ""},
		{AdminRequest{Command: "pre_open", ProductID: symbol}, phase(engine.PreOpen), ""},
		{AdminRequest{Command: "open", ProductID: symbol}, phase(engine.Continuous), ""},
		{AdminRequest{Command: "closing_call", ProductID: symbol}, phase(engine.ClosingCall), ""},
		{AdminRequest{Command: "close", ProductID: symbol}, phase(engine.Closed), ""},
		{AdminRequest{Command: "kill", Scope: "venue"}, engine.Command{Kind: engine.CmdKill, Scope: engine.ScopeVenue}, ""},
		{AdminRequest{Command: "kill", Scope: "venue", Lift: true}, engine.Command{Kind: engine.CmdKill, Scope: engine.ScopeVenue, Flags: engine.CmdFlagLift}, ""},
		{AdminRequest{Command: "kill", Scope: "product", ProductID: symbol}, engine.Command{Kind: engine.CmdKill, Scope: engine.ScopeInstrument}, ""},
		{AdminRequest{Command: "kill", Scope: "account", Account: "bob"}, engine.Command{Kind: engine.CmdKill, Scope: engine.ScopeAccount}, "bob"},
		{AdminRequest{Command: "kill", Scope: "session", Session: "1024", Account: "bob"}, engine.Command{Kind: engine.CmdKill, Scope: engine.ScopeSession}, "bob"},
		{AdminRequest{Command: "roll_day"}, engine.Command{Kind: engine.CmdRollDay}, ""},
		{AdminRequest{Command: "instruments"}, engine.Command{Kind: engine.CmdInstruments}, ""},
	} {
		var req Request
		line := AppendAdmin(nil, &c.request)
		fault := d.Decode(line[:len(line)-1], &req)
		if fault.Code != FaultNone || req.Kind != RequestAdmin || req.Command != c.want || string(req.Admin.Account) != c.admin || (req.Admin.Session == 1024) != (c.request.Session != "") {
			t.Errorf("%s%+v, %s %s", line, req, fault.Code, fault.Field)
		}
	}
	for line, want := range map[string]string{
		`{"type":"admin"}`:                                                                  "missing_field command",
		`{"type":"admin","command":"stop"}`:                                                 "bad_value command",
		`{"type":"admin","command":"halt"}`:                                                 "missing_field product_id",
		`{"type":"admin","command":"halt","product_id":"A","scope":"venue"}`:                "unknown_field scope",
		`{"type":"admin","command":"halt","product_id":"A","side":"buy"}`:                   "unknown_field side",
		`{"type":"admin","command":"kill"}`:                                                 "missing_field scope",
		`{"type":"admin","command":"kill","scope":"all"}`:                                   "bad_value scope",
		`{"type":"admin","command":"kill","scope":"account"}`:                               "missing_field account",
		`{"type":"admin","command":"kill","scope":"account","account":"a b"}`:               "bad_value account",
		`{"type":"admin","command":"kill","scope":"session"}`:                               "missing_field session",
		`{"type":"admin","command":"kill","scope":"session","session":"4294967296"}`:        "bad_value session",
		`{"type":"admin","command":"kill","scope":"venue","account":"a"}`:                   "unknown_field account",
		`{"type":"admin","command":"kill","scope":"venue","lift":"yes"}`:                    "wrong_type lift",
		`{"type":"admin","command":"roll_day","product_id":"A"}`:                            "unknown_field product_id",
		`{"type":"order","product_id":"A","side":"buy","price":"1","size":"1","lift":true}`: "unknown_field lift",
	} {
		var req Request
		if fault := d.Decode([]byte(line), &req); fault.Code.String()+" "+string(fault.Field) != want {
			t.Errorf("%s: %s %s, want %s", line, fault.Code, fault.Field, want)
		}
	}
}

func TestAdminAnswers(t *testing.T) {
	products := testProducts(t)
	e, p := NewEncoder(products), NewParser()
	_, page, _ := strings.Cut(protocolPage(t), "\n## Operator\n") // reasons have some of these names, too
	for name, ev := range map[string]engine.Event{
		"phase":           {Kind: engine.EvPhase, Phase: engine.Continuous, Price: 5, Qty: 7},
		"killed":          {Kind: engine.EvKilled, Phase: engine.Phase(engine.ScopeSession), Instrument: engine.NoInstrument, OrderID: 1024, Qty: 3, Flags: engine.FlagKilled},
		"day_rolled":      {Kind: engine.EvDayRolled, Instrument: engine.NoInstrument, Qty: 9},
		"instrument":      {Kind: engine.EvInstrument, Phase: engine.Halted, Price: 5, Qty: 1, Leaves: 2, TradeID: 8, Flags: engine.FlagKilled},
		"instruments_end": {Kind: engine.EvInstrumentsEnd, Instrument: engine.NoInstrument, Qty: 3},
	} {
		sequence := uint64(4)
		line := e.AppendAnswers(nil, &ev, RoleIncoming, &sequence)
		var m Message
		if err := p.Parse(line, &m); err != nil || m.Type.String() != name || m.Sequence != 4 || sequence != 5 || p.doc.unknown.set {
			t.Errorf("%s: %s%v", name, line, err)
		}
		_, row, found := strings.Cut(page, "\n| `"+name+"` |")
		row, _, _ = strings.Cut(row, "\n")
		for f := range fields {
			there := f < requestFields && p.doc.seen&f.bit() != 0 || f >= requestFields && p.doc.alone&(f-requestFields).bit() != 0
			if there && f != fType && f != fSequence && f != fTime && f != fProductID && (!found || !strings.Contains(row, code(fieldNames[f]))) {
				t.Errorf("the page's row for %s lacks %s: %s", name, fieldNames[f], row)
			}
		}
	}
	for _, kind := range []engine.EventKind{engine.EvTime, engine.EvAccountSet, engine.EvIndicative, engine.EvSessionLost} {
		sequence := uint64(1)
		if line := e.AppendAnswers(nil, &engine.Event{Kind: kind}, RoleIncoming, &sequence); len(line) > 0 || sequence != 1 {
			t.Errorf("event %d is told: %s", kind, line)
		}
	}
}

func operatorTable() string {
	var rows [][]string
	for _, p := range phaseCommands {
		rows = append(rows, []string{code(p.name), "", names(phaseFields &^ adminBare)})
	}
	for scope, fields := range killFields {
		if scopeNames[scope] != "" {
			rows = append(rows, []string{code(adminKill), code(scopeNames[scope]), names(fields &^ adminBare)})
		}
	}
	rows = append(rows, []string{code(adminRollDay), "", ""}, []string{code(adminInstruments), "", ""})
	return table("| `command` | `scope` | fields |", rows)
}

func operatorFieldsTable() string {
	var rows [][]string
	for f := fCommand; f <= fLift; f++ {
		rows = append(rows, []string{code(fieldNames[f]), wants[f]})
	}
	return table("| field | value |", rows)
}

func TestOperatorPageTables(t *testing.T) {
	page := protocolPage(t)
	for name, want := range map[string]string{"operator": operatorTable(), "operator-fields": operatorFieldsTable()} {
		_, rest, found := strings.Cut(page, "<!-- table:"+name+" -->\n")
		if got, _, ended := strings.Cut(rest, "<!-- end -->"); !found || !ended || got != want {
			t.Errorf("docs/protocol-json.md, table %s, should be\n%s", name, want)
		}
	}
}
