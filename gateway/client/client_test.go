package client

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"pricetime/gateway/wire/jsonl"
)

func dialFor(t testing.TB, addr string) *Conn {
	t.Helper()
	c, err := Dial(addr, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// talk sends what is buffered and returns the answers up to the pong.
func talk(t testing.TB, c *Conn) (got []string) {
	t.Helper()
	c.Ping()
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := c.Next()
		if err != nil {
			t.Fatal(err)
		}
		if m.Type == jsonl.MessagePong {
			return got
		}
		got = append(got, strings.TrimSpace(m.Type.String()+" "+string(m.ClientOID)+" "+string(m.Reason)))
	}
}

func TestConnSpeaksEveryRequest(t *testing.T) {
	c := dialFor(t, smallVenueFor(t).addr())
	m, err := c.Login(&Login{Account: "alice", OrdersStay: true, HeartbeatMs: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if string(m.Account) != "alice" || m.NextSequence != 1 || string(m.Durability) != "memory" {
		t.Errorf("logged in: %+v", m)
	}
	sell := Order{ClientOID: "s1", ProductID: "AAPL", Side: "sell", Price: "10.00", Size: "100", PostOnly: true}
	for _, step := range []struct {
		name string
		send func() error
		want string
	}{
		{"order", func() error { return c.Order(&sell) }, "received s1, open s1"},
		{"the same order", func() error { return c.Order(&sell) }, "open s1"},
		{"status", func() error { return c.Status(Target{ClientOID: "s1"}) }, "open s1"},
		{"reduce", func() error { return c.Reduce(Target{ClientOID: "s1"}, "90") }, "change s1 reduced"},
		{"replace", func() error {
			return c.Replace(&Replace{Target: Target{ClientOID: "s1"}, NewClientOID: "s2", Price: "10.01"})
		}, "replaced s2, open s2"},
		{"orders", c.Orders, "open s2, orders_end"},
		{"cancel by the old id", func() error { return c.Cancel(Target{ClientOID: "s1"}) }, "cancel_rejected s1 already_replaced"},
		{"cancel", func() error { return c.Cancel(Target{ClientOID: "s2"}) }, "done s2 canceled"},
		{"cancel all", func() error { return c.CancelAll("AAPL", "buy") }, "cancel_all_done"},
		{"market", func() error {
			return c.Order(&Order{ClientOID: "m1", ProductID: "AAPL", Side: "buy", OrderType: "market", Size: "1"})
		}, "rejected m1 no_liquidity"},
		{"subscribe", func() error { return c.Subscribe([]string{"full"}, []string{"AAPL"}) }, "subscriptions"},
		{"unsubscribe", func() error { return c.Unsubscribe([]string{"full"}, []string{"AAPL"}) }, "subscriptions"},
		{"a line that is none", func() error { return c.Send([]byte("hello")) }, "error  malformed"},
	} {
		if err := step.send(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if got := strings.Join(talk(t, c), ", "); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
}

func TestLoginRefused(t *testing.T) {
	c := dialFor(t, smallVenueFor(t).addr())
	if _, err := c.Login(&Login{Account: "not a name"}); err == nil || !strings.Contains(err.Error(), "bad_value: account: ") {
		t.Errorf("error is %v", err)
	}
}

func TestDialRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if c, err := Dial(l.Addr().String(), time.Second); err == nil {
		c.Close()
		t.Error("dialed a closed port")
	}
	if s, err := DialSpin(l.Addr().String(), time.Second); err == nil {
		s.Close()
		t.Error("spin dialed a closed port")
	}
}

// sayAndClose is a venue that says text in pieces and closes.
func sayAndClose(t *testing.T, pieces ...string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		for _, piece := range pieces {
			io.WriteString(c, piece)
			time.Sleep(2 * time.Millisecond)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

func TestNextJoinsPiecesOfLines(t *testing.T) {
	long := `{"type":"error","message":"` + strings.Repeat("x", 3*readBufferBytes) + `"}`
	c := dialFor(t, sayAndClose(t, `{"type":"po`, `ng"}`, "\r\n{\"type\":\"heartbeat\"}\nnonsense\n"+long+"\n", `{"type":"pong"}`))
	for _, want := range []jsonl.MessageType{jsonl.MessagePong, jsonl.MessageHeartbeat} {
		if m, err := c.Next(); err != nil || m.Type != want {
			t.Fatalf("got %v, %v; want %s", m, err, want)
		}
	}
	if _, err := c.Next(); err == nil || string(c.Line()) != "nonsense" {
		t.Errorf("nonsense: %v, line %q", err, c.Line())
	}
	if m, err := c.Next(); err != nil || len(m.Text) != 3*readBufferBytes {
		t.Errorf("the long line: %v", err)
	}
	if _, err := c.Next(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a line at the end: %v", err)
	}
	c = dialFor(t, sayAndClose(t, "{\"type\":\"pong\"}\n"))
	c.Next()
	if _, err := c.Next(); err != io.EOF {
		t.Errorf("the end: %v", err)
	}
}

func TestNextHasADeadline(t *testing.T) {
	c := dialFor(t, smallVenueFor(t).addr())
	c.SetDeadline(time.Now().Add(time.Millisecond))
	if _, err := c.Next(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if got := talk(t, c); len(got) != 0 {
		t.Errorf("after the deadline: %q", got)
	}
}

func TestLinesHaveABound(t *testing.T) {
	var l lines
	for {
		room, err := l.room()
		if err == ErrMessageTooLong {
			break
		}
		for i := range room {
			room[i] = 'x'
		}
		l.filled(len(room))
		if _, ok := l.next(); ok || l.to > MessageBytesMax {
			t.Fatalf("%d bytes without a newline", l.to)
		}
	}
	if l.to != MessageBytesMax {
		t.Errorf("the bound is %d bytes", l.to)
	}
}

func TestConnDoesNotAllocate(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	go io.Copy(theirs, theirs) // what is sent comes back
	c := NewConn(ours)
	defer c.Close()
	order := Order{ClientOID: "a1", ProductID: "AAPL", Side: "buy", OrderType: "limit", Price: "585.33", Size: "100"}
	round := func() {
		c.Order(&order)
		c.Flush()
		if m, err := c.Next(); err != nil || string(m.Price) != "585.33" {
			t.Fatal(m, err)
		}
	}
	round()
	if allocs := testing.AllocsPerRun(200, round); allocs != 0 {
		t.Errorf("%v allocations a round", allocs)
	}
}
