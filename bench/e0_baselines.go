package bench

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"pricetime/gateway/client"
	"pricetime/gateway/latency"
)

// baseline is one thing that a venue is made of, or stands on. It is measured for
// about d; either each time on its own, or where it is shorter than a look at the
// clock, many in a row, and then there is only the mean of a block.
type baseline struct {
	name    string
	measure func(s *suite, d time.Duration) (Run, error)
	note    string
}

var baselines = []baseline{
	{"clock read", (*suite).clockRead, "what every figure below contains once"},
	{"time.Now", (*suite).timeNow, ""},
	{"system call", (*suite).systemCall, "the cheapest there is: the parent's process id"},
	{"core-to-core hop", (*suite).coreHop, "one word, two pinned threads"},
	{"ring hop", (*suite).ringHop, "the venue's ring, spinning"},
	{"channel hop", (*suite).channelHop, "pinned threads, blocking: a wake-up each"},
	{"mutex and condition hop", (*suite).condHop, "pinned threads, blocking"},
	{"loopback round trip, polled", (*suite).loopbackPolled, "the floor of every order: 150 bytes there and back"},
	{"loopback round trip, blocking", (*suite).loopbackBlocking, "package net, left to the scheduler"},
	{"write", (*suite).fileWrite, "128 bytes to the end of a file"},
	{"fdatasync", (*suite).fileSync, "128 bytes written and on the disk"},
	{"sleep of 1 us", (*suite).sleep, "why the generator spins"},
	{"platform gaps", (*suite).gaps, "a spinning thread's gaps over 1 us: the machine taking the core away"},
}

// spins says which baselines need two cores that spin at each other.
var spins = map[string]bool{"core-to-core hop": true, "ring hop": true}

// planBaselines is E0, the list of latency numbers of this machine.
func planBaselines(s *suite) (*plan, error) {
	p := &plan{repeats: 3, tables: baselineTables}
	d := 300 * time.Millisecond
	if s.Quick {
		p.repeats, d = 1, 30*time.Millisecond
	}
	for _, b := range baselines {
		if spins[b.name] && !canSpin() {
			p.notes = append(p.notes, b.name+": needs two cores, left out")
			continue
		}
		d := d
		if b.name == "platform gaps" { // rare
			d *= 4
		}
		p.points = append(p.points, point{
			name:       b.name,
			conditions: map[string]string{"note": b.note},
			planned:    d,
			run:        func() (Run, error) { return b.measure(s, d) },
		})
	}
	return p, nil
}

func baselineTables(e *Experiment) []table {
	t := table{header: []string{"what", "p50", "p99", "p99.9", "max", "mean", "what it is"}}
	for _, r := range e.Results {
		row := []string{r.Name}
		if mean, ok := r.Summary.Values["mean_ns"]; ok {
			row = append(row, "", "", "", "", nanoseconds(mean.Median))
		} else {
			for _, q := range []string{"p50_ns", "p99_ns", "p99_9_ns", "max_ns"} {
				row = append(row, r.Summary.quantile("time", q))
			}
			row = append(row, "")
		}
		note := r.Conditions["note"]
		if share, ok := r.Summary.Values["lost_share"]; ok {
			note += fmt.Sprintf(" (%.2f %% of the time)", 100*share.Median)
		}
		t.add(append(row, note)...)
	}
	t.leftLast = true
	return []table{t}
}

// meanOf repeats f in blocks for about d and returns the mean of the fastest
// block: what it costs when nothing interferes.
func (s *suite) meanOf(d time.Duration, f func()) Run {
	const block = 1000
	best := int64(1 << 62)
	for end := s.clock.now() + int64(d); s.clock.now() < end; {
		t := s.clock.now()
		for range block {
			f()
		}
		best = min(best, s.clock.now()-t)
	}
	return newRun(map[string]float64{"mean_ns": float64(best) / block}, nil)
}

// eachOf times every call of f for about d.
func (s *suite) eachOf(d time.Duration, f func() error) (Run, error) {
	times := latency.NewRecorder()
	for end := s.clock.now() + int64(d); ; {
		t0 := s.clock.now()
		if err := f(); err != nil {
			return Run{}, err
		}
		t1 := s.clock.now()
		times.Record(t1 - t0)
		if t1 > end {
			return timesRun(times), nil
		}
	}
}

func timesRun(times *latency.Recorder) Run {
	return newRun(nil, map[string]*latency.Recorder{"time": times})
}

func (s *suite) clockRead(d time.Duration) (Run, error) {
	return s.meanOf(d, func() { s.clock.now() }), nil
}

func (s *suite) timeNow(d time.Duration) (Run, error) {
	return s.meanOf(d, func() { time.Now() }), nil
}

func (s *suite) systemCall(d time.Duration) (Run, error) {
	return s.meanOf(d, func() { os.Getppid() }), nil
}

func (s *suite) sleep(d time.Duration) (Run, error) {
	return s.eachOf(d, func() error { time.Sleep(time.Microsecond); return nil })
}

// gaps is what a thread that only reads the clock sees: a look that came late is
// one where somebody else had the core.
func (s *suite) gaps(d time.Duration) (Run, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const gap = 1000 // ns; a look takes tens
	times := latency.NewRecorder()
	lost := int64(0)
	last := s.clock.now()
	for end := last + int64(d); last < end; {
		now := s.clock.now()
		if now-last > gap {
			times.Record(now - last)
			lost += now - last
		}
		last = now
	}
	run := timesRun(times)
	run.Values = map[string]float64{"gaps_per_s": float64(times.Count()) / d.Seconds(), "lost_share": float64(lost) / float64(d)}
	return run, nil
}

// coreHop is the machine's own hand-off: a word that two cores write in turn.
func (s *suite) coreHop(d time.Duration) (Run, error) {
	times := latency.NewRecorder()
	var ball struct {
		_ [128]byte
		atomic.Uint64
		_ [128]byte
	}
	const over = ^uint64(0)
	var wg sync.WaitGroup
	wg.Go(func() { // answers odd with even
		defer pin(1)()
		for v := uint64(1); ; v += 2 {
			for {
				if at := ball.Load(); at == v {
					break
				} else if at == over {
					return
				}
			}
			ball.Store(v + 1)
		}
	})
	wg.Go(func() {
		defer pin(0)()
		end := s.clock.now() + int64(d)
		for v := uint64(1); ; v += 2 {
			t0 := s.clock.now()
			ball.Store(v)
			for ball.Load() != v+1 {
			}
			t1 := s.clock.now()
			times.Record((t1 - t0) / 2)
			if t1 > end {
				ball.Store(over)
				return
			}
		}
	})
	wg.Wait()
	return timesRun(times), nil
}

func (s *suite) ringHop(d time.Duration) (Run, error) {
	return s.hop(d, newRingHandOff("spin"), newRingHandOff("spin"))
}

func (s *suite) channelHop(d time.Duration) (Run, error) {
	return s.hop(d, make(channelHandOff, handOffSlots), make(channelHandOff, handOffSlots))
}

func (s *suite) condHop(d time.Duration) (Run, error) {
	return s.hop(d, newCondHandOff(), newCondHandOff())
}

func (s *suite) hop(d time.Duration, there, back handOff) (Run, error) {
	times := latency.NewRecorder()
	err := converse(s.clock, there, back, pinned, int64(d), times.Record)
	return timesRun(times), err
}

// echoBytes is about the length of an order as a JSON line.
const echoBytes = 150

// loopbackPolled sends one line at a time to the echo and polls for it.
func (s *suite) loopbackPolled(d time.Duration) (run Run, err error) {
	server, err := startChild(s.Echo, "echo")
	if err != nil {
		return Run{}, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	c, err := client.DialSpin(server.address, time.Second)
	if err != nil {
		return Run{}, err
	}
	defer c.Close()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	out := append(make([]byte, echoBytes-1), '\n')
	return s.eachOf(d, func() error {
		if _, err := c.Write(out); err != nil {
			return err
		}
		for {
			if _, ok, err := c.Poll(); ok || err != nil {
				return err
			}
		}
	})
}

// loopbackBlocking is what most servers do: a goroutine that blocks in Read.
func (s *suite) loopbackBlocking(d time.Duration) (Run, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return Run{}, err
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		buf := make([]byte, 8<<10)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			if _, err := c.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return Run{}, err
	}
	defer c.Close()
	out, in := make([]byte, echoBytes), bufio.NewReaderSize(c, 8<<10)
	return s.eachOf(d, func() error {
		if _, err := c.Write(out); err != nil {
			return err
		}
		_, err := in.Discard(len(out))
		return err
	})
}

func (s *suite) fileWrite(d time.Duration) (Run, error) {
	return s.onFile(d, func(f *os.File, record []byte) error {
		_, err := f.Write(record)
		return err
	})
}

func (s *suite) fileSync(d time.Duration) (Run, error) {
	return s.onFile(d, func(f *os.File, record []byte) error {
		if _, err := f.Write(record); err != nil {
			return err
		}
		return syncData(f)
	})
}

// onFile times something done to a new file beside the report: on the disk that
// a journal would be on, if the report is.
func (s *suite) onFile(d time.Duration, do func(f *os.File, record []byte) error) (run Run, err error) {
	path := filepath.Join(s.dir, "baseline.tmp")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return Run{}, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(path)) }()
	record := make([]byte, 128)
	return s.eachOf(d, func() error { return do(f, record) })
}
