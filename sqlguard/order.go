package sqlguard

import (
	"slices"

	tree "github.com/pganalyze/pg_query_go/v6"
)

// order translates ORDER BY: by positions and names of the output, or by expressions
// over the input where the query has one.
func (t *translator) order(q *query, clause []*tree.Node, within *reach) ([]sortKey, error) {
	keys := make([]sortKey, 0, len(clause))
	for _, n := range clause {
		by, ok := n.Node.(*tree.Node_SortBy)
		if !ok {
			return nil, refuseNode(n)
		}
		if err := only(by.SortBy, "node", "sortby_dir", "sortby_nulls"); err != nil {
			return nil, err
		}
		k, err := t.sortKey(q, by.SortBy.Node, within)
		if err != nil {
			return nil, err
		}
		if err := k.direct(by.SortBy); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// direct reads the direction, and on which side nulls stand: as if they were the
// greatest, unless it is said.
func (k *sortKey) direct(by *tree.SortBy) error {
	if by.SortbyDir == tree.SortByDir_SORTBY_USING {
		return invalid("ORDER BY USING is not possible here")
	}
	k.descending = by.SortbyDir == tree.SortByDir_SORTBY_DESC
	first, last := by.SortbyNulls == tree.SortByNulls_SORTBY_NULLS_FIRST, by.SortbyNulls == tree.SortByNulls_SORTBY_NULLS_LAST
	k.nullsFirst = first || k.descending && !last
	return nil
}

func (t *translator) sortKey(q *query, n *tree.Node, within *reach) (sortKey, error) {
	if position, ok := wholeConstant(n); ok {
		if position < 1 || position > int64(len(q.columns)) {
			return sortKey{}, invalid("ORDER BY %d: there are %d columns", position, len(q.columns))
		}
		return sortKey{position: int(position)}, nil
	}
	if name, ok := bareName(n); ok {
		if i, err := q.column(name); err != nil || i >= 0 {
			return sortKey{position: i + 1}, err
		}
	}
	if within == nil {
		return sortKey{}, invalid("behind UNION, INTERSECT and EXCEPT, ORDER BY takes the names and numbers of columns")
	}
	e, err := t.expr(n, within.aggregating())
	if err != nil {
		return sortKey{}, err
	}
	if e, err = known(e); err != nil {
		return sortKey{}, err
	}
	i := slices.IndexFunc(q.columns, func(c output) bool { return key(c.expr) == key(e) })
	if i < 0 && q.distinct {
		return sortKey{}, invalid("with DISTINCT, ORDER BY takes what is selected")
	}
	return sortKey{position: i + 1, expr: e}, nil
}

// complete returns the order of the query with every column that it lacks behind, so
// that rows in doubt are alike.
func (q *query) complete() []sortKey {
	keys := make([]sortKey, 0, len(q.order)+len(q.columns))
	taken := map[int]bool{}
	for _, k := range q.order {
		if _, isConstant := k.expr.(*constant); isConstant && k.position == 0 {
			continue // it orders nothing, and a number would be read as a position
		}
		if k.position > 0 {
			if taken[k.position] {
				continue
			}
			taken[k.position] = true
		}
		keys = append(keys, k)
	}
	for i := range q.columns {
		if !taken[i+1] {
			keys = append(keys, sortKey{position: i + 1})
		}
	}
	return keys
}

// checkGroups sees that a query of groups shows nothing that differs within a group.
func (q *query) checkGroups() error {
	if !q.grouped {
		return nil
	}
	own := map[*source]bool{}
	for _, it := range q.items {
		collect(it, own)
	}
	keys := map[string]bool{}
	for _, g := range q.groups {
		keys[key(g)] = true
	}
	var err error
	check := func(e expr) bool {
		if _, isAggregate := e.(*aggregate); isAggregate || keys[key(e)] || err != nil {
			return false
		}
		if c, ok := e.(*columnRef); ok && own[c.source] {
			err = invalid("%q must be in GROUP BY or within an aggregate", c.source.columns[c.index].Name)
		}
		return true
	}
	for _, c := range q.columns {
		walk(c.expr, check)
	}
	walk(q.having, check)
	for _, k := range q.order {
		walk(k.expr, check)
	}
	return err
}

// collect gathers the sources of an item.
func collect(it item, into map[*source]bool) {
	switch it := it.(type) {
	case *source:
		into[it] = true
	case *join:
		collect(it.left, into)
		collect(it.right, into)
	}
}
