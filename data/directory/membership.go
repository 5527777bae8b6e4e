package directory

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// The changes to roles, as the audit log names them.
const (
	OpRoleGrant  audit.Operation = "people.role_grant"
	OpRoleRevoke audit.Operation = "people.role_revoke"
)

// Holder is a person who holds a role.
type Holder struct {
	Person remit.ID
	Membership
}

// GrantRole gives a role of the policy to a person, until notAfter or, where
// that is zero, for good. Granted again, the new end replaces the old.
func (d *Directory) GrantRole(ctx context.Context, by remit.Actor, person remit.ID, role string, notAfter time.Time) error {
	return d.write(ctx, by, OpRoleGrant, person, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = membershipDetails(role, notAfter)
		if err := checkRole(ctx, tx, role); err != nil {
			return err
		}
		if err := bump(ctx, tx, person); err != nil {
			return err
		}
		return d.keepAdministrator(ctx, tx, "not_after", func() error {
			_, err := tx.Exec(ctx, sqldb.Stmt{
				SQL: `INSERT INTO person_roles (person_id, role, not_after) VALUES (?, ?, ?)
ON CONFLICT (person_id, role) DO UPDATE SET not_after = excluded.not_after`,
				Args: []any{person, role, nullableTime(notAfter)},
			})
			return err
		})
	})
}

// RevokeRole takes a role from a person. It is no error if they do not hold it.
func (d *Directory) RevokeRole(ctx context.Context, by remit.Actor, person remit.ID, role string) error {
	if err := checkText("role", role); err != nil {
		return err
	}
	return d.write(ctx, by, OpRoleRevoke, person, func(tx sqldb.Tx, e *audit.Entry) error {
		e.Details = membershipDetails(role, time.Time{})
		if err := lockPolicy(ctx, tx); err != nil {
			return err
		}
		if err := bump(ctx, tx, person); err != nil {
			return err
		}
		return d.keepAdministrator(ctx, tx, "role", func() error {
			_, err := tx.Exec(ctx, sqldb.Stmt{
				SQL:  "DELETE FROM person_roles WHERE person_id = ? AND role = ?",
				Args: []any{person, role},
			})
			return err
		})
	})
}

func membershipDetails(role string, notAfter time.Time) map[string]string {
	details := map[string]string{"role": role}
	if !notAfter.IsZero() {
		details["not_after"] = notAfter.UTC().Format(time.RFC3339)
	}
	return details
}

func nullableTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// checkRole refuses a role that the policy does not have. It keeps the policy
// from changing until the transaction ends: a role that is on its way out would
// otherwise be held by someone when it comes back.
func checkRole(ctx context.Context, tx sqldb.Tx, role string) error {
	if err := lockPolicy(ctx, tx); err != nil {
		return err
	}
	var known []string
	err := tx.Query(ctx, sqldb.Stmt{SQL: "SELECT name FROM policy_roles"}, func(r sqldb.Row) error {
		known = append(known, r.Text(0))
		return nil
	})
	if err != nil || slices.Contains(known, role) {
		return err
	}
	e := remit.FieldErrorf("role", "is not a role of the policy")
	e.Hint = remit.DidYouMean(role, known)
	return e
}

// lockPolicy makes changes to the policy wait until the transaction ends.
func lockPolicy(ctx context.Context, tx sqldb.Tx) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{SQL: "UPDATE policy_epoch SET epoch = epoch"})
	return err
}

// Holders returns who holds the role, or who holds any where role is "", by role
// and person, people who are not active and memberships that have ended
// included. The operator is left out.
func (d *Directory) Holders(ctx context.Context, role string) ([]Holder, error) {
	var where strings.Builder
	args := []any{false}
	where.WriteString(" WHERE p.system = ?")
	if role != "" {
		where.WriteString(" AND r.role = ?")
		args = append(args, role)
	}
	var all []Holder
	err := d.db.Query(ctx, sqldb.Stmt{
		SQL: "SELECT r.person_id, r.role, r.not_after FROM person_roles r JOIN people p ON p.id = r.person_id" +
			where.String() + " ORDER BY r.role, r.person_id",
		Args: args,
	}, func(r sqldb.Row) error {
		h := Holder{Person: remit.ID(r.Text(0)), Membership: Membership{Role: r.Text(1)}}
		if !r.Null(2) {
			h.NotAfter = r.Time(2)
		}
		all = append(all, h)
		return nil
	})
	return all, err
}
