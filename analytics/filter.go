package analytics

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/remit-crm/remit"
)

// filters turns conditions into the filters that the lens takes, with a value in
// place of each parameter.
type filters struct {
	*resolver
	values map[string]string // of the parameters
	kinds  map[string]Parameter
}

// node is one object of a filter.
type node map[string]any

func (f *filters) render(c condition) (json.RawMessage, error) {
	if c == nil {
		return nil, nil
	}
	n, err := f.node(c)
	if err != nil {
		return nil, err
	}
	return json.Marshal(n)
}

func (f *filters) node(c condition) (node, error) {
	switch c := c.(type) {
	case every:
		return f.nodes("$and", c.parts)
	case either:
		return f.nodes("$or", c.parts)
	case missing:
		path, _, err := f.field(c.ref)
		return node{path: node{map[bool]string{false: "$empty", true: "$notEmpty"}[c.not]: true}}, err
	case compare:
		return f.compare(c)
	case among:
		return f.among(c)
	}
	return nil, remit.Errorf(remit.KindInternal, "analytics: a condition of no kind")
}

func (f *filters) nodes(connective string, parts []condition) (node, error) {
	all := make([]node, len(parts))
	for i, part := range parts {
		var err error
		if all[i], err = f.node(part); err != nil {
			return nil, err
		}
	}
	return node{connective: all}, nil
}

var dollars = map[string]string{"=": "$eq", "<>": "$ne", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}

func (f *filters) compare(c compare) (node, error) {
	path, field, err := f.field(c.ref)
	if err != nil {
		return nil, err
	}
	if c.sign != "=" && c.sign != "<>" && !ordered(field.Type) {
		return nil, remit.FieldErrorf("sql", "%s is a %s, which has no order", c.ref.name, field.Type)
	}
	v, err := f.value(field, c.value)
	if err != nil {
		return nil, err
	}
	return present(path, node{path: node{dollars[c.sign]: v}}, c.sign == "<>"), nil
}

func (f *filters) among(c among) (node, error) {
	path, field, err := f.field(c.ref)
	if err != nil {
		return nil, err
	}
	values := make([]any, len(c.values))
	for i, o := range c.values {
		if values[i], err = f.value(field, o); err != nil {
			return nil, err
		}
	}
	return present(path, node{path: node{map[bool]string{false: "$in", true: "$notIn"}[c.not]: values}}, c.not), nil
}

// present adds to a negative comparison what SQL means by it: an empty cell is not
// different from anything, it is unknown.
func present(path string, n node, negative bool) node {
	if !negative {
		return n
	}
	return node{"$and": []node{n, {path: node{"$notEmpty": true}}}}
}

func ordered(t remit.FieldType) bool {
	return t != remit.Boolean && t != remit.Relation && t != remit.Text && t != remit.Enum
}

// value returns an operand as the field reads it.
func (f *filters) value(field *remit.Field, o operand) (any, error) {
	if o.kind == inputOperand {
		p, known := f.kinds[o.input]
		if !known {
			return nil, remit.FieldErrorf("parameters", "the statement names :%s, which is no parameter of the template", o.input)
		}
		if p.dated() != (field.Type == remit.Date || field.Type == remit.Timestamp) {
			return nil, remit.FieldErrorf("parameters", "%s is a %s and cannot be compared with %s", o.input, p.Type, field.Name)
		}
		return literal(field, f.values[o.input], "parameters."+o.input)
	}
	if boolean := o.kind == trueOperand || o.kind == falseOperand; boolean != (field.Type == remit.Boolean) {
		return nil, remit.FieldErrorf("sql", "%s is a %s: compare it with one", field.Name, field.Type)
	}
	if number := o.kind == numberOperand; number != numeric(field.Type) {
		return nil, remit.FieldErrorf("sql", "%s is a %s: compare it with one", field.Name, field.Type)
	}
	if o.kind == trueOperand || o.kind == falseOperand {
		return o.kind == trueOperand, nil
	}
	return literal(field, o.text, "sql")
}

func numeric(t remit.FieldType) bool {
	return t == remit.Integer || t == remit.Decimal || t == remit.Currency
}

// literal checks a text that stands for a value of the field.
func literal(field *remit.Field, text, place string) (any, error) {
	switch field.Type {
	case remit.Enum:
		if !slices.Contains(field.Options, text) {
			e := remit.FieldErrorf(place, "%q is no value of %s", text, field.Name)
			e.Hint = remit.DidYouMean(text, field.Options)
			return nil, e
		}
		return text, nil
	case remit.Integer, remit.Decimal, remit.Currency:
		if t, n := number(text + " "); n != len(text) || t.kind != numberToken {
			return nil, remit.FieldErrorf(place, "%q is no number", text)
		}
		return json.Number(text), nil
	case remit.Date, remit.Timestamp:
		if _, err := time.Parse(remit.DateLayout, text); err != nil {
			return nil, remit.FieldErrorf(place, "%q is no day of the form 2026-01-31", text)
		}
		return text, nil
	case remit.Boolean:
		if text != "true" && text != "false" {
			return nil, remit.FieldErrorf(place, "%q is neither true nor false", text)
		}
		return text == "true", nil
	case remit.Text:
		return text, nil
	case remit.Relation:
	}
	return nil, remit.FieldErrorf(place, "%s names single records: a company-wide figure is not about one", field.Name)
}
