package ring

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// pinned locks the goroutine to its thread, and the thread to a core where the machine
// has more than one. Linux likes to leave two threads that wake each other on one core;
// where they spin that is a slice of the scheduler per message. The thread ends with
// its goroutine, so nothing is undone.
func pinned(b *testing.B, core int) {
	runtime.LockOSThread()
	var one unix.CPUSet
	one.Set(core)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		b.Logf("not pinned to core %d: %v", core, err)
	}
}
