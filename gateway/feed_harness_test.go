package gateway

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pricetime/engine"
	"pricetime/engine/model"
	"pricetime/gateway/ring"
	"pricetime/gateway/wire"
)

// feedBench is a feed between rings, with an I/O stage reduced to what the feed
// relies on: a message for one session goes to it, a message for all to those that
// have joined.
type feedBench struct {
	t        testing.TB
	feed     *feedStage
	products *wire.Products
	events   *ring.Ring[engine.Event]
	requests *ring.Ring[feedRequest]
	out      *ring.Consumer[publicMessage]
	members  map[feedRequest][]engine.SessionID // by channel and instrument
	left     map[feedRequest]bool               // who left, perhaps before the feed had let it in
	sink     func(to engine.SessionID, m *publicMessage)
}

func newFeedBench(t testing.TB, instruments []engine.Instrument, limits engine.Limits, eventSlots, outSlots int) *feedBench {
	products, err := wire.NewProducts(instruments)
	if err != nil {
		t.Fatal(err)
	}
	events := ring.New[engine.Event](eventSlots, ring.Single)
	requests := ring.New[feedRequest](64, ring.Single)
	out := ring.New[publicMessage](outSlots, ring.Single)
	b := &feedBench{
		t: t, products: products, events: events, requests: requests, out: out.NewConsumer(),
		members: map[feedRequest][]engine.SessionID{}, left: map[feedRequest]bool{},
		sink: func(engine.SessionID, *publicMessage) {},
	}
	b.feed = newFeed(events.NewConsumer(), requests.NewConsumer(), out, products, limits)
	return b
}

// publish hands events to the feed, in batches of at most batch, and lets it run
// whenever the ring is full.
func (b *feedBench) publish(events []engine.Event, batch int) {
	for len(events) > 0 {
		n := min(batch, len(events), b.events.Slots())
		lo, ok := b.events.TryClaim(n)
		if !ok {
			b.poll()
			continue
		}
		for i := range n {
			*b.events.Slot(lo + uint64(i)) = events[i]
		}
		b.events.Publish(lo, n)
		events = events[n:]
	}
}

func (b *feedBench) request(session engine.SessionID, c wire.Channel, instrument engine.InstrumentID, leave bool) {
	q := feedRequest{channel: c, instrument: instrument}
	if leave {
		b.members[q] = slices.DeleteFunc(b.members[q], func(s engine.SessionID) bool { return s == session })
	}
	q.session = session
	b.left[q] = leave
	q.leave = leave
	lo, ok := b.requests.TryClaim(1)
	if !ok {
		b.t.Fatal("request ring full")
	}
	*b.requests.Slot(lo) = q
	b.requests.Publish(lo, 1)
}

// poll is one duty cycle of the feed and one of the I/O stage.
func (b *feedBench) poll() int {
	work := b.feed.Poll()
	lo, n := b.out.Poll(1 << 20)
	for seq := lo; seq < lo+uint64(n); seq++ {
		m := b.out.Slot(seq)
		of := feedRequest{channel: m.channel, instrument: m.instrument}
		if m.session != 0 {
			if b.left[feedRequest{session: m.session, channel: m.channel, instrument: m.instrument}] {
				continue
			}
			b.sink(m.session, m)
			if m.joins {
				b.members[of] = append(b.members[of], m.session)
			}
			continue
		}
		for _, s := range b.members[of] {
			b.sink(s, m)
		}
	}
	if n > 0 {
		b.out.Release(lo + uint64(n) - 1)
	}
	return work + n
}

// run polls until there is nothing left to do.
func (b *feedBench) run() {
	for b.poll() > 0 {
	}
}

// publicLine is a line of market data as a client reads it.
type publicLine struct {
	Type      string      `json:"type"`
	Channel   string      `json:"channel"`
	Product   string      `json:"product_id"`
	Sequence  uint64      `json:"sequence"`
	Time      string      `json:"time"`
	OrderID   string      `json:"order_id"`
	Side      string      `json:"side"`
	Price     string      `json:"price"`
	Remaining string      `json:"remaining_size"`
	NewSize   string      `json:"new_size"`
	Size      string      `json:"size"`
	Maker     string      `json:"maker_order_id"`
	Taker     string      `json:"taker_order_id"`
	Liquidity string      `json:"liquidity"`
	TradeID   string      `json:"trade_id"`
	Bids      [][]string  `json:"bids"`
	Asks      [][]string  `json:"asks"`
	Changes   [][3]string `json:"changes"`
	More      bool        `json:"more"`
}

// subscriber is a client of channels full and level2 of one product, which keeps
// its own book as a client would: from the lines alone.
type subscriber struct {
	t        testing.TB
	in       *engine.Instrument
	joined   bool
	sequence uint64
	trades   uint64
	orders   [2][]clientOrder                  // channel full: each side in priority order
	levels   [2]map[engine.Price]engine.Qty    // channel level2
	check    func(s *subscriber, l publicLine) // more of what a test wants to see
}

type clientOrder struct {
	id    string
	price engine.Price
	qty   engine.Qty
}

func newSubscriber(t testing.TB, in *engine.Instrument) *subscriber {
	return &subscriber{t: t, in: in, levels: [2]map[engine.Price]engine.Qty{{}, {}}}
}

func (s *subscriber) take(m *publicMessage) {
	if m.n == 0 || m.data[m.n-1] != '\n' {
		s.t.Fatalf("message does not end with its line: %q", m.data[:m.n])
	}
	for text := range strings.Lines(string(m.data[:m.n])) {
		var l publicLine
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			s.t.Fatalf("%v in %s", err, text)
		}
		s.line(l, text)
	}
}

func (s *subscriber) line(l publicLine, text string) {
	if l.Product != s.in.Symbol {
		s.t.Fatalf("line of another product: %s", text)
	}
	switch {
	case l.Type == "snapshot" || l.Type == "last_match":
		if s.joined {
			s.t.Fatalf("a snapshot after the join: %s", text)
		}
		s.joined = !l.More
	case !s.joined && l.Type != "ticker":
		s.t.Fatalf("a line before the snapshot: %s", text)
	case l.Channel == "full" && l.Sequence != s.sequence+1:
		s.t.Fatalf("sequence %d after %d: %s", l.Sequence, s.sequence, text)
	case l.Sequence < s.sequence:
		s.t.Fatalf("sequence goes back from %d: %s", s.sequence, text)
	}
	s.sequence = l.Sequence
	switch l.Type {
	case "snapshot":
		for side, entries := range [][][]string{l.Bids, l.Asks} {
			for _, e := range entries {
				if l.Channel == "full" {
					s.rest(engine.Side(side), clientOrder{e[2], s.price(e[0]), s.qty(e[1])})
				} else {
					s.levels[side][s.price(e[0])] = s.qty(e[1])
				}
			}
		}
	case "open":
		side := &s.orders[sideOf(l.Side)]
		*side = slices.DeleteFunc(*side, func(o clientOrder) bool { return o.id == l.OrderID && o.qty == 0 }) // an iceberg's last slice
		s.rest(sideOf(l.Side), clientOrder{l.OrderID, s.price(l.Price), s.qty(l.Remaining)})
	case "change":
		s.order(l.Side, l.OrderID, text).qty = s.qty(l.NewSize)
	case "match":
		if l.Channel != "full" {
			break
		}
		if l.Maker != "" {
			s.order(l.Side, l.Maker, text).qty -= s.qty(l.Size)
		}
		if l.Taker != "" && l.Liquidity == "auction" { // both were in the book
			s.order("buy", l.Taker, text).qty -= s.qty(l.Size)
		}
	case "done":
		if l.Price != "" { // it was in the book
			o := s.order(l.Side, l.OrderID, text)
			if o.qty != s.qty(l.Remaining) || o.price != s.price(l.Price) {
				s.t.Fatalf("done of an order with %d left at %d: %s", o.qty, o.price, text)
			}
			side := &s.orders[sideOf(l.Side)]
			*side = slices.DeleteFunc(*side, func(o clientOrder) bool { return o.id == l.OrderID })
		}
	case "l2update":
		for _, c := range l.Changes {
			side := s.levels[sideOf(c[0])]
			side[s.price(c[1])] = s.qty(c[2])
			if side[s.price(c[1])] == 0 {
				delete(side, s.price(c[1]))
			}
		}
	}
	if s.check != nil {
		s.check(s, l)
	}
}

// rest puts an order behind all that are at its price or better.
func (s *subscriber) rest(side engine.Side, o clientOrder) {
	at := slices.IndexFunc(s.orders[side], func(other clientOrder) bool {
		return side == engine.Buy && other.price < o.price || side == engine.Sell && other.price > o.price
	})
	if at < 0 {
		at = len(s.orders[side])
	}
	s.orders[side] = slices.Insert(s.orders[side], at, o)
}

func (s *subscriber) order(side, id, text string) *clientOrder {
	orders := s.orders[sideOf(side)]
	for i := range orders {
		if orders[i].id == id {
			return &orders[i]
		}
	}
	s.t.Fatalf("no such order in the client's book: %s", text)
	return nil
}

func (s *subscriber) price(text string) engine.Price {
	return engine.Price(s.units(text) / s.in.Tick)
}

// qty reads sizes; those of 128 bits are cut off on both sides of a comparison.
func (s *subscriber) qty(text string) engine.Qty { return engine.Qty(s.units(text) / s.in.Lot) }

func (s *subscriber) units(text string) int64 {
	units, fault := wire.ParseDecimal([]byte(text))
	if fault != wire.DecimalOK {
		s.t.Fatalf("decimal %q: fault %d", text, fault)
	}
	return units
}

func sideOf(name string) engine.Side {
	if name == "sell" {
		return engine.Sell
	}
	return engine.Buy
}

// Books as text, one level a line, best first: "price total: ids in queue order".
// An order goes by its client id, because the model knows it by that.

type orderNames map[engine.OrderID]engine.ClOrdID

func (n orderNames) observe(events []engine.Event) {
	for _, e := range events {
		if e.Kind == engine.EvAccepted || e.Kind == engine.EvReplaced {
			n[e.OrderID] = e.ClOrdID
		}
	}
}

func modelText(m *model.Model, instrument engine.InstrumentID, side engine.Side) string {
	var b strings.Builder
	for _, l := range m.Shown(instrument, side) {
		fmt.Fprintf(&b, "%d %d:", l.Price, l.Qty)
		for _, id := range l.Orders {
			fmt.Fprintf(&b, " %x", id)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (r *replica) text(instrument engine.InstrumentID, side engine.Side, names orderNames) string {
	var b strings.Builder
	for _, l := range slices.Backward(r.books[instrument].sides[side]) {
		fmt.Fprintf(&b, "%d %d:", l.price, l.total)
		for slot := l.head; slot != 0; slot = r.orders[slot].next {
			fmt.Fprintf(&b, " %x", names[r.orders[slot].id])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (s *subscriber) text(side engine.Side, names orderNames) string {
	var b strings.Builder
	for rest := s.orders[side]; len(rest) > 0; {
		n, total := 0, engine.Qty(0)
		for n < len(rest) && rest[n].price == rest[0].price {
			total += rest[n].qty
			n++
		}
		fmt.Fprintf(&b, "%d %d:", rest[0].price, total)
		for _, o := range rest[:n] {
			var id engine.OrderID
			fmt.Sscan(o.id, &id)
			fmt.Fprintf(&b, " %x", names[id])
		}
		b.WriteByte('\n')
		rest = rest[n:]
	}
	return b.String()
}
