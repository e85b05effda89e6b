package bench

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"pricetime/gateway/client"
	"pricetime/gateway/latency"
	"pricetime/gateway/wire/jsonl"
)

// side is one server and the links that drive it: the floor, or a venue. The sides
// of a run take turns; while one is driven the others are stopped.
type side struct {
	name    string
	server  *child // nil: somebody else's
	address string
	idle    []*client.Spin // connections that have logged in and say nothing
	links   []*link
	answers []*orderAnswers // of a venue
	load    *generator
	slices  []WireTimes // response times of each slice
	toll    toll        // of all slices, with their warm-ups; of our own server
	broken  error       // the server cut a connection: what it had not answered is dropped
}

func startSide(name string, command []string, kind string) (*side, error) {
	c, err := startChild(command, kind)
	if err != nil {
		return nil, err
	}
	return &side{name: name, server: c, address: c.address}, nil
}

// openOrders opens the order sessions of a flow.
func (s *side) openOrders(c *clock, f *orderFlow) error {
	isOpen := make([]bool, len(f.createdBy))
	clear(isOpen) // touched now, as in newLink
	for i, stream := range f.streams {
		conn, err := client.DialSpin(s.address, dialMax)
		if err != nil {
			return err
		}
		a := f.newAnswers(i, isOpen)
		s.links = append(s.links, newLink(conn, stream, a))
		s.answers = append(s.answers, a)
		if err := login(conn, fmt.Sprintf("%s%d", f.prefix, i)); err != nil {
			return err
		}
	}
	s.load = newGenerator(c, s.links)
	return nil
}

// openEchoes opens as many connections to the echo, with the same bytes but for the prefill.
func (s *side) openEchoes(c *clock, f *orderFlow) error {
	for i, stream := range f.streams {
		conn, err := client.DialSpin(s.address, dialMax)
		if err != nil {
			return err
		}
		s.links = append(s.links, newLink(conn, stream.from(f.prefill[i]), new(echoAnswers)))
	}
	s.load = newGenerator(c, s.links)
	return nil
}

// openIdle opens n sessions that log in and then say nothing.
func (s *side) openIdle(prefix string, n int) error {
	for i := range n {
		conn, err := client.DialSpin(s.address, dialMax)
		if err != nil {
			return fmt.Errorf("idle connection %d: %w", i+1, err)
		}
		s.idle = append(s.idle, conn)
		if err := login(conn, fmt.Sprintf("%si%d", prefix, i)); err != nil {
			return fmt.Errorf("idle connection %d: %w", i+1, err)
		}
	}
	return nil
}

// dialMax bounds the opening of a connection.
const dialMax = 5 * time.Second

func login(conn *client.Spin, account string) error {
	if _, err := conn.Write(jsonl.AppendLogin(nil, &jsonl.LoginRequest{Account: account})); err != nil {
		return err
	}
	line, err := await(conn)
	if err == nil && !strings.HasPrefix(string(line), `{"type":"logged_in"`) {
		err = fmt.Errorf("login was answered %s", line)
	}
	return err
}

// await polls for a line, for a few seconds.
func await(conn *client.Spin) ([]byte, error) {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		if line, ok, err := conn.Poll(); ok || err != nil {
			return line, err
		}
	}
	return nil, errors.New("no answer within 5 s")
}

// fill sends the prefill, in a closed loop, and leaves the links behind it.
func (s *side) fill(f *orderFlow) error {
	for i, l := range s.links {
		l.limit = f.prefill[i]
	}
	g := newGenerator(s.load.clock, s.links)
	g.window, g.duration = 64, time.Minute
	if err := g.run(); err != nil {
		return err
	}
	if n := g.unanswered(); n > 0 {
		return fmt.Errorf("%d requests were not answered", n)
	}
	for i, l := range s.links {
		l.limit = len(l.stream.ends)
		s.answers[i].prefill.Trades, s.answers[i].prefill.Qty = s.answers[i].trades, s.answers[i].takerQty
	}
	return nil
}

// listOrders asks a venue for every session's open orders, for the check.
func (s *side) listOrders() error {
	if s.broken != nil || s.load.unanswered() > 0 {
		return nil
	}
	for i, l := range s.links {
		if _, err := l.conn.Write(jsonl.AppendOrders(nil)); err != nil {
			return err
		}
		a := s.answers[i]
		for a.ordersEnd < 0 {
			line, err := await(l.conn)
			if err != nil {
				return fmt.Errorf("listing the open orders: %w", err)
			}
			a.scan(line)
		}
	}
	return nil
}

// checked says whether a venue did what the flow makes it do.
func (s *side) checked(f *orderFlow) Check {
	c := Check{Name: s.name + " sent = acknowledged, and the venue's book is the one its answers tell"}
	if s.broken != nil {
		c.Detail = s.broken.Error()
		return c
	}
	if n := s.load.unanswered(); n > 0 {
		c.Detail = fmt.Sprintf("%d of %d orders were not acknowledged", n, s.sent())
		return c
	}
	complete := true
	for _, l := range s.links {
		complete = complete && l.answered == len(l.stream.ends)
	}
	if err := f.check(s.answers, complete, len(s.links) == 1); err != nil {
		c.Detail = err.Error()
		return c
	}
	c.OK = true
	c.Detail = fmt.Sprintf("%d orders", s.sent())
	return c
}

func (s *side) sent() (n int) {
	for _, l := range s.links {
		n += l.sent
	}
	return n
}

// finished is whether more slices make sense: what follows an answer that is
// missing would count the same ones again.
func (s *side) finished() bool { return s.broken != nil || s.load.unanswered() > 0 }

// times are the response times of all slices together.
func (s *side) times() WireTimes { return wireTimes(s.load.response) }

func (s *side) stop() {
	if s.server != nil {
		s.server.pause()
	}
}

func (s *side) start() {
	if s.server != nil {
		s.server.resume()
	}
}

func (s *side) close() {
	for _, l := range s.links {
		l.conn.Close()
	}
	for _, c := range s.idle {
		c.Close()
	}
	if s.server != nil {
		s.server.stop()
	}
}

// recorders are what the report keeps of a venue's side, beside its floor.
func (s *side) recorders(floor *latency.Recorder) map[string]*latency.Recorder {
	r := map[string]*latency.Recorder{"response": s.load.response, "service": s.load.service, "lateness": s.load.lateness}
	if floor != nil {
		r["floor"] = floor
	}
	return r
}
