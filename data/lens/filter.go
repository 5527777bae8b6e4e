package lens

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/remit-crm/remit"
)

// A filter node is what a filter's JSON says, before any name in it has been
// looked up. Its operands stay JSON until the field's type is known.
type filterNode interface{ filterNode() }

type (
	// allOf and anyOf are the connectives; empty, they are true and false.
	allOf struct{ nodes []filterNode }
	anyOf struct{ nodes []filterNode }
	// noneOf is true where its node is not: a null comparison counts as not true.
	noneOf struct{ node filterNode }
	// related is true where there is a record of another collection that names this
	// one in its link and that the node holds of.
	related struct {
		place      string
		collection string
		via        string // the link's field; "" where there is but one
		node       filterNode
	}
	// comparison is one operator on one field.
	comparison struct {
		place   string // of the operator, for errors
		field   string // path as written
		op      string
		operand any // string, json.Number, bool, nil, or a []any of these
	}
)

func (allOf) filterNode()      {}
func (anyOf) filterNode()      {}
func (noneOf) filterNode()     {}
func (related) filterNode()    {}
func (comparison) filterNode() {}

// operators lists what may stand on a field. Whether it fits the field's type is
// checked when the comparison is resolved.
var operators = []string{
	"$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$notIn",
	"$contains", "$startsWith", "$empty", "$notEmpty", "$between",
}

// parseFilter reads the dollar form. Nil, empty and JSON null are no filter.
func parseFilter(raw json.RawMessage, place string) (filterNode, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return allOf{}, nil
	}
	if len(raw) > MaxFilterBytes {
		return nil, remit.FieldErrorf(place, "the filter has %d bytes; at most %d are read", len(raw), MaxFilterBytes)
	}
	if !utf8.Valid(raw) {
		return nil, remit.FieldErrorf(place, "the filter is not valid UTF-8")
	}
	p := &filterParser{dec: json.NewDecoder(bytes.NewReader(raw))}
	p.dec.UseNumber()
	node, err := p.object(place, 1)
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, remit.FieldErrorf(place, "something follows the filter's closing brace")
	}
	return node, nil
}

type filterParser struct {
	dec     *json.Decoder
	terms   int
	related int // conditions on related records
	within  int // how many of them this place is in
}

func (p *filterParser) token(place string) (json.Token, error) {
	t, err := p.dec.Token()
	if err != nil {
		return nil, remit.FieldErrorf(place, "not well-formed JSON near byte %d", p.dec.InputOffset())
	}
	return t, nil
}

// object reads {"field": …, "$and": […], …}, all of whose entries must hold.
func (p *filterParser) object(place string, depth int) (filterNode, error) {
	if depth > MaxFilterDepth {
		return nil, remit.FieldErrorf(place, "the filter is nested more than %d deep; flatten it", MaxFilterDepth)
	}
	t, err := p.token(place)
	if err != nil {
		return nil, err
	}
	if t != json.Delim('{') {
		return nil, remit.FieldErrorf(place, `expected an object such as {"stage": {"$eq": "won"}}`)
	}
	var nodes []filterNode
	err = p.entries(place, func(key, at string) error {
		node, err := p.entry(key, at, depth)
		nodes = append(nodes, node)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(nodes) == 1 {
		return nodes[0], nil
	}
	return allOf{nodes}, nil
}

// entries reads the rest of an object whose brace has been read, and refuses a
// key that comes twice: which of the two would count is nobody's guess.
func (p *filterParser) entries(place string, each func(key, at string) error) error {
	var seen []string
	for p.dec.More() {
		t, err := p.token(place)
		if err != nil {
			return err
		}
		key, _ := t.(string)
		at := place + "." + key
		if slices.Contains(seen, key) {
			return remit.FieldErrorf(at, "the key comes twice; combine the two with $and")
		}
		seen = append(seen, key)
		if err := each(key, at); err != nil {
			return err
		}
	}
	_, err := p.token(place)
	return err
}

func (p *filterParser) entry(key, at string, depth int) (filterNode, error) {
	switch key {
	case "$and", "$or":
		nodes, err := p.array(at, depth)
		if err != nil {
			return nil, err
		}
		if len(nodes) == 0 {
			return nil, remit.FieldErrorf(at, "needs at least one condition")
		}
		if key == "$and" {
			return allOf{nodes}, nil
		}
		return anyOf{nodes}, nil
	case "$not":
		node, err := p.object(at, depth+1)
		return noneOf{node}, err
	case "$has":
		return p.relatedRecords(at, depth)
	case "$hasNo":
		node, err := p.relatedRecords(at, depth)
		return noneOf{node}, err
	}
	if key != "" && key[0] == '$' {
		return nil, &remit.Error{
			Kind: remit.KindInvalid, Field: at, Hint: remit.DidYouMean(key, []string{"$and", "$or", "$not", "$has", "$hasNo"}),
			Message: "unknown connective; use $and, $or, $not, $has or $hasNo here, and operators inside a field's object",
		}
	}
	return p.field(key, at, depth)
}

func (p *filterParser) array(place string, depth int) ([]filterNode, error) {
	t, err := p.token(place)
	if err != nil {
		return nil, err
	}
	if t != json.Delim('[') {
		return nil, remit.FieldErrorf(place, "expected a list of conditions")
	}
	var nodes []filterNode
	for p.dec.More() {
		node, err := p.object(place+"["+strconv.Itoa(len(nodes))+"]", depth+1)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
	}
	_, err = p.token(place)
	return nodes, err
}

// field reads what stands behind a field's name: an object of operators, or a
// plain value, which means $eq.
func (p *filterParser) field(name, at string, depth int) (filterNode, error) {
	t, err := p.token(at)
	if err != nil {
		return nil, err
	}
	if t != json.Delim('{') {
		operand, err := p.operand(t, at)
		if err != nil {
			return nil, err
		}
		return p.compare(comparison{place: at, field: name, op: "$eq", operand: operand})
	}
	var nodes []filterNode
	err = p.entries(at, func(op, place string) error {
		node, err := p.operator(name, op, place, depth)
		nodes = append(nodes, node)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(nodes) == 0:
		return nil, remit.FieldErrorf(at, `needs an operator, e.g. {"$eq": "won"}`)
	case len(nodes) == 1:
		return nodes[0], nil
	}
	return allOf{nodes}, nil
}

func (p *filterParser) operator(field, op, at string, depth int) (filterNode, error) {
	if op == "$not" {
		if depth+1 > MaxFilterDepth {
			return nil, remit.FieldErrorf(at, "the filter is nested more than %d deep; flatten it", MaxFilterDepth)
		}
		node, err := p.field(field, at, depth+1)
		return noneOf{node}, err
	}
	if !slices.Contains(operators, op) {
		return nil, &remit.Error{
			Kind: remit.KindInvalid, Field: at, Hint: remit.DidYouMean(op, operators),
			Message: "unknown operator; use $eq, $ne, $gt, $gte, $lt, $lte, $in, $notIn, $contains, $startsWith, $empty, $notEmpty, $between or $not",
		}
	}
	t, err := p.token(at)
	if err != nil {
		return nil, err
	}
	operand, err := p.operand(t, at)
	if err != nil {
		return nil, err
	}
	return p.compare(comparison{place: at, field: field, op: op, operand: operand})
}

func (p *filterParser) compare(c comparison) (filterNode, error) {
	if p.terms++; p.terms > MaxFilterTerms {
		return nil, remit.FieldErrorf(c.place, "the filter has more than %d comparisons", MaxFilterTerms)
	}
	return c, nil
}

// operand reads a scalar, or a list of scalars, whose first token is t.
func (p *filterParser) operand(t json.Token, at string) (any, error) {
	if t == json.Delim('[') {
		list := []any{}
		for p.dec.More() {
			if len(list) == MaxListLength {
				return nil, remit.FieldErrorf(at, "the list has more than %d values", MaxListLength)
			}
			t, err := p.token(at)
			if err != nil {
				return nil, err
			}
			if _, nested := t.(json.Delim); nested {
				return nil, remit.FieldErrorf(at, "a list holds plain values only")
			}
			list = append(list, t)
		}
		_, err := p.token(at)
		return list, err
	}
	if _, nested := t.(json.Delim); nested {
		return nil, remit.FieldErrorf(at, "expected a plain value or a list of them")
	}
	return t, nil
}
