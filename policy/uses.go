package policy

import (
	"errors"
	"fmt"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Use is a part of a policy that names something.
type Use struct {
	Part       string `json:"part" enum:"scope,role,employee,task,tool"`
	Name       string `json:"name" doc:"Of the part."`
	Collection string `json:"collection,omitempty" doc:"Of a scope."`
}

// String names the part for people: the scope "own" of accounts.
func (u Use) String() string {
	noun := u.Part
	if noun == "employee" {
		noun = "AI employee"
	}
	text := fmt.Sprintf("the %s %q", noun, u.Name)
	if u.Collection != "" {
		text += " of " + u.Collection
	}
	return text
}

// AttributeUses returns the parts of the policy whose expressions name
// user.<attribute>: those that do not compile without it.
func (p *Policy) AttributeUses(attribute string) []Use {
	if p.env == nil {
		return nil
	}
	others := slices.DeleteFunc(p.env.Attributes(), func(a scope.Attribute) bool { return a.Name == attribute })
	env, err := scope.NewEnv(p.model, others)
	if err != nil {
		return nil // not with attributes that a policy was compiled with
	}
	c := compile(p.Document(), p.model, env)
	var uses []Use
	for _, problem := range c.problems.list {
		if u, ok := p.document.partAt(problem); ok && !slices.Contains(uses, u) {
			uses = append(uses, u)
		}
	}
	return uses
}

// partAt returns the part of the document that a problem is in.
func (d *Document) partAt(problem error) (u Use, ok bool) {
	var e *remit.Error
	if !errors.As(problem, &e) {
		return u, false
	}
	within := func(list, part string, n int, named func(i int) (name, collection string)) {
		var i int
		if _, err := fmt.Sscanf(e.Field, list+"[%d]", &i); err == nil && i < n {
			name, collection := named(i)
			u, ok = Use{part, name, collection}, true
		}
	}
	within("scopes", "scope", len(d.Scopes), func(i int) (string, string) { return d.Scopes[i].Name, d.Scopes[i].Collection })
	within("roles", "role", len(d.Roles), func(i int) (string, string) { return d.Roles[i].Name, "" })
	within("employees", "employee", len(d.Employees), func(i int) (string, string) { return d.Employees[i].Name, "" })
	within("tasks", "task", len(d.Tasks), func(i int) (string, string) { return d.Tasks[i].Name, "" })
	within("tools", "tool", len(d.Tools), func(i int) (string, string) { return d.Tools[i].Name, "" })
	return u, ok
}
