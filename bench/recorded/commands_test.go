package recorded

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pricetime/engine"
)

func TestReadsEveryKindOfRecord(t *testing.T) {
	const text = "# a day\r\nN,7,S,10002,100\n\nR,7,40\r\nX,B,10005,90\n#between\nF,7,40,10002\nF,9,50,10003\nC,0\nN,99999999999999999,B,-3,1\nX,S,-3,1"
	c, err := ReadCommands(strings.NewReader(text), "day.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := []Record{
		{Kind: Enter, Line: 2, ID: 7, Side: engine.Sell, Price: 10002, Qty: 100},
		{Kind: Reduce, Line: 4, ID: 7, Qty: 40},
		{Kind: Take, Line: 5, Side: engine.Buy, Price: 10005, Qty: 90},
		{Kind: Fill, Line: 7, ID: 7, Qty: 40, Price: 10002},
		{Kind: Fill, Line: 8, ID: 9, Qty: 50, Price: 10003},
		{Kind: Cancel, Line: 9},
		{Kind: Enter, Line: 10, ID: IDMax, Side: engine.Buy, Price: -3, Qty: 1},
		{Kind: Take, Line: 11, Side: engine.Sell, Price: -3, Qty: 1},
	}
	if len(c.Records) != len(want) {
		t.Fatalf("got %d records, want %d", len(c.Records), len(want))
	}
	for i := range want {
		if c.Records[i] != want[i] {
			t.Errorf("record %d: got %+v, want %+v", i, c.Records[i], want[i])
		}
	}
	if len(c.Notes) != 2 || c.Notes[0] != (Note{0, "a day"}) || c.Notes[1] != (Note{3, "between"}) {
		t.Errorf("notes: got %+v", c.Notes)
	}
}

func TestRefusesABrokenFileWithItsLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Q,1,B,2,3", `f:1: a record begins with N, R, C, X, F or #, not with "Q"`},
		{"\n\nn,1,B,2,3", `f:3: a record begins with N, R, C, X, F or #, not with "n"`},
		{"N,1,B,2,3\n ", `f:2: a record begins with N, R, C, X, F or #, not with " "`},
		{",1", `f:1: a record begins with N, R, C, X, F or #, not with ""`},
		{"NN,1,B,2,3", `not with "NN"`},
		{"N,1,B,2", "f:1: N has 4 fields after it (id,side,price,qty), this line has 3"},
		{"N,1,B,2,3,4", "this line has 5"},
		{"N,1,B,2,3,4,5,6,7,8,9,0", "this line has 11"},
		{"N", "this line has 0"},
		{"C,1,2", "f:1: C has 1 fields after it (id), this line has 2"},
		{"N,1,b,2,3", `side "b" is neither B nor S`},
		{"N,,B,2,3", `id "" is not a whole number from 0 to 99999999999999999`},
		{"N,-1,B,2,3", `id "-1"`},
		{"N,100000000000000000,B,2,3", `id "100000000000000000"`},
		{"N,1,B,2.5,3", `price "2.5" is not a whole number of ticks`},
		{"N,1,B,1e3,3", `price "1e3"`},
		{"N,1,B, 2,3", `price " 2"`},
		{"N,1,B,+2,3", `price "+2"`},
		{"N,1,B,--2,3", `price "--2"`},
		{"N,1,B,9999999999999999999999999999,3", `price "999999999999999999999999..."`},
		{"N,1,B,2,0", `qty "0" is not a positive whole number of lots`},
		{"N,1,B,2,-3", `qty "-3"`},
		{"R,1,0", `newqty "0"`},
		{"X,B,x,1", `limit "x"`},
		{"F,1,1,1", "f:1: F without an X that it belongs to"},
		{"X,B,1,1\nN,1,B,2,3\nF,1,3,2", "f:3: F without an X"},
		{"N,1,B,2,3\nC,1\nN,1,B,2,3", "f:3: order 1 is entered a second time, the first is in line 1"},
		{"# only words\n", "f: no command in it"},
		{"", "f: no command in it"},
		{"C,1\n#" + strings.Repeat("x", lineMax), "f:2: a line is at most 4096 bytes long"},
	} {
		got, err := ReadCommands(strings.NewReader(c.text), "f")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: got %v, %v, want an error with %q", c.text, got, err, c.want)
		}
	}
}

func TestErrorOfTheSourceKeepsItsCauseAndLine(t *testing.T) {
	cause := errors.New("cable pulled")
	_, err := ReadCommands(&failing{"C,1\nC,2\nC", cause}, "f")
	if !errors.Is(err, cause) || !strings.HasPrefix(err.Error(), "f:3: reading: ") {
		t.Errorf("got %v, want f:3: and the cause", err)
	}
}

// failing gives its text and then an error.
type failing struct {
	text string
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.text == "" {
		return 0, f.err
	}
	n := copy(p, f.text)
	f.text = f.text[n:]
	return n, nil
}

func TestReadsFilesGzippedOrNotWhateverTheirName(t *testing.T) {
	const text = "N,1,B,2,3\nC,1\n"
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write([]byte(text))
	z.Close()
	dir := t.TempDir()
	for name, data := range map[string][]byte{"plain.gz": []byte(text), "zipped.csv": zipped.Bytes()} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := ReadCommandsFile(path)
		if err != nil || len(c.Records) != 2 {
			t.Errorf("%s: got %+v, %v, want 2 records", name, c, err)
		}
	}

	torn := filepath.Join(dir, "torn.gz")
	if err := os.WriteFile(torn, zipped.Bytes()[:zipped.Len()-9], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadCommandsFile(torn); err == nil || !strings.Contains(err.Error(), "torn.gz:") {
		t.Errorf("a torn gzip file: got %v, want an error that names it", err)
	}
	if _, err := ReadCommandsFile(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: got %v", err)
	}
}

func TestExampleFileIsWellFormed(t *testing.T) {
	c, err := ReadCommandsFile(filepath.Join("..", "..", "docs", "examples", "small.commands.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []Kind{Enter, Reduce, Cancel, Take, Fill} {
		if c.Count(kind) < 2 {
			t.Errorf("%c: %d records, want a few", kind, c.Count(kind))
		}
	}
}

// What is read and written and read again is the same, and nothing panics.
func FuzzReadCommands(f *testing.F) {
	for _, seed := range []string{"N,1,B,2,3\nX,S,2,5\nF,1,3,2\n", "# c\r\nR,1,2\n\nC,9", "X,B,-1,1", "F,1,1,1", "N,1,,", "\x1f\x8b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ReadCommands(bytes.NewReader(text), "f")
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := c.Write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := ReadCommands(&out, "f")
		if err != nil {
			t.Fatalf("what was written is refused: %v", err)
		}
		if len(again.Records) != len(c.Records) || len(again.Notes) != len(c.Notes) {
			t.Fatalf("got %d records and %d notes, want %d and %d", len(again.Records), len(again.Notes), len(c.Records), len(c.Notes))
		}
		for i := range c.Records {
			a, b := again.Records[i], c.Records[i]
			a.Line, b.Line = 0, 0
			if a != b {
				t.Fatalf("record %d: got %+v, want %+v", i, a, b)
			}
		}
	})
}
