package ring

import (
	"sync"
	"testing"
	"time"
)

// Ping-pong between two parked threads: every message is a chance to lose a
// wake-up, and a lost one hangs both.
func TestParkNeverLosesAWakeUp(t *testing.T) {
	rounds := uint64(10_000)
	if testing.Short() {
		rounds = 2_000
	}
	atEachWidth(t, func(t *testing.T) {
		for _, kind := range []Producers{Single, Multi} {
			there, back := New[uint64](1, kind), New[uint64](1, kind)
			thereOut, backOut := there.NewConsumer(), back.NewConsumer()
			echo, caller := NewWaker(), NewWaker()
			var finished sync.WaitGroup
			finished.Go(func() {
				for thereOut.Wait(Park(echo)) {
					lo, n := thereOut.Poll(1)
					x := *thereOut.Slot(lo)
					thereOut.Release(lo)
					at, _ := back.Claim(n, Park(echo))
					*back.Slot(at) = x + 1
					back.Publish(at, 1)
					caller.Wake()
				}
			})
			hung := time.AfterFunc(60*time.Second, func() { panic("a wake-up was lost") })
			for i := uint64(1); i <= rounds; i++ {
				lo, _ := there.Claim(1, Park(caller))
				*there.Slot(lo) = i
				there.Publish(lo, 1)
				echo.Wake()
				backOut.Wait(Park(caller))
				if got := *backOut.Slot(lo); got != i+1 {
					t.Fatalf("round %d came back as %d", i, got)
				}
				backOut.Release(lo)
				echo.Wake()
			}
			hung.Stop()
			there.Close()
			echo.Wake()
			finished.Wait()
		}
	})
}

// Producers and a consumer that all park, on a ring so small that both sides wait
// all the time.
func TestParkedProducersAndConsumer(t *testing.T) {
	const producers = 3
	atEachWidth(t, func(t *testing.T) {
		r := New[message](2, Multi)
		c := r.NewConsumer()
		reader := NewWaker()
		var writers [producers]*Waker
		var done sync.WaitGroup
		for p := range producers {
			writers[p] = NewWaker()
		}
		count := litmusMessages() / 10
		for p := range producers {
			done.Go(func() {
				for i := uint64(1); i <= count; i++ {
					lo, _ := r.Claim(1, Park(writers[p]))
					r.Slot(lo).fill(uint64(p), i)
					r.Publish(lo, 1)
					reader.Wake()
				}
			})
		}
		go func() { done.Wait(); r.Close(); reader.Wake() }()
		hung := time.AfterFunc(60*time.Second, func() { panic("a wake-up was lost") })
		defer hung.Stop()
		var last [producers]uint64
		for c.Wait(Park(reader)) {
			lo, n := c.Poll(2)
			for seq := lo; seq < lo+uint64(n); seq++ {
				m := c.Slot(seq)
				if m.torn() || m.number != last[m.producer]+1 {
					t.Fatalf("sequence %d: number %d after %d of producer %d", seq, m.number, last[m.producer], m.producer)
				}
				last[m.producer]++
			}
			c.Release(lo + uint64(n) - 1)
			for _, w := range writers {
				w.Wake()
			}
		}
		for p, n := range last {
			if n != count {
				t.Errorf("producer %d: %d of %d came", p, n, count)
			}
		}
	})
}

func TestSleepEndsAtItsTimeout(t *testing.T) {
	w := NewWaker()
	w.Arm()
	if w.Sleep(time.Millisecond) {
		t.Error("Sleep says it was woken")
	}
	w.Wake() // nobody sleeps: leaves nothing behind
	w.Arm()
	if w.Sleep(time.Millisecond) {
		t.Error("a wake-up without a sleeper was kept")
	}
	w.Arm()
	w.Wake()
	w.Wake()
	if !w.Sleep(time.Minute) {
		t.Error("Sleep says its timeout passed")
	}
}
