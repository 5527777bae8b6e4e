// Package input reads the JSON that callers send, strictly: what it accepts has
// one meaning, and what it refuses is refused with its place and a remedy.
//
// Beside the grammar of RFC 8259 it demands what RFC 8259 only recommends and
// I-JSON (RFC 7493, section 2) requires: valid UTF-8, no lone surrogates, no two members
// of one name. It also refuses NUL characters, which PostgreSQL cannot store, nesting
// beyond [MaxDepth], and names that the reader does not know. Names are compared
// exactly, unlike those of encoding/json, so "Limit" is no second "limit".
package input

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/remit-crm/remit"
)

// MaxDepth bounds how deep arrays and objects may be nested. It leaves room for
// the deepest filter that the lens takes.
const MaxDepth = 48

// Value is one well-formed JSON value with its place in the input. The zero
// value is no value.
type Value struct {
	Path string // e.g. "measures[0].fn"; "" for the whole input
	json []byte
}

// Parse checks the whole body and returns it as a value. An empty body is an
// error. The error is a [remit.KindInvalid] with the place of the problem.
func Parse(body []byte) (Value, error) {
	s := scanner{text: body}
	s.space()
	if s.at == len(body) {
		return Value{}, remit.Errorf(remit.KindInvalid, "the body is empty: send a JSON object")
	}
	start := s.at
	if p := s.value(0); p != nil {
		return Value{}, p.failure()
	}
	end := s.at
	s.space()
	if s.at != len(body) {
		return Value{}, s.problem("there is text behind the JSON value").failure()
	}
	return Value{json: body[start:end]}, nil
}

// Raw returns the value's JSON text, nil for null and for no value.
func (v Value) Raw() json.RawMessage {
	if v.IsNull() {
		return nil
	}
	return v.json
}

// IsNull reports whether the value is null or no value.
func (v Value) IsNull() bool { return len(v.json) == 0 || v.json[0] == 'n' }

// Members calls each for every member of an object, in the order of the text.
// A name that is not among known is refused. Known nil accepts every name.
func (v Value) Members(known []string, each func(name string, member Value) error) error {
	if len(v.json) == 0 || v.json[0] != '{' {
		return v.wrong("an object")
	}
	i := skipSpace(v.json, 1)
	for v.json[i] != '}' {
		keyEnd := skipString(v.json, i)
		name := unquote(v.json[i:keyEnd])
		start := skipSpace(v.json, skipSpace(v.json, keyEnd)+1)
		end := skipValue(v.json, start)
		member := Value{Path: Join(v.Path, name), json: v.json[start:end]}
		if known != nil && !contains(known, name) {
			return unknown(v.Path, name, known)
		}
		if err := each(name, member); err != nil {
			return err
		}
		i = skipComma(v.json, end)
	}
	return nil
}

// Elements calls each for every element of an array. Null has none.
func (v Value) Elements(each func(i int, element Value) error) error {
	if v.IsNull() {
		return nil
	}
	if v.json[0] != '[' {
		return v.wrong("an array")
	}
	i := skipSpace(v.json, 1)
	for n := 0; v.json[i] != ']'; n++ {
		end := skipValue(v.json, i)
		element := Value{Path: v.Path + "[" + strconv.Itoa(n) + "]", json: v.json[i:end]}
		if err := each(n, element); err != nil {
			return err
		}
		i = skipComma(v.json, end)
	}
	return nil
}

// Text returns a string; null is "".
func (v Value) Text() (string, error) {
	if v.IsNull() {
		return "", nil
	}
	if v.json[0] != '"' {
		return "", v.wrong("a string")
	}
	return unquote(v.json), nil
}

// Texts returns an array of strings; null is nil.
func (v Value) Texts() ([]string, error) {
	var texts []string
	err := v.Elements(func(_ int, element Value) error {
		if element.IsNull() {
			return element.wrong("a string")
		}
		text, err := element.Text()
		texts = append(texts, text)
		return err
	})
	return texts, err
}

// IDs returns an array of strings as ids, which are not checked; never nil.
func (v Value) IDs() ([]remit.ID, error) {
	texts, err := v.Texts()
	list := make([]remit.ID, len(texts))
	for i, text := range texts {
		list[i] = remit.ID(text)
	}
	return list, err
}

// Int returns a whole number that an int can hold, nil for null. 10.0 and 1e3 are
// not taken for whole numbers: nobody writes a limit so.
func (v Value) Int() (*int, error) {
	if v.IsNull() {
		return nil, nil
	}
	n, err := strconv.Atoi(string(v.json))
	if err != nil {
		return nil, v.wrong("a whole number")
	}
	return &n, nil
}

// Bool returns true or false; null is false.
func (v Value) Bool() (bool, error) {
	switch string(v.json) {
	case "true":
		return true, nil
	case "false", "null", "":
		return false, nil
	}
	return false, v.wrong("true or false")
}

// Join appends a member's name to a path.
func Join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// wrong says that the value is of another kind than what was wanted.
func (v Value) wrong(wanted string) error {
	const most = 40
	text := v.json
	if len(text) > most {
		text = append(bytes.ToValidUTF8(text[:most:most], nil), "…"...)
	}
	if len(text) == 0 {
		return remit.FieldErrorf(v.Path, "must be %s", wanted)
	}
	return remit.FieldErrorf(v.Path, "must be %s, not %s", wanted, text)
}

func unknown(path, name string, known []string) error {
	e := remit.FieldErrorf(Join(path, clip(name)), "there is no such property here")
	if e.Hint = remit.DidYouMean(name, known); e.Hint == "" {
		e.Hint = "known are: " + list(known)
	}
	return e
}

func list(names []string) string {
	var b bytes.Buffer
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
	}
	return b.String()
}

// clip shortens a name that an error message quotes.
func clip(name string) string {
	const most = 60
	if len(name) <= most {
		return name
	}
	return string(bytes.ToValidUTF8([]byte(name[:most]), nil)) + "…"
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// unquote returns the text of a well-formed JSON string.
func unquote(quoted []byte) string {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // it was checked before
	return text
}
