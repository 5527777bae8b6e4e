package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// Effect says which way a change to the policy goes.
type Effect string

// The effects.
const (
	Widens  Effect = "widens"  // somebody may see or do more
	Narrows Effect = "narrows" // somebody may see or do less
	Alters  Effect = "alters"  // other rows, people or behaviour: neither more nor less by its form
	Renames Effect = "renames" // words alone
)

// Change is one difference between two policies. It tells what the documents say,
// not how many records or people it concerns.
type Change struct {
	Noun      string   `json:"noun"` // "scope", "role", "AI employee", "task", "tool"
	Name      string   `json:"name"`
	What      string   `json:"what"` // the part that changed: "grant", "clearance", "tools" …
	Effect    Effect   `json:"effect"`
	Before    string   `json:"before,omitempty"`    // "" where it is new
	After     string   `json:"after,omitempty"`     // "" where it is gone
	Roles     []string `json:"roles,omitempty"`     // whose holders are concerned
	Employees []string `json:"employees,omitempty"` // AI employees concerned
	Text      string   `json:"text"`                // one sentence for people
}

// String renders the change as a line: "+" widens, "-" narrows, "~" alters, a
// space renames; then what changed and who is concerned.
func (c Change) String() string {
	sign := map[Effect]string{Widens: "+", Narrows: "-", Alters: "~", Renames: " "}[c.Effect]
	text := sign + " " + c.Noun + " " + c.Name + ": " + c.Text
	var who []string
	if len(c.Roles) > 0 && c.Noun != "role" {
		who = append(who, "roles "+strings.Join(c.Roles, ", "))
	}
	if len(c.Employees) > 0 && c.Noun != "AI employee" {
		who = append(who, "AI employees "+strings.Join(c.Employees, ", "))
	}
	if who != nil {
		text += " [" + strings.Join(who, "; ") + "]"
	}
	return text
}

// Compare returns what changes from the old policy to the new one, in a stable
// order: scopes, roles, AI employees, tasks, tools, each by name. Equal policies
// differ in nothing, whatever their order.
func Compare(old, updated *Document) []Change {
	d := &differ{old: old.Canonical(), new: updated.Canonical()}
	d.scopes()
	d.roles()
	d.employees()
	d.tasks()
	d.tools()
	return d.changes
}

type differ struct {
	old, new *Document
	changes  []Change
	about    Change // noun, name and who is concerned of what is compared
}

func (d *differ) add(what string, effect Effect, before, after, format string, args ...any) {
	c := d.about
	c.What, c.Effect, c.Before, c.After, c.Text = what, effect, before, after, fmt.Sprintf(format, args...)
	d.changes = append(d.changes, c)
}

// eachPair calls fn with what the two sorted lists have under each name; a name
// that one of them lacks gives the zero value.
func eachPair[T any](old, updated []T, name func(*T) string, fn func(name string, before, after *T)) {
	pairs := make(map[string][2]*T, len(old)+len(updated))
	var names []string
	for side, list := range [2][]T{old, updated} {
		for i := range list {
			key := name(&list[i])
			names = append(names, key)
			pair := pairs[key]
			pair[side] = &list[i]
			pairs[key] = pair
		}
	}
	for _, key := range sortedSet(names) {
		fn(key, pairs[key][0], pairs[key][1])
	}
}

// presence notes a thing that is new or gone, and returns both sides with the
// zero value for the one that is missing.
func presence[T any](d *differ, before, after *T, appears, vanishes Effect) (T, T) {
	var old, updated T
	switch {
	case before == nil:
		d.add(d.about.Noun, appears, "", d.about.Name, "new")
	case after == nil:
		d.add(d.about.Noun, vanishes, d.about.Name, "", "removed")
	}
	if before != nil {
		old = *before
	}
	if after != nil {
		updated = *after
	}
	return old, updated
}

func (d *differ) scopes() {
	name := func(s *Scope) string { return sourced(s.Source, s.Collection) + "." + s.Name }
	eachPair(d.old.Scopes, d.new.Scopes, name, func(name string, before, after *Scope) {
		s := cmp.Or(before, after)
		d.about = Change{Noun: "scope", Name: name}
		d.about.Roles, d.about.Employees = d.scopeUsers(s)
		switch {
		case before == nil:
			d.add("scope", Alters, "", after.Expression, "new: %s", after.Expression)
		case after == nil:
			d.add("scope", Alters, before.Expression, "", "removed (was %s)", before.Expression)
		default:
			d.text("expression", before.Expression, after.Expression, Alters)
			d.text("title", before.Title, after.Title, Renames)
		}
	})
}

// scopeUsers returns whose grants refer to the scope, before or after.
func (d *differ) scopeUsers(s *Scope) (roles, employees []string) {
	uses := func(g Grant) bool {
		return g.Source == s.Source && g.Collection == s.Collection && (g.Scope == s.Name || g.ScopeAfter == s.Name)
	}
	for _, doc := range []*Document{d.old, d.new} {
		for i := range doc.Roles {
			if slices.ContainsFunc(doc.Roles[i].Grants, uses) {
				roles = append(roles, doc.Roles[i].Name)
			}
		}
		for i := range doc.Employees {
			if slices.ContainsFunc(doc.Employees[i].Remit.Grants, uses) {
				employees = append(employees, doc.Employees[i].Name)
			}
		}
	}
	return sortedSet(roles), sortedSet(employees)
}

func (d *differ) roles() {
	eachPair(d.old.Roles, d.new.Roles, func(r *Role) string { return r.Name }, func(name string, before, after *Role) {
		d.about = Change{Noun: "role", Name: name, Roles: []string{name}}
		old, updated := presence(d, before, after, Alters, Alters)
		d.text("title", old.Title, updated.Title, Renames)
		d.text("description", old.Description, updated.Description, Renames)
		d.level("clearance", old.Clearance, updated.Clearance)
		d.given("AI employees", old.Employees, updated.Employees)
		d.flag("new AI employees", old.NewEmployees, updated.NewEmployees, Widens)
		d.given("capabilities", old.Capabilities, updated.Capabilities)
		d.limited("pages", old.Pages, updated.Pages)
		d.grants("", old.Grants, updated.Grants)
	})
}

func (d *differ) employees() {
	eachPair(d.old.Employees, d.new.Employees, func(e *Employee) string { return e.Name }, func(name string, before, after *Employee) {
		d.about = Change{Noun: "AI employee", Name: name, Roles: d.users(name), Employees: []string{name}}
		old, updated := presence(d, before, after, Widens, Narrows)
		d.text("title", old.Title, updated.Title, Renames)
		d.text("position", old.Position, updated.Position, Renames)
		d.text("greeting", old.Greeting, updated.Greeting, Renames)
		d.text("bio", old.Bio, updated.Bio, Renames)
		d.text("avatar", old.Avatar, updated.Avatar, Renames)
		d.text("color", old.Color, updated.Color, Renames)
		d.text("description", old.Description, updated.Description, Alters)
		d.flag("disabled", old.Disabled, updated.Disabled, Narrows)
		d.text("model service", old.Service, updated.Service, Alters)
		d.text("model", old.Model, updated.Model, Alters)
		d.given("tools", old.Tools, updated.Tools)
		d.toolRules(old.ToolRules, updated.ToolRules)
		d.level("sensitivity", old.Remit.Sensitivity, updated.Remit.Sensitivity)
		d.bound("rows a call", old.Remit.RowsPerCall, updated.Remit.RowsPerCall)
		d.bound("rows a day", old.Remit.RowsPerDay, updated.Remit.RowsPerDay)
		d.bound("steps a run", old.Remit.Steps, updated.Remit.Steps)
		d.bound("tokens a run", old.Remit.Tokens, updated.Remit.Tokens)
		d.bound("tokens a day", old.Remit.TokensPerDay, updated.Remit.TokensPerDay)
		d.grants("remit ", old.Remit.Grants, updated.Remit.Grants)
	})
}

// users returns the roles whose holders may use the AI employee, before or
// after.
func (d *differ) users(employee string) []string {
	var roles []string
	for _, doc := range []*Document{d.old, d.new} {
		for i := range doc.Roles {
			if slices.Contains(doc.Roles[i].Employees, employee) {
				roles = append(roles, doc.Roles[i].Name)
			}
		}
	}
	return sortedSet(roles)
}

func (d *differ) tasks() {
	eachPair(d.old.Tasks, d.new.Tasks, func(t *Task) string { return t.Name }, func(name string, before, after *Task) {
		d.about = Change{Noun: "task", Name: name}
		for _, t := range []*Task{before, after} {
			if t != nil {
				d.about.Employees = append(d.about.Employees, t.Employee)
				d.about.Roles = append(d.about.Roles, d.users(t.Employee)...)
			}
		}
		d.about.Employees, d.about.Roles = sortedSet(d.about.Employees), sortedSet(d.about.Roles)
		old, updated := presence(d, before, after, Widens, Narrows)
		if before == nil || after == nil {
			return // its parts say nothing more
		}
		d.text("AI employee", old.Employee, updated.Employee, Alters)
		d.text("title", old.Title, updated.Title, Renames)
		d.text("instructions", old.Instructions, updated.Instructions, Alters)
		d.text("question", old.Question, updated.Question, Alters)
		d.text("condition", old.Condition, updated.Condition, Alters)
		d.limited("tools", old.Tools, updated.Tools)
		d.toolRules(old.ToolRules, updated.ToolRules)
		d.limited("roles", old.Roles, updated.Roles)
		d.text("places", strings.Join(old.Places, ", "), strings.Join(updated.Places, ", "), Alters)
		d.constraints(&old.Constraints, &updated.Constraints)
	})
}

func (d *differ) tools() {
	eachPair(d.old.Tools, d.new.Tools, func(t *Tool) string { return t.Name }, func(name string, before, after *Tool) {
		d.about = Change{Noun: "tool", Name: name}
		for _, doc := range []*Document{d.old, d.new} {
			for i := range doc.Employees {
				if slices.Contains(doc.Employees[i].Tools, name) {
					d.about.Employees = append(d.about.Employees, doc.Employees[i].Name)
				}
			}
		}
		d.about.Employees = sortedSet(d.about.Employees)
		old, updated := presence(d, before, after, Alters, Alters)
		d.about.Roles = sortedSet(append(slices.Clone(old.Roles), updated.Roles...))
		d.flag("disabled", old.Disabled, updated.Disabled, Narrows)
		d.text("condition", old.Condition, updated.Condition, Alters)
		d.text("inputs", inputsText(old.Inputs), inputsText(updated.Inputs), Alters)
		d.limited("roles", old.Roles, updated.Roles)
		d.constraints(&old.Constraints, &updated.Constraints)
	})
}

func inputsText(inputs []Input) string {
	var texts []string
	for _, i := range inputs {
		texts = append(texts, i.Name+" "+string(i.Type))
	}
	return strings.Join(texts, ", ")
}

func sourced(source, collection string) string {
	if source == "" || source == remit.MainSource {
		return collection
	}
	return source + "/" + collection
}
