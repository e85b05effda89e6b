package gateway

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// netTransport is the portable transport: package net, with two goroutines a
// connection that move bytes between the socket and a buffer each way. It costs
// a wake-up a message, some 70 microseconds on a small virtual machine where the
// reactor takes 6, and is there for systems without epoll (and for TLS later),
// not for the headline.
type netTransport struct {
	listener net.Listener
	busy     []byte        // what a connection too many is told
	kick     chan struct{} // one place: something became ready
	timer    *time.Timer
	ready    []readiness // poll's answer

	mu     sync.Mutex // guards what follows
	conns  []*netConn // by slot
	free   slotQueue
	active []uint32     // slots that may have something to report
	listed []bool       // by slot: it is in active
	what   []readyFlags // by slot: what to report
	deaf   []bool       // by slot: readable is off
	closed bool         // no connection is taken in any more
	done   sync.WaitGroup
}

// netConn is one connection's two buffers. mu guards all but conn.
//
//	reader: socket -> in, waits until the I/O thread has taken it all
//	writer: out -> socket, then reports writable
type netConn struct {
	conn net.Conn
	slot uint32

	mu         sync.Mutex
	moved      sync.Cond // in was taken, out was filled, or closing was set
	in         []byte    // in[inLo:inHi] is there to be read
	inLo, inHi int
	ended      bool // the reader has seen the end
	out        []byte
	outN       int
	broken     bool // the writer has failed
	wantWrite  bool
	closing    bool
	released   bool // the I/O thread is done with the slot
	stopped    bool // both goroutines are done with it
}

// netBufferBytes is each of a connection's two buffers.
const netBufferBytes = 16 << 10

// netLinger is how long a closed connection may take to send what it was given.
const netLinger = time.Second

// netAcceptAgain is the pause after an accept that failed.
const netAcceptAgain = 10 * time.Millisecond

func newNetTransport(address string, connectionsMax int, busy []byte) (transport, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	t := &netTransport{
		listener: l,
		busy:     busy,
		kick:     make(chan struct{}, 1),
		timer:    time.NewTimer(time.Hour),
		ready:    make([]readiness, 0, connectionsMax),
		conns:    make([]*netConn, connectionsMax),
		free:     newSlotQueue(connectionsMax),
		active:   make([]uint32, 0, connectionsMax),
		listed:   make([]bool, connectionsMax),
		what:     make([]readyFlags, connectionsMax),
		deaf:     make([]bool, connectionsMax),
	}
	t.timer.Stop()
	t.done.Add(1)
	go t.accept()
	return t, nil
}

func (t *netTransport) addr() string { return t.listener.Addr().String() }

func (t *netTransport) accept() {
	defer t.done.Done()
	for {
		conn, err := t.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // out of descriptors, most likely: who waits is taken in when there are some
			time.Sleep(netAcceptAgain)
			continue
		}
		t.mu.Lock()
		if t.closed { // close did not see this one
			t.mu.Unlock()
			conn.Close()
			return
		}
		slot, ok := t.free.take()
		if !ok {
			t.mu.Unlock()
			conn.SetWriteDeadline(time.Now().Add(netLinger))
			conn.Write(t.busy)
			conn.Close()
			continue
		}
		c := t.conns[slot]
		if c == nil {
			c = &netConn{in: make([]byte, netBufferBytes), out: make([]byte, netBufferBytes)}
			c.moved.L = &c.mu
			t.conns[slot] = c
		}
		c.conn, c.slot = conn, slot
		c.inLo, c.inHi, c.outN = 0, 0, 0
		c.ended, c.broken, c.wantWrite, c.closing, c.released, c.stopped = false, false, false, false, false, false
		t.deaf[slot] = false
		t.report(slot, readyAccepted)
		t.mu.Unlock()
		t.done.Add(2)
		var read sync.WaitGroup
		read.Add(1)
		go func() { t.reader(c); read.Done(); t.done.Done() }()
		go func() {
			t.writer(c)
			read.Wait()
			t.leave(c, &c.stopped)
			t.done.Done()
		}()
	}
}

// leave notes that one of a slot's two users is done with it; after both it is free.
func (t *netTransport) leave(c *netConn, user *bool) {
	t.mu.Lock()
	c.mu.Lock()
	*user = true
	over := c.released && c.stopped
	c.mu.Unlock()
	if over {
		t.what[c.slot] = 0
		t.free.give(c.slot)
	}
	t.mu.Unlock()
}

// report notes that a slot is ready. mu is held.
func (t *netTransport) report(slot uint32, what readyFlags) {
	if t.deaf[slot] {
		what &^= readyRead // turning it on again reports
	}
	if !t.listed[slot] {
		t.listed[slot] = true
		t.active = append(t.active, slot)
	}
	t.what[slot] |= what
	select {
	case t.kick <- struct{}{}:
	default:
	}
}

func (t *netTransport) reportLocked(slot uint32, what readyFlags) {
	t.mu.Lock()
	t.report(slot, what)
	t.mu.Unlock()
}

func (t *netTransport) reader(c *netConn) {
	for {
		c.mu.Lock()
		for c.inLo < c.inHi && !c.closing {
			c.moved.Wait()
		}
		closing := c.closing
		c.mu.Unlock()
		if closing {
			return
		}
		n, err := c.conn.Read(c.in) // only the reader writes to in, and nobody reads it while it is empty
		c.mu.Lock()
		c.inLo, c.inHi = 0, n
		c.ended = err != nil
		closing = c.closing
		c.mu.Unlock()
		if closing {
			return
		}
		t.reportLocked(c.slot, readyRead)
		if err != nil {
			return
		}
	}
}

func (t *netTransport) writer(c *netConn) {
	defer c.conn.Close()
	for {
		c.mu.Lock()
		for c.outN == 0 && !c.closing {
			c.moved.Wait()
		}
		n := c.outN
		c.mu.Unlock()
		if n == 0 {
			return // closing, and all is sent
		}
		_, err := c.conn.Write(c.out[:n])
		c.mu.Lock()
		c.outN = 0
		c.broken = err != nil
		want := c.wantWrite
		c.mu.Unlock()
		if want || err != nil {
			t.reportLocked(c.slot, readyWrite)
		}
		if err != nil {
			c.mu.Lock()
			for !c.closing {
				c.moved.Wait()
			}
			c.mu.Unlock()
			return
		}
	}
}

func (t *netTransport) poll(wait time.Duration) []readiness {
	if t.collect(); len(t.ready) > 0 || wait <= 0 {
		return t.ready
	}
	t.timer.Reset(wait)
	select {
	case <-t.kick:
		t.timer.Stop()
	case <-t.timer.C:
	}
	t.collect()
	return t.ready
}

// collect takes what is to be reported. Readable stays until a read finds nothing.
func (t *netTransport) collect() {
	t.ready = t.ready[:0]
	t.mu.Lock()
	kept := t.active[:0]
	for _, slot := range t.active {
		if t.what[slot] != 0 {
			t.ready = append(t.ready, readiness{slot, t.what[slot]})
		}
		t.what[slot] &= readyRead
		if t.listed[slot] = t.what[slot] != 0; t.listed[slot] {
			kept = append(kept, slot)
		}
	}
	t.active = kept
	t.mu.Unlock()
}

func (t *netTransport) read(slot uint32, b []byte) (int, ioStatus) {
	c := t.conns[slot]
	c.mu.Lock()
	n := copy(b, c.in[c.inLo:c.inHi])
	c.inLo += n
	empty, ended := c.inLo == c.inHi, c.ended
	if n > 0 && empty {
		c.moved.Broadcast()
	}
	c.mu.Unlock()
	switch {
	case n > 0:
		return n, ioOK
	case ended:
		return 0, ioClosed
	}
	t.mu.Lock()
	// The reader may have reported more since: look again before forgetting.
	c.mu.Lock()
	if c.inLo == c.inHi && !c.ended {
		t.what[slot] &^= readyRead
	}
	c.mu.Unlock()
	t.mu.Unlock()
	return 0, ioAgain
}

func (t *netTransport) write(slot uint32, b []byte) (int, ioStatus) {
	c := t.conns[slot]
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.broken:
		return 0, ioClosed
	case c.outN > 0:
		return 0, ioAgain
	}
	c.outN = copy(c.out, b)
	c.moved.Broadcast()
	return c.outN, ioOK
}

func (t *netTransport) wantWrite(slot uint32, on bool) {
	c := t.conns[slot]
	c.mu.Lock()
	c.wantWrite = on
	now := on && c.outN == 0
	c.mu.Unlock()
	if now { // it was sent before it was asked for
		t.reportLocked(slot, readyWrite)
	}
}

// wantRead on reports readable once more than needed, which a read of nothing
// answers. Off holds for a report that is on its way, too: an end of file that was
// read before its report would else look like a second one, which is a reset.
//
//	reader                              I/O thread
//	ended = true
//	                                    read: ended; the session drains
//	                                    wantRead off
//	report readable (dropped)
func (t *netTransport) wantRead(slot uint32, on bool) {
	t.mu.Lock()
	t.deaf[slot] = !on
	if on {
		t.report(slot, readyRead)
	} else {
		t.what[slot] &^= readyRead
	}
	t.mu.Unlock()
}

func (t *netTransport) closeConn(slot uint32, abort bool) {
	c := t.conns[slot]
	c.conn.SetReadDeadline(time.Unix(1, 0)) // the reader returns now
	if tcp, ok := c.conn.(*net.TCPConn); ok && abort {
		tcp.SetLinger(0)
		c.conn.SetWriteDeadline(time.Unix(1, 0))
	} else {
		c.conn.SetWriteDeadline(time.Now().Add(netLinger))
	}
	c.mu.Lock()
	c.closing = true
	c.moved.Broadcast()
	c.mu.Unlock()
	t.wantRead(slot, false)
}

func (t *netTransport) release(slot uint32) { t.leave(t.conns[slot], &t.conns[slot].released) }

func (t *netTransport) stopAccepting() { t.listener.Close() }

func (t *netTransport) wake() {
	select {
	case t.kick <- struct{}{}:
	default:
	}
}

func (t *netTransport) close() {
	t.stopAccepting()
	t.mu.Lock()
	t.closed = true
	for slot, c := range t.conns {
		if c != nil && c.conn != nil {
			c.mu.Lock()
			open := !c.closing
			c.mu.Unlock()
			if open {
				t.mu.Unlock()
				t.closeConn(uint32(slot), false)
				t.mu.Lock()
			}
		}
	}
	t.mu.Unlock()
	t.done.Wait()
}
