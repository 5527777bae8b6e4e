package lens

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// Count returns how many records match that the actor may see. Errors are those
// of Query.
func (l *Lens) Count(ctx context.Context, actor remit.Actor, q CountQuery) (int64, error) {
	e := &audit.Entry{Operation: audit.OpCount, Source: q.Source, Collection: q.Collection, Details: map[string]any{"filter": q.Filter}}
	var n int64
	err := l.govern(ctx, actor, e, func(s *session) error {
		s.traceTo(q.Lineage)
		sel, err := s.selection(q.Source, q.Collection, policy.View)
		if err != nil {
			return err
		}
		list := &listing{selection: sel}
		if list.where, err = sel.condition(q.Filter, "filter"); err != nil {
			return err
		}
		n, err = list.count(ctx, sel.used, s.last)
		sel.noteFields(e)
		e.Rows = n
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// traceTotal is total, with the lineage of the figure where it is asked for.
func (list *listing) traceTotal(ctx context.Context) (n int64, err error) {
	if list.session.lineage == nil {
		return list.total(ctx)
	}
	return list.count(ctx, list.used[list.shown:], list.session.read)
}

// count counts every match and says what the figure came from; read runs the
// statement.
func (list *listing) count(ctx context.Context, selects []*column, read func(context.Context, sqldb.Stmt, func(sqldb.Row) error) error) (n int64, err error) {
	t, err := list.tracer(ctx, selects, selects)
	if err != nil {
		return 0, err
	}
	stmt := list.countStatement()
	if t != nil {
		stmt = t.around(list.writeCount, list.where)
	}
	err = read(ctx, stmt, func(row sqldb.Row) error {
		n = row.Int(0)
		if t != nil {
			t.readAll(row, 1)
		}
		return nil
	})
	if t != nil {
		t.done()
	}
	return n, err
}

// total counts every match.
func (list *listing) total(ctx context.Context) (n int64, err error) {
	err = list.session.read(ctx, list.countStatement(), func(row sqldb.Row) error {
		n = row.Int(0)
		return nil
	})
	return n, err
}

func (list *listing) countStatement() sqldb.Stmt {
	b := newBuilder(list.session.lens.db.Dialect())
	list.writeCount(b)
	return b.stmt()
}

func (list *listing) writeCount(b *builder) {
	b.put("SELECT COUNT(*)")
	list.writeFrom(b)
	b.put(" AND ")
	list.where.write(b)
}
