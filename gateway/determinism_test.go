package gateway_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/gateway"
)

// script is the lines of one client: orders, cancels, replaces and reduces near one
// price, so that they meet.
func script(seed uint64, n int) []string {
	r := rand.New(rand.NewPCG(seed, 1))
	id := func() string { return fmt.Sprint("c", r.IntN(n/2)) }
	lines := make([]string, 0, n)
	for range n {
		side := []string{"buy", "sell"}[r.IntN(2)]
		price := fmt.Sprintf("10.%02d", 40+r.IntN(20))
		switch r.IntN(10) {
		case 0, 1, 2, 3, 4:
			lines = append(lines, order(id(), side, price, fmt.Sprint(1+r.IntN(50))))
		case 5:
			lines = append(lines, order(id(), side, price, fmt.Sprint(1+r.IntN(50)), `,"time_in_force":"IOC"`))
		case 6:
			lines = append(lines, fmt.Sprintf(`{"type":"replace","client_oid":%q,"new_client_oid":%q,"price":%q}`, id(), id(), price))
		case 7:
			lines = append(lines, fmt.Sprintf(`{"type":"reduce","client_oid":%q,"size":"%d"}`, id(), 1+r.IntN(20)))
		default:
			lines = append(lines, fmt.Sprintf(`{"type":"cancel","client_oid":%q}`, id()))
		}
	}
	return lines
}

// The same lines give the same commands and the same event bytes, whatever runs
// where and whenever the collector comes; and the commands alone, through a fresh
// engine, give them once more.
func TestSameBytes(t *testing.T) {
	const seed = 7
	lines := 3000
	if raceEnabled {
		lines = 600
	}
	text := script(seed, lines)
	var first *gateway.Tap
	var digest uint64
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for _, procs := range []int{1, 2, 4} {
		for _, gogc := range []int{10, 100, -1} {
			everyWay(t, func(t *testing.T, o gateway.Options) {
				runtime.GOMAXPROCS(procs)
				debug.SetGCPercent(gogc)
				o.Tap = &gateway.Tap{}
				o.Clock = func() int64 { return 1_700_000_000_123_456_789 }
				v := start(t, o)
				p := v.login(t, "alice")
				go p.send(text...)
				p.await(lines, `{"type":"ping"}`)
				v.Stop()
				if first == nil {
					first, digest = o.Tap, v.Digest()
					replay(t, o.Limits.Engine, first, digest)
					return
				}
				if v.Digest() != digest {
					t.Errorf("procs %d, gogc %d: digest %x, want %x", procs, gogc, v.Digest(), digest)
				}
				same(t, "commands", o.Tap.Commands, first.Commands)
				same(t, "events", o.Tap.Events, first.Events)
			})
		}
	}
}

// await reads until n commands are acknowledged and then the pong of a ping.
func (p *peer) await(n int, ping string) {
	p.t.Helper()
	for acked := 0; acked < n; {
		switch l := p.next(); l["type"] {
		case "rejected", "cancel_rejected", "change":
			acked++
		case "open":
			acked++
		case "done":
			// A fill of a resting order is also a done: count only those that end a command.
			if l["reason"] == "canceled" || l["reason"] == "ioc" {
				acked++
			}
		case "match":
			if l["liquidity"] == "taker" && l["remaining_size"] == "0" {
				acked++
			}
		}
	}
	p.send(ping)
	p.skipTo("pong")
}

func same[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("%s differ at %d:\n%+v\n%+v", what, i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d %s, want %d", len(got), what, len(want))
	}
}

// replay applies a recorded run's commands to a fresh engine with another hash seed.
func replay(t *testing.T, l engine.Limits, tap *gateway.Tap, digest uint64) {
	t.Helper()
	l.HashSeed = 42
	e, err := engine.New(l, gateway.EmbeddedInstruments())
	if err != nil {
		t.Fatal(err)
	}
	out := engine.NewEvents(l.EventsPerCommandMax())
	var events []engine.Event
	for i := range tap.Commands {
		out.Reset()
		e.Apply(engine.Seq(i+1), &tap.Commands[i], out)
		events = append(events, out.All()...)
	}
	same(t, "replayed events", events, tap.Events)
	if e.Digest() != digest {
		t.Fatalf("replayed digest %x, want %x", e.Digest(), digest)
	}
}

// Several clients at once: whatever order their lines took, the recorded commands
// explain every event.
func TestManyClientsReplay(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Tap = &gateway.Tap{}
		v := start(t, o)
		done := make(chan struct{})
		for i := range 8 {
			p := v.login(t, fmt.Sprint("trader", i))
			text := strings.Join(script(uint64(i), 500), "\n") + "\n"
			go func() {
				defer func() { done <- struct{}{} }()
				go p.conn.Write([]byte(text + `{"type":"ping"}` + "\n"))
				for {
					if l, err := p.read(); err != nil || l["type"] == "pong" {
						return
					}
				}
			}()
		}
		for range 8 {
			<-done
		}
		v.Stop()
		if len(o.Tap.Commands) < 8*500 {
			t.Fatalf("%d commands", len(o.Tap.Commands))
		}
		replay(t, o.Limits.Engine, o.Tap, v.Digest())
	})
}
