package lens

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// compare turns an operator with its operand into a condition on the column,
// refusing what the column's type has no meaning for.
func (sel *selection) compare(c *column, n comparison) (condition, error) {
	switch n.op {
	case "$eq":
		return sel.equals(c, n)
	case "$ne":
		eq, err := sel.equals(c, n)
		if err != nil {
			return nil, err
		}
		if o, ok := eq.(ordered); ok {
			return differs{o.column, o.value}, nil
		}
		return notNull{c}, nil
	case "$gt", "$gte", "$lt", "$lte":
		return sel.bound(c, n.op, n.operand, n.place)
	case "$between":
		return sel.between(c, n)
	case "$in":
		return sel.in(c, n)
	case "$notIn":
		in, err := sel.in(c, n)
		return negation{in}, err
	case "$contains", "$startsWith":
		return sel.matches(c, n)
	case "$empty", "$notEmpty":
		return sel.emptiness(c, n)
	}
	return nil, remit.Errorf(remit.KindInternal, "operator %s passed the parser", n.op)
}

func (sel *selection) equals(c *column, n comparison) (condition, error) {
	if n.operand == nil {
		return isNull{c}, nil
	}
	v, err := sel.operand(c, n.operand, n.place)
	return ordered{c, "=", v}, err
}

var sqlOperators = map[string]string{"$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}

// bound is one of the four order comparisons. On a timestamp, a bare day stands
// for the whole day: up to and including it, or after it.
func (sel *selection) bound(c *column, op string, operand any, place string) (condition, error) {
	if c.field == nil || c.field.Type == remit.Boolean || c.field.Type == remit.Relation {
		return nil, remit.FieldErrorf(place, "%s has no order; use $eq, $ne, $in or $notIn", c.path)
	}
	if operand == nil {
		return nil, remit.FieldErrorf(place, "null has no order; use $empty or $notEmpty")
	}
	if text, ok := operand.(string); ok && c.field.Type == remit.Timestamp && len(text) == len(remit.DateLayout) {
		return sel.dayBound(c, op, text, place)
	}
	v, err := sel.operand(c, operand, place)
	return ordered{c, sqlOperators[op], v}, err
}

func (sel *selection) dayBound(c *column, op, text, place string) (condition, error) {
	parsed, err := time.Parse(remit.DateLayout, text)
	if err != nil {
		return nil, remit.FieldErrorf(place, "%q is not an existing day of the form 2026-01-31", clip(text))
	}
	y, m, d := parsed.Date()
	day, next := dayStart(y, m, d, sel.session.snapshot.location), dayStart(y, m, d+1, sel.session.snapshot.location)
	switch op {
	case "$gte":
		return ordered{c, ">=", remit.TimeValue(day)}, nil
	case "$gt":
		return ordered{c, ">=", remit.TimeValue(next)}, nil
	case "$lt":
		return ordered{c, "<", remit.TimeValue(day)}, nil
	}
	return ordered{c, "<", remit.TimeValue(next)}, nil
}

func (sel *selection) between(c *column, n comparison) (condition, error) {
	list, ok := n.operand.([]any)
	if !ok || len(list) != 2 {
		return nil, remit.FieldErrorf(n.place, "expected two values, the lowest and the highest, both included")
	}
	low, err := sel.bound(c, "$gte", list[0], n.place+"[0]")
	if err != nil {
		return nil, err
	}
	high, err := sel.bound(c, "$lte", list[1], n.place+"[1]")
	return conjunction{[]condition{low, high}}, err
}

func (sel *selection) in(c *column, n comparison) (condition, error) {
	list, ok := n.operand.([]any)
	if !ok {
		return nil, remit.FieldErrorf(n.place, "expected a list of values")
	}
	one := oneOf{column: c}
	var either []condition
	for i, operand := range list {
		if operand == nil {
			either = append(either, isNull{c})
			continue
		}
		v, err := sel.operand(c, operand, n.place+"["+strconv.Itoa(i)+"]")
		if err != nil {
			return nil, err
		}
		one.values = append(one.values, v)
	}
	if len(one.values) > 0 {
		either = append(either, one)
	}
	return disjunction{either}, nil
}

func (sel *selection) matches(c *column, n comparison) (condition, error) {
	if c.field == nil || (c.field.Type != remit.Text && c.field.Type != remit.Enum) {
		return nil, remit.FieldErrorf(n.place, "%s is not a text; use $eq or a comparison", c.path)
	}
	text, ok := n.operand.(string)
	if !ok || text == "" {
		return nil, remit.FieldErrorf(n.place, "expected a text that is not empty")
	}
	if _, err := checkText(text, n.place); err != nil {
		return nil, err
	}
	return matches{c, n.op == "$startsWith", sqldb.Fold(text)}, nil
}

func (sel *selection) emptiness(c *column, n comparison) (condition, error) {
	yes, ok := n.operand.(bool)
	if !ok {
		return nil, remit.FieldErrorf(n.place, "expected true or false")
	}
	if yes == (n.op == "$empty") {
		return isNull{c}, nil
	}
	return notNull{c}, nil
}

// operand reads one JSON value as a value of the column's type.
func (sel *selection) operand(c *column, operand any, place string) (remit.Value, error) {
	v, err := parseOperand(c.field, operand)
	if err != nil {
		return remit.Null, at(err, place)
	}
	return v, nil
}

// at gives an error of remit.Field.ParseValue its place.
func at(err error, place string) error {
	e := *err.(*remit.Error) //nolint:errorlint // made by this module, never wrapped
	e.Field = place
	return &e
}

// parseOperand reads a JSON scalar as a value of the field (nil: the id). Numbers
// may be written as numbers only, texts and dates as strings only: a guess
// between the two would make "10" and 10 differ by field.
func parseOperand(f *remit.Field, operand any) (remit.Value, error) {
	switch v := operand.(type) {
	case string:
		if f != nil && (f.Type == remit.Integer || f.Type == remit.Decimal || f.Type == remit.Currency || f.Type == remit.Boolean) {
			return remit.Null, remit.Errorf(remit.KindInvalid, "%s is a %s: write it without quotation marks", f.Name, f.Type)
		}
		return parseTextOperand(f, v)
	case json.Number:
		return parseNumberOperand(f, v)
	case bool:
		if f == nil || f.Type != remit.Boolean {
			return remit.Null, mismatch(f, "true or false")
		}
		return remit.BooleanValue(v), nil
	case []any:
		return remit.Null, mismatch(f, "a list")
	}
	return remit.Null, mismatch(f, "null")
}

func parseTextOperand(f *remit.Field, text string) (remit.Value, error) {
	if f == nil {
		f = &remit.Field{Name: remit.IDField, Type: remit.Relation}
	}
	if text == "" {
		if f.Type == remit.Text {
			return remit.TextValue(""), nil
		}
		return remit.Null, remit.Errorf(remit.KindInvalid, "an empty text is no %s; use null or $empty", f.Type)
	}
	return f.ParseValue(text)
}

func parseNumberOperand(f *remit.Field, n json.Number) (remit.Value, error) {
	if f == nil {
		return remit.Null, mismatch(f, "a number")
	}
	text := n.String()
	switch f.Type {
	case remit.Integer, remit.Decimal, remit.Currency:
		plain, err := plainNumber(text)
		if err != nil {
			return remit.Null, err
		}
		return f.ParseValue(plain)
	case remit.Text, remit.Enum, remit.Boolean, remit.Date, remit.Timestamp, remit.Relation:
	}
	return remit.Null, mismatch(f, "a number")
}

func mismatch(f *remit.Field, got string) error {
	if f == nil {
		return remit.Errorf(remit.KindInvalid, "expected a record id, got %s", got)
	}
	return remit.Errorf(remit.KindInvalid, "%s is a %s, got %s", f.Name, f.Type, got)
}

// checkText refuses what no text of a record can hold.
func checkText(text, place string) (string, error) {
	if !utf8.ValidString(text) {
		return "", remit.FieldErrorf(place, "the text is not valid UTF-8")
	}
	for i := range len(text) {
		if text[i] == 0 {
			return "", remit.FieldErrorf(place, "the text holds a NUL character")
		}
	}
	return text, nil
}
