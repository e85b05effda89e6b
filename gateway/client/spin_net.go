package client

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// netSocket does for every system what rawSocket does for Linux, through package
// net with a deadline that is always near: a call returns within netPatience, and
// a message's way leads through the runtime's poller.
type netSocket struct {
	c net.Conn
}

// netPatience is how long a call may wait. A deadline in the past would fail
// before it tried.
const netPatience = 100 * time.Microsecond

func dialNet(addr string, timeout time.Duration) (netSocket, error) {
	c, err := net.DialTimeout("tcp", addr, timeout)
	if err != nil {
		return netSocket{}, fmt.Errorf("client: %w", err)
	}
	return netSocket{c}, nil
}

func (s *netSocket) tryRead(b []byte) (n int, err error) {
	if err := s.c.SetReadDeadline(time.Now().Add(netPatience)); err != nil {
		return 0, fault(err)
	}
	n, err = s.c.Read(b)
	return n, fault(err)
}

func (s *netSocket) tryWrite(b []byte) (n int, err error) {
	if err := s.c.SetWriteDeadline(time.Now().Add(netPatience)); err != nil {
		return 0, fault(err)
	}
	n, err = s.c.Write(b)
	return n, fault(err)
}

func fault(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case errors.Is(err, net.ErrClosed):
		return ErrClosed
	}
	return err
}

func (s *netSocket) close() error { return fault(s.c.Close()) }
