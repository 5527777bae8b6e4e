package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// filter returns a random filter, nil for none.
func (d *dice) filter(o *opinion, c *remit.Collection, depth int) node {
	if depth == 2 && d.chance(25) {
		return nil
	}
	switch n := d.IntN(10); {
	case depth > 0 && n < 2:
		return every{[]node{d.filter(o, c, depth-1), d.filter(o, c, depth-1)}}
	case depth > 0 && n < 4:
		return some{[]node{d.filter(o, c, depth-1), d.filter(o, c, depth-1)}}
	case depth > 0 && n < 5:
		return not{d.filter(o, c, depth-1)}
	case n < 7:
		if related := d.related(o, c, depth); related != nil {
			return related
		}
	}
	return d.test(o, c, d.path(o, c))
}

var (
	equality = []string{"$eq", "$ne", "$in", "$notIn", "$empty", "$notEmpty"}
	ordering = []string{"$gt", "$gte", "$lt", "$lte", "$between"}
	matching = []string{"$contains", "$startsWith"}
)

func (d *dice) test(o *opinion, c *remit.Collection, path string) node {
	f, ok := o.field(c, path)
	if !ok {
		return test{path, "$notEmpty", []operand{{value: remit.BooleanValue(true), raw: true}}}
	}
	if f == nil {
		f = &remit.Field{Type: remit.Relation, Target: c.Name}
	}
	operators := equality
	switch f.Type {
	case remit.Text, remit.Enum:
		operators = slices.Concat(equality, ordering, matching)
	case remit.Integer, remit.Decimal, remit.Currency, remit.Date, remit.Timestamp:
		operators = slices.Concat(equality, ordering)
	case remit.Boolean, remit.Relation:
	}
	return test{path, pick(d, operators), nil}.filled(d, f)
}

// filled gives the operator its operands.
func (n test) filled(d *dice, f *remit.Field) node {
	switch {
	case n.op == "$empty" || n.op == "$notEmpty":
		yes := d.chance(50)
		n.values = []operand{{value: remit.BooleanValue(yes), raw: yes}}
	case slices.Contains(matching, n.op):
		text := pick(d, words)
		n.values = []operand{{value: remit.TextValue(text), raw: text}}
	case n.op == "$between":
		n.values = []operand{d.operand(f, true), d.operand(f, true)}
	case n.op == "$in" || n.op == "$notIn":
		for range d.IntN(4) {
			n.values = append(n.values, d.operand(f, false))
		}
	default:
		n.values = []operand{d.operand(f, slices.Contains(ordering, n.op))}
	}
	return n
}

// operand returns a value with its JSON: in an order, never null and sometimes a
// whole day.
func (d *dice) operand(f *remit.Field, ordered bool) operand {
	v := d.value(f)
	if v.IsNull() || (!ordered && d.chance(10)) {
		return operand{}
	}
	if ordered && f.Type == remit.Timestamp && d.chance(50) {
		day := pick(d, d.era.moments).Format("2006-01-02")
		return operand{day: day, raw: day}
	}
	return operand{value: v, raw: json.RawMessage(v.AppendJSON(nil))}
}

// sorts returns up to three keys.
func (d *dice) sorts(o *opinion, c *remit.Collection) []string {
	var keys []string
	for range d.IntN(4) {
		key := d.path(o, c)
		if d.chance(50) {
			key = "-" + key
		}
		keys = append(keys, key)
	}
	return keys
}

func (d *dice) fields(o *opinion, c *remit.Collection) []string {
	var fields []string
	for range d.IntN(6) {
		if path := d.path(o, c); !slices.Contains(fields, path) {
			fields = append(fields, path)
		}
	}
	return fields
}

// aggregate returns a random aggregate. Every result column has a name of its own.
func (d *dice) aggregate(o *opinion, c *remit.Collection) aggregate {
	q := aggregate{collection: c, filter: d.filter(o, c, 2), limit: 1 + d.IntN(30)}
	for i := range d.IntN(3) {
		dim := lens.Dimension{Field: d.path(o, c), As: fmt.Sprint("d", i)}
		if d.chance(30) {
			dim.Field = "created_at"
		}
		if f, ok := o.field(c, dim.Field); ok && f != nil && (f.Type == remit.Date || f.Type == remit.Timestamp) && d.chance(80) {
			dim.Bucket = pick(d, []string{"day", "week", "month", "quarter", "year"})
		}
		q.dimensions = append(q.dimensions, dim)
	}
	for i := range 1 + d.IntN(4) {
		q.measures = append(q.measures, d.measure(o, c, fmt.Sprint("m", i)))
	}
	for range d.IntN(3) {
		q.sort = append(q.sort, pick(d, []string{"", "-"})+pick(d, q.names()))
	}
	return q
}

func (d *dice) measure(o *opinion, c *remit.Collection, name string) measure {
	m := measure{Measure: lens.Measure{Fn: pick(d, []string{"count", "ratio", "sum", "avg", "min", "max", "count_distinct"}), As: name}}
	if m.Fn == "ratio" || d.chance(30) {
		m.only = d.filter(o, c, 1)
	}
	if m.Fn == "count" || m.Fn == "ratio" {
		return m
	}
	if m.Fn == "avg" && d.chance(50) && slices.Contains(o.known(c), "discount") {
		m.Field = "discount" // of millionths, so that half of one comes up
		return m
	}
	for range 40 { // a field that the function is for
		m.Field = d.path(o, c)
		f, ok := o.field(c, m.Field)
		numeric := ok && f != nil && (f.Type == remit.Integer || f.Type == remit.Decimal || f.Type == remit.Currency)
		orderly := ok && f != nil && f.Type != remit.Boolean && f.Type != remit.Relation
		if !ok || m.Fn == "count_distinct" || numeric || (orderly && (m.Fn == "min" || m.Fn == "max")) {
			return m
		}
	}
	m.Fn, m.Field = "count", ""
	return m
}

// unknown reports whether any of the paths is one that the actor does not know.
func (o *opinion) unknown(c *remit.Collection, paths ...string) bool {
	return slices.ContainsFunc(paths, func(path string) bool {
		if way, rest, ok := strings.Cut(path, reverse); ok {
			return o.unknownRelated(c, way, rest)
		}
		_, ok := o.field(c, strings.TrimPrefix(path, "-"))
		return !ok
	})
}

func filterPaths(nodes ...node) []string {
	var all []string
	for _, n := range nodes {
		if n != nil {
			all = append(all, n.paths()...)
		}
	}
	return all
}
