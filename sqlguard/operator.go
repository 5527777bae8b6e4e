package sqlguard

import (
	"slices"
	"strings"

	tree "github.com/pganalyze/pg_query_go/v6"
)

// operator translates what stands between or before operands.
func (t *translator) operator(a *tree.A_Expr, within *reach) (expr, error) {
	if err := only(a, "kind", "name", "lexpr", "rexpr"); err != nil {
		return nil, err
	}
	names, ok := texts(a.Name)
	if !ok || len(names) != 1 {
		return nil, invalid("OPERATOR(…) is not possible here")
	}
	switch a.Kind { //nolint:exhaustive // any other is refused
	case tree.A_Expr_Kind_AEXPR_OP:
		return t.infix(names[0], a, within)
	case tree.A_Expr_Kind_AEXPR_DISTINCT:
		return t.between2("is distinct from", a, within)
	case tree.A_Expr_Kind_AEXPR_NOT_DISTINCT:
		return t.between2("is not distinct from", a, within)
	case tree.A_Expr_Kind_AEXPR_NULLIF:
		return t.nullIf(a, within)
	case tree.A_Expr_Kind_AEXPR_IN:
		return t.inList(a, names[0] == "<>", within)
	case tree.A_Expr_Kind_AEXPR_LIKE:
		return t.like(a, "like", names[0] == "!~~", within)
	case tree.A_Expr_Kind_AEXPR_ILIKE:
		return t.like(a, "ilike", names[0] == "!~~*", within)
	case tree.A_Expr_Kind_AEXPR_BETWEEN:
		return t.between(a, false, within)
	case tree.A_Expr_Kind_AEXPR_NOT_BETWEEN:
		return t.between(a, true, within)
	}
	return nil, invalid("the operator %s is not possible in this form here", clip(names[0]))
}

var comparisons = []string{"=", "<>", "<", "<=", ">", ">="}

// infix translates a plain operator.
func (t *translator) infix(op string, a *tree.A_Expr, within *reach) (expr, error) {
	right, err := t.expr(a.Rexpr, within)
	if err != nil {
		return nil, err
	}
	if a.Lexpr == nil {
		return prefix(op, right)
	}
	left, err := t.expr(a.Lexpr, within)
	if err != nil {
		return nil, err
	}
	switch {
	case slices.Contains(comparisons, op):
		return compare(op, left, right)
	case op == "||":
		return concat(left, right)
	case isDay(left) || isDay(right):
		return dayArithmetic(op, left, right)
	}
	return arithmetic(op, left, right)
}

// prefix translates + and - before a number.
func prefix(op string, e expr) (expr, error) {
	n, err := numeric(e)
	if err != nil {
		return nil, err
	}
	c, ok := n.(*constant)
	switch {
	case op == "+":
		return n, nil
	case op != "-":
		return nil, invalid("the operator %s is not possible here", clip(op))
	case ok && !c.null:
		negative := *c
		negative.whole = -c.whole
		return &negative, nil
	}
	return &call{op: "sub", args: []expr{&constant{of: n.typ()}, n}, of: n.typ()}, nil
}

// compare compares two expressions of one type.
func compare(op string, a, b expr) (expr, error) {
	if _, err := uniteAll([]*expr{&a, &b}); err != nil {
		return nil, err
	}
	return truth(op, a, b), nil
}

func (t *translator) between2(op string, a *tree.A_Expr, within *reach) (expr, error) {
	args, err := t.exprs([]*tree.Node{a.Lexpr, a.Rexpr}, within)
	if err != nil {
		return nil, err
	}
	return compare(op, args[0], args[1])
}

func (t *translator) nullIf(a *tree.A_Expr, within *reach) (expr, error) {
	args, err := t.exprs([]*tree.Node{a.Lexpr, a.Rexpr}, within)
	if err != nil {
		return nil, err
	}
	of, err := uniteAll(pointers(args))
	if err != nil {
		return nil, err
	}
	return &call{op: "nullif", args: args, of: of}, nil
}

// listOf returns the nodes of a list, as IN and BETWEEN have it.
func listOf(n *tree.Node) ([]*tree.Node, error) {
	list, ok := n.Node.(*tree.Node_List)
	if !ok {
		return nil, refuseNode(n)
	}
	return list.List.Items, nil
}

func (t *translator) inList(a *tree.A_Expr, not bool, within *reach) (expr, error) {
	items, err := listOf(a.Rexpr)
	if err != nil {
		return nil, err
	}
	args, err := t.exprs(append([]*tree.Node{a.Lexpr}, items...), within)
	if err != nil {
		return nil, err
	}
	if _, err := uniteAll(pointers(args)); err != nil {
		return nil, err
	}
	if not {
		return truth("not in", args...), nil
	}
	return truth("in", args...), nil
}

func (t *translator) between(a *tree.A_Expr, not bool, within *reach) (expr, error) {
	items, err := listOf(a.Rexpr)
	if err != nil {
		return nil, err
	}
	args, err := t.exprs(append([]*tree.Node{a.Lexpr}, items...), within)
	if err != nil || len(args) != 3 {
		return nil, err
	}
	if _, err := uniteAll(pointers(args)); err != nil {
		return nil, err
	}
	e := truth("between", args...)
	if not {
		return truth("not", e), nil
	}
	return e, nil
}

// like translates LIKE and ILIKE. The pattern is a literal: one that ends in a
// backslash fails, and so must be seen here.
func (t *translator) like(a *tree.A_Expr, op string, not bool, within *reach) (expr, error) {
	args, err := t.exprs([]*tree.Node{a.Lexpr, a.Rexpr}, within)
	if err != nil {
		return nil, err
	}
	text := Type{Kind: Text}
	for i := range args {
		if args[i], err = coerce(args[i], text); err != nil {
			return nil, err
		}
	}
	pattern, ok := args[1].(*constant)
	switch {
	case !ok:
		return nil, invalid("the pattern of %s must be a text of the statement", strings.ToUpper(op))
	case len(pattern.text) > maxPattern:
		return nil, invalid("a pattern is longer than %d bytes", maxPattern)
	case trailingEscape(pattern.text):
		return nil, invalid("a pattern cannot end in \\: write \\\\ for the character itself")
	}
	e := truth(op, args...)
	if not {
		return truth("not", e), nil
	}
	return e, nil
}

// maxPattern bounds the work of a match, which grows with both lengths.
const maxPattern = 200

func trailingEscape(pattern string) bool {
	trimmed := strings.TrimRight(pattern, `\`)
	return (len(pattern)-len(trimmed))%2 == 1
}

// concat translates ||. Numbers and other values are not turned into text silently.
func concat(a, b expr) (expr, error) {
	text := Type{Kind: Text}
	var err error
	if a, err = coerce(a, text); err == nil {
		b, err = coerce(b, text)
	}
	if err != nil {
		return nil, err
	}
	return &call{op: "concat", args: []expr{a, b}, of: text}, nil
}

// numeric makes e a number.
func numeric(e expr) (expr, error) {
	if e.typ().Kind == Number {
		return e, nil
	}
	c, ok := e.(*constant)
	switch {
	case e.typ().Kind != Unknown || !ok:
		return nil, invalid("%s stands where a number is wanted", e.typ().Kind)
	case c.null:
		return &constant{of: Type{Kind: Number}, null: true}, nil
	}
	return decimal(strings.TrimSpace(c.text))
}

// arithmetic translates + - * / and %.
func arithmetic(op string, a, b expr) (expr, error) {
	var err error
	if a, err = numeric(a); err == nil {
		b, err = numeric(b)
	}
	if err != nil {
		return nil, err
	}
	switch op {
	case "+":
		return sum("add", a, b)
	case "-":
		return sum("sub", a, b)
	case "*":
		return product(a, b)
	case "/":
		return divide(a, b)
	case "%":
		return modulo(a, b)
	}
	return nil, invalid("the operator %s is not possible here", clip(op))
}

func sum(op string, a, b expr) (expr, error) {
	of, err := uniteAll([]*expr{&a, &b})
	if err != nil {
		return nil, err
	}
	return &call{op: op, args: []expr{a, b}, of: of}, nil
}

func product(a, b expr) (expr, error) {
	x, y := a.typ(), b.typ()
	of := Type{Kind: Number, Scale: x.Scale + y.Scale, Currency: x.Currency}
	switch {
	case x.Currency != "" && y.Currency != "":
		return nil, invalid("an amount cannot be multiplied by an amount")
	case x.Currency == "":
		of.Currency = y.Currency
	}
	if of.Scale > maxScale {
		return nil, invalid("a product would have more than %d decimal places: round its factors", maxScale)
	}
	return &call{op: "mul", args: []expr{a, b}, of: of}, nil
}

// ratioScale is to how many decimal places a quotient and an average are computed,
// rounded half-even.
const ratioScale = 6

// divide computes a quotient; of two amounts it is a plain number.
func divide(a, b expr) (expr, error) {
	x, y := a.typ(), b.typ()
	of := Type{Kind: Number, Scale: ratioScale, Currency: x.Currency}
	switch {
	case y.Currency != "" && x.Currency == "":
		return nil, invalid("a number cannot be divided by an amount")
	case y.Currency != "" && x.Currency != y.Currency:
		return nil, invalid("amounts in %s and %s are never mixed", x.Currency, y.Currency)
	case y.Currency != "":
		of.Currency = ""
	}
	return quotient(a, b, ratioScale-x.Scale+y.Scale, of), nil
}

// quotient is a ÷ b × 10^shift, rounded half-even to a whole number, which is what is
// stored of a number of the type.
func quotient(a, b expr, shift int, of Type) expr {
	return &call{op: "div", args: []expr{a, b, number(int64(shift), 0)}, of: of}
}

func modulo(a, b expr) (expr, error) {
	for _, e := range []expr{a, b} {
		if e.typ().Scale != 0 {
			return nil, invalid("%% is possible between whole numbers alone")
		}
	}
	return &call{op: "mod", args: []expr{a, b}, of: Type{Kind: Number}}, nil
}

// round computes a number to so many places.
func round(e expr, places int) (expr, error) {
	of := e.typ()
	if of.Scale <= places {
		return e, nil
	}
	shift := places - of.Scale
	of.Scale = places
	return quotient(e, number(1, 0), shift, of), nil
}
