package main

import (
	"fmt"
	"io"
	"time"

	"pricetime/bench"
)

func runBenchGarbage(args []string, stdout, stderr io.Writer) int {
	f := newFlags("bench garbage", "Shows what the collector costs a core that allocates nothing: commands at a steady rate, in\n"+
		"process, beside a goroutine that makes garbage; with the collector on, off below a memory\n"+
		"limit (as serve has it), and without garbage, in turn. About half a minute.", `
pricetime bench garbage
pricetime bench garbage --mb-per-s 50 --live-mb 500
pricetime bench garbage --rate 1000000 --json`)
	o := bench.GarbageOptions{Stdout: stdout, Progress: stderr}
	f.Float64Var(&o.Rate, "rate", 500_000, "commands a second, a `NUMBER`")
	f.IntVar(&o.MBPerS, "mb-per-s", 200, "`MB` of garbage a second")
	f.IntVar(&o.LiveMB, "live-mb", 64, "`MB` of it that are alive at any time")
	f.DurationVar(&o.Duration, "duration", 2*time.Second, "`TIME` of one run")
	f.IntVar(&o.Repeats, "repeats", 3, "`N` runs of each point")
	f.Uint64Var(&o.Seed, "seed", 1, "`SEED` of the flow and the order of runs")
	asJSON := f.Bool("json", false, "print one JSON object, and no table")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	var err error
	switch {
	case o.Rate < 1000 || o.Rate > 1e7:
		err = fmt.Errorf("--rate is %v, must be 1000 to 10000000", o.Rate)
	case o.MBPerS < 1 || o.MBPerS > 10_000:
		err = fmt.Errorf("--mb-per-s is %d, must be 1 to 10000", o.MBPerS)
	case o.LiveMB < 1 || o.LiveMB > 10_000:
		err = fmt.Errorf("--live-mb is %d, must be 1 to 10000", o.LiveMB)
	case o.Duration < 100*time.Millisecond || o.Duration > time.Minute:
		err = fmt.Errorf("--duration is %v, must be 100ms to 1m", o.Duration)
	case o.Repeats < 1 || o.Repeats > 100:
		err = fmt.Errorf("--repeats is %d, must be 1 to 100", o.Repeats)
	}
	if err != nil {
		return f.usageError(stderr, err.Error())
	}
	if *asJSON {
		o.Stdout = io.Discard
	}
	e, err := bench.MeasureGarbage(o)
	if err == nil && *asJSON {
		err = printJSON(stdout, e)
	}
	if err != nil {
		return f.fail(stderr, err)
	}
	for _, c := range e.Checks {
		if !c.OK {
			return exitFailed
		}
	}
	return exitOK
}

func runBenchSteady(args []string, stdout, stderr io.Writer) int {
	f := newFlags("bench steady", "Keeps a venue busy and looks at its heap: open loop at half of its capacity, with subscribers\n"+
		"to all channels that read everything, and its metrics read every second. Exits 1 when an\n"+
		"answer was wrong, the heap grew by more than 1,000 objects, or the collector ran.\n"+
		"Times in the JSON object are nanoseconds.", `
pricetime bench steady
pricetime bench steady --duration 10s --subscribers 10
pricetime bench steady --rate 20000 --json`)
	var o bench.SteadyOptions
	f.DurationVar(&o.Duration, "duration", time.Minute, "`TIME` to measure for")
	f.IntVar(&o.Connections, "connections", 4, "`N` order sessions, 1 to 64")
	f.IntVar(&o.Subscribers, "subscribers", 50, "`N` sessions that listen, 0 to 500")
	f.Float64Var(&o.Rate, "rate", 0, "orders a second; `N` = 0 measures the capacity first and takes --load of it")
	f.Float64Var(&o.Load, "load", 0.5, "`SHARE` of the capacity, up to 1")
	f.IntVar(&o.Resting, "resting", 10_000, "`N` orders in the book before")
	f.Uint64Var(&o.Seed, "seed", 1, "`SEED` of flow and schedule")
	threads := f.String("threads", "auto", "`HOW` the venue puts stages on threads: shared, split, auto")
	idle := f.String("idle", "auto", "`WHAT` the venue does without work: spin, yield, park, auto")
	asJSON := f.Bool("json", false, "print one JSON object")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	var err error
	switch {
	case o.Duration < time.Second || o.Duration > time.Hour:
		err = fmt.Errorf("--duration is %v, must be 1s to 1h", o.Duration)
	case o.Connections < 1 || o.Connections > 64:
		err = fmt.Errorf("--connections is %d, must be 1 to 64", o.Connections)
	case o.Subscribers < 0 || o.Subscribers > 500:
		err = fmt.Errorf("--subscribers is %d, must be 0 to 500", o.Subscribers)
	case o.Rate < 0 || o.Rate > 1e7:
		err = fmt.Errorf("--rate is %v, must be 0 to 10000000", o.Rate)
	case o.Load <= 0 || o.Load > 1:
		err = fmt.Errorf("--load is %v, must be above 0 and at most 1", o.Load)
	case o.Resting < 100 || o.Resting > 500_000:
		err = fmt.Errorf("--resting is %d, must be 100 to 500000", o.Resting)
	}
	if err != nil {
		return f.usageError(stderr, err.Error())
	}
	if o.Subscribers == 0 {
		o.Subscribers = -1 // as asked: 0 would be the default
	}
	o.ServeFlags = []string{"--threads", *threads, "--idle", *idle}
	o.Progress = stderr
	r, err := bench.MeasureSteady(o)
	if err != nil {
		return f.fail(stderr, err)
	}
	if err := printResult(stdout, *asJSON, r); err != nil {
		return f.fail(stderr, err)
	}
	if !r.OK() {
		return exitFailed
	}
	return exitOK
}
