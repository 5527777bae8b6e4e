package lens

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
)

// Get returns a page of the one record, with its version token. A record that is
// absent and one that the actor may not see are both NotFound.
func (l *Lens) Get(ctx context.Context, actor remit.Actor, source, collection string, id remit.ID, fields []string) (*Page, error) {
	return l.Record(ctx, actor, RecordQuery{Source: source, Collection: collection, ID: id, Fields: fields})
}

// Record is Get for a caller who also asks for the lineage.
func (l *Lens) Record(ctx context.Context, actor remit.Actor, q RecordQuery) (*Page, error) {
	e := &audit.Entry{Operation: audit.OpGet, Source: q.Source, Collection: q.Collection, Details: map[string]any{"id": string(q.ID), "fields": q.Fields}}
	var page *Page
	err := l.govern(ctx, actor, e, func(s *session) (err error) {
		s.traceTo(q.Lineage)
		page, err = s.get(ctx, q.Source, q.Collection, q.ID, q.Fields, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

func (s *session) get(ctx context.Context, source, collection string, id remit.ID, fields []string, e *audit.Entry) (*Page, error) {
	one := 1
	list, err := s.listing(Query{Source: source, Collection: collection, Fields: fields, Limit: &one, Versions: true})
	if err != nil {
		return nil, err
	}
	list.where = byID(list.root, id)
	if list.trace, err = list.tracer(ctx, list.used, nil); err != nil {
		return nil, err
	}
	page := &Page{Collection: list.root.coll.Name, Columns: describeAll(list.columns)}
	if id.Valid() {
		if _, _, err = list.fetch(ctx, page); err != nil {
			return nil, err
		}
	}
	if len(page.Records) == 0 {
		return nil, noRecord(list.root.coll.Name)
	}
	list.note(e, page)
	return page, nil
}

// noRecord is the answer for a record that is absent or hidden. It does not
// repeat the id, so that it is the same for all of them.
func noRecord(collection string) error {
	return remit.Errorf(remit.KindNotFound, "there is no such record in %s that you may see", collection)
}
