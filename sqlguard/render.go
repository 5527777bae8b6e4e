package sqlguard

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// Statement is a query as a database runs it. Its text is of our making throughout;
// $1 or ?1 stands for the first argument.
type Statement struct {
	SQL  string
	Args []Arg
}

// Arg is a text, a date or an instant, as SQLite stores it.
type Arg struct {
	Kind Kind
	Text string
}

// Result is a column of the answer.
type Result struct {
	Name string
	Type Type
}

// Results returns the columns of the answer.
func (q *Query) Results() []Result {
	results := make([]Result, len(q.root.columns))
	for i, c := range q.root.columns {
		results[i] = Result{Name: c.name, Type: c.of}
	}
	return results
}

// Use says of which table the statement uses which columns.
type Use struct {
	Table   *Table
	Columns []int // in order; none where only rows are counted
}

// Uses returns what the statement uses, in the order of the schema.
func (q *Query) Uses() []Use {
	var uses []Use
	for i := range q.schema.Tables {
		table := &q.schema.Tables[i]
		columns, used := q.used[table]
		if !used {
			continue
		}
		u := Use{Table: table}
		for c := range table.Columns {
			if columns[c] {
				u.Columns = append(u.Columns, c)
			}
		}
		uses = append(uses, u)
	}
	return uses
}

// Bound returns how many rows of the answer may be shown where at most rows may be:
// fewer if the statement asks for fewer.
func (q *Query) Bound(rows int64) int64 {
	if q.root.limit >= 0 {
		return min(q.root.limit, rows)
	}
	return rows
}

// Offset returns how many rows the statement skips.
func (q *Query) Offset() int64 { return q.root.offset }

// Form says how a statement is to be rendered.
type Form struct {
	Dialect sqlgen.Dialect
	Rows    int64 // the answer has at most so many, in their order
	Split   bool  // sums on SQLite are made of halves, which never overflow: for a statement that did
}

// Render writes the statement.
func (q *Query) Render(f Form) (Statement, error) {
	w := &writer{dialect: f.Dialect, split: f.Split, zone: q.schema.Location.String()}
	limited := *q.root
	limited.limit = f.Rows
	w.withs(q.withs)
	w.query(&limited, true)
	if w.err != nil {
		return Statement{}, w.err
	}
	if w.text.Len() > maxRendered {
		return Statement{}, invalid("the statement is too large: split it")
	}
	return Statement{SQL: w.text.String(), Args: w.args}, nil
}

const maxRendered = 400_000

// writer renders a tree. It writes names of the schema, aliases of our making, whole
// numbers and its own words, and nothing else.
type writer struct {
	dialect sqlgen.Dialect
	split   bool
	zone    string
	text    strings.Builder
	args    []Arg
	made    int // aliases
	err     error
}

func (w *writer) put(parts ...string) {
	for _, p := range parts {
		w.text.WriteString(p)
	}
}

func (w *writer) postgres() bool { return w.dialect == sqlgen.Postgres }

// quote writes a name of the schema, each part of it where a schema stands before it.
func (w *writer) quote(name string) {
	for i, part := range strings.Split(name, ".") {
		if i > 0 {
			w.put(".")
		}
		w.put(`"`, strings.ReplaceAll(part, `"`, `""`), `"`)
	}
}

// arg writes an argument; the same value is the same argument, so that expressions
// that are alike stay so.
func (w *writer) arg(a Arg) {
	i := 0
	for i < len(w.args) && w.args[i] != a {
		i++
	}
	if i == len(w.args) {
		w.args = append(w.args, a)
	}
	n := strconv.Itoa(i + 1)
	if !w.postgres() {
		w.put("?", n)
		return
	}
	w.put("$", n, map[Kind]string{Date: "::date", Timestamp: "::timestamptz"}[a.Kind])
	if a.Kind == Text {
		w.put(`::text COLLATE "C"`)
	}
}

func (w *writer) withs(all []*with) {
	first := true
	for _, one := range all {
		if !one.used {
			continue
		}
		w.put(map[bool]string{true: "WITH ", false: ", "}[first], one.alias, " AS (")
		first = false
		w.query(one.query, false)
		w.put(")")
	}
	if !first {
		w.put(" ")
	}
}

// query writes a query whose columns are called c1, c2 and so on. Without a limit its
// order shows only at the top.
func (w *writer) query(q *query, top bool) {
	if q.set != nil {
		w.set(q.set, len(q.columns))
	} else {
		w.plain(q)
	}
	if !top && q.limit < 0 && q.offset == 0 {
		return
	}
	w.order(q.complete())
	switch {
	case q.limit >= 0:
		w.put(" LIMIT ", strconv.FormatInt(q.limit, 10))
	case !w.postgres(): // which has no OFFSET alone
		w.put(" LIMIT -1")
	}
	if q.offset > 0 {
		w.put(" OFFSET ", strconv.FormatInt(q.offset, 10))
	}
}

func (w *writer) plain(q *query) {
	w.put("SELECT ")
	if q.distinct {
		w.put("DISTINCT ")
	}
	for i, c := range q.columns {
		if i > 0 {
			w.put(", ")
		}
		w.expr(c.expr)
		w.put(" AS ", columnAlias(i))
	}
	for i, it := range q.items {
		w.put(map[bool]string{true: " FROM ", false: " CROSS JOIN "}[i == 0])
		w.item(it)
	}
	w.clause(" WHERE ", q.where)
	for i, g := range q.groups {
		w.put(map[bool]string{true: " GROUP BY ", false: ", "}[i == 0])
		w.groupKey(q, g)
	}
	w.clause(" HAVING ", q.having)
}

// groupKey writes what to group by. A number would be read as a position, so a
// constant is written as what is none.
func (w *writer) groupKey(q *query, g expr) {
	if _, isConstant := g.(*constant); isConstant {
		w.put("COALESCE(NULL, ")
		w.expr(g)
		w.put(")")
		return
	}
	w.expr(g)
}

func (w *writer) clause(word string, e expr) {
	if e != nil {
		w.put(word)
		w.expr(e)
	}
}

func columnAlias(i int) string { return "c" + strconv.Itoa(i+1) }

// set writes a set operation. Each side stands in a FROM of its own, since SQLite
// knows no brackets around them.
func (w *writer) set(s *setOperation, columns int) {
	w.side(s.left, columns)
	w.put(" ", s.word)
	if s.all {
		w.put(" ALL")
	}
	w.put(" ")
	w.side(s.right, columns)
}

func (w *writer) side(q *query, columns int) {
	w.made++
	alias := "s" + strconv.Itoa(w.made)
	w.put("SELECT ")
	for i := range columns {
		if i > 0 {
			w.put(", ")
		}
		w.put(columnAlias(i))
	}
	w.put(" FROM (")
	w.query(q, false)
	w.put(") AS ", alias)
}

func (w *writer) item(it item) {
	switch it := it.(type) {
	case *source:
		w.source(it)
	case *join:
		w.put("(")
		w.item(it.left)
		w.put(" ", it.word, " ")
		w.item(it.right)
		w.clause(" ON ", it.on)
		w.put(")")
	}
}

func (w *writer) source(s *source) {
	switch {
	case s.table != nil:
		w.quote(s.table.View)
	case s.with != nil:
		w.put(s.with.alias)
	default:
		w.put("(")
		w.query(s.query, false)
		w.put(")")
	}
	w.put(" AS ", s.alias)
}

func (w *writer) order(keys []sortKey) {
	for i, k := range keys {
		w.put(map[bool]string{true: " ORDER BY ", false: ", "}[i == 0])
		if k.position > 0 {
			w.put(strconv.Itoa(k.position))
		} else {
			w.expr(k.expr)
		}
		if k.descending {
			w.put(" DESC")
		}
		if k.nullsFirst {
			w.put(" NULLS FIRST")
		} else {
			w.put(" NULLS LAST")
		}
	}
}

// key writes an expression as a text that is equal for equal ones.
func key(e expr) string {
	switch e := e.(type) {
	case nil:
		return ""
	case *constant:
		return fmt.Sprintf("%v %v %d %q", e.of, e.null, e.whole, e.text)
	case *columnRef:
		return e.source.alias + "." + strconv.Itoa(e.index)
	case *subquery:
		return fmt.Sprintf("%p", e)
	case *call:
		return e.op + keys(e.args) + fmt.Sprint(e.of)
	case *aggregate:
		return fmt.Sprint(e.fn, e.distinct) + keys([]expr{e.arg, e.filter})
	case *choice:
		return fmt.Sprint("case", e.subject != nil) + keys(children(e))
	}
	return fmt.Sprintf("%p", e)
}

func keys(all []expr) string {
	texts := make([]string, len(all))
	for i, e := range all {
		texts[i] = key(e)
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

// internal marks a tree that the translation cannot have made.
func internal(what any) error {
	return remit.Errorf(remit.KindInternal, "sqlguard: unknown %T", what)
}
