package sqldb

import (
	"context"
	"errors"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
)

// Each connection keeps 128 to 256 statements, some ten kilobytes each.
const sqliteStmtCapacity = 128

// mmapSize is how many bytes of a file readers see through memory: address space,
// not memory that is taken from others. It is the most that SQLite allows.
const mmapSize = "2147418112"

// sqliteConn is a connection with its statements. One goroutine uses it at a
// time.
type sqliteConn struct {
	conn       *sqlite.Conn
	statements *stmtCache[*sqliteStmt]
	fuse       *fuse
	options    Options
	row        sqliteRow
	scratch    []byte // for encoding arguments
	busy       bool   // a statement's rows are being read
}

// sqliteStmt is a prepared statement.
type sqliteStmt struct {
	stmt    *sqlite.Stmt
	params  int
	changes bool // it inserts, updates or deletes
}

func newSQLiteConn(conn *sqlite.Conn, o Options) *sqliteConn {
	return &sqliteConn{
		conn: conn,
		// Statements are not kept in the driver's own cache, which is unbounded and
		// walked on every change of the interrupt.
		statements: newStmtCache(sqliteStmtCapacity, func(s *sqliteStmt) { _ = s.stmt.Finalize() }),
		fuse:       newFuse(conn, o.StatementTimeout),
		options:    o,
	}
}

// prepareSession sets what SQLite keeps for each connection.
func (c *sqliteConn) prepareSession(ctx context.Context, readOnly bool) error {
	if err := c.conn.SetDefensive(true); err != nil {
		return sqliteError(ctx, err)
	}
	if err := registerFunctions(c.conn, c.options.Now); err != nil {
		return sqliteError(ctx, err)
	}
	if !readOnly {
		if err := c.enterWAL(ctx); err != nil {
			return err
		}
	}
	c.conn.SetBusyTimeout(c.options.BusyTimeout)
	pragmas := []string{
		"PRAGMA synchronous = FULL",
		"PRAGMA foreign_keys = ON",
		"PRAGMA trusted_schema = OFF",
		"PRAGMA secure_delete = ON",  // what is deleted is overwritten, not only unlinked
		"PRAGMA temp_store = MEMORY", // sorting must not leave customer data in files of its own
	}
	if readOnly {
		// Reading through the page cache of the system, instead of a copy for each
		// connection, makes a page of a list 1.7 times as fast with many readers. The
		// price: a disk that fails under a read ends the process (SIGBUS). What is
		// written goes through the file, where a full or failing disk is an error.
		pragmas = append(pragmas, "PRAGMA query_only = ON", "PRAGMA mmap_size = "+mmapSize)
	}
	for _, pragma := range pragmas {
		if err := c.execOnce(pragma); err != nil {
			return sqliteError(ctx, err)
		}
	}
	return nil
}

// enterWAL switches the file to write-ahead logging. SQLite does not wait for
// others there, as it does elsewhere, so this tries again for a while.
func (c *sqliteConn) enterWAL(ctx context.Context) error {
	deadline := time.Now().Add(c.options.BusyTimeout)
	c.conn.SetBusyTimeout(100 * time.Millisecond)
	for {
		err := c.execOnce("PRAGMA journal_mode = WAL")
		if err == nil {
			return nil
		}
		busy := sqlite.ErrCode(err)&0xff == sqlite.ResultBusy
		if !busy || time.Now().After(deadline) || ctx.Err() != nil {
			return sqliteError(ctx, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// execOnce runs a statement that is not worth keeping, to its end.
func (c *sqliteConn) execOnce(text string) error {
	stmt, _, err := c.conn.PrepareTransient(text)
	if err != nil {
		return err
	}
	for more := true; more && err == nil; {
		more, err = stmt.Step()
	}
	return errors.Join(err, stmt.Finalize())
}

func (c *sqliteConn) close() error {
	c.fuse.dismantle()
	c.statements.clear()
	return c.conn.Close()
}

// query runs s and hands out its rows.
func (c *sqliteConn) query(ctx context.Context, s Stmt, each func(Row) error) error {
	_, err := c.run(ctx, s, each)
	return err
}

// run runs s to its end, or until each fails, whose error it returns as it is.
func (c *sqliteConn) run(ctx context.Context, s Stmt, each func(Row) error) (*sqliteStmt, error) {
	if c.busy {
		return nil, misuse("a statement was run inside the rows of another")
	}
	defer c.fuse.light(ctx)()
	return c.runLit(ctx, s, each)
}

// runLit is run under a fuse that burns already.
func (c *sqliteConn) runLit(ctx context.Context, s Stmt, each func(Row) error) (*sqliteStmt, error) {
	if ctx.Err() != nil {
		return nil, interruptedError(ctx)
	}
	c.busy = true
	defer func() { c.busy = false }()
	stmt, err := c.prepare(s.SQL)
	if err != nil {
		return nil, prepareError(ctx, err)
	}
	if err := c.bind(stmt, s.Args); err != nil {
		return nil, err
	}
	// Reset ends the snapshot; clearing lets go of the values.
	defer func() { _ = stmt.stmt.ClearBindings() }()
	defer func() { _ = stmt.stmt.Reset() }()
	return stmt, c.step(ctx, stmt, each)
}

func (c *sqliteConn) step(ctx context.Context, stmt *sqliteStmt, each func(Row) error) error {
	c.row.stmt = stmt.stmt
	for {
		more, err := stmt.stmt.Step()
		if err != nil {
			return sqliteError(ctx, err)
		}
		if !more {
			return nil
		}
		if each == nil {
			continue
		}
		c.row.columns = stmt.stmt.DataCount()
		if err := each(&c.row); err != nil {
			return err
		}
	}
}

func (c *sqliteConn) prepare(text string) (*sqliteStmt, error) {
	if s, ok := c.statements.get(text); ok {
		return s, nil
	}
	stmt, trailing, err := c.prepareAnew(steady(text))
	if err != nil {
		return nil, err
	}
	if strings.Trim(text[len(text)-trailing:], " \t\r\n;") != "" {
		return nil, errors.Join(errSeveralStatements, stmt.Finalize())
	}
	s := &sqliteStmt{stmt: stmt, params: stmt.BindParamCount(), changes: changesRows(text)}
	c.statements.put(text, s)
	return s, nil
}

// prepareAnew prepares a statement, again if others change the schema while SQLite
// reads it, as servers do that start at once. SQLite itself tries only twice.
func (c *sqliteConn) prepareAnew(text string) (stmt *sqlite.Stmt, trailing int, err error) {
	for range 10 {
		stmt, trailing, err = c.conn.PrepareTransient(text)
		if sqlite.ErrCode(err)&0xff != sqlite.ResultSchema {
			break
		}
	}
	return stmt, trailing, err
}

// steady keeps SQLite from preparing a statement anew for each limit that is bound
// to it: the planner looks at the value of a bare parameter, not into an
// expression.
func steady(text string) string {
	return strings.ReplaceAll(text, "LIMIT ?", "LIMIT (? + 0)")
}

var errSeveralStatements = errors.New("one statement at a time")

// changesRows reports whether a statement sets the connection's count of changed
// rows; after any other the count still tells of the one before.
func changesRows(text string) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(text, " \t\r\n(")+" ", " ")
	switch strings.ToUpper(strings.TrimSpace(word)) {
	case "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH":
		return true
	}
	return false
}
