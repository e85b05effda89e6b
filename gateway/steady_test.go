package gateway_test

import (
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"pricetime/engine"
	"pricetime/gateway"
	"pricetime/gateway/client"
)

// 100,000 orders over TCP into a warm venue, in every kind of command, with a
// subscriber to everything listening: nothing in the process allocates, from the
// socket to the socket. A collection costs the core milliseconds; a venue that
// allocates nothing never needs one.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	everyWay(t, func(t *testing.T, o gateway.Options) {
		o.Limits.ErrorsMax = 1 << 30
		v := start(t, o)
		trader, watcher := dialSpin(t, v, `{"type":"login","account":"trader"}`), dialSpin(t, v, `{"type":"login","account":"watcher"}`)
		watcher.write(t, []byte(`{"type":"subscribe","channels":["full","level2","ticker","matches"],"product_ids":["DEMO","AAPL","BTC-USD"]}`+"\n"))
		ids := make([]byte, 0, 16)
		round := func(n int) {
			for range n / 10 {
				ids = trader.tenOrders(t, ids)
				watcher.drain(t)
			}
		}
		n, allowed := 10_000, uint64(100) // what the runtime makes for goroutines that sleep and wake
		if o.Transport == gateway.TransportEpoll && o.Threads == gateway.ThreadsShared {
			n, allowed = 100_000, 0
		}
		round(10_000)
		defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection would count what it allocates itself
		runtime.GC()
		var before, after runtime.MemStats
		var got []uint64
		for range 5 { // the runtime itself makes a thread, or cleans up, now and then: not every time
			runtime.ReadMemStats(&before)
			round(n)
			runtime.ReadMemStats(&after)
			got = append(got, after.Mallocs-before.Mallocs)
			if got[len(got)-1] <= allowed {
				break
			}
		}
		if slices.Min(got) > allowed {
			t.Errorf("%d allocations for %d orders each, allowed %d", got, n, allowed)
		}
		if after.NumGC != before.NumGC {
			t.Errorf("%d collections", after.NumGC-before.NumGC)
		}
	})
}

// spinner is a client that does not allocate either.
type spinner struct {
	*client.Spin
	next int
	buf  []byte
}

func dialSpin(t *testing.T, v *venue, login string) *spinner {
	t.Helper()
	s, err := client.DialSpin(v.JSONAddr(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	sp := &spinner{Spin: s, buf: make([]byte, 0, 4096)}
	sp.write(t, []byte(login+"\n"))
	sp.await(t, `{"type":"logged_in"`, 1)
	return sp
}

func (s *spinner) write(t *testing.T, b []byte) {
	t.Helper()
	if _, err := s.Write(b); err != nil {
		t.Fatal(err)
	}
}

// await reads until n lines begin with prefix.
func (s *spinner) await(t *testing.T, prefix string, n int) {
	t.Helper()
	for n > 0 {
		line, ok, err := s.Poll()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			runtime.Gosched()
			continue
		}
		if len(line) >= len(prefix) && string(line[:len(prefix)]) == prefix {
			n--
		}
	}
}

func (s *spinner) drain(t *testing.T) {
	t.Helper()
	for {
		_, ok, err := s.Poll()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return
		}
	}
}

// tenOrders sends ten orders that rest, trade, are reduced, replaced, refused and
// canceled, and waits for the pong behind them.
func (s *spinner) tenOrders(t *testing.T, id []byte) []byte {
	t.Helper()
	b := s.buf[:0]
	for i := range 10 {
		s.next++
		id = appendNumber(append(id[:0], 'o'), s.next)
		side, price := `"buy"`, byte('1')
		if i%2 == 1 {
			side, price = `"sell"`, '0'+byte(i/5) // some meet the buys
		}
		b = append(append(append(b, `{"type":"order","client_oid":"`...), id...), `","product_id":"DEMO","side":`...)
		b = append(append(append(append(b, side...), `,"price":"1.0`...), price), `","size":"7"`...)
		if i == 9 {
			b = append(b, `,"order_type":"limit","time_in_force":"IOC"`...)
		}
		b = append(b, "}\n"...)
		if i == 2 {
			b = append(append(append(b, `{"type":"reduce","client_oid":"`...), id...), `","size":"3"}`+"\n"...)
		}
		if i == 3 {
			b = append(append(append(b, `{"type":"replace","client_oid":"`...), id...), `","price":"2.00"}`+"\n"...)
		}
		if i == 4 {
			b = append(append(append(b, `{"type":"cancel","client_oid":"`...), id...), `"}`+"\n"...)
			b = append(b, `{"type":"cancel","client_oid":"nosuch"}`+"\n"+`{"type":"order","product_id":"NONE","side":"buy","price":"1.00","size":"1"}`+"\n"...)
			b = append(b, `{"type":"order","side":"up"}`+"\n"...)
		}
	}
	b = append(b, `{"type":"status","client_oid":"o1"}`+"\n"+`{"type":"cancel_all"}`+"\n"+`{"type":"orders"}`+"\n"+`{"type":"ping"}`+"\n"...)
	s.write(t, b)
	s.buf = b
	s.await(t, `{"type":"pong"`, 1)
	return id
}

func appendNumber(b []byte, n int) []byte {
	if n >= 10 {
		b = appendNumber(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

// The script does what it says, or the test above would measure less than it claims.
func TestSteadyScriptDoesEverything(t *testing.T) {
	o := gateway.Options{Limits: smallLimits(), Tap: &gateway.Tap{}}
	v := start(t, o)
	s := dialSpin(t, v, `{"type":"login","account":"trader"}`)
	s.tenOrders(t, nil)
	v.Stop()
	seen := map[engine.EventKind]bool{}
	for i := range o.Tap.Events {
		seen[o.Tap.Events[i].Kind] = true
	}
	for kind := engine.EvAccepted; kind <= engine.EvOrdersEnd; kind++ {
		if !seen[kind] {
			t.Errorf("no event of kind %d", kind)
		}
	}
}
