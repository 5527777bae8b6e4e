package sqldb

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Each connection keeps 256 to 512 statements; the server holds their plans.
const postgresStmtCapacity = 256

// postgresConn is what we keep beside a connection: its statements and buffers.
type postgresConn struct {
	pg         *pgconn.PgConn
	options    Options
	statements *stmtCache[*pgconn.StatementDescription]
	dropped    []string // names that the server still has to forget
	serial     int      // of the last statement's name
	args       postgresArgs
	row        postgresRow
	busy       bool // a statement's rows are being read
}

// connKey is where a connection carries its postgresConn.
const connKey = "remit/sqldb"

func connOf(pg *pgconn.PgConn, o Options) *postgresConn {
	if c, ok := pg.CustomData()[connKey].(*postgresConn); ok {
		return c
	}
	c := &postgresConn{pg: pg, options: o}
	c.statements = newStmtCache(postgresStmtCapacity, func(d *pgconn.StatementDescription) {
		c.dropped = append(c.dropped, d.Name)
	})
	pg.CustomData()[connKey] = c
	return c
}

// binaryColumns asks for every column in PostgreSQL's binary form.
var binaryColumns = []int16{binaryForm}

// timed bounds a statement from our side too: when the server has not ended it
// some time after its own time-out, the server is gone.
func (c *postgresConn) timed(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.options.StatementTimeout+timeoutGrace)
}

// again runs fn a second time if a statement was stale, which it is once after a
// migration has changed a table under it.
func (c *postgresConn) again(ctx context.Context, fn func(context.Context) error) error {
	timed, cancel := c.timed(ctx)
	defer cancel()
	err := fn(timed)
	if errors.Is(err, errStale) {
		err = fn(timed)
	}
	return err
}

func (c *postgresConn) enter(ctx context.Context) error {
	if c.busy {
		return misuse("a statement was run inside the rows of another")
	}
	if ctx.Err() != nil {
		return interruptedError(ctx)
	}
	c.busy = true
	return nil
}

func (c *postgresConn) leave() { c.busy = false }

// run runs s and hands out its rows. It returns how many rows it changed or gave.
func (c *postgresConn) run(ctx context.Context, s Stmt, each func(Row) error) (int64, error) {
	if err := c.enter(ctx); err != nil {
		return 0, err
	}
	defer c.leave()
	description, err := c.prepare(ctx, s)
	if err != nil {
		return 0, err
	}
	if err := c.args.encode(s.Args); err != nil {
		return 0, err
	}
	rows := c.pg.ExecStatement(ctx, description, c.args.values, c.args.formats, binaryColumns)
	return c.read(ctx, s, rows, each)
}

// runThen sends both statements at once. They share an implicit transaction, in
// which at READ COMMITTED each takes a snapshot when its turn has come.
func (c *postgresConn) runThen(ctx context.Context, first Stmt, each func(Row) error, then Stmt, eachThen func(Row) error) error {
	if err := c.enter(ctx); err != nil {
		return err
	}
	defer c.leave()
	pair := [2]Stmt{first, then}
	var descriptions [2]*pgconn.StatementDescription
	for i, s := range pair {
		var err error
		if descriptions[i], err = c.prepare(ctx, s); err != nil {
			return err
		}
	}
	pipeline := c.pg.StartPipeline(ctx)
	for i, s := range pair {
		if err := c.args.encode(s.Args); err != nil {
			return errors.Join(err, abandon(pipeline))
		}
		pipeline.SendQueryStatement(descriptions[i], c.args.values, c.args.formats, binaryColumns)
	}
	if err := pipeline.Sync(); err != nil {
		return postgresError(ctx, err)
	}
	err := c.readPipeline(ctx, pipeline, first, each)
	if err == nil {
		err = c.readPipeline(ctx, pipeline, then, eachThen)
	}
	if ended := pipeline.Close(); err == nil && ended != nil {
		err = postgresError(ctx, ended)
	}
	return err
}

// abandon ends a pipeline before it was sent.
func abandon(p *pgconn.Pipeline) error {
	if err := p.Sync(); err != nil {
		return err
	}
	return p.Close()
}

func (c *postgresConn) readPipeline(ctx context.Context, p *pgconn.Pipeline, s Stmt, each func(Row) error) error {
	results, err := p.GetResults()
	if err != nil {
		return c.failed(ctx, s, err)
	}
	rows, ok := results.(*pgconn.ResultReader)
	if !ok {
		return misuse("the server answered out of turn")
	}
	_, err = c.read(ctx, s, rows, each)
	return err
}

// read hands out rows and ends the result in any case.
func (c *postgresConn) read(ctx context.Context, s Stmt, rows *pgconn.ResultReader, each func(Row) error) (int64, error) {
	var fromCaller error
	c.row.err = nil
	for rows.NextRow() && fromCaller == nil {
		if each == nil {
			continue
		}
		c.row.fields, c.row.values = rows.FieldDescriptions(), rows.Values()
		if fromCaller = each(&c.row); fromCaller == nil {
			fromCaller = c.row.err
		}
	}
	tag, err := rows.Close()
	if fromCaller != nil {
		return 0, fromCaller
	}
	if err != nil {
		return 0, c.failed(ctx, s, err)
	}
	return tag.RowsAffected(), nil
}

// failed translates the error of a statement, and forgets the statement if the
// server has.
func (c *postgresConn) failed(ctx context.Context, s Stmt, err error) error {
	if stale(err) {
		c.statements.remove(s.SQL)
		return errors.Join(errStale, postgresError(ctx, err))
	}
	return postgresError(ctx, err)
}

// prepare returns the prepared form of a statement, one round trip on its first
// use on the connection.
func (c *postgresConn) prepare(ctx context.Context, s Stmt) (*pgconn.StatementDescription, error) {
	d, ok := c.statements.get(s.SQL)
	if !ok {
		if err := c.forget(ctx); err != nil {
			return nil, err
		}
		c.serial++
		var err error
		d, err = c.pg.Prepare(ctx, "remit_"+strconv.Itoa(c.serial), numbered(s.SQL), nil)
		if err != nil {
			return nil, postgresError(ctx, err)
		}
		c.statements.put(s.SQL, d)
	}
	if len(d.ParamOIDs) != len(s.Args) {
		return nil, misuse(strconv.Itoa(len(s.Args)) + " arguments for a statement with " + strconv.Itoa(len(d.ParamOIDs)))
	}
	return d, nil
}

// forget has the server drop what the cache has dropped, in one round trip.
func (c *postgresConn) forget(ctx context.Context) error {
	if len(c.dropped) == 0 {
		return nil
	}
	pipeline := c.pg.StartPipeline(ctx)
	for _, name := range c.dropped {
		pipeline.SendDeallocate(name)
	}
	c.dropped = c.dropped[:0]
	err := pipeline.Sync()
	if err = errors.Join(err, pipeline.Close()); err != nil {
		return postgresError(ctx, err)
	}
	return nil
}

// numbered returns the text with $1, $2 … for each "?".
func numbered(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 16)
	for n := 1; ; n++ {
		before, after, found := strings.Cut(text, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		text = after
	}
}
