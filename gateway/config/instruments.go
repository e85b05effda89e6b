package config

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"pricetime/engine"
	"pricetime/gateway/wire"
)

// Instruments is what an instruments file says.
type Instruments struct {
	Products []engine.Instrument // in the order of the file, which is that of their ids
	Schedule []Point             // by time of day, then in the order of the file
}

var instrumentKinds = []kind{
	{name: "venue", fields: []string{"roll-day"}},
	{name: "product", named: true, fields: []string{
		"tick", "lot", "quantity-max", "notional-max", "non-positive-prices", "reference",
		"static-band", "dynamic-band", "protection", "self-trade", "pre-open", "open", "closing-call", "close",
	}},
}

// ReadInstruments reads an instruments file. The error is the system's, or [Errors].
func ReadInstruments(path string) (*Instruments, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	return ParseInstruments(path, text)
}

// ParseInstruments reads the text of an instruments file; file is its name in errors.
func ParseInstruments(file string, text []byte) (*Instruments, error) {
	r := &report{file: file}
	x := &Instruments{}
	for _, s := range r.parse(text, instrumentKinds) {
		if s.kind == "venue" {
			if f := s.get("roll-day"); f != nil {
				if at, ok := r.timeOfDay(f); ok {
					x.Schedule = append(x.Schedule, Point{At: at, RollDay: true})
				}
			}
			continue
		}
		id := engine.InstrumentID(len(x.Products))
		in := r.product(&s)
		points := r.schedule(&s, id)
		if len(points) > 0 {
			in.Opens = engine.Closed
		}
		x.Products = append(x.Products, in)
		x.Schedule = append(x.Schedule, points...)
	}
	if len(r.errs) == 0 && len(x.Products) == 0 {
		r.add(0, "", "has no product: add a [product NAME] with tick, lot and quantity-max")
	}
	if len(x.Products) >= int(engine.NoInstrument) {
		r.add(0, "", "has %d products, and ids for %d", len(x.Products), engine.NoInstrument)
	}
	if err := r.result(); err != nil {
		return nil, err
	}
	sortPoints(x.Schedule)
	return x, nil
}

// product reads a product. Numbers on a grid are only looked at when the grid is
// good: one mistake in the tick is one error, not five.
func (r *report) product(s *section) engine.Instrument {
	in := engine.Instrument{Symbol: s.name}
	if !wire.ValidSymbol(s.name) {
		r.add(s.line, "", "the product's name %q must be 1 to %d printable bytes without quote or backslash", s.name, wire.SymbolBytesMax)
	}
	in.Tick = r.step(s, "tick")
	in.Lot = r.step(s, "lot")
	if f := s.get("non-positive-prices"); f != nil {
		switch f.value {
		case "yes":
			in.NonPositivePrices = true
		case "no":
		default:
			r.add(f.line, f.name, "is %q, must be yes or no", f.value)
		}
	}
	if f := s.get("self-trade"); f != nil {
		mode, ok := selfTradeModes[f.value]
		if !ok {
			r.add(f.line, f.name, "is %q, must be none, newest, oldest, both or decrement", f.value)
		}
		in.SelfTrade = mode
	}
	in.Static = r.band(s.get("static-band"))
	in.Dynamic = r.band(s.get("dynamic-band"))
	if f := s.get("protection"); f != nil {
		if n, ok := r.ticks(f, f.value); ok {
			in.Protection = n
		}
	}
	if f := s.get("static-band"); f != nil && s.get("reference") == nil {
		r.add(f.line, f.name, "is a band around the reference, and the product has none: add reference = PRICE")
	}
	if f := s.get("quantity-max"); f == nil {
		r.missing(s, "quantity-max")
	} else if in.Lot > 0 {
		in.QtyMax = r.quantityMax(f, in.Lot)
	}
	if f := s.get("reference"); f != nil && in.Tick > 0 {
		in.Reference = r.reference(f, in.Tick, in.NonPositivePrices)
	}
	if f := s.get("notional-max"); f != nil && in.Tick > 0 && in.Lot > 0 {
		in.NotionalMax = r.notionalMax(f, in.Tick, in.Lot)
	}
	return in
}

var selfTradeModes = map[string]engine.SelfTrade{
	"none": engine.SelfTradeNone, "newest": engine.SelfTradeNewest, "oldest": engine.SelfTradeOldest,
	"both": engine.SelfTradeBoth, "decrement": engine.SelfTradeDecrement,
}

func (r *report) missing(s *section, name string) {
	r.add(s.line, name, "is missing: a [%s %s] needs it", s.kind, s.name)
}

// decimal reads an exact decimal, in units of 1/DecimalOne.
func (r *report) decimal(f *field) (int64, bool) {
	units, fault := wire.ParseDecimal([]byte(f.value))
	switch fault {
	case wire.DecimalMalformed:
		r.add(f.line, f.name, "is %q, must be a decimal, such as 0.01", f.value)
	case wire.DecimalTooFine:
		r.add(f.line, f.name, "is %s, must have at most eight decimals", f.value)
	case wire.DecimalTooLarge:
		r.add(f.line, f.name, "is %s, too large: 63 bits hold up to %s", f.value, wire.AppendDecimal(nil, math.MaxInt64, 1))
	}
	return units, fault == wire.DecimalOK
}

// step reads a tick or a lot; 0 where it is wrong.
func (r *report) step(s *section, name string) int64 {
	f := s.get(name)
	if f == nil {
		r.missing(s, name)
		return 0
	}
	units, ok := r.decimal(f)
	if ok && units <= 0 {
		r.add(f.line, name, "is %s, must be above 0", f.value)
		return 0
	}
	return units
}

// onGrid reads a multiple of a tick or a lot.
func (r *report) onGrid(f *field, step int64, of string) (n int64, ok bool) {
	units, ok := r.decimal(f)
	if !ok {
		return 0, false
	}
	if units%step != 0 {
		r.add(f.line, f.name, "is %s, must be a multiple of the %s %s", f.value, of, wire.AppendDecimal(nil, 1, step))
		return 0, false
	}
	return units / step, true
}

func (r *report) quantityMax(f *field, lot int64) engine.Qty {
	n, ok := r.onGrid(f, lot, "lot")
	if !ok {
		return 0
	}
	if n < 1 || n > int64(engine.QtyMax) {
		r.add(f.line, f.name, "is %s, must be from one lot to %s", f.value, wire.AppendDecimal(nil, min(int64(engine.QtyMax), math.MaxInt64/lot), lot))
		return 0
	}
	return engine.Qty(n)
}

func (r *report) reference(f *field, tick int64, nonPositive bool) engine.Price {
	n, ok := r.onGrid(f, tick, "tick")
	if !ok {
		return 0
	}
	p := engine.Price(n)
	switch {
	case p == 0:
		r.add(f.line, f.name, "is 0, which says that there is none: leave the line out")
	case p < 0 && !nonPositive:
		r.add(f.line, f.name, "is %s, must be above 0, unless non-positive-prices = yes", f.value)
	case max(p, -p) > engine.PriceMax:
		r.add(f.line, f.name, "is %s, too large for its tick: at most %d ticks", f.value, engine.PriceMax)
	}
	return p
}

// notionalMax reads a price times a quantity, and gives it in ticks times lots,
// rounded down: what is above the one is above the other, as both count whole ticks and lots.
func (r *report) notionalMax(f *field, tick, lot int64) int64 {
	units, ok := r.decimal(f)
	if !ok {
		return 0
	}
	one := new(big.Int).Mul(big.NewInt(tick), big.NewInt(lot)) // a tick times a lot, in 1/DecimalOne^2
	n := new(big.Int).Mul(big.NewInt(units), big.NewInt(engine.DecimalOne))
	n.Quo(n, one)
	switch {
	case n.Sign() <= 0:
		r.add(f.line, f.name, "is %s, must be at least one tick times one lot", f.value)
	case !n.IsInt64():
		r.add(f.line, f.name, "is %s, above any order's 63 bits of ticks times lots: leave the line out", f.value)
	default:
		return n.Int64()
	}
	return 0
}

// band reads "10%", "50 ticks" or "50 ticks, 10%".
func (r *report) band(f *field) (b engine.Band) {
	if f == nil {
		return b
	}
	for part := range strings.SplitSeq(f.value, ",") {
		part = strings.TrimSpace(part)
		percent, isPercent := strings.CutSuffix(part, "%")
		switch {
		case isPercent && b.BasisPoints != 0 || !isPercent && b.Ticks != 0:
			r.add(f.line, f.name, "is %q, must be ticks, a percentage, or one of each: \"50 ticks, 10%%\" is the narrower of both", f.value)
			return engine.Band{}
		case isPercent:
			// A basis point is a hundredth of a per cent, and a per cent DecimalOne units.
			units, fault := wire.ParseDecimal([]byte(strings.TrimSpace(percent)))
			if fault != wire.DecimalOK || units <= 0 || units%(engine.DecimalOne/100) != 0 || units > percentMax*engine.DecimalOne {
				r.add(f.line, f.name, "is %q, must be a percentage from 0.01%% to %d%% with at most two decimals, or ticks", f.value, percentMax)
				return engine.Band{}
			}
			b.BasisPoints = units / (engine.DecimalOne / 100)
		default:
			n, ok := r.ticks(f, part)
			if !ok {
				return engine.Band{}
			}
			b.Ticks = n
		}
	}
	return b
}

// percentMax: a band of a hundred times the price is none.
const percentMax = 10_000

// ticks reads "20 ticks".
func (r *report) ticks(f *field, text string) (engine.Price, bool) {
	digits, isTicks := strings.CutSuffix(text, " ticks")
	if text == "1 tick" {
		digits, isTicks = "1", true
	}
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
	if !isTicks || err != nil || n < 1 || n > int64(engine.PriceMax) {
		what := "a number of ticks, such as 50 ticks"
		if f.name != "protection" {
			what = "ticks or a percentage, such as 50 ticks, or 10%, or both with a comma between"
		}
		r.add(f.line, f.name, "is %q, must be %s", f.value, what)
		return 0, false
	}
	return engine.Price(n), true
}
