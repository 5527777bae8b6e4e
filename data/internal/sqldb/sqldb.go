// Package sqldb is the only package that speaks to database drivers: pools,
// transactions, statements and the differences between SQLite and PostgreSQL.
//
// A statement is one text for both databases, with "?" for each argument;
// PostgreSQL's numbered form is made from it. Rows are read by position and by
// the type that the caller knows the column to have, without boxing.
//
// Each connection keeps its prepared statements by text, so a text should
// depend on the shape of a request and never on its values.
//
// While rows are handed to a callback their connection is in use: a callback
// must not run another statement, or a pool could wait for itself.
//
// Errors that reach a caller are *remit.Error: unavailable where trying again
// may help, canceled where the caller or the clock gave up, internal otherwise.
// None holds a value of a row or an argument. A callback's own error comes back
// as it is.
package sqldb

import (
	"context"
	"time"
)

// Stmt is a statement with its arguments. Its text never holds a "?" that is not
// an argument, hence no literals with one.
//
// Arguments are remit.Value, remit.ID, string, int64, int, bool, time.Time (an
// instant, cut to microseconds), []byte (nil is null), nil, or a list
// ([]string, []remit.ID, []int64): an array on PostgreSQL, a JSON text for
// json_each on SQLite.
type Stmt struct {
	SQL  string
	Args []any
}

// Row is the current row of a result. Its methods panic on a column that does
// not exist; a null reads as the zero value, so ask Null first where it matters.
// What they return stays valid after the row is gone.
type Row interface {
	Null(i int) bool
	Text(i int) string
	AppendText(i int, dst []byte) []byte // the bytes of Text, without making a string
	Bytes(i int) []byte                  // nil for null
	Int(i int) int64                     // integers, and booleans as 0 or 1
	Bool(i int) bool
	Time(i int) time.Time // an instant: timestamptz, or fixed-width UTC text on SQLite
	Micros(i int) int64   // the same instant as microseconds since 1970-01-01 UTC
	Date(i int) int64     // days since 1970-01-01: date, or text on SQLite
}

// Tx is a transaction of [DB.Write] or [DB.Read]. After a statement of it has failed, it takes
// no further one and is rolled back, whatever the function returns: a caller
// that expects a collision says so in SQL (ON CONFLICT).
type Tx interface {
	// Query runs a statement and hands each row to each.
	Query(ctx context.Context, s Stmt, each func(Row) error) error
	// Exec runs a statement and returns how many rows it inserted, updated or
	// deleted.
	Exec(ctx context.Context, s Stmt) (int64, error)
	// Insert adds rows to a table at once, by COPY on PostgreSQL. Its values are
	// string, remit.ID, int64, bool, time.Time, []byte or nil, for columns of the
	// types text, bigint, boolean, timestamptz and bytea: nothing is converted.
	Insert(ctx context.Context, table string, columns []string, rows [][]any) error
}
