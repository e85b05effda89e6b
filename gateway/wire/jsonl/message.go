package jsonl

import (
	"errors"
	"fmt"
)

// MessageType is the type of a line that the venue sends.
type MessageType uint8

// Message types. Those from MessageSnapshot on are public; MessageReceived,
// MessageOpen, MessageMatch, MessageChange and MessageDone are public where
// Message.Channel is not empty.
const (
	MessageOther MessageType = iota // a type that this client does not know
	MessageLoggedIn
	MessageReceived
	MessageOpen
	MessageMatch
	MessageChange
	MessageReplaced
	MessageDone
	MessageTriggered
	MessageRejected
	MessageCancelRejected
	MessageCancelAllDone
	MessageOrdersEnd
	MessageError
	MessagePong
	MessageHeartbeat
	MessageSubscriptions
	MessageSnapshot
	MessageL2Update
	MessageTicker
	MessageLastMatch
	MessagePhase
	MessageIndicative
	MessageKilled
	MessageDayRolled
	MessageInstrument
	MessageInstrumentsEnd

	messageTypes // how many there are
)

var messageNames = [messageTypes]string{
	MessageOther: "", MessageLoggedIn: "logged_in", MessageReceived: "received", MessageOpen: "open",
	MessageMatch: "match", MessageChange: "change", MessageReplaced: "replaced", MessageDone: "done", MessageTriggered: "triggered",
	MessageRejected: "rejected", MessageCancelRejected: "cancel_rejected", MessageCancelAllDone: "cancel_all_done",
	MessageOrdersEnd: "orders_end", MessageError: "error", MessagePong: "pong", MessageHeartbeat: "heartbeat",
	MessageSubscriptions: "subscriptions", MessageSnapshot: "snapshot", MessageL2Update: "l2update",
	MessageTicker: "ticker", MessageLastMatch: "last_match", MessagePhase: "phase", MessageIndicative: "indicative",
	MessageKilled: "killed", MessageDayRolled: "day_rolled", MessageInstrument: "instrument", MessageInstrumentsEnd: "instruments_end",
}

// String is the type's name in the protocol.
func (t MessageType) String() string { return messageNames[t] }

// messageType is a switch because matches and opens are what a client mostly gets.
func messageType(name []byte) MessageType {
	switch string(name) {
	case "received":
		return MessageReceived
	case "open":
		return MessageOpen
	case "match":
		return MessageMatch
	case "done":
		return MessageDone
	}
	for t := MessageOther + 1; t < messageTypes; t++ {
		if string(name) == messageNames[t] {
			return t
		}
	}
	return MessageOther
}

// Message is a line from the venue. What the line does not have is empty or zero.
// Slices belong to the Parser and are valid until its next Parse; prices and
// sizes are decimals as the venue wrote them.
type Message struct {
	Type     MessageType
	TypeName []byte
	Sequence uint64
	Time     []byte // RFC 3339

	ProductID, ClientOID, OldClientOID []byte
	OrderID, TradeID                   uint64
	Side, OrderType, TimeInForce       []byte
	Price, Size, RemainingSize         []byte
	OldSize, NewSize                   []byte
	Liquidity                          []byte // maker, taker, auction
	PostOnly, KeptPriority, Resent     bool
	Parked, Hidden                     bool
	StopPrice, DisplaySize             []byte
	ExpireTime                         []byte // RFC 3339
	Reason, Text, Field                []byte // Text is the line's message
	Count                              uint64

	Account, Session, Durability []byte // logged_in
	NextSequence                 uint64

	Scope  []byte // of killed
	Action []byte // of killed: kill, lift

	// Public lines.
	Channel                    []byte // empty: the line is the session's own
	MakerOrderID, TakerOrderID uint64
	LastSize                   []byte
	BestBid, BestBidSize       []byte
	BestAsk, BestAskSize       []byte
	Bids, Asks                 []BookEntry
	Changes                    []BookChange
	More                       bool   // the snapshot goes on in the next line
	Phase                      []byte // of the product's market
	Surplus                    []byte // indicative: what an uncross would leave, on Side
}

// BookEntry is an order (channel full) or a level (channel level2) of a snapshot.
type BookEntry struct {
	Price, Size []byte
	OrderID     uint64 // 0: a level
}

// BookChange is a level's new total size; 0: the level is gone.
type BookChange struct {
	Side, Price, Size []byte
}

// Parser reads the venue's lines. It belongs to one thread.
type Parser struct {
	doc     *document
	entries []BookEntry // of bids and asks
	changes []BookChange
	bad     field // the first field of the line with a wrong value, or noField
}

// NewParser returns a parser for a client.
func NewParser() *Parser { return &Parser{doc: newDocument()} }

// Parse reads one line, with or without its newline. It is tolerant of what a
// newer venue adds: unknown fields are passed over and an unknown type is
// MessageOther. The error is for a line that is no JSON object with a type, or
// that has a field of the wrong type; m is then of no use.
// hot
func (p *Parser) Parse(line []byte, m *Message) error {
	*m = Message{}
	for n := len(line); n > 0 && (line[n-1] == '\n' || line[n-1] == '\r'); n-- {
		line = line[:n-1]
	}
	if fault := lint(line); fault != "" {
		return fmt.Errorf("message: %s: %.80q", fault, line)
	}
	if !p.doc.parse(line) || p.doc.badNumber.set {
		return fmt.Errorf("message: not a JSON object: %.80q", line)
	}
	if p.doc.duplicate.set {
		return fmt.Errorf("message: field %q is there twice: %.80q", p.doc.duplicate.bytes(), line)
	}
	p.bad = noField
	p.read(m)
	if len(m.TypeName) == 0 {
		return errors.New("message: no type")
	}
	if p.bad != noField {
		return fmt.Errorf("message: bad value in field %q: %.80q", fieldNames[p.bad], line)
	}
	return nil
}

// read copies the fields that the line has, and only those: a line has a quarter
// of them.
// hot
func (p *Parser) read(m *Message) {
	p.entries, p.changes = p.entries[:0], p.changes[:0]
	for left := p.doc.seen; left != 0; left &= left - 1 {
		f := left.first()
		p.readField(m, f, &p.doc.values[f])
	}
	for left := p.doc.alone; left != 0; left &= left - 1 {
		f := requestFields + left.first()
		p.readField(m, f, &p.doc.values[f])
	}
}

// readField copies a field that the session's own lines have.
// hot
func (p *Parser) readField(m *Message, f field, v *value) {
	switch f {
	case fType:
		m.TypeName = p.text(f, v)
		m.Type = messageType(m.TypeName)
	case fSequence:
		m.Sequence = p.number(f, v)
	case fTime:
		m.Time = p.text(f, v)
	case fProductID:
		m.ProductID = p.text(f, v)
	case fClientOID:
		m.ClientOID = p.text(f, v)
	case fOldClientOID:
		m.OldClientOID = p.text(f, v)
	case fOrderID:
		m.OrderID = p.id(f, v)
	case fTradeID:
		m.TradeID = p.id(f, v)
	case fSide:
		m.Side = p.text(f, v)
	case fOrderType:
		m.OrderType = p.text(f, v)
	case fTimeInForce:
		m.TimeInForce = p.text(f, v)
	case fPrice:
		m.Price = p.text(f, v)
	case fSize:
		m.Size = p.text(f, v)
	case fRemainingSize:
		m.RemainingSize = p.text(f, v)
	case fOldSize:
		m.OldSize = p.text(f, v)
	case fNewSize:
		m.NewSize = p.text(f, v)
	case fLiquidity:
		m.Liquidity = p.text(f, v)
	case fPostOnly:
		m.PostOnly = p.flag(f, v)
	case fKeptPriority:
		m.KeptPriority = p.flag(f, v)
	case fResent:
		m.Resent = p.flag(f, v)
	case fParked:
		m.Parked = p.flag(f, v)
	case fHidden:
		m.Hidden = p.flag(f, v)
	case fStopPrice:
		m.StopPrice = p.text(f, v)
	case fDisplaySize:
		m.DisplaySize = p.text(f, v)
	case fExpireTime:
		m.ExpireTime = p.text(f, v)
	case fReason:
		m.Reason = p.text(f, v)
	case fMessage:
		m.Text = p.text(f, v)
	case fField:
		m.Field = p.text(f, v)
	case fCount:
		m.Count = p.number(f, v)
	case fAccount:
		m.Account = p.text(f, v)
	case fSession:
		m.Session = p.text(f, v)
	case fDurability:
		m.Durability = p.text(f, v)
	case fNextSequence:
		m.NextSequence = p.number(f, v)
	default:
		p.readPublic(m, f, v)
	}
}

// readPublic copies a field that only public lines have.
// hot
func (p *Parser) readPublic(m *Message, f field, v *value) {
	switch f {
	case fChannel:
		m.Channel = p.text(f, v)
	case fMakerOrderID:
		m.MakerOrderID = p.id(f, v)
	case fTakerOrderID:
		m.TakerOrderID = p.id(f, v)
	case fLastSize:
		m.LastSize = p.text(f, v)
	case fBestBid:
		m.BestBid = p.text(f, v)
	case fBestBidSize:
		m.BestBidSize = p.text(f, v)
	case fBestAsk:
		m.BestAsk = p.text(f, v)
	case fBestAskSize:
		m.BestAskSize = p.text(f, v)
	case fBids:
		m.Bids = p.bookEntries(f, v)
	case fAsks:
		m.Asks = p.bookEntries(f, v)
	case fChanges:
		m.Changes = p.bookChanges(f, v)
	case fMore:
		m.More = p.flag(f, v)
	case fPhase:
		m.Phase = p.text(f, v)
	case fSurplus:
		m.Surplus = p.text(f, v)
	case fScope:
		m.Scope = p.text(f, v)
	case fAction:
		m.Action = p.text(f, v)
	}
}

// bookEntries reads [["585.33","10"],...] or [["585.33","10","1048577"],...].
func (p *Parser) bookEntries(f field, v *value) []BookEntry {
	from := len(p.entries)
	for _, row := range p.rows(f, v) {
		cells := p.rows(f, &row)
		if len(cells) < 2 || len(cells) > 3 {
			p.fail(f)
			return nil
		}
		entry := BookEntry{Price: p.text(f, &cells[0]), Size: p.text(f, &cells[1])}
		if len(cells) == 3 {
			entry.OrderID = p.id(f, &cells[2])
		}
		p.entries = append(p.entries, entry)
	}
	return p.entries[from:]
}

// bookChanges reads [["buy","585.33","0"],...].
func (p *Parser) bookChanges(f field, v *value) []BookChange {
	for _, row := range p.rows(f, v) {
		cells := p.rows(f, &row)
		if len(cells) != 3 {
			p.fail(f)
			return nil
		}
		p.changes = append(p.changes, BookChange{Side: p.text(f, &cells[0]), Price: p.text(f, &cells[1]), Size: p.text(f, &cells[2])})
	}
	return p.changes
}

func (p *Parser) rows(f field, v *value) []value {
	if v.kind != kindArray {
		p.fail(f)
		return nil
	}
	return p.doc.elements(v)
}

func (p *Parser) text(f field, v *value) []byte {
	if v.kind != kindString {
		p.fail(f)
	}
	return v.text
}

func (p *Parser) number(f field, v *value) uint64 {
	n, ok := parseUint(v.text)
	if v.kind != kindNumber || !ok {
		p.fail(f)
	}
	return n
}

func (p *Parser) id(f field, v *value) uint64 {
	n, ok := parseUint(v.text)
	if v.kind != kindString || !ok {
		p.fail(f)
	}
	return n
}

func (p *Parser) flag(f field, v *value) bool {
	if v.kind != kindTrue && v.kind != kindFalse {
		p.fail(f)
	}
	return v.kind == kindTrue
}

func (p *Parser) fail(f field) {
	if p.bad == noField {
		p.bad = f
	}
}
