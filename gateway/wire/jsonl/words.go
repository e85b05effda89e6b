package jsonl

import (
	"encoding/binary"
	"math/bits"
)

// This file reads text eight bytes at a time, as one word ("SIMD within a register"):
// a loop over bytes ends where nobody can predict it, and that costs more than the
// bytes. The first byte of the text is the lowest of the word, so that trailing
// zeros of a mask count bytes of text.

const (
	eachByte = 0x0101_0101_0101_0101 // times a byte: that byte eight times
	highBits = 0x8080_8080_8080_8080
)

// hot
func (b *paddedLine) word(i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+8]) }

// text16 reads up to 16 printable bytes, and returns them padded with zeros, in two
// words, and how many they are.
// hot
func (b *paddedLine) text16(i int) (lo, hi uint64, n int) {
	lo = b.word(i)
	if end := odd(lo); end != 0 {
		bit := bits.TrailingZeros64(end) &^ 7
		return lo & (1<<bit - 1), 0, bit / 8
	}
	hi = b.word(i + 8)
	if end := odd(hi); end != 0 {
		bit := bits.TrailingZeros64(end) &^ 7
		return lo, hi & (1<<bit - 1), 8 + bit/8
	}
	return lo, hi, 16
}

// odd marks the bytes of w that do not stand for themselves in a string: quotes,
// backslashes, and all that is not printable ASCII. The lowest mark is right; bytes
// above it may be marked without reason, by its borrow.
// hot
func odd(w uint64) uint64 {
	control := w - ' '*eachByte
	quote := w ^ '"'*eachByte - eachByte
	backslash := w ^ '\\'*eachByte - eachByte
	high := w + eachByte // 0x7F to 0xFE; 0xFF is marked as a control
	return (control | quote | backslash | high) & highBits
}

// digits reads the digits at the start of w: their value and how many they are.
// hot
func digits(w uint64) (value uint64, n int) {
	x := w ^ '0'*eachByte // a digit is its value, and anything else 10 or more
	bit := bits.TrailingZeros64((x+0x76*eachByte|x)&highBits) &^ 7
	x <<= uint(64 - bit) // zeros in front make it eight digits
	// Pairs, then all four pairs at once (D. Lemire, "Quickly parsing eight digits").
	x = x*10 + x>>8
	const pairs = 0x0000_00FF_0000_00FF
	x = (x&pairs*(100+1_000_000<<32) + x>>16&pairs*(1+10_000<<32)) >> 32
	return x, bit / 8
}
