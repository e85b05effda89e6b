package replay

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"pricetime/bench/recorded"
	"pricetime/gateway"
	"pricetime/gateway/client"
	"pricetime/gateway/wire/jsonl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startVenue starts a venue with room for a few orders.
func startVenue(t *testing.T) *gateway.Venue {
	t.Helper()
	limits := gateway.DefaultLimits()
	limits.Engine.OrdersMax, limits.Engine.LevelsPerSideMax = 1<<10, 1<<8
	limits.Engine.OrdersPerDay, limits.Engine.ClOrdIDsPerDay = 1<<12, 1<<12
	venue, err := gateway.Start(gateway.Options{Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(venue.Stop)
	return venue
}

// enter puts an order into DEMO's book and waits until it is there.
func enter(t *testing.T, addr string, o client.Order) *client.Conn {
	t.Helper()
	conn, err := client.Dial(addr, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Login(&client.Login{Account: "somebody"}); err != nil {
		t.Fatal(err)
	}
	o.ProductID = "DEMO"
	if err := errors.Join(conn.Order(&o), conn.Flush()); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := conn.Next()
		if err != nil {
			t.Fatal(err)
		}
		if m.Type == jsonl.MessageOpen {
			return conn
		}
		if m.Type == jsonl.MessageRejected || m.Type == jsonl.MessageError {
			t.Fatalf("got %s %s", m.Type, m.Reason)
		}
	}
}

// The ids of a play are its own and it leaves nothing behind, also when the
// record does: the same venue plays it again.
func TestSecondPlayOnOneVenueIsNoResend(t *testing.T) {
	venue := startVenue(t)
	for _, text := range []string{"", "N,1,S,100,5\nX,B,100,2\nF,1,2,100\nN,2,B,90,7\n"} {
		for nth := range 2 {
			o := Options{Commands: example, Over: OverTCP, Addr: venue.JSONAddr()}
			if text != "" {
				o.Commands, o.Input = "-", strings.NewReader(text)
			}
			r, err := Run(t.Context(), o, nil)
			if err != nil || !r.OK || r.Venue != venue.JSONAddr() {
				t.Errorf("play %d of %q: got %+v, %v", nth+1, text, r, err)
			}
		}
	}
}

func TestBookWithOrdersIsRefused(t *testing.T) {
	venue := startVenue(t)
	enter(t, venue.JSONAddr(), client.Order{Side: "buy", Price: "1.00", Size: "1"})
	_, err := Run(t.Context(), Options{Commands: example, Over: OverTCP, Addr: venue.JSONAddr()}, nil)
	if err == nil || !strings.Contains(err.Error(), "the book of DEMO at "+venue.JSONAddr()+" is not empty") {
		t.Errorf("got %v", err)
	}
	r, err := Run(t.Context(), Options{Commands: example, Over: OverTCP, Addr: venue.JSONAddr(), Product: "AAPL"}, nil)
	if err != nil || !r.OK {
		t.Errorf("another product: got %+v, %v", r, err)
	}
}

// A stranger's order that comes after the look at the book shows.
func TestStrangersOrderIsNoticed(t *testing.T) {
	venue := startVenue(t)
	w := waiting(t, t.Context(), venue, "N,1,S,101,5\nX,B,101,4\nF,1,4,101\n")
	stranger := enter(t, venue.JSONAddr(), client.Order{Side: "sell", Price: "1.00", Size: "3"})
	err := w.play(t.Context())
	want := "standard input:3: expected F,1,4,101, got a fill of 3 at 100 against somebody else's order, which is no order of this play"
	if err != nil || w.report.FirstMismatch == nil || w.report.FirstMismatch.String() != want {
		t.Errorf("got  %v, %v\nwant %s", w.report.FirstMismatch, err, want)
	}

	// 1 has 4 left in the book.
	if err := errors.Join(stranger.Order(&client.Order{ProductID: "DEMO", Side: "buy", Price: "1.01", Size: "1"}), stranger.Flush()); err != nil {
		t.Fatal(err)
	}
	for err == nil && w.report.Played < 1_000 {
		err = w.play(t.Context()) // sent again, which changes nothing
	}
	if err == nil || !strings.Contains(err.Error(), "the product must be the play's alone") {
		t.Errorf("a stranger took from the play's order: got %v", err)
	}
	if err := w.player.end(); err != nil {
		t.Errorf("end: got %v", err)
	}
}

func TestNoVenueAtTheAddress(t *testing.T) {
	venue := startVenue(t)
	addr := venue.JSONAddr()
	venue.Stop()
	_, err := Run(t.Context(), Options{Commands: example, Over: OverTCP, Addr: addr}, nil)
	if err == nil || !strings.Contains(err.Error(), "no venue at "+addr) {
		t.Errorf("got %v", err)
	}
}

func TestVenueThatGoesAwayEndsThePlay(t *testing.T) {
	venue := startVenue(t)
	w := waiting(t, t.Context(), venue, "N,1,S,101,5\n")
	var err error
	go venue.Stop()
	for err == nil {
		err = w.play(t.Context())
	}
	if !strings.HasPrefix(err.Error(), "standard input:1: ") {
		t.Errorf("got %v, want the line that was under way", err)
	}
	if err := w.player.end(); err != nil {
		t.Errorf("end: got %v", err)
	}
}

func TestInterruptedPlayLeavesNothingBehind(t *testing.T) {
	venue := startVenue(t)
	ctx, cancel := context.WithCancel(t.Context())
	w := waiting(t, ctx, venue, "N,1,S,101,5\n")
	if err := w.play(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	var err error
	for err == nil {
		err = w.play(context.Background()) // until the connection is closed
	}
	if err := w.player.end(); err != nil {
		t.Errorf("end: got %v", err)
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if err = emptyBook(venue.JSONAddr(), w.player.product); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the book still has the play's order: %v", err)
		}
	}
}

// waitingPlay is a play over TCP that is connected and has sent nothing.
type waitingPlay struct {
	commands *recorded.Commands
	player   *tcpPlayer
	report   Report
}

func waiting(t *testing.T, ctx context.Context, venue *gateway.Venue, text string) *waitingPlay {
	t.Helper()
	o := Options{Commands: "-", Input: strings.NewReader(text), Over: OverTCP, Addr: venue.JSONAddr()}
	product, err := o.check()
	if err != nil {
		t.Fatal(err)
	}
	w := &waitingPlay{}
	if w.commands, err = o.read(); err != nil {
		t.Fatal(err)
	}
	if w.player, err = newTCPPlayer(ctx, o.Addr, w.commands, product); err != nil {
		t.Fatal(err)
	}
	w.report = newReport(&o, w.commands)
	return w
}

func (w *waitingPlay) play(ctx context.Context) error {
	return play(ctx, w.commands, w.player, &w.report, nil)
}
