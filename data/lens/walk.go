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
// PostgreSQL chooses by its statistics. SQLite has none and always collects, so
// for SQLite the lens chooses.
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
		list.index = index
		return nil
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
	list.index = index
	s.lens.walks.put(key, index, s.now)
	return nil
}

// maxFilterKey bounds the filters that are remembered, in bytes.
const maxFilterKey = 1024

// mayWalk reports whether there is a choice: the rows are found by looking people
// or departments up, and the order is that of a column in the table itself.
func (list *listing) mayWalk() bool {
	if list.session.lens.db.Dialect() != sqlgen.SQLite || list.session.tx != nil || list.root.everyRow {
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
	table := list.root.coll.Table
	err = list.session.read(ctx, sqldb.Stmt{
		SQL: `SELECT i.name FROM sqlite_master i, pragma_index_xinfo(i.name) x, pragma_table_info(i.tbl_name) c
WHERE i.type = 'index' AND i.tbl_name = ? AND x.seqno = 0 AND x.name = ? AND x."desc" = ?
 AND c.name = x.name AND (x."desc" OR c."notnull")
 AND (i.sql LIKE '%WHERE deleted_at IS NULL' OR i.sql IS NULL) LIMIT 1`,
		Args: []any{table, column, descending},
	}, func(row sqldb.Row) error {
		index = row.Text(0)
		return nil
	})
	return index, err
}

// many reports whether more records match than it takes for walking to be the
// shorter way.
func (list *listing) many(ctx context.Context) (many bool, err error) {
	var all int64
	err = list.session.read(ctx, sqldb.Stmt{SQL: "SELECT max(rowid) FROM " + quote(list.root.coll.Table)}, func(row sqldb.Row) error {
		all = row.Int(0)
		return nil
	})
	if err != nil {
		return false, err
	}
	enough := int64(math.Sqrt(float64(list.limit+1) * float64(all)))
	b := newBuilder(sqlgen.SQLite)
	b.put("SELECT COUNT(*) FROM (SELECT 1")
	list.writeFrom(b)
	b.put(" AND ")
	list.where.write(b)
	b.put(" LIMIT ").arg(enough).put(")")
	err = list.session.read(ctx, b.stmt(), func(row sqldb.Row) error {
		many = row.Int(0) >= enough
		return nil
	})
	return many, err
}
