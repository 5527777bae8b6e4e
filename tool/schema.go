package tool

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// property is one argument as a tool's schema declares it.
type property struct {
	name     string
	types    []string // of JSON Schema; none: any
	required bool
}

// properties returns the properties of a schema, in the order it writes them.
func properties(schema json.RawMessage) ([]property, error) {
	var s struct {
		Type       string          `json:"type"`
		Required   []string        `json:"required"`
		Properties json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return nil, err
	}
	if s.Type != "object" {
		return nil, errors.New(`its type must be "object"`)
	}
	if len(s.Properties) == 0 {
		return nil, nil
	}
	return ordered(s.Properties, s.Required)
}

func ordered(object json.RawMessage, required []string) ([]property, error) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("its properties must be an object")
	}
	var out []property
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		var p struct {
			Type any `json:"type"`
		}
		if err := dec.Decode(&p); err != nil {
			return nil, err
		}
		out = append(out, property{name: name, types: types(p.Type), required: slices.Contains(required, name)})
	}
	return out, nil
}

// types reads JSON Schema's "type", a name or a list of names.
func types(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var names []string
		for _, each := range v {
			if name, ok := each.(string); ok {
				names = append(names, name)
			}
		}
		return names
	}
	return nil
}

func find(known []property, name string) *property {
	i := slices.IndexFunc(known, func(p property) bool { return p.name == name })
	if i < 0 {
		return nil
	}
	return &known[i]
}
