package jsonl

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"pricetime/engine"
)

// protocolPage is docs/protocol-json.md. What it says in tables between markers
// is made from this package's tables, and its examples are lines that this
// package takes.
func protocolPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/protocol-json.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// table is a Markdown table.
func table(head string, rows [][]string) string {
	b := head + "\n" + strings.Repeat("|---", strings.Count(head, "|")-1) + "|\n"
	for _, row := range rows {
		b += "| " + strings.Join(row, " | ") + " |\n"
	}
	return b
}

func code(s string) string { return "`" + s + "`" }

func requestsTable() string {
	var rows [][]string
	for _, r := range []struct {
		name   string
		fields fieldSet
		later  fieldSet
	}{
		{"login", loginFields, 0},
		{"order", orderFields, orderLater},
		{"cancel", targetField, 0},
		{"reduce", reduceFields, 0},
		{"replace", replaceFields, 0},
		{"cancel_all", cancelAllFields, 0},
		{"orders", bareFields, 0},
		{"status", targetField, 0},
		{"subscribe", subscribeFields, 0},
		{"unsubscribe", subscribeFields, 0},
		{"ping", bareFields, 0},
	} {
		rows = append(rows, []string{code(r.name), names(r.fields &^ r.later &^ fType.bit()), names(r.later)})
	}
	return table("| request | fields | known and not offered yet: `unsupported` |", rows)
}

func names(set fieldSet) string {
	var list []string
	for ; set != 0; set &= set - 1 {
		list = append(list, code(fieldNames[set.first()]))
	}
	return strings.Join(list, " ")
}

func fieldsTable() string {
	var rows [][]string
	for f, want := range wants {
		if want != "absent" && (field(f) < fCommand || field(f) > fLift) { // those are the operator's
			rows = append(rows, []string{code(fieldNames[f]), want})
		}
	}
	return table("| field | value |", rows)
}

func endingsTable() string {
	var rows [][]string
	for _, r := range endings {
		rows = append(rows, []string{code(r.name), r.message})
	}
	return table("| reason | means |", rows)
}

func reasonsTable() string {
	var rows [][]string
	for _, r := range refusals[engine.ReasonBadCommand:] {
		rows = append(rows, []string{code(r.name), r.field, r.message})
	}
	return table("| reason | field | message |", rows)
}

func errorsTable() string {
	var rows [][]string
	for c := FaultNone + 1; c < faultCodes; c++ {
		rows = append(rows, []string{code(c.String()), faultTexts[c].message})
	}
	return table("| reason | message, unless it says more about the field |", rows)
}

func TestProtocolPageTables(t *testing.T) {
	page := protocolPage(t)
	for name, want := range map[string]string{
		"requests": requestsTable(), "fields": fieldsTable(), "endings": endingsTable(), "reasons": reasonsTable(), "errors": errorsTable(),
	} {
		_, rest, found := strings.Cut(page, "<!-- table:"+name+" -->\n")
		got, _, ended := strings.Cut(rest, "<!-- end -->")
		if !found || !ended || got != want {
			t.Errorf("docs/protocol-json.md, table %s, should be\n%s", name, want)
		}
	}
}

func TestProtocolPageExamples(t *testing.T) {
	d, p := NewDecoder(testProducts(t)), NewParser()
	requests, answers := 0, 0
	for _, block := range regexp.MustCompile("(?s)```(request|answer)\n(.*?)```").FindAllStringSubmatch(protocolPage(t), -1) {
		for _, line := range strings.Split(strings.TrimSpace(block[2]), "\n") {
			if block[1] == "request" {
				requests++
				var req Request
				if fault := d.Decode([]byte(line), &req); fault.Code != FaultNone {
					t.Errorf("%s\nis refused: %s %s %s", line, fault.Code, fault.Field, fault.Message)
				}
				continue
			}
			answers++
			var m Message
			if err := p.Parse([]byte(line), &m); err != nil || m.Type == MessageOther {
				t.Errorf("%s\nis no answer: %v", line, err)
			} else if p.doc.unknown.set {
				t.Errorf("%s\nhas a field %q that the client does not know", line, p.doc.unknown.bytes())
			}
		}
	}
	if requests < 10 || answers < 10 {
		t.Errorf("only %d requests and %d answers found on the page", requests, answers)
	}
}

// Every reason has its name. No two refusals have the same, and no two endings: both read
// in lines of their own.
func TestReasonNames(t *testing.T) {
	seen := map[string]bool{}
	check := func(r engine.Reason) {
		name := reasonName(r)
		if !regexp.MustCompile(`^[a-z_]+$`).MatchString(name) || seen[name] {
			t.Errorf("reason %d is named %q", r, name)
		}
		seen[name] = true
	}
	for r := engine.ReasonNone + 1; r < engine.ReasonRefusals; r++ {
		check(r)
	}
	clear(seen)
	for r := engine.ReasonFilled; r <= engine.ReasonNoRoom; r++ {
		check(r)
	}
}

// The answers of the page's table are those of the code, with their fields in the
// order in which they are written.
func TestProtocolPageAnswers(t *testing.T) {
	page := protocolPage(t)
	e := NewEncoder(testProducts(t))
	for _, c := range answers() {
		sequence := uint64(1)
		lines := strings.Split(string(e.AppendAnswers(nil, &c.event, c.role, &sequence)), "\n")
		for _, line := range lines[:len(lines)-1] {
			keys := regexp.MustCompile(`"([a-z_]+)":`).FindAllStringSubmatch(line, -1)
			name := strings.SplitN(line, `"`, 5)[3]
			row := regexp.MustCompile("(?m)^\\| `" + name + "` \\|[^|]*\\|([^|]*)\\|$").FindStringSubmatch(page)
			if row == nil {
				t.Fatalf("the page has no row for %s", name)
			}
			from := 0
			for _, key := range keys {
				switch key[1] {
				case "type", "sequence", "time", "product_id", "order_id", "client_oid":
					continue
				}
				at := strings.Index(row[1][from:], code(key[1]))
				if at < 0 {
					t.Errorf("the page's row for %s lacks %s, or has it in another place", name, key[1])
					continue
				}
				from += at
			}
		}
	}
}
