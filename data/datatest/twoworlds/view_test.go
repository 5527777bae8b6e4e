package twoworlds

import (
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
	"github.com/remit-crm/remit/scope/eval"
)

// cells is a set of a collection's fields, a bit each by index.
type cells uint64

func (c cells) has(field int) bool { return c>>field&1 == 1 }

// subject is a way in which the asker's requests come in.
type subject struct {
	ai       bool
	employee string // where ai
	task     string
	tool     string
}

// judge is the naive evaluator: it decides what a subject sees straight from the
// document, as the laws word it, with no permits, branches, masks or SQL.
type judge struct {
	doc      *policy.Document
	model    *remit.Model
	roles    []string // that the asker holds
	now      time.Time
	programs map[scopeKey]*eval.Program
	columns  map[scopeKey][]string // fields of the record that a scope reads
	rules    map[ruleKey]*rule
}

type ruleKey struct {
	subject    subject
	collection string
}

type scopeKey struct{ collection, name string }

func newJudge(doc *policy.Document, m *remit.Model, roles []string, now time.Time) (*judge, error) {
	j := &judge{doc: doc, model: m, roles: roles, now: now, programs: map[scopeKey]*eval.Program{}, columns: map[scopeKey][]string{}, rules: map[ruleKey]*rule{}}
	env, err := scope.NewEnv(m, nil)
	if err != nil {
		return nil, err
	}
	for _, s := range doc.Scopes {
		p, err := env.Compile(m.Collection("", s.Collection), s.Expression)
		if err != nil {
			return nil, err
		}
		key := scopeKey{s.Collection, s.Name}
		if j.programs[key], err = eval.New(p); err != nil {
			return nil, err
		}
		j.columns[key] = p.Columns()
	}
	return j, nil
}

// truths are the scopes that each record of a company is in.
type truths map[scopeKey]map[remit.ID]bool

// truths evaluates every scope on every record, for the asker.
func (j *judge) truths(co *company, asker remit.ID) truths {
	all := truths{}
	u := co.user(asker, j.roles)
	for key, program := range j.programs {
		t := co.tables[key.collection]
		in := make(map[remit.ID]bool, len(t.rows))
		for _, r := range t.rows {
			ok, err := program.Eval(u, record{co, t, r}, co)
			in[r.id] = err == nil && ok
		}
		all[key] = in
	}
	return all
}

func (t truths) hold(collection, name string, id remit.ID) bool {
	switch name {
	case policy.ScopeAll:
		return true
	case policy.ScopeNone:
		return false
	}
	return t[scopeKey{collection, name}][id]
}

// view is what a subject sees of a company.
type view struct {
	company *company
	seen    map[string]map[remit.ID]cells // the visible records of each collection with their visible cells
}

// view decides every cell of every record.
func (j *judge) view(co *company, in truths, s subject) *view {
	v := &view{company: co, seen: map[string]map[remit.ID]cells{}}
	for name, t := range co.tables {
		seen := map[remit.ID]cells{}
		if rule := j.rule(s, t.coll); rule != nil {
			for _, r := range t.rows {
				if c := rule.cells(t, r, in); c != 0 {
					seen[r.id] = c
				}
			}
		}
		v.seen[name] = seen
	}
	return v
}

// cell returns what the subject sees of a visible record's field: its value, and
// whether it is hidden. A link to a record that is not visible reads null.
func (v *view) cell(t *table, r *row, field int) (value remit.Value, hidden bool) {
	if !v.seen[t.coll.Name][r.id].has(field) {
		return remit.Null, true
	}
	value = r.values[field]
	if f := &t.coll.Fields[field]; f.Type == remit.Relation && v.seen[f.Target][remit.ID(value.Text())] == 0 {
		return remit.Null, false
	}
	return value, false
}

// rule is what counts for one subject and collection.
type rule struct {
	person, remit []share // what the roles and the remit give; all of remit's where remit is nil
	always        cells   // what clearance-free ceilings leave
	since         remit.Value
	timeField     int
}

// share is a grant's fields on the records of a scope.
type share struct {
	fields cells
	scope  string
}

func (r *rule) cells(t *table, row *row, in truths) cells {
	if row.deleted {
		return 0
	}
	if !r.since.IsNull() {
		if at := row.values[r.timeField]; at.IsNull() || at.Int() < r.since.Int() {
			return 0
		}
	}
	seen := sum(r.person, t, row, in) & r.always
	if r.remit != nil {
		seen &= sum(r.remit, t, row, in)
	}
	return seen
}

func sum(shares []share, t *table, r *row, in truths) (seen cells) {
	for _, s := range shares {
		if in.hold(t.coll.Name, s.scope, r.id) {
			seen |= s.fields
		}
	}
	return seen
}

// knows returns the fields that the rule lets the subject know of at all.
func (r *rule) knows() (known cells) {
	for _, s := range r.person {
		if s.scope == policy.ScopeNone {
			continue
		}
		if r.remit == nil {
			known |= s.fields & r.always
			continue
		}
		for _, c := range r.remit {
			if c.scope != policy.ScopeNone {
				known |= s.fields & c.fields & r.always
			}
		}
	}
	return known
}

// rule returns nil where the subject may see nothing of the collection.
func (j *judge) rule(s subject, c *remit.Collection) *rule {
	if c == nil {
		return nil
	}
	key := ruleKey{s, c.Name}
	if _, known := j.rules[key]; !known {
		j.rules[key] = j.newRule(s, c)
	}
	return j.rules[key]
}

func (j *judge) newRule(s subject, c *remit.Collection) *rule {
	r := &rule{always: ^cells(0), timeField: c.FieldIndex(c.TimeField)}
	for _, role := range j.held() {
		below := ^cells(0)
		if s.ai {
			below = upTo(c, role.Clearance)
		}
		r.person = append(r.person, j.shares(role.Grants, c, policy.View, below)...)
	}
	if s.ai && !j.ceiling(s, c, r) {
		return nil
	}
	days := 0
	for _, constraints := range j.constraints(s) {
		if !constrain(constraints, c, r) {
			return nil
		}
		if n := constraints.LastDays; n > 0 && (days == 0 || n < days) {
			days = n
		}
	}
	if days > 0 {
		r.since = j.since(c.Field(c.TimeField).Type, days)
	}
	return r
}

func (j *judge) held() []policy.Role {
	return slices.DeleteFunc(slices.Clone(j.doc.Roles), func(r policy.Role) bool { return !slices.Contains(j.roles, r.Name) })
}

func (j *judge) employee(name string) *policy.Employee {
	for i := range j.doc.Employees {
		if j.doc.Employees[i].Name == name {
			return &j.doc.Employees[i]
		}
	}
	return nil
}

// shares returns the grants of an action that have not ended.
func (j *judge) shares(grants []policy.Grant, c *remit.Collection, a policy.Action, below cells) []share {
	var list []share
	for _, g := range grants {
		if (g.Collection == c.Name || g.Collection == "*") && slices.Contains(g.Actions, a) && (g.NotAfter.IsZero() || j.now.Before(g.NotAfter)) {
			list = append(list, share{named(c, g.Fields) & below, g.Scope})
		}
	}
	return list
}

func named(c *remit.Collection, fields []string) (set cells) {
	for i := range c.Fields {
		if slices.Contains(fields, policy.AllFields) || slices.Contains(fields, c.Fields[i].Name) {
			set |= 1 << i
		}
	}
	return set
}

func upTo(c *remit.Collection, level remit.Sensitivity) (set cells) {
	for i := range c.Fields {
		if c.Fields[i].Sensitivity.OfField() <= level.OfClearance() {
			set |= 1 << i
		}
	}
	return set
}

// ceiling applies what an AI employee may touch at most.
func (j *judge) ceiling(s subject, c *remit.Collection, r *rule) bool {
	if s.employee == remit.PersonalAgent {
		return len(j.held()) > 0
	}
	e := j.employee(s.employee)
	if e == nil || e.Disabled || !slices.ContainsFunc(j.held(), func(r policy.Role) bool { return slices.Contains(r.Employees, e.Name) }) {
		return false
	}
	if s.tool != "" && !slices.Contains(e.Tools, s.tool) {
		return false
	}
	r.always &= upTo(c, e.Remit.Sensitivity)
	r.remit = append([]share{}, j.shares(e.Remit.Grants, c, policy.View, ^cells(0))...)
	return true
}

// constraints returns those of the subject's task and tool.
func (j *judge) constraints(s subject) []policy.Constraints {
	var list []policy.Constraints
	for _, t := range j.doc.Tasks {
		if t.Name == s.task {
			list = append(list, t.Constraints)
		}
	}
	for _, t := range j.doc.Tools {
		if t.Name == s.tool {
			list = append(list, t.Constraints)
		}
	}
	return list
}

func constrain(by policy.Constraints, c *remit.Collection, r *rule) bool {
	if len(by.Collections) == 0 {
		return true
	}
	for _, each := range by.Collections {
		if each.Collection == c.Name {
			if len(each.Fields) > 0 {
				r.always &= named(c, each.Fields)
			}
			return true
		}
	}
	return false
}

// since returns the first moment of the last days.
func (j *judge) since(t remit.FieldType, days int) remit.Value {
	start := j.now.Truncate(24*time.Hour).AddDate(0, 0, -days)
	if t == remit.Date {
		return remit.DateValue(start.Unix() / 86400)
	}
	return remit.TimeValue(start)
}
