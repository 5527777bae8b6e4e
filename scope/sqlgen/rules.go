package sqlgen

import (
	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// rules is how one database says what CEL means: the table of translations, one
// entry for each row in which databases differ or an obvious translation is
// wrong.
type rules struct {
	differs  string                     // inequality in which null differs from every value, and not from null
	bytewise string                     // after a text that is compared, where the column's own collation must not count
	truth    string                     // a parameter that is true, false or null
	refused  string                     // after the body of "all": what makes an element a counterexample
	alive    string                     // after the alias of a row that may have been deleted
	self     string                     // what keeps people from being below themselves
	cast     func(t scope.Type) string  // the type of a parameter that stands beside no column
	missing  func(w *writer, c column)  // before a negated test of c: what lets null pass it
	member   func(w *writer, m *member) // c in a list, or not
	match    func(w *writer, n *scope.Match)
	choice   func(w *writer, n *scope.Choice)
	overHops func(w *writer, n *scope.Compare)
	elements func(w *writer, n *scope.Quantifier) // the FROM of a list's elements, called value
}

// column writes an operand where it stands.
type column struct {
	write     func()
	mayBeNull bool
}

// rulesOf returns the rules of the dialect, nil for none.
func rulesOf(d Dialect) *rules {
	r := &rules{
		refused:  " IS NOT TRUE",
		alive:    ".\"deleted_at\" IS NULL",
		self:     " AND descendant_id <> ancestor_id",
		missing:  nullPasses,
		choice:   bothBranches,
		overHops: existsOverHops,
	}
	switch d {
	case SQLite:
		r.differs = " IS NOT "
		r.truth = "?"
		r.cast = func(scope.Type) string { return "" }
		r.member, r.match, r.elements = memberSQLite, matchSQLite, elementsSQLite
	case Postgres:
		r.differs = " IS DISTINCT FROM "
		r.truth = "?::boolean"
		r.bytewise = ` COLLATE "C"`
		r.cast = func(t scope.Type) string { return "::" + postgresType(t) }
		r.member, r.match, r.elements = memberPostgres, matchPostgres, elementsPostgres
	default:
		return nil
	}
	return r
}

// postgresType returns the column type in which values of t are stored.
func postgresType(t scope.Type) string {
	switch t.Base {
	case remit.Integer, remit.Decimal, remit.Currency:
		return "bigint"
	case remit.Boolean:
		return "boolean"
	case remit.Date:
		return "date"
	case remit.Timestamp:
		return "timestamptz"
	case remit.Text, remit.Enum, remit.Relation:
	}
	return "text"
}

// nullPasses lets a null through a negated test: what is null is in no list and
// below nobody.
func nullPasses(w *writer, c column) {
	c.write()
	w.text(" IS NULL OR ")
}

// bothBranches writes a choice. CASE would take its ELSE where the condition is
// null.
func bothBranches(w *writer, n *scope.Choice) {
	w.node(scope.Any{scope.Every{n.If, n.Then}, scope.Every{n.Unless, n.Else}})
}

func memberSQLite(w *writer, m *member) {
	m.column.write()
	w.text(choose(m.not, " NOT IN (", " IN ("))
	switch {
	case m.lookup != nil:
		m.lookup()
	case m.list != nil:
		w.text("SELECT value FROM json_each(")
		w.arg("?", Arg{field: m.list})
		w.text(")")
	default:
		for i, v := range m.values {
			w.text(choose(i > 0, ", ", ""))
			w.arg("?", Fixed(v))
		}
	}
	w.text(")")
}

func memberPostgres(w *writer, m *member) {
	m.column.write()
	w.text(choose(m.not, " <> ALL (", " = ANY ("))
	array := "?::" + postgresType(m.of) + "[]"
	switch {
	case m.lookup != nil:
		w.text("ARRAY(")
		m.lookup()
		w.text(")")
	case m.list != nil:
		w.arg(array, Arg{field: m.list})
	default:
		w.arg(array, Fixed(scope.BoundList(m.of, m.values)))
	}
	w.text(")")
}

// hashedPostgres keeps the planner from joining what is looked up, which it would
// do, and from comparing it item by item: it builds a hash table once.
func hashedPostgres(w *writer, m *member) {
	if m.lookup == nil || m.not {
		memberPostgres(w, m)
		return
	}
	w.text("((")
	m.column.write()
	w.text(" IN (")
	m.lookup()
	w.text(")) IS TRUE)")
}

func matchSQLite(w *writer, n *scope.Match) {
	if n.Kind == scope.Contains {
		w.call("instr", n.Text, n.Part)
		w.text(choose(n.Not, " = 0", " > 0"))
		return
	}
	w.text("substr(")
	w.operand(n.Text)
	w.text(", 1, length(")
	w.operand(n.Part)
	w.text(choose(n.Not, ")) <> ", ")) = "))
	w.operand(n.Part)
}

func matchPostgres(w *writer, n *scope.Match) {
	if n.Kind == scope.Contains {
		w.call("strpos", n.Text, n.Part)
		w.text(choose(n.Not, " = 0", " > 0"))
		return
	}
	w.call("starts_with", n.Text, n.Part)
	w.text(choose(n.Not, " = FALSE", ""))
}

func elementsSQLite(w *writer, n *scope.Quantifier) {
	w.text("json_each(")
	w.arg("?", Arg{field: n.List})
	w.text(") AS " + w.variable(n.Var))
}

func elementsPostgres(w *writer, n *scope.Quantifier) {
	w.text("unnest(")
	w.arg("?::"+postgresType(n.List.Type)+"[]", Arg{field: n.List})
	w.text(") AS " + w.variable(n.Var) + "(value)")
}

func choose(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}
