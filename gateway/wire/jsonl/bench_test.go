package jsonl

import (
	"testing"

	"pricetime/engine"
)

func BenchmarkDecodeOrder(b *testing.B) {
	line := []byte(`{"type":"order","client_oid":"a1","product_id":"AAPL","side":"buy","order_type":"limit","price":"585.33","size":"100","time_in_force":"GTC"}`)
	d := NewDecoder(testProducts(b))
	var req Request
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if f := d.Decode(line, &req); f.Code != FaultNone {
			b.Fatal(f)
		}
	}
}

func BenchmarkDecodeCancel(b *testing.B) {
	line := []byte(`{"type":"cancel","client_oid":"a1"}`)
	d := NewDecoder(testProducts(b))
	var req Request
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if f := d.Decode(line, &req); f.Code != FaultNone {
			b.Fatal(f)
		}
	}
}

// Received and open: the two lines of an order that rests.
func BenchmarkAppendAccepted(b *testing.B) {
	e := NewEncoder(testProducts(b))
	ev := orderEvent(engine.EvAccepted, engine.FlagRests)
	sequence, dst := uint64(1), make([]byte, 0, AnswerBytesMax)
	b.ReportAllocs()
	for b.Loop() {
		dst = e.AppendAnswers(dst[:0], &ev, RoleIncoming, &sequence)
	}
}

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
