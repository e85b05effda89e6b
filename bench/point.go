package bench

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// point is one thing that an experiment measures, in runs that are interleaved
// with the runs of its other points: what drifts on the machine (clocks, caches,
// neighbours) then falls on all points alike.
type point struct {
	name       string
	conditions map[string]string
	planned    time.Duration // how long a run takes, for the ETA
	run        func() (Run, error)
}

// plan is what an experiment has ready before its first run.
type plan struct {
	points  []point
	repeats int
	notes   []string

	// after runs when all points are done: it checks the answers.
	after func(results []Result) []Check
	// tables shows the results on the terminal.
	tables func(e *Experiment) []table
}

func (p *plan) duration() time.Duration {
	var d time.Duration
	for i := range p.points {
		d += p.points[i].planned * time.Duration(p.repeats)
	}
	return d
}

// measure runs every point p.repeats times. Each round visits all points once,
// in a shuffled order of its own; the seed makes the order repeatable.
func (p *plan) measure(seed uint64, id string, bar *progress) ([]Result, error) {
	results := make([]Result, len(p.points))
	for i := range p.points {
		results[i] = Result{Name: p.points[i].name, Conditions: p.points[i].conditions}
	}
	shuffle := rand.New(rand.NewPCG(seed, 0x0DE))
	place := 0
	for round := range p.repeats {
		for _, i := range shuffle.Perm(len(p.points)) {
			pt := &p.points[i]
			bar.step(fmt.Sprintf("%s %d/%d %s", id, round+1, p.repeats, pt.name))
			run, err := pt.run()
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", id, pt.name, err)
			}
			place++
			run.Place = place
			results[i].Runs = append(results[i].Runs, run)
			bar.finished(pt.planned)
		}
	}
	for i := range results {
		results[i].Summary = summarize(results[i].Runs)
		results[i].Flags = flagsOf(results[i].Runs)
	}
	return results, nil
}
