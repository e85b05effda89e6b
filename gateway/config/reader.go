// Package config reads the two files that an operator writes: which products there
// are and when their markets open (docs/examples/instruments.conf), and who may log
// in (docs/examples/accounts.conf). ADR 0020 says why in a format of their own.
//
//	file    = lines of UTF-8, each one of
//	section = "[" kind [ name ] "]"          [product AAPL]
//	field   = name "=" value                 tick = 0.01
//	comment = "#" and all behind it, at the beginning of a line or after a space
//
// Law: a file is read as a whole or not at all. Whatever is not understood is an
// error, with its line, its field and what to do, and all errors of a file are told
// at once: nobody starts a venue ten times to find ten mistakes.
//
// It is read once, before the door opens; nothing here is on the order path.
package config

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// FileBytesMax bounds a file: some hundred bytes for each of a hundred thousand accounts.
const FileBytesMax = 16 << 20

// lineBytesMax bounds a line.
const lineBytesMax = 1 << 10

// errorsMax is how many errors of a file are told; behind that many one tells what is left.
const errorsMax = 100

// Error is one thing that is wrong with a file.
type Error struct {
	File    string
	Line    int    // from 1; 0: the file as a whole
	Field   string // "" where no field is to blame
	Message string // what is wrong and what to do
}

// Error is file:line: field: message, as compilers write it.
func (e Error) Error() string {
	text := e.File
	if e.Line > 0 {
		text += fmt.Sprintf(":%d", e.Line)
	}
	if e.Field != "" {
		text += ": " + e.Field
	}
	return text + ": " + e.Message
}

// Errors are all that is wrong with a file, by line; at most a hundred and one.
type Errors []Error

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i := range es {
		lines[i] = es[i].Error()
	}
	return strings.Join(lines, "\n")
}

// report collects what is wrong.
type report struct {
	file string
	errs Errors
}

func (r *report) add(line int, field, format string, args ...any) {
	r.errs = append(r.errs, Error{File: r.file, Line: line, Field: field, Message: fmt.Sprintf(format, args...)})
}

// result is nil, or Errors.
func (r *report) result() error {
	if len(r.errs) == 0 {
		return nil
	}
	slices.SortStableFunc(r.errs, func(a, b Error) int { return a.Line - b.Line })
	if more := len(r.errs) - errorsMax; more > 0 {
		r.errs = append(r.errs[:errorsMax], Error{File: r.file, Message: fmt.Sprintf("and %d errors more", more)})
	}
	return r.errs
}

// section is a header and the fields below it.
type section struct {
	kind, name string
	line       int
	fields     []field
}

type field struct {
	name, value string
	line        int
}

// kind is what the reader has to know of a kind of section.
type kind struct {
	name   string
	named  bool // [product AAPL], not [venue]
	fields []string
}

// get is a field of the section, nil where it has none.
func (s *section) get(name string) *field {
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i]
		}
	}
	return nil
}

// read returns the contents of a file.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > FileBytesMax {
		return nil, Error{File: path, Message: fmt.Sprintf("must be a file of at most %d bytes", FileBytesMax)}
	}
	return os.ReadFile(path)
}

// parse cuts a file into sections of the kinds that are known. What it returns has no
// section and no field twice, and none that is unknown; those are in the report.
func (r *report) parse(text []byte, kinds []kind) []section {
	var sections []section
	var current *section // nil: before the first header, or behind one that is wrong
	fieldsOf := kind{}
	lineOf := map[string]int{} // of sections
	said := false              // that a field is outside of a section
	skip := false              // the fields of a section whose header was reported
	if len(text) > FileBytesMax {
		r.add(0, "", "is longer than %d bytes", FileBytesMax)
		return nil
	}
	for number := 1; len(text) > 0; number++ {
		var raw []byte
		raw, text, _ = bytes.Cut(text, []byte("\n"))
		if len(raw) > lineBytesMax {
			r.add(number, "", "the line is longer than %d bytes: shorten it", lineBytesMax)
			continue
		}
		if i := bytes.IndexFunc(raw, func(c rune) bool { return c < ' ' && c != '\t' && c != '\r' || c == 0x7f }); i >= 0 || !utf8.Valid(raw) {
			r.add(number, "", "the line is no text: it must be UTF-8 without control characters")
			continue
		}
		line := strings.TrimSpace(cutComment(string(raw)))
		switch {
		case line == "":
		case line[0] == '[':
			current, skip = nil, true
			if s, k, ok := r.header(line, number, kinds); ok {
				key := s.kind + " " + s.name
				if first, taken := lineOf[key]; taken {
					r.add(number, "", "%s is there already, in line %d: leave one of them out", line, first)
					continue
				}
				lineOf[key] = number
				sections = append(sections, s)
				current, fieldsOf, skip = &sections[len(sections)-1], k, false
			}
		default:
			name, value, found := strings.Cut(line, "=")
			name, value = strings.TrimSpace(name), strings.TrimSpace(value)
			switch {
			case !found || name == "":
				r.add(number, "", "%q is neither a [section] nor a field: write name = value", line)
			case skip:
			case current == nil:
				if !said {
					said = true
					r.add(number, name, "stands before the first section: begin with %s", headers(kinds))
				}
			case !slices.Contains(fieldsOf.fields, name):
				r.add(number, name, "[%s] has no such field; it has %s", fieldsOf.name, strings.Join(fieldsOf.fields, ", "))
			case current.get(name) != nil:
				r.add(number, name, "is there already, in line %d: leave one of them out", current.get(name).line)
			case value == "":
				r.add(number, name, "has no value: give it one, or leave the line out")
			default:
				current.fields = append(current.fields, field{name, value, number})
			}
		}
	}
	return sections
}

// cutComment drops what is behind a # at the beginning of the line or after a space.
func cutComment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}

// header reads [kind] or [kind name].
func (r *report) header(line string, number int, kinds []kind) (section, kind, bool) {
	words := strings.Fields(strings.TrimSuffix(line[1:], "]"))
	if line[len(line)-1] != ']' || len(words) == 0 {
		r.add(number, "", "%q is no section: write %s", line, headers(kinds))
		return section{}, kind{}, false
	}
	for _, k := range kinds {
		switch {
		case k.name != words[0]:
		case k.named && len(words) != 2:
			r.add(number, "", "%s must have one name: write [%s NAME]", line, k.name)
			return section{}, kind{}, false
		case !k.named && len(words) != 1:
			r.add(number, "", "%s has no name: write [%s]", line, k.name)
			return section{}, kind{}, false
		case k.named:
			return section{kind: k.name, name: words[1], line: number}, k, true
		default:
			return section{kind: k.name, line: number}, k, true
		}
	}
	r.add(number, "", "there is no section [%s]: write %s", words[0], headers(kinds))
	return section{}, kind{}, false
}

func headers(kinds []kind) string {
	var list []string
	for _, k := range kinds {
		if k.named {
			list = append(list, "["+k.name+" NAME]")
		} else {
			list = append(list, "["+k.name+"]")
		}
	}
	return strings.Join(list, " or ")
}
