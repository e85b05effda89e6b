package bench

import (
	"net"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// serveEcho polls connections until the listener is closed.
func serveEcho(l net.Listener, stop <-chan struct{}) {
	accepted := make(chan *echoConn, 64)
	go acceptEcho(l, accepted)
	var conns []*echoConn
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		if len(conns) == 0 { // nobody to serve: no core burnt
			select {
			case c := <-accepted:
				conns = append(conns, c)
			case <-stop:
				return
			}
		}
		select {
		case c := <-accepted:
			conns = append(conns, c)
		case <-stop:
			return
		default:
		}
		for i, c := range conns {
			if !c.poll() {
				unix.Close(c.fd)
				conns = slices.Delete(conns, i, i+1)
				break
			}
		}
	}
}

// acceptEcho hands on accepted connections, duplicated out of the netpoller's hands.
func acceptEcho(l net.Listener, accepted chan<- *echoConn) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		fd := -1
		if raw, err := c.(*net.TCPConn).SyscallConn(); err == nil {
			raw.Control(func(f uintptr) { fd, _ = unix.FcntlInt(f, unix.F_DUPFD_CLOEXEC, 0) })
		}
		c.Close()
		if fd >= 0 {
			accepted <- &echoConn{fd: fd}
		}
	}
}

type echoConn struct {
	fd      int
	buf     [16 << 10]byte // what the venue's read takes
	pending []byte         // of buf: read and not written back
}

// poll reads once, or if the other side has not taken everything writes once; it
// is false when the connection is gone.
// hot
func (c *echoConn) poll() bool {
	if len(c.pending) == 0 {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(c.fd), uintptr(unsafe.Pointer(&c.buf[0])), uintptr(len(c.buf)))
		if errno == unix.EAGAIN || errno == unix.EINTR {
			return true
		}
		if errno != 0 || n == 0 {
			return false
		}
		c.pending = c.buf[:n]
	}
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(c.fd), uintptr(unsafe.Pointer(&c.pending[0])), uintptr(len(c.pending)), unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT, 0, 0)
	if errno == unix.EAGAIN || errno == unix.EINTR {
		return true
	}
	if errno != 0 {
		return false
	}
	c.pending = c.pending[n:]
	return true
}
