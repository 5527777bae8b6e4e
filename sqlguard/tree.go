package sqlguard

import "time"

// query is a SELECT, or several that a set operation joins.
type query struct {
	columns  []output // what it yields, in order
	distinct bool
	items    []item // of FROM; several are a cross join
	where    expr   // nil: every row
	groups   []expr
	grouped  bool // it yields a row for each group: groups or aggregates were written
	having   expr
	set      *setOperation // instead of items, where and so on
	order    []sortKey
	limit    int64 // -1: none
	offset   int64
}

// setOperation joins two queries of as many columns.
type setOperation struct {
	word        string // UNION, INTERSECT or EXCEPT
	all         bool
	left, right *query
}

// output is a column of a query.
type output struct {
	name string
	expr expr // nil in a set operation
	of   Type
}

// sortKey is a column of the order: of the output by its position, or any other
// expression.
type sortKey struct {
	position   int  // from 1; 0: expr is meant
	expr       expr // of the input
	descending bool
	nullsFirst bool
}

// item is something in FROM: a source, or two that are joined.
type item interface{ item() }

// source is a table or a query in FROM, under an alias of our making.
type source struct {
	name    string // as the statement calls it
	alias   string // as the rendered one does
	table   *Table
	query   *query
	with    *with
	columns []Column
}

// with is a query of a WITH clause.
type with struct {
	name  string
	alias string
	query *query
	used  bool
}

// join is a join of two items.
type join struct {
	word        string // JOIN, LEFT JOIN …
	left, right item
	on          expr // nil: a cross join
}

func (*source) item() {}
func (*join) item()   {}

// expr is an expression.
type expr interface{ typ() Type }

// constant is a value that the statement names. A text, a date and an instant become
// arguments.
type constant struct {
	of    Type
	null  bool
	whole int64  // a number × 10^scale, or 0 and 1
	text  string // a text; a date or an instant as it is stored

	zone *time.Location // of a text, where it is read as an instant
}

// columnRef is a column of a source.
type columnRef struct {
	source *source
	index  int
}

// call is an operation on expressions, see [writer.call].
type call struct {
	op   string
	args []expr
	of   Type
}

// aggregate is computed over the rows of a group.
type aggregate struct {
	fn       string // count, sum, min or max
	arg      expr   // nil: count(*)
	distinct bool
	filter   expr // nil: all
	of       Type
}

// choice is CASE. Nothing of it stands in the tree twice: what is nested would double
// with each level.
type choice struct {
	subject expr // what the conditions are compared with; nil: they are conditions
	whens   []when
	other   expr // nil: null
	of      Type
}

type when struct{ condition, then expr }

// subquery is a query within an expression.
type subquery struct {
	kind  subqueryKind
	query *query
	test  expr // of member
	of    Type
}

type subqueryKind uint8

const (
	scalar subqueryKind = iota // its one value; null where there is none, and where there are several
	exists
	member
)

func (c *constant) typ() Type  { return c.of }
func (c *columnRef) typ() Type { return c.source.columns[c.index].Type }
func (c *call) typ() Type      { return c.of }
func (a *aggregate) typ() Type { return a.of }
func (c *choice) typ() Type    { return c.of }
func (s *subquery) typ() Type  { return s.of }

// children returns the expressions of which e is made, those within its queries
// aside.
func children(e expr) []expr {
	switch e := e.(type) {
	case *call:
		return e.args
	case *aggregate:
		return present(e.arg, e.filter)
	case *choice:
		all := present(e.subject)
		for _, w := range e.whens {
			all = append(all, w.condition, w.then)
		}
		return append(all, present(e.other)...)
	case *subquery:
		return present(e.test)
	}
	return nil
}

func present(all ...expr) []expr {
	var some []expr
	for _, e := range all {
		if e != nil {
			some = append(some, e)
		}
	}
	return some
}

// walk calls visit for e and all that it is made of, queries within it included,
// until visit says not to go on below.
func walk(e expr, visit func(expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	for _, child := range children(e) {
		walk(child, visit)
	}
	if s, ok := e.(*subquery); ok {
		s.query.walk(visit)
	}
}

func (q *query) walk(visit func(expr) bool) {
	if q.set != nil {
		q.set.left.walk(visit)
		q.set.right.walk(visit)
	}
	for _, c := range q.columns {
		walk(c.expr, visit)
	}
	for _, it := range q.items {
		walkItem(it, visit)
	}
	for _, e := range append(present(q.where, q.having), q.groups...) {
		walk(e, visit)
	}
	for _, k := range q.order {
		walk(k.expr, visit)
	}
}

func walkItem(it item, visit func(expr) bool) {
	switch it := it.(type) {
	case *source:
		if it.query != nil {
			it.query.walk(visit)
		}
	case *join:
		walkItem(it.left, visit)
		walkItem(it.right, visit)
		walk(it.on, visit)
	}
}
