package sqldb

import (
	"context"
	"time"
)

// Guarded is a statement that somebody else wrote, to run behind a wall of the
// database's own: it reaches the views that are given with it and nothing else,
// whatever its text says. It is not trusted; the views are ours.
type Guarded struct {
	Views   []View
	SQL     string         // one SELECT, with $1 or ?1 for the first argument
	Args    []any          // as in [Stmt]
	Zone    *time.Location // where days begin
	Timeout time.Duration  // default [GuardedTimeout]
}

// View is what a statement of others may read, for as long as it runs.
type View struct {
	Name    string
	Columns []string
	Stmt    Stmt // ours; it may read any table
}

// GuardedTimeout bounds how long a statement of others may run.
const GuardedTimeout = 5 * time.Second

// guardConns is how many statements of others run at once.
const guardConns = 4

// Guarded runs a statement that somebody else wrote and hands each row to each. It
// changes nothing, and leaves nothing behind in its session. The error is
// [remit.KindInternal] for a statement that the database refuses, and never tells
// what it read.
func (db *DB) Guarded(ctx context.Context, g Guarded, each func(Row) error) error {
	if g.Timeout <= 0 {
		g.Timeout = GuardedTimeout
	}
	return db.engine.guarded(ctx, g, each)
}
