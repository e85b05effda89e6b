package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"pricetime/engine"
	"pricetime/gateway"
)

// demoWait bounds the steps of a demo's start.
const demoWait = 10 * time.Second

func runDemo(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("demo", `Runs a venue and, over TCP, a few accounts that quote and trade in it, and shows the
ladder. It is to be looked at: the accounts run in the venue's own process, collector
and all, so for numbers use pricetime bench. Another terminal can trade along.`, `
pricetime demo
pricetime demo --rate 5000 --seed 7
pricetime demo --duration 10s --product BTC-USD`)
	var o gateway.Options
	f.StringVar(&o.JSON, "json", "127.0.0.1:0", "`ADDRESS` of the JSON door, on the loopback; port 0 takes a free one")
	venueFlags(f, &o)
	product := f.String("product", "DEMO", "`PRODUCT` to trade, one of the embedded ones")
	rate := f.Int("rate", 500, "commands a second, a `NUMBER` up to 50000")
	seed := f.Uint64("seed", 1, "`NUMBER` that decides the flow: the same seed sends the same commands")
	duration := f.Duration("duration", 0, "`TIME` to run, such as 10s; 0 is until Ctrl-C")
	depth := f.Int("depth", 10, "`LEVELS` of each side to show")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	instrument := embeddedInstrument(*product)
	switch err := checkVenueFlags(&o); {
	case err != nil:
		return f.usageError(stderr, err.Error())
	case instrument == nil:
		return f.usageError(stderr, fmt.Sprintf("--product %q is none of the embedded ones", *product))
	case *rate < 1 || *rate > 50_000:
		return f.usageError(stderr, "--rate must be from 1 to 50000")
	case *duration < 0:
		return f.usageError(stderr, "--duration must not be negative")
	case *depth < 1:
		return f.usageError(stderr, "--depth must be 1 or more")
	}
	signals, stopSignals := interrupts()
	defer stopSignals()
	venue, err := gateway.Start(o)
	if err != nil {
		return f.fail(stderr, err)
	}
	defer venue.Stop()
	m, err := openMarket(venue.JSONAddr(), *product, instrument.Tick, *seed, demoWait)
	if err != nil {
		return f.fail(stderr, err)
	}
	defer m.close()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if *duration > 0 {
		defer time.AfterFunc(*duration, cancel).Stop()
	}
	flow := make(chan error, 1)
	go func() { flow <- m.run(ctx, *rate); cancel() }()
	err = watchMarket(ctx, m, venue.JSONAddr(), *depth, signals, stdout)
	cancel()
	if err = errors.Join(err, <-flow); err != nil {
		return f.fail(stderr, err)
	}
	fmt.Fprintln(stdout, m.summary())
	return exitOK
}

func embeddedInstrument(symbol string) *engine.Instrument {
	for _, in := range gateway.EmbeddedInstruments() {
		if in.Symbol == symbol {
			return &in
		}
	}
	return nil
}

// watchMarket shows the ladder until ctx is done or a signal comes: redrawn in
// place on a terminal, else a line a second and the ladder at the end.
func watchMarket(ctx context.Context, m *market, addr string, depth int, signals <-chan os.Signal, stdout io.Writer) error {
	w, err := openWatch(addr, m.product, demoWait)
	if err != nil {
		return err
	}
	defer w.close()
	alongside := "pricetime send --addr " + addr
	if m.product != "DEMO" { // the default: a line that fits into 80 columns
		alongside += " --product " + m.product
	}
	alongside += fmt.Sprintf(" --side buy --price %s --size 50", m.price(fairTicks))
	if isTerminal(stdout) {
		s := openScreen(stdout)
		defer s.close()
		return w.show(s, depth, signals, ctx.Done(), func() []row {
			counts, times, _ := strings.Cut(m.summary(), "; ")
			return []row{{}, {counts, plain}, {times, plain}, {}, {"Trade along from another terminal:", plain}, {alongside, plain}, {"Ctrl-C ends", faint}}
		})
	}
	fmt.Fprintf(stdout, "A venue at %s. Trade along from another terminal:\n  %s\n  pricetime book --addr %s --product %s\n",
		addr, alongside, addr, m.product)
	live := w.receive()
	defer live.end()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-second.C:
			fmt.Fprintln(stdout, m.summary())
			continue
		case err := <-live.failed:
			return err
		case <-signals:
		case <-ctx.Done():
		}
		picture, _ := live.picture(depth)
		return printRows(stdout, picture)
	}
}
