package sqlguard

import (
	"slices"
	"strings"

	tree "github.com/pganalyze/pg_query_go/v6"

	"github.com/remit-crm/remit"
)

// expr translates an expression.
func (t *translator) expr(n *tree.Node, within *reach) (expr, error) {
	if err := t.enter(); err != nil {
		return nil, err
	}
	defer t.leave()
	if n == nil {
		return nil, refuseNode(n)
	}
	switch n := n.Node.(type) {
	case *tree.Node_AConst:
		return t.literal(n.AConst)
	case *tree.Node_ColumnRef:
		return t.column(n.ColumnRef, within)
	case *tree.Node_BoolExpr:
		return t.logic(n.BoolExpr, within)
	case *tree.Node_AExpr:
		return t.operator(n.AExpr, within)
	case *tree.Node_NullTest:
		return t.nullTest(n.NullTest, within)
	case *tree.Node_BooleanTest:
		return t.truthTest(n.BooleanTest, within)
	case *tree.Node_CaseExpr:
		return t.choice(n.CaseExpr, within)
	case *tree.Node_CoalesceExpr:
		return t.coalesce(n.CoalesceExpr, within)
	case *tree.Node_FuncCall:
		return t.function(n.FuncCall, within)
	case *tree.Node_SqlvalueFunction:
		return t.moment(n.SqlvalueFunction)
	case *tree.Node_TypeCast:
		return t.cast(n.TypeCast, within)
	case *tree.Node_SubLink:
		return t.subquery(n.SubLink, within)
	}
	return nil, refuseNode(n)
}

// column resolves a name. One without a table before it is of the query's own sources:
// in a sub-select, a column that is hidden would otherwise silently be the one of the
// query around that has its name.
func (t *translator) column(ref *tree.ColumnRef, within *reach) (expr, error) {
	names, ok := texts(ref.Fields)
	switch {
	case !ok:
		return nil, invalid("* stands only for columns that are selected, and in count(*)")
	case len(names) > 2:
		return nil, invalid("%q: write column, or table.column", clip(strings.Join(names, ".")))
	case len(names) == 2:
		s := within.source(names[0])
		if s == nil {
			return nil, invalid("FROM has nothing called %q", clip(names[0]))
		}
		i := s.column(names[1])
		if i < 0 {
			return nil, unknownColumn(names[1], []*source{s})
		}
		return t.refer(s, i), nil
	}
	if c := within.merged[names[0]]; c != nil {
		return c, nil
	}
	return t.one(within.sources, names[0])
}

func unknownColumn(name string, sources []*source) error {
	var names, called []string
	for _, s := range sources {
		called = append(called, s.name)
		for _, c := range s.columns {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	if len(sources) == 0 {
		return invalid("there is no column %q: nothing is selected from", clip(name))
	}
	e := remit.FieldErrorf("statement", "%s has no column %q; it has %s", strings.Join(called, ", "), clip(name), strings.Join(names, ", "))
	e.Hint = remit.DidYouMean(name, names)
	return e
}

// condition translates an expression that must be a boolean; nil stays nil.
func (t *translator) condition(n *tree.Node, within *reach, place string) (expr, error) {
	if n == nil {
		return nil, nil
	}
	e, err := t.expr(n, within)
	if err != nil {
		return nil, err
	}
	if e, err = coerce(e, Type{Kind: Boolean}); err != nil {
		return nil, invalid("%s needs a condition: %s", place, remit.PublicText(err))
	}
	return e, nil
}

func (t *translator) logic(b *tree.BoolExpr, within *reach) (expr, error) {
	if err := only(b, "boolop", "args"); err != nil {
		return nil, err
	}
	op := map[tree.BoolExprType]string{
		tree.BoolExprType_AND_EXPR: "and", tree.BoolExprType_OR_EXPR: "or", tree.BoolExprType_NOT_EXPR: "not",
	}[b.Boolop]
	c := &call{op: op, of: Type{Kind: Boolean}}
	for _, n := range b.Args {
		e, err := t.condition(n, within, strings.ToUpper(op))
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, e)
	}
	return c, nil
}

// and joins two conditions, of which the first may be nil.
func and(a, b expr) expr {
	if a == nil {
		return b
	}
	return truth("and", a, b)
}

func truth(op string, args ...expr) expr { return &call{op: op, args: args, of: Type{Kind: Boolean}} }

func (t *translator) nullTest(n *tree.NullTest, within *reach) (expr, error) {
	if err := only(n, "arg", "nulltesttype"); err != nil {
		return nil, err
	}
	e, err := t.expr(n.Arg, within)
	if err != nil {
		return nil, err
	}
	if e, err = known(e); err != nil {
		return nil, err
	}
	if n.Nulltesttype == tree.NullTestType_IS_NOT_NULL {
		return truth("is not null", e), nil
	}
	return truth("is null", e), nil
}

func (t *translator) truthTest(b *tree.BooleanTest, within *reach) (expr, error) {
	if err := only(b, "arg", "booltesttype"); err != nil {
		return nil, err
	}
	op := map[tree.BoolTestType]string{
		tree.BoolTestType_IS_TRUE: "is true", tree.BoolTestType_IS_NOT_TRUE: "is not true",
		tree.BoolTestType_IS_FALSE: "is false", tree.BoolTestType_IS_NOT_FALSE: "is not false",
		tree.BoolTestType_IS_UNKNOWN: "is null", tree.BoolTestType_IS_NOT_UNKNOWN: "is not null",
	}[b.Booltesttype]
	e, err := t.condition(b.Arg, within, strings.ToUpper(op))
	if err != nil {
		return nil, err
	}
	return truth(op, e), nil
}

// choice translates both forms of CASE.
func (t *translator) choice(c *tree.CaseExpr, within *reach) (expr, error) {
	if err := only(c, "arg", "args", "defresult"); err != nil {
		return nil, err
	}
	made := &choice{}
	var err error
	if c.Arg != nil {
		if made.subject, err = t.expr(c.Arg, within); err != nil {
			return nil, err
		}
	}
	for _, n := range c.Args {
		w, ok := n.Node.(*tree.Node_CaseWhen)
		if !ok {
			return nil, refuseNode(n)
		}
		one, err := t.when(made.subject == nil, w.CaseWhen, within)
		if err != nil {
			return nil, err
		}
		made.whens = append(made.whens, one)
	}
	if c.Defresult != nil {
		if made.other, err = t.expr(c.Defresult, within); err != nil {
			return nil, err
		}
	}
	return made, made.unite()
}

func (t *translator) when(conditions bool, w *tree.CaseWhen, within *reach) (one when, err error) {
	if err := only(w, "expr", "result"); err != nil {
		return when{}, err
	}
	if conditions {
		one.condition, err = t.condition(w.Expr, within, "WHEN")
	} else {
		one.condition, err = t.expr(w.Expr, within)
	}
	if err != nil {
		return when{}, err
	}
	one.then, err = t.expr(w.Result, within)
	return one, err
}

// unite gives all results of a choice one type, and what is compared another.
func (c *choice) unite() error {
	if c.subject != nil {
		compared := []*expr{&c.subject}
		for i := range c.whens {
			compared = append(compared, &c.whens[i].condition)
		}
		if _, err := uniteAll(compared); err != nil {
			return err
		}
	}
	results := make([]*expr, 0, len(c.whens)+1)
	for i := range c.whens {
		results = append(results, &c.whens[i].then)
	}
	if c.other != nil {
		results = append(results, &c.other)
	}
	of, err := uniteAll(results)
	c.of = of
	return err
}

// uniteAll finds the common type of expressions and makes each one of it.
func uniteAll(all []*expr) (Type, error) {
	of := Type{}
	for _, e := range all {
		var err error
		if of, err = common(of, (*e).typ()); err != nil {
			return Type{}, err
		}
	}
	if of.Kind == Unknown {
		of.Kind = Text
	}
	for _, e := range all {
		made, err := coerce(*e, of)
		if err != nil {
			return Type{}, err
		}
		*e = made
	}
	return of, nil
}

func (t *translator) coalesce(c *tree.CoalesceExpr, within *reach) (expr, error) {
	if err := only(c, "args"); err != nil {
		return nil, err
	}
	args, err := t.exprs(c.Args, within)
	if err != nil {
		return nil, err
	}
	of, err := uniteAll(pointers(args))
	if err != nil || len(args) == 1 {
		return args[0], err
	}
	return &call{op: "coalesce", args: args, of: of}, nil
}

func (t *translator) exprs(nodes []*tree.Node, within *reach) ([]expr, error) {
	all := make([]expr, len(nodes))
	for i, n := range nodes {
		var err error
		if all[i], err = t.expr(n, within); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func pointers(all []expr) []*expr {
	pointed := make([]*expr, len(all))
	for i := range all {
		pointed[i] = &all[i]
	}
	return pointed
}

// subquery translates a query within an expression.
func (t *translator) subquery(s *tree.SubLink, within *reach) (expr, error) {
	if err := only(s, "sub_link_type", "testexpr", "oper_name", "subselect"); err != nil {
		return nil, err
	}
	selects, ok := s.Subselect.Node.(*tree.Node_SelectStmt)
	if !ok {
		return nil, refuseNode(s.Subselect)
	}
	plain := *within
	plain.allowed = false
	q, err := t.query(selects.SelectStmt, &plain)
	if err != nil {
		return nil, err
	}
	made := &subquery{query: q, of: Type{Kind: Boolean}}
	switch s.SubLinkType {
	case tree.SubLinkType_EXISTS_SUBLINK:
		made.kind = exists
		return made, nil
	case tree.SubLinkType_EXPR_SUBLINK:
		made.kind = scalar
	case tree.SubLinkType_ANY_SUBLINK:
		if name, ok := texts(s.OperName); !ok || (len(name) > 0 && !slices.Equal(name, []string{"="})) {
			return nil, invalid("ANY and SOME are possible with = alone: use IN, or a minimum or maximum")
		}
		made.kind = member
		if made.test, err = t.expr(s.Testexpr, within); err != nil {
			return nil, err
		}
	default:
		return nil, invalid("this kind of sub-select is not possible here: use IN, EXISTS, or one that gives one value")
	}
	return made, made.fit()
}

// fit checks the one column of a sub-select, and compares it with what is tested.
func (s *subquery) fit() error {
	if len(s.query.columns) != 1 {
		return invalid("a sub-select in this place gives one column, and has %d", len(s.query.columns))
	}
	if s.kind == scalar {
		settle(&s.query.columns[0])
		s.of = s.query.columns[0].of
		return nil
	}
	of, err := common(s.test.typ(), s.query.columns[0].of)
	if err != nil {
		return err
	}
	if of.Kind == Unknown {
		of.Kind = Text
	}
	if s.test, err = coerce(s.test, of); err != nil {
		return err
	}
	return s.query.recast(0, of)
}
