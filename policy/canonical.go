package policy

import (
	"cmp"
	"slices"

	"github.com/remit-crm/remit"
)

// Canonical returns a copy in which equal policies look equal: everything is
// sorted by name, lists hold each entry once, defaults are left out and times
// are in UTC. The order of a document never has a meaning.
func (d *Document) Canonical() *Document {
	c := d.clone()
	for i := range c.Scopes {
		c.Scopes[i].Source = canonicalSource(c.Scopes[i].Source)
	}
	for i := range c.Roles {
		canonicalRole(&c.Roles[i])
	}
	for i := range c.Employees {
		e := &c.Employees[i]
		e.Tools = sortedSet(e.Tools)
		canonicalGrants(e.Remit.Grants)
		canonicalRules(e.ToolRules)
	}
	for i := range c.Tasks {
		t := &c.Tasks[i]
		t.Tools, t.Roles, t.Places = sortedSet(t.Tools), sortedSet(t.Roles), sortedSet(t.Places)
		canonicalConstraints(&t.Constraints)
		canonicalRules(t.ToolRules)
	}
	for i := range c.Tools {
		c.Tools[i].Roles = sortedSet(c.Tools[i].Roles)
		slices.SortStableFunc(c.Tools[i].Inputs, func(a, b Input) int { return cmp.Compare(a.Name, b.Name) })
		canonicalConstraints(&c.Tools[i].Constraints)
	}
	slices.SortStableFunc(c.Scopes, func(a, b Scope) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Collection, b.Collection), cmp.Compare(a.Name, b.Name))
	})
	slices.SortStableFunc(c.Roles, func(a, b Role) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(c.Employees, func(a, b Employee) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(c.Tasks, func(a, b Task) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(c.Tools, func(a, b Tool) int { return cmp.Compare(a.Name, b.Name) })
	return c
}

func canonicalRole(r *Role) {
	canonicalGrants(r.Grants)
	r.Employees = sortedSet(r.Employees)
	r.Capabilities = sortedSet(r.Capabilities)
	r.Pages = sortedSet(r.Pages)
}

func canonicalGrants(grants []Grant) {
	for i := range grants {
		g := &grants[i]
		g.Source = canonicalSource(g.Source)
		g.Fields = sortedSet(g.Fields)
		slices.SortFunc(g.Actions, compareActions)
		g.Actions = slices.Compact(g.Actions)
		if g.ScopeAfter == g.Scope {
			g.ScopeAfter = ""
		}
		if !g.NotAfter.IsZero() {
			g.NotAfter = g.NotAfter.Round(0).UTC() // Round drops the monotonic reading
		}
	}
	slices.SortStableFunc(grants, compareGrants)
}

func compareGrants(a, b Grant) int {
	return cmp.Or(
		cmp.Compare(a.Source, b.Source),
		cmp.Compare(a.Collection, b.Collection),
		slices.CompareFunc(a.Actions, b.Actions, compareActions),
		cmp.Compare(a.Scope, b.Scope),
		cmp.Compare(a.ScopeAfter, b.ScopeAfter),
		slices.Compare(a.Fields, b.Fields),
		a.NotAfter.Compare(b.NotAfter),
	)
}

// compareActions orders actions as people list them, unknown ones last.
func compareActions(a, b Action) int {
	return cmp.Or(cmp.Compare(actionRank(a), actionRank(b)), cmp.Compare(a, b))
}

func actionRank(a Action) int {
	if i := slices.Index(Actions, a); i >= 0 {
		return i
	}
	return len(Actions)
}

func canonicalConstraints(c *Constraints) {
	for i := range c.Collections {
		c.Collections[i].Source = canonicalSource(c.Collections[i].Source)
		c.Collections[i].Fields = sortedSet(c.Collections[i].Fields)
	}
	slices.SortStableFunc(c.Collections, func(a, b CollectionConstraint) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Collection, b.Collection), slices.Compare(a.Fields, b.Fields))
	})
}

func canonicalSource(source string) string {
	if source == remit.MainSource {
		return ""
	}
	return source
}

// sortedSet sorts the names in place and drops repetitions; an empty list
// becomes nil, as a file that leaves the key out has it.
func sortedSet(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// clone returns a copy that shares no memory with d, with nil for every empty
// list.
func (d *Document) clone() *Document {
	c := &Document{
		Scopes:    copyList(d.Scopes),
		Roles:     copyList(d.Roles),
		Employees: copyList(d.Employees),
		Tasks:     copyList(d.Tasks),
		Tools:     copyList(d.Tools),
	}
	for i := range c.Roles {
		r := &c.Roles[i]
		r.Grants, r.Employees, r.Capabilities = cloneGrants(r.Grants), copyList(r.Employees), copyList(r.Capabilities)
		r.Pages = copyList(r.Pages)
	}
	for i := range c.Employees {
		e := &c.Employees[i]
		e.Tools, e.Remit.Grants = copyList(e.Tools), cloneGrants(e.Remit.Grants)
		e.ToolRules = cloneRules(e.ToolRules)
	}
	for i := range c.Tasks {
		t := &c.Tasks[i]
		t.Tools, t.Roles, t.Places = copyList(t.Tools), copyList(t.Roles), copyList(t.Places)
		t.Constraints.Collections = cloneCollections(t.Constraints.Collections)
		t.ToolRules = cloneRules(t.ToolRules)
	}
	for i := range c.Tools {
		t := &c.Tools[i]
		t.Roles, t.Inputs = copyList(t.Roles), copyList(t.Inputs)
		t.Constraints.Collections = cloneCollections(t.Constraints.Collections)
	}
	return c
}

func cloneGrants(grants []Grant) []Grant {
	grants = copyList(grants)
	for i := range grants {
		grants[i].Actions, grants[i].Fields = copyList(grants[i].Actions), copyList(grants[i].Fields)
	}
	return grants
}

func cloneCollections(list []CollectionConstraint) []CollectionConstraint {
	list = copyList(list)
	for i := range list {
		list[i].Fields = copyList(list[i].Fields)
	}
	return list
}

func copyList[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}
