package bench

import (
	"fmt"
	"testing"
)

// The lines that the generator sees most, a received and an open per order: its own
// cost for each order that it drives.
func BenchmarkScanOfAnOrder(b *testing.B) {
	f, err := newOrderFlow(1, 100, 200, 1, "b1234567")
	if err != nil {
		b.Fatal(err)
	}
	a := f.newAnswers(0, make([]bool, len(f.createdBy)))
	var lines [2][]byte
	for i, kind := range []string{"received", "open"} {
		lines[i] = fmt.Appendf(nil, `{"type":"%s","sequence":123456,"time":"2026-11-23T10:00:00.123456789Z","product_id":"DEMO","order_id":"2097153","client_oid":"b12345670000000a","side":"buy","price":"100.00","size":"10","remaining_size":"10"}`, kind)
	}
	for b.Loop() {
		for _, line := range lines {
			a.scan(line)
		}
	}
}

// An id is found wherever the field is: where it was in the line before, a place
// further on, and anywhere else.
func TestIDIsFoundWhereverItIs(t *testing.T) {
	f, err := newOrderFlow(1, 100, 200, 1, "b1234567")
	if err != nil {
		t.Fatal(err)
	}
	a := f.newAnswers(0, make([]bool, len(f.createdBy)))
	for i, sequence := range []string{"9", "10", "11", "100000", "7", "8"} {
		line := fmt.Appendf(nil, `{"type":"open","sequence":%s,"client_oid":"b1234567%08x","side":"buy"}`, sequence, i+1)
		if id := a.id(line); id != uint32(i+1) {
			t.Errorf("line %d: id %d", i, id)
		}
	}
	if id := a.id([]byte(`{"type":"open","sequence":9}`)); id != 0 {
		t.Errorf("id %d where there is none", id)
	}
}
