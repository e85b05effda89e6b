//go:build !linux

package bench

import "runtime"

// pin locks the goroutine to its thread. Other systems have no portable way to
// name a core.
func pin(core int) (unpin func()) {
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}
