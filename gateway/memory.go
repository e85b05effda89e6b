package gateway

import (
	"runtime"

	"pricetime/engine"
)

// NewEngine makes an engine on the memory that a venue's has, which goes when the
// engine is collected. For who measures or replays without a venue.
func NewEngine(limits engine.Limits, instruments []engine.Instrument) (*engine.Engine, error) {
	e, _, err := newEngine(limits, instruments)
	return e, err
}

// newEngine also says how much is mapped, beside Go's own heap.
func newEngine(limits engine.Limits, instruments []engine.Instrument) (*engine.Engine, int64, error) {
	t := &tables{}
	e, err := engine.NewIn(t.table, limits, instruments)
	if err != nil {
		t.unmap()
		return nil, 0, err
	}
	runtime.AddCleanup(e, func(t *tables) { t.unmap() }, t)
	return e, t.bytes, nil
}
