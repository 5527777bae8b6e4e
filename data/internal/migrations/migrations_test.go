package migrations_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// childURL names the variable that makes this binary a server that starts on the
// database at that URL.
const childURL = "REMIT_TEST_MIGRATE"

func TestMain(m *testing.M) {
	flag.Parse()
	if url := os.Getenv(childURL); url != "" {
		if err := migrateAll(context.Background(), url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

var sets = []migrations.Set{migrations.Main, migrations.Audit}

func migrateAll(ctx context.Context, url string) error {
	db, err := sqldb.Open(ctx, url, sqldb.Options{})
	if err != nil {
		return err
	}
	for _, set := range sets {
		if err := db.Migrate(ctx, set); err != nil {
			return err
		}
	}
	return db.Close()
}

// onBoth runs a test with the means to make fresh databases of each kind.
func onBoth(t *testing.T, test func(t *testing.T, fresh func(testing.TB) string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, sqliteURL) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.URL) })
}

func sqliteURL(tb testing.TB) string {
	return "sqlite:" + filepath.Join(tb.TempDir(), "a b?c%.db") // a name that needs care in a URI
}

func open(tb testing.TB, url string) *sqldb.DB {
	tb.Helper()
	db, err := sqldb.Open(tb.Context(), url, sqldb.Options{})
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

// rows returns a result as lines of text.
func rows(tb testing.TB, db *sqldb.DB, query string, columns int) (lines []string) {
	tb.Helper()
	err := db.Query(tb.Context(), sqldb.Stmt{SQL: query}, func(r sqldb.Row) error {
		cells := make([]string, columns)
		for i := range cells {
			cells[i] = r.Text(i)
		}
		lines = append(lines, strings.Join(cells, " | "))
		return nil
	})
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return lines
}

// dump describes the whole schema, and what the migrations put into the tables.
func dump(tb testing.TB, db *sqldb.DB) []string {
	tb.Helper()
	var lines []string
	if db.Dialect() == sqlgen.Postgres {
		lines = slices.Concat(
			rows(tb, db, `SELECT table_name::text, column_name::text, data_type::text, coalesce(collation_name::text, ''), is_nullable::text, coalesce(column_default::text, '')
				FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`, 6),
			rows(tb, db, `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname`, 1),
			rows(tb, db, `SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
				WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`, 3),
			rows(tb, db, `SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname`, 1),
		)
	} else {
		lines = rows(tb, db, `SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name`, 4)
	}
	for _, table := range tables(tb, db) {
		if strings.HasSuffix(table, "schema_version") {
			lines = append(lines, rows(tb, db, "SELECT CAST(version_id AS TEXT) FROM "+table+" ORDER BY id", 1)...)
			continue
		}
		count := rows(tb, db, "SELECT CAST(count(*) AS TEXT) FROM "+table, 1)
		lines = append(lines, table+": "+count[0])
	}
	return append(lines, rows(tb, db, `SELECT collection, name, type, title, sensitivity, options, target, format FROM fields ORDER BY collection, position`, 8)...)
}

func tables(tb testing.TB, db *sqldb.DB) []string {
	tb.Helper()
	if db.Dialect() == sqlgen.Postgres {
		return rows(tb, db, `SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`, 1)
	}
	return rows(tb, db, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY 1`, 1)
}

func freshDump(tb testing.TB, url string) []string {
	tb.Helper()
	if err := migrateAll(tb.Context(), url); err != nil {
		tb.Fatal(err)
	}
	return dump(tb, open(tb, url))
}

func TestFreshEqualsUpgraded(t *testing.T) {
	onBoth(t, func(t *testing.T, fresh func(testing.TB) string) {
		want := freshDump(t, fresh(t))
		url := fresh(t)
		db := open(t, url)
		for _, set := range sets {
			versions, err := set.Versions(db.Dialect())
			if err != nil {
				t.Fatal(err)
			}
			for _, version := range versions { // one release after the other
				if err := set.Run(t.Context(), db.Dialect(), strings.TrimPrefix(url, "sqlite:"), version); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Migrate(t.Context(), set); err != nil {
				t.Error(err)
			}
		}
		if diff := cmp.Diff(want, dump(t, db)); diff != "" {
			t.Errorf("fresh (-) and upgraded (+) differ:\n%s", diff)
		}
	})
}

func TestServersThatStartAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, fresh func(testing.TB) string) {
		want := freshDump(t, fresh(t))
		url := fresh(t)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if output, err := child(t, url).CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, output)
				}
			})
		}
		all.Wait()
		if diff := cmp.Diff(want, dump(t, open(t, url))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestKilledOnTheWay(t *testing.T) {
	random := seeded(t)
	kills := 10
	if os.Getenv("REMIT_SOAK") == "1" {
		kills = 100
	}
	onBoth(t, func(t *testing.T, fresh func(testing.TB) string) {
		want := freshDump(t, fresh(t))
		start := time.Now()
		if output, err := child(t, fresh(t)).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, output)
		}
		whole := int64(time.Since(start))
		url, interrupted := fresh(t), 0
		for range kills {
			cmd := child(t, url)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(random.Int64N(whole)))
			_ = cmd.Process.Kill() // it may have ended
			if err := cmd.Wait(); err != nil {
				interrupted++
				continue
			}
			url = fresh(t) // it was done; begin again
		}
		t.Logf("%d of %d were killed before their end", interrupted, kills)
		if diff := cmp.Diff(want, freshDump(t, url)); diff != "" {
			t.Error(diff)
		}
	})
}

// child is a server process that starts on the database.
func child(t *testing.T, url string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childURL+"="+url)
	return cmd
}

// A file that fails takes the files before it back.
func TestFailureLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, fresh func(testing.TB) string) {
		want := freshDump(t, fresh(t))
		url := fresh(t)
		db := open(t, url)
		run(t, db, "CREATE TABLE opportunities (id INTEGER)") // in the way of the fourth file
		if err := db.Migrate(t.Context(), migrations.Main); err == nil {
			t.Fatal("the migration succeeded")
		}
		if got := tables(t, db); !slices.Equal(got, []string{"opportunities", "schema_version"}) {
			t.Errorf("there are tables left: %v", got)
		}
		run(t, db, "DROP TABLE opportunities")
		if diff := cmp.Diff(want, freshDump(t, url)); diff != "" {
			t.Error(diff)
		}
	})
}

func run(t *testing.T, db *sqldb.DB, statement string) {
	t.Helper()
	err := db.Write(t.Context(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), sqldb.Stmt{SQL: statement})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, fresh func(testing.TB) string) {
		url := fresh(t)
		want := freshDump(t, url)
		db := open(t, url)
		err := db.Write(t.Context(), func(tx sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), sqldb.Stmt{SQL: "INSERT INTO schema_version (version_id, is_applied) VALUES (999, ?)", Args: []any{true}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(t.Context(), migrations.Main); remit.KindOf(err) != remit.KindInvalid {
			t.Errorf("Migrate = %v, want an invalid error", err)
		}
		if got := dump(t, db); len(got) != len(want)+1 {
			t.Error("the refused database was changed")
		}
	})
}

func TestAlreadyCurrentIsCheap(t *testing.T) {
	onBoth(t, func(t *testing.T, fresh func(testing.TB) string) {
		url := fresh(t)
		if err := migrateAll(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := migrateAll(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("opening and checking a current database took %v", took)
		}
	})
}

// Text must compare by its bytes on both databases, and SQLite must keep to the
// types.
func TestTablesKeepTheRules(t *testing.T) {
	pg, lite := open(t, pgtest.URL(t)), open(t, sqliteURL(t))
	for _, set := range sets {
		for _, db := range []*sqldb.DB{pg, lite} {
			if err := db.Migrate(t.Context(), set); err != nil {
				t.Fatal(err)
			}
		}
	}
	odd := rows(t, pg, `SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name NOT LIKE '%schema_version'
		AND (data_type NOT IN ('text', 'bigint', 'boolean', 'date', 'timestamp with time zone', 'bytea')
			OR (data_type = 'text' AND collation_name IS DISTINCT FROM 'C'))`, 3)
	if len(odd) > 0 {
		t.Errorf("columns of another type, or text that is not COLLATE \"C\": %v", odd)
	}
	loose := rows(t, lite, `SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict
		AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%schema_version'`, 1)
	if len(loose) > 0 {
		t.Errorf("tables that are not STRICT: %v", loose)
	}
	cascades := rows(t, pg, `SELECT conrelid::regclass::text, conname::text FROM pg_constraint
		WHERE contype = 'f' AND (confdeltype <> 'a' OR confupdtype <> 'a')
		AND conrelid::regclass::text IN (SELECT table_name FROM collections)`, 2)
	if len(cascades) > 0 {
		t.Errorf("foreign keys of collections that act by themselves: %v", cascades)
	}
	unique := rows(t, pg, `SELECT indexdef FROM pg_indexes WHERE indexdef LIKE 'CREATE UNIQUE%' AND indexname <> tablename || '_pkey'
		AND tablename IN (SELECT table_name FROM collections WHERE NOT derived)`, 1)
	if len(unique) > 0 {
		t.Errorf("a collision would tell of hidden rows: %v", unique)
	}
	liteColumns := `SELECT m.name, p.name, CASE WHEN p."notnull" OR p.pk THEN 'NO' ELSE 'YES' END FROM sqlite_master m JOIN pragma_table_info(m.name) p
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, p.cid`
	pgColumns := `SELECT table_name::text, column_name::text, is_nullable::text FROM information_schema.columns
		WHERE table_schema = 'public' ORDER BY table_name COLLATE "C", ordinal_position`
	if diff := cmp.Diff(withoutVersions(rows(t, pg, pgColumns, 3)), withoutVersions(rows(t, lite, liteColumns, 3))); diff != "" {
		t.Errorf("PostgreSQL (-) and SQLite (+) have other columns:\n%s", diff)
	}
}

// withoutVersions drops goose's own tables, which it makes differently.
func withoutVersions(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, "schema_version") })
}

// seeded returns a source of randomness whose seed is printed, and taken from
// REMIT_SEED.
func seeded(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano()) // #nosec G115 -- any number will do
	if text := os.Getenv("REMIT_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("REMIT_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0)) // #nosec G404 -- a test
}
