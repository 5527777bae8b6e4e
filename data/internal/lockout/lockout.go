// Package lockout keeps an installation from being left with nobody who can
// administer it. Changes to the policy and changes to people meet here: each is
// judged in its own transaction, by what the tables hold then, so that of two at
// once the later sees what the earlier has done.
package lockout

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// capabilities are those without which nobody could take a change back.
var capabilities = []string{policy.ManagePolicy, policy.ManagePeople}

// hold is how well a capability is held by people who are active. The operator, who
// needs the machine, does not count.
type hold int

const (
	nobody  hold = iota
	forNow       // by roles that end by themselves
	forGood      // by somebody whose role has no end
)

// Guard makes a change and returns the first capability that is held less well
// after it than before; "" is none. The caller refuses the change then, and holds the
// lock on the policy's epoch before it calls.
func Guard(ctx context.Context, tx sqldb.Tx, d sqlgen.Dialect, change func() error) (lost string, err error) {
	before, err := held(ctx, tx, d)
	if err != nil {
		return "", err
	}
	if err := change(); err != nil {
		return "", err
	}
	after, err := held(ctx, tx, d)
	if err != nil {
		return "", err
	}
	for _, capability := range capabilities {
		if after[capability] < before[capability] {
			return capability, nil
		}
	}
	return "", nil
}

// held returns how well each capability is held now.
func held(ctx context.Context, tx sqldb.Tx, d sqlgen.Dialect) (map[string]hold, error) {
	roles, err := heldRoles(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	all := make(map[string]hold)
	err = tx.Query(ctx, sqldb.Stmt{SQL: "SELECT name, body FROM policy_roles"}, func(r sqldb.Row) error {
		var role policy.Role
		if err := json.Unmarshal([]byte(r.Text(1)), &role); err != nil {
			return fmt.Errorf("lockout: reading the role %s: %w", r.Text(0), err)
		}
		for _, capability := range capabilities {
			if slices.Contains(role.Capabilities, capability) {
				all[capability] = max(all[capability], roles[r.Text(0)])
			}
		}
		return nil
	})
	return all, err
}

// heldRoles returns how well each role is held now.
func heldRoles(ctx context.Context, tx sqldb.Tx, d sqlgen.Dialect) (map[string]hold, error) {
	var now time.Time
	err := tx.Query(ctx, sqldb.Stmt{SQL: "SELECT " + sqldb.Now(d)}, func(r sqldb.Row) error {
		now = time.UnixMicro(r.Int(0)).UTC()
		return nil
	})
	if err != nil {
		return nil, err
	}
	roles := make(map[string]hold)
	err = tx.Query(ctx, sqldb.Stmt{
		SQL: `SELECT DISTINCT r.role, r.not_after IS NULL FROM person_roles r JOIN people p ON p.id = r.person_id
WHERE p.active AND NOT p.system AND (r.not_after IS NULL OR r.not_after > ?)`,
		Args: []any{now},
	}, func(r sqldb.Row) error {
		h := forNow
		if r.Bool(1) {
			h = forGood
		}
		roles[r.Text(0)] = max(roles[r.Text(0)], h)
		return nil
	})
	return roles, err
}
