// Package recorded reads order flow that somebody kept: commands files, and days
// of LOBSTER, which [Convert] turns into the commands of a commands file.
//
// A commands file is text, one record a line, fields separated by commas:
//
//	N,id,side,price,qty   a limit order that rests: it must not trade
//	R,id,newqty           reduce the order's open quantity to newqty, priority kept
//	C,id                  cancel the order
//	X,side,limit,qty      an immediate-or-cancel order, followed by
//	F,restingid,qty,price the fills that it must cause: these, no others, in this order
//	# ...                 a comment
//
// side is B or S, prices are in ticks, quantities in lots, ids are numbers that a
// file uses for one order only. newqty is what stays in the book, not the
// order's total: the two differ once the order has traded. Files may be gzipped.
//
// Reading checks the form: a file that breaks it is refused with the file and the
// line, before anything is played. Whether the records make sense (that a canceled order
// exists, that the fills are the right ones) is for the play to find out.
package recorded

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"pricetime/engine"
)

// Kind is the letter that a record begins with.
type Kind byte

// Kinds of records.
const (
	Enter  Kind = 'N'
	Reduce Kind = 'R'
	Cancel Kind = 'C'
	Take   Kind = 'X'
	Fill   Kind = 'F'
)

// Record is one line of a commands file. A field that its kind does not name is zero.
type Record struct {
	Kind  Kind
	Side  engine.Side  // N, X
	Line  int          // where it stands in the file it came from, from 1
	ID    uint64       // N, R, C; of F the resting order; 0 to IDMax
	Price engine.Price // N, F; of X the limit
	Qty   engine.Qty   // N, X, F; of R the new open quantity
}

// IDMax bounds ids, so that one fits in eleven characters of base 36: a player
// that puts a prefix before it stays within the 16 bytes of a client order id.
const IDMax = 1e17 - 1

// lineMax is the longest line, in bytes, its end included.
const lineMax = 4096

// Commands is a commands file in memory.
type Commands struct {
	Name    string   // of the file, for messages
	Records []Record // in file order
	Notes   []Note   // its comments, in file order
}

// Note is a comment, without the # and the space after it.
type Note struct {
	Before int // the index in Records that it stands before
	Text   string
}

// Count returns how many records are of a kind. O(records).
func (c *Commands) Count(kind Kind) int {
	n := 0
	for i := range c.Records {
		if c.Records[i].Kind == kind {
			n++
		}
	}
	return n
}

// FormError says where a file breaks its format.
type FormError struct {
	File    string
	Line    int
	Problem string
}

// Error gives file, line and problem in the form that editors jump to.
func (e *FormError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem) }

// ReadCommandsFile reads a commands file, gzipped or not.
func ReadCommandsFile(path string) (*Commands, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadCommands(f, path)
}

// ReadCommands reads a commands file from r. name stands for it in messages. An
// error is a *[FormError], or r's with the line it was met at.
func ReadCommands(r io.Reader, name string) (*Commands, error) {
	c := &Commands{Name: name}
	entered := make(map[uint64]int) // id -> line
	takes := false                  // an F may follow: the last record is an X, or an F of one
	err := eachLine(r, name, func(line int, text []byte) error {
		if len(text) == 0 {
			return nil
		}
		if text[0] == '#' {
			c.Notes = append(c.Notes, Note{Before: len(c.Records), Text: string(trimNote(text))})
			return nil
		}
		rec, err := parseRecord(text)
		if err != nil {
			return err
		}
		switch rec.Kind {
		case Enter:
			if first, twice := entered[rec.ID]; twice {
				return fmt.Errorf("order %d is entered a second time, the first is in line %d", rec.ID, first)
			}
			entered[rec.ID] = line
		case Fill:
			if !takes {
				return errors.New("F without an X that it belongs to")
			}
		}
		takes = rec.Kind == Take || rec.Kind == Fill
		rec.Line = line
		c.Records = append(c.Records, rec)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(c.Records) == 0 {
		return nil, fmt.Errorf("%s: no command in it", name)
	}
	return c, nil
}

// shapes lists the fields of every kind, by name, after the letter.
var shapes = map[Kind][]string{
	Enter:  {"id", "side", "price", "qty"},
	Reduce: {"id", "newqty"},
	Cancel: {"id"},
	Take:   {"side", "limit", "qty"},
	Fill:   {"restingid", "qty", "price"},
}

// parseRecord reads one line that is neither empty nor a comment.
func parseRecord(text []byte) (Record, error) {
	var fields [maxFields][]byte
	n := split(text, &fields)
	letter := fields[0]
	if len(letter) != 1 || shapes[Kind(letter[0])] == nil {
		return Record{}, fmt.Errorf("a record begins with N, R, C, X, F or #, not with %q", clip(letter))
	}
	rec := Record{Kind: Kind(letter[0])}
	shape := shapes[rec.Kind]
	if n-1 != len(shape) {
		return Record{}, fmt.Errorf("%c has %d fields after it (%s), this line has %d", rec.Kind, len(shape), strings.Join(shape, ","), n-1)
	}
	for i, name := range shape {
		if err := rec.set(name, fields[i+1]); err != nil {
			return Record{}, err
		}
	}
	return rec, nil
}

// set reads the field of that name.
func (rec *Record) set(name string, text []byte) error {
	switch name {
	case "id", "restingid":
		v, ok := parseInt(text)
		if !ok || v < 0 || v > IDMax {
			return fmt.Errorf("%s %q is not a whole number from 0 to %d", name, clip(text), int64(IDMax))
		}
		rec.ID = uint64(v)
	case "side":
		switch string(text) {
		case "B":
			rec.Side = engine.Buy
		case "S":
			rec.Side = engine.Sell
		default:
			return fmt.Errorf("side %q is neither B nor S", clip(text))
		}
	case "price", "limit":
		v, ok := parseInt(text)
		if !ok {
			return fmt.Errorf("%s %q is not a whole number of ticks", name, clip(text))
		}
		rec.Price = engine.Price(v)
	case "qty", "newqty":
		v, ok := parseInt(text)
		if !ok || v < 1 {
			return fmt.Errorf("%s %q is not a positive whole number of lots", name, clip(text))
		}
		rec.Qty = engine.Qty(v)
	default:
		panic("BUG: recorded: no field is named " + name)
	}
	return nil
}

// Write writes c in the form that [ReadCommands] reads, comments included.
func (c *Commands) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	notes := c.Notes
	var line []byte
	for i := range c.Records {
		for ; len(notes) > 0 && notes[0].Before <= i; notes = notes[1:] {
			out.WriteString("# " + notes[0].Text + "\n")
		}
		line = append(c.Records[i].Append(line[:0]), '\n')
		out.Write(line)
	}
	for _, n := range notes {
		out.WriteString("# " + n.Text + "\n")
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing commands: %w", err)
	}
	return nil
}

// Append adds the record as it stands in a file, without a line end.
func (rec *Record) Append(dst []byte) []byte {
	dst = append(dst, byte(rec.Kind))
	for _, name := range shapes[rec.Kind] {
		dst = append(dst, ',')
		switch name {
		case "id", "restingid":
			dst = strconv.AppendUint(dst, rec.ID, 10)
		case "side":
			dst = append(dst, "BS"[rec.Side])
		case "price", "limit":
			dst = strconv.AppendInt(dst, int64(rec.Price), 10)
		case "qty", "newqty":
			dst = strconv.AppendInt(dst, int64(rec.Qty), 10)
		}
	}
	return dst
}

// String is the record as it stands in a file.
func (rec *Record) String() string { return string(rec.Append(nil)) }
