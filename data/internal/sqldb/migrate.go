package sqldb

import (
	"context"
	"errors"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/migrations"
)

// Migrate brings the set's tables up to date. Where they are, which is so at
// every start but the first, it costs one query. Servers that start at once may
// all call it. The error is [remit.KindInvalid] for a database that a newer
// Remit has made.
func (db *DB) Migrate(ctx context.Context, set migrations.Set) error {
	latest, err := set.Latest(db.dialect)
	if err != nil {
		return err
	}
	current, err := db.version(ctx, set)
	switch {
	case err != nil:
		return err
	case current == latest:
		return nil
	case current > latest:
		return remit.Errorf(remit.KindInvalid, "the database has schema %d and this Remit knows %d at most: run the newer Remit that made it, or restore the backup from before", current, latest)
	}
	if err := db.dropGuardedViews(ctx); err != nil {
		return err
	}
	address := db.url
	if file, ok := db.engine.(*sqliteEngine); ok {
		address = file.path
	}
	return set.Run(ctx, db.dialect, address, latest)
}

// version returns the version of the set's tables, 0 if there are none.
func (db *DB) version(ctx context.Context, set migrations.Set) (version int64, err error) {
	err = db.Query(ctx, Stmt{SQL: "SELECT max(version_id) FROM " + set.Table()}, func(r Row) error {
		version = r.Int(0)
		return nil
	})
	if err != nil && isMissingTable(err) {
		return 0, nil
	}
	return version, err
}

func isMissingTable(err error) bool {
	const undefinedTable = "42P01"
	var fault *Fault
	if !errors.As(err, &fault) {
		return false
	}
	return fault.Code == undefinedTable || strings.HasPrefix(fault.Text, "no such table")
}
