package sqldb

import (
	"fmt"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"
)

// sqliteRow is the row that a statement stands on.
type sqliteRow struct {
	stmt    *sqlite.Stmt
	columns int
}

func (r *sqliteRow) check(i int) {
	if uint(i) >= uint(r.columns) {
		panic(fmt.Sprintf("sqldb: column %d of %d", i, r.columns)) //nolint:forbidigo // as a slice does
	}
}

func (r *sqliteRow) Null(i int) bool {
	r.check(i)
	return r.stmt.ColumnType(i) == sqlite.TypeNull
}

func (r *sqliteRow) Text(i int) string {
	r.check(i)
	return r.stmt.ColumnText(i)
}

func (r *sqliteRow) AppendText(i int, dst []byte) []byte {
	r.check(i)
	n := r.stmt.ColumnLen(i)
	dst = slices.Grow(dst, n)
	r.stmt.ColumnBytes(i, dst[len(dst):len(dst)+n])
	return dst[:len(dst)+n]
}

func (r *sqliteRow) Bytes(i int) []byte {
	if r.Null(i) {
		return nil
	}
	return r.AppendText(i, []byte{})
}

func (r *sqliteRow) Int(i int) int64 {
	r.check(i)
	return r.stmt.ColumnInt64(i)
}

func (r *sqliteRow) Bool(i int) bool { return r.Int(i) != 0 }

func (r *sqliteRow) Time(i int) time.Time {
	r.check(i)
	if r.stmt.ColumnLen(i) == 0 {
		return time.Time{}
	}
	return time.UnixMicro(r.Micros(i)).UTC()
}

func (r *sqliteRow) Micros(i int) int64 {
	r.check(i)
	var text [timeWidth]byte
	return parseMicros(text[:r.stmt.ColumnBytes(i, text[:])])
}

func (r *sqliteRow) Date(i int) int64 {
	r.check(i)
	var text [dateWidth]byte
	return parseDay(text[:r.stmt.ColumnBytes(i, text[:])])
}
