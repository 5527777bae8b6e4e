package sqldb

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/remit-crm/remit"
)

// The wall on PostgreSQL. Statements of others run as a role of their own, which logs
// in by itself: a role that is only set can be set back. It may read the views of one
// schema, and nothing else in the database: no table, no catalog, no function that
// has an effect. The views are barriers: their own conditions come before those of
// the statement. What they depend on of the person comes in a token that is signed,
// and good for one session and some seconds; settings alone could be forged.

//go:embed wall.sql
var wallScript string

// wall is what is made of it, once a process needs it.
type postgresWall struct {
	mu    sync.Mutex
	pool  *pgxpool.Pool // of the reader; nil before it stands
	key   []byte
	views map[string]bool // that are known to exist, by name
}

// wallSchema is where the views are.
const wallSchema = "remit_sql"

// unsafe are the functions that the reader must not call: all that have an effect or
// depend on more than their arguments, and those that run a text as a statement or
// tell of other sessions.
const unsafe = `p.pronamespace = 'pg_catalog'::regnamespace AND has_function_privilege('{reader}', p.oid, 'EXECUTE')
	AND (p.provolatile = 'v' OR p.proname ~ '_to_xml|^ts_stat|^txid_|^pg_(backend|current|export|safe|trigger|wal|stat|ls|read|show|get_viewdef|get_functiondef|cursor|prepared|lock|file|hba|ident|config|control|indexam|options|table|database|tablespace|relation|total|size|conf|backup|walfile)')`

// readable is what the reader must not be of any table: allowed to anything.
const readable = `c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (has_any_column_privilege('{reader}', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
	OR has_table_privilege('{reader}', c.oid, 'DELETE, TRUNCATE, TRIGGER'))`

// stand returns the reader's connections, and makes the wall first where this process
// has not yet.
func (e *postgresEngine) stand(ctx context.Context) (*pgxpool.Pool, error) {
	w := &e.wall
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pool != nil {
		return w.pool, nil
	}
	if len(e.options.GuardKey) == 0 {
		return nil, wallOff("there is no key for it", nil)
	}
	reader := e.reader()
	if err := e.build(ctx, reader); err != nil {
		return nil, err
	}
	pool, err := e.connectReader(ctx, reader)
	if err != nil {
		return nil, wallOff("its role "+reader+" cannot log in", err)
	}
	w.pool, w.key, w.views = pool, e.derive("token"), map[string]bool{}
	return pool, nil
}

// wallOff says why SQL is not to be had.
func wallOff(why string, cause error) error {
	e := remit.Errorf(remit.KindUnavailable, "SQL is off on this database: %s", why)
	e.Hint, e.Cause = "Remit must own the database and be allowed to make a role in it; see docs/sql.md", cause
	return e
}

// reader returns the name of the database's reader: roles belong to the whole server.
func (e *postgresEngine) reader() string {
	sum := sha256.Sum256([]byte(e.pool.Config().ConnConfig.Database))
	return "remit_sql_" + hex.EncodeToString(sum[:8])
}

// derive returns a key for one purpose.
func (e *postgresEngine) derive(purpose string) []byte {
	mac := hmac.New(sha256.New, e.options.GuardKey)
	_, _ = mac.Write([]byte(purpose)) // a hash never fails
	return mac.Sum(nil)
}

// build makes role, schema and functions, and sees that the reader can reach nothing
// else.
func (e *postgresEngine) build(ctx context.Context, reader string) error {
	var inner, outer [sha256.BlockSize]byte
	key := e.derive("token")
	for i := range inner {
		inner[i], outer[i] = 0x36, 0x5c
		if i < len(key) {
			inner[i], outer[i] = inner[i]^key[i], outer[i]^key[i]
		}
	}
	return e.with(ctx, func(ctx context.Context, c *postgresConn) error {
		schema, err := c.single(ctx, "SELECT current_schema()::text")
		if err != nil {
			return err
		}
		script := strings.NewReplacer(
			"{unsafe}", strings.ReplaceAll(unsafe, "{reader}", reader), "{readable}", strings.ReplaceAll(readable, "{reader}", reader),
			"{reader}", reader, "{password}", hex.EncodeToString(e.derive("password")),
			"{inner}", hex.EncodeToString(inner[:]), "{outer}", hex.EncodeToString(outer[:]),
			"{fold}", quoted(schema)+".remit_fold",
		).Replace(wallScript)
		defer c.rollback()
		if err := c.command(ctx, script); err != nil {
			return wallOff("its role, schema or functions could not be made", err)
		}
		return c.checkWall(ctx, reader)
	})
}

// breaches are what must not be true of the reader, each a query that gives an example
// of it.
var breaches = []struct{ what, query string }{
	{"its role has a privilege of its own", `SELECT rolname::text FROM pg_roles WHERE rolname = '{reader}' AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)`},
	{"its role is a member of another", `SELECT roleid::regrole::text FROM pg_auth_members WHERE member = '{reader}'::regrole`},
	{"its role may make things in the database", `SELECT 'TEMPORARY' WHERE has_database_privilege('{reader}', current_database(), 'TEMPORARY') OR has_database_privilege('{reader}', current_database(), 'CREATE')`},
	{"everybody may use a schema", `SELECT nspname::text FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'remit_sql') AND has_schema_privilege('{reader}', oid, 'USAGE')`},
	{"everybody may read a table", `SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT IN ('information_schema', 'remit_sql') AND ` + readable},
	{"everybody may read the keys", `SELECT 'remit_sql.secret' WHERE has_table_privilege('{reader}', 'remit_sql.secret', 'SELECT')`},
	{"everybody may write functions", `SELECT lanname::text FROM pg_language WHERE lanpltrusted AND has_language_privilege('{reader}', oid, 'USAGE')`},
	{"everybody may call a function that has effects", `SELECT p.oid::regprocedure::text FROM pg_proc p WHERE ` + unsafe},
}

// checkWall sees that the wall has no hole: where the owner may not take rights from
// everybody, PostgreSQL only warns.
func (c *postgresConn) checkWall(ctx context.Context, reader string) error {
	for _, b := range breaches {
		example, err := c.single(ctx, strings.ReplaceAll(b.query, "{reader}", reader)+" LIMIT 1")
		if err != nil {
			return wallOff("it could not be checked", err)
		}
		if example != "" {
			return wallOff(b.what+": "+example, nil)
		}
	}
	return nil
}

// single runs a query of ours and returns the text of its one row, "" if there is
// none.
func (c *postgresConn) single(ctx context.Context, query string) (text string, err error) {
	timed, cancel := c.timed(ctx)
	defer cancel()
	results, err := c.pg.Exec(timed, query).ReadAll()
	if err != nil {
		return "", postgresError(ctx, err)
	}
	for _, r := range results {
		for _, row := range r.Rows {
			text = string(row[0])
		}
	}
	return text, nil
}

// connectReader opens the reader's connections.
func (e *postgresEngine) connectReader(ctx context.Context, reader string) (*pgxpool.Pool, error) {
	config := e.pool.Config()
	config.ConnConfig.User, config.ConnConfig.Password = reader, hex.EncodeToString(e.derive("password"))
	config.MaxConns, config.MinConns, config.MaxConnIdleTime = guardConns, 0, time.Minute
	config.AfterConnect = nil
	for name, value := range map[string]string{
		"application_name":                e.options.AppName + " sql",
		"search_path":                     "pg_catalog",
		"default_transaction_read_only":   "on",
		"statement_timeout":               milliseconds(GuardedTimeout),
		"lock_timeout":                    "500",
		"work_mem":                        "16MB",
		"max_parallel_workers_per_gather": "0",
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}

// down closes the reader's connections.
func (w *postgresWall) down() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pool != nil {
		w.pool.Close()
	}
}
