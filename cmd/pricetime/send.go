package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"pricetime/gateway/client"
	"pricetime/gateway/wire/jsonl"
)

func runSend(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("send", `Sends one order that flags describe, or, without any of them, JSON lines from stdin
(docs/protocol-json.md). Logs in first, waits for the answers to every line, and prints
them: in words on a terminal, else as the venue wrote them. Orders that rest stay in the
book when it exits. Exit status: 0 all was accepted, 1 something was refused or failed.`, `
pricetime send --side buy --price 100.00 --size 10
pricetime send --side sell --type market --size 5 --product BTC-USD --client-oid s1
pricetime send --side buy --price 99.50 --size 10 --post-only --account alice
pricetime send --side buy --price 100.10 --size 10 --post-only=slide --account alice --key-file alice.key
pricetime send --side sell --type stop --stop 98.00 --size 10
pricetime send --side buy --type stop_limit --stop 101.00 --price 101.05 --size 10 --tif DAY
pricetime send --side sell --price 100.50 --size 500 --display 50
pricetime send --side sell --price 100.50 --size 10 --tif GTD --expire 2026-12-31T21:00:00Z
pricetime send --side buy --price 100.00 --size 100 --tif IOC --min 40 --stp cn
echo '{"type":"cancel_all"}' | pricetime send --account alice
pricetime send < orders.jsonl > answers.jsonl`)
	addr := f.String("addr", defaultAddress, "`ADDRESS` of the venue")
	account := f.String("account", "cli", "`NAME` of the account")
	keyFile := keyFlag(f)
	timeout := f.Duration("timeout", 10*time.Second, "`TIME` to wait for an answer, such as 10s")
	asJSON := f.Bool("json", !isTerminal(stdout), "print the venue's lines as they are; the default where stdout is no terminal")
	orderFlags := []string{"client-oid", "product", "side", "type", "price", "size", "tif", "post-only", "stop", "display", "hidden", "min", "expire", "stp"}
	var o client.Order
	f.StringVar(&o.ClientOID, "client-oid", "", "`ID` of yours, good for one order a day: 1 to 16 characters or a UUID")
	f.StringVar(&o.ProductID, "product", "DEMO", "`PRODUCT` to trade")
	f.StringVar(&o.Side, "side", "", "`SIDE`: buy or sell")
	f.StringVar(&o.OrderType, "type", "limit", "`TYPE`: "+strings.Join(orderTypes, ", "))
	f.StringVar(&o.Price, "price", "", "`DECIMAL` of the limit types, exact, such as 100.00")
	f.StringVar(&o.Size, "size", "", "`DECIMAL`, such as 10")
	f.StringVar(&o.TimeInForce, "tif", "", "`TIF`, time in force: GTC, DAY, GTD, IOC or FOK; by default IOC for market, else GTC")
	f.Var((*postOnly)(&o), "post-only", "refuse the order if it would trade at once; with =slide price it one tick\nbehind the best of the other side instead")
	f.StringVar(&o.StopPrice, "stop", "", "`DECIMAL`, the stop price of the stop and take_profit types")
	f.StringVar(&o.DisplaySize, "display", "", "`DECIMAL` of the size that is shown at a time: an iceberg")
	f.BoolVar(&o.Hidden, "hidden", false, "never show the order; it trades behind the shown ones at its price")
	f.StringVar(&o.MinSize, "min", "", "`DECIMAL` that an IOC order must trade at once, or nothing")
	f.StringVar(&o.ExpireTime, "expire", "", "`TIME` at which a GTD order ends, such as 2026-12-31T21:00:00Z")
	f.StringVar(&o.STP, "stp", "", "`MODE` of self-trade prevention: none, cn (cancel the newest), co (the oldest),\ncb (both) or dc (decrement); by default the product's")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	oneOrder := false
	for _, name := range orderFlags {
		oneOrder = oneOrder || f.given(name)
	}
	if oneOrder {
		if err := checkOrder(&o); err != nil {
			return f.usageError(stderr, err.Error())
		}
		stdin = bytes.NewReader(jsonl.AppendOrder(nil, &o))
	} else if isTerminal(stdin) {
		fmt.Fprintln(stderr, "Type JSON lines; Ctrl-D ends. For an order from flags see pricetime send --help.")
	}

	conn, err := logIn(*addr, *account, *keyFile, *timeout)
	if err != nil {
		return f.fail(stderr, err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Time{})
	s := &sending{conn: conn, timeout: *timeout, stdout: stdout, stderr: stderr, asJSON: *asJSON, numbered: !oneOrder}
	refused, err := s.run(stdin)
	if err != nil {
		return f.fail(stderr, err)
	}
	if refused > 0 {
		return exitFailed
	}
	return exitOK
}

// checkOrder finds what no venue has to be asked about.
func checkOrder(o *client.Order) error {
	if err := oneOf("side", o.Side, "buy", "sell"); err != nil {
		return err
	}
	o.OrderType = strings.ReplaceAll(o.OrderType, "-", "_")
	if err := oneOf("type", o.OrderType, orderTypes...); err != nil {
		return err
	}
	o.TimeInForce = strings.ToUpper(o.TimeInForce)
	if err := oneOf("tif", o.TimeInForce, "", "GTC", "DAY", "GTD", "IOC", "FOK"); err != nil {
		return err
	}
	if err := oneOf("stp", o.STP, "", "none", "cn", "co", "cb", "dc"); err != nil {
		return err
	}
	if o.Size == "" {
		return errors.New("--size is missing")
	}
	a := "a " + strings.ReplaceAll(o.OrderType, "_", "-") + " order"
	for _, f := range []struct {
		name, value, of string
		needed          bool
	}{
		{"price", o.Price, a, slices.Contains([]string{"limit", "stop_limit", "take_profit_limit"}, o.OrderType)},
		{"stop", o.StopPrice, a, strings.HasPrefix(o.OrderType, "stop") || strings.HasPrefix(o.OrderType, "take_profit")},
		{"expire", o.ExpireTime, "a GTD order", o.TimeInForce == "GTD"},
	} {
		switch {
		case f.needed && f.value == "":
			return fmt.Errorf("--%s is missing: %s has one", f.name, f.of)
		case !f.needed && f.value != "" && f.name == "expire":
			return errors.New("--expire is there: only a GTD order has one")
		case !f.needed && f.value != "":
			return fmt.Errorf("--%s is there: %s has none", f.name, f.of)
		}
	}
	return nil
}

// orderTypes are the words for --type.
var orderTypes = []string{"limit", "market", "market_to_limit", "stop", "stop_limit", "take_profit", "take_profit_limit"}

// postOnly is a flag that is there or not, or "slide".
type postOnly client.Order

func (p *postOnly) IsBoolFlag() bool { return true }

func (p *postOnly) String() string {
	switch {
	case p.Slide:
		return "slide"
	case p.PostOnly:
		return "true"
	}
	return ""
}

func (p *postOnly) Set(text string) error {
	switch text {
	case "true", "false", "slide":
		p.PostOnly, p.Slide = text == "true", text == "slide"
		return nil
	}
	return errors.New("must be slide, or nothing")
}

// noVenue says what to do when nobody listens.
func noVenue(addr string, err error) error {
	return fmt.Errorf("no venue at %s (%w); start one with pricetime serve, or say where with --addr", addr, err)
}

// sending sends lines and prints what comes back. One goroutine reads the input and
// sends; the caller's receives.
//
// Every line is followed by a ping. The venue answers a ping when all before it is
// answered, and takes nothing behind it before that, so what comes between two
// pongs is what one line led to: that is how an answer finds its line, even an
// error that names no order. (Other sessions' orders can trade with ours in
// between; that is never a refusal.) A line that is a ping itself is its own fence.
type sending struct {
	conn           *client.Conn
	timeout        time.Duration
	stdout, stderr io.Writer
	asJSON         bool
	numbered       bool // lines are numbered in error messages

	mu      sync.Mutex
	pending []sentLine // sent, or about to be, and not answered
	input   error      // why reading the input ended early
}

// sentLine is a line of the input that was sent.
type sentLine struct {
	number int // from 1; 0: the end of the input
	isPing bool
}

// run sends all of the input and waits for the answers. It returns how many lines
// were refused.
func (s *sending) run(input io.Reader) (refused int, err error) {
	go s.sendAll(input)
	for {
		m, err := s.conn.Next()
		line := s.answering()
		if err != nil {
			return refused, s.lost(line, err)
		}
		last := m.Type == jsonl.MessagePong || line.isPing && m.Type == jsonl.MessageError
		if isRefusal(m) {
			refused++
			if s.numbered {
				fmt.Fprintf(s.stderr, "line %d: %s: %s\n", line.number, m.TypeName, refusal(m))
			}
		}
		if m.Type != jsonl.MessagePong || line.isPing {
			if err := s.print(m); err != nil {
				return refused, err
			}
		}
		if !last {
			s.extend()
			continue
		}
		if line.number == 0 {
			return refused, s.input
		}
		s.answered()
	}
}

// print shows a line from the venue. In words, a refusal of a numbered line is on
// stderr already.
func (s *sending) print(m *client.Message) error {
	if s.asJSON {
		_, err := fmt.Fprintf(s.stdout, "%s\n", s.conn.Line())
		return err
	}
	if s.numbered && isRefusal(m) {
		return nil
	}
	_, err := fmt.Fprintln(s.stdout, describe(m))
	return err
}

// lost says what became of the connection.
func (s *sending) lost(line sentLine, err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fmt.Errorf("no answer within %v", s.timeout)
	case errors.Is(err, io.EOF):
		err = errors.New("the venue closed the connection")
	}
	if line.number > 0 && s.numbered {
		return fmt.Errorf("%w; line %d and those after it may or may not have been carried out", err, line.number)
	}
	return err
}

// inputLineBytesMax is the longest input line; the venue takes far less and says so.
const inputLineBytesMax = 64 << 10

// sendAll sends the input's lines, each with its fence, and a last fence for the
// end. A connection that fails is the receiver's to report.
func (s *sending) sendAll(input io.Reader) {
	in := bufio.NewReaderSize(input, inputLineBytesMax)
	parser := jsonl.NewParser()
	var err error
	for number := 1; err == nil; number++ {
		var line []byte
		line, err = in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			err = fmt.Errorf("line %d is longer than %d bytes: nothing from there on was sent", number, inputLineBytesMax)
			break
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		var m jsonl.Message
		isPing := parser.Parse(line, &m) == nil && string(m.TypeName) == "ping"
		if s.sendLine(line, sentLine{number, isPing}, in.Buffered() == 0) != nil {
			return
		}
	}
	if !errors.Is(err, io.EOF) {
		s.mu.Lock()
		s.input = err
		s.mu.Unlock()
	}
	s.sendLine(nil, sentLine{}, true)
}

func (s *sending) sendLine(line []byte, l sentLine, flush bool) error {
	s.mu.Lock()
	s.pending = append(s.pending, l)
	s.conn.SetDeadline(time.Now().Add(s.timeout))
	s.mu.Unlock()
	if line != nil {
		if err := s.conn.Send(line); err != nil {
			return err
		}
	}
	if !l.isPing {
		if err := s.conn.Ping(); err != nil {
			return err
		}
	}
	if flush {
		return s.conn.Flush()
	}
	return nil
}

// answering is the line that the venue answers now.
func (s *sending) answering() sentLine {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 {
		return sentLine{number: -1} // market data, or a fill, between two lines
	}
	return s.pending[0]
}

// answered goes on to the next line. With none there is nothing to wait for.
func (s *sending) answered() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = s.pending[1:]
	if len(s.pending) == 0 {
		s.conn.SetDeadline(time.Time{})
	} else {
		s.conn.SetDeadline(time.Now().Add(s.timeout))
	}
}

// extend gives a line that is being answered more time.
func (s *sending) extend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) > 0 {
		s.conn.SetDeadline(time.Now().Add(s.timeout))
	}
}
