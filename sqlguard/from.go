package sqlguard

import (
	"slices"
	"strconv"
	"strings"

	tree "github.com/pganalyze/pg_query_go/v6"
)

// reach is what names mean in one place of a statement.
type reach struct {
	outer   *reach // of the query around; nil at the top
	sources []*source
	merged  map[string]*columnRef // columns that USING joined: the left one
	withs   []*with

	allowed bool   // aggregates may stand here
	level   *level // of the query, shared by all places in it
}

// level is what is found out of a query while it is translated.
type level struct{ aggregates bool }

// aggregating returns the same reach where aggregates may stand.
func (r *reach) aggregating() *reach {
	same := *r
	same.allowed = true
	return &same
}

// source returns the source of a name, the nearest one.
func (r *reach) source(name string) *source {
	for ; r != nil; r = r.outer {
		for _, s := range r.sources {
			if s.name == name {
				return s
			}
		}
	}
	return nil
}

// holds reports whether the source is one of the query or of those around it.
func (r *reach) holds(s *source) bool {
	for ; r != nil; r = r.outer {
		if slices.Contains(r.sources, s) {
			return true
		}
	}
	return false
}

func (r *reach) with(name string) *with {
	for ; r != nil; r = r.outer {
		for i := len(r.withs) - 1; i >= 0; i-- {
			if r.withs[i].name == name {
				return r.withs[i]
			}
		}
	}
	return nil
}

// knows reports whether a column of the query's own sources has the name.
func (r *reach) knows(name string) bool {
	return slices.ContainsFunc(r.sources, func(s *source) bool { return s.column(name) >= 0 })
}

func (s *source) column(name string) int {
	return slices.IndexFunc(s.columns, func(c Column) bool { return c.Name == name })
}

// with translates a WITH clause: its queries see those before them and nothing else
// of the statement.
func (t *translator) with(clause *tree.WithClause, outer *reach) (*reach, error) {
	if clause == nil {
		return outer, nil
	}
	if err := only(clause, "ctes"); err != nil {
		return nil, err
	}
	within := &reach{outer: outer}
	for _, n := range clause.Ctes {
		cte, ok := n.Node.(*tree.Node_CommonTableExpr)
		if !ok {
			return nil, refuseNode(n)
		}
		w, err := t.common(cte.CommonTableExpr, within)
		if err != nil {
			return nil, err
		}
		within.withs = append(within.withs, w)
		t.withs = append(t.withs, w)
	}
	return within, nil
}

func (t *translator) common(cte *tree.CommonTableExpr, within *reach) (*with, error) {
	if err := only(cte, "ctename", "ctequery", "aliascolnames", "ctematerialized"); err != nil {
		return nil, err
	}
	name := cte.Ctename
	switch {
	case t.schema.table(name) != nil:
		return nil, invalid("WITH cannot name a query %q, which is a collection's name", clip(name))
	case strings.HasPrefix(name, "pg_"):
		return nil, invalid("WITH cannot name a query %q: names that begin with pg_ are PostgreSQL's", clip(name))
	case slices.ContainsFunc(within.withs, func(w *with) bool { return w.name == name }):
		return nil, invalid("WITH names two queries %q", clip(name))
	}
	selects, ok := cte.Ctequery.Node.(*tree.Node_SelectStmt)
	if !ok {
		return nil, refuseNode(cte.Ctequery)
	}
	q, err := t.query(selects.SelectStmt, within.withsOnly())
	if err != nil {
		return nil, err
	}
	if err := rename(q, cte.Aliascolnames); err != nil {
		return nil, err
	}
	return &with{name: name, alias: "w" + strconv.Itoa(len(t.withs)+1), query: q}, nil
}

// withsOnly returns a reach that has the queries of WITH and no source.
func (r *reach) withsOnly() *reach {
	only := &reach{}
	for ; r != nil; r = r.outer {
		only.withs = append(slices.Clone(r.withs), only.withs...)
	}
	return only
}

// rename gives the columns of a query the names that stand behind its own.
func rename(q *query, names []*tree.Node) error {
	given, ok := texts(names)
	if !ok || len(given) > len(q.columns) {
		return invalid("more columns are named than the query has")
	}
	for i, name := range given {
		q.columns[i].name = name
	}
	return nil
}

// from translates the list of FROM.
func (t *translator) from(list []*tree.Node, within *reach) ([]item, error) {
	items := make([]item, 0, len(list))
	for _, n := range list {
		it, sources, err := t.item(n, within)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
		if err := within.add(sources); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// add takes sources in, whose names must differ.
func (r *reach) add(sources []*source) error {
	for _, s := range sources {
		if slices.ContainsFunc(r.sources, func(have *source) bool { return have.name == s.name }) {
			return invalid("FROM names %q twice: give one of them another name with AS", clip(s.name))
		}
		r.sources = append(r.sources, s)
	}
	return nil
}

// item translates one entry of FROM and returns the sources within it.
func (t *translator) item(n *tree.Node, within *reach) (item, []*source, error) {
	if err := t.enter(); err != nil {
		return nil, nil, err
	}
	defer t.leave()
	switch n := n.Node.(type) {
	case *tree.Node_RangeVar:
		s, err := t.table(n.RangeVar, within)
		return s, []*source{s}, err
	case *tree.Node_RangeSubselect:
		s, err := t.subselect(n.RangeSubselect, within)
		return s, []*source{s}, err
	case *tree.Node_JoinExpr:
		return t.join(n.JoinExpr, within)
	}
	return nil, nil, refuseNode(n)
}

// table resolves a name in FROM: a query of WITH, or a table of the schema.
func (t *translator) table(r *tree.RangeVar, within *reach) (*source, error) {
	if err := only(r, "relname", "inh", "relpersistence", "alias"); err != nil {
		return nil, err
	}
	if !r.Inh {
		return nil, invalid("ONLY is not possible here")
	}
	s, err := t.newSource(r.Relname)
	if err != nil {
		return nil, err
	}
	if w := within.with(r.Relname); w != nil {
		w.used = true
		s.with, s.columns = w, outputs(w.query)
	} else if s.table = t.schema.table(r.Relname); s.table != nil {
		s.columns = s.table.Columns
		if t.used[s.table] == nil {
			t.used[s.table] = map[int]bool{}
		}
	} else {
		return nil, notFound(r.Relname, t.schema.names())
	}
	return s, s.call(r.Alias)
}

func (t *translator) newSource(name string) (*source, error) {
	t.sources++
	if t.sources > maxSources {
		return nil, invalid("more than %d tables and sub-selects are named", maxSources)
	}
	return &source{name: name, alias: "t" + strconv.Itoa(t.sources)}, nil
}

// outputs returns the columns of a query as those of a source.
func outputs(q *query) []Column {
	columns := make([]Column, len(q.columns))
	for i := range q.columns {
		settle(&q.columns[i])
		columns[i] = Column{Name: q.columns[i].name, Type: q.columns[i].of}
	}
	return columns
}

// call gives a source the name and the column names of an alias.
func (s *source) call(a *tree.Alias) error {
	if a == nil {
		return nil
	}
	names, ok := texts(a.Colnames)
	if !ok || len(names) > len(s.columns) {
		return invalid("more columns are named than %q has", clip(s.name))
	}
	s.name = a.Aliasname
	if len(names) > 0 {
		s.columns = slices.Clone(s.columns)
		for i, name := range names {
			s.columns[i].Name = name
		}
	}
	return nil
}

func (t *translator) subselect(r *tree.RangeSubselect, within *reach) (*source, error) {
	if err := only(r, "subquery", "alias"); err != nil {
		return nil, err
	}
	selects, ok := r.Subquery.Node.(*tree.Node_SelectStmt)
	if !ok {
		return nil, refuseNode(r.Subquery)
	}
	s, err := t.newSource("")
	if err != nil {
		return nil, err
	}
	if s.query, err = t.query(selects.SelectStmt, within.outer); err != nil {
		return nil, err
	}
	s.columns = outputs(s.query)
	return s, s.call(r.Alias)
}

// join translates a join. Its condition sees what it joins.
func (t *translator) join(j *tree.JoinExpr, within *reach) (item, []*source, error) {
	if err := only(j, "jointype", "larg", "rarg", "using_clause", "quals"); err != nil {
		return nil, nil, err
	}
	left, sources, err := t.item(j.Larg, within)
	if err != nil {
		return nil, nil, err
	}
	right, more, err := t.item(j.Rarg, within)
	if err != nil {
		return nil, nil, err
	}
	made := &join{word: joinWord(j), left: left, right: right}
	if made.word == "" {
		return nil, nil, invalid("this kind of join is not possible here: write JOIN, LEFT JOIN, RIGHT JOIN or CROSS JOIN")
	}
	on := &reach{outer: within.outer, merged: within.merged, level: within.level}
	for _, side := range [][]*source{sources, more} {
		if err := on.add(side); err != nil {
			return nil, nil, err
		}
	}
	if len(j.UsingClause) > 0 {
		made.on, err = t.using(j.UsingClause, sources, more, within)
	} else {
		made.on, err = t.condition(j.Quals, on, "ON")
	}
	return made, on.sources, err
}

func joinWord(j *tree.JoinExpr) string {
	switch j.Jointype { //nolint:exhaustive // any other is refused
	case tree.JoinType_JOIN_INNER:
		if j.Quals == nil && len(j.UsingClause) == 0 {
			return "CROSS JOIN"
		}
		return "JOIN"
	case tree.JoinType_JOIN_LEFT:
		return "LEFT JOIN"
	case tree.JoinType_JOIN_RIGHT:
		if len(j.UsingClause) > 0 {
			return "" // the column that USING joins would be the right one's
		}
		return "RIGHT JOIN"
	}
	return ""
}

// using makes a condition of USING, whose columns read as the left side's.
func (t *translator) using(names []*tree.Node, left, right []*source, within *reach) (expr, error) {
	given, ok := texts(names)
	if !ok {
		return nil, invalid("USING takes the names of columns")
	}
	var all expr
	for _, name := range given {
		a, err := t.leftOf(left, name, within)
		if err != nil {
			return nil, err
		}
		b, err := t.one(right, name)
		if err != nil {
			return nil, err
		}
		equal, err := compare("=", a, b)
		if err != nil {
			return nil, err
		}
		if within.merged == nil {
			within.merged = map[string]*columnRef{}
		}
		if within.merged[name] == nil {
			within.merged[name] = a
		}
		all = and(all, equal)
	}
	return all, nil
}

// leftOf returns the left column of USING: one that an earlier USING has joined stands
// for both of its sides.
func (t *translator) leftOf(left []*source, name string, within *reach) (*columnRef, error) {
	if c := within.merged[name]; c != nil && slices.Contains(left, c.source) {
		return c, nil
	}
	return t.one(left, name)
}

// one returns the one column of the name among the sources.
func (t *translator) one(sources []*source, name string) (*columnRef, error) {
	var found *columnRef
	for _, s := range sources {
		i := s.column(name)
		switch {
		case i < 0:
		case found != nil:
			return nil, invalid("%q could be of several tables: write the table's name before it", clip(name))
		default:
			found = t.refer(s, i)
		}
	}
	if found == nil {
		return nil, unknownColumn(name, sources)
	}
	return found, nil
}

// refer notes that a column is used, and names it.
func (t *translator) refer(s *source, i int) *columnRef {
	if s.table != nil {
		t.used[s.table][i] = true
	}
	return &columnRef{source: s, index: i}
}
