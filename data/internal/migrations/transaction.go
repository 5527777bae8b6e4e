package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"github.com/remit-crm/remit/scope/sqlgen"
)

// lockKey is the advisory lock of migrations: "remit" and a serial number.
const lockKey = 0x72656d6974_01

// transaction is what goose takes for its lock: one transaction around
// everything that goose does on its connection, which no other overlaps.
type transaction struct {
	dialect sqlgen.Dialect
	table   string // of versions
	target  int64
}

// goose returns goose's name of the database.
func (t *transaction) goose() goose.Dialect {
	if t.dialect == sqlgen.Postgres {
		return goose.DialectPostgres
	}
	return goose.DialectSQLite3
}

// makeTable makes the table of versions if it is missing. goose would do so
// itself, but before it takes the lock.
func (t *transaction) makeTable(ctx context.Context, db *sql.DB) (err error) {
	store, err := database.NewStore(t.goose(), t.table)
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := t.begin(ctx, conn); err != nil {
		return err
	}
	if err := t.makeOn(ctx, conn, store); err != nil {
		_, rollbackErr := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, rollbackErr)
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

func (t *transaction) makeOn(ctx context.Context, conn *sql.Conn, store database.Store) error {
	query := "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?)"
	if t.dialect == sqlgen.Postgres {
		query = "SELECT to_regclass($1) IS NOT NULL"
	}
	var exists bool
	if err := conn.QueryRowContext(ctx, query, t.table).Scan(&exists); err != nil || exists {
		return err
	}
	if err := store.CreateVersionTable(ctx, conn); err != nil {
		return err
	}
	return store.Insert(ctx, conn, database.InsertRequest{Version: 0})
}

// SessionLock implements goose's SessionLocker: it begins the transaction.
func (t *transaction) SessionLock(ctx context.Context, conn *sql.Conn) error {
	return t.begin(ctx, conn)
}

// begin begins the transaction when its turn has come.
func (t *transaction) begin(ctx context.Context, conn *sql.Conn) error {
	begin := []string{"BEGIN IMMEDIATE"}
	if t.dialect == sqlgen.Postgres {
		begin = []string{"BEGIN", "SELECT pg_advisory_xact_lock(" + strconv.FormatInt(lockKey, 10) + ")"}
	}
	for _, statement := range begin {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("wait for another server's turn: %w", err)
		}
	}
	return nil
}

// SessionUnlock implements goose's SessionLocker: it commits if the target has been reached and rolls back if not.
// goose does not say whether it has failed; the version does, for it is written
// last.
func (t *transaction) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	var version int64
	err := conn.QueryRowContext(ctx, "SELECT max(version_id) FROM "+t.table).Scan(&version) // #nosec G202 -- a constant
	if err == nil && version >= t.target {
		_, err = conn.ExecContext(ctx, "COMMIT")
		return err
	}
	_, rollbackErr := conn.ExecContext(ctx, "ROLLBACK")
	return errors.Join(fmt.Errorf("rolled back at version %d of %d", version, t.target), err, rollbackErr)
}
