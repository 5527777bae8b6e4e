package conformance

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/eval"
)

// row is one record.
type row struct {
	id      remit.ID
	values  map[string]remit.Value
	deleted bool
}

// company is everything there is: rows by collection, and who is below whom.
type company struct {
	model *remit.Model
	rows  map[string][]*row
}

func (c *company) find(collection string, id remit.ID) *row {
	for _, r := range c.rows[collection] {
		if r.id == id && !r.deleted {
			return r
		}
	}
	return nil
}

// ReportsTo implements [scope.Hierarchy].
func (c *company) ReportsTo(person, manager remit.ID) bool {
	return c.below("people", "manager_id", person, manager)
}

// InDepartment implements [scope.Hierarchy].
func (c *company) InDepartment(department, ancestor remit.ID) bool {
	return department == ancestor || c.below("departments", "parent_id", department, ancestor)
}

func (c *company) below(collection, link string, id, above remit.ID) bool {
	for range 10 {
		r := c.find(collection, id)
		if r == nil {
			return false
		}
		if id = remit.ID(r.values[link].Text()); id == above {
			return true
		}
	}
	return false
}

// fact is a row as scopes read it: as it is, whoever asks.
type fact struct {
	company    *company
	collection *remit.Collection
	row        *row
}

// Value implements [scope.Record].
func (f fact) Value(name string) remit.Value {
	if name == remit.IDField {
		return remit.TextValue(string(f.row.id))
	}
	return f.row.values[name]
}

// Hop implements [scope.Record].
func (f fact) Hop(name string) scope.Record {
	target := f.collection.Field(name).Target
	to := f.company.find(target, remit.ID(f.row.values[name].Text()))
	if to == nil {
		return nil
	}
	return fact{f.company, f.company.model.Collection("", target), to}
}

// opinion is the second lens: one actor's.
type opinion struct {
	*company
	doc      *policy.Document
	programs map[string]*eval.Program // by collection and scope
	user     *scope.User
	employee string // "" where the person asks
	task     string
	egress   remit.Sensitivity // untagged: no service is named
	now      time.Time
	zone     *time.Location
}

// roles returns the roles of the document that the person holds.
func (o *opinion) roles() []policy.Role {
	var held []policy.Role
	for _, r := range o.doc.Roles {
		if slices.Contains(o.user.Roles, r.Name) {
			held = append(held, r)
		}
	}
	return held
}

func (o *opinion) remit() *policy.Remit {
	for i := range o.doc.Employees {
		if o.doc.Employees[i].Name == o.employee {
			return &o.doc.Employees[i].Remit
		}
	}
	return nil
}

func (o *opinion) constraints() policy.Constraints {
	for _, t := range o.doc.Tasks {
		if t.Name == o.task {
			return t.Constraints
		}
	}
	return policy.Constraints{}
}

// anyRow stands for some row or other: a grant holds on it unless its scope is
// none.
var anyRow = &row{}

// holds reports whether the row is in the scope of the collection.
func (o *opinion) holds(c *remit.Collection, name string, r *row) bool {
	switch {
	case name == policy.ScopeAll:
		return true
	case name == policy.ScopeNone:
		return false
	case r == anyRow:
		return true
	}
	in, err := o.programs[c.Name+"/"+name].Eval(o.user, fact{o.company, c, r}, o.company)
	return err == nil && in
}

// grants reports whether one of the grants allows the action on the field; an empty
// field is the row itself, which deleting is about.
func (o *opinion) grants(list []policy.Grant, c *remit.Collection, a policy.Action, field string, before, after *row) bool {
	return slices.ContainsFunc(list, func(g policy.Grant) bool {
		if (g.Collection != c.Name && g.Collection != "*") || !slices.Contains(g.Actions, a) || (!g.NotAfter.IsZero() && !o.now.Before(g.NotAfter)) {
			return false
		}
		if field != "" && g.Fields[0] != policy.AllFields && !slices.Contains(g.Fields, field) {
			return false
		}
		scopeAfter := g.ScopeAfter
		if scopeAfter == "" {
			scopeAfter = g.Scope
		}
		return (before == nil || o.holds(c, g.Scope, before)) && (after == nil || o.holds(c, scopeAfter, after))
	})
}

// may reports whether the actor may do the action to one cell.
func (o *opinion) may(c *remit.Collection, a policy.Action, field string, before, after *row) bool {
	f := c.Field(field)
	if f != nil && f.ReadOnly && (a == policy.Create || a == policy.Update) {
		return false
	}
	if o.employee != "" {
		return a == policy.View && o.aiMay(c, f, before)
	}
	return slices.ContainsFunc(o.roles(), func(r policy.Role) bool { return o.grants(r.Grants, c, a, field, before, after) })
}

// aiMay reports whether the AI employee may read the cell: one role grants it and
// clears it, and every ceiling does.
func (o *opinion) aiMay(c *remit.Collection, f *remit.Field, r *row) bool {
	level, ceiling := f.Sensitivity.OfField(), o.remit()
	if o.egress != remit.Untagged && level > o.egress {
		return false
	}
	if level > ceiling.Sensitivity.OfClearance() || !o.grants(ceiling.Grants, c, policy.View, f.Name, r, nil) || !o.taskNames(c, f) {
		return false
	}
	return slices.ContainsFunc(o.roles(), func(role policy.Role) bool {
		return level <= role.Clearance.OfClearance() && o.grants(role.Grants, c, policy.View, f.Name, r, nil)
	})
}

// taskNames reports whether the task may touch the field.
func (o *opinion) taskNames(c *remit.Collection, f *remit.Field) bool {
	list := o.constraints().Collections
	if len(list) == 0 {
		return true
	}
	return slices.ContainsFunc(list, func(cc policy.CollectionConstraint) bool {
		return cc.Collection == c.Name && (len(cc.Fields) == 0 || slices.Contains(cc.Fields, f.Name))
	})
}

// knows reports whether the actor knows that the field exists.
func (o *opinion) knows(c *remit.Collection, field string) bool {
	return o.may(c, policy.View, field, anyRow, nil)
}

// knowsAny reports whether the actor knows the collection.
func (o *opinion) knowsAny(c *remit.Collection) bool {
	return slices.ContainsFunc(c.Fields, func(f remit.Field) bool { return o.knows(c, f.Name) })
}

// sees reports whether the row is in the actor's view: alive, recent enough, and some
// cell of it is granted.
func (o *opinion) sees(c *remit.Collection, r *row) bool {
	if r == nil || r.deleted || !o.recent(c, r) {
		return false
	}
	return slices.ContainsFunc(c.Fields, func(f remit.Field) bool { return o.may(c, policy.View, f.Name, r, nil) })
}

// recent reports whether the row is within the days that the task may read.
func (o *opinion) recent(c *remit.Collection, r *row) bool {
	days := o.constraints().LastDays
	if days == 0 || o.employee == "" || c.TimeField == "" {
		return true
	}
	v := r.values[c.TimeField]
	if v.IsNull() {
		return false
	}
	at := v.Time()
	if v.Type() == remit.Timestamp {
		at = at.In(o.zone)
	}
	return !civil(at).Before(civil(o.now.In(o.zone)).AddDate(0, 0, -days))
}

// civil returns the day of t as a time in UTC.
func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// cell is what stands in one place, as the actor reads it.
type cell struct {
	value  remit.Value
	hidden bool // there is a cell, and it is not the actor's to see
}

// read follows a path from a row that the actor sees.
func (o *opinion) read(c *remit.Collection, r *row, path string) cell {
	name, rest, hops := strings.Cut(path, ".")
	if hops {
		target, to := o.follow(c, r, name+"_id")
		if to == nil {
			return cell{}
		}
		return o.read(target, to, rest)
	}
	if name == remit.IDField {
		return cell{value: remit.TextValue(string(r.id))}
	}
	if !o.may(c, policy.View, name, r, nil) {
		return cell{hidden: true}
	}
	if c.Field(name).Type == remit.Relation {
		if _, to := o.follow(c, r, name); to == nil {
			return cell{}
		}
	}
	return cell{value: r.values[name]}
}

// follow returns the record that a link leads to, nil where the actor sees no link or
// no record.
func (o *opinion) follow(c *remit.Collection, r *row, link string) (*remit.Collection, *row) {
	target := o.model.Collection("", c.Field(link).Target)
	to := o.find(target.Name, remit.ID(r.values[link].Text()))
	if !o.may(c, policy.View, link, r, nil) || !o.sees(target, to) {
		return target, nil
	}
	return target, to
}

// field returns the field at the end of a path, nil for an id; ok is false where the
// actor knows no such path.
func (o *opinion) field(c *remit.Collection, path string) (f *remit.Field, ok bool) {
	name, rest, hops := strings.Cut(path, ".")
	if hops {
		link := c.Field(name + "_id")
		if link == nil || link.Type != remit.Relation || !o.knows(c, link.Name) {
			return nil, false
		}
		target := o.model.Collection("", link.Target)
		if !o.knowsAny(target) {
			return nil, false
		}
		return o.field(target, rest)
	}
	if name == remit.IDField {
		return nil, true
	}
	f = c.Field(name)
	return f, f != nil && o.knows(c, name)
}

// view returns the rows that the actor sees and that match, in the order of their
// ids.
func (o *opinion) view(c *remit.Collection, filter node) []*row {
	var seen []*row
	for _, r := range o.rows[c.Name] {
		if o.sees(c, r) && (filter == nil || filter.matches(o, c, r)) {
			seen = append(seen, r)
		}
	}
	slices.SortFunc(seen, func(a, b *row) int { return strings.Compare(string(a.id), string(b.id)) })
	return seen
}

// order sorts rows by paths, "-" before one for descending; nulls come last.
func (o *opinion) order(c *remit.Collection, rows []*row, sort []string) {
	slices.SortStableFunc(rows, func(a, b *row) int {
		for _, key := range sort {
			path, descending := strings.CutPrefix(key, "-")
			if d := compareNullsLast(o.read(c, a, path).value, o.read(c, b, path).value, descending); d != 0 {
				return d
			}
		}
		return 0
	})
}

func compareNullsLast(a, b remit.Value, descending bool) int {
	switch {
	case a.IsNull() && b.IsNull():
		return 0
	case a.IsNull():
		return 1
	case b.IsNull():
		return -1
	case descending:
		return compare(b, a)
	}
	return compare(a, b)
}

// compare orders two values of one type that are not null.
func compare(a, b remit.Value) int {
	if a.IsNumber() || b.IsNumber() {
		return rational(a).Cmp(rational(b))
	}
	if a.Type() == remit.Text {
		return strings.Compare(a.Text(), b.Text())
	}
	switch {
	case a.Int() < b.Int():
		return -1
	case a.Int() > b.Int():
		return 1
	}
	return 0
}

// known returns the names of the fields that the actor knows, in the model's order.
func (o *opinion) known(c *remit.Collection) []string {
	var names []string
	for _, f := range c.Fields {
		if o.knows(c, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

// show writes a row as the actor reads it, for comparing.
func (o *opinion) show(c *remit.Collection, r *row, fields []string) string {
	var b strings.Builder
	b.WriteString(string(r.id))
	var hidden []string
	for _, path := range fields {
		read := o.read(c, r, path)
		fmt.Fprintf(&b, " %s=%s", path, read.value.AppendJSON(nil))
		if read.hidden {
			hidden = append(hidden, path)
		}
	}
	fmt.Fprintf(&b, " hidden=%v", hidden)
	return b.String()
}
