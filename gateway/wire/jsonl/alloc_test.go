package jsonl

import (
	"runtime"
	"testing"

	"pricetime/engine"
)

// zeroAllocs runs f once to warm up and then counts.
func zeroAllocs(t *testing.T, name string, f func()) {
	t.Helper()
	f()
	if n := testing.AllocsPerRun(100, f); n != 0 {
		t.Errorf("%s: %v allocations", name, n)
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	d := NewDecoder(testProducts(t))
	var req Request
	for _, c := range decodes {
		line := []byte(c.line)
		zeroAllocs(t, c.line, func() { d.Decode(line, &req) })
	}
	// All of them in turn, so that no shape of a line undoes what another warmed up.
	lines := make([][]byte, len(decodes))
	for i, c := range decodes {
		lines[i] = []byte(c.line)
	}
	zeroAllocs(t, "all in turn", func() {
		for _, line := range lines {
			d.Decode(line, &req)
		}
	})
}

// A new decoder does not need to see a kind of line before.
func TestDecodeIsWarmFromTheStart(t *testing.T) {
	for _, c := range decodes {
		least := uint64(1 << 63) // of three tries: the runtime allocates now and then, too
		for range 3 {
			d, line := NewDecoder(testProducts(t)), []byte(c.line)
			var req Request
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d.Decode(line, &req)
			runtime.ReadMemStats(&after)
			least = min(least, after.Mallocs-before.Mallocs)
		}
		if least != 0 {
			t.Errorf("%s: %d allocations the first time", c.line, least)
		}
	}
}

// Nor do faults, but for lines that the JSON parser refuses: its errors are its own.
func TestFaultsDoNotAllocate(t *testing.T) {
	d, e := NewDecoder(testProducts(t)), NewEncoder(testProducts(t))
	dst := make([]byte, 0, ReplyBytesMax)
	var req Request
	for _, c := range faults {
		line := []byte(c.line)
		if c.code == FaultMalformed && c.field == "" && lint(line) == "" {
			continue
		}
		zeroAllocs(t, c.line, func() {
			fault := d.Decode(line, &req)
			dst = e.AppendError(dst[:0], &fault)
		})
	}
}

func TestAnswersDoNotAllocate(t *testing.T) {
	e, p := NewEncoder(testProducts(t)), NewParser()
	dst := make([]byte, 0, AnswerBytesMax)
	var m Message
	for _, c := range answers() {
		ev, sequence := c.event, uint64(1)
		zeroAllocs(t, c.name, func() {
			ev.Time += engine.Time(300_000_000) // the second changes now and then
			dst = e.AppendAnswers(dst[:0], &ev, c.role, &sequence)
		})
		if len(c.want) == 1 {
			zeroAllocs(t, "reading "+c.name, func() { p.Parse(dst, &m) })
		}
	}
	req := Request{Kind: RequestSubscribe, Channels: 15, Products: []engine.InstrumentID{testAAPL}}
	zeroAllocs(t, "replies", func() {
		dst = e.AppendLoggedIn(dst[:0], []byte("alice"), 7, 1)
		dst = e.AppendPong(dst)
		dst = e.AppendHeartbeat(dst)
		dst = e.AppendSubscriptions(dst, &req)
	})
}

func TestBuildersDoNotAllocate(t *testing.T) {
	dst := make([]byte, 0, LineBytesMax)
	order := OrderRequest{ClientOID: "a1", ProductID: "AAPL", Side: "buy", OrderType: "limit", Price: "585.33", Size: "100", TimeInForce: "GTC", PostOnly: true}
	replace := ReplaceRequest{Target: Target{OrderID: 7}, NewClientOID: "a2", Price: "1", Size: "2"}
	zeroAllocs(t, "builders", func() {
		dst = AppendOrder(dst[:0], &order)
		dst = AppendCancel(dst, order.target())
		dst = AppendReduce(dst, replace.Target, "5")
		dst = AppendReplace(dst, &replace)
		dst = AppendPing(dst)
	})
}

func (r *OrderRequest) target() Target { return Target{ClientOID: r.ClientOID} }
