package directory

import (
	"context"
	"fmt"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/lockout"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// OpRolesSet replaces the roles of a person, as the audit log names it.
const OpRolesSet audit.Operation = "people.roles_set"

// maxRoles bounds the roles of one person.
const maxRoles = 100

// Invitation is a person to add together with what they need to begin.
type Invitation struct {
	NewPerson
	Password   string // "": one is made up
	Roles      []Membership
	Attributes map[string][]string
}

// Invite adds a person who can sign in with the password that it returns, and must
// then choose another.
func (d *Directory) Invite(ctx context.Context, by remit.Actor, n Invitation) (id remit.ID, password string, err error) {
	if err := n.check(); err != nil {
		return "", "", err
	}
	password, encoded, err := d.initialPassword(ctx, n.Password, n.Name, n.Email)
	if err != nil {
		return "", "", err
	}
	id = d.ids.New()
	err = d.write(ctx, by, OpPersonCreate, id, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = map[string]any{"roles": rolesDetails(n.Roles)}
		if err := lockPolicy(ctx, tx); err != nil {
			return err
		}
		if err := d.insertPerson(ctx, tx, id, n.NewPerson); err != nil {
			return err
		}
		if err := storeHash(ctx, tx, id, encoded, true); err != nil {
			return err
		}
		if err := replaceRoles(ctx, tx, id, n.Roles); err != nil {
			return err
		}
		return replaceAttributes(ctx, tx, id, n.Attributes)
	})
	if err != nil {
		return "", "", takenEmail(err)
	}
	return id, password, nil
}

// SetRoles replaces the roles of a person. The last administrator stays one: see
// keepAdministrator.
func (d *Directory) SetRoles(ctx context.Context, by remit.Actor, person remit.ID, roles []Membership) error {
	return d.write(ctx, by, OpRolesSet, person, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = map[string]any{"roles": rolesDetails(roles)}
		if err := lockPolicy(ctx, tx); err != nil {
			return err
		}
		if err := bump(ctx, tx, person); err != nil {
			return err
		}
		return d.keepAdministrator(ctx, tx, "roles", func() error { return replaceRoles(ctx, tx, person, roles) })
	})
}

func rolesDetails(roles []Membership) []map[string]string {
	details := make([]map[string]string, len(roles))
	for i, m := range roles {
		details[i] = membershipDetails(m.Role, m.NotAfter)
	}
	return details
}

func replaceRoles(ctx context.Context, tx sqldb.Tx, person remit.ID, roles []Membership) error {
	if len(roles) > maxRoles {
		return remit.FieldErrorf("roles", "has more than %d roles", maxRoles)
	}
	_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "DELETE FROM person_roles WHERE person_id = ?", Args: []any{person}})
	if err != nil {
		return err
	}
	for i, m := range roles {
		if slices.ContainsFunc(roles[:i], func(other Membership) bool { return other.Role == m.Role }) {
			return remit.FieldErrorf(fmt.Sprintf("roles[%d].name", i), "occurs twice")
		}
		if err := checkRole(ctx, tx, m.Role); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "INSERT INTO person_roles (person_id, role, not_after) VALUES (?, ?, ?)",
			Args: []any{person, m.Role, nullableTime(m.NotAfter)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func replaceAttributes(ctx context.Context, tx sqldb.Tx, person remit.ID, attributes map[string][]string) error {
	for name, values := range attributes {
		if len(values) > maxAttributeValues {
			return remit.FieldErrorf(name, "has more than %d values", maxAttributeValues)
		}
		if err := checkAttribute(ctx, tx, name, values); err != nil {
			return err
		}
		if err := replaceAttribute(ctx, tx, person, name, values); err != nil {
			return err
		}
	}
	return nil
}

// keepAdministrator makes a change to a person, and refuses it if it leaves nobody
// who can administer: see [lockout.Guard]. The policy is locked.
func (d *Directory) keepAdministrator(ctx context.Context, tx sqldb.Tx, field string, change func() error) error {
	lost, err := lockout.Guard(ctx, tx, d.db.Dialect(), change)
	if err != nil || lost == "" {
		return err
	}
	return remit.FieldErrorf(field, "would leave nobody to administer: first give %s to somebody else, by a role without an end", lost)
}
