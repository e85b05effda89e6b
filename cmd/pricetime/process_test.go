package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pricetime/gateway/stamps"
)

// binary is the program, built once for all tests: they run real processes.
var binary string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pricetime-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "pricetime.exe")
	tags := ""
	if stamps.Enabled {
		tags = "stamps"
	}
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-tags", tags, "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// patience is how long anything may take before a test calls it hung.
const patience = 30 * time.Second

// process is a running pricetime.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout *bufio.Reader
	stderr *lockedBuffer
	ended  chan struct{}
}

// lockedBuffer can be read while a process writes to it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs pricetime until the test ends, at the latest.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	return startCommand(t, exec.Command(binary, args...))
}

func startCommand(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, cmd: cmd, stderr: &lockedBuffer{}, ended: make(chan struct{})}
	// A pipe of ours, so that Wait does not close it before all is read.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = w, p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	p.stdout = bufio.NewReader(r)
	go func() { p.cmd.Wait(); close(p.ended) }()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
		r.Close()
		if t.Failed() {
			t.Logf("stderr of pricetime %s:\n%s", strings.Join(cmd.Args[1:], " "), p.stderr)
		}
	})
	return p
}

// line reads the next line of stdout.
func (p *process) line() string {
	p.t.Helper()
	got := make(chan string, 1)
	go func() {
		s, _ := p.stdout.ReadString('\n')
		got <- s
	}()
	select {
	case s := <-got:
		return s
	case <-time.After(patience):
		p.t.Fatalf("no line on stdout")
		return ""
	}
}

// stderrWith waits until stderr has a text, and returns all that is there then:
// what was written to it before a line of stdout can be read after that line.
func (p *process) stderrWith(text string) string {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if got := p.stderr.String(); strings.Contains(got, text) {
			return got
		} else if time.Now().After(deadline) {
			p.t.Fatalf("no %q in\n%s", text, got)
		}
	}
}

// wait returns the exit status.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		p.t.Fatal("the process does not end")
		return 0
	}
}

// startVenue runs serve on a free port and returns its address.
func startVenue(t *testing.T, args ...string) (*process, string) {
	t.Helper()
	p := start(t, append([]string{"serve", "--json", "127.0.0.1:0"}, args...)...)
	address, ok := strings.CutPrefix(strings.TrimSpace(p.line()), "listening json ")
	if !ok {
		p.wait()
		t.Fatalf("serve does not say where it listens; stderr:\n%s", p.stderr)
	}
	return p, address
}

// result is what a process left behind.
type result struct {
	stdout, stderr string
	status         int
}

// pricetime runs the program to its end.
func pricetime(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	return runToEnd(t, stdin, exec.Command(binary, args...))
}

func runToEnd(t *testing.T, stdin string, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	if !late.Stop() {
		t.Fatalf("%s does not end; stdout:\n%sstderr:\n%s", strings.Join(cmd.Args, " "), stdout.String(), stderr.String())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// expect checks an exit status.
func (r result) expect(t *testing.T, status int) result {
	t.Helper()
	if r.status != status {
		t.Fatalf("exit status %d, want %d; stdout:\n%sstderr:\n%s", r.status, status, r.stdout, r.stderr)
	}
	return r
}

// session is a connection to a venue that knows nothing but lines.
type rawSession struct {
	t     *testing.T
	conn  *net.TCPConn
	lines *bufio.Reader
}

func dial(t *testing.T, address string) *rawSession {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return &rawSession{t, conn.(*net.TCPConn), bufio.NewReader(conn)}
}

func (s *rawSession) send(lines ...string) {
	s.t.Helper()
	if _, err := io.WriteString(s.conn, strings.Join(lines, "\n")+"\n"); err != nil {
		s.t.Fatal(err)
	}
}

// answer reads one line as an object.
func (s *rawSession) answer() map[string]any {
	s.t.Helper()
	line, err := s.lines.ReadString('\n')
	if err != nil {
		s.t.Fatalf("no answer: %v", err)
	}
	return decodeLine(s.t, line)
}

func decodeLine(t *testing.T, line string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatalf("%q is no JSON: %v", line, err)
	}
	return m
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
