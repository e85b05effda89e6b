// Package client speaks JSON lines to a venue.
//
// [Conn] is for programs: requests are built into a buffer, sent by Flush, and
// answers come from Next, in order.
//
//	Order, Cancel, ... ──> buffer ──Flush──> venue ──> Next ──> *Message
//
// [Spin] is for programs that count microseconds and have a core to spend: it
// polls a socket of its own with raw system calls.
package client

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"pricetime/gateway/wire/jsonl"
)

// What is sent and received, by the names of docs/protocol-json.md.
type (
	Login   = jsonl.LoginRequest
	Order   = jsonl.OrderRequest
	Target  = jsonl.Target // of a cancel, reduce, replace or status: one of the two ids
	Replace = jsonl.ReplaceRequest
	Message = jsonl.Message
)

// flushBytes is how much a Conn buffers before it sends without being asked.
const flushBytes = 64 << 10

// Conn is one connection to a venue. One goroutine may send (the requests and
// Flush) while another one receives (Next); Login and Close are for when only one
// uses it. In steady state it does not allocate.
//
// A venue closes on who does not read: a program that sends without end must
// call Next, too.
type Conn struct {
	socket net.Conn
	out    []byte // requests not sent yet
	in     lines
	line   []byte

	parser  *jsonl.Parser
	message Message
}

// Dial connects to a venue's JSON door, such as "127.0.0.1:7001". Public channels
// need nothing more; orders need a Login. A timeout of 0 is that of the system.
func Dial(addr string, timeout time.Duration) (*Conn, error) {
	socket, err := net.DialTimeout("tcp", addr, timeout)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	return NewConn(socket), nil
}

// NewConn is a Conn over a connection that exists. Close closes it.
func NewConn(socket net.Conn) *Conn {
	return &Conn{socket: socket, out: make([]byte, 0, flushBytes+jsonl.LineBytesMax), parser: jsonl.NewParser()}
}

// Login opens a session and waits for it: on return without an error the venue
// takes orders, and the answer's Account, Session and NextSequence are in the
// Message, valid until the next call of Login or Next. Public lines that come
// before the answer are lost, so a program that wants both logs in first.
func (c *Conn) Login(r *Login) (*Message, error) {
	c.out = jsonl.AppendLogin(c.out, r)
	if err := c.Flush(); err != nil {
		return nil, err
	}
	for {
		m, err := c.Next()
		if err != nil {
			return nil, fmt.Errorf("client: login: %w", err)
		}
		switch m.Type {
		case jsonl.MessageLoggedIn:
			return m, nil
		case jsonl.MessageError:
			return nil, fmt.Errorf("client: login refused: %s: %s", m.Reason, m.Text)
		}
	}
}

// Order enters an order.
// hot
func (c *Conn) Order(r *Order) error {
	c.out = jsonl.AppendOrder(c.out, r)
	return c.full()
}

// Cancel takes an order out.
// hot
func (c *Conn) Cancel(t Target) error {
	c.out = jsonl.AppendCancel(c.out, t)
	return c.full()
}

// Reduce lowers an order's total to size; it keeps its priority.
// hot
func (c *Conn) Reduce(t Target, size string) error {
	c.out = jsonl.AppendReduce(c.out, t, size)
	return c.full()
}

// Replace gives an order another price, total or client id.
// hot
func (c *Conn) Replace(r *Replace) error {
	c.out = jsonl.AppendReplace(c.out, r)
	return c.full()
}

// CancelAll takes out all orders of the account; of one product or one side only,
// where these are not empty.
func (c *Conn) CancelAll(productID, side string) error {
	c.out = jsonl.AppendCancelAll(c.out, productID, side)
	return c.full()
}

// Orders asks for every open order of the account: an open for each, then
// orders_end.
func (c *Conn) Orders() error {
	c.out = jsonl.AppendOrders(c.out)
	return c.full()
}

// Status asks for one order of the account: open or done.
func (c *Conn) Status(t Target) error {
	c.out = jsonl.AppendStatus(c.out, t)
	return c.full()
}

// Subscribe asks for public channels of products.
func (c *Conn) Subscribe(channels, productIDs []string) error {
	c.out = jsonl.AppendSubscribe(c.out, channels, productIDs)
	return c.full()
}

// Unsubscribe ends public channels of products.
func (c *Conn) Unsubscribe(channels, productIDs []string) error {
	c.out = jsonl.AppendUnsubscribe(c.out, channels, productIDs)
	return c.full()
}

// Ping asks for a pong, which comes after the answers to all that was sent before.
func (c *Conn) Ping() error {
	c.out = jsonl.AppendPing(c.out)
	return c.full()
}

// Send sends a line as it is, without its newline; the venue says what it thinks of it.
func (c *Conn) Send(line []byte) error {
	c.out = append(append(c.out, line...), '\n')
	return c.full()
}

// Flush sends what is buffered. After an error it is unknown how much the venue
// got; the connection is of no more use.
// hot
func (c *Conn) Flush() error {
	if len(c.out) == 0 {
		return nil
	}
	_, err := c.socket.Write(c.out)
	c.out = c.out[:0]
	if err != nil {
		return fmt.Errorf("client: %w", err)
	}
	return nil
}

// full sends a full buffer.
func (c *Conn) full() error {
	if len(c.out) < flushBytes {
		return nil
	}
	return c.Flush()
}

// Next waits for the next line from the venue. The Message is the Conn's, valid
// until the next call. It does not Flush. The error is io.EOF where the venue
// closed between two lines, the read's own where that failed (a deadline can be
// moved, and Next called again), and otherwise names the line that is no message;
// the lines after it can still be read.
// hot
func (c *Conn) Next() (*Message, error) {
	for {
		line, ok := c.in.next()
		if ok {
			c.line = line
			if err := c.parser.Parse(line, &c.message); err != nil {
				return nil, err
			}
			return &c.message, nil
		}
		room, err := c.in.room()
		if err != nil {
			return nil, err
		}
		n, err := c.socket.Read(room)
		c.in.filled(n)
		if err != nil && n == 0 {
			if errors.Is(err, io.EOF) && c.in.partial() {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}

// Line is the line that the last Next read, without its newline, valid until the
// next call.
func (c *Conn) Line() []byte { return c.line }

// SetDeadline makes Next and Flush fail from t on; the zero time is never.
func (c *Conn) SetDeadline(t time.Time) error { return c.socket.SetDeadline(t) }

// Close closes the connection; what is not flushed is lost. The venue cancels
// the session's orders unless it was asked to let them stay.
func (c *Conn) Close() error { return c.socket.Close() }
