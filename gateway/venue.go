// Package gateway is everything of the venue that touches the world: sockets,
// threads, clocks. The matching is in package engine.
//
//	         I/O thread                       core thread
//	TCP -> ingress ──> [command ring] ──────> core ──> [event ring] ─┬─> egress -> TCP
//	                                                                 └─> feed ──> [public ring] ─> egress
//
// Each of ingress, core, egress and feed is a duty cycle in a file of its own.
// This file is the wiring: which rings there are, who reads and writes them, which
// thread runs what, and in which order all of it starts and stops.
package gateway

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"pricetime/engine"
	"pricetime/gateway/config"
	"pricetime/gateway/ring"
	"pricetime/gateway/stamps"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// Transport says how sockets are driven.
type Transport string

// Settings of --transport.
const (
	TransportAuto  Transport = "auto"  // epoll on Linux, else net
	TransportEpoll Transport = "epoll" // one epoll loop and raw system calls; Linux only
	TransportNet   Transport = "net"   // package net: portable, and slower
)

// Options are what a venue is started with. The zero value is a venue on a free
// port of the loopback with the embedded products.
type Options struct {
	JSON        string // address of the JSON door; default 127.0.0.1:0
	Threads     Threads
	Idle        Idle
	Transport   Transport
	Instruments []engine.Instrument // default EmbeddedInstruments
	Schedule    []config.Point      // when products change their phase, and the day rolls; by time of day. Default: never
	Accounts    []config.Account    // who may log in, and with which key; default nil: any name, without a key, on loopback only
	Limits      Limits              // default DefaultLimits
	Host        Host                // what is asked of the machine; default nothing
	Log         *slog.Logger        // sessions that were cut, and why; default none. Off the order path: it must not block

	Clock func() int64 // wall clock, nanoseconds since the Unix epoch; default the system's. For tests
	Tap   *Tap         // records commands and events; default none. For tests
}

// EmbeddedInstruments are the products of a venue that was given none.
func EmbeddedInstruments() []engine.Instrument {
	const cent, qtyMax = engine.DecimalOne / 100, 1_000_000_000
	return []engine.Instrument{
		{Symbol: "DEMO", Tick: cent, Lot: engine.DecimalOne, QtyMax: qtyMax},
		{Symbol: "AAPL", Tick: cent, Lot: engine.DecimalOne, QtyMax: qtyMax},
		{Symbol: "BTC-USD", Tick: cent, Lot: 1, QtyMax: 100_000_000 * engine.DecimalOne},
	}
}

// Venue is a running venue.
type Venue struct {
	Threads    Threads // as resolved
	Idle       Idle
	Transport  Transport
	TableBytes int64 // address space of the engine's tables, outside Go's heap
	Host       HostGrant

	transport transport
	commands  *ring.Ring[engine.Command]
	events    *ring.Ring[engine.Event]
	engine    *engine.Engine
	ingress   *ingress
	sleepers  []sleeper
	stamps    []stamps.Log // one a thread; nothing in an ordinary build
	stopping  atomic.Bool
	stop      atomic.Bool
	running   sync.WaitGroup
	once      sync.Once
}

// Start makes the tables, opens the door and starts the threads. When it returns
// the venue takes connections.
func Start(o Options) (*Venue, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	l := &o.Limits
	v := &Venue{}
	var err error
	if v.Threads, err = o.Threads.resolve(); err != nil {
		return nil, err
	}
	products, err := wire.NewProducts(o.Instruments)
	if err != nil {
		return nil, err
	}
	if v.engine, v.TableBytes, err = newEngine(l.Engine, o.Instruments, o.Host.PrefaultBytes); err != nil {
		return nil, err
	}

	// Rings, and who reads them.
	v.commands = ring.New[engine.Command](l.CommandRingSlots, ring.Single)
	v.events = ring.New[engine.Event](l.EventRingSlots, ring.Single)
	requests := ring.New[feedRequest](l.RequestRingSlots, ring.Single)
	public := ring.New[publicMessage](l.PublicRingSlots, ring.Single)
	toCore := v.commands.NewConsumer()
	toSessions := v.events.NewConsumer()
	toFeed := v.events.NewConsumer()
	toFeedRequests := requests.NewConsumer()
	toSubscribers := public.NewConsumer()

	encoder := jsonl.NewEncoder(products)
	if v.Transport, v.transport, err = openTransport(o.Transport, o.JSON, l.ConnectionsMax, encoder.AppendError(nil, &jsonl.Fault{Code: jsonl.FaultBusy})); err != nil {
		return nil, err
	}

	// Stages.
	began := time.Now()
	d := newDoor(door{
		limits: l, transport: v.transport, products: products, log: o.Log, clock: o.Clock,
		monotonic: func() int64 { return int64(time.Since(began)) },
		decoder:   jsonl.NewDecoder(products), encoder: encoder,
		accounts: newAccounts(l.Engine.AccountsMax, o.Accounts),
		commands: v.commands, events: toSessions, requests: requests, public: toSubscribers,
	})
	d.nowNs = o.Clock()
	v.ingress = &ingress{door: d, stopping: &v.stopping, timetable: newTimetable(o.Schedule, o.Accounts, d.nowNs), own: true}
	egress := &egress{door: d}
	core := &core{
		engine: v.engine, commands: toCore, events: v.events, batchMax: l.CoreBatchMax,
		out: engine.NewEvents(l.Engine.EventsPerCommandMax()), tap: o.Tap,
	}
	feed := newFeed(toFeed, toFeedRequests, public, products, l.Engine)

	if stamps.Enabled { // a log a thread
		d.stamps = v.log()
		core.stamps, feed.stamps = d.stamps, d.stamps
		if v.Threads == ThreadsSplit {
			core.stamps, feed.stamps = v.log(), v.log()
		}
	}

	// Threads.
	var threads []*thread
	if v.Threads == ThreadsShared {
		threads = []*thread{
			{name: "venue", stages: []stage{v.ingress, core, egress, feed}, sleeper: &pollSleeper{in: v.ingress}},
		}
	} else {
		threads = []*thread{
			{name: "io", stages: []stage{egress, v.ingress}, sleeper: &pollSleeper{in: v.ingress}},
			{name: "core", stages: []stage{core}, sleeper: ring.NewWaker()},
			{name: "feed", stages: []stage{feed}, sleeper: ring.NewWaker()},
		}
	}
	if v.Idle, err = o.Idle.resolve(len(threads)); err != nil {
		v.end()
		return nil, err
	}
	for _, t := range threads {
		t.idle, t.parkAfter, t.stop = v.Idle, parkAfter(len(threads)), &v.stop
		v.sleepers = append(v.sleepers, t.sleeper)
		for _, other := range threads {
			if other != t {
				t.others = append(t.others, other.sleeper)
			}
		}
	}
	if err = v.begin(threads, o.Host); err != nil {
		v.end()
		return nil, err
	}
	return v, nil
}

// begin asks the machine for what the host options say and starts the threads, each
// of which takes its place before it does anything else.
func (v *Venue) begin(threads []*thread, h Host) error {
	names := make([]string, len(threads))
	for i, t := range threads {
		names[i] = t.name
	}
	m := readMachine()
	warnings, err := h.onThisSystem()
	if err != nil {
		return err
	}
	if v.Host, err = h.grant(m, names, v.Idle); err != nil {
		return err
	}
	if warning := v.Host.schedulerWarning(v.Idle); warning != "" {
		warnings = append(warnings, warning)
	}
	if h.LockMemory == HostOn || h.LockMemory == HostAuto {
		v.Host.LockedBytes, err = h.lockMemory()
		switch {
		case err == nil:
		case h.LockMemory == HostOn:
			return err
		default:
			warnings = append(warnings, err.Error())
		}
	}
	makeRoomFor(m, v.Host.Cores)
	settled := make(chan error, len(threads))
	for i, t := range threads {
		t.settle = func() error { return v.Host.settle(i) }
		v.running.Add(1)
		go t.run(&v.running, settled)
	}
	err = nil
	for range threads {
		err = cmp.Or(err, <-settled)
	}
	v.Host.Warnings = append(v.Host.Warnings, warnings...)
	return err
}

// log makes a log of stamps.
func (v *Venue) log() stamps.Log {
	l := stamps.New()
	v.stamps = append(v.stamps, l)
	return l
}

func (o *Options) defaults() error {
	if o.JSON == "" {
		o.JSON = "127.0.0.1:0"
	}
	if o.Accounts == nil {
		if err := onLoopback(o.JSON, "without an accounts file any name is open, so anyone who reaches the port could trade as anyone: --accounts FILE"); err != nil {
			return err
		}
	}
	if o.Instruments == nil {
		o.Instruments = EmbeddedInstruments()
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.Limits.Engine.HashSeed == 0 {
		var b [8]byte
		rand.Read(b[:])
		o.Limits.Engine.HashSeed = binary.LittleEndian.Uint64(b[:])
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if o.Clock == nil {
		o.Clock = func() int64 { return time.Now().UnixNano() }
	}
	if len(o.Accounts) > o.Limits.Engine.AccountsMax {
		return fmt.Errorf("%d accounts are more than the %d of the limits", len(o.Accounts), o.Limits.Engine.AccountsMax)
	}
	return o.Limits.check()
}

// onLoopback refuses an address that others could reach, and says why they must not.
func onLoopback(address, because string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %q: must be host:port, such as 127.0.0.1:7001", address)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("address %q is not on the loopback: %s; use 127.0.0.1", address, because)
}

func openTransport(t Transport, address string, connectionsMax int, busy []byte) (Transport, transport, error) {
	switch t {
	case TransportAuto, "":
		if runtime.GOOS != "linux" {
			return openTransport(TransportNet, address, connectionsMax, busy)
		}
		return openTransport(TransportEpoll, address, connectionsMax, busy)
	case TransportEpoll:
		tr, err := newReactor(address, connectionsMax, busy)
		return t, tr, err
	case TransportNet:
		tr, err := newNetTransport(address, connectionsMax, busy)
		return t, tr, err
	}
	return "", nil, fmt.Errorf("transport %q: must be epoll, net or auto", string(t))
}

// JSONAddr is the address that the JSON door listens on.
func (v *Venue) JSONAddr() string { return v.transport.addr() }

// Stop ends the venue: the door closes, input ends, what is in the rings is
// carried out and answered, outboxes are sent (for at most two seconds), then
// connections close and the threads end. Any number of calls from any goroutine;
// each returns when it is done.
func (v *Venue) Stop() {
	v.once.Do(func() {
		v.stopping.Store(true)
		for !v.ingress.finished.Load() {
			v.wakeAll()
			time.Sleep(time.Millisecond)
		}
		v.end()
	})
}

// end ends the threads and closes what is open.
func (v *Venue) end() {
	v.stop.Store(true)
	v.commands.Close()
	v.events.Close()
	v.wakeAll()
	v.running.Wait()
	v.transport.close()
}

func (v *Venue) wakeAll() {
	for _, s := range v.sleepers {
		s.Wake()
	}
}

// WriteStamps writes what the threads' logs of stamps hold, for [stamps.Read]. Only after
// Stop, and in a build with the tag.
func (v *Venue) WriteStamps(w io.Writer) error {
	for _, l := range v.stamps {
		if err := l.Write(w); err != nil {
			return fmt.Errorf("write stamps: %w", err)
		}
	}
	return nil
}

// Digest is the digest of the books. Only after Stop: while the venue runs the
// books are the core's alone.
func (v *Venue) Digest() uint64 { return v.engine.Digest() }

// Check is engine.Check on the books. Only after Stop.
func (v *Venue) Check() error { return v.engine.Check() }
