package bench

import (
	"testing"

	"pricetime/engine/flow"
)

func TestCoreAgreesWithTheFlow(t *testing.T) {
	shape, err := flow.ShapeOf("small")
	if err != nil {
		t.Fatal(err)
	}
	c := newClock()
	for _, clientIDs := range []bool{false, true} {
		f := flow.Generate(shape, 5, 20_000)
		r, err := measureCore(c, "small", f, CoreOptions{ClientIDs: clientIDs})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Agrees || !r.HashOK || r.Trades != f.Expected.Trades || r.Qty != f.Expected.Qty || uint64(r.Rest) != f.Resting {
			t.Errorf("client ids %v: %+v, want %+v and %d resting", clientIDs, r, f.Expected, f.Resting)
		}
		if !r.P999.Valid || r.P9999.Valid {
			t.Errorf("of 20,000 commands p99.9 is valid: %v, p99.99: %v; want true, false", r.P999.Valid, r.P9999.Valid)
		}
	}
}

// The check has teeth: a flow that expects one trade more is not agreed with.
func TestCoreDisagreesWithAFlowThatIsWrong(t *testing.T) {
	shape, _ := flow.ShapeOf("small")
	for name, spoil := range map[string]func(*flow.Flow){
		"trades":  func(f *flow.Flow) { f.Expected.Trades++ },
		"qty":     func(f *flow.Flow) { f.Expected.Qty++ },
		"hash":    func(f *flow.Flow) { f.Expected.Hash++ },
		"resting": func(f *flow.Flow) { f.Resting++ },
	} {
		f := flow.Generate(shape, 5, 2_000)
		spoil(f)
		r, err := measureCore(newClock(), "small", f, CoreOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Agrees || r.HashOK == (name == "hash") {
			t.Errorf("%s is wrong in the flow: agrees %v, hash %v", name, r.Agrees, r.HashOK)
		}
	}
}
