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
	for i, b := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hexDigits[b>>4], hexDigits[b&15])
	}
	return dst
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

func parseUUID(s []byte) (id engine.ClOrdID, ok bool) {
	at := 0
	for i := range id {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			if s[at] != '-' {
				return id, false
			}
			at++
		}
		high, low := hexValue(s[at]), hexValue(s[at+1])
		if high > 15 || low > 15 {
			return id, false
		}
		id[i] = high<<4 | low
		at += 2
	}
	return id, true
}

// hexValue is the value of a hexadecimal digit, or 16.
func hexValue(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}
