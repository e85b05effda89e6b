package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"

	"pricetime/gateway"
)

// hostSettings are the flags of serve that ask something of the machine.
type hostSettings struct {
	host     *gateway.Host
	prefault string
}

func hostFlags(f *flags, h *gateway.Host) *hostSettings {
	s := &hostSettings{host: h}
	f.StringVar(&h.Cores, "cpu", gateway.HostNone, "`LIST` of processors for the threads that the row \"cores\" prints, one each, in that\norder, such as 1 or 1,2,3; auto (far from the interrupts, where two are left), none")
	f.IntVar(&h.FIFO, "fifo", 0, "`PRIORITY` of those threads under SCHED_FIFO, 1 to 99; 0 is the ordinary scheduler")
	f.StringVar(&h.LockMemory, "lock-memory", gateway.HostOff, "`WHETHER` pages, once used, stay in memory: on, off, auto (on where it is allowed)")
	f.StringVar(&s.prefault, "prefault", "16MiB", "`SIZE` of each table to fault in before the door opens, such as 64MiB, or all")
	return s
}

// check reads what flag cannot.
func (s *hostSettings) check() error {
	if s.host.FIFO < 0 || s.host.FIFO > gateway.FIFOMax {
		return fmt.Errorf("--fifo is %d, must be 1 to %d, or 0 for none", s.host.FIFO, gateway.FIFOMax)
	}
	if err := oneOf("lock-memory", s.host.LockMemory, gateway.HostOn, gateway.HostOff, gateway.HostAuto); err != nil {
		return err
	}
	if s.prefault == "all" {
		s.host.PrefaultBytes = gateway.PrefaultAll
		return nil
	}
	bytes, err := parseSize(s.prefault)
	if err != nil || bytes == 0 {
		return fmt.Errorf("--prefault is %q, must be a size such as 64MiB, or all", s.prefault)
	}
	if s.host.PrefaultBytes = bytes; bytes == gateway.PrefaultDefault {
		s.host.PrefaultBytes = 0 // as if it were not given, for systems that have no such thing
	}
	return nil
}

// parseSize reads a number of bytes: 4096, 64KiB, 16MiB, 2GiB.
func parseSize(text string) (int64, error) {
	unit, shift := "", 0
	for i, u := range []string{"KiB", "MiB", "GiB"} {
		if strings.HasSuffix(text, u) {
			unit, shift = u, 10*(i+1)
		}
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(text, unit), 10, 63)
	if err != nil || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is no size", text)
	}
	return int64(n) << shift, nil
}

// coresText is which thread runs where, and how.
func coresText(g *gateway.HostGrant) string {
	var each []string
	for i, name := range g.Threads {
		core := "any"
		if g.Cores[i] >= 0 {
			core = strconv.Itoa(g.Cores[i])
		}
		each = append(each, name+" "+core)
	}
	class := "ordinary scheduler"
	if g.FIFO > 0 {
		class = fmt.Sprintf("SCHED_FIFO %d", g.FIFO)
	}
	return strings.Join(each, ", ") + "; " + class
}

func lockedText(g *gateway.HostGrant) string {
	if g.LockedBytes == 0 {
		return "no: the system may take pages away"
	}
	return binarySize(g.LockedBytes) + " of address space, and what comes: a page stays once it is used"
}

// printSummary says at the end what the runtime did since the doors opened. The
// counts of objects are exact here: the world may stop now.
func printSummary(w io.Writer, metrics *gateway.Metrics) {
	var exact runtime.MemStats
	runtime.ReadMemStats(&exact)
	now, first := metrics.Read(), metrics.First()
	printRow(w, "collector", fmt.Sprintf("collections=%d pauses=%v", now.Collections-first.Collections, now.Pauses-first.Pauses))
	printRow(w, "heap", fmt.Sprintf("objects=%d grown=%d allocated=%d bytes=%d threads=%d",
		exact.HeapObjects, int64(exact.HeapObjects)-int64(first.HeapObjects), exact.Mallocs-first.Mallocs, exact.HeapAlloc, now.Threads))
}

// startProfile begins a CPU profile where a file is named; stop writes it.
func startProfile(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("--cpuprofile: %w", err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		file.Close()
		return nil, fmt.Errorf("--cpuprofile: %w", err)
	}
	return func() {
		pprof.StopCPUProfile()
		file.Close()
	}, nil
}
