package jsonl

import "pricetime/engine"

// FaultCode says what is wrong with a line, or why the session cannot take it.
// Its String is the reason of the error line.
type FaultCode uint8

// Fault codes. Those of the first group are the Decoder's, the others the session's.
const (
	FaultNone FaultCode = iota

	FaultMalformed
	FaultTooLong
	FaultUnknownType
	FaultUnknownField
	FaultMissingField
	FaultDuplicateField
	FaultConflictingField
	FaultWrongType
	FaultBadValue
	FaultUnsupported

	FaultNotLoggedIn
	FaultAlreadyLoggedIn
	FaultAccountLimit
	FaultLoginRefused
	FaultNotAllowed
	FaultRateLimit
	FaultTooManyErrors
	FaultBusy

	faultCodes // how many there are
)

// faultTexts has the name of each code, and the message of a Fault without one.
var faultTexts = [faultCodes]struct{ name, message string }{
	FaultNone:             {"none", ""},
	FaultMalformed:        {"malformed", "the line is not one JSON object: check quotes, commas and braces"},
	FaultTooLong:          {"too_long", "the line is longer than 1024 bytes: send one request per line"},
	FaultUnknownType:      {"unknown_type", "no such request: use login, order, cancel, reduce, replace, cancel_all, orders, status, subscribe, unsubscribe or ping"},
	FaultUnknownField:     {"unknown_field", "this request has no such field: leave it out"},
	FaultMissingField:     {"missing_field", "this request needs it"},
	FaultDuplicateField:   {"duplicate_field", "the line has it twice: send it once"},
	FaultConflictingField: {"conflicting_field", "another field of the line excludes it: leave one of them out"},
	FaultWrongType:        {"wrong_type", "the value has the wrong JSON type"},
	FaultBadValue:         {"bad_value", "the value is not one of those allowed"},
	FaultUnsupported:      {"unsupported", "this venue does not offer it yet: leave it out"},
	FaultNotLoggedIn:      {"not_logged_in", `orders need a session: send {"type":"login","account":"..."} first`},
	FaultAlreadyLoggedIn:  {"already_logged_in", "the connection has its session: use another connection for another login"},
	FaultAccountLimit:     {"account_limit", "the venue has no room for another account today"},
	FaultLoginRefused:     {"login_refused", "no such account, or not its key: the connection is closed"},
	FaultNotAllowed:       {"not_allowed", "the account does not have the admin role"},
	FaultRateLimit:        {"rate_limit", "more commands than the account may send in a second: wait for the next one"},
	FaultTooManyErrors:    {"too_many_errors", "too many lines in error: the connection is closed"},
	FaultBusy:             {"busy", "the venue has no room for another connection: try again later"},
}

// String is the code's name in the protocol.
func (c FaultCode) String() string { return faultTexts[c].name }

// Fault is a line that was refused before it became a command. The zero Fault is
// none at all.
type Fault struct {
	Code FaultCode

	// Field is the name of the offending field as the client wrote it, cut to
	// [FieldNameBytesMax]; empty where no field is to blame. Valid until the next Decode.
	Field []byte

	// ClOrdID is the client id of a line that was well-formed and is refused for what the
	// session may not, so that its sender knows which one; nil or 0: none. Valid until
	// the next Decode.
	ClOrdID *engine.ClOrdID

	// Message says what to do, without the field's name; empty: what Code says to all.
	Message string
}

// FieldNameBytesMax is how much of an unknown field's name is sent back.
const FieldNameBytesMax = 32
