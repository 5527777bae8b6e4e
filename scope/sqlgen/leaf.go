package sqlgen

import (
	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

var symbols = map[scope.Op]string{
	scope.Equal: " = ", scope.Less: " < ", scope.AtMost: " <= ", scope.Greater: " > ", scope.AtLeast: " >= ",
}

func (w *writer) compare(n *scope.Compare) {
	switch {
	case overHops(n.Left, n.Right):
		w.rules.overHops(w, n)
	case n.Op == scope.NotEqual:
		w.sides(n, w.rules.differs)
	default:
		w.sides(n, symbols[n.Op])
	}
}

// existsOverHops writes a comparison with a field behind a hop. Inequality is the
// absence of equality, since a record that is gone reads as null and null
// differs from every value; where both sides may be null, one of them must not
// be.
func existsOverHops(w *writer, n *scope.Compare) {
	if n.Op != scope.NotEqual {
		w.exists(false, func() { w.sides(n, symbols[n.Op]) }, n.Left, n.Right)
		return
	}
	w.text(choose(n.BothNull, "(", ""))
	w.exists(true, func() { w.sides(n, symbols[scope.Equal]) }, n.Left, n.Right)
	if n.BothNull {
		w.text(" AND (")
		w.isNull(&scope.IsNull{Operand: n.Left, Not: true})
		w.text(" OR ")
		w.isNull(&scope.IsNull{Operand: n.Right, Not: true})
		w.text("))")
	}
}

// sides writes both operands with the operator between them.
func (w *writer) sides(n *scope.Compare, operator string) {
	if isColumn(n.Right) {
		w.operand(n.Left)
	} else {
		w.typed(n.Left)
	}
	w.text(operator)
	w.operand(n.Right)
	ordered := n.Op != scope.Equal && n.Op != scope.NotEqual
	if isText(n.Left) && (ordered || (isColumn(n.Left) && isColumn(n.Right))) {
		w.text(w.rules.bytewise)
	}
}

func isText(o scope.Operand) bool {
	switch o.Of().Base {
	case remit.Text, remit.Enum, remit.Relation:
		return true
	case remit.Integer, remit.Decimal, remit.Currency, remit.Boolean, remit.Date, remit.Timestamp:
	}
	return false
}

func (w *writer) isNull(n *scope.IsNull) {
	if overHops(n.Operand) {
		w.exists(!n.Not, func() { w.nullTest(n.Operand, true) }, n.Operand)
		return
	}
	w.nullTest(n.Operand, n.Not)
}

func (w *writer) nullTest(o scope.Operand, not bool) {
	w.typed(o)
	w.text(choose(not, " IS NOT NULL", " IS NULL"))
}

// member is a test for membership: in values, in a list of user, or in what a
// lookup selects. None of them holds a null.
type member struct {
	column column
	of     scope.Type
	not    bool
	values []remit.Value
	list   *scope.UserField
	lookup func()
}

func (w *writer) member(n *scope.Member) {
	m := &member{of: n.Operand.Of(), values: n.Values, list: n.List}
	w.membership(n.Operand, m, n.Not)
}

func (w *writer) below(n *scope.Below) {
	w.looks = true
	table, field, self := "people_closure", scope.UserID(), w.rules.self
	if n.Kind == scope.InDepartment {
		table, field = "departments_closure", scope.UserDepartmentID()
	}
	if n.Self || n.Kind == scope.InDepartment {
		self = ""
	}
	m := &member{of: n.Operand.Of(), lookup: func() {
		w.text("SELECT descendant_id FROM " + table + " WHERE ancestor_id = ")
		w.arg("?", Arg{field: field})
		w.text(self)
	}}
	w.membership(n.Operand, m, n.Not)
}

// membership writes the test, or the negated one, which null passes.
func (w *writer) membership(o scope.Operand, m *member, not bool) {
	m.column = column{write: func() { w.typed(o) }, mayBeNull: o.MayBeNull()}
	if overHops(o) {
		w.exists(not, func() { w.rules.member(w, m) }, o)
		return
	}
	m.not = not
	if !not || !m.column.mayBeNull {
		w.rules.member(w, m)
		return
	}
	w.text("(")
	w.rules.missing(w, m.column)
	w.rules.member(w, m)
	w.text(")")
}

func (w *writer) match(n *scope.Match) {
	if overHops(n.Text, n.Part) {
		w.exists(false, func() { w.rules.match(w, n) }, n.Text, n.Part)
		return
	}
	w.rules.match(w, n)
}

func (w *writer) quantifier(n *scope.Quantifier) {
	w.text(choose(n.All, "NOT EXISTS (SELECT 1 FROM ", "EXISTS (SELECT 1 FROM "))
	w.rules.elements(w, n)
	w.text(" WHERE ")
	if n.All {
		w.text("(")
	}
	w.node(n.Body)
	if n.All {
		w.text(")" + w.rules.refused)
	}
	w.text(")")
}
