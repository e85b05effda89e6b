package bench

import (
	"fmt"
	"runtime"
	"time"

	"pricetime/gateway/client"
	"pricetime/gateway/latency"
)

// stream is what one connection will send. It is encoded before the run, so that
// sending is a copy into the kernel and nothing else.
type stream struct {
	bytes []byte
	ends  []int // ends[k] is where request k ends in bytes
}

// answers knows the acknowledgements of one stream in what comes back.
type answers interface {
	// scan looks at a line, without its newline, and returns the request that it
	// acknowledges, or noRequest. The line is valid until it returns.
	scan(line []byte) (request int)
}

const noRequest = -1

// link is a connection with its stream. Its law:
// answered <= sent <= due <= len(stream.ends), and written is in request sent.
type link struct {
	conn    *client.Spin
	stream  stream
	answers answers

	due, sent, answered int
	limit               int  // a closed loop lets go of requests below it
	written             int  // bytes handed to the system
	blocked             bool // the last write was short: the system has no room

	dueAt  []int64 // by request: the intended time, or in a closed loop when it was let go
	sentAt []int64 // by request: just before the write that took its last byte
	open   []bool  // by request: sent and not answered

	answeredAt []int64 // by request: when, if it was due in a window; nil: nobody asks
}

// writeBytesMax bounds one system call, so that a backlog being sent does not keep
// the generator from reading.
const writeBytesMax = 64 << 10

func newLink(c *client.Spin, s stream, a answers) *link {
	n := len(s.ends)
	l := &link{conn: c, stream: s, answers: a, limit: n, dueAt: make([]int64, n), sentAt: make([]int64, n), open: make([]bool, n)}
	clear(l.dueAt) // touched now, so that the run has no page faults
	clear(l.sentAt)
	clear(l.open)
	return l
}

// generator drives links on one locked thread that polls: it sends what is due,
// reads what is there, and never waits for either.
//
//	open loop     each request is due at its time in the schedule, whatever became
//	              of the ones before it
//	closed loop   a link has at most window requests on their way: the venue's speed
//	              decides when the next one is due. Response time is then service time
//
// Times are recorded for requests that are due inside the window: after the
// warm-up, before the end. It may run any number of times, in slices: links,
// recorders and sums go on from slice to slice.
type generator struct {
	clock *clock
	links []*link

	schedule Schedule // open loop, from the start of the warm-up
	linkOf   []uint8  // open loop: which link a request of the schedule goes to; nil: in turn
	window   int      // closed loop: requests on their way per link; 0: open loop

	warmUp, duration time.Duration

	response, service, lateness *latency.Recorder
	slice                       *latency.Recorder // the response times of this run, or the last one

	begin, end int64 // the window of this run
	counted    int64 // the time up to which area is complete
	inSystem   int   // due and not answered, over all links
	next       int   // open loop: the next request of the schedule

	// Sums over the windows of all runs.
	windowNs   int64
	area       int64 // integral of inSystem, in request nanoseconds
	offered    int   // requests due in a window
	achieved   int   // answers that came in a window
	responseNs int64 // of the requests due in a window and answered: for Little's law alone
	responses  int64
	lostNs     int64 // in gaps that the machine made
}

func newGenerator(c *clock, links []*link) *generator {
	return &generator{
		clock: c, links: links, response: latency.NewRecorder(), service: latency.NewRecorder(), lateness: latency.NewRecorder(),
		slice: latency.NewRecorder(),
	}
}

// patience is how long the generator waits after the end for an answer, any
// answer, before it gives the missing ones up.
const patience = 2 * time.Second

// stallNs is the length from which a gap between two looks at the clock is the
// machine's doing: a turn of the generator takes a few microseconds, tens of them
// with full buffers.
const stallNs = 200_000

// run drives until all that was due is answered, or patience is out.
func (g *generator) run() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	g.slice.Reset()
	start := g.clock.now() + int64(time.Millisecond)
	g.begin = start + int64(g.warmUp)
	g.end = g.begin + int64(g.duration)
	g.counted, g.next = start, 0
	defer func() {
		g.windowNs += g.end - g.begin
		g.response.Merge(g.slice)
	}()
	lastAnswer := start
	for {
		now := g.clock.now()
		g.account(now)
		if g.window == 0 {
			g.letGoOpen(start, now)
		} else {
			g.letGoClosed(now)
		}
		left := len(g.schedule) - g.next
		for _, l := range g.links {
			if err := g.send(l); err != nil {
				return err
			}
			got, err := g.receive(l)
			if err != nil {
				return err
			}
			if got {
				lastAnswer = now
			}
			if g.window > 0 && now < g.end {
				left += l.limit - l.due
			}
		}
		if g.inSystem == 0 && left == 0 {
			if g.window > 0 {
				g.end = min(g.end, max(now, g.begin+1)) // the streams ran out
			}
			return nil
		}
		if now >= g.end && now-lastAnswer > int64(patience) {
			return nil // what is missing is counted by unanswered
		}
	}
}

// account brings area up to now. It is called before inSystem changes.
// hot
func (g *generator) account(now int64) {
	from, to := max(g.counted, g.begin), min(now, g.end)
	g.counted = now
	if to <= from {
		return
	}
	g.area += int64(g.inSystem) * (to - from)
	if to-from > stallNs {
		g.lostNs += to - from
	}
}

// letGoOpen makes due what the schedule says, in turn over the links.
// hot
func (g *generator) letGoOpen(start, now int64) {
	for g.next < len(g.schedule) && start+g.schedule[g.next] <= now {
		at := start + g.schedule[g.next]
		l := g.linkAt(g.next)
		l.dueAt[l.due] = at
		l.due++
		g.next++
		g.inSystem++
		g.area += g.inWindow(now) - g.inWindow(at) // it has been in the system since then
		if at >= g.begin && at < g.end {
			g.offered++
		}
	}
}

// inWindow is the nearest time in the window.
func (g *generator) inWindow(t int64) int64 { return min(max(t, g.begin), g.end) }

// hot
func (g *generator) linkAt(request int) *link {
	if g.linkOf == nil {
		return g.links[request%len(g.links)]
	}
	return g.links[g.linkOf[request]]
}

// letGoClosed makes due what the window has room for.
// hot
func (g *generator) letGoClosed(now int64) {
	if now >= g.end {
		return
	}
	for _, l := range g.links {
		for l.due < l.limit && l.due-l.answered < g.window {
			l.dueAt[l.due] = now
			l.due++
			g.inSystem++
			if now >= g.begin {
				g.offered++
			}
		}
	}
}

// send hands to the system what is due, as much as it takes.
// hot
func (g *generator) send(l *link) error {
	if l.sent == l.due {
		return nil
	}
	to := l.stream.ends[l.due-1]
	if to-l.written > writeBytesMax {
		to = l.written + writeBytesMax
	}
	now := g.clock.now()
	n, err := l.conn.TryWrite(l.stream.bytes[l.written:to])
	if err != nil {
		return err
	}
	l.written += n
	wasBlocked := l.blocked
	l.blocked = l.written < to
	for l.sent < l.due && l.stream.ends[l.sent] <= l.written {
		k := l.sent
		l.sentAt[k] = now
		l.open[k] = true
		l.sent++
		// A request that had to wait for room in the system is late by the venue's
		// doing (it does not read), not by the generator's.
		if due := l.dueAt[k]; due >= g.begin && due < g.end && !wasBlocked {
			g.lateness.Record(now - due)
		}
	}
	return nil
}

// receive reads once and records what was acknowledged. All lines of one read
// were there at one time: the time after the read.
// hot
func (g *generator) receive(l *link) (got bool, err error) {
	n, err := l.conn.Fill()
	if n == 0 || err != nil {
		return false, err
	}
	now := g.clock.now()
	g.account(now)
	for {
		line, ok := l.conn.Line()
		if !ok {
			return true, nil
		}
		if k := l.answers.scan(line); k != noRequest {
			if err := g.acknowledged(l, k, now); err != nil {
				return false, err
			}
		}
	}
}

// hot
func (g *generator) acknowledged(l *link, k int, now int64) error {
	if k >= l.sent || !l.open[k] {
		return fmt.Errorf("request %d was acknowledged twice, or before it was sent", k)
	}
	l.open[k] = false
	l.answered++
	g.inSystem--
	if now >= g.begin && now < g.end {
		g.achieved++
	}
	if due := l.dueAt[k]; due >= g.begin && due < g.end {
		g.slice.Record(now - due)
		g.responseNs += now - due
		g.responses++
		g.service.Record(now - l.sentAt[k])
		if l.answeredAt != nil {
			l.answeredAt[k] = now
		}
	}
	return nil
}

// unanswered is how many requests were due and have no answer.
func (g *generator) unanswered() (n int) {
	for _, l := range g.links {
		n += l.due - l.answered
	}
	return n
}

// seconds is the length of all windows.
func (g *generator) seconds() float64 { return float64(g.windowNs) / 1e9 }

// values are all runs in numbers. Little's law ties three of them that are
// measured apart: the mean number in the system (integrated over time), the rate
// of answers (counted) and the mean response time (of each request).
func (g *generator) values() map[string]float64 {
	v := map[string]float64{
		"offered_per_s":  float64(g.offered) / g.seconds(),
		"achieved_per_s": float64(g.achieved) / g.seconds(),
		"in_system":      float64(g.area) / float64(g.windowNs),
		"lost_share":     float64(g.lostNs) / float64(g.windowNs),
	}
	if expected := v["achieved_per_s"] * float64(g.responseNs) / float64(max(g.responses, 1)) / 1e9; expected > 0 {
		v["little_ratio"] = v["in_system"] / expected
	}
	return v
}

// achievedMin is the share of the offered rate below which a point is saturated.
const achievedMin = 0.99

// flags of all runs, or nil where they were good ones.
func (g *generator) flags() (flags []string) {
	if g.unanswered() > 0 {
		flags = append(flags, FlagDropped)
	}
	saturated := g.window == 0 && float64(g.achieved) < achievedMin*float64(g.offered)
	if saturated {
		flags = append(flags, FlagSaturated)
	}
	// Half of the middle, or of the tail, was lost before the request left.
	late := func(q float64) bool { return 2*g.lateness.At(q).Ns > g.response.At(q).Ns }
	if g.window == 0 && !saturated && g.response.Count() > 0 && (late(0.5) || late(0.99)) {
		flags = append(flags, FlagGeneratorBound)
	}
	if float64(g.lostNs) > 0.01*float64(g.windowNs) {
		flags = append(flags, FlagNoisy)
	}
	return flags
}
