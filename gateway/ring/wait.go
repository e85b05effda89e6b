package ring

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Wait is how a thread waits: [Spin], [Yield] or [Park]. It is used only where
// there is nothing to do, so it is never on the path of a message.
type Wait struct {
	spins int // looks before giving the processor away; negative: never given away
	waker *Waker
}

// yieldSpins is how often Yield looks again before it gives way: about a
// microsecond, a few times the hop between two cores (0.3 us).
const yieldSpins = 256

// Spin looks again at once: the lowest latency, and a core burnt. Each side needs
// a core of its own.
func Spin() Wait { return Wait{spins: -1} }

// Yield looks a few times, then lets other goroutines of this process run between
// any two looks. An idle core is still burnt.
func Yield() Wait { return Wait{spins: yieldSpins} }

// Park sleeps on w until the other side wakes it. A wake-up costs microseconds, tens
// of them where the core has gone to sleep too; an idle thread costs nothing.
func Park(w *Waker) Wait { return Wait{waker: w} }

func (w Wait) parks() bool { return w.waker != nil }

func (w Wait) pause(round int) {
	if w.spins >= 0 && round >= w.spins {
		runtime.Gosched()
	}
}

// Waker puts its owner to sleep until someone has work for it. One thread sleeps
// on it, any thread wakes it, and a wake-up is never lost if the owner looks once
// more between Arm and Sleep:
//
//	owner                              other
//	nothing to do
//	armed.Store(1)                     publish (an atomic store)
//	look again ----------------------- armed.Load()
//	  something: Disarm, go on           0: nobody sleeps, done
//	  nothing:   Sleep                   1: Swap(0); put the token
//
// The two stores come before the two loads in one order that both sides agree on
// (Go's atomics are sequentially consistent; this is Dekker's pattern). So either the
// owner's second look sees the publication, or the other side's load sees armed. With
// a weaker order both could miss: that is the lost wake-up.
//
// A token may be left over (armed was taken, then the owner found work by itself): a
// later Sleep then returns early, once. So a Sleep that returns says "look", not
// "there is work".
type Waker struct {
	_     [falseSharing]byte
	armed atomic.Uint32
	_     [falseSharing]byte
	token chan struct{} // one place: any number of wake-ups are one
	timer *time.Timer
}

// NewWaker returns a waker that nobody sleeps on.
func NewWaker() *Waker {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return &Waker{token: make(chan struct{}, 1), timer: timer}
}

// Wake wakes the owner if it sleeps or is about to; call it after the store that
// makes the work visible. One atomic load when nobody sleeps. Any thread.
// hot
func (w *Waker) Wake() {
	if w.armed.Load() != 0 {
		w.wakeArmed()
	}
}

// wakeArmed puts the token. Of several wakers one takes armed; if the token's place
// is full the owner has a wake-up waiting, which serves as well.
func (w *Waker) wakeArmed() {
	if w.armed.Swap(0) == 0 {
		return
	}
	select {
	case w.token <- struct{}{}:
	default:
	}
}

// Arm announces that the owner is about to sleep. It then looks once more for work,
// and calls Disarm if there is some, Sleep if not.
func (w *Waker) Arm() { w.armed.Store(1) }

// Disarm takes the announcement back.
func (w *Waker) Disarm() { w.armed.Store(0) }

// Sleep blocks the owner until a Wake that followed Arm, at most for timeout; 0 is
// no limit. It returns false when the timeout passed.
func (w *Waker) Sleep(timeout time.Duration) (woken bool) {
	if timeout <= 0 {
		<-w.token
		woken = true
	} else {
		w.timer.Reset(timeout)
		select {
		case <-w.token:
			w.timer.Stop()
			woken = true
		case <-w.timer.C:
		}
	}
	w.Disarm() // a left-over token and a timeout leave it armed
	return woken
}
