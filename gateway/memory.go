package gateway

import (
	"runtime"

	"pricetime/engine"
)

// NewEngine makes an engine on the memory that a venue's has, which goes when the
// engine is collected. For who measures or replays without a venue.
func NewEngine(limits engine.Limits, instruments []engine.Instrument) (*engine.Engine, error) {
	e, _, err := newEngine(limits, instruments, 0)
	return e, err
}

// NewFaultedEngine is NewEngine with every table faulted in, whatever its size: for who
// measures, so that no first touch of a page is in a figure. It fails where the machine
// lacks the memory.
func NewFaultedEngine(limits engine.Limits, instruments []engine.Instrument) (*engine.Engine, error) {
	e, _, err := newEngine(limits, instruments, PrefaultAll)
	return e, err
}

// newEngine takes Host.PrefaultBytes, and also says how much is mapped, beside Go's own heap.
func newEngine(limits engine.Limits, instruments []engine.Instrument, prefault int64) (*engine.Engine, int64, error) {
	t := newTables(prefault)
	e, err := engine.NewIn(t.table, limits, instruments)
	if err == nil {
		err = t.refused()
	}
	if err != nil {
		t.unmap()
		return nil, 0, err
	}
	runtime.AddCleanup(e, func(t *tables) { t.unmap() }, t)
	return e, t.bytes, nil
}
