package sqldb

import (
	"context"
	"errors"

	"github.com/remit-crm/remit"
)

// postgresTx is a transaction on one connection.
type postgresTx struct {
	conn   *postgresConn
	failed error // of the first statement that failed
	done   bool
}

// How transactions begin.
const (
	beginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
	beginRead  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
)

// transact runs fn between a BEGIN and COMMIT. It reports whether the transaction
// was given up in favour of another and may be run again.
func (c *postgresConn) transact(ctx context.Context, begin string, fn func(Tx) error) (collided bool, err error) {
	if err := c.command(ctx, begin); err != nil {
		return false, err
	}
	tx := &postgresTx{conn: c}
	defer func() {
		tx.done = true
		c.rollback()
	}()
	err = fn(tx)
	if tx.failed != nil {
		if err == nil {
			err = tx.failed
		}
		return collision(tx.failed), err
	}
	if err != nil {
		return false, err
	}
	if ctx.Err() != nil {
		return false, interruptedError(ctx)
	}
	err = c.commit(ctx)
	return collision(err), err
}

// commit does not listen to the caller any more: the answer would say nothing of
// whether the transaction stands.
func (c *postgresConn) commit(ctx context.Context) error {
	err := c.command(context.WithoutCancel(ctx), "COMMIT")
	var fault *Fault
	if err != nil && (!errors.As(err, &fault) || fault.Code == lostConnection) {
		return &remit.Error{
			Kind:    remit.KindUnavailable,
			Message: "the database was lost while it stored the change: look whether it is there before you try again",
			Cause:   err,
		}
	}
	return err
}

// rollback ends a transaction that is still open, so that the connection can be
// used again.
func (c *postgresConn) rollback() {
	if c.pg.IsClosed() || c.pg.TxStatus() == 'I' {
		return
	}
	if err := c.command(context.Background(), "ROLLBACK"); err != nil {
		_ = c.pg.Close(context.Background()) // the pool makes another
	}
}

// command runs a statement without arguments or rows in the simple protocol: one
// round trip, nothing prepared.
func (c *postgresConn) command(ctx context.Context, text string) error {
	timed, cancel := c.timed(ctx)
	defer cancel()
	if _, err := c.pg.Exec(timed, text).ReadAll(); err != nil {
		return postgresError(ctx, err)
	}
	return nil
}

func (t *postgresTx) Query(ctx context.Context, s Stmt, each func(Row) error) error {
	_, err := t.run(ctx, s, each)
	return err
}

func (t *postgresTx) Exec(ctx context.Context, s Stmt) (int64, error) {
	return t.run(ctx, s, nil)
}

func (t *postgresTx) run(ctx context.Context, s Stmt, each func(Row) error) (int64, error) {
	if t.done {
		return 0, misuse("a transaction was used after its end")
	}
	if t.failed != nil {
		return 0, t.failed
	}
	var fromCaller error
	timed, cancel := t.conn.timed(ctx)
	defer cancel()
	n, err := t.conn.run(timed, s, func(r Row) error {
		if each != nil {
			fromCaller = each(r)
		}
		return fromCaller
	})
	if err != nil && fromCaller == nil {
		t.failed = err
	}
	return n, err
}
