package bench

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"pricetime/gateway/latency"
)

// table is rows of cells for the terminal: the first column to the left, the
// others to the right, so that numbers of one unit stand under each other.
type table struct {
	title  string
	header []string
	rows   [][]string

	leftLast bool // the last column is text
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) writeTo(w io.Writer) {
	width := make([]int, len(t.header))
	for _, row := range append([][]string{t.header}, t.rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	if t.title != "" {
		b.WriteString(t.title + "\n")
	}
	line := func(cells []string) {
		var l strings.Builder
		for i, cell := range cells {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i == 0 || t.leftLast && i == len(cells)-1 {
				l.WriteString("  " + cell + pad)
			} else {
				l.WriteString("  " + pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	line(t.header)
	rule := make([]string, len(t.header))
	for i := range rule {
		rule[i] = strings.Repeat("-", width[i])
	}
	if last := len(rule) - 1; t.leftLast {
		rule[last] = strings.Repeat("-", utf8.RuneCountInString(t.header[last]))
	}
	line(rule)
	for _, row := range t.rows {
		line(row)
	}
	b.WriteByte('\n')
	io.WriteString(w, b.String())
}

// millions writes a number a second, in millions, to three digits.
func millions(perSecond float64) string { return strconv.FormatFloat(perSecond/1e6, 'g', 3, 64) }

// nanoseconds writes a time that may be shorter than one.
func nanoseconds(ns float64) string {
	if ns < 100 {
		return strconv.FormatFloat(ns, 'f', 1, 64) + " ns"
	}
	return latency.FormatNs(int64(ns))
}

// ratio writes a quotient; "-" where there is none.
func ratio(r float64) string {
	if r == 0 {
		return "-"
	}
	return strconv.FormatFloat(r, 'f', 2, 64)
}
