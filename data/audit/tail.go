package audit

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
)

// Filter chooses entries. Each field that is set narrows the choice; the zero
// value chooses all.
type Filter struct {
	Person     remit.ID
	Employee   string
	Collection string
	Operation  Operation
	Decision   Decision
	Since      time.Time // entries of this time and later
	After      *int64    // entries behind this sequence
	Limit      int       // at most so many, for Tail: DefaultTail to MaxTail
	Details    bool      // decrypt the details too
}

// The bounds of [Log.Tail].
const (
	DefaultTail = 50
	MaxTail     = 10_000
)

// Record is an entry as the log holds it.
type Record struct {
	Sequence int64 // its place in the log, from 0 on
	Entry          // Details: json.RawMessage if asked for and there, else nil
	Leaf     []byte
	Detailed bool   // the entry was recorded with details
	Erased   bool   // its details were destroyed
	Damage   string // why the details that are there cannot be read; "" if nothing is wrong
}

// Tail returns the newest entries that match, oldest first, or with
// [Filter.After] the oldest behind that sequence, so that a reader who passes on
// the last sequence it got misses none.
func (l *Log) Tail(ctx context.Context, f Filter) ([]Record, error) {
	if f.Limit <= 0 {
		f.Limit = DefaultTail
	}
	f.Limit = min(f.Limit, MaxTail)
	var records []Record
	err := l.db.Query(ctx, f.statement(), func(r sqldb.Row) error {
		record, err := l.readRecord(r, f.Details)
		records = append(records, record)
		return err
	})
	if f.After == nil {
		reverse(records)
	}
	return records, err
}

func reverse(records []Record) {
	for i, j := 0, len(records)-1; i < j; i, j = i+1, j-1 {
		records[i], records[j] = records[j], records[i]
	}
}

// uncommonOperation is the condition of a partial index, word for word: only so
// do databases see that the index serves.
const uncommonOperation = `operation <> 'query' AND operation <> 'get' AND operation <> 'count' AND operation <> 'aggregate' AND operation <> 'search'`

// statement selects what [Log.readRecord] reads.
func (f *Filter) statement() sqldb.Stmt {
	var where []string
	var args []any
	add := func(condition string, arg any) {
		where, args = append(where, condition), append(args, arg)
	}
	if f.Person != "" {
		add(`e.person = ?`, string(f.Person))
	}
	if f.Employee != "" {
		add(`e.employee <> '' AND e.employee = ?`, f.Employee)
	}
	if f.Collection != "" {
		add(`e.collection = ?`, f.Collection)
	}
	if f.Operation != "" {
		condition := `e.operation = ?`
		if !strings.Contains(uncommonOperation, "'"+string(f.Operation)+"'") {
			condition += ` AND ` + uncommonOperation
		}
		add(condition, string(f.Operation))
	}
	if f.Decision != 0 {
		condition := `e.decision = ?`
		if f.Decision != Allowed {
			condition += ` AND e.decision <> 1`
		}
		add(condition, int64(f.Decision))
	}
	order := ` ORDER BY e.sequence DESC`
	if !f.Since.IsZero() {
		add(`e.time >= ?`, f.Since.UnixMicro())
		// The plus keeps SQLite from walking the log to its beginning, where the entries
		// since then are fewer than the limit.
		order = ` ORDER BY +e.sequence DESC`
	}
	if f.After != nil {
		add(`e.sequence > ?`, *f.After)
		order = ` ORDER BY e.sequence`
	}
	text := `SELECT e.sequence, e.leaf, d.sequence, d.key, d.details
		FROM audit_entries e LEFT JOIN audit_details d ON d.sequence = e.sequence`
	if len(where) > 0 {
		text += ` WHERE ` + strings.Join(where, ` AND `)
	}
	return sqldb.Stmt{SQL: text + order + ` LIMIT ?`, Args: append(args, int64(f.Limit))}
}

func (l *Log) readRecord(r sqldb.Row, withDetails bool) (Record, error) {
	record := Record{Sequence: r.Int(0), Leaf: r.Bytes(1)}
	decoded, err := decodeLeaf(record.Leaf)
	if err != nil {
		return record, &remit.Error{Kind: remit.KindInternal, Message: "an audit entry was altered: run verify", Cause: err}
	}
	record.Entry = decoded.Entry
	if decoded.Commitment == nil {
		return record, nil
	}
	record.Detailed = true
	record.Erased = !r.Null(2) && r.Null(3) && r.Null(4)
	if record.Erased || !withDetails {
		return record, nil
	}
	if details, err := l.sealer.open(decoded.ID, sealed{r.Bytes(3), r.Bytes(4)}, *decoded.Commitment); err != nil {
		record.Damage = "the details " + err.Error()
	} else {
		record.Details = json.RawMessage(details)
	}
	return record, nil
}

// each hands every entry that matches to visit, oldest first. It reads in pages,
// so that a slow visitor holds no connection and no snapshot.
func (l *Log) each(ctx context.Context, f Filter, visit func(*Record) error) error {
	const page = 500
	left := f.Limit
	after := int64(-1)
	if f.After != nil {
		after = *f.After
	}
	for {
		f.After, f.Limit = &after, page
		if left > 0 {
			f.Limit = min(left, page)
		}
		records, err := l.Tail(ctx, f)
		if err != nil {
			return err
		}
		for i := range records {
			if err := visit(&records[i]); err != nil {
				return err
			}
			after = records[i].Sequence
		}
		if left -= len(records); len(records) < f.Limit || left == 0 {
			return nil
		}
	}
}
