//go:build !amd64

package engine

import "unsafe"

// prefetch is for processors that have an instruction for it; see prefetch_amd64.s.
func prefetch(p unsafe.Pointer) {}
