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

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/model"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Log takes audit entries. [audit.Log] is one.
type Log interface {
	// Append returns when the entries are durable in the log.
	Append(ctx context.Context, entries ...*audit.Entry) error
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

// Write runs fn in a transaction that also stages the entry. An actor that views as
// somebody else changes nothing. Fn may complete the
// entry, and may be run more than once. An error after the commit, when the log
// cannot be reached, is [remit.KindUnavailable]: the change stands, and its entry
// reaches the log later.
func (w *Writer) Write(ctx context.Context, entry audit.Entry, fn func(sqldb.Tx, *audit.Entry) error) error {
	return w.WriteParts(ctx, entry, func(tx sqldb.Tx, e *audit.Entry) ([]any, error) { return nil, fn(tx, e) })
}

// WriteParts is Write for a change of which there is too much to say for the
// details of one entry. Each part that fn returns becomes the details of an entry
// of its own, which is otherwise the same; with none there is one entry.
func (w *Writer) WriteParts(ctx context.Context, entry audit.Entry, fn func(sqldb.Tx, *audit.Entry) (parts []any, err error)) error {
	if entry.Actor.Viewing() {
		return remit.Errorf(remit.KindDenied, "you are viewing as somebody else, which changes nothing: end the view first")
	}
	started := w.Clock()
	var staged []audit.Staged
	err := w.DB.Write(ctx, func(tx sqldb.Tx) error {
		e := entry
		e.Decision = audit.Allowed
		parts, err := fn(tx, &e)
		if err != nil || w.Log == nil {
			return err
		}
		if err := readEpoch(ctx, tx, &e); err != nil {
			return err
		}
		e.Duration = w.Clock().Sub(started)
		staged, err = w.stage(ctx, tx, &e, parts)
		return err
	})
	if err != nil || w.Log == nil {
		return err
	}
	for _, s := range staged {
		if err := w.Log.Publish(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) stage(ctx context.Context, tx sqldb.Tx, e *audit.Entry, parts []any) ([]audit.Staged, error) {
	if len(parts) == 0 {
		parts = []any{e.Details}
	}
	staged := make([]audit.Staged, len(parts))
	for i, details := range parts {
		part := *e
		part.Details = details
		var err error
		if staged[i], err = w.Log.Stage(ctx, tx, &part); err != nil {
			return nil, err
		}
	}
	return staged, nil
}

// Refused records that something was refused before there was a change, and
// returns what to answer: the cause, or [remit.KindUnavailable] if it could not be
// recorded.
func (w *Writer) Refused(ctx context.Context, e audit.Entry, cause error) error {
	if w.Log == nil {
		return cause
	}
	ctx = context.WithoutCancel(ctx)
	if err := readEpoch(ctx, w.DB, &e); err != nil {
		return err
	}
	e.Decision, e.Reason = audit.Refused, remit.KindOf(cause).String()
	if err := w.Log.Append(ctx, &e); err != nil {
		return err
	}
	return cause
}

func readEpoch(ctx context.Context, q model.Querier, e *audit.Entry) error {
	return q.Query(ctx, sqldb.Stmt{SQL: "SELECT epoch FROM policy_epoch"}, func(r sqldb.Row) error {
		e.Epoch = r.Int(0)
		return nil
	})
}
