package sqldb

import (
	"fmt"
	"strconv"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/remit-crm/remit"
)

// bind sets every argument of a statement.
func (c *sqliteConn) bind(s *sqliteStmt, args []any) error {
	if len(args) != s.params {
		return misuse(fmt.Sprintf("%d arguments for a statement with %d", len(args), s.params))
	}
	for i, arg := range args {
		if err := c.bindArg(s.stmt, i+1, arg); err != nil {
			return err
		}
	}
	return nil
}

func (c *sqliteConn) bindArg(stmt *sqlite.Stmt, i int, arg any) error {
	switch a := arg.(type) {
	case nil:
		stmt.BindNull(i)
	case string:
		stmt.BindText(i, a)
	case remit.ID:
		stmt.BindText(i, string(a))
	case int64:
		stmt.BindInt64(i, a)
	case int:
		stmt.BindInt64(i, int64(a))
	case bool:
		stmt.BindBool(i, a)
	case time.Time:
		c.bindTime(stmt, i, a)
	case []byte:
		if a == nil {
			stmt.BindNull(i)
		} else {
			stmt.BindBytes(i, a)
		}
	case remit.Value:
		c.bindValue(stmt, i, a)
	default:
		return c.bindList(stmt, i, arg)
	}
	return nil
}

func (c *sqliteConn) bindTime(stmt *sqlite.Stmt, i int, t time.Time) {
	c.scratch = appendMicros(c.scratch[:0], t.UnixMicro())
	stmt.BindText(i, string(c.scratch))
}

func (c *sqliteConn) bindValue(stmt *sqlite.Stmt, i int, v remit.Value) {
	switch v.Type() {
	case remit.Text, remit.Enum, remit.Relation:
		stmt.BindText(i, v.Text())
	case remit.Integer, remit.Decimal, remit.Currency, remit.Boolean:
		stmt.BindInt64(i, v.Int())
	case remit.Date:
		c.scratch = appendDay(c.scratch[:0], v.Int())
		stmt.BindText(i, string(c.scratch))
	case remit.Timestamp:
		c.scratch = appendMicros(c.scratch[:0], v.Int())
		stmt.BindText(i, string(c.scratch))
	default:
		stmt.BindNull(i)
	}
}

// bindList binds a list as a JSON array, for json_each.
func (c *sqliteConn) bindList(stmt *sqlite.Stmt, i int, arg any) error {
	b := append(c.scratch[:0], '[')
	switch list := arg.(type) {
	case []string:
		for n, s := range list {
			b = appendComma(b, n)
			b = remit.TextValue(s).AppendJSON(b)
		}
	case []remit.ID:
		for n, id := range list {
			b = appendComma(b, n)
			b = remit.TextValue(string(id)).AppendJSON(b)
		}
	case []int64:
		for n, number := range list {
			b = appendComma(b, n)
			b = strconv.AppendInt(b, number, 10)
		}
	default:
		return misuse(fmt.Sprintf("an argument of type %T", arg))
	}
	c.scratch = append(b, ']')
	stmt.BindText(i, string(c.scratch))
	return nil
}

func appendComma(b []byte, n int) []byte {
	if n > 0 {
		return append(b, ',')
	}
	return b
}

// value returns an argument as a function hands it out. Its form is what is bound.
func (c *sqliteConn) value(arg any) (sqlite.Value, error) {
	stmt, _, err := c.conn.PrepareTransient("SELECT ?")
	if err != nil {
		return sqlite.Value{}, err
	}
	defer func() { _ = stmt.Finalize() }()
	if err := c.bindArg(stmt, 1, arg); err != nil {
		return sqlite.Value{}, err
	}
	if _, err := stmt.Step(); err != nil {
		return sqlite.Value{}, err
	}
	switch stmt.ColumnType(0) {
	case sqlite.TypeInteger:
		return sqlite.IntegerValue(stmt.ColumnInt64(0)), nil
	case sqlite.TypeText:
		return sqlite.TextValue(stmt.ColumnText(0)), nil
	case sqlite.TypeNull:
		return sqlite.Value{}, nil
	case sqlite.TypeFloat, sqlite.TypeBlob:
	}
	return sqlite.Value{}, misuse("a view's argument is neither a text nor a whole number")
}
