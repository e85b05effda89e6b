package jsonl

import "strconv"

// The functions of this file build request lines for clients, newline included.
// They append what they are given, escaped where JSON wants it, and check
// nothing: the venue does. An empty string or a zero is a field left out.

// LoginRequest opens a session.
type LoginRequest struct {
	Account     string
	Key         string
	OrdersStay  bool // cancel_on_disconnect false: the session's orders outlive its connection
	HeartbeatMs int  // 0: no heartbeats
}

// OrderRequest is a new order. Price and Size are decimals.
type OrderRequest struct {
	ClientOID   string
	ProductID   string
	Side        string // buy, sell
	OrderType   string // limit, market, market_to_limit, stop, stop_limit, take_profit, take_profit_limit; empty: the venue's default, limit
	Price       string // of the limit types
	Size        string
	TimeInForce string // GTC, DAY, GTD, IOC, FOK; empty: the venue's default
	ExpireTime  string // of a GTD order, RFC 3339
	PostOnly    bool
	Slide       bool   // post-only, and an order that would trade is priced one tick behind the opposite best
	StopPrice   string // of the stop and take_profit types
	DisplaySize string // of an iceberg
	Hidden      bool
	MinSize     string // what an IOC order must fill at once
	STP         string // self-trade prevention: none, cn, co, cb, dc; empty: the product's default
}

// Target names an order of the account by one of its two ids.
type Target struct {
	ClientOID string
	OrderID   uint64
}

// ReplaceRequest changes an order. Size is the new total; what is empty stays as it is.
type ReplaceRequest struct {
	Target
	NewClientOID string
	Price        string
	Size         string
	StopPrice    string
	DisplaySize  string
	Requeue      bool
}

// AppendLogin appends a login.
func AppendLogin(dst []byte, r *LoginRequest) []byte {
	dst = appendText(begin(dst, "login"), fAccount, r.Account)
	dst = appendText(dst, fKey, r.Key)
	if r.OrdersStay {
		dst = append(dst, `,"cancel_on_disconnect":false`...)
	}
	if r.HeartbeatMs != 0 {
		dst = append(dst, `,"heartbeat_ms":`...)
		dst = strconv.AppendInt(dst, int64(r.HeartbeatMs), 10)
	}
	return endLine(dst)
}

// AppendOrder appends a new order.
// hot
func AppendOrder(dst []byte, r *OrderRequest) []byte {
	dst = appendText(begin(dst, "order"), fClientOID, r.ClientOID)
	dst = appendText(dst, fProductID, r.ProductID)
	dst = appendText(dst, fSide, r.Side)
	dst = appendText(dst, fOrderType, r.OrderType)
	dst = appendText(dst, fPrice, r.Price)
	dst = appendText(dst, fSize, r.Size)
	dst = appendText(dst, fTimeInForce, r.TimeInForce)
	switch {
	case r.Slide:
		dst = append(dst, `,"post_only":"slide"`...)
	case r.PostOnly:
		dst = append(dst, `,"post_only":true`...)
	}
	dst = appendText(dst, fExpireTime, r.ExpireTime)
	dst = appendText(dst, fStopPrice, r.StopPrice)
	dst = appendText(dst, fDisplaySize, r.DisplaySize)
	if r.Hidden {
		dst = append(dst, `,"hidden":true`...)
	}
	dst = appendText(dst, fMinSize, r.MinSize)
	return endLine(appendText(dst, fSTP, r.STP))
}

// AppendCancel appends a cancel.
// hot
func AppendCancel(dst []byte, t Target) []byte {
	return endLine(appendTarget(begin(dst, "cancel"), t))
}

// AppendReduce appends a reduce to the total of size.
// hot
func AppendReduce(dst []byte, t Target, size string) []byte {
	return endLine(appendText(appendTarget(begin(dst, "reduce"), t), fSize, size))
}

// AppendReplace appends a replace.
// hot
func AppendReplace(dst []byte, r *ReplaceRequest) []byte {
	dst = appendTarget(begin(dst, "replace"), r.Target)
	dst = appendText(dst, fNewClientOID, r.NewClientOID)
	dst = appendText(dst, fPrice, r.Price)
	dst = appendText(dst, fSize, r.Size)
	dst = appendText(dst, fStopPrice, r.StopPrice)
	dst = appendText(dst, fDisplaySize, r.DisplaySize)
	if r.Requeue {
		dst = append(dst, `,"requeue":true`...)
	}
	return endLine(dst)
}

// AppendCancelAll appends a cancel of all the account's orders, or of those of a
// product, of a side, or both.
func AppendCancelAll(dst []byte, productID, side string) []byte {
	return endLine(appendText(appendText(begin(dst, "cancel_all"), fProductID, productID), fSide, side))
}

// AppendStatus asks for one order.
func AppendStatus(dst []byte, t Target) []byte {
	return endLine(appendTarget(begin(dst, "status"), t))
}

// AppendOrders asks for all open orders of the account.
func AppendOrders(dst []byte) []byte { return endLine(begin(dst, "orders")) }

// AppendPing asks for a pong.
func AppendPing(dst []byte) []byte { return endLine(begin(dst, "ping")) }

// AppendSubscribe asks for public channels of products.
func AppendSubscribe(dst []byte, channels, productIDs []string) []byte {
	return appendLists(begin(dst, "subscribe"), channels, productIDs)
}

// AppendUnsubscribe ends public channels of products.
func AppendUnsubscribe(dst []byte, channels, productIDs []string) []byte {
	return appendLists(begin(dst, "unsubscribe"), channels, productIDs)
}

func appendLists(dst []byte, channels, productIDs []string) []byte {
	dst = append(dst, `,"channels":[`...)
	for _, name := range channels {
		dst = appendElement(dst, name)
	}
	dst = append(dst, `],"product_ids":[`...)
	for _, name := range productIDs {
		dst = appendElement(dst, name)
	}
	return endLine(append(dst, ']'))
}

func begin(dst []byte, request string) []byte {
	return append(append(append(dst, `{"type":"`...), request...), '"')
}

func appendTarget(dst []byte, t Target) []byte {
	dst = appendText(dst, fClientOID, t.ClientOID)
	if t.OrderID != 0 {
		dst = appendNumber(append(dst, `,"order_id":"`...), t.OrderID)
	}
	return dst
}

func appendText(dst []byte, f field, text string) []byte {
	if text == "" {
		return dst
	}
	dst = append(append(append(dst, `,"`...), fieldNames[f]...), `":"`...)
	return append(appendEscaped(dst, text), '"')
}
