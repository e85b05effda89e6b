package gateway

import (
	"bytes"
	"sync/atomic"
	"time"

	"pricetime/engine"
	"pricetime/gateway/stamps"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// ingress is the duty cycle from sockets to the command ring:
//
//	poll -> read -> frame -> decode -> claim and copy -> (end of batch) publish
//
// A session's lines are taken in order. One that is not a command (an error, a
// ping, a login, a subscription) waits until all earlier commands of its session
// are answered, so that answers come in the order of the lines; only that session
// waits. When the command ring is full, or a session has InFlightMax commands in
// it, or does not read its answers, reading stops and TCP pushes back.
type ingress struct {
	*door
	ready      []readiness // from a sleep in poll, not handled yet
	polls      uint
	stamped    bool // the clock was read for this poll
	slept      bool // the thread slept since the last tick
	warm       bool // the next slots of the command ring are near, and nothing has come since
	nextTickNs int64
	timetable  *timetable
	own        bool // the venue has commands of its own to send: before the clients', who would fill the ring

	stopping *atomic.Bool // the venue wants to end
	closing  bool         // nothing is read any more
	untilNs  int64        // by then it ends, whatever is left
	finished atomic.Bool  // all is answered and sent
}

// tickEvery is how often timers are looked at: heartbeats and idle sessions.
const tickEvery = 50 * time.Millisecond

// idleHeartbeats is how many agreed heartbeats a client may miss before it is
// cut, SoupBinTCP's 15 seconds to its 1.
const idleHeartbeats = 15

// pushBackShare: a session whose unsent answers, and those that its commands in
// the rings will have, may fill this part of its outbox is not asked for more
// commands. The rest is for what others do to its orders, and for market data,
// which nobody can push back: beyond it the session is cut.
const pushBackShare = 2

// drainMax is how long a stopping venue takes to send what is in its outboxes, and
// how long a client that has sent all it will may take nothing of its answers.
const drainMax = 2 * time.Second

// heldUpMin is a time between two looks at the timers that tells that the venue
// stood still: a stopped process, a virtual machine that was not run.
const heldUpMin = 10 * tickEvery

// Poll takes what the sockets have.
// hot
func (in *ingress) Poll() int {
	work := 0
	if in.own {
		if work = in.sendOwn(); in.own {
			return 1 // the ring is full: no client's command would have found room either
		}
	}
	ready := in.ready
	if in.ready = nil; len(ready) == 0 {
		ready = in.transport.poll(0)
	}
	if len(ready) > 0 || len(in.stalled) > 0 {
		in.stamped = false
		work += in.retry() // first: what others send now must not take the room that these wait for
		for _, r := range ready {
			work += in.handle(r)
		}
		in.publish()
	}
	if work > 0 {
		in.warm = false
	} else if !in.warm {
		in.warm = true
		in.commands.Warm(warmSlots)
	}
	if in.polls++; in.slept || in.polls%looksPerClock == 0 {
		in.slept = false
		in.tick()
	}
	if in.stopping.Load() {
		in.drain()
	}
	return work
}

// stamp reads the clock, once for all lines of a poll. Sequenced time never goes
// backwards, whatever the clock does.
// hot
func (in *ingress) stamp() {
	if in.stamped {
		return
	}
	in.stamped = true
	if now := in.clock(); now > in.nowNs {
		in.nowNs = now
	}
}

// hot
func (in *ingress) handle(r readiness) int {
	if r.what&readyAccepted != 0 {
		in.accept(r.slot)
	}
	s := &in.sessions[r.slot]
	if s.state == sessionFree || s.state == sessionLost {
		return 0
	}
	if r.what&readyWrite != 0 {
		if in.flush(s); s.state == sessionLost {
			return 1 // the write found it broken: there is nothing to read from
		}
	}
	if r.what&readyRead != 0 {
		return in.read(s)
	}
	return 1
}

// read takes what the socket has, once, and carries out the whole lines.
// walk 2
// hot
func (in *ingress) read(s *session) int {
	if in.closing {
		return 0
	}
	if s.lo > 0 {
		s.hi = copy(s.in, s.in[s.lo:s.hi])
		s.lo = 0
	}
	if s.hi == len(s.in) { // full of lines that wait
		s.paused = true
		in.transport.wantRead(s.slot, false)
		return 0
	}
	var began uint64
	if stamps.Enabled {
		began = in.stamps.Now()
	}
	n, status := in.transport.read(s.slot, s.in[s.hi:])
	switch status {
	case ioAgain:
		return 0
	case ioClosed:
		in.endOfFile(s)
		return 1
	}
	if stamps.Enabled {
		in.stamps.Put(stamps.ReadBegan, began)
		in.stamps.At(stamps.ReadDone)
	}
	in.stamp()
	s.hi += n
	s.heardAtNs = in.tickNs
	in.carryOut(s)
	return n
}

// endOfFile: what the peer has sent is carried out and answered, then the session
// ends. A second report means that the connection is gone in both directions.
func (in *ingress) endOfFile(s *session) {
	if s.state == sessionDraining {
		in.cut(s, "connection reset")
		return
	}
	s.state = sessionDraining
	s.heardAtNs = in.tickNs
	in.transport.wantRead(s.slot, false)
	in.stall(s)
}

// retry goes on with every session that had to wait.
func (in *ingress) retry() int {
	work := 0
	stalled := in.stalled
	in.stalled = in.stalled[:0]
	for _, slot := range stalled {
		s := &in.sessions[slot]
		s.stalled = false
		in.stamp()
		switch s.state {
		case sessionLost:
			if in.bury(s) {
				work++
			} else {
				in.stall(s)
			}
		case sessionOpen, sessionDraining:
			work += in.carryOut(s)
			if s.state == sessionDraining && !s.stalled {
				if s.inFlight == 0 && s.out.unsent == 0 {
					in.hangUp(s, false)
					work++
				}
				in.stall(s)
			}
		}
	}
	return work
}

// carryOut takes what it can from the session's buffer, and asks for more when
// that made room in a full one.
// hot
func (in *ingress) carryOut(s *session) int {
	work := in.lines(s)
	if s.paused && s.state == sessionOpen && s.hi-s.lo < len(s.in) {
		s.paused = false
		in.transport.wantRead(s.slot, true)
	}
	return work
}

// lines takes whole lines until one has to wait.
// walk 3
// hot
func (in *ingress) lines(s *session) int {
	work := 0
	for s.state == sessionOpen || s.state == sessionDraining {
		rest := s.in[s.lo:s.hi]
		end := bytes.IndexByte(rest, '\n')
		if end < 0 || s.discarding {
			if !in.partial(s, rest, end) {
				return work
			}
			continue
		}
		line := rest[:end]
		if end > 0 && line[end-1] == '\r' {
			line = line[:end-1]
		}
		if !in.line(s, line) {
			in.stall(s)
			return work
		}
		s.lo += end + 1
		work++
	}
	return work
}

// partial handles a line without its end. A line that is too long is refused as
// soon as that is known, and skipped up to its newline however far that is.
// It says whether there may be another line behind it.
func (in *ingress) partial(s *session, rest []byte, end int) bool {
	switch {
	case s.discarding && end >= 0:
		s.lo += end + 1
		s.discarding = false
		return true
	case s.discarding:
		s.lo, s.hi = 0, 0
	case len(rest) > in.limits.LineBytesMax+1: // and one for a '\r'
		if s.inFlight > 0 {
			in.stall(s)
			return false
		}
		in.fault(s, jsonl.Fault{Code: jsonl.FaultTooLong})
		s.discarding = true
		return true
	}
	return false
}

// line carries out one line; false: it has to wait.
// walk 5
// hot
func (in *ingress) line(s *session, line []byte) bool {
	if !in.commands.HasRoom(1) || s.inFlight >= in.limits.InFlightMax || s.out.unsent+s.inFlight*jsonl.AnswerBytesMax > in.limits.OutboxBytesMax/pushBackShare {
		return false
	}
	fault := in.decoder.Decode(line, &in.request)
	in.passed(stamps.Decoded)
	if fault.Code == 0 && in.request.Kind == jsonl.RequestCommand && s.loggedIn {
		if s.rate == nil || s.rate.take(in.nowNs) {
			c := in.claim(s)
			*c = in.request.Command
			c.Time = engine.Time(in.nowNs)
			c.Account, c.Session = s.account, s.id
			return true
		}
		fault = jsonl.Fault{Code: jsonl.FaultRateLimit, ClOrdID: &in.request.Command.ClOrdID}
	}
	if s.inFlight > 0 {
		return false
	}
	if fault.Code != 0 {
		in.fault(s, fault)
		return true
	}
	switch in.request.Kind {
	case jsonl.RequestCommand:
		in.fault(s, jsonl.Fault{Code: jsonl.FaultNotLoggedIn, ClOrdID: &in.request.Command.ClOrdID})
	case jsonl.RequestLogin:
		in.login(s)
	case jsonl.RequestPing:
		if b := in.room(s, asked); b != nil {
			in.commit(s, in.encoder.AppendPong(b), asked)
		}
	case jsonl.RequestSubscribe:
		return in.subscribe(s)
	case jsonl.RequestUnsubscribe:
		return in.unsubscribe(s)
	case jsonl.RequestAdmin:
		in.operate(s, line)
	}
	return true
}

// fault answers a line that is not a command. A session that sends nothing but
// faults is cut.
func (in *ingress) fault(s *session, f jsonl.Fault) {
	b := in.room(s, asked)
	if b == nil {
		return
	}
	in.commit(s, in.encoder.AppendError(b, &f), asked)
	if f.Code == jsonl.FaultRateLimit {
		return // no mistake: its answers push back who does not read them
	}
	if s.errors++; s.errors >= in.limits.ErrorsMax && s.state != sessionLost {
		if b = in.room(s, asked); b != nil {
			in.commit(s, in.encoder.AppendError(b, &jsonl.Fault{Code: jsonl.FaultTooManyErrors}), asked)
			if in.flush(s); s.state == sessionLost {
				return // the write found it broken
			}
			in.log.Info("session ended", "session", uint32(s.id), "reason", "too many errors")
			in.hangUp(s, false)
		}
	}
}

func (in *ingress) login(s *session) {
	if s.loggedIn {
		in.fault(s, jsonl.Fault{Code: jsonl.FaultAlreadyLoggedIn})
		return
	}
	login := &in.request.Login
	account, full := in.accounts.login(login.Account, login.Key)
	switch {
	case full:
		in.fault(s, jsonl.Fault{Code: jsonl.FaultAccountLimit})
		return
	case account == nil:
		in.log.Warn("login refused", "session", uint32(s.id), "account", string(login.Account))
		in.fault(s, jsonl.Fault{Code: jsonl.FaultLoginRefused})
		if s.state != sessionLost {
			if in.flush(s); s.state != sessionLost {
				in.hangUp(s, false)
			}
		}
		return
	}
	s.loggedIn, s.account, s.admin, s.rate = true, account.id, account.admin, account.rate
	s.cancelOnDisconnect = login.CancelOnDisconnect
	s.heartbeatNs = int64(login.HeartbeatMs) * int64(time.Millisecond)
	if b := in.room(s, asked); b != nil {
		in.commit(s, in.encoder.AppendLoggedIn(b, login.Account, s.id, s.sequence), asked)
	}
}

// subscribe asks the feed for every channel of every product named. The feed
// answers each with a snapshot and then lets the session in.
func (in *ingress) subscribe(s *session) bool {
	channels, products := in.request.Channels, in.request.Products
	if in.requests.Free() < len(products)*wire.Channels {
		return false
	}
	if b := in.room(s, asked); b != nil {
		in.commit(s, in.encoder.AppendSubscriptions(b, &in.request), asked)
	}
	for _, id := range products {
		for c := wire.Channel(0); c < wire.Channels; c++ {
			if channels&c.Bit() == 0 || s.channels[id]&c.Bit() != 0 {
				continue
			}
			s.channels[id] |= c.Bit()
			lo, _ := in.requests.TryClaim(1)
			*in.requests.Slot(lo) = feedRequest{session: s.id, channel: c, instrument: id}
			in.requests.Publish(lo, 1)
		}
	}
	return true
}

// unsubscribe waits until the feed has let the session in, so that nothing of a
// channel comes behind the answer, and a later subscribe gets its own snapshot alone.
func (in *ingress) unsubscribe(s *session) bool {
	channels, products := in.request.Channels, in.request.Products
	for _, id := range products {
		for c := wire.Channel(0); c < wire.Channels; c++ {
			if channels&s.channels[id]&c.Bit() != 0 && !(in.joined(s, c, id) && in.leave(s, c, id)) {
				return false
			}
		}
	}
	if b := in.room(s, asked); b != nil {
		in.commit(s, in.encoder.AppendSubscriptions(b, &in.request), asked)
	}
	return true
}

// tick looks at the sessions' timers now and then. They run on the monotonic
// clock, so that a jump of the wall clock cuts nobody.
func (in *ingress) tick() {
	now := in.monotonic()
	if now < in.nextTickNs {
		return
	}
	in.nextTickNs = now + int64(tickEvery)
	if held := now - in.tickNs; held > int64(heldUpMin) {
		for i := range in.sessions { // it heard nobody meanwhile, which was nobody's silence
			in.sessions[i].heardAtNs += held
		}
	}
	in.tickNs = now
	in.stamped = false
	in.stamp()
	in.own = in.timetable.due(in.nowNs)
	for i := range in.sessions {
		s := &in.sessions[i]
		switch {
		case s.state == sessionDraining && now-max(s.heardAtNs, s.wroteAtNs) > int64(drainMax):
			in.cut(s, "does not take its answers")
		case s.state != sessionOpen || s.heartbeatNs == 0:
		case now-s.heardAtNs > idleHeartbeats*s.heartbeatNs:
			in.cut(s, "heartbeats missed")
		case now-s.wroteAtNs >= s.heartbeatNs:
			s.wroteAtNs = now
			if b := in.room(s, asked); b != nil {
				in.commit(s, in.encoder.AppendHeartbeat(b), asked)
			}
		}
	}
}

// sendOwn puts the venue's own commands into the ring, as far as there is room.
func (in *ingress) sendOwn() int {
	sent := 0
	in.own = false
	for !in.closing && in.timetable.due(in.nowNs) {
		c := in.claimOwn()
		if c == nil {
			in.own = true
			break
		}
		in.timetable.fill(in.nowNs, c)
		c.Time = engine.Time(in.nowNs)
		sent++
	}
	in.publish()
	return sent
}

// operate sends an operator's command. Its Session is who sent it, and its Account
// whom it is about.
func (in *ingress) operate(s *session, line []byte) {
	switch {
	case !s.loggedIn:
		in.fault(s, jsonl.Fault{Code: jsonl.FaultNotLoggedIn})
		return
	case !s.admin:
		in.fault(s, jsonl.Fault{Code: jsonl.FaultNotAllowed})
		return
	}
	r := &in.request
	about := engine.AccountID(0)
	if r.Admin.Account != nil {
		account := in.accounts.find(r.Admin.Account)
		if account == nil {
			in.fault(s, jsonl.NoSuchAccount())
			return
		}
		about = account.id
	} else if r.Admin.Session != 0 && r.Command.Flags&engine.CmdFlagLift == 0 {
		target := in.live(engine.SessionID(r.Admin.Session))
		if target == nil || !target.loggedIn {
			in.fault(s, jsonl.NoSuchSession())
			return
		}
		about = target.account
	}
	in.log.Info("operator", "session", uint32(s.id), "line", string(line))
	c := in.claim(s) // there is room: line has looked
	*c = r.Command
	c.Time = engine.Time(in.nowNs)
	c.Session, c.Account, c.Target = s.id, about, r.Admin.Session
}

// drain ends the venue: no more input; what is in the rings is carried out and
// answered, outboxes are sent, then every connection is closed.
func (in *ingress) drain() {
	if in.finished.Load() {
		return
	}
	if !in.closing {
		in.closing = true
		in.untilNs = in.monotonic() + int64(drainMax)
		in.transport.stopAccepting()
		for i := range in.sessions {
			if s := &in.sessions[i]; s.state == sessionOpen || s.state == sessionDraining {
				in.transport.wantRead(s.slot, false)
				s.lo, s.hi = 0, 0
			}
		}
	}
	if in.monotonic() < in.untilNs {
		if in.inFlight > 0 {
			return
		}
		for i := range in.sessions {
			if s := &in.sessions[i]; s.state == sessionOpen || s.state == sessionDraining {
				if s.out.unsent > 0 {
					return
				}
			}
		}
	}
	in.finished.Store(true)
}
