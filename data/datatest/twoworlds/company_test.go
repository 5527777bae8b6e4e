package twoworlds

import (
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// company is one world in memory: everything that its database holds of records
// and people.
type company struct {
	model  *remit.Model
	tables map[string]*table // by the collection's name

	// peopleBelow and departmentsBelow hold pairs of ancestor and descendant, each
	// with itself among them. They are shared by the two worlds.
	peopleBelow, departmentsBelow map[[2]remit.ID]bool
}

// table is one collection with its records, in the order in which they are
// stored.
type table struct {
	coll *remit.Collection
	rows []*row
	byID map[remit.ID]*row
}

// row is one record.
type row struct {
	id      remit.ID
	values  []remit.Value // by the index of the collection's fields
	deleted bool          // a tombstone
	version int64         // the internal row version, which nobody sees
}

func newCompany(m *remit.Model) *company {
	co := &company{model: m, tables: map[string]*table{}, peopleBelow: map[[2]remit.ID]bool{}, departmentsBelow: map[[2]remit.ID]bool{}}
	for _, c := range m.Collections {
		co.tables[c.Name] = &table{coll: c, byID: map[remit.ID]*row{}}
	}
	return co
}

func (r *row) clone() *row {
	c := *r
	c.values = slices.Clone(r.values)
	return &c
}

// clone returns a copy that can be changed apart.
func (co *company) clone() *company {
	c := *co
	c.tables = make(map[string]*table, len(co.tables))
	for name, t := range co.tables {
		copied := &table{coll: t.coll, byID: make(map[remit.ID]*row, len(t.byID))}
		for _, r := range t.rows {
			copied.add(r.clone())
		}
		c.tables[name] = copied
	}
	return &c
}

func (t *table) add(r *row) {
	t.rows = append(t.rows, r)
	t.byID[r.id] = r
}

func (t *table) remove(id remit.ID) {
	delete(t.byID, id)
	t.rows = slices.DeleteFunc(t.rows, func(r *row) bool { return r.id == id })
}

// value returns the stored cell of a field.
func (t *table) value(r *row, field string) remit.Value { return r.values[t.coll.FieldIndex(field)] }

// set stores a cell, if the collection has the field.
func (t *table) set(r *row, field string, v remit.Value) {
	if i := t.coll.FieldIndex(field); i >= 0 {
		r.values[i] = v
	}
}

// linkTo returns a link's value; "" is null.
func linkTo(id remit.ID) remit.Value {
	if id == "" {
		return remit.Null
	}
	return remit.TextValue(string(id))
}

// unlink empties every link to the record.
func (co *company) unlink(collection string, id remit.ID) {
	for _, t := range co.tables {
		for i := range t.coll.Fields {
			if t.coll.Fields[i].Target != collection {
				continue
			}
			for _, r := range t.rows {
				if r.values[i].Text() == string(id) {
					r.values[i] = remit.Null
				}
			}
		}
	}
}

// ReportsTo implements [scope.Hierarchy].
func (co *company) ReportsTo(person, manager remit.ID) bool {
	return co.peopleBelow[[2]remit.ID{manager, person}]
}

// InDepartment implements [scope.Hierarchy].
func (co *company) InDepartment(department, ancestor remit.ID) bool {
	return co.departmentsBelow[[2]remit.ID{ancestor, department}]
}

// closure returns the pairs of a tree by its link upwards.
func (t *table) closure(link string) map[[2]remit.ID]bool {
	pairs := map[[2]remit.ID]bool{}
	for _, r := range t.rows {
		for at := r; at != nil; at = t.byID[remit.ID(t.value(at, link).Text())] {
			pairs[[2]remit.ID{at.id, r.id}] = true
		}
	}
	return pairs
}

// record is a row as scopes read it.
type record struct {
	company *company
	table   *table
	row     *row
}

// Value implements [scope.Record].
func (r record) Value(name string) remit.Value {
	if name == remit.IDField {
		return remit.TextValue(string(r.row.id))
	}
	return r.table.value(r.row, name)
}

// Hop implements [scope.Record].
func (r record) Hop(name string) scope.Record {
	target := r.company.tables[r.table.coll.Field(name).Target]
	next := target.byID[remit.ID(r.Value(name).Text())]
	if next == nil || next.deleted {
		return nil
	}
	return record{r.company, target, next}
}

// user returns a person as scopes read them.
func (co *company) user(id remit.ID, roles []string) *scope.User {
	people, departments := co.tables["people"], co.tables["departments"]
	p := people.byID[id]
	u := &scope.User{
		ID: id, Name: people.value(p, "name").Text(), Email: people.value(p, "email").Text(), Roles: roles,
		DepartmentID: remit.ID(people.value(p, "department_id").Text()),
		ManagerID:    remit.ID(people.value(p, "manager_id").Text()),
	}
	if d := departments.byID[u.DepartmentID]; d != nil {
		u.Department = departments.value(d, "name").Text()
	}
	return u
}
