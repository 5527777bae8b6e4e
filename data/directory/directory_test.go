package directory

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// TestMain runs a tenth of the checks unless REMIT_SOAK asks for all.
func TestMain(m *testing.M) {
	flag.Parse()
	if !wasSet("rapid.checks") {
		checks := "300"
		if os.Getenv("REMIT_SOAK") == "" {
			checks = "30"
		}
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func wasSet(name string) (set bool) {
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// admin is who makes the changes in tests.
var admin = remit.Actor{Person: OperatorID, Channel: remit.ChannelCLI, Operator: "test"}

// clock is a clock that tests turn.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// bench is a database with two servers at it.
type bench struct {
	url  string
	time *clock
	a, b *Directory
}

// eachDatabase runs the test on an empty database of each kind.
func eachDatabase(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Parallel() // most of the time is the disk's
	t.Run("sqlite", func(t *testing.T) { test(t, newBench(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db"))) })
	t.Run("postgres", func(t *testing.T) { test(t, newBench(t, pgtest.URL(t))) })
}

func newBench(t *testing.T, url string) *bench {
	b := &bench{url: url, time: &clock{}}
	b.a, b.b = b.server(t), b.server(t)
	b.exec(t, "INSERT INTO policy_roles (name, position, body) VALUES ('rep', 0, '{}'), ('boss', 1, '{}')")
	b.exec(t, "INSERT INTO policy_employees (name, position, body) VALUES ('viz', 0, '{}')")
	b.exec(t, "INSERT INTO attribute_definitions (name, type, list) VALUES (?, ?, ?), (?, ?, ?)", "region", "text", true, "level", "integer", false)
	return b
}

func (b *bench) server(t *testing.T) *Directory {
	t.Helper()
	ctx := context.Background()
	db, err := sqldb.Open(ctx, b.url, sqldb.Options{Now: b.time.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(ctx, migrations.Main); err != nil {
		t.Fatal(err)
	}
	ring, err := keys.New(bytes.Repeat([]byte{9}, keys.MasterSize))
	if err != nil {
		t.Fatal(err)
	}
	d := New(db, remit.NewIDSource(nil), b.time.now, ring)
	d.cost = hashParams{memory: 8, passes: 1, threads: 1} // tests sign in often
	return d
}

func (b *bench) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	err := b.a.db.Write(context.Background(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(context.Background(), sqldb.Stmt{SQL: statement, Args: args})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pass lets so much of the database's time pass. PostgreSQL's clock cannot be
// turned, so there everything that ends is moved towards now.
func (b *bench) pass(t *testing.T, d time.Duration) {
	t.Helper()
	b.time.advance(d)
	if b.a.db.Dialect() != sqlgen.Postgres {
		return
	}
	for _, statement := range []string{
		"UPDATE sessions SET seen_at = seen_at - ?::interval, idle_expires_at = idle_expires_at - ?::interval, expires_at = expires_at - ?::interval",
		"UPDATE api_tokens SET used_at = used_at - ?::interval, expires_at = expires_at - ?::interval, created_at = created_at - ?::interval",
		"UPDATE sign_in_attempts SET expires_at = expires_at - GREATEST(?::interval, ?::interval, ?::interval)",
		"UPDATE person_roles SET not_after = not_after - GREATEST(?::interval, ?::interval, ?::interval)",
	} {
		span := d.String()
		b.exec(t, statement, span, span, span)
	}
}

func (b *bench) person(t *testing.T, name string) remit.ID {
	t.Helper()
	id, err := b.a.CreatePerson(context.Background(), admin, NewPerson{Name: name, Email: name + "@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind remit.Kind) {
	t.Helper()
	if err == nil || remit.KindOf(err) != kind {
		t.Errorf("error = %v, want one of kind %s", err, kind)
	}
}

func ptr[T any](v T) *T { return &v }
