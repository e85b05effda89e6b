// Command ring runs the venue's ring and a C++ reference in turn, on the same two
// cores, and tells the ratios:
//
//	go run ./bench/compare/ring ../shared/limit/ring.cpp
//
// The argument is the reference's source, which g++ builds, or the program itself. It
// is asked for one of three things by a word and answers with a JSON line:
//
//	pp    half a round trip            {"p50":..,"p99":..,"p999":..}   ns
//	ow    one way, 1 message/us        the same
//	thr   rate                         {"Mmsg_s":..}
//
// Both sides have 4,096 slots of 64 bytes and a thread pinned to core 0 and to core 1.
// The reference publishes message by message, with stores that Go does not have; the
// ring is held against that with 16 messages a publication, and beside it with one.
// Where there is no reference or no g++ it says so and exits 0: nothing was measured.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"pricetime/bench"
	"pricetime/gateway/latency"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// figure is one line of the comparison: the medians of both sides over all rounds, and
// the median of the rounds' ratios, which is above 1 where the ring is worse.
type figure struct {
	Name  string `json:"name"`
	Unit  string `json:"unit"`
	Ring  spread `json:"ring"`
	CPP   spread `json:"cpp"`
	Ratio spread `json:"ratio"`

	perRound [][2]float64 // ring, cpp
}

type spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

type comparison struct {
	Started time.Time         `json:"started"`
	Machine bench.Fingerprint `json:"machine"`
	Rounds  int               `json:"rounds"`
	Figures []*figure         `json:"figures"`
}

func run(args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("ring", flag.ContinueOnError)
	f.SetOutput(stderr)
	rounds := f.Int("rounds", 5, "how often both sides are run, in turn")
	each := f.Duration("each", 100*time.Millisecond, "how long each of the ring's four figures takes, once beside each word")
	asJSON := f.Bool("json", false, "print one JSON object, and no table")
	if err := f.Parse(args); err != nil {
		return 2
	}
	if f.NArg() != 1 || *rounds < 1 {
		fmt.Fprintln(stderr, "usage: ring [--rounds N] [--each TIME] [--json] REFERENCE (ring.cpp, or what was built from it)")
		return 2
	}
	reference, remove, err := referenceProgram(f.Arg(0))
	if err != nil {
		fmt.Fprintf(stderr, "nothing is compared: %v\n", err)
		return 0
	}
	defer remove()
	c, err := compare(reference, *rounds, *each, stderr)
	if err != nil {
		fmt.Fprintf(stderr, "ring: %v\n", err)
		return 1
	}
	if *asJSON {
		json.NewEncoder(stdout).Encode(c)
	} else {
		c.print(stdout)
	}
	return 0
}

// referenceProgram is the reference, built if path is its source.
func referenceProgram(path string) (program string, remove func(), err error) {
	if _, err := os.Stat(path); err != nil {
		return "", nil, err
	}
	if filepath.Ext(path) != ".cpp" {
		program, err = filepath.Abs(path)
		return program, func() {}, err
	}
	gpp, err := exec.LookPath("g++")
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "ring")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	program = filepath.Join(dir, "ring")
	if out, err := exec.Command(gpp, "-O3", "-march=native", "-std=c++20", "-pthread", path, "-o", program).CombinedOutput(); err != nil {
		remove()
		return "", nil, fmt.Errorf("g++ %s: %w\n%s", path, err, out)
	}
	return program, remove, nil
}

var errTooFew = errors.New("too few messages came for a p99: close what else runs, or give it a longer --each")

func compare(reference string, rounds int, each time.Duration, progress io.Writer) (*comparison, error) {
	c := &comparison{Started: time.Now(), Machine: bench.MachineFingerprint(), Rounds: rounds}
	hop50 := &figure{Name: "half round trip p50", Unit: "ns"}
	hop99 := &figure{Name: "half round trip p99", Unit: "ns"}
	way50 := &figure{Name: "one way p50", Unit: "ns"}
	by16 := &figure{Name: "time a message, ours 16 a publication", Unit: "ns"}
	by1 := &figure{Name: "time a message, one a publication", Unit: "ns"}
	c.Figures = []*figure{hop50, hop99, way50, by16, by1}
	for round := range rounds {
		fmt.Fprintf(progress, "round %d of %d\n", round+1, rounds)
		pp, err := pairOf(reference, "pp", each, round)
		if err != nil {
			return nil, err
		}
		ow, err := pairOf(reference, "ow", each, round)
		if err != nil {
			return nil, err
		}
		thr, err := pairOf(reference, "thr", each, round)
		if err != nil {
			return nil, err
		}
		for _, q := range []latency.Quantile{pp.ring.Times["hop"].P99, ow.ring.Times["one_way"].P50} {
			if !q.Valid {
				return nil, errTooFew
			}
		}
		hop50.add(float64(pp.ring.Times["hop"].P50.Ns), pp.cpp.P50)
		hop99.add(float64(pp.ring.Times["hop"].P99.Ns), pp.cpp.P99)
		way50.add(float64(ow.ring.Times["one_way"].P50.Ns), ow.cpp.P50)
		by16.add(1e9/thr.ring.Values["rate_batched_per_s"], 1e3/thr.cpp.Rate)
		by1.add(1e9/thr.ring.Values["rate_per_s"], 1e3/thr.cpp.Rate)
	}
	for _, f := range c.Figures {
		f.sumUp()
	}
	return c, nil
}

// pair is one run of each side, close together: on a virtual machine what a hop costs
// may change from one second to the next, for both alike.
type pair struct {
	ring bench.Run
	cpp  referenceLine
}

// pairOf runs both sides; who goes first changes from round to round.
func pairOf(reference, word string, each time.Duration, round int) (p pair, err error) {
	if round%2 == 1 {
		if err := p.cpp.read(reference, word); err != nil {
			return p, err
		}
	}
	if p.ring, err = bench.MeasureMechanism(bench.SpinningRing, each); err != nil {
		return p, err
	}
	if round%2 == 0 {
		err = p.cpp.read(reference, word)
	}
	return p, err
}

// referenceLine is what the reference answers; which fields depends on the word.
type referenceLine struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	Rate float64 `json:"Mmsg_s"`
	OK   *bool   `json:"ok"` // thr: the sum of what arrived was right
}

func (l *referenceLine) read(reference, word string) error {
	out, err := exec.Command(reference, word).Output()
	if err != nil {
		return fmt.Errorf("%s %s: %w", reference, word, err)
	}
	if err := json.Unmarshal(out, l); err != nil {
		return fmt.Errorf("%s %s: %w in %q", reference, word, err, out)
	}
	if l.P50 <= 0 && l.Rate <= 0 || l.OK != nil && !*l.OK {
		return fmt.Errorf("%s %s: not a figure: %q", reference, word, out)
	}
	return nil
}

func (f *figure) add(ring, cpp float64) { f.perRound = append(f.perRound, [2]float64{ring, cpp}) }

func (f *figure) sumUp() {
	over := func(of func(r [2]float64) float64) spread {
		var v []float64
		for _, r := range f.perRound {
			v = append(v, of(r))
		}
		slices.SortFunc(v, cmp.Compare)
		n := len(v)
		return spread{(v[(n-1)/2] + v[n/2]) / 2, v[0], v[n-1]}
	}
	f.Ring = over(func(r [2]float64) float64 { return r[0] })
	f.CPP = over(func(r [2]float64) float64 { return r[1] })
	f.Ratio = over(func(r [2]float64) float64 { return r[0] / r[1] })
}

func (c *comparison) print(w io.Writer) {
	fmt.Fprintf(w, "%s\n%d rounds in turn, medians (ranges); ratio: ring / C++ of one round\n\n", c.Machine.Card(), c.Rounds)
	fmt.Fprintf(w, "%-38s  %28s  %28s  %20s\n", "", "ring", "C++", "ratio")
	for _, f := range c.Figures {
		fmt.Fprintf(w, "%-38s  %28s  %28s  %20s\n", f.Name, f.Ring.text(f.Unit), f.CPP.text(f.Unit), f.Ratio.text(""))
	}
}

// text is the median with its range.
func (s spread) text(unit string) string {
	digits := 2
	if unit != "" {
		unit = " " + unit
		digits = 1
	}
	return fmt.Sprintf("%.*f%s (%.*f .. %.*f)", digits, s.Median, unit, digits, s.Min, digits, s.Max)
}
