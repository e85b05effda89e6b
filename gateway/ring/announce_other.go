//go:build !amd64 || race

package ring

import "sync/atomic"

// hot
func announce(word *atomic.Uint64, v uint64) { word.Store(v) }
