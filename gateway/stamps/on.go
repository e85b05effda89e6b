//go:build stamps && amd64

package stamps

import (
	"bufio"
	"encoding/binary"
	"io"

	"pricetime/gateway/tsc"
)

// Enabled says whether this build records anything.
const Enabled = true

// logEntries holds 20 to 40 seconds of orders, one at a time: some 12 marks for each of
// 40,000 to 70,000 a second. 128 MiB.
const logEntries = 1 << 24

// Log is one thread's record. The zero value records nothing.
type Log struct{ *record }

type record struct {
	base    uint64
	dropped uint64
	n       int
	entries []uint64
}

// New makes a log and touches its memory.
func New() Log {
	r := &record{base: tsc.Read(), entries: make([]uint64, logEntries)}
	clear(r.entries)
	return Log{r}
}

// At records that a mark is passed now.
// hot
func (l Log) At(m Mark) { l.Put(m, tsc.Read()) }

// Now reads the counter, for a mark that may turn out to be none.
// hot
func (l Log) Now() uint64 { return tsc.Read() }

// Put records a mark that was passed at a reading of Now.
// hot
func (l Log) Put(m Mark, at uint64) {
	r := l.record
	if r == nil {
		return
	}
	if r.n == len(r.entries) {
		r.dropped++
		return
	}
	r.entries[r.n] = (at-r.base)<<markBits | uint64(m)
	r.n++
}

// Write writes the log, when its thread has ended.
func (l Log) Write(w io.Writer) error {
	b := bufio.NewWriterSize(w, 1<<20)
	word := func(v uint64) { b.Write(binary.LittleEndian.AppendUint64(b.AvailableBuffer(), v)) }
	b.WriteString(magic)
	word(l.base)
	word(l.dropped)
	word(uint64(l.n))
	for _, e := range l.entries[:l.n] {
		word(e)
	}
	return b.Flush()
}
