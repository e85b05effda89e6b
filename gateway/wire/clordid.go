package wire

import "pricetime/engine"

// ClOrdIDBytesMax is the length of the longest client order id as text: a UUID.
const ClOrdIDBytesMax = uuidBytes

const (
	uuidBytes = 36
	textMax   = len(engine.ClOrdID{})
)

// ParseClOrdID reads a client order id: 1 to 16 bytes 0x20 to 0x7E, kept padded
// with zeros, or a UUID of 36 characters in either case, kept as its 16 bytes.
// A UUID whose bytes are those of some text id, or all zero, is refused, so that
// an id always reads back as what was sent.
// hot
func ParseClOrdID(s []byte) (id engine.ClOrdID, ok bool) {
	if len(s) == uuidBytes {
		id, ok = parseUUID(s)
		if !ok || id == (engine.ClOrdID{}) || isText(&id) {
			return engine.ClOrdID{}, false
		}
		return id, true
	}
	if len(s) == 0 || len(s) > textMax {
		return engine.ClOrdID{}, false
	}
	for _, c := range s {
		if !isPrintable(c) {
			return engine.ClOrdID{}, false
		}
	}
	copy(id[:], s)
	return id, true
}

// AppendClOrdID appends the id as it was sent; a UUID in lower case. It appends
// nothing for no id.
// hot
func AppendClOrdID(dst []byte, id engine.ClOrdID) []byte {
	if id == (engine.ClOrdID{}) {
		return dst
	}
	if isText(&id) {
		n := textMax
		for id[n-1] == 0 {
			n--
		}
		return append(dst, id[:n]...)
	}
	var text [uuidBytes]byte
	at := 0
	for i, b := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text[at] = '-'
			at++
		}
		text[at], text[at+1] = hexDigits[b>>4], hexDigits[b&15]
		at += 2
	}
	return append(dst, text[:]...)
}

const hexDigits = "0123456789abcdef"

// isText reports whether id is printable bytes and then only zeros.
func isText(id *engine.ClOrdID) bool {
	n := 0
	for n < len(id) && isPrintable(id[n]) {
		n++
	}
	if n == 0 {
		return false
	}
	for ; n < len(id); n++ {
		if id[n] != 0 {
			return false
		}
	}
	return true
}

func isPrintable(c byte) bool { return c >= 0x20 && c <= 0x7e }

// uuidAt is where each byte of a UUID stands in its text.
var uuidAt = [textMax]uint8{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

func parseUUID(s []byte) (id engine.ClOrdID, ok bool) {
	if len(s) != uuidBytes || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return id, false
	}
	bad := byte(0)
	for i, at := range uuidAt {
		high, low := hexValues[s[at]], hexValues[s[at+1]]
		id[i] = high<<4 | low&15
		bad |= high | low
	}
	return id, bad <= 15
}

// hexValues is the value of a hexadecimal digit, and of any other byte 16.
var hexValues = func() (values [256]byte) {
	for c := range values {
		values[c] = 16
	}
	for v, c := range []byte(hexDigits) {
		values[c] = byte(v)
		if c >= 'a' {
			values[c-'a'+'A'] = byte(v)
		}
	}
	return values
}()
