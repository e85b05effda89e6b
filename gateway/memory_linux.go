package gateway

import (
	"cmp"
	"fmt"
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

	prefault  int64 // of a table, from its front
	available int64 // what the machine had when more than the default was asked for
	wanted    int64 // to be faulted in, over all tables so far
}

// hugePage is what a table must fill to be worth a mapping of its own.
const hugePage = 2 << 20

func newTables(prefault int64) *tables {
	if prefault <= PrefaultDefault {
		return &tables{prefault: cmp.Or(prefault, PrefaultDefault), available: 1 << 62}
	}
	return &tables{prefault: prefault, available: availableBytes() - prefaultLeaveBytes}
}

// prefaultLeaveBytes of the available memory stay free: beyond that the kernel
// begins to end processes, and this one would be the first.
const prefaultLeaveBytes = 512 << 20

// refused says whether more was to be faulted in than the machine has: then nothing
// more was.
func (t *tables) refused() error {
	if t.wanted <= t.available {
		return nil
	}
	return &HostRefusal{
		Asked: "--prefault",
		Why:   fmt.Sprintf("it would take %d MiB, and of the memory that is available %d MiB can be used for it", t.wanted>>20, max(t.available, 0)>>20),
		Do:    "a smaller --prefault (it counts for each table), or more memory",
	}
}

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
	n := min(int64(bytes), t.prefault)
	if t.wanted += n; t.wanted <= t.available {
		for i := int64(0); i < n; i += 4 << 10 {
			b[i] = 0
		}
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
