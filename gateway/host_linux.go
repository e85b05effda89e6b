package gateway

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// onThisSystem: Linux has all of it.
func (h *Host) onThisSystem() (warnings []string, err error) { return nil, nil }

const systemCPUs = "/sys/devices/system/cpu"

func readMachine() *machine {
	m := &machine{physical: map[int]int{}}
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) == nil {
		for i := range coresMax {
			if set.IsSet(i) {
				m.allowed = append(m.allowed, i)
			}
		}
	}
	if m.online = parseCPUList(firstLine(systemCPUs + "/online")); len(m.online) == 0 {
		m.online = m.allowed
	}
	m.isolated = parseCPUList(firstLine(systemCPUs + "/isolated"))
	for _, p := range m.online {
		siblings := parseCPUList(firstLine(fmt.Sprintf("%s/cpu%d/topology/thread_siblings_list", systemCPUs, p)))
		if len(siblings) == 0 {
			siblings = []int{p}
		}
		m.physical[p] = siblings[0]
	}
	return m
}

// makeRoomFor raises GOMAXPROCS by the processors that are outside this process's
// mask (isolated ones are): the runtime has not counted them, and a thread of the
// order path on one of them takes one of the runtime's turns all the same.
func makeRoomFor(m *machine, cores []int) {
	outside := 0
	for _, c := range cores {
		if c >= 0 && !slices.Contains(m.allowed, c) {
			outside++
		}
	}
	if outside > 0 {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + outside)
	}
}

func onMainThread() bool { return unix.Gettid() == os.Getpid() }

// settle gives the calling thread its name, its processor and its scheduling class.
// The goroutine is locked to the thread and never unlocks it, so all of it goes with
// the thread. The runtime makes no thread from a locked one (it keeps a template
// thread for that), so none inherits; RESET_ON_FORK makes sure of the class.
func (g *HostGrant) settle(i int) error {
	name := append([]byte("pricetime/"+g.Threads[i]), 0) // 15 bytes are kept
	unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(&name[0])), 0, 0, 0)
	if core := g.Cores[i]; core >= 0 {
		var set unix.CPUSet
		set.Set(core)
		switch err := unix.SchedSetaffinity(0, &set); {
		case err != nil && g.auto: // an isolated one that our cpuset lacks
			g.Cores[i] = -1
		case err != nil:
			return affinityRefused(g.Threads[i], core, err)
		}
	}
	if g.FIFO == 0 {
		return nil
	}
	err := unix.SchedSetAttr(0, &unix.SchedAttr{
		Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Flags: unix.SCHED_FLAG_RESET_ON_FORK, Priority: uint32(g.FIFO),
	}, 0)
	if err != nil {
		return fifoRefused(g.FIFO, err)
	}
	return nil
}

func affinityRefused(thread string, core int, err error) error {
	r := &HostRefusal{
		Asked: fmt.Sprintf("--cpu %d for thread %s", core, thread),
		Why: fmt.Sprintf("the kernel says %q; the machine has processors %s, this process may use %s",
			err, strings.TrimSpace(firstLine(systemCPUs+"/online")), statusField("Cpus_allowed_list")),
		Do: "name a processor of both lists; a container or service is given more of them by its cpuset (systemd: AllowedCPUs=, docker: --cpuset-cpus)",
	}
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSYS) {
		r.Do = "the sandbox that this process runs in forbids sched_setaffinity (seccomp): allow it, or leave --cpu out"
	}
	return r
}

func fifoRefused(priority int, err error) error {
	var limit unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_RTPRIO, &limit)
	return &HostRefusal{
		Asked: fmt.Sprintf("--fifo %d", priority),
		Why: fmt.Sprintf("the kernel says %q; it takes the capability CAP_SYS_NICE or a limit of real-time priority (RLIMIT_RTPRIO) of %d, and the limit here is %s",
			err, priority, limitText(limit.Cur)),
		Do: fmt.Sprintf("%s; or `ulimit -r %d`, where /etc/security/limits.conf grants it (USER - rtprio %d); or LimitRTPRIO=%d in the systemd unit",
			setcap(), priority, priority, priority),
	}
}

// setcap is the command that gives this binary what real-time priority and locked memory take.
func setcap() string {
	path, err := os.Executable()
	if err != nil {
		path = "pricetime"
	}
	return "`sudo setcap cap_sys_nice,cap_ipc_lock+ep " + path + "`"
}

// schedulerWarning is what to know about SCHED_FIFO threads that never sleep: by
// default the kernel takes a part of every second away from them.
func (g *HostGrant) schedulerWarning(idle Idle) string {
	if g.FIFO == 0 || !idle.spins() {
		return ""
	}
	runtimeUs, err1 := strconv.Atoi(firstLine("/proc/sys/kernel/sched_rt_runtime_us"))
	periodUs, err2 := strconv.Atoi(firstLine("/proc/sys/kernel/sched_rt_period_us"))
	if err1 != nil || err2 != nil || runtimeUs < 0 || runtimeUs >= periodUs {
		return ""
	}
	return fmt.Sprintf("--fifo with --idle %s: the kernel may take %d ms of every %d away from a thread that never sleeps (since Linux 6.12 only where another waits for its processor). "+
		"Keep others off it (isolcpus=, or a cpuset), or set `sysctl kernel.sched_rt_runtime_us=-1`", idle, (periodUs-runtimeUs)/1000, periodUs/1000)
}

// lockRoomBytes is what Go's own memory may grow by after the lock. Under a limit
// every later mapping counts against it, and the runtime has no answer to a refused
// one but to end the process: so the room is asked for now.
const lockRoomBytes = 512 << 20

// lockMemory keeps all pages of the process in memory, those that are used later
// too, and says how much address space that is. A page that was never used is not
// brought in (MCL_ONFAULT): the tables' limits are generous.
func (h *Host) lockMemory() (bytes int64, err error) {
	var limit unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit)
	need := statusBytes("VmSize") + lockRoomBytes
	refused := func(why string) error {
		return &HostRefusal{
			Asked: "--lock-memory " + h.LockMemory,
			Why: fmt.Sprintf("%s; it takes the capability CAP_IPC_LOCK, or a limit of locked memory (RLIMIT_MEMLOCK) of %d KiB, used and unused address space and room to grow, and the limit here is %s",
				why, need>>10, limitKiB(limit.Cur)),
			Do: fmt.Sprintf("%s; or `ulimit -l unlimited`, where /etc/security/limits.conf grants it (USER - memlock unlimited); or LimitMEMLOCK=infinity in the systemd unit, --ulimit memlock=-1 for docker", setcap()),
		}
	}
	if !capable(unix.CAP_IPC_LOCK) && limit.Cur != unix.RLIM_INFINITY && uint64(need) > limit.Cur {
		return 0, refused("the limit is too low")
	}
	if err := unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT); err != nil {
		return 0, refused(fmt.Sprintf("the kernel says %q", err))
	}
	return statusBytes("VmLck"), nil
}

// capable says whether this process has a capability in effect.
func capable(capability uint) bool {
	effective, err := strconv.ParseUint(statusField("CapEff"), 16, 64)
	return err == nil && effective>>capability&1 != 0
}

// statusField is a field of /proc/self/status; empty where there is none.
func statusField(name string) string {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if field, value, ok := strings.Cut(line, ":"); ok && field == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// statusBytes is a field in kB.
func statusBytes(name string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSuffix(statusField(name), " kB"), 10, 64)
	return n << 10
}

func limitText(n uint64) string {
	if n == unix.RLIM_INFINITY {
		return "unlimited"
	}
	return strconv.FormatUint(n, 10)
}

func limitKiB(n uint64) string {
	if n == unix.RLIM_INFINITY {
		return "unlimited"
	}
	return strconv.FormatUint(n>>10, 10) + " KiB"
}

func firstLine(path string) string {
	text, _ := os.ReadFile(filepath.Clean(path))
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

// availableBytes is the memory that could be used without paging; a very large
// number where the system does not tell.
func availableBytes() int64 {
	text, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "MemAvailable:" {
			if n, err := strconv.ParseInt(f[1], 10, 64); err == nil {
				return n << 10
			}
		}
	}
	return 1 << 62
}
