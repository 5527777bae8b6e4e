package sqldb

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
)

// What a bulk insert stores is what single statements store.
func TestInsertStoresWhatStatementsStore(t *testing.T) {
	columns := []string{"n", "word", "raw", "flag", "at"}
	rows := [][]any{
		{int64(1), "plain", []byte{0, 1, 255}, true, time.Date(2026, 1, 31, 9, 30, 0, 123456000, time.UTC)},
		{int64(-1 << 63), "tab\t\\N line\n é", []byte{}, false, time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC)},
		{nil, remit.ID("id"), []byte(nil), nil, nil},
		{int64(0), "", nil, nil, nil},
	}
	for name, db := range map[string]struct{ url, types string }{
		"sqlite":   {"sqlite:" + filepath.Join(t.TempDir(), "insert.db"), "(n INTEGER, word TEXT, raw BLOB, flag INTEGER, at TEXT)"},
		"postgres": {pgtest.URL(t), "(n bigint, word text, raw bytea, flag boolean, at timestamptz)"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Open(t.Context(), db.url, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			got := map[string][]string{}
			for _, table := range []string{"one_by_one", "at_once"} {
				err := d.Write(t.Context(), func(tx Tx) error {
					if _, err := tx.Exec(t.Context(), Stmt{SQL: "CREATE TABLE " + table + " " + db.types}); err != nil {
						return err
					}
					if table == "at_once" {
						return tx.Insert(t.Context(), table, columns, rows)
					}
					for _, row := range rows {
						if _, err := tx.Exec(t.Context(), Stmt{SQL: "INSERT INTO " + table + " (n, word, raw, flag, at) VALUES (?, ?, ?, ?, ?)", Args: row}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				err = d.Query(t.Context(), Stmt{SQL: "SELECT n, word, raw, flag, at FROM " + table}, func(r Row) error {
					row := fmt.Sprintf("%v %d %q %v %x %v %v %v %v", r.Null(0), r.Int(0), r.Text(1), r.Null(2), r.Bytes(2), r.Null(3), r.Bool(3), r.Null(4), r.Micros(4))
					got[table] = append(got[table], row)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if len(got["at_once"]) != len(rows) || fmt.Sprint(got["at_once"]) != fmt.Sprint(got["one_by_one"]) {
				t.Errorf("at once:\n%q\none by one:\n%q", got["at_once"], got["one_by_one"])
			}
		})
	}
}

// A bulk insert that fails fails its transaction.
func TestInsertFails(t *testing.T) {
	for name, db := range map[string]struct{ url, types string }{
		"sqlite":   {"sqlite:" + filepath.Join(t.TempDir(), "insert.db"), "(n INTEGER PRIMARY KEY)"},
		"postgres": {pgtest.URL(t), "(n bigint PRIMARY KEY)"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			d, err := Open(ctx, db.url, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			insert := func(values ...int64) error {
				return d.Write(ctx, func(tx Tx) error {
					rows := make([][]any, len(values))
					for i, v := range values {
						rows[i] = []any{v}
					}
					_ = tx.Insert(ctx, "numbers", []string{"n"}, rows)
					return nil
				})
			}
			err = d.Write(ctx, func(tx Tx) error {
				_, err := tx.Exec(ctx, Stmt{SQL: "CREATE TABLE numbers " + db.types})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := insert(1, 2, 1); !IsDuplicate(err) {
				t.Errorf("a duplicate: %v", err)
			}
			if err := insert(1, 2, 3); err != nil {
				t.Errorf("after a failure: %v", err)
			}
		})
	}
}
