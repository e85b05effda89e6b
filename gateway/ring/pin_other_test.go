//go:build !linux

package ring

import (
	"runtime"
	"testing"
)

func pinned(*testing.B, int) { runtime.LockOSThread() }
