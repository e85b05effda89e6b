package jsonl

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pricetime/engine"
)

// A thousand lines or events each, that differ where a client's differ: a processor
// learns one line by heart, its branches too, and shows a time that no order has.
const benchLines = 1024

var lineKinds = []struct {
	name string
	line func(r *rand.Rand, i int) string
}{
	{"order", func(r *rand.Rand, i int) string {
		return fmt.Sprintf(`{"type":"order","client_oid":"c%d","product_id":"AAPL","side":"%s","price":"%d.%02d","size":"%d"}`,
			i*7919, [2]string{"buy", "sell"}[r.IntN(2)], 90+r.IntN(20), r.IntN(100), 1+r.IntN(200))
	}},
	{"order-all-fields", func(r *rand.Rand, i int) string {
		return fmt.Sprintf(`{"type": "order", "client_oid": "%08x-9dad-41d1-80b4-%012x", "product_id": "BTC-USD", "side": "%s", "order_type": "limit", "price": "%d.%02d", "size": "%d.%d", "time_in_force": "%s", "post_only": false}`,
			r.Uint32()|1<<31, i, [2]string{"buy", "sell"}[r.IntN(2)], 60_000+r.IntN(2000), r.IntN(100), r.IntN(3), 1+r.IntN(99_999), [2]string{"GTC", "IOC"}[r.IntN(2)])
	}},
	{"cancel", func(r *rand.Rand, i int) string { return fmt.Sprintf(`{"type":"cancel","client_oid":"c%d"}`, i*7919) }},
	{"cancel-order-id", func(r *rand.Rand, i int) string {
		return fmt.Sprintf(`{"type":"cancel","order_id":"%d"}`, r.Uint64N(1e6)<<21|r.Uint64N(1<<21))
	}},
	{"replace", func(r *rand.Rand, i int) string {
		return fmt.Sprintf(`{"type":"replace","client_oid":"c%d","new_client_oid":"d%d","price":"%d.%02d","size":"%d"}`, i*7919, i, 90+r.IntN(20), r.IntN(100), 1+r.IntN(200))
	}},
}

func benchDecode(b *testing.B, decode func(d *Decoder, line []byte, req *Request) Fault) {
	for _, kind := range lineKinds {
		b.Run(kind.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			lines := make([][]byte, benchLines)
			for i := range lines {
				lines[i] = []byte(kind.line(r, i))
			}
			d := NewDecoder(testProducts(b))
			var req Request
			i := 0
			for b.Loop() {
				if f := decode(d, lines[i%benchLines], &req); f.Code != FaultNone {
					b.Fatalf("%s: %s %s", lines[i%benchLines], f.Code, f.Field)
				}
				i++
			}
		})
	}
}

// The decoder as it is; all these lines take the fast path.
func BenchmarkDecodeFast(b *testing.B) { benchDecode(b, (*Decoder).Decode) }

// The same lines on the general path alone.
func BenchmarkDecodeFastjson(b *testing.B) { benchDecode(b, (*Decoder).general) }

var eventKinds = []struct {
	name string
	role Role
	make func(e *engine.Event)
}{
	{"received-open", RoleIncoming, func(e *engine.Event) { e.Kind, e.Flags = engine.EvAccepted, engine.FlagRests }},
	{"received", RoleIncoming, func(e *engine.Event) { e.Kind, e.TimeInForce = engine.EvAccepted, engine.IOC }},
	{"match", RoleIncoming, func(e *engine.Event) { e.Kind = engine.EvExecuted }},
	{"match-done", RoleResting, func(e *engine.Event) { e.Kind, e.ContraLeaves = engine.EvExecuted, 0 }},
	{"done", RoleIncoming, func(e *engine.Event) { e.Kind, e.Reason = engine.EvCanceled, engine.ReasonCanceled }},
	{"replaced-open", RoleIncoming, func(e *engine.Event) { e.Kind, e.Flags = engine.EvReplaced, engine.FlagRests }},
}

type answerEncoder interface {
	AppendAnswers(dst []byte, ev *engine.Event, to Role, sequence *uint64) []byte
}

func benchAppend(b *testing.B, e answerEncoder) {
	for _, kind := range eventKinds {
		b.Run(kind.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			events := make([]engine.Event, benchLines)
			for i := range events {
				ev := &events[i]
				*ev = orderEvent(0, 0)
				ev.Time += engine.Time(i / 16 * 9_973) // sixteen to a batch
				ev.Side, ev.OrderID, ev.ClOrdID = engine.Side(r.IntN(2)), engine.OrderID(1000+i)<<21|5, clOrdID(fmt.Sprint("c", i*7919))
				ev.Price, ev.Qty, ev.Leaves, ev.ContraLeaves = engine.Price(9_000+r.IntN(2000)), engine.Qty(1+r.IntN(200)), engine.Qty(1+r.IntN(200)), 7
				ev.ContraOrderID, ev.ContraClOrdID, ev.TradeID = ev.OrderID-1<<21, clOrdID(fmt.Sprint("m", i*31)), uint64(100_000+i)
				kind.make(ev)
				if ev.Kind != engine.EvExecuted { // these are the stop price, the expire time and the slice then
					ev.ContraOrderID, ev.ContraLeaves, ev.TradeID = 0, 0, 0
				}
			}
			sequence, dst := uint64(100_000), make([]byte, 0, AnswerBytesMax)
			i := 0
			for b.Loop() {
				dst = e.AppendAnswers(dst[:0], &events[i%benchLines], kind.role, &sequence)
				i++
			}
		})
	}
}

// The encoder as it is.
func BenchmarkAppend(b *testing.B) { benchAppend(b, NewEncoder(testProducts(b))) }

// The encoder as one would write it first.
func BenchmarkAppendPlain(b *testing.B) { benchAppend(b, newPlainEncoder(testProducts(b))) }

func BenchmarkParseMatch(b *testing.B) {
	e := NewEncoder(testProducts(b))
	ev := orderEvent(engine.EvExecuted, 0)
	sequence := uint64(1)
	line := e.AppendAnswers(nil, &ev, RoleIncoming, &sequence)
	p := NewParser()
	var m Message
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Parse(line, &m); err != nil {
			b.Fatal(err)
		}
	}
}
