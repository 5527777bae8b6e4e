package conformance

import (
	"maps"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// change is a write that both lenses are asked for: create where there is no row,
// delete where remove is set.
type change struct {
	collection *remit.Collection
	row        *row
	values     map[string]remit.Value
	remove     bool
}

// after returns the row as it would be, with what the system sets of itself.
func (o *opinion) after(ch change, id remit.ID) *row {
	after := &row{id: id, values: map[string]remit.Value{}}
	if ch.row != nil {
		maps.Copy(after.values, ch.row.values)
	} else {
		o.defaults(ch, after)
	}
	maps.Copy(after.values, ch.values)
	if ch.collection.Field("updated_at") != nil {
		after.values["updated_at"] = remit.TimeValue(o.now)
	}
	return after
}

// defaults makes a new record its maker's, and its owner's department's, as far as
// the maker sees which that is.
func (o *opinion) defaults(ch change, r *row) {
	owner := remit.TextValue(string(o.user.ID))
	if given, ok := ch.values["owner_id"]; ok {
		owner = given
	}
	for _, f := range ch.collection.Fields {
		switch f.Name {
		case "owner_id":
			r.values[f.Name] = owner
		case "department_id":
			r.values[f.Name] = o.department(remit.ID(owner.Text()))
		case "created_at":
			r.values[f.Name] = remit.TimeValue(o.now)
		}
	}
}

// department returns the department of a person, who may be the actor.
func (o *opinion) department(id remit.ID) remit.Value {
	people, person := o.model.Collection("", "people"), o.find("people", id)
	switch {
	case id == o.user.ID:
		return person.values["department_id"]
	case !o.sees(people, person):
		return remit.Null
	}
	return o.read(people, person, "department_id").value
}

// allows says whether the change may be made, and why not.
func (o *opinion) allows(ch change) (kind string) {
	if !o.knowsAny(ch.collection) {
		return "not_found"
	}
	action := policy.Update
	switch {
	case ch.remove:
		action = policy.Delete
	case ch.row == nil:
		action = policy.Create
	}
	if !o.mayAtAll(ch.collection, action) {
		return "denied"
	}
	for name := range ch.values {
		if f := ch.collection.Field(name); !o.knows(ch.collection, name) || f.ReadOnly {
			return "invalid"
		}
	}
	if ch.row != nil && !o.sees(ch.collection, ch.row) {
		return "not_found"
	}
	switch {
	case action == policy.Create:
		return o.allowsCreate(ch)
	case action == policy.Update:
		return o.allowsUpdate(ch)
	case !o.may(ch.collection, policy.Delete, "", ch.row, nil):
		return "denied"
	}
	return ""
}

func (o *opinion) mayAtAll(c *remit.Collection, a policy.Action) bool {
	if a == policy.Delete {
		return o.may(c, a, "", anyRow, nil)
	}
	before, after := anyRow, anyRow
	if a == policy.Create {
		before = nil
	}
	return slices.ContainsFunc(c.Fields, func(f remit.Field) bool { return o.may(c, a, f.Name, before, after) })
}

func (o *opinion) allowsCreate(ch change) string {
	for name := range ch.values {
		if !o.may(ch.collection, policy.Create, name, nil, anyRow) {
			return "denied"
		}
	}
	for _, f := range ch.collection.Fields {
		if _, given := ch.values[f.Name]; f.Required && !given {
			return "invalid"
		}
	}
	if !o.linksSeen(ch) {
		return "invalid"
	}
	after := o.after(ch, "new")
	anyCell := false
	for _, f := range ch.collection.Fields {
		granted := o.may(ch.collection, policy.Create, f.Name, nil, after)
		_, given := ch.values[f.Name]
		if given && (!granted || !o.may(ch.collection, policy.View, f.Name, after, nil)) {
			return "denied"
		}
		anyCell = anyCell || granted
	}
	if !anyCell || !o.sees(ch.collection, after) {
		return "denied"
	}
	return ""
}

func (o *opinion) allowsUpdate(ch change) string {
	for name := range ch.values {
		if !o.may(ch.collection, policy.Update, name, anyRow, anyRow) || !o.may(ch.collection, policy.View, name, ch.row, nil) {
			return "denied"
		}
	}
	ch.values = o.changed(ch)
	if len(ch.values) == 0 {
		return ""
	}
	if !o.linksSeen(ch) {
		return "invalid"
	}
	after := o.after(ch, ch.row.id)
	for name := range ch.values {
		if !o.may(ch.collection, policy.Update, name, ch.row, after) {
			return "denied"
		}
	}
	return ""
}

// changed returns the values that are other than what the actor reads.
func (o *opinion) changed(ch change) map[string]remit.Value {
	other := map[string]remit.Value{}
	for name, v := range ch.values {
		if o.read(ch.collection, ch.row, name).value != v {
			other[name] = v
		}
	}
	return other
}

// linksSeen reports whether every record that the change names is in the actor's
// view.
func (o *opinion) linksSeen(ch change) bool {
	for name, v := range ch.values {
		f := ch.collection.Field(name)
		if f.Type != remit.Relation || v.IsNull() {
			continue
		}
		target := o.model.Collection("", f.Target)
		if !o.sees(target, o.find(f.Target, remit.ID(v.Text()))) {
			return false
		}
	}
	return true
}
