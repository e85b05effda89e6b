package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// unprivileged is the program as an ordinary user runs it who may lock 64 KiB and has
// no real-time priority: no capability, and both limits low.
func unprivileged(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("/bin/sh", append([]string{"-c", `ulimit -l 64; ulimit -r 0 2>/dev/null; exec "$0" "$@"`, binary}, args...)...)
	if os.Getuid() == 0 {
		if err := os.Chmod(filepath.Dir(binary), 0o755); err != nil {
			t.Fatal(err)
		}
		const nobody = 65534
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return cmd
}

// What an ordinary user is refused is refused with the limit that is in the way and
// the commands that lift it, and nothing listens.
func TestServeExplainsWhatTheMachineRefuses(t *testing.T) {
	for _, c := range []struct {
		args string
		says []string
	}{
		{"--fifo 50 --threads shared --idle park", []string{"--fifo 50 is refused", "operation not permitted", "CAP_SYS_NICE", "RLIMIT_RTPRIO", "the limit here is 0", "setcap cap_sys_nice,cap_ipc_lock+ep " + binary, "ulimit -r 50", "LimitRTPRIO=50"}},
		{"--lock-memory on", []string{"--lock-memory on is refused", "CAP_IPC_LOCK", "RLIMIT_MEMLOCK", "the limit here is 64 KiB", "setcap", "ulimit -l unlimited", "LimitMEMLOCK=infinity"}},
		{"--cpu 1000 --threads shared", []string{"--cpu 1000 for thread venue is refused", "invalid argument", "the machine has processors 0", "cpuset"}},
		{"--cpu 0,0 --threads shared", []string{"--cpu 0,0 is refused", "twice"}},
		{"--cpu 0,1 --threads shared", []string{"processors named: 2; threads of the venue: 1 (venue)"}},
	} {
		if strings.Contains(c.args, "--fifo") && len(procCPUs(t)) < 2 {
			continue // refused for another reason
		}
		r := runToEnd(t, "", unprivileged(t, append([]string{"serve", "--json", "127.0.0.1:0"}, strings.Fields(c.args)...)...)).expect(t, exitUsage)
		for _, want := range c.says {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("%s: no %q in:\n%s", c.args, want, r.stderr)
			}
		}
		if r.stdout != "" {
			t.Errorf("%s: it listened: %s", c.args, r.stdout)
		}
	}
}

func procCPUs(t *testing.T) []string {
	t.Helper()
	cpus, err := filepath.Glob("/sys/devices/system/cpu/cpu[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	return cpus
}

// auto is as much as there is, and goes on.
func TestServeAutoWarnsAndGoesOn(t *testing.T) {
	cmd := unprivileged(t, "serve", "--json", "127.0.0.1:0", "--cpu", "auto", "--lock-memory", "auto")
	p := startCommand(t, cmd)
	if line := p.line(); !strings.HasPrefix(line, "listening json ") {
		t.Fatalf("%q\n%s", line, p.stderr)
	}
	p.stderrWith("--lock-memory auto is refused")
	if !strings.Contains(p.stderr.String(), "locked      no") {
		t.Errorf("it says that memory is locked:\n%s", p.stderr)
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if status := p.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
}

// What is granted is what the kernel says.
func TestServeGetsWhatItAsksFor(t *testing.T) {
	if os.Getuid() != 0 || len(procCPUs(t)) < 2 {
		t.Skip("needs root and two processors")
	}
	p, _ := startVenue(t, "--threads", "shared", "--idle", "park", "--cpu", "1", "--fifo", "3", "--lock-memory", "on", "--prefault", "64MiB")
	p.stderrWith("cores       venue 1; SCHED_FIFO 3")
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if locked := string(status); strings.Contains(locked, "VmLck:\t       0 kB") || !strings.Contains(locked, "VmLck:") {
		t.Errorf("nothing is locked:\n%s", status)
	}
	if !strings.Contains(p.stderr.String(), "of address space, and what comes") {
		t.Errorf("it does not say how much is locked:\n%s", p.stderr)
	}
}

func TestServeOnHTTP(t *testing.T) {
	p := start(t, "serve", "--json", "127.0.0.1:0", "--http", "127.0.0.1:0")
	address, ok := strings.CutPrefix(strings.TrimSpace(p.line()), "listening http ")
	if !ok {
		t.Fatalf("serve does not say where its metrics are:\n%s", p.stderr)
	}
	if line := p.line(); !strings.HasPrefix(line, "listening json ") {
		t.Fatalf("%q", line)
	}
	r, err := http.Get("http://" + address + "/readyz")
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", r, err)
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if status := p.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
	p.stderrWith("heap        objects=")
	pricetime(t, "", "serve", "--json", "127.0.0.1:0", "--http", "0.0.0.0:0").expect(t, exitFailed)
}

func TestServeWritesAProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cpu.pprof")
	p, _ := startVenue(t, "--cpuprofile", path)
	p.cmd.Process.Signal(syscall.SIGTERM)
	if status := p.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
	if b, err := os.ReadFile(path); err != nil || len(b) < 2 || b[0] != 0x1f || b[1] != 0x8b {
		t.Errorf("no gzipped profile: %d bytes, %v", len(b), err)
	}
}
