package bench

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress tells how far a run is and when it will be done: one line redrawn in
// place on a terminal, a plain line for every tenth elsewhere. It draws only
// between measurements, never during one.
type progress struct {
	w        io.Writer
	terminal bool
	started  time.Time
	planned  time.Duration // what all steps were thought to take
	done     time.Duration // what those that are done were thought to take
	tenth    int
	width    int // of what stands on the line
}

func newProgress(w io.Writer, planned time.Duration) *progress {
	return &progress{w: w, terminal: isTerminal(w), started: time.Now(), planned: planned, tenth: -1}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// step announces what is measured next.
func (p *progress) step(what string) {
	percent := int(100 * p.done / max(p.planned, 1))
	line := fmt.Sprintf("bench %3d %%  %s left  %s", percent, p.left(), what)
	switch {
	case p.terminal:
		pad := max(p.width-len(line), 0)
		p.width = len(line)
		fmt.Fprintf(p.w, "\r%s%s", line, strings.Repeat(" ", pad))
	case percent/10 > p.tenth:
		p.tenth = percent / 10
		fmt.Fprintln(p.w, line)
	}
}

// left is what the steps to come are thought to take, at the pace so far.
func (p *progress) left() time.Duration {
	left := float64(p.planned - p.done)
	if p.done > 0 {
		left *= float64(time.Since(p.started)) / float64(p.done)
	}
	return time.Duration(left).Round(time.Second)
}

// finished counts a step, by what it was thought to take.
func (p *progress) finished(planned time.Duration) { p.done += planned }

// clear takes the line away, so that something else can be printed.
func (p *progress) clear() {
	if p.terminal && p.width > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width))
		p.width = 0
	}
}
