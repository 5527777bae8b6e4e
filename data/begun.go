package data

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// auditBegun is the setting that says that the log has entries. It stands in the
// main database, so that a log whose file has gone is not taken for a new one.
const auditBegun = "audit.begun"

// checkLog refuses a log that is empty although it was begun, and notes when it
// is. A new installation's log begins with the shipped policy.
func (s *Store) checkLog(ctx context.Context) error {
	last, err := s.Audit.Checkpoint(ctx)
	if err != nil {
		return err
	}
	size := last.Size
	begun := false
	err = s.db.Query(ctx, sqldb.Stmt{SQL: "SELECT value FROM settings WHERE name = ?", Args: []any{auditBegun}}, func(sqldb.Row) error {
		begun = true
		return nil
	})
	switch {
	case err != nil:
		return err
	case begun && size == 0:
		return remit.Errorf(remit.KindUnavailable, "the audit log is empty, but this database has had one: put the log's file or database back")
	case begun || size == 0:
		return nil
	}
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(ctx, sqldb.Stmt{
			SQL:  "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
			Args: []any{auditBegun, "true"},
		})
		return err
	})
}
