package analytics

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// resolver looks the names of a statement up in the data model.
type resolver struct {
	statement *Statement
	places    map[string]place // by alias
}

// place is what an alias stands for: a collection, and the path that leads to it
// from the statement's own, e.g. "account.".
type place struct {
	collection *remit.Collection
	path       string
}

func resolve(s *Statement, model *remit.Model) (*resolver, error) {
	root := model.Collection(remit.MainSource, s.Collection)
	if root == nil {
		return nil, remit.FieldErrorf("sql", "there is no collection %s", s.Collection)
	}
	r := &resolver{s, map[string]place{s.alias: {collection: root}}}
	for _, j := range s.joins {
		if err := r.join(j, model); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// join checks that a join follows a relation to its target, never a condition of
// another kind: records are not multiplied.
func (r *resolver) join(j join, model *remit.Model) error {
	from, known := r.places[j.from]
	if _, taken := r.places[j.alias]; !known || taken {
		return remit.FieldErrorf("sql", "join %s to a collection named before it, under an alias of its own", j.collection)
	}
	link := from.collection.Field(j.link)
	hop, isLink := strings.CutSuffix(j.link, "_id")
	if link == nil || link.Type != remit.Relation || !isLink || link.Target != j.collection {
		return remit.FieldErrorf("sql", "%s.%s does not lead to %s", from.collection.Name, j.link, j.collection)
	}
	target := model.Collection(remit.MainSource, link.Target)
	if target == nil || strings.Count(from.path, ".") >= 2 {
		return remit.FieldErrorf("sql", "%s cannot be reached", j.collection)
	}
	r.places[j.alias] = place{target, from.path + hop + "."}
	return nil
}

// field returns a field with the path that leads to it. Personal data has no place in a
// company-wide figure, and a link is one record's.
func (r *resolver) field(at ref) (path string, f *remit.Field, err error) {
	alias := at.alias
	if alias == "" {
		alias = r.statement.alias
	}
	where, known := r.places[alias]
	if !known {
		return "", nil, remit.FieldErrorf("sql", "nothing is called %s here", alias)
	}
	f = where.collection.Field(at.name)
	switch {
	case f == nil:
		e := remit.FieldErrorf("sql", "%s has no field %s", where.collection.Name, at.name)
		e.Hint = remit.DidYouMean(at.name, fieldNames(where.collection))
		return "", nil, e
	case f.Personal:
		return "", nil, remit.FieldErrorf("sql", "%s.%s is personal data, which company-wide figures leave out", where.collection.Name, at.name)
	case f.Type == remit.Text && f.Format == "long":
		return "", nil, remit.FieldErrorf("sql", "%s.%s is free text", where.collection.Name, at.name)
	}
	return where.path + at.name, f, nil
}

func fieldNames(c *remit.Collection) []string {
	var names []string
	for _, f := range c.Fields {
		names = append(names, f.Name)
	}
	return names
}

// figure checks a column that is computed.
func (r *resolver) figure(i *item) (Figure, error) {
	out := Figure{Name: i.name, Fn: i.fn, filter: i.filter}
	if i.fn == "count" || i.fn == "ratio" {
		return out, nil
	}
	path, f, err := r.field(i.ref)
	if err != nil {
		return out, err
	}
	if !slices.Contains([]remit.FieldType{remit.Integer, remit.Decimal, remit.Currency}, f.Type) {
		return out, remit.FieldErrorf("sql", "%s is a %s: sums and averages need a number or money", i.ref.name, f.Type)
	}
	out.Field, out.Currency, out.Type = path, f.Currency, f.Type
	return out, nil
}

// group checks a column that is grouped by.
func (r *resolver) group(i *item) (Group, error) {
	path, f, err := r.field(i.ref)
	if err != nil {
		return Group{}, err
	}
	dated := f.Type == remit.Date || f.Type == remit.Timestamp
	switch {
	case f.Type == remit.Relation:
		return Group{}, remit.FieldErrorf("sql", "%s is a link: join what it leads to and group by a field there", i.ref.name)
	case dated != (i.bucket != ""):
		return Group{}, remit.FieldErrorf("sql", "group by %s with date_trunc('month', …), and by nothing else with date_trunc", i.ref.name)
	case f.Type == remit.Currency || f.Type == remit.Decimal:
		return Group{}, remit.FieldErrorf("sql", "%s is an amount: each group would be one record's", i.ref.name)
	}
	return Group{Name: i.name, Field: path, Bucket: i.bucket, Type: f.Type}, nil
}
