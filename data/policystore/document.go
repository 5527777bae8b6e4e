package policystore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// Document returns the policy document that the database holds now, also if it
// does not compile.
func (s *Store) Document(ctx context.Context) (*policy.Document, error) {
	return readDocument(ctx, s.db)
}

// The kinds of rows that selectDocument yields.
const (
	scopeRow    = 1
	roleRow     = 2
	employeeRow = 3
	taskRow     = 4
	toolRow     = 5
)

// selectDocument reads the whole document in one snapshot.
const selectDocument = `
SELECT 1 AS kind, position, body FROM policy_scopes
UNION ALL SELECT 2, position, body FROM policy_roles
UNION ALL SELECT 3, position, body FROM policy_employees
UNION ALL SELECT 4, position, body FROM policy_tasks
UNION ALL SELECT 5, position, body FROM policy_tools
ORDER BY kind, position`

func readDocument(ctx context.Context, q querier) (*policy.Document, error) {
	doc := &policy.Document{}
	err := q.Query(ctx, sqldb.Stmt{SQL: selectDocument}, func(r sqldb.Row) error {
		body := r.AppendText(2, nil)
		var err error
		switch kind := r.Int(0); kind {
		case scopeRow:
			doc.Scopes, err = appendJSON(doc.Scopes, body)
		case roleRow:
			doc.Roles, err = appendJSON(doc.Roles, body)
		case employeeRow:
			doc.Employees, err = appendJSON(doc.Employees, body)
		case taskRow:
			doc.Tasks, err = appendJSON(doc.Tasks, body)
		case toolRow:
			doc.Tools, err = appendJSON(doc.Tools, body)
		default:
			err = fmt.Errorf("policystore: unknown kind %d of a row", kind)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return doc, nil
}

// appendJSON appends the entity that body holds.
func appendJSON[T any](list []T, body []byte) ([]T, error) {
	var entity T
	if err := json.Unmarshal(body, &entity); err != nil {
		return nil, fmt.Errorf("policystore: reading a %T: %w", entity, err)
	}
	return append(list, entity), nil
}

// writeDocument puts the document in place of the stored one.
func writeDocument(ctx context.Context, tx sqldb.Tx, doc *policy.Document) error {
	for _, table := range []string{"policy_scopes", "policy_roles", "policy_employees", "policy_tasks", "policy_tools"} {
		if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM " + table}); err != nil {
			return err
		}
	}
	w := documentWriter{tx: tx}
	for i, e := range doc.Scopes {
		w.insert(ctx, "INSERT INTO policy_scopes (data_source, collection, name, position, body) VALUES (?, ?, ?, ?, ?)",
			i, e, sourceOf(e.Source), e.Collection, e.Name)
	}
	for i, e := range doc.Roles {
		w.insert(ctx, "INSERT INTO policy_roles (name, position, body) VALUES (?, ?, ?)", i, e, e.Name)
	}
	for i, e := range doc.Employees {
		w.insert(ctx, "INSERT INTO policy_employees (name, position, body) VALUES (?, ?, ?)", i, e, e.Name)
	}
	for i, e := range doc.Tasks {
		w.insert(ctx, "INSERT INTO policy_tasks (employee, name, position, body) VALUES (?, ?, ?, ?)", i, e, e.Employee, e.Name)
	}
	for i, e := range doc.Tools {
		w.insert(ctx, "INSERT INTO policy_tools (name, position, body) VALUES (?, ?, ?)", i, e, e.Name)
	}
	return w.err
}

// documentWriter inserts entities until the first error.
type documentWriter struct {
	tx  sqldb.Tx
	err error
}

func (w *documentWriter) insert(ctx context.Context, statement string, position int, entity any, key ...any) {
	if w.err != nil {
		return
	}
	body, err := json.Marshal(entity)
	if err != nil {
		w.err = fmt.Errorf("policystore: writing a %T: %w", entity, err)
		return
	}
	_, w.err = w.tx.Exec(ctx, sqldb.Stmt{SQL: statement, Args: append(key, position, string(body))})
}

func sourceOf(source string) string {
	if source == "" {
		return remit.MainSource
	}
	return source
}
