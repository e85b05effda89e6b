// Package bench is the ruler. It measures a venue from outside, over TCP, like a
// client that never waits for an answer, and the parts that a venue is made of
// (clock, hop, ring, matching, loopback, disk) in process.
//
//	schedule.go   when each request is to be sent, decided before the run
//	generator.go  sends on time, never waits, records three times
//	orders.go     what is sent, encoded before the run; which answer belongs to it
//	wirerun.go    one venue and one echo, driven     echo.go    the floor: no engine
//	point.go      runs of all points, interleaved    report.go  what is kept
//	e0_ e1_ e2_ e8_*.go   an experiment each
//
// Three words are kept apart. The response time of a request counts from its
// intended time, the service time from the moment it was handed to the system,
// and lateness is between the two. A closed loop only knows the second one, and
// waits while the venue stalls: it leaves out the requests that would have
// suffered ("coordinated omission", G. Tene). docs/measuring.md has the method.
package bench

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options say what Measure does.
type Options struct {
	Only  []string // ids of experiments; none: all
	Quick bool     // a few seconds in all, to see that it works; its numbers are weak
	Out   string   // directory for the report; a stamp is made under it. Empty: bench/out
	Seed  uint64   // of schedules, flows and the order of runs; 0: 1

	// Venue and Echo are the commands of the two child processes: one that serves and
	// prints "listening json ADDR", and one that echoes and prints "listening echo
	// ADDR". Empty: this program with "serve" and "bench echo".
	Venue []string
	Echo  []string

	Stdout io.Writer // tables
	Stderr io.Writer // progress
}

// suite is what all experiments of one run share.
type suite struct {
	Options
	clock *clock
	dir   string // for what experiments write, and for the report

	machine *Fingerprint
}

// experiments in the order they run: what the parts cost first.
var experiments = []struct {
	id, title, question string
	plan                func(*suite) (*plan, error)
}{
	{"e0", "baselines", "what do the parts cost here?", planBaselines},
	{"e1", "matching", "how fast is matching itself?", planCore},
	{"e2", "hockey stick", "what happens as load rises?", planHockey},
	{"e8", "hand-off", "why a ring?", planHandOff},
}

// IDs are the experiments that Options.Only may name.
func IDs() []string {
	var ids []string
	for _, e := range experiments {
		ids = append(ids, e.id)
	}
	return ids
}

// Measure measures every experiment asked for, prints a table per experiment as it is done, writes the report
// and returns it with the directory that it is in. The report's checks may have
// failed: see [Report.Failures].
func Measure(o Options) (report *Report, dir string, err error) {
	o.Seed = cmp.Or(o.Seed, 1)
	for _, id := range o.Only {
		if !slices.Contains(IDs(), id) {
			return nil, "", fmt.Errorf("no experiment %q; there are %s", id, strings.Join(IDs(), ", "))
		}
	}
	if o.Venue, err = childCommand(o.Venue, "serve", "--json", "127.0.0.1:0"); err != nil {
		return nil, "", err
	}
	if o.Echo, err = childCommand(o.Echo, "bench", "echo"); err != nil {
		return nil, "", err
	}
	started := time.Now()
	s := &suite{
		Options: o,
		clock:   newClock(),
		dir:     filepath.Join(cmp.Or(o.Out, filepath.Join("bench", "out")), started.UTC().Format("20060102T150405Z")),
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, "", fmt.Errorf("report: %w", err)
	}

	report = &Report{Schema: ReportSchema, Started: started, Quick: o.Quick, Seed: o.Seed, Machine: newFingerprint(s.clock)}
	s.machine = &report.Machine
	fmt.Fprintf(o.Stdout, "%s\n", report.Machine.Card())
	if err := s.measure(report); err != nil {
		return nil, "", err
	}
	report.Seconds = time.Since(started).Seconds()
	if err := report.Write(s.dir); err != nil {
		return nil, "", err
	}
	return report, s.dir, nil
}

// measure plans all experiments, so that the ETA knows them, and runs them.
func (s *suite) measure(report *Report) error {
	plans := make([]*plan, len(experiments))
	var planned time.Duration
	for i, e := range experiments {
		if len(s.Only) > 0 && !slices.Contains(s.Only, e.id) {
			continue
		}
		p, err := e.plan(s)
		if err != nil {
			return fmt.Errorf("%s: %w", e.id, err)
		}
		plans[i] = p
		planned += p.duration()
	}
	bar := newProgress(s.Stderr, planned)
	for i, e := range experiments {
		p := plans[i]
		if p == nil {
			continue
		}
		results, err := p.measure(s.Seed, e.id, bar)
		bar.clear()
		if err != nil {
			return err
		}
		x := Experiment{ID: e.id, Title: e.title, Question: e.question, Notes: p.notes, Results: results}
		if p.after != nil {
			x.Checks = p.after(results)
		}
		report.Experiments = append(report.Experiments, x)
		s.print(&x, p)
	}
	return nil
}

func (s *suite) print(x *Experiment, p *plan) {
	fmt.Fprintf(s.Stdout, "%s  %s: %s\n\n", strings.ToUpper(x.ID), x.Title, x.Question)
	for _, t := range p.tables(x) {
		t.writeTo(s.Stdout)
	}
	for _, note := range x.Notes {
		fmt.Fprintf(s.Stdout, "  %s\n", note)
	}
	for _, c := range x.Checks {
		fmt.Fprintf(s.Stdout, "  %s\n", c)
	}
	fmt.Fprintln(s.Stdout)
}
