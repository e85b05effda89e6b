package gateway_test

import (
	"bytes"
	"net"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// A thousand scrapes, each over a connection of its own, allocate nothing in the
// process: not the door, and not this client, which is made of system calls.
func TestScrapingAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	_, _, d := watched(t)
	address, err := net.ResolveTCPAddr("tcp", d.Addr())
	if err != nil {
		t.Fatal(err)
	}
	peer := &unix.SockaddrInet4{Port: address.Port, Addr: [4]byte(address.IP.To4())}
	requests := [][]byte{[]byte("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"), []byte("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")}
	answer := make([]byte, 64<<10)
	scrapeOnce := func(request []byte) {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		if err := unix.Connect(fd, peer); err != nil {
			t.Fatal(err)
		}
		if _, err := unix.Write(fd, request); err != nil {
			t.Fatal(err)
		}
		for n := 0; ; {
			got, err := unix.Read(fd, answer[n:])
			if err == unix.EINTR {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			if n += got; got == 0 {
				if !bytes.HasPrefix(answer[:n], []byte("HTTP/1.1 200")) || !bytes.HasSuffix(answer[:n], []byte("\n")) {
					t.Fatalf("answered %q", answer[:n])
				}
				return
			}
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	var before, after runtime.MemStats
	var got []uint64
	for range 5 { // the runtime itself makes a thread, or cleans up, now and then: not every time
		runtime.ReadMemStats(&before)
		for i := range 1000 {
			scrapeOnce(requests[i%len(requests)])
		}
		runtime.ReadMemStats(&after)
		got = append(got, after.Mallocs-before.Mallocs)
		if got[len(got)-1] == 0 {
			break
		}
	}
	if slices.Min(got) > 0 {
		t.Errorf("%d allocations in 1000 scrapes each", got)
	}
}
