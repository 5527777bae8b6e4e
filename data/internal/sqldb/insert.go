package sqldb

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// Insert runs an INSERT for each row. SQLite is in the process: a statement that
// is prepared once costs little more than its row.
func (t *sqliteTx) Insert(ctx context.Context, table string, columns []string, rows [][]any) error {
	text := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
	for _, row := range rows {
		if _, err := t.Exec(ctx, Stmt{SQL: text, Args: row}); err != nil {
			return err
		}
	}
	return nil
}

// Insert sends all rows at once, by COPY in its binary form.
func (t *postgresTx) Insert(ctx context.Context, table string, columns []string, rows [][]any) error {
	if t.done {
		return misuse("a transaction was used after its end")
	}
	if t.failed != nil {
		return t.failed
	}
	timed, cancel := t.conn.timed(ctx)
	defer cancel()
	t.failed = t.conn.copyIn(timed, table, columns, rows)
	return t.failed
}

func (c *postgresConn) copyIn(ctx context.Context, table string, columns []string, rows [][]any) error {
	if err := c.enter(ctx); err != nil {
		return err
	}
	defer c.leave()
	data, err := appendCopy(nil, len(columns), rows)
	if err != nil {
		return err
	}
	text := "COPY " + table + " (" + strings.Join(columns, ", ") + ") FROM STDIN WITH (FORMAT binary)"
	if _, err := c.pg.CopyFrom(ctx, bytes.NewReader(data), text); err != nil {
		return postgresError(ctx, err)
	}
	return nil
}

// copySignature begins every binary COPY; no flags and no extension follow.
const copySignature = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"

// appendCopy appends rows in the binary form of COPY (PostgreSQL's documentation,
// COPY, "Binary Format").
func appendCopy(b []byte, width int, rows [][]any) ([]byte, error) {
	b = append(b, copySignature...)
	for _, row := range rows {
		if len(row) != width {
			return nil, misuse(fmt.Sprintf("%d values for %d columns", len(row), width))
		}
		b = binary.BigEndian.AppendUint16(b, uint16(width)) // #nosec G115 -- a table has 1600 columns at most
		for _, value := range row {
			var err error
			if b, err = appendCopyValue(b, value); err != nil {
				return nil, err
			}
		}
	}
	return binary.BigEndian.AppendUint16(b, 0xffff), nil
}

// appendCopyValue appends a value after its length, -1 for null.
func appendCopyValue(b []byte, value any) ([]byte, error) {
	const null = 0xffffffff
	switch v := value.(type) {
	case nil:
		return binary.BigEndian.AppendUint32(b, null), nil
	case string:
		return append(appendLength(b, len(v)), v...), nil
	case remit.ID:
		return append(appendLength(b, len(v)), v...), nil
	case []byte:
		if v == nil {
			return binary.BigEndian.AppendUint32(b, null), nil
		}
		return append(appendLength(b, len(v)), v...), nil
	case int64:
		return binary.BigEndian.AppendUint64(appendLength(b, 8), uint64(v)), nil // #nosec G115 -- two's complement on both sides
	case bool:
		if v {
			return append(appendLength(b, 1), 1), nil
		}
		return append(appendLength(b, 1), 0), nil
	case time.Time:
		return binary.BigEndian.AppendUint64(appendLength(b, 8), uint64(v.UnixMicro()-microsOf2000)), nil // #nosec G115 -- two's complement on both sides
	}
	return nil, misuse(fmt.Sprintf("a value of type %T in a bulk insert", value))
}

func appendLength(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(n)) // #nosec G115 -- PostgreSQL refuses values beyond 1 GB
}
