package policy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
)

func lines(changes []Change) []string {
	var texts []string
	for _, c := range changes {
		texts = append(texts, c.String())
	}
	return texts
}

func TestCompare(t *testing.T) {
	grant := func(d *Document) *Grant { return &d.Roles[0].Grants[0] }
	viz := func(d *Document) *Employee { return &d.Employees[0] }
	review := func(d *Document) *Task { return &d.Tasks[0] }
	for name, c := range map[string]struct {
		change func(*Document)
		want   []string
	}{
		"nothing": {func(*Document) {}, nil},
		"order":   {func(d *Document) { slices.Reverse(grant(d).Fields); slices.Reverse(grant(d).Actions) }, nil},
		"a grant in two": {func(d *Document) {
			g := *grant(d)
			g.Fields = []string{"open"}
			grant(d).Fields = []string{"plain"}
			d.Roles[0].Grants = append(d.Roles[0].Grants, g)
		}, nil},
		"main by name": {func(d *Document) { grant(d).Source = "main" }, nil},
		"expression":   {func(d *Document) { d.Scopes[0].Expression = "true" }, []string{"~ scope things.own: expression record.owner_id == user.id → true [roles seller]"}},
		"scope title":  {func(d *Document) { d.Scopes[0].Title = "Own" }, []string{"  scope things.own: title none → Own [roles seller]"}},
		"scope added": {func(d *Document) {
			d.Scopes = append(d.Scopes, Scope{Name: "x", Source: "legacy", Collection: "things", Expression: "true"})
		}, []string{"~ scope legacy/things.x: new: true"}},
		"scope removed": {func(d *Document) { d.Scopes = nil }, []string{"~ scope things.own: removed (was record.owner_id == user.id) [roles seller]"}},
		"role added": {func(d *Document) {
			d.Roles = append(d.Roles, Role{Name: "x", Grants: []Grant{{Collection: "notes", Actions: []Action{View}, Fields: []string{"*"}, Scope: "all"}}})
		}, []string{"~ role x: new", "+ role x: grant added: view notes (every field) on all"}},
		"role removed": {func(d *Document) { d.Roles = nil }, []string{
			"~ role seller: removed", "- role seller: clearance internal → public", "- role seller: AI employees removed: viz", "- role seller: capabilities removed: audit.read",
			"- role seller: grant removed: view things (open, plain) on own", "- role seller: grant removed: update things (open, plain) on own, then within all",
		}},
		"clearance up":       {func(d *Document) { d.Roles[0].Clearance = remit.Restricted }, []string{"+ role seller: clearance internal → restricted"}},
		"clearance unset":    {func(d *Document) { d.Roles[0].Clearance = 0 }, []string{"- role seller: clearance internal → public"}},
		"employee available": {func(d *Document) { d.Roles[0].Employees = []string{"viz", "x"} }, []string{"+ role seller: AI employees added: x"}},
		"new employees":      {func(d *Document) { d.Roles[0].NewEmployees = true }, []string{"+ role seller: new AI employees false → true"}},
		"capability":         {func(d *Document) { d.Roles[0].Capabilities = []string{ManagePeople} }, []string{"+ role seller: capabilities added: people.manage", "- role seller: capabilities removed: audit.read"}},
		"fields": {func(d *Document) {
			grant(d).Fields = []string{"open", "price"}
			grant(d).Actions, grant(d).ScopeAfter = []Action{View}, ""
		}, []string{
			"+ role seller: view things on own: fields added: price", "- role seller: view things on own: fields removed: plain", "- role seller: grant removed: update things (open, plain) on own, then within all",
		}},
		"every field": {func(d *Document) {
			grant(d).Fields = []string{"*"}
			grant(d).Actions, grant(d).ScopeAfter = []Action{View}, ""
		}, []string{
			"+ role seller: view things on own: fields added: every field", "- role seller: grant removed: update things (open, plain) on own, then within all",
		}},
		"rows":       {func(d *Document) { grant(d).Scope = ScopeAll }, []string{"+ role seller: view things: rows own → all", "+ role seller: update things: rows own, then within all → all"}},
		"rows after": {func(d *Document) { grant(d).ScopeAfter = ScopeNone }, []string{"- role seller: update things: rows own, then within all → own, then within none"}},
		"rows both ways": {func(d *Document) {
			grant(d).Actions = []Action{Update}
			grant(d).Scope, grant(d).ScopeAfter = ScopeNone, ScopeAll
		}, []string{
			"- role seller: update things: rows own, then within all → none, then within all", "- role seller: grant removed: view things (open, plain) on own",
		}},
		"an end": {func(d *Document) {
			grant(d).Actions, grant(d).ScopeAfter = []Action{View}, ""
			grant(d).NotAfter = noon
		}, []string{
			"- role seller: view things: rows own → own, until 2026-06-01T12:00:00Z", "- role seller: grant removed: update things (open, plain) on own, then within all",
		}},
		"create and delete": {func(d *Document) { grant(d).Actions = []Action{View, Update, Create, Delete} }, []string{"+ role seller: grant added: create things (open, plain) on all", "+ role seller: grant added: delete things on own"}},
		"employee added":    {func(d *Document) { d.Employees = append(d.Employees, Employee{Name: "x", Title: "X"}) }, []string{"+ AI employee x: new", "  AI employee x: title none → X"}},
		"employee disabled": {func(d *Document) { viz(d).Disabled = true }, []string{"- AI employee viz: disabled false → true [roles seller]"}},
		"employee's prompt": {func(d *Document) { viz(d).Description = "line\nline" }, []string{"~ AI employee viz: description changed [roles seller]"}},
		"employee's tools":  {func(d *Document) { viz(d).Tools = []string{"look_up", "get_record"} }, []string{"+ AI employee viz: tools added: get_record [roles seller]", "- AI employee viz: tools removed: query_records [roles seller]"}},
		"remit's bounds":    {func(d *Document) { viz(d).Remit.RowsPerCall, viz(d).Remit.Sensitivity = 10, remit.Confidential }, []string{"+ AI employee viz: sensitivity internal → confidential [roles seller]", "- AI employee viz: rows a call no bound → 10 [roles seller]"}},
		"remit's grant":     {func(d *Document) { viz(d).Remit.Grants[0].Scope = ScopeNone }, []string{"- AI employee viz: remit view *: rows all → none [roles seller]"}},
		"remit's fields":    {func(d *Document) { viz(d).Remit.Grants[0].Fields = nil }, []string{"- AI employee viz: remit view * on all: only no field of every field [roles seller]"}},
		"task added":        {func(d *Document) { d.Tasks = append(d.Tasks, Task{Name: "x", Employee: "viz", Title: "X"}) }, []string{"+ task x: new [roles seller; AI employees viz]"}},
		"task removed":      {func(d *Document) { d.Tasks = nil }, []string{"- task review: removed [roles seller; AI employees viz]"}},
		"task for all":      {func(d *Document) { review(d).Roles, review(d).Tools = nil, nil }, []string{"+ task review: tools look_up → all [roles seller; AI employees viz]", "+ task review: roles seller → all [roles seller; AI employees viz]"}},
		"task's bounds": {func(d *Document) { c := &review(d).Constraints; c.RowLimit, c.LastDays, c.ReadOnly = 5, 0, true }, []string{
			"- task review: rows a query 10 → 5 [roles seller; AI employees viz]", "+ task review: last days 30 → no bound [roles seller; AI employees viz]", "- task review: read-only false → true [roles seller; AI employees viz]",
		}},
		"task's collections": {func(d *Document) {
			c := &review(d).Constraints
			c.Collections = []CollectionConstraint{{Collection: "things"}, {Collection: "notes"}}
		}, []string{
			"+ task review: collections things → notes, things [roles seller; AI employees viz]", "+ task review: fields of things open → all [roles seller; AI employees viz]",
		}},
		"task moved": {func(d *Document) { review(d).Constraints.Collections[0].Collection = "people" }, []string{"~ task review: collections things → people [roles seller; AI employees viz]"}},
		"tool's rule gone": {func(d *Document) { d.Tools = d.Tools[1:] }, []string{
			"~ tool look_up: removed [AI employees viz]", `~ tool look_up: condition input.depth < 3 && user.department == "Sales" → none [roles seller; AI employees viz]`,
			"~ tool look_up: inputs depth integer → none [roles seller; AI employees viz]", "+ tool look_up: roles seller → all [roles seller; AI employees viz]",
		}},
		"tool limited": {func(d *Document) { d.Tools[1].Roles = []string{"seller"} }, []string{"- tool get_record: roles all → seller [roles seller]"}},
		"tool enabled": {func(d *Document) { d.Tools[1].Disabled = true }, []string{"- tool get_record: disabled false → true"}},
	} {
		t.Run(name, func(t *testing.T) {
			changed := sound()
			c.change(changed)
			if got := lines(Compare(sound(), changed)); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestScopeAndEndEffects(t *testing.T) {
	ends := []time.Time{noon, noon.Add(time.Hour), {}} // ever later
	for i, from := range ends {
		for j, to := range ends {
			if want := map[bool]Effect{true: Widens, false: Narrows}[j > i]; i != j && endEffect(from, to) != want {
				t.Errorf("end %v → %v: %s", from, to, endEffect(from, to))
			}
		}
	}
	a := right{scope: "own", notAfter: noon}
	b := right{scope: ScopeAll}
	if movedEffect(a, b) != Widens || movedEffect(b, a) != Narrows || movedEffect(a, right{scope: ScopeAll, notAfter: noon.Add(-1)}) != Alters || movedEffect(right{scope: "a"}, right{scope: "b"}) != Alters {
		t.Error("moved")
	}
	for _, e := range []Effect{Widens, Narrows, Alters, Renames} {
		if opposite(opposite(e)) != e {
			t.Error(e)
		}
	}
}

// Equal policies compare as equal, and whatever changes one way changes the other
// way too.
func TestCompareProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := validDocument(t), validDocument(t)
		if changes := Compare(a, a.Canonical()); changes != nil {
			t.Fatalf("differs from itself: %v", lines(changes))
		}
		forth, back := Compare(a, b), Compare(b, a)
		if (forth == nil) != (back == nil) {
			t.Fatalf("%v\n%v", lines(forth), lines(back))
		}
		for _, c := range slices.Concat(forth, back) {
			if c.Text == "" || c.Noun == "" || c.What == "" || c.Effect == "" || c.Before == c.After {
				t.Fatalf("%+v", c)
			}
		}
	})
}

// Nobody gains a cell unless Compare says that something widens or alters, and
// nobody loses one unless it says that something narrows or alters.
func TestCompareTellsEveryChange(t *testing.T) {
	var tr truths
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		other := validDocument(t)
		changed := w.doc.clone()
		switch pick(t, 0, 1, 2, 3) { // change one part, sometimes to the same
		case 0:
			changed.Roles[0].Grants = other.Roles[0].Grants
		case 1:
			changed.Employees = other.Employees
			changed.Tasks = nil
		case 2:
			changed.Tools = other.Tools
		case 3:
			changed.Roles[0].Grants = slices.Clone(changed.Roles[0].Grants)
			slices.Reverse(changed.Roles[0].Grants)
		}
		p, err := Compile(changed, testModel(), nil)
		if err != nil {
			t.Skip("the parts do not fit")
		}
		changes := Compare(w.doc, changed)
		effects := set{}
		for _, c := range changes {
			effects[string(c.Effect)] = true
		}
		before, after := w.permit(w.subject), p.Permit(w.subject, w.source, w.name, w.action, w.now)
		w.eachCell(t, func(f int, b, a facts) {
			had, has := tr.grants(before, f, b, a), tr.grants(after, f, b, a)
			if has && !had && !effects[string(Widens)] && !effects[string(Alters)] {
				t.Fatalf("gained and not told: %v\n%s\n%s", lines(changes), Format(w.doc), Format(changed))
			}
			if had && !has && !effects[string(Narrows)] && !effects[string(Alters)] {
				t.Fatalf("lost and not told: %v\n%s\n%s", lines(changes), Format(w.doc), Format(changed))
			}
		})
	})
}
