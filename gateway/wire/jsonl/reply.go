package jsonl

import (
	"pricetime/engine"
	"pricetime/gateway/wire"
)

// ReplyBytesMax is the most that one of the functions of this file appends: the
// answers that are about no order and carry no sequence.
const ReplyBytesMax = LineBytesMax + 256

// AppendLoggedIn answers a login. nextSequence is the number that the session's
// first answer will have.
//
//	{"type":"logged_in","account":"alice","session":"7","next_sequence":1,"durability":"memory"}
func (e *Encoder) AppendLoggedIn(dst, account []byte, session engine.SessionID, nextSequence uint64) []byte {
	dst = append(dst, `{"type":"logged_in","account":"`...)
	dst = append(dst, account...) // no byte of an account name needs an escape
	dst = appendNumber(append(dst, `","session":"`...), uint64(session))
	dst = wire.AppendUint(append(dst, `,"next_sequence":`...), nextSequence)
	return endLine(append(dst, `,"durability":"memory"`...))
}

// AppendError answers a line that is no command, or that the session cannot take.
// f.Code is not FaultNone.
//
//	{"type":"error","reason":"bad_value","message":"side: must be \"buy\" or \"sell\"","field":"side"}
func (e *Encoder) AppendError(dst []byte, f *Fault) []byte {
	dst = appendWord(append(dst, `{"type":"error"`...), `,"reason":"`, f.Code.String())
	dst = append(dst, `,"message":"`...)
	if len(f.Field) > 0 {
		dst = append(appendEscaped(dst, f.Field), ": "...)
	}
	message := f.Message
	if message == "" {
		message = faultTexts[f.Code].message
	}
	dst = append(appendEscaped(dst, message), '"')
	if len(f.Field) > 0 {
		dst = append(appendEscaped(append(dst, `,"field":"`...), f.Field), '"')
	}
	if f.ClOrdID != nil && *f.ClOrdID != (engine.ClOrdID{}) {
		dst = appendClOrdID(append(dst, `,"client_oid":"`...), f.ClOrdID)
	}
	return endLine(dst)
}

// AppendPong answers a ping.
func (e *Encoder) AppendPong(dst []byte) []byte { return append(dst, "{\"type\":\"pong\"}\n"...) }

// AppendHeartbeat is sent where nothing else was for as long as the login agreed.
func (e *Encoder) AppendHeartbeat(dst []byte) []byte {
	return append(dst, "{\"type\":\"heartbeat\"}\n"...)
}

// AppendSubscriptions answers a subscribe or an unsubscribe with what it named.
//
//	{"type":"subscriptions","action":"subscribe","channels":["full"],"product_ids":["AAPL"]}
func (e *Encoder) AppendSubscriptions(dst []byte, req *Request) []byte {
	action := "subscribe"
	if req.Kind == RequestUnsubscribe {
		action = "unsubscribe"
	}
	dst = appendWord(append(dst, `{"type":"subscriptions"`...), `,"action":"`, action)
	dst = append(dst, `,"channels":[`...)
	for c := range wire.Channel(wire.Channels) {
		if req.Channels&c.Bit() != 0 {
			dst = appendElement(dst, c.String())
		}
	}
	dst = append(dst, `],"product_ids":[`...)
	for _, id := range req.Products {
		dst = appendElement(dst, e.products.Symbol(id))
	}
	return endLine(append(dst, ']'))
}

// appendElement appends a string to an array of strings.
func appendElement(dst []byte, s string) []byte {
	if dst[len(dst)-1] != '[' {
		dst = append(dst, ',')
	}
	return append(appendEscaped(append(dst, '"'), s), '"')
}

// appendEscaped appends the inside of a JSON string. s is UTF-8.
func appendEscaped[T string | []byte](dst []byte, s T) []byte {
	const hexDigits = "0123456789abcdef"
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
