// Package migrations brings a database's schema up to date: numbered SQL files,
// forward only, run by goose when a server starts.
//
// A set's pending files run in one transaction on both databases, under a lock
// that dies with the connection. So servers that start at once take turns, the
// second finds nothing to do, and a server that is killed on the way leaves
// nothing behind. That also means that a file must not hold what cannot run in a
// transaction, such as CREATE INDEX CONCURRENTLY.
//
// A file that has been released is never changed: databases out there have run
// it. Whatever goose reads as a "Down" part is never run.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the database/sql driver that goose needs

	"github.com/remit-crm/remit/scope/sqlgen"
)

//go:embed sqlite/*.sql postgres/*.sql audit_sqlite/*.sql audit_postgres/*.sql
var files embed.FS

// Set is a schema of its own, with its own table of versions. The zero value is
// none.
type Set uint8

// The sets.
const (
	Main  Set = iota + 1 // people, policy, model, customer data
	Audit                // the audit log, which may live in a database of its own
)

// Table returns the name of the set's table of versions; its column version_id
// holds every version that was run.
func (s Set) Table() string {
	if s == Audit {
		return "audit_schema_version"
	}
	return "schema_version"
}

// files returns the set's files for a database.
func (s Set) files(d sqlgen.Dialect) (fs.FS, error) {
	folder := d.String()
	switch s {
	case Main:
	case Audit:
		folder = "audit_" + folder
	default:
		return nil, fmt.Errorf("migrations: there is no set %d", s)
	}
	return fs.Sub(files, folder)
}

// Versions returns the set's versions for a database in rising order.
func (s Set) Versions(d sqlgen.Dialect) ([]int64, error) {
	folder, err := s.files(d)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(folder, "*.sql") // sorted, and the numbers have one width
	if err != nil {
		return nil, err
	}
	versions := make([]int64, len(names))
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if versions[i], err = strconv.ParseInt(number, 10, 64); err != nil {
			return nil, fmt.Errorf("migrations: %s has no number: %w", name, err)
		}
	}
	return versions, nil
}

// Latest returns the version that this program needs.
func (s Set) Latest(d sqlgen.Dialect) (int64, error) {
	versions, err := s.Versions(d)
	if err != nil || len(versions) == 0 {
		return 0, err
	}
	return versions[len(versions)-1], nil
}

// Run brings the database at address (the path of an SQLite file, or a URL of
// PostgreSQL) to the version, which is usually [Set.Latest]. A database that is
// there or beyond stays as it is.
func (s Set) Run(ctx context.Context, d sqlgen.Dialect, address string, version int64) (err error) {
	folder, err := s.files(d)
	if err != nil {
		return err
	}
	db, err := connect(d, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	turn := &transaction{dialect: d, table: s.Table(), target: version}
	if err := turn.makeTable(ctx, db); err != nil {
		return fmt.Errorf("migrations: make %s: %w", s.Table(), err)
	}
	provider, err := goose.NewProvider(turn.goose(), db, folder,
		goose.WithTableName(s.Table()),
		goose.WithDisableGlobalRegistry(true),
		goose.WithIsolateDDL(true), // goose then begins no transaction of its own
		goose.WithSessionLocker(turn),
	)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := provider.UpTo(ctx, version); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

func connect(d sqlgen.Dialect, address string) (*sql.DB, error) {
	switch d {
	case sqlgen.SQLite:
		// As a URI, so that no character of the path is taken for an option.
		options := url.Values{"_pragma": {"busy_timeout(60000)", "foreign_keys(1)"}}
		return sql.Open("sqlite", "file:"+url.PathEscape(address)+"?"+options.Encode())
	case sqlgen.Postgres:
		config, err := pgxpool.ParseConfig(address) // knows the pool's options, which may be in the URL
		if err != nil {
			return nil, errors.New("migrations: the database's URL cannot be read") // the cause may quote a password
		}
		config.ConnConfig.RuntimeParams["application_name"] = "remit migrations"
		config.ConnConfig.RuntimeParams["timezone"] = "UTC"
		return stdlib.OpenDB(*config.ConnConfig), nil
	}
	return nil, fmt.Errorf("migrations: there is no dialect %d", d)
}
