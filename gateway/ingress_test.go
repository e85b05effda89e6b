package gateway

import (
	"log/slog"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pricetime/engine"
	"pricetime/gateway/ring"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// ioBench is the I/O stage on sockets that the test plays and a clock that the test
// moves. There is no core behind its rings. Using a closed connection fails the test.
type ioBench struct {
	t       *testing.T
	in      *ingress
	eg      *egress
	now     time.Duration
	log     strings.Builder
	ready   []readiness
	sockets [4]struct {
		input  string
		takes  int  // bytes that can be written now
		broken bool // reads and writes tell
		closed bool
	}
}

func newIOBench(t *testing.T) *ioBench {
	b := &ioBench{t: t}
	l := DefaultLimits()
	l.ConnectionsMax = len(b.sockets)
	l.OutboxChunks = 64
	products, err := wire.NewProducts(EmbeddedInstruments())
	if err != nil {
		t.Fatal(err)
	}
	commands, requests := ring.New[engine.Command](16, ring.Single), ring.New[feedRequest](1024, ring.Single)
	commands.NewConsumer()
	requests.NewConsumer()
	clock := func() int64 { return int64(b.now) }
	d := newDoor(door{
		limits: &l, transport: b, products: products, log: slog.New(slog.NewTextHandler(&b.log, nil)),
		clock: clock, monotonic: clock,
		decoder: jsonl.NewDecoder(products), encoder: jsonl.NewEncoder(products), accounts: newAccounts(16, nil),
		commands: commands, events: ring.New[engine.Event](16, ring.Single).NewConsumer(),
		requests: requests, public: ring.New[publicMessage](16, ring.Single).NewConsumer(),
	})
	b.in, b.eg = &ingress{door: d, stopping: new(atomic.Bool), timetable: &timetable{timeNs: math.MaxInt64}}, &egress{door: d}
	b.poll1()
	return b
}

// poll1 is one duty cycle.
func (b *ioBench) poll1() {
	b.in.Poll()
	b.eg.Poll()
}

// pass lets time go by as it does for an idle venue: with a duty cycle now and then.
func (b *ioBench) pass(d time.Duration) {
	for ; d > 0; d -= parkMax {
		b.now += parkMax
		b.poll1()
	}
}

// accept begins a connection that takes so many bytes.
func (b *ioBench) accept(slot uint32, takes int) {
	b.sockets[slot].takes = takes
	b.happens(slot, readyAccepted)
}

func (b *ioBench) send(slot uint32, text string) {
	b.sockets[slot].input += text
	b.happens(slot, readyRead)
}

func (b *ioBench) happens(slot uint32, what readyFlags) {
	b.ready = append(b.ready, readiness{slot, what})
	b.poll1()
}

func (b *ioBench) use(slot uint32, call string) {
	b.t.Helper()
	if b.sockets[slot].closed {
		b.t.Errorf("%s of a closed connection", call)
	}
}

func (b *ioBench) poll(time.Duration) []readiness {
	ready := b.ready
	b.ready = nil
	return ready
}

func (b *ioBench) read(slot uint32, p []byte) (int, ioStatus) {
	b.use(slot, "read")
	s := &b.sockets[slot]
	n := copy(p, s.input)
	s.input = s.input[n:]
	switch {
	case n > 0:
		return n, ioOK
	case s.broken:
		return 0, ioClosed
	}
	return 0, ioAgain
}

func (b *ioBench) write(slot uint32, p []byte) (int, ioStatus) {
	b.use(slot, "write")
	s := &b.sockets[slot]
	n := min(len(p), s.takes)
	s.takes -= n
	switch {
	case s.broken:
		return 0, ioClosed
	case n > 0:
		return n, ioOK
	}
	return 0, ioAgain
}

func (b *ioBench) closeConn(slot uint32, abort bool) {
	b.use(slot, "closeConn")
	b.sockets[slot].closed = true
}

func (b *ioBench) wantWrite(slot uint32, on bool) { b.use(slot, "wantWrite") }
func (b *ioBench) wantRead(slot uint32, on bool)  { b.use(slot, "wantRead") }
func (b *ioBench) release(slot uint32)            {}
func (b *ioBench) stopAccepting()                 {}
func (b *ioBench) wake()                          {}
func (b *ioBench) close()                         {}
func (b *ioBench) addr() string                   { return "" }

const plenty = 1 << 20

// A reset connection is readable and writable at once. The write finds out and cuts
// the session; the read that was to follow must not bring it back.
func TestResetOfABlockedSession(t *testing.T) {
	b := newIOBench(t)
	b.accept(1, 10)
	b.send(1, `{"type":"login","account":"alice"}`+"\n")
	b.sockets[1].broken = true
	b.happens(1, readyWrite|readyRead)
	b.poll1()
	if s := &b.in.sessions[1]; s.state != sessionLost || !s.buried {
		t.Errorf("state %d, buried %v, want a lost session whose end is in the ring", s.state, s.buried)
	}
}

// The last error line may find the connection broken: it is closed once.
func TestTooManyErrorsOnABrokenConnection(t *testing.T) {
	b := newIOBench(t)
	b.accept(1, plenty)
	b.send(1, strings.Repeat("x\n", b.in.limits.ErrorsMax-1))
	b.sockets[1].broken = true
	b.send(1, "x\n")
	if !b.sockets[1].closed {
		t.Error("the connection stays open")
	}
}

// A client that has sent all and reads slowly gets all; one that does not read is cut.
func TestDrainingSessionMayBeSlow(t *testing.T) {
	b := newIOBench(t)
	b.accept(1, 0)
	b.send(1, strings.Repeat(`{"type":"ping"}`+"\n", 100))
	b.sockets[1].broken = true
	b.happens(1, readyRead)
	b.sockets[1].broken = false // it was an end of file: writing goes on
	for range 10 {
		b.pass(drainMax / 2)
		b.sockets[1].takes = 10
		b.happens(1, readyWrite)
	}
	if b.sockets[1].closed {
		t.Fatalf("cut while it took its answers: %s", b.log.String())
	}
	b.pass(2 * drainMax)
	if !b.sockets[1].closed {
		t.Fatal("not cut, although it takes nothing")
	}
}

// After a stop of the whole process everyone's last word is old. Who goes on sending
// heartbeats is not cut; who does not still is.
func TestStoppedProcessCutsNobody(t *testing.T) {
	b := newIOBench(t)
	for slot := range uint32(2) {
		b.accept(slot, plenty)
		b.send(slot, `{"type":"login","account":"alice","heartbeat_ms":100}`+"\n")
	}
	b.pass(time.Second)
	b.now += time.Minute
	b.send(0, `{"type":"ping"}`+"\n")
	b.pass(500 * time.Millisecond)
	if b.sockets[0].closed || b.sockets[1].closed {
		t.Fatalf("cut for the venue's own silence: %s", b.log.String())
	}
	for range 20 {
		b.send(0, `{"type":"ping"}`+"\n")
		b.pass(100 * time.Millisecond)
	}
	if b.sockets[0].closed || !b.sockets[1].closed {
		t.Fatalf("closed: %v and %v, want the silent one only: %s", b.sockets[0].closed, b.sockets[1].closed, b.log.String())
	}
}
