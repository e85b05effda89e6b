// Package jsonl is the JSON lines protocol: one JSON object per line, in both
// directions, as docs/protocol-json.md describes it for users.
//
//	line ──> Decoder ──> Request (an engine.Command, a login, a subscription)
//	                 └─> Fault ──> Encoder.AppendError ──> line
//	engine.Event ──> Encoder.AppendAnswers ──> 1 to 2 lines
//
// and for clients
//
//	AppendOrder, AppendCancel, ... ──> line        line ──> Parser ──> Message
//
// Decoding is strict. A line with an unknown field, a field twice, a wrong type or
// anything that is not JSON is a Fault, is answered with an error line that names
// the field, and changes nothing. A well-formed command that the books refuse is
// no Fault: it goes to the engine and is refused there, in its turn.
//
// A Decoder, an Encoder or a Parser belongs to one thread. After it has been made
// it does not allocate, except that a line which is no JSON costs the parser's
// error, and a Parser grows once to the longest message it meets.
package jsonl

import "pricetime/engine"

// LineBytesMax is the longest request line, without its newline and without a
// carriage return before it.
const LineBytesMax = 1024

// ProductsMax bounds the products of one subscribe: as many as fit in a line.
const ProductsMax = LineBytesMax / len(`"A",`)

// RequestKind is what a line asks for.
type RequestKind uint8

// Requests.
const (
	RequestCommand     RequestKind = 1 + iota // Command
	RequestLogin                              // Login
	RequestSubscribe                          // Channels, Products
	RequestUnsubscribe                        // Channels, Products
	RequestPing
	RequestAdmin // Command, Admin
)

// Request is a decoded line. Only the fields that its Kind names are filled in.
// The slices belong to the Decoder and are valid until its next Decode.
type Request struct {
	Kind RequestKind

	// Command is complete but for Time, Account and Session. Price and Qty are in
	// units of 1/engine.DecimalOne (engine.CmdFlagDecimal): a replace does not name
	// its product, so its tick is not known here (ADR 0003). A number that fits no
	// product has its Refusal set, an unknown product is engine.NoInstrument; both
	// are the engine's to refuse.
	Command engine.Command

	Login Login
	Admin Admin

	Channels uint8 // a wire.Channel.Bit for each
	Products []engine.InstrumentID
}

// Login is what a login asks for.
type Login struct {
	Account            []byte // 1 to 16 of A-Z a-z 0-9 _ . -
	Key                []byte // for a venue with an accounts file; any other does not look at it
	CancelOnDisconnect bool   // true unless the line says otherwise
	HeartbeatMs        int    // 0: none; else 100 to 60,000
}
