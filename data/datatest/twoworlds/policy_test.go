package twoworlds

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// The names that every scenario's policy uses, so that the asker's tokens, which
// are bound to AI employees by name, outlive it.
var (
	roleNames     = []string{"r0", "r1", "r2", "r3"}
	employeeNames = []string{"e0", "e1"}
	readTools     = []string{
		"list_collections", "describe_collection", "query_records", "count_records", "aggregate_records", "get_record", "search_records",
		"execute_sql", "predict_outcome", "forecast_pipeline",
	}
)

// steward is the role of every policy that grants no record and has all
// capabilities.
const steward = "steward"

// legislator writes random policies.
type legislator struct {
	dice
	model *remit.Model
	env   *scope.Env
	doc   *policy.Document
}

// legislate returns a random policy that compiles.
func legislate(d dice, m *remit.Model) (*policy.Document, error) {
	env, err := scope.NewEnv(m, nil)
	if err != nil {
		return nil, err
	}
	l := &legislator{dice: d, model: m, env: env, doc: &policy.Document{}}
	for _, c := range m.Collections {
		if err := l.scopes(c); err != nil {
			return nil, err
		}
	}
	for i, name := range employeeNames {
		l.doc.Employees = append(l.doc.Employees, policy.Employee{
			Name: name, Title: "E" + strconv.Itoa(i), Disabled: d.chance(5), Tools: some(d, 85, readTools...), Remit: l.remit(),
		})
	}
	for _, name := range roleNames {
		l.doc.Roles = append(l.doc.Roles, l.role(name))
	}
	l.doc.Roles = append(l.doc.Roles, policy.Role{Name: steward, Capabilities: policy.Capabilities})
	for _, name := range readTools {
		if d.chance(25) {
			l.doc.Tools = append(l.doc.Tools, policy.Tool{Name: name, Constraints: l.constraints(), Disabled: d.chance(4)})
		}
	}
	for i, e := range l.doc.Employees {
		l.doc.Tasks = append(l.doc.Tasks, policy.Task{
			Name: "t" + strconv.Itoa(i), Employee: e.Name, Title: "T", Question: "How many opportunities are there by stage?",
			Constraints: l.constraints(), Tools: some(d, 90, e.Tools...),
		})
	}
	return l.doc, nil
}

// Every collection has three scopes for reading, s0 to s2, and two for writing, w0
// and w1. Those for writing look at no other record: which writes they allow must
// not hang on what is hidden there (see the package comment).
func (l *legislator) scopes(c *remit.Collection) error {
	for i := range 5 {
		name, hops := "s"+strconv.Itoa(i), 2
		if i >= 3 {
			name, hops = "w"+strconv.Itoa(i-3), 0
		}
		expression, err := l.expression(c, hops)
		if err != nil {
			return err
		}
		l.doc.Scopes = append(l.doc.Scopes, policy.Scope{Name: name, Collection: c.Name, Expression: expression})
	}
	return nil
}

func (l *legislator) expression(c *remit.Collection, hops int) (expression string, err error) {
	for range 50 { // some are refused: they compare what may be null on both sides
		expression = l.condition(c, hops, 1)
		if _, err = l.env.Compile(c, expression); err == nil {
			return expression, nil
		}
	}
	return "", fmt.Errorf("no scope of %s compiles: %w", c.Name, err)
}

func (l *legislator) condition(c *remit.Collection, hops, depth int) string {
	switch n := l.IntN(100); {
	case depth > 0 && n < 30:
		return "(" + l.condition(c, hops, depth-1) + " || " + l.condition(c, hops, depth-1) + ")"
	case depth > 0 && n < 40:
		return "(" + l.condition(c, hops, depth-1) + " && " + l.condition(c, hops, depth-1) + ")"
	case depth > 0 && n < 48:
		return "!(" + l.condition(c, hops, depth-1) + ")"
	case n < 72 && c.Field("owner_id") != nil:
		return pick(l.dice, "record.owner_id == user.id", "reportsTo(record.owner_id, user)",
			"(reportsTo(record.owner_id, user) || record.owner_id == user.id)")
	case n < 80 && c.Field("department_id") != nil:
		return "inDepartment(record.department_id, user)"
	}
	return l.leaf(c, "record", hops)
}

// leaf is a condition on one field, over hops at times.
func (l *legislator) leaf(c *remit.Collection, path string, hops int) string {
	f := &c.Fields[l.IntN(len(c.Fields))]
	at := path + "." + f.Name
	if l.chance(12) && !f.Required && !f.ReadOnly {
		return at + pick(l.dice, " == ", " != ") + "null"
	}
	switch f.Type {
	case remit.Relation:
		return l.linkLeaf(f, path, hops)
	case remit.Enum:
		if l.chance(50) {
			return fmt.Sprintf("%s in [%s]", at, strings.Join(quoted(some(l.dice, 50, f.Options...)), ", "))
		}
		return at + pick(l.dice, " == ", " != ") + strconv.Quote(pick(l.dice, f.Options...))
	case remit.Text:
		word := strconv.Quote(pick(l.dice, vocabulary(f)...))
		if l.chance(30) {
			return at + "." + pick(l.dice, "contains", "startsWith") + "(" + word + ")"
		}
		return at + pick(l.dice, " == ", " != ", " >= ") + word
	case remit.Boolean:
		return at + " == " + pick(l.dice, everybody...)
	case remit.Date:
		return at + l.order() + "date(" + strconv.Quote(pick(l.dice, days...)) + ")"
	case remit.Timestamp:
		return at + l.order() + "timestamp(" + strconv.Quote(pick(l.dice, instants...)) + ")"
	case remit.Integer, remit.Decimal, remit.Currency:
	}
	return at + l.order() + pick(l.dice, vocabulary(f)...)
}

func (l *legislator) order() string { return pick(l.dice, " > ", " >= ", " < ", " <= ", " != ") }

func (l *legislator) linkLeaf(f *remit.Field, path string, hops int) string {
	at := path + "." + f.Name
	switch {
	case hops > 0 && l.chance(70):
		return l.leaf(l.model.Collection("", f.Target), path+"."+strings.TrimSuffix(f.Name, "_id"), hops-1)
	case f.Target == "people":
		return pick(l.dice, at+" == user.id", at+" != user.id", "reportsTo("+at+", user)")
	case f.Target == "departments":
		return "inDepartment(" + at + ", user)"
	}
	return at + pick(l.dice, " != ", " == ") + "null"
}

func quoted(texts []string) []string {
	list := slices.Clone(texts)
	for i := range list {
		list[i] = strconv.Quote(list[i])
	}
	return list
}

func (l *legislator) level() remit.Sensitivity {
	return pick(l.dice, remit.Untagged, remit.Public, remit.Internal, remit.Internal, remit.Confidential, remit.Confidential, remit.Restricted)
}

func (l *legislator) fieldNames(c *remit.Collection, percent int) []string {
	if l.chance(15) {
		return []string{policy.AllFields}
	}
	var names []string
	for i := range c.Fields {
		names = append(names, c.Fields[i].Name)
	}
	return some(l.dice, percent, names...)
}

func (l *legislator) role(name string) policy.Role {
	r := policy.Role{Name: name, Clearance: l.level(), Employees: some(l.dice, 70, employeeNames...)}
	for _, c := range l.model.Collections {
		percent := 55
		if c.Derived {
			percent = 80 // people and departments: owners are worth seeing
		}
		for range 2 {
			if l.chance(percent) {
				r.Grants = append(r.Grants, l.viewGrant(c))
			}
		}
		if l.chance(35) {
			r.Grants = append(r.Grants, l.exportGrant(c))
		}
		if !c.Derived && l.chance(45) {
			r.Grants = append(r.Grants, l.writeGrant(c))
		}
	}
	return r
}

func (l *legislator) viewGrant(c *remit.Collection) policy.Grant {
	g := policy.Grant{Collection: c.Name, Actions: []policy.Action{policy.View}, Fields: l.fieldNames(c, 45)}
	g.Scope = pick(l.dice, "all", "s0", "s1", "s2", "s0", "s1", "s2", "w0", "none")
	if c.Derived && l.chance(60) {
		g.Scope = policy.ScopeAll
	}
	if l.chance(10) {
		g.NotAfter = instant(pick(l.dice, "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z")).Time()
	}
	return g
}

func (l *legislator) exportGrant(c *remit.Collection) policy.Grant {
	return policy.Grant{
		Collection: c.Name, Actions: []policy.Action{policy.Export}, Fields: l.fieldNames(c, 70),
		Scope: pick(l.dice, "all", "all", "s0", "s1", "w0"),
	}
}

func (l *legislator) writeGrant(c *remit.Collection) policy.Grant {
	g := policy.Grant{
		Collection: c.Name, Actions: some(l.dice, 60, policy.Create, policy.Update, policy.Delete), Fields: l.fieldNames(c, 75),
		Scope: pick(l.dice, "all", "all", "w0", "w1"),
	}
	if l.chance(50) && slices.ContainsFunc(g.Actions, func(a policy.Action) bool { return a != policy.Delete }) {
		g.ScopeAfter = pick(l.dice, "all", "all", "w0", "w1")
	}
	return g
}

func (l *legislator) remit() policy.Remit {
	r := policy.Remit{Sensitivity: l.level(), RowsPerCall: pick(l.dice, 0, 0, 0, 3)}
	if l.chance(40) {
		r.Grants = []policy.Grant{{Collection: "*", Actions: []policy.Action{policy.View}, Fields: []string{policy.AllFields}, Scope: policy.ScopeAll}}
		return r
	}
	for _, c := range l.model.Collections {
		for range 2 {
			if l.chance(70) {
				r.Grants = append(r.Grants, l.viewGrant(c))
			}
		}
	}
	return r
}

func (l *legislator) constraints() policy.Constraints {
	c := policy.Constraints{RowLimit: pick(l.dice, 0, 0, 2, 5), LastDays: pick(l.dice, 0, 0, 0, 1, 80, 200), ReadOnly: l.chance(30)}
	if l.chance(60) {
		return c
	}
	for _, of := range some(l.dice, 70, l.model.Collections...) {
		each := policy.CollectionConstraint{Collection: of.Name}
		if l.chance(40) {
			each.Fields = l.fieldNames(of, 60)
		}
		c.Collections = append(c.Collections, each)
	}
	return c
}
