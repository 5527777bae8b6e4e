package twoworlds

import (
	"maps"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// change is what a write does to a world where it succeeds.
type change struct {
	op     string
	coll   string
	id     remit.ID // of a record to be created: a stand-in until the answer names it
	values map[string]remit.Value
	also   []remit.ID // further records, in bulk: all of them or none
}

// ids returns the records that it is of.
func (c *change) ids() []remit.ID { return append([]remit.ID{c.id}, c.also...) }

func (q *curious) create() *call {
	c := &call{op: "create", coll: q.writable(policy.Create), args: map[string]any{}}
	values := q.values(q.s.model.Collection("", c.coll), policy.Create)
	c.args["values"] = values
	c.change = &change{op: "create", coll: c.coll, id: q.dice.id(), values: values}
	return c
}

// update changes a record whose version is known, or reads one to know it.
func (q *curious) update() *call {
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(q.versions)), func(key string) bool {
		collection, _, _ := strings.Cut(key, "/")
		c := q.s.model.Collection("", collection)
		return c == nil || (q.careful && q.granted(c, policy.Update) == 0)
	})
	if len(keys) == 0 || q.chance(30) {
		c := &call{op: "get", coll: q.writable(policy.Update), args: map[string]any{}}
		c.id = string(q.visible(c.coll))
		return c
	}
	key := pick(q.dice, keys...)
	collection, id, _ := strings.Cut(key, "/")
	version := q.versions[key]
	switch n := q.IntN(100); {
	case n < 6:
		version = q.versions[pick(q.dice, keys...)]
	case n < 10:
		version = "stale"
	case n < 14 && !q.careful:
		id = q.id(collection)
	}
	values := q.values(q.s.model.Collection("", collection), policy.Update)
	c := &call{op: "update", coll: collection, id: id, args: map[string]any{"values": values, "version": version}}
	c.change = &change{op: "update", coll: collection, id: remit.ID(id), values: values}
	return c
}

func (q *curious) remove() *call {
	c := &call{op: "delete", coll: q.writable(policy.Delete), args: map[string]any{}}
	c.id = string(q.visible(c.coll))
	if q.chance(30) {
		c.id = q.id(c.coll)
	}
	if version := q.versions[c.coll+"/"+c.id]; version != "" && q.chance(50) {
		c.args["version"] = version
	}
	c.change = &change{op: "delete", coll: c.coll, id: remit.ID(c.id)}
	return c
}

// visible returns the id of a record that the person sees, mostly.
func (q *curious) visible(collection string) remit.ID {
	ids := slices.Sorted(maps.Keys(q.s.sight.views[0].seen[collection]))
	if len(ids) == 0 || q.chance(10) {
		return remit.ID(q.id(collection))
	}
	return pick(q.dice, ids...)
}

// granted returns the fields that the person may write on some records.
func (q *curious) granted(c *remit.Collection, a policy.Action) (fields cells) {
	for _, role := range q.s.judge.held() {
		for _, s := range q.s.judge.shares(role.Grants, c, a, ^cells(0)) {
			fields |= s.fields
		}
	}
	return fields & q.known(c.Name)
}

func (q *curious) deletable(c *remit.Collection) bool {
	for _, role := range q.s.judge.held() {
		if len(q.s.judge.shares(role.Grants, c, policy.Delete, 0)) > 0 {
			return true
		}
	}
	return false
}

// writable returns a collection whose records the person may write, mostly.
func (q *curious) writable(a policy.Action) string {
	var names []string
	for _, c := range q.s.model.Collections {
		granted := q.granted(c, a)
		for i := range c.Fields {
			if a == policy.Create && c.Fields[i].Required && !granted.has(i) {
				granted = 0
			}
		}
		if granted != 0 || a == policy.Delete && q.deletable(c) {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 || q.bold(20) {
		return q.collection()
	}
	return pick(q.dice, names...)
}

// values returns new cells: of fields that the person may write and, where
// links, to what she sees, mostly.
func (q *curious) values(of *remit.Collection, a policy.Action) map[string]remit.Value {
	values := map[string]remit.Value{}
	if of == nil {
		return map[string]remit.Value{"name": remit.TextValue("x")}
	}
	granted, known := q.granted(of, a), q.known(of.Name)
	for i := range of.Fields {
		f := &of.Fields[i]
		want := 25
		if a == policy.Create && f.Required {
			want = 97
		}
		may := (granted.has(i) && !f.ReadOnly) || (known.has(i) && q.bold(8)) || q.bold(1)
		if may && q.chance(want) {
			values[f.Name] = q.cell(f)
		}
	}
	return values
}

func (q *curious) cell(f *remit.Field) remit.Value {
	switch {
	case f.Type != remit.Relation:
		return q.value(f)
	case q.chance(15):
		return remit.Null
	case q.bold(40):
		return linkTo(remit.ID(q.id(f.Target)))
	case f.Name == "owner_id" && q.chance(60):
		return linkTo(q.s.asker.id)
	}
	return linkTo(q.visible(f.Target))
}

// foresee returns the worlds as they are after a write that succeeds, or nil for
// one that has no effect. It reports false for a write after which the asker would
// see two different worlds: taking over a record shows what was hidden in it.
func (s *scenario) foresee(c *change, now remit.Value) (after *foreseen, ok bool) {
	if c == nil || s.model.Collection("", c.coll) == nil {
		return nil, true
	}
	for _, id := range c.ids() {
		if c.op != "create" && s.sight.views[0].seen[c.coll][id] == 0 {
			return nil, true // not there, for the asker
		}
	}
	after = &foreseen{a: s.a.clone(), b: s.b.clone()}
	s.carryOut(c, after.a, now)
	s.carryOut(c, after.b, now)
	after.sight = s.look(after.a)
	return after, s.same(after.sight, s.look(after.b))
}

type foreseen struct {
	a, b  *company
	sight *sight
}

// carryOut changes a world as the product does.
func (s *scenario) carryOut(c *change, co *company, now remit.Value) {
	t := co.tables[c.coll]
	switch c.op {
	case "delete":
		for _, id := range c.ids() {
			t.byID[id].deleted = true
		}
	case "update":
		for _, id := range c.ids() {
			s.alter(c, t, t.byID[id], now)
		}
	case "create":
		t.add(s.newRecord(c, co, now))
	}
}

// alter sets the cells of one record, and when it was changed if one differs from
// what the asker sees.
func (s *scenario) alter(c *change, t *table, r *row, now remit.Value) {
	changed := false
	for name, v := range c.values {
		i := t.coll.FieldIndex(name)
		if shown, hidden := s.sight.views[0].cell(s.sight.company.tables[c.coll], s.sight.company.tables[c.coll].byID[r.id], i); hidden || shown != v {
			r.values[i], changed = v, true
		}
	}
	if changed {
		t.set(r, "updated_at", now)
	}
}

// newRecord returns a record with what the product sets by itself: a record belongs
// to who makes it, and to its owner's department as far as its maker sees that.
func (s *scenario) newRecord(c *change, co *company, now remit.Value) *row {
	t := co.tables[c.coll]
	r := &row{id: c.id, values: make([]remit.Value, len(t.coll.Fields)), version: 1}
	owner := linkTo(s.asker.id)
	if given, ok := c.values["owner_id"]; ok {
		owner = given
	}
	people := co.tables["people"]
	field := people.coll.FieldIndex("department_id")
	if p := people.byID[remit.ID(owner.Text())]; p != nil && p.id == s.asker.id {
		t.set(r, "department_id", p.values[field])
	} else if p != nil {
		department, _ := s.sight.views[0].cell(people, p, field)
		t.set(r, "department_id", department)
	}
	t.set(r, "owner_id", owner)
	t.set(r, "created_at", now)
	t.set(r, "updated_at", now)
	for name, v := range c.values {
		t.set(r, name, v)
	}
	return r
}

// rename gives the record that was created the id that it got.
func (co *company) rename(collection string, from, to remit.ID) {
	t := co.tables[collection]
	r := t.byID[from]
	delete(t.byID, from)
	r.id = to
	t.byID[to] = r
}

// bulk asks for a change of several records. Every other time one of them is not
// there, so that none is changed: what is said of each of the others must not tell
// more.
func (q *curious) bulk() *call {
	c := &call{op: "bulk", args: map[string]any{}}
	op := pick(q.dice, policy.Update, policy.Update, policy.Delete)
	c.coll = q.writable(op)
	var ids []remit.ID
	for range 1 + q.IntN(4) {
		if id := q.visible(c.coll); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if q.chance(50) {
		ids = append(ids, pick(q.dice, remit.ID(q.id(c.coll)), "aaaaaaaaaaaaaaaaaaaaaaaaaa"))
	}
	ids = shuffle(q.dice, ids)
	c.args["ids"] = ids
	c.change = &change{op: string(op), coll: c.coll, id: ids[0], also: ids[1:]}
	if op == policy.Delete {
		c.args["delete"] = true
		return c
	}
	c.change.values = q.values(q.s.model.Collection("", c.coll), policy.Update)
	c.args["values"] = c.change.values
	return c
}
