//go:build !race

package ring

import (
	"runtime"
	"sync"
	"testing"
)

// Store buffering, the litmus of a lost wake-up: each of two threads announces its own
// word and then loads the other's. That both load the old value is what a plain store
// allows and what announce must not: without its fence this fails on two free cores.
func TestAnnounceIsNotPassedByALaterLoad(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("needs two cores")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	const rounds = 200_000
	var words [2]cursor
	saw := [2][]uint64{make([]uint64, rounds), make([]uint64, rounds)}
	var arrived cursor
	var done sync.WaitGroup
	for me := range words {
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for round := range uint64(rounds) {
				arrived.Add(1)
				for spins := 1; arrived.Load() < 2*(round+1); spins++ {
					if spins%(1<<14) == 0 { // the other one has no core
						runtime.Gosched()
					}
				}
				// Both words are in both caches then: a store has to wait for its line, a load
				// has not. Who came last leaves first; how much first is the machine's secret,
				// so one of the two goes a little later each round, over and over.
				for range 8 + uint64(me)*(round%512) {
					words[1-me].Load()
				}
				announce(&words[me].Uint64, round+1)
				saw[me][round] = words[1-me].Load()
			}
		})
	}
	done.Wait()
	missed := 0
	for round := range uint64(rounds) {
		if saw[0][round] <= round && saw[1][round] <= round {
			missed++
		}
	}
	if missed > 0 {
		t.Errorf("in %d of %d rounds neither thread saw the other's announcement", missed, rounds)
	}
}
