package recorded

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each case: rows of the message file with the best ask and bid after them, and
// the commands that come out. Prices are 100 times the ticks.
func TestConvert(t *testing.T) {
	for _, c := range []struct{ name, rows, want string }{
		{
			"orders come, shrink and go",
			`1,1,5,100,10000,-1|10000 9000
			 2,2,5,40,10000,-1|10000 9000
			 3,3,5,60,10000,-1|10100 9000`,
			"N,5,S,100,100; R,5,60; C,5",
		},
		{
			"executions of one moment are one incoming order, at the worst price",
			`1,1,5,10,10000,-1|10000 9000
			 2,1,6,10,10000,-1|10000 9000
			 3,1,7,10,10200,-1|10000 9000
			 4.5,4,5,10,10000,-1|10000 9000
			 4.5,5,0,99,10100,-1|10000 9000
			 4.5,4,6,10,10000,-1|10200 9000
			 4.5,4,7,4,10200,-1|10200 9000
			 4.500000001,4,7,3,10200,-1|10200 9000
			 4.500000001,4,8,1,9000,1|10200 9000
			 5,3,7,3,10200,-1|10400 9000`,
			// 8 is not submitted anywhere: it is entered where it is first named
			"N,5,S,100,10; N,6,S,100,10; N,7,S,102,10; X,B,102,24; F,5,10,100; F,6,10,100; F,7,4,102; X,B,102,3; F,7,3,102; N,8,B,90,1; X,S,90,1; F,8,1,90; C,7",
		},
		{
			"hidden executions, crosses and halts touch nothing",
			`1,5,0,10,10050,1|10000 9000
			 2,6,-1,500,10000,-1|10000 9000
			 3,7,0,0,-1,-1|10000 9000
			 4,1,5,1,10000,-1|10000 9000
			 5,3,5,1,10000,-1|10100 9000`,
			"N,5,S,100,1; C,5",
		},
		{
			"older orders come in the order of their ids, with what later rows take in all",
			`1,1,50,5,9000,1|10000 9000
			 2,3,50,5,9000,1|10000 9000
			 3,4,20,10,10000,-1|10000 9000
			 3,4,60,10,10000,-1|10000 9000
			 3,4,55,10,10000,-1|10000 9000
			 4,2,20,3,10000,-1|10000 9000
			 5,3,20,2,10000,-1|10100 9000`,
			"N,20,S,100,15; N,50,B,90,5; C,50; N,55,S,100,10; N,60,S,100,10; # not FIFO on the venue: X,B,100,30 became cancels and reduces; R,20,5; C,60; C,55; R,20,2; C,20",
		},
		{
			"an order that no row names again is gone when its price is not the best",
			`1,1,5,10,9000,1|10000 9000
			 2,1,6,10,9000,1|10000 9000
			 3,1,7,10,9100,1|10000 9100
			 4,3,7,10,9100,1|10000 9000
			 5,3,6,10,9000,1|10000 8900`,
			"N,5,B,90,10; N,6,B,90,10; N,7,B,91,10; C,5; C,7; C,6",
		},
		{
			"an execution behind the front of the queue becomes a cancel",
			`1,1,5,10,9000,1|10000 9000
			 2,1,6,10,9000,1|10000 9000
			 3,4,6,10,9000,1|10000 9000
			 4,4,5,3,9000,1|10000 9000
			 5,3,5,7,9000,1|10000 8900`,
			"N,5,B,90,10; N,6,B,90,10; # not FIFO on the venue: X,S,90,10 became cancels and reduces; C,6; X,S,90,3; F,5,3,90; C,5",
		},
		{
			"a fill that the tape cut in two is one fill",
			`1,1,5,10,9000,1|10000 9000
			 2,4,5,3,9000,1|10000 9000
			 2,4,5,7,9000,1|10000 8900`,
			"N,5,B,90,10; X,S,90,10; F,5,10,90",
		},
		{
			"a row about an order that is gone is a comment",
			`1,1,5,10,9000,1|10000 9000
			 2,3,5,10,9000,1|10000 8900
			 3,3,5,10,9000,1|10000 8900`,
			"N,5,B,90,10; C,5; # line 3 of the day names order 5, which is gone",
		},
		{
			"an order that a submission would trade with is not there",
			`1,1,5,10,9000,1|10000 9000
			 2,1,6,10,9100,1|10000 9100
			 3,1,7,10,9100,-1|9100 9000
			 4,3,5,10,9000,1|9100 9100`,
			"N,5,B,90,10; N,6,B,91,10; # order 6 cannot have been there any more when order 7 came; C,6; N,7,S,91,10; C,5",
		},
	} {
		messages, book := dayFiles(t, c.rows)
		day, err := ReadDay(messages, book)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got, err := Convert(day)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var out bytes.Buffer
		if err := got.Write(&out); err != nil {
			t.Fatal(err)
		}
		if text := strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", "; "); text != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, text, c.want)
		}
		if _, err := ReadCommands(&out, "converted"); err != nil && len(got.Records) > 0 {
			t.Errorf("%s: the result is no commands file: %v", c.name, err)
		}
	}
}

func TestRefusesABrokenDayWithItsLine(t *testing.T) {
	for _, c := range []struct{ rows, want string }{
		{"1,1,5,10,9000,1|10000 9000\n2,1,5,10,9000,1|10000 9000", "m.csv:2: order 5 is submitted a second time"},
		{"1,1,5,10,9000,1|10000 9000\n2,3,5,10,9100,1|10000 9000", "m.csv:2: order 5 has another price or direction than in line 1"},
		{"1,1,5,10,9000|10000 9000", "m.csv:1: a message has 6 fields (time,type,id,size,price,direction), this line has 5"},
		{"1,8,5,10,9000,1|10000 9000", `type "8"`},
		{"1,1,5,10,9000,0|10000 9000", `direction "0"`},
		{"1.0000000001,1,5,10,9000,1|10000 9000", `time "1.0000000001"`},
		{".5,1,5,10,9000,1|10000 9000", `time ".5"`},
		{"5.,1,5,10,9000,1|10000 9000", `time "5."`},
		{"1e3,1,5,10,9000,1|10000 9000", `time "1e3"`},
		{"999999,1,5,10,9000,1|10000 9000", `time "999999"`},
		{"1,1,x,10,9000,1|10000 9000", "id, size and price are whole numbers"},
		{"1,1,0,10,9000,1|10000 9000", "order id 0 is outside"},
		{"1,1,5,0,9000,1|10000 9000", "size 0 is outside 1 to 1000000000000"},
		{"1,1,5,10,9050,1|10000 9000", "price 9050 (USD / 10,000) is not a multiple of 0.01"},
		{"1,1,5,10,9000,1|10000 x", "b.csv:1: prices are whole numbers"},
		{"", "m.csv: no message in it"},
	} {
		messages, book := dayFiles(t, c.rows)
		day, err := ReadDay(messages, book)
		if err == nil {
			_, err = Convert(day)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want an error with %q", c.rows, err, c.want)
		}
	}

	messages, _ := dayFiles(t, "1,1,5,10,9000,1|10000 9000\n2,3,5,10,9000,1|10000 9000")
	_, book := dayFiles(t, "1,1,5,10,9000,1|10000 9000")
	if _, err := ReadDay(messages, book); err == nil || !strings.Contains(err.Error(), "they do not belong together") {
		t.Errorf("files of different length: got %v", err)
	}
}

// dayFiles writes rows of "message|ask bid" as the two files of a day.
func dayFiles(t *testing.T, rows string) (messages, book string) {
	t.Helper()
	var m, b bytes.Buffer
	for _, row := range strings.Split(rows, "\n") {
		if row = strings.TrimSpace(row); row == "" {
			continue
		}
		message, best, _ := strings.Cut(row, "|")
		ask, bid, _ := strings.Cut(best, " ")
		fmt.Fprintln(&m, message)
		fmt.Fprintf(&b, "%s,1,%s,1\n", ask, bid)
	}
	dir := t.TempDir()
	messages, book = filepath.Join(dir, "m.csv"), filepath.Join(dir, "b.csv")
	for path, data := range map[string][]byte{messages: m.Bytes(), book: b.Bytes()} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return messages, book
}

// Whatever the rows say, a day that can be read gives a commands file that can be read.
func FuzzConvert(f *testing.F) {
	f.Add([]byte("1,1,5,100,10000,-1\n2,2,5,40,10000,-1\n3,3,5,60,10000,-1\n"), []byte("10000,1,9000,1\n10000,1,9000,1\n10100,1,9000,1\n"))
	f.Add([]byte("1,4,9,10,10000,-1\n1,5,0,1,1,-1\n1,4,7,10,10100,-1\n2,1,8,5,9000,1\n"), []byte("1,1,1,1\n1,1,1,1\n1,1,1,1\n9999999999,0,9100,1\n"))
	f.Add([]byte("1,3,5,1,100,1\n1,1,5,1,100,1\n1,4,5,9,100,1\n"), []byte("1,1,1,1\n1,1,1,1\n1,1,1,1\n"))
	f.Fuzz(func(t *testing.T, messages, book []byte) {
		day, err := readDay(bytes.NewReader(messages), "m", bytes.NewReader(book), "b")
		if err != nil {
			return
		}
		c, err := Convert(day)
		if err != nil || len(c.Records) == 0 {
			return
		}
		var out bytes.Buffer
		if err := c.Write(&out); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadCommands(&out, "converted"); err != nil || len(again.Records) != len(c.Records) {
			t.Fatalf("the result is no commands file: %v", err)
		}
	})
}
