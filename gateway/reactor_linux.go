package gateway

import (
	"fmt"
	"net"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// reactor is the transport of the order path on Linux: one epoll set over
// non-blocking sockets, polled by the I/O thread with raw system calls. There is
// no netpoller, no goroutine a connection and no wake-up between the kernel and
// the decoder.
//
// RawSyscall does not tell the Go scheduler, which is right for a call that
// returns at once and wrong for one that waits: poll with a wait uses the
// ordinary call, which hands the processor on.
type reactor struct {
	epoll    int
	listener int
	wakeup   int  // eventfd
	starved  bool // a connection waits in the listener that could not be taken
	address  string
	busy     []byte // what a connection too many is told

	fds   []int32 // by slot, -1 for none
	wants []uint32
	free  slotQueue

	events []unix.EpollEvent
	ready  []readiness

	hot hotSlot
}

// User data of the two descriptors in the epoll set that are not connections.
const (
	tokenListener = -1
	tokenWakeup   = -2
)

func newReactor(address string, connectionsMax int, busy []byte) (transport, error) {
	r := &reactor{
		epoll: -1, listener: -1, wakeup: -1, busy: busy,
		fds:    make([]int32, connectionsMax),
		wants:  make([]uint32, connectionsMax),
		free:   newSlotQueue(connectionsMax),
		events: make([]unix.EpollEvent, 256),
		ready:  make([]readiness, 0, 256+connectionsMax),
	}
	for i := range r.fds {
		r.fds[i] = -1
	}
	if err := r.open(address); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *reactor) open(address string) (err error) {
	// Package net resolves and binds; its descriptor is duplicated out of the netpoller's hands.
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	defer l.Close()
	r.address = l.Addr().String()
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	var dupErr error
	if err := raw.Control(func(fd uintptr) { r.listener, dupErr = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0) }); err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	if dupErr != nil {
		return fmt.Errorf("duplicate listener: %w", dupErr)
	}
	if r.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("epoll_create1: %w", err)
	}
	if r.wakeup, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err != nil {
		return fmt.Errorf("eventfd: %w", err)
	}
	for token, fd := range map[int32]int{tokenListener: r.listener, tokenWakeup: r.wakeup} {
		if err := unix.EpollCtl(r.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: token}); err != nil {
			return fmt.Errorf("epoll_ctl: %w", err)
		}
	}
	return nil
}

func (r *reactor) addr() string { return r.address }

// walk 1
// hot
func (r *reactor) poll(wait time.Duration) []readiness {
	r.ready = r.ready[:0]
	if wait <= 0 && r.hot.guess() {
		r.ready = append(r.ready, readiness{slot: r.hot.slot, what: readyRead})
		return r.ready
	}
	var n int
	if wait <= 0 {
		got, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(r.epoll), uintptr(unsafe.Pointer(&r.events[0])), uintptr(len(r.events)), 0, 0, 0)
		if errno != 0 {
			return r.ready
		}
		n = int(got)
	} else {
		n = r.sleep(wait)
	}
	for i := range n {
		ev := &r.events[i]
		switch ev.Fd {
		case tokenListener:
			r.accept()
		case tokenWakeup:
			var b [8]byte
			unix.Read(r.wakeup, b[:])
		default:
			var what readyFlags
			if ev.Events&(unix.EPOLLIN|unix.EPOLLHUP|unix.EPOLLERR|unix.EPOLLRDHUP) != 0 {
				what |= readyRead // the read tells which it was
			}
			if ev.Events&unix.EPOLLOUT != 0 {
				what |= readyWrite
			}
			r.ready = append(r.ready, readiness{slot: uint32(ev.Fd), what: what})
		}
	}
	r.hot.learn(r.ready)
	return r.ready
}

// sleep waits in epoll_wait. A wake that comes before the wait is not lost: the
// eventfd stays readable until it is read.
func (r *reactor) sleep(wait time.Duration) int {
	ms := max(int(wait/time.Millisecond), 1)
	if r.starved { // the listener stays readable, and would end this sleep and every one at once
		r.listen(0)
		defer r.listen(unix.EPOLLIN)
	}
	n, err := unix.EpollWait(r.epoll, r.events, ms)
	if err != nil { // EINTR
		return 0
	}
	return n
}

// listen sets what the listener is watched for.
func (r *reactor) listen(events uint32) {
	unix.EpollCtl(r.epoll, unix.EPOLL_CTL_MOD, r.listener, &unix.EpollEvent{Events: events, Fd: tokenListener})
}

func (r *reactor) wake() {
	var one = [8]byte{1}
	unix.Write(r.wakeup, one[:])
}

// acceptsMax bounds the connections that one poll takes: who is there goes before who comes.
const acceptsMax = 16

func (r *reactor) accept() {
	for range acceptsMax {
		fd, _, err := unix.Accept4(r.listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if r.starved = err != nil && err != unix.EAGAIN; err != nil {
			return // all taken; or out of descriptors, and the next poll tries again
		}
		slot, ok := r.free.take()
		if !ok {
			unix.Write(fd, r.busy)
			unix.Close(fd)
			continue
		}
		unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1) // a peer that vanished is noticed some day, as package net does
		r.fds[slot] = int32(fd)
		r.wants[slot] = unix.EPOLLIN
		if err := unix.EpollCtl(r.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(slot)}); err != nil {
			unix.Close(fd)
			r.fds[slot] = -1
			r.free.give(slot)
			continue
		}
		r.ready = append(r.ready, readiness{slot: slot, what: readyAccepted})
	}
}

// hot
func (r *reactor) read(slot uint32, b []byte) (int, ioStatus) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(r.fds[slot]), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return 0, ioAgain
	case errno != 0 || n == 0:
		return 0, ioClosed
	}
	return int(n), ioOK
}

// hot
func (r *reactor) write(slot uint32, b []byte) (int, ioStatus) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(r.fds[slot]), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT, 0, 0)
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return 0, ioAgain
	case errno != 0:
		return 0, ioClosed
	}
	return int(n), ioOK
}

func (r *reactor) wantWrite(slot uint32, on bool) {
	r.want(slot, unix.EPOLLOUT, on)
}

func (r *reactor) wantRead(slot uint32, on bool) {
	r.hot.forget(slot)
	r.want(slot, unix.EPOLLIN, on)
}

func (r *reactor) want(slot, event uint32, on bool) {
	events := r.wants[slot] &^ event
	if on {
		events |= event
	}
	if r.wants[slot] == events {
		return
	}
	r.wants[slot] = events
	unix.EpollCtl(r.epoll, unix.EPOLL_CTL_MOD, int(r.fds[slot]), &unix.EpollEvent{Events: events, Fd: int32(slot)})
}

func (r *reactor) closeConn(slot uint32, abort bool) {
	r.hot.forget(slot)
	if abort {
		unix.SetsockoptLinger(int(r.fds[slot]), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	unix.Close(int(r.fds[slot])) // leaves the epoll set by itself
	r.fds[slot] = -1
}

func (r *reactor) release(slot uint32) { r.free.give(slot) }

func (r *reactor) stopAccepting() {
	if r.listener >= 0 {
		unix.Close(r.listener)
		r.listener = -1
	}
}

func (r *reactor) close() {
	r.stopAccepting()
	for slot, fd := range r.fds {
		if fd >= 0 {
			r.closeConn(uint32(slot), false)
		}
	}
	for _, fd := range []*int{&r.epoll, &r.wakeup} {
		if *fd >= 0 {
			unix.Close(*fd)
			*fd = -1
		}
	}
}

// hotSlot guesses who speaks next. While one connection is alone in having anything
// to say, poll reports it readable unasked: the read tells as well as epoll_wait
// would whether there is something, and saves that call on the way of the order.
// Every hotPolls-th look is at all of them, so another's order waits some two
// microseconds longer at most.
type hotSlot struct {
	slot    uint32
	streak  int // looks at all that found nobody but slot
	guesses int // since the last look at all
}

const (
	hotStreak = 16
	hotPolls  = 8
)

// guess says whether slot is to be reported without a look.
// hot
func (h *hotSlot) guess() bool {
	if h.streak < hotStreak || h.guesses == hotPolls {
		h.guesses = 0
		return false
	}
	h.guesses++
	return true
}

// learn takes what a look at all has found.
func (h *hotSlot) learn(ready []readiness) {
	switch {
	case len(ready) == 0:
	case len(ready) > 1 || ready[0].what != readyRead || ready[0].slot != h.slot:
		h.slot, h.streak = ready[0].slot, 0
	case h.streak < hotStreak:
		h.streak++
	}
}

// forget is for a slot that must not be read from.
func (h *hotSlot) forget(slot uint32) {
	if h.slot == slot {
		h.streak = 0
	}
}
