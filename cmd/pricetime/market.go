package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"pricetime/gateway/client"
	"pricetime/gateway/latency"
	"pricetime/gateway/wire"
	"pricetime/gateway/wire/jsonl"
)

// market is made-up order flow: a few accounts, each with a connection of its own,
// that quote around a fair price which wanders, and trade. It is to be looked at,
// not measured with: what it sends is decided by its seed alone, never by answers,
// so the same seed sends the same commands.
type market struct {
	product string
	tick    int64
	random  *rand.Rand
	fair    int64 // ticks
	traders []*trader
	began   time.Time
	sent    atomic.Int64

	receivers sync.WaitGroup
	mu        sync.Mutex
	counts    marketCounts
	answers   *latency.Recorder // from an order to its received
}

// marketCounts is what the venue has told the traders.
type marketCounts struct {
	accepted, trades, refused int64
}

// trader is one account of a market.
type trader struct {
	conn  *client.Conn
	name  string
	made  int      // orders so far; the last one's number
	live  []string // client ids that may be open, oldest first
	times [sentTimesMax]atomic.Int64
}

const (
	tradersCount = 5
	// liveMax bounds what a trader has in the book: for one more it cancels its oldest.
	liveMax = 60
	// sentTimesMax is how many orders of a trader are timed at once, a power of two.
	sentTimesMax = 1 << 10
	fairTicks    = 10_000
	fairStep     = 0.03 // share of commands before which the fair price moves a tick
	spreadTicks  = 1    // the closest a quote is placed to the fair price
	reachTicks   = 6    // how far behind that quotes are placed, on the average
)

// openMarket logs the traders in. The product's tick is in 1/engine.DecimalOne.
func openMarket(addr, product string, tick int64, seed uint64, timeout time.Duration) (*market, error) {
	m := &market{
		product: product, tick: tick, fair: fairTicks, began: time.Now(),
		random: rand.New(rand.NewPCG(seed, 0)), answers: latency.NewRecorder(),
	}
	for i := range tradersCount {
		conn, err := client.Dial(addr, timeout)
		if err != nil {
			m.close()
			return nil, noVenue(addr, err)
		}
		t := &trader{conn: conn, name: fmt.Sprintf("trader%d", i+1)}
		m.traders = append(m.traders, t)
		conn.SetDeadline(time.Now().Add(timeout))
		if _, err := conn.Login(&client.Login{Account: t.name}); err != nil {
			m.close()
			return nil, err
		}
		conn.SetDeadline(time.Time{})
	}
	for _, t := range m.traders {
		m.receivers.Add(1)
		go m.receive(t)
	}
	return m, nil
}

// close hangs up; the venue cancels what the traders have in the book.
func (m *market) close() {
	for _, t := range m.traders {
		t.conn.Close()
	}
	m.receivers.Wait()
}

// paceEvery is how often the flow is brought up to its rate.
const paceEvery = 5 * time.Millisecond

// run sends commands at a rate per second until ctx is done or a connection fails.
func (m *market) run(ctx context.Context, rate int) error {
	pace := time.NewTicker(paceEvery)
	defer pace.Stop()
	began, sent := time.Now(), int64(0)
	for {
		due := int64(time.Since(began).Seconds() * float64(rate))
		if due-sent > int64(rate) {
			sent = due - int64(rate) // the machine slept; do not catch up on all of it
		}
		for ; sent < due; sent++ {
			if err := m.command(m.traders[m.random.IntN(len(m.traders))]); err != nil {
				return err
			}
			m.sent.Add(1)
		}
		for _, t := range m.traders {
			if err := t.conn.Flush(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-pace.C:
		}
	}
}

// command makes one trader do one thing.
func (m *market) command(t *trader) error {
	if m.random.Float64() < fairStep {
		m.fair += int64(m.random.IntN(2)*2 - 1)
	}
	if len(t.live) == liveMax {
		return m.cancel(t, 0)
	}
	switch what := m.random.Float64(); {
	case what < 0.58 || len(t.live) == 0:
		return m.quote(t)
	case what < 0.70:
		return m.take(t)
	case what < 0.78:
		return m.requote(t)
	default:
		return m.cancel(t, m.random.IntN(len(t.live)))
	}
}

// quote enters an order that mostly rests.
func (m *market) quote(t *trader) error {
	side := m.side()
	o := client.Order{
		ClientOID: m.newID(t), ProductID: m.product, Side: side.name,
		Price: m.price(m.fair + side.away*m.distance()), Size: m.size(),
	}
	t.live = append(t.live, o.ClientOID)
	return t.conn.Order(&o)
}

// take enters an order that trades at once, or not at all.
func (m *market) take(t *trader) error {
	side := m.side()
	return t.conn.Order(&client.Order{
		ClientOID: m.newID(t), ProductID: m.product, Side: side.name,
		Price: m.price(m.fair - side.away*(spreadTicks+1)), Size: m.size(), TimeInForce: "IOC",
	})
}

// requote gives an order a new total; it keeps its price, and its place if smaller.
func (m *market) requote(t *trader) error {
	at := m.random.IntN(len(t.live))
	r := client.Replace{Target: client.Target{ClientOID: t.live[at]}, NewClientOID: m.newID(t), Size: m.size()}
	t.live[at] = r.NewClientOID
	return t.conn.Replace(&r)
}

func (m *market) cancel(t *trader, at int) error {
	id := t.live[at]
	t.live = append(t.live[:at], t.live[at+1:]...)
	return t.conn.Cancel(client.Target{ClientOID: id})
}

// marketSide is a side, and which way is away from the fair price on it.
type marketSide struct {
	name string
	away int64
}

func (m *market) side() marketSide {
	if m.random.IntN(2) == 0 {
		return marketSide{"buy", -1}
	}
	return marketSide{"sell", +1}
}

func (m *market) distance() int64 { return spreadTicks + int64(m.random.ExpFloat64()*reachTicks) }

func (m *market) size() string { return strconv.Itoa(10 * (1 + m.random.IntN(20))) }

func (m *market) price(ticks int64) string {
	return string(wire.AppendDecimal(nil, max(ticks, 1), m.tick))
}

// newID is the next client id, and notes when its order was made.
func (m *market) newID(t *trader) string {
	t.made++
	t.times[t.made%sentTimesMax].Store(int64(time.Since(m.began)))
	return t.name + "-" + strconv.Itoa(t.made)
}

// receive counts a trader's answers until the connection ends. One that breaks is
// the sender's to report.
func (m *market) receive(t *trader) {
	defer m.receivers.Done()
	for {
		msg, err := t.conn.Next()
		if err != nil {
			return
		}
		m.mu.Lock()
		switch msg.Type {
		case jsonl.MessageReceived:
			m.counts.accepted++
			if number, err := strconv.Atoi(string(msg.ClientOID[len(t.name)+1:])); err == nil {
				m.answers.Record(int64(time.Since(m.began)) - t.times[number%sentTimesMax].Load())
			}
		case jsonl.MessageMatch:
			if string(msg.Liquidity) == "taker" {
				m.counts.trades++
			}
		case jsonl.MessageRejected, jsonl.MessageError:
			m.counts.refused++
		}
		m.mu.Unlock()
	}
}

// summary is what has happened so far, in words.
func (m *market) summary() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return fmt.Sprintf("%d commands sent, %d orders accepted, %d trades, %d refused; order to answer p50 %s, p99 %s",
		m.sent.Load(), m.counts.accepted, m.counts.trades, m.counts.refused, m.answers.At(0.50), m.answers.At(0.99))
}
