package scope

import (
	"cmp"
	"strings"

	"github.com/remit-crm/remit"
)

// resolve returns the element that a variable of a written-out list stands for,
// or the term itself.
func (r *translator) resolve(t *term) *term {
	for t.op == opVariable && r.bound[t.variable] != nil {
		t = r.bound[t.variable]
	}
	return t
}

// plainOperand returns the operand that the term is, nil if it is none.
func (r *translator) plainOperand(t *term) Operand {
	t = r.resolve(t)
	switch {
	case t.list:
	case t.op == opField:
		return t.field
	case t.op == opUser:
		return t.user
	case t.op == opVariable:
		return &Variable{ID: t.variable.id, Type: t.variable.typ.resolved()}
	case t.op == opLiteral:
		return Literal{Value: t.literal.value, Type: t.typ.resolved()}
	}
	return nil
}

func (r *translator) operand(t *term) (Operand, error) {
	if o := r.plainOperand(t); o != nil {
		return o, nil
	}
	return nil, r.notInDatabase(t)
}

// compare translates a comparison that some side of which reads the record.
func (r *translator) compare(t *term, want bool, f *facts) (Node, error) {
	op := t.compare
	if !want {
		op = op.negated()
	}
	return r.compareTerms(t, t.args[0], t.args[1], op, f)
}

// compareTerms compares two values, of which either may be null.
func (r *translator) compareTerms(at, a, b *term, op Op, f *facts) (Node, error) {
	a, b = r.resolve(a), r.resolve(b)
	if a.op == opNull {
		a, b = b, a
	}
	if a.op == opNull || (b.op == opNull && op != Equal && op != NotEqual) {
		return Constant(op == Equal), nil
	}
	left, err := r.operand(a)
	if err != nil {
		return nil, err
	}
	if b.op == opNull {
		if !left.MayBeNull() {
			return Constant(op == NotEqual), nil
		}
		return &IsNull{Operand: left, Not: op == NotEqual}, nil
	}
	right, err := r.operand(b)
	if err != nil {
		return nil, err
	}
	bothNull := left.MayBeNull() && right.MayBeNull() && !f.knows(left) && !f.knows(right)
	if op == Equal && bothNull && !f.covers(left, right) {
		return nil, r.nullTrap(at, left, right)
	}
	return foldCompare(&Compare{Op: op, Left: left, Right: right, BothNull: op == NotEqual && bothNull}), nil
}

// nullTrap explains a comparison that would be true of two nulls.
func (r *translator) nullTrap(at *term, left, right Operand) error {
	a, b := written(left), written(right)
	return r.fail(at.expr, "write "+a+" != null && "+a+" == "+b,
		"%s and %s may both be null, and null equals null: the rule would open records without a value to people without one", a, b)
}

// written returns the operand as an author writes it.
func written(o Operand) string {
	f, ok := o.(*Field)
	if !ok {
		return o.key()
	}
	path := []string{"record"}
	for _, h := range f.Hops {
		path = append(path, strings.TrimSuffix(h.Relation.Name, hopSuffix))
	}
	return strings.Join(append(path, f.Name), ".")
}

// foldCompare decides comparisons of literals and puts the record's field first.
func foldCompare(n *Compare) Node {
	a, isLiteral := n.Left.(Literal)
	b, both := n.Right.(Literal)
	if isLiteral && both {
		return Constant(n.Op.holds(a.Value, b.Value))
	}
	if rank(n.Right) < rank(n.Left) {
		n.Left, n.Right, n.Op = n.Right, n.Left, n.Op.mirrored()
	}
	return n
}

// rank orders the kinds of operands: the one that an index can serve comes
// first.
func rank(o Operand) int {
	switch o.(type) {
	case *Field:
		return 0
	case *Variable:
		return 1
	case *UserField:
		return 2
	}
	return 3
}

// holds compares two values of one type that are not null.
func (o Op) holds(a, b remit.Value) bool {
	order := strings.Compare(a.Text(), b.Text())
	if a.Type() != remit.Text {
		order = cmp.Compare(a.Int(), b.Int())
	}
	switch o {
	case Equal:
		return order == 0
	case NotEqual:
		return order != 0
	case Less:
		return order < 0
	case AtMost:
		return order <= 0
	case Greater:
		return order > 0
	case AtLeast:
		return order >= 0
	}
	return false
}

// member translates "in". Elements that are not literals, and null, become
// comparisons of their own.
func (r *translator) member(t *term, want bool, f *facts) (Node, error) {
	left, list := r.resolve(t.args[0]), t.args[1]
	if list.op == opUser {
		if left.op == opNull {
			return Constant(!want), nil
		}
		o, err := r.operand(left)
		return &Member{Operand: o, List: list.user, Not: !want}, err
	}
	op := Equal
	if !want {
		op = NotEqual
	}
	var nodes []Node
	values := &Member{Not: !want}
	for _, element := range list.args {
		element = r.resolve(element)
		if o, ok := r.plainOperand(element).(Literal); ok && left.op != opNull && left.op != opLiteral {
			values.Values = append(values.Values, o.Value)
			continue
		}
		n, err := r.compareTerms(t, left, element, op, f)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	if len(values.Values) > 0 {
		var err error
		if values.Operand, err = r.operand(left); err != nil {
			return nil, err
		}
		nodes = append(nodes, values)
	}
	if want {
		return either(nodes), nil
	}
	return every(nodes), nil
}

func (r *translator) matchText(t *term, want bool) (Node, error) {
	if r.resolve(t.args[0]).op == opNull || r.resolve(t.args[1]).op == opNull {
		return Constant(false), nil
	}
	text, err := r.operand(t.args[0])
	if err != nil {
		return nil, err
	}
	part, err := r.operand(t.args[1])
	if err != nil {
		return nil, err
	}
	a, isLiteral := text.(Literal)
	b, both := part.(Literal)
	if isLiteral && both {
		return Constant(t.match.holds(a.Value.Text(), b.Value.Text()) == want), nil
	}
	return &Match{Kind: t.match, Text: text, Part: part, Not: !want}, nil
}

func (k MatchKind) holds(text, part string) bool {
	if k == StartsWith {
		return strings.HasPrefix(text, part)
	}
	return strings.Contains(text, part)
}

func (r *translator) belowUser(t *term, want bool) (Node, error) {
	who := r.resolve(t.args[0])
	if who.op == opNull {
		return Constant(!want), nil
	}
	o, err := r.operand(who)
	return &Below{Kind: t.below, Operand: o, Not: !want}, err
}

// quantifier translates exists and all: over a list of user as such, over a
// written list once for each element.
func (r *translator) quantifier(t *term, want bool, f *facts) (Node, error) {
	all := (t.op == opAll) == want
	list, body := t.args[0], t.args[1]
	if list.op == opUser {
		n, err := r.condition(body, want, f)
		if err != nil {
			return nil, err
		}
		if n == Constant(all) {
			if all {
				return n, nil
			}
			return Constant(false), nil
		}
		return &Quantifier{All: all, Var: &Variable{ID: t.variable.id, Type: list.user.Type}, List: list.user, Body: n}, nil
	}
	if list.op != opList {
		return nil, r.notInDatabase(list)
	}
	nodes := make([]Node, 0, len(list.args))
	for _, element := range list.args {
		r.bound[t.variable] = element
		n, err := r.condition(body, want, f)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	delete(r.bound, t.variable)
	if all {
		return every(nodes), nil
	}
	return either(nodes), nil
}
