package sqldb_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// onBoth runs a test on a fresh database of each kind.
func onBoth(t *testing.T, o sqldb.Options, test func(t *testing.T, db *sqldb.DB)) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": sqliteURL, "postgres": pgtest.URL} {
		t.Run(name, func(t *testing.T) { test(t, open(t, url(t), o)) })
	}
}

func sqliteURL(tb testing.TB) string {
	return "sqlite:" + filepath.Join(tb.TempDir(), "remit.db")
}

func open(tb testing.TB, url string, o sqldb.Options) *sqldb.DB {
	tb.Helper()
	db, err := sqldb.Open(tb.Context(), url, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// exec runs statements in one transaction.
func exec(tb testing.TB, db *sqldb.DB, statements ...sqldb.Stmt) {
	tb.Helper()
	ctx := context.Background()
	err := db.Write(ctx, func(tx sqldb.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func stmt(text string, args ...any) sqldb.Stmt { return sqldb.Stmt{SQL: text, Args: args} }

// schema picks the text of a database.
func schema(db *sqldb.DB, sqlite, postgres string) sqldb.Stmt {
	if db.Dialect() == sqlgen.Postgres {
		return stmt(postgres)
	}
	return stmt(sqlite)
}

// counter makes a table with one number, 0.
func counter(tb testing.TB, db *sqldb.DB) {
	tb.Helper()
	exec(tb, db, stmt("CREATE TABLE counter (id INTEGER PRIMARY KEY, n BIGINT NOT NULL)"), stmt("INSERT INTO counter VALUES (1, 0)"))
}

func count(tb testing.TB, db *sqldb.DB) int64 {
	tb.Helper()
	return number(tb, db, stmt("SELECT n FROM counter"))
}

func number(tb testing.TB, db *sqldb.DB, s sqldb.Stmt) (n int64) {
	tb.Helper()
	err := db.Query(context.Background(), s, func(r sqldb.Row) error {
		n = r.Int(0)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestOpenRefuses(t *testing.T) {
	for _, url := range []string{"", "remit.db", "mysql://x", "sqlite:", "sqlite::memory:", "sqlite:file:x?mode=memory", "postgres://u:hunter2@[bad/x"} {
		_, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err == nil || remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("Open(%q) = %v, want an invalid error", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
	for _, url := range []string{"sqlite:" + filepath.Join(t.TempDir(), "none", "x.db"), "postgres://u:hunter2@127.0.0.1:1/x"} {
		_, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err == nil || remit.KindOf(err) != remit.KindUnavailable {
			t.Errorf("Open(%q) = %v, want an unavailable error", url, err)
		}
	}
}

func TestWriteRollsBack(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		counter(t, db)
		ctx := t.Context()
		increment := stmt("UPDATE counter SET n = n + 1")
		ours := errors.New("ours")
		err := db.Write(ctx, func(tx sqldb.Tx) error {
			if n, err := tx.Exec(ctx, increment); n != 1 || err != nil {
				t.Errorf("Exec = %d, %v", n, err)
			}
			return ours
		})
		if err != ours { //nolint:errorlint // unchanged is what is promised
			t.Errorf("Write = %v, want the function's own error", err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = db.Write(ctx, func(tx sqldb.Tx) error {
				_, _ = tx.Exec(ctx, increment)
				panic("in the middle")
			})
		}()
		err = db.Write(ctx, func(tx sqldb.Tx) error {
			_, _ = tx.Exec(ctx, increment)
			_, failed := tx.Exec(ctx, stmt("INSERT INTO counter VALUES (1, 5)"))
			if !sqldb.IsDuplicate(failed) {
				t.Errorf("a duplicate key: %v", failed)
			}
			_, again := tx.Exec(ctx, increment)
			if again == nil {
				t.Error("a failed transaction took another statement")
			}
			return nil // a failure that is swallowed still rolls back
		})
		if !sqldb.IsDuplicate(err) {
			t.Errorf("Write = %v, want the failure of its statement", err)
		}
		canceled, cancel := context.WithCancel(ctx)
		err = db.Write(canceled, func(tx sqldb.Tx) error {
			_, err := tx.Exec(canceled, increment)
			cancel()
			return err
		})
		if remit.KindOf(err) != remit.KindCanceled {
			t.Errorf("a caller that went away before the commit: %v", err)
		}
		if n := count(t, db); n != 0 {
			t.Errorf("%d increments were kept", n)
		}
		var leaked sqldb.Tx
		if err := db.Write(ctx, func(tx sqldb.Tx) error { leaked = tx; return nil }); err != nil {
			t.Error(err)
		}
		if _, err := leaked.Exec(ctx, increment); err == nil {
			t.Error("a transaction was used after its end")
		}
	})
}

func TestCallbackErrorsComeBackAsTheyAre(t *testing.T) {
	onBoth(t, sqldb.Options{ReadConns: 1}, func(t *testing.T, db *sqldb.DB) {
		ctx, ours := t.Context(), errors.New("ours")
		fail := func(sqldb.Row) error { return ours }
		pass := func(sqldb.Row) error { return nil }
		two := stmt("SELECT 1 UNION ALL SELECT 2")
		if err := db.Query(ctx, two, fail); err != ours { //nolint:errorlint // unchanged is what is promised
			t.Error(err)
		}
		if err := db.QueryThen(ctx, two, fail, two, func(sqldb.Row) error {
			t.Error("the second statement was handed out")
			return nil
		}); err != ours { //nolint:errorlint // unchanged is what is promised
			t.Error(err)
		}
		if err := db.QueryThen(ctx, two, pass, two, fail); err != ours { //nolint:errorlint // unchanged is what is promised
			t.Error(err)
		}
		// With one connection, a callback that asks again would wait for itself.
		impatient, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		err := db.Query(ctx, two, func(sqldb.Row) error { return db.Query(impatient, two, pass) })
		if remit.KindOf(err) != remit.KindCanceled {
			t.Error(err)
		}
		if err := db.Query(ctx, two, pass); err != nil {
			t.Errorf("the connection is unusable afterwards: %v", err)
		}
		err = db.Write(ctx, func(tx sqldb.Tx) error {
			inner := error(nil)
			err := tx.Query(ctx, two, func(sqldb.Row) error {
				inner = tx.Query(ctx, two, pass)
				return nil
			})
			if inner == nil {
				t.Error("a statement ran inside the rows of another")
			}
			return err
		})
		if err == nil {
			t.Error("a misuse went unpunished")
		}
	})
}

func TestThenSeesWhatCommittedMeanwhile(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		db := open(t, sqliteURL(t), sqldb.Options{})
		counter(t, db)
		var first, then int64
		err := db.QueryThen(t.Context(), stmt("SELECT n FROM counter"), func(r sqldb.Row) error {
			first = r.Int(0)
			exec(t, db, stmt("UPDATE counter SET n = 1")) // another connection, while the first is read
			return nil
		}, stmt("SELECT n FROM counter"), func(r sqldb.Row) error {
			then = r.Int(0)
			return nil
		})
		if err != nil || first != 0 || then != 1 {
			t.Errorf("read %d, then %d, %v; want 0, then 1", first, then, err)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		db, other := open(t, url, sqldb.Options{}), open(t, url, sqldb.Options{})
		counter(t, db)
		ctx := t.Context()
		var first, then int64
		done := make(chan error, 1)
		// The other transaction holds a lock that the first statement waits for after
		// it has taken its snapshot, and lets go of it by committing the change.
		err := other.Write(ctx, func(tx sqldb.Tx) error {
			if err := tx.Query(ctx, stmt("SELECT pg_advisory_xact_lock(42)::text"), nil); err != nil {
				return err
			}
			go func() {
				done <- db.QueryThen(ctx, stmt("SELECT n, pg_advisory_xact_lock(42)::text FROM counter"), func(r sqldb.Row) error {
					first = r.Int(0)
					return nil
				}, stmt("SELECT n FROM counter"), func(r sqldb.Row) error {
					then = r.Int(0)
					return nil
				})
			}()
			awaitLock(t, db)
			_, err := tx.Exec(ctx, stmt("UPDATE counter SET n = 1"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil || first != 0 || then != 1 {
			t.Errorf("read %d, then %d, %v; want 0, then 1", first, then, err)
		}
	})
}

// awaitLock waits until somebody waits for an advisory lock.
func awaitLock(tb testing.TB, db *sqldb.DB) {
	tb.Helper()
	for range 1000 {
		if number(tb, db, stmt("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")) > 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	tb.Fatal("nobody waits for the lock")
}

func TestWriteRetriesCollisions(t *testing.T) {
	db := open(t, pgtest.URL(t), sqldb.Options{})
	exec(t, db, stmt("CREATE TABLE t (id bigint PRIMARY KEY, n bigint NOT NULL)"), stmt("INSERT INTO t VALUES (1, 0), (2, 0)"))
	ctx := t.Context()
	// Two transactions that lock the same rows in opposite order deadlock; the one
	// that PostgreSQL ends is run again.
	var attempts, both sync.WaitGroup
	attempts.Add(2)
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		both.Go(func() {
			first := sync.OnceFunc(attempts.Done)
			err := db.Write(ctx, func(tx sqldb.Tx) error {
				if _, err := tx.Exec(ctx, stmt("UPDATE t SET n = n + 1 WHERE id = ?", order[0])); err != nil {
					return err
				}
				first()
				attempts.Wait()
				_, err := tx.Exec(ctx, stmt("UPDATE t SET n = n + 1 WHERE id = ?", order[1]))
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := number(t, db, stmt("SELECT sum(n) FROM t")); n != 4 {
		t.Errorf("the sum is %d, want 4", n)
	}
	runs := 0
	err := db.Write(ctx, func(tx sqldb.Tx) error {
		runs++
		return tx.Query(ctx, stmt("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"), nil)
	})
	if remit.KindOf(err) != remit.KindUnavailable || runs != 5 {
		t.Errorf("a lasting collision: %v after %d runs", err, runs)
	}
}

func TestWritesAddUp(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		counter(t, db)
		ctx := t.Context()
		const writers, each = 8, 10
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for range each {
					err := db.Write(ctx, func(tx sqldb.Tx) error {
						_, err := tx.Exec(ctx, stmt("UPDATE counter SET n = n + 1"))
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := count(t, db); n != writers*each {
			t.Errorf("%d of %d increments are there", n, writers*each)
		}
	})
}

func TestCancelAndTimeout(t *testing.T) {
	onBoth(t, sqldb.Options{StatementTimeout: 300 * time.Millisecond, ReadConns: 1}, func(t *testing.T, db *sqldb.DB) {
		endless := stmt("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x % 10 + 1 FROM c) SELECT count(*) FROM c")
		// PostgreSQL loses its connection if it is closed; its pid tells.
		pid := schema(db, "SELECT 1", "SELECT pg_backend_pid()")
		before := number(t, db, pid)
		start := time.Now()
		err := db.Query(t.Context(), endless, nil)
		if remit.KindOf(err) != remit.KindCanceled || time.Since(start) > 3*time.Second {
			t.Errorf("an endless statement: %v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		start = time.Now()
		err = db.Query(ctx, endless, nil)
		if remit.KindOf(err) != remit.KindCanceled || time.Since(start) > 250*time.Millisecond {
			t.Errorf("a caller that hangs up: %v after %v", err, time.Since(start))
		}
		if err := db.Query(ctx, stmt("SELECT 1"), nil); remit.KindOf(err) != remit.KindCanceled {
			t.Errorf("a caller that has hung up: %v", err)
		}
		if after := number(t, db, pid); after != before {
			t.Error("the connection was lost")
		}
		for range 50 { // hang-ups at any moment leave the connection usable
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Microsecond)
			err := db.Query(ctx, stmt("SELECT 1"), nil)
			if err != nil && remit.KindOf(err) != remit.KindCanceled {
				t.Error(err)
			}
			cancel()
		}
		if after := number(t, db, pid); after != before {
			t.Error("the connection was lost to a hang-up")
		}
	})
}

func TestReadersCannotWrite(t *testing.T) {
	db := open(t, sqliteURL(t), sqldb.Options{})
	counter(t, db)
	if err := db.Query(t.Context(), stmt("UPDATE counter SET n = 1"), nil); err == nil {
		t.Error("Query wrote")
	}
	if n := count(t, db); n != 0 {
		t.Error("Query wrote")
	}
}

func TestErrorsQuoteNoValues(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		exec(t, db, stmt("CREATE TABLE secret (word TEXT PRIMARY KEY CONSTRAINT no_hunters CHECK (word <> 'hunter2'), n INTEGER)"),
			stmt("INSERT INTO secret VALUES ('swordfish', 1)"))
		ctx := t.Context()
		for _, s := range []sqldb.Stmt{
			stmt("INSERT INTO secret VALUES (?, 1)", "swordfish"),
			stmt("INSERT INTO secret VALUES (?, 1)", "hunter2"),
			schema(db, "SELECT json_extract('swordfish', '$.x') FROM secret", "SELECT CAST(word AS integer) FROM secret"),
			schema(db, "SELECT json(word) FROM secret", "SELECT CAST(word AS jsonb) FROM secret"),
		} {
			err := db.Write(ctx, func(tx sqldb.Tx) error {
				return tx.Query(ctx, s, func(sqldb.Row) error { return nil })
			})
			if err == nil {
				t.Errorf("%s succeeded", s.SQL)
				continue
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), "swordfish") || strings.Contains(e.Error(), "hunter2") {
					t.Errorf("%s: the error quotes a value: %v", s.SQL, e)
				}
			}
			if text := remit.PublicText(err); text != "internal error" {
				t.Errorf("%s: outsiders see %q", s.SQL, text)
			}
		}
	})
}

func TestMisuseIsAnError(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		for name, s := range map[string]sqldb.Stmt{
			"too few":  stmt("SELECT ?, ?", "a"),
			"too many": stmt("SELECT ?", "a", "b"),
			"type":     stmt("SELECT ?", struct{}{}),
			"several":  stmt("SELECT 1; SELECT 2"),
			"syntax":   stmt("SELEKT"),
		} {
			err := db.Query(t.Context(), s, nil)
			if err == nil || remit.KindOf(err) != remit.KindInternal {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := db.Query(t.Context(), stmt("SELECT 1"), nil); err != nil {
			t.Errorf("unusable afterwards: %v", err)
		}
	})
}

func TestNowMovesOn(t *testing.T) {
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		s := stmt("SELECT " + sqldb.Now(db.Dialect()))
		var times []int64
		note := func(r sqldb.Row) error {
			times = append(times, r.Int(0))
			return nil
		}
		if err := db.QueryThen(t.Context(), s, note, s, note); err != nil {
			t.Fatal(err)
		}
		now := time.Now().UnixMicro()
		if times[1] < times[0] || now < times[1] || now-times[0] > time.Minute.Microseconds() {
			t.Errorf("the database's times are %v at %d", times, now)
		}
	})
}

func TestListsAreBound(t *testing.T) {
	words := []string{"", "a", "b,c", `d"e`, `f\g`, "{h}", "null", "NULL", "ü日🙂", "<&>", " i "}
	onBoth(t, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		s := stmt("SELECT value FROM json_each(?) ORDER BY 1", words)
		numbers := stmt("SELECT value FROM json_each(?) ORDER BY 1", []int64{-1 << 63, 0, 1<<63 - 1})
		if db.Dialect() == sqlgen.Postgres {
			s.SQL = `SELECT unnest(?::text[]) COLLATE "C" ORDER BY 1`
			numbers.SQL = "SELECT unnest(?::bigint[]) ORDER BY 1"
		}
		sorted := func(s sqldb.Stmt) (got []string) {
			err := db.Query(t.Context(), s, func(r sqldb.Row) error {
				got = append(got, r.Text(0))
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			return got
		}
		want := []string{"", " i ", "<&>", "NULL", "a", "b,c", `d"e`, `f\g`, "null", "{h}", "ü日🙂"}
		if diff := cmp.Diff(want, sorted(s)); diff != "" {
			t.Error(diff)
		}
		s.Args = []any{[]remit.ID{"b", "a"}}
		if diff := cmp.Diff([]string{"a", "b"}, sorted(s)); diff != "" {
			t.Error(diff)
		}
		var got []int64
		err := db.Query(t.Context(), numbers, func(r sqldb.Row) error {
			got = append(got, r.Int(0))
			return nil
		})
		if diff := cmp.Diff([]int64{-1 << 63, 0, 1<<63 - 1}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	})
}
