package conformance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/data/internal/keys"
	"github.com/remit-crm/remit/data/internal/migrations"
	"github.com/remit-crm/remit/data/internal/model"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
)

// world is one database with its people. Records and policies come and go with the
// rounds.
type world struct {
	tb        testing.TB
	db        *sqldb.DB
	ring      *keys.Ring
	directory *directory.Directory
	epoch     int64
	now       time.Time
	ids       *remit.IDSource

	people []remit.ID
	company
}

// operator is who makes the people.
var operator = remit.Actor{Person: directory.OperatorID, Channel: remit.ChannelCLI}

func newWorld(tb testing.TB, url string, seed uint64) *world {
	tb.Helper()
	ctx := tb.Context()
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	w := &world{tb: tb, now: time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC), ids: remit.NewIDSource(rand.NewChaCha8(key))}
	var err error
	w.db, err = sqldb.Open(ctx, url, sqldb.Options{})
	w.must(err)
	tb.Cleanup(func() { _ = w.db.Close() })
	w.must(w.db.Migrate(ctx, migrations.Main))
	w.model, err = model.Load(ctx, w.db)
	w.must(err)
	w.must(w.db.Query(ctx, sqldb.Stmt{SQL: "SELECT epoch FROM policy_epoch"}, func(r sqldb.Row) error {
		w.epoch = r.Int(0)
		return nil
	}))
	w.ring, err = keys.New(make([]byte, 32))
	w.must(err)
	w.directory = directory.New(w.db, w.ids, func() time.Time { return w.now }, w.ring)
	w.rows = map[string][]*row{}
	w.hire()
	return w
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// hire makes departments and people: a chain of managers with somebody beside it.
func (w *world) hire() {
	ctx := w.tb.Context()
	var departments []remit.ID
	for i, above := range []int{-1, 0, 1, 0} {
		var parent remit.ID
		if above >= 0 {
			parent = departments[above]
		}
		id, err := w.directory.CreateDepartment(ctx, operator, fmt.Sprint("Department ", i), parent)
		w.must(err)
		departments = append(departments, id)
		w.rows["departments"] = append(w.rows["departments"], &row{id: id, values: map[string]remit.Value{
			"name": remit.TextValue(fmt.Sprint("Department ", i)), "parent_id": link(parent), "created_at": remit.TimeValue(w.now),
		}})
	}
	for i, above := range []int{-1, 0, 1, 1, 0, 4} {
		var manager remit.ID
		if above >= 0 {
			manager = w.people[above]
		}
		name, email := fmt.Sprint("Person ", i), fmt.Sprintf("p%d@example.test", i)
		id, err := w.directory.CreatePerson(ctx, operator, directory.NewPerson{Name: name, Email: email, ManagerID: manager, DepartmentID: departments[i%4]})
		w.must(err)
		w.people = append(w.people, id)
		w.rows["people"] = append(w.rows["people"], &row{id: id, values: map[string]remit.Value{
			"name": remit.TextValue(name), "email": remit.TextValue(email), "department_id": link(departments[i%4]),
			"manager_id": link(manager), "active": remit.BooleanValue(true), "created_at": remit.TimeValue(w.now),
		}})
	}
}

func link(id remit.ID) remit.Value {
	if id == "" {
		return remit.Null
	}
	return remit.TextValue(string(id))
}

// fill puts rows in place of those of the last round.
func (w *world) fill(collections []string) {
	w.tb.Helper()
	ctx := context.Background()
	w.must(w.db.Write(ctx, func(tx sqldb.Tx) error {
		for i := len(collections) - 1; i >= 0; i-- {
			if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM " + collections[i]}); err != nil {
				return err
			}
		}
		for _, name := range collections {
			for _, r := range w.rows[name] {
				if _, err := tx.Exec(ctx, w.insert(w.model.Collection("", name), r)); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
		return nil
	}))
}

func (w *world) insert(c *remit.Collection, r *row) sqldb.Stmt {
	columns, marks, args := "id, version", "?, 1", []any{string(r.id)}
	if r.deleted {
		columns, marks, args = columns+", deleted_at", marks+", ?", append(args, remit.TimeValue(w.now))
	}
	for _, f := range c.Fields {
		if v := r.values[f.Name]; !v.IsNull() {
			columns, marks, args = columns+", "+f.Column, marks+", ?", append(args, v)
		}
	}
	return sqldb.Stmt{SQL: "INSERT INTO " + c.Table + " (" + columns + ") VALUES (" + marks + ")", Args: args}
}

// lens returns the real lens under a policy, where the people hold these roles.
func (w *world) lens(p *policy.Policy, roles map[remit.ID][]string, zone *time.Location, egress remit.Sensitivity) *lens.Lens {
	w.tb.Helper()
	p.Epoch = w.epoch
	l, err := lens.New(lens.Config{
		DB: w.db, Directory: cast{w.directory, roles}, Policies: fixed{p}, Audit: nowhere{}, Keys: w.ring, IDs: w.ids,
		Clock: func() time.Time { return w.now }, Location: zone,
		Egress: func(context.Context, int64, string) (remit.Sensitivity, bool) { return egress, true },
	})
	w.must(err)
	return l
}

// cast is the directory, with roles for the round.
type cast struct {
	*directory.Directory
	roles map[remit.ID][]string
}

// Person implements [lens.Directory].
func (c cast) Person(ctx context.Context, id remit.ID) (*directory.Person, error) {
	p, err := c.Directory.Person(ctx, id)
	if err != nil {
		return nil, err
	}
	played := *p
	played.Memberships = nil
	for _, role := range c.roles[id] {
		played.Memberships = append(played.Memberships, directory.Membership{Role: role})
	}
	return &played, nil
}

// fixed is a policy that does not change.
type fixed struct{ *policy.Policy }

// Load implements [lens.Policies].
func (p fixed) Load(context.Context) (*policy.Policy, error) { return p.Policy, nil }

// nowhere records nothing: the audit log has tests of its own.
type nowhere struct{}

// Append implements [lens.Recorder].
func (nowhere) Append(context.Context, ...*audit.Entry) error { return nil }

// Stage implements [lens.Recorder].
func (nowhere) Stage(context.Context, sqldb.Tx, *audit.Entry) (audit.Staged, error) {
	return audit.Staged{}, nil
}

// Publish implements [lens.Recorder].
func (nowhere) Publish(context.Context, audit.Staged) error { return nil }
