package client

import (
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"
)

// spinSocket is a non-blocking descriptor that the runtime's poller does not know.
// Its calls are raw: they return at once, so the scheduler need not hear of them.
type spinSocket = rawSocket

type rawSocket struct {
	fd int // -1: closed
}

func dialSpinSocket(addr string, timeout time.Duration) (rawSocket, error) {
	return dialRaw(addr, timeout)
}

// dialRaw lets package net find the address and connect, and then keeps a
// duplicate of the descriptor; net's own goes, and the poller's watch with it.
func dialRaw(addr string, timeout time.Duration) (rawSocket, error) {
	c, err := net.DialTimeout("tcp", addr, timeout)
	if err != nil {
		return rawSocket{-1}, fmt.Errorf("client: %w", err)
	}
	defer c.Close()
	control, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return rawSocket{-1}, fmt.Errorf("client: %w", err)
	}
	s := rawSocket{-1}
	var errno syscall.Errno
	err = control.Control(func(fd uintptr) {
		var dup uintptr
		dup, _, errno = syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_DUPFD_CLOEXEC, 0)
		if errno == 0 {
			s.fd = int(dup) // TCP_NODELAY and O_NONBLOCK are the connection's, and so the duplicate's
		}
	})
	if err == nil && errno != 0 {
		err = os.NewSyscallError("fcntl", errno)
	}
	if err != nil {
		return rawSocket{-1}, fmt.Errorf("client: %w", err)
	}
	return s, nil
}

// hot
func (s *rawSocket) tryRead(b []byte) (n int, err error) {
	r, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if errno != 0 {
		return 0, s.fault("read", errno)
	}
	if r == 0 {
		return 0, io.EOF
	}
	return int(r), nil
}

// hot
func (s *rawSocket) tryWrite(b []byte) (n int, err error) {
	// The SIGPIPE of a closed connection is ignored by the runtime; EPIPE comes back.
	r, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(s.fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	if errno != 0 {
		return 0, s.fault("write", errno)
	}
	return int(r), nil
}

// fault is the error of a call, nil where it only had nothing to do.
func (s *rawSocket) fault(call string, errno syscall.Errno) error {
	switch {
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
		return nil
	case s.fd < 0:
		return ErrClosed
	}
	return fmt.Errorf("client: %w", os.NewSyscallError(call, errno))
}

func (s *rawSocket) close() error {
	if s.fd < 0 {
		return ErrClosed
	}
	fd := s.fd
	s.fd = -1
	return os.NewSyscallError("close", syscall.Close(fd))
}
