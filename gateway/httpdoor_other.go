//go:build !linux

package gateway

import (
	"fmt"
	"net"
	"time"
)

func listenHTTP(address string) (httpListener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return netListener{l}, nil
}

// netListener is the door on package net, without raw calls of ours. It
// allocates a few objects a connection.
type netListener struct{ net.Listener }

func (l netListener) addr() string { return l.Addr().String() }
func (l netListener) interrupt()   { l.Listener.Close() }
func (l netListener) close()       {}

func (l netListener) accept() (httpConn, error) {
	c, err := l.Accept()
	if err != nil {
		return nil, err
	}
	return c, c.SetDeadline(time.Now().Add(httpExchangeMax))
}
