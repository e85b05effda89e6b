package main

import "sync"

// liveLadder is a ladder that one goroutine keeps up to date and another draws.
type liveLadder struct {
	watch  *watch
	failed chan error // what ended the receiver
	ended  chan struct{}

	mu      sync.Mutex
	changed bool
}

// receive starts a receiver: from here on the watch is its own until end.
func (w *watch) receive() *liveLadder {
	l := &liveLadder{watch: w, failed: make(chan error, 1), ended: make(chan struct{}), changed: true}
	go func() {
		defer close(l.ended)
		for {
			m, err := w.receiveOne()
			if err == nil {
				l.mu.Lock()
				var changed bool
				changed, err = w.apply(m)
				l.changed = l.changed || changed
				l.mu.Unlock()
			}
			if err != nil {
				l.failed <- err
				return
			}
		}
	}()
	return l
}

// picture draws the ladder as it is and says whether it changed since the last one.
func (l *liveLadder) picture(depth int) (picture []row, changed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	changed, l.changed = l.changed, false
	return l.watch.ladder.picture(depth), changed
}

// end closes the connection and waits for the receiver.
func (l *liveLadder) end() {
	l.watch.close()
	<-l.ended
}
