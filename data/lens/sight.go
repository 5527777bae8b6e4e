package lens

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// Sight is how much of a collection an actor may see. Its zero value is nothing.
type Sight struct {
	Records int64
	Cells   map[string]int64 // by field that is known: on how many records it is not hidden
}

// Sight counts what the actor may see of a collection, cell by cell. A collection
// that is unknown to the actor is no error: nothing of it is seen.
func (l *Lens) Sight(ctx context.Context, actor remit.Actor, source, collection string) (Sight, error) {
	e := &audit.Entry{Operation: audit.OpCount, Source: source, Collection: collection, Details: map[string]any{"cells": true}}
	var sight Sight
	err := l.govern(ctx, actor, e, func(s *session) error {
		sight = Sight{}
		if !s.permitFor(source, collection, policy.View).Allowed() {
			return nil
		}
		sel, err := s.selection(source, collection, policy.View)
		if err != nil {
			return err
		}
		columns, err := sel.columnsFor(nil)
		if err != nil {
			return err
		}
		sight, err = sel.sight(ctx, columns)
		sel.noteFields(e)
		e.Rows = sight.Records
		return err
	})
	if err != nil {
		return Sight{}, err
	}
	return sight, nil
}

func (sel *selection) sight(ctx context.Context, columns []*column) (Sight, error) {
	b := newBuilder(sel.root.dialect())
	b.put("SELECT COUNT(*)")
	for _, c := range columns {
		b.put(", COUNT(CASE WHEN ")
		c.writeVisible(b)
		b.put(" THEN 1 END)")
	}
	sel.writeFrom(b)
	sight := Sight{Cells: make(map[string]int64, len(columns))}
	err := sel.session.last(ctx, b.stmt(), func(row sqldb.Row) error {
		sight.Records = row.Int(0)
		for i, c := range columns {
			sight.Cells[c.path] = row.Int(i + 1)
		}
		return nil
	})
	return sight, err
}
