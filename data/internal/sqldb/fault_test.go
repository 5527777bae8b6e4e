package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// raise makes PostgreSQL report an error.
func raise(code string) sqldb.Stmt { return stmt("DO $$ BEGIN RAISE SQLSTATE '" + code + "'; END $$") }

func TestFullDiskIsUnavailable(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		counter(t, db)
		exec(t, db, schema(db, "CREATE TABLE large (raw BLOB)", "CREATE TABLE large (raw bytea)"))
		ctx := t.Context()
		fill := []sqldb.Stmt{raise("53100")}
		if db.Dialect() == sqlgen.SQLite {
			fill = []sqldb.Stmt{stmt("PRAGMA max_page_count = 1"), stmt("INSERT INTO large VALUES (?)", make([]byte, 1<<20))}
		}
		err := db.Write(ctx, func(tx sqldb.Tx) error {
			for _, s := range append([]sqldb.Stmt{stmt("UPDATE counter SET n = n + 1")}, fill...) {
				if err := tx.Query(ctx, s, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil || remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("a full disk: %v", err)
		}
		if n := count(t, db); n != 0 {
			t.Error("a part was written")
		}
	})
}

func TestKindsOfPostgresFaults(t *testing.T) {
	db := open(t, pgtest.URL(t), sqldb.Options{})
	for code, want := range map[string]remit.Kind{
		"53100": remit.KindUnavailable, "53200": remit.KindUnavailable, "53300": remit.KindUnavailable, "55P03": remit.KindUnavailable,
		"57P03": remit.KindUnavailable, "58030": remit.KindUnavailable, "08006": remit.KindUnavailable, "25006": remit.KindUnavailable,
		"40001": remit.KindUnavailable, "57014": remit.KindCanceled, "23514": remit.KindInternal, "22012": remit.KindInternal,
		"XX001": remit.KindInternal, "P0001": remit.KindInternal,
	} {
		if err := db.Query(t.Context(), raise(code), nil); err == nil || remit.KindOf(err) != want {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
}

func TestLostConnectionIsUnavailable(t *testing.T) {
	db := open(t, pgtest.URL(t), sqldb.Options{})
	counter(t, db)
	ctx := t.Context()
	suicide := stmt("SELECT pg_terminate_backend(pg_backend_pid())")
	if err := db.Query(ctx, suicide, nil); remit.KindOf(err) != remit.KindUnavailable {
		t.Errorf("Query: %v", err)
	}
	err := db.Write(ctx, func(tx sqldb.Tx) error {
		if _, err := tx.Exec(ctx, stmt("UPDATE counter SET n = 7")); err != nil {
			return err
		}
		return tx.Query(ctx, suicide, nil)
	})
	if remit.KindOf(err) != remit.KindUnavailable {
		t.Errorf("Write: %v", err)
	}
	if n := count(t, db); n != 0 {
		t.Error("a part was written")
	}
}

func TestBusyWriterIsUnavailable(t *testing.T) {
	url := sqliteURL(t)
	holder, waiter := open(t, url, sqldb.Options{}), open(t, url, sqldb.Options{BusyTimeout: 100 * time.Millisecond})
	counter(t, holder)
	ctx := t.Context()
	nothing := func(sqldb.Tx) error { return nil }
	err := holder.Write(ctx, func(sqldb.Tx) error {
		start := time.Now()
		if err := waiter.Write(ctx, nothing); remit.KindOf(err) != remit.KindUnavailable || time.Since(start) > time.Second {
			t.Errorf("behind another process: %v after %v", err, time.Since(start))
		}
		canceled, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		defer cancel()
		if err := waiter.Write(canceled, nothing); remit.KindOf(err) != remit.KindCanceled {
			t.Errorf("a caller that does not wait: %v", err)
		}
		if n := count(t, waiter); n != 0 {
			t.Error("a reader saw what is not committed")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := waiter.Write(ctx, nothing); err != nil {
		t.Errorf("once it is free: %v", err)
	}
}

func TestLockTimeoutIsUnavailable(t *testing.T) {
	url := pgtest.URL(t)
	holder, waiter := open(t, url, sqldb.Options{}), open(t, url, sqldb.Options{BusyTimeout: 100 * time.Millisecond})
	counter(t, holder)
	ctx := t.Context()
	increment := func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, stmt("UPDATE counter SET n = n + 1"))
		return err
	}
	err := holder.Write(ctx, func(tx sqldb.Tx) error {
		if err := increment(tx); err != nil {
			return err
		}
		if err := waiter.Write(ctx, increment); remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("behind another transaction: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A table that changes makes prepared statements stale; no caller notices.
func TestChangedTableIsReadAnew(t *testing.T) {
	onBoth(t, sqldb.Options{ReadConns: 1}, func(t *testing.T, db *sqldb.DB) {
		counter(t, db)
		ctx := t.Context()
		all := stmt("SELECT * FROM counter")
		read := func() error {
			err := db.Query(ctx, all, nil)
			return errors.Join(err, db.QueryThen(ctx, all, nil, all, nil))
		}
		write := func() error {
			return db.Write(ctx, func(tx sqldb.Tx) error { return tx.Query(ctx, all, nil) })
		}
		for i := range 3 {
			if err := errors.Join(read(), write()); err != nil {
				t.Fatal(err)
			}
			exec(t, db, stmt(fmt.Sprintf("ALTER TABLE counter ADD COLUMN extra_%d BIGINT", i)))
			if i%2 == 0 { // whoever comes first must cope
				if err := errors.Join(write(), read()); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestManyStatements(t *testing.T) {
	onBoth(t, sqldb.Options{ReadConns: 1}, func(t *testing.T, db *sqldb.DB) {
		for round := range 2 {
			for i := range 1200 {
				if n := number(t, db, stmt(fmt.Sprintf("SELECT %d + CAST(? AS BIGINT)", i), round)); n != int64(i+round) {
					t.Fatalf("statement %d gave %d", i, n)
				}
			}
		}
		if db.Dialect() == sqlgen.Postgres {
			if n := number(t, db, stmt("SELECT count(*) FROM pg_prepared_statements")); n > 520 {
				t.Errorf("the server keeps %d statements", n)
			}
		}
	})
}

func TestCloseWaitsAndThenRefuses(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		counter(t, db)
		ctx := t.Context()
		reading, closed := make(chan struct{}), make(chan error, 1)
		err := db.Query(ctx, stmt("SELECT 1 UNION ALL SELECT 2"), func(sqldb.Row) error {
			select {
			case <-reading:
			default:
				close(reading)
				go func() { closed <- db.Close() }()
				time.Sleep(20 * time.Millisecond)
			}
			return nil
		})
		if err != nil {
			t.Errorf("what ran while the database was closed: %v", err)
		}
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if err := db.Query(ctx, stmt("SELECT 1"), nil); remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("Query after Close: %v", err)
		}
		if err := db.Write(ctx, func(sqldb.Tx) error { return nil }); remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("Write after Close: %v", err)
		}
	})
}

// Readers, writers and callers that hang up, all at once. Worth running with
// -race, which is why it is short.
func TestCrowd(t *testing.T) {
	onBoth(t, sqldb.Options{ReadConns: 3}, func(t *testing.T, db *sqldb.DB) {
		counter(t, db)
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				for n := range 20 {
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*n)*50*time.Microsecond+time.Microsecond)
					read := func(r sqldb.Row) error {
						if r.Int(0) < 0 {
							t.Error("a value that was never written")
						}
						return nil
					}
					var err error
					switch i % 3 {
					case 0:
						err = db.Query(ctx, stmt("SELECT n FROM counter"), read)
					case 1:
						err = db.QueryThen(ctx, stmt("SELECT n FROM counter"), read, stmt("SELECT n FROM counter"), read)
					case 2:
						err = db.Write(ctx, func(tx sqldb.Tx) error {
							_, err := tx.Exec(ctx, stmt("UPDATE counter SET n = n + 1"))
							return err
						})
					}
					cancel()
					if err != nil && remit.KindOf(err) != remit.KindCanceled {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if err := db.Query(t.Context(), stmt("SELECT n FROM counter"), nil); err != nil {
			t.Error(err)
		}
	})
}
