package gateway

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"pricetime/engine"
)

// tinyVenue starts in no time.
func tinyVenue(t *testing.T, o Options) (*Venue, error) {
	t.Helper()
	o.Limits = DefaultLimits()
	o.Limits.Engine = engine.Limits{OrdersMax: 1 << 10, AccountsMax: 16, LevelsPerSideMax: 1 << 8, OrdersPerDay: 1 << 18, ClOrdIDsPerDay: 1 << 10}
	o.Limits.ConnectionsMax, o.Limits.OutboxChunks = 16, 64
	v, err := Start(o)
	if err == nil {
		t.Cleanup(v.Stop)
	}
	return v, err
}

// threadNamed finds a thread of this process by its name.
func threadNamed(t *testing.T, name string) (tid int) {
	t.Helper()
	names, _ := filepath.Glob("/proc/self/task/*/comm")
	for _, path := range names {
		if firstLine(path) == name {
			tid, _ = strconv.Atoi(filepath.Base(filepath.Dir(path)))
		}
	}
	if tid == 0 {
		t.Fatalf("no thread is called %q", name)
	}
	return tid
}

func taskField(tid int, name string) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/status", tid))
	for line := range strings.Lines(string(text)) {
		if field, value, ok := strings.Cut(line, ":"); ok && field == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// What the kernel says of the threads is what was asked for, and no other thread of
// the process has it, those that the runtime makes afterwards among them.
func TestThreadsGetTheirProcessors(t *testing.T) {
	m := readMachine()
	if len(m.allowed) < 2 {
		t.Skip("one processor")
	}
	all := formatCPUList(m.allowed)
	first, last := m.allowed[0], m.allowed[len(m.allowed)-1]
	for _, core := range []int{first, last} {
		v, err := tinyVenue(t, Options{Threads: ThreadsShared, Idle: IdlePark, Host: Host{Cores: strconv.Itoa(core)}})
		if err != nil {
			t.Fatal(err)
		}
		tid := threadNamed(t, "pricetime/venue")
		if got := taskField(tid, "Cpus_allowed_list"); got != strconv.Itoa(core) {
			t.Errorf("the venue's thread may run on %s, want %d", got, core)
		}
		blocked := make(chan bool) // each of these wants a thread of its own
		for range 8 {
			go func() { runtime.LockOSThread(); <-blocked; runtime.UnlockOSThread() }()
		}
		runtime.Gosched()
		tasks, _ := filepath.Glob("/proc/self/task/*")
		for _, task := range tasks {
			other, _ := strconv.Atoi(filepath.Base(task))
			if got := taskField(other, "Cpus_allowed_list"); other != tid && got != "" && got != all {
				t.Errorf("thread %d may run on %s only, and is not the venue's", other, got)
			}
		}
		close(blocked)
		v.Stop()
	}
}

func TestSplitThreadsGetOneProcessorEach(t *testing.T) {
	m := readMachine()
	if len(m.allowed) < 3 {
		t.Skip("needs three processors")
	}
	list := fmt.Sprintf("%d,%d,%d", m.allowed[2], m.allowed[0], m.allowed[1])
	if _, err := tinyVenue(t, Options{Threads: ThreadsSplit, Idle: IdlePark, Host: Host{Cores: list}}); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"io", "core", "feed"} {
		want := strings.Split(list, ",")[i]
		if got := taskField(threadNamed(t, "pricetime/"+name), "Cpus_allowed_list"); got != want {
			t.Errorf("%s runs on %s, want %s", name, got, want)
		}
	}
}

func TestThreadsGetTheirSchedulingClass(t *testing.T) {
	if len(readMachine().allowed) < 2 {
		t.Skip("one processor")
	}
	_, err := tinyVenue(t, Options{Threads: ThreadsShared, Idle: IdlePark, Host: Host{FIFO: 7}})
	var refusal *HostRefusal
	if errors.As(err, &refusal) && strings.Contains(err.Error(), "CAP_SYS_NICE") {
		t.Skipf("not allowed here: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	attr, err := unix.SchedGetAttr(threadNamed(t, "pricetime/venue"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if attr.Policy != unix.SCHED_FIFO || attr.Priority != 7 || attr.Flags&unix.SCHED_FLAG_RESET_ON_FORK == 0 {
		t.Errorf("the kernel says %+v", attr)
	}
	if attr, err = unix.SchedGetAttr(os.Getpid(), 0); err != nil || attr.Policy != unix.SCHED_NORMAL {
		t.Errorf("the main thread has %+v, %v", attr, err)
	}
}

// A venue that is refused something leaves nothing behind: the port is free, and no
// thread goes on.
func TestRefusedVenueIsGone(t *testing.T) {
	v, err := tinyVenue(t, Options{})
	if err != nil {
		t.Fatal(err)
	}
	address := v.JSONAddr()
	v.Stop()
	for _, host := range []Host{{Cores: "1000"}, {Cores: "0,0"}} {
		_, err := tinyVenue(t, Options{JSON: address, Threads: ThreadsShared, Idle: IdlePark, Host: host})
		var refusal *HostRefusal
		if !errors.As(err, &refusal) {
			t.Fatalf("%+v: %v", host, err)
		}
	}
	if v, err = tinyVenue(t, Options{JSON: address}); err != nil {
		t.Fatalf("the port of a refused venue: %v", err)
	}
	// A thread ends a moment after its goroutine.
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		names, _ := filepath.Glob("/proc/self/task/*/comm")
		venues := 0
		for _, path := range names {
			if strings.HasPrefix(firstLine(path), "pricetime/") {
				venues++
			}
		}
		if want := len(v.Host.Threads); venues == want {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("%d threads of venues, want the last one's %d", venues, want)
		}
	}
}

func TestPrefaultTouchesWhatItSays(t *testing.T) {
	resident := func(prefault int64) int {
		tb := newTables(prefault)
		defer tb.unmap()
		b := tb.table(64 << 20)
		if err := tb.refused(); err != nil {
			t.Fatal(err)
		}
		page := os.Getpagesize()
		vec := make([]byte, (len(b)+page-1)/page)
		if _, _, errno := unix.Syscall(unix.SYS_MINCORE, addressOf(b), uintptr(len(b)), addressOf(vec)); errno != 0 {
			t.Fatal(errno)
		}
		n := 0
		for _, v := range vec {
			n += int(v & 1)
		}
		return n * page
	}
	const slack = 4 << 20 // a huge page more at either end
	if n := resident(0); n < PrefaultDefault || n > PrefaultDefault+slack {
		t.Errorf("by default %d MiB are in memory", n>>20)
	}
	if n := resident(32 << 20); n < 32<<20 || n > 32<<20+slack {
		t.Errorf("of 32 MiB %d are in memory", n>>20)
	}
	if n := resident(PrefaultAll); n != 64<<20 {
		t.Errorf("of all 64 MiB %d are in memory", n>>20)
	}
}

// More than the machine has is refused, and not touched.
func TestPrefaultRefusesMoreThanThereIs(t *testing.T) {
	tb := newTables(PrefaultAll)
	defer tb.unmap()
	before := statusBytes("VmRSS")
	tb.table(int(availableBytes()))
	var refusal *HostRefusal
	if err := tb.refused(); !errors.As(err, &refusal) || !strings.Contains(err.Error(), "MiB") {
		t.Errorf("got %v", err)
	}
	if grown := statusBytes("VmRSS") - before; grown > 64<<20 {
		t.Errorf("it touched %d MiB all the same", grown>>20)
	}
}

func addressOf(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }
