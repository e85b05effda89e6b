package engine_test

import (
	"bytes"
	"runtime"
	"testing"
	"unsafe"

	"pricetime/engine"
	"pricetime/engine/flow"
)

// recordCommands makes a seeded flow with the engine's own order ids in it, as a
// command log has them.
func recordCommands(t *testing.T, limits engine.Limits, seed uint64, n int) []engine.Command {
	t.Helper()
	p := newPair(limits, flow.VenueInstruments())
	next := flow.NewRandom(seed, limits, flow.VenueInstruments()).Everything()
	var log []engine.Command
	var c engine.Command
	for range n {
		next.Next(&c)
		own := c
		if k := int(c.OrderID); k > 0 && k <= len(p.ids) {
			own.OrderID = p.ids[k-1]
		}
		log = append(log, own)
		next.Observe(&c, p.must(t, c))
	}
	return log
}

// replay applies a log and returns the bytes of all events and the digest. The
// events are written over what dirt was in the buffer before.
func replay(t *testing.T, limits engine.Limits, log []engine.Command, dirt byte) (out []byte, digest uint64) {
	t.Helper()
	r := newRunner(t, limits, flow.VenueInstruments())
	if dirt != 0 {
		r.events = dirtyEvents(limits.EventsPerCommandMax(), dirt)
	}
	for i := range log {
		events := r.apply(&log[i])
		out = append(out, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(events))), len(events)*engine.EventBytes)...)
		if dirt != 0 && i%500 == 0 {
			runtime.GC() // which must not matter
		}
	}
	return out, r.engine.Digest()
}

// dirtyEvents returns an events buffer all of whose bytes were used before.
func dirtyEvents(n int, dirt byte) *engine.Events {
	ev := engine.NewEvents(n)
	full := (*struct{ buf []engine.Event })(unsafe.Pointer(ev)).buf
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(full))), len(full)*engine.EventBytes)
	for i := range b {
		b[i] = dirt
	}
	return ev
}

// TestReplayGivesTheSameBytes: the same commands give the same event bytes and
// the same digest, whatever the hash seed, the buffers and the collector do.
func TestReplayGivesTheSameBytes(t *testing.T) {
	for name, limits := range twinLimits {
		log := recordCommands(t, limits, 42, 3000)
		first, digest := replay(t, limits, log, 0)
		limits.HashSeed = 0xDECAFBAD
		second, again := replay(t, limits, log, 0xA5)
		if !bytes.Equal(first, second) {
			for i := 0; i < min(len(first), len(second)); i += engine.EventBytes {
				if !bytes.Equal(first[i:i+engine.EventBytes], second[i:i+engine.EventBytes]) {
					t.Fatalf("%s: event %d differs:\n% x\n% x", name, i/engine.EventBytes, first[i:i+engine.EventBytes], second[i:i+engine.EventBytes])
				}
			}
			t.Fatalf("%s: %d and %d bytes of events", name, len(first), len(second))
		}
		if digest != again {
			t.Errorf("%s: digests %016x and %016x", name, digest, again)
		}
	}
}

// TestTheDigestIsOfTheBooksMeaning: two ways to the same books, the same digest;
// any one thing different, another.
func TestTheDigestIsOfTheBooksMeaning(t *testing.T) {
	digest := func(commands ...string) uint64 {
		p := newPair(scriptLimits, scriptInstruments)
		for _, c := range commands {
			p.must(t, cmd(c))
		}
		return p.engine.Digest()
	}
	base := digest("buy a 5 @ 100", "buy b 6 @ 100")
	if digest("buy a 5 @ 100", "sell x 5 @ 105", "buy c 1 @ 90", "buy b 6 @ 100", "cancel c", "cancel x") != base {
		t.Error("orders that are gone show in the digest")
	}
	if digest("buy a 5 @ 100", "kill session C", "lift session C", "phase halted in 1", "phase pre-open in 1", "phase continuous in 1", "buy b 6 @ 100") != base {
		t.Error("a kill that was lifted and a phase that is over show in the digest")
	}
	if digest("buy a 5 @ 100", "buy b 6 @ 100", "buy c 1 stop 110") == digest("buy a 5 @ 100", "buy b 6 @ 100", "buy c 1 stop 111") {
		t.Error("a stop price does not show in the digest")
	}
	for what, other := range map[string]uint64{
		"queue order":  digest("buy b 6 @ 100", "buy a 5 @ 100"),
		"quantity":     digest("buy a 5 @ 100", "buy b 7 @ 100"),
		"price":        digest("buy a 5 @ 100", "buy b 6 @ 99"),
		"side":         digest("sell a 5 @ 100", "sell b 6 @ 100"),
		"client id":    digest("buy a 5 @ 100", "buy c 6 @ 100"),
		"account":      digest("buy a 5 @ 100", "B: buy b 6 @ 100"),
		"session":      digest("buy a 5 @ 100", "A2: buy b 6 @ 100"),
		"post-only":    digest("buy a 5 @ 100", "buy b 6 @ 100 post"),
		"instrument":   digest("buy a 5 @ 100 in 1", "buy b 6 @ 100 in 1"),
		"hidden":       digest("buy a 5 @ 100", "buy b 6 @ 100 hidden"),
		"iceberg":      digest("buy a 5 @ 100", "buy b 6 @ 100 display 6"),
		"a day order":  digest("buy a 5 @ 100", "buy b 6 @ 100 day"),
		"self trades":  digest("buy a 5 @ 100", "buy b 6 @ 100 stp cn"),
		"a group":      digest("buy a 5 @ 100", "buy b 6 @ 100", "account C group 3 cap 0"),
		"a cap":        digest("buy a 5 @ 100", "buy b 6 @ 100", "account C group 0 cap 3"),
		"a kill":       digest("buy a 5 @ 100", "buy b 6 @ 100", "kill account C"),
		"another kill": digest("buy a 5 @ 100", "buy b 6 @ 100", "kill session C"),
		"the venue's":  digest("kill venue", "lift venue", "buy a 5 @ 100", "buy b 6 @ 100", "kill instrument in 1"),
		"phase":        digest("buy a 5 @ 100", "buy b 6 @ 100", "phase halted"),
		"parked":       digest("buy a 5 @ 100", "buy b 6 @ 100", "buy c 1 stop 110"),
		"executed":     digest("buy a 7 @ 100", "sell x 2 @ 100", "buy b 6 @ 100"),
		"a past trade": digest("buy z 1 @ 100", "sell x 1 @ 100", "buy a 5 @ 100", "buy b 6 @ 100"),
	} {
		if other == base {
			t.Errorf("%s does not show in the digest", what)
		}
	}
}
