package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSendAnOrderThatStays(t *testing.T) {
	_, address := startVenue(t)
	r := pricetime(t, "", "send", "--addr", address, "--account", "alice", "--side", "buy", "--price", "100.00", "--size", "10", "--client-oid", "s1").
		expect(t, exitOK)
	if got, want := typesOf(t, r.stdout), "received open"; got != want {
		t.Errorf("answers %q, want %q", got, want)
	}
	// The order outlives the connection, and its owner can come back for it.
	r = pricetime(t, "", "book", "--addr", address, "--once", "--json").expect(t, exitOK)
	if !strings.Contains(r.stdout, `"bids":[["100.00","10"]]`) {
		t.Errorf("the book is %s", r.stdout)
	}
	r = pricetime(t, `{"type":"cancel","client_oid":"s1"}`, "send", "--addr", address, "--account", "alice").expect(t, exitOK)
	if got, want := typesOf(t, r.stdout), "done"; got != want {
		t.Errorf("answers %q, want %q", got, want)
	}
}

func TestSendWords(t *testing.T) {
	_, address := startVenue(t)
	r := pricetime(t, "", "send", "--addr", address, "--json=false", "--side", "sell", "--price", "101.50", "--size", "7", "--post-only").
		expect(t, exitOK)
	for _, want := range []string{"received", "sell 7 DEMO limit at 101.50 GTC post-only", "open", "sell 7 at 101.50 rests in the book"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	r = pricetime(t, "", "send", "--addr", address, "--json=false", "--side", "buy", "--type", "market", "--size", "3").expect(t, exitOK)
	for _, want := range []string{"buy 3 at 101.50 as taker, 0 left", "filled"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
}

func TestSendRefused(t *testing.T) {
	_, address := startVenue(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--side", "buy", "--price", "100.001", "--size", "1"}, "price_off_tick"},
		{[]string{"--side", "buy", "--price", "abc", "--size", "1"}, "price"},
		{[]string{"--side", "buy", "--price", "1", "--size", "1", "--product", "NONE"}, "unknown_product"},
		{[]string{"--side", "buy", "--type", "market", "--size", "1"}, "no_liquidity"},
	} {
		r := pricetime(t, "", append([]string{"send", "--addr", address}, c.args...)...).expect(t, exitFailed)
		if !strings.Contains(r.stdout, c.want) {
			t.Errorf("%q: no %q in\n%s", c.args, c.want, r.stdout)
		}
	}
}

func TestSendLinesFromStdin(t *testing.T) {
	_, address := startVenue(t)
	var lines strings.Builder
	for i := range 2_000 {
		fmt.Fprintf(&lines, `{"type":"order","client_oid":"n%d","product_id":"DEMO","side":%q,"order_type":"limit","price":"100.00","size":"1"}`+"\n",
			i, []string{"buy", "sell"}[i%2])
	}
	r := pricetime(t, lines.String(), "send", "--addr", address).expect(t, exitOK)
	// buy: received, open. sell: received, match, done, and the buy's match and done.
	if got, want := strings.Count(r.stdout, "\n"), 1_000*(2+5); got != want {
		t.Errorf("%d answers, want %d", got, want)
	}

	r = pricetime(t, strings.Join([]string{
		`{"type":"ping"}`,
		`{"type":"order","client_oid":"x1","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"1"}`,
		``,
		`{"type":"order","client_oid":"x2","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.005","size":"1"}`,
		`not json`,
		`{"type":"ping","why":"x"}`,
		`{"type":"cancel","client_oid":"nobody"}`,
		`{"type":"orders"}`,
		`{"type":"cancel","client_oid":"x1"}`, // without a newline at its end
	}, "\n"), "send", "--addr", address, "--account", "bob").expect(t, exitFailed)
	if got, want := typesOf(t, r.stdout), "pong received open rejected error error cancel_rejected open orders_end done"; got != want {
		t.Errorf("answers\n%s\nwant\n%s", got, want)
	}
	var numbers []string
	for line := range strings.Lines(r.stderr) {
		numbers = append(numbers, strings.SplitN(line, ":", 2)[0])
	}
	if got, want := strings.Join(numbers, ", "), "line 4, line 5, line 6, line 7"; got != want {
		t.Errorf("errors of %s, want %s:\n%s", got, want, r.stderr)
	}
}

func TestSendIsCutForTooManyErrors(t *testing.T) {
	_, address := startVenue(t)
	r := pricetime(t, strings.Repeat("rubbish\n", 500), "send", "--addr", address).expect(t, exitFailed)
	if !strings.Contains(r.stderr, "line 100: error") || strings.Contains(r.stderr, "line 150: error") {
		t.Errorf("stderr is\n%s", r.stderr)
	}
	if !strings.Contains(r.stderr, "may or may not have been carried out") {
		t.Errorf("it does not say where it ended:\n%s", r.stderr)
	}
}

func TestNobodyThere(t *testing.T) {
	for _, args := range [][]string{
		{"send", "--addr", "127.0.0.1:1", "--side", "buy", "--price", "1", "--size", "1"},
		{"book", "--addr", "127.0.0.1:1", "--once"},
	} {
		r := pricetime(t, "", args...).expect(t, exitFailed)
		if !strings.Contains(r.stderr, "pricetime serve") || !strings.Contains(r.stderr, "127.0.0.1:1") {
			t.Errorf("%q: %s", args, r.stderr)
		}
	}
}

func TestBookOnce(t *testing.T) {
	_, address := startVenue(t)
	pricetime(t, `
{"type":"order","client_oid":"1","product_id":"BTC-USD","side":"buy","order_type":"limit","price":"65000.00","size":"0.5"}
{"type":"order","client_oid":"2","product_id":"BTC-USD","side":"buy","order_type":"limit","price":"64999.99","size":"1.25"}
{"type":"order","client_oid":"3","product_id":"BTC-USD","side":"sell","order_type":"limit","price":"65000.02","size":"0.00000001"}
{"type":"order","client_oid":"4","product_id":"BTC-USD","side":"sell","order_type":"limit","price":"65000.00","size":"0.1"}
`, "send", "--addr", address).expect(t, exitOK)
	r := pricetime(t, "", "book", "--addr", address, "--product", "BTC-USD", "--depth", "2").expect(t, exitOK)
	for _, want := range []string{
		"BTC-USD   last 65000.00 x 0.10000000, sold\n",
		"      65000.02      0.00000001  █\n",
		"                   spread 0.02\n",
		"      65000.00      0.40000000  ",
		"      64999.99      1.25000000  ",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if strings.Contains(r.stdout, "\x1b") {
		t.Errorf("escapes where there is no terminal: %q", r.stdout)
	}
	r = pricetime(t, "", "book", "--addr", address, "--product", "NONE").expect(t, exitFailed)
	if !strings.Contains(r.stderr, "product") {
		t.Errorf("an unknown product: %s", r.stderr)
	}
}

// A book that follows shows a change, and says so when its venue ends.
func TestBookFollows(t *testing.T) {
	venue, address := startVenue(t)
	b := start(t, "book", "--addr", address, "--json", "--once=false")
	next := func() ladderJSON {
		var j ladderJSON
		if err := json.Unmarshal([]byte(b.line()), &j); err != nil {
			t.Fatal(err)
		}
		return j
	}
	if j := next(); len(j.Bids)+len(j.Asks) != 0 {
		t.Fatalf("a new book is %v", j)
	}
	pricetime(t, "", "send", "--addr", address, "--side", "sell", "--price", "5.00", "--size", "3").expect(t, exitOK)
	if j := next(); fmt.Sprint(j.Asks) != "[[5.00 3]]" {
		t.Errorf("the book is %v", j)
	}
	venue.cmd.Process.Signal(syscall.SIGTERM)
	if status := venue.wait(); status != exitOK {
		t.Errorf("serve: exit status %d", status)
	}
	if status := b.wait(); status != exitFailed || !strings.Contains(b.stderr.String(), "the venue") {
		t.Errorf("book: exit status %d, stderr %s", status, b.stderr)
	}
}

func TestBookEndsOnInterrupt(t *testing.T) {
	_, address := startVenue(t)
	b := start(t, "book", "--addr", address, "--once=false")
	b.line()
	b.cmd.Process.Signal(syscall.SIGINT)
	if status := b.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
}

func TestDemo(t *testing.T) {
	began := time.Now()
	r := pricetime(t, "", "demo", "--duration", "2s", "--rate", "2000").expect(t, exitOK)
	if took := time.Since(began); took < 2*time.Second || took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, want := range []string{"pricetime send --addr 127.0.0.1:", "pricetime book --addr 127.0.0.1:", "DEMO   last ", "spread 0."} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	lines := strings.Split(strings.TrimSpace(r.stdout), "\n")
	var sent, accepted, trades, refused int
	if _, err := fmt.Sscanf(lines[len(lines)-1], "%d commands sent, %d orders accepted, %d trades, %d refused;", &sent, &accepted, &trades, &refused); err != nil {
		t.Fatalf("the last line is %q: %v", lines[len(lines)-1], err)
	}
	if sent < 2_000 || accepted < sent/3 || trades < sent/50 || refused != 0 {
		t.Errorf("no lively market: %s", lines[len(lines)-1])
	}
}

func TestDemoEndsOnInterrupt(t *testing.T) {
	p := start(t, "demo")
	p.line()
	time.Sleep(300 * time.Millisecond)
	p.cmd.Process.Signal(syscall.SIGINT)
	if status := p.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
}

func TestPythonExample(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: the Python example is not run")
	}
	_, address := startVenue(t)
	for range 2 { // its client ids are new every time
		r := runToEnd(t, "", exec.Command(python, "../../docs/examples/client.py", address)).expect(t, exitOK)
		if got, want := r.stdout, "bought 4 at 100.00 as taker\nsold 4 at 100.00 as maker\n"; got != want {
			t.Errorf("it prints\n%swant\n%s", got, want)
		}
	}
	r := pricetime(t, "", "book", "--addr", address, "--json").expect(t, exitOK)
	if !strings.Contains(r.stdout, `"bids":[],"asks":[]`) {
		t.Errorf("it leaves orders in the book: %s", r.stdout)
	}
}

// typesOf lists the types of lines.
func typesOf(t *testing.T, lines string) string {
	t.Helper()
	var types []string
	for line := range strings.Lines(lines) {
		types = append(types, fmt.Sprint(decodeLine(t, line)["type"]))
	}
	return strings.Join(types, " ")
}
