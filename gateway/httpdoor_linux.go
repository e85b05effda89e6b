package gateway

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// rawListener accepts with blocking system calls of its own: package net makes half
// a dozen objects for each connection, and with the collector off they stay.
type rawListener struct {
	fd      int
	address string
	conn    rawConn // the one connection that there is at a time
}

func listenHTTP(address string) (httpListener, error) {
	// Package net resolves and binds, as for the JSON door.
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	defer l.Close()
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	r := &rawListener{fd: -1, address: l.Addr().String()}
	var dupErr error
	if err := raw.Control(func(fd uintptr) {
		if r.fd, dupErr = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0); dupErr == nil {
			dupErr = unix.SetNonblock(r.fd, false)
		}
	}); err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	if dupErr != nil {
		return nil, fmt.Errorf("duplicate listener: %w", dupErr)
	}
	return r, nil
}

func (l *rawListener) addr() string { return l.address }

// accept does not ask for the peer's address, which would be an allocation.
func (l *rawListener) accept() (httpConn, error) {
	fd, _, errno := unix.Syscall6(unix.SYS_ACCEPT4, uintptr(l.fd), 0, 0, unix.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return nil, errno
	}
	l.conn.fd = int(fd)
	timeout := unix.NsecToTimeval(int64(httpExchangeMax))
	unix.SetsockoptTimeval(l.conn.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout)
	unix.SetsockoptTimeval(l.conn.fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &timeout)
	return &l.conn, nil
}

// interrupt: on Linux the shutdown of a listening socket wakes an accept.
func (l *rawListener) interrupt() { unix.Shutdown(l.fd, unix.SHUT_RDWR) }

func (l *rawListener) close() { unix.Close(l.fd) }

type rawConn struct{ fd int }

// Read. A call with a timeout is not restarted after a signal, and the runtime sends
// itself signals.
func (c *rawConn) Read(b []byte) (n int, err error) {
	for n, err = unix.Read(c.fd, b); err == unix.EINTR; {
		n, err = unix.Read(c.fd, b)
	}
	return n, err
}

func (c *rawConn) Write(b []byte) (n int, err error) {
	for n, err = unix.Write(c.fd, b); err == unix.EINTR; {
		n, err = unix.Write(c.fd, b)
	}
	return n, err
}

func (c *rawConn) Close() error { return unix.Close(c.fd) }
