package lens

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// A page of many people's records can be found in two ways: collect all their
// records and sort them, or walk down an index in the page's order until enough
// of them have come by. The first is right for few records, the second for many.
// SQLite has no statistics and always collects. PostgreSQL chooses by its own, but
// the form of the predicate that lets it collect makes it compare every record that
// it walks past with each of the people in turn. So the lens chooses.
//
// Walking meets a page of n after n × (all records ÷ theirs) records, so it is the
// shorter way once theirs are more than √(n × all records). Whether they are is
// counted, no further than that, and remembered for a while: a wrong choice costs
// time and changes no answer.
const (
	walkMemory    = 10 * time.Minute
	walksRemember = 10_000
)

// walks remembers for which pages to walk, and down which index.
type walks struct {
	mu    sync.Mutex
	known map[walkKey]walk
}

type walkKey struct {
	permit *policy.Permit
	person remit.ID
	filter string
	order  string
	limit  int
}

type walk struct {
	index string // "" to collect
	until time.Time
}

func (w *walks) get(k walkKey, now time.Time) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, ok := w.known[k]
	return known.index, ok && now.Before(known.until)
}

func (w *walks) put(k walkKey, index string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known == nil || len(w.known) >= walksRemember {
		w.known = make(map[walkKey]walk)
	}
	w.known[k] = walk{index, now.Add(walkMemory)}
}

// chooseWalk sets the index to walk down, if that is the shorter way.
func (list *listing) chooseWalk(ctx context.Context, q Query) error {
	s := list.session
	if !list.mayWalk() || len(q.Filter) > maxFilterKey {
		return nil
	}
	key := walkKey{permit: list.root.permit, person: s.user.ID, filter: string(q.Filter), limit: list.limit}
	if len(q.Sort) > 0 {
		key.order = q.Sort[0]
	}
	if index, ok := s.lens.walks.get(key, s.now); ok {
		return list.walk(index)
	}
	index, err := list.walkIndex(ctx)
	if err == nil && index != "" {
		var many bool
		if many, err = list.many(ctx); !many {
			index = ""
		}
	}
	if err != nil {
		return err
	}
	s.lens.walks.put(key, index, s.now)
	return list.walk(index)
}

// walk has the page found by walking down the index, if there is one.
func (list *listing) walk(index string) error {
	if index == "" {
		return nil
	}
	if list.root.dialect() == sqlgen.SQLite {
		list.index = index
		return nil
	}
	return list.root.testEach() // the index PostgreSQL finds by itself
}

// maxFilterKey bounds the filters that are remembered, in bytes.
const maxFilterKey = 1024

// mayWalk reports whether there is a choice: the rows are found by looking people
// or departments up, and the order is that of a column in the table itself.
func (list *listing) mayWalk() bool {
	if list.session.tx != nil || list.root.everyRow {
		return false
	}
	lookUp := false
	for _, b := range list.root.branches {
		lookUp = lookUp || b.lookUp
	}
	if !lookUp || len(list.order) == 0 {
		return lookUp
	}
	c := list.order[0].column
	return c.rel == list.root && c.field != nil && c.mask == nil && c.raw == cellOf(list.root.alias, c.field.Column)
}

// walkIndex returns an index over all records that are alive whose order is the
// page's, "" if there is none. Nulls come last in the page and first in SQLite, so
// a rising order needs a column that is never null.
func (list *listing) walkIndex(ctx context.Context) (index string, err error) {
	column, descending := remit.IDField, false
	if len(list.order) > 0 {
		column, descending = list.order[0].column.field.Column, list.order[0].descending
	}
	text := walkOnSQLite
	if list.root.dialect() == sqlgen.Postgres {
		text = walkOnPostgres
	}
	err = list.session.read(ctx, sqldb.Stmt{
		SQL:  text,
		Args: []any{list.root.coll.Table, column, descending},
	}, func(row sqldb.Row) error {
		index = row.Text(0)
		return nil
	})
	return index, err
}

const (
	walkOnSQLite = `SELECT i.name FROM sqlite_master i, pragma_index_xinfo(i.name) x, pragma_table_info(i.tbl_name) c
WHERE i.type = 'index' AND i.tbl_name = ? AND x.seqno = 0 AND x.name = ? AND x."desc" = ?
 AND c.name = x.name AND (x."desc" OR c."notnull")
 AND (i.sql LIKE '%WHERE deleted_at IS NULL' OR i.sql IS NULL) LIMIT 1`

	// The options of an index's column are 1 for descending and 2 for nulls first.
	walkOnPostgres = `SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = to_regclass(quote_ident(?)) AND a.attname = ? AND i.indoption[0] = CASE WHEN ?::boolean THEN 1 ELSE 0 END
 AND i.indisvalid AND coalesce(pg_get_expr(i.indpred, i.indrelid), '(deleted_at IS NULL)') = '(deleted_at IS NULL)' LIMIT 1`
)

// allRows is about how many rows the table has.
func (list *listing) allRows() sqldb.Stmt {
	table := list.root.coll.Table
	if list.root.dialect() == sqlgen.Postgres {
		return sqldb.Stmt{SQL: `SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(quote_ident(?))`, Args: []any{table}}
	}
	return sqldb.Stmt{SQL: "SELECT max(rowid) FROM " + quote(table)}
}

// many reports whether more records match than it takes for walking to be the
// shorter way.
func (list *listing) many(ctx context.Context) (many bool, err error) {
	var all int64
	err = list.session.read(ctx, list.allRows(), func(row sqldb.Row) error {
		all = row.Int(0)
		return nil
	})
	if err != nil || all <= 0 { // PostgreSQL says -1 before it has counted
		return false, err
	}
	enough := int64(math.Sqrt(float64(list.limit+1) * float64(all)))
	b := newBuilder(list.root.dialect())
	b.put("SELECT COUNT(*) FROM (SELECT 1")
	list.writeFrom(b)
	b.put(" AND ")
	list.where.write(b)
	b.put(" LIMIT ").arg(enough).put(") AS few")
	err = list.session.read(ctx, b.stmt(), func(row sqldb.Row) error {
		many = row.Int(0) >= enough
		return nil
	})
	return many, err
}
