//go:build !amd64

package bench

func readTSC() uint64 { panic("BUG: the time stamp counter is read where there is none") }

func tscUsable() bool { return false }
