package lens

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// sqlBenchRows is how many deals there are: 100,000, or what REMIT_BENCH_ROWS says.
func sqlBenchRows() int {
	if n, err := strconv.Atoi(os.Getenv("REMIT_BENCH_ROWS")); err == nil {
		return n
	}
	return 100_000
}

// fillPostgres is fill on PostgreSQL.
func (w *world) fillPostgres(n int) {
	ctx := context.Background()
	must(w.tb, w.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL: `INSERT INTO opportunities (id, name, stage, amount, close_date, owner_id, created_at, updated_at, version)
SELECT left(md5(random()::text || i), 26), 'Deal ' || i, CASE i % 3 WHEN 0 THEN 'won' WHEN 1 THEN 'lost' ELSE 'proposal' END,
  (random() * 10000000)::bigint, '2025-01-15', CASE WHEN i % 1000 = 0 THEN ? ELSE ? END, now(), now(), 1 FROM generate_series(1, ?::int) AS n(i)`,
			Args: []any{string(w.rep.Person), string(w.other.Person), n},
		})
		return err
	}))
	must(w.tb, w.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "ANALYZE opportunities"})
		return err
	}))
}

// SQL under the lens, with audit and all, against the same statement by hand, which
// has the same condition on rows and nothing else.
func BenchmarkSQL(b *testing.B) {
	for name, url := range map[string]string{"sqlite": "sqlite:" + b.TempDir() + "/remit.db", "postgres": pgtest.URL(b)} {
		w := newWorld(b, url, shippedDocument(b))
		for range max(1, sqlBenchRows()/50_000) { // in parts, which take no longer than a statement may
			if w.db.Dialect() == sqlgen.Postgres {
				w.fillPostgres(50_000)
			} else {
				w.fill(50_000)
			}
		}
		var id string
		must(b, w.db.Query(context.Background(), sqldb.Stmt{SQL: "SELECT min(id) FROM opportunities WHERE owner_id = ?", Args: []any{string(w.other.Person)}}, func(r sqldb.Row) error {
			id = r.Text(0)
			return nil
		}))
		started := time.Now()
		if _, err := w.lens.SQL(context.Background(), w.other, SQLQuery{Statement: "SELECT count(*) FROM opportunities WHERE id = ''"}); err != nil {
			b.Fatal(err)
		}
		b.Logf("%s: the first statement, which makes parser and wall, took %v", name, time.Since(started).Round(time.Millisecond))
		for _, c := range []struct {
			name, statement string
			hand            sqldb.Stmt
		}{
			{"groups", "SELECT stage, count(*), sum(amount), avg(amount) FROM opportunities GROUP BY stage", sqldb.Stmt{
				SQL: "SELECT stage, count(*), sum(amount), avg(amount) FROM opportunities WHERE deleted_at IS NULL AND owner_id = ? GROUP BY stage", Args: []any{string(w.other.Person)},
			}},
			{"sum", "SELECT sum(amount) FROM opportunities WHERE stage = 'won'", sqldb.Stmt{
				SQL: "SELECT sum(amount) FROM opportunities WHERE deleted_at IS NULL AND owner_id = ? AND stage = 'won'", Args: []any{string(w.other.Person)},
			}},
			{"point", "SELECT name, amount FROM opportunities WHERE id = '" + id + "'", sqldb.Stmt{
				SQL: "SELECT name, amount FROM opportunities WHERE deleted_at IS NULL AND owner_id = ? AND id = ?", Args: []any{string(w.other.Person), id},
			}},
		} {
			b.Run(name+"/"+c.name+"/lens", func(b *testing.B) {
				for b.Loop() {
					if r, err := w.lens.SQL(context.Background(), w.other, SQLQuery{Statement: c.statement}); err != nil || len(r.Rows) == 0 {
						b.Fatal(r, err)
					}
					w.log.entries = w.log.entries[:0]
				}
			})
			b.Run(name+"/"+c.name+"/by_hand", func(b *testing.B) {
				for b.Loop() {
					if err := w.db.Query(context.Background(), c.hand, func(sqldb.Row) error { return nil }); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
