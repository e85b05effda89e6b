package bench

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// Fingerprint is the machine and the build that a figure belongs to. Figures of
// two fingerprints say nothing about each other.
type Fingerprint struct {
	CPU         string  `json:"cpu"`
	Cores       int     `json:"cores"` // that this process may use
	Virtual     bool    `json:"virtual"`
	OS          string  `json:"os"`
	Arch        string  `json:"arch"`
	Kernel      string  `json:"kernel"`
	Go          string  `json:"go"`
	GOMAXPROCS  int     `json:"gomaxprocs"`
	GOGC        string  `json:"gogc"`
	Commit      string  `json:"commit"` // "unknown" where neither the build nor git tells
	Dirty       bool    `json:"dirty"`  // the tree had changes that the commit has not
	Clock       string  `json:"clock"`  // tsc or system
	LoadAverage float64 `json:"load_average"`

	// The venue's settings, as it is started for E2.
	Threading  string `json:"threading"`
	Idle       string `json:"idle"`
	Durability string `json:"durability"`
	Protocol   string `json:"protocol"`
}

// MachineFingerprint is the machine and the build, for a figure that is taken outside
// of a report.
func MachineFingerprint() Fingerprint { return newFingerprint(newClock()) }

func newFingerprint(c *clock) Fingerprint {
	f := Fingerprint{
		CPU:         cpuName(),
		Cores:       runtime.NumCPU(),
		Virtual:     strings.Contains(procField("/proc/cpuinfo", "flags"), " hypervisor"),
		OS:          runtime.GOOS,
		Arch:        runtime.GOARCH,
		Kernel:      output("uname", "-r"),
		Go:          runtime.Version(),
		GOMAXPROCS:  runtime.GOMAXPROCS(0),
		GOGC:        gogc(),
		Clock:       c.source(),
		LoadAverage: loadAverage(),
	}
	f.Commit, f.Dirty = commit()
	return f
}

func cpuName() string {
	for _, name := range []string{
		procField("/proc/cpuinfo", "model name"),
		output("sysctl", "-n", "machdep.cpu.brand_string"),
	} {
		if name != "" {
			return name
		}
	}
	return "unknown"
}

// procField is a field of the first paragraph of a file of "name : value" lines.
func procField(path, field string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == field {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// gogc is the collector's target of this process; "off" where there is none.
func gogc() string {
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	if s[0].Value.Kind() != metrics.KindUint64 {
		return "unknown"
	}
	if v := s[0].Value.Uint64(); v < 1<<32 {
		return strconv.FormatUint(v, 10)
	}
	return "off"
}

// commit is the version that was built: as the build wrote it down, or, for a
// build that did not (go run, go test), as the tree around us is now.
func commit() (revision string, dirty bool) {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = s.Value
			case "vcs.modified":
				dirty = s.Value == "true"
			}
		}
	}
	if revision != "" {
		return revision, dirty
	}
	if revision = output("git", "rev-parse", "HEAD"); revision == "" {
		return "unknown", false
	}
	return revision, output("git", "status", "--porcelain") != ""
}

// output is what a command prints, trimmed; empty where it cannot be run.
func output(command ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, command[0], command[1:]...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// loadAverage is the number of runnable tasks over the last minute; -1 where the
// system does not tell.
func loadAverage() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return -1
	}
	first, _, _ := strings.Cut(string(text), " ")
	v, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return -1
	}
	return v
}

// Card is the fingerprint in two lines for the terminal.
func (f *Fingerprint) Card() string {
	kind := "machine"
	if f.Virtual {
		kind = "virtual machine"
	}
	commit := f.Commit
	if len(commit) > 12 {
		commit = commit[:12]
	}
	if f.Dirty {
		commit += " with changes"
	}
	return f.CPU + ", " + strconv.Itoa(f.Cores) + " cores, " + kind + ", " + f.OS + "/" + f.Arch + " " + f.Kernel + ", load " + strconv.FormatFloat(f.LoadAverage, 'f', 2, 64) + "\n" +
		f.Go + ", GOMAXPROCS " + strconv.Itoa(f.GOMAXPROCS) + ", GOGC " + f.GOGC + ", clock " + f.Clock + ", commit " + commit + "\n"
}
