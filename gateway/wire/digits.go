package wire

import (
	"encoding/binary"
	"math/bits"
)

// Digits are written and read eight at a time, in one 64-bit word: as fast for
// eight as for one, and without a branch that depends on how many there are. The
// first digit of a text is the lowest byte of its word.

const (
	eachByte = 0x0101_0101_0101_0101 // times a byte: that byte eight times
	zeros    = '0' * eachByte
)

// AppendUint appends n in decimal. It may write up to seven bytes behind what it
// appends, if dst has room for them.
// hot
func AppendUint(dst []byte, n uint64) []byte {
	const group = 1e8
	if n >= group {
		return binary.LittleEndian.AppendUint64(AppendUint(dst, n/group), spell(n%group)|zeros)
	}
	w := spell(n)
	leading := bits.TrailingZeros64(w|1<<56) &^ 7 // one digit stays, if it is a zero
	end := len(dst) + 8 - leading/8
	return binary.LittleEndian.AppendUint64(dst, (w|zeros)>>leading)[:end]
}

// spell is n, below 10^8, in eight digits: their values, a byte each.
func spell(n uint64) uint64 {
	// 4 + 4 digits, then 2 + 2 in each half, then 1 + 1 in each quarter. Divisions by
	// 100 and by 10 are multiplications, exact for what can be there (P. Khuong, "How
	// to print integers really fast").
	halves := n/10_000 | n%10_000<<32
	high := halves * 10_486 >> 20 & (0x7F<<32 | 0x7F)
	quarters := high | (halves-100*high)<<16
	tens := quarters * 103 >> 10 & 0x000F_000F_000F_000F
	return tens | (quarters-10*tens)<<8
}
