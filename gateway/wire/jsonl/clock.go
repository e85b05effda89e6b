package jsonl

import "pricetime/engine"

// clock writes the time of a line as RFC 3339 with nanoseconds, UTC. All lines of a
// batch have the same time and most of a second's text is that of the time before,
// so it keeps what it wrote last. It does without package time: what it writes
// depends on the event alone, never on a zone.
type clock struct {
	at     engine.Time
	second int64
	field  [timeFieldBytes]byte // `,"time":"2006-01-02T15:04:05.000000000Z"`
}

const (
	timeKey        = `,"time":"`
	secondBytes    = len("2006-01-02T15:04:05.")
	timeBytes      = secondBytes + len("000000000Z")
	timeFieldBytes = len(timeKey) + timeBytes + len(`"`)
)

func newClock() (c clock) {
	copy(c.field[:], timeKey)
	copy(c.field[len(timeKey)+timeBytes-1:], `Z"`)
	c.spellSecond()
	c.spell(0)
	return c
}

// text is time t and the quote behind it, valid until the next use of the clock.
func (c *clock) text(t engine.Time) []byte {
	if t != c.at {
		c.spell(t)
	}
	return c.field[len(timeKey):]
}

// append appends the field of time t.
// hot
func (c *clock) append(dst []byte, t engine.Time) []byte {
	if t != c.at {
		c.spell(t)
	}
	return append(dst, c.field[:]...)
}

// hot
func (c *clock) spell(t engine.Time) {
	c.at = t
	s, ns := floorDiv(int64(t), 1e9)
	if s != c.second {
		c.second = s
		c.spellSecond()
	}
	appendDigits(c.field[:len(timeKey)+secondBytes], ns, 9)
}

func (c *clock) spellSecond() {
	day, s := floorDiv(c.second, 24*60*60)
	year, month, dayOfMonth := civil(day)
	b := append(appendDigits(c.field[:len(timeKey)], year, 4), '-')
	b = append(appendDigits(b, month, 2), '-')
	b = append(appendDigits(b, dayOfMonth, 2), 'T')
	b = append(appendDigits(b, s/3600, 2), ':')
	b = append(appendDigits(b, s/60%60, 2), ':')
	_ = append(appendDigits(b, s%60, 2), '.')
}

// civil is the date of a day counted from 1970-01-01, in the Gregorian calendar.
// Years are counted from March, so that a leap day is the last of its year, and in
// the calendar's cycle of 400 years (H. Hinnant, chrono-compatible date algorithms).
func civil(day int64) (year, month, dayOfMonth int64) {
	const (
		cycleDays   = 400*365 + 97
		centuryDays = 100*365 + 24
		fourDays    = 4*365 + 1
		toMarch0000 = 719_468 // days from 0000-03-01 to 1970-01-01
	)
	cycle, inCycle := floorDiv(day+toMarch0000, cycleDays)
	// Leap days taken out, the cycle's years are all alike.
	inYears := inCycle - inCycle/(fourDays-1) + inCycle/centuryDays - inCycle/(cycleDays-1)
	yearOfCycle := inYears / 365
	inYear := inCycle - (365*yearOfCycle + yearOfCycle/4 - yearOfCycle/100)
	// From March on, five months in turn have 153 days: 31 30 31 30 31.
	fromMarch := (5*inYear + 2) / 153
	year, month, dayOfMonth = 400*cycle+yearOfCycle, fromMarch+3, inYear-(153*fromMarch+2)/5+1
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, dayOfMonth
}

// floorDiv divides so that the rest is never negative.
func floorDiv(n, by int64) (quotient, rest int64) {
	quotient, rest = n/by, n%by
	if rest < 0 {
		quotient, rest = quotient-1, rest+by
	}
	return quotient, rest
}

// appendDigits appends n in exactly so many digits.
// hot
func appendDigits(dst []byte, n int64, digits int) []byte {
	dst = append(dst, "000000000"[:digits]...)
	for i := len(dst) - 1; n > 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}
