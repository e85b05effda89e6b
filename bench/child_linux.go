package bench

import (
	"os/exec"
	"syscall"
)

// endWithParent makes the kernel end a child whose parent is gone, however it
// went: a server that spins would burn a core for nobody. The signal is bound to
// the thread that forked, and Go keeps its threads unless a goroutine ends while
// locked to one, which none of ours does.
func endWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
