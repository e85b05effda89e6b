package jsonl

import (
	"math"

	"pricetime/engine"
)

// timeFault is what is wrong with a time.
type timeFault uint8

const (
	timeOK        timeFault = iota
	timeMalformed           // no time of RFC 3339
	timeTooFine             // more than nine decimals that are not zeros
	timeRange               // before 1677-09-21 or after 2262-04-11: its nanoseconds do not fit in 63 bits
)

// parseTime reads a time of RFC 3339 exactly: a date, a capital T, a time of day with
// any decimals of a second, and Z or an offset. A leap second, 60, is no time here:
// sequenced time has none. With a fault the time is 0.
func parseTime(s []byte) (engine.Time, timeFault) {
	year, s, ok1 := number(s, 4, '-', 0, 9999)
	month, s, ok2 := number(s, 2, '-', 1, 12)
	day, s, ok3 := number(s, 2, 'T', 1, 31)
	hour, s, ok4 := number(s, 2, ':', 0, 23)
	minute, s, ok5 := number(s, 2, ':', 0, 59)
	second, s, ok6 := number(s, 2, 0, 0, 59)
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) || day > daysOf(year, month) {
		return 0, timeMalformed
	}
	ns, tooFine := int64(0), false
	if len(s) > 0 && s[0] == '.' {
		places := 0
		for s = s[1:]; len(s) > 0 && s[0]-'0' <= 9; s = s[1:] {
			if places < 9 {
				ns = ns*10 + int64(s[0]-'0')
			} else if s[0] != '0' {
				tooFine = true
			}
			places++
		}
		if places == 0 {
			return 0, timeMalformed
		}
		for ; places < 9; places++ {
			ns *= 10
		}
	}
	offset, ok := parseOffset(s)
	if !ok {
		return 0, timeMalformed
	}
	if tooFine {
		return 0, timeTooFine
	}
	at := (dayOf(year, month, day)*24+hour)*3600 + minute*60 + second - offset
	last, lastNs := floorDiv(math.MaxInt64, 1e9)
	first, firstNs := floorDiv(math.MinInt64, 1e9)
	if at > last || at == last && ns > lastNs || at < first || at == first && ns < firstNs {
		return 0, timeRange
	}
	return engine.Time(at*1e9 + ns), timeOK // where at*1e9 wraps, ns brings it back
}

// number reads a number of so many digits within a range, and the byte behind it, if
// there is to be one.
func number(s []byte, digits int, behind byte, least, most int64) (n int64, rest []byte, ok bool) {
	if len(s) < digits {
		return 0, nil, false
	}
	for _, c := range s[:digits] {
		if c-'0' > 9 {
			return 0, nil, false
		}
		n = n*10 + int64(c-'0')
	}
	s = s[digits:]
	if n < least || n > most {
		return 0, nil, false
	}
	if behind != 0 {
		if len(s) == 0 || s[0] != behind {
			return 0, nil, false
		}
		s = s[1:]
	}
	return n, s, true
}

// parseOffset reads Z, or how far a clock is ahead of UTC, in seconds.
func parseOffset(s []byte) (seconds int64, ok bool) {
	if len(s) == 1 && s[0] == 'Z' {
		return 0, true
	}
	if len(s) != len("+00:00") || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	hours, rest, ok1 := number(s[1:], 2, ':', 0, 23)
	minutes, _, ok2 := number(rest, 2, 0, 0, 59)
	seconds = hours*3600 + minutes*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, ok1 && ok2
}

// daysOf is how many days a month has.
func daysOf(year, month int64) int64 {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month/8)%2
}

// dayOf counts the days from 1970-01-01 to a date; civil turns it back, and explains.
func dayOf(year, month, dayOfMonth int64) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	cycle, yearOfCycle := floorDiv(year, 400)
	inYear := (153*(month-3)+2)/5 + dayOfMonth - 1
	return cycle*(400*365+97) + yearOfCycle*365 + yearOfCycle/4 - yearOfCycle/100 + inYear - 719_468
}
