package policy

import (
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// everyCollection, in a remit, stands for all collections of a data source.
const everyCollection = "*"

func allRows() *rowScope { return &rowScope{label: "all rows", predicate: scope.All()} }
func noRows() *rowScope  { return &rowScope{label: "no rows", predicate: scope.None()} }

func (c *compiler) compileScopes() {
	for i := range c.doc.Scopes {
		s, path := &c.doc.Scopes[i], at("scopes", i)
		collection := c.collection(path, s.Source, s.Collection)
		key := scopeKey{collection, s.Name}
		_, taken := c.scopes[key]
		c.checkName(path+".name", "scope", s.Name, keyForm, taken && collection != nil)
		if s.Name == ScopeAll || s.Name == ScopeNone {
			c.problem(path+".name", "every collection has a scope %q already", s.Name)
		}
		if collection == nil {
			continue
		}
		c.scopes[key] = noRows() // so that what refers to a broken scope is not reported too
		predicate, err := c.env.Compile(collection, s.Expression)
		if err != nil {
			c.wrap(path+".expression", err)
			continue
		}
		c.scopes[key] = &rowScope{label: s.Name + " (" + s.Expression + ")", predicate: predicate}
	}
}

// rowScope returns the scope of that name; one that allows nothing after a
// problem.
func (c *compiler) rowScope(path string, of *remit.Collection, name string) *rowScope {
	switch name {
	case ScopeAll:
		return allRows()
	case ScopeNone:
		return noRows()
	case "":
		c.problem(path, "no scope is named; write %q for every row", ScopeAll)
		return noRows()
	}
	if found, ok := c.scopes[scopeKey{of, name}]; ok {
		return found
	}
	known := []string{ScopeAll, ScopeNone}
	for key := range c.scopes {
		if key.collection == of {
			known = append(known, key.name)
		}
	}
	slices.Sort(known)
	c.unknown(path, name, known, "%s has no scope %q", of.Name, clip(name))
	return noRows()
}

// grants compiles the grants of a role.
func (c *compiler) grants(path string, list []Grant) grants {
	compiled := make(grants)
	for i := range list {
		g, path := &list[i], at(path, i)
		c.checkActions(path, g)
		if of := c.collection(path, g.Source, g.Collection); of != nil {
			c.checkKept(path, g, of)
			compiled[of] = append(compiled[of], c.grant(path, g, of))
		}
	}
	return compiled
}

// remitGrants compiles the grants of a remit, in which one may stand for every
// collection.
func (c *compiler) remitGrants(path string, list []Grant) grants {
	compiled := make(grants)
	for i := range list {
		g, path := &list[i], at(path, i)
		c.checkActions(path, g)
		for _, of := range c.remitCollections(path, g) {
			compiled[of] = append(compiled[of], c.grant(path, g, of))
		}
	}
	return compiled
}

func (c *compiler) remitCollections(path string, g *Grant) []*remit.Collection {
	if g.Collection != everyCollection {
		if of := c.collection(path, g.Source, g.Collection); of != nil {
			return []*remit.Collection{of}
		}
		return nil
	}
	c.checkWildcard(path, g)
	source := g.Source
	if source == "" {
		source = remit.MainSource
	}
	var all []*remit.Collection
	for _, of := range c.model.Collections {
		if of.Source == source {
			all = append(all, of)
		}
	}
	if all == nil {
		c.collection(path, g.Source, g.Collection) // says which data sources there are
	}
	return all
}

// checkWildcard refuses what differs between collections in a grant on all of
// them. What it refuses is dropped, so that it is reported once.
func (c *compiler) checkWildcard(path string, g *Grant) {
	if len(g.Fields) > 0 && !slices.Equal(g.Fields, []string{AllFields}) {
		c.problem(path+".fields", "a grant on every collection can name only %q", AllFields)
		g.Fields = nil
	}
	for _, s := range []struct {
		path string
		name *string
	}{{path + ".scope", &g.Scope}, {path + ".scope_after", &g.ScopeAfter}} {
		if *s.name != ScopeAll && *s.name != ScopeNone && *s.name != "" {
			c.problem(s.path, "a grant on every collection can have only the scopes %q and %q", ScopeAll, ScopeNone)
			*s.name = ScopeNone
		}
	}
}

func (c *compiler) checkActions(path string, g *Grant) {
	if len(g.Actions) == 0 {
		c.problem(path+".actions", "no action is named")
	}
	var known []string
	for _, a := range Actions {
		known = append(known, string(a))
	}
	for i, a := range g.Actions {
		if !slices.Contains(Actions, a) {
			c.unknown(at(path+".actions", i), string(a), known, "unknown action %q", clip(string(a)))
		}
		if slices.Contains(g.Actions[:i], a) {
			c.problem(at(path+".actions", i), "%q is named twice", a)
		}
	}
	if g.ScopeAfter != "" && !slices.Contains(g.Actions, Update) && !slices.Contains(g.Actions, Create) {
		c.problem(path+".scope_after", "only create and update have a scope after")
	}
	if year := g.NotAfter.Year(); !g.NotAfter.IsZero() && (year < 1 || year > 9999) {
		c.problem(path+".not_after", "the year must be between 1 and 9999")
	}
}

// checkKept refuses grants to change what only the system changes.
func (c *compiler) checkKept(path string, g *Grant, of *remit.Collection) {
	for i, a := range g.Actions {
		changes := a == Create || a == Update || a == Delete
		if (of.Derived && changes) || (of.Permanent && a == Delete) {
			c.problem(at(path+".actions", i), "records of %s are kept by the system: nobody can %s them", of.Name, a)
		}
	}
}

func (c *compiler) grant(path string, g *Grant, of *remit.Collection) *grant {
	compiled := &grant{
		actions:  make(set, len(g.Actions)),
		fields:   c.fields(path+".fields", of, g.Fields),
		scope:    c.rowScope(path+".scope", of, g.Scope),
		notAfter: g.NotAfter,
	}
	for _, a := range g.Actions {
		compiled.actions[string(a)] = true
	}
	compiled.after = compiled.scope
	if g.ScopeAfter != "" {
		compiled.after = c.rowScope(path+".scope_after", of, g.ScopeAfter)
	}
	return compiled
}
