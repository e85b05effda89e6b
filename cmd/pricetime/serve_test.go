package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestServeSaysWhatItRunsWith(t *testing.T) {
	p, _ := startVenue(t, "--threads", "split", "--idle", "park", "--transport", "net", "--hello=false")
	for _, want := range []string{"threads     split", "idle        park", "transport   net", "DEMO AAPL BTC-USD", "the collector is off below"} {
		p.stderrWith(want)
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if status := p.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
	if rest, _ := io.ReadAll(p.stdout); len(rest) > 0 {
		t.Errorf("more than one line on stdout: %q", rest)
	}
}

func TestServeEndsOnInterrupt(t *testing.T) {
	p, address := startVenue(t)
	s := dial(t, address)
	s.send(`{"type":"ping"}`)
	if got := s.answer()["type"]; got != "pong" {
		t.Fatalf("a ping is answered with %v", got)
	}
	p.cmd.Process.Signal(syscall.SIGINT)
	if status := p.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
	if _, err := s.lines.ReadByte(); err == nil {
		t.Error("the session has more to read, not its end")
	}
}

func TestServeRefusesToLeaveTheLoopback(t *testing.T) {
	for _, address := range []string{"0.0.0.0:7001", ":7001", "192.0.2.1:7001", "[::]:7001", "7001"} {
		r := pricetime(t, "", "serve", "--json", address).expect(t, exitFailed)
		if !strings.Contains(r.stderr, "127.0.0.1") || r.stdout != "" {
			t.Errorf("%s: %s%s", address, r.stdout, r.stderr)
		}
	}
}

func TestServeRefusesHostFlagsThatMakeNoSense(t *testing.T) {
	for _, args := range []string{"--fifo 100", "--fifo -1", "--fifo fast", "--lock-memory maybe", "--prefault lots", "--prefault 0", "--prefault 9999999999GiB", "--cpu one --threads shared"} {
		r := pricetime(t, "", append([]string{"serve", "--json", "127.0.0.1:0"}, strings.Fields(args)...)...).expect(t, exitUsage)
		if flag, _, _ := strings.Cut(args, " "); !strings.Contains(r.stderr, flag[2:]) || r.stdout != "" {
			t.Errorf("%s: %s%s", args, r.stdout, r.stderr)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"4096": 4096, "64KiB": 64 << 10, "16MiB": 16 << 20, "2GiB": 2 << 30} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1.5GiB", "16 MiB", "16mb"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q: %d", text, got)
		}
	}
}

func TestServeOnABusyPort(t *testing.T) {
	for _, transport := range []string{"auto", "net"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		r := pricetime(t, "", "serve", "--json", l.Addr().String(), "--transport", transport).expect(t, exitFailed)
		if !strings.Contains(r.stderr, "in use") || !strings.Contains(r.stderr, "--json 127.0.0.1:0") || !strings.Contains(r.stderr, l.Addr().String()) || r.stdout != "" {
			t.Errorf("%s: %s%s", transport, r.stdout, r.stderr)
		}
	}
}

// What serve tells a newcomer to type, and says will come back, is what comes back.
func TestHelloIsTrue(t *testing.T) {
	p, address := startVenue(t, "--hello")
	hello := p.stderrWith("Ctrl-C here ends the venue")
	if _, port, _ := net.SplitHostPort(address); !strings.Contains(hello, "nc 127.0.0.1 "+port) {
		t.Fatalf("no nc line in\n%s", hello)
	}
	s := dial(t, address)
	sent, compared := 0, 0
	for line := range strings.Lines(hello) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, `{`):
			s.send(line)
			sent++
		case strings.HasPrefix(line, `<- `):
			want, got := decodeLine(t, line[len("<- "):]), s.answer()
			for _, m := range []map[string]any{want, got} {
				delete(m, "time")
				delete(m, "order_id")
				delete(m, "session")
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("the venue answers\n%v\nand hello says\n%v", got, want)
			}
			compared++
		}
	}
	if sent < 3 || compared < 4 {
		t.Errorf("hello has %d lines to send and %d answers:\n%s", sent, compared, hello)
	}
}

// A venue that is told to end while orders pour in ends, with status 0, having
// answered what it took; and its collector never ran.
func TestTermUnderLoad(t *testing.T) {
	p, address := startVenue(t)
	var answers atomic.Int64
	ended := make(chan struct{})
	const sessions = 8
	for i := range sessions {
		s := dial(t, address)
		s.send(fmt.Sprintf(`{"type":"login","account":"load%d"}`, i))
		go func() {
			for n := 0; ; n++ {
				_, err := fmt.Fprintf(s.conn, `{"type":"order","client_oid":"%d","product_id":"DEMO","side":%q,"order_type":"limit","price":"%d.00","size":"1"}`+"\n",
					n, []string{"buy", "sell"}[(n+i)%2], 100+n%3)
				if err != nil {
					return
				}
			}
		}()
		go func() {
			defer func() { ended <- struct{}{} }()
			for {
				line, err := s.lines.ReadString('\n')
				if err != nil {
					return
				}
				if !strings.HasPrefix(line, "{") || !strings.HasSuffix(line, "}\n") {
					t.Errorf("half a line: %q", line)
					return
				}
				answers.Add(1)
			}
		}()
	}
	deadline := time.Now().Add(patience)
	for answers.Load() < 50_000 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if status := p.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
	for range sessions {
		select {
		case <-ended:
		case <-time.After(patience):
			t.Fatal("a session goes on after its venue")
		}
	}
	t.Logf("%d answers", answers.Load())
	if answers.Load() < 50_000 {
		t.Error("hardly any load")
	}
	if !strings.Contains(p.stderr.String(), "collections=0") {
		t.Errorf("the collector ran:\n%s", p.stderr)
	}
}

// A client that does not take its answers holds up a drain for its two seconds; a
// second signal does not wait for it.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	p, address := startVenue(t)
	s := dial(t, address)
	s.conn.SetReadBuffer(4 << 10)
	s.send(`{"type":"login","account":"deaf"}`)
	var lines strings.Builder
	for n := range 25_000 {
		fmt.Fprintf(&lines, `{"type":"order","client_oid":"%d","product_id":"DEMO","side":"buy","order_type":"limit","price":"100.00","size":"1"}`+"\n", n)
	}
	if _, err := io.WriteString(s.conn, lines.String()); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // for the venue to fill the socket
	p.cmd.Process.Signal(syscall.SIGTERM)
	time.Sleep(200 * time.Millisecond)
	select {
	case <-p.ended:
		t.Skip("this system's sockets take all of it: the drain has nothing to wait for")
	default:
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if status := p.wait(); status != 128+int(syscall.SIGTERM) {
		t.Errorf("exit status %d: it waited for the drain", status)
	}
}
