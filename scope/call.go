package scope

import (
	"maps"
	"slices"
	"strings"

	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"github.com/remit-crm/remit"
)

func keysSorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

var comparisons = map[string]Op{
	operators.Equals: Equal, operators.NotEquals: NotEqual,
	operators.Less: Less, operators.LessEquals: AtMost,
	operators.Greater: Greater, operators.GreaterEquals: AtLeast,
}

// functions are the names that a misspelt call may have meant.
var functions = []string{"startsWith", "contains", "exists", "all", "reportsTo", "inDepartment", "date", "timestamp", "endsWith", "matches", "size"}

// refused says why a function of CEL is not in the subset.
var refused = map[string]string{
	"has":              "a field always exists: compare it with null",
	"exists_one":       "counting matches is not in the subset: use exists",
	"existsOne":        "counting matches is not in the subset: use exists",
	"map":              "lists are not made here: use exists or all",
	"filter":           "lists are not made here: use exists or all",
	"dyn":              "every value has one type here",
	"type":             "every value has one type here",
	"int":              "values are not converted: compare values of one type",
	"uint":             "values are not converted: compare values of one type",
	"double":           "values are not converted: money and decimals are written as plain numbers",
	"string":           "values are not converted: compare values of one type",
	"bytes":            "values are not converted: compare values of one type",
	"bool":             "values are not converted: compare values of one type",
	"duration":         "durations are not in the subset: compare with timestamp(\"…\") or date(\"…\")",
	operators.Index:    "elements have no numbers here: use in, exists or all",
	operators.OptIndex: "elements have no numbers here: use in, exists or all",
}

func (k *checker) checkCall(e celast.Expr) (*term, error) {
	call := e.AsCall()
	name := call.FunctionName()
	if op, found := comparisons[name]; found {
		return k.checkCompare(e, op)
	}
	switch name {
	case operators.LogicalAnd:
		return k.checkLogic(e, opAnd)
	case operators.LogicalOr:
		return k.checkLogic(e, opOr)
	case operators.LogicalNot:
		return k.checkLogic(e, opNot)
	case operators.Conditional:
		return k.checkChoice(e)
	case operators.In:
		return k.checkIn(e)
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo, operators.Negate:
		return k.checkArithmetic(e)
	}
	return k.checkFunction(e, name)
}

func (k *checker) checkFunction(e celast.Expr, name string) (*term, error) {
	call := e.AsCall()
	switch {
	case (name == "exists" || name == "all") && call.IsMemberFunction():
		return k.checkQuantifier(e)
	case (name == "startsWith" || name == "contains" || name == "endsWith" || name == "matches") && call.IsMemberFunction():
		return k.checkTextCall(e)
	case (name == "reportsTo" || name == "inDepartment") && !call.IsMemberFunction():
		return k.checkBelow(e)
	case (name == "date" || name == "timestamp") && !call.IsMemberFunction():
		return k.checkTime(e)
	case name == "size":
		return k.checkSize(e)
	}
	if reason, known := refused[name]; known {
		return nil, k.fail(e, "", "%s is not available: %s", strings.Trim(name, "_"), reason)
	}
	return nil, k.fail(e, remit.DidYouMean(name, functions), "unknown function %q", name)
}

// operands checks the target, if there is one, and the arguments of a call.
func (k *checker) operands(e celast.Expr, want int) ([]*term, needs, error) {
	call := e.AsCall()
	exprs := call.Args()
	if call.IsMemberFunction() {
		exprs = append([]celast.Expr{call.Target()}, exprs...)
	}
	if len(exprs) != want {
		return nil, 0, k.fail(e, "", "%s takes %d operands, not %d", call.FunctionName(), want, len(exprs))
	}
	var all needs
	terms := make([]*term, 0, want)
	for _, x := range exprs {
		t, err := k.check(x)
		if err != nil {
			return nil, 0, err
		}
		terms = append(terms, t)
		all |= t.needs
	}
	return terms, all, nil
}

func boolean() *slot { return exactly(Type{Base: remit.Boolean}, "a condition") }

// condition requires a term that is true or false.
func (k *checker) condition(t *term) error {
	if t.list || t.op == opNull || t.typ.resolved().Base != remit.Boolean {
		return k.fail(t.expr, "", "a condition is needed here, and this is %s", describe(t))
	}
	return nil
}

// mayBeNull reports whether the term's value can be null.
func (t *term) mayBeNull() bool {
	switch t.op {
	case opField:
		return t.field.Nullable
	case opUser:
		return t.user.Nullable
	case opVariable:
		return t.variable.nullable
	case opChoice, opComputed:
		return slices.ContainsFunc(t.args, (*term).mayBeNull)
	case opNull, opInput:
		return true
	default:
		return false
	}
}

func describe(t *term) string {
	switch {
	case t.op == opField || t.op == opUser || t.op == opInput:
		return t.typ.name + " (" + t.typ.describe() + ")"
	case t.list:
		return "a list"
	case t.op == opNull:
		return "null"
	case t.op != opLiteral && t.op != opVariable && t.typ.resolved().Base == remit.Boolean:
		return "a condition"
	}
	return t.typ.describe()
}

func (k *checker) checkLogic(e celast.Expr, op termOp) (*term, error) {
	want := 2
	if op == opNot {
		want = 1
	}
	args, needs, err := k.operands(e, want)
	if err != nil {
		return nil, err
	}
	for _, a := range args {
		if err := k.condition(a); err != nil {
			return nil, err
		}
	}
	return &term{op: op, expr: e, args: args, typ: boolean(), needs: needs}, nil
}

func (k *checker) checkChoice(e celast.Expr) (*term, error) {
	args, needs, err := k.operands(e, 3)
	if err != nil {
		return nil, err
	}
	if err := k.condition(args[0]); err != nil {
		return nil, err
	}
	t := &term{op: opChoice, expr: e, args: args, typ: args[1].typ, needs: needs}
	if args[1].list || args[2].list || !unify(args[1].typ, args[2].typ) {
		return nil, k.fail(e, "", "the two outcomes are of different types: %s and %s", describe(args[1]), describe(args[2]))
	}
	if t.typ.resolved().Base == remit.Boolean && args[1].op != opNull && args[2].op != opNull {
		t.typ = boolean()
		return t, nil
	}
	t.op = opComputed
	return t, nil
}

func (k *checker) checkCompare(e celast.Expr, op Op) (*term, error) {
	args, needs, err := k.operands(e, 2)
	if err != nil {
		return nil, err
	}
	left, right := args[0], args[1]
	if left.list || right.list {
		return nil, k.fail(e, "use in, exists or all", "lists are not compared as a whole")
	}
	if !unify(left.typ, right.typ) {
		return nil, k.mismatch(e, left, right)
	}
	for i, side := range args {
		if side.op == opNull && !args[1-i].mayBeNull() {
			return nil, k.fail(e, "", "%s is never null", describe(args[1-i]))
		}
	}
	t := &term{op: opCompare, expr: e, args: args, typ: boolean(), compare: op, needs: needs}
	if op != Equal && op != NotEqual {
		return t, k.checkOrder(e, left, right)
	}
	return t, nil
}

// checkOrder refuses < on what has no order that people share.
func (k *checker) checkOrder(e celast.Expr, left, right *term) error {
	for _, side := range []*term{left, right} {
		if side.op == opNull {
			return k.fail(e, "", "null is neither less nor greater than anything")
		}
		if t := side.typ.resolved(); t.Base != "" && !t.ordered() {
			return k.fail(side.expr, "list them: record.field in [\"a\", \"b\"]", "%s has no order", describe(side))
		}
	}
	return nil
}

// mismatch says why two sides cannot be compared, and what to write instead.
func (k *checker) mismatch(e celast.Expr, left, right *term) error {
	hint := ""
	for _, sides := range [][2]*term{{left, right}, {right, left}} {
		literal, other := sides[0], sides[1].typ.resolved()
		class := literal.typ.root().class
		switch {
		case class == word && other.Base == remit.Date:
			hint = `write the day as date("2026-01-31")`
		case class == word && other.Base == remit.Timestamp:
			hint = `write the instant as timestamp("2026-01-31T09:30:00Z")`
		case class == word && numeric(other, numeral):
			hint = "write the number without quotes"
		case class == fraction && other.Base == remit.Integer:
			hint = "write a whole number"
		}
	}
	return k.fail(e, hint, "%s cannot be compared with %s", describe(left), describe(right))
}

func (k *checker) checkIn(e celast.Expr) (*term, error) {
	args, needs, err := k.operands(e, 2)
	if err != nil {
		return nil, err
	}
	if args[0].list || !args[1].list {
		return nil, k.fail(e, "", "in needs a value on its left and a list on its right: user.roles, a list attribute or [\"a\", \"b\"]")
	}
	if !unify(args[0].typ, args[1].typ) {
		return nil, k.mismatch(e, args[0], args[1])
	}
	return &term{op: opIn, expr: e, args: args, typ: boolean(), needs: needs}, nil
}

// checkArithmetic checks arithmetic, which the translation then admits over user
// alone.
func (k *checker) checkArithmetic(e celast.Expr) (*term, error) {
	call := e.AsCall()
	args, needs, err := k.operands(e, len(call.Args()))
	if err != nil {
		return nil, err
	}
	t := &term{op: opComputed, expr: e, args: args, needs: needs}
	text := call.FunctionName() == operators.Add && args[0].typ.resolved().family() == remit.Text
	t.typ = exactly(Type{Base: remit.Integer}, "arithmetic")
	if text {
		t.typ = exactly(Type{Base: remit.Text}, "a joined text")
	}
	for _, a := range args {
		if a.list || a.op == opNull || !unify(a.typ, t.typ) || a.typ.resolved().family() != t.typ.typ.Base {
			return nil, k.fail(a.expr, "", "arithmetic is for whole numbers, and + for texts too; this is %s", describe(a))
		}
	}
	return t, nil
}
