package replay

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"pricetime/bench/recorded"
	"pricetime/gateway/latency"
)

// Report is what came of a play.
type Report struct {
	Source  string `json:"source"` // the file that was played
	Over    Over   `json:"over"`
	Venue   string `json:"venue,omitempty"` // the address, where it was a running one
	Product string `json:"product"`

	OK     bool `json:"ok"`     // everything was played, and nothing was otherwise than expected
	Played int  `json:"played"` // commands that were played: all of them, unless the play was interrupted

	Commands int `json:"commands"` // the record's: orders + cancels + reduces + incoming
	Orders   int `json:"orders"`   // N
	Cancels  int `json:"cancels"`  // C
	Reduces  int `json:"reduces"`  // R
	Incoming int `json:"incoming"` // X

	FillsExpected int       `json:"fills_expected"` // F
	FillsMatched  int       `json:"fills_matched"`
	Mismatches    int       `json:"mismatches"`     // lines whose outcome was another
	FirstMismatch *Mismatch `json:"first_mismatch"` // null if there is none

	Seconds           float64 `json:"seconds"` // for the whole play, checking included
	CommandsPerSecond float64 `json:"commands_per_second"`

	// ServiceTime is of every command: of engine.Apply over the core, from before
	// the line is written to after its acknowledgement is read over TCP.
	ServiceTime latency.Percentiles `json:"service_time"`
	Loop        string              `json:"loop"` // "closed": see the package
}

// Mismatch is the first line that came out otherwise.
type Mismatch struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// String names file and line first.
func (m *Mismatch) String() string {
	return fmt.Sprintf("%s:%d: expected %s, got %s", m.File, m.Line, m.Expected, m.Got)
}

func newReport(o *Options, c *recorded.Commands) Report {
	r := Report{
		Source: c.Name, Over: o.Over, Venue: o.Addr, Product: o.Product, Loop: "closed",
		Orders: c.Count(recorded.Enter), Cancels: c.Count(recorded.Cancel), Reduces: c.Count(recorded.Reduce),
		Incoming: c.Count(recorded.Take), FillsExpected: c.Count(recorded.Fill),
	}
	r.Commands = r.Orders + r.Cancels + r.Reduces + r.Incoming
	return r
}

// finish adds what is only known at the end.
func (r *Report) finish(elapsed time.Duration, times *latency.Recorder) {
	r.OK = r.Played == r.Commands && r.Mismatches == 0
	r.Seconds = elapsed.Seconds()
	if r.Seconds > 0 {
		r.CommandsPerSecond = float64(r.Played) / r.Seconds
	}
	r.ServiceTime = times.Percentiles()
}

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	out := bufio.NewWriter(w)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(out, "%-16s%s\n", name, fmt.Sprintf(format, args...))
	}
	where := "the core"
	if r.Over == OverTCP {
		where = "TCP, embedded venue"
		if r.Venue != "" {
			where = "TCP, venue at " + r.Venue
		}
	}
	row("replay", "%s through %s as %s", filepath.Base(r.Source), where, r.Product)
	row("commands", "%10s   %s orders, %s cancels, %s reduces, %s immediate-or-cancel",
		thousands(r.Commands), thousands(r.Orders), thousands(r.Cancels), thousands(r.Reduces), thousands(r.Incoming))
	if r.Played < r.Commands {
		row("played", "%10s   interrupted", thousands(r.Played))
	}
	row("fills expected", "%10s", thousands(r.FillsExpected))
	row("fills matched", "%10s", thousands(r.FillsMatched))
	row("mismatches", "%10s", thousands(r.Mismatches))
	if r.FirstMismatch != nil {
		row("first mismatch", "%s", r.FirstMismatch)
	}
	row("rate", "%10s   commands/s in %s, checking included", thousands(int(r.CommandsPerSecond)), latency.FormatNs(int64(r.Seconds*1e9)))
	t := &r.ServiceTime
	row("service time", "p50 %s   p99 %s   p99.9 %s   max %s", t.P50, t.P99, t.P999, latency.FormatNs(t.Max))
	row("", "%s", r.conditions())
	return out.Flush()
}

// conditions says what the service time is of.
func (r *Report) conditions() string {
	const closed = "closed loop: each command waits for the one before, so no time in a queue is in this"
	if r.Over == OverTCP {
		return "from writing a command to reading its acknowledgement, one in flight; " + closed
	}
	return "of engine.Apply, the timer's own cost included; " + closed
}

// thousands writes a count that is not negative in groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
