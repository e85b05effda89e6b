//go:build !linux

package gateway

import (
	"fmt"
	"runtime"
)

// readMachine: without processors to pin to, the numbers are all that matters.
func readMachine() *machine {
	m := &machine{}
	for i := range runtime.NumCPU() {
		m.online = append(m.online, i)
	}
	m.allowed = m.online
	return m
}

// onThisSystem refuses what only Linux has, and warns of what was asked for as auto.
func (h *Host) onThisSystem() (warnings []string, err error) {
	no := func(asked string) error {
		return &HostRefusal{Asked: asked, Why: "it is a matter of Linux, and this is " + runtime.GOOS, Do: "leave it out"}
	}
	switch h.Cores {
	case "", HostNone:
	case HostAuto:
		warnings = append(warnings, "--cpu auto pins nothing: "+runtime.GOOS+" has no such call")
		h.Cores = HostNone
	default:
		return nil, no("--cpu " + h.Cores)
	}
	if h.FIFO != 0 {
		return nil, no(fmt.Sprintf("--fifo %d", h.FIFO))
	}
	switch h.LockMemory {
	case "", HostOff:
	case HostAuto:
		warnings = append(warnings, "--lock-memory auto locks nothing: on "+runtime.GOOS+" it is not supported")
		h.LockMemory = HostOff
	default:
		return nil, no("--lock-memory " + h.LockMemory)
	}
	if h.PrefaultBytes != 0 {
		return nil, no("--prefault")
	}
	return warnings, nil
}

func onMainThread() bool { return false }

func makeRoomFor(*machine, []int) {}

func (h *Host) lockMemory() (int64, error) { return 0, nil }

func (g *HostGrant) settle(int) error { return nil }

func (g *HostGrant) schedulerWarning(Idle) string { return "" }
