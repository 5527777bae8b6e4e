package sqldb

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// guarded runs a statement behind the wall: the owner makes the views that it needs,
// if nobody has before, and the reader runs it in a transaction that only reads and
// is always given up.
func (e *postgresEngine) guarded(ctx context.Context, g Guarded, each func(Row) error) error {
	if !selects(g.SQL) {
		return misuse("a guarded statement is a SELECT")
	}
	pool, err := e.stand(ctx)
	if err != nil {
		return err
	}
	views, token, err := walledViews(g.Views)
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		if err := e.ensure(ctx, views); err != nil {
			return err
		}
		held, err := pool.Acquire(ctx)
		if err != nil {
			return postgresError(ctx, err)
		}
		c := connOf(held.Conn().PgConn(), e.options)
		gone, err := c.runGuarded(ctx, e.wall.key, token, views, g, each)
		held.Release()
		if !gone || attempt == writeAttempts {
			return err
		}
		e.forgetViews()
	}
}

// walledView is a view as the database has it.
type walledView struct {
	name string // by its text: equal views are one
	as   string // how the statement calls it
	text string
}

// token is what the views' arguments come in.
type token struct {
	PID   uint32    `json:"pid"`
	Until int64     `json:"until"` // seconds since 1970-01-01 UTC
	Args  []*string `json:"args"`
}

// walledViews writes the views, with calls that read the token for their arguments.
func walledViews(views []View) ([]walledView, token, error) {
	var made []walledView
	t := token{Args: []*string{}}
	for _, v := range views {
		text, err := t.write(v.Stmt)
		if err != nil {
			return nil, token{}, err
		}
		text = "(" + quotedList(v.Columns) + ") WITH (security_barrier) AS " + text
		sum := sha256.Sum256([]byte(text))
		made = append(made, walledView{name: "v_" + hex.EncodeToString(sum[:16]), as: v.Name, text: text})
	}
	return made, t, nil
}

// write replaces the question marks of a view's statement. The text depends on the
// arguments' types, and on which are null, but on no value.
func (t *token) write(s Stmt) (string, error) {
	var b strings.Builder
	text := s.SQL
	for i := 0; ; i++ {
		before, behind, found := strings.Cut(text, "?")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		if i >= len(s.Args) {
			return "", misuse("a view lacks arguments")
		}
		if err := t.writeArg(&b, s.Args[i]); err != nil {
			return "", err
		}
		text = behind
	}
}

func (t *token) writeArg(b *strings.Builder, arg any) error {
	var encoded postgresArgs
	if err := encoded.encode([]any{arg}); err != nil {
		return err
	}
	if encoded.values[0] == nil {
		b.WriteString("NULL")
		return nil
	}
	of := postgresTypeOf(arg)
	if of == "" {
		return misuse(fmt.Sprintf("a view's argument of type %T", arg))
	}
	value := string(encoded.values[0])
	fmt.Fprintf(b, "(SELECT %s.arg(%d))::%s", wallSchema, len(t.Args), of)
	t.Args = append(t.Args, &value)
	return nil
}

// postgresTypeOf returns the type that an argument has in PostgreSQL, "" for bytes.
func postgresTypeOf(arg any) string {
	switch a := arg.(type) {
	case string, remit.ID:
		return "text"
	case int64, int:
		return "bigint"
	case bool:
		return "boolean"
	case time.Time:
		return "timestamptz"
	case []string, []remit.ID:
		return "text[]"
	case []int64:
		return "bigint[]"
	case remit.Value:
		return map[remit.FieldType]string{
			remit.Text: "text", remit.Enum: "text", remit.Relation: "text", remit.Integer: "bigint", remit.Decimal: "bigint",
			remit.Currency: "bigint", remit.Boolean: "boolean", remit.Date: "date", remit.Timestamp: "timestamptz",
		}[a.Type()]
	}
	return ""
}

// mostViews bounds how many views stay: each shape of a policy's branches with the
// fields of a statement makes one.
const mostViews = 500

// ensure makes the views that this process does not know to be there.
func (e *postgresEngine) ensure(ctx context.Context, views []walledView) error {
	e.wall.mu.Lock()
	defer e.wall.mu.Unlock()
	missing := slices.DeleteFunc(slices.Clone(views), func(v walledView) bool { return e.wall.views[v.name] })
	if len(missing) == 0 {
		return nil
	}
	if len(e.wall.views) > mostViews {
		clear(e.wall.views)
		missing = views
	}
	err := e.write(ctx, func(tx Tx) error { return makeViews(ctx, tx, missing, e.reader()) })
	if err != nil {
		return err
	}
	for _, v := range missing {
		e.wall.views[v.name] = true
	}
	return nil
}

// makeViews makes those of the views that are not there, after it has dropped all if
// they are too many.
func makeViews(ctx context.Context, tx Tx, views []walledView, reader string) error {
	if _, err := tx.Exec(ctx, Stmt{SQL: "SELECT pg_advisory_xact_lock(7238240176190223651)"}); err != nil {
		return err
	}
	there, err := guardedViews(ctx, tx)
	if err != nil {
		return err
	}
	if len(there) > mostViews {
		if err := dropViews(ctx, tx, there); err != nil {
			return err
		}
		clear(there)
	}
	for _, v := range views {
		if there[v.name] {
			continue
		}
		there[v.name] = true
		for _, text := range []string{
			"CREATE VIEW " + wallSchema + "." + v.name + " " + v.text,
			"GRANT SELECT ON " + wallSchema + "." + v.name + " TO " + reader,
		} {
			if _, err := tx.Exec(ctx, Stmt{SQL: text}); err != nil {
				return err
			}
		}
	}
	return nil
}

// guardedViews returns the names of the views that there are.
func guardedViews(ctx context.Context, tx Tx) (map[string]bool, error) {
	there := map[string]bool{}
	err := tx.Query(ctx, Stmt{SQL: "SELECT viewname::text FROM pg_views WHERE schemaname = '" + wallSchema + "'"}, func(r Row) error {
		there[r.Text(0)] = true
		return nil
	})
	return there, err
}

func dropViews(ctx context.Context, tx Tx, names map[string]bool) error {
	for name := range names {
		if _, err := tx.Exec(ctx, Stmt{SQL: "DROP VIEW " + wallSchema + "." + quoted(name)}); err != nil {
			return err
		}
	}
	return nil
}

// dropGuardedViews drops the views before tables change under them, which they would
// prevent. Whoever needs one makes it anew.
func (db *DB) dropGuardedViews(ctx context.Context) error {
	if db.dialect != sqlgen.Postgres {
		return nil
	}
	return db.Write(ctx, func(tx Tx) error {
		there, err := guardedViews(ctx, tx)
		if err != nil {
			return err
		}
		return dropViews(ctx, tx, there)
	})
}

// forgetViews makes this process look which views there are.
func (e *postgresEngine) forgetViews() {
	e.wall.mu.Lock()
	defer e.wall.mu.Unlock()
	clear(e.wall.views)
}

// runGuarded runs the statement. It reports whether a view was gone, in which case
// nothing has been handed out. A connection that could not be cleaned is closed.
func (c *postgresConn) runGuarded(ctx context.Context, key []byte, t token, views []walledView, g Guarded, each func(Row) error) (gone bool, err error) {
	timed, cancel := context.WithTimeout(ctx, g.Timeout)
	defer cancel()
	defer c.scrub()
	signed, err := c.sign(key, t)
	if err != nil {
		return false, err
	}
	begin := "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL remit.token = " + literal(signed)
	if err := c.command(timed, begin); err != nil {
		return false, err
	}
	if err := c.enter(timed); err != nil {
		return false, err
	}
	defer c.leave()
	if err := c.args.encode(g.Args); err != nil {
		return false, err
	}
	rows := c.pg.ExecParams(timed, overViews(g.SQL, views), c.args.values, nil, c.args.formats, binaryColumns)
	_, err = c.read(timed, Stmt{}, rows, each)
	if err != nil && ctx.Err() == nil && timed.Err() != nil {
		return false, interruptedError(ctx)
	}
	return isMissingTable(err), hardened(err)
}

// hardened makes an attempt to write a refusal like any other: elsewhere it means a
// standby, and to try again.
func hardened(err error) error {
	var f *Fault
	if errors.As(err, &f) && f.Code == readOnlyTransaction {
		return internalError(f)
	}
	return err
}

// sign returns the token for this session and some seconds.
func (c *postgresConn) sign(key []byte, t token) (string, error) {
	t.PID, t.Until = c.pg.PID(), time.Now().Add(2*GuardedTimeout).Unix()
	body, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write(body) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil)) + "." + string(body), nil
}

// overViews gives the views the names by which the statement calls them.
func overViews(statement string, views []walledView) string {
	if len(views) == 0 {
		return statement
	}
	var b strings.Builder
	for i, v := range views {
		b.WriteString(map[bool]string{true: "WITH ", false: ", "}[i == 0])
		b.WriteString(quoted(v.as) + " AS NOT MATERIALIZED (TABLE " + wallSchema + "." + v.name + ")")
	}
	if with, more := strings.CutPrefix(statement, "WITH "); more {
		return b.String() + ", " + with
	}
	return b.String() + " " + statement
}

// scrub gives the transaction up and leaves nothing of it in the session.
func (c *postgresConn) scrub() {
	ctx := context.Background()
	c.rollback()
	if c.pg.IsClosed() {
		return
	}
	if err := c.command(ctx, "DISCARD ALL"); err != nil {
		_ = c.pg.Close(ctx) // the pool makes another
	}
}
