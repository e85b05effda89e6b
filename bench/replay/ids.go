package replay

import (
	"crypto/rand"
	"strconv"
	"strings"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// runID begins every client order id of one play. It is drawn anew for each, because
// a client order id is good for one trading day only: the same ids a second time
// would be the same orders sent again, which changes nothing.
//
//	prefix (5) | id in base 36 (1 to 11)        an order that rests, by its id in the record
//	prefix (5) | X | line in base 36 (1 to 10)  an incoming order, by its line
type runID string

// runIDBytes leaves eleven of a client order id's 16 bytes, enough for recorded.IDMax.
const runIDBytes = 5

func newRunID() runID { return runID(strings.ToLower(rand.Text()[:runIDBytes])) }

// order is the client order id of an order that rests.
func (r runID) order(id uint64) engine.ClOrdID {
	return r.make("", id)
}

// incoming is the client order id of an X. The letter is upper case and the digits
// of base 36 are lower case here, so that it is no order's.
func (r runID) incoming(line int) engine.ClOrdID {
	return r.make("X", uint64(line))
}

func (r runID) make(kind string, n uint64) (id engine.ClOrdID) {
	text := append([]byte(r), kind...)
	text = strconv.AppendUint(text, n, 36)
	if len(text) > len(id) {
		panic("BUG: replay: a client order id has " + strconv.Itoa(len(text)) + " bytes, at most 16 fit")
	}
	copy(id[:], text)
	return id
}

// resting finds the order of the record behind a client order id. foreign is not
// empty if the id is none of this play's, and names it.
func (r runID) resting(cl engine.ClOrdID) (id uint64, foreign string) {
	text := string(wire.AppendClOrdID(nil, cl))
	digits, ours := strings.CutPrefix(text, string(r))
	id, err := strconv.ParseUint(digits, 36, 64)
	if !ours || err != nil {
		return 0, "order " + strconv.Quote(text)
	}
	return id, ""
}
