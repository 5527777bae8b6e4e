package sqldb_test

import (
	"context"
	"testing"

	"github.com/remit-crm/remit/data/internal/sqldb"
)

// A Read sees one moment throughout, and can change nothing.
func TestReadIsOneSnapshot(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		ctx := context.Background()
		exec := func(text string) {
			t.Helper()
			err := db.Write(ctx, func(tx sqldb.Tx) error {
				_, err := tx.Exec(ctx, stmt(text))
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		exec("CREATE TABLE marks (n INTEGER NOT NULL)")
		exec("INSERT INTO marks VALUES (1)")
		count := func(q interface {
			Query(context.Context, sqldb.Stmt, func(sqldb.Row) error) error
		},
		) (n int64) {
			t.Helper()
			err := q.Query(ctx, stmt("SELECT COUNT(*) FROM marks"), func(r sqldb.Row) error {
				n = r.Int(0)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		err := db.Read(ctx, func(tx sqldb.Tx) error {
			before := count(tx)
			exec("INSERT INTO marks VALUES (2)")
			if after := count(tx); before != 1 || after != 1 {
				t.Errorf("a snapshot counts %d and then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := count(db); n != 2 {
			t.Errorf("the write is lost: %d", n)
		}
		err = db.Read(ctx, func(tx sqldb.Tx) error {
			_, err := tx.Exec(ctx, stmt("INSERT INTO marks VALUES (3)"))
			return err
		})
		if err == nil || count(db) != 2 {
			t.Errorf("a read wrote: %v", err)
		}
	})
}
