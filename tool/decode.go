package tool

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

// maxArguments bounds what is read of a call, in bytes.
const maxArguments = 256_000

// decode reads a call's arguments into in, strictly: a name that the schema does
// not have is an error even where it differs by case only, which encoding/json
// alone would let pass.
func decode(t *Tool, arguments json.RawMessage, in any) error {
	entries, err := object(arguments)
	if err != nil {
		return err
	}
	if err := strict(arguments); err != nil {
		return err
	}
	for _, name := range sortedKeys(entries) {
		p := find(t.arguments, name)
		if p == nil {
			return unknownArgument(t.Name, name, t.arguments)
		}
		entries[name] = unquoted(entries[name], p.types)
	}
	if err := missing(entries, t.arguments); err != nil {
		return err
	}
	clean, err := json.Marshal(entries)
	if err != nil {
		return remit.Errorf(remit.KindInvalid, "the arguments are not well-formed JSON")
	}
	dec := json.NewDecoder(bytes.NewReader(clean))
	dec.DisallowUnknownFields()
	if err := dec.Decode(in); err != nil {
		return explain(err, t.arguments)
	}
	if d, ok := in.(interface{ SetDefaults() }); ok {
		d.SetDefaults()
	}
	return nil
}

// object reads the arguments' outermost object. Models write nothing at all for
// a tool that needs no arguments.
func object(arguments json.RawMessage) (map[string]json.RawMessage, error) {
	arguments = bytes.TrimSpace(arguments)
	if len(arguments) > maxArguments {
		return nil, remit.Errorf(remit.KindLimited, "the arguments have %d bytes; at most %d are read", len(arguments), maxArguments)
	}
	if len(arguments) == 0 || string(arguments) == "null" {
		return map[string]json.RawMessage{}, nil
	}
	if !utf8.Valid(arguments) {
		return nil, remit.Errorf(remit.KindInvalid, "the arguments are not valid UTF-8")
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(arguments, &entries); err != nil {
		return nil, notAnObject(err)
	}
	return entries, nil
}

func notAnObject(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return remit.Errorf(remit.KindInvalid, "the arguments are not well-formed JSON near byte %d: send one JSON object, e.g. {\"collection\": \"accounts\"}", syntax.Offset)
	}
	return remit.Errorf(remit.KindInvalid, "the arguments must be one JSON object, e.g. {\"collection\": \"accounts\"}")
}

// plain returns a canonical input as plain Go values, for conditions over it.
func plain(canonical json.RawMessage) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(canonical))
	dec.UseNumber()
	var input map[string]any
	if err := dec.Decode(&input); err != nil {
		return nil, remit.Errorf(remit.KindInvalid, "the arguments are not well-formed JSON")
	}
	for name, v := range input {
		n, err := numbers(v)
		if err != nil {
			return nil, remit.FieldErrorf(name, "holds a number that is too large")
		}
		input[name] = n
	}
	return input, nil
}

// numbers replaces every json.Number in v, in place where it can.
func numbers(v any) (any, error) {
	var err error
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		return v.Float64()
	case []any:
		for i := range v {
			if v[i], err = numbers(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for k := range v {
			if v[k], err = numbers(v[k]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// unquoted returns the object or list that a text holds where the schema wants
// one: small models write {"filter": "{\"stage\": …}"}.
func unquoted(raw json.RawMessage, types []string) json.RawMessage {
	if slices.Contains(types, "string") || len(raw) == 0 || raw[0] != '"' {
		return raw
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return raw
	}
	text = strings.TrimSpace(text)
	wanted := (slices.Contains(types, "object") && strings.HasPrefix(text, "{")) ||
		(slices.Contains(types, "array") && strings.HasPrefix(text, "["))
	if !wanted || !json.Valid([]byte(text)) {
		return raw
	}
	return json.RawMessage(text)
}

func missing(entries map[string]json.RawMessage, known []property) error {
	for _, p := range known {
		raw := entries[p.name]
		if p.required && (len(raw) == 0 || string(raw) == "null" || string(raw) == `""`) {
			return remit.FieldErrorf(p.name, "is missing: give %s", p.name)
		}
	}
	return nil
}

func unknownArgument(tool, name string, known []property) error {
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.name
	}
	if len(names) == 0 {
		return remit.FieldErrorf(clip(name), "is no argument of %s, which takes none", tool)
	}
	err := remit.FieldErrorf(clip(name), "is no argument of %s, which takes: %s", tool, list(names))
	err.Hint = remit.DidYouMean(name, names)
	return err
}

// explain turns an error of encoding/json into one that says what to change.
func explain(err error, known []property) error {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return remit.FieldErrorf(place(mismatch.Field, known), "expected %s, not %s", wanted(mismatch.Type), mismatch.Value)
	}
	var own *remit.Error
	if errors.As(err, &own) {
		return own
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return remit.Errorf(remit.KindInvalid, "there is no place for the name %s; see the tool's schema", name)
	}
	return remit.Errorf(remit.KindInvalid, "the arguments do not fit the tool's schema")
}

// place drops the name of an embedded struct, which encoding/json puts before a
// path and no caller knows.
func place(path string, known []property) string {
	first, rest, nested := strings.Cut(path, ".")
	if nested && find(known, first) == nil {
		return rest
	}
	return path
}

// wanted names a Go type in the words of JSON.
func wanted(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() { //nolint:exhaustive // the kinds that inputs are made of
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// clip shortens what a message quotes.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

func list(names []string) string { return strings.Join(names, ", ") }

func sortedKeys(m map[string]json.RawMessage) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
