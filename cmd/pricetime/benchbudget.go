package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"pricetime/bench"
)

func runBenchBudget(args []string, stdout, stderr io.Writer) int {
	f := newFlags("bench budget", "Shows where the time of one order goes: one connection, one order in flight, and the\n"+
		"time stamp counter read at the borders of the venue's stages, beside the round trip and the\n"+
		"echo's of the same run. Needs a build with the tag `stamps`; make budget makes one and runs it.\n"+
		"Times in the JSON object are nanoseconds. Exits 1 when an answer was wrong or missing.", `
pricetime bench budget
pricetime bench budget --duration 10s --json`)
	var o bench.WireOptions
	f.DurationVar(&o.Duration, "duration", 4*time.Second, "`TIME` to measure the orders for; the floor takes as long again")
	f.IntVar(&o.Resting, "resting", 10_000, "`N` orders in the book before")
	f.Uint64Var(&o.Seed, "seed", 1, "`SEED` of the flow")
	threads := f.String("threads", "auto", "`HOW` the venue puts stages on threads: shared, split, auto")
	idle := f.String("idle", "auto", "`WHAT` the venue does without work: spin, yield, park, auto")
	asJSON := f.Bool("json", false, "print one JSON object")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	switch {
	case o.Duration < 100*time.Millisecond || o.Duration > 10*time.Second:
		return f.usageError(stderr, fmt.Sprintf("--duration is %v, must be 100ms to 10s", o.Duration))
	case o.Resting < 100 || o.Resting > 500_000:
		return f.usageError(stderr, fmt.Sprintf("--resting is %d, must be 100 to 500000", o.Resting))
	}
	o.ServeFlags = []string{"--threads", *threads, "--idle", *idle}
	o.Progress = stderr
	r, err := bench.MeasureBudget(o)
	if errors.Is(err, bench.ErrNoStamps) {
		return f.usageError(stderr, err.Error())
	}
	if err != nil {
		return f.fail(stderr, err)
	}
	if err := printResult(stdout, *asJSON, r); err != nil {
		return f.fail(stderr, err)
	}
	for _, c := range r.Checks {
		if !c.OK {
			return exitFailed
		}
	}
	return exitOK
}
