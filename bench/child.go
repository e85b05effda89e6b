package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// child is a server in a process of its own: a venue, or the echo. Its collector
// and its scheduler are not the generator's.
type child struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	address string
	said    *head // on stderr
}

// childStart bounds how long a child may take to say where it listens.
const childStart = 15 * time.Second

// childCommand is command, or where that is empty this program with args.
func childCommand(command []string, args ...string) ([]string, error) {
	if len(command) > 0 {
		return command, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("cannot start a venue: %w", err)
	}
	return append([]string{self}, args...), nil
}

// startChild runs a command and waits for its line "listening KIND ADDR".
func startChild(command []string, kind string) (*child, error) {
	cmd := exec.Command(command[0], command[1:]...)
	endWithParent(cmd)
	complaint := new(head)
	cmd.Stderr = complaint
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", strings.Join(command, " "), err)
	}
	c := &child{cmd: cmd, stdin: stdin, said: complaint}
	said := make(chan string, 1)
	go func() {
		defer close(said)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if address, ok := strings.CutPrefix(lines.Text(), "listening "+kind+" "); ok {
				said <- strings.TrimSpace(address)
				break
			}
		}
		io.Copy(io.Discard, stdout)
	}()
	select {
	case address, ok := <-said:
		if !ok {
			c.stop()
			return nil, fmt.Errorf("%s ended before it listened: %s", strings.Join(command, " "), complaint.String())
		}
		c.address = address
		return c, nil
	case <-time.After(childStart):
		c.stop()
		return nil, fmt.Errorf("%s did not say \"listening %s ADDR\" within %v", strings.Join(command, " "), kind, childStart)
	}
}

// stop asks the child to end, and makes it after a while.
func (c *child) stop() error {
	c.resume()
	c.stdin.Close()
	c.cmd.Process.Signal(os.Interrupt)
	late := time.AfterFunc(5*time.Second, func() { c.cmd.Process.Kill() })
	err := c.cmd.Wait()
	if !late.Stop() {
		return errors.New("the server did not end within 5 s and was killed")
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() < 0 {
		return nil // ended by our signal
	}
	return err
}

// setting is what the child said about itself on stderr, in lines of a name and a
// value: serve prints the configuration that it runs with.
func (c *child) setting(name string) string {
	for line := range strings.Lines(c.said.String()) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == name {
			return strings.TrimRight(f[1], ":,")
		}
	}
	return "unknown"
}

// head keeps the first bytes of what a child says.
type head struct {
	mu   sync.Mutex
	text []byte
}

func (h *head) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if room := 8<<10 - len(h.text); room > 0 {
		h.text = append(h.text, b[:min(room, len(b))]...)
	}
	return len(b), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return string(h.text)
}
