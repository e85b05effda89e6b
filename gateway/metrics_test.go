package gateway_test

import (
	"io"
	"math"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"pricetime/gateway"
)

// watched is a venue with a metrics door.
func watched(t *testing.T) (*venue, *gateway.Metrics, *gateway.HTTPDoor) {
	t.Helper()
	v := start(t, gateway.Options{Limits: smallLimits(), Idle: gateway.IdlePark})
	m := gateway.NewMetrics(v.Venue)
	d, err := gateway.OpenHTTP("127.0.0.1:0", m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return v, m, d
}

// ask is one request, sent in two pieces, and all that comes back.
func ask(t *testing.T, d *gateway.HTTPDoor, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", d.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	half := len(request) / 2
	io.WriteString(c, request[:half])
	io.WriteString(c, request[half:])
	answer, _ := io.ReadAll(c) // a reset is how a door that has not read all hangs up
	return string(answer)
}

func TestHTTPDoorAnswers(t *testing.T) {
	v, _, d := watched(t)
	const ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
	for _, c := range []struct{ request, want string }{
		{"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", ok + "ok\n"},
		{"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n", ok},
		{"GET /readyz?verbose HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK"},
		{"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404"},
		{"POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405"},
		{"\r\n\r\n", "HTTP/1.1 405"},
		{"GET\r\n\r\n", "HTTP/1.1 405"},
		{"GET " + strings.Repeat("/", 9<<10), ""}, // longer than a request may be
		{"GET /healthz HTTP/1.1\r\n", ""},         // never ends, and is hung up on
	} {
		if got := ask(t, d, c.request); c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("%.40q is answered %q, want %q", c.request, got, c.want)
		}
	}
	v.Stop()
	if got := ask(t, d, "GET /readyz HTTP/1.1\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 503") {
		t.Errorf("a venue that drains is %q", got)
	}
}

// A peer that says nothing holds the door for a moment, not for good; and one that
// is there when the door closes does not keep it.
func TestHTTPDoorDoesNotWaitForASilentPeer(t *testing.T) {
	_, _, d := watched(t)
	silent, err := net.Dial("tcp", d.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if got := ask(t, d, "GET /healthz HTTP/1.1\r\n\r\n"); !strings.HasSuffix(got, "ok\n") {
		t.Errorf("behind a silent peer: %q", got)
	}
	another, err := net.Dial("tcp", d.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer another.Close()
	began := time.Now()
	d.Close()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("closing took %v", took)
	}
	if _, err := net.Dial("tcp", d.Addr()); err == nil {
		t.Error("a closed door takes connections")
	}
}

func TestHTTPDoorStaysOnTheLoopback(t *testing.T) {
	v := start(t, gateway.Options{Limits: smallLimits(), Idle: gateway.IdlePark})
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:7005"} {
		if d, err := gateway.OpenHTTP(address, gateway.NewMetrics(v.Venue)); err == nil {
			d.Close()
			t.Errorf("%s is open", address)
		} else if !strings.Contains(err.Error(), "password") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// scrape reads the page with Go's own client, checks its form, and returns the values.
func scrape(t *testing.T, d *gateway.HTTPDoor) map[string]float64 {
	t.Helper()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	r, err := c.Get("http://" + d.Addr() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("%v %v %v", r.StatusCode, r.Header, err)
	}
	values := map[string]float64{}
	metric := regexp.MustCompile(`# HELP (\w+) [^\n]+\n# TYPE (\w+) (counter|gauge)\n(\w+) (\S+)\n`)
	rest := metric.ReplaceAllStringFunc(string(text), func(s string) string {
		m := metric.FindStringSubmatch(s)
		v, err := strconv.ParseFloat(m[5], 64)
		if m[1] != m[2] || m[1] != m[4] || err != nil || strings.HasSuffix(m[1], "_total") != (m[3] == "counter") {
			t.Errorf("not in Prometheus' form: %q", s)
		}
		values[m[1]] = v
		return ""
	})
	if rest != "" {
		t.Errorf("left over: %q", rest)
	}
	if len(text) > gateway.MetricsBytesMax {
		t.Errorf("the page has %d bytes, at most %d fit", len(text), gateway.MetricsBytesMax)
	}
	return values
}

var kept [][]byte

func TestMetricsSayWhatTheRuntimeDoes(t *testing.T) {
	_, _, d := watched(t)
	before := scrape(t, d)
	const n, size = 20_000, 1 << 10
	kept = make([][]byte, n)
	for i := range kept {
		kept[i] = make([]byte, size)
	}
	runtime.GC()
	after := scrape(t, d)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	kept = nil
	grown := func(name string, least, most float64) {
		t.Helper()
		if g := after[name] - before[name]; g < least || g > most {
			t.Errorf("%s has grown by %v, want %v to %v", name, g, least, most)
		}
	}
	grown("pricetime_collector_cycles_total", 1, 3)
	grown("pricetime_heap_allocated_objects_total", n, n+5000)
	grown("pricetime_heap_allocated_bytes_total", n*size, n*size+4<<20)
	if p := after["pricetime_collector_pause_seconds_total"]; p <= 0 || p > 5 {
		t.Errorf("pauses of %v s", p)
	}
	near := func(name string, want float64) {
		t.Helper()
		if got := after[name]; math.Abs(got-want) > 0.1*want {
			t.Errorf("%s is %v, the runtime says %v", name, got, want)
		}
	}
	near("pricetime_heap_objects", float64(m.HeapObjects))
	near("pricetime_heap_bytes", float64(m.HeapAlloc))
	if before["pricetime_heap_objects_opened"] <= 0 || after["pricetime_threads"] < 2 || after["pricetime_goroutines"] < 2 {
		t.Errorf("%v", after)
	}
}

// Reading the page allocates nothing and stops no thread.
func TestMetricsLeaveTheVenueAlone(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	_, m, _ := watched(t)
	page := make([]byte, 0, gateway.MetricsBytesMax)
	if n := testing.AllocsPerRun(1000, func() { page = m.Append(page[:0]) }); n != 0 {
		t.Errorf("a page costs %v allocations", n)
	}
	stops := func() (n uint64) {
		s := []metrics.Sample{{Name: "/sched/pauses/total/other:seconds"}, {Name: "/sched/pauses/total/gc:seconds"}}
		metrics.Read(s)
		for i := range s {
			for _, c := range s[i].Value.Float64Histogram().Counts {
				n += c
			}
		}
		return n
	}
	var stats runtime.MemStats
	for try := range 5 { // the runtime may have a reason of its own, once
		before := stops()
		for range 1000 {
			page = m.Append(page[:0])
		}
		n := stops() - before
		if n == 0 {
			break
		} else if try == 4 {
			t.Errorf("%d stops of the world in 1000 pages", n)
		}
	}
	before := stops()
	runtime.ReadMemStats(&stats) // the ruler: this one stops the world
	if stops() == before {
		t.Error("a stop of the world was not counted")
	}
}
