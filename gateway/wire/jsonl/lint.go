package jsonl

import "unicode/utf8"

// nestingMax is how deep arrays and objects may nest in a line. The deepest
// message has three levels; a parser that recursed as deep as a line lets it
// would spend its time building errors.
const nestingMax = 4

// lint checks what fastjson lets pass: that the line is UTF-8, one object and
// nothing behind it, not nested deeply, without control characters, and with
// escapes that JSON knows. It returns what is wrong, or "".
//
// It does not check the rest of the grammar; the parser does.
// hot
func lint(line []byte) (fault string) {
	depth, started := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == ' ' || c == '\t' || c == '\r':
		case c < ' ':
			return "control character in the line"
		case started && depth == 0:
			return "trailing bytes after the object: send one object per line"
		case c == '{' || c == '[':
			if !started && c == '[' {
				return "the line must be a JSON object in braces"
			}
			started = true
			if depth++; depth > nestingMax {
				return "nested too deeply"
			}
		case !started:
			return "the line must be a JSON object in braces"
		case c == '}' || c == ']':
			depth--
		case c == '"':
			if i, fault = lintString(line, i+1); fault != "" {
				return fault
			}
		}
	}
	switch {
	case !started:
		return "empty line: send one JSON object per line"
	case depth > 0:
		return "the object has no end: is a brace missing, or was the line cut?"
	case !utf8.Valid(line):
		return "the line is not UTF-8"
	}
	return ""
}

// lintString checks a string whose first byte is line[i], and returns where its
// closing quote is.
func lintString(line []byte, i int) (end int, fault string) {
	for ; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			return i, ""
		case c < ' ':
			return i, "control character in a string: escape it"
		case c == '\\':
			n := escapeLen(line[i:])
			if n == 0 {
				return i, "bad escape in a string"
			}
			i += n - 1
		}
	}
	return i, "a string has no closing quote"
}

// escapeLen is the length of the escape sequence at the start of s, or 0 if it is
// none. A surrogate counts only as the first of a pair.
func escapeLen(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		r, ok := hex4(s)
		switch {
		case !ok || r >= 0xDC00 && r <= 0xDFFF:
			return 0
		case r < 0xD800 || r > 0xDFFF:
			return 6
		}
		if low, ok := hex4(s[6:]); ok && low >= 0xDC00 && low <= 0xDFFF {
			return 12
		}
	}
	return 0
}

// hex4 reads \uXXXX.
func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for _, c := range s[2:6] {
		r <<= 4
		switch {
		case c >= '0' && c <= '9':
			r |= rune(c - '0')
		case c >= 'a' && c <= 'f':
			r |= rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			r |= rune(c-'A') + 10
		default:
			return 0, false
		}
	}
	return r, true
}

// isNumber reports whether s follows the grammar of JSON numbers; the parser
// takes nan, inf, +1, 01 and 1.2.3 for numbers as well.
func isNumber(s []byte) bool {
	i := 0
	digits := func() bool {
		from := i
		for i < len(s) && s[i]-'0' <= 9 {
			i++
		}
		return i > from
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if !digits() {
		return false
	}
	if i < len(s) && s[i] == '.' {
		i++
		if !digits() {
			return false
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(s)
}
