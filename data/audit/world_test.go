package audit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// world is a fresh place for a log: its database, and the one whose writes it
// records. On PostgreSQL they are one.
type world struct {
	mainURL, logURL string
	db              *sqldb.DB // the log's, for looking at it from outside
}

// eachDatabase runs a test on SQLite and on PostgreSQL.
func eachDatabase(t *testing.T, test func(t *testing.T, w world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, sqliteWorld(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, postgresWorld(t)) })
}

func sqliteWorld(t testing.TB) world {
	t.Helper()
	file := "sqlite:" + filepath.Join(t.TempDir(), "remit.db")
	w := world{mainURL: file, logURL: file + ".audit"}
	return w.migrate(t)
}

func postgresWorld(t testing.TB) world {
	t.Helper()
	url := pgtest.URL(t)
	w := world{mainURL: url, logURL: url}
	return w.migrate(t)
}

func (w world) migrate(t testing.TB) world {
	t.Helper()
	w.db = connect(t, w.logURL)
	if err := w.db.Migrate(context.Background(), migrations.Audit); err != nil {
		t.Fatal(err)
	}
	main := connect(t, w.mainURL)
	// The outbox is all that the log needs of the main database.
	outbox, err := os.ReadFile(filepath.Join("..", "internal", "migrations", main.Dialect().String(), "00005_audit_outbox.sql"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, main, string(outbox))
	run(t, main, `CREATE TABLE things (name text)`)
	return w
}

func connect(t testing.TB, url string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), url, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// run executes one statement.
func run(t testing.TB, db *sqldb.DB, text string, args ...any) {
	t.Helper()
	err := db.Write(context.Background(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(context.Background(), sqldb.Stmt{SQL: text, Args: args})
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// number reads one integer.
func number(t testing.TB, db *sqldb.DB, text string, args ...any) (n int64) {
	t.Helper()
	err := db.Query(context.Background(), sqldb.Stmt{SQL: text, Args: args}, func(r sqldb.Row) error {
		n = r.Int(0)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// open opens a log with connections of its own, as another server would.
func (w world) open(t testing.TB) *Log {
	t.Helper()
	l, err := w.tryOpen(t, 1)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (w world) tryOpen(t testing.TB, ring byte) (*Log, error) {
	t.Helper()
	l, err := Open(context.Background(), connect(t, w.logURL), connect(t, w.mainURL), testRing(t, ring), Options{})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l, nil
}

func newEntry(n int) *Entry {
	return &Entry{
		Actor:     remit.Actor{Person: remit.ID(fmt.Sprintf("person%d", n%3)), Employee: "viz", Channel: remit.ChannelMCP},
		Operation: OpQuery, Source: "main", Collection: "accounts", Fields: []string{"name", "industry"},
		Sensitivity: remit.Internal, Rows: 1, Records: []remit.ID{remit.ID(fmt.Sprint(n))},
		Decision: Allowed, Epoch: 1, Duration: time.Millisecond, Details: map[string]any{"filter": fmt.Sprint("number ", n)},
	}
}

// fill appends n entries in batches of one to a few.
func fill(t testing.TB, l *Log, n int) (ids []remit.ID) {
	t.Helper()
	for len(ids) < n {
		var entries []*Entry
		for range min(1+len(ids)%3, n-len(ids)) {
			entries = append(entries, newEntry(len(ids)+len(entries)))
		}
		if err := l.Append(context.Background(), entries...); err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// verify verifies with the master key.
func (w world) verify(t testing.TB, checkpoint []byte) *Report {
	t.Helper()
	report, err := Verify(context.Background(), w.db, VerifyOptions{Ring: testRing(t, 1), Checkpoint: checkpoint})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// mustVerify fails the test unless the log is whole and has so many entries.
func (w world) mustVerify(t testing.TB, entries int64) *Report {
	t.Helper()
	report := w.verify(t, nil)
	if report.Problem != nil {
		t.Fatal(report.Problem)
	}
	if report.Entries != entries {
		t.Fatalf("the log has %d entries, want %d", report.Entries, entries)
	}
	return report
}

func isPostgres(db *sqldb.DB) bool { return db.Dialect() == sqlgen.Postgres }
