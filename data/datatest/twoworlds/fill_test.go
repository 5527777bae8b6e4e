package twoworlds

import (
	"slices"
	"strconv"

	"github.com/remit-crm/remit"
)

// sizes says how many records a company has: few, so that whole pages of them
// are compared often and links meet.
var sizes = []struct {
	collection string
	rows       int
}{ // what is linked to stands before what links
	{"accounts", 14}, {"contacts", 9}, {"leads", 9}, {"products", 6}, {"opportunities", 22}, {"activities", 13}, {"quotes", 8}, {"orders", 8},
}

// fill makes a company around the asker, who is there already by id and name.
func fill(d dice, m *remit.Model, asker asker) *company {
	co := newCompany(m)
	co.hire(d, asker)
	for _, s := range sizes {
		for range s.rows {
			co.tables[s.collection].add(co.record(d, s.collection, asker.id))
		}
	}
	for _, r := range co.tables["accounts"].rows { // could not link to accounts yet to come
		co.tables["accounts"].set(r, "parent_id", co.link(d, "accounts", ""))
	}
	return co
}

// hire makes the departments and the people, the asker somewhere in the middle.
func (co *company) hire(d dice, asker asker) {
	departments, people := co.tables["departments"], co.tables["people"]
	for i := range 4 {
		r := &row{id: d.id(), values: make([]remit.Value, len(departments.coll.Fields))}
		departments.set(r, "name", remit.TextValue("Department "+strconv.Itoa(i)))
		departments.set(r, "created_at", instant("2038-01-01T00:00:00Z"))
		if i > 0 {
			departments.set(r, "parent_id", linkTo(pick(d, departments.rows...).id))
		}
		departments.add(r)
	}
	const place = 2 // of the asker: below up to two people, above up to four
	for i := range 7 {
		r := &row{id: d.id(), values: make([]remit.Value, len(people.coll.Fields))}
		people.set(r, "name", remit.TextValue("Person "+strconv.Itoa(i)))
		people.set(r, "email", remit.TextValue("person"+strconv.Itoa(i)+"@x.test"))
		if i == place {
			r.id = asker.id
			people.set(r, "name", remit.TextValue(asker.name))
			people.set(r, "email", remit.TextValue(asker.email))
		}
		people.set(r, "title", d.value(people.coll.Field("title")))
		people.set(r, "active", remit.BooleanValue(i == place || d.chance(80)))
		people.set(r, "created_at", instant("2038-01-01T00:00:00Z"))
		if d.chance(80) {
			people.set(r, "department_id", linkTo(pick(d, departments.rows...).id))
		}
		if i > 0 && d.chance(80) {
			people.set(r, "manager_id", linkTo(pick(d, people.rows...).id))
		}
		people.add(r)
	}
	co.departmentsBelow, co.peopleBelow = departments.closure("parent_id"), people.closure("manager_id")
}

// record returns a random record that links to what there is.
func (co *company) record(d dice, collection string, asker remit.ID) *row {
	t := co.tables[collection]
	r := &row{id: d.id(), values: make([]remit.Value, len(t.coll.Fields)), version: 1, deleted: d.chance(10)}
	for i := range t.coll.Fields {
		f := &t.coll.Fields[i]
		switch {
		case f.Type != remit.Relation:
			r.values[i] = d.value(f)
		case f.Name == "owner_id" && d.chance(30):
			r.values[i] = linkTo(asker)
		default:
			r.values[i] = co.link(d, f.Target, "")
		}
	}
	return r
}

// link returns a random link to a record of the collection, alive or not, null at
// times and never to the record but itself.
func (co *company) link(d dice, collection string, but remit.ID) remit.Value {
	rows := co.tables[collection].rows
	if len(rows) == 0 || d.chance(12) {
		return remit.Null
	}
	if id := pick(d, rows...).id; id != but {
		return linkTo(id)
	}
	return remit.Null
}

// ids returns every id of a collection, sorted.
func (co *company) ids(collection string) []remit.ID {
	var ids []remit.ID
	for _, r := range co.tables[collection].rows {
		ids = append(ids, r.id)
	}
	slices.Sort(ids)
	return ids
}

func instant(text string) remit.Value {
	v, err := (&remit.Field{Type: remit.Timestamp}).ParseValue(text)
	if err != nil {
		panic(err)
	}
	return v
}
