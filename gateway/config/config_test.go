package config

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pricetime/engine"
)

// The example files of the documentation are read, and say what they are meant to say.
func TestExampleInstruments(t *testing.T) {
	x, err := ReadInstruments("../../docs/examples/instruments.conf")
	if err != nil {
		t.Fatal(err)
	}
	want := []engine.Instrument{
		{
			Symbol: "AAPL", Tick: 1_000_000, Lot: 100_000_000, QtyMax: 1_000_000, NotionalMax: 50_000_000_00, Reference: 585_00,
			Static: engine.Band{BasisPoints: 1000}, Dynamic: engine.Band{Ticks: 500, BasisPoints: 200}, Protection: 50,
			SelfTrade: engine.SelfTradeOldest, Opens: engine.Closed,
		},
		{Symbol: "BTC-USD", Tick: 1_000_000, Lot: 1, QtyMax: 1_000 * 100_000_000, Dynamic: engine.Band{BasisPoints: 500}, SelfTrade: engine.SelfTradeNewest},
		{Symbol: "SPREAD", Tick: 500_000, Lot: 100_000_000, QtyMax: 10_000, NonPositivePrices: true, Reference: -25},
	}
	if !reflect.DeepEqual(x.Products, want) {
		t.Errorf("products\n%+v, want\n%+v", x.Products, want)
	}
	schedule := []Point{
		{At: 0, RollDay: true},
		{At: 9 * time.Hour, Phase: engine.PreOpen},
		{At: 9*time.Hour + 30*time.Minute, Phase: engine.Continuous},
		{At: 16 * time.Hour, Phase: engine.ClosingCall},
		{At: 16*time.Hour + 5*time.Minute, Phase: engine.Closed},
	}
	if !reflect.DeepEqual(x.Schedule, schedule) {
		t.Errorf("schedule\n%+v, want\n%+v", x.Schedule, schedule)
	}
}

// The keys of the example accounts are the hashes of keys that this test knows, and
// nobody should use.
func TestExampleAccounts(t *testing.T) {
	accounts, err := ReadAccounts("../../docs/examples/accounts.conf")
	if err != nil {
		t.Fatal(err)
	}
	want := []Account{
		{Name: "alice", Group: 1, OpenOrdersMax: 10_000, MessagesPerSecond: 5_000},
		{Name: "alice-2", Group: 1, OpenOrdersMax: 100, MessagesPerSecond: 100},
		{Name: "ops", Role: RoleAdmin},
	}
	for i := range want {
		key := []byte(strings.Repeat(want[i].Name[:1], KeyBytes))
		if i < len(accounts) && !accounts[i].Key.Opens([]byte(want[i].Name), key) {
			t.Errorf("%s: the key of the example is %s", want[i].Name, HashKey([]byte(want[i].Name), key))
		}
		want[i].Key = HashKey([]byte(want[i].Name), key)
	}
	if !reflect.DeepEqual(accounts, want) {
		t.Errorf("accounts\n%+v, want\n%+v", accounts, want)
	}
}

// product is a good one, with more lines, the first of which is line 5.
func product(more ...string) string {
	return "[product A]\ntick = 0.01\nlot = 1\nquantity-max = 1000\n" + strings.Join(more, "\n") + "\n"
}

func account(more ...string) string {
	return "[account a]\nkey = sha256:" + strings.Repeat("0f", 32) + "\n" + strings.Join(more, "\n") + "\n"
}

// Every mistake is told by its line and its field, and says what to do.
func TestErrors(t *testing.T) {
	instruments := func(s string) error { _, err := ParseInstruments("f", []byte(s)); return err }
	accounts := func(s string) error { _, err := ParseAccounts("f", []byte(s)); return err }
	for _, c := range []struct {
		name  string
		parse func(string) error
		text  string
		want  string // lines that begin the errors'
	}{
		{"empty", instruments, "", "f: has no product"},
		{"comments only", instruments, "# nothing\n\n", "f: has no product"},
		{"no section", instruments, "tick = 1\nlot = 1\n", "f:1: tick: stands before"},
		{"unknown section", instruments, "[produkt A]\ntick = 1\n", "f:1: there is no section [produkt]"},
		{"section without a name", instruments, "[product]\n", "f:1: [product] must have one name"},
		{"section with a name too many", instruments, product("[venue X]"), "f:5: [venue X] has no name"},
		{"half a header", instruments, "[product A\n", `f:1: "[product A" is no section`},
		{"no field", instruments, product("hello"), `f:5: "hello" is neither`},
		{"unknown field", instruments, product("tik = 1"), "f:5: tik: [product] has no such field"},
		{"field twice", instruments, product("lot = 2"), "f:5: lot: is there already, in line 3"},
		{"no value", instruments, product("reference ="), "f:5: reference: has no value"},
		{"product twice", instruments, product(product()), "f:5: [product A] is there already, in line 1"},
		{"bad symbol", instruments, strings.Replace(product(), " A]", " A\"B]", 1), "f:1: the product's name"},
		{"long symbol", instruments, strings.Replace(product(), " A]", " ABCDEFGHIJKLMNOPQ]", 1), "f:1: the product's name"},
		{"missing", instruments, "[product A]\n", "f:1: tick: is missing\nf:1: lot: is missing\nf:1: quantity-max: is missing"},
		{"tick no number", instruments, "[product A]\ntick = 1e-2\nlot = 1\nquantity-max = 1\n", `f:2: tick: is "1e-2", must be a decimal`},
		{"tick too fine", instruments, "[product A]\ntick = 0.000000001\nlot = 1\nquantity-max = 1\n", "f:2: tick: is 0.000000001, must have at most eight"},
		{"tick zero", instruments, "[product A]\ntick = 0.00\nlot = -1\nquantity-max = 1\n", "f:2: tick: is 0.00, must be above 0\nf:3: lot: is -1, must be above 0"},
		{"quantity off lot", instruments, "[product A]\ntick = 1\nlot = 10\nquantity-max = 15\n", "f:4: quantity-max: is 15, must be a multiple of the lot 10"},
		{"quantity zero", instruments, "[product A]\ntick = 1\nlot = 10\nquantity-max = 0\n", "f:4: quantity-max: is 0, must be from one lot"},
		{"quantity too large", instruments, "[product A]\ntick = 1\nlot = 1\nquantity-max = 100000000000\n", "f:4: quantity-max: is 100000000000, too large"},
		{"reference off tick", instruments, product("reference = 10.005"), "f:5: reference: is 10.005, must be a multiple of the tick 0.01"},
		{"reference zero", instruments, product("reference = 0"), "f:5: reference: is 0, which says"},
		{"reference negative", instruments, product("reference = -1"), "f:5: reference: is -1, must be above 0"},
		{"notional too small", instruments, product("notional-max = 0.001"), "f:5: notional-max: is 0.001, must be at least"},
		{"notional negative", instruments, product("notional-max = -5"), "f:5: notional-max: is -5, must be at least"},
		{"notional too large", instruments, "[product A]\ntick = 0.00000001\nlot = 0.00000001\nquantity-max = 1\nnotional-max = 90000000000\n", "f:5: notional-max: is 90000000000, above any order's"},
		{"static band without reference", instruments, product("static-band = 10%"), "f:5: static-band: is a band around the reference"},
		{"band of nothing", instruments, product("dynamic-band = 0%"), `f:5: dynamic-band: is "0%", must be a percentage`},
		{"band too fine", instruments, product("dynamic-band = 0.001%"), `f:5: dynamic-band: is "0.001%", must be a percentage`},
		{"band too wide", instruments, product("dynamic-band = 10001%"), `f:5: dynamic-band: is "10001%", must be a percentage`},
		{"band without unit", instruments, product("dynamic-band = 50"), `f:5: dynamic-band: is "50", must be ticks or a percentage`},
		{"band twice in ticks", instruments, product("dynamic-band = 5 ticks, 6 ticks"), `f:5: dynamic-band: is "5 ticks, 6 ticks", must be ticks, a percentage, or one of each`},
		{"protection in per cent", instruments, product("protection = 5%"), `f:5: protection: is "5%", must be a number of ticks`},
		{"protection zero", instruments, product("protection = 0 ticks"), `f:5: protection: is "0 ticks", must be a number of ticks`},
		{"self-trade", instruments, product("self-trade = co"), `f:5: self-trade: is "co", must be none`},
		{"yes or no", instruments, product("non-positive-prices = true"), `f:5: non-positive-prices: is "true", must be yes or no`},
		{"time", instruments, product("open = 9:30", "[venue]", "roll-day = 24:00"), `f:5: open: is "9:30", must be a time` + "\n" + `f:7: roll-day: is "24:00", must be a time`},
		{"open alone", instruments, product("open = 09:30"), "f:5: open: stands alone"},
		{"open without a call", instruments, product("open = 09:30", "close = 16:00"), "f:5: open: cannot follow close"},
		{"close before open", instruments, product("pre-open = 09:00", "close = 09:15", "open = 09:30"), "f:7: open: cannot follow close"},
		{"two at a time", instruments, product("pre-open = 09:00", "open = 09:00"), "f:6: open: is 09:00, which is when pre-open is"},
		{"all of them", instruments, "[product A]\ntick = x\nlot = 1\nquantity-max = 0.5\nprotection = 1\n[venue]\nroll = 1\n",
			"f:2: tick: is \"x\"\nf:4: quantity-max: is 0.5\nf:5: protection: is \"1\"\nf:7: roll: [venue] has no such field"},
		{"control character", instruments, product("reference = 1\x00"), "f:5: the line is no text"},
		{"not UTF-8", instruments, product("# \xff"), "f:5: the line is no text"},
		{"long line", instruments, product("# " + strings.Repeat("x", lineBytesMax)), "f:5: the line is longer"},

		{"no account", accounts, "", "f: has no account"},
		{"no key", accounts, "[account a]\n", "f:1: key: is missing: pricetime key --account a"},
		{"key itself", accounts, "[account a]\nkey = " + strings.Repeat("k", KeyBytes), "f:2: key: must be sha256:"},
		{"key no hex", accounts, "[account a]\nkey = sha256:" + strings.Repeat("0g", 32), "f:2: key: must be sha256:"},
		{"account's name", accounts, strings.Replace(account(), " a]", " a@b]", 1), `f:1: the account's name "a@b"`},
		{"account twice", accounts, account(account()), "f:3: [account a] is there already, in line 1"},
		{"role", accounts, account("role = root"), `f:3: role: is "root", must be trader or admin`},
		{"group", accounts, account("group = a b"), `f:3: group: is "a b", must be a name`},
		{"limits", accounts, account("open-orders-max = 0", "messages-per-second = 1.5"), `f:3: open-orders-max: is "0", must be a whole number` + "\n" + `f:4: messages-per-second: is "1.5", must be a whole number`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.parse(c.text)
			if err == nil {
				t.Fatal("no error")
			}
			got, want := strings.Split(err.Error(), "\n"), strings.Split(c.want, "\n")
			if len(got) != len(want) {
				t.Fatalf("errors\n%v\nwant\n%s", err, c.want)
			}
			for i := range got {
				if !strings.HasPrefix(got[i], want[i]) {
					t.Errorf("error\n%s\nwant\n%s", got[i], want[i])
				}
			}
		})
	}
}

func TestErrorsAreBounded(t *testing.T) {
	_, err := ParseInstruments("f", []byte(strings.Repeat("what\n", 10_000)))
	var es Errors
	if !errors.As(err, &es) || len(es) != errorsMax+1 || es[errorsMax].Message != "and 9900 errors more" {
		t.Errorf("%d errors, the last is %v", len(es), es[len(es)-1])
	}
}

// What a file may look like without a mistake.
func TestLayout(t *testing.T) {
	for _, text := range []string{
		product(),
		strings.ReplaceAll(product(), "\n", "\r\n"),
		strings.ReplaceAll(product(), " = ", "="),
		strings.ReplaceAll(product(), "\n", "   # why\n"),
		"\t[ product   A ]\n" + strings.TrimPrefix(product(), "[product A]\n"),
		strings.TrimSuffix(product(), "\n\n"),
	} {
		x, err := ParseInstruments("f", []byte(text))
		if err != nil || len(x.Products) != 1 || x.Products[0] != (engine.Instrument{Symbol: "A", Tick: 1_000_000, Lot: 100_000_000, QtyMax: 1000}) {
			t.Errorf("%q: %+v, %v", text, x, err)
		}
	}
	x, err := ParseInstruments("f", []byte(strings.Replace(product(), " A]", " A#1]]", 1)))
	if err != nil || x.Products[0].Symbol != "A#1]" {
		t.Errorf("a symbol with marks in it: %+v, %v", x, err)
	}
}

// The largest order by notional is the one whose price times quantity is the maximum.
func TestNotionalMaxIsExact(t *testing.T) {
	for _, c := range []struct {
		tick, lot, max string
		want           int64
	}{
		{"0.01", "1", "100", 10_000},
		{"0.01", "1", "100.009", 10_000},
		{"1000", "1000", "92233720368", 92233},
		{"0.00000001", "0.00000001", "922.33720368", 922_33720368 * 100_000_000},
		{"92233720368", "92233720368", "92233720368.54775807", 0},
	} {
		x, err := ParseInstruments("f", []byte("[product A]\ntick = "+c.tick+"\nlot = "+c.lot+"\nquantity-max = "+c.lot+"\nnotional-max = "+c.max+"\n"))
		got := int64(0)
		if err == nil {
			got = x.Products[0].NotionalMax
		}
		if got != c.want {
			t.Errorf("tick %s, lot %s, notional-max %s: %d, want %d (%v)", c.tick, c.lot, c.max, got, c.want, err)
		}
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := ReadInstruments(filepath.Join(t.TempDir(), "nosuch")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if _, err := ReadAccounts(t.TempDir()); err == nil {
		t.Error("a folder is taken for a file")
	}
}

// The reader takes anything without a panic; what it takes makes sense to the engine,
// what it refuses it refuses by a line of the file.
func FuzzInstruments(f *testing.F) {
	example, err := os.ReadFile("../../docs/examples/instruments.conf")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	f.Add([]byte(product("pre-open = 09:00", "open = 09:30", "notional-max = 1000", "static-band = 5 ticks, 1%", "reference = 1")))
	f.Fuzz(func(t *testing.T, text []byte) {
		x, err := ParseInstruments("f", text)
		if err != nil {
			checkErrors(t, text, err)
			return
		}
		for _, in := range x.Products {
			if in.Tick <= 0 || in.Lot <= 0 || in.QtyMax < 1 || in.QtyMax > engine.QtyMax || int64(in.QtyMax) > math.MaxInt64/in.Lot || in.NotionalMax < 0 || in.Static.Ticks < 0 || in.Dynamic.BasisPoints < 0 {
				t.Errorf("%+v", in)
			}
		}
		for i, p := range x.Schedule {
			if p.At < 0 || p.At >= 24*time.Hour || int(p.Product) >= len(x.Products) && !p.RollDay || i > 0 && p.At < x.Schedule[i-1].At {
				t.Errorf("%+v", x.Schedule)
			}
		}
	})
}

func FuzzAccounts(f *testing.F) {
	f.Add([]byte(account("role = admin", "group = g", "open-orders-max = 5", "messages-per-second = 7")))
	f.Fuzz(func(t *testing.T, text []byte) {
		accounts, err := ParseAccounts("f", text)
		if err != nil {
			checkErrors(t, text, err)
			return
		}
		seen := map[string]bool{}
		for _, a := range accounts {
			if !ValidAccount(a.Name) || seen[a.Name] {
				t.Errorf("%+v", accounts)
			}
			seen[a.Name] = true
		}
	})
}

func checkErrors(t *testing.T, text []byte, err error) {
	var es Errors
	if !errors.As(err, &es) || len(es) == 0 {
		t.Fatalf("%T: %v", err, err)
	}
	lines := strings.Count(string(text), "\n") + 1
	for _, e := range es {
		if e.Line < 0 || e.Line > lines || e.Message == "" {
			t.Errorf("%+v in %d lines", e, lines)
		}
	}
}

func TestKeys(t *testing.T) {
	key := NewKey()
	if len(key) != KeyBytes || key == NewKey() {
		t.Fatalf("key %q", key)
	}
	h := HashKey([]byte("alice"), []byte(key))
	other := []byte(key)
	other[KeyBytes-2] ^= 1
	for _, c := range []struct {
		account, key string
		want         bool
	}{
		{"alice", key, true}, {"alic", key, false}, {"bob", key, false}, {"alice", "", false}, {"alice", key + "x", false},
		{"alice", key[1:], false}, {"alice", string(other), false}, {"alice", h.String(), false},
	} {
		if got := h.Opens([]byte(c.account), []byte(c.key)); got != c.want {
			t.Errorf("%s with %q: %v", c.account, c.key, got)
		}
	}
	accounts, err := ParseAccounts("f", []byte("[account alice]\nkey = "+h.String()+"\n"))
	if err != nil || accounts[0].Key != h {
		t.Errorf("%+v, %v", accounts, err)
	}
	name, text := []byte("alice"), []byte(key)
	if n := testing.AllocsPerRun(100, func() { h.Opens(name, text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A login is checked on the I/O thread, where an order may wait for it.
func BenchmarkKeyOpens(b *testing.B) {
	name, key := []byte("alice"), []byte(NewKey())
	h := HashKey(name, key)
	for b.Loop() {
		if !h.Opens(name, key) {
			b.Fatal("wrong")
		}
	}
}
