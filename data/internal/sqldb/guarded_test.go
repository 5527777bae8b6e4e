package sqldb

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// hidden is in every cell that the views do not show.
const hidden = "HIDDEN"

// walled is a database with a view that shows some rows and columns of a table.
func walled(t testing.TB, url string) (*DB, Guarded) {
	t.Helper()
	ctx := context.Background()
	db, err := Open(ctx, url, Options{GuardKey: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	statements := []string{
		"CREATE TABLE deals (id TEXT PRIMARY KEY, owner TEXT, name TEXT, amount BIGINT, secret TEXT, code TEXT)",
		"CREATE TABLE people (id TEXT PRIMARY KEY, password TEXT)",
		"INSERT INTO deals VALUES ('a', 'me', 'Alpha', 5, 'HIDDEN1', '1'), ('b', 'you', 'HIDDEN2', 7, 'HIDDEN3', 'HIDDEN7'), ('c', 'me', 'Gamma', 9, 'HIDDEN4', '2')",
		"INSERT INTO people VALUES ('HIDDEN5', 'HIDDEN6')",
		"CREATE INDEX deals_name ON deals (name)",
	}
	member := "SELECT value FROM json_each(?)"
	if db.Dialect() == sqlgen.Postgres {
		member = "SELECT unnest(?::text[])"
		statements = append(statements, "CREATE FUNCTION remit_fold(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper($1)'")
	}
	err = db.Write(ctx, func(tx Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(ctx, Stmt{SQL: s}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, Guarded{Views: []View{{
		Name: "lens_deals", Columns: []string{"id", "name", "amount", "code"},
		Stmt: Stmt{SQL: "SELECT t.id, t.name, t.amount, t.code FROM deals t WHERE t.owner IN (" + member + ") AND t.amount > ?", Args: []any{[]string{"me", `it's "so"`}, int64(0)}},
	}}}
}

// onWalls runs a test on both databases.
func onWalls(t *testing.T, test func(t *testing.T, db *DB, g Guarded)) {
	for name, url := range map[string]string{"sqlite": "sqlite:" + t.TempDir() + "/it's 100% new?.db", "postgres": pgtest.URL(t)} {
		t.Run(name, func(t *testing.T) {
			db, g := walled(t, url)
			test(t, db, g)
		})
	}
}

// answer runs a statement and returns its cells as text.
func answer(db *DB, g Guarded, columns int) ([]string, error) {
	cells := []string{}
	err := db.Guarded(context.Background(), g, func(r Row) error {
		for i := range columns {
			cells = append(cells, r.Text(i))
		}
		return nil
	})
	return cells, err
}

func TestGuardedReadsViews(t *testing.T) {
	onWalls(t, func(t *testing.T, db *DB, g Guarded) {
		for statement, want := range map[string][]string{
			"SELECT name FROM lens_deals ORDER BY 1":                                           {"Alpha", "Gamma"},
			"SELECT count(*)::text FROM lens_deals":                                            {"2"},
			"SELECT name FROM lens_deals WHERE name > 'B'":                                     {"Gamma"},
			"WITH w AS (SELECT name FROM lens_deals) SELECT max(name) FROM w":                  {"Gamma"},
			"SELECT name FROM lens_deals WHERE amount IN (SELECT max(amount) FROM lens_deals)": {"Gamma"},
		} {
			if db.Dialect() == sqlgen.SQLite {
				statement = strings.ReplaceAll(statement, "::text", "")
			}
			g.SQL = statement
			if got, err := answer(db, g, 1); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v, %v, want %v", statement, got, err, want)
			}
		}
	})
}

// The functions give what they are for, on both databases.
func TestGuardedFunctions(t *testing.T) {
	onWalls(t, func(t *testing.T, db *DB, g Guarded) {
		ours := map[sqlgen.Dialect]string{sqlgen.SQLite: "remit_", sqlgen.Postgres: "remit_sql."}[db.Dialect()]
		const most, least = "9223372036854775807", "(-9223372036854775807 - 1)"
		for call, want := range map[string]string{
			"add(2, 3)": "5", "add(" + most + ", 1)": "", "sub(" + least + ", 1)": "", "sub(0, " + least + ")": "", "mul(4294967296, 4294967296)": "", "mul(-3, 5)": "-15",
			"abs(-5)": "5", "abs(" + least + ")": "", "abs(NULL)": "", "mod(7, 4)": "3", "mod(-7, 4)": "-3", "mod(1, 0)": "", "mod(" + least + ", -1)": "0", "add(NULL, 1)": "", "div(NULL, 1, 0)": "",
			"div(7, 2, 0)": "4", "div(5, 2, 0)": "2", "div(-5, 2, 0)": "-2", "div(-7, 2, 0)": "-4", "div(1, 3, 6)": "333333", "div(2, 3, 6)": "666667", "div(1, 0, 6)": "",
			"div(12345, 1, -2)": "123", "div(12350, 1, -2)": "124", "div(12450, 1, -2)": "124", "div(" + least + ", -1, 0)": "", "div(" + most + ", 1, 1)": "", "div(1, 7, 30)": "",
		} {
			g.SQL = "SELECT " + ours + call + " FROM lens_deals LIMIT 1"
			got := "none"
			err := db.Guarded(context.Background(), g, func(r Row) error {
				if got = ""; !r.Null(0) {
					got = strconv.FormatInt(r.Int(0), 10)
				}
				return nil
			})
			if err != nil || got != want {
				t.Errorf("%s = %q, %v, want %q", call, got, err, want)
			}
		}
		g.SQL = "SELECT " + ours + "fold(name) FROM lens_deals ORDER BY 1"
		if got, err := answer(db, g, 1); err != nil || strings.Join(got, " ") != "ALPHA GAMMA" {
			t.Errorf("fold: %v, %v", got, err)
		}
	})
}

// escapes are tried against the wall alone, as if nothing had read them before.
var escapes = []string{
	"SELECT secret FROM deals", "SELECT secret FROM lens_deals", "SELECT secret, 1 FROM main.deals", "SELECT count(*) FROM deals", "SELECT 1 FROM deals", "SELECT password FROM people",
	"SELECT name FROM deals t", "SELECT lens_deals.name FROM lens_deals, deals", "SELECT (SELECT max(secret) FROM deals) FROM lens_deals",
	"WITH deals AS (SELECT * FROM main.deals) SELECT * FROM deals", "WITH lens_deals AS (SELECT * FROM deals) SELECT * FROM lens_deals", "WITH x AS (SELECT secret FROM deals) SELECT * FROM x",
	"WITH n AS (SELECT secret FROM deals) SELECT secret FROM n", "WITH t AS (SELECT secret AS name FROM deals) SELECT name FROM t", "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x LIMIT 9) SELECT n FROM x",
	"SELECT name FROM (SELECT secret AS name FROM deals) AS lens_deals", "SELECT sql FROM sqlite_master", "SELECT sql FROM sqlite_schema", "SELECT sql FROM sqlite_temp_master", "SELECT sql FROM sqlite_temp_schema",
	"SELECT sql FROM temp.sqlite_master", "SELECT name FROM pragma_database_list", "SELECT file FROM pragma_database_list()", "SELECT name FROM pragma_table_list", "SELECT * FROM dbstat", "SELECT * FROM sqlite_dbpage",
	"SELECT * FROM bytecode('SELECT 1')", "SELECT * FROM sqlite_stmt", "SELECT value FROM json_each('[1]')", "SELECT value FROM json_tree('[1]')", "SELECT remit_arg(0)", "SELECT remit_arg(0) FROM lens_deals",
	"SELECT abs(-9223372036854775808) FROM lens_deals", "SELECT json(name) FROM lens_deals", "SELECT load_extension('x')", "SELECT sqlite_compileoption_get(1)", "SELECT sqlite_version()", "SELECT randomblob(9)",
	"SELECT zeroblob(1000000000)", "SELECT printf('%1000000000d', 1)", "SELECT hex(name) FROM lens_deals", "SELECT group_concat(name) FROM lens_deals", "SELECT likelihood(1, 0.5)", "SELECT name FROM lens_deals WHERE name LIKE 'A%'",
	"SELECT name FROM lens_deals WHERE name GLOB 'A*'", "SELECT name FROM lens_deals WHERE name REGEXP 'A'", "SELECT name FROM lens_deals WHERE name MATCH 'A'", "SELECT rowid FROM deals", "SELECT 1 UNION SELECT secret FROM deals",
	"SELECT 1 EXCEPT SELECT secret FROM deals", "SELECT name FROM lens_deals ORDER BY (SELECT secret FROM deals)", "SELECT name FROM lens_deals LIMIT (SELECT count(*) FROM deals)", "SELECT name FROM lens_deals WHERE EXISTS (SELECT 1 FROM deals WHERE secret > '')",
	"SELECT name FROM deals INDEXED BY deals_name", "SELECT name FROM lens_deals; DELETE FROM deals", "SELECT 1; SELECT secret FROM deals", "WITH x AS (SELECT 1) DELETE FROM deals", "WITH x AS (SELECT 1) UPDATE deals SET name = 'x'",
	"WITH x AS (SELECT 1) INSERT INTO deals (id) SELECT 1", "EXPLAIN SELECT name FROM lens_deals", "EXPLAIN QUERY PLAN SELECT name FROM lens_deals", "PRAGMA query_only = OFF", "ATTACH 'x.db' AS x", "DETACH main", "VACUUM INTO 'x'",
	"CREATE TEMP TABLE x AS SELECT * FROM deals", "DROP VIEW lens_deals", "BEGIN", "ROLLBACK", "SAVEPOINT x", "VALUES (1)", "select secret from deals", " SELECT secret FROM deals", "/**/ SELECT secret FROM deals",
	"SELECT \"secret\" FROM deals", "SELECT [secret] FROM deals", "SELECT `secret` FROM deals", "SELECT name FROM \"deals\"", "SELECT name FROM temp.lens_deals, main.sqlite_master",
}

// The wall alone lets nothing through, whatever it is asked, and what it says tells
// nothing. A statement that is answered shows what the view shows.
func TestEscapesAreRefused(t *testing.T) {
	onWalls(t, func(t *testing.T, db *DB, g Guarded) {
		tried := escapes
		if db.Dialect() == sqlgen.Postgres {
			tried = postgresEscapes
		}
		for _, statement := range tried {
			g.SQL = statement
			got, err := answer(db, g, 1)
			if err == nil {
				t.Errorf("%s: was answered: %v", statement, got)
			}
			if err != nil && strings.Contains(err.Error(), hidden) || strings.Contains(strings.Join(got, " "), hidden) {
				t.Errorf("%s: shows what is hidden: %v, %v", statement, got, err)
			}
			if err != nil && remit.KindOf(err) != remit.KindInternal {
				t.Errorf("%s: %v is told from other refusals", statement, err)
			}
		}
		g.SQL = "SELECT name FROM lens_deals"
		if got, err := answer(db, g, 1); err != nil || len(got) != 2 {
			t.Errorf("after all of them: %v, %v", got, err)
		}
		if n := rowsOf(t, db, "deals"); n != 3 {
			t.Errorf("the table has %d rows", n)
		}
	})
}

func rowsOf(t *testing.T, db *DB, table string) (n int64) {
	t.Helper()
	err := db.Query(context.Background(), Stmt{SQL: "SELECT count(*) FROM " + table}, func(r Row) error {
		n = r.Int(0)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The name of an inner view opens every table to whoever knows it, so each is new.
func TestInnerNamesAreNew(t *testing.T) {
	known := map[string]bool{}
	for range 1000 {
		n := nonce()
		if len(n) < 27 || known[n] { // 26 characters of base 32 hold 130 bits
			t.Fatalf("%q is no new name", n)
		}
		known[n] = true
	}
}

// A statement that takes too long is ended, and its caller told so.
func TestGuardedTimeout(t *testing.T) {
	onWalls(t, func(t *testing.T, db *DB, g Guarded) {
		g.SQL = "SELECT name FROM lens_deals" // the wall takes its time when it is built
		if _, err := answer(db, g, 1); err != nil {
			t.Fatal(err)
		}
		g.Timeout = 200 * time.Millisecond
		g.SQL = "SELECT count(*) FROM lens_deals AS a"
		for i := range 40 {
			g.SQL += " CROSS JOIN lens_deals AS a" + strconv.Itoa(i)
		}
		started := time.Now()
		_, err := answer(db, g, 1)
		if remit.KindOf(err) != remit.KindCanceled || time.Since(started) > 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(started))
		}
	})
}

// What a caller's function says ends the statement and is returned.
func TestGuardedCallback(t *testing.T) {
	onWalls(t, func(t *testing.T, db *DB, g Guarded) {
		g.SQL = "SELECT name FROM lens_deals"
		enough := remit.Errorf(remit.KindLimited, "enough")
		if err := db.Guarded(context.Background(), g, func(Row) error { return enough }); err != enough { //nolint:errorlint // the very one
			t.Errorf("%v, want the callback's error", err)
		}
		if got, err := answer(db, g, 1); err != nil || len(got) != 2 {
			t.Errorf("afterwards: %v, %v", got, err)
		}
	})
}

func BenchmarkGuarded(b *testing.B) {
	for name, url := range map[string]string{"sqlite": "sqlite:" + b.TempDir() + "/remit.db", "postgres": pgtest.URL(b)} {
		b.Run(name, func(b *testing.B) {
			db, g := walled(b, url)
			g.SQL = "SELECT name FROM lens_deals"
			for b.Loop() {
				if _, err := answer(db, g, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
