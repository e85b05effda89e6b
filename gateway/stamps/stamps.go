// Package stamps records when an order passes the borders of the stages on its way,
// in a build with the tag `stamps` (amd64). Every other build has none of it: there a
// Log is nothing, and its methods are inlined to nothing.
//
//	go build -tags stamps ./cmd/pricetime
//
// A mark is the border behind which a stage begins or ends. One thread writes a log,
// into memory that was made and touched when the venue started; nothing on the way
// allocates, and a log that is full takes no more. Readings are of the time stamp
// counter, which threads and processes of one machine may compare.
package stamps

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// Mark is a border between two stages.
type Mark uint8

// Marks, in the order in which one order passes them. The feed's are not on its way.
const (
	ReadBegan  Mark = iota // before the read that brought something
	ReadDone               // the read returned
	Decoded                // the line is a command
	Copied                 // the command is in the ring, and published next
	Taken                  // the core has it
	Applied                // the engine is done with it
	Delivered              // its events are in the ring, and published next
	Encoded                // its answers are in the outbox
	WriteBegan             // before the write
	Written                // the write returned
	FeedBegan              // before a turn of the feed that had work
	FeedDone
	Marks
)

// Stamp is a mark and when it was passed.
type Stamp struct {
	At   uint64 // the counter
	Mark Mark
}

// A log in a file: four words of 8 bytes, little-endian, then an entry a word. An
// entry is the counter less the log's first reading, shifted over the mark.
//
//	offset 0  magic    "ptstamp1"
//	       8  base     u64  first reading of the counter
//	      16  dropped  u64  marks that found the log full
//	      24  n        u64  entries
//	      32  entries  u64[n]  (counter - base) << markBits | mark
const (
	magic     = "ptstamp1"
	headBytes = 32
	markBits  = 4
)

const _ = uint(1<<markBits - Marks)

// Read reads logs, one behind the other, and returns their stamps in order of time,
// and how many did not fit a log.
func Read(r io.Reader) (all []Stamp, dropped uint64, err error) {
	in := bufio.NewReaderSize(r, 1<<20)
	logs := 0
	for ; ; logs++ {
		var head [headBytes]byte
		if _, err := io.ReadFull(in, head[:]); err == io.EOF {
			break
		} else if err != nil {
			return nil, 0, fmt.Errorf("stamps: %w", err)
		}
		if string(head[:8]) != magic {
			return nil, 0, fmt.Errorf("stamps: %q is not the beginning of a log", head[:8])
		}
		base, n := binary.LittleEndian.Uint64(head[8:]), binary.LittleEndian.Uint64(head[24:])
		dropped += binary.LittleEndian.Uint64(head[16:])
		var word [8]byte
		for range n {
			if _, err := io.ReadFull(in, word[:]); err != nil {
				return nil, 0, fmt.Errorf("stamps: a log of %d ends early: %w", n, err)
			}
			e := binary.LittleEndian.Uint64(word[:])
			all = append(all, Stamp{At: base + e>>markBits, Mark: Mark(e & (1<<markBits - 1))})
		}
	}
	if logs > 1 { // one is in order as it is
		slices.SortStableFunc(all, func(a, b Stamp) int { return cmp.Compare(a.At, b.At) })
	}
	return all, dropped, nil
}
