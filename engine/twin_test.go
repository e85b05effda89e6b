package engine_test

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/engine/model"
)

// A pair is an engine and a model that are given the same commands. An OrderID in
// a command is an ordinal, 1 for the first order accepted, which is the id that
// the model issues; the pair puts the engine's id in its place, and ordinals for
// ids in the engine's events.
type pair struct {
	engine *engine.Engine
	model  *model.Model
	events *engine.Events
	laws   tape
	seq    engine.Seq

	ids      []engine.OrderID // the engine's, by ordinal - 1
	ordinals map[engine.OrderID]engine.OrderID
}

func newPair(limits engine.Limits, instruments []engine.Instrument) *pair {
	e, err := engine.New(limits, instruments)
	if err != nil {
		panic(err)
	}
	return &pair{
		engine:   e,
		model:    model.New(limits, instruments),
		events:   engine.NewEvents(limits.EventsPerCommandMax()),
		ordinals: make(map[engine.OrderID]engine.OrderID),
	}
}

// neverIssued stands in the engine's commands for ordinals that no order has.
const neverIssued = engine.OrderID(1) << 62

// apply gives a command to both and returns the events, with ordinals for ids, or
// what the two disagree about or which law is broken.
func (p *pair) apply(c engine.Command) (got []engine.Event, err error) {
	defer func() { // a panic is a disagreement too, and wants its script
		if r := recover(); r != nil {
			err = fmt.Errorf("command %d: panic: %v\n%s", p.seq, r, debug.Stack())
		}
	}()
	p.seq++
	want := p.model.Apply(p.seq, &c)

	own := c
	if n := int(c.OrderID); n > len(p.ids) {
		own.OrderID = neverIssued | c.OrderID
	} else if n > 0 {
		own.OrderID = p.ids[n-1]
	}
	p.events.Reset()
	p.engine.Warm() // neither changes anything
	p.engine.Ahead(&own)
	p.engine.Apply(p.seq, &own, p.events)
	got = append(got, p.events.All()...)
	for i := range got {
		p.rename(&got[i])
	}

	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return got, fmt.Errorf("event %d of command %d differs:\nengine %s\nmodel  %s", i+1, p.seq, fields(got[i]), fields(want[i]))
		}
	}
	if len(got) != len(want) {
		return got, fmt.Errorf("command %d: the engine made %d events and the model %d:\nengine %v\nmodel  %v",
			p.seq, len(got), len(want), allFields(got), allFields(want))
	}
	if g, w := p.engine.Digest(), p.model.Digest(); g != w {
		return got, fmt.Errorf("after command %d the engine's digest is %016x and the model's %016x", p.seq, g, w)
	}
	if g, w := p.engine.OpenOrders(), p.model.OpenOrders(); g != w {
		return got, fmt.Errorf("after command %d the engine holds %d open orders and the model %d", p.seq, g, w)
	}
	if err := p.engine.Check(); err != nil {
		return got, fmt.Errorf("after command %d: %w", p.seq, err)
	}
	if err := p.model.Check(); err != nil {
		return got, fmt.Errorf("after command %d: %w", p.seq, err)
	}
	if err := p.laws.take(&c, got); err != nil {
		return got, fmt.Errorf("command %d: %w", p.seq, err)
	}
	return got, nil
}

// rename puts ordinals in the place of the engine's ids.
func (p *pair) rename(e *engine.Event) {
	if e.Kind == engine.EvAccepted {
		p.ids = append(p.ids, e.OrderID)
		p.ordinals[e.OrderID] = engine.OrderID(len(p.ids))
	}
	ids := []*engine.OrderID{&e.OrderID}
	switch e.Kind {
	case engine.EvExecuted:
		ids = append(ids, &e.ContraOrderID) // of other kinds it is a stop price
	case engine.EvKilled, engine.EvAccountSet:
		return // it is an account or a session
	}
	for _, id := range ids {
		if n, known := p.ordinals[*id]; known {
			*id = n
		} else {
			*id &^= neverIssued
		}
	}
}

// twinLimits are the sizes that the twins run with: roomy ones, and ones that a
// flow runs into.
var twinLimits = map[string]engine.Limits{
	"roomy":      {OrdersMax: 200, AccountsMax: 3, LevelsPerSideMax: 64, OrdersPerDay: 4000, ClOrdIDsPerDay: 4000, ParkedMax: 100, SlicesMax: 2000, HashSeed: 7},
	"few orders": {OrdersMax: 7, AccountsMax: 3, LevelsPerSideMax: 64, OrdersPerDay: 4000, ClOrdIDsPerDay: 4000, ParkedMax: 5, SlicesMax: 100},
	"few parked": {OrdersMax: 200, AccountsMax: 3, LevelsPerSideMax: 64, OrdersPerDay: 4000, ClOrdIDsPerDay: 4000, ParkedMax: 3, SlicesMax: 6},
	"few levels": {OrdersMax: 200, AccountsMax: 3, LevelsPerSideMax: 3, OrdersPerDay: 4000, ClOrdIDsPerDay: 4000, ParkedMax: 100, SlicesMax: 2000},
	"few ids":    {OrdersMax: 200, AccountsMax: 3, LevelsPerSideMax: 64, OrdersPerDay: 250, ClOrdIDsPerDay: 200, ParkedMax: 100, SlicesMax: 2000},
	"one of all": {OrdersMax: 1, AccountsMax: 1, LevelsPerSideMax: 1, OrdersPerDay: 4000, ClOrdIDsPerDay: 4000, ParkedMax: 1, SlicesMax: 1},
}

// TestEngineAndModelAgree runs seeded flows of all kinds of commands through both
// and compares every event, the digest and the laws after every command.
func TestEngineAndModelAgree(t *testing.T) {
	const commands = 2000
	seeds := uint64(84) // 1,008,000 commands over all limits
	if testing.Short() {
		seeds = 2
	}
	for name, limits := range twinLimits {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			for seed := uint64(1); seed <= seeds; seed++ {
				next := flow.NewRandom(seed, limits, flow.VenueInstruments()).Everything()
				runTwins(t, fmt.Sprintf("seed %d, limits %q", seed, name), limits, next, commands)
			}
		})
	}
}

// FuzzTwin lets a fuzzer choose the commands. The first byte chooses the limits.
func FuzzTwin(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte("\x00the quick brown fox jumps over the lazy dog, again and again and again and again"))
	f.Add([]byte("\x02\x00\x05\x10\x00\x00\x01\x04\x09\x10\x10\x10\x00\x01\x05\x30\x40\x50\x60\x70\x80\x90\xa0\xb0\xc0\xd0\xe0\xf0"))
	names := []string{"roomy", "few orders", "few levels", "one of all", "few parked"}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		limits := twinLimits[names[int(b[0])%len(names)]]
		limits.OrdersPerDay, limits.ClOrdIDsPerDay = 300, 300
		next := flow.NewRandomFrom(b[1:], limits, flow.VenueInstruments()).Everything()
		runTwins(t, "fuzz", limits, next, 1000)
	})
}

// runTwins runs up to n commands of a flow. When the twins disagree it finds a
// short script that makes them disagree, and prints it.
func runTwins(t *testing.T, what string, limits engine.Limits, next *flow.Random, n int) {
	t.Helper()
	p := newPair(limits, flow.VenueInstruments())
	var script []engine.Command
	var c engine.Command
	for len(script) < n && next.Next(&c) {
		script = append(script, c)
		events, err := p.apply(c)
		if err != nil {
			short := shrink(limits, script, func(s []engine.Command) bool { return disagree(limits, s) != nil })
			t.Fatalf("%s: %v\n\nThe shortest script found, over flow.VenueInstruments() with limits %+v:\n%s\nends with: %v",
				what, err, limits, literals(short), disagree(limits, short))
		}
		next.Observe(&c, events)
	}
}

// disagree runs a script and returns the first disagreement.
func disagree(limits engine.Limits, script []engine.Command) error {
	p := newPair(limits, flow.VenueInstruments())
	for _, c := range script {
		if _, err := p.apply(c); err != nil {
			return err
		}
	}
	return nil
}

// fields prints the fields of a command or an event that are not zero.
func fields(v any) string {
	var b strings.Builder
	s := reflect.ValueOf(v)
	for i := range s.NumField() {
		name := s.Type().Field(i).Name
		if name == "_" || s.Field(i).IsZero() {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		f := s.Field(i).Interface()
		if id, ok := f.(engine.ClOrdID); ok {
			f = strings.Replace(fmt.Sprintf("%#v", [16]byte(id)), "[16]uint8", "engine.ClOrdID", 1)
			if text := strings.TrimRight(string(id[:]), "\x00"); isText(text) {
				f = fmt.Sprintf("clOrdID(%q)", text)
			}
		}
		fmt.Fprintf(&b, "%s: %v", name, f)
	}
	return "{" + b.String() + "}"
}

func isText(s string) bool {
	for _, r := range s {
		if r < ' ' || r > '~' {
			return false
		}
	}
	return true
}

func allFields(events []engine.Event) string {
	var b strings.Builder
	for _, e := range events {
		b.WriteString("\n  " + fields(e))
	}
	return b.String()
}

// literals prints a script as the Go source of a []engine.Command.
func literals(script []engine.Command) string {
	var b strings.Builder
	for _, c := range script {
		fmt.Fprintf(&b, "\t%s,\n", fields(c))
	}
	return b.String()
}

// clOrdID makes a client id of up to 16 characters.
func clOrdID(s string) (id engine.ClOrdID) {
	if copy(id[:], s) < len(s) {
		panic("client id is too long: " + s)
	}
	return id
}
