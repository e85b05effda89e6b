package bench

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
	"sync/atomic"
	"time"

	"pricetime/gateway/client"
	"pricetime/gateway/wire/jsonl"
)

// subscribers are sessions that listen to all channels of a product and read
// everything. One goroutine goes round all of them. Every line is counted and goes
// into a checksum, so it is known at the end that all of them were told the same:
// the lines of a product are the same bytes, in the same order, for everybody.
type subscribers struct {
	all   []*subscriber
	quit  atomic.Bool
	ended chan error // of the reading
}

// subscriber counts what one session is told after its snapshots.
type subscriber struct {
	conn  *client.Spin
	lines int64
	bytes int64 // with newlines
	sum   uint32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// subscribe opens n sessions and waits until all have their snapshots. Nothing may
// trade meanwhile: who comes later would be told less.
func subscribe(address, product string, n int) (*subscribers, error) {
	s := &subscribers{}
	for i := range n {
		conn, err := client.DialSpin(address, 5*time.Second)
		if err != nil {
			s.close()
			return nil, err
		}
		s.all = append(s.all, &subscriber{conn: conn})
		if err := login(conn, fmt.Sprintf("watch%d", i)); err != nil {
			s.close()
			return nil, err
		}
		if _, err := conn.Write(jsonl.AppendSubscribe(nil, subscribedChannels, []string{product})); err != nil {
			s.close()
			return nil, err
		}
	}
	if err := s.settle(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

var subscribedChannels = []string{"full", "level2", "ticker", "matches"}

// settle reads the snapshots: each channel's ends with a line that does not promise more.
func (s *subscribers) settle() error {
	left := len(s.all) * len(subscribedChannels)
	for end := time.Now().Add(subscribersPatience); left > 0; {
		for _, sub := range s.all {
			if _, err := sub.conn.Fill(); err != nil {
				return fmt.Errorf("a subscriber: %w", err)
			}
			for line, ok := sub.conn.Line(); ok; line, ok = sub.conn.Line() {
				if !bytes.HasPrefix(line, subscribedLine) && !bytes.HasSuffix(line, moreToCome) {
					left--
				}
			}
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d snapshots did not come within %v", left, subscribersPatience)
		}
	}
	return nil
}

var (
	subscribedLine = []byte(`{"type":"subscriptions"`)
	moreToCome     = []byte(`"more":true}`)
)

const (
	// subscribersPatience is how long snapshots, and what is on its way at the end, may take.
	subscribersPatience = 10 * time.Second
	// subscribersNap is how long the reader sleeps when nobody has anything. It reads in
	// large pieces and leaves the processor to the generator meanwhile; the sockets' buffers
	// hold what comes.
	subscribersNap = time.Millisecond
)

// begin reads from here on.
func (s *subscribers) begin() {
	for _, sub := range s.all {
		sub.lines, sub.bytes, sub.sum = 0, 0, 0
	}
	s.quit.Store(false)
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.read() }()
}

// end reads until all were told the same and nothing more comes, and then no longer.
func (s *subscribers) end() error {
	s.quit.Store(true)
	return <-s.ended
}

func (s *subscribers) read() error {
	var quitAt, lastAt time.Time
	for {
		got := 0
		for _, sub := range s.all {
			n, err := sub.read()
			if err != nil {
				return fmt.Errorf("a subscriber after %d lines: %w", sub.lines, err)
			}
			got += n
		}
		if got > 0 {
			lastAt = time.Time{}
			continue
		}
		if s.quit.Load() {
			now := time.Now()
			if quitAt.IsZero() {
				quitAt = now
			}
			if lastAt.IsZero() {
				lastAt = now
			}
			if now.Sub(quitAt) > subscribersPatience || now.Sub(lastAt) > 100*time.Millisecond && s.alike() {
				return nil
			}
		}
		time.Sleep(subscribersNap)
	}
}

// read takes what one session has, up to a few buffers of it: then it is the next one's turn.
func (sub *subscriber) read() (got int, err error) {
	for range 8 {
		n, err := sub.conn.Fill()
		if n == 0 || err != nil {
			return got, err
		}
		got += n
		for line, ok := sub.conn.Line(); ok; line, ok = sub.conn.Line() {
			sub.lines++
			sub.bytes += int64(len(line)) + 1
			sub.sum = crc32.Update(sub.sum, castagnoli, line)
		}
	}
	return got, nil
}

func (s *subscribers) alike() bool {
	for _, sub := range s.all {
		if sub.lines != s.all[0].lines || sub.bytes != s.all[0].bytes || sub.sum != s.all[0].sum {
			return false
		}
	}
	return true
}

// told is how much every subscriber was told since begin, and whether it was the same.
func (s *subscribers) told() (lines, bytes int64, c Check) {
	c = Check{Name: "every subscriber was told the same lines", OK: s.alike(), Detail: fmt.Sprintf("%d subscribers", len(s.all))}
	if len(s.all) == 0 {
		return 0, 0, c
	}
	first := s.all[0]
	if !c.OK {
		var counts []string
		for _, sub := range s.all {
			counts = append(counts, fmt.Sprint(sub.lines))
		}
		c.Detail = "lines each: " + strings.Join(counts, " ")
	} else if first.lines == 0 {
		c.OK, c.Detail = false, "nobody was told anything"
	}
	return first.lines, first.bytes, c
}

func (s *subscribers) close() {
	for _, sub := range s.all {
		sub.conn.Close()
	}
}
