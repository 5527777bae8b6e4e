package directory

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// The changes to people, as the audit log names them.
const (
	OpPersonCreate audit.Operation = "people.create"
	OpPersonUpdate audit.Operation = "people.update"
)

// Profile is what a list of people shows.
type Profile struct {
	ID           remit.ID
	Name         string
	Email        string // as it was given
	Title        string
	DepartmentID remit.ID // "" is none
	ManagerID    remit.ID // "" is none
	Active       bool
	CreatedAt    time.Time
}

// NewPerson is a person to add, who is active and has neither roles nor a
// password yet.
type NewPerson struct {
	Name         string
	Email        string // unique without regard to case
	Title        string
	DepartmentID remit.ID
	ManagerID    remit.ID
}

// PersonChange says what to change; nil leaves a part as it is, and "" empties
// it where that is allowed.
type PersonChange struct {
	Name         *string
	Email        *string
	Title        *string
	DepartmentID *remit.ID
	ManagerID    *remit.ID
	Active       *bool               // false also revokes every session and token
	Attributes   map[string][]string // by name; no values take the attribute away
}

func (n *NewPerson) check() error {
	c := PersonChange{Name: &n.Name, Email: &n.Email, Title: &n.Title}
	return c.check()
}

func (c *PersonChange) check() error {
	if c.Name != nil {
		if err := checkText("name", *c.Name); err != nil {
			return err
		}
	}
	if c.Title != nil {
		if err := checkLine("title", *c.Title); err != nil {
			return err
		}
	}
	if c.Email != nil {
		return checkEmail(*c.Email)
	}
	return nil
}

// CreatePerson adds a person.
func (d *Directory) CreatePerson(ctx context.Context, by remit.Actor, n NewPerson) (remit.ID, error) {
	if err := n.check(); err != nil {
		return "", err
	}
	id := d.ids.New()
	err := d.write(ctx, by, OpPersonCreate, id, func(tx sqldb.Tx, _ *audit.Entry) error {
		return d.insertPerson(ctx, tx, id, n)
	})
	if err != nil {
		return "", takenEmail(err)
	}
	return id, nil
}

func (d *Directory) insertPerson(ctx context.Context, tx sqldb.Tx, id remit.ID, n NewPerson) error {
	if err := managers().lock(ctx, tx); err != nil {
		return err
	}
	if err := checkDepartment(ctx, tx, "department", n.DepartmentID); err != nil {
		return err
	}
	if err := checkManager(ctx, tx, n.ManagerID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL: `INSERT INTO people (id, name, email, email_folded, title, department_id, manager_id, active, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		Args: []any{
			id, n.Name, n.Email, foldEmail(n.Email), nullableText(n.Title),
			nullable(n.DepartmentID), nullable(n.ManagerID), true, d.clock(),
		},
	})
	if err != nil {
		return err
	}
	return managers().add(ctx, tx, id, n.ManagerID)
}

// checkManager refuses a manager that is not listed; "" is none.
func checkManager(ctx context.Context, tx sqldb.Tx, id remit.ID) error {
	if id == "" {
		return nil
	}
	if !id.Valid() {
		return remit.FieldErrorf("manager", "does not exist")
	}
	found, err := exists(ctx, tx, sqldb.Stmt{
		SQL:  "SELECT 1 FROM people WHERE id = ? AND system = ?",
		Args: []any{id, false},
	})
	if err == nil && !found {
		return remit.FieldErrorf("manager", "does not exist")
	}
	return err
}

// takenEmail explains the one unique key that a caller can violate.
func takenEmail(err error) error {
	var fault *sqldb.Fault
	if sqldb.IsDuplicate(err) && errors.As(err, &fault) && strings.Contains(fault.Constraint, "email_folded") {
		return remit.FieldErrorf("email", "belongs to someone else here")
	}
	return err
}

// UpdatePerson changes a person. It raises their generation, also if nothing is
// different afterwards.
func (d *Directory) UpdatePerson(ctx context.Context, by remit.Actor, id remit.ID, c PersonChange) error {
	if err := c.check(); err != nil {
		return err
	}
	err := d.write(ctx, by, OpPersonUpdate, id, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Fields = c.fields()
		if c.ManagerID != nil {
			if err := managers().lock(ctx, tx); err != nil {
				return err
			}
		}
		if c.Active != nil || len(c.Attributes) > 0 {
			if err := lockPolicy(ctx, tx); err != nil {
				return err
			}
		}
		if err := bump(ctx, tx, id); err != nil {
			return err
		}
		apply := func() error { return d.applyChange(ctx, tx, id, c) }
		if c.Active != nil && !*c.Active {
			return d.keepAdministrator(ctx, tx, "active", apply)
		}
		return apply()
	})
	if err != nil {
		return takenEmail(err)
	}
	d.claims.forget(id)
	return nil
}

func (c *PersonChange) fields() []string {
	var names []string
	for _, part := range []struct {
		name  string
		given bool
	}{
		{"name", c.Name != nil},
		{"email", c.Email != nil},
		{"title", c.Title != nil},
		{"department_id", c.DepartmentID != nil},
		{"manager_id", c.ManagerID != nil},
		{"active", c.Active != nil},
	} {
		if part.given {
			names = append(names, part.name)
		}
	}
	return append(names, slices.Sorted(maps.Keys(c.Attributes))...)
}

func (d *Directory) applyChange(ctx context.Context, tx sqldb.Tx, id remit.ID, c PersonChange) error {
	if c.DepartmentID != nil {
		if err := checkDepartment(ctx, tx, "department", *c.DepartmentID); err != nil {
			return err
		}
	}
	for _, set := range c.columns() {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "UPDATE people SET " + set.column + " = ? WHERE id = ?",
			Args: []any{set.value, id},
		})
		if err != nil {
			return err
		}
	}
	if c.Active != nil && !*c.Active {
		if err := d.revokeAll(ctx, tx, id); err != nil {
			return err
		}
	}
	if err := replaceAttributes(ctx, tx, id, c.Attributes); err != nil {
		return err
	}
	if c.ManagerID == nil {
		return nil
	}
	if err := checkManager(ctx, tx, *c.ManagerID); err != nil {
		return err
	}
	return managers().move(ctx, tx, id, *c.ManagerID)
}

type assignment struct {
	column string
	value  any
}

// columns returns what the change sets, but for the manager.
func (c *PersonChange) columns() []assignment {
	var sets []assignment
	if c.Name != nil {
		sets = append(sets, assignment{"name", *c.Name})
	}
	if c.Email != nil {
		sets = append(sets, assignment{"email", *c.Email}, assignment{"email_folded", foldEmail(*c.Email)})
	}
	if c.Title != nil {
		sets = append(sets, assignment{"title", nullableText(*c.Title)})
	}
	if c.DepartmentID != nil {
		sets = append(sets, assignment{"department_id", nullable(*c.DepartmentID)})
	}
	if c.Active != nil {
		sets = append(sets, assignment{"active", *c.Active})
	}
	return sets
}

const profileColumns = "id, name, email, title, department_id, manager_id, active, created_at"

func readProfile(r sqldb.Row) Profile {
	return Profile{
		ID:           remit.ID(r.Text(0)),
		Name:         r.Text(1),
		Email:        r.Text(2),
		Title:        r.Text(3),
		DepartmentID: remit.ID(r.Text(4)),
		ManagerID:    remit.ID(r.Text(5)),
		Active:       r.Bool(6),
		CreatedAt:    r.Time(7),
	}
}

// Profile reads the profile of one person.
func (d *Directory) Profile(ctx context.Context, id remit.ID) (*Profile, error) {
	if !id.Valid() {
		return nil, errNoPerson()
	}
	var found *Profile
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL:  "SELECT " + profileColumns + " FROM people WHERE id = ? AND system = ?",
		Args: []any{id, false},
	}, func(r sqldb.Row) error {
		p := readProfile(r)
		found = &p
		return nil
	})
	if err == nil && found == nil {
		err = errNoPerson()
	}
	return found, err
}

// People returns up to limit people by name, active or not, after the one
// called after, or from the start where that is "".
func (d *Directory) People(ctx context.Context, after remit.ID, limit int) ([]Profile, error) {
	s := sqldb.Stmt{
		SQL:  "SELECT " + profileColumns + " FROM people WHERE system = ? ORDER BY name, id LIMIT ?",
		Args: []any{false, limit},
	}
	if after != "" {
		s = sqldb.Stmt{
			SQL: "SELECT " + profileColumns + " FROM people WHERE system = ?" +
				" AND (name, id) > (SELECT name, id FROM people WHERE id = ?) ORDER BY name, id LIMIT ?",
			Args: []any{false, after, limit},
		}
	}
	var page []Profile
	err := d.db.Query(ctx, s, func(r sqldb.Row) error {
		page = append(page, readProfile(r))
		return nil
	})
	return page, err
}
