package client

import (
	"errors"
	"io"
	"time"
)

// ErrClosed is the use of a Spin after its Close.
var ErrClosed = errors.New("client: the connection is closed")

// Spin is a connection that never sleeps: every call does at most one system call
// that returns at once, and it is the caller who goes round. No runtime poller
// watches its socket, so no goroutine is parked or woken on the way of a message.
// It reads and writes bytes; requests are built with jsonl.AppendOrder and its
// siblings, and messages read with jsonl.Parser, as far as the caller needs them.
//
// One goroutine may write while another one reads. It does not allocate.
type Spin struct {
	socket spinSocket
	in     lines
}

// DialSpin connects to a venue's JSON door. A timeout of 0 is that of the system.
func DialSpin(addr string, timeout time.Duration) (*Spin, error) {
	socket, err := dialSpinSocket(addr, timeout)
	if err != nil {
		return nil, err
	}
	return &Spin{socket: socket}, nil
}

// TryWrite writes what the socket takes now: n is less than len(b), with no
// error, where the venue does not read fast enough.
// hot
func (s *Spin) TryWrite(b []byte) (n int, err error) { return s.socket.tryWrite(b) }

// Write writes all of b, going round as long as that takes. It does not read
// meanwhile; a caller whose venue may be busy answering uses TryWrite.
// hot
func (s *Spin) Write(b []byte) (n int, err error) {
	for n < len(b) {
		m, err := s.socket.tryWrite(b[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Poll returns the next line without its newline, valid until the next Poll or
// Fill; ok is false where there is none yet. It asks the socket only when no whole
// line is left of what came before. The error is io.EOF where the venue closed
// the connection.
// hot
func (s *Spin) Poll() (line []byte, ok bool, err error) {
	if line, ok = s.in.next(); ok {
		return line, true, nil
	}
	if n, err := s.Fill(); n == 0 || err != nil {
		return nil, false, err
	}
	line, ok = s.in.next()
	return line, ok, nil
}

// Fill reads once and says how many bytes came, 0 for none yet; Line then takes
// the lines of that batch one by one. Together they are Poll for who wants one
// reading of the clock for all lines of one read. Lines got before are no longer
// valid.
// hot
func (s *Spin) Fill() (n int, err error) {
	room, err := s.in.room()
	if err != nil {
		return 0, err
	}
	n, err = s.socket.tryRead(room)
	if err == io.EOF && s.in.partial() {
		err = io.ErrUnexpectedEOF
	}
	s.in.filled(n)
	return n, err
}

// Line returns the next line that has been read, as Poll does, without reading.
// hot
func (s *Spin) Line() (line []byte, ok bool) { return s.in.next() }

// Close closes the connection. Closing it twice is an error and does no harm.
func (s *Spin) Close() error { return s.socket.close() }
