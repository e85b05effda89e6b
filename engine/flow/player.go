package flow

import "pricetime/engine"

// Player turns the operations of a recorded flow into engine commands, one after
// the other, and counts the trades that come back. All orders are of one account
// and one session, and carry their flow id as their client id.
//
// It has to see the events of each command before it makes the next: a replace
// gives an order's total, which is its open quantity and what it has executed.
type Player struct {
	ByOrderID bool // cancels and replaces name the exchange's order id; else the client id
	Played    Result

	orders   []engine.OrderID // by flow id
	executed []engine.Qty     // by flow id
	taker    uint32           // of the command that was made last
}

// NewPlayer returns a player for a flow.
func NewPlayer(f *Flow) *Player {
	return &Player{orders: make([]engine.OrderID, f.IDMax+1), executed: make([]engine.Qty, f.IDMax+1)}
}

// Command writes the command for an operation to c.
func (p *Player) Command(op *Op, c *engine.Command) {
	*c = engine.Command{Session: 1}
	p.taker = op.ID
	switch op.Type {
	case OpNew, OpIOC:
		c.Kind, c.Type, c.TimeInForce = engine.CmdEnter, engine.Limit, engine.GTC
		if op.Type == OpIOC {
			c.TimeInForce = engine.IOC
		}
		c.Side, c.Price, c.Qty = op.Side, op.Price, engine.Qty(op.Qty)
		c.ClOrdID = ClOrdID(op.ID)
		return
	case OpCancel:
		c.Kind = engine.CmdCancel
	case OpReplace:
		c.Kind, c.Flags = engine.CmdReplace, engine.CmdFlagRequeue
		c.Price, c.Qty = op.Price, p.executed[op.ID]+engine.Qty(op.Qty)
		c.NewClOrdID = ClOrdID(op.NewID)
		p.orders[op.NewID], p.executed[op.NewID] = p.orders[op.ID], p.executed[op.ID]
		p.taker = op.NewID
	}
	if p.ByOrderID {
		c.OrderID = p.orders[op.ID]
	} else {
		c.ClOrdID = ClOrdID(op.ID)
	}
}

// Observe takes in the events of the last command. It says whether the command
// was carried out: a recorded flow has no command that an engine may refuse.
func (p *Player) Observe(events []engine.Event) bool {
	for i := range events {
		switch e := &events[i]; e.Kind {
		case engine.EvAccepted:
			p.orders[p.taker] = e.OrderID
		case engine.EvExecuted:
			maker := IDOf(e.ContraClOrdID)
			p.executed[p.taker] += e.Qty
			p.executed[maker] += e.Qty
			p.Played.Trade(maker, p.taker, e.Price, uint64(e.Qty))
		case engine.EvRejected, engine.EvCancelRejected:
			return false
		}
	}
	return true
}

// ClOrdID is the client id of a flow id: printable, in hexadecimal.
func ClOrdID(id uint32) (c engine.ClOrdID) {
	const digits = "0123456789abcdef"
	for i := range 8 {
		c[i] = digits[id>>(28-4*i)&15]
	}
	return c
}

// IDOf is the flow id of a client id.
func IDOf(c engine.ClOrdID) (id uint32) {
	for _, d := range c[:8] {
		v := uint32(d - '0')
		if d >= 'a' {
			v = uint32(d-'a') + 10
		}
		id = id<<4 | v
	}
	return id
}
