package gateway_test

import (
	"net"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"pricetime/gateway"
)

// Where the process is out of descriptors, who is in goes on, nothing spins on who
// cannot come in, and when there are descriptors again the door is open.
func TestOutOfDescriptors(t *testing.T) {
	everyWay(t, func(t *testing.T, o gateway.Options) {
		v := start(t, o)
		p := v.login(t, "alice")
		var before syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
			t.Fatal(err)
		}
		highest := 0
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			fd, _ := strconv.Atoi(e.Name())
			highest = max(highest, fd)
		}
		few := before
		few.Cur = uint64(highest + 6)
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
			t.Fatal(err)
		}
		restore := func() { syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before) }
		defer restore()
		var conns []net.Conn
		for { // until client or venue, which are one process here, has none left
			c, err := net.DialTimeout("tcp", v.JSONAddr(), time.Second)
			if err != nil {
				break
			}
			defer c.Close()
			conns = append(conns, c)
		}
		time.Sleep(100 * time.Millisecond) // it begins to park
		const quiet = 400 * time.Millisecond
		used := processorTime(t)
		time.Sleep(quiet)
		if used = processorTime(t) - used; used > quiet/2 {
			t.Errorf("%v of processor time in %v of nothing", used, quiet)
		}
		p.send(`{"type":"ping"}`)
		p.expect("pong")
		for _, c := range conns {
			c.Close()
		}
		restore()
		v.login(t, "bob")
	})
}

func processorTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
