// Package savedviews keeps the views that people save: what of a collection is
// shown, in which order, and how. It does not know what a reader may see: package
// ops/views has the lens check each view for each reader before it is shown.
package savedviews

import (
	"context"
	"encoding/json"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/change"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
)

// The operations of the package in the audit log.
const (
	OpSave    audit.Operation = "views.save"
	OpDelete  audit.Operation = "views.delete"
	OpDefault audit.Operation = "views.default"
)

// With whom a view is shared.
const (
	Private  = "private"
	Everyone = "everyone"
	Roles    = "roles"
)

// View is a saved view as it is stored.
type View struct {
	ID         remit.ID
	Owner      remit.ID
	Collection string
	Name       string
	Kind       string // table, board or calendar
	Shared     string
	Roles      []string // where Shared is Roles
	Shape      lens.ViewShape
}

// Store keeps views in the database.
type Store struct {
	db      *sqldb.DB
	ids     *remit.IDSource
	clock   func() time.Time
	changes *change.Writer
}

// New returns the store over the database, which records every change in the log.
func New(db *sqldb.DB, ids *remit.IDSource, clock func() time.Time, log change.Log) *Store {
	return &Store{db: db, ids: ids, clock: clock, changes: &change.Writer{DB: db, Log: log, Clock: clock}}
}

const columns = "id, owner_id, collection, name, kind, shared, roles, shape"

// Of returns the views of a collection that belong to the person, and all that are
// shared with anybody, by name and id.
func (s *Store) Of(ctx context.Context, person remit.ID, collection string) ([]View, error) {
	return s.read(ctx, s.db.Query, sqldb.Stmt{
		SQL: `SELECT ` + columns + ` FROM saved_views
WHERE collection = ? AND (owner_id = ? OR shared <> 'private') ORDER BY name, id`,
		Args: []any{collection, string(person)},
	})
}

// Get returns the view, nil if there is none.
func (s *Store) Get(ctx context.Context, id remit.ID) (*View, error) {
	found, err := s.read(ctx, s.db.Query, byID(id))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

func byID(id remit.ID) sqldb.Stmt {
	return sqldb.Stmt{SQL: "SELECT " + columns + " FROM saved_views WHERE id = ?", Args: []any{string(id)}}
}

type query func(context.Context, sqldb.Stmt, func(sqldb.Row) error) error

func (s *Store) read(ctx context.Context, run query, stmt sqldb.Stmt) ([]View, error) {
	var found []View
	err := run(ctx, stmt, func(r sqldb.Row) error {
		v := View{
			ID: remit.ID(r.Text(0)), Owner: remit.ID(r.Text(1)), Collection: r.Text(2),
			Name: r.Text(3), Kind: r.Text(4), Shared: r.Text(5),
		}
		if err := json.Unmarshal([]byte(r.Text(6)), &v.Roles); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(r.Text(7)), &v.Shape)
		found = append(found, v)
		return err
	})
	return found, err
}

// maxViews bounds how many views of one collection a person may keep.
const maxViews = 200

// Create adds a view and returns its id. A name that its owner uses already for the
// collection is refused.
func (s *Store) Create(ctx context.Context, by remit.Actor, v View) (remit.ID, error) {
	v.ID = s.ids.New()
	err := s.save(ctx, by, v, func(tx sqldb.Tx, roles, shape string) error {
		n := int64(0)
		err := tx.Query(ctx, sqldb.Stmt{
			SQL: "SELECT COUNT(*) FROM saved_views WHERE owner_id = ? AND collection = ?", Args: []any{string(v.Owner), v.Collection},
		}, func(r sqldb.Row) error {
			n = r.Int(0)
			return nil
		})
		if err != nil {
			return err
		}
		if n >= maxViews {
			return remit.Errorf(remit.KindLimited, "you keep %d views of %s already: delete some", maxViews, v.Collection)
		}
		now := remit.TimeValue(s.clock())
		_, err = tx.Exec(ctx, sqldb.Stmt{
			SQL:  "INSERT INTO saved_views (" + columns + ", created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			Args: []any{string(v.ID), string(v.Owner), v.Collection, v.Name, v.Kind, v.Shared, roles, shape, now, now},
		})
		return err
	})
	return v.ID, err
}

// Update replaces all of a view but its owner and collection.
func (s *Store) Update(ctx context.Context, by remit.Actor, v View) error {
	return s.save(ctx, by, v, func(tx sqldb.Tx, roles, shape string) error {
		n, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE saved_views SET name = ?, kind = ?, shared = ?, roles = ?, shape = ?, updated_at = ? WHERE id = ?",
			Args: []any{v.Name, v.Kind, v.Shared, roles, shape, remit.TimeValue(s.clock()), string(v.ID)},
		})
		if err == nil && n == 0 {
			return remit.Errorf(remit.KindNotFound, "there is no such view")
		}
		return err
	})
}

func (s *Store) save(ctx context.Context, by remit.Actor, v View, do func(tx sqldb.Tx, roles, shape string) error) error {
	roles, err := json.Marshal(append([]string{}, v.Roles...))
	if err != nil {
		return err
	}
	shape, err := json.Marshal(v.Shape)
	if err != nil {
		return err
	}
	e := entry(OpSave, by, v)
	e.Details = map[string]any{"id": v.ID, "name": v.Name, "shared": v.Shared, "roles": v.Roles, "shape": v.Shape}
	err = s.changes.Write(ctx, e, func(tx sqldb.Tx, _ *audit.Entry) error { return do(tx, string(roles), string(shape)) })
	if sqldb.IsDuplicate(err) {
		return remit.FieldErrorf("name", "you have a view of this name already: choose another")
	}
	return err
}

func entry(op audit.Operation, by remit.Actor, v View) audit.Entry {
	return audit.Entry{Actor: by, Operation: op, Source: remit.MainSource, Collection: v.Collection}
}

// Delete removes a view, and what it is the default of.
func (s *Store) Delete(ctx context.Context, by remit.Actor, v View) error {
	e := entry(OpDelete, by, v)
	e.Details = map[string]any{"id": v.ID, "name": v.Name}
	return s.changes.Write(ctx, e, func(tx sqldb.Tx, _ *audit.Entry) error {
		for _, text := range []string{"DELETE FROM default_views WHERE view_id = ?", "DELETE FROM saved_views WHERE id = ?"} {
			if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: text, Args: []any{string(v.ID)}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Default returns the id of the person's default view of a collection, "" for none.
func (s *Store) Default(ctx context.Context, person remit.ID, collection string) (id remit.ID, err error) {
	err = s.db.Query(ctx, sqldb.Stmt{
		SQL: "SELECT view_id FROM default_views WHERE person_id = ? AND collection = ?", Args: []any{string(person), collection},
	}, func(r sqldb.Row) error {
		id = remit.ID(r.Text(0))
		return nil
	})
	return id, err
}

// SetDefault makes a view the person's default of its collection, or with on false
// no longer.
func (s *Store) SetDefault(ctx context.Context, by remit.Actor, v View, on bool) error {
	e := entry(OpDefault, by, v)
	e.Details = map[string]any{"id": v.ID, "default": on}
	stmt := sqldb.Stmt{
		SQL: `INSERT INTO default_views (person_id, collection, view_id) VALUES (?, ?, ?)
ON CONFLICT (person_id, collection) DO UPDATE SET view_id = excluded.view_id`,
		Args: []any{string(by.Person), v.Collection, string(v.ID)},
	}
	if !on {
		stmt.SQL = "DELETE FROM default_views WHERE person_id = ? AND collection = ? AND view_id = ?"
	}
	return s.changes.Write(ctx, e, func(tx sqldb.Tx, _ *audit.Entry) error {
		_, err := tx.Exec(ctx, stmt)
		return err
	})
}
