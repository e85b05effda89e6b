package gateway

import (
	"log/slog"
	"slices"

	"pricetime/engine"
	"pricetime/gateway/ring"
	"pricetime/gateway/stamps"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// sessionState is where a connection is in its life.
//
//	free ──accept──> open ──end of file──> draining ──all answered──> lost ──> free
//	                  └──────reset, slow, too many errors────────────> ┘
//
// A lost session's socket is closed; it stays until its commands in the ring have
// been carried out, the last of which is the command that says it was lost.
type sessionState uint8

const (
	sessionFree sessionState = iota
	sessionOpen
	sessionDraining // the peer has sent all it will: what is there is carried out and answered
	sessionLost
)

// session is one connection, from accept to its last event. Only the I/O thread
// touches it. Law: inFlight is the number of its commands in the rings;
// SessionID % ConnectionsMax is its slot.
type session struct {
	slot  uint32
	id    engine.SessionID
	state sessionState

	loggedIn           bool
	account            engine.AccountID
	admin              bool  // it may send the operator's commands
	rate               *rate // of its account's commands; nil: no limit
	cancelOnDisconnect bool
	buried             bool // the command that says it was lost is in the ring

	in         []byte // in[lo:hi] is read and not decoded
	lo, hi     int
	discarding bool // in the middle of a line that is too long
	paused     bool // readable is off: in is full
	stalled    bool // in door.stalled: it has input, or an end, that could not go on

	inFlight int
	sequence uint64 // of the next line about its own orders
	errors   int

	out     outbox
	asked   int  // bytes that it asked for itself, since out was empty: of what is unsent, no more is
	dirty   bool // in door.dirty: it has output that was not tried yet
	blocked bool // the socket took no more; writable will be reported

	channels []uint8 // by instrument: the channels it is subscribed to

	heartbeatNs          int64 // 0: none agreed
	heardAtNs, wroteAtNs int64
}

// door is what the I/O thread owns: the connections, their sessions, and the ends
// of the rings. Its two duty cycles are ingress and egress.
type door struct {
	limits    *Limits
	transport transport
	decoder   *jsonl.Decoder
	encoder   *jsonl.Encoder
	products  *wire.Products
	accounts  *accounts
	log       *slog.Logger
	clock     func() int64 // wall clock: nanoseconds since the Unix epoch
	monotonic func() int64 // nanoseconds since the venue began
	stamps    stamps.Log

	commands *ring.Ring[engine.Command]    // out, to the core
	events   *ring.Consumer[engine.Event]  // in, from the core
	requests *ring.Ring[feedRequest]       // out, to the feed
	public   *ring.Consumer[publicMessage] // in, from the feed

	sessions []session // by slot
	pool     *chunkPool
	inFlight int // of all sessions
	stalled  []uint32
	dirty    []uint32
	// subscribers by channel and instrument: slots of sessions that have joined.
	subscribers [wire.Channels][][]uint32

	request          jsonl.Request
	nowNs            int64  // sequenced time, never backwards
	tickNs           int64  // monotonic time of the last tick, for timers
	firstUnpublished uint64 // commands that are in the ring and not published
	unpublished      int
}

func newDoor(d door) *door {
	l := d.limits
	d.sessions = make([]session, l.ConnectionsMax)
	buffers := make([]byte, l.ConnectionsMax*l.ReadBufferBytes)
	channels := make([]uint8, l.ConnectionsMax*d.products.Len())
	for i := range d.sessions {
		s := &d.sessions[i]
		s.slot = uint32(i)
		s.id = engine.SessionID(i)
		s.in, buffers = buffers[:l.ReadBufferBytes:l.ReadBufferBytes], buffers[l.ReadBufferBytes:]
		s.channels, channels = channels[:d.products.Len():d.products.Len()], channels[d.products.Len():]
	}
	d.pool = newChunkPool(l.OutboxChunks, l.OutboxChunkBytes)
	d.stalled = make([]uint32, 0, l.ConnectionsMax)
	d.dirty = make([]uint32, 0, l.ConnectionsMax)
	for c := range d.subscribers {
		d.subscribers[c] = make([][]uint32, d.products.Len())
	}
	return &d
}

// passed records a border between two stages, in a build with stamps. (Written so that
// an ordinary build does not even look whether there is a door.)
// hot
func (d *door) passed(m stamps.Mark) {
	if stamps.Enabled {
		d.stamps.At(m)
	}
}

// live returns the session of an id, nil when it is gone.
// hot
func (d *door) live(id engine.SessionID) *session {
	s := &d.sessions[uint32(id)&uint32(len(d.sessions)-1)]
	if s.id != id || s.state == sessionFree {
		return nil
	}
	return s
}

// accept begins a session on a slot that the transport has taken.
func (d *door) accept(slot uint32) {
	s := &d.sessions[slot]
	*s = session{
		slot: slot, state: sessionOpen, in: s.in, channels: s.channels, sequence: 1,
		// The next generation of the slot. After 2^32 logins ids begin again.
		id:        s.id + engine.SessionID(len(d.sessions)),
		heardAtNs: d.tickNs, wroteAtNs: d.tickNs,
	}
	if s.id < engine.SessionID(len(d.sessions)) {
		s.id += engine.SessionID(len(d.sessions)) // generation 0 holds the id that is no session
	}
	clear(s.channels)
}

// cut ends a session that broke a rule or whose connection broke: what it was
// not sent yet is dropped.
func (d *door) cut(s *session, reason string) {
	if s.state != sessionOpen && s.state != sessionDraining {
		return
	}
	d.log.Info("session cut", "session", uint32(s.id), "reason", reason)
	d.hangUp(s, true)
}

// hangUp closes the connection; abort also throws away what the kernel has not
// sent yet. The session goes on to be buried by ingress.
func (d *door) hangUp(s *session, abort bool) {
	d.transport.closeConn(s.slot, abort)
	s.out.drop(d.pool)
	s.lo, s.hi = 0, 0
	s.state = sessionLost
	d.stall(s)
}

// bury tells the core and the feed that a session is lost; false: a ring is full,
// try again. A session that never logged in has no orders, and nothing in flight.
func (d *door) bury(s *session) bool {
	if !d.unsubscribeAll(s) {
		return false
	}
	if s.buried {
		return true
	}
	if !s.loggedIn {
		d.free(s)
		return true
	}
	c := d.claim(s)
	if c == nil {
		return false
	}
	*c = engine.Command{Kind: engine.CmdSessionLost, Time: engine.Time(d.nowNs), Session: s.id, Account: s.account}
	if s.cancelOnDisconnect {
		c.Flags = engine.CmdFlagCancelOnDisconnect
	}
	s.buried = true
	return true
}

// free gives the slot back: nothing of the session is on its way any more.
func (d *door) free(s *session) {
	s.state = sessionFree
	d.transport.release(s.slot)
}

// claim takes the next slot of the command ring for a session, nil when the ring
// is full. The command is published with its batch.
// hot
func (d *door) claim(s *session) *engine.Command {
	c := d.claimOwn()
	if c != nil {
		s.inFlight++
	}
	return c
}

// claimOwn takes the next slot of the command ring for the venue itself, nil when the
// ring is full.
func (d *door) claimOwn() *engine.Command {
	lo, ok := d.commands.TryClaim(1)
	if !ok {
		return nil
	}
	if d.unpublished == 0 {
		d.firstUnpublished = lo
	}
	d.unpublished++
	d.inFlight++
	return d.commands.Slot(lo)
}

// publish makes the batch of commands visible to the core.
// walk 6
// hot
func (d *door) publish() {
	if d.unpublished > 0 {
		d.passed(stamps.Copied)
		d.commands.Publish(d.firstUnpublished, d.unpublished)
		d.unpublished = 0
	}
}

// stall lists a session that could not go on, for the next duty cycle.
func (d *door) stall(s *session) {
	if !s.stalled {
		s.stalled = true
		d.stalled = append(d.stalled, s.slot)
	}
}

// cause says who brought a message about. What a client asked for, the answers to
// its own commands and its snapshots, may be a report of all its orders, larger than
// any bound on slowness: it has AskedBytesMax, and push-back keeps it from asking for
// more. Fills of its orders and market data come unasked, and have OutboxBytesMax
// beside that.
type cause bool

const (
	asked   cause = true
	unasked cause = false
)

// room is space for one message in the session's outbox; nil: the session is
// gone, or it is too slow and was cut.
// hot
func (d *door) room(s *session, why cause) []byte {
	if s.state == sessionLost {
		return nil
	}
	if s.out.unsent == 0 {
		s.asked = 0
	}
	bytesMax := d.limits.AskedBytesMax
	if why == unasked {
		bytesMax = min(bytesMax, d.limits.OutboxBytesMax+s.asked)
	}
	b := s.out.room(d.pool, bytesMax)
	if b == nil {
		d.cut(s, "slow consumer")
	}
	return b
}

// commit takes what was appended to room's slice and lists the session for a write.
// hot
func (d *door) commit(s *session, b []byte, why cause) {
	s.out.commit(d.pool, b)
	if why == asked {
		s.asked += len(b)
	}
	if !s.dirty && !s.blocked {
		s.dirty = true
		d.dirty = append(d.dirty, s.slot)
	}
}

// flush writes what the socket takes.
// walk 15
// hot
func (d *door) flush(s *session) {
	for {
		b := s.out.head(d.pool)
		if b == nil {
			break
		}
		d.passed(stamps.WriteBegan)
		n, status := d.transport.write(s.slot, b)
		d.passed(stamps.Written)
		if status == ioClosed {
			d.cut(s, "connection reset")
			return
		}
		if n > 0 {
			s.out.wrote(d.pool, n)
			s.wroteAtNs = d.tickNs
		}
		if status == ioAgain {
			if !s.blocked {
				s.blocked = true
				d.transport.wantWrite(s.slot, true)
			}
			return
		}
	}
	if s.blocked {
		s.blocked = false
		d.transport.wantWrite(s.slot, false)
	}
}

// join puts a session in the list of a channel of an instrument: once, because it
// leaves only when it has joined, or when it is lost.
func (d *door) join(s *session, c wire.Channel, in engine.InstrumentID) {
	d.subscribers[c][in] = append(d.subscribers[c][in], s.slot)
}

// joined says whether the feed has let a session into a channel of an instrument.
func (d *door) joined(s *session, c wire.Channel, in engine.InstrumentID) bool {
	return slices.Contains(d.subscribers[c][in], s.slot)
}

// leave takes a session off a channel of an instrument; false: the feed could not be told, try again.
func (d *door) leave(s *session, c wire.Channel, in engine.InstrumentID) bool {
	lo, ok := d.requests.TryClaim(1)
	if !ok {
		return false
	}
	*d.requests.Slot(lo) = feedRequest{session: s.id, channel: c, instrument: in, leave: true}
	d.requests.Publish(lo, 1)
	s.channels[in] &^= c.Bit()
	list := d.subscribers[c][in]
	for i, slot := range list {
		if slot == s.slot {
			list[i] = list[len(list)-1]
			d.subscribers[c][in] = list[:len(list)-1]
			break
		}
	}
	return true
}

func (d *door) unsubscribeAll(s *session) bool {
	for in, set := range s.channels {
		for c := wire.Channel(0); set != 0 && c < wire.Channels; c++ {
			if set&c.Bit() != 0 && !d.leave(s, c, engine.InstrumentID(in)) {
				return false
			}
		}
	}
	return true
}
