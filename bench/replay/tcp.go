package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"pricetime/bench/recorded"
	"pricetime/engine"
	"pricetime/gateway"
	"pricetime/gateway/client"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// answerTimeout is how long the venue may take for one answer before the play gives up.
const answerTimeout = 10 * time.Second

// account is who plays. Cancel-on-disconnect stays on, so that a play that dies
// leaves nothing in the book.
const account = "replay"

// tcpPlayer plays over one connection.
type tcpPlayer struct {
	venue   *gateway.Venue // nil: not ours
	conn    *client.Conn
	product product
	run     runID

	deadline time.Time // that the connection has
	unhook   func() bool
	trades   []uint64 // the trade ids of outcome.fills
	usable   bool     // no call on the connection has failed
}

// newTCPPlayer connects to the venue at addr, or to one of its own. When ctx ends
// the connection is closed, which ends a play that is waiting and, by
// cancel-on-disconnect, its orders.
func newTCPPlayer(ctx context.Context, addr string, c *recorded.Commands, product product) (_ *tcpPlayer, err error) {
	p := &tcpPlayer{product: product, run: newRunID()}
	defer func() {
		if err != nil && p.venue != nil {
			p.venue.Stop()
		}
	}()
	if addr == "" {
		limits := gateway.DefaultLimits()
		limits.Engine = limitsFor(c)
		if p.venue, err = gateway.Start(gateway.Options{Limits: limits}); err != nil {
			return nil, fmt.Errorf("starting a venue: %w", err)
		}
		addr = p.venue.JSONAddr()
	} else if err := emptyBook(addr, product); err != nil {
		return nil, err
	}
	if p.conn, err = dial(addr); err != nil {
		return nil, err
	}
	if _, err := p.conn.Login(&client.Login{Account: account}); err != nil {
		p.conn.Close()
		return nil, explain(err)
	}
	p.usable = true
	p.unhook = context.AfterFunc(ctx, func() { p.conn.Close() })
	return p, nil
}

func dial(addr string) (*client.Conn, error) {
	conn, err := client.Dial(addr, answerTimeout)
	if err != nil {
		return nil, fmt.Errorf("no venue at %s: %w", addr, err)
	}
	conn.SetDeadline(time.Now().Add(answerTimeout))
	return conn, nil
}

// emptyBook refuses a product that somebody has orders in: they would trade with
// the record's. Nothing keeps others out during the play; they show as mismatches.
func emptyBook(addr string, product product) error {
	conn, err := dial(addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	symbol := product.all.Symbol(product.id)
	channel := wire.ChannelLevel2.String()
	if err := conn.Subscribe([]string{channel}, []string{symbol}); err != nil {
		return err
	}
	if err := conn.Flush(); err != nil {
		return err
	}
	for {
		m, err := conn.Next()
		switch {
		case err != nil:
			return fmt.Errorf("looking at the book of %s: %w", symbol, explain(err))
		case m.Type == jsonl.MessageError:
			return fmt.Errorf("looking at the book of %s: the venue answers %s: %s", symbol, m.Reason, m.Text)
		case m.Type != jsonl.MessageSnapshot:
			continue
		case len(m.Bids)+len(m.Asks) > 0:
			return fmt.Errorf("the book of %s at %s is not empty: its orders would trade with the record's and nothing could be checked; cancel them, choose another product, or play on an embedded venue", symbol, addr)
		}
		return nil
	}
}

func (p *tcpPlayer) play(rec *recorded.Record, total engine.Qty, out *outcome) error {
	id, err := p.request(rec, total)
	if err != nil {
		return err
	}
	p.trades = p.trades[:0]
	began := time.Now()
	if p.deadline.Sub(began) < answerTimeout/2 { // not for each command: it takes a lock
		p.deadline = began.Add(answerTimeout)
		p.conn.SetDeadline(p.deadline)
	}
	if err := p.flush(); err != nil {
		return err
	}
	for acknowledged := false; !acknowledged; {
		m, err := p.next()
		if err != nil {
			return err
		}
		if acknowledged, err = p.take(m, id, out); err != nil {
			return err
		}
	}
	out.service = time.Since(began)
	return p.otherHalves(id, out)
}

// request builds the request of a record and returns its client order id.
func (p *tcpPlayer) request(rec *recorded.Record, total engine.Qty) (string, error) {
	order := client.Order{ProductID: p.product.all.Symbol(p.product.id), Side: "buy", TimeInForce: "GTC"}
	switch rec.Kind {
	case recorded.Cancel:
		id := text(p.run.order(rec.ID))
		return id, p.conn.Cancel(client.Target{ClientOID: id})
	case recorded.Reduce:
		id := text(p.run.order(rec.ID))
		return id, p.conn.Reduce(client.Target{ClientOID: id}, p.size(total))
	case recorded.Enter:
		order.ClientOID = text(p.run.order(rec.ID))
	case recorded.Take:
		order.ClientOID = text(p.run.incoming(rec.Line))
		order.TimeInForce = "IOC"
	}
	if rec.Side == engine.Sell {
		order.Side = "sell"
	}
	order.Price = string(p.product.all.AppendPrice(nil, p.product.id, rec.Price))
	order.Size = p.size(rec.Qty)
	return order.ClientOID, p.conn.Order(&order)
}

// take adds a line to the outcome of command id, and says whether it is the
// command's acknowledgement.
func (p *tcpPlayer) take(m *client.Message, id string, out *outcome) (acknowledged bool, err error) {
	own := string(m.ClientOID) == id
	switch m.Type {
	case jsonl.MessageMatch:
		return false, p.takeMatch(m, own && string(m.Liquidity) == "taker", out)
	case jsonl.MessageError:
		return false, fmt.Errorf("the venue answers error %s %s: %s", m.Reason, m.Field, m.Text)
	case jsonl.MessageOpen, jsonl.MessageChange, jsonl.MessageDone, jsonl.MessageRejected, jsonl.MessageCancelRejected:
		if !own {
			return false, nil // a resting order's
		}
	default:
		return false, nil
	}
	switch m.Type {
	case jsonl.MessageOpen:
		out.status = rests
		out.leaves, err = p.lots(m.RemainingSize)
	case jsonl.MessageChange:
		out.status = reduced
		out.leaves, err = p.lots(m.RemainingSize)
	case jsonl.MessageDone:
		switch string(m.Reason) {
		case "filled", "ioc":
			out.status = ended
		case "canceled":
			out.status = canceled
		default:
			out.status, out.reason = refused, "done for another reason: "+string(m.Reason)
		}
	default:
		out.status, out.reason = refused, string(m.Reason)
	}
	if m.Resent {
		out.status, out.reason = refused, "taken for a command sent again"
	}
	return true, err
}

// takeMatch adds one half of a trade: the command's, if it is the incoming order's.
// That comes first, and does not name the other order; the resting order's half has the same
// trade id and names it.
func (p *tcpPlayer) takeMatch(m *client.Message, incoming bool, out *outcome) error {
	if incoming {
		qty, err := p.lots(m.Size)
		if err != nil {
			return err
		}
		price, err := p.ticks(m.Price)
		if err != nil {
			return err
		}
		out.fills = append(out.fills, fill{foreign: strangersOrder, qty: qty, price: price})
		p.trades = append(p.trades, m.TradeID)
		return nil
	}
	id, ok := wire.ParseClOrdID(m.ClientOID)
	for i := len(p.trades) - 1; i >= 0; i-- {
		if p.trades[i] == m.TradeID && ok {
			out.fills[i].resting, out.fills[i].foreign = p.run.resting(id)
			return nil
		}
	}
	return fmt.Errorf("trade %d is between order %s and %s: the product must be the play's alone", m.TradeID, m.ClientOID, strangersOrder)
}

// strangersOrder is an order of which this session hears nothing.
const strangersOrder = "somebody else's order"

// otherHalves reads the resting orders' halves of trades that come after the
// acknowledgement. That they have all come is known by a pong, which follows
// everything before it: a stranger's half never comes.
func (p *tcpPlayer) otherHalves(id string, out *outcome) error {
	n := len(out.fills)
	if n == 0 || out.fills[n-1].foreign == "" {
		return nil
	}
	if err := p.conn.Ping(); err != nil {
		return err
	}
	if err := p.flush(); err != nil {
		return err
	}
	for {
		m, err := p.next()
		if err != nil {
			return err
		}
		if m.Type == jsonl.MessagePong {
			return nil
		}
		if _, err := p.take(m, id, out); err != nil {
			return err
		}
	}
}

// end cancels what the play has left in the book, waits until that is done, and
// closes the connection and a venue of its own.
func (p *tcpPlayer) end() error {
	err := p.cancelAll()
	p.unhook()
	p.conn.Close()
	if p.venue != nil {
		p.venue.Stop()
		if lawErr := p.venue.Check(); lawErr != nil {
			return fmt.Errorf("after the play the book breaks a law: %w", lawErr)
		}
	}
	return err
}

func (p *tcpPlayer) cancelAll() error {
	if !p.usable {
		return nil // closing the connection cancels the orders
	}
	p.conn.SetDeadline(time.Now().Add(answerTimeout))
	if err := p.conn.CancelAll(p.product.all.Symbol(p.product.id), ""); err != nil {
		return err
	}
	if err := p.flush(); err != nil {
		return err
	}
	for {
		m, err := p.next()
		if err != nil {
			return fmt.Errorf("canceling what the play left: %w", err)
		}
		if m.Type == jsonl.MessageCancelAllDone {
			return nil
		}
	}
}

func (p *tcpPlayer) flush() error {
	err := p.conn.Flush()
	p.usable = p.usable && err == nil
	return err
}

func (p *tcpPlayer) next() (*client.Message, error) {
	m, err := p.conn.Next()
	if err != nil {
		p.usable = false
		return nil, explain(err)
	}
	return m, nil
}

// explain puts the errors that mean something to a person in words.
func explain(err error) error {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the venue closed the connection: %w", err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("the venue did not answer within %v: %w", answerTimeout, err)
	}
	return err
}

// text is a client order id as it is sent.
func text(id engine.ClOrdID) string { return string(wire.AppendClOrdID(nil, id)) }

// size is a quantity as it is sent.
func (p *tcpPlayer) size(qty engine.Qty) string {
	return string(p.product.all.AppendQty(nil, p.product.id, qty))
}

// lots reads a size of the product.
func (p *tcpPlayer) lots(text []byte) (engine.Qty, error) {
	n, err := inUnits(text, p.product.all.Instrument(p.product.id).Lot)
	return engine.Qty(n), err
}

// ticks reads a price of the product.
func (p *tcpPlayer) ticks(text []byte) (engine.Price, error) {
	n, err := inUnits(text, p.product.all.Instrument(p.product.id).Tick)
	return engine.Price(n), err
}

// inUnits reads a decimal that is a multiple of unit.
func inUnits(text []byte, unit int64) (int64, error) {
	n, fault := wire.ParseDecimal(text)
	if fault != wire.DecimalOK || n%unit != 0 {
		return 0, fmt.Errorf("the venue sent %q, which does not fit the product: is its tick or lot another one there?", text)
	}
	return n / unit, nil
}
