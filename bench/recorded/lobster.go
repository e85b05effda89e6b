package recorded

import (
	"errors"
	"fmt"
	"io"

	"pricetime/engine"
)

// MessageType is what a row of a LOBSTER message file is about.
type MessageType uint8

// LOBSTER's types (its "message file" documentation, field 2).
const (
	Submission      MessageType = 1 // a new limit order; only what of it rests
	PartialCancel   MessageType = 2 // Size is the part taken out
	Deletion        MessageType = 3
	Execution       MessageType = 4 // of a visible order
	HiddenExecution MessageType = 5
	Cross           MessageType = 6
	Halt            MessageType = 7
)

// Message is one row of a message file. ID, Size and Price mean something only
// up to [Execution]: the rest does not touch an order that can be seen.
type Message struct {
	Time  int64 // nanoseconds after midnight
	Type  MessageType
	Side  engine.Side // of the resting order
	ID    uint64
	Size  int64
	Price int64 // in USD / 10,000
}

// Best is the best visible price of each side after a message, in USD / 10,000.
// An empty side has a price far beyond any other.
type Best struct{ Ask, Bid int64 }

// Of returns the best price of a side.
func (b Best) Of(side engine.Side) int64 {
	if side == engine.Buy {
		return b.Bid
	}
	return b.Ask
}

// Day is a LOBSTER day in memory: row i of the message file and of the order
// book file, which is line i+1 of both.
type Day struct {
	Name     string // of the message file, for messages
	Messages []Message
	Best     []Best
}

// lobsterTick is a tick of 0.01 in LOBSTER's prices.
const lobsterTick = 100

// lobsterSizeMax bounds a size, far above any order's, so that the sum of a day's
// rows about one order fits in 63 bits.
const lobsterSizeMax = 1e12

// ReadDay reads the two files of a LOBSTER day, gzipped or not. Of the order book
// file only the best level is kept, however deep it is.
func ReadDay(messages, book string) (*Day, error) {
	m, err := open(messages)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	b, err := open(book)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return readDay(m, messages, b, book)
}

// readDay reads a day from m and b, which go by the names messages and book.
func readDay(m io.Reader, messages string, b io.Reader, book string) (*Day, error) {
	d := &Day{Name: messages}
	err := eachLine(m, messages, func(_ int, text []byte) error {
		m, err := parseMessage(text)
		d.Messages = append(d.Messages, m)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachLine(b, book, func(_ int, text []byte) error {
		b, err := parseBest(text)
		d.Best = append(d.Best, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(d.Messages) == 0 {
		return nil, fmt.Errorf("%s: no message in it", messages)
	}
	if len(d.Messages) != len(d.Best) {
		return nil, fmt.Errorf("%s has %d rows and %s has %d: they do not belong together", messages, len(d.Messages), book, len(d.Best))
	}
	return d, nil
}

// parseMessage reads time,type,id,size,price,direction.
func parseMessage(text []byte) (Message, error) {
	var fields [maxFields][]byte
	if n := split(text, &fields); n != 6 {
		return Message{}, fmt.Errorf("a message has 6 fields (time,type,id,size,price,direction), this line has %d", n)
	}
	var m Message
	var ok bool
	if m.Time, ok = parseSeconds(fields[0]); !ok {
		return m, fmt.Errorf("time %q is not seconds after midnight with at most 9 decimals", clip(fields[0]))
	}
	typ, ok := parseInt(fields[1])
	if !ok || typ < int64(Submission) || typ > int64(Halt) {
		return m, fmt.Errorf("type %q is not a number from 1 to 7", clip(fields[1]))
	}
	m.Type = MessageType(typ)
	id, okID := parseInt(fields[2])
	size, okSize := parseInt(fields[3])
	price, okPrice := parseInt(fields[4])
	if !okID || !okSize || !okPrice {
		return m, errors.New("id, size and price are whole numbers")
	}
	switch string(fields[5]) {
	case "1":
		m.Side = engine.Buy
	case "-1":
		m.Side = engine.Sell
	default:
		return m, fmt.Errorf("direction %q is neither 1 nor -1", clip(fields[5]))
	}
	if m.Type > Execution {
		return m, nil
	}
	switch {
	case id < 1 || id > IDMax:
		return m, fmt.Errorf("order id %d is outside 1 to %d", id, int64(IDMax))
	case size < 1 || size > lobsterSizeMax:
		return m, fmt.Errorf("size %d is outside 1 to %d", size, int64(lobsterSizeMax))
	case price%lobsterTick != 0:
		return m, fmt.Errorf("price %d (USD / 10,000) is not a multiple of 0.01", price)
	}
	m.ID, m.Size, m.Price = uint64(id), size, price
	return m, nil
}

// parseBest reads ask,asksize,bid,bidsize and leaves the deeper levels.
func parseBest(text []byte) (Best, error) {
	var fields [maxFields][]byte
	if n := split(text, &fields); n < 4 || n%4 != 0 {
		return Best{}, fmt.Errorf("a row of the book has 4 fields a level, this line has %d", n)
	}
	ask, okAsk := parseInt(fields[0])
	bid, okBid := parseInt(fields[2])
	if !okAsk || !okBid {
		return Best{}, errors.New("prices are whole numbers")
	}
	return Best{Ask: ask, Bid: bid}, nil
}

// parseSeconds reads digits[.digits] as nanoseconds, exactly.
func parseSeconds(text []byte) (int64, bool) {
	var whole, ns int64
	scale := int64(1_000_000_000)
	digits, inFraction := 0, false
	for _, c := range text {
		switch {
		case c == '.' && !inFraction && digits > 0:
			inFraction, digits = true, 0
			continue
		case c < '0' || c > '9':
			return 0, false
		case inFraction:
			scale /= 10
			if scale == 0 {
				return 0, false
			}
			ns += int64(c-'0') * scale
		default:
			whole = whole*10 + int64(c-'0')
			if whole > 2*24*60*60 { // two days hold any session
				return 0, false
			}
		}
		digits++
	}
	return whole*1_000_000_000 + ns, digits > 0
}
