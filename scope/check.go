package scope

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"

	"github.com/remit-crm/remit"
)

// The limits on an expression, far above what people write.
const (
	MaxLength = 10_000 // characters
	MaxDepth  = 50     // nesting
	MaxTerms  = 1_000  // operators, names and literals
	MaxNodes  = 2_000  // nodes of the predicate, after lists and choices are written out
	MaxHops   = 2      // relations followed by one field
)

// checker resolves names and finds out types.
type checker struct {
	env        *Env
	collection *remit.Collection // nil in conditions
	inputs     map[string]Type   // nil in scopes

	text      []rune
	info      *celast.SourceInfo
	variables []*variable // in sight, innermost last
	bound     int         // variables made so far
	depth     int
	terms     int
	literals  []*term
	lists     []*term // inner ones first
}

// parse returns the tree of the expression, macros unexpanded.
func (k *checker) parse(expression string) (celast.Expr, error) {
	k.text = []rune(expression)
	if len(k.text) > MaxLength {
		return nil, remit.FieldErrorf("expression", "longer than %d characters: split the rule", MaxLength)
	}
	if strings.TrimSpace(expression) == "" {
		return nil, remit.FieldErrorf("expression", "empty: write a condition, or true for every record")
	}
	p, err := parser.NewParser(parser.MaxRecursionDepth(MaxDepth),
		parser.ErrorRecoveryLimit(4), parser.ErrorReportingLimit(1))
	if err != nil {
		return nil, fmt.Errorf("scope: making the parser: %w", err)
	}
	tree, errs := p.Parse(common.NewTextSource(expression))
	if list := errs.GetErrors(); len(list) > 0 {
		return nil, syntaxError(list[0])
	}
	k.info = tree.SourceInfo()
	return tree.Expr(), nil
}

func syntaxError(e *common.Error) error {
	message, _, _ := strings.Cut(strings.TrimPrefix(e.Message, "Syntax error: "), ", expecting")
	message, _, _ = strings.Cut(message, " expecting {")
	return Place{e.Location.Line(), e.Location.Column() + 1}.failure("", message)
}

// fail returns an error at e's place.
func (k *checker) fail(e celast.Expr, hint, format string, args ...any) *remit.Error {
	at := k.info.GetLocationByOffset(k.start(leftmost(e)))
	return Place{at.Line(), at.Column() + 1}.failure(hint, fmt.Sprintf(format, args...))
}

// start returns where e begins in the text. CEL places a call at its
// parenthesis.
func (k *checker) start(e celast.Expr) int32 {
	r, _ := k.info.GetOffsetRange(e.ID())
	if e.Kind() != celast.CallKind {
		return r.Start
	}
	name := []rune(e.AsCall().FunctionName())
	at := int(r.Start) - len(name)
	if at >= 0 && int(r.Start) <= len(k.text) && slices.Equal(k.text[at:r.Start], name) {
		return int32(at) // no more than MaxLength
	}
	return r.Start
}

// leftmost returns the expression that stands first in e's text: CEL places a
// call at its operator.
func leftmost(e celast.Expr) celast.Expr {
	for {
		switch {
		case e.Kind() == celast.SelectKind:
			e = e.AsSelect().Operand()
		case e.Kind() == celast.CallKind && e.AsCall().IsMemberFunction():
			e = e.AsCall().Target()
		case e.Kind() == celast.CallKind && infix(e.AsCall().FunctionName()):
			e = e.AsCall().Args()[0]
		default:
			return e
		}
	}
}

func infix(function string) bool {
	_, binary := operators.FindReverseBinaryOperator(function)
	return binary || function == operators.Conditional || function == operators.Index
}

// check resolves e and finds its type.
func (k *checker) check(e celast.Expr) (*term, error) {
	k.depth++
	k.terms++
	defer func() { k.depth-- }()
	if k.depth > MaxDepth {
		return nil, k.fail(e, "", "nested deeper than %d", MaxDepth)
	}
	if k.terms > MaxTerms {
		return nil, k.fail(e, "use a list attribute or split the rule", "more than %d operators, names and literals", MaxTerms)
	}
	switch e.Kind() {
	case celast.LiteralKind:
		return k.checkLiteral(e)
	case celast.IdentKind:
		return k.checkName(e)
	case celast.SelectKind:
		return k.checkPath(e)
	case celast.ListKind:
		return k.checkList(e)
	case celast.CallKind:
		return k.checkCall(e)
	case celast.MapKind, celast.StructKind, celast.ComprehensionKind, celast.UnspecifiedExprKind:
	}
	return nil, k.fail(e, "", "maps and messages have no use here")
}

func (k *checker) checkLiteral(e celast.Expr) (*term, error) {
	t := &term{op: opLiteral, expr: e, literal: &literal{expr: e}}
	switch v := e.AsLiteral().(type) {
	case types.Null:
		t.op, t.typ = opNull, &slot{}
		return t, nil
	case types.Bool:
		t.typ = exactly(Type{Base: remit.Boolean}, "a boolean")
		t.literal.value = remit.BooleanValue(bool(v))
		return t, nil
	case types.String:
		t.literal.text = string(v)
		t.typ = &slot{class: word}
	case types.Int:
		t.literal.text = fmt.Sprint(int64(v))
		t.typ = &slot{class: numeral}
	case types.Double:
		t.literal.text = k.sourceOf(e)
		t.typ = &slot{class: fraction}
	default:
		return nil, k.fail(e, "", "literals are texts, numbers, true, false and null")
	}
	k.literals = append(k.literals, t)
	return t, nil
}

// sourceOf returns the text of a literal as it was written.
func (k *checker) sourceOf(e celast.Expr) string {
	r, _ := k.info.GetOffsetRange(e.ID())
	if r.Start < 0 || int(r.Stop) > len(k.text) || r.Start > r.Stop {
		return ""
	}
	return strings.Join(strings.Fields(string(k.text[r.Start:r.Stop])), "")
}

func (k *checker) checkName(e celast.Expr) (*term, error) {
	name := e.AsIdent()
	if v := k.variable(name); v != nil {
		return &term{op: opVariable, expr: e, typ: v.typ, variable: v, needs: v.bit}, nil
	}
	if slices.Contains(k.roots(), name) {
		return nil, k.fail(e, "", "%s is no value: name a field of it, such as %s", name, k.example(name))
	}
	return nil, k.unknownRoot(e, name)
}

func (k *checker) variable(name string) *variable {
	for _, v := range slices.Backward(k.variables) {
		if v.name == name {
			return v
		}
	}
	return nil
}

// roots returns the names that an expression may begin with.
func (k *checker) roots() []string {
	if k.collection != nil {
		return []string{"record", "user"}
	}
	return []string{"user", "input"}
}

func (k *checker) example(root string) string {
	switch {
	case root == "record" && len(k.collection.Fields) > 0:
		return "record." + k.collection.Fields[0].Name
	case root == "input":
		return "input.name"
	}
	return root + ".id"
}

func (k *checker) unknownRoot(e celast.Expr, name string) error {
	known := k.roots()
	for _, v := range k.variables {
		known = append(known, v.name)
	}
	hint := remit.DidYouMean(name, known)
	if k.collection != nil && k.collection.Field(name) != nil {
		hint = fmt.Sprintf("did you mean record.%s?", name)
	}
	return k.fail(e, hint, "unknown name %q: an expression speaks of %s", name, strings.Join(known, " and "))
}

func (k *checker) checkList(e celast.Expr) (*term, error) {
	t := &term{op: opList, expr: e, list: true, typ: &slot{}}
	for _, element := range e.AsList().Elements() {
		arg, err := k.check(element)
		if err != nil {
			return nil, err
		}
		if arg.list {
			return nil, k.fail(element, "", "a list of lists has no use here")
		}
		if !unify(t.typ, arg.typ) {
			return nil, k.fail(element, "", "the list mixes %s with %s", t.typ.describe(), arg.typ.describe())
		}
		t.args = append(t.args, arg)
		t.needs |= arg.needs
	}
	k.lists = append(k.lists, t)
	return t, nil
}
