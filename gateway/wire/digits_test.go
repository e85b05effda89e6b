package wire

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestAppendUint(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, n uint64) {
		// Longer text has been there before, and what it left behind the end is not seen.
		dst := append(make([]byte, 0, 64), "before 99999999999999999999"...)[:len("before ")]
		if got, want := string(AppendUint(dst, n)), "before "+strconv.FormatUint(n, 10); got != want {
			t.Fatalf("%d is written %q", n, got)
		}
		if got := string(AppendUint(nil, n)); got != strconv.FormatUint(n, 10) {
			t.Fatalf("%d is written %q into no room", n, got)
		}
	}
	for power := uint64(1); ; power *= 10 {
		check(t, power-1)
		check(t, power)
		check(t, power+1)
		if power == 1e19 {
			break
		}
	}
	for n := uint64(0); n < 1e8; n += 997 {
		check(t, n)
	}
	check(t, 1<<64-1)
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.Uint64().Draw(t, "n")>>rapid.IntRange(0, 63).Draw(t, "shift"))
	})
}

func BenchmarkAppendUint(b *testing.B) {
	dst := make([]byte, 0, 64)
	n := uint64(1)
	for b.Loop() {
		n = n*6_364_136_223_846_793_005 + 1
		dst = AppendUint(dst[:0], n>>(n&31+20))
	}
}

// Its plain version.
func BenchmarkAppendUintStrconv(b *testing.B) {
	dst := make([]byte, 0, 64)
	n := uint64(1)
	for b.Loop() {
		n = n*6_364_136_223_846_793_005 + 1
		dst = strconv.AppendUint(dst[:0], n>>(n&31+20), 10)
	}
}
