package wire

import (
	"fmt"
	"testing"

	"pricetime/engine"
)

// As many products as ids can name: all are found, and nothing else is.
func TestManySymbols(t *testing.T) {
	instruments := make([]engine.Instrument, engine.NoInstrument-1)
	for i := range instruments {
		symbol := fmt.Sprintf("%d", i)
		if i%2 == 1 {
			symbol = fmt.Sprintf("SAME-HEAD-%d", i)
		}
		instruments[i] = engine.Instrument{Symbol: symbol, Tick: 1, Lot: 1, QtyMax: 1}
	}
	p, err := NewProducts(instruments)
	if err != nil {
		t.Fatal(err)
	}
	longest := 0
	for i, in := range instruments {
		if id, ok := p.Lookup([]byte(in.Symbol)); !ok || id != engine.InstrumentID(i) {
			t.Fatalf("%s is found as %d, %v", in.Symbol, id, ok)
		}
		for _, other := range []string{in.Symbol + "x", in.Symbol[1:] + "-", "-" + in.Symbol[1:], in.Symbol + "\x00"} {
			if id, ok := p.Lookup([]byte(other)); ok {
				t.Fatalf("%q is found as %d", other, id)
			}
		}
		lo, hi := symbolWords([]byte(in.Symbol))
		steps := 0
		for at := p.symbols.home(lo, hi); p.symbols.slots[at%len(p.symbols.slots)].id != engine.InstrumentID(i) || p.symbols.slots[at%len(p.symbols.slots)].lo == 0; at++ {
			steps++
		}
		longest = max(longest, steps)
	}
	if longest > 64 {
		t.Errorf("a symbol stands %d slots behind its home", longest)
	}
	t.Logf("at most %d slots from home", longest)
}

func BenchmarkLookup(b *testing.B) {
	p := demoProducts(b)
	lo, hi := symbolWords([]byte("BTC-USD"))
	for b.Loop() {
		if _, ok := p.LookupWords(lo, hi); !ok {
			b.Fatal("lost")
		}
	}
}
