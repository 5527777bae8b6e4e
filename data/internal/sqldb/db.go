package sqldb

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// Options tune a [DB]. The zero value is good for a server.
type Options struct {
	AppName          string           // shown in pg_stat_activity; default "remit"
	ReadConns        int              // most connections at once; default 4 for each core, at most 16
	StatementTimeout time.Duration    // a statement that runs longer is canceled; default 30 s
	BusyTimeout      time.Duration    // how long a write waits for the writers before it; default 10 s
	Now              func() time.Time // the clock behind [Now] on SQLite; default time.Now
	GuardKey         []byte           // of [DB.Guarded] on PostgreSQL: all servers of a database have one; none: it is off
}

func (o Options) withDefaults() Options {
	if o.AppName == "" {
		o.AppName = "remit"
	}
	if o.ReadConns <= 0 {
		o.ReadConns = min(4*runtime.GOMAXPROCS(0), 16)
	}
	if o.StatementTimeout <= 0 {
		o.StatementTimeout = 30 * time.Second
	}
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine  engine
	dialect sqlgen.Dialect
	url     string
}

// engine is one kind of database behind a [DB].
type engine interface {
	query(ctx context.Context, s Stmt, each func(Row) error) error
	queryThen(ctx context.Context, first Stmt, each func(Row) error, then Stmt, eachThen func(Row) error) error
	read(ctx context.Context, fn func(Tx) error) error
	write(ctx context.Context, fn func(Tx) error) error
	guarded(ctx context.Context, g Guarded, each func(Row) error) error
	close() error
}

// Open opens the database at url: "sqlite:PATH", whose file is made if need be
// (readable by its owner only), or "postgres://…". The error is
// [remit.KindInvalid] for a url that is neither and [remit.KindUnavailable] if
// the database cannot be reached.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	o = o.withDefaults()
	db := &DB{url: url}
	var err error
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		db.dialect = sqlgen.SQLite
		db.engine, err = openSQLite(ctx, strings.TrimPrefix(rest, "//"), o)
	case "postgres", "postgresql":
		db.dialect = sqlgen.Postgres
		db.engine, err = openPostgres(ctx, url, o)
	default:
		// The url is not quoted back: it may hold a password.
		return nil, remit.Errorf(remit.KindInvalid, "the database must be sqlite:PATH or postgres://USER@HOST/NAME")
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Dialect returns the database's SQL.
func (db *DB) Dialect() sqlgen.Dialect { return db.dialect }

// Close ends every connection, after the statements that run have ended.
func (db *DB) Close() error { return db.engine.close() }

// Query runs s on a snapshot of its own and hands each row to each, whose error
// ends the query and is returned.
func (db *DB) Query(ctx context.Context, s Stmt, each func(Row) error) error {
	return db.engine.query(ctx, s, each)
}

// QueryThen runs first, and then, on a later snapshot that starts only after
// first has been evaluated. So what then reads is at least as new as what first
// read: a revocation that committed before first ended is seen by then. On
// PostgreSQL both travel in one round trip. If each fails, then is not handed
// out.
func (db *DB) QueryThen(ctx context.Context, first Stmt, each func(Row) error, then Stmt, eachThen func(Row) error) error {
	return db.engine.queryThen(ctx, first, each, then, eachThen)
}

// Read runs fn in a transaction that sees one snapshot throughout, taken by its
// first statement, and changes nothing. It waits for no writer.
func (db *DB) Read(ctx context.Context, fn func(Tx) error) error {
	return db.engine.read(ctx, fn)
}

// Write runs fn in a transaction and commits it, or rolls it back if fn or one
// of its statements fails. SQLite has one writer at a time (BEGIN IMMEDIATE);
// PostgreSQL runs at READ COMMITTED. Where the database gives the transaction up
// to others (serialization failure, deadlock, busy) it is run again a few times,
// so fn must have no effect but through its Tx.
//
// When Write returns nil, the transaction is durable.
func (db *DB) Write(ctx context.Context, fn func(Tx) error) error {
	return db.engine.write(ctx, fn)
}

// Now returns an SQL expression for the database's time, as bigint microseconds
// since 1970-01-01 UTC. It moves on within a transaction, so in the second
// statement of [DB.QueryThen] it is later than the first's evaluation.
func Now(d sqlgen.Dialect) string {
	if d == sqlgen.Postgres {
		return "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
	}
	return "remit_now()"
}
