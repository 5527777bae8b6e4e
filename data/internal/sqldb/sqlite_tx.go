package sqldb

import (
	"context"
	"time"
)

// sqliteTx is a transaction on the writer's connection.
type sqliteTx struct {
	conn   *sqliteConn
	failed error // of the first statement that failed
	done   bool
}

// transact runs fn between BEGIN IMMEDIATE and COMMIT. The lock is taken at the
// start, so nothing after it can be refused in favour of another writer and
// there is nothing to run again.
func (c *sqliteConn) transact(ctx context.Context, turn *turnstile, patience time.Duration, fn func(Tx) error) error {
	if err := c.begin(ctx, turn, patience); err != nil {
		return err
	}
	return c.within(fn, func() error {
		if ctx.Err() != nil {
			return interruptedError(ctx)
		}
		// From here on the caller's patience does not count: the answer would say
		// nothing of whether the transaction stands.
		return c.query(context.WithoutCancel(ctx), Stmt{SQL: "COMMIT"}, nil)
	})
}

// within runs fn in the transaction that has begun, and then end. What has not been
// committed by then is taken back.
func (c *sqliteConn) within(fn func(Tx) error, end func() error) error {
	tx := &sqliteTx{conn: c}
	defer func() {
		tx.done = true
		c.rollback()
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if tx.failed != nil {
		return tx.failed
	}
	return end()
}

// snapshot runs fn in a transaction that has nothing to commit.
func (c *sqliteConn) snapshot(ctx context.Context, fn func(Tx) error) error {
	if err := c.query(ctx, Stmt{SQL: "BEGIN"}, nil); err != nil {
		return err
	}
	return c.within(fn, func() error { return nil })
}

// begin waits for the writers of other processes, until patience or the caller
// gives up.
func (c *sqliteConn) begin(ctx context.Context, turn *turnstile, patience time.Duration) error {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := turn.enter(waiting)
	if err == nil {
		err = c.beginNext(waiting)
		turn.leave()
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil: // SQLite calls it busy, for it was
		return interruptedError(ctx)
	case waiting.Err() != nil:
		return unavailable(&Fault{Code: busyCode})
	}
	return err
}

// beginNext begins as soon as the transaction that runs has ended. It looks by
// itself and often: SQLite would look ten times a second.
func (c *sqliteConn) beginNext(ctx context.Context) error {
	c.conn.SetBusyTimeout(0)
	defer c.conn.SetBusyTimeout(c.options.BusyTimeout)
	return poll(ctx, func() (bool, error) {
		err := c.query(ctx, Stmt{SQL: "BEGIN IMMEDIATE"}, nil)
		if isBusy(err) {
			return false, nil
		}
		return err == nil, err
	})
}

// rollback ends a transaction that is still open. SQLite has ended it by itself
// after some errors (full disk, interrupt).
func (c *sqliteConn) rollback() {
	if !c.conn.AutocommitEnabled() {
		_ = c.query(context.Background(), Stmt{SQL: "ROLLBACK"}, nil)
	}
}

func (t *sqliteTx) Query(ctx context.Context, s Stmt, each func(Row) error) error {
	_, err := t.run(ctx, s, each)
	return err
}

func (t *sqliteTx) Exec(ctx context.Context, s Stmt) (int64, error) {
	stmt, err := t.run(ctx, s, nil)
	if err != nil || !stmt.changes {
		return 0, err
	}
	return int64(t.conn.conn.Changes()), nil
}

func (t *sqliteTx) run(ctx context.Context, s Stmt, each func(Row) error) (*sqliteStmt, error) {
	if t.done {
		return nil, misuse("a transaction was used after its end")
	}
	if t.failed != nil {
		return nil, t.failed
	}
	var fromCaller error
	stmt, err := t.conn.run(ctx, s, func(r Row) error {
		if each != nil {
			fromCaller = each(r)
		}
		return fromCaller
	})
	if err != nil && fromCaller == nil {
		t.failed = err
	}
	return stmt, err
}
