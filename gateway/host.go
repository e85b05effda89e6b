package gateway

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Host is what a venue asks of the machine that it runs on: processors and a
// scheduling class for its threads, and memory that stays. The zero value asks for
// nothing. What is asked for and refused keeps the venue from starting, with a
// [HostRefusal]: a machine that was set up for a tail and has another one is found
// out now and not in the figures. What is asked for as auto and refused is a warning.
type Host struct {
	Cores         string // HostNone, HostAuto, or processors with commas between, one a thread in the order of HostGrant.Threads
	FIFO          int    // SCHED_FIFO priority of the threads, 1 to FIFOMax; 0: the ordinary scheduler
	LockMemory    string // HostOff, HostOn or HostAuto: no page of the process is ever taken away
	PrefaultBytes int64  // of each engine table, faulted in before the door opens; 0: PrefaultDefault; PrefaultAll: all of it
}

// Settings of Host. An empty one is the first of its kind.
const (
	HostNone = "none"
	HostOff  = "off"
	HostOn   = "on"
	HostAuto = "auto" // as much as the machine grants, and a warning for the rest

	FIFOMax = 99

	// PrefaultDefault is enough for the open orders of a large book and the first hours
	// of a day. All of it would take seconds and gigabytes at the default limits; the
	// rest comes with use, 2 MiB at a time.
	PrefaultDefault = 16 << 20
	PrefaultAll     = 1 << 62
)

// HostGrant is what the machine gave.
type HostGrant struct {
	Threads     []string // names of the order path's threads
	Cores       []int    // processor of each thread; -1: any
	FIFO        int      // 0: the ordinary scheduler
	LockedBytes int64    // address space that is locked, 0: none; a page of it is locked when it is first used
	Warnings    []string

	auto bool // the processors are our choice, and one that is refused is none
}

// HostRefusal is a thing that the machine does not grant.
type HostRefusal struct {
	Asked string // in the words of the command line
	Why   string // with the limit that is in the way
	Do    string // what to do about it
}

func (r *HostRefusal) Error() string {
	return r.Asked + " is refused: " + r.Why + "\n  what to do: " + r.Do
}

// machine is what the system says of its processors.
type machine struct {
	online   []int
	allowed  []int       // this process may run on these, by its mask
	isolated []int       // kept free of ordinary threads (isolcpus)
	physical map[int]int // processor -> one name for all that share a core with it
}

// left is how many processors remain when some are taken: of the machine, and of
// those that this process may use.
func (m *machine) left(taken []int) (online, allowed int) {
	free := func(processors []int) (n int) {
		for _, p := range processors {
			if !slices.Contains(taken, p) {
				n++
			}
		}
		return n
	}
	return free(m.online), free(m.allowed)
}

// spins says whether a thread without work keeps its processor.
func (i Idle) spins() bool { return i == IdleSpin || i == IdleYield }

// grant decides which thread gets which processor and whether the scheduling class
// is bearable. It asks nothing of the system yet; that may still refuse.
func (h *Host) grant(m *machine, threads []string, idle Idle) (HostGrant, error) {
	g := HostGrant{Threads: threads, FIFO: h.FIFO, Cores: make([]int, len(threads))}
	for i := range g.Cores {
		g.Cores[i] = -1
	}
	switch h.Cores {
	case "", HostNone:
	case HostAuto:
		cores, why := m.choose(len(threads))
		if why != "" {
			g.Warnings = append(g.Warnings, "--cpu auto pins nothing: "+why)
		} else {
			g.Cores, g.auto = cores, true
		}
	default:
		var err error
		if g.Cores, err = parseCores(h.Cores, threads); err != nil {
			return g, err
		}
	}
	if h.FIFO != 0 {
		return g, h.checkFIFO(m, &g, idle)
	}
	return g, nil
}

func parseCores(list string, threads []string) (cores []int, err error) {
	refused := func(why, do string) error { return &HostRefusal{Asked: "--cpu " + list, Why: why, Do: do} }
	for _, text := range strings.Split(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n >= coresMax {
			return nil, refused(fmt.Sprintf("%q is not the number of a processor", text), "write numbers from 0 on with commas between, or auto, or none")
		}
		if slices.Contains(cores, n) {
			return nil, refused(fmt.Sprintf("processor %d is there twice: two threads of the order path would wait for each other", n),
				"give each thread a processor of its own, or have one thread (--threads shared)")
		}
		cores = append(cores, n)
	}
	if len(cores) != len(threads) {
		return nil, refused(fmt.Sprintf("processors named: %d; threads of the venue: %d (%s)", len(cores), len(threads), strings.Join(threads, ", ")),
			"name one processor for each of them, in that order")
	}
	return cores, nil
}

// coresMax is the most processors that an affinity mask of this kind can name.
const coresMax = 1024

// choose takes processors for n threads: isolated ones first, then those with the
// highest numbers, because interrupts and everybody else begin at 0; and not two
// that share a core while there are others. It says why not where it cannot.
func (m *machine) choose(n int) (cores []int, why string) {
	candidates := slices.Clone(m.isolated)
	for _, p := range slices.Backward(m.allowed) {
		if !slices.Contains(candidates, p) {
			candidates = append(candidates, p)
		}
	}
	busy := map[int]bool{} // cores with a thread of ours
	for _, shareCores := range []bool{false, true} {
		for _, p := range candidates {
			if len(cores) < n && !slices.Contains(cores, p) && (shareCores || !busy[m.physical[p]]) {
				cores = append(cores, p)
				busy[m.physical[p]] = true
			}
		}
	}
	if online, allowed := m.left(cores); len(cores) < n || online < leftSpinning || allowed < 1 {
		return nil, fmt.Sprintf("%d of %d processors would be left to everything else, and %d must be", online, len(m.online), leftSpinning)
	}
	return cores, ""
}

// Processors that threads under SCHED_FIFO must leave to the system: it runs them
// before all that is not, kernel threads, a shell to stop them with and the
// runtime's own threads among it. One that sleeps now and then leaves room.
const (
	leftSpinning = 2
	leftParking  = 1
)

func (h *Host) checkFIFO(m *machine, g *HostGrant, idle Idle) error {
	taken := g.Cores
	online, allowed := m.left(taken)
	if slices.Contains(taken, -1) { // they go where they like, one each
		online, allowed = len(m.online)-len(taken), len(m.allowed)-len(taken)
	}
	need, how := leftParking, "that sleep when they have no work"
	if idle.spins() {
		need, how = leftSpinning, "that never sleep"
	}
	if online >= need && allowed >= 1 {
		return nil
	}
	do, threads := "a machine with more processors, or no --fifo", "1 thread"
	if n := len(g.Threads); n > 1 {
		do, threads = "--threads shared, or "+do, fmt.Sprintf("%d threads", n)
	}
	if idle.spins() {
		do = "--idle park, or " + do
	}
	return &HostRefusal{
		Asked: fmt.Sprintf("--fifo %d", h.FIFO),
		Why: fmt.Sprintf("%s %s (--idle %s) would leave %d of the machine's %d processors, and %d of the %d that this process may use, to everything else; "+
			"%d and 1 must be left, because the kernel runs a SCHED_FIFO thread before all that is not one, its own threads and the runtime's too",
			threads, how, idle, max(online, 0), len(m.online), max(allowed, 0), len(m.allowed), need),
		Do: do,
	}
}

// parseCPUList reads a list as the kernel writes it: "0-3,8", ascending.
func parseCPUList(s string) (cpus []int) {
	for _, part := range strings.Split(strings.TrimSpace(s), ",") {
		first, last, isRange := strings.Cut(part, "-")
		lo, err := strconv.Atoi(first)
		if err != nil {
			continue // an empty list
		}
		hi := lo
		if isRange {
			if hi, err = strconv.Atoi(last); err != nil {
				continue
			}
		}
		for n := lo; n <= hi && n < coresMax; n++ {
			cpus = append(cpus, n)
		}
	}
	return cpus
}

// formatCPUList is the inverse of parseCPUList.
func formatCPUList(cpus []int) string {
	if len(cpus) == 0 {
		return "none"
	}
	var b strings.Builder
	for i := 0; i < len(cpus); {
		j := i
		for j+1 < len(cpus) && cpus[j+1] == cpus[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(cpus[i]))
		if j > i {
			b.WriteString("-" + strconv.Itoa(cpus[j]))
		}
		i = j + 1
	}
	return b.String()
}
