package lens

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// defaultHits is how many records of a collection a search gives where none is
// asked.
const defaultHits = 10

// Search returns records of which a text cell that the actor may see contains
// the text, whatever its case: in each collection first those whose title begins
// with it, then those whose title holds it, then those of which another cell does.
func (l *Lens) Search(ctx context.Context, actor remit.Actor, q SearchQuery) ([]SearchHit, error) {
	e := &audit.Entry{Operation: audit.OpSearch, Details: map[string]any{"text": q.Text, "collections": q.Collections}}
	var hits []SearchHit
	err := l.govern(ctx, actor, e, func(s *session) (err error) {
		s.traceTo(q.Lineage)
		hits, err = s.search(ctx, q, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return hits, nil
}

func (s *session) search(ctx context.Context, q SearchQuery, e *audit.Entry) ([]SearchHit, error) {
	text, err := checkText(strings.TrimSpace(q.Text), "text")
	if err != nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(text); n < 2 || n > 200 {
		return nil, remit.FieldErrorf("text", "the text has %d characters; search for 2 to 200", n)
	}
	limit := defaultHits
	if q.Limit != nil {
		limit = *q.Limit
	}
	if limit < 1 || limit > 100 {
		return nil, remit.FieldErrorf("limit", "%d is out of range: use 1 to 100", limit)
	}
	selections, err := s.searched(q.Collections)
	if err != nil {
		return nil, err
	}
	hits := []SearchHit{}
	e.Fields, e.Sensitivity = nil, remit.Public
	var ids []remit.ID
	for _, sel := range selections {
		most := limit
		if bound := sel.root.permit.Rows; bound > 0 {
			most = min(limit, bound-len(hits)) // a bound on rows holds for the call as a whole
		}
		if most <= 0 {
			break
		}
		found, columns, err := sel.hits(ctx, sqldb.Fold(text), most)
		if err != nil {
			return nil, err
		}
		for _, h := range found {
			ids = append(ids, h.ID)
		}
		hits = append(hits, found...)
		noteSearch(e, sel, columns)
	}
	e.Rows = int64(len(hits))
	s.drawn = e.Rows
	e.Records = ids
	return hits, nil
}

func noteSearch(e *audit.Entry, sel *selection, columns []*column) {
	for _, c := range columns {
		e.Fields = append(e.Fields, sel.root.coll.Name+"."+c.path)
		e.Sensitivity = max(e.Sensitivity, c.field.Sensitivity.OfField())
	}
}

// searched returns a selection for each collection asked for, or for all that may
// be viewed.
func (s *session) searched(names []string) ([]*selection, error) {
	var selections []*selection
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, remit.FieldErrorf("collections["+strconv.Itoa(i)+"]", "%q is named twice", clip(name))
		}
		sel, err := s.selection(remit.MainSource, name, policy.View)
		if err != nil {
			return nil, err
		}
		selections = append(selections, sel)
	}
	if len(names) > 0 {
		return selections, nil
	}
	for _, c := range s.snapshot.Model().Collections {
		if c.Source != remit.MainSource || !s.permitFor(c.Source, c.Name, policy.View).Allowed() {
			continue
		}
		sel, err := s.selection(c.Source, c.Name, policy.View)
		if err != nil {
			return nil, err
		}
		selections = append(selections, sel)
	}
	return selections, nil
}

// hits searches one collection. Which cell matched is found again here, among
// the cells that were read: masked ones are null and never match.
func (sel *selection) hits(ctx context.Context, folded string, limit int) ([]SearchHit, []*column, error) {
	columns, err := sel.textColumns()
	if err != nil || len(columns) == 0 {
		return nil, nil, err
	}
	trace, err := sel.tracer(ctx, columns, columns)
	if err != nil {
		return nil, nil, err
	}
	b := newBuilder(sel.root.dialect())
	b.put("SELECT ", sel.root.alias, ".id")
	for _, c := range columns {
		b.put(", ")
		c.writeCell(b)
	}
	if trace != nil {
		b.put(", ")
		trace.write(b)
	}
	sel.writeFrom(b)
	b.put(" AND ")
	either := disjunction{}
	for _, c := range columns {
		either.any = append(either.any, matches{column: c, folded: folded})
	}
	either.write(b)
	sel.writeRank(b, columns, folded)
	b.put(sel.root.alias, ".id LIMIT ").arg(int64(limit))
	var hits []SearchHit
	err = sel.session.last(ctx, b.stmt(), func(row sqldb.Row) error {
		hits = append(hits, sel.hit(row, columns, folded))
		if trace != nil {
			trace.read(row.Text(1 + len(columns)))
		}
		return nil
	})
	if trace != nil {
		trace.done()
	}
	return hits, columns, err
}

// The ranks of hits: the best first.
const (
	titleBegins = iota
	titleHolds
	otherBegins
	otherHolds
)

// writeRank appends the order of the hits up to the id: by rank, then by title.
func (sel *selection) writeRank(b *builder, columns []*column, folded string) {
	titled, begin := sel.titled(columns[0]), disjunction{}
	b.put(" ORDER BY CASE")
	if titled {
		b.put(" WHEN ")
		matches{column: columns[0], prefix: true, folded: folded}.write(b)
		b.put(" THEN 0 WHEN ")
		matches{column: columns[0], folded: folded}.write(b)
		b.put(" THEN 1")
	}
	for _, c := range columns {
		if !sel.titled(c) {
			begin.any = append(begin.any, matches{column: c, prefix: true, folded: folded})
		}
	}
	b.put(" WHEN ")
	begin.write(b)
	b.put(" THEN 2 ELSE 3 END, ")
	if titled {
		columns[0].writeCell(b)
		b.put(" ASC NULLS LAST, ")
	}
}

func (sel *selection) titled(c *column) bool { return c.field.Name == sel.root.coll.TitleField }

// noteRank keeps the best rank of the cells that match, as writeRank orders by it.
func (h *SearchHit) noteRank(title bool, cell, folded string) {
	rank := otherHolds
	switch begins := strings.HasPrefix(cell, folded); {
	case title && begins:
		rank = titleBegins
	case title:
		rank = titleHolds
	case begins:
		rank = otherBegins
	}
	if h.Field == "" || rank < h.Rank {
		h.Rank = rank
	}
}

func (sel *selection) hit(row sqldb.Row, columns []*column, folded string) SearchHit {
	h := SearchHit{Collection: sel.root.coll.Name, ID: remit.ID(row.Text(0))}
	for i, c := range columns {
		v := c.read(row, i+1)
		if sel.titled(c) {
			h.Title = v
		}
		cell := sqldb.Fold(v.Text())
		if !strings.Contains(cell, folded) {
			continue
		}
		h.noteRank(sel.titled(c), cell, folded)
		if h.Field == "" {
			h.Field, h.Value = c.path, v
		}
	}
	return h
}

// textColumns returns the known text fields, the title first.
func (sel *selection) textColumns() ([]*column, error) {
	var columns []*column
	for i := range sel.root.coll.Fields {
		f := &sel.root.coll.Fields[i]
		if f.Type != remit.Text || !sel.root.known(i) {
			continue
		}
		c, err := sel.cell(sel.root, f.Name, f.Name)
		if err != nil {
			return nil, err
		}
		if f.Name == sel.root.coll.TitleField {
			columns = append([]*column{c}, columns...)
		} else {
			columns = append(columns, c)
		}
	}
	return columns, nil
}
