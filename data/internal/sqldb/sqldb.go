// Package sqldb is the only package that speaks to database drivers: pools,
// transactions, statements and the differences between SQLite and PostgreSQL.
//
// A statement is one text for both databases, with "?" for each argument;
// PostgreSQL's numbered form is made from it. Rows are read by position and by
// the type that the caller knows the column to have, without boxing.
package sqldb

import "time"

// Stmt is a statement with its arguments. Its text never holds a "?" that is not
// an argument, hence no literals with one.
//
// Arguments are remit.Value, string, int64, int, bool, time.Time (an instant), []byte,
// nil, or a list ([]string, []int64): an array on PostgreSQL, a JSON text for
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
	Bytes(i int) []byte
	Int(i int) int64 // integers, and booleans as 0 or 1
	Bool(i int) bool
	Time(i int) time.Time // an instant: timestamptz, or fixed-width UTC text on SQLite
	Date(i int) int64     // days since 1970-01-01: date, or text on SQLite
}
