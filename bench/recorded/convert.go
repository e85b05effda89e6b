package recorded

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"pricetime/engine"
)

// Convert turns a LOBSTER day into commands with the fills that they must cause.
// A record's Line is the line of the message file that it came from. An error is
// a *[FormError]: a row contradicts an earlier one.
//
// The file shows what became of resting orders; what came in has to be inferred:
//
//   - Consecutive executions of one moment and one direction are one incoming order:
//     their sum, limited by the worst price among them. Executions of hidden
//     orders in between are nobody's whom the book could know.
//   - An order that is named but never submitted rested before the window opened, or
//     outside it. What later rows take from it, in all, is its quantity, and its id
//     says when it came: ids grow. It is entered before the first younger
//     submission, or when it is first named.
//   - An order may leave unseen, since the file only shows the levels in its window. When
//     no later row names it and its price is not (or no longer) the best, it is taken to
//     be gone. It cannot be in the way of a fill later: none of them names it.
//   - The venue did not always fill in the order of price and time among visible
//     orders. An execution that a plain book would not have made so becomes cancels
//     and reduces, and a comment says that.
//   - A submission that would trade shows that what it would trade with was not there:
//     that is canceled, and a comment says so.
func Convert(d *Day) (*Commands, error) {
	c := converter{day: d, out: &Commands{Name: d.Name}, book: newTape()}
	if err := c.index(); err != nil {
		return nil, err
	}
	for row := 0; row < len(d.Messages); {
		c.line = row + 1
		end := row + 1
		switch m := &d.Messages[row]; m.Type {
		case Submission:
			c.enterOlderThan(m.ID)
			c.enter(m.ID, m.Side, m.Price, m.Size)
		case PartialCancel:
			c.enterIfOlder(m.ID)
			c.takeOut(m.ID, m.Size)
		case Deletion:
			c.enterIfOlder(m.ID)
			c.delete(m.ID)
		case Execution:
			end = c.incomingEnd(row)
			c.incoming(row, end)
		}
		c.fadeOut(row, end)
		row = end
	}
	return c.out, nil
}

// converter is a conversion under way.
type converter struct {
	day  *Day
	out  *Commands
	book *tape
	line int // of the message file, for the records that come of it

	lastRow map[uint64]int      // the last row that names an order
	older   map[uint64]*resting // orders that no row submits and that are not entered yet
	olderID []uint64            // their ids, ascending; the entered ones are skipped
	fading  []*resting          // in the book, and no later row names them
}

// index learns, in one pass, what the rows say of each order in all.
func (c *converter) index() error {
	c.lastRow = make(map[uint64]int)
	c.older = make(map[uint64]*resting)
	submitted := make(map[uint64]bool)
	known := make(map[uint64]*resting)
	for row := range c.day.Messages {
		m := &c.day.Messages[row]
		if m.Type > Execution {
			continue
		}
		o := known[m.ID]
		if o == nil {
			o = &resting{id: m.ID, side: m.Side, price: m.Price}
			known[m.ID] = o
		}
		switch {
		case o.side != m.Side || o.price != m.Price:
			return &FormError{c.day.Name, row + 1, fmt.Sprintf("order %d has another price or direction than in line %d", m.ID, c.lastRow[m.ID]+1)}
		case m.Type == Submission && submitted[m.ID]:
			return &FormError{c.day.Name, row + 1, fmt.Sprintf("order %d is submitted a second time", m.ID)}
		case m.Type == Submission:
			submitted[m.ID] = true
		default:
			o.qty += m.Size
		}
		c.lastRow[m.ID] = row
	}
	for id, o := range known {
		if !submitted[id] {
			c.older[id] = o
			c.olderID = append(c.olderID, id)
		}
	}
	slices.Sort(c.olderID)
	return nil
}

// enterOlderThan enters what rested before order id came.
func (c *converter) enterOlderThan(id uint64) {
	for len(c.olderID) > 0 && c.olderID[0] < id {
		c.enterIfOlder(c.olderID[0])
		c.olderID = c.olderID[1:]
	}
}

// enterIfOlder enters an order that no row submits, the first time it is named.
func (c *converter) enterIfOlder(id uint64) {
	if o := c.older[id]; o != nil {
		delete(c.older, id)
		c.enter(id, o.side, o.price, o.qty)
	}
}

// enter puts an order into the book, where it must not trade.
func (c *converter) enter(id uint64, side engine.Side, price, qty int64) {
	for _, inTheWay := range c.book.wouldFill(side.Opposite(), price, math.MaxInt64) {
		c.note("order %d cannot have been there any more when order %d came", inTheWay.id, id)
		c.delete(inTheWay.id)
	}
	c.emit(Record{Kind: Enter, Side: side, ID: id, Price: ticks(price), Qty: engine.Qty(qty)})
	c.book.enter(&resting{id: id, side: side, price: price, qty: qty})
}

// delete cancels what is left of an order.
func (c *converter) delete(id uint64) {
	o := c.book.orders[id]
	if o == nil {
		c.note("line %d of the day names order %d, which is gone", c.line, id)
		return
	}
	c.emit(Record{Kind: Cancel, ID: id})
	c.book.remove(o)
}

// takeOut lowers an order by size, or cancels it where nothing is left.
func (c *converter) takeOut(id uint64, size int64) {
	o := c.book.orders[id]
	if o == nil || o.qty <= size {
		c.delete(id)
		return
	}
	o.qty -= size
	c.emit(Record{Kind: Reduce, ID: id, Qty: engine.Qty(o.qty)})
}

// incomingEnd returns the row after the last execution of the incoming order whose
// first execution is row.
func (c *converter) incomingEnd(row int) int {
	first := c.day.Messages[row]
	end := row + 1
	for i := row + 1; i < len(c.day.Messages); i++ {
		m := &c.day.Messages[i]
		if m.Time != first.Time || m.Side != first.Side || m.Type != Execution && m.Type != HiddenExecution {
			break
		}
		if m.Type == Execution {
			end = i + 1
		}
	}
	return end
}

// incoming turns the executions in rows row to end into one incoming order, if a book
// of price and time would have made them so.
func (c *converter) incoming(row, end int) {
	var executed []tapeFill
	total, limit := int64(0), c.day.Messages[row].Price
	side := c.day.Messages[row].Side // the resting one
	for i := row; i < end; i++ {
		m := &c.day.Messages[i]
		if m.Type != Execution {
			continue
		}
		total += m.Size
		if better(side, limit, m.Price) {
			limit = m.Price
		}
		if n := len(executed); n > 0 && executed[n-1].id == m.ID {
			executed[n-1].qty += m.Size // the tape may cut one fill in two
		} else {
			executed = append(executed, tapeFill{m.ID, m.Size})
		}
	}
	// Orders that are only seen now came in the order of their ids.
	byID := slices.Clone(executed)
	slices.SortFunc(byID, func(a, b tapeFill) int { return cmp.Compare(a.id, b.id) })
	for _, f := range byID {
		c.enterIfOlder(f.id)
	}

	take := Record{Kind: Take, Side: side.Opposite(), Price: ticks(limit), Qty: engine.Qty(total)}
	if !slices.Equal(executed, c.book.wouldFill(side, limit, total)) {
		c.note("not FIFO on the venue: %s became cancels and reduces", take.String())
		for _, f := range executed {
			c.takeOut(f.id, f.qty)
		}
		return
	}
	c.emit(take)
	for _, f := range executed {
		o := c.book.orders[f.id]
		c.emit(Record{Kind: Fill, ID: f.id, Qty: engine.Qty(f.qty), Price: ticks(o.price)})
		if o.qty -= f.qty; o.qty == 0 {
			c.book.remove(o)
		}
	}
}

// fadeOut cancels the orders that have left unseen after rows row to end.
func (c *converter) fadeOut(row, end int) {
	for i := row; i < end; i++ {
		id := c.day.Messages[i].ID
		if o := c.book.orders[id]; o != nil && c.lastRow[id] == i {
			c.fading = append(c.fading, o)
		}
	}
	best := c.day.Best[end-1]
	kept := c.fading[:0]
	for _, o := range c.fading {
		switch {
		case c.book.orders[o.id] != o: // it was in the way of another
		case o.price == best.Of(o.side):
			kept = append(kept, o)
		default:
			c.delete(o.id)
		}
	}
	c.fading = kept
}

func (c *converter) emit(rec Record) {
	rec.Line = c.line
	c.out.Records = append(c.out.Records, rec)
}

func (c *converter) note(format string, args ...any) {
	c.out.Notes = append(c.out.Notes, Note{Before: len(c.out.Records), Text: fmt.Sprintf(format, args...)})
}

// ticks converts a price of LOBSTER's, a multiple of the tick, which the reader checked.
func ticks(price int64) engine.Price { return engine.Price(price / lobsterTick) }
