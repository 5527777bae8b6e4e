package sqldb

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/remit-crm/remit"
)

// How long a canceled statement has to end by itself before its connection is
// given up, and how much longer than the server we wait for a time-out.
const (
	cancelGrace  = 2 * time.Second
	timeoutGrace = 5 * time.Second
)

// writeAttempts is how often a transaction runs before its collisions are the
// caller's problem.
const writeAttempts = 5

// postgresEngine is a pool of connections to a PostgreSQL server.
type postgresEngine struct {
	pool    *pgxpool.Pool
	options Options
	wall    postgresWall // behind which statements of others run
}

func openPostgres(ctx context.Context, url string, o Options) (*postgresEngine, error) {
	config, err := postgresConfig(url, o)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, postgresError(ctx, err)
	}
	e := &postgresEngine{pool: pool, options: o}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, postgresError(ctx, err)
	}
	return e, nil
}

func postgresConfig(url string, o Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// pgx blanks the password, but only where it could tell which part it is.
		return nil, remit.Errorf(remit.KindInvalid, "the database's URL cannot be read: write it as postgres://USER:PASSWORD@HOST:5432/NAME, with special characters percent-encoded")
	}
	config.MaxConns = int32(min(o.ReadConns, 1000)) // #nosec G115 -- bounded
	config.AfterConnect = checkServer
	for name, value := range map[string]string{
		"application_name":                    o.AppName,
		"timezone":                            "UTC",
		"default_transaction_isolation":       "read committed",
		"statement_timeout":                   milliseconds(o.StatementTimeout),
		"lock_timeout":                        milliseconds(o.BusyTimeout),
		"idle_in_transaction_session_timeout": milliseconds(2 * o.StatementTimeout),
		"jit":                                 "off", // compiling costs more than our statements run
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	// A caller that hangs up cancels its statement at the server. Without this,
	// pgx would close the connection, and making one costs more than most queries.
	config.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelGrace}
	}
	return config, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// checkServer refuses a database that would compare text differently, and sees
// to it that a commit is on disk when it is confirmed.
func checkServer(ctx context.Context, conn *pgx.Conn) error {
	if encoding := conn.PgConn().ParameterStatus("server_encoding"); encoding != "UTF8" {
		return remit.Errorf(remit.KindInvalid, "the database's encoding is %s: make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0", encoding)
	}
	const durable = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
	return conn.PgConn().Exec(ctx, durable).Close()
}

func (e *postgresEngine) close() error {
	e.wall.down()
	e.pool.Close()
	return nil
}

// with lends fn a connection. The context that fn gets ends with the caller's, or
// some time after the server should have ended the statement by itself: that
// means that the server is gone.
func (e *postgresEngine) with(ctx context.Context, fn func(ctx context.Context, c *postgresConn) error) error {
	held, err := e.pool.Acquire(ctx)
	if err != nil {
		return postgresError(ctx, err)
	}
	defer held.Release()
	return fn(ctx, connOf(held.Conn().PgConn(), e.options))
}

func (e *postgresEngine) query(ctx context.Context, s Stmt, each func(Row) error) error {
	return e.with(ctx, func(ctx context.Context, c *postgresConn) error {
		return c.again(ctx, func(ctx context.Context) error {
			_, err := c.run(ctx, s, each)
			return err
		})
	})
}

func (e *postgresEngine) queryThen(ctx context.Context, first Stmt, each func(Row) error, then Stmt, eachThen func(Row) error) error {
	return e.with(ctx, func(ctx context.Context, c *postgresConn) error {
		return c.again(ctx, func(ctx context.Context) error {
			return c.runThen(ctx, first, each, then, eachThen)
		})
	})
}

func (e *postgresEngine) read(ctx context.Context, fn func(Tx) error) error {
	return e.with(ctx, func(ctx context.Context, c *postgresConn) error {
		_, err := c.transact(ctx, beginRead, fn)
		return err
	})
}

// write runs the transaction until it does not collide.
func (e *postgresEngine) write(ctx context.Context, fn func(Tx) error) error {
	for attempt := 1; ; attempt++ {
		collided := false
		err := e.with(ctx, func(ctx context.Context, c *postgresConn) error {
			var err error
			collided, err = c.transact(ctx, beginWrite, fn)
			return err
		})
		if err == nil || !collided || attempt == writeAttempts {
			return err
		}
		if err := pause(ctx, attempt); err != nil {
			return err
		}
	}
}

// pause lets the other side of a collision finish: 5 ms, 10 ms, 20 ms … and up to
// as much again, so that two that collided do not meet again.
func pause(ctx context.Context, attempt int) error {
	base := 5 * time.Millisecond << (attempt - 1)
	timer := time.NewTimer(base + rand.N(base)) // #nosec G404 -- not a secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return interruptedError(ctx)
	}
}

// errStale marks a statement whose plan or name the server no longer knows, and
// that has handed out nothing yet.
var errStale = errors.New("the prepared statement is stale")
