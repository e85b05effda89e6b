package config

import (
	"slices"
	"strings"
	"time"

	"pricetime/engine"
)

// Point is a moment of every day at which the venue does something by itself: it
// moves a product to a phase, or it rolls the day.
type Point struct {
	At      time.Duration // since 00:00 UTC, below 24 hours
	RollDay bool          // else Product goes to Phase
	Product engine.InstrumentID
	Phase   engine.Phase
}

// phaseFields are the fields of a product that are moments of its day.
var phaseFields = []struct {
	name  string
	phase engine.Phase
}{
	{"pre-open", engine.PreOpen}, {"open", engine.Continuous}, {"closing-call", engine.ClosingCall}, {"close", engine.Closed},
}

// schedule reads the moments of a product's day, in their order. They follow each
// other round the clock, the day's last by the next day's first, and each has to be a
// phase that the one before can end in.
func (r *report) schedule(s *section, id engine.InstrumentID) []Point {
	var points []Point
	byTime := map[time.Duration]*field{}
	for _, p := range phaseFields {
		f := s.get(p.name)
		if f == nil {
			continue
		}
		at, ok := r.timeOfDay(f)
		if !ok {
			return nil
		}
		if other := byTime[at]; other != nil {
			r.add(f.line, f.name, "is %s, which is when %s is: one of them must be later", f.value, other.name)
			return nil
		}
		byTime[at] = f
		points = append(points, Point{At: at, Product: id, Phase: p.phase})
	}
	sortPoints(points)
	for i, p := range points {
		before := points[(i+len(points)-1)%len(points)]
		if !before.Phase.Follows(p.Phase) {
			f := byTime[p.At]
			if len(points) == 1 {
				r.add(f.line, f.name, "stands alone: a day needs pre-open and open, and most have close")
			} else {
				r.add(f.line, f.name, "cannot follow %s: a day goes pre-open, open, closing-call, close; closing-call, or close without it, may be left out", byTime[before.At].name)
			}
			return nil
		}
	}
	return points
}

// timeOfDay reads 09:30 or 09:30:15.
func (r *report) timeOfDay(f *field) (time.Duration, bool) {
	layout := "15:04:05"
	if strings.Count(f.value, ":") == 1 {
		layout = "15:04"
	}
	t, err := time.Parse(layout, f.value)
	if err != nil || len(f.value) != len(layout) {
		r.add(f.line, f.name, "is %q, must be a time of day in UTC, such as 09:30 or 09:30:15", f.value)
		return 0, false
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second, true
}

func sortPoints(points []Point) {
	slices.SortStableFunc(points, func(a, b Point) int { return int(a.At - b.At) })
}
