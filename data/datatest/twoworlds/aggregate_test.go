package twoworlds

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// aggregate asks for figures over groups.
func (q *curious) aggregate() *call {
	c := &call{op: "aggregate", coll: q.collection(), args: map[string]any{}}
	of := q.s.model.Collection("", c.coll)
	var measures, dimensions []any
	var columns []string
	for range 1 + q.IntN(3) {
		m, name := q.measure(of)
		if slices.Contains(columns, name) && q.careful {
			continue
		}
		measures, columns = append(measures, m), append(columns, name)
	}
	for range pick(q.dice, 0, 1, 1, 1, 2, 2) {
		d, name := q.dimension(of)
		if slices.Contains(columns, name) && q.careful {
			continue
		}
		dimensions, columns = append(dimensions, d), append(columns, name)
	}
	c.args["measures"] = measures
	if dimensions != nil {
		c.args["dimensions"] = dimensions
	}
	if q.chance(45) {
		c.args["filter"] = q.filter(of, 2)
	}
	if q.chance(45) {
		c.args["sort"] = []string{pick(q.dice, "", "-") + pick(q.dice, columns...)}
	}
	if q.chance(45) {
		c.args["limit"] = pick(q.dice, 1, 2, 3, 1000)
	}
	return c
}

var functions = []string{"count", "sum", "avg", "min", "max", "count_distinct", "ratio"}

// measure returns a measure, and the name of its column.
func (q *curious) measure(of *remit.Collection) (m map[string]any, column string) {
	fn := pick(q.dice, functions...)
	m = map[string]any{"fn": fn}
	column = fn
	if (fn != "count" && fn != "ratio") || q.bold(4) {
		p, ok := q.measured(of, fn)
		if !ok {
			return map[string]any{"fn": "count"}, "count"
		}
		m["field"] = p.text
		column += "_" + strings.ReplaceAll(p.text, ".", "_")
	}
	if fn == "ratio" || q.chance(30) {
		m["filter"] = q.filter(of, 1)
	}
	if q.chance(30) {
		column = pick(q.dice, "one", "two", "three", "four")
		m["as"] = column
	}
	return m, column
}

// measured returns a path to what the function can be computed of, if one is
// easily found.
func (q *curious) measured(of *remit.Collection, fn string) (p path, ok bool) {
	for range 12 {
		if p := q.path(of, q.hops()); measurable(p.field, fn) || q.bold(10) {
			return p, true
		}
	}
	return path{}, false
}

func measurable(f *remit.Field, fn string) bool {
	number := f != nil && (f.Type == remit.Integer || f.Type == remit.Decimal || f.Type == remit.Currency)
	switch fn {
	case "sum", "avg":
		return number
	case "min", "max":
		return f != nil && f.Type != remit.Boolean && f.Type != remit.Relation
	}
	return true
}

// dimension returns a dimension, and the name of its column.
func (q *curious) dimension(of *remit.Collection) (d map[string]any, column string) {
	p := q.path(of, q.hops())
	d = map[string]any{"field": p.text}
	timed := p.field != nil && (p.field.Type == remit.Date || p.field.Type == remit.Timestamp)
	if (timed && q.chance(75)) || q.bold(4) {
		d["bucket"] = pick(q.dice, "day", "week", "month", "quarter", "year")
	}
	return d, p.text
}
