package scopetest

import (
	"bytes"
	"encoding/binary"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// attributes are what people have beyond the built-in fields.
var attributes = []scope.Attribute{
	{Name: "region", Type: remit.Text},
	{Name: "level", Type: remit.Integer},
	{Name: "ceiling", Type: remit.Currency},
	{Name: "rate", Type: remit.Decimal},
	{Name: "since", Type: remit.Date},
	{Name: "seen", Type: remit.Timestamp},
	{Name: "senior", Type: remit.Boolean},
	{Name: "regions", Type: remit.Text, List: true},
	{Name: "levels", Type: remit.Integer, List: true},
	{Name: "ceilings", Type: remit.Currency, List: true},
	{Name: "days", Type: remit.Date, List: true},
	{Name: "moments", Type: remit.Timestamp, List: true},
}

// stages look alike on purpose.
var stages = []string{"won", "Won", "wön", "wo", "w%"}

func field(name string, t remit.FieldType) remit.Field {
	f := remit.Field{Name: name, Column: name, Type: t}
	if t == remit.Currency {
		f.Currency = "USD"
	}
	if t == remit.Enum {
		f.Options = stages
	}
	return f
}

func required(f remit.Field) remit.Field {
	f.Required = true
	return f
}

func link(name, target string) remit.Field {
	return remit.Field{Name: name, Column: name, Type: remit.Relation, Target: target}
}

func (w *World) makeTables() *remit.Model {
	add := func(name string, permanent bool, fields ...remit.Field) {
		c := &remit.Collection{Source: remit.MainSource, Name: name, Table: name, Permanent: permanent, Fields: fields}
		w.Tables = append(w.Tables, &Table{Collection: c, byID: map[remit.ID]*Row{}})
	}
	add("departments", true, required(field("name", remit.Text)), link("parent_id", "departments"))
	add("people", true, required(field("name", remit.Text)), field("level", remit.Integer),
		link("department_id", "departments"), link("manager_id", "people"))
	add("accounts", false, field("name", remit.Text), field("stage", remit.Enum), field("size", remit.Integer),
		field("revenue", remit.Currency), field("rate", remit.Decimal), field("active", remit.Boolean),
		field("since", remit.Date), field("seen", remit.Timestamp),
		link("owner_id", "people"), link("parent_id", "accounts"))
	add("deals", false, required(field("title", remit.Text)), field("note", remit.Text), field("other", remit.Text),
		field("stage", remit.Enum), field("count", remit.Integer), required(field("score", remit.Integer)),
		field("amount", remit.Currency), field("fee", remit.Currency), field("discount", remit.Decimal), field("hot", remit.Boolean),
		field("closes", remit.Date), field("opened", remit.Date), field("due", remit.Timestamp), field("seen", remit.Timestamp),
		link("owner_id", "people"), link("backup_id", "people"), link("department_id", "departments"),
		link("account_id", "accounts"), link("partner_id", "accounts"))
	collections := make([]*remit.Collection, 0, len(w.Tables))
	for _, t := range w.Tables {
		collections = append(collections, t.Collection)
	}
	w.Deals = w.table("deals")
	return remit.NewModel(collections)
}

// fill makes the ids first, so that links can point in circles.
func (w *World) fill() {
	sizes := map[string]int{"departments": departments, "people": people, "accounts": accounts, "deals": deals}
	for _, t := range w.Tables {
		for range sizes[t.Name] {
			row := &Row{ID: w.id(), Deleted: !t.Permanent && t != w.Deals && w.chance(20)}
			t.Rows = append(t.Rows, row)
			t.byID[row.ID] = row
		}
	}
	for _, t := range w.Tables {
		for _, row := range t.Rows {
			for i := range t.Fields {
				row.Values = append(row.Values, w.cell(&t.Fields[i]))
			}
		}
	}
}

func (w *World) cell(f *remit.Field) remit.Value {
	switch {
	case !f.Required && w.chance(22):
		return remit.Null
	case f.Type == remit.Relation && w.chance(8):
		return remit.TextValue(string(w.id())) // leads nowhere
	case f.Type == remit.Relation:
		return remit.TextValue(string(pick(w, w.table(f.Target).Rows).ID))
	}
	return pick(w, values[f.Type])
}

// id returns a random id, made as [remit.IDSource] makes them.
func (w *World) id() remit.ID {
	var raw []byte
	raw = binary.LittleEndian.AppendUint64(raw, w.random.Uint64())
	raw = binary.LittleEndian.AppendUint64(raw, w.random.Uint64())
	return remit.NewIDSource(bytes.NewReader(raw)).New()
}

// makeUser returns a person of the company. Each has some attribute null, and
// some lists empty; the first has no manager, the second no department.
func (w *World) makeUser(i int) *scope.User {
	t := w.table("people")
	row := t.Rows[i%len(t.Rows)]
	u := &scope.User{
		ID: row.ID, Email: "a@example.com", Name: row.Values[0].Text(),
		DepartmentID: pick(w, w.table("departments").Rows).ID, Department: pick(w, values[remit.Text]).Text(),
		ManagerID: pick(w, t.Rows).ID, Attributes: map[string]scope.Value{},
	}
	if i == 0 {
		u.ManagerID = ""
	}
	if i == 1 {
		u.DepartmentID, u.Department = "", ""
	}
	for range w.random.IntN(4) {
		u.Roles = append(u.Roles, pick(w, values[remit.Text]).Text())
	}
	for _, a := range attributes {
		u.Attributes[a.Name] = w.attribute(a)
	}
	return u
}

func (w *World) attribute(a scope.Attribute) scope.Value {
	if !a.List {
		if w.chance(25) {
			return scope.Scalar(remit.Null)
		}
		return scope.Scalar(pick(w, values[a.Type]))
	}
	var list []remit.Value
	for range w.random.IntN(4) {
		list = append(list, pick(w, values[a.Type]))
	}
	v, err := scope.List(list...)
	if err != nil {
		return scope.Value{}
	}
	return v
}

// chance reports true so many times in a hundred.
func (w *World) chance(percent int) bool { return w.random.IntN(100) < percent }

func pick[T any](w *World, from []T) T { return from[w.random.IntN(len(from))] }
