// Package flow makes order flows: the same seed, the same flow. Tests, fuzzing and
// benchmarks share it.
//
//	recorded.go   a flow in a file: orders by their own ids, with the trades that
//	              any price-time matcher must make of them
//	generate.go   recorded flows of a market's shape, in four sizes
//	ladder.go     the price ladder that tells a generated flow its trades
//	player.go     a recorded flow as engine commands, and the check of the trades
//	random.go     commands of every kind, right and wrong, to set the engine and
//	              the model against each other
//	everything.go the same with all order types, phases, kills, accounts and time
//
// Flows are for the setup path: this package allocates as it likes.
package flow

import (
	"math/bits"

	"pricetime/engine"
)

// OpType is what one operation of a recorded flow does.
type OpType uint8

// Operations. All orders are limit orders.
const (
	OpNew     OpType = 0 // ID rests what does not trade
	OpCancel  OpType = 1 // ID, which is open, is taken out
	OpIOC     OpType = 2 // ID cancels what does not trade
	OpReplace OpType = 3 // ID, which is open, becomes NewID with a new price and a new open quantity; it always loses priority
)

// Op is one operation of a recorded flow.
type Op struct {
	Price engine.Price // ticks
	ID    uint32       // 1 to Flow.IDMax
	NewID uint32       // OpReplace
	Qty   uint32       // lots; the open quantity
	Type  OpType
	Side  engine.Side
}

// Result is what came of the timed operations of a flow.
type Result struct {
	Trades uint64
	Qty    uint64
	Hash   uint64 // see Trade
}

// Trade counts one trade. The hash covers who traded with whom, in what order,
// at what price and how much:
//
//	rotl64(h, 5) ^ (maker*k1 + taker*k2 + makerPrice*k3 + qty)
func (r *Result) Trade(maker, taker uint32, price engine.Price, qty uint64) {
	r.Trades++
	r.Qty += qty
	r.Hash = bits.RotateLeft64(r.Hash, 5) ^ (uint64(maker)*0x9E3779B97F4A7C15 +
		uint64(taker)*0xC2B2AE3D27D4EB4F + uint64(price)*0x165667B19E3779F9 + qty)
}

// Flow is a recorded flow: operations that fill the book, then those to measure.
type Flow struct {
	PriceMin, PriceMax engine.Price // over all operations but cancels
	IDMax              uint32       // ids are 1 to IDMax
	LevelsMean         uint64       // price levels, both sides, on the average; 0: not known

	Prefill  []Op
	Ops      []Op
	Expected Result // of Ops; trades of the prefill do not count
	Resting  uint64 // orders in the book after the last operation
}
