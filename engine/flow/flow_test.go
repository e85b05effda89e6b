package flow

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"pricetime/engine"
)

// tiny is a market small enough to look at.
var tiny = Shape{Name: "tiny", Resting: 50, Distance: 5, Aggressive: 0.2, Replaces: 0.1}

// small is a file of a few records.
var small = Shape{Name: "few", Resting: 3, Distance: 5, Aggressive: 0.2}

func TestAFlowFileReadsBackAsItWasWritten(t *testing.T) {
	f := Generate(tiny, 7, 500)
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	if want := headerWords*8 + (len(f.Prefill)+len(f.Ops))*recordBytes; file.Len() != want {
		t.Errorf("the file has %d bytes, want %d", file.Len(), want)
	}
	back, err := Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(back.Prefill, f.Prefill) || !slices.Equal(back.Ops, f.Ops) || back.Expected != f.Expected ||
		back.PriceMin != f.PriceMin || back.PriceMax != f.PriceMax || back.IDMax != f.IDMax ||
		back.Resting != f.Resting || back.LevelsMean != f.LevelsMean {
		t.Error("it reads back as something else")
	}
}

// TestAFlowFilesBytes pins the layout with one record made by hand.
func TestAFlowFilesBytes(t *testing.T) {
	file := "OBFLOW01" + // the magic word, low byte first
		"\x00\x00\x00\x00\x00\x00\x00\x00" + "\x01\x00\x00\x00\x00\x00\x00\x00" +
		"\xf6\xff\xff\xff\xff\xff\xff\xff" + "\xf6\xff\xff\xff\xff\xff\xff\xff" + "\x05\x00\x00\x00\x00\x00\x00\x00" +
		strings.Repeat("\x00", 10*8) +
		"\xf6\xff\xff\xff\xff\xff\xff\xff" + "\x04\x00\x00\x00" + "\x05\x00\x00\x00" + "\x07\x00\x00\x00" + "\x03" + "\x01" + "\x00\x00"
	f, err := Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Op{Price: -10, ID: 4, NewID: 5, Qty: 7, Type: OpReplace, Side: engine.Sell}); len(f.Ops) != 1 || f.Ops[0] != want {
		t.Errorf("read %+v", f.Ops)
	}
}

func TestADamagedFlowFileIsRefused(t *testing.T) {
	var file bytes.Buffer
	if err := Generate(small, 7, 5).Write(&file); err != nil {
		t.Fatal(err)
	}
	good := file.Bytes()
	if _, err := Read(bytes.NewReader(good)); err != nil {
		t.Fatal(err)
	}
	for n := range good {
		if _, err := Read(bytes.NewReader(good[:n])); err == nil {
			t.Fatalf("cut after %d of %d bytes, and read", n, len(good))
		}
	}
	if _, err := Read(bytes.NewReader(append(slices.Clone(good), 0))); err == nil {
		t.Error("a byte too many, and read")
	}
	last := len(good) - recordBytes
	for what, change := range map[string]func([]byte){
		"magic":       func(b []byte) { b[0]++ },
		"a huge size": func(b []byte) { b[15] = 1 },
		"type":        func(b []byte) { b[last+20] = 4 },
		"side":        func(b []byte) { b[last+21] = 2 },
		"id zero":     func(b []byte) { copy(b[last+8:], "\x00\x00\x00\x00") },
		"id too high": func(b []byte) { copy(b[last+8:], "\xff\xff\xff\xff") },
	} {
		b := slices.Clone(good)
		change(b)
		if _, err := Read(bytes.NewReader(b)); err == nil {
			t.Errorf("%s is wrong, and it was read", what)
		}
	}
}

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	if err := Generate(small, 7, 5).Write(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		flow, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		if err := flow.Write(io.Discard); err != nil {
			t.Error(err)
		}
	})
}

func TestTheSeedDecidesTheFlow(t *testing.T) {
	a, b, c := Generate(tiny, 1, 500), Generate(tiny, 1, 500), Generate(tiny, 2, 500)
	if !slices.Equal(a.Ops, b.Ops) || a.Expected != b.Expected {
		t.Error("one seed made two flows")
	}
	if slices.Equal(a.Ops, c.Ops) {
		t.Error("two seeds made one flow")
	}
}

// TestAFlowHasItsShape: the mix and the depth that Shape promises, within a margin.
func TestAFlowHasItsShape(t *testing.T) {
	for _, shape := range Shapes {
		if shape.Resting > 10_000 && testing.Short() {
			continue
		}
		t.Run(shape.Name, func(t *testing.T) {
			const n = 50_000
			f := Generate(shape, 42, n)
			var count [4]int
			crossing := 0
			for _, op := range f.Ops {
				count[op.Type]++
				if op.Type == OpIOC {
					crossing += 2 // half of the aggressive orders are IOC
				}
			}
			near := func(what string, got, want, margin float64) {
				t.Helper()
				if got < want-margin || got > want+margin {
					t.Errorf("%s: %.3f, want %.3f", what, got, want)
				}
			}
			near("aggressive", float64(crossing)/n, shape.Aggressive, 0.05+0.2*shape.Aggressive)
			near("replaces", float64(count[OpReplace])/n, shape.Replaces, 0.02)
			near("resting", float64(f.Resting)/float64(shape.Resting), 1, 0.3)
			if len(f.Ops) != n || f.Expected.Trades == 0 || f.LevelsMean == 0 {
				t.Errorf("%d operations, %d trades, %d levels", len(f.Ops), f.Expected.Trades, f.LevelsMean)
			}
			t.Logf("%d trades, %d resting, %d levels, prices %d to %d, mix %v", f.Expected.Trades, f.Resting, f.LevelsMean, f.PriceMin, f.PriceMax, count)
		})
	}
}

func TestShapeOfKnowsTheNames(t *testing.T) {
	for _, want := range Shapes {
		if got, err := ShapeOf(want.Name); err != nil || got != want {
			t.Errorf("%s: %v %v", want.Name, got, err)
		}
	}
	if _, err := ShapeOf("huge"); err == nil {
		t.Error("there is no flow called huge")
	}
}

func TestClientIDsOfAFlowReadBack(t *testing.T) {
	for _, id := range []uint32{1, 9, 10, 0xABCDEF, 1 << 31, 1<<32 - 1} {
		if got := IDOf(ClOrdID(id)); got != id {
			t.Errorf("%d reads back as %d", id, got)
		}
	}
}
