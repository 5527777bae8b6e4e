package scopediff

import (
	"context"
	"fmt"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/scopetest"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// load replaces what is in the database by the world.
func (d *Database) load(w *scopetest.World) error {
	ctx := context.Background()
	return d.db.Write(ctx, func(tx sqldb.Tx) error {
		for _, s := range append(d.schema(w), contents(w)...) {
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s.SQL, err)
			}
		}
		return nil
	})
}

func (d *Database) schema(w *scopetest.World) []sqldb.Stmt {
	var made []sqldb.Stmt
	create := func(table, columns string) {
		strict := ""
		if d.Dialect() == sqlgen.SQLite {
			strict = " STRICT"
		}
		made = append(made, sqldb.Stmt{SQL: "DROP TABLE IF EXISTS " + table}, sqldb.Stmt{SQL: "CREATE TABLE " + table + " (" + columns + ")" + strict})
	}
	for _, t := range w.Tables {
		columns := []string{"id text PRIMARY KEY"}
		for i, f := range t.Fields {
			columns = append(columns, f.Column+" "+d.columnType(f.Type, i))
		}
		if !t.Permanent {
			columns = append(columns, "deleted_at "+d.columnType(remit.Timestamp, 0))
		}
		create(t.Table, strings.Join(columns, ", "))
	}
	for _, table := range []string{"people_closure", "departments_closure"} {
		create(table, "ancestor_id text NOT NULL, descendant_id text NOT NULL, PRIMARY KEY (ancestor_id, descendant_id)")
	}
	return made
}

// columnType returns the type in which Remit stores values of the field's type.
// Every other text has a linguistic collation on PostgreSQL, as the database
// that a company brings along may have: the rules must hold there too.
func (d *Database) columnType(t remit.FieldType, i int) string {
	text := t == remit.Text || t == remit.Enum || t == remit.Relation
	switch {
	case text && d.Dialect() == sqlgen.Postgres && i%2 == 1:
		return `text COLLATE "und-x-icu"`
	case text && d.Dialect() == sqlgen.Postgres:
		return `text COLLATE "C"`
	case text:
		return "TEXT"
	case d.Dialect() == sqlgen.SQLite && (t == remit.Date || t == remit.Timestamp):
		return "TEXT"
	case d.Dialect() == sqlgen.SQLite:
		return "INTEGER"
	case t == remit.Boolean:
		return "boolean"
	case t == remit.Date:
		return "date"
	case t == remit.Timestamp:
		return "timestamptz"
	}
	return "bigint"
}

func contents(w *scopetest.World) []sqldb.Stmt {
	var made []sqldb.Stmt
	for _, t := range w.Tables {
		for _, row := range t.Rows {
			args := []any{row.ID}
			for _, v := range row.Values {
				args = append(args, v)
			}
			if !t.Permanent {
				args = append(args, deletedAt(row))
			}
			made = append(made, sqldb.Stmt{SQL: "INSERT INTO " + t.Table + " VALUES (?" + strings.Repeat(", ?", len(args)-1) + ")", Args: args})
		}
	}
	for table, pairs := range map[string][][2]remit.ID{"people_closure": w.PeopleBelow, "departments_closure": w.DepartmentsBelow} {
		for _, pair := range pairs {
			made = append(made, sqldb.Stmt{SQL: "INSERT INTO " + table + " VALUES (?, ?)", Args: []any{pair[0], pair[1]}})
		}
	}
	return made
}

func deletedAt(row *scopetest.Row) remit.Value {
	if !row.Deleted {
		return remit.Null
	}
	v, err := (&remit.Field{Type: remit.Timestamp}).ParseValue("2024-01-01T00:00:00Z")
	if err != nil {
		return remit.Null
	}
	return v
}
