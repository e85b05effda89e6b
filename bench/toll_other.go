//go:build !linux

package bench

// readToll: other systems do not say.
func readToll(pid int) toll { return toll{} }

// prefaultRun: other systems have no such thing.
const prefaultRun = ""
