//go:build !race

package ring

import "sync/atomic"

// hot
//
//go:noescape
func announce(word *atomic.Uint64, v uint64)
