package scope

import (
	"slices"

	celast "cel.dev/cel-go/common/ast"

	"github.com/remit-crm/remit"
)

// checkQuantifier checks list.exists(x, p) and list.all(x, p).
func (k *checker) checkQuantifier(e celast.Expr) (*term, error) {
	call := e.AsCall()
	if len(call.Args()) != 2 || call.Args()[0].Kind() != celast.IdentKind {
		return nil, k.fail(e, "", "write %s(x, condition over x)", call.FunctionName())
	}
	list, err := k.check(call.Target())
	if err != nil {
		return nil, err
	}
	if !list.list {
		return nil, k.fail(call.Target(), "", "%s is asked of a list: user.roles, a list attribute or [\"a\", \"b\"]", call.FunctionName())
	}
	name := call.Args()[0].AsIdent()
	if name == "record" || name == "user" || name == "input" || k.variable(name) != nil {
		return nil, k.fail(call.Args()[0], "", "the name %s is in use: choose another", name)
	}
	k.bound++
	v := &variable{name: name, id: k.bound, typ: list.typ, bit: needsFirstVariable << len(k.variables), nullable: slices.ContainsFunc(list.args, (*term).mayBeNull)}
	k.variables = append(k.variables, v)
	body, err := k.check(call.Args()[1])
	k.variables = k.variables[:len(k.variables)-1]
	if err != nil {
		return nil, err
	}
	if err := k.condition(body); err != nil {
		return nil, err
	}
	t := &term{op: opExists, expr: e, args: []*term{list, body}, typ: boolean(), variable: v}
	if call.FunctionName() == "all" {
		t.op = opAll
	}
	t.needs = list.needs | body.needs&^v.bit
	return t, nil
}

// checkTextCall checks a.startsWith(b), contains, endsWith and matches.
func (k *checker) checkTextCall(e celast.Expr) (*term, error) {
	name := e.AsCall().FunctionName()
	args, needs, err := k.operands(e, 2)
	if err != nil {
		return nil, err
	}
	for _, a := range args {
		if a.list || a.op == opNull || !unify(a.typ, &slot{class: word}) {
			return nil, k.fail(a.expr, "", "%s is for texts, and this is %s", name, describe(a))
		}
	}
	t := &term{op: opMatch, expr: e, args: args, typ: boolean(), needs: needs}
	switch name {
	case "startsWith":
		t.match = StartsWith
	case "contains":
		t.match = Contains
	default:
		t.op = opComputed
	}
	return t, nil
}

// checkSize checks size(x) and x.size(), of texts and lists of user.
func (k *checker) checkSize(e celast.Expr) (*term, error) {
	args, needs, err := k.operands(e, 1)
	if err != nil {
		return nil, err
	}
	t := &term{op: opComputed, expr: e, args: args, typ: exactly(Type{Base: remit.Integer}, "size"), needs: needs}
	if a := args[0]; !a.list && a.typ.resolved().family() != remit.Text {
		return nil, k.fail(e, "", "size is of a text or a list, and this is %s", describe(a))
	}
	return t, nil
}

// checkTime checks date("…") and timestamp("…"), which take a literal.
func (k *checker) checkTime(e celast.Expr) (*term, error) {
	call := e.AsCall()
	name := call.FunctionName()
	text, ok := "", false
	if len(call.Args()) == 1 && call.Args()[0].Kind() == celast.LiteralKind {
		text, ok = call.Args()[0].AsLiteral().Value().(string)
	}
	if !ok {
		return nil, k.fail(e, "", `%s takes a text: date("2026-01-31"), timestamp("2026-01-31T09:30:00Z")`, name)
	}
	t := &term{op: opLiteral, expr: e, literal: &literal{expr: e}, typ: exactly(Type{Base: remit.FieldType(name)}, name)}
	var err error
	if name == "date" {
		t.literal.value, err = checkDate(text)
	} else {
		t.literal.value, err = checkTimestamp(text)
	}
	if err != nil {
		return nil, k.fail(e, "", "%s", remit.PublicText(err))
	}
	k.literals = append(k.literals, t)
	return t, nil
}

func checkDate(text string) (remit.Value, error) {
	v, err := (&remit.Field{Type: remit.Date}).ParseValue(text)
	if err == nil && v.IsNull() {
		err = remit.Errorf(remit.KindInvalid, `date("") is no day: write date("2026-01-31")`)
	}
	return v, err
}

// checkBelow checks reportsTo(record.person_id, user) and inDepartment.
func (k *checker) checkBelow(e celast.Expr) (*term, error) {
	call := e.AsCall()
	name, kind, target := call.FunctionName(), ReportsTo, "people"
	if name == "inDepartment" {
		kind, target = InDepartment, "departments"
	}
	if k.collection == nil {
		return nil, k.fail(e, "", "%s is for records: a condition sees user and input only", name)
	}
	if len(call.Args()) != 2 || call.Args()[1].Kind() != celast.IdentKind || call.Args()[1].AsIdent() != "user" {
		return nil, k.fail(e, "", "write %s(record.field, user)", name)
	}
	who, err := k.check(call.Args()[0])
	if err != nil {
		return nil, err
	}
	if who.list || (who.op != opField && who.op != opVariable) {
		return nil, k.fail(call.Args()[0], "", "%s asks about a field of the record", name)
	}
	if !unify(who.typ, exactly(Type{Base: remit.Relation, Target: target}, name)) || (who.op == opField && who.field.Type.Base != remit.Relation) {
		return nil, k.fail(call.Args()[0], "", "%s needs a link to %s, and this is %s", name, target, describe(who))
	}
	// The hierarchy is in the database: not even reportsTo over user alone could
	// be evaluated in memory.
	return &term{op: opBelow, expr: e, args: []*term{who}, typ: boolean(), below: kind, needs: who.needs | needsRecord}, nil
}
