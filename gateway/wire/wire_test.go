package wire

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pricetime/engine"
)

func demoProducts(t testing.TB) *Products {
	t.Helper()
	p, err := NewProducts([]engine.Instrument{
		{Symbol: "AAPL", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: engine.QtyMax},
		{Symbol: "BTC-USD", Tick: engine.DecimalOne / 100, Lot: 1, QtyMax: engine.QtyMax},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestProducts(t *testing.T) {
	p := demoProducts(t)
	if p.Len() != 2 {
		t.Fatalf("Len is %d", p.Len())
	}
	for id, symbol := range []string{"AAPL", "BTC-USD"} {
		got, ok := p.Lookup([]byte(symbol))
		if !ok || got != engine.InstrumentID(id) || p.Symbol(got) != symbol || p.Instrument(got).Symbol != symbol {
			t.Errorf("Lookup(%s) = %d, %v", symbol, got, ok)
		}
	}
	for _, symbol := range []string{"", "aapl", "AAPL ", "AAP", "AAPLE", "\x00", "AAPL\x00", "AAPL AAPL AAPL AA", "AAPL\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
		if id, ok := p.Lookup([]byte(symbol)); ok {
			t.Errorf("Lookup(%q) found %d", symbol, id)
		}
	}
	if got := string(p.AppendPrice(nil, 0, 58533)); got != "585.33" {
		t.Errorf("a price reads %s", got)
	}
	if got := string(p.AppendQty(nil, 1, 150_000_000)); got != "1.50000000" {
		t.Errorf("a quantity reads %s", got)
	}
}

func TestProductsRefused(t *testing.T) {
	good := engine.Instrument{Symbol: "X", Tick: 1, Lot: 1, QtyMax: 1}
	with := func(change func(*engine.Instrument)) engine.Instrument {
		in := good
		change(&in)
		return in
	}
	for name, instruments := range map[string][]engine.Instrument{
		"none":          {},
		"empty symbol":  {with(func(in *engine.Instrument) { in.Symbol = "" })},
		"long symbol":   {with(func(in *engine.Instrument) { in.Symbol = strings.Repeat("x", 17) })},
		"space":         {with(func(in *engine.Instrument) { in.Symbol = "A B" })},
		"quote":         {with(func(in *engine.Instrument) { in.Symbol = `A"` })},
		"backslash":     {with(func(in *engine.Instrument) { in.Symbol = `A\` })},
		"control":       {with(func(in *engine.Instrument) { in.Symbol = "A\n" })},
		"not ASCII":     {with(func(in *engine.Instrument) { in.Symbol = "É" })},
		"zero tick":     {with(func(in *engine.Instrument) { in.Tick = 0 })},
		"negative lot":  {with(func(in *engine.Instrument) { in.Lot = -1 })},
		"same symbol":   {good, good},
		"more than ids": make([]engine.Instrument, int(engine.NoInstrument)),
	} {
		if _, err := NewProducts(instruments); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestClOrdID(t *testing.T) {
	const uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
	for _, text := range []string{"a", "0", " ", "order-17", `q"\`, strings.Repeat("~", 16), uuid, "00000000-0000-0000-0000-000000000001"} {
		id, ok := ParseClOrdID([]byte(text))
		if got := string(AppendClOrdID(nil, id)); !ok || got != text {
			t.Errorf("%q reads back %q, %v", text, got, ok)
		}
	}
	if id, ok := ParseClOrdID([]byte(strings.ToUpper(uuid))); !ok || string(AppendClOrdID(nil, id)) != uuid {
		t.Errorf("an upper case UUID is not answered in lower case")
	}
	for name, text := range map[string]string{
		"empty":                   "",
		"17 bytes":                strings.Repeat("x", 17),
		"control":                 "a\tb",
		"NUL":                     "a\x00",
		"DEL":                     "\x7f",
		"not ASCII":               "é",
		"nil UUID":                "00000000-0000-0000-0000-000000000000",
		"UUID that reads as text": "61620000-0000-0000-0000-000000000000",
		"UUID that is all text":   "61616161-6161-6161-6161-616161616161",
		"UUID with a bad digit":   "6ba7b810-9dad-11d1-80b4-00c04fd430cg",
		"UUID with a dash moved":  "6ba7b8109-dad-11d1-80b4-00c04fd430c8",
		"UUID without dashes":     strings.ReplaceAll(uuid, "-", ""),
		"UUID with other dashes":  strings.ReplaceAll(uuid, "-", "_"),
		"UUID with a space":       " ba7b810-9dad-11d1-80b4-00c04fd430c8",
	} {
		if id, ok := ParseClOrdID([]byte(text)); ok || id != (engine.ClOrdID{}) {
			t.Errorf("%s: accepted as %x", name, id)
		}
	}
	if got := AppendClOrdID(nil, engine.ClOrdID{}); len(got) != 0 {
		t.Errorf("no id reads %q", got)
	}
}

func TestClOrdIDReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`[ -~]{1,16}`),
			rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`),
		).Draw(t, "text")
		id, ok := ParseClOrdID([]byte(text))
		if !ok {
			if len(text) != uuidBytes {
				t.Fatalf("%q is refused", text)
			}
			return
		}
		if got := string(AppendClOrdID(nil, id)); got != text {
			t.Fatalf("%q reads back %q", text, got)
		}
	})
}

func TestChannels(t *testing.T) {
	seen := uint8(0)
	for c := range Channel(Channels) {
		got, ok := ParseChannel([]byte(c.String()))
		if !ok || got != c {
			t.Errorf("%s reads back %d, %v", c, got, ok)
		}
		seen |= c.Bit()
	}
	if seen != 1<<Channels-1 {
		t.Errorf("the bits of all channels are %b", seen)
	}
	for _, name := range []string{"", "Full", "level", "level3", "matches "} {
		if _, ok := ParseChannel([]byte(name)); ok {
			t.Errorf("%q is a channel", name)
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	p := demoProducts(t)
	dst := make([]byte, 0, 128)
	price, symbol, id := []byte("92233720368.54775807"), []byte("BTC-USD"), []byte("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
	allocs := testing.AllocsPerRun(100, func() {
		units, _ := ParseDecimal(price)
		instrument, _ := p.Lookup(symbol)
		cl, _ := ParseClOrdID(id)
		dst = p.AppendPrice(dst[:0], instrument, engine.Price(units))
		dst = p.AppendQty(dst[:0], instrument, engine.Qty(units))
		dst = AppendClOrdID(dst[:0], cl)
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
