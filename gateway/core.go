package gateway

import (
	"pricetime/engine"
	"pricetime/gateway/ring"
	"pricetime/gateway/stamps"
)

// core is the duty cycle that owns the books: it takes commands from the ring
// in order, applies each, and moves what happened to the event ring.
//
//	command ring ──> Apply ──> out ──> event ring
//
// It never waits for a client, and in shared it could not: the thread that would
// make room is its own. So an output that does not fit, a sweep of more orders
// than the ring has slots, stays in out, which holds the largest output of one
// command, and the next command is not taken before the last one's output has
// left (ADR 0004).
type core struct {
	engine   *engine.Engine
	commands *ring.Consumer[engine.Command]
	events   *ring.Ring[engine.Event]
	batchMax int

	out  *engine.Events
	left []engine.Event // of out, not in the ring yet
	tap  *Tap

	warm   bool // the next slots of the event ring are near, and nothing has come since
	stamps stamps.Log

	firstUnpublished uint64 // events that are in the ring and not published
	unpublished      int
}

// Tap records what the core does: the commands in ring order and the events they
// made, for a replay in a test. It grows without bound. Read it after Stop.
type Tap struct {
	Commands []engine.Command
	Events   []engine.Event
}

// aheadBy is how many commands before its turn one in a batch is announced to the
// engine: a few hundred nanoseconds, which is what a miss in a large book takes. The
// first ones of a batch are announced when it begins.
const aheadBy = 3

// warmSlots is how many slots of a ring are made ready in an idle moment: what one
// order, or a few at once, will need of it.
const warmSlots = 4

// Poll takes up to batchMax commands and publishes their events once.
// walk 7
// hot
func (c *core) Poll() int {
	work := c.deliver()
	if len(c.left) == 0 {
		lo, n := c.commands.Poll(c.batchMax)
		if n > 0 {
			c.stamps.At(stamps.Taken)
			c.warm = false
		} else if !c.warm {
			c.warm = true
			c.events.Warm(warmSlots)
			c.engine.Warm()
		}
		for i := range min(n, aheadBy) { // theirs pass at the same time, at least
			c.engine.Ahead(c.commands.Slot(lo + uint64(i)))
		}
		done := 0
		for done < n && len(c.left) == 0 {
			if ahead := done + aheadBy; ahead < n {
				c.engine.Ahead(c.commands.Slot(lo + uint64(ahead)))
			}
			c.apply(lo + uint64(done))
			c.deliver()
			done++
		}
		if done > 0 {
			c.commands.Release(lo + uint64(done) - 1)
		}
		work += done
	}
	if c.unpublished > 0 {
		c.stamps.At(stamps.Delivered)
		c.events.Publish(c.firstUnpublished, c.unpublished)
		c.unpublished = 0
	}
	return work
}

// hot
func (c *core) apply(seq uint64) {
	cmd := c.commands.Slot(seq)
	c.out.Reset()
	c.engine.Apply(engine.Seq(seq), cmd, c.out)
	c.stamps.At(stamps.Applied)
	c.left = c.out.All()
	if c.tap != nil {
		c.tap.Commands = append(c.tap.Commands, *cmd)
		c.tap.Events = append(c.tap.Events, c.left...)
	}
}

// deliver moves as much of left into the event ring as there is room for.
// walk 12
// hot
func (c *core) deliver() int {
	n := min(len(c.left), c.events.Slots())
	if n > 0 && !c.events.HasRoom(n) {
		n = min(n, c.events.Free()) // by now there may be room for more than is left
	}
	if n == 0 {
		return 0
	}
	lo, ok := c.events.TryClaim(n)
	if !ok {
		return 0 // the venue has closed
	}
	for i := range n {
		*c.events.Slot(lo + uint64(i)) = c.left[i]
	}
	c.left = c.left[n:]
	if c.unpublished == 0 {
		c.firstUnpublished = lo
	}
	c.unpublished += n
	return n
}
