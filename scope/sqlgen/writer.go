package sqlgen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// writer writes one predicate. Arguments are collected as their "?" is written,
// so their order is that of the text.
type writer struct {
	rules *rules
	alias string // of the record's row
	sql   strings.Builder
	args  []Arg
	hops  map[string]string // aliases of the hops in sight, by path
	made  int               // hop aliases made
	looks bool              // people or departments are looked up
	err   error
}

func (w *writer) text(s string) { w.sql.WriteString(s) }

// arg writes an argument in the given form.
func (w *writer) arg(form string, a Arg) {
	w.text(form)
	w.args = append(w.args, a)
}

// node writes the node so that it can stand beside AND and OR.
func (w *writer) node(n scope.Node) {
	switch n := n.(type) {
	case scope.Constant:
		w.text(choose(bool(n), "TRUE", "FALSE"))
	case scope.Every:
		w.row(n, " AND ")
	case scope.Any:
		w.row(n, " OR ")
	case *scope.Choice:
		w.rules.choice(w, n)
	case *scope.UserTest:
		w.arg(w.rules.truth, Arg{test: n})
	case *scope.Compare:
		w.compare(n)
	case *scope.IsNull:
		w.isNull(n)
	case *scope.Member:
		w.member(n)
	case *scope.Match:
		w.match(n)
	case *scope.Below:
		w.below(n)
	case *scope.Quantifier:
		w.quantifier(n)
	default:
		w.err = remit.Errorf(remit.KindInternal, "sqlgen: unknown node %T", n)
	}
}

func (w *writer) row(nodes []scope.Node, separator string) {
	w.text("(")
	for i, n := range nodes {
		w.text(choose(i > 0, separator, ""))
		w.node(n)
	}
	w.text(")")
}

// operand writes an operand beside a column, which gives a parameter its type.
func (w *writer) operand(o scope.Operand) {
	switch o := o.(type) {
	case *scope.Field:
		alias := w.alias
		if len(o.Hops) > 0 {
			alias = w.hops[hopPath(o.Hops)]
		}
		w.text(alias + "." + quote(o.Column))
	case *scope.Variable:
		w.text(w.variable(o) + ".value")
	case *scope.UserField:
		w.arg("?", Arg{field: o})
	case scope.Literal:
		w.arg("?", Fixed(o.Value))
	default:
		w.err = remit.Errorf(remit.KindInternal, "sqlgen: unknown operand %T", o)
	}
}

// typed writes an operand that stands beside no column.
func (w *writer) typed(o scope.Operand) {
	w.operand(o)
	if !isColumn(o) {
		w.text(w.rules.cast(o.Of()))
	}
}

// isColumn reports whether the operand has a type of its own in SQL.
func isColumn(o scope.Operand) bool {
	switch o.(type) {
	case *scope.Field, *scope.Variable:
		return true
	}
	return false
}

// call writes a function of two texts.
func (w *writer) call(name string, a, b scope.Operand) {
	w.text(name + "(")
	w.typed(a)
	w.text(", ")
	w.typed(b)
	if isColumn(a) && isColumn(b) {
		w.text(w.rules.bytewise)
	}
	w.text(")")
}

func (w *writer) variable(v *scope.Variable) string {
	return w.alias + "_v" + strconv.Itoa(v.ID)
}

// quote quotes a name, each part of it where a schema stands before it.
func quote(name string) string {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		parts[i] = `"` + strings.ReplaceAll(part, `"`, `""`) + `"`
	}
	return strings.Join(parts, ".")
}

func hopPath(hops []scope.Hop) string {
	var path strings.Builder
	for _, h := range hops {
		fmt.Fprintf(&path, "%s.", h.Relation.Name)
	}
	return path.String()
}
