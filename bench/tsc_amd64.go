package bench

// readTSC reads the time stamp counter, after the loads before it are done.
//
//go:noescape
func readTSC() uint64

// tscUsable asks CPUID whether the counter runs at one rate in all states
// (leaf 0x80000007, EDX bit 8, "invariant TSC"). Kernels synchronise such
// counters over the cores of a machine, so that two threads can compare them.
func tscUsable() bool
