package gateway

import (
	"bytes"
	"strconv"
	"sync/atomic"
	"time"
)

// HTTPDoor is where a machine asks how the venue is: /metrics, /healthz, /readyz. It
// answers one connection at a time, one request each, and closes. It is no part of
// the order path: one goroutine with blocking calls, in whose way nothing of the
// venue is. On Linux it allocates nothing for a request, a new connection
// included: a venue whose collector is off can be watched for a year. That is
// why it is not net/http.
type HTTPDoor struct {
	listener httpListener
	metrics  *Metrics
	closing  atomic.Bool
	done     chan struct{}

	request []byte
	body    []byte
	answer  []byte
}

// httpListener accepts connections whose calls fail after httpExchangeMax.
type httpListener interface {
	addr() string
	accept() (httpConn, error) // blocks
	interrupt()                // ends an accept, for good
	close()                    // after accept has ended
}

// httpConn is one connection.
type httpConn interface {
	Read(b []byte) (int, error)
	Write(b []byte) (int, error)
	Close() error
}

const (
	// httpExchangeMax bounds every call to read or write, and no call begins later than
	// this after the accept: who is slower is hung up on, because the next one waits.
	httpExchangeMax = time.Second
	// httpRequestBytes is the longest request with its headers.
	httpRequestBytes = 8 << 10
)

// OpenHTTP opens the door on an address of the loopback.
func OpenHTTP(address string, m *Metrics) (*HTTPDoor, error) {
	if err := onLoopback(address, "the metrics door has no password"); err != nil {
		return nil, err
	}
	l, err := listenHTTP(address)
	if err != nil {
		return nil, err
	}
	d := &HTTPDoor{
		listener: l, metrics: m, done: make(chan struct{}),
		request: make([]byte, httpRequestBytes),
		body:    make([]byte, 0, MetricsBytesMax),
		answer:  make([]byte, 0, MetricsBytesMax+512),
	}
	go d.serve()
	return d, nil
}

// Addr is the address that the door listens on.
func (d *HTTPDoor) Addr() string { return d.listener.addr() }

// Close ends the door. It waits for an exchange that is going on, httpExchangeMax at most.
func (d *HTTPDoor) Close() {
	if !d.closing.Swap(true) {
		d.listener.interrupt()
	}
	<-d.done
}

func (d *HTTPDoor) serve() {
	defer close(d.done)
	defer d.listener.close()
	for !d.closing.Load() {
		c, err := d.listener.accept()
		if err != nil {
			if !d.closing.Load() {
				time.Sleep(10 * time.Millisecond) // out of descriptors, perhaps; it passes
			}
			continue
		}
		d.exchange(c)
		c.Close()
	}
}

var endOfHead = []byte("\r\n\r\n")

// exchange reads a request and answers it. Who sends no whole head in time gets nothing.
func (d *HTTPDoor) exchange(c httpConn) {
	deadline := time.Now().Add(httpExchangeMax)
	n := 0
	for !bytes.Contains(d.request[:n], endOfHead) {
		if n == len(d.request) || time.Now().After(deadline) {
			return
		}
		got, err := c.Read(d.request[n:])
		if got <= 0 || err != nil {
			return
		}
		n += got
	}
	for b := d.respond(d.request[:n]); len(b) > 0 && !time.Now().After(deadline); {
		wrote, err := c.Write(b)
		if err != nil || wrote <= 0 {
			return
		}
		b = b[wrote:]
	}
}

// respond is the answer to a request, valid until the next.
func (d *HTTPDoor) respond(request []byte) []byte {
	method, rest, _ := bytes.Cut(request, []byte(" "))
	path, _, _ := bytes.Cut(rest, []byte(" "))
	path, _, _ = bytes.Cut(path, []byte("?"))
	head := string(method) == "HEAD"
	if !head && string(method) != "GET" {
		return d.write("405 Method Not Allowed", "GET and HEAD only\n", head)
	}
	switch string(path) {
	case "/metrics":
		d.body = d.metrics.Append(d.body[:0])
		return d.finish("200 OK", "text/plain; version=0.0.4; charset=utf-8", head)
	case "/healthz":
		return d.write("200 OK", "ok\n", head)
	case "/readyz":
		if d.metrics.venue.stopping.Load() {
			return d.write("503 Service Unavailable", "draining\n", head)
		}
		return d.write("200 OK", "ready\n", head)
	}
	return d.write("404 Not Found", "there are /metrics, /healthz and /readyz\n", head)
}

func (d *HTTPDoor) write(status, text string, head bool) []byte {
	d.body = append(d.body[:0], text...)
	return d.finish(status, "text/plain; charset=utf-8", head)
}

// finish puts a head before d.body.
func (d *HTTPDoor) finish(status, contentType string, head bool) []byte {
	b := append(append(append(d.answer[:0], "HTTP/1.1 "...), status...), "\r\nContent-Type: "...)
	b = append(append(b, contentType...), "\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(d.body)), 10)
	b = append(b, "\r\nConnection: close\r\n\r\n"...)
	if !head {
		b = append(b, d.body...)
	}
	d.answer = b[:0]
	return b
}
