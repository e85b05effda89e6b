package gateway_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pricetime/engine"
	"pricetime/gateway"
)

// smallLimits make a venue that starts in no time and whose tables are quickly full.
func smallLimits() gateway.Limits {
	l := gateway.DefaultLimits()
	l.Engine = engine.Limits{OrdersMax: 1 << 15, AccountsMax: 256, LevelsPerSideMax: 1 << 12, OrdersPerDay: 1 << 20, ClOrdIDsPerDay: 1 << 18, ParkedMax: 1 << 10, SlicesMax: 1 << 10}
	l.ConnectionsMax = 256
	l.OutboxChunks = 1 << 10
	l.OutboxBytesMax = 1 << 20
	return l
}

// everyWay runs a test on each transport with each way to put stages on threads.
func everyWay(t *testing.T, f func(t *testing.T, o gateway.Options)) {
	eachWay(t, func(gateway.Transport, gateway.Threads) bool { return true }, f)
}

// twoWays is everyWay for a test that moves much data: each transport once, and
// each way to put stages on threads once.
func twoWays(t *testing.T, f func(t *testing.T, o gateway.Options)) {
	eachWay(t, func(transport gateway.Transport, threads gateway.Threads) bool {
		return (transport == gateway.TransportNet) == (threads == gateway.ThreadsSplit)
	}, f)
}

func eachWay(t *testing.T, wanted func(gateway.Transport, gateway.Threads) bool, f func(t *testing.T, o gateway.Options)) {
	transports := []gateway.Transport{gateway.TransportNet}
	if runtime.GOOS == "linux" {
		transports = append(transports, gateway.TransportEpoll)
	}
	for _, transport := range transports {
		for _, threads := range []gateway.Threads{gateway.ThreadsShared, gateway.ThreadsSplit} {
			if !wanted(transport, threads) {
				continue
			}
			t.Run(fmt.Sprintf("%s-%s", transport, threads), func(t *testing.T) {
				log := slog.New(slog.NewTextHandler(t.Output(), nil))
				f(t, gateway.Options{Transport: transport, Threads: threads, Idle: gateway.IdlePark, Limits: smallLimits(), Log: log})
			})
		}
	}
}

// venue is a running venue that is stopped and checked when the test ends: the
// laws hold, and no goroutine and no descriptor is left.
type venue struct {
	*gateway.Venue
	t *testing.T
}

func start(t *testing.T, o gateway.Options) *venue {
	t.Helper()
	before := descriptors()
	ignore := goleak.IgnoreCurrent()
	v, err := gateway.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		v.Stop()
		if err := v.Check(); err != nil {
			t.Error(err)
		}
		goleak.VerifyNone(t, ignore)
		if after := descriptors(); after > before {
			t.Errorf("descriptors: %d before, %d after", before, after)
		}
	})
	return &venue{v, t}
}

// descriptors counts the process's open files; 0 where that cannot be told.
func descriptors() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries)
}

// line is a decoded answer.
type line map[string]any

func (l line) String() string {
	b, _ := json.Marshal(map[string]any(l))
	return string(b)
}

// peer is a client as a person with nc would be: lines out, lines in.
type peer struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func (v *venue) dial(t *testing.T) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", v.JSONAddr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &peer{t: t, conn: conn, in: bufio.NewReaderSize(conn, 1<<16)}
}

// login opens a connection and logs an account in.
func (v *venue) login(t *testing.T, account string, extra ...string) *peer {
	t.Helper()
	p := v.dial(t)
	p.send(fmt.Sprintf(`{"type":"login","account":%q%s}`, account, strings.Join(extra, "")))
	p.expect("logged_in")
	return p
}

func (p *peer) send(lines ...string) {
	p.t.Helper()
	if _, err := p.conn.Write([]byte(strings.Join(lines, "\n") + "\n")); err != nil {
		p.t.Fatalf("write: %v", err)
	}
}

// next reads one line; a venue that stays silent fails the test.
func (p *peer) next() line {
	p.t.Helper()
	l, err := p.read()
	if err != nil {
		p.t.Fatalf("read: %v", err)
	}
	return l
}

func (p *peer) read() (line, error) {
	p.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	b, err := p.in.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var l line
	if err := json.Unmarshal(b, &l); err != nil {
		return nil, fmt.Errorf("not JSON: %q: %w", b, err)
	}
	return l, nil
}

// expect reads a line of a type, with fields as "name=value".
func (p *peer) expect(typ string, fields ...string) line {
	p.t.Helper()
	l := p.next()
	if l["type"] != typ {
		p.t.Fatalf("got %v, want type %s %v", l, typ, fields)
	}
	for _, f := range fields {
		name, want, _ := strings.Cut(f, "=")
		if got := fmt.Sprint(l[name]); got != want {
			p.t.Fatalf("%s is %q, want %q, in %v", name, got, want, l)
		}
	}
	return l
}

// skipTo reads past everything before a line that begins with a type, without decoding it.
func (p *peer) skipTo(typ string) {
	p.t.Helper()
	p.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		b, err := p.in.ReadSlice('\n')
		if err != nil {
			p.t.Fatalf("read: %v", err)
		}
		if strings.HasPrefix(string(b), `{"type":"`+typ+`"`) {
			return
		}
	}
}

// ends reads until the connection is closed.
func (p *peer) ends() (lines []line) {
	p.t.Helper()
	for {
		l, err := p.read()
		if err == nil {
			lines = append(lines, l)
			continue
		}
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			p.t.Fatal("the connection was not closed")
		}
		return lines
	}
}

func order(id, side, price, size string, extra ...string) string {
	return fmt.Sprintf(`{"type":"order","client_oid":%q,"product_id":"DEMO","side":%q,"price":%q,"size":%q%s}`, id, side, price, size, strings.Join(extra, ""))
}
