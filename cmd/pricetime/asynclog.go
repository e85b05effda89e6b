package main

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// asyncLog is a log handler that never makes its caller wait. The venue's threads
// log from the order path (a session was cut), and a write to a terminal or a full
// pipe can take seconds. So a record goes into a bounded queue and one goroutine
// writes; when the queue is full the record is dropped and counted, and the count
// is logged as soon as something can be written again.
//
//	venue thread                    writer goroutine
//	Handle: queue <- record    ──>  target.Handle(record), which may block
//	        or dropped++
type asyncLog struct {
	target slog.Handler
	shared *asyncLogQueue
}

// asyncLogQueue is what a handler and those derived from it have in common.
type asyncLogQueue struct {
	records chan asyncLogEntry
	dropped atomic.Int64
	closing chan struct{}
	once    sync.Once
	done    chan struct{}
}

type asyncLogEntry struct {
	target slog.Handler
	record slog.Record
}

// asyncLogRecords is how many records wait for the writer. A cut session is one
// record: a venue of a thousand sessions that all end at once keeps every one.
const asyncLogRecords = 2048

// asyncLogFlushMax is how long close waits for a writer that is stuck.
const asyncLogFlushMax = time.Second

// newAsyncLog starts the writer in front of target. close ends it.
func newAsyncLog(target slog.Handler, records int) *asyncLog {
	q := &asyncLogQueue{
		records: make(chan asyncLogEntry, records),
		closing: make(chan struct{}),
		done:    make(chan struct{}),
	}
	h := &asyncLog{target: target, shared: q}
	go q.write(target)
	return h
}

// Enabled implements [slog.Handler].
func (h *asyncLog) Enabled(ctx context.Context, level slog.Level) bool {
	return h.target.Enabled(ctx, level)
}

// Handle implements [slog.Handler]. It never blocks and never fails.
func (h *asyncLog) Handle(_ context.Context, r slog.Record) error {
	select {
	case h.shared.records <- asyncLogEntry{h.target, r.Clone()}:
	default:
		h.shared.dropped.Add(1)
	}
	return nil
}

// WithAttrs implements [slog.Handler].
func (h *asyncLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &asyncLog{h.target.WithAttrs(attrs), h.shared}
}

// WithGroup implements [slog.Handler].
func (h *asyncLog) WithGroup(name string) slog.Handler {
	return &asyncLog{h.target.WithGroup(name), h.shared}
}

// close writes what is queued, for at most asyncLogFlushMax, and ends the writer.
// What is logged later is lost.
func (h *asyncLog) close() {
	h.shared.once.Do(func() { close(h.shared.closing) })
	select {
	case <-h.shared.done:
	case <-time.After(asyncLogFlushMax):
	}
}

func (q *asyncLogQueue) write(target slog.Handler) {
	defer close(q.done)
	for {
		select {
		case e := <-q.records:
			q.handle(target, e)
		case <-q.closing:
			for {
				select {
				case e := <-q.records:
					q.handle(target, e)
				default:
					q.reportDropped(target)
					return
				}
			}
		}
	}
}

// handle writes one record. An error of a log has nowhere to be told.
func (q *asyncLogQueue) handle(target slog.Handler, e asyncLogEntry) {
	q.reportDropped(target)
	e.target.Handle(context.Background(), e.record)
}

func (q *asyncLogQueue) reportDropped(target slog.Handler) {
	n := q.dropped.Swap(0)
	if n == 0 {
		return
	}
	r := slog.NewRecord(time.Now(), slog.LevelWarn, "log records dropped", 0)
	r.AddAttrs(slog.Int64("records", n))
	target.Handle(context.Background(), r)
}
