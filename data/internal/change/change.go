// Package change writes to the database so that no change goes unrecorded: the
// audit entry commits in the change's own transaction and has reached the log
// before the change is answered (DESIGN law 9).
//
// It is for what Remit keeps about itself (people, policy, settings). Customer
// data is written by the lens.
package change

import (
	"context"
	"time"

	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Log takes audit entries. [audit.Log] is one.
type Log interface {
	// Stage puts the entry into the outbox of the transaction.
	Stage(ctx context.Context, tx sqldb.Tx, e *audit.Entry) (audit.Staged, error)
	// Publish returns when what was staged is durable in the log.
	Publish(ctx context.Context, s audit.Staged) error
}

// Writer writes recorded changes to one database.
type Writer struct {
	DB    *sqldb.DB
	Log   Log // nil records nothing: for tests of what lies below the audit
	Clock func() time.Time
}

// Write runs fn in a transaction that also stages the entry. Fn may complete the
// entry, and may be run more than once. An error after the commit, when the log
// cannot be reached, is [remit.KindUnavailable]: the change stands, and its entry
// reaches the log later.
func (w *Writer) Write(ctx context.Context, entry audit.Entry, fn func(sqldb.Tx, *audit.Entry) error) error {
	started := w.Clock()
	var staged audit.Staged
	err := w.DB.Write(ctx, func(tx sqldb.Tx) error {
		e := entry
		e.Decision = audit.Allowed
		if err := fn(tx, &e); err != nil {
			return err
		}
		if w.Log == nil {
			return nil
		}
		if err := readEpoch(ctx, tx, &e); err != nil {
			return err
		}
		e.Duration = w.Clock().Sub(started)
		var err error
		staged, err = w.Log.Stage(ctx, tx, &e)
		return err
	})
	if err != nil || w.Log == nil {
		return err
	}
	return w.Log.Publish(ctx, staged)
}

func readEpoch(ctx context.Context, tx sqldb.Tx, e *audit.Entry) error {
	return tx.Query(ctx, sqldb.Stmt{SQL: "SELECT epoch FROM policy_epoch"}, func(r sqldb.Row) error {
		e.Epoch = r.Int(0)
		return nil
	})
}
