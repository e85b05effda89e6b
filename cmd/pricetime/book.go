package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"pricetime/engine"
	"pricetime/gateway/client"
	"pricetime/gateway/wire/jsonl"
)

func runBook(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("book", `Watches a product's price ladder: the best levels of both sides and the last trade,
redrawn in place as they change. Where stdout is no terminal it prints the book once.`, `
pricetime book
pricetime book --product BTC-USD --depth 20
pricetime book --once
pricetime book --json --once=false --addr 127.0.0.1:7001`)
	addr := f.String("addr", defaultAddress, "`ADDRESS` of the venue")
	product := f.String("product", "DEMO", "`PRODUCT` to watch")
	depth := f.Int("depth", 10, "`LEVELS` of each side")
	once := f.Bool("once", !isTerminal(stdout), "print the book as it is and exit; the default where stdout is no terminal")
	asJSON := f.Bool("json", false, "print JSON: one object, or with --once=false one for every change")
	timeout := f.Duration("timeout", 10*time.Second, "`TIME` to wait for the first picture, such as 10s")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	if *depth < 1 {
		return f.usageError(stderr, "--depth must be 1 or more")
	}
	w, err := openWatch(*addr, *product, *timeout)
	if err != nil {
		return f.fail(stderr, err)
	}
	defer w.close()
	write := func() error {
		if *asJSON {
			return w.ladder.writeJSON(stdout, *depth)
		}
		return printRows(stdout, w.ladder.picture(*depth))
	}
	if *once {
		err := w.awaitCall()
		if err == nil {
			err = write()
		}
		if err != nil {
			return f.fail(stderr, err)
		}
		return exitOK
	}

	signals, stopSignals := interrupts()
	defer stopSignals()
	if !*asJSON && isTerminal(stdout) {
		s := openScreen(stdout)
		footer := []row{{}, {fmt.Sprintf("%s   Ctrl-C ends", *addr), faint}}
		err = w.show(s, *depth, signals, nil, func() []row { return footer })
		s.close()
	} else {
		err = w.follow(write, signals)
	}
	if err != nil {
		return f.fail(stderr, err)
	}
	return exitOK
}

// watch is a ladder that a connection to a venue keeps up to date.
type watch struct {
	conn   *client.Conn
	ladder ladder
	joined bool // the whole book is there
	priced bool // the first ticker is there
}

// openWatch connects and waits for the first whole picture.
func openWatch(addr, product string, timeout time.Duration) (*watch, error) {
	conn, err := client.Dial(addr, timeout)
	if err != nil {
		return nil, noVenue(addr, err)
	}
	w := &watch{conn: conn, ladder: ladder{product: product}}
	conn.SetDeadline(time.Now().Add(timeout))
	err = errors.Join(conn.Subscribe([]string{"level2", "ticker"}, []string{product}), conn.Flush())
	for err == nil && !(w.joined && w.priced) {
		_, err = w.next()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	conn.SetDeadline(time.Time{})
	return w, nil
}

// callWait is how long it takes until a venue tells what a call would do: it does so
// every second.
const callWait = 1500 * time.Millisecond

// awaitCall waits for that, where there is a call.
func (w *watch) awaitCall() error {
	w.conn.SetDeadline(time.Now().Add(callWait))
	defer w.conn.SetDeadline(time.Time{})
	for w.ladder.call == nil && (w.ladder.phase == "pre_open" || w.ladder.phase == "closing_call") {
		m, err := w.conn.Next()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err == nil {
			_, err = w.apply(m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *watch) close() { w.conn.Close() }

// next takes one line from the venue. It says whether the ladder has changed.
func (w *watch) next() (changed bool, err error) {
	m, err := w.receiveOne()
	if err != nil {
		return false, err
	}
	return w.apply(m)
}

func (w *watch) receiveOne() (*client.Message, error) {
	m, err := w.conn.Next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the venue closed the connection")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, errors.New("the venue does not answer")
	case err != nil:
		return nil, fmt.Errorf("the venue is gone: %w", err)
	}
	return m, nil
}

// apply brings the ladder up to date with one line.
func (w *watch) apply(m *client.Message) (changed bool, err error) {
	l := &w.ladder
	switch m.Type {
	case jsonl.MessageSnapshot:
		for _, e := range m.Bids {
			err = errors.Join(err, l.set(engine.Buy, string(e.Price), string(e.Size)))
		}
		for _, e := range m.Asks {
			err = errors.Join(err, l.set(engine.Sell, string(e.Price), string(e.Size)))
		}
		w.joined = w.joined || !m.More
	case jsonl.MessageL2Update:
		for _, c := range m.Changes {
			side := engine.Buy
			if string(c.Side) == "sell" {
				side = engine.Sell
			}
			err = errors.Join(err, l.set(side, string(c.Price), string(c.Size)))
		}
	case jsonl.MessageTicker:
		w.priced = true
		l.setPhase(m)
		if len(m.Price) > 0 {
			l.last = lastTrade{string(m.Price), string(m.LastSize), string(m.Side)}
		}
	case jsonl.MessagePhase:
		l.setPhase(m)
	case jsonl.MessageIndicative:
		l.setPhase(m)
		l.call = &callJSON{string(m.Price), string(m.Size), string(m.Side), string(m.Surplus)}
	case jsonl.MessageError:
		return false, fmt.Errorf("the venue refuses product %q: %s", l.product, refusal(m))
	default:
		return false, nil
	}
	l.sequence = max(l.sequence, m.Sequence)
	if len(m.Time) > 0 {
		l.time = string(m.Time)
	}
	return true, err
}

// setPhase takes the market's phase from a line that has it unless it is continuous.
func (l *ladder) setPhase(m *client.Message) {
	if l.phase = string(m.Phase); l.phase == "continuous" {
		l.phase = ""
	}
	l.call = nil
}

// frameEvery bounds how often a picture is drawn: a person sees no more.
const frameEvery = 40 * time.Millisecond

// show draws the ladder as it changes, until a signal or stop. footer is drawn
// below it.
//
//	receiver                       painter (the caller)
//	next: the lock, apply    ──>   every frame: the lock, a picture; then draw it
//
// A venue cuts who does not read, so the receiver never waits for a terminal.
func (w *watch) show(s *screen, depth int, signals <-chan os.Signal, stop <-chan struct{}, footer func() []row) error {
	live := w.receive()
	defer live.end()
	resized, stopResizes := resizes()
	defer stopResizes()
	frames := time.NewTicker(frameEvery)
	defer frames.Stop()
	redraw := true
	for {
		_, rows := s.size()
		below := footer()
		// In a low window there are fewer levels, and then no footer.
		fitting := min(depth, max(1, (rows-len(below)-pictureRows(0))/2))
		picture, changed := live.picture(fitting)
		if changed || redraw {
			if err := s.draw(append(picture, below...)); err != nil {
				return err
			}
		}
		select {
		case <-frames.C:
			redraw = stop != nil // a footer that lives changes on its own
		case <-resized:
			redraw = true
		case err := <-live.failed:
			return err
		case <-signals:
			return nil
		case <-stop:
			return nil
		}
	}
}

// follow calls write for every change, until a signal.
func (w *watch) follow(write func() error, signals <-chan os.Signal) error {
	ended := make(chan error, 1)
	go func() {
		err := write()
		for err == nil {
			var changed bool
			if changed, err = w.next(); err == nil && changed {
				err = write()
			}
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-signals:
		return nil
	}
}
