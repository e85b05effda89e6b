package ring

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// message is what the litmus tests send: 128 bytes, the size of a command and of an
// event, every word derived from the first two, so that a torn or stale one shows.
type message struct {
	producer, number uint64
	rest             [14]uint64
}

func (m *message) fill(producer, number uint64) {
	m.producer, m.number = producer, number
	for i := range m.rest {
		m.rest[i] = producer<<48 ^ number*uint64(i+3)
	}
}

func (m *message) torn() bool {
	for i := range m.rest {
		if m.rest[i] != m.producer<<48^m.number*uint64(i+3) {
			return true
		}
	}
	return false
}

// litmusMessages is enough for thousands of laps of the small rings, and for every
// interleaving at the lap's edge that two cores produce.
func litmusMessages() uint64 {
	if testing.Short() {
		return 5_000
	}
	return 30_000
}

// atEachWidth runs a litmus with the threads interleaved on one processor and side
// by side on two.
func atEachWidth(t *testing.T, run func(t *testing.T)) {
	for _, procs := range []int{1, 2} {
		t.Run(fmt.Sprintf("procs=%d", procs), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			run(t)
		})
	}
}

// produce sends messages 1 to count in batches of 1 to batchMax slots.
func produce(r *Ring[message], producer, count uint64, batchMax int, w Wait) {
	for number := uint64(1); number <= count; {
		n := min(1+int(number)%batchMax, int(count-number)+1)
		lo, ok := r.Claim(n, w)
		if !ok {
			return
		}
		for i := range n {
			r.Slot(lo+uint64(i)).fill(producer, number)
			number++
		}
		r.Publish(lo, n)
	}
}

// consume reads to the end of the ring and checks that nothing is torn, lost,
// repeated or out of its producer's order. It returns how many came.
func consume(t *testing.T, c *Consumer[message], batchMax, producers int, w Wait) (count uint64) {
	last := make([]uint64, producers+1)
	for c.Wait(w) {
		lo, n := c.Poll(batchMax)
		if lo != count+1 {
			t.Errorf("batch from sequence %d, want %d", lo, count+1)
			return
		}
		for i := range n {
			m := c.Slot(lo + uint64(i))
			if m.torn() {
				t.Errorf("sequence %d is torn: %v", lo+uint64(i), *m)
			}
			if m.number != last[m.producer]+1 {
				t.Errorf("sequence %d: number %d of producer %d, want %d", lo+uint64(i), m.number, m.producer, last[m.producer]+1)
				return
			}
			last[m.producer] = m.number
		}
		count += uint64(n)
		c.Release(lo + uint64(n) - 1)
	}
	return count
}

func TestSingleProducerKeepsOrderAndContent(t *testing.T) {
	atEachWidth(t, func(t *testing.T) {
		for _, slots := range []int{1, 2, 8, 64} {
			r := New[message](slots, Single)
			c := r.NewConsumer()
			go func() {
				produce(r, 0, litmusMessages(), min(slots, 5), Yield())
				r.Close()
			}()
			if got := consume(t, c, 3, 0, Yield()); got != litmusMessages() {
				t.Errorf("%d slots: %d messages came, want %d", slots, got, litmusMessages())
			}
		}
	})
}

func TestManyProducersKeepEachOnesOrderAndLoseNone(t *testing.T) {
	const producers = 4
	atEachWidth(t, func(t *testing.T) {
		for _, slots := range []int{1, 2, 8, 64} {
			r := New[message](slots, Multi)
			c := r.NewConsumer()
			var done sync.WaitGroup
			for p := range producers {
				done.Go(func() { produce(r, uint64(p), litmusMessages()/producers, min(slots, 5), Yield()) })
			}
			go func() { done.Wait(); r.Close() }()
			if got, want := consume(t, c, 7, producers, Yield()), litmusMessages()/producers*producers; got != want {
				t.Errorf("%d slots: %d messages came, want %d", slots, got, want)
			}
		}
	})
}

// The slowest of two consumers holds the producers back: it still finds every
// message whole, although the other one is far ahead.
func TestSlowConsumerIsNeverOverwritten(t *testing.T) {
	for _, kind := range []Producers{Single, Multi} {
		r := New[message](8, kind)
		fast, slow := r.NewConsumer(), r.NewConsumer()
		var done sync.WaitGroup
		done.Go(func() { produce(r, 0, litmusMessages()/4, 3, Yield()); r.Close() })
		done.Go(func() { consume(t, fast, 8, 0, Yield()) })
		var number uint64
		for slow.Wait(Yield()) {
			lo, n := slow.Poll(8)
			for i := range n {
				number++
				if i == n-1 {
					runtime.Gosched() // let the producer try to lap
				}
				if m := slow.Slot(lo + uint64(i)); m.torn() || m.number != number {
					t.Fatalf("kind %d: sequence %d holds number %d, torn %v", kind, lo+uint64(i), m.number, m.torn())
				}
			}
			slow.Release(lo + uint64(n) - 1)
		}
		done.Wait()
		if number != litmusMessages()/4 {
			t.Errorf("kind %d: slow consumer got %d of %d", kind, number, litmusMessages()/4)
		}
	}
}

// A consumer after two others sees a slot only when both have written their marks
// into it and released it.
func TestGateIsNeverPassed(t *testing.T) {
	atEachWidth(t, func(t *testing.T) {
		for _, kind := range []Producers{Single, Multi} {
			r := New[message](16, kind)
			marks := [2]*Consumer[message]{r.NewConsumer(), r.NewConsumer()}
			last := r.NewConsumer(marks[0], marks[1])
			count := litmusMessages() / 4
			var done sync.WaitGroup
			done.Go(func() { produce(r, 0, count, 4, Yield()); r.Close() })
			for which, c := range marks {
				done.Go(func() {
					for c.Wait(Yield()) {
						lo, n := c.Poll(5)
						for seq := lo; seq < lo+uint64(n); seq++ {
							c.Slot(seq).rest[which] = ^seq
						}
						c.Release(lo + uint64(n) - 1)
					}
				})
			}
			var seen uint64
			for last.Wait(Yield()) {
				lo, n := last.Poll(16)
				for seq := lo; seq < lo+uint64(n); seq++ {
					seen++
					if m := last.Slot(seq); m.number != seen || m.rest[0] != ^seq || m.rest[1] != ^seq {
						t.Fatalf("kind %d: sequence %d came through the gate unmarked: %v", kind, seq, *m)
					}
				}
				last.Release(lo + uint64(n) - 1)
			}
			done.Wait()
			if seen != count {
				t.Errorf("kind %d: %d came, want %d", kind, seen, count)
			}
		}
	})
}

func TestCloseEndsAClaimThatWaits(t *testing.T) {
	for _, kind := range []Producers{Single, Multi} {
		for name, wait := range map[string]func() (Wait, *Waker){
			"spin":  func() (Wait, *Waker) { return Spin(), NewWaker() },
			"yield": func() (Wait, *Waker) { return Yield(), NewWaker() },
			"park":  func() (Wait, *Waker) { w := NewWaker(); return Park(w), w },
		} {
			r := New[message](2, kind)
			c := r.NewConsumer()
			produce(r, 0, 2, 2, Yield())
			w, waker := wait()
			claimed := make(chan bool)
			go func() { _, ok := r.Claim(1, w); claimed <- ok }()
			time.Sleep(time.Millisecond) // mostly it waits by now; if not, it finds the ring closed
			r.Close()
			waker.Wake()
			select {
			case ok := <-claimed:
				if ok {
					t.Errorf("kind %d, %s: a claim on a full closed ring succeeded", kind, name)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("kind %d, %s: the claim still waits", kind, name)
			}
			if got := consume(t, c, 1, 0, w); got != 2 {
				t.Errorf("kind %d, %s: %d messages drained after Close, want 2", kind, name, got)
			}
			if _, ok := r.TryClaim(1); ok {
				t.Errorf("kind %d, %s: a claim after Close succeeded", kind, name)
			}
		}
	}
}

// TestAnyInterleaving drives a ring from one thread through claims, publications in
// any order, polls and releases, beside a model that is a list. The scheduler cannot
// be made to produce every order of n producers; this can.
func TestAnyInterleaving(t *testing.T) {
	type claim struct {
		lo uint64
		n  int
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]Producers{Single, Multi}).Draw(t, "kind")
		slots := 1 << rapid.IntRange(0, 4).Draw(t, "log slots")
		r := New[uint64](slots, kind)
		first := r.NewConsumer()
		consumers := []*Consumer[uint64]{first, r.NewConsumer(), r.NewConsumer(first)}
		released := make([]uint64, len(consumers))
		var (
			claimed   uint64
			pending   []claim // claimed, not published, in claim order
			published = map[uint64]bool{}
		)
		room := func() int { return slots - int(claimed-min(released[0], released[1], released[2])) }
		t.Repeat(map[string]func(*rapid.T){
			"claim": func(t *rapid.T) {
				n := rapid.IntRange(1, slots).Draw(t, "n")
				lo, ok := r.TryClaim(n)
				if ok != (n <= room()) {
					t.Fatalf("claim of %d with room for %d: ok %v", n, room(), ok)
				}
				if !ok {
					return
				}
				if lo != claimed+1 {
					t.Fatalf("claim from %d, want %d", lo, claimed+1)
				}
				claimed += uint64(n)
				pending = append(pending, claim{lo, n})
			},
			"publish": func(t *rapid.T) {
				if len(pending) == 0 {
					t.Skip("nothing claimed")
				}
				i := 0
				if kind == Multi {
					i = rapid.IntRange(0, len(pending)-1).Draw(t, "which")
				}
				lo, n := pending[i].lo, pending[i].n
				if kind == Single { // a piece of a claim will do
					n = rapid.IntRange(1, n).Draw(t, "piece")
				}
				for seq := lo; seq < lo+uint64(n); seq++ {
					*r.Slot(seq) = seq * 7
					published[seq] = true
				}
				r.Publish(lo, n)
				if pending[i].lo, pending[i].n = lo+uint64(n), pending[i].n-n; pending[i].n == 0 {
					pending = append(pending[:i], pending[i+1:]...)
				}
			},
			"read": func(t *rapid.T) {
				i := rapid.IntRange(0, len(consumers)-1).Draw(t, "consumer")
				readable := func(seq uint64) bool { return published[seq] && (i != 2 || seq <= released[0]) }
				batchMax := rapid.IntRange(1, slots).Draw(t, "max")
				lo, n := consumers[i].Poll(batchMax)
				if lo != released[i]+1 || n > batchMax {
					t.Fatalf("consumer %d polled %d from %d, want at most %d from %d", i, n, lo, batchMax, released[i]+1)
				}
				if n == 0 && readable(lo) {
					t.Fatalf("consumer %d does not see sequence %d", i, lo)
				}
				for seq := lo; seq < lo+uint64(n); seq++ {
					if !readable(seq) {
						t.Fatalf("consumer %d sees sequence %d too early", i, seq)
					}
					if got := *consumers[i].Slot(seq); got != seq*7 {
						t.Fatalf("consumer %d: sequence %d holds %d, want %d", i, seq, got, seq*7)
					}
				}
				take := rapid.IntRange(0, n).Draw(t, "release")
				consumers[i].Release(lo + uint64(take) - 1)
				released[i] += uint64(take)
			},
			"": func(t *rapid.T) {
				for i, c := range consumers {
					of := claimed
					if kind == Single && len(pending) > 0 {
						of = pending[0].lo - 1
					}
					if got := c.Backlog(); got != int(of-released[i]) {
						t.Fatalf("consumer %d: backlog %d, want %d", i, got, of-released[i])
					}
				}
				if kind == Single && r.Free() != room() {
					t.Fatalf("free %d, want %d", r.Free(), room())
				}
			},
		})
	})
}

// In a Single ring several claims may go out as one publication.
func TestSinglePublishesSeveralClaimsAtOnce(t *testing.T) {
	r := New[uint64](8, Single)
	c := r.NewConsumer()
	for i := uint64(1); i <= 3; i++ {
		lo, _ := r.TryClaim(1)
		*r.Slot(lo) = i
	}
	if _, n := c.Poll(8); n != 0 {
		t.Fatalf("%d visible before the publication", n)
	}
	r.Publish(1, 3)
	if lo, n := c.Poll(8); lo != 1 || n != 3 || *c.Slot(3) != 3 {
		t.Fatalf("polled %d from %d, want 3 from 1", n, lo)
	}
}

func TestBugsPanic(t *testing.T) {
	for want, run := range map[string]func(){
		"BUG: ring of 3 slots, want a power of two": func() { New[int](3, Single) },
		"BUG: claim of 5 slots in a ring of 4":      func() { New[int](4, Multi).TryClaim(5) },
		"BUG: claim of 0 slots in a ring of 4":      func() { New[int](4, Single).TryClaim(0) },
		"BUG: claim of 9 slots in a ring of 4":      func() { New[int](4, Single).HasRoom(9) },
		"BUG: publish of 1 from sequence 1":         func() { New[int](4, Single).Publish(1, 1) },
		"BUG: publish of 2 from sequence 1": func() {
			r := New[int](4, Multi)
			r.TryClaim(1)
			r.Publish(1, 2)
		},
		"BUG: release of sequence 1": func() { New[int](4, Single).NewConsumer().Release(1) },
		"BUG: a consumer was added to a ring in use": func() {
			r := New[int](4, Single)
			r.TryClaim(1)
			r.NewConsumer()
		},
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			run()
		})
	}
}

func TestNothingAllocates(t *testing.T) {
	for _, kind := range []Producers{Single, Multi} {
		r := New[message](64, kind)
		c := r.NewConsumer()
		w := NewWaker()
		if allocs := testing.AllocsPerRun(1000, func() {
			lo, _ := r.Claim(5, Park(w))
			for i := range uint64(5) {
				r.Slot(lo + i).number = i
			}
			r.Publish(lo, 5)
			w.Wake()
			c.Wait(Park(w))
			from, n := c.Poll(64)
			c.Release(from + uint64(n) - 1)
			w.Arm()
			w.Wake()
			w.Sleep(time.Second)
		}); allocs != 0 {
			t.Errorf("kind %d: %v allocations a batch", kind, allocs)
		}
	}
}
