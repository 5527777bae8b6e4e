package lens

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
)

// nameChanges adds what the records and people that the page names are called, each
// as the actor sees it.
func (s *session) nameChanges(ctx context.Context, c *remit.Collection, h *History, e *audit.Entry) error {
	named := map[string][]remit.ID{peopleCollection: nil}
	for i := range h.Changes {
		change := &h.Changes[i]
		named[peopleCollection] = append(named[peopleCollection], change.By.person)
		if f := c.Field(change.Field); f != nil && f.Type == remit.Relation {
			named[f.Target] = append(named[f.Target], remit.ID(change.Before.Text()), remit.ID(change.After.Text()))
		}
	}
	titles := map[string]remit.Value{}
	for _, collection := range slices.Sorted(maps.Keys(named)) {
		found, err := s.titles(ctx, c.Source, collection, named[collection], e)
		if err != nil {
			return err
		}
		maps.Copy(titles, found)
	}
	h.nameWith(titles)
	return nil
}

// nameWith names the people, and keeps the titles of the other records.
func (h *History) nameWith(titles map[string]remit.Value) {
	h.Titles = map[string]remit.Value{}
	for i := range h.Changes {
		change := &h.Changes[i]
		if name, seen := titles[string(change.By.person)]; seen {
			change.By.Person = &NamedPerson{change.By.person, name}
		}
		for _, v := range []remit.Value{change.Before, change.After} {
			if title, seen := titles[v.Text()]; seen {
				h.Titles[v.Text()] = title
			}
		}
	}
}

// titles returns what those of the records that the actor may see are called, null
// where that is hidden. A collection that is unknown to the actor has none.
func (s *session) titles(ctx context.Context, source, collection string, ids []remit.ID, e *audit.Entry) (map[string]remit.Value, error) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id remit.ID) bool { return !id.Valid() })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	permit := s.permitFor(source, collection, policy.View)
	if len(ids) == 0 || !permit.Allowed() {
		return nil, nil
	}
	rel, err := s.relation(permit, "t")
	if err != nil {
		return nil, err
	}
	fields := []string{remit.IDField}
	if rel.known(rel.coll.FieldIndex(rel.coll.TitleField)) {
		fields = append(fields, permit.Collection.TitleField)
	}
	filter, err := json.Marshal(map[string]any{remit.IDField: map[string]any{"$in": ids}})
	if err != nil {
		return nil, err
	}
	limit := len(ids)
	read := &audit.Entry{}
	page, err := s.query(ctx, Query{Source: source, Collection: collection, Fields: fields, Filter: filter, Limit: &limit}, read)
	if err != nil {
		return nil, err
	}
	for _, name := range read.Fields {
		e.Fields = append(e.Fields, collection+"."+name)
	}
	e.Sensitivity = max(e.Sensitivity, read.Sensitivity)
	titles := make(map[string]remit.Value, len(page.Records))
	for i := range page.Records {
		titles[string(page.Records[i].ID)] = page.cell(i, permit.Collection.TitleField)
	}
	return titles, nil
}

// Show returns a value as people read it: a record by what it is called.
func (h *History) Show(v remit.Value) string {
	if title, named := h.Titles[v.Text()]; named && !title.IsNull() {
		return title.String()
	}
	return v.String()
}
