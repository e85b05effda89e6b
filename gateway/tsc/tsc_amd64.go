// Package tsc reads the processor's time stamp counter, where there is one that
// runs at one rate in every state: the shortest look at a clock that there is, 10 to
// 20 ns.
package tsc

// Read reads the counter, after the loads before it are done.
//
//go:noescape
func Read() uint64

// Usable asks CPUID whether the counter runs at one rate in all states
// (leaf 0x80000007, EDX bit 8, "invariant TSC"). Kernels synchronise such
// counters over the cores of a machine, so that two threads can compare them.
func Usable() bool
