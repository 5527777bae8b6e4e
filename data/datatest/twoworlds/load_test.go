package twoworlds

import (
	"context"
	"fmt"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// load puts a world into the database in place of the one before. The asker
// stays, with the credentials, as somebody else.
func (h *house) load(ctx context.Context, co *company, rest beside, roles []string) error {
	err := h.db.Write(ctx, func(tx sqldb.Tx) error {
		l := loader{ctx: ctx, tx: tx, asker: h.asker.id}
		l.clear()
		l.people(co, roles)
		for _, s := range sizes {
			l.table(co.tables[s.collection])
		}
		for table, rows := range rest {
			for _, row := range rows {
				l.insert(table, row)
			}
		}
		return l.err
	})
	if err != nil {
		return fmt.Errorf("loading a world into %s: %w", h.name, err)
	}
	return nil
}

// beside holds what a world has beside its records: rows by table.
type beside map[string][][]column

func (s *scenario) beside(co *company) beside {
	return beside{"field_changes": s.past(co), "saved_views": s.savedViews(co)}
}

// loader writes until the first error.
type loader struct {
	ctx   context.Context
	tx    sqldb.Tx
	asker remit.ID
	err   error
}

func (l *loader) exec(sql string, args ...any) {
	if l.err != nil {
		return
	}
	if _, err := l.tx.Exec(l.ctx, sqldb.Stmt{SQL: sql, Args: args}); err != nil {
		l.err = fmt.Errorf("%s: %w", sql, err)
	}
}

func (l *loader) clear() {
	for _, table := range []string{
		"field_changes", "default_views", "saved_views", "model_usage", "model_service_tests", "drawn_rows",
		"conversation_ratings", "conversation_shares", "conversation_events", "conversation_labels", "conversation_calls", "conversation_turns", "conversations",
	} {
		l.exec("DELETE FROM " + table)
	}
	l.exec("DELETE FROM sessions WHERE viewing_id IS NOT NULL")
	for _, table := range []string{"sessions", "api_tokens", "person_attributes"} { // of guests, see tour
		l.exec("DELETE FROM "+table+" WHERE person_id <> ? AND person_id <> ?", directory.OperatorID, l.asker)
	}
	for i := len(sizes) - 1; i >= 0; i-- {
		if sizes[i].collection == "accounts" {
			l.exec("UPDATE accounts SET parent_id = NULL")
		}
		l.exec("DELETE FROM " + sizes[i].collection)
	}
	l.exec("UPDATE people SET manager_id = NULL, department_id = NULL")
	l.exec("UPDATE departments SET parent_id = NULL")
	l.exec("DELETE FROM people_closure WHERE descendant_id <> ?", directory.OperatorID)
	l.exec("DELETE FROM departments_closure")
	l.exec("DELETE FROM person_roles WHERE person_id <> ?", directory.OperatorID)
	l.exec("DELETE FROM people WHERE id <> ? AND id <> ?", directory.OperatorID, l.asker)
	l.exec("DELETE FROM departments")
}

func (l *loader) people(co *company, roles []string) {
	departments, people := co.tables["departments"], co.tables["people"]
	for _, r := range departments.rows {
		l.insert("departments", fieldsOf(departments, r))
	}
	for _, r := range people.rows {
		columns := append(fieldsOf(people, r), column{"email_folded", strings.ToUpper(people.value(r, "email").Text())})
		if r.id != l.asker {
			l.insert("people", columns)
			continue
		}
		for _, c := range columns[1:] {
			l.exec("UPDATE people SET "+c.name+" = ? WHERE id = ?", c.value, r.id)
		}
	}
	for table, pairs := range map[string]map[[2]remit.ID]bool{"people_closure": co.peopleBelow, "departments_closure": co.departmentsBelow} {
		for pair := range pairs {
			depth := 1 // that it is 0 for oneself is all that anybody asks
			if pair[0] == pair[1] {
				depth = 0
			}
			l.insert(table, []column{{"ancestor_id", pair[0]}, {"descendant_id", pair[1]}, {"depth", depth}})
		}
	}
	for i, id := range co.ids("people") { // whom else the policy says something of
		if id != l.asker {
			l.insert("person_roles", []column{{"person_id", id}, {"role", roleNames[i%len(roleNames)]}})
		}
	}
	for _, role := range roles {
		l.exec("INSERT INTO person_roles (person_id, role) VALUES (?, ?)", l.asker, role)
	}
	l.exec("UPDATE people SET generation = generation + 1")
}

// table adds a collection's records. Accounts link to each other, so they do
// only when all of them are there.
func (l *loader) table(t *table) {
	parent := t.coll.FieldIndex("parent_id")
	for _, r := range t.rows {
		columns := fieldsOf(t, r)
		if parent >= 0 {
			columns[1+parent].value = remit.Null
		}
		deleted := remit.Null
		if r.deleted {
			deleted = instant(instants[int(r.version)%len(instants)])
		}
		l.insert(t.coll.Table, append(columns, column{"version", r.version}, column{"deleted_at", deleted}))
	}
	for _, r := range t.rows {
		if parent >= 0 && !r.values[parent].IsNull() {
			l.exec("UPDATE "+t.coll.Table+" SET parent_id = ? WHERE id = ?", r.values[parent], r.id)
		}
	}
}

// column is a value of a row.
type column struct {
	name  string
	value any
}

// fieldsOf returns a record's columns, the id before all.
func fieldsOf(t *table, r *row) []column {
	columns := []column{{"id", r.id}}
	for i := range t.coll.Fields {
		columns = append(columns, column{t.coll.Fields[i].Column, r.values[i]})
	}
	return columns
}

func (l *loader) insert(table string, columns []column) {
	names, args := make([]string, len(columns)), make([]any, len(columns))
	for i, c := range columns {
		names[i], args[i] = c.name, c.value
	}
	l.exec("INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
}
