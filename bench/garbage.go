package bench

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"time"

	"pricetime/engine"
	"pricetime/engine/flow"
	"pricetime/gateway"
	"pricetime/gateway/latency"
)

// GarbageOptions say what runs beside the core.
type GarbageOptions struct {
	Rate     float64       // commands a second; default 500,000
	MBPerS   int           // garbage made beside the core; default 200
	LiveMB   int           // of it, what is alive at any time; default 64
	Duration time.Duration // of a run; default 2 s
	Repeats  int           // runs of each point; default 3
	Seed     uint64

	Stdout   io.Writer // tables
	Progress io.Writer
}

// MeasureGarbage shows what the collector does to a neighbour that allocates
// nothing. A core is fed commands at a steady rate in an open loop, in process;
// beside it a goroutine makes garbage. The collector is on (GOGC=100), or off below a
// memory limit, as serve has it; a third point has no garbage, for the machine's
// own part in the tail.
func MeasureGarbage(o GarbageOptions) (*Experiment, error) {
	o.Rate = cmp.Or(o.Rate, 500_000)
	o.MBPerS = cmp.Or(o.MBPerS, 200)
	o.LiveMB = cmp.Or(o.LiveMB, 64)
	o.Duration = cmp.Or(o.Duration, 2*time.Second)
	o.Repeats = cmp.Or(o.Repeats, 3)
	o.Seed = cmp.Or(o.Seed, 1)
	g := &garbage{GarbageOptions: o, clock: newClock()}
	if err := g.prepare(); err != nil {
		return nil, err
	}
	p := &plan{repeats: o.Repeats}
	for _, c := range []struct {
		name      string
		made      bool
		collector string
	}{
		{"no garbage", false, "off"},
		{"garbage, collector on", true, "on"},
		{"garbage, collector off", true, "off"},
	} {
		p.points = append(p.points, point{
			name: c.name, planned: o.Duration + garbageWarmUp + time.Second,
			conditions: map[string]string{
				"collector": c.collector, "garbage_mb_per_s": fmt.Sprint(o.MBPerS * b2i(c.made)), "live_mb": fmt.Sprint(o.LiveMB * b2i(c.made)),
				"rate": fmt.Sprint(o.Rate), "duration": o.Duration.String(), "seed": fmt.Sprint(o.Seed),
			},
			run: func() (Run, error) { return g.run(c.made, c.collector == "on") },
		})
	}
	machine := newFingerprint(g.clock)
	fmt.Fprintf(o.Stdout, "%s\n", machine.Card())
	bar := newProgress(o.Progress, p.duration())
	results, err := p.measure(o.Seed, "garbage", bar)
	bar.clear()
	if err != nil {
		return nil, err
	}
	e := &Experiment{
		ID: "garbage", Title: "the collector is the tail", Question: "what does a collector cycle cost a core that allocates nothing?",
		Results: results, Checks: []Check{g.checked()},
		Notes: []string{
			"response time counts from the intended time of each command; it holds the command's making, Apply and the reading of its events",
			fmt.Sprintf("away: the core's thread did not come round for more than %s. On a machine that takes processors away by itself, look at the best runs", latency.FormatNs(awayNs)),
		},
	}
	g.print(e)
	return e, nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// garbageWarmUp is run before a run, and not counted.
const garbageWarmUp = 200 * time.Millisecond

// awayNs is a gap between two looks at the clock that a turn of the core's loop, a few
// hundred nanoseconds, does not explain.
const awayNs = 100_000

// garbage is what the runs have in common.
type garbage struct {
	GarbageOptions
	clock  *clock
	flow   *flow.Flow
	limits engine.Limits
	failed string // the first wrong answer
	runs   int
}

func (g *garbage) prepare() error {
	n := g.Rate * (g.Duration + garbageWarmUp).Seconds()
	if n > requestsMax*10 {
		return fmt.Errorf("%.0f commands in one run, at most %d", n, requestsMax*10)
	}
	shape, err := flow.ShapeOf("mid")
	if err != nil {
		return err
	}
	g.flow = flow.Generate(shape, g.Seed, int(n))
	g.limits = engine.Limits{
		OrdersMax: 4*shape.Resting + 1<<14, AccountsMax: 1, LevelsPerSideMax: int(g.flow.PriceMax-g.flow.PriceMin) + 1,
		OrdersPerDay: int(g.flow.IDMax) + 1, ClOrdIDsPerDay: int(g.flow.IDMax) + 1,
	}
	return nil
}

// run is one run: a new engine, its prefill, then the paced commands.
func (g *garbage) run(made, collector bool) (Run, error) {
	e, err := gateway.NewEngine(g.limits, flowInstruments())
	if err != nil {
		return Run{}, err
	}
	c := &pacedCore{clock: g.clock, engine: e, events: engine.NewEvents(g.limits.EventsPerCommandMax()), player: flow.NewPlayer(g.flow), response: latency.NewRecorder()}
	for i := range g.flow.Prefill {
		c.apply(&g.flow.Prefill[i])
	}
	c.player.Played = flow.Result{}

	maker := newGarbageMaker(made, g.MBPerS, g.LiveMB)
	g.warmHeap()
	runtime.GC() // what the run before left is gone, and no cycle is under way
	var before, after debug.GCStats
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(g.memoryLimit()))
	if collector {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(math.MaxInt64)
	}
	debug.ReadGCStats(&before)
	maker.start()
	c.play(g.flow.Ops, 1e9/g.Rate, garbageWarmUp)
	madeMB := maker.stop()
	debug.ReadGCStats(&after)

	g.answer(c)
	cycles := float64(after.NumGC - before.NumGC)
	values := map[string]float64{
		"collector_cycles":    cycles,
		"collector_pause_ns":  float64(after.PauseTotal - before.PauseTotal),
		"away_ns":             float64(c.away),
		"away_max_ns":         float64(c.awayMax),
		"garbage_mb_per_s":    madeMB / (g.Duration + garbageWarmUp).Seconds(),
		"over_1ms_share":      float64(c.late) / float64(max(c.response.Count(), 1)),
		"achieved_per_s":      float64(len(g.flow.Ops)) / c.seconds,
		"commands_per_second": g.Rate,
	}
	r := newRun(values, map[string]*latency.Recorder{"response": c.response})
	if values["achieved_per_s"] < achievedMin*g.Rate {
		r.Flags = append(r.Flags, FlagSaturated)
	}
	return r, nil
}

// garbageBytesAll is all that a run makes, with room to spare.
func (g *garbage) garbageBytesAll() int {
	return int(1.2 * float64(g.MBPerS) * (g.Duration + garbageWarmUp).Seconds() * 1e6)
}

// warmHeap lets the heap have what a run without a collector will fill, so that no run
// pays for new memory from the system: that is another cost than the one that is measured.
func (g *garbage) warmHeap() {
	heap := make([]byte, g.garbageBytesAll())
	for i := 0; i < len(heap); i += 4 << 10 {
		heap[i] = 1
	}
}

// memoryLimit is above all that a run without a collector can leave behind.
func (g *garbage) memoryLimit() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys) + int64(g.garbageBytesAll()) + 1<<30
}

// answer compares what the run traded with what the flow says.
func (g *garbage) answer(c *pacedCore) {
	g.runs++
	if g.failed == "" && (c.player.Played != g.flow.Expected || uint64(c.engine.OpenOrders()) != g.flow.Resting || c.refused > 0) {
		g.failed = fmt.Sprintf("run %d: %+v and %d orders resting, the flow makes %+v and %d; %d refused", g.runs, c.player.Played, c.engine.OpenOrders(), g.flow.Expected, g.flow.Resting, c.refused)
	}
}

func (g *garbage) checked() Check {
	c := Check{Name: "every run trades what the flow says", OK: g.failed == "", Detail: g.failed}
	if c.OK {
		c.Detail = fmt.Sprintf("%d runs", g.runs)
	}
	return c
}

func (g *garbage) print(e *Experiment) {
	fmt.Fprintf(g.Stdout, "%s: %s\n%.0f commands/s, %d MB/s of garbage with %d MB alive, %v a run, %d runs each in turn, medians\n\n",
		e.Title, e.Question, g.Rate, g.MBPerS, g.LiveMB, g.Duration, g.Repeats)
	t := table{header: []string{"response time", "p50", "p99", "p99.9", "best .. worst run", "max", "over 1 ms", "cycles", "pauses", "away", "best .. worst run"}}
	for _, r := range e.Results {
		s := &r.Summary
		span := func(v Spread) string { return latency.FormatNs(int64(v.Min)) + " .. " + latency.FormatNs(int64(v.Max)) }
		t.add(r.Name, s.quantile("response", "p50_ns"), s.quantile("response", "p99_ns"), s.quantile("response", "p99_9_ns"), span(s.Times["response"]["p99_9_ns"]), s.quantile("response", "max_ns"),
			fmt.Sprintf("%.2f %%", 100*s.Values["over_1ms_share"].Median), fmt.Sprintf("%.0f", s.Values["collector_cycles"].Median),
			latency.FormatNs(int64(s.Values["collector_pause_ns"].Median)), latency.FormatNs(int64(s.Values["away_ns"].Median)), span(s.Values["away_ns"]))
	}
	t.writeTo(g.Stdout)
	for _, r := range e.Results {
		if len(r.Flags) > 0 {
			fmt.Fprintf(g.Stdout, "  %s: %v\n", r.Name, r.Flags)
		}
	}
	for _, note := range e.Notes {
		fmt.Fprintf(g.Stdout, "  %s\n", note)
	}
	for _, c := range e.Checks {
		fmt.Fprintf(g.Stdout, "  %s\n", c)
	}
}

// pacedCore applies a flow at a steady rate on one locked thread that polls.
type pacedCore struct {
	clock    *clock
	engine   *engine.Engine
	events   *engine.Events
	player   *flow.Player
	command  engine.Command
	seq      engine.Seq
	refused  int
	response *latency.Recorder

	away, awayMax int64 // in gaps longer than awayNs, after the warm-up
	late          int64 // commands that waited for more than a millisecond
	seconds       float64
}

// play sends one operation every gap nanoseconds, whatever became of the ones before.
func (c *pacedCore) play(ops []flow.Op, gap float64, warmUp time.Duration) {
	defer pin(1)() // the garbage is made on 0: what is left of its cost is the runtime's
	start := c.clock.now() + int64(time.Millisecond)
	begin, last := start+int64(warmUp), start
	for i := range ops {
		due := start + int64(float64(i)*gap)
		now := c.clock.now()
		for ; now < due; now = c.clock.now() {
			c.look(begin, last, now)
			last = now
		}
		c.look(begin, last, now)
		c.apply(&ops[i])
		last = now
		if due < begin {
			continue
		}
		now = c.clock.now()
		c.response.Record(now - due)
		if now-due > int64(time.Millisecond) {
			c.late++
		}
	}
	c.seconds = float64(c.clock.now()-start) / 1e9
}

// look accounts for a gap between two looks at the clock.
// hot
func (c *pacedCore) look(begin, last, now int64) {
	if gap := now - last; gap > awayNs && last >= begin {
		c.away += gap
		c.awayMax = max(c.awayMax, gap)
	}
}

// hot
func (c *pacedCore) apply(op *flow.Op) {
	c.player.Command(op, &c.command)
	c.seq++
	c.events.Reset()
	c.engine.Apply(c.seq, &c.command, c.events)
	if !c.player.Observe(c.events.All()) {
		c.refused++
	}
}

// garbageMaker allocates at a steady rate and keeps a part alive: what a metrics
// page, a report or a careless library would do in the venue's process.
type garbageMaker struct {
	made    bool
	perTick int // objects a millisecond
	alive   []*garbageObject
	next    int
	count   int
	quit    chan struct{}
	done    chan struct{}
}

// garbageObject has a pointer, so that the collector looks into it.
type garbageObject struct {
	neighbour *byte
	_         [garbageBytes - 8]byte
}

const garbageBytes = 256

func newGarbageMaker(made bool, mbPerS, liveMB int) *garbageMaker {
	m := &garbageMaker{made: made, quit: make(chan struct{}), done: make(chan struct{})}
	if made {
		m.perTick = max(mbPerS*1e6/garbageBytes/1000, 1)
		m.alive = make([]*garbageObject, liveMB*1e6/garbageBytes)
		for i := range m.alive {
			m.alive[i] = new(garbageObject)
		}
	}
	return m
}

func (m *garbageMaker) start() {
	if !m.made {
		close(m.done)
		return
	}
	go func() {
		defer close(m.done)
		defer pin(0)()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		began := time.Now()
		for {
			select {
			case <-m.quit:
				return
			case <-tick.C:
			}
			// By the clock and not by the tick: a tick that was missed is made up for.
			for due := int(time.Since(began).Milliseconds()) * m.perTick; m.count < due; m.count++ {
				m.alive[m.next] = new(garbageObject)
				m.next = (m.next + 1) % len(m.alive)
			}
		}
	}()
}

// stop says how many megabytes were made.
func (m *garbageMaker) stop() float64 {
	close(m.quit)
	<-m.done
	return float64(m.count) * garbageBytes / 1e6
}
