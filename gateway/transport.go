package gateway

import "time"

// transport moves the bytes of connections and knows nothing of what they say.
// There are two: reactor_linux.go (one epoll set, raw system calls: the order
// path) and transport_net.go (package net, for other systems). The I/O stage
// runs on either, and the tests run on both.
//
// A connection is named by its slot, 0 to ConnectionsMax-1, from the readiness
// that says accepted until the I/O stage releases it. All methods but wake are
// for the I/O thread.
type transport interface {
	// poll returns what happened since the last call, waiting for up to wait when
	// nothing has. The slice is valid until the next call. Readable is reported
	// again until read says ioAgain.
	poll(wait time.Duration) []readiness
	// read and write never wait. A read of ioClosed is the peer's end of file or
	// a broken connection; a write of ioClosed is a broken connection.
	read(slot uint32, b []byte) (int, ioStatus)
	write(slot uint32, b []byte) (int, ioStatus)
	// wantWrite asks for writable to be reported, or no more. Readable is not
	// affected.
	wantWrite(slot uint32, on bool)
	// wantRead turns readable off while there is no room to read into, or because
	// the peer has said all, and on again. On is how a connection begins.
	wantRead(slot uint32, on bool)
	// closeConn ends a connection; nothing is reported for it any more. What was
	// written is still sent, for a moment, unless abort: then the peer gets a reset
	// and the memory is free at once. Its slot stays taken until release.
	closeConn(slot uint32, abort bool)
	// release frees the slot of a closed connection for a new one.
	release(slot uint32)
	// stopAccepting closes the door; connections that are there stay.
	stopAccepting()
	// wake ends a wait in poll, from any thread.
	wake()
	// close frees what is left. The I/O thread has stopped.
	close()
	// addr is the address that the door listens on.
	addr() string
}

type ioStatus uint8

const (
	ioOK ioStatus = iota
	ioAgain
	ioClosed
)

// readiness is what a connection is ready for.
type readiness struct {
	slot uint32
	what readyFlags
}

type readyFlags uint8

const (
	readyAccepted readyFlags = 1 << iota // a new connection
	readyRead
	readyWrite
)

// slotQueue is a queue of free connection slots. First in, first out: a slot is
// reused as late as possible, so that session ids, which are a slot and a
// generation, last longest.
type slotQueue struct {
	slots []uint32
	head  int
	n     int
}

func newSlotQueue(n int) slotQueue {
	q := slotQueue{slots: make([]uint32, n), n: n}
	for i := range q.slots {
		q.slots[i] = uint32(i)
	}
	return q
}

func (q *slotQueue) take() (uint32, bool) {
	if q.n == 0 {
		return 0, false
	}
	s := q.slots[q.head]
	q.head = (q.head + 1) % len(q.slots)
	q.n--
	return s, true
}

func (q *slotQueue) give(s uint32) {
	q.slots[(q.head+q.n)%len(q.slots)] = s
	q.n++
}
