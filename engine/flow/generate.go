package flow

import (
	"fmt"
	"math/rand/v2"

	"pricetime/engine"
)

// Shape is the kind of market that a generated flow shows.
type Shape struct {
	Name       string
	Resting    int     // orders in the book, about
	Distance   float64 // of a passive order from the fair price, ticks, on the average (exponential)
	Aggressive float64 // share of operations that cross
	Replaces   float64 // share of operations that replace; the rest are new passive orders and cancels in balance
	Bursts     bool    // the aggressive ones come in bursts of one side
}

// Shapes are the four flows that results are quoted for: three sizes of one
// market, and one that trades half the time.
var Shapes = []Shape{
	{Name: "small", Resting: 1_000, Distance: 25, Aggressive: 0.05, Replaces: 0.05},
	{Name: "mid", Resting: 10_000, Distance: 48, Aggressive: 0.05, Replaces: 0.05},
	{Name: "deep", Resting: 100_000, Distance: 170, Aggressive: 0.05, Replaces: 0.05},
	{Name: "cross", Resting: 10_000, Distance: 54, Aggressive: 0.49, Replaces: 0.02, Bursts: true},
}

// ShapeOf returns the shape of a name.
func ShapeOf(name string) (Shape, error) {
	for _, s := range Shapes {
		if s.Name == name {
			return s, nil
		}
	}
	return Shape{}, fmt.Errorf("no flow is called %q: small, mid, deep or cross", name)
}

const (
	fairStart = engine.Price(100_000) // ticks
	fairRange = 200                   // the fair price wanders about that far, in ticks
	fairSteps = 0.02                  // share of operations at which it moves
	qtyMax    = 100                   // lots of a passive order
	burstTurn = 0.01                  // share of operations at which a burst begins or ends
	burstSize = 0.3                   // of an aggressive order in a flow of bursts, against one in another flow
)

// generator is a market that is being made: the book so far and the fair price
// that orders are placed around.
type generator struct {
	Shape
	random    *rand.Rand
	book      *ladder
	fair      engine.Price
	nextID    uint32
	burst     bool
	burstSide engine.Side
	ops       []Op
}

// Generate makes a flow of n timed operations; the shape and the seed decide it. Its prefill fills the book and
// then runs the market for as many operations again, so that the book has the
// shape of one that has lived.
func Generate(shape Shape, seed uint64, n int) *Flow {
	band := engine.Price(40*shape.Distance) + 2*fairRange
	g := &generator{
		Shape:  shape,
		random: rand.New(rand.NewPCG(seed, 0x70726963)),
		book:   newLadder(fairStart-band, fairStart+band, 2*shape.Resting+n),
		fair:   fairStart,
		nextID: 1,
	}
	for range shape.Resting {
		g.passive(g.side())
	}
	for range shape.Resting {
		g.step()
	}
	prefill := len(g.ops)
	g.book.result = Result{}

	levels, samples := 0, 0
	for i := range n {
		g.step()
		if i%1000 == 0 {
			levels += g.book.levelsOpen()
			samples++
		}
	}
	f := &Flow{
		PriceMin: fairStart, PriceMax: fairStart, IDMax: g.nextID - 1,
		Prefill: g.ops[:prefill], Ops: g.ops[prefill:],
		Expected: g.book.result, Resting: uint64(len(g.book.live)),
	}
	if samples > 0 {
		f.LevelsMean = uint64(levels / samples)
	}
	for _, op := range g.ops {
		if op.Type != OpCancel {
			f.PriceMin, f.PriceMax = min(f.PriceMin, op.Price), max(f.PriceMax, op.Price)
		}
	}
	return f
}

// step adds one operation.
func (g *generator) step() {
	g.wander()
	kind := g.random.Float64()
	switch share := g.aggressiveShare(); {
	case kind < share && g.aggressive():
	case kind < share+g.Replaces && len(g.book.live) > 0:
		g.replace()
	case len(g.book.live) > 0 && g.random.Float64() < 0.5*g.fullness()*g.fullness()*g.fullness():
		id := g.anyOrder()
		g.add(Op{Type: OpCancel, ID: id, Side: g.book.orders[id].side, Price: g.book.orders[id].price})
	default:
		g.passive(g.side())
	}
}

// wander moves the fair price by a tick now and then, drawn back to where it began.
func (g *generator) wander() {
	if g.random.Float64() >= fairSteps {
		return
	}
	if g.random.Float64()*2*fairRange < float64(fairRange-(g.fair-fairStart)) {
		g.fair++
	} else {
		g.fair--
	}
}

func (g *generator) aggressiveShare() float64 {
	if !g.Bursts {
		return g.Aggressive
	}
	if g.random.Float64() < burstTurn {
		g.burst, g.burstSide = !g.burst, g.side()
	}
	if g.burst { // bursts and pauses are as long as each other
		return min(1, 1.7*g.Aggressive)
	}
	return 0.3 * g.Aggressive
}

// aggressive takes from one of the three best levels, and rests or not what is
// left; there may be none.
func (g *generator) aggressive() bool {
	side := g.side()
	if g.burst {
		side = g.burstSide
	}
	price, ok := g.book.touch(side.Opposite())
	if !ok {
		return false
	}
	through := g.random.IntN(3)
	qty := (1 + g.random.IntN(qtyMax)) * (1 + through)
	if g.Bursts { // no more than what comes in between
		qty = 1 + int(float64(qty)*burstSize*min(1, g.fullness()*g.fullness()))
	}
	op := Op{
		Type: OpNew, ID: g.id(), Side: side,
		Price: price + engine.Price(through*worse(side.Opposite())),
		Qty:   uint32(qty),
	}
	op.Price = max(g.book.low, min(g.book.low+engine.Price(len(g.book.levels)-1), op.Price))
	if g.random.IntN(2) == 0 {
		op.Type = OpIOC
	}
	g.add(op)
	return true
}

// passive adds an order that does not cross.
func (g *generator) passive(side engine.Side) {
	g.add(Op{Type: OpNew, ID: g.id(), Side: side, Price: g.passivePrice(side), Qty: uint32(1 + g.random.IntN(qtyMax))})
}

// replace moves an order to another price, or to the back of its own.
func (g *generator) replace() {
	id := g.anyOrder()
	o := g.book.orders[id]
	op := Op{Type: OpReplace, ID: id, NewID: g.id(), Side: o.side, Price: o.price, Qty: uint32(1 + g.random.IntN(qtyMax))}
	if g.random.IntN(2) == 0 {
		op.Price, op.Qty = g.passivePrice(o.side), o.leaves
	}
	g.add(op)
}

// passivePrice is behind the fair price and behind the other side's best.
func (g *generator) passivePrice(side engine.Side) engine.Price {
	away := engine.Price(1 + g.random.ExpFloat64()*g.Distance)
	opposite, ok := g.book.touch(side.Opposite())
	low, high := g.book.low, g.book.low+engine.Price(len(g.book.levels)-1)
	if side == engine.Buy {
		if ok {
			high = opposite - 1
		}
		return max(low, min(high, g.fair-away))
	}
	if ok {
		low = opposite + 1
	}
	return min(high, max(low, g.fair+away))
}

// fullness is the number of resting orders against what it is to be.
func (g *generator) fullness() float64 { return float64(len(g.book.live)) / float64(g.Resting) }

func (g *generator) side() engine.Side { return engine.Side(g.random.IntN(2)) }
func (g *generator) anyOrder() uint32  { return g.book.live[g.random.IntN(len(g.book.live))] }

func (g *generator) id() uint32 {
	g.nextID++
	return g.nextID - 1
}

func (g *generator) add(op Op) {
	g.ops = append(g.ops, op)
	g.book.apply(op)
}
