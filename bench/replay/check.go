package replay

import (
	"fmt"

	"pricetime/bench/recorded"
	"pricetime/engine"
)

// check compares outcomes with the record and counts into the report.
type check struct {
	file     string
	report   *Report
	executed map[uint64]engine.Qty // of each order that traded, as the venue said
}

// total is the total quantity that an R asks for: a record names what stays open,
// a venue takes the order's total, which includes what was executed.
func (c *check) total(rec *recorded.Record) engine.Qty {
	if rec.Kind != recorded.Reduce {
		return 0
	}
	return c.executed[rec.ID] + rec.Qty
}

// compare holds out against the record: rec and the F lines that follow it.
func (c *check) compare(rec *recorded.Record, fills []recorded.Record, out *outcome) {
	for i := range out.fills {
		c.executed[out.fills[i].resting] += out.fills[i].qty
	}
	switch rec.Kind {
	case recorded.Enter:
		if len(out.fills) > 0 {
			c.mismatch(rec.Line, rec.String()+" rests without a fill", out.fills[0].String())
		} else if out.status != rests || out.leaves != rec.Qty {
			c.mismatch(rec.Line, rec.String()+" rests", out.String())
		}
	case recorded.Reduce:
		if out.status != reduced || out.leaves != rec.Qty {
			c.mismatch(rec.Line, fmt.Sprintf("%s leaves %d open", rec.String(), rec.Qty), out.String())
		}
	case recorded.Cancel:
		if out.status != canceled {
			c.mismatch(rec.Line, rec.String()+" is canceled", out.String())
		}
	case recorded.Take:
		c.compareFills(rec, fills, out)
	}
}

// compareFills holds the fills of an X against its F lines, one by one.
func (c *check) compareFills(take *recorded.Record, expected []recorded.Record, out *outcome) {
	for i := range expected {
		want := &expected[i]
		switch {
		case i >= len(out.fills):
			got := "no further fill"
			if out.status != ended {
				got = out.String()
			}
			c.mismatch(want.Line, want.String(), got)
		case out.fills[i].is(want):
			c.report.FillsMatched++
		default:
			c.mismatch(want.Line, want.String(), out.fills[i].String())
		}
	}
	last := take
	if len(expected) > 0 {
		last = &expected[len(expected)-1]
	}
	switch {
	case len(out.fills) > len(expected):
		c.mismatch(last.Line, "no further fill after "+last.String(), out.fills[len(expected)].String())
	case out.status != ended && len(expected) == 0:
		c.mismatch(take.Line, take.String()+" ends without a fill", out.String())
	}
}

func (c *check) mismatch(line int, expected, got string) {
	c.report.Mismatches++
	if c.report.FirstMismatch == nil {
		c.report.FirstMismatch = &Mismatch{File: c.file, Line: line, Expected: expected, Got: got}
	}
}

// is reports whether the fill is the one that an F line expects.
func (f *fill) is(want *recorded.Record) bool {
	return f.foreign == "" && f.resting == want.ID && f.qty == want.Qty && f.price == want.Price
}

// String is the fill as an F line.
func (f *fill) String() string {
	if f.foreign != "" {
		return fmt.Sprintf("a fill of %d at %d against %s, which is no order of this play", f.qty, f.price, f.foreign)
	}
	rec := recorded.Record{Kind: recorded.Fill, ID: f.resting, Qty: f.qty, Price: f.price}
	return rec.String()
}

// String says for people how a command ended.
func (o *outcome) String() string {
	switch o.status {
	case rests:
		return fmt.Sprintf("it rests with %d open", o.leaves)
	case ended:
		return "it ended without resting"
	case reduced:
		return fmt.Sprintf("%d are left open", o.leaves)
	case canceled:
		return "it was canceled"
	case refused:
		return "refused: " + o.reason
	}
	return "no answer"
}
