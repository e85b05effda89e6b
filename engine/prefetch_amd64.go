package engine

import "unsafe"

// prefetch asks for a cache line, and does not wait for it.
//
//go:noescape
func prefetch(p unsafe.Pointer)
