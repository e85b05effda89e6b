package jsonl

import (
	"time"

	"pricetime/engine"
)

// clock writes sequenced times as RFC 3339 with nanoseconds, UTC. Times come in
// order, many to the second, so it keeps the last second's text.
type clock struct {
	second int64
	text   []byte // "2006-01-02T15:04:05."; empty before the first time
}

// timeBytes is the length of every time: 2006-01-02T15:04:05.000000000Z.
const timeBytes = 30

func newClock() clock { return clock{text: make([]byte, 0, timeBytes)} }

// hot
func (c *clock) append(dst []byte, t engine.Time) []byte {
	const second = int64(time.Second)
	s, ns := int64(t)/second, int64(t)%second
	if ns < 0 {
		s, ns = s-1, ns+second
	}
	if s != c.second || len(c.text) == 0 {
		c.second = s
		c.text = time.Unix(s, 0).UTC().AppendFormat(c.text[:0], "2006-01-02T15:04:05.")
	}
	dst = append(dst, c.text...)
	dst = append(dst, "000000000Z"...)
	for i := len(dst) - 2; ns > 0; i-- {
		dst[i] = byte('0' + ns%10)
		ns /= 10
	}
	return dst
}
