package gateway

import (
	"io"
	"net"
	"testing"
	"time"
)

func openNet(t *testing.T) *netTransport {
	tr, err := newNetTransport("127.0.0.1:0", 4, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tr.(*netTransport)
}

// lateListener has one connection to give after the door was closed.
type lateListener struct {
	net.Listener
	late net.Conn
}

func (l *lateListener) Accept() (net.Conn, error) {
	c := l.late
	if l.late = nil; c == nil {
		return nil, net.ErrClosed
	}
	return c, nil
}

// A connection that was accepted while close ran is closed, too: else nobody would,
// and close would wait for its goroutines for ever.
func TestConnectionThatComesDuringClose(t *testing.T) {
	tr := openNet(t)
	tr.close()
	ours, theirs := net.Pipe()
	tr.listener = &lateListener{tr.listener, ours}
	tr.done.Add(1)
	go tr.accept()
	theirs.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := theirs.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("%v, want the end of the connection", err)
	}
	tr.done.Wait()
}

// The end of file that a read has told is not reported again by the reader, which
// had not come to report it: the session would take it for a reset.
func TestEndOfFileIsReportedOnce(t *testing.T) {
	tr := openNet(t)
	defer tr.close()
	for range 10 {
		conn, err := net.Dial("tcp", tr.addr())
		if err != nil {
			t.Fatal(err)
		}
		var ready []readiness
		for len(ready) == 0 {
			ready = tr.poll(time.Second)
		}
		slot := ready[0].slot
		c := tr.conns[slot]
		tr.mu.Lock() // holds the report up
		conn.Close()
		for ended := false; !ended; time.Sleep(100 * time.Microsecond) {
			c.mu.Lock()
			ended = c.ended
			c.mu.Unlock()
		}
		if _, status := tr.read(slot, make([]byte, 1)); status != ioClosed {
			t.Fatalf("status %d, want the end", status)
		}
		tr.mu.Unlock()
		tr.wantRead(slot, false)
		time.Sleep(2 * time.Millisecond) // the report comes now
		for _, r := range tr.poll(0) {
			if r.what&readyRead != 0 {
				t.Fatal("readable is reported while it is off")
			}
		}
		tr.closeConn(slot, false)
		tr.release(slot)
	}
}
