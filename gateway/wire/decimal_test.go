package wire

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pricetime/engine"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		text  string
		units int64
		fault DecimalFault
	}{
		{"585.33", 58_533_000_000, DecimalOK},
		{"100", 10_000_000_000, DecimalOK},
		{"0", 0, DecimalOK},
		{"-0", 0, DecimalOK},
		{"-0.00", 0, DecimalOK},
		{"-1.5", -150_000_000, DecimalOK},
		{"007.10", 710_000_000, DecimalOK},
		{"0.00000001", 1, DecimalOK},
		{"0.000000010000000000", 1, DecimalOK},
		{"92233720368.54775807", math.MaxInt64, DecimalOK},
		{"-92233720368.54775807", -math.MaxInt64, DecimalOK},
		{"00000000000000000000000000000001", 100_000_000, DecimalOK},
		{"92233720368.54775808", 0, DecimalTooLarge},
		{"-92233720368.54775808", 0, DecimalTooLarge},
		{"92233720369", 0, DecimalTooLarge},
		{strings.Repeat("9", 400), 0, DecimalTooLarge},
		{"0.000000001", 0, DecimalTooFine},
		{"1.123456789", 0, DecimalTooFine},
		{"99999999999999.123456789", 0, DecimalTooFine},
		{"", 0, DecimalMalformed},
		{"-", 0, DecimalMalformed},
		{".5", 0, DecimalMalformed},
		{"-.5", 0, DecimalMalformed},
		{"5.", 0, DecimalMalformed},
		{".", 0, DecimalMalformed},
		{"1e5", 0, DecimalMalformed},
		{"1.0e5", 0, DecimalMalformed},
		{"+1", 0, DecimalMalformed},
		{"--1", 0, DecimalMalformed},
		{" 1", 0, DecimalMalformed},
		{"1 ", 0, DecimalMalformed},
		{"1,000", 0, DecimalMalformed},
		{"1_000", 0, DecimalMalformed},
		{"1.2.3", 0, DecimalMalformed},
		{"0x10", 0, DecimalMalformed},
		{"nan", 0, DecimalMalformed},
		{"inf", 0, DecimalMalformed},
		{"abc", 0, DecimalMalformed},
		{"1\x00", 0, DecimalMalformed},
		{strings.Repeat("9", 400) + "x", 0, DecimalMalformed},
		{"1.123456789x", 0, DecimalMalformed},
	} {
		units, fault := ParseDecimal([]byte(c.text))
		if units != c.units || fault != c.fault {
			t.Errorf("ParseDecimal(%q) = %d, %d; want %d, %d", c.text, units, fault, c.units, c.fault)
		}
	}
}

func TestAppendDecimal(t *testing.T) {
	const cent, one = engine.DecimalOne / 100, engine.DecimalOne
	for _, c := range []struct {
		n, unit int64
		want    string
	}{
		{58533, cent, "585.33"},
		{58500, cent, "585.00"},
		{-5, cent, "-0.05"},
		{0, cent, "0.00"},
		{100, one, "100"},
		{1, 1, "0.00000001"},
		{3, 5 * one / 2, "7.5"},
		{3, 250 * one, "750"},
		{math.MinInt64, math.MaxInt64, ""}, // the longest one, filled in below
	} {
		got := string(AppendDecimal(nil, c.n, c.unit))
		if c.n == math.MinInt64 {
			c.want = exactDecimal(c.n, c.unit)
			if len(got) != DecimalBytesMax {
				t.Errorf("the longest decimal %q has %d bytes, DecimalBytesMax is %d", got, len(got), DecimalBytesMax)
			}
		}
		if got != c.want {
			t.Errorf("AppendDecimal(%d, %d) = %q, want %q", c.n, c.unit, got, c.want)
		}
	}
}

// exactDecimal is AppendDecimal in big rational numbers.
func exactDecimal(n, unit int64) string {
	product := new(big.Int).Mul(big.NewInt(n), big.NewInt(unit))
	text := new(big.Rat).SetFrac(product, big.NewInt(engine.DecimalOne)).FloatString(newGrid(unit).decimals)
	return text
}

func TestAppendDecimalAgreesWithBig(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		unit := rapid.OneOf(
			rapid.Int64Range(1, math.MaxInt64),
			rapid.SampledFrom([]int64{1, 10, 1000, 1_000_000, 5_000_000, engine.DecimalOne, 100 * engine.DecimalOne}),
		).Draw(t, "unit")
		got := string(AppendDecimal(nil, n, unit))
		if want := exactDecimal(n, unit); got != want {
			t.Fatalf("AppendDecimal(%d, %d) = %q, want %q", n, unit, got, want)
		}
	})
}

func TestParseDecimalAgreesWithBig(t *testing.T) {
	one, limit := big.NewInt(engine.DecimalOne), big.NewInt(math.MaxInt64)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{1,14}(\.[0-9]{1,11})?`).Draw(t, "text")
		value, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("big cannot read %q", text)
		}
		value.Mul(value, new(big.Rat).SetInt(one))
		want, wantFault := int64(0), DecimalOK
		switch {
		case !value.IsInt():
			wantFault = DecimalTooFine
		case new(big.Int).Abs(value.Num()).Cmp(limit) > 0:
			wantFault = DecimalTooLarge
		default:
			want = value.Num().Int64()
		}
		units, fault := ParseDecimal([]byte(text))
		if units != want || fault != wantFault {
			t.Fatalf("ParseDecimal(%q) = %d, %d; want %d, %d", text, units, fault, want, wantFault)
		}
	})
}

func TestDecimalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.SampledFrom([]int64{1, 1000, 1_000_000, 25_000_000, engine.DecimalOne, 5 * engine.DecimalOne}).Draw(t, "unit")
		n := rapid.Int64Range(-math.MaxInt64/unit, math.MaxInt64/unit).Draw(t, "n")
		text := AppendDecimal(nil, n, unit)
		if units, fault := ParseDecimal(text); fault != DecimalOK || units != n*unit {
			t.Fatalf("%d * %d is written %q and read %d, fault %d", n, unit, text, units, fault)
		}
	})
}
