package client

import (
	"bufio"
	"net"
	"testing"

	"pricetime/engine"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// smallVenue is an engine behind a socket, one connection at a time and every
// login the same account: enough for a client to talk to.
type smallVenue struct {
	listener net.Listener
	done     chan struct{}
	products *wire.Products
	core     *engine.Engine
	events   *engine.Events
}

func startSmallVenue() (*smallVenue, error) {
	limits := engine.Limits{OrdersMax: 1000, AccountsMax: 1, LevelsPerSideMax: 100, OrdersPerDay: 1 << 20, ClOrdIDsPerDay: 1 << 10}
	instruments := []engine.Instrument{{Symbol: "AAPL", Tick: engine.DecimalOne / 100, Lot: engine.DecimalOne, QtyMax: 1_000_000}}
	v := &smallVenue{done: make(chan struct{}), events: engine.NewEvents(limits.EventsPerCommandMax())}
	var err error
	if v.products, err = wire.NewProducts(instruments); err != nil {
		return nil, err
	}
	if v.core, err = engine.New(limits, instruments); err != nil {
		return nil, err
	}
	if v.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	go v.run()
	return v, nil
}

func (v *smallVenue) addr() string { return v.listener.Addr().String() }

func (v *smallVenue) stop() {
	v.listener.Close()
	<-v.done
}

func (v *smallVenue) run() {
	defer close(v.done)
	seq := engine.Seq(0)
	decoder, encoder := jsonl.NewDecoder(v.products), jsonl.NewEncoder(v.products)
	for {
		c, err := v.listener.Accept()
		if err != nil {
			return
		}
		sequence := uint64(1)
		in := bufio.NewScanner(c)
		var out []byte
		for in.Scan() {
			var req jsonl.Request
			out = out[:0]
			fault := decoder.Decode(in.Bytes(), &req)
			switch {
			case fault.Code != jsonl.FaultNone:
				out = encoder.AppendError(out, &fault)
			case req.Kind == jsonl.RequestLogin:
				out = encoder.AppendLoggedIn(out, req.Login.Account, 1, sequence)
			case req.Kind == jsonl.RequestPing:
				out = encoder.AppendPong(out)
			case req.Kind == jsonl.RequestCommand:
				seq++
				req.Command.Session = 1
				req.Command.Time = engine.Time(1_700_000_000_000_000_000) + engine.Time(seq)
				v.events.Reset()
				v.core.Apply(seq, &req.Command, v.events)
				for i := range v.events.All() {
					e := &v.events.All()[i]
					out = encoder.AppendAnswers(out, e, jsonl.RoleIncoming, &sequence)
					if e.Kind == engine.EvExecuted {
						out = encoder.AppendAnswers(out, e, jsonl.RoleResting, &sequence)
					}
				}
			default:
				out = encoder.AppendSubscriptions(out, &req)
			}
			if _, err := c.Write(out); err != nil {
				break
			}
		}
		c.Close()
	}
}

func smallVenueFor(t testing.TB) *smallVenue {
	t.Helper()
	v, err := startSmallVenue()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.stop)
	return v
}
