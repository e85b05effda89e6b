package bench

import (
	"fmt"
	"io"
	"net"
)

// ServeEcho is the floor: a server that writes back what it reads, with the calls
// that the venue's transport makes on this system, and nothing between them. It
// listens on a free loopback port, prints "listening echo ADDR" to w, and serves
// until stdin ends: a parent that dies takes it along.
//
// On Linux one locked thread polls every connection in turn without a pause (a
// non-blocking read, one write). Elsewhere, where the venue runs on package net,
// so does the echo. It is run in a process of its own, as the venue is.
func ServeEcho(w io.Writer, stdin io.Reader) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("echo: %w", err)
	}
	stop := make(chan struct{})
	go func() {
		io.Copy(io.Discard, stdin)
		close(stop)
		l.Close()
	}()
	fmt.Fprintf(w, "listening echo %s\n", l.Addr())
	serveEcho(l, stop)
	return nil
}
