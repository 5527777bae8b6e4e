package scope

import (
	"fmt"
	"strings"

	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/parser"

	"github.com/remit-crm/remit"
)

// translator makes the predicate of a checked term: negation goes to the leaves,
// lists and quantifiers over literals are written out, constants are folded, and
// what user alone decides becomes a parameter.
type translator struct {
	*checker
	bound map[*variable]*term // elements of written-out lists
	nodes int
}

// condition returns the node that is true exactly where t is want.
func (r *translator) condition(t *term, want bool, f *facts) (Node, error) {
	r.nodes++
	if r.nodes > MaxNodes {
		return nil, r.fail(t.expr, "use an attribute or split the rule", "the expression grows beyond %d parts when its lists and choices are written out", MaxNodes)
	}
	if t.op == opLiteral {
		return Constant(t.literal.value.Bool() == want), nil
	}
	if t.userOnly() && (!t.logical() || !t.holdsConstant()) {
		return r.userTest([]wanted{{t, want}}, true)
	}
	switch t.op {
	case opNot:
		return r.condition(t.args[0], !want, f)
	case opAnd, opOr:
		return r.chain(t, want, f)
	case opChoice:
		return r.choice(t, want, f)
	case opCompare:
		return r.compare(t, want, f)
	case opIn:
		return r.member(t, want, f)
	case opMatch:
		return r.matchText(t, want)
	case opBelow:
		return r.belowUser(t, want)
	case opExists, opAll:
		return r.quantifier(t, want, f)
	case opField, opVariable:
		return r.truth(t, want)
	case opLiteral, opNull, opUser, opInput, opList, opComputed:
	}
	return nil, r.notInDatabase(t)
}

// logical reports whether the term only joins conditions.
func (t *term) logical() bool {
	return t.op == opAnd || t.op == opOr || t.op == opNot || t.op == opChoice
}

// holdsConstant reports whether a condition that t joins reads nothing at all.
func (t *term) holdsConstant() bool {
	if t.needs == 0 {
		return true
	}
	if t.logical() {
		for _, a := range t.args {
			if a.holdsConstant() {
				return true
			}
		}
	}
	return false
}

// notInDatabase says why a term over records has no exact form in SQL.
func (r *translator) notInDatabase(t *term) error {
	if t.op == opComputed && t.expr.Kind() == celast.CallKind {
		name := t.expr.AsCall().FunctionName()
		switch name {
		case "endsWith", "matches":
			return r.fail(t.expr, "use startsWith or contains", "%s over records cannot run in the database: no two databases agree on it", name)
		case "size":
			return r.fail(t.expr, "", "size over records cannot run in the database: no two databases count alike")
		case "_?_:_":
			return r.fail(t.expr, "", "a choice between values cannot run in the database: choose between conditions, as in p ? record.x == 1 : record.x == 2")
		}
		return r.fail(t.expr, "compare the field itself with a value or an attribute", "arithmetic cannot run in the database: it may overflow and abort the query")
	}
	return r.fail(t.expr, "compare conditions with && and ||", "%s cannot stand beside a field of the record", describe(t))
}

// wanted is a term and whether it must be true or false.
type wanted struct {
	t    *term
	want bool
}

// chain translates a row of && or ||, or of the other one negated.
func (r *translator) chain(t *term, want bool, f *facts) (Node, error) {
	conjunction := (t.op == opAnd) == want
	parts := flatten(nil, t, want, conjunction)
	nodes, err := r.userPart(parts, conjunction)
	if err != nil {
		return nil, err
	}
	for i, p := range parts {
		if p.aside() {
			continue
		}
		inner := f
		for j, other := range parts {
			switch {
			case i == j:
			case conjunction:
				inner = r.given(inner, other.t, other.want)
			default:
				inner = r.beside(inner, other.t, other.want)
			}
		}
		n, err := r.condition(p.t, p.want, inner)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	if conjunction {
		return every(nodes), nil
	}
	return either(nodes), nil
}

// aside reports whether the part is decided before any record is looked at.
func (p wanted) aside() bool { return p.t.userOnly() && !p.t.holdsConstant() }

// userPart translates the parts that user alone decides to one node, or none.
func (r *translator) userPart(parts []wanted, conjunction bool) ([]Node, error) {
	var users []wanted
	for _, p := range parts {
		if p.aside() {
			users = append(users, p)
		}
	}
	if len(users) == 0 {
		return nil, nil
	}
	n, err := r.userTest(users, conjunction)
	return []Node{n}, err
}

func flatten(into []wanted, t *term, want, conjunction bool) []wanted {
	switch {
	case t.op == opNot:
		return flatten(into, t.args[0], !want, conjunction)
	case t.op == opAnd && want == conjunction, t.op == opOr && want != conjunction:
		return flatten(flatten(into, t.args[0], want, conjunction), t.args[1], want, conjunction)
	}
	return append(into, wanted{t, want})
}

// choice translates p ? a : b. A CASE would be wrong: it takes its ELSE where p
// is null.
func (r *translator) choice(t *term, want bool, f *facts) (Node, error) {
	p := t.args[0]
	n := &Choice{}
	for _, part := range []struct {
		into *Node
		t    *term
		want bool
		f    *facts
	}{
		{&n.If, p, true, f},
		{&n.Unless, p, false, f},
		{&n.Then, t.args[1], want, r.given(f, p, true)},
		{&n.Else, t.args[2], want, r.given(f, p, false)},
	} {
		var err error
		if *part.into, err = r.condition(part.t, part.want, part.f); err != nil {
			return nil, err
		}
	}
	return n.folded(), nil
}

// folded returns the simplest node that is as true as n.
func (n *Choice) folded() Node {
	for _, part := range []Node{n.If, n.Unless, n.Then, n.Else} {
		if _, ok := part.(Constant); ok {
			return either([]Node{every([]Node{n.If, n.Then}), every([]Node{n.Unless, n.Else})})
		}
	}
	return n
}

// userTest translates conditions over user alone, joined by && or ||.
func (r *translator) userTest(parts []wanted, conjunction bool) (Node, error) {
	texts := make([]string, 0, len(parts))
	n := &UserTest{}
	var reads needs
	for _, p := range parts {
		text, err := parser.Unparse(p.t.expr, r.info)
		if err != nil {
			return nil, fmt.Errorf("scope: writing a condition: %w", err)
		}
		if !p.want {
			text = "!(" + text + ")"
		} else if len(parts) > 1 && p.t.logical() {
			text = "(" + text + ")"
		}
		texts = append(texts, text)
		n.Fields = p.t.userFields(n.Fields)
		reads |= p.t.needs
	}
	separator := " || "
	if conjunction {
		separator = " && "
	}
	n.Text = strings.Join(texts, separator)
	program, err := programOf(r.env.users, n.Text)
	if err != nil {
		return nil, remit.FieldErrorf("expression", "CEL refuses %s: %v", n.Text, err)
	}
	n.program = &userProgram{program}
	if reads == 0 {
		truth, err := n.Truth(&User{})
		return Constant(truth == True), err
	}
	return n, nil
}

// userFields appends the fields of user that the term reads.
func (t *term) userFields(into []*UserField) []*UserField {
	if t.op == opUser {
		return append(into, t.user)
	}
	for _, a := range t.args {
		into = a.userFields(into)
	}
	return into
}

// truth translates a boolean field that stands as a condition.
func (r *translator) truth(t *term, want bool) (Node, error) {
	if r.resolve(t).op == opNull {
		return Constant(false), nil
	}
	o, err := r.operand(t)
	if err != nil {
		return nil, err
	}
	return foldCompare(&Compare{Op: Equal, Left: o, Right: booleanLiteral(want)}), nil
}

func booleanLiteral(b bool) Literal {
	return Literal{Value: remit.BooleanValue(b), Type: Type{Base: remit.Boolean}}
}
