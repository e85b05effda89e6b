//go:build !amd64

package tsc

// Read must not be called: Usable is false.
func Read() uint64 { panic("BUG: the time stamp counter is read where there is none") }

// Usable says that there is no counter.
func Usable() bool { return false }
