package bench

import (
	"bytes"
	"math"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"pricetime/gateway/client"
)

// The ruler is measured here, on a server whose answers are known beforehand: it
// answers each line as soon as its clock is outside a stall, and its stalls come
// every stubPeriod and last stubStall.
//
//	|---- stubPeriod ----|---- stubPeriod ----|
//	      |- stubStall -|      |- stubStall -|
//
// A request that is due u before the end of a stall is answered u later: with a
// constant rate the response times of the requests in a stall are spread evenly
// over 0 to stubStall, all others are about zero. A closed loop with one request on
// its way meets each stall once.
const (
	stubPeriod = 200 * time.Millisecond
	stubStall  = 40 * time.Millisecond // long against what a busy machine adds: a millisecond is 3 % of its p99
)

// startStub serves connections until the test ends, polling one and the same
// clock as the generator.
func startStub(t *testing.T, c *clock, origin int64) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer conn.Close()
				buf := make([]byte, 64<<10)
				for {
					n, err := conn.Read(buf)
					if err != nil {
						return
					}
					if left := stallLeft(c.now() - origin); left > 0 {
						time.Sleep(time.Duration(left))
					}
					if _, err := conn.Write(buf[:n]); err != nil {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); serving.Wait() })
	return l.Addr().String()
}

// stallLeft is how long a stall goes on at time t from the origin; 0: there is none.
func stallLeft(t int64) int64 {
	into := t % int64(stubPeriod)
	if into < int64(stubPeriod-stubStall) {
		return 0
	}
	return int64(stubPeriod) - into
}

// stubStream is n lines.
func stubStream(n int) stream {
	const line = "twenty bytes a line\n"
	s := stream{bytes: bytes.Repeat([]byte(line), n), ends: make([]int, n)}
	for i := range s.ends {
		s.ends[i] = (i + 1) * len(line)
	}
	return s
}

func dialStub(t *testing.T, address string, n int) *link {
	t.Helper()
	conn, err := client.DialSpin(address, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return newLink(conn, stubStream(n), new(echoAnswers))
}

// The open loop must tell the stall's p99 as theory has it; the closed loop, on
// the same server, must be wrong by ten times or more, or this test would not
// show why the open loop is there.
func TestOpenLoopTellsAStallThatAClosedLoopHides(t *testing.T) {
	const rate, d = 4000, 2 * time.Second
	// A fifth of the requests come in a stall and wait evenly from 0 to its length, so
	// one in a hundred waits longer than 19/20 of it.
	want := float64(stubStall) * 19 / 20
	c := newClock()
	address := startStub(t, c, c.now())
	var open, closed *generator
	var off float64
	lost := 1.0
	for range 8 { // a busy machine adds stalls of its own
		schedule, err := NewSchedule(1, rate, d, Constant)
		if err != nil {
			t.Fatal(err)
		}
		open = newGenerator(c, []*link{dialStub(t, address, len(schedule))})
		open.schedule, open.duration = schedule, d
		closed = newGenerator(c, []*link{dialStub(t, address, 200_000)})
		closed.window, closed.duration = 1, d
		for _, g := range []*generator{open, closed} {
			if err := g.run(); err != nil {
				t.Fatal(err)
			}
			if n := g.unanswered(); n != 0 {
				t.Fatalf("%d requests were not answered", n)
			}
		}
		corrected, hidden := float64(open.response.At(0.99).Ns), float64(closed.response.At(0.99).Ns)
		off = corrected/want - 1
		if math.Abs(off) < 0.05 && hidden*10 < corrected {
			return
		}
		lost = min(lost, open.values()["lost_share"])
	}
	if lost > 0.005 {
		t.Skipf("the machine took the processor away for %.1f %% of every try: no ruler can be tested on it", 100*lost)
	}
	t.Errorf("open loop p99 %v, %.1f %% off, want %v; closed loop %v, want a tenth of it or less",
		open.response.At(0.99), 100*off, time.Duration(want), closed.response.At(0.99))
}

// Service time is what a client that sends when it may would have measured; in an
// open loop that was never late it equals the response time.
func TestServiceTimeLeavesTheWaitBeforeSendingOut(t *testing.T) {
	g := newGenerator(newClock(), nil)
	g.end = 1000
	l := &link{dueAt: []int64{100}, sentAt: []int64{160}, open: []bool{true}, due: 1, sent: 1}
	if err := g.acknowledged(l, 0, 250); err != nil {
		t.Fatal(err)
	}
	if g.slice.Max() != 150 || g.service.Max() != 90 {
		t.Errorf("response %d, service %d, want 150 and 90", g.slice.Max(), g.service.Max())
	}
	if err := g.acknowledged(l, 0, 260); err == nil {
		t.Error("a second acknowledgement of one request was taken")
	}
}

func TestLittlesLawHolds(t *testing.T) {
	const rate, d = 3000, 1200 * time.Millisecond
	c := newClock()
	address := startStub(t, c, c.now())
	var v map[string]float64
	for range 5 {
		schedule, err := NewSchedule(2, rate, d, Poisson)
		if err != nil {
			t.Fatal(err)
		}
		g := newGenerator(c, []*link{dialStub(t, address, len(schedule)), dialStub(t, address, len(schedule))})
		g.schedule, g.warmUp, g.duration = schedule, d/6, d*5/6
		if err := g.run(); err != nil {
			t.Fatal(err)
		}
		v = g.values()
		// A stall of 40 ms every 200 ms makes 4 ms of response time on the average.
		if r := v["little_ratio"]; r > 0.95 && r < 1.05 && v["in_system"] > 3 {
			return
		}
	}
	t.Errorf("in system %.2f, Little's ratio %.3f, want about 12 and 1", v["in_system"], v["little_ratio"])
}

func TestFlagsOfAPointThatIsNoMeasurement(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	schedule, _ := NewSchedule(1, 1000, 50*time.Millisecond, Constant)
	g := newGenerator(newClock(), []*link{dialStub(t, silent.Addr().String(), len(schedule))})
	g.schedule, g.duration = schedule, 50*time.Millisecond
	if err := g.run(); err != nil {
		t.Fatal(err)
	}
	if flags := g.flags(); g.unanswered() != 50 || !slices.Contains(flags, FlagDropped) || !slices.Contains(flags, FlagSaturated) {
		t.Errorf("%d unanswered, flags %v; want 50, dropped and saturated", g.unanswered(), flags)
	}

	late := newGenerator(newClock(), nil)
	late.windowNs, late.offered, late.achieved = 1_000_000, 1000, 1000
	for range 1000 {
		late.response.Record(100_000)
		late.lateness.Record(80_000)
	}
	if flags := late.flags(); !slices.Equal(flags, []string{FlagGeneratorBound}) {
		t.Errorf("a generator that is late by most of the response time has flags %v", flags)
	}
	late.lateness.Reset()
	late.lostNs = 20_000
	if flags := late.flags(); !slices.Equal(flags, []string{FlagNoisy}) {
		t.Errorf("a run that lost 2 %% of its time has flags %v", flags)
	}
}
