package bench

import (
	"math/bits"
	"time"

	"pricetime/gateway/tsc"
)

// clock is what every experiment reads: nanoseconds since the clock was made, at
// a cost of about 10 ns a look. Where the processor has a time stamp counter
// that runs at one rate in every state and on every core, it is read directly;
// elsewhere the clock is the operating system's (30 to 50 ns). The cost is in
// E0's table and is never subtracted from a result.
//
// All times of one run come from one clock, so that an error of its rate (a few
// parts in a million) scales everything and shifts nothing.
type clock struct {
	base  uint64
	scale uint64 // nanoseconds a tick, in units of 1/2^32; 0: no counter
	start time.Time
}

// calibration is how long a new clock compares the counter with the system's.
const calibration = 20 * time.Millisecond

func newClock() *clock {
	c := &clock{start: time.Now()}
	if !tsc.Usable() {
		return c
	}
	ticks0, at0 := readPair()
	time.Sleep(calibration)
	ticks1, at1 := readPair()
	if ticks1 > ticks0 {
		ns := float64(at1.Sub(at0)) / float64(ticks1-ticks0)
		c.base, c.scale, c.start = ticks0, uint64(ns*(1<<32)), at0
	}
	return c
}

// readPair reads both clocks at one moment: of several tries, the one where the
// fewest ticks passed between the counter's looks on either side of the system's.
func readPair() (ticks uint64, at time.Time) {
	best := ^uint64(0)
	for range 32 {
		a := tsc.Read()
		t := time.Now()
		b := tsc.Read()
		if b-a < best {
			best, ticks, at = b-a, a+(b-a)/2, t
		}
	}
	return ticks, at
}

// now is the time in nanoseconds. Any thread.
// hot
func (c *clock) now() int64 {
	if c.scale == 0 {
		return int64(time.Since(c.start))
	}
	return c.at(tsc.Read())
}

// at is the time of a reading of the counter.
// hot
func (c *clock) at(ticks uint64) int64 {
	hi, lo := bits.Mul64(ticks-c.base, c.scale)
	return int64(hi<<32 | lo>>32)
}

// source names where the time comes from, for the fingerprint.
func (c *clock) source() string {
	if c.scale == 0 {
		return "system"
	}
	return "tsc"
}
