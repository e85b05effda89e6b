package jsonl

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// order is a good order with something put in front of its closing brace.
func orderWith(more string) string {
	return `{"type":"order","client_oid":"a1","product_id":"AAPL","side":"buy","price":"1","size":"5"` + more + `}`
}

// orderWhere is a good order with a field's text replaced.
func orderWhere(field, value string) string {
	fields := map[string]string{"client_oid": `"a1"`, "product_id": `"AAPL"`, "side": `"buy"`, "order_type": `"limit"`, "price": `"1"`, "size": `"5"`, "time_in_force": `"GTC"`}
	fields[field] = value
	line := `{"type":"order"`
	for _, name := range []string{"client_oid", "product_id", "side", "order_type", "price", "size", "time_in_force"} {
		if fields[name] != "" {
			line += `,"` + name + `":` + fields[name]
		}
	}
	return line + "}"
}

var faults = []struct {
	line  string
	code  FaultCode
	field string
}{
	// Not one JSON object.
	{"", FaultMalformed, ""},
	{"\r", FaultMalformed, ""},
	{"   \t ", FaultMalformed, ""},
	{"hello", FaultMalformed, ""},
	{"\xef\xbb\xbf" + `{"type":"ping"}`, FaultMalformed, ""},
	{`"ping"`, FaultMalformed, ""},
	{`17`, FaultMalformed, ""},
	{`null`, FaultMalformed, ""},
	{`[{"type":"ping"}]`, FaultMalformed, ""},
	{`{`, FaultMalformed, ""},
	{`}`, FaultMalformed, ""},
	{`{"type"`, FaultMalformed, ""},
	{`{"type":"ping"`, FaultMalformed, ""},
	{`{"type":"ping`, FaultMalformed, ""},
	{`{"type":"ping\`, FaultMalformed, ""},
	{`{"type":"ping"]`, FaultMalformed, ""},
	{`{"type":}`, FaultMalformed, ""},
	{`{"type" "ping"}`, FaultMalformed, ""},
	{`{"type":"ping",}`, FaultMalformed, ""},
	{`{,"type":"ping"}`, FaultMalformed, ""},
	{`{type:"ping"}`, FaultMalformed, ""},
	{`{'type':'ping'}`, FaultMalformed, ""},
	{`{"type":ping}`, FaultMalformed, ""},
	{`{"type":True}`, FaultMalformed, ""},
	{`{"type":"ping"} x`, FaultMalformed, ""},
	{`{"type":"ping"}{"type":"ping"}`, FaultMalformed, ""},
	{`{"type":"ping"},`, FaultMalformed, ""},
	{`{"type":"ping"}}`, FaultMalformed, ""},
	{`{"type":"ping"}//`, FaultMalformed, ""},
	// Bytes that do not belong into a line.
	{"{\"type\":\"ping\"}\x00", FaultMalformed, ""},
	{"\x00{\"type\":\"ping\"}", FaultMalformed, ""},
	{"{\"type\":\"pi\x00ng\"}", FaultMalformed, ""},
	{"{\"type\":\"pi\tng\"}", FaultMalformed, ""},
	{"{\"type\":\n\"ping\"}", FaultMalformed, ""},
	{"{\"ty\x01pe\":\"ping\"}", FaultMalformed, ""},
	{"{\"type\":\"ping\",\"x\":\"\xff\"}", FaultMalformed, ""},
	{"{\"type\":\"\xc3\"}", FaultMalformed, ""},
	{"{\"\xed\xa0\x80\":\"ping\"}", FaultMalformed, ""},
	// Escapes.
	{`{"type":"\x70ing"}`, FaultMalformed, ""},
	{`{"type":"\u00g0"}`, FaultMalformed, ""},
	{`{"type":"\u007"}`, FaultMalformed, ""},
	{`{"type":"\ud800"}`, FaultMalformed, ""},
	{`{"type":"\ud800x"}`, FaultMalformed, ""},
	{`{"type":"\ud800\u0041"}`, FaultMalformed, ""},
	{`{"type":"\udc00"}`, FaultMalformed, ""},
	{`{"\u12":"ping"}`, FaultMalformed, ""},
	{orderWhere("client_oid", `"\u0000"`), FaultBadValue, "client_oid"},
	{orderWhere("client_oid", `"\ud83d\ude00"`), FaultBadValue, "client_oid"},
	// Nesting.
	{strings.Repeat("[", 900), FaultMalformed, ""},
	{strings.Repeat(`{"a":`, 170), FaultMalformed, ""},
	{`{"type":` + strings.Repeat("[", 400) + strings.Repeat("]", 400) + `}`, FaultMalformed, ""},
	{`{"type":[[["ping"]]]}`, FaultWrongType, "type"},
	// Length.
	{`{"type":"ping"` + strings.Repeat(" ", LineBytesMax) + `}`, FaultTooLong, ""},
	{strings.Repeat("x", LineBytesMax+1), FaultTooLong, ""},
	{strings.Repeat("x", LineBytesMax) + "\r", FaultMalformed, ""},
	// Numbers that are none.
	{orderWhere("price", `nan`), FaultMalformed, "price"},
	{orderWhere("price", `NaN`), FaultMalformed, "price"},
	{orderWhere("price", `inf`), FaultMalformed, "price"},
	{orderWhere("price", `-Inf`), FaultMalformed, "price"},
	{orderWhere("size", `+1`), FaultMalformed, "size"},
	{orderWhere("size", `01`), FaultMalformed, "size"},
	{orderWhere("size", `1.`), FaultMalformed, "size"},
	{orderWhere("size", `1e`), FaultMalformed, "size"},
	{orderWhere("size", `1.2.3`), FaultMalformed, "size"},
	{orderWhere("size", `--`), FaultMalformed, "size"},
	{orderWith(`,"x":nan`), FaultMalformed, "x"},
	{`{"type":"login","account":"a","heartbeat_ms":nan}`, FaultMalformed, "heartbeat_ms"},
	{`{"type":"subscribe","channels":[inf],"product_ids":["AAPL"]}`, FaultMalformed, "channels"},
	{orderWhere("price", `infinity`), FaultMalformed, ""},
	// The type.
	{`{}`, FaultMissingField, "type"},
	{`{"typ":"ping"}`, FaultMissingField, "type"},
	{`{"type":"Ping"}`, FaultUnknownType, "type"},
	{`{"type":""}`, FaultUnknownType, "type"},
	{`{"type":"logout"}`, FaultUnknownType, "type"},
	{`{"type":1}`, FaultWrongType, "type"},
	{`{"type":null}`, FaultWrongType, "type"},
	{`{"type":{"type":"ping"}}`, FaultWrongType, "type"},
	// Fields twice.
	{`{"type":"ping","type":"ping"}`, FaultDuplicateField, "type"},
	{`{"type":"ping","\u0074ype":"ping"}`, FaultDuplicateField, "type"},
	{orderWith(`,"price":"2"`), FaultDuplicateField, "price"},
	{orderWith(`,"side":"sell"`), FaultDuplicateField, "side"},
	{orderWith(`,"price":2`), FaultDuplicateField, "price"},
	// Fields that are not of the request.
	{orderWith(`,"x":1`), FaultUnknownField, "x"},
	{orderWith(`,"":1`), FaultUnknownField, ""},
	{orderWith(`,"remaining_size":"1"`), FaultUnknownField, "remaining_size"}, // a message's
	{orderWith(`,"surplus":"1","surplus":"1"`), FaultDuplicateField, "surplus"},
	{orderWith(`,"surplus":"1","scope":"account"`), FaultUnknownField, "scope"}, // the request's first
	{orderWith(`,"Price":"1"`), FaultUnknownField, "Price"},
	{orderWith(`,"price ":"1"`), FaultUnknownField, "price "},
	{orderWith(`,"order_id":"1"`), FaultUnknownField, "order_id"},
	{orderWith(`,"sequence":1`), FaultUnknownField, "sequence"},
	{orderWith(`,"` + strings.Repeat("x", 500) + `":1`), FaultUnknownField, strings.Repeat("x", FieldNameBytesMax)},
	{orderWith(`,"` + strings.Repeat("€", 100) + `":1`), FaultUnknownField, strings.Repeat("€", FieldNameBytesMax/3)},
	{`{"type":"ping","price":"1"}`, FaultUnknownField, "price"},
	{`{"type":"orders","product_id":"AAPL"}`, FaultUnknownField, "product_id"},
	{`{"type":"cancel","client_oid":"a1","size":"1"}`, FaultUnknownField, "size"},
	{`{"type":"login","account":"a","accounts":"b"}`, FaultUnknownField, "accounts"},
	// Missing fields.
	{orderWhere("product_id", ""), FaultMissingField, "product_id"},
	{orderWhere("side", ""), FaultMissingField, "side"},
	{orderWhere("price", ""), FaultMissingField, "price"},
	{orderWhere("size", ""), FaultMissingField, "size"},
	{`{"type":"order","product_id":"AAPL","side":"buy","order_type":"market"}`, FaultMissingField, "size"},
	{`{"type":"cancel"}`, FaultMissingField, "client_oid"},
	{`{"type":"status"}`, FaultMissingField, "client_oid"},
	{`{"type":"reduce","client_oid":"a1"}`, FaultMissingField, "size"},
	{`{"type":"reduce","size":"1"}`, FaultMissingField, "client_oid"},
	{`{"type":"replace","price":"1"}`, FaultMissingField, "client_oid"},
	{`{"type":"login"}`, FaultMissingField, "account"},
	{`{"type":"subscribe","product_ids":["AAPL"]}`, FaultMissingField, "channels"},
	{`{"type":"subscribe","channels":["full"]}`, FaultMissingField, "product_ids"},
	// Fields that exclude each other.
	{`{"type":"cancel","client_oid":"a1","order_id":"1"}`, FaultConflictingField, "order_id"},
	{`{"type":"replace","client_oid":"a1","order_id":"1","size":"1"}`, FaultConflictingField, "order_id"},
	{`{"type":"order","product_id":"AAPL","side":"buy","order_type":"market","price":"1","size":"1"}`, FaultConflictingField, "price"},
	// Wrong types.
	{orderWhere("price", `1.5`), FaultWrongType, "price"},
	{orderWhere("size", `5`), FaultWrongType, "size"},
	{orderWhere("size", `1e400`), FaultWrongType, "size"},
	{orderWhere("price", `null`), FaultWrongType, "price"},
	{orderWhere("price", `["1"]`), FaultWrongType, "price"},
	{orderWhere("price", `{"v":"1"}`), FaultWrongType, "price"},
	{orderWhere("side", `true`), FaultWrongType, "side"},
	{orderWhere("client_oid", `1`), FaultWrongType, "client_oid"},
	{orderWhere("product_id", `0`), FaultWrongType, "product_id"},
	{orderWhere("order_type", `1`), FaultWrongType, "order_type"},
	{orderWhere("time_in_force", `false`), FaultWrongType, "time_in_force"},
	{orderWith(`,"post_only":1`), FaultWrongType, "post_only"},
	{orderWith(`,"post_only":null`), FaultWrongType, "post_only"},
	{orderWith(`,"stp":false`), FaultWrongType, "stp"},
	{`{"type":"cancel","order_id":7}`, FaultWrongType, "order_id"},
	{`{"type":"replace","order_id":"7","requeue":"true"}`, FaultWrongType, "requeue"},
	{`{"type":"replace","order_id":"7","price":1}`, FaultWrongType, "price"},
	{`{"type":"cancel_all","side":1}`, FaultWrongType, "side"},
	{`{"type":"cancel_all","product_id":null}`, FaultWrongType, "product_id"},
	{`{"type":"login","account":1}`, FaultWrongType, "account"},
	{`{"type":"login","account":"a","key":1}`, FaultWrongType, "key"},
	{`{"type":"login","account":"a","session":0}`, FaultWrongType, "session"},
	{`{"type":"login","account":"a","next_sequence":"1"}`, FaultWrongType, "next_sequence"},
	{`{"type":"login","account":"a","cancel_on_disconnect":"false"}`, FaultWrongType, "cancel_on_disconnect"},
	{`{"type":"login","account":"a","heartbeat_ms":"1000"}`, FaultWrongType, "heartbeat_ms"},
	{`{"type":"subscribe","channels":"full","product_ids":["AAPL"]}`, FaultWrongType, "channels"},
	{`{"type":"subscribe","channels":[1],"product_ids":["AAPL"]}`, FaultWrongType, "channels"},
	{`{"type":"subscribe","channels":["full"],"product_ids":"AAPL"}`, FaultWrongType, "product_ids"},
	{`{"type":"subscribe","channels":["full"],"product_ids":[["AAPL"]]}`, FaultWrongType, "product_ids"},
	// Values out of range.
	{orderWhere("price", `""`), FaultBadValue, "price"},
	{orderWhere("price", `"abc"`), FaultBadValue, "price"},
	{orderWhere("price", `".5"`), FaultBadValue, "price"},
	{orderWhere("price", `"5."`), FaultBadValue, "price"},
	{orderWhere("price", `"1e5"`), FaultBadValue, "price"},
	{orderWhere("price", `"+1"`), FaultBadValue, "price"},
	{orderWhere("price", `" 1"`), FaultBadValue, "price"},
	{orderWhere("price", `"1,5"`), FaultBadValue, "price"},
	{orderWhere("price", `"nan"`), FaultBadValue, "price"},
	{orderWhere("price", `"inf"`), FaultBadValue, "price"},
	{orderWhere("size", `"0x10"`), FaultBadValue, "size"},
	{orderWhere("size", `"1\u0000"`), FaultBadValue, "size"},
	{orderWhere("side", `"up"`), FaultBadValue, "side"},
	{orderWhere("side", `"BUY"`), FaultBadValue, "side"},
	{orderWhere("side", `""`), FaultBadValue, "side"},
	{orderWhere("order_type", `"Limit"`), FaultBadValue, "order_type"},
	{orderWhere("time_in_force", `"gtc"`), FaultBadValue, "time_in_force"},
	{orderWhere("client_oid", `""`), FaultBadValue, "client_oid"},
	{orderWhere("client_oid", `"12345678901234567"`), FaultBadValue, "client_oid"},
	{orderWhere("client_oid", `"a\nb"`), FaultBadValue, "client_oid"},
	{orderWhere("client_oid", `"é"`), FaultBadValue, "client_oid"},
	{orderWhere("client_oid", `"00000000-0000-0000-0000-000000000000"`), FaultBadValue, "client_oid"},
	{orderWith(`,"post_only":"yes"`), FaultBadValue, "post_only"},
	{orderWith(`,"stp":"off"`), FaultBadValue, "stp"},
	{`{"type":"cancel","order_id":"0"}`, FaultBadValue, "order_id"},
	{`{"type":"cancel","order_id":""}`, FaultBadValue, "order_id"},
	{`{"type":"cancel","order_id":"07"}`, FaultBadValue, "order_id"},
	{`{"type":"cancel","order_id":"-7"}`, FaultBadValue, "order_id"},
	{`{"type":"cancel","order_id":"7x"}`, FaultBadValue, "order_id"},
	{`{"type":"cancel","order_id":"18446744073709551616"}`, FaultBadValue, "order_id"},
	{`{"type":"cancel","order_id":"99999999999999999999"}`, FaultBadValue, "order_id"},
	{`{"type":"replace","order_id":"7","new_client_oid":""}`, FaultBadValue, "new_client_oid"},
	{`{"type":"replace","order_id":"7","size":""}`, FaultBadValue, "size"},
	{`{"type":"cancel_all","side":"both"}`, FaultBadValue, "side"},
	{`{"type":"login","account":""}`, FaultBadValue, "account"},
	{`{"type":"login","account":"a b"}`, FaultBadValue, "account"},
	{`{"type":"login","account":"12345678901234567"}`, FaultBadValue, "account"},
	{`{"type":"login","account":"a\"b"}`, FaultBadValue, "account"},
	{`{"type":"login","account":"a","next_sequence":-1}`, FaultBadValue, "next_sequence"},
	{`{"type":"login","account":"a","next_sequence":1.0}`, FaultBadValue, "next_sequence"},
	{`{"type":"login","account":"a","heartbeat_ms":99}`, FaultBadValue, "heartbeat_ms"},
	{`{"type":"login","account":"a","heartbeat_ms":60001}`, FaultBadValue, "heartbeat_ms"},
	{`{"type":"login","account":"a","heartbeat_ms":-1}`, FaultBadValue, "heartbeat_ms"},
	{`{"type":"login","account":"a","heartbeat_ms":1e3}`, FaultBadValue, "heartbeat_ms"},
	{`{"type":"login","account":"a","heartbeat_ms":99999999999999999999999}`, FaultBadValue, "heartbeat_ms"},
	{`{"type":"subscribe","channels":[],"product_ids":["AAPL"]}`, FaultBadValue, "channels"},
	{`{"type":"subscribe","channels":["level3"],"product_ids":["AAPL"]}`, FaultBadValue, "channels"},
	{`{"type":"subscribe","channels":["full"],"product_ids":[]}`, FaultBadValue, "product_ids"},
	{`{"type":"subscribe","channels":["full"],"product_ids":["NONE"]}`, FaultBadValue, "product_ids"},
	// Fields that only some orders have, and those must have.
	{orderWhere("order_type", `"stop"`), FaultConflictingField, "price"},
	{orderWhere("order_type", `"market_to_limit"`), FaultConflictingField, "price"},
	{orderWhere("order_type", `"stop_limit"`), FaultMissingField, "stop_price"},
	{orderWhere("time_in_force", `"GTD"`), FaultMissingField, "expire_time"},
	{orderWith(`,"stop_price":"1"`), FaultConflictingField, "stop_price"},
	{orderWith(`,"expire_time":"2030-01-01T00:00:00Z"`), FaultConflictingField, "expire_time"},
	{orderWith(`,"time_in_force":"GTD","expire_time":"2030-01-01 00:00:00Z"`), FaultBadValue, "expire_time"},
	{orderWith(`,"time_in_force":"GTD","expire_time":"2030-02-29T00:00:00Z"`), FaultBadValue, "expire_time"},
	{orderWith(`,"time_in_force":"GTD","expire_time":1893456000`), FaultWrongType, "expire_time"},
	{orderWith(`,"display_size":"x"`), FaultBadValue, "display_size"},
	{orderWith(`,"display_size":1`), FaultWrongType, "display_size"},
	{orderWith(`,"min_size":""`), FaultBadValue, "min_size"},
	{orderWith(`,"hidden":"true"`), FaultWrongType, "hidden"},
	{orderWith(`,"stp":"dec"`), FaultBadValue, "stp"},
	{orderWith(`,"stp":""`), FaultBadValue, "stp"},
	{`{"type":"replace","order_id":"7","stop_price":1}`, FaultWrongType, "stop_price"},
	{`{"type":"replace","order_id":"7","display_size":"1e1"}`, FaultBadValue, "display_size"},
	{`{"type":"replace","order_id":"7","min_size":"1"}`, FaultUnknownField, "min_size"},
	// What a later venue will take.
	{orderWhere("order_type", `"trailing_stop"`), FaultUnsupported, "order_type"},
	{orderWhere("order_type", `"pegged"`), FaultUnsupported, "order_type"},
	{orderWith(`,"trail":"1"`), FaultUnsupported, "trail"},
	{orderWith(`,"peg":"mid"`), FaultUnsupported, "peg"},
	{orderWith(`,"peg_offset":"1"`), FaultUnsupported, "peg_offset"},
	{orderWith(`,"oco":"a2"`), FaultUnsupported, "oco"},
	{`{"type":"login","account":"a","session":"1"}`, FaultUnsupported, "session"},
	{`{"type":"login","account":"a","next_sequence":2}`, FaultUnsupported, "next_sequence"},
}

func TestFaultsNameTheField(t *testing.T) {
	d, e := NewDecoder(testProducts(t)), NewEncoder(testProducts(t))
	for _, c := range faults {
		var req Request
		fault := d.Decode([]byte(c.line), &req)
		if fault.Code != c.code || string(fault.Field) != c.field {
			t.Errorf("%.200q\ngot  %s %q (%s)\nwant %s %q", c.line, fault.Code, fault.Field, fault.Message, c.code, c.field)
			continue
		}
		checkErrorLine(t, e, &fault)
	}
}

// checkErrorLine checks with a parser that is not ours that a fault reads well.
func checkErrorLine(t testing.TB, e *Encoder, fault *Fault) {
	line := e.AppendError(nil, fault)
	var got struct{ Type, Reason, Message, Field string }
	if err := json.Unmarshal(line, &got); err != nil || !utf8.Valid(line) || len(line) > ReplyBytesMax {
		t.Fatalf("error line %q, %d bytes: %v", line, len(line), err)
	}
	if got.Type != "error" || got.Reason != fault.Code.String() || got.Field != string(fault.Field) || len(got.Message) < 10 ||
		got.Field != "" && !strings.HasPrefix(got.Message, got.Field+": ") {
		t.Errorf("error line %s", line)
	}
}

func TestEveryFaultCodeHasItsText(t *testing.T) {
	e := NewEncoder(testProducts(t))
	for code := FaultNone + 1; code < faultCodes; code++ {
		checkErrorLine(t, e, &Fault{Code: code})
	}
}

// A fault in one line leaves nothing behind for the next.
func TestDecodeIsTheSameAfterAFault(t *testing.T) {
	d := NewDecoder(testProducts(t))
	for _, bad := range faults {
		var req Request
		d.Decode([]byte(bad.line), &req)
		for _, good := range []int{0, 2, 24} {
			if fault := d.Decode([]byte(decodes[good].line), &req); fault.Code != FaultNone || !same(&req, &decodes[good].want) {
				t.Fatalf("after %.100q: %s is %+v, fault %s %s", bad.line, decodes[good].line, req, fault.Code, fault.Field)
			}
		}
	}
}
