package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"pricetime/bench"
)

// runBench is everything that measures. Without a word behind it, it is the whole
// of make bench.
func runBench(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "core":
			return runBenchCore(args[1:], stdout, stderr)
		case "wire":
			return runBenchWire(args[1:], stdout, stderr)
		case "budget":
			return runBenchBudget(args[1:], stdout, stderr)
		case "ring":
			return runBenchRing(args[1:], stdout, stderr)
		case "garbage":
			return runBenchGarbage(args[1:], stdout, stderr)
		case "steady":
			return runBenchSteady(args[1:], stdout, stderr)
		case "echo":
			return runBenchEcho(args[1:], stdin, stdout, stderr)
		}
		if !strings.HasPrefix(args[0], "-") {
			fmt.Fprintf(stderr, "pricetime bench: there is nothing called %q to measure%s\nRun pricetime bench --help for what there is.\n",
				args[0], didYouMean(args[0], []string{"core", "wire", "budget", "ring", "steady", "garbage"}))
			return exitUsage
		}
	}
	f := newFlags("bench", "Measures this machine: baselines, matching in process, a venue over TCP as load rises,\n"+
		"and the hand-off between threads. About three minutes; close what else uses the processors.\n"+
		"Prints tables, and writes report.json and .hgrm files to a new directory.\n"+
		"Exits 1 when an answer was wrong, whatever the speed.\n\n"+
		"Also: pricetime bench core     a recorded flow through the matching core\n"+
		"      pricetime bench wire     one point over TCP, beside an echo\n"+
		"      pricetime bench budget   where the time of one order goes, stage by stage\n"+
		"      pricetime bench ring     the hand-off between threads alone\n"+
		"      pricetime bench steady   a minute at half capacity with subscribers: does the heap grow?\n"+
		"      pricetime bench garbage  what a collector cycle costs the core", `
pricetime bench
pricetime bench --quick
pricetime bench --only e0,e8 --out reports
pricetime bench core --flow small.bin --ids client --json
pricetime bench wire --rate 20000 --duration 10s
pricetime bench ring`)
	only := f.String("only", "", "`EXPERIMENTS` to run, with commas between: "+strings.Join(bench.IDs(), ", "))
	quick := f.Bool("quick", false, "a short run that shows it works; its numbers are weak")
	asJSON := f.Bool("json", false, "print the report as JSON, and no tables")
	out := f.String("out", "bench/out", "`DIR` for the report; a directory named for the time is made in it")
	seed := f.Uint64("seed", 1, "`SEED` of schedules, flows and the order of runs")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	o := bench.Options{Quick: *quick, Out: *out, Seed: *seed, Stdout: stdout, Stderr: stderr}
	if *only != "" {
		o.Only = strings.Split(strings.ToLower(*only), ",")
		for _, id := range o.Only {
			if err := oneOf("only", id, bench.IDs()...); err != nil {
				return f.usageError(stderr, err.Error())
			}
		}
	}
	if *asJSON {
		o.Stdout = io.Discard
	}
	report, dir, err := bench.Measure(o)
	if err != nil {
		return f.fail(stderr, err)
	}
	if *asJSON {
		if err := printJSON(stdout, report); err != nil {
			return f.fail(stderr, err)
		}
	} else {
		fmt.Fprintf(stdout, "%.0f s; report in %s\n", report.Seconds, dir)
	}
	failures := report.Failures()
	for _, what := range failures {
		fmt.Fprintf(stderr, "pricetime bench: wrong answer: %s\n", what)
	}
	if len(failures) > 0 {
		return exitFailed
	}
	return exitOK
}

func runBenchCore(args []string, stdout, stderr io.Writer) int {
	f := newFlags("bench core", "Plays a recorded flow through the matching core, in process: once to warm up, once for\n"+
		"throughput, once with the clock read after every command. Exits 1 when trades, quantity,\n"+
		"hash or resting orders are not what the flow says.", `
pricetime bench core --flow small.bin
pricetime bench core --flow deep.bin --ids client --json`)
	path := f.String("flow", "", "flow `FILE` (engine/flow describes the format)")
	ids := f.String("ids", "order", "`WHICH` id cancels and replaces name: order (the exchange's) or\nclient (every order carries 16 bytes of its own)")
	plain := f.Bool("tree-only", false, "every price level in the B-tree and none in the window around the best:\nthe plain engine, for comparison")
	asJSON := f.Bool("json", false, "print one JSON object")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	if *path == "" {
		return f.usageError(stderr, "--flow is missing")
	}
	if err := oneOf("ids", *ids, "order", "client"); err != nil {
		return f.usageError(stderr, err.Error())
	}
	r, err := bench.MeasureCore(bench.CoreOptions{Flow: *path, ClientIDs: *ids == "client", TreeOnly: *plain})
	if err != nil {
		return f.fail(stderr, err)
	}
	if err := printResult(stdout, *asJSON, r); err != nil {
		return f.fail(stderr, err)
	}
	if !r.Agrees {
		return exitFailed
	}
	return exitOK
}

func runBenchRing(args []string, stdout, stderr io.Writer) int {
	f := newFlags("bench ring", "Measures what it costs to hand something to another thread: the venue's ring with each of\n"+
		"its wait strategies, a textbook ring, a Go channel, a mutex with a condition. Half round\n"+
		"trip, one way, and rate. About 40 seconds.", `
pricetime bench ring
pricetime bench ring --json`)
	quick := f.Bool("quick", false, "a short run that shows it works; its numbers are weak")
	asJSON := f.Bool("json", false, "print one JSON object, and no table")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	o := bench.Options{Quick: *quick, Stdout: stdout, Stderr: stderr}
	if *asJSON {
		o.Stdout = io.Discard
	}
	e, err := bench.MeasureHandOff(o)
	if err == nil && *asJSON {
		err = printJSON(stdout, e)
	}
	if err != nil {
		return f.fail(stderr, err)
	}
	return exitOK
}

// runBenchEcho is the floor's server; bench starts it as a process of its own.
func runBenchEcho(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("bench echo", "Serves the floor of bench: echoes what it reads, on a free loopback port, until its stdin\n"+
		"ends. bench starts it by itself.", `
pricetime bench echo`)
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	if err := bench.ServeEcho(stdout, stdin); err != nil {
		return f.fail(stderr, err)
	}
	return exitOK
}

func printResult(w io.Writer, asJSON bool, r interface{ Print(io.Writer) }) error {
	if asJSON {
		return printJSON(w, r)
	}
	r.Print(w)
	return nil
}

// printJSON writes one object on one line.
func printJSON(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}
