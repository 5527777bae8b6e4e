package twoworlds

import (
	"context"
	"encoding/base64"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
)

// leaks are mistakes that permission systems have made, see the list in the
// issue trackers of the trade: each must be caught.
var leaks = []*leak{
	{name: "a filter sees hidden cells", query: filterRaw},
	{name: "a count ignores row scopes", count: func(ctx context.Context, s *spy, actor remit.Actor, q lens.CountQuery) (int64, error) {
		if _, err := s.Lens.Count(ctx, actor, q); err != nil {
			return 0, err
		}
		return s.all(ctx).Count(ctx, asPerson(actor), q)
	}},
	{name: "hidden records count as related", count: relatedRaw},
	{name: "a preview judges by hidden records behind links", preview: previewRaw},
	{name: "cells are not masked", query: pages(func(ctx context.Context, s *spy, actor remit.Actor, page *lens.Page) {
		s.fill(ctx, actor, page, func(r *lens.Record, column string) bool { return slices.Contains(r.Hidden, column) })
	})},
	{name: "a link to a hidden record is shown", query: pages(func(ctx context.Context, s *spy, actor remit.Actor, page *lens.Page) {
		s.fill(ctx, actor, page, func(r *lens.Record, column string) bool {
			return strings.HasSuffix(column, "_id") && !slices.Contains(r.Hidden, column)
		})
	})},
	{name: "only hidden cells that are not empty are named", query: pages(func(ctx context.Context, s *spy, actor remit.Actor, page *lens.Page) {
		for i := range page.Records {
			r := &page.Records[i]
			r.Hidden = slices.DeleteFunc(r.Hidden, func(field string) bool {
				v, _ := s.raw(ctx, actor, page.Collection, r.ID, field)
				return v.IsNull()
			})
		}
	})},
	{name: "the total counts hidden records", query: func(ctx context.Context, s *spy, actor remit.Actor, q lens.Query) (*lens.Page, error) {
		page, err := s.Lens.Query(ctx, actor, q)
		if err == nil && page.Total != nil {
			n, err := s.all(ctx).Count(ctx, asPerson(actor), lens.CountQuery{Collection: q.Collection, Filter: q.Filter})
			page.Total = &n
			return page, err
		}
		return page, err
	}},
	{name: "the order is that of raw cells", query: sortRaw},
	{name: "the order of ties is that of storage", query: sortStored},
	{name: "the cursor carries the raw sort value", query: cursorRaw},
	{name: "a page is cut before hidden records are dropped", query: cutRaw},
	{name: "the version token is of the whole record", get: func(ctx context.Context, s *spy, actor remit.Actor, collection string, id remit.ID, fields []string) (*lens.Page, error) {
		page, err := s.Lens.Get(ctx, actor, "", collection, id, fields)
		if err == nil {
			whole, err := s.all(ctx).Get(ctx, asPerson(actor), "", collection, id, nil)
			if err != nil {
				return nil, err
			}
			page.Records[0].Version = whole.Records[0].Version
		}
		return page, err
	}},
	{name: "the version token is the row's own version", get: func(ctx context.Context, s *spy, actor remit.Actor, collection string, id remit.ID, fields []string) (*lens.Page, error) {
		page, err := s.Lens.Get(ctx, actor, "", collection, id, fields)
		if err != nil {
			return nil, err
		}
		ids, versions, err := s.stored(ctx, collection, "version")
		if i := slices.Index(ids, id); i >= 0 {
			page.Records[0].Version = strconv.FormatInt(versions[i], 10)
		}
		return page, err
	}},
	{name: "not found tells hidden from absent", get: func(ctx context.Context, s *spy, actor remit.Actor, collection string, id remit.ID, fields []string) (*lens.Page, error) {
		page, err := s.Lens.Get(ctx, actor, "", collection, id, fields)
		if _, there := s.raw(ctx, actor, collection, id, "created_at"); err != nil && there {
			return nil, remit.Errorf(remit.KindDenied, "you may not see this record")
		}
		return page, err
	}},
	{name: "figures are of hidden records too", aggregate: func(ctx context.Context, s *spy, actor remit.Actor, q lens.AggregateQuery) (*lens.AggregateResult, error) {
		if _, err := s.Lens.Aggregate(ctx, actor, q); err != nil {
			return nil, err
		}
		return s.all(ctx).Aggregate(ctx, asPerson(actor), q)
	}},
	{name: "figures and groups are of hidden cells", aggregate: func(ctx context.Context, s *spy, actor remit.Actor, q lens.AggregateQuery) (*lens.AggregateResult, error) {
		if _, err := s.Lens.Aggregate(ctx, actor, q); err != nil {
			return nil, err
		}
		ids, err := s.visible(ctx, actor, q.Collection)
		if err != nil {
			return nil, err
		}
		q.Filter = both(q.Filter, among(ids))
		return s.all(ctx).Aggregate(ctx, asPerson(actor), q)
	}},
	{name: "a search matches hidden cells", search: searchRaw},
	{name: "SQL runs over all records", sql: func(ctx context.Context, s *spy, actor remit.Actor, q lens.SQLQuery) (*lens.SQLResult, error) {
		if _, err := s.Lens.SQL(ctx, actor, q); err != nil {
			return nil, err
		}
		return s.all(ctx).SQL(ctx, asPerson(actor), q)
	}},
	{name: "a history tells of hidden fields", history: func(ctx context.Context, s *spy, actor remit.Actor, q lens.HistoryQuery) (*lens.History, error) {
		if h, err := s.Lens.History(ctx, actor, q); err != nil || q.Cursor != "" {
			return h, err
		}
		return s.all(ctx).History(ctx, asPerson(actor), q)
	}},
	{name: "a history counts the changes of hidden fields", history: func(ctx context.Context, s *spy, actor remit.Actor, q lens.HistoryQuery) (*lens.History, error) {
		h, err := s.Lens.History(ctx, actor, q)
		if err != nil || q.Cursor != "" {
			return h, err
		}
		all, err := s.all(ctx).History(ctx, asPerson(actor), q)
		if err == nil && len(all.Changes) > len(h.Changes) {
			h.NextCursor = strconv.Itoa(len(all.Changes))
		}
		return h, err
	}},
	{name: "an export ignores row scopes", export: func(ctx context.Context, s *spy, actor remit.Actor, q lens.ExportQuery, w io.Writer) (int64, error) {
		if _, err := s.Lens.Export(ctx, actor, q, io.Discard); err != nil {
			return 0, err
		}
		return s.all(ctx).Export(ctx, asPerson(actor), q, w)
	}},
	{name: "descriptions count hidden records", collections: func(ctx context.Context, s *spy, actor remit.Actor) ([]lens.CollectionInfo, error) {
		infos, err := s.Lens.Collections(ctx, actor)
		for i := range infos {
			n, err := s.all(ctx).Count(ctx, asPerson(actor), lens.CountQuery{Collection: infos[i].Name})
			if err != nil {
				return nil, err
			}
			infos[i].Description += " (" + strconv.FormatInt(n, 10) + ")"
		}
		return infos, err
	}},
	{name: "rows of one role, columns of another", query: under("rows × columns", func(s *spy, _ string, doc *policy.Document) {
		for i := range doc.Roles {
			r := &doc.Roles[i]
			for j := range r.Grants {
				if r.Grants[j].Actions[0] == policy.View {
					r.Grants[j].Fields = fieldsOfAll(doc, r.Grants[j].Collection)
				}
			}
		}
	})},
	{name: "a hop ignores the row scopes behind it", query: under("hops", func(_ *spy, collection string, doc *policy.Document) {
		for i := range doc.Roles {
			for j := range doc.Roles[i].Grants {
				if g := &doc.Roles[i].Grants[j]; g.Collection != collection && g.Scope != policy.ScopeNone {
					g.Scope = policy.ScopeAll
				}
			}
		}
	})},
	{name: "clearance is ignored", query: under("clearance", func(_ *spy, _ string, doc *policy.Document) {
		for i := range doc.Roles {
			doc.Roles[i].Clearance = remit.Restricted
		}
	})},
	{name: "the remit's rows are ignored", query: under("remit", func(_ *spy, _ string, doc *policy.Document) {
		for i := range doc.Employees {
			for j := range doc.Employees[i].Remit.Grants {
				if g := &doc.Employees[i].Remit.Grants[j]; g.Scope != policy.ScopeNone {
					g.Scope = policy.ScopeAll
				}
			}
		}
	})},
	{name: "a name that a hidden record has is taken", change: func(ctx context.Context, s *spy, actor remit.Actor, c lens.Change, err error) error {
		name, given := c.Values["name"]
		if err != nil || !given || string(name) == "null" {
			return err
		}
		n, countErr := s.all(ctx).Count(ctx, asPerson(actor), lens.CountQuery{Collection: c.Collection, Filter: encode(map[string]any{"name": name})})
		if countErr == nil && n > 0 {
			return remit.Errorf(remit.KindConflict, "there is one of this name already")
		}
		return nil
	}},
	{name: "naming a hidden record is another error than naming none", change: func(ctx context.Context, s *spy, actor remit.Actor, c lens.Change, err error) error {
		if err == nil || !strings.Contains(remit.PublicText(err), "names no record") {
			return err
		}
		for field, raw := range c.Values {
			id, _ := strconv.Unquote(string(raw))
			f := s.house.model.Collection("", c.Collection).Field(field)
			if f == nil || f.Target == "" {
				continue
			}
			if _, there := s.raw(ctx, actor, f.Target, remit.ID(id), "created_at"); there {
				return remit.Errorf(remit.KindDenied, "you may not link to this record")
			}
		}
		return err
	}},
	{name: "what a hidden record links to cannot be deleted", remove: func(ctx context.Context, s *spy, actor remit.Actor, r lens.Removal) error {
		for _, c := range s.house.model.Collections {
			for _, f := range c.Fields {
				if f.Target != r.Collection || !r.ID.Valid() {
					continue
				}
				n, err := s.all(ctx).Count(ctx, asPerson(actor), lens.CountQuery{Collection: c.Name, Filter: encode(map[string]any{f.Name: r.ID})})
				if err == nil && n > 0 {
					return remit.Errorf(remit.KindConflict, "the record is in use")
				}
			}
		}
		return nil
	}},
}

func both(a, b []byte) []byte {
	if len(a) == 0 || string(a) == "null" {
		return b
	}
	return []byte(`{"$and":[` + string(a) + `,` + string(b) + `]}`)
}

// pages leaks by what it does to a page that the lens has answered.
func pages(change func(context.Context, *spy, remit.Actor, *lens.Page)) func(context.Context, *spy, remit.Actor, lens.Query) (*lens.Page, error) {
	return func(ctx context.Context, s *spy, actor remit.Actor, q lens.Query) (*lens.Page, error) {
		page, err := s.Lens.Query(ctx, actor, q)
		if err == nil {
			change(ctx, s, actor, page)
		}
		return page, err
	}
}

// under leaks by answering queries under another policy.
func under(name string, change func(s *spy, collection string, doc *policy.Document)) func(context.Context, *spy, remit.Actor, lens.Query) (*lens.Page, error) {
	return func(ctx context.Context, s *spy, actor remit.Actor, q lens.Query) (*lens.Page, error) {
		if _, err := s.Lens.Query(ctx, actor, q); err != nil {
			return nil, err
		}
		l := s.with(ctx, name+" "+q.Collection, func(doc *policy.Document) { change(s, q.Collection, doc) })
		return l.Query(ctx, actor, q)
	}
}

// fill puts raw values into cells that read null.
func (s *spy) fill(ctx context.Context, actor remit.Actor, page *lens.Page, which func(r *lens.Record, column string) bool) {
	for i := range page.Records {
		r := &page.Records[i]
		for j, c := range page.Columns {
			if r.Values[j].IsNull() && !strings.Contains(c.Name, ".") && which(r, c.Name) {
				r.Values[j], _ = s.raw(ctx, actor, page.Collection, r.ID, c.Name)
			}
		}
	}
}

// fieldsOfAll returns every field that any role may view of a collection.
func fieldsOfAll(doc *policy.Document, collection string) []string {
	var names []string
	for _, r := range doc.Roles {
		for _, g := range r.Grants {
			if g.Collection == collection && g.Actions[0] == policy.View && g.Scope != policy.ScopeNone {
				names = append(names, g.Fields...)
			}
		}
	}
	if slices.Contains(names, policy.AllFields) {
		return []string{policy.AllFields}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func filterRaw(ctx context.Context, s *spy, actor remit.Actor, q lens.Query) (*lens.Page, error) {
	if _, err := s.Lens.Query(ctx, actor, q); err != nil {
		return nil, err
	}
	ids, err := s.visible(ctx, actor, q.Collection)
	if err != nil {
		return nil, err
	}
	match, err := every(ctx, s.all(ctx), asPerson(actor), lens.Query{Collection: q.Collection, Filter: both(q.Filter, among(ids)), Fields: []string{remit.IDField}})
	if err != nil {
		return nil, err
	}
	matching := map[remit.ID]bool{}
	for _, r := range match {
		matching[r.ID] = true
	}
	q.Filter, q.Cursor = among(matching), ""
	return s.Lens.Query(ctx, actor, q)
}

// reorder returns the page of the query with its records in another order.
func reorder(ctx context.Context, s *spy, actor remit.Actor, q lens.Query, order []remit.ID) (*lens.Page, error) {
	page, err := s.Lens.Query(ctx, actor, q)
	if err != nil {
		return nil, err
	}
	records, err := every(ctx, s.Lens, actor, q)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(records, func(a, b lens.Record) int { return slices.Index(order, a.ID) - slices.Index(order, b.ID) })
	page.Records, page.NextCursor = records[:min(len(records), len(page.Records))], ""
	return page, nil
}

func sortRaw(ctx context.Context, s *spy, actor remit.Actor, q lens.Query) (*lens.Page, error) {
	if _, err := s.Lens.Query(ctx, actor, q); err != nil {
		return nil, err
	}
	sorted, err := every(ctx, s.all(ctx), asPerson(actor), lens.Query{Collection: q.Collection, Sort: q.Sort, Fields: []string{remit.IDField}})
	if err != nil {
		return nil, err
	}
	order := make([]remit.ID, len(sorted))
	for i, r := range sorted {
		order[i] = r.ID
	}
	return reorder(ctx, s, actor, q, order)
}

func sortStored(ctx context.Context, s *spy, actor remit.Actor, q lens.Query) (*lens.Page, error) {
	order, _, err := s.stored(ctx, q.Collection, "version")
	if err != nil || len(q.Sort) > 0 {
		return s.Lens.Query(ctx, actor, q)
	}
	return reorder(ctx, s, actor, q, order)
}

func cursorRaw(ctx context.Context, s *spy, actor remit.Actor, q lens.Query) (*lens.Page, error) {
	q.Cursor, _, _ = strings.Cut(q.Cursor, ".")
	page, err := s.Lens.Query(ctx, actor, q)
	if err != nil || page.NextCursor == "" || len(q.Sort) == 0 {
		return page, err
	}
	field := strings.TrimPrefix(q.Sort[0], "-")
	v, _ := s.raw(ctx, actor, q.Collection, page.Records[len(page.Records)-1].ID, field)
	page.NextCursor += "." + base64.RawURLEncoding.EncodeToString([]byte(v.String()))
	return page, nil
}

func cutRaw(ctx context.Context, s *spy, actor remit.Actor, q lens.Query) (*lens.Page, error) {
	page, err := s.Lens.Query(ctx, actor, q)
	if err != nil || q.Cursor != "" {
		return page, err
	}
	wide := q
	wide.Fields, wide.Versions, wide.Total = []string{remit.IDField}, false, false
	first, err := s.all(ctx).Query(ctx, asPerson(actor), wide)
	if err != nil {
		return nil, err
	}
	page.Records = slices.DeleteFunc(page.Records, func(r lens.Record) bool {
		return !slices.ContainsFunc(first.Records, func(f lens.Record) bool { return f.ID == r.ID })
	})
	return page, nil
}

func searchRaw(ctx context.Context, s *spy, actor remit.Actor, q lens.SearchQuery) ([]lens.SearchHit, error) {
	hits, err := s.Lens.Search(ctx, actor, q)
	if err != nil {
		return nil, err
	}
	all, err := s.all(ctx).Search(ctx, asPerson(actor), q)
	if err != nil {
		return nil, err
	}
	for _, h := range all {
		known := slices.ContainsFunc(hits, func(k lens.SearchHit) bool { return k.ID == h.ID })
		if seen, err := s.visible(ctx, actor, h.Collection); !known && err == nil && seen[h.ID] {
			hits = append(hits, lens.SearchHit{Collection: h.Collection, ID: h.ID})
		}
	}
	return hits, nil
}
