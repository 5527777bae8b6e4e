package sqlguard

import (
	"strings"

	tree "github.com/pganalyze/pg_query_go/v6"
)

// query translates a SELECT whose expressions reach what outer reaches.
func (t *translator) query(s *tree.SelectStmt, outer *reach) (*query, error) {
	if err := t.enter(); err != nil {
		return nil, err
	}
	defer t.leave()
	outer, err := t.with(s.WithClause, outer)
	if err != nil {
		return nil, err
	}
	var q *query
	var within *reach
	if s.Op == tree.SetOperation_SETOP_NONE {
		q, within, err = t.plain(s, outer)
	} else {
		q, err = t.joined(s, outer)
	}
	if err != nil {
		return nil, err
	}
	if q.order, err = t.order(q, s.SortClause, within); err != nil {
		return nil, err
	}
	if err := t.bounds(q, s); err != nil {
		return nil, err
	}
	if within == nil {
		return q, nil
	}
	q.grouped = len(q.groups) > 0 || within.level.aggregates
	if q.having != nil && !q.grouped {
		return nil, invalid("HAVING is about groups: write WHERE, or add GROUP BY")
	}
	return q, q.checkGroups()
}

// plain translates a SELECT without a set operation.
func (t *translator) plain(s *tree.SelectStmt, outer *reach) (*query, *reach, error) {
	err := only(s, "target_list", "from_clause", "where_clause", "group_clause", "having_clause", "distinct_clause",
		"with_clause", "sort_clause", "limit_count", "limit_offset", "limit_option", "op")
	if err != nil {
		return nil, nil, err
	}
	q := &query{limit: -1}
	if q.distinct, err = isDistinct(s.DistinctClause); err != nil {
		return nil, nil, err
	}
	within := &reach{outer: outer, level: &level{}}
	if q.items, err = t.from(s.FromClause, within); err != nil {
		return nil, nil, err
	}
	if q.where, err = t.condition(s.WhereClause, within, "WHERE"); err != nil {
		return nil, nil, err
	}
	if err := t.targets(q, s.TargetList, within); err != nil {
		return nil, nil, err
	}
	if err := t.groups(q, s, within); err != nil {
		return nil, nil, err
	}
	return q, within, nil
}

// isDistinct reads the parser's mark of DISTINCT: a list of one empty node.
func isDistinct(clause []*tree.Node) (bool, error) {
	if len(clause) == 0 {
		return false, nil
	}
	if len(clause) > 1 || clause[0].Node != nil {
		return false, invalid("DISTINCT ON is not possible here: use GROUP BY with min or max")
	}
	return true, nil
}

// groups translates GROUP BY and HAVING.
func (t *translator) groups(q *query, s *tree.SelectStmt, within *reach) (err error) {
	for _, n := range s.GroupClause {
		e, err := t.groupKey(q, n, within)
		if err != nil {
			return err
		}
		q.groups = append(q.groups, e)
	}
	if q.having, err = t.condition(s.HavingClause, within.aggregating(), "HAVING"); err != nil {
		return err
	}
	return nil
}

// groupKey resolves what to group by: an expression over the input, a position among
// the columns of the output, or the name of one of them.
func (t *translator) groupKey(q *query, n *tree.Node, within *reach) (expr, error) {
	if position, ok := wholeConstant(n); ok {
		if position < 1 || position > int64(len(q.columns)) {
			return nil, invalid("GROUP BY %d: there are %d columns", position, len(q.columns))
		}
		return q.columns[position-1].expr, nil
	}
	if name, ok := bareName(n); ok && !within.knows(name) {
		if i, err := q.column(name); err != nil || i >= 0 {
			return q.at(i), err
		}
	}
	e, err := t.expr(n, within)
	if err != nil {
		return nil, err
	}
	return known(e)
}

// at returns the expression of the output's column i; nil for -1.
func (q *query) at(i int) expr {
	if i < 0 {
		return nil
	}
	return q.columns[i].expr
}

// column returns the position of the output's column of a name, -1 if there is none.
func (q *query) column(name string) (int, error) {
	found := -1
	for i := range q.columns {
		if q.columns[i].name != name {
			continue
		}
		if found >= 0 && key(q.columns[found].expr) != key(q.columns[i].expr) {
			return -1, invalid("%q names two columns of the result", clip(name))
		}
		found = i
	}
	return found, nil
}

// joined translates a UNION, INTERSECT or EXCEPT.
func (t *translator) joined(s *tree.SelectStmt, outer *reach) (*query, error) {
	err := only(s, "op", "all", "larg", "rarg", "with_clause", "sort_clause", "limit_count", "limit_offset", "limit_option")
	if err != nil {
		return nil, err
	}
	left, err := t.query(s.Larg, outer)
	if err != nil {
		return nil, err
	}
	right, err := t.query(s.Rarg, outer)
	if err != nil {
		return nil, err
	}
	word := map[tree.SetOperation]string{
		tree.SetOperation_SETOP_UNION: "UNION", tree.SetOperation_SETOP_INTERSECT: "INTERSECT", tree.SetOperation_SETOP_EXCEPT: "EXCEPT",
	}[s.Op]
	if word == "" {
		return nil, invalid("this way to join two queries is not possible here")
	}
	if word != "UNION" && s.All {
		return nil, invalid("%s ALL is not possible here", word)
	}
	if len(left.columns) != len(right.columns) {
		return nil, invalid("both sides of %s must have as many columns, and have %d and %d", word, len(left.columns), len(right.columns))
	}
	q := &query{limit: -1, set: &setOperation{word: word, all: s.All, left: left, right: right}}
	for i := range left.columns {
		of, err := unite(left, right, i)
		if err != nil {
			return nil, err
		}
		q.columns = append(q.columns, output{name: left.columns[i].name, of: of})
	}
	return q, nil
}

// unite gives column i of both queries one type.
func unite(left, right *query, i int) (Type, error) {
	of, err := common(left.columns[i].of, right.columns[i].of)
	if err != nil {
		return Type{}, invalid("column %d of the queries: %s", i+1, err)
	}
	for _, q := range []*query{left, right} {
		if err := q.recast(i, of); err != nil {
			return Type{}, err
		}
	}
	return of, nil
}

// recast makes column i of the query one of the type.
func (q *query) recast(i int, of Type) (err error) {
	if q.set != nil {
		if q.columns[i].of == of {
			return nil
		}
		if q.columns[i].of.Kind != Unknown {
			return invalid("column %d differs in its kind of number from another query's: join the queries in another order, or round them", i+1)
		}
		for _, side := range []*query{q.set.left, q.set.right} {
			if err := side.recast(i, of); err != nil {
				return err
			}
		}
		q.columns[i].of = of
		return nil
	}
	if q.columns[i].expr, err = coerce(q.columns[i].expr, of); err != nil {
		return err
	}
	q.columns[i].of = of
	return nil
}

// bounds reads LIMIT and OFFSET.
func (t *translator) bounds(q *query, s *tree.SelectStmt) error {
	if s.LimitOption == tree.LimitOption_LIMIT_OPTION_WITH_TIES {
		return invalid("WITH TIES is not possible here")
	}
	limit, err := bound(s.LimitCount, "LIMIT")
	if err != nil {
		return err
	}
	offset, err := bound(s.LimitOffset, "OFFSET")
	if err != nil {
		return err
	}
	q.limit, q.offset = limit, max(offset, 0)
	return nil
}

// bound reads a whole number; -1 where there is none.
func bound(n *tree.Node, word string) (int64, error) {
	if n == nil {
		return -1, nil
	}
	if c, ok := n.Node.(*tree.Node_AConst); ok && c.AConst.Isnull { // LIMIT ALL
		return -1, nil
	}
	v, ok := wholeConstant(n)
	const most = 1_000_000_000
	if !ok || v < 0 || v > most {
		return 0, invalid("%s takes a whole number from 0 to %d", word, most)
	}
	return v, nil
}

// wholeConstant reads a plain whole number of the statement.
func wholeConstant(n *tree.Node) (int64, bool) {
	c, ok := n.Node.(*tree.Node_AConst)
	if !ok || c.AConst.Isnull {
		return 0, false
	}
	v, ok := c.AConst.Val.(*tree.A_Const_Ival)
	if !ok {
		return 0, false
	}
	return int64(v.Ival.Ival), true
}

// bareName reads a name without anything before it.
func bareName(n *tree.Node) (string, bool) {
	ref, ok := n.Node.(*tree.Node_ColumnRef)
	if !ok || len(ref.ColumnRef.Fields) != 1 {
		return "", false
	}
	s, ok := ref.ColumnRef.Fields[0].Node.(*tree.Node_String_)
	if !ok {
		return "", false
	}
	return s.String_.Sval, true
}

// targets translates the list of what is selected.
func (t *translator) targets(q *query, list []*tree.Node, within *reach) error {
	aggregating := within.aggregating()
	for _, n := range list {
		target, ok := n.Node.(*tree.Node_ResTarget)
		if !ok {
			return refuseNode(n)
		}
		if err := only(target.ResTarget, "name", "val"); err != nil {
			return err
		}
		if err := t.target(q, target.ResTarget, aggregating); err != nil {
			return err
		}
		if len(q.columns) > maxColumns {
			return invalid("more than %d columns are selected", maxColumns)
		}
	}
	if len(q.columns) == 0 {
		return invalid("nothing is selected: name the columns")
	}
	return nil
}

func (t *translator) target(q *query, target *tree.ResTarget, within *reach) error {
	if ref, ok := target.Val.Node.(*tree.Node_ColumnRef); ok {
		fields := ref.ColumnRef.Fields
		if _, star := fields[len(fields)-1].Node.(*tree.Node_AStar); star {
			return t.star(q, fields, within)
		}
	}
	e, err := t.expr(target.Val, within)
	if err != nil {
		return err
	}
	if _, isSpan := e.(span); isSpan {
		return invalid("an interval cannot be selected: add it to a date")
	}
	name := target.Name
	if name == "" {
		name = nameOf(target.Val)
	}
	q.columns = append(q.columns, output{name: name, expr: e, of: e.typ()})
	return nil
}

// nameOf returns what a column is called to which the statement gives no name.
func nameOf(n *tree.Node) string {
	switch n := n.Node.(type) {
	case *tree.Node_ColumnRef:
		if names, ok := texts(n.ColumnRef.Fields); ok {
			return names[len(names)-1]
		}
	case *tree.Node_FuncCall:
		if names, ok := texts(n.FuncCall.Funcname); ok {
			return names[len(names)-1]
		}
	case *tree.Node_TypeCast:
		return nameOf(n.TypeCast.Arg)
	case *tree.Node_CoalesceExpr:
		return "coalesce"
	case *tree.Node_CaseExpr:
		return "case"
	}
	return "column"
}

// star adds every column of every source, or of the one that is named. It stands only
// where the asker knows all that there is: whoever does not, names what is wanted, so
// that nobody takes a part for the whole.
func (t *translator) star(q *query, fields []*tree.Node, within *reach) error {
	sources := within.sources
	if len(fields) > 1 {
		names, ok := texts(fields[:len(fields)-1])
		if !ok || len(names) != 1 {
			return invalid("write * or name.*")
		}
		s := within.source(names[0])
		if s == nil {
			return invalid("FROM has nothing called %q", clip(names[0]))
		}
		sources = []*source{s}
	}
	if len(sources) == 0 {
		return invalid("* needs a FROM")
	}
	for _, s := range sources {
		if s.table != nil && !s.table.Whole {
			return invalid("* is not possible for %s: name the columns that you want (%s)", s.table.Name, columnNames(s))
		}
		for i := range s.columns {
			ref := t.refer(s, i)
			q.columns = append(q.columns, output{name: s.columns[i].Name, expr: ref, of: ref.typ()})
		}
	}
	return nil
}

func columnNames(s *source) string {
	names := make([]string, len(s.columns))
	for i := range s.columns {
		names[i] = s.columns[i].Name
	}
	return strings.Join(names, ", ")
}
