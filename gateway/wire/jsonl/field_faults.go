package jsonl

import "math/bits"

// wants says for each field of a request what its value must be. It is the
// message of a wrong type and of a bad value, and the table in
// docs/protocol-json.md.
var wants = [requestFields]string{
	fType:               `a string: login, order, cancel, reduce, replace, cancel_all, orders, status, subscribe, unsubscribe or ping`,
	fClientOID:          `a string of 1 to 16 printable ASCII characters, or a UUID of 36`,
	fOrderID:            `a string with the order_id that the venue gave, such as "1048577"`,
	fProductID:          `a string with a product of the venue, such as "AAPL"`,
	fSide:               `"buy" or "sell"`,
	fOrderType:          `"limit", "market", "market_to_limit", "stop", "stop_limit", "take_profit" or "take_profit_limit"`,
	fPrice:              `a decimal in a string, such as "585.33", without exponent`,
	fSize:               `a decimal in a string, such as "100", without exponent`,
	fTimeInForce:        `"GTC", "DAY", "GTD", "IOC" or "FOK"`,
	fPostOnly:           `true, false or "slide"`,
	fNewClientOID:       `a string of 1 to 16 printable ASCII characters, or a UUID of 36`,
	fRequeue:            `true or false`,
	fAccount:            `a string of 1 to 16 of A-Z a-z 0-9 _ . -`,
	fKey:                `a string`,
	fSession:            `an empty string`,
	fNextSequence:       `the number 0 or 1`,
	fCancelOnDisconnect: `true or false`,
	fHeartbeatMs:        `a whole number: 0 for none, or 100 to 60000`,
	fChannels:           `a list with some of "full", "level2", "ticker" and "matches"`,
	fProductIDs:         `a list of one or more products of the venue, such as ["AAPL"]`,
	fSTP:                `"none", "cn", "co", "cb" or "dc"`,
	fExpireTime:         `a string with a time as in RFC 3339, such as "2026-12-31T21:00:00Z"`,
	fDisplaySize:        `a decimal in a string, such as "10", without exponent`,
	fHidden:             `true or false`,
	fMinSize:            `a decimal in a string, such as "10", without exponent`,
	fStopPrice:          `a decimal in a string, such as "585.33", without exponent`,
	fTrail:              `absent`,
	fPeg:                `absent`,
	fPegOffset:          `absent`,
	fOCO:                `absent`,
	fCommand:            wantCommand,
	fScope:              `"account", "session", "product" or "venue"`,
	fLift:               `true or false`,
}

// All are made from the tables once, so that a fault allocates nothing.
var (
	fieldNameBytes = bytesOfNames()
	mustBe         = messagesOfWants("must be ")
	isNeeded       = messagesOfWants("is needed: ")
)

func bytesOfNames() (names [fields][]byte) {
	for f, name := range fieldNames {
		names[f] = []byte(name)
	}
	return names
}

func messagesOfWants(begin string) (messages [requestFields]string) {
	for f, want := range wants {
		messages[f] = begin + want
	}
	return messages
}

// fail notes a fault; the first of a line stays.
func (d *Decoder) fail(code FaultCode, f field, message string) {
	if d.fault.Code == FaultNone {
		d.fault = Fault{Code: code, Field: fieldNameBytes[f], Message: message}
	}
}

func (d *Decoder) bad(f field)       { d.fail(FaultBadValue, f, mustBe[f]) }
func (d *Decoder) wrongType(f field) { d.fail(FaultWrongType, f, mustBe[f]) }

// missing notes that f is absent, unless it is there and has a fault of its own.
func (d *Decoder) missing(f field) {
	if d.doc.seen&f.bit() == 0 {
		d.fail(FaultMissingField, f, isNeeded[f])
	}
}

// first is the first field of a set that is not empty, in the order of their list.
func (s fieldSet) first() field { return field(bits.TrailingZeros64(uint64(s))) }
