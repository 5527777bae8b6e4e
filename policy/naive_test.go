package policy

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/eval"
)

// facts says which of the scopes s0, s1 … a record is in, a bit each.
type facts uint

func (f facts) in(scopeName string) bool {
	switch scopeName {
	case ScopeAll:
		return true
	case ScopeNone:
		return false
	}
	n, err := strconv.Atoi(scopeName[1:])
	if err != nil {
		panic(err)
	}
	return f>>n&1 == 1
}

// Value implements eval.Record: field b0 says whether the record is in s0.
func (f facts) Value(name string) remit.Value { return remit.BooleanValue(f.in("s" + name[1:])) }

// Hop implements eval.Record.
func (facts) Hop(string) eval.Record { return nil }

// everyFacts is how many different facts there are.
const everyFacts = 1 << testScopes

// naive decides one cell straight from the document, as the laws word it, with
// no branches, masks or caches. It is the second opinion on every permit.
type naive struct {
	doc        *Document
	model      *remit.Model
	subject    Subject
	collection *remit.Collection
	action     Action
	now        time.Time
}

// cell reports whether the field may be touched on a record that is in the
// scopes before, and after a write in those of after. Deleting has no field:
// nil.
func (n *naive) cell(field *remit.Field, before, after facts) bool {
	return n.admitted() && n.personMay(field, before, after) && n.ceilingsLet(field, before, after)
}

func (n *naive) admitted() bool {
	s := n.subject
	if !s.AI {
		return s.Employee == "" && s.Task == ""
	}
	return n.action == View && n.available(s.Employee)
}

func (n *naive) available(employee string) bool {
	for _, e := range n.doc.Employees {
		if e.Name == employee && e.Disabled {
			return false
		}
	}
	exists := employee == remit.PersonalAgent || slices.ContainsFunc(n.doc.Employees, func(e Employee) bool { return e.Name == employee })
	return exists && slices.ContainsFunc(n.heldRoles(), func(r Role) bool {
		return employee == remit.PersonalAgent || slices.Contains(r.Employees, employee)
	})
}

func (n *naive) heldRoles() []Role {
	var held []Role
	for _, r := range n.doc.Roles {
		if slices.Contains(n.subject.Roles, r.Name) {
			held = append(held, r)
		}
	}
	return held
}

func (n *naive) holdsOneOf(roles []string) bool {
	return len(roles) == 0 || slices.ContainsFunc(n.heldRoles(), func(r Role) bool { return slices.Contains(roles, r.Name) })
}

// personMay: one role grants the field on these rows, and if AI asks, the field
// is within that role's clearance.
func (n *naive) personMay(field *remit.Field, before, after facts) bool {
	for _, r := range n.heldRoles() {
		if n.subject.AI && field != nil && field.Sensitivity.OfField() > r.Clearance.OfClearance() {
			continue
		}
		if n.someGrant(r.Grants, field, before, after) {
			return true
		}
	}
	return false
}

func (n *naive) someGrant(grants []Grant, field *remit.Field, before, after facts) bool {
	return slices.ContainsFunc(grants, func(g Grant) bool {
		return n.isOurs(g.Source, g.Collection) && slices.Contains(g.Actions, n.action) &&
			(g.NotAfter.IsZero() || n.now.Before(g.NotAfter)) && n.names(g.Fields, field) && n.rows(g, before, after)
	})
}

func (n *naive) isOurs(source, collection string) bool {
	if source == "" {
		source = remit.MainSource
	}
	return source == n.collection.Source && (collection == n.collection.Name || collection == "*")
}

func (n *naive) names(fields []string, field *remit.Field) bool {
	switch {
	case n.action == Delete:
		return true
	case (n.action == Create || n.action == Update) && field.ReadOnly:
		return false
	}
	return slices.Contains(fields, "*") || slices.Contains(fields, field.Name)
}

func (n *naive) rows(g Grant, before, after facts) bool {
	scopeAfter := g.ScopeAfter
	if scopeAfter == "" {
		scopeAfter = g.Scope
	}
	switch n.action {
	case Create:
		return after.in(scopeAfter)
	case Update:
		return before.in(g.Scope) && after.in(scopeAfter)
	case View, Delete, Export:
	}
	return before.in(g.Scope)
}

func (n *naive) ceilingsLet(field *remit.Field, before, after facts) bool {
	return n.remitLets(field, before, after) && n.taskLets(field) && n.toolLets(field)
}

func (n *naive) remitLets(field *remit.Field, before, after facts) bool {
	if !n.subject.AI {
		return true
	}
	if n.subject.HasEgress && field.Sensitivity.OfField() > n.subject.Egress.OfClearance() {
		return false
	}
	if n.subject.Employee == remit.PersonalAgent {
		return true
	}
	for _, e := range n.doc.Employees {
		if e.Name == n.subject.Employee {
			return field.Sensitivity.OfField() <= e.Remit.Sensitivity.OfClearance() && n.someGrant(e.Remit.Grants, field, before, after)
		}
	}
	return false
}

func (n *naive) taskLets(field *remit.Field) bool {
	if n.subject.Task == "" {
		return true
	}
	for _, t := range n.doc.Tasks {
		if t.Name == n.subject.Task {
			return t.Employee == n.subject.Employee && n.holdsOneOf(t.Roles) && n.constraintsLet(t.Constraints, field) &&
				(n.subject.Tool == "" || len(t.Tools) == 0 || slices.Contains(t.Tools, n.subject.Tool))
		}
	}
	return false
}

func (n *naive) toolLets(field *remit.Field) bool {
	name := n.subject.Tool
	if name == "" {
		return true
	}
	if n.subject.AI && n.subject.Employee == remit.PersonalAgent {
		if slices.Contains([]string{"create_record", "update_record", "delete_record", "send_email"}, name) {
			return false
		}
	} else if n.subject.AI {
		if !slices.ContainsFunc(n.doc.Employees, func(e Employee) bool { return e.Name == n.subject.Employee && slices.Contains(e.Tools, name) }) {
			return false
		}
	}
	for _, t := range n.doc.Tools {
		if t.Name == name {
			return !t.Disabled && n.holdsOneOf(t.Roles) && n.constraintsLet(t.Constraints, field)
		}
	}
	return slices.Contains(BuiltinTools(), name)
}

func (n *naive) constraintsLet(c Constraints, field *remit.Field) bool {
	if c.ReadOnly && n.action != View && n.action != Export {
		return false
	}
	if c.LastDays > 0 && n.collection.TimeField == "" {
		return false
	}
	if len(c.Collections) == 0 {
		return true
	}
	for _, each := range c.Collections {
		if n.isOurs(each.Source, each.Collection) {
			return field == nil || len(each.Fields) == 0 || slices.Contains(each.Fields, field.Name)
		}
	}
	return false
}

// bounds returns the least of what the AI employee, the task and the tool bound:
// rows a call, rows a day and days, 0 for none.
func (n *naive) bounds() (rows, perDay, days int) {
	least := func(bound *int, values ...int) {
		for _, v := range values {
			if v > 0 && (*bound == 0 || v < *bound) {
				*bound = v
			}
		}
	}
	for _, e := range n.doc.Employees {
		if n.subject.AI && e.Name == n.subject.Employee {
			least(&rows, e.Remit.RowsPerCall)
			least(&perDay, e.Remit.RowsPerDay)
		}
	}
	for _, t := range n.doc.Tasks {
		if t.Name == n.subject.Task {
			least(&rows, t.Constraints.RowLimit)
			least(&days, t.Constraints.LastDays)
		}
	}
	for _, t := range n.doc.Tools {
		if t.Name == n.subject.Tool {
			least(&rows, t.Constraints.RowLimit)
			least(&days, t.Constraints.LastDays)
		}
	}
	return rows, perDay, days
}

// truths evaluates predicates on every facts by CEL. Equal keys are equal
// predicates, so each is evaluated once.
type truths struct {
	mu    sync.Mutex
	known map[string][everyFacts]bool
}

func (tr *truths) holds(p *scope.Predicate, f facts) bool {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if table, ok := tr.known[p.Key()]; ok {
		return table[f]
	}
	program, err := eval.New(p)
	if err != nil {
		panic(err)
	}
	var table [everyFacts]bool
	for each := range facts(everyFacts) {
		if table[each], err = program.Eval(&scope.User{ID: "x"}, each, nil); err != nil {
			panic(err)
		}
	}
	if tr.known == nil {
		tr.known = map[string][everyFacts]bool{}
	}
	tr.known[p.Key()] = table
	return table[f]
}

// grants reports whether a permit grants the cell, as the lens reads permits:
// any one branch has the field and both row conditions.
func (tr *truths) grants(p *Permit, field int, before, after facts) bool {
	return slices.ContainsFunc(p.Branches, func(b Branch) bool {
		if p.Action != Delete && !b.Fields[field] {
			return false
		}
		if p.Action != Create && !tr.holds(b.Scope, before) {
			return false
		}
		return b.After == nil || tr.holds(b.After, after)
	})
}

// world is a generated policy with a question to it.
type world struct {
	doc     *Document
	policy  *Policy
	subject Subject
	source  string
	name    string
	action  Action
	now     time.Time
}

// eachCell calls fn for cells of the question's collection: every field, every
// facts, and for an update a sample of the facts after.
func (w *world) eachCell(t *rapid.T, fn func(field int, before, after facts)) {
	c := w.policy.Model().Collection(w.source, w.name)
	if c == nil {
		return
	}
	fields := len(c.Fields)
	if w.action == Delete {
		fields = 1
	}
	for f := range fields {
		for before := range facts(everyFacts) {
			switch w.action {
			case View, Delete, Export:
				fn(f, before, 0)
			case Create:
				fn(f, 0, before)
			case Update:
				fn(f, before, facts(rapid.IntRange(0, everyFacts-1).Draw(t, "after")))
				fn(f, before, before)
			}
		}
	}
}

func (w *world) permit(s Subject) *Permit {
	return w.policy.Permit(s, w.source, w.name, w.action, w.now)
}

// shareOf fails a test whose generator hardly ever grants: it would show
// little.
type shareOf struct{ granted, refused int }

func (s *shareOf) note(granted bool) {
	if granted {
		s.granted++
	} else {
		s.refused++
	}
}

func (s *shareOf) check(t *testing.T, atLeast float64) {
	t.Helper()
	share := float64(s.granted) / float64(s.granted+s.refused)
	t.Logf("%s of %d decisions grant", fmt.Sprintf("%.0f %%", 100*share), s.granted+s.refused)
	if share < atLeast {
		t.Errorf("only %.1f %% of the decisions grant: the test shows little", 100*share)
	}
}
