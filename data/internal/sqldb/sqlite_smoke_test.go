package sqldb

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
)

func TestSmoke(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"), Options{StatementTimeout: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(ctx, func(tx Tx) error {
		if _, err := tx.Exec(ctx, Stmt{SQL: "CREATE TABLE t (id TEXT PRIMARY KEY, n INTEGER) STRICT"}); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, Stmt{SQL: "INSERT INTO t VALUES (?, ?), (?, ?)", Args: []any{"a", 1, "b", 2}})
		if n != 2 {
			t.Error(n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	err = db.Write(ctx, func(tx Tx) error {
		_, _ = tx.Exec(ctx, Stmt{SQL: "DELETE FROM t"})
		return boom
	})
	if err != boom {
		t.Error(err)
	}
	var got []string
	err = db.QueryThen(ctx, Stmt{SQL: "SELECT id FROM t WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", Args: []any{[]string{"a", "b"}}}, func(r Row) error {
		got = append(got, r.Text(0))
		return nil
	}, Stmt{SQL: "SELECT " + Now(db.Dialect())}, func(r Row) error { t.Log(r.Int(0)); return nil })
	t.Log(got, err)
	start := time.Now()
	err = db.Query(ctx, Stmt{SQL: "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c"}, func(Row) error { return nil })
	t.Log(time.Since(start), err)
	c2, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	err = db.Query(c2, Stmt{SQL: "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c"}, func(Row) error { return nil })
	t.Log(time.Since(start), err)
	err = db.Query(ctx, Stmt{SQL: "INSERT INTO t VALUES ('z', 1)"}, nil)
	t.Log(err)
	err = db.Query(ctx, Stmt{SQL: "SELECT nix FROM t"}, nil)
	t.Log(err)
	err = db.Write(ctx, func(tx Tx) error {
		_, err := tx.Exec(ctx, Stmt{SQL: "INSERT INTO t VALUES (?, 1)", Args: []any{"a"}})
		return err
	})
	t.Log(err, IsDuplicate(err))
	t.Log(Fold("straße ſK σίσυφος"))
}
