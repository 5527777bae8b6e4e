package twoworlds

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
)

// spy is a lens with a leak: where the leak has a hook the hook answers, else the
// lens does.
type spy struct {
	*lens.Lens
	leak  *leak
	house *house
	doc   *policy.Document
	under map[string]*lens.Lens // by the policy's name
}

// leak is one mistake that a lens could have.
type leak struct {
	name        string
	query       func(ctx context.Context, s *spy, actor remit.Actor, q lens.Query) (*lens.Page, error)
	get         func(ctx context.Context, s *spy, actor remit.Actor, collection string, id remit.ID, fields []string) (*lens.Page, error)
	count       func(ctx context.Context, s *spy, actor remit.Actor, q lens.CountQuery) (int64, error)
	aggregate   func(ctx context.Context, s *spy, actor remit.Actor, q lens.AggregateQuery) (*lens.AggregateResult, error)
	search      func(ctx context.Context, s *spy, actor remit.Actor, q lens.SearchQuery) ([]lens.SearchHit, error)
	sql         func(ctx context.Context, s *spy, actor remit.Actor, q lens.SQLQuery) (*lens.SQLResult, error)
	history     func(ctx context.Context, s *spy, actor remit.Actor, q lens.HistoryQuery) (*lens.History, error)
	collections func(ctx context.Context, s *spy, actor remit.Actor) ([]lens.CollectionInfo, error)
	export      func(ctx context.Context, s *spy, actor remit.Actor, q lens.ExportQuery, w io.Writer) (int64, error)
	change      func(ctx context.Context, s *spy, actor remit.Actor, c lens.Change, err error) error
	remove      func(ctx context.Context, s *spy, actor remit.Actor, r lens.Removal) error
	preview     func(ctx context.Context, s *spy, actor remit.Actor, p lens.Preview) (*lens.Previewed, error)
}

func (s *spy) Preview(ctx context.Context, actor remit.Actor, p lens.Preview) (*lens.Previewed, error) {
	if s.leak.preview == nil {
		return s.Lens.Preview(ctx, actor, p)
	}
	return s.leak.preview(ctx, s, actor, p)
}

func (s *spy) Query(ctx context.Context, actor remit.Actor, q lens.Query) (*lens.Page, error) {
	if s.leak.query == nil {
		return s.Lens.Query(ctx, actor, q)
	}
	return s.leak.query(ctx, s, actor, q)
}

func (s *spy) Get(ctx context.Context, actor remit.Actor, source, collection string, id remit.ID, fields []string) (*lens.Page, error) {
	if s.leak.get == nil {
		return s.Lens.Get(ctx, actor, source, collection, id, fields)
	}
	return s.leak.get(ctx, s, actor, collection, id, fields)
}

func (s *spy) Record(ctx context.Context, actor remit.Actor, q lens.RecordQuery) (*lens.Page, error) {
	if s.leak.get == nil {
		return s.Lens.Record(ctx, actor, q)
	}
	return s.leak.get(ctx, s, actor, q.Collection, q.ID, q.Fields)
}

func (s *spy) Count(ctx context.Context, actor remit.Actor, q lens.CountQuery) (int64, error) {
	if s.leak.count == nil {
		return s.Lens.Count(ctx, actor, q)
	}
	return s.leak.count(ctx, s, actor, q)
}

func (s *spy) Aggregate(ctx context.Context, actor remit.Actor, q lens.AggregateQuery) (*lens.AggregateResult, error) {
	if s.leak.aggregate == nil {
		return s.Lens.Aggregate(ctx, actor, q)
	}
	return s.leak.aggregate(ctx, s, actor, q)
}

func (s *spy) Search(ctx context.Context, actor remit.Actor, q lens.SearchQuery) ([]lens.SearchHit, error) {
	if s.leak.search == nil {
		return s.Lens.Search(ctx, actor, q)
	}
	return s.leak.search(ctx, s, actor, q)
}

func (s *spy) SQL(ctx context.Context, actor remit.Actor, q lens.SQLQuery) (*lens.SQLResult, error) {
	if s.leak.sql == nil {
		return s.Lens.SQL(ctx, actor, q)
	}
	return s.leak.sql(ctx, s, actor, q)
}

func (s *spy) History(ctx context.Context, actor remit.Actor, q lens.HistoryQuery) (*lens.History, error) {
	if s.leak.history == nil {
		return s.Lens.History(ctx, actor, q)
	}
	return s.leak.history(ctx, s, actor, q)
}

func (s *spy) Collections(ctx context.Context, actor remit.Actor) ([]lens.CollectionInfo, error) {
	if s.leak.collections == nil {
		return s.Lens.Collections(ctx, actor)
	}
	return s.leak.collections(ctx, s, actor)
}

func (s *spy) TracedCollections(ctx context.Context, actor remit.Actor, from *lens.Lineage) ([]lens.CollectionInfo, error) {
	if s.leak.collections == nil {
		return s.Lens.TracedCollections(ctx, actor, from)
	}
	return s.leak.collections(ctx, s, actor)
}

func (s *spy) Export(ctx context.Context, actor remit.Actor, q lens.ExportQuery, w io.Writer) (int64, error) {
	if s.leak.export == nil {
		return s.Lens.Export(ctx, actor, q, w)
	}
	return s.leak.export(ctx, s, actor, q, w)
}

func (s *spy) Create(ctx context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error) {
	return s.write(ctx, actor, c, s.Lens.Create)
}

func (s *spy) Update(ctx context.Context, actor remit.Actor, c lens.Change) (*lens.Page, error) {
	return s.write(ctx, actor, c, s.Lens.Update)
}

// write lets the leak refuse a change before it is made, and put an error of its
// own in place of the lens's.
func (s *spy) write(ctx context.Context, actor remit.Actor, c lens.Change, do func(context.Context, remit.Actor, lens.Change) (*lens.Page, error)) (*lens.Page, error) {
	if s.leak.change == nil {
		return do(ctx, actor, c)
	}
	if err := s.leak.change(ctx, s, actor, c, nil); err != nil {
		return nil, err
	}
	page, err := do(ctx, actor, c)
	if err != nil {
		err = s.leak.change(ctx, s, actor, c, err)
	}
	return page, err
}

func (s *spy) Delete(ctx context.Context, actor remit.Actor, r lens.Removal) error {
	if s.leak.remove != nil {
		if err := s.leak.remove(ctx, s, actor, r); err != nil {
			return err
		}
	}
	return s.Lens.Delete(ctx, actor, r)
}

// with returns the lens under the scenario's policy as changed.
func (s *spy) with(ctx context.Context, name string, change func(*policy.Document)) *lens.Lens {
	if l := s.under[name]; l != nil {
		return l
	}
	l, err := s.opened(ctx, change)
	if err != nil {
		panic(err) // the planted leak is wrong
	}
	s.under[name] = l
	return l
}

func (s *spy) opened(ctx context.Context, change func(*policy.Document)) (*lens.Lens, error) {
	doc, err := policy.Parse(policy.Format(s.doc)) // a deep copy
	if err != nil {
		return nil, err
	}
	change(doc)
	p, err := policy.Compile(doc, s.house.model, nil)
	if err != nil {
		return nil, err
	}
	if p.Epoch, err = s.house.store.Policies.Epoch(ctx); err != nil {
		return nil, err
	}
	return s.house.store.Under(p)
}

// all is the lens by which the asker sees everything.
func (s *spy) all(ctx context.Context) *lens.Lens {
	return s.with(ctx, "all", func(doc *policy.Document) {
		everything := func(c string) policy.Grant {
			return policy.Grant{Collection: c, Actions: []policy.Action{policy.View, policy.Export}, Fields: []string{policy.AllFields}, Scope: policy.ScopeAll}
		}
		for i := range doc.Roles {
			r := &doc.Roles[i]
			r.Clearance, r.Grants, r.Employees = remit.Restricted, nil, employeeNames
			for _, c := range s.house.model.Collections {
				r.Grants = append(r.Grants, everything(c.Name))
			}
		}
		for i := range doc.Employees {
			e := &doc.Employees[i]
			e.Disabled, e.Tools = false, readTools
			e.Remit = policy.Remit{Sensitivity: remit.Restricted, Grants: []policy.Grant{everything("*")}}
		}
		doc.Tools, doc.Tasks = nil, nil
	})
}

// asPerson is the actor without the bounds of any AI.
func asPerson(actor remit.Actor) remit.Actor {
	return remit.Actor{Person: actor.Person, Channel: remit.ChannelAPI, Token: actor.Token, Employee: "", Request: actor.Request}
}

// every returns all records that match, page after page.
func every(ctx context.Context, l *lens.Lens, actor remit.Actor, q lens.Query) (records []lens.Record, err error) {
	most := lens.MaxLimit
	q.Limit, q.Cursor, q.Total = &most, "", false
	for {
		page, err := l.Query(ctx, actor, q)
		if err != nil {
			return nil, err
		}
		records = append(records, page.Records...)
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return records, nil
		}
	}
}

// visible returns the ids of the records that the actor may see.
func (s *spy) visible(ctx context.Context, actor remit.Actor, collection string) (map[remit.ID]bool, error) {
	records, err := every(ctx, s.Lens, actor, lens.Query{Collection: collection, Fields: []string{remit.IDField}})
	ids := map[remit.ID]bool{}
	for _, r := range records {
		ids[r.ID] = true
	}
	return ids, err
}

// among returns a filter for the records.
func among(ids map[remit.ID]bool) json.RawMessage {
	list := append([]remit.ID{}, slices.Sorted(maps.Keys(ids))...) // not null where there is none
	return encode(map[string]any{"id": map[string]any{"$in": list}})
}

// raw returns the value that stands in a record's field, and whether it has one.
func (s *spy) raw(ctx context.Context, actor remit.Actor, collection string, id remit.ID, field string) (remit.Value, bool) {
	page, err := s.all(ctx).Get(ctx, asPerson(actor), "", collection, id, []string{field})
	if err != nil || len(page.Records[0].Values) == 0 {
		return remit.Null, false
	}
	return page.Records[0].Values[0], true
}

// stored reads a column of a table as it lies in SQLite, in the order of storage.
func (s *spy) stored(ctx context.Context, collection, column string) (ids []remit.ID, values []int64, err error) {
	c := s.house.model.Collection("", collection)
	if c == nil || c.Derived {
		return nil, nil, nil
	}
	err = s.house.db.Query(ctx, sqldb.Stmt{SQL: "SELECT id, " + column + " FROM " + c.Table + " ORDER BY rowid"}, func(r sqldb.Row) error {
		ids, values = append(ids, remit.ID(r.Text(0))), append(values, r.Int(1))
		return nil
	})
	return ids, values, err
}
