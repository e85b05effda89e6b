package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pricetime/bench/recorded"
	"pricetime/bench/recorded/realday"
	"pricetime/engine"
	"pricetime/gateway/latency"
)

var example = filepath.Join("..", "..", "docs", "examples", "small.commands.csv")

// ways are the two ways that a play takes, both to a venue of its own.
var ways = []Over{OverCore, OverTCP}

func TestExampleComesOutAsExpected(t *testing.T) {
	for _, over := range ways {
		for _, product := range []string{"DEMO", "BTC-USD"} {
			r, err := Run(t.Context(), Options{Commands: example, Over: over, Product: product}, nil)
			if err != nil {
				t.Fatalf("%s %s: %v", over, product, err)
			}
			if !r.OK || r.Played != r.Commands || r.FillsExpected != 28 || r.FillsMatched != 28 || r.Mismatches != 0 || r.FirstMismatch != nil {
				t.Errorf("%s %s: got %+v, want all 28 fills", over, product, r)
			}
			if r.ServiceTime.Count != int64(r.Commands) || r.ServiceTime.Max <= 0 {
				t.Errorf("%s %s: got %d service times, want one for each of %d commands", over, product, r.ServiceTime.Count, r.Commands)
			}
		}
	}
}

func TestRealDayComesOutAsExpected(t *testing.T) {
	file := Options{Commands: realday.Path(t, "AMZN_2012-06-21.commands.csv.gz")}
	day := Options{Messages: realday.Path(t, "AMZN_2012-06-21_message_1.csv.gz"), Book: realday.Path(t, "AMZN_2012-06-21_orderbook_1.csv.gz")}
	fileTCP := file
	fileTCP.Over = OverTCP
	for _, o := range []Options{file, day, fileTCP} {
		r, err := Run(t.Context(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !r.OK || r.Commands != 69_161 || r.FillsExpected != 8_959 || r.FillsMatched != 8_959 {
			t.Errorf("got %+v, want 8,959 of 8,959 fills", r)
		}
	}
}

// A record that the venue does not follow is found, and its line named.
func TestMismatchNamesTheLine(t *testing.T) {
	for _, c := range []struct {
		name, text    string
		line          int
		expected, got string
	}{
		{"another quantity", "N,1,S,100,5; X,B,100,3; F,1,2,100", 3, "F,1,2,100", "F,1,3,100"},
		{"another order", "N,1,S,100,5; N,2,S,100,5; X,B,100,3; F,2,3,100", 4, "F,2,3,100", "F,1,3,100"},
		{"another price", "N,1,S,100,5; X,B,105,3; F,1,3,105", 3, "F,1,3,105", "F,1,3,100"},
		{"an order nobody entered", "N,1,S,100,5; X,B,100,3; F,77,3,100", 3, "F,77,3,100", "F,1,3,100"},
		{"a fill that does not come", "N,1,S,100,5; X,B,100,9; F,1,5,100; F,1,4,100", 4, "F,1,4,100", "no further fill"},
		{"no fill at all", "N,1,S,100,5; X,B,99,5; F,1,5,100", 3, "F,1,5,100", "no further fill"},
		{"a fill too many", "N,1,S,100,5; N,2,S,101,5; X,B,101,7; F,1,5,100", 4, "no further fill after F,1,5,100", "F,2,2,101"},
		{"a fill where none is expected", "N,1,S,100,5; X,B,100,1", 2, "no further fill after X,B,100,1", "F,1,1,100"},
		{"two orders of one price swapped", "N,2,S,100,5; N,1,S,100,5; X,B,100,8; F,1,5,100; F,2,3,100", 4, "F,1,5,100", "F,2,5,100"},
		{"an order that trades on entry", "N,1,S,100,5; N,2,B,100,9", 2, "N,2,B,100,9 rests without a fill", "F,1,5,100"},
		{"a cancel of a filled order", "N,1,S,100,5; X,B,100,5; F,1,5,100; C,1", 4, "C,1 is canceled", "refused: already_filled"},
		{"a cancel of an unknown order", "N,1,S,100,5; C,2", 2, "C,2 is canceled", "refused: unknown_order"},
		{"a second cancel", "N,1,S,100,5; C,1; C,1", 3, "C,1 is canceled", "refused: already_canceled"},
		{"a reduce to as much", "N,1,S,100,5; R,1,5", 2, "R,1,5 leaves 5 open", "refused: not_a_reduction"},
		{"a price that is refused", "N,1,S,0,5", 1, "N,1,S,0,5 rests", "refused: price_range"},
		{"a refused incoming order", "N,1,S,100,5; X,B,-1,5; F,1,5,100", 3, "F,1,5,100", "refused: price_range"},
	} {
		path := filepath.Join(t.TempDir(), "record.csv")
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(c.text, "; ", "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, over := range ways {
			r, err := Run(t.Context(), Options{Commands: path, Over: over}, nil)
			if err != nil {
				t.Fatalf("%s, %s: %v", c.name, over, err)
			}
			want := Mismatch{path, c.line, c.expected, c.got}
			if r.OK || r.FirstMismatch == nil || *r.FirstMismatch != want {
				t.Errorf("%s, %s:\ngot  %v\nwant %v", c.name, over, r.FirstMismatch, &want)
			}
		}
	}
}

// newqty is the open quantity; the venue is asked for the total.
func TestReduceAfterAPartialFillNamesTheOpenQuantity(t *testing.T) {
	const text = "N,1,S,100,50\nX,B,100,20\nF,1,20,100\nR,1,10\nX,B,100,30\nF,1,10,100\n"
	for _, over := range ways {
		r, err := Run(t.Context(), Options{Commands: "-", Input: strings.NewReader(text), Over: over}, nil)
		if err != nil || !r.OK {
			t.Errorf("%s: got %v, %v, want no mismatch", over, r.FirstMismatch, err)
		}
	}
}

// One F of the real day changed, or two orders of one price swapped.
func TestRealDayHasTeeth(t *testing.T) {
	c, err := recorded.ReadCommandsFile(realday.Path(t, "AMZN_2012-06-21.commands.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, nth := range []int{0, 4_000, 8_958} {
		changed := *c
		changed.Records = slices.Clone(c.Records)
		at := nthOf(changed.Records, recorded.Fill, nth)
		changed.Records[at].Qty++
		r := playOverCore(t, &changed)
		if r.FirstMismatch == nil || r.FirstMismatch.Line != changed.Records[at].Line || r.Mismatches != 1 || r.FillsMatched != 8_958 {
			t.Errorf("fill %d changed: got %v and %d mismatches, want line %d and no other", nth, r.FirstMismatch, r.Mismatches, changed.Records[at].Line)
		}
	}

	// The first incoming order that takes two orders of one price: their entries change places.
	swapped := *c
	swapped.Records = slices.Clone(c.Records)
	records := swapped.Records
	at := -1
	for i := range len(records) - 1 {
		if records[i].Kind == recorded.Fill && records[i+1].Kind == recorded.Fill && records[i].Price == records[i+1].Price {
			at = i
			break
		}
	}
	a, b := entryOf(records, records[at].ID), entryOf(records, records[at+1].ID)
	records[a], records[b] = records[b], records[a]
	if r := playOverCore(t, &swapped); r.FirstMismatch == nil || r.FirstMismatch.Line > records[at].Line {
		t.Errorf("two orders swapped: got %v, want line %d at the latest", r.FirstMismatch, records[at].Line)
	}
}

func nthOf(records []recorded.Record, kind recorded.Kind, n int) int {
	for i := range records {
		if records[i].Kind == kind {
			if n == 0 {
				return i
			}
			n--
		}
	}
	return -1
}

func entryOf(records []recorded.Record, id uint64) int {
	return slices.IndexFunc(records, func(rec recorded.Record) bool { return rec.Kind == recorded.Enter && rec.ID == id })
}

func playOverCore(t *testing.T, c *recorded.Commands) Report {
	t.Helper()
	o := Options{Commands: c.Name}
	product, err := o.check()
	if err != nil {
		t.Fatal(err)
	}
	p, err := newCorePlayer(c, product)
	if err != nil {
		t.Fatal(err)
	}
	r := newReport(&o, c)
	if err := play(t.Context(), c, p, &r, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.end(); err != nil {
		t.Fatal(err)
	}
	return r
}

// Whatever a day's rows say, the commands that it becomes come out as they expect.
func TestConvertedDaysComeOutAsExpected(t *testing.T) {
	const seed = 7
	rng := rand.New(rand.NewPCG(seed, seed))
	fills := 0
	for nth := range 300 {
		day := &recorded.Day{Name: fmt.Sprintf("seed %d, day %d", seed, nth)}
		submitted := make(map[uint64]bool)
		for range 1 + rng.IntN(60) {
			id := 1 + rng.Uint64N(12)
			m := recorded.Message{
				Time: int64(len(day.Messages) / 3), Type: recorded.MessageType(1 + rng.IntN(5)), ID: id,
				Size: 1 + rng.Int64N(5), Price: 100 * int64(3+id%5), Side: engine.Side(id % 2),
			}
			if m.Type == recorded.Submission && submitted[id] {
				m.Type = recorded.Execution
			}
			submitted[id] = submitted[id] || m.Type == recorded.Submission
			day.Messages = append(day.Messages, m)
			day.Best = append(day.Best, recorded.Best{Ask: 100 * (3 + rng.Int64N(5)), Bid: 100 * (3 + rng.Int64N(5))})
		}
		c, err := recorded.Convert(day)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Records) == 0 {
			continue
		}
		r := playOverCore(t, c)
		if !r.OK {
			t.Errorf("%v", r.FirstMismatch)
		}
		fills += r.FillsMatched
	}
	if fills < 300 {
		t.Errorf("only %d fills in all: the days test too little", fills)
	}
}

func TestSaveWritesTheConvertedDay(t *testing.T) {
	dir := t.TempDir()
	o := Options{Messages: filepath.Join(dir, "m"), Book: filepath.Join(dir, "b"), Save: filepath.Join(dir, "saved.csv")}
	const messages = "1,1,5,100,10000,-1\n2,4,5,40,10000,-1\n3,3,5,60,10000,-1\n"
	const book = "10000,100,9000,1\n10000,60,9000,1\n10100,1,9000,1\n"
	for path, text := range map[string]string{o.Messages: messages, o.Book: book} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := Run(t.Context(), o, nil); err != nil || !r.OK || r.FillsMatched != 1 {
		t.Fatalf("got %+v, %v", r, err)
	}
	saved, err := os.ReadFile(o.Save)
	if want := "N,5,S,100,100\nX,B,100,40\nF,5,40,100\nC,5\n"; err != nil || string(saved) != want {
		t.Errorf("saved: got %q, %v, want %q", saved, err, want)
	}
}

func TestRefusesOptionsThatMakeNoSense(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "nothing to play"},
		{Options{Commands: "a", Messages: "b"}, "name one of them"},
		{Options{Messages: "b"}, "a LOBSTER day is two files"},
		{Options{Book: "b"}, "a LOBSTER day is two files"},
		{Options{Commands: example, Save: "x"}, "only a converted LOBSTER day can be saved"},
		{Options{Commands: example, Over: "udp"}, `over "udp"`},
		{Options{Commands: example, Addr: "127.0.0.1:1"}, "an address is for a play over tcp"},
		{Options{Commands: example, Product: "demo"}, `product "demo": must be one of DEMO, AAPL, BTC-USD`},
		{Options{Commands: "not-there.csv"}, "not-there.csv"},
		{Options{Commands: "-", Input: strings.NewReader("N,1,S,100,5\nM,1\n")}, "standard input:2: "},
	} {
		if _, err := Run(t.Context(), c.o, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want an error with %q", c.o, err, c.want)
		}
	}
}

// slowPlayer takes its time and agrees to everything.
type slowPlayer struct{ each time.Duration }

func (p slowPlayer) play(rec *recorded.Record, _ engine.Qty, out *outcome) error {
	time.Sleep(p.each)
	out.status, out.leaves, out.service = rests, rec.Qty, p.each
	return nil
}

func (p slowPlayer) end() error { return nil }

func TestInterruptedPlayReportsHowFarItCame(t *testing.T) {
	c := &recorded.Commands{Name: "f"}
	for id := range uint64(1_000) {
		c.Records = append(c.Records, recorded.Record{Kind: recorded.Enter, Line: int(id) + 1, ID: id, Price: 1, Qty: 1})
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := newReport(&Options{}, c)
	told := 0
	err := play(ctx, c, slowPlayer{5 * time.Millisecond}, &r, func(p Progress) {
		told++
		if p.Total != 1_000 || p.Done < 1 || p.Left() <= 0 {
			t.Errorf("progress: got %+v", p)
		}
		cancel()
	})
	if !errors.Is(err, context.Canceled) || told != 1 {
		t.Errorf("got %v after %d calls, want canceled after 1", err, told)
	}
	if r.OK || r.Played == 0 || r.Played >= 1_000 || r.Seconds <= 0 || r.ServiceTime.Count != int64(r.Played) {
		t.Errorf("report: got %+v", r)
	}
}

func TestReportForPeopleAndForPrograms(t *testing.T) {
	times := latency.NewRecorder()
	for range 1_000 {
		times.Record(200)
	}
	times.Record(1_500_000)
	r := Report{
		Source: "a/b.csv", Over: OverTCP, Product: "DEMO", Loop: "closed", Played: 1_500, Commands: 1_500, Orders: 1_000, Cancels: 300, Reduces: 100, Incoming: 100,
		FillsExpected: 90, FillsMatched: 89, Mismatches: 1, FirstMismatch: &Mismatch{"a/b.csv", 7, "F,1,2,3", "F,1,2,4"},
	}
	r.finish(3*time.Second, times)
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	const want = `replay          b.csv through TCP, embedded venue as DEMO
commands             1,500   1,000 orders, 300 cancels, 100 reduces, 100 immediate-or-cancel
fills expected          90
fills matched           89
mismatches               1
first mismatch  a/b.csv:7: expected F,1,2,3, got F,1,2,4
rate                   500   commands/s in 3.00 s, checking included
service time    p50 200 ns   p99 200 ns   p99.9 needs more samples   max 1.50 ms
                from writing a command to reading its acknowledgement, one in flight; closed loop: each command waits for the one before, so no time in a queue is in this
`
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", &text, want)
	}

	out, err := json.Marshal(&r)
	if err != nil {
		t.Fatal(err)
	}
	const wantJSON = `{"source":"a/b.csv","over":"tcp","product":"DEMO","ok":false,"played":1500,` +
		`"commands":1500,"orders":1000,"cancels":300,"reduces":100,"incoming":100,` +
		`"fills_expected":90,"fills_matched":89,"mismatches":1,"first_mismatch":{"file":"a/b.csv","line":7,"expected":"F,1,2,3","got":"F,1,2,4"},` +
		`"seconds":3,"commands_per_second":500,"service_time":{"count":1001,"p50_ns":200,"p90_ns":200,"p99_ns":200,"p99_9_ns":null,"p99_99_ns":null,` +
		`"max_ns":1500000,"below_range_count":0,"above_range_count":0},"loop":"closed"}`
	if string(out) != wantJSON {
		t.Errorf("got  %s\nwant %s", out, wantJSON)
	}
}

func TestClientOrderIDsOfAPlay(t *testing.T) {
	run := newRunID()
	if len(run) != runIDBytes {
		t.Fatalf("run id %q: want %d bytes", run, runIDBytes)
	}
	if other := newRunID(); other == run {
		t.Errorf("two plays have the same prefix %q", run)
	}
	seen := make(map[engine.ClOrdID]bool)
	for _, n := range []uint64{0, 1, 35, 36, 1_000_003, recorded.IDMax} {
		id := run.order(n)
		if got, foreign := run.resting(id); got != n || foreign != "" {
			t.Errorf("order %d: read back as %d, %q", n, got, foreign)
		}
		for _, id := range []engine.ClOrdID{id, run.incoming(int(min(n, 1e15)))} {
			if seen[id] {
				t.Errorf("two orders have the client order id %q", id)
			}
			seen[id] = true
		}
	}
	if _, foreign := run.resting(engine.ClOrdID{'?', '1'}); foreign != `order "?1"` {
		t.Errorf("a foreign order: got %q", foreign)
	}
}
