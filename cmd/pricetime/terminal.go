package main

import (
	"bytes"
	"io"
	"os"
	"unicode/utf8"
)

// style is how a piece of a row looks on a terminal.
type style string

const (
	plain  style = ""
	bold   style = "\x1b[1m"
	faint  style = "\x1b[2m"
	red    style = "\x1b[31m"
	green  style = "\x1b[32m"
	reset        = "\x1b[0m"
	toHome       = "\x1b[H"
	// What open turns on and close turns off: the alternate screen, so that what
	// stood in the terminal comes back, and a hidden cursor.
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	clearRight  = "\x1b[K"
	clearBelow  = "\x1b[J"
)

// row is one line of a picture.
type row struct {
	text string // without escapes and without a newline
	style
}

// screen is a terminal that a picture is redrawn on in place. Not safe for
// concurrent use.
type screen struct {
	out    *os.File
	buf    bytes.Buffer
	opened bool
}

// openScreen takes the terminal behind w; nil when w is no terminal. close gives
// it back, and must run however the program ends.
func openScreen(w io.Writer) *screen {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(w) {
		return nil
	}
	enableEscapes(f)
	s := &screen{out: f, opened: true}
	s.out.WriteString(enterScreen)
	return s
}

func (s *screen) close() {
	if s.opened {
		s.opened = false
		s.out.WriteString(leaveScreen)
	}
}

// size is the terminal's in characters, now; 80 x 24 when it does not say.
func (s *screen) size() (columns, rows int) {
	columns, rows, ok := terminalSize(s.out)
	if !ok || columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return columns, rows
}

// draw puts rows in place of the last picture. What does not fit is cut. It is one
// write, so that the terminal never shows half a picture.
func (s *screen) draw(picture []row) error {
	columns, rows := s.size()
	b := &s.buf
	b.Reset()
	b.WriteString(toHome)
	for i, r := range picture[:min(len(picture), rows)] {
		if i > 0 {
			b.WriteString("\r\n")
		}
		if r.style != plain {
			b.WriteString(string(r.style))
		}
		b.WriteString(cutTo(r.text, columns))
		if r.style != plain {
			b.WriteString(reset)
		}
		b.WriteString(clearRight)
	}
	b.WriteString(clearBelow)
	_, err := s.out.Write(b.Bytes())
	return err
}

// cutTo shortens a text to so many characters.
func cutTo(text string, columns int) string {
	if utf8.RuneCountInString(text) <= columns {
		return text
	}
	n := 0
	for i := range text {
		if n == columns {
			return text[:i]
		}
		n++
	}
	return text
}

// printRows writes a picture as plain text, without its empty rows.
func printRows(w io.Writer, picture []row) error {
	var b bytes.Buffer
	for _, r := range picture {
		if r.text != "" {
			b.WriteString(r.text)
			b.WriteByte('\n')
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// isTerminal says whether a person looks at a stream, or types into it.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	_, _, ok = terminalSize(f)
	return ok
}
