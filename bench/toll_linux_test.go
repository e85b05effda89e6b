package bench

import (
	"os"
	"testing"
)

// What the kernel tells of this process is found and grows.
func TestTollOfThisProcess(t *testing.T) {
	before := readToll(os.Getpid())
	b := make([]byte, 64<<20)
	for i := 0; i < len(b); i += 4 << 10 {
		b[i] = 1
	}
	if got := readToll(os.Getpid()).since(before); got.Faults <= 0 || got.WaitedNs < 0 || got.StolenNs < 0 {
		t.Errorf("64 MiB were touched, and the toll is %+v", got)
	}
	if numberIn("/proc/self/schedstat", "", 0) == 0 && numberIn("/proc/self/schedstat", "", 2) == 0 {
		t.Skip("the kernel has no schedstat")
	}
	if user, idle := numberIn("/proc/stat", "cpu ", 0), numberIn("/proc/stat", "cpu ", 3); user == 0 && idle == 0 {
		t.Error("no time in /proc/stat")
	}
	if got := numberIn("/proc/nowhere", "", 0); got != 0 {
		t.Errorf("a file that is not there says %d", got)
	}
}

func TestTollIsNoisy(t *testing.T) {
	for _, c := range []struct {
		toll
		want bool
	}{{toll{WaitedNs: 7e6}, false}, {toll{WaitedNs: 9e6}, true}, {toll{StolenNs: 10e6}, true}, {toll{Faults: 1000}, false}} {
		if got := c.noisy(0.8); got != c.want {
			t.Errorf("%+v: %v", c.toll, got)
		}
	}
}
