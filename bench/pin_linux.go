package bench

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// pin locks the goroutine to its thread and the thread to a core, where the
// machine has more than one and lets us; it returns what undoes both. A child
// process inherits the mask of the thread that forks it: never fork while pinned.
func pin(core int) (unpin func()) {
	runtime.LockOSThread()
	var before unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil || before.Count() < 2 {
		return runtime.UnlockOSThread
	}
	var one unix.CPUSet
	for cpu, nth := 0, core%before.Count(); ; cpu++ {
		if !before.IsSet(cpu) {
			continue
		}
		if nth == 0 {
			one.Set(cpu)
			break
		}
		nth--
	}
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		return runtime.UnlockOSThread
	}
	return func() {
		unix.SchedSetaffinity(0, &before)
		runtime.UnlockOSThread()
	}
}
