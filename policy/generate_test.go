package policy

import (
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
)

// pick draws one of the values evenly. (rapid's own choices favour the first,
// which makes for policies that hardly grant anything.)
func pick[T any](t *rapid.T, values ...T) T {
	n := 0
	for range 6 {
		n *= 2
		if rapid.Bool().Draw(t, "bit") {
			n++
		}
	}
	return values[n%len(values)]
}

// oneIn is true once in n times.
func oneIn(t *rapid.T, n int) bool {
	chances := make([]bool, n)
	chances[n-1] = true // the last, so that shrinking leads away from it
	return pick(t, chances...)
}

// some draws each of the values every other time, but one at least.
func some[T comparable](t *rapid.T, values ...T) []T {
	var drawn []T
	for _, v := range values {
		if rapid.Bool().Draw(t, "drawn") {
			drawn = append(drawn, v)
		}
	}
	if drawn == nil {
		drawn = []T{pick(t, values...)}
	}
	return drawn
}

func drawWorld(t *rapid.T) *world {
	w := &world{doc: validDocument(t)}
	var err error
	if w.policy, err = Compile(w.doc, testModel(), nil); err != nil {
		t.Fatalf("a generated policy does not compile: %v\n%s", err, Format(w.doc))
	}
	w.subject = drawSubject(t)
	w.source, w.name = pick(t, "", "", "main"), pick(t, "things", "things", "things", "things", "things", "notes")
	if oneIn(t, 12) {
		w.source, w.name = pick(t, "", "legacy"), pick(t, "things", "people", "ghosts")
	}
	w.action = pick(t, View, View, View, View, Create, Update, Delete, Export)
	if oneIn(t, 20) {
		w.action = "frobnicate"
	}
	w.now = noon.Add(time.Duration(pick(t, -2, -1, 0, 1, 2)) * time.Hour)
	return w
}

func drawSubject(t *rapid.T) Subject {
	s := Subject{Roles: some(t, "r0", "r1", "r2")}
	if oneIn(t, 8) {
		s.Roles = some(t, "ghost", "r1")
	}
	if oneIn(t, 3) {
		s.Tool = pick(t, "query_records", "count_records", "query_records", "count_records", "lookup", "update_record", "ghost")
	}
	switch {
	case rapid.Bool().Draw(t, "AI"):
		s.AI = true
		s.Employee = pick(t, "e0", "e0", "e0", "e1", "e1", remit.PersonalAgent)
		if oneIn(t, 12) {
			s.Employee = pick(t, "", "ghost")
		}
		if oneIn(t, 3) {
			s.Task = pick(t, "t0", "t0", "t1", "t1", "ghost")
		}
		if oneIn(t, 3) {
			s.HasEgress, s.Egress = true, pick(t, remit.Untagged, remit.Public, remit.Internal, remit.Confidential, remit.Restricted)
		}
	case oneIn(t, 10):
		s.Employee, s.Task = pick(t, "", "e0"), pick(t, "", "t0")
	}
	return s
}

func drawLevel(t *rapid.T) remit.Sensitivity {
	return pick(t, remit.Untagged, remit.Public, remit.Internal, remit.Confidential, remit.Restricted, remit.Restricted)
}

// validDocument draws a policy that compiles against testModel.
func validDocument(t *rapid.T) *Document {
	d := &Document{Scopes: scopeDocuments()}
	for i := range 2 {
		d.Employees = append(d.Employees, Employee{
			Name: "e" + strconv.Itoa(i), Title: "E", Disabled: oneIn(t, 10),
			Tools: some(t, "query_records", "count_records", "lookup"),
			Remit: Remit{Grants: drawGrants(t, true), Sensitivity: drawLevel(t), RowsPerCall: pick(t, 0, 1, 2, 3), RowsPerDay: pick(t, 0, 1, 2)},
		})
	}
	var roles []string
	for i := range pick(t, 1, 2, 3, 3) {
		r := Role{Name: "r" + strconv.Itoa(i), Clearance: drawLevel(t), Grants: drawGrants(t, false)}
		for _, e := range d.Employees {
			if !oneIn(t, 4) {
				r.Employees = append(r.Employees, e.Name)
			}
		}
		d.Roles, roles = append(d.Roles, r), append(roles, r.Name)
	}
	someRoles := func() []string {
		if !oneIn(t, 3) {
			return nil
		}
		return some(t, roles...)
	}
	d.Tools = []Tool{{Name: "lookup", Roles: someRoles(), Constraints: drawConstraints(t), Disabled: oneIn(t, 10)}}
	if rapid.Bool().Draw(t, "rule") {
		d.Tools = append(d.Tools, Tool{Name: "query_records", Roles: someRoles(), Constraints: drawConstraints(t)})
	}
	for i, e := range d.Employees {
		t0 := Task{Name: "t" + strconv.Itoa(i), Employee: e.Name, Title: "T", Roles: someRoles(), Constraints: drawConstraints(t)}
		if rapid.Bool().Draw(t, "task tools") {
			t0.Tools = some(t, e.Tools...)
		}
		d.Tasks = append(d.Tasks, t0)
	}
	return d
}

func drawGrants(t *rapid.T, inRemit bool) []Grant {
	var list []Grant
	for range pick(t, 0, 1, 2, 3, 4, 5) {
		g := Grant{Collection: "things", Actions: some(t, Actions...), Fields: []string{"*"}, Scope: ScopeAll}
		names := []string{"open", "plain", "price", "secret", "untagged", "created_at", "owner_id"}
		switch {
		case inRemit && oneIn(t, 3):
			g.Collection, names = "*", nil
		case oneIn(t, 5):
			g.Collection, names = "notes", []string{"text", "mood"}
		default:
			g.Scope = pick(t, "all", "s0", "s1", "s2", "s3", "s0", "s1", "none")
			if rapid.Bool().Draw(t, "after") && (slices.Contains(g.Actions, Create) || slices.Contains(g.Actions, Update)) {
				g.ScopeAfter = pick(t, "all", "s0", "s1", "s2", "s3", "none")
			}
		}
		switch {
		case names != nil && oneIn(t, 12):
			g.Fields = nil
		case names != nil && !oneIn(t, 4):
			g.Fields = some(t, names...)
		}
		if oneIn(t, 3) {
			g.NotAfter = noon.Add(time.Duration(pick(t, -1, 0, 1)) * time.Hour)
		}
		list = append(list, g)
	}
	return list
}

func drawConstraints(t *rapid.T) Constraints {
	c := Constraints{RowLimit: pick(t, 0, 1, 2, 3), ReadOnly: rapid.Bool().Draw(t, "read-only")}
	if rapid.Bool().Draw(t, "collections") {
		for _, name := range some(t, "things", "things", "notes") {
			if slices.ContainsFunc(c.Collections, func(c CollectionConstraint) bool { return c.Collection == name }) {
				continue
			}
			each := CollectionConstraint{Collection: name}
			if name == "things" && rapid.Bool().Draw(t, "fields") {
				each.Fields = some(t, "open", "plain", "price", "secret")
			}
			c.Collections = append(c.Collections, each)
		}
	}
	timed := !slices.ContainsFunc(c.Collections, func(c CollectionConstraint) bool { return c.Collection == "notes" })
	if timed && oneIn(t, 3) {
		c.LastDays = pick(t, 1, 2, 3)
	}
	return c
}
