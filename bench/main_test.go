package bench

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"pricetime/gateway"
)

// childKind tells this test's binary, run once more by a test, to be a server.
const childKind = "PRICETIME_BENCH_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childKind) {
	case "echo":
		if err := ServeEcho(os.Stdout, os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	case "venue":
		serveVenue()
		return
	}
	os.Exit(m.Run())
}

func serveVenue() {
	debug.SetGCPercent(-1)
	v, err := gateway.Start(gateway.Options{JSON: "127.0.0.1:0"})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	runtime.GC()
	metrics := gateway.NewMetrics(v)
	door, err := gateway.OpenHTTP("127.0.0.1:0", metrics)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go spoil(os.Getenv(childSpoils))
	fmt.Fprintf(os.Stderr, "threads %s\nidle %s\ndurability memory\nhttp %s\n", v.Threads, v.Idle, door.Addr())
	fmt.Printf("listening json %s\n", v.JSONAddr())
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	<-interrupted
	v.Stop()
	now := metrics.Read()
	fmt.Fprintf(os.Stderr, "heap grown=%d allocated=%d\n", now.HeapObjects-metrics.First().HeapObjects, now.Mallocs-metrics.First().Mallocs)
}

// childSpoils tells a venue what to do wrong: "leak" or "collect".
const childSpoils = "PRICETIME_BENCH_SPOIL"

var leaked [][]byte

func spoil(how string) {
	for how != "" {
		time.Sleep(10 * time.Millisecond)
		switch how {
		case "leak":
			for range 100 {
				leaked = append(leaked, make([]byte, 2000))
			}
		case "collect":
			runtime.GC()
		}
	}
}

// childCommands are the commands that make this binary a venue and an echo.
func childCommands(t *testing.T) (venue, echo []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"env", childKind + "=venue", self}, []string{"env", childKind + "=echo", self}
}
