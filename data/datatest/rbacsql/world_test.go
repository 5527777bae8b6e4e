package rbacsql

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// house is a database with one person for each role of the set.
type house struct {
	t      *testing.T
	db     *sqldb.DB
	ring   *keys.Ring
	dir    *directory.Directory
	ids    *remit.IDSource
	epoch  int64
	people map[string]remit.Actor // by role
	made   int                    // schemas
}

// forgetful is an audit log that keeps nothing.
type forgetful struct{}

func (forgetful) Append(context.Context, ...*audit.Entry) error { return nil }
func (forgetful) Stage(context.Context, sqldb.Tx, *audit.Entry) (audit.Staged, error) {
	return audit.Staged{}, nil
}
func (forgetful) Publish(context.Context, audit.Staged) error { return nil }

// fixedPolicy is a policy that does not change.
type fixedPolicy struct{ *policy.Policy }

func (p fixedPolicy) Load(context.Context) (*policy.Policy, error) { return p.Policy, nil }

func newHouse(t *testing.T, url string) *house {
	t.Helper()
	ctx := context.Background()
	db, err := sqldb.Open(ctx, url, sqldb.Options{GuardKey: make([]byte, 32)})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	must(t, db.Migrate(ctx, migrations.Main))
	h := &house{t: t, db: db, ids: remit.NewIDSource(rand.Reader), people: map[string]remit.Actor{}}
	h.ring, err = keys.New(make([]byte, keys.MasterSize))
	must(t, err)
	h.dir = directory.New(db, h.ids, time.Now, h.ring)
	must(t, db.Query(ctx, sqldb.Stmt{SQL: "SELECT epoch FROM policy_epoch"}, func(r sqldb.Row) error {
		h.epoch = r.Int(0)
		return nil
	}))
	for _, role := range []string{"User_1", "User_2", "User_3", "User_4"} {
		h.person(role)
	}
	return h
}

func roleKey(role string) string { return strings.ReplaceAll(strings.ToLower(role), "_", "-") }

func (h *house) person(role string) {
	h.t.Helper()
	ctx := context.Background()
	operator := remit.Actor{Person: directory.OperatorID, Channel: remit.ChannelCLI}
	id, err := h.dir.CreatePerson(ctx, operator, directory.NewPerson{Name: role, Email: roleKey(role) + "@example.test"})
	must(h.t, err)
	h.exec("INSERT INTO person_roles (person_id, role) VALUES (?, ?)", id, roleKey(role))
	h.people[role] = remit.Actor{Person: id, Channel: remit.ChannelAPI}
}

func (h *house) exec(text string, args ...any) {
	h.t.Helper()
	ctx := context.Background()
	must(h.t, h.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{SQL: text, Args: args})
		return err
	}))
}

// columnTypes are how values are stored.
var columnTypes = map[sqlgen.Dialect]map[remit.FieldType]string{
	sqlgen.SQLite:   {remit.Text: "TEXT", remit.Integer: "INTEGER", remit.Decimal: "INTEGER", remit.Timestamp: "TEXT"},
	sqlgen.Postgres: {remit.Text: `text COLLATE "C"`, remit.Integer: "bigint", remit.Decimal: "bigint", remit.Timestamp: "timestamptz"},
}

// furnish makes the tables of a schema and returns a lens over them, for the roles of
// the schema.
func (h *house) furnish(s schema) *lens.Lens {
	h.t.Helper()
	h.made++
	var collections []*remit.Collection
	for i, made := range s.tables(h.t) {
		c := &remit.Collection{
			Source: remit.MainSource, Name: made.name, Table: fmt.Sprintf("set%d_%d", h.made, i),
			Title: made.name, TitleField: made.columns[0].Name, Permanent: true, Fields: made.columns,
		}
		columns := []string{"system boolean NOT NULL DEFAULT FALSE"}
		if c.Field(remit.IDField) == nil {
			columns = append(columns, "id text")
		}
		for _, f := range made.columns {
			columns = append(columns, fmt.Sprintf(`"%s" %s`, f.Column, columnTypes[h.db.Dialect()][f.Type]))
		}
		h.exec("CREATE TABLE " + c.Table + " (" + strings.Join(columns, ", ") + ")")
		collections = append(collections, c)
	}
	compiled, err := policy.Compile(document(s.granted(h.t)), remit.NewModel(collections), nil)
	must(h.t, err)
	compiled.Epoch = h.epoch
	l, err := lens.New(lens.Config{
		DB: h.db, Directory: h.dir, Policies: fixedPolicy{compiled}, Audit: forgetful{}, Keys: h.ring,
		IDs: h.ids, Clock: time.Now, Location: time.UTC,
	})
	must(h.t, err)
	return l
}

// document grants each role the columns that it was granted, on every row.
func document(granted map[string]map[string][]string) *policy.Document {
	doc := &policy.Document{}
	for role, tables := range granted {
		r := policy.Role{Name: roleKey(role)}
		for name, columns := range tables {
			r.Grants = append(r.Grants, policy.Grant{Collection: name, Actions: []policy.Action{policy.View}, Fields: columns, Scope: policy.ScopeAll})
		}
		doc.Roles = append(doc.Roles, r)
	}
	return doc
}
