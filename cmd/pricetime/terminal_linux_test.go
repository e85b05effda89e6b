package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pty is a pseudo-terminal: what a program writes to tty can be read from what is shown.
type pty struct {
	control *os.File
	tty     *os.File
	shown   *lockedBuffer
}

func openPty(t *testing.T, columns, rows int) *pty {
	t.Helper()
	control, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { control.Close() })
	if err := unix.IoctlSetPointerInt(int(control.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(control.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { tty.Close() })
	p := &pty{control, tty, &lockedBuffer{}}
	p.resize(t, columns, rows)
	go func() {
		var b [4096]byte
		for {
			n, err := control.Read(b[:])
			if err != nil {
				return
			}
			p.shown.Write(b[:n])
		}
	}()
	return p
}

func (p *pty) resize(t *testing.T, columns, rows int) {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(p.tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(rows), Col: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
}

// start runs pricetime in the terminal, which is its controlling one: a resize
// reaches it as a signal.
func (p *pty) start(t *testing.T, args ...string) *process {
	t.Helper()
	proc := &process{t: t, cmd: exec.Command(binary, args...), stderr: &lockedBuffer{}, ended: make(chan struct{})}
	proc.cmd.Stdin, proc.cmd.Stdout, proc.cmd.Stderr = p.tty, p.tty, proc.stderr
	proc.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := proc.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { proc.cmd.Wait(); close(proc.ended) }()
	t.Cleanup(func() {
		proc.cmd.Process.Kill()
		<-proc.ended
	})
	return proc
}

// shows waits until the last picture, in plain text, is as want says.
func (p *pty) shows(t *testing.T, what string, want func(picture string) bool) {
	t.Helper()
	picture := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		all := p.shown.String()
		pictures := strings.Split(all, toHome)
		picture = pictures[len(pictures)-1]
		if strings.HasSuffix(picture, clearBelow) {
			for _, escape := range []string{string(bold), string(faint), string(red), string(green), reset, clearRight, clearBelow, "\r"} {
				picture = strings.ReplaceAll(picture, escape, "")
			}
			if want(picture) {
				return
			}
		}
	}
	t.Fatalf("the screen does not show %s:\n%s", what, picture)
}

// givenBack waits for the terminal to be as it was, and for a text written to it
// afterwards.
func (p *pty) givenBack(t *testing.T, after string) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if _, rest, ok := strings.Cut(p.shown.String(), leaveScreen); ok && strings.Contains(rest, after) {
			return
		}
	}
	t.Errorf("the terminal is not given back, or %q does not follow", after)
}

func TestBookOnATerminal(t *testing.T) {
	_, address := startVenue(t)
	term := openPty(t, 80, 30)
	book := term.start(t, "book", "--addr", address, "--depth", "5")
	term.shows(t, "an empty book", func(s string) bool { return strings.Contains(s, "no trade yet") })
	if !strings.HasPrefix(term.shown.String(), enterScreen) {
		t.Errorf("the terminal is not taken: %.40q", term.shown)
	}

	pricetime(t, "", "send", "--addr", address, "--side", "buy", "--price", "100.00", "--size", "70").expect(t, exitOK)
	term.shows(t, "the new bid", func(s string) bool {
		return strings.Contains(s, "        100.00              70  █") && strings.Count(s, "\n") == pictureRows(5)+1
	})
	term.resize(t, 26, 9)
	term.shows(t, "a smaller picture", func(s string) bool {
		longest := 0
		for line := range strings.Lines(s) {
			longest = max(longest, len([]rune(strings.TrimRight(line, "\n"))))
		}
		return strings.Count(s, "\n") < 9 && longest <= 26 && strings.Contains(s, "100.00")
	})

	book.cmd.Process.Signal(syscall.SIGINT)
	if status := book.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
	term.givenBack(t, "")
}

// The terminal comes back also when the venue goes away.
func TestBookOnATerminalLosesItsVenue(t *testing.T) {
	venue, address := startVenue(t)
	term := openPty(t, 80, 30)
	book := term.start(t, "book", "--addr", address)
	term.shows(t, "an empty book", func(s string) bool { return strings.Contains(s, "no trade yet") })
	venue.cmd.Process.Kill()
	if status := book.wait(); status != exitFailed || !strings.Contains(book.stderr.String(), "the venue") {
		t.Errorf("exit status %d, stderr %s", status, book.stderr)
	}
	term.givenBack(t, "")
}

func TestDemoOnATerminal(t *testing.T) {
	term := openPty(t, 80, 40)
	demo := term.start(t, "demo", "--rate", "1000")
	term.shows(t, "a market", func(s string) bool {
		return strings.Contains(s, "spread 0.") && strings.Contains(s, "commands sent") && strings.Contains(s, "order to answer p50") && strings.Contains(s, " --side buy --price 100.00 --size 50")
	})
	demo.cmd.Process.Signal(syscall.SIGTERM)
	if status := demo.wait(); status != exitOK {
		t.Errorf("exit status %d", status)
	}
	term.givenBack(t, "commands sent")
}
