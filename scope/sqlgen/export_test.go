package sqlgen

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Mutant is a wrong translation: the rules with one of them broken. Only tests
// can make one.
type Mutant struct {
	Name     string
	Dialects []Dialect
	damage   func(*rules)
}

// Breaks reports whether the mutant is wrong on the dialect.
func (m Mutant) Breaks(d Dialect) bool { return slices.Contains(m.Dialects, d) }

// Render renders by the broken rules.
func (m Mutant) Render(d Dialect, p *scope.Predicate, alias string) (Fragment, error) {
	r := rulesOf(d)
	m.damage(r)
	return render(d, r, p, alias)
}

var (
	both     = []Dialect{SQLite, Postgres}
	postgres = []Dialect{Postgres}
)

// Mutants are the translations that come to mind first, and are wrong.
var Mutants = []Mutant{
	{"<> for !=", both, func(r *rules) { r.differs = " <> " }},
	{"hops by a scalar subselect", both, func(r *rules) { r.overHops = scalarHops(false) }},
	{"hops by COALESCE", both, func(r *rules) { r.overHops = scalarHops(true) }},
	{"EXISTS with <> over hops", both, func(r *rules) { r.overHops = differsBehindHop }},
	{"two nulls over hops differ", both, func(r *rules) { r.overHops = nullsDiffer }},
	{"hops to tombstones", both, func(r *rules) { r.alive = `."id" IS NOT NULL` }},
	{"the collation of the column", postgres, func(r *rules) { r.bytewise = "" }},
	{"CASE for a choice", both, func(r *rules) { r.choice = choiceByCase }},
	{"no null guard", both, func(r *rules) { r.missing = func(*writer, column) {} }},
	{"plain NOT for all", both, func(r *rules) { r.refused = " = FALSE" }},
	{"plain NOT of a membership", both, func(r *rules) { r.missing = func(*writer, column) {}; r.member = plainNot(r.member) }},
	{"LIKE for startsWith and contains", both, func(r *rules) { r.match = matchBy("LIKE") }},
	{"ILIKE for contains", postgres, func(r *rules) { r.match = matchBy("ILIKE") }},
	{"people report to themselves", both, func(r *rules) { r.self = "" }},
	{"unknown truth taken for true", both, func(r *rules) { r.truth = "COALESCE(" + r.truth + ", TRUE)" }},
}

// scalarHops reads what lies behind hops as a value and, if coalesced, null as
// the type's zero.
func scalarHops(coalesced bool) func(*writer, *scope.Compare) {
	return func(w *writer, n *scope.Compare) {
		w.scalar(n.Left, coalesced)
		if n.Op == scope.NotEqual {
			w.text(" <> ")
		} else {
			w.text(symbols[n.Op])
		}
		w.scalar(n.Right, coalesced)
		if isText(n.Left) {
			w.text(w.rules.bytewise)
		}
	}
}

func (w *writer) scalar(o scope.Operand, coalesced bool) {
	if !overHops(o) {
		w.typed(o)
		return
	}
	// The condition of EXISTS becomes what is selected: only the frame differs.
	inner := &writer{rules: w.rules, alias: w.alias, made: w.made}
	var value string
	inner.exists(false, func() {
		before := inner.sql.Len()
		inner.operand(o)
		value = inner.sql.String()[before:]
		inner.text(" IS NOT NULL")
	}, o)
	w.made = inner.made
	query := strings.Replace(strings.TrimPrefix(inner.sql.String(), "EXISTS "), "SELECT 1", "SELECT "+value, 1)
	if coalesced {
		query = "COALESCE(" + query + ", " + w.zero(o.Of()) + ")"
	}
	w.text(query)
}

func (w *writer) zero(t scope.Type) string {
	switch t.Base {
	case remit.Integer, remit.Decimal, remit.Currency:
		return "0"
	case remit.Boolean:
		return "FALSE"
	case remit.Date:
		return "'0001-01-01'"
	case remit.Timestamp:
		return "'0001-01-01T00:00:00.000000Z'"
	case remit.Text, remit.Enum, remit.Relation:
	}
	return "''"
}

func differsBehindHop(w *writer, n *scope.Compare) {
	if n.Op != scope.NotEqual {
		existsOverHops(w, n)
		return
	}
	w.exists(false, func() { w.sides(n, " <> ") }, n.Left, n.Right)
}

func nullsDiffer(w *writer, n *scope.Compare) {
	forgetful := *n
	forgetful.BothNull = false
	existsOverHops(w, &forgetful)
}

func choiceByCase(w *writer, n *scope.Choice) {
	w.text("CASE WHEN ")
	w.node(n.If)
	w.text(" THEN ")
	w.node(n.Then)
	w.text(" ELSE ")
	w.node(n.Else)
	w.text(" END")
}

func plainNot(write func(*writer, *member)) func(*writer, *member) {
	return func(w *writer, m *member) {
		if !m.not {
			write(w, m)
			return
		}
		positive := *m
		positive.not = false
		w.text("NOT (")
		write(w, &positive)
		w.text(")")
	}
}

func matchBy(operator string) func(*writer, *scope.Match) {
	return func(w *writer, n *scope.Match) {
		w.typed(n.Text)
		w.text(choose(n.Not, " NOT ", " ") + operator + choose(n.Kind == scope.Contains, " '%' || ", " "))
		w.typed(n.Part)
		w.text(" || '%'")
	}
}
