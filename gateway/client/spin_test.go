package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"pricetime/gateway/wire/jsonl"
)

// trier is what both sockets under a Spin can do.
type trier interface {
	tryRead([]byte) (int, error)
	tryWrite([]byte) (int, error)
	close() error
}

// spinSockets are both kinds: a Spin of this system has the first.
var spinSockets = []struct {
	name string
	dial func(addr string) (trier, error)
}{
	{"this system's", func(addr string) (trier, error) {
		s, err := dialSpinSocket(addr, time.Second)
		return &s, err
	}},
	{"portable", func(addr string) (trier, error) {
		s, err := dialNet(addr, time.Second)
		return &s, err
	}},
}

// readSome goes round until something comes.
func readSome(s trier, b []byte) (int, error) {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if n, err := s.tryRead(b); n != 0 || err != nil {
			return n, err
		}
	}
	return 0, errors.New("nothing came")
}

func TestSpinSockets(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, kind := range spinSockets {
		t.Run(kind.name, func(t *testing.T) {
			s, err := kind.dial(l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			peer, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			peer.SetDeadline(time.Now().Add(10 * time.Second))
			b := make([]byte, 100)
			if n, err := s.tryRead(b); n != 0 || err != nil {
				t.Errorf("an empty read is %d, %v", n, err)
			}
			if n, err := s.tryWrite([]byte("ping\n")); n != 5 || err != nil {
				t.Errorf("a write is %d, %v", n, err)
			}
			if _, err := io.ReadFull(peer, b[:5]); err != nil {
				t.Fatal(err)
			}
			peer.Write(bytes.ToUpper(b[:5]))
			if n, err := readSome(s, b); err != nil || string(b[:n]) != "PING\n" {
				t.Errorf("a read is %q, %v", b[:n], err)
			}
			// Nobody reads: at some point a write takes nothing, and returns.
			block := make([]byte, 1<<20)
			refused := false
			for range 100 {
				n, err := s.tryWrite(block)
				if err != nil {
					t.Fatal(err)
				}
				refused = refused || n == 0
			}
			if !refused {
				t.Error("100 MiB went into a socket that nobody reads")
			}
			peer.(*net.TCPConn).CloseWrite()
			if n, err := readSome(s, b); n != 0 || err != io.EOF {
				t.Errorf("at the end a read is %d, %v", n, err)
			}
			peer.Close()
			for end := time.Now().Add(10 * time.Second); ; {
				if _, err := s.tryWrite(block[:1]); err != nil {
					break
				} else if time.Now().After(end) {
					t.Fatal("writes to a closed peer succeed")
				}
			}
			if err := s.close(); err != nil {
				t.Error(err)
			}
			if err := s.close(); err != ErrClosed {
				t.Errorf("the second close is %v", err)
			}
			if _, err := s.tryRead(b); err != ErrClosed {
				t.Errorf("a read after close is %v", err)
			}
		})
	}
}

func TestSpinTrades(t *testing.T) {
	s, err := DialSpin(smallVenueFor(t).addr(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out := jsonl.AppendLogin(nil, &Login{Account: "alice"})
	out = jsonl.AppendOrder(out, &Order{ClientOID: "s1", ProductID: "AAPL", Side: "sell", Price: "10.00", Size: "5"})
	out = jsonl.AppendOrder(out, &Order{ClientOID: "b1", ProductID: "AAPL", Side: "buy", Price: "10.00", Size: "5"})
	out = jsonl.AppendPing(out)
	if _, err := s.Write(out); err != nil {
		t.Fatal(err)
	}
	parser, got := jsonl.NewParser(), ""
	for end := time.Now().Add(10 * time.Second); ; {
		line, ok, err := s.Poll()
		if err != nil || time.Now().After(end) {
			t.Fatalf("after %s: %v", got, err)
		}
		if !ok {
			continue
		}
		var m jsonl.Message
		if err := parser.Parse(line, &m); err != nil {
			t.Fatal(err)
		}
		got += fmt.Sprint(m.Type, " ")
		if m.Type == jsonl.MessagePong {
			break
		}
	}
	if want := "logged_in received open received match done match done pong "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSpinDoesNotAllocate(t *testing.T) {
	s, err := DialSpin(smallVenueFor(t).addr(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ping := jsonl.AppendPing(nil)
	round := func() {
		s.Write(ping)
		for {
			if _, ok, err := s.Poll(); err != nil {
				t.Fatal(err)
			} else if ok {
				return
			}
			runtime.Gosched() // the venue is on this processor, too
		}
	}
	round()
	// The venue of this test may allocate now and then; the Spin would every time.
	if allocs := testing.AllocsPerRun(50, round); allocs >= 1 {
		t.Errorf("%v allocations a round", allocs)
	}
}

func TestSpinLeavesNoDescriptor(t *testing.T) {
	open := func() int {
		entries, err := filepath.Glob("/proc/self/fd/*")
		if err != nil || len(entries) == 0 {
			t.Skip("this system does not list descriptors in /proc/self/fd")
		}
		n := 0
		for _, e := range entries {
			if to, err := os.Readlink(e); err == nil && bytes.HasPrefix([]byte(to), []byte("socket:")) {
				n++
			}
		}
		return n
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	before := open()
	for range 5 {
		s, err := DialSpin(l.Addr().String(), time.Second)
		if err != nil {
			t.Fatal(err)
		}
		peer, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		peer.Close()
		s.Close()
	}
	if after := open(); after != before {
		t.Errorf("%d sockets before, %d after", before, after)
	}
}
