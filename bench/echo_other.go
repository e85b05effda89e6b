//go:build !linux

package bench

import (
	"io"
	"net"
)

// serveEcho copies until the listener is closed; connections end with the process.
func serveEcho(l net.Listener, stop <-chan struct{}) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			io.Copy(c, c)
		}()
	}
}
