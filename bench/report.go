package bench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pricetime/gateway/latency"
)

// ReportSchema names the format of report.json (docs/measuring.md describes it).
// A field that is added keeps the number; one that changes its meaning raises it.
const ReportSchema = "pricetime-bench/1"

// Report is everything one run of the bench found out.
type Report struct {
	Schema      string       `json:"schema"`
	Started     time.Time    `json:"started"`
	Seconds     float64      `json:"seconds"`
	Quick       bool         `json:"quick"` // shorter than a full run: fewer repeats, fewer samples
	Seed        uint64       `json:"seed"`
	Machine     Fingerprint  `json:"machine"`
	Experiments []Experiment `json:"experiments"`
}

// Experiment is one question and its answers.
type Experiment struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Question string   `json:"question"`
	Notes    []string `json:"notes,omitempty"` // what the reader must know to read the figures
	Checks   []Check  `json:"checks,omitempty"`
	Results  []Result `json:"results"`
}

// Check is something about the answers, not about their speed, that must hold.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"`
}

func (c Check) String() string {
	s := "check ok: " + c.Name
	if !c.OK {
		s = "CHECK FAILED: " + c.Name
	}
	if c.Detail != "" {
		s += " (" + c.Detail + ")"
	}
	return s
}

// Result is one point of an experiment: the same thing measured in several runs.
type Result struct {
	Name       string            `json:"name"`
	Conditions map[string]string `json:"conditions,omitempty"` // what differs from point to point; the rest is in machine
	Runs       []Run             `json:"runs"`
	Summary    Summary           `json:"summary"`
	Flags      []string          `json:"flags,omitempty"` // of any of the runs, sorted
}

// Run is one repeat of a point. Keys of Values end in their unit.
type Run struct {
	Place       int                            `json:"place"` // in the shuffled order of the experiment's runs
	LoadAverage float64                        `json:"load_average"`
	Values      map[string]float64             `json:"values,omitempty"`
	Times       map[string]latency.Percentiles `json:"times,omitempty"`
	Flags       []string                       `json:"flags,omitempty"`

	recorders map[string]*latency.Recorder // what Times was taken from, for the .hgrm files
}

// Flags of a run, each with what it means for who reads the figure.
const (
	FlagGeneratorBound = "generator-bound" // the generator was late by more than the answers took: the figure is its own
	FlagSaturated      = "saturated"       // less than 99 % of the offered rate was achieved: response times grow as long as it lasts
	FlagNoisy          = "noisy"           // the machine took the processor away from the generator for more than 1 % of the time
	FlagDropped        = "dropped"         // requests that were never answered
)

// Spread is one number over the runs of a point. Percentiles are never averaged:
// this is the run in the middle, with the lowest and the highest beside it.
type Spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Runs   int     `json:"runs"` // that had the number
}

// Summary is the spread of every value, and of every percentile of every time. A
// percentile that too few samples lie beyond in any of the runs is not in it.
type Summary struct {
	Values map[string]Spread            `json:"values,omitempty"`
	Times  map[string]map[string]Spread `json:"times,omitempty"`
}

// newRun makes a run of its numbers and its recorders, which it keeps.
func newRun(values map[string]float64, recorders map[string]*latency.Recorder) Run {
	r := Run{LoadAverage: loadAverage(), Values: values, recorders: recorders}
	if len(recorders) > 0 {
		r.Times = make(map[string]latency.Percentiles, len(recorders))
	}
	for name, recorder := range recorders {
		r.Times[name] = recorder.Percentiles()
	}
	return r
}

// spread sums up one number over runs; there is at least one.
func spread(v []float64) Spread {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return Spread{Median: (v[(n-1)/2] + v[n/2]) / 2, Min: v[0], Max: v[n-1], Runs: n}
}

// percentileNames are the keys of Summary.Times, in ascending order; they are
// the keys that [latency.Percentiles] has in JSON.
var percentileNames = []string{"p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "p99_99_ns", "max_ns"}

func percentileOf(p latency.Percentiles, name string) latency.Quantile {
	switch name {
	case "p50_ns":
		return p.P50
	case "p90_ns":
		return p.P90
	case "p99_ns":
		return p.P99
	case "p99_9_ns":
		return p.P999
	case "p99_99_ns":
		return p.P9999
	case "max_ns":
		return latency.Quantile{Ns: p.Max, Valid: p.Count > 0}
	}
	panic("BUG: no percentile is named " + name)
}

// summarize sums up the runs of a point.
func summarize(runs []Run) Summary {
	s := Summary{Values: map[string]Spread{}, Times: map[string]map[string]Spread{}}
	values, times := map[string][]float64{}, map[[2]string][]float64{}
	for _, r := range runs {
		for name, v := range r.Values {
			values[name] = append(values[name], v)
		}
		for name, p := range r.Times {
			for _, q := range percentileNames {
				if at := percentileOf(p, q); at.Valid {
					times[[2]string{name, q}] = append(times[[2]string{name, q}], float64(at.Ns))
				}
			}
		}
	}
	for name, v := range values {
		s.Values[name] = spread(v)
	}
	for key, v := range times {
		if len(v) < len(runs) {
			continue // a median of the runs that happened to have enough samples would be a choice
		}
		if s.Times[key[0]] == nil {
			s.Times[key[0]] = map[string]Spread{}
		}
		s.Times[key[0]][key[1]] = spread(v)
	}
	return s
}

// flagsOf is every flag of the runs, with how many of them have it.
func flagsOf(runs []Run) []string {
	count := map[string]int{}
	for _, r := range runs {
		for _, f := range r.Flags {
			count[f]++
		}
	}
	flags := slices.Sorted(maps.Keys(count))
	for i, f := range flags {
		if count[f] < len(runs) {
			flags[i] = fmt.Sprintf("%s %d/%d", f, count[f], len(runs))
		}
	}
	return flags
}

// Failures names every check that does not hold. A report with one is no
// measurement: what was measured did the wrong thing, however fast.
func (r *Report) Failures() []string {
	var failed []string
	for _, e := range r.Experiments {
		for _, c := range e.Checks {
			if !c.OK {
				failed = append(failed, e.ID+": "+c.Name+": "+c.Detail)
			}
		}
	}
	return failed
}

// Write puts report.json and one .hgrm file per time of every result into dir,
// which it makes. A .hgrm file holds all runs of its point; HdrHistogram's
// plotter opens it.
func (r *Report) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "report.json"), append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	for _, e := range r.Experiments {
		for _, res := range e.Results {
			if err := res.writeHistograms(dir, e.ID); err != nil {
				return fmt.Errorf("report: %w", err)
			}
		}
	}
	return nil
}

func (res *Result) writeHistograms(dir, experiment string) error {
	merged := map[string]*latency.Recorder{}
	for _, run := range res.Runs {
		for name, recorder := range run.recorders {
			if merged[name] == nil {
				merged[name] = latency.NewRecorder()
			}
			merged[name].Merge(recorder)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		f, err := os.Create(filepath.Join(dir, fileName(experiment, res.Name, name)+".hgrm"))
		if err != nil {
			return err
		}
		err = merged[name].WriteHgrm(f)
		if err = cmp.Or(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// fileName joins names to one that every file system takes.
func fileName(parts ...string) string {
	return strings.Trim(strings.Join(strings.FieldsFunc(strings.ToLower(strings.Join(parts, "-")), func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.'
	}), "-"), "-")
}

// ReadReport reads a report.json that Write wrote. Histograms are not in it.
func ReadReport(path string) (*Report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	r := new(Report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("report %s: %w", path, err)
	}
	if r.Schema != ReportSchema {
		return nil, fmt.Errorf("report %s: schema is %q, this version reads %q", path, r.Schema, ReportSchema)
	}
	return r, nil
}

// quantile is the median over the runs of a percentile, for a table.
func (s *Summary) quantile(time, name string) string {
	at, ok := s.Times[time][name]
	if !ok {
		return "needs more"
	}
	return latency.FormatNs(int64(at.Median))
}
