package jsonl

import (
	"bytes"
	"math/bits"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pricetime/engine"
)

// twoPaths decodes lines on both paths and compares them. It reuses its decoders and
// its request, so that what one line leaves behind meets the next.
type twoPaths struct {
	fast, general *Decoder
	req           Request
}

func newTwoPaths(t testing.TB) *twoPaths {
	return &twoPaths{fast: NewDecoder(testProducts(t)), general: NewDecoder(testProducts(t))}
}

// check reports whether the fast path took the line.
func (p *twoPaths) check(t interface{ Fatalf(string, ...any) }, line []byte) bool {
	sent := string(line)
	bare := bytes.TrimSuffix(line, []byte("\r"))
	var want Request
	fault := p.general.general(bare, &want)
	got := engine.Command{Qty: -1, PriceHigh: -1, Account: 9} // of no use to anyone, and to be overwritten
	took := p.fast.fast(bare, &got)
	if took && (fault.Code != FaultNone || want.Kind != RequestCommand) {
		t.Fatalf("the fast path takes %q\nthe general one says %s %q", line, fault.Code, fault.Field)
	}
	if took && got != want.Command {
		t.Fatalf("%q\nfast    %+v\ngeneral %+v", line, got, want.Command)
	}
	both := p.fast.Decode(line, &p.req)
	if both.Code != fault.Code || string(both.Field) != string(fault.Field) || both.Message != fault.Message || fault.Code == FaultNone && !same(&p.req, &want) {
		t.Fatalf("%q\nDecode  %s %+v\ngeneral %s %+v", line, both.Code, p.req, fault.Code, want)
	}
	if string(line) != sent {
		t.Fatalf("%q has become %q", sent, line)
	}
	return took
}

// FuzzFastEqualsGeneral feeds both paths anything.
func FuzzFastEqualsGeneral(f *testing.F) {
	for _, c := range decodes {
		f.Add([]byte(c.line))
	}
	for _, c := range faults {
		f.Add([]byte(c.line))
	}
	for _, line := range plainLines {
		f.Add([]byte(line))
	}
	p := newTwoPaths(f)
	f.Fuzz(func(t *testing.T, line []byte) { p.check(t, line) })
}

// plainLines are lines as programs write them, one of each shape. All of them take
// the fast path.
var plainLines = []string{
	`{"type":"order","client_oid":"a1","product_id":"AAPL","side":"buy","price":"585.33","size":"100"}`,
	`{"type":"order","client_oid":"a1","product_id":"AAPL","side":"sell","order_type":"limit","price":"585.33","size":"100","time_in_force":"GTC","post_only":true}`,
	`{"type":"order","product_id":"BTC-USD","side":"sell","price":"-0.01","size":"0.00000001","time_in_force":"IOC","post_only":false}`,
	`{"type":"order","product_id":"AAPL","side":"sell","price":"1","size":"2","time_in_force":"DAY"}`,
	`{"type":"order","product_id":"NONE","side":"buy","order_type":"market","size":"9999999999.99999999","time_in_force":"FOK"}`,
	`{"size":"007","side":"buy","product_id":"AAPL","order_type":"market","client_oid":"6ba7b810-9dad-11d1-80b4-00C04FD430C8","type":"order"}`,
	`{"type": "order", "client_oid": "0123456789abcdef", "product_id": "SIXTEEN-BYTES-OK", "side": "buy", "price": "1", "size": "12345678", "post_only": true}`,
	`{"type":"cancel","client_oid":"a1"}`,
	`{"type":"cancel","order_id":"1234567890123456"}`,
	`{"type":"reduce","client_oid":"12345678","size":"10"}`,
	`{"size": "10.5", "type": "reduce", "order_id": "7"}`,
	`{"type":"replace","client_oid":"a1","new_client_oid":"a2","price":"585.30","size":"120","requeue":false}`,
	`{"type":"replace","order_id":"12345678","price":"1","requeue":true}`,
	`{"type":"replace","order_id":"7"}`,
	`{"type":"status","client_oid":"~ ~"}`,
	`{"order_id":"1048577","type":"status"}`,
}

// Every byte of a plain line is tried with every value, and left out, and doubled, and
// the line is cut behind it: the nearest that a fault can come to being right. The
// decoder is one, so what a longer line left behind the end is there to be misread.
func TestFastEqualsGeneralNearby(t *testing.T) {
	p := newTwoPaths(t)
	for _, plain := range plainLines {
		for at := range plain {
			if !p.check(t, []byte(plain)) {
				t.Fatalf("the fast path declines %s", plain)
			}
			p.check(t, []byte(plain[:at]))
			p.check(t, []byte(plain[:at]+plain[at+1:]))
			p.check(t, []byte(plain[:at]+plain[at:at+1]+plain[at:]))
			line := []byte(plain)
			for c := range 256 {
				line[at] = byte(c)
				p.check(t, line)
			}
			for _, c := range ` "\,:0.-{}[]` + "\x00\t\r" {
				p.check(t, []byte(plain[:at]+string(c)+plain[at:]))
			}
		}
	}
}

// Lines of a grammar that knows what is right and often breaks it.
func TestFastEqualsGeneralOfGrammar(t *testing.T) {
	p := newTwoPaths(t)
	taken, lines := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for range 100 {
			lines++
			if p.check(t, []byte(anyLine(t))) {
				taken++
			}
		}
	})
	if taken < lines/50 || taken > lines/2 { // else the grammar is no trial of both paths
		t.Errorf("the fast path took %d of %d lines", taken, lines)
	}
	t.Logf("the fast path took %d of %d lines", taken, lines)
}

// anyLine draws a line: the fields that a request needs and some of those it may
// have, in any order; now and then one is left out, one is too many, a value or a
// separator is odd, or something is put into the line.
func anyLine(t *rapid.T) string {
	seldom := func(what string) bool { return rapid.IntRange(0, 11).Draw(t, what) == 0 }
	name := rapid.SampledFrom([]string{"order", "order", "order", "cancel", "reduce", "replace", "status"}).Draw(t, "type")
	target := rapid.SampledFrom([]field{fClientOID, fOrderID}).Draw(t, "target")
	var has, may []field
	switch name {
	case "order":
		has, may = []field{fProductID, fSide, fSize, fPrice}, []field{fClientOID, fOrderType, fTimeInForce, fPostOnly}
	case "cancel", "status":
		has = []field{target}
	case "reduce":
		has = []field{target, fSize}
	case "replace":
		has, may = []field{target}, []field{fNewClientOID, fPrice, fSize, fRequeue}
	}
	for _, f := range may {
		if rapid.Bool().Draw(t, "optional") {
			has = append(has, f)
		}
	}
	if seldom("a field too many") {
		has = append(has, rapid.SampledFrom([]field{fType, fClientOID, fOrderID, fProductID, fSide, fOrderType, fPrice, fSize, fTimeInForce, fPostOnly, fNewClientOID, fRequeue, fSTP, fAccount, fTrail, fSequence}).Draw(t, "extra"))
	}
	has = rapid.Permutation(append(has, fType)).Draw(t, "order")
	if seldom("a field too few") {
		has = has[1:]
	}
	line := "{"
	for i, f := range has {
		if i > 0 {
			line += rapid.SampledFrom([]string{",", ", "}).Draw(t, "comma")
		}
		value := `"` + name + `"`
		if f != fType {
			value = anyValue(t, fieldNames[f])
		}
		line += `"` + fieldNames[f] + `"` + rapid.SampledFrom([]string{":", ": "}).Draw(t, "colon") + value
	}
	line += "}"
	if seldom("break") {
		at := rapid.IntRange(0, len(line)).Draw(t, "at")
		line = line[:at] + rapid.SampledFrom([]string{" ", "\t", `"`, `\`, `\u0041`, "\x00", "\x7f", "é", "\xff", "{", "}", "null"}).Draw(t, "with") + line[at:]
	}
	return line
}

func anyValue(t *rapid.T, name string) string {
	number := rapid.OneOf(rapid.StringMatching(`"-?[0-9]{1,4}(\.[0-9]{1,3})?"`), rapid.StringMatching(`"-?[0-9]{0,24}(\.[0-9]{0,12})?"`))
	id := rapid.OneOf(rapid.StringMatching(`"[a-z0-9]{1,8}"`), rapid.StringMatching(`"[ -~]{0,18}"`),
		rapid.StringMatching(`"[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"`),
		rapid.StringMatching(`"6[0-9a-g]{7}-6[0-7]00-0000-0000-00000000000[0-9]?"`))
	word := rapid.SampledFrom([]string{`"order"`, `"cancel"`, `"reduce"`, `"replace"`, `"status"`, `"ping"`, `"AAPL"`, `"BTC-USD"`, `"NONE"`, `"buy"`, `"sell"`,
		`"limit"`, `"market"`, `"GTC"`, `"IOC"`, `"FOK"`, `"DAY"`, `true`, `false`, `null`, `7`, `""`, `"sel"`, `"none"`})
	if rapid.IntRange(0, 39).Draw(t, "any value") == 0 {
		return rapid.OneOf(number, id, word).Draw(t, "value")
	}
	switch name {
	case "client_oid", "new_client_oid":
		return id.Draw(t, name)
	case "order_id":
		return rapid.StringMatching(`"[0-9]{1,21}"`).Draw(t, name)
	case "price", "size":
		return number.Draw(t, name)
	case "product_id":
		return rapid.OneOf(rapid.SampledFrom([]string{`"AAPL"`, `"BTC-USD"`}), id).Draw(t, name)
	case "side":
		return rapid.SampledFrom([]string{`"buy"`, `"sell"`}).Draw(t, name)
	case "order_type":
		return rapid.SampledFrom([]string{`"limit"`, `"market"`}).Draw(t, name)
	case "time_in_force":
		return rapid.SampledFrom([]string{`"GTC"`, `"IOC"`, `"FOK"`, `"DAY"`, `"GTD"`}).Draw(t, name)
	case "post_only", "requeue":
		return rapid.SampledFrom([]string{"true", "false"}).Draw(t, name)
	}
	return word.Draw(t, "word")
}

// What the builders write takes the fast path, all of it, and so does the same with
// the spaces of Python's json.dumps and with its fields in another order.
func TestPlainLinesTakeTheFastPath(t *testing.T) {
	p := newTwoPaths(t)
	taken, lines := 0, 0
	spaced := strings.NewReplacer(`":`, `": `, `,"`, `, "`)
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			line := plainLine(t)
			fields := strings.Split(strings.Trim(line, `{}`), `,`)
			shuffled := `{` + strings.Join(rapid.Permutation(fields).Draw(t, "order"), `,`) + `}`
			for _, x := range []string{line, shuffled, spaced.Replace(line), spaced.Replace(shuffled)} {
				lines++
				if !p.check(t, []byte(x)) {
					t.Fatalf("the fast path declines %s", x)
				}
				taken++
			}
		}
	})
	t.Logf("%d of %d ordinary lines take the fast path", taken, lines)
}

// plainLine draws a well-formed line about one order, as a builder writes it. No
// value has a comma or a colon in it.
func plainLine(t *rapid.T) string {
	id := rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9 _.#~-]{1,16}`), rapid.StringMatching(`[1-9a-f][0-9a-f]{7}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`))
	number := rapid.StringMatching(`-?[0-9]{1,10}(\.[0-9]{1,8})?`)
	target := Target{ClientOID: id.Draw(t, "client_oid")}
	if rapid.Bool().Draw(t, "by order_id") {
		target = Target{OrderID: rapid.Uint64Range(1, 1e16-1).Draw(t, "order_id")}
	}
	var line []byte
	switch rapid.IntRange(0, 5).Draw(t, "request") {
	case 0:
		line = AppendCancel(nil, target)
	case 1:
		line = AppendReduce(nil, target, number.Draw(t, "size"))
	case 2:
		r := ReplaceRequest{Target: target, Requeue: rapid.Bool().Draw(t, "requeue")}
		if rapid.Bool().Draw(t, "new id") {
			r.NewClientOID = id.Draw(t, "new_client_oid")
		}
		if rapid.Bool().Draw(t, "new price") {
			r.Price = number.Draw(t, "price")
		}
		if rapid.Bool().Draw(t, "new size") {
			r.Size = number.Draw(t, "size")
		}
		line = AppendReplace(nil, &r)
	case 3:
		line = AppendStatus(nil, target)
	default:
		r := OrderRequest{
			ClientOID:   target.ClientOID,
			ProductID:   rapid.SampledFrom([]string{"AAPL", "BTC-USD", "NONE"}).Draw(t, "product_id"),
			Side:        rapid.SampledFrom([]string{"buy", "sell"}).Draw(t, "side"),
			OrderType:   rapid.SampledFrom([]string{"", "limit", "market"}).Draw(t, "order_type"),
			Size:        number.Draw(t, "size"),
			TimeInForce: rapid.SampledFrom([]string{"", "GTC", "IOC", "FOK", "DAY"}).Draw(t, "time_in_force"),
			PostOnly:    rapid.Bool().Draw(t, "post_only"),
		}
		if r.OrderType != "market" {
			r.Price = number.Draw(t, "price")
		}
		line = AppendOrder(nil, &r)
	}
	return strings.TrimSuffix(string(line), "\n")
}

func TestWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b paddedLine
		copy(b[:], rapid.SliceOfN(rapid.OneOf(
			rapid.Byte(),
			rapid.ByteRange('0', '9'),
			rapid.SampledFrom([]byte("\x00\x1f !\"#[\\]~\x7f\x80\xff/0129:;")),
		), 0, 8).Draw(t, "bytes"))
		w := b.word(0)
		wantOdd, wantDigits, wantValue := 8, 0, uint64(0)
		for i := 7; i >= 0; i-- {
			if c := b[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
				wantOdd = i
			}
		}
		for wantDigits < 8 && b[wantDigits] >= '0' && b[wantDigits] <= '9' {
			wantValue = wantValue*10 + uint64(b[wantDigits]-'0')
			wantDigits++
		}
		if got := bits.TrailingZeros64(odd(w)) / 8; got != wantOdd {
			t.Fatalf("%q: the first odd byte is %d, want %d", b[:8], got, wantOdd)
		}
		if value, n := digits(w); value != wantValue || n != wantDigits {
			t.Fatalf("%q: %d digits, %d; want %d, %d", b[:8], n, value, wantDigits, wantValue)
		}
	})
}
