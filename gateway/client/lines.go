package client

import (
	"bytes"
	"errors"
)

// MessageBytesMax is the longest line that a client takes from a venue.
const MessageBytesMax = 1 << 20

// ErrMessageTooLong is a line longer than [MessageBytesMax]: the other side is no
// venue of this kind.
var ErrMessageTooLong = errors.New("client: the venue sent a line that is too long")

// readBufferBytes is what one read takes. It grows where a line is longer.
const readBufferBytes = 64 << 10

// lines cuts a stream into lines.
//
//	buf  |  read lines  |  whole lines and a part of one  |  room  |
//	                    from             searched         to
//
// There is no newline in buf[from:searched].
type lines struct {
	buf                []byte
	from, searched, to int
}

// next is the next whole line without its newline. It is valid until room.
// hot
func (l *lines) next() (line []byte, ok bool) {
	n := bytes.IndexByte(l.buf[l.searched:l.to], '\n')
	if n < 0 {
		l.searched = l.to
		return nil, false
	}
	end := l.searched + n
	line = l.buf[l.from:end]
	l.from, l.searched = end+1, end+1
	return line, true
}

// room is where the next read goes; filled says how much came. Lines got before
// are no longer valid.
// hot
func (l *lines) room() ([]byte, error) {
	if l.from == l.to {
		l.from, l.searched, l.to = 0, 0, 0
	}
	if l.to == len(l.buf) {
		if l.from == 0 {
			if len(l.buf) >= MessageBytesMax {
				return nil, ErrMessageTooLong
			}
			l.buf = append(l.buf, make([]byte, max(len(l.buf), readBufferBytes))...)
		} else {
			copy(l.buf, l.buf[l.from:l.to])
			l.from, l.searched, l.to = 0, l.searched-l.from, l.to-l.from
		}
	}
	return l.buf[l.to:], nil
}

func (l *lines) filled(n int) { l.to += n }

// partial says whether a part of a line is left.
func (l *lines) partial() bool { return l.from < l.to }
