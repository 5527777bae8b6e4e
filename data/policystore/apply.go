package policystore

import (
	"context"
	"errors"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/lockout"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// The changes, as the audit log names them.
const (
	OpApply    audit.Operation = "policy.apply"
	OpForce    audit.Operation = "policy.force" // applied although it may lock every administrator out
	OpSeed     audit.Operation = "policy.seed"
	OpSettings audit.Operation = "settings.update"
	OpDefine   audit.Operation = "attributes.define"
	OpUndefine audit.Operation = "attributes.remove"
)

// Transition is a change of the policy that is about to be made.
type Transition struct {
	Epoch  int64            // of the policy before
	Before *policy.Document // what the database holds, also if it does not compile
	After  *policy.Policy
}

// Check looks at a change in its transaction, when no other can come between,
// and refuses it by an error: because the epoch is not the one that somebody saw
// when they decided, say. It has no effects: it may be called more than once.
type Check func(Transition) error

// Apply puts the document in place of the stored one: all of it, or nothing if
// it does not compile (the error joins every problem, each of
// [remit.KindInvalid]) or check, which may be nil, refuses it.
//
// An AI employee that was not there before becomes available to the roles that take
// new ones.
//
// A role or an AI employee that is gone leaves nothing behind that would come
// back to life with its name: memberships of the role end, tokens bound to the AI
// employee are revoked. The operator keeps its role.
//
// A policy after which nobody who is active could manage the policy or people any
// more is refused with [remit.KindDenied]: nobody could take it back.
func (s *Store) Apply(ctx context.Context, by remit.Actor, doc *policy.Document, check Check) error {
	return s.apply(ctx, by, OpApply, doc, check)
}

// Force is Apply for the operator, who may lock every administrator out. It is
// recorded as such.
func (s *Store) Force(ctx context.Context, by remit.Actor, doc *policy.Document, check Check) error {
	return s.apply(ctx, by, OpForce, doc, check)
}

func (s *Store) apply(ctx context.Context, by remit.Actor, op audit.Operation, doc *policy.Document, check Check) error {
	return s.change(ctx, by, op, func(tx sqldb.Tx, _ *audit.Entry) (*made, error) {
		before, err := readDocument(ctx, tx)
		if err != nil {
			return nil, err
		}
		epoch, err := readEpoch(ctx, tx)
		if err != nil {
			return nil, err
		}
		doc := doc.Offer(before)
		after, err := compileDocument(ctx, tx, doc)
		if err != nil {
			return nil, err
		}
		if check != nil {
			if err := check(Transition{Epoch: epoch - 1, Before: before, After: after}); err != nil {
				return nil, err
			}
		}
		parts, err := recordChanges(policy.Compare(before, doc))
		if err != nil {
			return nil, err
		}
		lost, err := lockout.Guard(ctx, tx, s.db.Dialect(), func() error {
			if err := writeDocument(ctx, tx, doc); err != nil {
				return err
			}
			return s.dropLeftovers(ctx, tx, before, doc)
		})
		if err == nil && lost != "" && op != OpForce {
			err = lockedOut(lost)
		}
		return &made{after, parts}, err
	})
}

func lockedOut(capability string) error {
	e := remit.FieldErrorf("roles", "this would lock every administrator out: no active person would be left who has %s by a role without an end", capability)
	e.Kind, e.Hint = remit.KindDenied, "leave "+capability+" to a role that an active person holds"
	return e
}

// dropLeftovers ends the memberships and tokens of what is in before and no
// longer in after.
func (s *Store) dropLeftovers(ctx context.Context, tx sqldb.Tx, before, after *policy.Document) error {
	for _, role := range before.Roles {
		if slices.ContainsFunc(after.Roles, func(r policy.Role) bool { return r.Name == role.Name }) {
			continue
		}
		if err := dropMemberships(ctx, tx, role.Name); err != nil {
			return err
		}
	}
	for _, employee := range before.Employees {
		if slices.ContainsFunc(after.Employees, func(e policy.Employee) bool { return e.Name == employee.Name }) {
			continue
		}
		if err := s.revokeTokens(ctx, tx, employee.Name); err != nil {
			return err
		}
	}
	return nil
}

func dropMemberships(ctx context.Context, tx sqldb.Tx, role string) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL: `UPDATE people SET generation = generation + 1
WHERE system = ? AND id IN (SELECT person_id FROM person_roles WHERE role = ?)`,
		Args: []any{false, role},
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL:  "DELETE FROM person_roles WHERE role = ? AND person_id IN (SELECT id FROM people WHERE system = ?)",
		Args: []any{role, false},
	})
	return err
}

func (s *Store) revokeTokens(ctx context.Context, tx sqldb.Tx, employee string) error {
	_, err := tx.Exec(ctx, sqldb.Stmt{
		SQL: `UPDATE people SET generation = generation + 1
WHERE id IN (SELECT person_id FROM api_tokens WHERE employee = ? AND revoked_at IS NULL)`,
		Args: []any{employee},
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqldb.Stmt{
		SQL:  "UPDATE api_tokens SET revoked_at = ? WHERE employee = ? AND revoked_at IS NULL",
		Args: []any{s.writer.Clock(), employee},
	})
	return err
}

// Seed gives a new installation its first policy, and reports whether it did. A
// database that has or ever had a policy stays as it is, also when several
// servers start at once.
func (s *Store) Seed(ctx context.Context, by remit.Actor, doc *policy.Document) (seeded bool, err error) {
	epoch, err := s.Epoch(ctx)
	if err != nil || epoch != firstEpoch {
		return false, err
	}
	err = s.change(ctx, by, OpSeed, func(tx sqldb.Tx, _ *audit.Entry) (*made, error) {
		epoch, err := readEpoch(ctx, tx)
		if err != nil {
			return nil, err
		}
		if epoch != firstEpoch+1 {
			return nil, errSeeded
		}
		if err := writeDocument(ctx, tx, doc); err != nil {
			return nil, err
		}
		return asMade(compileDocument(ctx, tx, doc))
	})
	if errors.Is(err, errSeeded) {
		return false, nil
	}
	return err == nil, err
}

// firstEpoch is the epoch of a database that never had a policy.
const firstEpoch = 1

// errSeeded says that another server was faster.
var errSeeded = errors.New("policystore: there is a policy already")
