package sqldb

import (
	"context"
	"crypto/rand"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"

	"zombiezen.com/go/sqlite"
)

// The wall on SQLite. A statement of others gets a connection of its own, whose main
// database is empty and in memory. The data's file is attached, to be read only,
// under a name that nobody can guess. For each view there are two: an inner one with
// such a name, which filters, and a plain one over it, which the statement may name.
// The authorizer lets tables be read within inner views alone. SQLite tells it the
// name of the view that reads, and tells the name of a query of WITH as well, so a
// name that could be guessed would open everything.

// guarded runs a statement behind the wall.
func (e *sqliteEngine) guarded(ctx context.Context, g Guarded, each func(Row) error) error {
	if !selects(g.SQL) {
		return misuse("a guarded statement is a SELECT")
	}
	select { // so that they never take the place of all other readers
	case e.guards <- struct{}{}:
	case <-ctx.Done():
		return interruptedError(ctx)
	}
	defer func() { <-e.guards }()
	if err := e.takeSlot(ctx); err != nil {
		return err
	}
	defer func() { <-e.slots }()
	options := e.options
	options.StatementTimeout = g.Timeout
	conn, err := sqlite.OpenConn(":memory:", sqlite.OpenReadWrite|sqlite.OpenMemory|sqlite.OpenURI)
	if err != nil {
		return sqliteError(ctx, err)
	}
	c := newSQLiteConn(conn, options)
	err = c.wallUp(ctx, e.path, &g)
	if err == nil {
		err = c.query(ctx, Stmt{SQL: g.SQL, Args: g.Args}, each)
	}
	if closed := c.close(); err == nil {
		err = closed
	}
	return err
}

// selects reports whether a text can be nothing but a SELECT. EXPLAIN would print the
// names of the inner views, and is no action to the authorizer.
func selects(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	return word == "SELECT" || word == "WITH"
}

// nonce returns a name that nobody can guess.
func nonce() string { return "n" + strings.ToLower(rand.Text()) }

// wallUp makes the connection one for the statement.
func (c *sqliteConn) wallUp(ctx context.Context, path string, g *Guarded) error {
	if err := c.conn.SetDefensive(true); err != nil {
		return sqliteError(ctx, err)
	}
	if err := registerGuarded(c.conn, c, g); err != nil {
		return sqliteError(ctx, err)
	}
	c.conn.SetBusyTimeout(c.options.BusyTimeout)
	w := &wall{file: nonce(), inner: map[string]bool{}, plain: map[string]bool{}}
	steps := []string{
		"PRAGMA trusted_schema = OFF", // views in TEMP are ours, and are trusted all the same
		"PRAGMA temp_store = MEMORY",
		"PRAGMA mmap_size = " + mmapSize,
		"ATTACH " + literal(readOnly(path)) + " AS " + w.file,
	}
	args := 0
	for _, v := range g.Views {
		inner := nonce()
		w.inner[inner], w.plain[v.Name] = true, true
		steps = append(steps,
			"CREATE TEMP VIEW "+inner+" ("+quotedList(v.Columns)+") AS "+withArgs(v.Stmt, &args),
			"CREATE TEMP VIEW "+quoted(v.Name)+" AS SELECT * FROM "+inner)
	}
	for _, text := range append(steps, "PRAGMA query_only = ON") {
		if err := c.execOnce(text); err != nil {
			return prepareError(ctx, err)
		}
	}
	for limit, most := range guardedLimits {
		c.conn.Limit(limit, most)
	}
	if err := c.conn.SetAuthorizer(w); err != nil {
		return sqliteError(ctx, err)
	}
	return nil
}

// guardedLimits bound what one statement can ask of the machine.
var guardedLimits = map[sqlite.Limit]int32{
	sqlite.LimitLength:         1 << 20,
	sqlite.LimitSQLLength:      1 << 20,
	sqlite.LimitExprDepth:      500,
	sqlite.LimitCompoundSelect: 50,
	sqlite.LimitAttached:       1,
	sqlite.LimitVDBEOp:         200_000,
	sqlite.LimitTriggerDepth:   1,
	sqlite.LimitWorkerThreads:  0,
}

// readOnly returns the URI of a file that is to be read only.
func readOnly(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: "mode=ro"}
	return u.String()
}

// literal writes a text of ours into a statement that takes no arguments.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quotedList(names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = quoted(n)
	}
	return strings.Join(all, ", ")
}

// withArgs writes a view's statement, which can have no arguments, with calls of the
// function that knows them.
func withArgs(s Stmt, args *int) string {
	var b strings.Builder
	text := s.SQL
	for {
		before, behind, found := strings.Cut(text, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString(argCall(*args))
		*args++
		text = behind
	}
}

// wall decides what a statement of others may do.
type wall struct {
	file         string          // the name under which the data is attached
	inner, plain map[string]bool // the views
}

// Authorize implements [sqlite.Authorizer].
func (w *wall) Authorize(a sqlite.Action) sqlite.AuthResult {
	within := w.inner[a.Accessor()]
	switch a.Type() { //nolint:exhaustive // whatever else there is or will be is refused
	case sqlite.OpSelect:
		return sqlite.AuthResultOK
	case sqlite.OpRead:
		view := a.Database() == "temp" && (w.plain[a.Table()] || w.inner[a.Table()])
		if view || within {
			return sqlite.AuthResultOK
		}
	case sqlite.OpFunction:
		if within || guardedFunctions[functionName(a)] {
			return sqlite.AuthResultOK
		}
	}
	return sqlite.AuthResultDeny
}

// functionName returns the function that an action calls. The driver keeps it to
// itself. Should a later one keep it elsewhere, what is read here is no function's
// name, and everything is refused.
func functionName(a sqlite.Action) string {
	return reflect.ValueOf(a).FieldByName("arg2").String()
}
