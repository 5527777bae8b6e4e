package twoworlds

import (
	"maps"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// path is a field path of a request: with the field, if there is one of that
// name, known to the asker or not.
type path struct {
	text  string
	coll  *remit.Collection // nil where the path leads nowhere
	field *remit.Field      // nil for the id, or nowhere
}

// nowhere are names that no field has, some of them of columns that exist.
var nowhere = []string{"amnt", "deleted_at", "version", "password_hash", "system", "generation", "", "id.id", "owner.owner.owner.owner", "t.amount", `name"`}

// path returns a field path of a collection, over at most so many hops: mostly of
// what the asker knows, at times of what is hidden, seldom of what is not there.
func (q *curious) path(c *remit.Collection, hops int) path {
	if c == nil || q.bold(3) {
		return path{text: pick(q.dice, nowhere...)}
	}
	if q.chance(3) {
		return path{text: remit.IDField, coll: c}
	}
	known := q.known(c.Name)
	if masked := q.masked(c.Name); masked != 0 && q.chance(30) {
		known = masked
	}
	var list []*remit.Field
	for i := range c.Fields {
		if known.has(i) || q.bold(10) {
			list = append(list, &c.Fields[i])
		}
	}
	if len(list) == 0 {
		return path{text: remit.IDField, coll: c}
	}
	f := pick(q.dice, list...)
	if f.Type == remit.Relation && hops > 0 && q.chance(65) {
		if q.careful && q.known(f.Target) == 0 {
			return path{text: f.Name, coll: c, field: f}
		}
		next := q.path(q.s.model.Collection("", f.Target), hops-1)
		next.text = strings.TrimSuffix(f.Name, "_id") + "." + next.text
		return next
	}
	return path{text: f.Name, coll: c, field: f}
}

// hops is how many relations a path may cross: three is one too many.
func (q *curious) hops() int {
	if q.bold(10) {
		return 3
	}
	return pick(q.dice, 0, 1, 1, 2, 2, 2)
}

// filter returns a condition on the collection.
func (q *curious) filter(c *remit.Collection, depth int) map[string]any {
	if c != nil && q.chance(12) {
		if suspicion := q.suspicion(c); suspicion != nil {
			return suspicion
		}
	}
	if c != nil && q.chance(6) {
		if doubt := q.doubt(c); doubt != nil {
			return doubt
		}
	}
	switch n := q.IntN(100); {
	case depth > 0 && n < 18:
		return map[string]any{"$and": q.filters(c, depth-1)}
	case depth > 0 && n < 36:
		return map[string]any{"$or": q.filters(c, depth-1)}
	case depth > 0 && n < 48:
		return map[string]any{"$not": q.filter(c, depth-1)}
	case c != nil && depth >= 0 && n < 60:
		return q.related(c, depth)
	}
	p := q.path(c, q.hops())
	return map[string]any{p.text: q.comparison(p)}
}

func (q *curious) filters(c *remit.Collection, depth int) []any {
	list := make([]any, 1+q.IntN(3))
	for i := range list {
		list[i] = q.filter(c, depth)
	}
	return list
}

// comparison returns what stands behind a field's name in a filter.
func (q *curious) comparison(p path) any {
	if q.chance(15) {
		return q.operand(p)
	}
	made := map[string]any{}
	for range 1 + q.IntN(5)/4 {
		op := pick(q.dice, q.operators(p)...)
		made[op] = q.argument(p, op)
	}
	return made
}

// operators returns those that suit the field, and now and then all.
func (q *curious) operators(p path) []string {
	any := []string{"$eq", "$ne", "$in", "$notIn", "$empty", "$notEmpty"}
	order := []string{"$gt", "$gte", "$lt", "$lte", "$between"}
	match := []string{"$contains", "$startsWith"}
	switch {
	case q.bold(5):
		return append(append(append(any, order...), match...), "$not", "$like")
	case p.field == nil || p.field.Type == remit.Relation || p.field.Type == remit.Boolean:
		return any
	case p.field.Type == remit.Text:
		return append(append(append(any, order...), match...), match...)
	case p.field.Type == remit.Enum:
		return append(any, match...)
	}
	return append(append(any, order...), order...)
}

func (q *curious) argument(p path, op string) any {
	switch op {
	case "$in", "$notIn":
		list := make([]any, q.IntN(4))
		for i := range list {
			list[i] = q.operand(p)
		}
		return list
	case "$between":
		return []any{q.operand(p), q.operand(p)}
	case "$empty", "$notEmpty":
		return q.chance(70)
	case "$not":
		return map[string]any{"$eq": q.operand(p)}
	case "$contains", "$startsWith":
		return q.piece(p)
	}
	return q.operand(p)
}

// operand returns a value of the field: one that stands in either world, hidden or
// not, or one of the vocabulary.
func (q *curious) operand(p path) any {
	switch {
	case q.bold(8):
		return nil
	case q.bold(4):
		return pick[any](q.dice, "x", 1, true, 1.5, []any{1}, "2040-13-01", 1e30)
	case p.coll == nil:
		return pick[any](q.dice, "x", 1)
	case p.field == nil:
		return q.id(p.coll.Name)
	case p.field.Type == remit.Relation:
		return q.id(p.field.Target)
	case p.field.Type == remit.Timestamp && q.chance(20):
		return pick(q.dice, days...) // a whole day
	}
	if v := q.stored(p); !v.IsNull() && q.chance(75) {
		return v
	}
	for {
		if v := q.value(p.field); !v.IsNull() {
			return v
		}
	}
}

// stored returns the field's cell of some record of some world.
func (q *curious) stored(p path) remit.Value {
	t := pick(q.dice, q.s.a, q.s.b).tables[p.coll.Name]
	if len(t.rows) == 0 || p.field == nil {
		return remit.Null
	}
	return t.value(pick(q.dice, t.rows...), p.field.Name)
}

// piece returns a part of a text of the field, in other letters at times.
func (q *curious) piece(p path) string {
	text := pick(q.dice, words...)
	if p.coll != nil && p.field != nil {
		if v := q.stored(p); v.Text() != "" {
			text = v.Text()
		}
	}
	if runes := []rune(text); len(runes) > 2 && q.chance(70) {
		from := q.IntN(len(runes) - 1)
		text = string(runes[from:min(len(runes), from+2+q.IntN(6))])
	}
	if q.chance(40) {
		return strings.ToUpper(text)
	}
	return text
}

// id returns the id of a record of either world, visible, hidden or deleted; of
// another collection or none at times; or no id at all.
func (q *curious) id(collection string) string {
	switch n := q.IntN(100); {
	case n < 3:
		return string(q.dice.id())
	case n < 7 && !q.careful:
		return pick(q.dice, "x", "", "0", "operatoroperatoroperatorop", strings.Repeat("a", 27), "ä")
	case n < 9:
		collection = pick(q.dice, sizes...).collection
	}
	t := pick(q.dice, q.s.a, q.s.b).tables[collection]
	if t == nil || len(t.rows) == 0 {
		return string(q.dice.id())
	}
	return string(pick(q.dice, t.rows...).id)
}

// suspicion asks of one visible record what only somebody who sees the hidden
// could know: whether a hidden cell has the value that it has in one of the
// worlds.
func (q *curious) suspicion(c *remit.Collection) map[string]any {
	v := q.s.sight.views[0]
	ids := slices.Sorted(maps.Keys(v.seen[c.Name]))
	if len(ids) == 0 {
		return nil
	}
	id := pick(q.dice, ids...)
	t := pick(q.dice, q.s.a, q.s.b).tables[c.Name]
	var fields []int
	for i := range c.Fields {
		_, hidden := v.cell(v.company.tables[c.Name], v.company.tables[c.Name].byID[id], i)
		if q.known(c.Name).has(i) && (hidden || c.Fields[i].Type == remit.Relation) {
			fields = append(fields, i)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	i := pick(q.dice, fields...)
	name, value := c.Fields[i].Name, t.byID[id].values[i]
	if c.Fields[i].Type == remit.Relation && q.chance(60) {
		name, value = q.behind(&c.Fields[i], value)
	}
	condition := map[string]any{name: q.equality(value)}
	if q.chance(40) {
		return condition
	}
	return map[string]any{"$and": []any{map[string]any{"id": id}, condition}}
}

// equality returns an operator that tells the value from any other.
func (q *curious) equality(value remit.Value) map[string]any {
	switch op := pick(q.dice, "$eq", "$ne", "$in", "$notIn", "$empty"); op {
	case "$in", "$notIn":
		return map[string]any{op: []any{value}}
	case "$empty":
		return map[string]any{op: value.IsNull()}
	default:
		return map[string]any{op: value}
	}
}

// behind returns a path over a link, with the value that stands there.
func (q *curious) behind(link *remit.Field, to remit.Value) (name string, value remit.Value) {
	target := pick(q.dice, q.s.a, q.s.b).tables[link.Target]
	known := q.known(link.Target)
	for _, i := range q.Perm(len(target.coll.Fields)) {
		if r := target.byID[remit.ID(to.Text())]; r != nil && known.has(i) {
			return strings.TrimSuffix(link.Name, "_id") + "." + target.coll.Fields[i].Name, r.values[i]
		}
	}
	return link.Name, to
}
