package replay

import (
	"fmt"
	"time"

	"pricetime/bench/recorded"
	"pricetime/engine"
	"pricetime/gateway"
	"pricetime/gateway/wire/jsonl"
)

// corePlayer plays through an engine of its own.
type corePlayer struct {
	engine  *engine.Engine
	events  *engine.Events
	seq     engine.Seq
	product product
	run     runID
}

// The play's only account and session.
const (
	coreAccount engine.AccountID = 0
	coreSession engine.SessionID = 1
)

func newCorePlayer(c *recorded.Commands, p product) (*corePlayer, error) {
	limits := limitsFor(c)
	instruments := make([]engine.Instrument, p.all.Len())
	for i := range instruments {
		instruments[i] = *p.all.Instrument(engine.InstrumentID(i))
	}
	e, err := gateway.NewEngine(limits, instruments)
	if err != nil {
		return nil, err
	}
	return &corePlayer{
		engine: e, events: engine.NewEvents(limits.EventsPerCommandMax()),
		product: p, run: newRunID(),
	}, nil
}

// limitsFor returns limits that no play of c can reach.
func limitsFor(c *recorded.Commands) engine.Limits {
	orders, incoming := c.Count(recorded.Enter), c.Count(recorded.Take)
	prices := make(map[engine.Price]bool)
	for i := range c.Records {
		if rec := &c.Records[i]; rec.Kind == recorded.Enter {
			prices[rec.Price] = true
		}
	}
	return engine.Limits{
		OrdersMax:        orders + 1,
		AccountsMax:      8,
		LevelsPerSideMax: len(prices) + 1,
		OrdersPerDay:     orders + incoming + 1,
		ClOrdIDsPerDay:   orders + incoming + 1,
	}
}

func (p *corePlayer) play(rec *recorded.Record, total engine.Qty, out *outcome) error {
	c := engine.Command{Account: coreAccount, Session: coreSession, Instrument: p.product.id}
	switch rec.Kind {
	case recorded.Enter:
		c.Kind, c.Type, c.TimeInForce = engine.CmdEnter, engine.Limit, engine.GTC
		c.Side, c.Price, c.Qty, c.ClOrdID = rec.Side, rec.Price, rec.Qty, p.run.order(rec.ID)
	case recorded.Take:
		c.Kind, c.Type, c.TimeInForce = engine.CmdEnter, engine.Limit, engine.IOC
		c.Side, c.Price, c.Qty, c.ClOrdID = rec.Side, rec.Price, rec.Qty, p.run.incoming(rec.Line)
	case recorded.Reduce:
		c.Kind, c.Instrument, c.Qty, c.ClOrdID = engine.CmdReduce, 0, total, p.run.order(rec.ID)
	case recorded.Cancel:
		c.Kind, c.Instrument, c.ClOrdID = engine.CmdCancel, 0, p.run.order(rec.ID)
	}
	p.events.Reset()
	p.seq++
	began := time.Now()
	p.engine.Apply(p.seq, &c, p.events)
	out.service = time.Since(began)
	for i := range p.events.All() {
		p.take(&p.events.All()[i], out)
	}
	return nil
}

// take adds an event to the outcome of its command.
func (p *corePlayer) take(e *engine.Event, out *outcome) {
	switch e.Kind {
	case engine.EvAccepted, engine.EvRested:
		out.status = ended
		if e.Kind == engine.EvRested || e.Flags&engine.FlagRests != 0 {
			out.status, out.leaves = rests, e.Leaves
		}
	case engine.EvExecuted:
		id, foreign := p.run.resting(e.ContraClOrdID)
		out.fills = append(out.fills, fill{id, foreign, e.Qty, e.Price})
	case engine.EvCanceled:
		out.status = canceled
		if e.Flags&engine.FlagWasResting == 0 {
			out.status = ended
		}
	case engine.EvReduced:
		out.status, out.leaves = reduced, e.Leaves
	case engine.EvRejected, engine.EvCancelRejected:
		out.status, out.reason = refused, p.reason(e)
	default:
		panic(fmt.Sprintf("BUG: replay: event kind %d answers no command of a play", e.Kind))
	}
}

// reason is why a command was refused, in the words that it has over TCP.
func (p *corePlayer) reason(e *engine.Event) string {
	var sequence uint64
	line := jsonl.NewEncoder(p.product.all).AppendAnswers(nil, e, jsonl.RoleIncoming, &sequence)
	var m jsonl.Message
	if err := jsonl.NewParser().Parse(line, &m); err != nil {
		panic("BUG: replay: a refusal does not parse: " + err.Error())
	}
	return string(m.Reason)
}

// end reports a book that breaks its laws.
func (p *corePlayer) end() error {
	if err := p.engine.Check(); err != nil {
		return fmt.Errorf("after the play the book breaks a law: %w", err)
	}
	return nil
}
