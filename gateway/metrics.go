package gateway

import (
	"math"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"sync"
	"time"
)

// Metrics says what the runtime does beside the order path: the heap and its
// collector, which is the tail (ADR 0012). Counts since the doors opened are counts
// since [NewMetrics].
//
// Reading stops no thread and allocates nothing: runtime/metrics into samples that
// are reused, not runtime.ReadMemStats, which stops the world. The price is that a
// processor's own cache of small objects is counted when it is used up: allocations
// show up late by at most a span (8 KiB of objects) for every size of object and processor.
//
// Any goroutine may call it; not the order path's threads.
type Metrics struct {
	mu      sync.Mutex
	samples []metrics.Sample
	gc      debug.GCStats
	venue   *Venue
	opened  time.Time
	first   Reading
}

// Reading is one look at the runtime. Counts are since the process began.
type Reading struct {
	Collections int64         // collector cycles that are done
	Pauses      time.Duration // stop-the-world time of the collector, all cycles together
	Mallocs     uint64        // heap objects allocated, ever
	MallocBytes uint64        // and their bytes
	HeapObjects uint64        // heap objects that are there, garbage among them
	HeapBytes   uint64        // and their bytes
	GoBytes     uint64        // memory that the runtime has from the system, tables not counted
	LimitBytes  uint64        // above this the collector works although it is off; 0: no limit
	Threads     uint64        // 0: this Go does not say
	Goroutines  uint64
}

// Places of the samples.
const (
	sampleAllocs = iota
	sampleTinyAllocs
	sampleAllocBytes
	sampleHeapObjects
	sampleHeapBytes
	sampleTotalBytes
	sampleReleasedBytes
	sampleLimitBytes
	sampleThreads
	sampleGoroutines
	samplesN
)

var sampleNames = [samplesN]string{
	sampleAllocs:        "/gc/heap/allocs:objects",
	sampleTinyAllocs:    "/gc/heap/tiny/allocs:objects", // not in the one above
	sampleAllocBytes:    "/gc/heap/allocs:bytes",
	sampleHeapObjects:   "/gc/heap/objects:objects",
	sampleHeapBytes:     "/memory/classes/heap/objects:bytes",
	sampleTotalBytes:    "/memory/classes/total:bytes",
	sampleReleasedBytes: "/memory/classes/heap/released:bytes",
	sampleLimitBytes:    "/gc/gomemlimit:bytes",
	sampleThreads:       "/sched/threads/total:threads",
	sampleGoroutines:    "/sched/goroutines:goroutines",
}

// gcPauses is how many pauses the runtime remembers; GCStats wants room for two such
// lists and its totals, and then allocates no more.
const gcPauses = 256

// NewMetrics begins to count: call it when the venue is ready.
func NewMetrics(v *Venue) *Metrics {
	m := &Metrics{samples: make([]metrics.Sample, samplesN), venue: v, opened: time.Now()}
	for i := range m.samples {
		m.samples[i].Name = sampleNames[i]
	}
	m.gc.Pause = make([]time.Duration, 0, 2*gcPauses+3)
	m.gc.PauseEnd = make([]time.Time, 0, gcPauses)
	m.Read() // the first one makes what the runtime reuses
	m.first = m.Read()
	return m
}

// Read looks at the runtime.
func (m *Metrics) Read() Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	metrics.Read(m.samples)
	debug.ReadGCStats(&m.gc) // takes a lock of the heap, and stops nothing
	r := Reading{
		Collections: m.gc.NumGC,
		Pauses:      m.gc.PauseTotal,
		Mallocs:     m.value(sampleAllocs) + m.value(sampleTinyAllocs),
		MallocBytes: m.value(sampleAllocBytes),
		HeapObjects: m.value(sampleHeapObjects),
		HeapBytes:   m.value(sampleHeapBytes),
		GoBytes:     m.value(sampleTotalBytes) - m.value(sampleReleasedBytes),
		LimitBytes:  m.value(sampleLimitBytes),
		Threads:     m.value(sampleThreads),
		Goroutines:  m.value(sampleGoroutines),
	}
	if r.LimitBytes == math.MaxInt64 {
		r.LimitBytes = 0
	}
	return r
}

// value is a sample, 0 where this runtime does not know its name.
func (m *Metrics) value(sample int) uint64 {
	if v := m.samples[sample].Value; v.Kind() == metrics.KindUint64 {
		return v.Uint64()
	}
	return 0
}

// First is the reading when the doors opened.
func (m *Metrics) First() Reading { return m.first }

// MetricsBytesMax is the longest page of Append.
const MetricsBytesMax = 8 << 10

// Append writes everything as Prometheus reads it. It allocates nothing where dst has
// room for MetricsBytesMax more.
func (m *Metrics) Append(dst []byte) []byte {
	now := m.Read()
	since := &m.first
	p := page{dst}
	p.counter("pricetime_collector_cycles_total", "Cycles of the garbage collector since the doors opened. While the market is open there should be none.", float64(now.Collections-since.Collections))
	p.counter("pricetime_collector_pause_seconds_total", "Time that the collector stopped the world for, since the doors opened.", (now.Pauses - since.Pauses).Seconds())
	p.counter("pricetime_heap_allocated_objects_total", "Heap objects allocated since the process began.", float64(now.Mallocs))
	p.counter("pricetime_heap_allocated_bytes_total", "Bytes of them.", float64(now.MallocBytes))
	p.gauge("pricetime_heap_objects", "Heap objects, those not yet collected among them.", float64(now.HeapObjects))
	p.gauge("pricetime_heap_objects_opened", "Heap objects when the doors opened.", float64(since.HeapObjects))
	p.gauge("pricetime_heap_bytes", "Bytes of heap objects.", float64(now.HeapBytes))
	p.gauge("pricetime_go_memory_bytes", "Memory that the Go runtime has from the system; the engine's tables are not in it.", float64(now.GoBytes))
	p.gauge("pricetime_go_memory_limit_bytes", "Above this the collector works although it is off; 0 is no limit.", float64(now.LimitBytes))
	p.gauge("pricetime_table_bytes", "Address space of the engine's tables.", float64(m.venue.TableBytes))
	p.gauge("pricetime_locked_bytes", "Address space that is locked in memory.", float64(m.venue.Host.LockedBytes))
	p.gauge("pricetime_threads", "Threads of the process.", float64(now.Threads))
	p.gauge("pricetime_goroutines", "Goroutines of the process.", float64(now.Goroutines))
	p.gauge("pricetime_open_seconds", "Time since the doors opened.", time.Since(m.opened).Seconds())
	return p.b
}

// page is text in Prometheus' format, version 0.0.4.
type page struct{ b []byte }

func (p *page) counter(name, help string, v float64) { p.metric(name, help, "counter", v) }
func (p *page) gauge(name, help string, v float64)   { p.metric(name, help, "gauge", v) }

func (p *page) metric(name, help, kind string, v float64) {
	p.b = append(append(append(append(p.b, "# HELP "...), name...), ' '), help...)
	p.b = append(append(append(append(p.b, "\n# TYPE "...), name...), ' '), kind...)
	p.b = append(append(append(p.b, '\n'), name...), ' ')
	p.b = strconv.AppendFloat(p.b, v, 'g', -1, 64)
	p.b = append(p.b, '\n')
}
