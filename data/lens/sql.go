package lens

import (
	"context"
	"fmt"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/sqlguard"
)

// SQLQuery asks for the answer to one SELECT that an AI or an analyst wrote.
type SQLQuery struct {
	Statement string
	Limit     *int     // rows, 1 to MaxLimit; nil: MaxLimit
	Lineage   *Lineage // as in Query
}

// SQLResult is the answer to a statement.
type SQLResult struct {
	Collections []string // that the statement reads
	Columns     []Column
	Rows        [][]remit.Value
	More        bool // there are more rows than the limit
}

// maxSQLBytes bounds what one answer holds of texts.
const maxSQLBytes = 4 << 20

// SQL answers a SELECT over what the actor may see. Package sqlguard reads it, so that
// nothing of its text reaches the database; behind that, the database itself lets it
// reach the lens's views alone. Errors are Invalid with what to change, NotFound for
// a collection, Limited for an answer that is too large, Canceled for a statement
// that takes too long.
func (l *Lens) SQL(ctx context.Context, actor remit.Actor, q SQLQuery) (*SQLResult, error) {
	details := detailsOf(q)
	e := &audit.Entry{Operation: audit.OpSQL, Source: remit.MainSource, Details: details}
	var result *SQLResult
	err := l.govern(ctx, actor, e, func(s *session) (err error) {
		s.traceTo(q.Lineage)
		details.Run, details.Args = "", nil
		result, err = s.sql(ctx, q, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// sqlDetails are what the audit keeps of a statement: as it was written, and as it
// was run.
type sqlDetails struct {
	Statement string   `json:"statement"`
	Limit     *int     `json:"limit,omitempty"`
	Run       string   `json:"run,omitempty"`
	Args      []string `json:"args,omitempty"`
}

func detailsOf(q SQLQuery) *sqlDetails {
	return &sqlDetails{Statement: clipText(q.Statement, sqlguard.MaxBytes), Limit: q.Limit}
}

// RefuseSQL records a statement that was refused before it was read, and returns what
// to answer: err, or Unavailable if it could not be recorded.
func (l *Lens) RefuseSQL(ctx context.Context, actor remit.Actor, q SQLQuery, err error) error {
	e := &audit.Entry{Operation: audit.OpSQL, Source: remit.MainSource, Details: detailsOf(q)}
	return l.govern(ctx, actor, e, func(*session) error { return err })
}

func clipText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}

// sqlRun is a statement that has been read.
type sqlRun struct {
	session *session
	query   *sqlguard.Query
	used    []sqlUse
	rows    int64 // at most so many are shown
	asks    int64 // so many are asked for: one more, to see whether there are any
	result  *SQLResult
	bytes   int
}

func (s *session) sql(ctx context.Context, q SQLQuery, e *audit.Entry) (*SQLResult, error) {
	schema, err := s.sqlSchema()
	if err != nil {
		return nil, err
	}
	query, err := sqlguard.Check(q.Statement, schema)
	if err != nil {
		return nil, err
	}
	run := &sqlRun{session: s, query: query, result: &SQLResult{Collections: []string{}, Rows: [][]remit.Value{}}}
	if run.used, err = s.sqlUses(query); err != nil {
		return nil, err
	}
	run.note(e)
	if err := run.bound(q.Limit); err != nil {
		return nil, err
	}
	if err := run.execute(ctx, e.Details.(*sqlDetails)); err != nil {
		return nil, err
	}
	e.Rows = int64(len(run.result.Rows))
	s.drawn = e.Rows
	return run.result, run.trace(ctx)
}

// bound holds the answer to every limit that applies.
func (r *sqlRun) bound(asked *int) error {
	if asked == nil {
		most := MaxLimit
		asked = &most
	}
	limit, err := limitFor(asked, 0)
	if err != nil {
		return err
	}
	rows := int64(limit)
	for _, u := range r.used {
		if u.permit.Rows > 0 {
			rows = min(rows, int64(u.permit.Rows))
		}
		total := int64(u.permit.RowsTotal)
		if total == 0 {
			continue
		}
		if rows = min(rows, total-r.query.Offset()); rows <= 0 {
			return remit.FieldErrorf("statement", "OFFSET skips the %d rows that may be read: narrow the condition, or ask for a count or a sum", total)
		}
	}
	r.rows = r.query.Bound(rows)
	if r.asks = r.rows; r.query.Bound(rows+1) > rows {
		r.asks++
	}
	return nil
}

// execute runs the statement, again with other sums if one left the range of numbers.
func (r *sqlRun) execute(ctx context.Context, details *sqlDetails) error {
	types := r.query.Results()
	for _, c := range types {
		r.result.Columns = append(r.result.Columns, Column{Name: c.Name, Type: c.Type.Field(), Currency: c.Type.Currency})
	}
	views := make([]sqldb.View, len(r.used))
	for i, u := range r.used {
		var err error
		if views[i], err = u.view(); err != nil {
			return err
		}
	}
	form := sqlguard.Form{Dialect: r.session.lens.db.Dialect(), Rows: r.asks}
	err := r.run(ctx, form, views, types, details)
	if sqldb.IsOverflow(err) {
		form.Split = true
		r.result.Rows, r.result.More, r.bytes = [][]remit.Value{}, false, 0
		err = r.run(ctx, form, views, types, details)
	}
	return err
}

func (r *sqlRun) run(ctx context.Context, form sqlguard.Form, views []sqldb.View, types []sqlguard.Result, details *sqlDetails) error {
	stmt, err := r.query.Render(form)
	if err != nil {
		return err
	}
	g := sqldb.Guarded{SQL: stmt.SQL, Views: views, Zone: r.session.snapshot.location}
	details.Run, details.Args = stmt.SQL, nil
	for _, a := range stmt.Args {
		g.Args = append(g.Args, a.Text)
		details.Args = append(details.Args, a.Text)
	}
	return r.session.lens.db.Guarded(ctx, g, func(row sqldb.Row) error { return r.take(row, types) })
}

// take adds a row to the answer.
func (r *sqlRun) take(row sqldb.Row, types []sqlguard.Result) error {
	if int64(len(r.result.Rows)) == r.rows {
		r.result.More = true
		return nil
	}
	values := make([]remit.Value, len(types))
	for i, c := range types {
		values[i] = readSQL(row, i, c.Type)
		r.bytes += len(values[i].Text())
	}
	if r.bytes > maxSQLBytes {
		return remit.Errorf(remit.KindLimited, "the answer holds more than %d MB of text: select fewer columns or rows", maxSQLBytes>>20)
	}
	r.result.Rows = append(r.result.Rows, values)
	return nil
}

// note tells the audit what the statement is made with, shown or not.
func (r *sqlRun) note(e *audit.Entry) {
	e.Sensitivity = remit.Public
	if len(r.used) == 1 {
		e.Collection = r.used[0].permit.Collection.Name
	}
	for _, u := range r.used {
		r.result.Collections = append(r.result.Collections, u.permit.Collection.Name)
		for _, name := range u.fields {
			if len(r.used) > 1 {
				name = fmt.Sprintf("%s.%s", u.permit.Collection.Name, name)
			}
			e.Fields = append(e.Fields, name)
		}
		e.Sensitivity = max(e.Sensitivity, u.sensitivity())
	}
}
