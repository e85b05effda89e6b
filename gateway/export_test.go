package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/engine/model"
)

// MarketBooks are the books that a client of channels full and level2 keeps of one
// product, for tests through a socket.
type MarketBooks struct {
	full, level2 *subscriber
}

// NewMarketBooks returns the books of a client that has heard nothing yet.
func NewMarketBooks(t testing.TB, in *engine.Instrument) *MarketBooks {
	return &MarketBooks{newSubscriber(t, in), newSubscriber(t, in)}
}

// Take takes a line about the product.
func (b *MarketBooks) Take(text string) {
	var l publicLine
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		b.full.t.Fatalf("%v in %s", err, text)
	}
	switch l.Channel {
	case "full":
		b.full.line(l, text)
	case "level2":
		b.level2.line(l, text)
	}
}

// Copy is the books as they are now.
func (b *MarketBooks) Copy() *MarketBooks {
	c := &MarketBooks{new(subscriber), new(subscriber)}
	*c.full, *c.level2 = *b.full, *b.level2
	for side := range c.full.orders {
		c.full.orders[side] = slices.Clone(b.full.orders[side])
		c.level2.levels[side] = maps.Clone(b.level2.levels[side])
	}
	return c
}

// Differ says where the books are not what the model shows; "": nowhere. The events are
// all those so far.
func (b *MarketBooks) Differ(m *model.Model, instrument engine.InstrumentID, events []engine.Event) string {
	names := orderNames{}
	names.observe(events)
	for side := range engine.Side(2) {
		want := modelText(m, instrument, side)
		if got := b.full.text(side, names); got != want {
			return fmt.Sprintf("side %d: full\n%smodel\n%s", side, got, want)
		}
		levels := strings.Builder{}
		for _, l := range m.Shown(instrument, side) {
			fmt.Fprintln(&levels, l.Price, l.Qty)
		}
		got := strings.Builder{}
		prices := slices.Sorted(maps.Keys(b.level2.levels[side]))
		if side == engine.Buy {
			slices.Reverse(prices)
		}
		for _, p := range prices {
			fmt.Fprintln(&got, p, b.level2.levels[side][p])
		}
		if got.String() != levels.String() {
			return fmt.Sprintf("side %d: level2\n%smodel\n%s", side, got.String(), levels.String())
		}
	}
	return ""
}
