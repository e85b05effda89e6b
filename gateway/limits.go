package gateway

import (
	"fmt"

	"pricetime/engine"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// Limits are all the numbers that bound the venue: every queue, buffer, batch and
// table has one here, or in [engine.Limits]. A full one is answered (a refusal, a
// cut session, TCP pushing back), never waited for by the core.
type Limits struct {
	Engine engine.Limits

	ConnectionsMax   int // connections at once, a power of two; one more is answered busy and closed
	ReadBufferBytes  int // per connection: what one read takes, and the longest half-sent line
	LineBytesMax     int // a request line without its newline
	OutboxBytesMax   int // per connection: unsent output that it did not ask for; a consumer slower than this is cut
	AskedBytesMax    int // per connection: unsent output that it asked for, a report of all its orders or a snapshot
	OutboxChunkBytes int // outboxes are made of chunks of this size, from one pool
	OutboxChunks     int // chunks in the pool; when they are gone, who needs one is cut
	InFlightMax      int // commands of one connection on their way at once: how far it can be ahead of its neighbours
	ErrorsMax        int // error lines a connection is answered before it is cut

	CommandRingSlots int // commands on their way to the core, a power of two
	EventRingSlots   int // events on their way to sessions and feed, a power of two
	PublicRingSlots  int // market-data messages on their way to subscribers, a power of two
	RequestRingSlots int // subscriptions on their way to the feed, a power of two

	CoreBatchMax   int // commands the core takes in one duty cycle
	RouteBatchMax  int // events the I/O stage routes in one duty cycle
	FanOutBatchMax int // market-data messages the I/O stage fans out in one duty cycle
}

// DefaultLimits are what serve runs with.
func DefaultLimits() Limits {
	return Limits{
		Engine:           engine.DefaultLimits(),
		ConnectionsMax:   1024,
		ReadBufferBytes:  16 << 10,
		LineBytesMax:     1024,
		OutboxBytesMax:   16 << 20,
		AskedBytesMax:    96 << 20,
		OutboxChunkBytes: 64 << 10,
		OutboxChunks:     4 << 10,
		InFlightMax:      128,
		ErrorsMax:        100,
		CommandRingSlots: 1 << 13,
		EventRingSlots:   1 << 14,
		PublicRingSlots:  1 << 12,
		RequestRingSlots: 1 << 10,
		CoreBatchMax:     512,
		RouteBatchMax:    1024,
		FanOutBatchMax:   64,
	}
}

func (l *Limits) check() error {
	powers := []struct {
		name string
		v    int
	}{
		{"ConnectionsMax", l.ConnectionsMax},
		{"CommandRingSlots", l.CommandRingSlots},
		{"EventRingSlots", l.EventRingSlots},
		{"PublicRingSlots", l.PublicRingSlots},
		{"RequestRingSlots", l.RequestRingSlots},
	}
	for _, p := range powers {
		if p.v < 2 || p.v&(p.v-1) != 0 || p.v > 1<<24 {
			return fmt.Errorf("limits: %s is %d, must be a power of two from 2 to %d", p.name, p.v, 1<<24)
		}
	}
	if l.ConnectionsMax > 1<<14 {
		return fmt.Errorf("limits: ConnectionsMax is %d, must be at most %d", l.ConnectionsMax, 1<<14)
	}
	floors := []struct {
		name   string
		v, min int
	}{
		{"LineBytesMax", l.LineBytesMax, 64},
		{"ReadBufferBytes", l.ReadBufferBytes, l.LineBytesMax + 2},
		{"OutboxChunkBytes", l.OutboxChunkBytes, outboxMessageMax},
		{"OutboxBytesMax", l.OutboxBytesMax, l.OutboxChunkBytes},
		{"AskedBytesMax", l.AskedBytesMax, l.OutboxBytesMax},
		{"OutboxChunks", l.OutboxChunks, l.ConnectionsMax}, // an idle session keeps one
		{"PublicRingSlots", l.PublicRingSlots, 8},
		{"RequestRingSlots", l.RequestRingSlots, jsonl.ProductsMax * wire.Channels},
		{"InFlightMax", l.InFlightMax, 1},
		{"ErrorsMax", l.ErrorsMax, 1},
		{"CoreBatchMax", l.CoreBatchMax, 1},
		{"RouteBatchMax", l.RouteBatchMax, 1},
		{"FanOutBatchMax", l.FanOutBatchMax, 1},
	}
	for _, f := range floors {
		if f.v < f.min {
			return fmt.Errorf("limits: %s is %d, must be at least %d", f.name, f.v, f.min)
		}
	}
	return nil
}
