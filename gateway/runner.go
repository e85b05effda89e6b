package gateway

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// stage is a duty cycle: Poll does what there is to do, never waits, and says
// how much it did.
type stage interface{ Poll() int }

// Threads says how stages are put on threads.
type Threads string

// Settings of --threads.
const (
	ThreadsAuto   Threads = "auto"   // shared with fewer than four processors, else split
	ThreadsShared Threads = "shared" // all stages in turn on one thread: no hop between cores, no wake-up
	ThreadsSplit  Threads = "split"  // a thread for input and output, one for the core, one for the feed
)

// Idle says what a thread does when its stages have nothing to do.
type Idle string

// Settings of --idle.
const (
	IdleAuto  Idle = "auto"  // spin where every thread can have a core and two are left, else park
	IdleSpin  Idle = "spin"  // poll on: the fastest answer, and a core at 100 %
	IdleYield Idle = "yield" // poll on, giving the processor to other goroutines each time
	IdlePark  Idle = "park"  // poll on for a moment, then sleep in the kernel until there is work
)

func (t Threads) resolve() (Threads, error) {
	switch t {
	case ThreadsShared, ThreadsSplit:
		return t, nil
	case ThreadsAuto, "":
		if runtime.NumCPU() < 4 || runtime.GOMAXPROCS(0) < 4 {
			return ThreadsShared, nil
		}
		return ThreadsSplit, nil
	}
	return "", fmt.Errorf("threads %q: must be shared, split or auto", string(t))
}

func (i Idle) resolve(threads int) (Idle, error) {
	switch i {
	case IdleSpin, IdleYield, IdlePark:
		return i, nil
	case IdleAuto, "":
		if min(runtime.NumCPU(), runtime.GOMAXPROCS(0)) >= threads+2 {
			return IdleSpin, nil
		}
		return IdlePark, nil
	}
	return "", fmt.Errorf("idle %q: must be spin, yield, park or auto", string(i))
}

// parkAfter is how long a thread without work polls on before it parks. A wake-up
// of a halted processor costs 50 microseconds at best and a millisecond on a bad
// day, so a venue with orders every now and then should not pay for one: with a
// processor to itself a thread waits a millisecond for the next.
func parkAfter(threads int) time.Duration {
	if min(runtime.NumCPU(), runtime.GOMAXPROCS(0)) > threads {
		return time.Millisecond
	}
	return 20 * time.Microsecond // others need the processor
}

// looksPerClock: a look at the clock costs as much as a look at the stages, and an
// order that comes meanwhile waits for it.
const looksPerClock = 16

// parkMax bounds a sleep, so that timers run and a stop is seen.
const parkMax = 20 * time.Millisecond

// giveWay is how often a spinning thread lets the runtime's own goroutines run
// (a signal to deliver, a collection to finish) where there is no free processor.
const giveWay = 1 << 12

// sleeper is where a parked thread waits: the I/O thread in epoll_wait, the
// others on a ring.Waker.
type sleeper interface {
	Sleep(timeout time.Duration) bool
	Wake()
	Arm()
	Disarm()
}

// thread runs stages in turn on one locked OS thread.
type thread struct {
	name      string
	stages    []stage
	sleeper   sleeper
	idle      Idle
	parkAfter time.Duration
	others    []sleeper // threads to wake after work
	stop      *atomic.Bool
	settle    func() error // takes the thread's processor and scheduling class
}

// run is the thread. It tells settled once whether it got its place; without it, it ends.
func (t *thread) run(done *sync.WaitGroup, settled chan<- error) {
	runtime.LockOSThread() // the thread ends with the goroutine
	if onMainThread() {    // which does not end, and whose name is the process's: while it is held here, another is found
		found := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(found)
			t.run(done, settled)
		}()
		<-found
		runtime.UnlockOSThread()
		return
	}
	defer done.Done()
	err := t.settle()
	settled <- err
	if err != nil {
		return
	}
	empty := 0
	var since time.Time // of the first empty round
	for !t.stop.Load() {
		if t.round() > 0 {
			empty = 0
			for _, o := range t.others {
				o.Wake()
			}
			continue
		}
		empty++
		switch t.idle {
		case IdleYield:
			runtime.Gosched()
		case IdleSpin:
			if empty%giveWay == 0 {
				runtime.Gosched()
			}
		case IdlePark:
			switch {
			case empty == 1:
				since = time.Now()
			case empty%looksPerClock == 0 && time.Since(since) > t.parkAfter:
				if t.park() {
					empty = 0
				} // else it slept: if for nothing, it goes on sleeping
			}
		}
	}
}

// round is one turn of all stages.
// hot
func (t *thread) round() int {
	work := 0
	for _, s := range t.stages {
		work += s.Poll()
	}
	return work
}

// park sleeps, unless a last look after the sleeper is armed finds work.
func (t *thread) park() (found bool) {
	t.sleeper.Arm()
	if t.stop.Load() || t.round() > 0 {
		t.sleeper.Disarm()
		for _, o := range t.others {
			o.Wake()
		}
		return true
	}
	t.sleeper.Sleep(parkMax)
	return false
}

// pollSleeper makes the I/O thread's sleep a wait in the transport's poll, so that
// a socket wakes it as well as another thread.
type pollSleeper struct {
	in    *ingress
	armed atomic.Bool
}

func (p *pollSleeper) Arm()    { p.armed.Store(true) }
func (p *pollSleeper) Disarm() { p.armed.Store(false) }

func (p *pollSleeper) Sleep(timeout time.Duration) bool {
	p.in.ready = p.in.transport.poll(timeout)
	p.in.slept = true
	p.armed.Store(false)
	return len(p.in.ready) > 0
}

func (p *pollSleeper) Wake() {
	if p.armed.Load() && p.armed.Swap(false) {
		p.in.transport.wake()
	}
}
