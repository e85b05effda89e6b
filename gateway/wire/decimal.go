package wire

import (
	"encoding/binary"
	"math"
	"math/bits"

	"pricetime/engine"
)

// decimalPlaces is how many decimals engine.DecimalOne stands for.
const decimalPlaces = 8

// DecimalBytesMax is the length of the longest decimal that [AppendDecimal]
// writes: a sign, 30 digits of 2^126 / DecimalOne, a point and 8 decimals.
const DecimalBytesMax = 40

// DecimalFault is what is wrong with a decimal.
type DecimalFault uint8

// Decimal faults. A number with both of the last two faults is TooFine.
const (
	DecimalOK        DecimalFault = iota
	DecimalMalformed              // not -?digits[.digits]
	DecimalTooFine                // more than eight decimals that are not zeros: on no product's grid
	DecimalTooLarge               // its units do not fit in 63 bits
)

// ParseDecimal reads s as an exact decimal, in units of 1/DecimalOne. The grammar
// is -?digits[.digits]: no exponent, no plus sign, no space, a digit on both
// sides of a point. Leading zeros, trailing zeros and -0 are numbers like others.
// With a fault, units is 0.
// hot
func ParseDecimal(s []byte) (units int64, fault DecimalFault) {
	i := 0
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		i = 1
	}
	whole, tooLarge := uint64(0), false
	digitsFrom := i
	for ; i < len(s) && isDigit(s[i]); i++ {
		// wholeMax times ten and nine more is far below 2^64: no wrap to detect.
		whole = whole*10 + uint64(s[i]-'0')
		if whole > wholeMax {
			whole, tooLarge = wholeMax, true
		}
	}
	if i == digitsFrom {
		return 0, DecimalMalformed
	}
	fraction, tooFine := uint64(0), false
	if i < len(s) {
		if s[i] != '.' || i+1 == len(s) {
			return 0, DecimalMalformed
		}
		i++
		places := 0
		for ; i < len(s); i++ {
			if !isDigit(s[i]) {
				return 0, DecimalMalformed
			}
			if places < decimalPlaces {
				fraction = fraction*10 + uint64(s[i]-'0')
				places++
			} else if s[i] != '0' {
				tooFine = true
			}
		}
		for ; places < decimalPlaces; places++ {
			fraction *= 10
		}
	}
	magnitude := whole*engine.DecimalOne + fraction
	switch {
	case tooFine:
		return 0, DecimalTooFine
	case tooLarge || magnitude > math.MaxInt64:
		return 0, DecimalTooLarge
	case negative:
		return -int64(magnitude), DecimalOK
	}
	return int64(magnitude), DecimalOK
}

// wholeMax is the largest whole part of a number that fits.
const wholeMax = math.MaxInt64 / engine.DecimalOne

func isDigit(c byte) bool { return c-'0' <= 9 }

// AppendDecimal appends n*unit, a number in units of 1/DecimalOne, as a decimal
// with as many decimals as unit has: with a tick of 0.01 always two, with a lot
// of 1 none. unit is positive. It is exact for every n, also where the product
// needs more than 63 bits, and appends at most [DecimalBytesMax] bytes.
func AppendDecimal(dst []byte, n, unit int64) []byte {
	g := newGrid(unit)
	return g.append(dst, n)
}

// hot
func appendDecimal(dst []byte, n, unit int64, decimals int) []byte {
	magnitude := uint64(n)
	if n < 0 {
		dst = append(dst, '-')
		magnitude = -magnitude
	}
	hi, lo := bits.Mul64(magnitude, uint64(unit))
	var fraction uint64
	if hi == 0 {
		dst = AppendUint(dst, lo/engine.DecimalOne)
		fraction = lo % engine.DecimalOne
	} else {
		dst, fraction = appendWhole128(dst, hi, lo)
	}
	if decimals == 0 {
		return dst
	}
	end := len(dst) + 1 + decimals
	return binary.LittleEndian.AppendUint64(append(dst, '.'), spell(fraction)|zeros)[:end]
}

// grid is how the prices or the quantities of a product are written.
type grid struct {
	unit     int64  // in 1/DecimalOne
	decimals int    // that unit has
	step     uint64 // unit in 1/10^decimals
}

func newGrid(unit int64) grid {
	decimals, step := decimalPlaces, uint64(unit)
	for decimals > 0 && step%10 == 0 {
		decimals, step = decimals-1, step/10
	}
	return grid{unit: unit, decimals: decimals, step: step}
}

// append appends n units. What fits in eight digits with a point between them, as
// nearly all prices and quantities do, is written as one word.
// hot
func (g *grid) append(dst []byte, n int64) []byte {
	hi, digits := bits.Mul64(uint64(n), g.step)
	if hi != 0 || digits >= 1e8 || g.decimals == decimalPlaces {
		return appendDecimal(dst, n, g.unit, g.decimals) // a negative n, too
	}
	w := spell(digits)
	lastWhole := uint(7 - g.decimals)
	leading := bits.TrailingZeros64(w|1<<(8*lastWhole)) &^ 7 // one digit stays before the point
	w |= zeros
	end := len(dst) + 1 + int(lastWhole) - leading/8
	dst = binary.LittleEndian.AppendUint64(dst, w>>leading)[:end]
	if g.decimals == 0 {
		return dst
	}
	end += 1 + g.decimals
	return binary.LittleEndian.AppendUint64(append(dst, '.'), w>>(8+8*lastWhole))[:end]
}

// appendWhole128 appends the whole part of the 128-bit number hi:lo over
// DecimalOne, and returns the rest. hi is below 2^62: both factors have 63 bits
// and a sign.
func appendWhole128(dst []byte, hi, lo uint64) (_ []byte, rest uint64) {
	const group, groupDigits = 1e19, 19 // the largest power of ten in 64 bits
	wholeHi := hi / engine.DecimalOne
	wholeLo, rest := bits.Div64(hi%engine.DecimalOne, lo, engine.DecimalOne)
	high, low := bits.Div64(wholeHi, wholeLo, group) // wholeHi < 2^36 < group
	if high == 0 {
		return AppendUint(dst, low), rest
	}
	dst = AppendUint(dst, high)
	dst = append(dst, "0000000000000000000"[:groupDigits]...)
	for i := len(dst) - 1; low > 0; i-- {
		dst[i] = byte('0' + low%10)
		low /= 10
	}
	return dst, rest
}
