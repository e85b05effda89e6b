package bench

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"pricetime/engine/flow"
	"pricetime/gateway/latency"
)

// CoreOptions say which recorded flow runs through the core, and how.
type CoreOptions struct {
	Flow      string // path of a flow file
	ClientIDs bool   // every order carries a 16-byte client id and is named by it; else cancels and replaces name the exchange's order id
	TreeOnly  bool   // the plain engine: engine.Limits.TreeOnly
}

// CoreResult is a flow through engine.Apply, in process. Times are nanoseconds a
// command; they hold the command's making, Apply, and the copying of its trades out
// of the events. Percentiles are null where too few commands lie beyond.
type CoreResult struct {
	Engine   string           `json:"engine"`
	Flow     string           `json:"flow"`
	NsOp     float64          `json:"ns_op"` // of the throughput pass
	P50      latency.Quantile `json:"p50"`   // of the per-command pass
	P90      latency.Quantile `json:"p90"`
	P99      latency.Quantile `json:"p99"`
	P999     latency.Quantile `json:"p999"`
	P9999    latency.Quantile `json:"p9999"`
	Max      int64            `json:"max"`
	ClockNs  float64          `json:"clock_ns"` // what one look at the clock costs; it is in every percentile, and not subtracted
	Trades   uint64           `json:"trades"`
	Qty      uint64           `json:"qty"`
	Rest     int              `json:"rest"`
	HashOK   bool             `json:"hash_ok"`
	AllocsOp float64          `json:"allocs_op"`
	GCCycles uint32           `json:"gc_cycles"`

	Ops    int  `json:"ops"`
	Agrees bool `json:"agrees"` // trades, quantity, hash and resting orders are what the flow says, in every pass
}

// Print writes the result for people.
func (r *CoreResult) Print(w io.Writer) {
	fmt.Fprintf(w, "%s, flow %s: %d commands, %.1f ns a command, %d trades of %d lots, %d orders resting, %g allocations a command, %d collector cycles\n\n",
		r.Engine, r.Flow, r.Ops, r.NsOp, r.Trades, r.Qty, r.Rest, r.AllocsOp, r.GCCycles)
	t := table{header: []string{"service time", "p50", "p90", "p99", "p99.9", "p99.99", "max"}}
	t.add("command by command", r.P50.String(), r.P90.String(), r.P99.String(), r.P999.String(), r.P9999.String(), latency.FormatNs(r.Max))
	t.writeTo(w)
	fmt.Fprintf(w, "  a look at the clock costs %.0f ns and is in every percentile\n", r.ClockNs)
	fmt.Fprintf(w, "  %s\n", Check{Name: "trades, quantity, hash and resting orders are what the flow says", OK: r.Agrees})
}

// MeasureCore plays a flow three times, each time on a new engine and after its
// prefill: to warm up, for throughput, and with the clock read after every
// command. An engine that does something else than the flow expects is no error
// here: CoreResult.Agrees is false.
func MeasureCore(o CoreOptions) (*CoreResult, error) {
	file, err := os.Open(o.Flow)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := flow.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Flow, err)
	}
	name := strings.TrimSuffix(filepath.Base(o.Flow), filepath.Ext(o.Flow))
	return measureCore(newClock(), name, f, o)
}

func measureCore(c *clock, name string, f *flow.Flow, o CoreOptions) (*CoreResult, error) {
	p, err := prepareFlow(f, o)
	if err != nil {
		return nil, err
	}
	r := &CoreResult{Engine: "pricetime", Flow: name, Ops: len(f.Ops), HashOK: true, Agrees: true}
	if o.TreeOnly {
		r.Engine += ", tree only"
	}
	times := make([]uint32, len(f.Ops))
	for i := range times {
		times[i] = 1 // touched
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r.ClockNs = clockCost(c)

	var before, after runtime.MemStats
	for pass := range 3 {
		run, err := p.newRun()
		if err != nil {
			return nil, err
		}
		run.play(p.prefill)
		run.traded = 0
		runtime.GC() // the engines before are gone, and no cycle is under way
		runtime.ReadMemStats(&before)
		if pass < 2 {
			start := c.now()
			run.play(p.ops)
			r.NsOp = float64(c.now()-start) / float64(max(len(p.ops), 1))
		} else {
			run.playTimed(c, p.ops, times)
		}
		runtime.ReadMemStats(&after)
		if pass == 1 {
			r.AllocsOp = float64(after.Mallocs-before.Mallocs) / float64(max(len(p.ops), 1))
		}
		if pass >= 1 {
			r.GCCycles += after.NumGC - before.NumGC
		}
		result := run.result()
		r.Trades, r.Qty, r.Rest = result.Trades, result.Qty, run.engine.OpenOrders()
		if result.Hash != f.Expected.Hash {
			r.HashOK = false
		}
		if result != f.Expected || uint64(r.Rest) != f.Resting || run.refused != 0 {
			r.Agrees = false
		}
	}
	h := latency.NewRecorder()
	for _, ns := range times {
		h.Record(int64(ns))
	}
	t := h.Percentiles()
	r.P50, r.P90, r.P99, r.P999, r.P9999, r.Max = t.P50, t.P90, t.P99, t.P999, t.P9999, t.Max
	return r, nil
}

// clockCost is what a look at the clock costs, undisturbed.
func clockCost(c *clock) float64 {
	best := int64(math.MaxInt64)
	for range 100 {
		t := c.now()
		for range 100 {
			c.now()
		}
		best = min(best, c.now()-t)
	}
	return float64(best) / 101
}
