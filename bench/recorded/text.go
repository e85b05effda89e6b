package recorded

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// open opens a file for reading, through gzip if its first two bytes say so:
// its name may say anything.
func open(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // names the operation and the path already
	}
	buffered := bufio.NewReaderSize(f, 1<<16)
	magic, _ := buffered.Peek(2) // an error comes again on the first read
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return readCloser{buffered, f}, nil
	}
	z, err := gzip.NewReader(buffered)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: unzipping: %w", path, err)
	}
	return readCloser{z, f}, nil
}

// readCloser reads through a decoder and closes the file below it.
type readCloser struct {
	io.Reader
	io.Closer
}

// eachLine calls use for every line of r, without its end, until one fails. use
// gets a slice that is valid during the call, and returns a problem without the place: it
// comes back as a *[FormError].
func eachLine(r io.Reader, name string, use func(line int, text []byte) error) error {
	in := bufio.NewReaderSize(r, lineMax)
	for line := 1; ; line++ {
		text, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return &FormError{name, line, fmt.Sprintf("a line is at most %d bytes long", lineMax)}
		case err == io.EOF && len(text) == 0:
			return nil
		case err != nil && err != io.EOF:
			return fmt.Errorf("%s:%d: reading: %w", name, line, err)
		}
		text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
		if problem := use(line, text); problem != nil {
			return &FormError{name, line, problem.Error()}
		}
	}
}

// maxFields is more than any record has: a line with as many or more is refused by its count.
const maxFields = 8

// split cuts text at its commas and returns the number of fields, also where
// that is more than fit; what does not fit is not kept.
func split(text []byte, fields *[maxFields][]byte) int {
	n := 0
	for {
		field, rest, more := bytes.Cut(text, []byte(","))
		if n < maxFields {
			fields[n] = field
		}
		n++
		if !more {
			return n
		}
		text = rest
	}
}

// parseInt reads -?digits, at most 18 of them, which is within engine.PriceMax and
// engine.QtyMax. Nothing else is a number here: no plus, no space, no exponent.
func parseInt(text []byte) (int64, bool) {
	digits := bytes.TrimPrefix(text, []byte("-"))
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	var v int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int64(c-'0')
	}
	if len(digits) != len(text) {
		v = -v
	}
	return v, true
}

// clip shortens what a message quotes.
func clip(text []byte) string {
	const most = 24
	if len(text) > most {
		return string(text[:most]) + "..."
	}
	return string(text)
}

// trimNote takes the # and one space off a comment.
func trimNote(text []byte) []byte {
	return bytes.TrimPrefix(bytes.TrimPrefix(text, []byte("#")), []byte(" "))
}
