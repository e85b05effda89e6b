package gateway_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"pricetime/gateway"
)

// One order sweeps 10,000 through rings that hold 64 events and 16 commands: the
// core keeps what does not fit, and in shared nobody waits for himself.
func TestSweepThroughSmallRings(t *testing.T) {
	twoWays(t, func(t *testing.T, o gateway.Options) {
		o.Limits.EventRingSlots = 64
		o.Limits.CommandRingSlots = 16
		o.Limits.PublicRingSlots = 16
		o.Limits.OutboxBytesMax = 16 << 20
		v := start(t, o)
		watcher := v.dial(t)
		watcher.send(`{"type":"subscribe","channels":["matches"],"product_ids":["DEMO"]}`)
		const n = 10_000
		maker, taker := v.login(t, "maker"), v.login(t, "taker")
		var lines []string
		for i := range n {
			lines = append(lines, order(fmt.Sprint("m", i), "sell", fmt.Sprintf("%d.00", 10+i%50), "1"))
		}
		go maker.send(lines...)
		for range n {
			maker.expect("received")
			maker.expect("open")
		}
		taker.send(order("t", "buy", "100.00", fmt.Sprint(n)), `{"type":"ping"}`)
		taker.expect("received")
		for i := range n {
			taker.expect("match", fmt.Sprint("remaining_size=", n-1-i))
			maker.expect("match")
			maker.expect("done")
		}
		taker.expect("done", "reason=filled")
		taker.expect("pong")
		for matches := 0; matches < n; {
			if watcher.next()["type"] == "match" {
				matches++
			}
		}
	})
}

// A client that does not read its market data is cut at its bound; the others go on.
func TestSlowConsumerIsCut(t *testing.T) {
	twoWays(t, func(t *testing.T, o gateway.Options) {
		o.Limits.OutboxBytesMax = 64 << 10
		log := &syncBuffer{}
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		v := start(t, o)
		good, slow := v.login(t, "good"), v.dial(t)
		slow.conn.(*net.TCPConn).SetReadBuffer(4 << 10)
		slow.send(`{"type":"subscribe","channels":["full"],"product_ids":["DEMO"]}`)
		slow.expect("subscriptions")
		slow.expect("snapshot")
		id := 0
		var lines []string
		for i := 0; !strings.Contains(log.String(), "slow consumer"); i++ {
			lines = lines[:0]
			for range 100 {
				id++
				lines = append(lines, order(fmt.Sprint("o", id), "buy", "1.00", "1"), fmt.Sprintf(`{"type":"cancel","client_oid":"o%d"}`, id))
			}
			good.send(append(lines, `{"type":"ping"}`)...)
			good.skipTo("pong")
			if i > 1000 {
				t.Fatal("a subscriber that does not read is not cut")
			}
		}
		slow.ends()
		good.send(`{"type":"ping"}`)
		good.expect("pong")
	})
}

// syncBuffer is a log that one goroutine writes and another reads.
type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// A client that sends and sends and does not read its answers is pushed back, not
// cut and not buffered without end: when it reads, everything is there, in order.
func TestUnreadAnswersPushBack(t *testing.T) {
	twoWays(t, func(t *testing.T, o gateway.Options) {
		o.Limits.OutboxBytesMax = 64 << 10
		v := start(t, o)
		good, slow := v.login(t, "good"), v.login(t, "slow")
		const n = 300_000 // more than the kernel's buffers hold
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			text := strings.Repeat(`{"type":"status","client_oid":"x"}`+"\n", 1000)
			for range n / 1000 {
				io.WriteString(slow.conn, text)
			}
		}()
		for range 200 {
			good.send(`{"type":"ping"}`)
			good.expect("pong")
		}
		select {
		case <-sent:
			t.Fatal("the venue took all commands of a client that does not read")
		default:
		}
		slow.conn.SetReadDeadline(time.Now().Add(time.Minute))
		for i := range n {
			b, err := slow.in.ReadSlice('\n')
			if want := fmt.Appendf(nil, `{"type":"cancel_rejected","sequence":%d,`, i+1); err != nil || !bytes.HasPrefix(b, want) {
				t.Fatalf("answer %d: %s %v", i, b, err)
			}
		}
	})
}

// One command's answer may be larger than any bound on slowness: a client that
// asked for it and reads it gets it all.
func TestLargeReportIsNotSlowness(t *testing.T) {
	twoWays(t, func(t *testing.T, o gateway.Options) {
		o.Limits.OutboxBytesMax = 64 << 10
		v := start(t, o)
		p := v.login(t, "alice")
		const n = 20_000
		var lines []string
		for i := range n {
			lines = append(lines, order(fmt.Sprint("o", i), "buy", "1.00", "1"))
		}
		go p.send(append(lines, `{"type":"ping"}`)...)
		p.skipTo("pong")
		p.send(`{"type":"orders"}`, `{"type":"cancel_all"}`)
		for range n {
			p.expect("open")
		}
		p.expect("orders_end", fmt.Sprint("count=", n))
		for range n {
			p.expect("done", "reason=canceled")
		}
		p.expect("cancel_all_done", fmt.Sprint("count=", n))
	})
}

// A flood into a ring of two slots: every line is answered, in order.
func TestFullRingPushesBack(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Limits.CommandRingSlots = 2
		v := start(t, o)
		var all sync.WaitGroup
		for c := range 4 {
			p := v.login(t, fmt.Sprint("a", c))
			all.Add(1)
			go func() {
				defer all.Done()
				const n = 2000
				var b strings.Builder
				for i := range n {
					b.WriteString(order(fmt.Sprint("o", i), "buy", "1.00", "1") + "\n")
				}
				go io.WriteString(p.conn, b.String())
				for i := range n {
					for _, typ := range []string{"received", "open"} {
						l, err := p.read()
						if err != nil || l["type"] != typ || l["client_oid"] != fmt.Sprint("o", i) {
							t.Errorf("order %d: %v %v, want %s", i, l, err, typ)
							return
						}
					}
				}
			}()
		}
		all.Wait()
	})
}

// Clients that pour in orders as fast as the venue takes them, and read all their
// answers, leave it to a polite one to have an order answered soon.
func TestFloodLeavesRoomForOthers(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Limits.OutboxBytesMax = 64 << 20 // answers alone push nobody back
		o.Limits.EventRingSlots = 64       // the core often finds it full
		o.Limits.PublicRingSlots = 64
		v := start(t, o)
		polite := v.login(t, "polite")
		stop := make(chan struct{})
		var floods sync.WaitGroup
		for c := range 3 {
			p := v.login(t, fmt.Sprint("flood", c))
			floods.Add(2)
			go func() {
				defer floods.Done()
				side := []string{"buy", "sell"}[c%2]
				text := strings.Repeat(fmt.Sprintf(`{"type":"order","product_id":"DEMO","side":%q,"price":"100.00","size":"1"}`+"\n", side), 500)
				for {
					select {
					case <-stop:
						p.conn.(*net.TCPConn).CloseWrite()
						return
					default:
					}
					if _, err := io.WriteString(p.conn, text); err != nil {
						return
					}
				}
			}()
			go func() {
				defer floods.Done()
				io.Copy(io.Discard, p.conn)
			}()
		}
		worst := time.Duration(0)
		for began := time.Now(); time.Since(began) < 700*time.Millisecond; {
			sent := time.Now()
			polite.send(`{"type":"status","client_oid":"x"}`)
			polite.expect("cancel_rejected")
			worst = max(worst, time.Since(sent))
		}
		close(stop)
		floods.Wait()
		if worst > 2*time.Second { // unfair, it was four and more; fair, it is a few milliseconds
			t.Errorf("an order waited %v behind other clients' flood", worst)
		}
	})
}

func TestTwoHundredConnections(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		var all sync.WaitGroup
		for c := range 200 {
			p := v.login(t, fmt.Sprint("a", c))
			all.Add(1)
			go func() {
				defer all.Done()
				for i := range 20 {
					if _, err := io.WriteString(p.conn, order(fmt.Sprint("o", i), "buy", "1.00", "1")+"\n"); err != nil {
						t.Error(err)
						return
					}
					for _, typ := range []string{"received", "open"} {
						if l, err := p.read(); err != nil || l["type"] != typ {
							t.Errorf("%v %v, want %s", l, err, typ)
							return
						}
					}
				}
				if c%2 == 0 { // half of them go in the middle of a line
					io.WriteString(p.conn, `{"type":"order","client_oid":"la`)
					p.conn.Close()
				}
			}()
		}
		all.Wait()
	})
}

// Stop while clients pour in orders: it returns, whoever reads gets a whole line
// and then the end, and start's cleanup finds no goroutine and no descriptor left.
func TestStopUnderLoad(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Limits.OutboxBytesMax = 64 << 10
		v := start(t, o)
		var all sync.WaitGroup
		for c := range 10 {
			p := v.login(t, fmt.Sprint("a", c))
			all.Add(2)
			go func() {
				defer all.Done()
				for i := 0; ; i++ {
					if _, err := io.WriteString(p.conn, order(fmt.Sprint("o", i), "buy", "1.00", "1")+"\n"); err != nil {
						return
					}
				}
			}()
			go func() {
				defer all.Done()
				for {
					if _, err := p.read(); err != nil {
						var ne net.Error
						if errors.As(err, &ne) && ne.Timeout() {
							t.Error("the venue went silent")
						}
						p.conn.Close()
						return
					}
				}
			}()
		}
		time.Sleep(50 * time.Millisecond) // let it run: what is tested is any moment of a running venue
		began := time.Now()
		v.Stop()
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("Stop took %v", d)
		}
		all.Wait()
	})
}

// Connections come and go faster than their sessions are buried.
func TestChurn(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Limits.ConnectionsMax = 8
		o.Limits.CommandRingSlots = 4
		v := start(t, o)
		for i := range 300 {
			conn, err := net.Dial("tcp", v.JSONAddr())
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(conn, `{"type":"login","account":"a%d"}`+"\n"+`{"type":"subscribe","channels":["full","level2"],"product_ids":["DEMO"]}`+"\n%s\n", i%5, order(fmt.Sprint("o", i), "buy", "1.00", "1"))
			if i%3 == 0 {
				conn.(*net.TCPConn).SetLinger(0) // a reset
			}
			conn.Close()
		}
		deadline := time.Now().Add(10 * time.Second)
		for {
			p := v.dial(t)
			p.send(`{"type":"login","account":"a1"}`, `{"type":"orders"}`)
			l, err := p.read()
			if err == nil && l["type"] == "logged_in" {
				if l = p.next(); l["type"] == "orders_end" && fmt.Sprint(l["count"]) == "0" {
					return
				}
			}
			p.conn.Close()
			if time.Now().After(deadline) {
				t.Fatalf("orders of lost sessions stay: %v %v", l, err)
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
}

// Whatever a client sends, nothing changes, it is told what is wrong with which
// field, and its session and the others go on.
func TestBadLinesChangeNothing(t *testing.T) {
	bad := []struct{ line, typ, reason, field string }{
		{`{`, "error", "malformed", ""},
		{``, "error", "malformed", ""},
		{`[]`, "error", "malformed", ""},
		{`{"type":"order","type":"order"}`, "error", "duplicate_field", "type"},
		{order("x1", "buy", "1.00", "1") + `}`, "error", "malformed", ""},
		{order("x1", "buy", "1e2", "1"), "error", "bad_value", "price"},
		{order("x1", "buy", "nan", "1"), "error", "bad_value", "price"},
		{order("x1", "hold", "1.00", "1"), "error", "bad_value", "side"},
		{strings.Replace(order("x1", "buy", "1.00", "1"), `"1.00"`, `1.00`, 1), "error", "wrong_type", "price"},
		{order("x1", "buy", "1.00", "1", `,"colour":"red"`), "error", "unknown_field", "colour"},
		{order("x1", "buy", "1.00", "1", `,"trail":"2.00"`), "error", "unsupported", "trail"},
		{order("x1", "buy", "1.00", "1", `,"oco":"x2"`), "error", "unsupported", "oco"},
		{order("12345678901234567", "buy", "1.00", "1"), "error", "bad_value", "client_oid"},
		{order("x1", "buy", "1.001", "1"), "rejected", "price_off_tick", ""},
		{order("x1", "buy", "1.00", "0.5"), "rejected", "size_off_lot", ""},
		{order("x1", "buy", "1.00", "0"), "rejected", "size_range", ""},
		{order("x1", "buy", "1.00", "-1"), "rejected", "size_range", ""},
		{order("x1", "buy", "0.00", "1"), "rejected", "price_range", ""},
		{order("x1", "buy", "99999999999999999999.00", "1"), "rejected", "price_range", ""},
		{order("x1", "buy", "1.00", "9999999999"), "rejected", "size_above_maximum", ""},
		{strings.Replace(order("x1", "buy", "1.00", "1"), "DEMO", "NONE", 1), "rejected", "unknown_product", ""},
		{`{"type":"cancel","client_oid":"x1"}`, "cancel_rejected", "unknown_order", ""},
		{`{"type":"cancel"}`, "error", "missing_field", "client_oid"},
		{"{\"type\":\"order\x00\"}", "error", "malformed", ""},
		{"{\"type\":\"\xff\"}", "error", "malformed", ""},
		{strings.Repeat("[", 1000), "error", "malformed", ""},
	}
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Tap = &gateway.Tap{}
		v := start(t, o)
		other, p := v.login(t, "other"), v.login(t, "alice")
		other.send(order("keep", "buy", "1.00", "5"))
		other.expect("received")
		other.expect("open")
		for _, b := range bad {
			p.send(b.line)
			fields := []string{"reason=" + b.reason}
			if b.field != "" {
				fields = append(fields, "field="+b.field)
			}
			l := p.expect(b.typ, fields...)
			if b.typ != "cancel_rejected" && l["message"] == "" {
				t.Errorf("%s: no message", b.line)
			}
		}
		other.send(`{"type":"ping"}`)
		other.expect("pong")
		p.send(order("x1", "buy", "1.00", "1")) // the id was not used up
		p.expect("received")
		p.expect("open")
		p.send(`{"type":"orders"}`)
		p.expect("open", "client_oid=x1")
		p.expect("orders_end", "count=1")
		other.send(`{"type":"orders"}`)
		other.expect("open", "client_oid=keep", "remaining_size=5")
		other.expect("orders_end", "count=1")
	})
}
