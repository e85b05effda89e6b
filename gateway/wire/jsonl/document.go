package jsonl

import (
	"unicode/utf8"

	"github.com/valyala/fastjson"
)

// kind is the JSON type of a value.
type kind uint8

const (
	kindAbsent kind = iota
	kindString
	kindNumber
	kindTrue
	kindFalse
	kindNull
	kindArray
	kindObject
)

// value is the value of a field or an element of an array.
type value struct {
	kind kind
	text []byte // of a string, unescaped; of a number, as it was written
	from int    // of an array: where its elements begin in document.items
	n    int    // of an array: how many they are
}

// document is one JSON object, taken apart into the fields that the protocol
// knows. This is the only file that knows the parser; all it asks of it is the
// checked accessors, because the friendly ones answer a wrong type with zero.
//
// Law: f is in seen, or f-requestFields in alone, if and only if values[f] is of this line.
type document struct {
	parser fastjson.Parser
	visit  func(key []byte, v *fastjson.Value) // bound once: a closure per line would allocate
	index  *fieldIndex

	seen   fieldSet // of requests' fields
	alone  fieldSet // of the fields that only messages have, from requestFields on
	values [fields]value
	items  []value // elements of all arrays
	digits []byte  // the text of all numbers

	// What is wrong with the fields as such: the first of its kind in the line.
	duplicate name
	unknown   name
	badNumber name
}

// name is a field name that outlives the parser's buffers.
type name struct {
	n    int
	text [FieldNameBytesMax]byte
	set  bool
}

// keep takes the first text it is given, cut between two characters.
func (x *name) keep(text []byte) {
	if x.set {
		return
	}
	n := min(len(text), FieldNameBytesMax)
	for n < len(text) && n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	x.n, x.set = copy(x.text[:], text[:n]), true
}

func (x *name) bytes() []byte { return x.text[:x.n] }

func newDocument() *document {
	d := &document{
		index:  newFieldIndex(),
		items:  make([]value, 0, LineBytesMax/2),
		digits: make([]byte, 0, LineBytesMax),
	}
	d.visit = d.field
	d.warmUp()
	return d
}

// warmUp lets the parser grow to the longest request, so that serving does not
// allocate: its cell for the object to the most fields, and each cell that can be
// one of the arrays of a sensible line to the most elements.
func (d *document) warmUp() {
	elements := "0"
	for range ProductsMax {
		elements += ",0"
	}
	before := ""
	for range requestFields {
		// A parse error is out of the question here, and would show in every test.
		_ = d.parse([]byte(`{` + before + `"":[` + elements + `]}`))
		before += `"":0,`
	}
}

// parse takes line apart. It reports whether line is a JSON object; lint must
// have passed it. What it fills in is valid until the next parse.
// hot
func (d *document) parse(line []byte) bool {
	d.seen, d.alone = 0, 0
	d.items, d.digits = d.items[:0], d.digits[:0]
	d.duplicate.set, d.unknown.set, d.badNumber.set = false, false, false
	v, err := d.parser.ParseBytes(line)
	if err != nil {
		return false
	}
	o, err := v.Object()
	if err != nil {
		return false
	}
	o.Visit(d.visit)
	return true
}

// field takes one field of the object.
// hot
func (d *document) field(key []byte, v *fastjson.Value) {
	f := d.index.find(key)
	if f == noField {
		d.unknown.keep(key)
		// What is no JSON number is no JSON, also where nobody reads it.
		d.take(v, key)
		return
	}
	set, bit := &d.seen, f.bit()
	if f >= requestFields {
		set, bit = &d.alone, (f - requestFields).bit()
	}
	if *set&bit != 0 {
		d.duplicate.keep(key)
		return
	}
	*set |= bit
	d.values[f] = d.take(v, key)
}

// take copies a value out of the parser. Strings stay in its buffer, where they
// are valid until the next parse.
// hot
func (d *document) take(v *fastjson.Value, key []byte) value {
	switch v.Type() {
	case fastjson.TypeString:
		text, _ := v.StringBytes() // the type has been checked, here and below
		return value{kind: kindString, text: text}
	case fastjson.TypeNumber:
		from := len(d.digits)
		d.digits = v.MarshalTo(d.digits)
		text := d.digits[from:]
		if !isNumber(text) {
			d.badNumber.keep(key)
		}
		return value{kind: kindNumber, text: text}
	case fastjson.TypeArray:
		elements, _ := v.Array()
		from := len(d.items)
		for range elements {
			d.items = append(d.items, value{})
		}
		for i, x := range elements {
			taken := d.take(x, key)
			d.items[from+i] = taken
		}
		return value{kind: kindArray, from: from, n: len(elements)}
	case fastjson.TypeTrue:
		return value{kind: kindTrue}
	case fastjson.TypeFalse:
		return value{kind: kindFalse}
	case fastjson.TypeNull:
		return value{kind: kindNull}
	}
	return value{kind: kindObject}
}

// elements are the elements of an array.
func (d *document) elements(v *value) []value { return d.items[v.from : v.from+v.n] }

// get is the value of a field of requests, kindAbsent if the line does not have it.
func (d *document) get(f field) *value {
	if d.seen&f.bit() == 0 {
		return &absent
	}
	return &d.values[f]
}

var absent = value{}
