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
		sel, err := s.selection(q.Source, q.Collection, policy.View)
		if err != nil {
			return err
		}
		list := &listing{selection: sel}
		if list.where, err = sel.condition(q.Filter, "filter"); err != nil {
			return err
		}
		err = s.last(ctx, list.countStatement(), func(row sqldb.Row) error {
			n = row.Int(0)
			return nil
		})
		sel.noteFields(e)
		e.Rows = n
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
