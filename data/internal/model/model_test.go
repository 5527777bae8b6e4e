package model_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/model"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

var update = flag.Bool("update", false, "write the files that tests compare with")

// onBoth runs a test on a new database of each kind.
func onBoth(t *testing.T, test func(t *testing.T, db *sqldb.DB)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, fresh(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db")))
	})
	t.Run("postgres", func(t *testing.T) { test(t, fresh(t, pgtest.URL(t))) })
}

func fresh(t *testing.T, url string) *sqldb.DB {
	db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context(), migrations.Main); err != nil {
		t.Fatal(err)
	}
	return db
}

func load(t *testing.T, db *sqldb.DB) *remit.Model {
	t.Helper()
	m, err := model.Load(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What ships is in the golden file, to be read by people who judge the
// sensitivity of a field.
func TestBuiltInModel(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB) {
		got, err := json.MarshalIndent(load(t, db).Collections, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		const golden = "testdata/builtin.json"
		if *update {
			if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNoFieldIsUntagged(t *testing.T) {
	db := fresh(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db"))
	for _, c := range load(t, db).Collections {
		for _, f := range c.Fields {
			if f.Sensitivity == remit.Untagged {
				t.Errorf("%s.%s has no sensitivity", c.Name, f.Name)
			}
			if f.Personal && f.Sensitivity < remit.Internal {
				t.Errorf("%s.%s is personal and %v", c.Name, f.Name, f.Sensitivity)
			}
		}
	}
}

// storage is how each type is kept in a table.
var storage = map[sqlgen.Dialect]map[remit.FieldType]string{
	sqlgen.SQLite: {
		remit.Text: "TEXT", remit.Enum: "TEXT", remit.Relation: "TEXT", remit.Integer: "INTEGER", remit.Decimal: "INTEGER",
		remit.Currency: "INTEGER", remit.Boolean: "INTEGER", remit.Date: "TEXT", remit.Timestamp: "TEXT",
	},
	sqlgen.Postgres: {
		remit.Text: "text", remit.Enum: "text", remit.Relation: "text", remit.Integer: "bigint", remit.Decimal: "bigint",
		remit.Currency: "bigint", remit.Boolean: "boolean", remit.Date: "date", remit.Timestamp: "timestamp with time zone",
	},
}

func TestMetadataMatchesTheTables(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB) {
		for _, c := range load(t, db).Collections {
			want := map[string]string{"id": storage[db.Dialect()][remit.Text] + " NOT NULL"}
			if !c.Permanent {
				if !c.Derived { // what the directory keeps has no version
					want["version"] = storage[db.Dialect()][remit.Integer] + " NOT NULL"
				}
				want["deleted_at"] = storage[db.Dialect()][remit.Timestamp]
			}
			for _, f := range c.Fields {
				want[f.Column] = storage[db.Dialect()][f.Type]
				if f.Required {
					want[f.Column] += " NOT NULL"
				}
			}
			got := columns(t, db, c.Table)
			for column, kind := range got {
				_, described := want[column]
				switch {
				case !described && c.Derived:
					delete(got, column) // the system's own, such as a person's password
				case kind == want[column]+" NOT NULL":
					got[column] = want[column] // the table may be stricter than the model
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: model (-) and table (+) differ:\n%s", c.Name, diff)
			}
		}
	})
}

func columns(t *testing.T, db *sqldb.DB, table string) map[string]string {
	t.Helper()
	query := `SELECT name, type || CASE WHEN "notnull" THEN ' NOT NULL' ELSE '' END FROM pragma_table_info(?)`
	if db.Dialect() == sqlgen.Postgres {
		query = `SELECT column_name::text, data_type || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END
			FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ?`
	}
	found := map[string]string{}
	err := db.Query(t.Context(), sqldb.Stmt{SQL: query, Args: []any{table}}, func(r sqldb.Row) error {
		found[r.Text(0)] = r.Text(1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Every relation has a foreign key and an index.
func TestRelationsAreReal(t *testing.T) {
	db := fresh(t, pgtest.URL(t))
	for _, c := range load(t, db).Collections {
		for _, f := range c.Fields {
			if f.Type != remit.Relation {
				continue
			}
			if !strings.HasSuffix(f.Name, "_id") {
				t.Errorf("%s.%s: the hop has no name", c.Name, f.Name)
			}
			n := 0
			err := db.Query(t.Context(), sqldb.Stmt{
				SQL: `SELECT (SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = to_regclass(?)
						AND confrelid = to_regclass(?) AND pg_get_constraintdef(oid) LIKE 'FOREIGN KEY (' || CAST(? AS text) || ')%')
					+ (SELECT count(*) FROM pg_indexes WHERE tablename = ? AND indexdef LIKE '%(' || CAST(? AS text) || '%')`,
				Args: []any{c.Table, f.Target, f.Column, c.Table, f.Column},
			}, func(r sqldb.Row) error {
				n = int(r.Int(0))
				return nil
			})
			if err != nil || n < 2 {
				t.Errorf("%s.%s: foreign key or index is missing (%v)", c.Name, f.Name, err)
			}
		}
	}
}

func TestWhatIsWrongIsRefused(t *testing.T) {
	for name, change := range map[string]string{
		"type":        "UPDATE fields SET type = 'float' WHERE name = 'amount'",
		"target":      "UPDATE fields SET target = 'nothing' WHERE name = 'account_id'",
		"sensitivity": "UPDATE fields SET sensitivity = 'secret' WHERE name = 'amount'",
		"options":     "UPDATE fields SET options = 'x' WHERE name = 'stage'",
		"no options":  "UPDATE fields SET options = '[]' WHERE name = 'stage'",
		"currency":    "UPDATE fields SET currency = '' WHERE name = 'amount'",
		"title field": "UPDATE collections SET title_field = 'nothing'",
		"time field":  "UPDATE collections SET time_field = 'nothing'",
	} {
		t.Run(name, func(t *testing.T) {
			db := fresh(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db"))
			err := db.Write(t.Context(), func(tx sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), sqldb.Stmt{SQL: change})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := model.Load(t.Context(), db); err == nil {
				t.Error("the model was loaded")
			}
		})
	}
}

func TestFieldsKeepTheirOrder(t *testing.T) {
	db := fresh(t, "sqlite:"+filepath.Join(t.TempDir(), "remit.db"))
	var names []string
	for _, f := range load(t, db).Collection("", "departments").Fields {
		names = append(names, f.Name)
	}
	if want := []string{"name", "parent_id", "created_at"}; !slices.Equal(names, want) {
		t.Errorf("fields are %v, want %v", names, want)
	}
}
