package main

import (
	"fmt"
	"io"
	"time"

	"pricetime/bench"
)

func runBenchWire(args []string, stdout, stderr io.Writer) int {
	f := newFlags("bench wire", "Measures one point over TCP: orders to a venue, and the same bytes to a server that only\n"+
		"echoes (the floor), in slices that alternate. With --rate an open loop: orders are sent at\n"+
		"times decided before, and response times count from there. Without, a closed loop.\n"+
		"With --capacity it searches for the highest rate of an open loop that the venue keeps up with.\n"+
		"Times in the JSON object are nanoseconds. Exits 1 when an answer was wrong or missing.", `
pricetime bench wire
pricetime bench wire --rate 100000 --connections 4 --duration 10s
pricetime bench wire --in-flight 64 --connections 4 --json
pricetime bench wire --idle-connections 200
pricetime bench wire --capacity --connections 4
pricetime bench wire --addr 127.0.0.1:7001 --rate 20000`)
	var o bench.WireOptions
	proto := f.String("proto", "json", "`PROTOCOL`: json")
	f.Float64Var(&o.Rate, "rate", 0, "orders a second, over all connections; `N` = 0 is a closed loop")
	f.IntVar(&o.Connections, "connections", 1, "`N` order sessions, 1 to 64")
	f.IntVar(&o.InFlight, "in-flight", 1, "closed loop: `N` orders on their way per connection")
	f.DurationVar(&o.Duration, "duration", 4*time.Second, "`TIME` to measure the orders for; the floor takes as long again")
	f.IntVar(&o.Slices, "slices", 16, "how often floor and orders take turns, `N` of 1 to 256")
	f.IntVar(&o.IdleConnections, "idle-connections", 0, "also measure a second venue, in turn with the first, that\n`N` sessions are connected to and say nothing; the first has one")
	capacity := f.Bool("capacity", false, "search for the highest rate with achieved >= 99 % of offered and\np99 <= --p99-max; each point 0.6 s, on a venue of its own")
	p99Max := f.Duration("p99-max", time.Millisecond, "--capacity: the `TIME` that the p99 of the response time may have")
	profile := f.String("cpuprofile", "", "write a processor profile of the generator to `FILE`")
	f.IntVar(&o.Resting, "resting", 10_000, "`N` orders in the book before")
	f.StringVar(&o.Address, "addr", "", "`ADDRESS` of a venue that runs; without it one is started")
	f.Uint64Var(&o.Seed, "seed", 1, "`SEED` of flow and schedule")
	arrivals := f.String("arrivals", "poisson", "`HOW` the intended times lie: poisson or constant")
	threads := f.String("threads", "auto", "`HOW` the venue that is started puts stages on threads: shared, split, auto")
	idle := f.String("idle", "auto", "`WHAT` the venue that is started does without work: spin, yield, park, auto")
	f.StringVar(&o.Prefault, "prefault", "", "`SIZE` of each table that the venue that is started faults in before,\nas serve's; without it enough for the orders of a run")
	asJSON := f.Bool("json", false, "print one JSON object")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	var err error
	if o.Arrivals, err = bench.ParseArrivals(*arrivals); err == nil {
		err = oneOf("proto", *proto, "json")
	}
	switch {
	case err != nil:
	case o.Rate < 0 || o.Rate > 1e7:
		err = fmt.Errorf("--rate is %v, must be 0 to 10000000", o.Rate)
	case o.Connections < 1 || o.Connections > 64:
		err = fmt.Errorf("--connections is %d, must be 1 to 64", o.Connections)
	case o.InFlight < 1 || o.InFlight > 4096:
		err = fmt.Errorf("--in-flight is %d, must be 1 to 4096", o.InFlight)
	case o.Duration < 100*time.Millisecond || o.Duration > 10*time.Minute:
		err = fmt.Errorf("--duration is %v, must be 100ms to 10m", o.Duration)
	case o.Resting < 100 || o.Resting > 500_000:
		err = fmt.Errorf("--resting is %d, must be 100 to 500000", o.Resting)
	case o.Slices < 1 || o.Slices > 256:
		err = fmt.Errorf("--slices is %d, must be 1 to 256", o.Slices)
	case o.IdleConnections < 0 || o.IdleConnections > 900:
		err = fmt.Errorf("--idle-connections is %d, must be 0 to 900", o.IdleConnections)
	case o.Address != "" && (*capacity || o.IdleConnections > 0):
		err = fmt.Errorf("--capacity and --idle-connections need venues of their own, not the one at --addr")
	case *capacity && (o.Rate > 0 || o.IdleConnections > 0 || f.given("in-flight") || f.given("slices")):
		err = fmt.Errorf("--capacity finds the rate by itself: it goes without --rate, --in-flight, --slices and --idle-connections")
	case *p99Max < time.Microsecond || *p99Max > time.Minute:
		err = fmt.Errorf("--p99-max is %v, must be 1us to 1m", *p99Max)
	case o.Address != "" && (f.given("threads") || f.given("idle") || f.given("prefault")):
		err = fmt.Errorf("--threads, --idle and --prefault are for a venue that is started, not for the one at --addr")
	}
	if err != nil {
		return f.usageError(stderr, err.Error())
	}
	o.ServeFlags = []string{"--threads", *threads, "--idle", *idle}
	o.Progress = stderr
	stopProfile, err := startProfile(*profile)
	if err != nil {
		return f.fail(stderr, err)
	}
	defer stopProfile()
	if *capacity {
		if !f.given("duration") {
			o.Duration = 0
		}
		r, err := bench.MeasureCapacity(o, *p99Max)
		if err != nil {
			return f.fail(stderr, err)
		}
		if err := printResult(stdout, *asJSON, r); err != nil {
			return f.fail(stderr, err)
		}
		if r.Wrong() != nil {
			return exitFailed
		}
		return exitOK
	}
	r, err := bench.MeasureWire(o)
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
