package gateway

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// tables is the memory of an engine's tables: mapped once, advised to huge pages,
// and faulted in before the door opens. A day of orders touches a slab all over;
// with pages of 4 KiB much of the time goes to finding pages, and the first touch
// of each costs a fault in the middle of somebody's order.
type tables struct {
	mapped [][]byte
	bytes  int64
}

// hugePage is what a table must fill to be worth a mapping of its own.
const hugePage = 2 << 20

// faultedMax is how much of a table is faulted in at the start: enough for the
// open orders of a large book and the first hours of a day. All of it would take
// seconds and gigabytes; the rest comes with use, 2 MiB at a time.
const faultedMax = 16 << 20

func (t *tables) table(bytes int) []byte {
	if bytes < hugePage {
		return make([]byte, bytes)
	}
	// One page more, so that the table can begin at a huge page.
	size := (bytes+hugePage-1)/hugePage*hugePage + hugePage
	m, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
	if err != nil {
		return make([]byte, bytes) // an address-space limit: ordinary memory will say so if it is one too many
	}
	t.mapped = append(t.mapped, m)
	t.bytes += int64(size)
	b := m[alignUp(m, hugePage):][:bytes:bytes]
	unix.Madvise(m, unix.MADV_HUGEPAGE) // refused where the kernel has none: then pages are small, and all is well
	for i := 0; i < min(bytes, faultedMax); i += 4 << 10 {
		b[i] = 0
	}
	return b
}

func (t *tables) unmap() {
	for _, m := range t.mapped {
		unix.Munmap(m)
	}
}

// alignUp is the offset of the first address in b that is a multiple of n.
func alignUp(b []byte, n uintptr) int {
	return int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (n - 1))
}
