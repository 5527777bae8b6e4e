package audit

import (
	"context"
	"sync"
	"time"

	"github.com/remit-crm/remit/data/internal/sqldb"
)

const (
	// readyPause is how long an answer of Ready is good for. Anybody may ask a
	// server whether it is ready, and each question costs a transaction.
	readyPause = time.Second

	// roomBytes is what a trial writes: more than an ordinary batch, so that a disk
	// on which a trial fits has room for what comes next.
	roomBytes = 32 << 10
)

// readiness is what was last found out.
type readiness struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// Ready tries whether the log can be written, by a transaction like that of a
// batch which leaves no entry. The error is [remit.KindUnavailable] if it cannot;
// for a moment it is answered without another trial.
func (l *Log) Ready(ctx context.Context) error {
	r := &l.ready
	r.mu.Lock()
	defer r.mu.Unlock()
	now := l.options.Now()
	if age := now.Sub(r.at); !r.at.IsZero() && age >= 0 && age < readyPause {
		return r.err
	}
	g, err := l.queue.try(ctx)
	if err == nil {
		err = g.wait(ctx)
	}
	if ctx.Err() == nil { // who gave up has found out nothing
		r.at, r.err = now, err
	}
	return err
}

// writeTrial writes what a full disk has no room for, in place of what the trial
// before it wrote.
func writeTrial(ctx context.Context, tx sqldb.Tx) error {
	if _, err := tx.Exec(ctx, sqldb.Stmt{SQL: `DELETE FROM audit_trial`}); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, sqldb.Stmt{SQL: `INSERT INTO audit_trial (room) VALUES (?)`, Args: []any{make([]byte, roomBytes)}})
	return err
}
