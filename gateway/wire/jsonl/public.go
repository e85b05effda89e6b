package jsonl

import (
	"pricetime/engine"
	"pricetime/gateway/wire"
)

// PublicLineBytesMax bounds every line that a [PublicEncoder] appends whole. Lines
// that are built of entries (snapshot, l2update) are bounded by their builder, who
// stops adding when less than an entry and an end are left.
const (
	PublicLineBytesMax  = 640
	PublicHeadBytesMax  = 192 // what begins a line that is built of entries
	PublicEntryBytesMax = 128 // an entry of a snapshot or an l2update, with its comma
	PublicEndBytesMax   = 32  // what ends such a line, and the turn from bids to asks
)

// Head is what every public line begins with: whose it is, and where in the
// product's stream it stands.
//
// Sequence counts the lines of channel full of one product from 1, sent or not. A
// line of another channel, and a snapshot, carries that of the last line of full it
// has seen the effect of, so that channels can be put side by side.
type Head struct {
	Channel    wire.Channel
	Instrument engine.InstrumentID
	Sequence   uint64
	Time       engine.Time // of the command
}

// Trade is one execution as the public sees it. An order that was not shown is 0: a
// hidden one, and in an uncross one without a price.
type Trade struct {
	TradeID   uint64 // per product, from 1
	Maker     engine.OrderID
	Taker     engine.OrderID
	MakerSide engine.Side
	Price     engine.Price
	Qty       engine.Qty
	Time      engine.Time
	Auction   bool // in an uncross: both were in the book, Maker sells
}

// Received is an order that comes up to the book as the public sees it.
type Received struct {
	OrderID engine.OrderID
	Side    engine.Side
	Type    engine.OrderType // of one that was triggered, what it is now
	Price   engine.Price     // not of a market order
	Qty     engine.Qty       // of an iceberg, its slice
}

// Quote is one side's best level; Qty 0: the side is empty.
type Quote struct {
	Price engine.Price
	Qty   engine.Qty
}

// PublicEncoder writes market data as JSON lines, in Coinbase Exchange's names. No
// line names an owner: there is no account, session or client id in it. One thread
// uses it; it does not allocate where dst has the room.
type PublicEncoder struct {
	products *wire.Products
	fields   []piece // of products: `,"product_id":"AAPL"`
	clock    clock
}

// NewPublicEncoder returns an encoder for these products.
func NewPublicEncoder(products *wire.Products) *PublicEncoder {
	return &PublicEncoder{products: products, fields: productFields(products), clock: newClock()}
}

// AppendReceived announces an incoming order that is not hidden: one that was accepted
// and did not have to wait for a trigger, or one that was triggered. A market order has
// no price.
//
//	{"type":"received","channel":"full","product_id":"AAPL","sequence":1,"time":"...","order_id":"7","side":"buy","order_type":"limit","price":"585.33","size":"100"}
//
// hot
func (p *PublicEncoder) AppendReceived(dst []byte, h *Head, r *Received) []byte {
	dst = p.appendHead(append(dst, `{"type":"received"`...), h)
	dst = appendOrder(dst, r.OrderID, r.Side)
	dst = appendOrderType(dst, r.Type)
	if r.Type != engine.Market {
		dst = p.appendPrice(append(dst, `,"price":"`...), h, r.Price)
	}
	return endLine(p.appendQty(append(dst, `,"size":"`...), h, r.Qty))
}

// AppendOpen says that an order is in the book now, with qty left.
//
//	{"type":"open",...,"order_id":"7","side":"buy","price":"585.33","remaining_size":"100"}
//
// hot
func (p *PublicEncoder) AppendOpen(dst []byte, h *Head, id engine.OrderID, side engine.Side, price engine.Price, qty engine.Qty) []byte {
	dst = p.appendHead(append(dst, `{"type":"open"`...), h)
	dst = appendOrder(dst, id, side)
	dst = p.appendPrice(append(dst, `,"price":"`...), h, price)
	return endLine(p.appendQty(append(dst, `,"remaining_size":"`...), h, qty))
}

// AppendMatch is a trade, in channels full and matches. Its side is the maker's; of an
// uncross it is sell, and liquidity says so.
//
//	{"type":"match",...,"trade_id":"3","maker_order_id":"5","taker_order_id":"7","side":"sell","price":"585.33","size":"40"}
//
// hot
func (p *PublicEncoder) AppendMatch(dst []byte, h *Head, t *Trade) []byte {
	return p.appendTrade(p.appendHead(append(dst, `{"type":"match"`...), h), h, t)
}

// AppendLastMatch is the last trade before a session joined channel matches; its
// time is the trade's.
func (p *PublicEncoder) AppendLastMatch(dst []byte, h *Head, t *Trade) []byte {
	return p.appendTrade(p.appendHead(append(dst, `{"type":"last_match"`...), h), h, t)
}

// hot
func (p *PublicEncoder) appendTrade(dst []byte, h *Head, t *Trade) []byte {
	dst = appendNumber(append(dst, `,"trade_id":"`...), t.TradeID)
	if t.Maker != 0 {
		dst = appendNumber(append(dst, `,"maker_order_id":"`...), uint64(t.Maker))
	}
	if t.Taker != 0 {
		dst = appendNumber(append(dst, `,"taker_order_id":"`...), uint64(t.Taker))
	}
	dst = appendSide(dst, t.MakerSide)
	dst = p.appendPrice(append(dst, `,"price":"`...), h, t.Price)
	dst = p.appendQty(append(dst, `,"size":"`...), h, t.Qty)
	if t.Auction {
		dst = append(dst, `,"liquidity":"auction"`...)
	}
	return endLine(dst)
}

// ChangeReason is why an order in the book became smaller in its place.
type ChangeReason string

// Reasons of a change.
const (
	ChangeReduced   ChangeReason = "reduced"
	ChangeReplaced  ChangeReason = "replaced"   // by a replace that kept its priority
	ChangeSelfTrade ChangeReason = "self_trade" // by self-trade prevention
)

// AppendChange says that an order in the book has less left and kept its place. Both
// sizes are what is left of it: the public knows no totals.
//
//	{"type":"change",...,"order_id":"7","side":"buy","reason":"reduced","price":"585.33","old_size":"100","new_size":"60"}
//
// hot
func (p *PublicEncoder) AppendChange(dst []byte, h *Head, id engine.OrderID, side engine.Side, why ChangeReason, price engine.Price, old, qty engine.Qty) []byte {
	dst = p.appendHead(append(dst, `{"type":"change"`...), h)
	dst = appendOrder(dst, id, side)
	dst = appendWord(dst, `,"reason":"`, string(why))
	dst = p.appendPrice(append(dst, `,"price":"`...), h, price)
	dst = p.appendQty(append(dst, `,"old_size":"`...), h, old)
	return endLine(p.appendQty(append(dst, `,"new_size":"`...), h, qty))
}

// DoneReason is how an order ended, or left its place, in the public's words.
type DoneReason string

// Reasons of a done that no event carries.
const (
	DoneFilled   DoneReason = "filled"
	DoneReplaced DoneReason = "replaced" // it lost its priority; what it does next follows under the same order id
)

// DoneReasonOf is the word for the reason of an EvCanceled, the same that its owner reads.
func DoneReasonOf(why engine.Reason) DoneReason { return DoneReason(reasonName(why)) }

// Done is an order that is no more, or no more where it was.
type Done struct {
	OrderID   engine.OrderID
	Side      engine.Side
	Reason    DoneReason
	InBook    bool         // it was in the book, at Price
	Price     engine.Price // with InBook
	Remaining engine.Qty   // what was not executed
}

// AppendDone says that an order is no more; its price only where it was in the
// book: an order that never rested has none there.
//
//	{"type":"done",...,"order_id":"7","side":"buy","reason":"canceled","price":"585.33","remaining_size":"60"}
//
// hot
func (p *PublicEncoder) AppendDone(dst []byte, h *Head, d *Done) []byte {
	dst = p.appendHead(append(dst, `{"type":"done"`...), h)
	dst = appendOrder(dst, d.OrderID, d.Side)
	dst = appendWord(dst, `,"reason":"`, string(d.Reason))
	if d.InBook {
		dst = p.appendPrice(append(dst, `,"price":"`...), h, d.Price)
	}
	return endLine(p.appendQty(append(dst, `,"remaining_size":"`...), h, d.Remaining))
}

// AppendTicker is the last trade (TradeID 0: none yet), with its time, and the best
// bid and ask; in any phase but continuous also the phase. As at Coinbase, its side is
// the taker's; an uncross has none. What there is none of is left out.
//
//	{"type":"ticker",...,"trade_id":"3","side":"buy","price":"585.33","last_size":"40","best_bid":"585.30","best_bid_size":"10","best_ask":"585.34","best_ask_size":"5"}
//
// hot
func (p *PublicEncoder) AppendTicker(dst []byte, h *Head, t *Trade, bid, ask Quote, phase engine.Phase) []byte {
	if t.TradeID == 0 {
		dst = p.appendPlace(append(dst, `{"type":"ticker"`...), h)
	} else {
		dst = p.appendHead(append(dst, `{"type":"ticker"`...), h)
		dst = appendNumber(append(dst, `,"trade_id":"`...), t.TradeID)
		if !t.Auction {
			dst = appendSide(dst, t.MakerSide.Opposite())
		}
		dst = p.appendPrice(append(dst, `,"price":"`...), h, t.Price)
		dst = p.appendQty(append(dst, `,"last_size":"`...), h, t.Qty)
	}
	if bid.Qty != 0 {
		dst = p.appendPrice(append(dst, `,"best_bid":"`...), h, bid.Price)
		dst = p.appendQty(append(dst, `,"best_bid_size":"`...), h, bid.Qty)
	}
	if ask.Qty != 0 {
		dst = p.appendPrice(append(dst, `,"best_ask":"`...), h, ask.Price)
		dst = p.appendQty(append(dst, `,"best_ask_size":"`...), h, ask.Qty)
	}
	return endLine(appendNotContinuous(dst, phase))
}

// AppendPhase says which phase the market is in now, and what the uncross that led to
// it traded (qty 0: nothing, or there was none).
//
//	{"type":"phase",...,"phase":"continuous","price":"585.33","size":"400"}
func (p *PublicEncoder) AppendPhase(dst []byte, h *Head, phase engine.Phase, price engine.Price, qty engine.Qty) []byte {
	dst = p.appendHead(append(dst, `{"type":"phase"`...), h)
	dst = appendPhase(dst, phase)
	if qty != 0 {
		dst = p.appendPrice(append(dst, `,"price":"`...), h, price)
		dst = p.appendQty(append(dst, `,"size":"`...), h, qty)
	}
	return endLine(dst)
}

// AppendIndicative says what an uncross would trade now (qty 0: nothing), and what it
// would leave of a side.
//
//	{"type":"indicative",...,"phase":"pre_open","price":"585.33","size":"400","side":"buy","surplus":"20"}
func (p *PublicEncoder) AppendIndicative(dst []byte, h *Head, phase engine.Phase, price engine.Price, qty engine.Qty, side engine.Side, surplus engine.Qty) []byte {
	dst = p.appendHead(append(dst, `{"type":"indicative"`...), h)
	dst = appendPhase(dst, phase)
	if qty != 0 {
		dst = p.appendPrice(append(dst, `,"price":"`...), h, price)
		dst = p.appendQty(append(dst, `,"size":"`...), h, qty)
	}
	if surplus != 0 {
		dst = appendSide(dst, side)
		dst = p.appendQty(append(dst, `,"surplus":"`...), h, surplus)
	}
	return endLine(dst)
}

func appendPhase(dst []byte, phase engine.Phase) []byte {
	return appendWord(dst, `,"phase":"`, phaseNames[phase])
}

func appendNotContinuous(dst []byte, phase engine.Phase) []byte {
	if phase == engine.Continuous {
		return dst
	}
	return appendPhase(dst, phase)
}

// BeginSnapshot begins a line of a snapshot: the bids' entries follow, then
// AppendTurn, the asks' entries, and EndSnapshot. A snapshot of many lines has more
// in all but the last; each has both arrays, and the entries go on where the line
// before ended. It has no time: it is of a sequence. In any phase but continuous it has
// the phase.
//
//	{"type":"snapshot","channel":"level2","product_id":"AAPL","sequence":9,"bids":[["585.30","10"]],"asks":[],"more":true}
func (p *PublicEncoder) BeginSnapshot(dst []byte, h *Head, phase engine.Phase) []byte {
	dst = appendNotContinuous(p.appendPlace(append(dst, `{"type":"snapshot"`...), h), phase)
	return append(dst, `,"bids":[`...)
}

// AppendTurn ends the bids and begins the asks.
func (p *PublicEncoder) AppendTurn(dst []byte) []byte { return append(dst, `],"asks":[`...) }

// AppendOrderEntry adds an order to a snapshot of channel full: price, size, order id.
func (p *PublicEncoder) AppendOrderEntry(dst []byte, h *Head, price engine.Price, qty engine.Qty, id engine.OrderID) []byte {
	dst = p.products.AppendPrice(append(comma(dst), `["`...), h.Instrument, price)
	dst = p.products.AppendQty(append(dst, `","`...), h.Instrument, qty)
	dst = wire.AppendUint(append(dst, `","`...), uint64(id))
	return append(dst, `"]`...)
}

// AppendLevelEntry adds a level to a snapshot of channel level2: price, size.
func (p *PublicEncoder) AppendLevelEntry(dst []byte, h *Head, price engine.Price, qty engine.Qty) []byte {
	dst = p.products.AppendPrice(append(comma(dst), `["`...), h.Instrument, price)
	dst = p.products.AppendQty(append(dst, `","`...), h.Instrument, qty)
	return append(dst, `"]`...)
}

// EndSnapshot ends the line.
func (p *PublicEncoder) EndSnapshot(dst []byte, more bool) []byte {
	if more {
		return append(dst, "],\"more\":true}\n"...)
	}
	return append(dst, "]}\n"...)
}

// BeginUpdate begins an l2update; entries and EndUpdate follow.
//
//	{"type":"l2update","channel":"level2","product_id":"AAPL","sequence":9,"time":"...","changes":[["buy","585.33","0"]]}
//
// hot
func (p *PublicEncoder) BeginUpdate(dst []byte, h *Head) []byte {
	return append(p.appendHead(append(dst, `{"type":"l2update"`...), h), `,"changes":[`...)
}

// AppendUpdateEntry adds a level's new total size; 0: the level is gone.
// hot
func (p *PublicEncoder) AppendUpdateEntry(dst []byte, h *Head, side engine.Side, price engine.Price, qty engine.Qty) []byte {
	dst = append(append(append(comma(dst), `["`...), sideName(side)...), `","`...)
	dst = p.products.AppendPrice(dst, h.Instrument, price)
	dst = p.products.AppendQty(append(dst, `","`...), h.Instrument, qty)
	return append(dst, `"]`...)
}

// EndUpdate ends the line.
func (p *PublicEncoder) EndUpdate(dst []byte) []byte { return append(dst, "]}\n"...) }

// AppendNoMatch is the first line of channel matches where nothing has traded yet.
//
//	{"type":"snapshot","channel":"matches","product_id":"AAPL","sequence":9}
func (p *PublicEncoder) AppendNoMatch(dst []byte, h *Head) []byte {
	return endLine(p.appendPlace(append(dst, `{"type":"snapshot"`...), h))
}

// hot
func (p *PublicEncoder) appendHead(dst []byte, h *Head) []byte {
	return p.clock.append(p.appendPlace(dst, h), h.Time)
}

// hot
func (p *PublicEncoder) appendPlace(dst []byte, h *Head) []byte {
	dst = channelFields[h.Channel].append(dst)
	dst = p.fields[h.Instrument].append(dst)
	return wire.AppendUint(append(dst, `,"sequence":`...), h.Sequence)
}

// hot
func (p *PublicEncoder) appendPrice(dst []byte, h *Head, price engine.Price) []byte {
	return append(p.products.AppendPrice(dst, h.Instrument, price), '"')
}

// hot
func (p *PublicEncoder) appendQty(dst []byte, h *Head, qty engine.Qty) []byte {
	return append(p.products.AppendQty(dst, h.Instrument, qty), '"')
}

// hot
func appendOrder(dst []byte, id engine.OrderID, side engine.Side) []byte {
	dst = appendNumber(append(dst, `,"order_id":"`...), uint64(id))
	return appendSide(dst, side)
}

// comma separates an entry from the one before it in its array.
func comma(dst []byte) []byte {
	if dst[len(dst)-1] == ']' {
		return append(dst, ',')
	}
	return dst
}
