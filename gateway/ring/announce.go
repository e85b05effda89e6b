package ring

import "sync/atomic"

// falseSharing is the distance between words of different writers: two cache
// lines of 64 bytes, because the prefetcher of amd64 fetches lines in pairs.
const falseSharing = 128

// cursor is a position that one side writes and another reads, alone on its lines.
type cursor struct {
	_ [falseSharing - 8]byte
	atomic.Uint64
	_ [falseSharing - 8]byte
}

// announce(word, v) is word.Store(v): sequentially consistent, and everything written
// before it is seen by who loads v. Only the way is another, and only on amd64.
//
// There an atomic store is an exchange. An exchange starts when every store before it
// is done, so the line of the slot is fetched from the reader's core first, and only
// then the line of the cursor. A plain store followed by a fence (a locked addition
// of nothing to the thread's own stack) means the same to all who look on, and lets
// the two fetches overlap:
//
//	exchange      |-- slot's line --|-- cursor's line --| seen
//	store, fence  |-- slot's line --|
//	              |-- cursor's line --| seen            then the fence
//
// amd64 keeps the order of stores (Intel SDM vol. 3A 8.2.2, AMD APM vol. 2 7.2), so
// the slot is seen before the cursor. The fence keeps the order of this store and
// the loads after it, which [Waker] needs. Go has no plain store that others may
// read, so this one is assembly; the race detector sees the atomic one instead.
// BenchmarkAnnounce has both (docs/adr/0016-announce.md).
