package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"pricetime/bench/replay"
)

const replayAbout = `Plays recorded order flow and checks every fill that the record expects. Give it a
commands file, or the two files of a LOBSTER day; all may be gzipped.

A commands file has one record a line, prices in ticks and quantities in lots:
  N,id,side,price,qty     a limit order that rests; side is B or S
  R,id,newqty             reduce what is open of it to newqty, priority kept
  C,id                    cancel it
  X,side,limit,qty        an immediate-or-cancel order, followed by
  F,restingid,qty,price   the fills that it must cause: these, no others, in this order
  # ...                   a comment

Exit status: 0 all came out as expected, 1 a line did not (it is named), 2 it could not be
played (wrong flags, a broken file, no venue), 128 + the signal when it was interrupted.`

const replayExamples = `
pricetime replay --commands docs/examples/small.commands.csv
pricetime replay --commands day.commands.csv.gz --over tcp --json
pricetime replay --commands day.commands.csv.gz --over tcp --addr 127.0.0.1:7001
pricetime replay --lobster message_1.csv.gz --book orderbook_1.csv.gz --save day.commands.csv`

// runReplay is "pricetime replay". Unlike the other subcommands it fails with
// status 2, so that 1 always means that the venue did something else than the record says.
func runReplay(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := newFlags("replay", replayAbout, replayExamples)
	o := replay.Options{Input: stdin}
	f.StringVar(&o.Commands, "commands", "", "commands `FILE`; - is standard input")
	f.StringVar(&o.Messages, "lobster", "", "LOBSTER message `FILE`, converted before it is played")
	f.StringVar(&o.Book, "book", "", "LOBSTER order book `FILE` that belongs to the messages")
	f.StringVar(&o.Save, "save", "", "with --lobster: also write the converted day to `FILE`")
	over := f.String("over", string(replay.OverCore), "`WAY` that the commands take: core is straight into the matching core, in\n"+
		"this process; tcp is as JSON lines over a connection, one in flight")
	f.StringVar(&o.Addr, "addr", "", "with --over tcp: `ADDRESS` of a running venue, whose book must be empty;\n"+
		"what the play leaves there is canceled. Without: a venue of its own")
	f.StringVar(&o.Product, "product", "DEMO", "`PRODUCT` to trade, one of the embedded ones")
	asJSON := f.Bool("json", false, "print the report as one JSON object")
	if status, done := f.parse(args, stdout, stderr); done {
		return status
	}
	if err := oneOf("over", *over, string(replay.OverCore), string(replay.OverTCP)); err != nil {
		return f.usageError(stderr, err.Error())
	}
	o.Over = replay.Over(*over)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals, stopSignals := interrupts()
	defer stopSignals()
	var interruptedBy os.Signal
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case interruptedBy = <-signals:
			stopSignals() // a second one ends the process at once
			cancel()
		case <-ctx.Done():
		}
	}()
	line := replayProgress{w: stderr, terminal: isTerminal(stderr)}
	report, err := replay.Run(ctx, o, line.show)
	line.clear()
	cancel()
	<-ended
	switch {
	case interruptedBy != nil && !report.OK:
		fmt.Fprintf(stderr, "pricetime replay: interrupted after %d of %d commands\n", report.Played, report.Commands)
		return exitStatusOf(interruptedBy)
	case err != nil:
		fmt.Fprintf(stderr, "pricetime replay: %v\n", err)
		return exitUsage
	}

	if *asJSON {
		err = json.NewEncoder(stdout).Encode(&report)
	} else {
		err = report.WriteText(stdout)
	}
	switch {
	case err != nil:
		fmt.Fprintf(stderr, "pricetime replay: printing the report: %v\n", err)
		return exitUsage
	case !report.OK:
		return exitFailed
	}
	return exitOK
}

// replayProgress shows how far a play is, once it has taken a second: redrawn in
// place on a terminal, a line for every tenth elsewhere.
type replayProgress struct {
	w        io.Writer
	terminal bool
	width    int // of what stands on the terminal's line
	tenths   int // told so far
}

func (l *replayProgress) show(p replay.Progress) {
	if p.Elapsed < time.Second {
		return
	}
	text := fmt.Sprintf("replay %3d %%  %d of %d commands  %s left", 100*p.Done/p.Total, p.Done, p.Total, p.Left().Round(time.Second))
	if l.terminal {
		fmt.Fprintf(l.w, "\r%-*s", l.width, text)
		l.width = len(text)
		return
	}
	if tenths := 10 * p.Done / p.Total; tenths > l.tenths {
		l.tenths = tenths
		fmt.Fprintln(l.w, text)
	}
}

// clear takes the line off the terminal.
func (l *replayProgress) clear() {
	if l.width > 0 {
		fmt.Fprintf(l.w, "\r%s\r", strings.Repeat(" ", l.width))
		l.width = 0
	}
}
