//go:build unix

package bench

import "syscall"

// pause stops the child where it stands, so that it takes no core from what is
// measured beside it; resume lets it go on.
func (c *child) pause()  { c.cmd.Process.Signal(syscall.SIGSTOP) }
func (c *child) resume() { c.cmd.Process.Signal(syscall.SIGCONT) }
