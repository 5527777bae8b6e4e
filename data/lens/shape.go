package lens

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
)

// OpFit is the operation of [Lens.Fit] in the audit log.
const OpFit audit.Operation = "views.fit"

// ViewShape is what a saved view shows of a collection. Columns may be dropped for a
// reader; everything else decides which records come in which order and is kept whole
// or not at all.
type ViewShape struct {
	Columns []string        `json:"columns" nullable:"false" doc:"Field paths; none: every field that the reader knows."`
	Sort    []string        `json:"sort" nullable:"false"`
	Filter  json.RawMessage `json:"filter,omitempty"`
	Group   string          `json:"group,omitempty" doc:"The field whose values are a board's columns or a table's groups."`
	Date    string          `json:"date_field,omitempty" doc:"Of a calendar."`
	Sum     string          `json:"sum_field,omitempty" doc:"What is summed for each group."`
	Widths  map[string]int  `json:"widths,omitempty" doc:"Of columns, in pixels."`
}

// Fit says what a shape is to a reader.
type Fit struct {
	Shape ViewShape // with the columns that the reader knows and, unless Usable, nothing else
	// Withheld are the parts, as the JSON of a shape calls them, that name what the
	// reader may not see: a field or, as a value, a record. A record that is not there
	// counts alike, and which it is stays untold.
	Withheld []string
}

// Usable reports whether the reader may use the shape as it was saved.
func (f Fit) Usable() bool { return len(f.Withheld) == 0 }

// Check refuses a shape that the actor could not use, with the place of what is wrong.
func (l *Lens) Check(ctx context.Context, actor remit.Actor, collection string, shape ViewShape) error {
	e := &audit.Entry{Operation: OpFit, Source: remit.MainSource, Collection: collection, Details: map[string]any{"shape": shape}}
	return l.govern(ctx, actor, e, func(s *session) error {
		sel, err := s.selection(remit.MainSource, collection, policy.View)
		if err != nil {
			return err
		}
		if _, err := sel.columnsFor(shape.Columns); err != nil {
			return err
		}
		for name := range shape.Widths {
			if _, err := sel.column(name, "widths"); err != nil {
				return err
			}
		}
		return s.usable(ctx, sel, shape)
	})
}

// Fits says what each of the shapes of one collection is to the actor.
func (l *Lens) Fits(ctx context.Context, actor remit.Actor, collection string, shapes []ViewShape) ([]Fit, error) {
	e := &audit.Entry{Operation: OpFit, Source: remit.MainSource, Collection: collection, Details: map[string]any{"views": len(shapes)}}
	var fits []Fit
	err := l.govern(ctx, actor, e, func(s *session) error {
		fits = make([]Fit, len(shapes))
		if _, err := s.permit(remit.MainSource, collection, policy.View); err != nil {
			return err
		}
		for i, shape := range shapes {
			var err error
			if fits[i], err = s.fit(ctx, collection, shape); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fits, nil
}

func (s *session) fit(ctx context.Context, collection string, shape ViewShape) (Fit, error) {
	sel, err := s.selection(remit.MainSource, collection, policy.View)
	if err != nil {
		return Fit{}, err
	}
	known := func(path string) bool {
		_, err := sel.column(path, "columns")
		return err == nil
	}
	fit := Fit{Shape: ViewShape{Columns: []string{}, Sort: []string{}}}
	for _, path := range shape.Columns {
		if known(path) {
			fit.Shape.Columns = append(fit.Shape.Columns, path)
		}
	}
	for path, width := range shape.Widths {
		if known(path) {
			if fit.Shape.Widths == nil {
				fit.Shape.Widths = map[string]int{}
			}
			fit.Shape.Widths[path] = width
		}
	}
	for _, part := range s.deciding(ctx, sel, shape) {
		err := part.check()
		if lost(err) {
			return Fit{}, err
		}
		if err != nil {
			fit.Withheld = append(fit.Withheld, part.name)
		}
	}
	if fit.Usable() {
		fit.Shape.Filter, fit.Shape.Group, fit.Shape.Date, fit.Shape.Sum = shape.Filter, shape.Group, shape.Date, shape.Sum
		fit.Shape.Sort = append(fit.Shape.Sort, shape.Sort...)
	}
	return fit, nil
}

// usable refuses a shape of which a part other than a column names what the actor
// does not know, or may not see.
func (s *session) usable(ctx context.Context, sel *selection, shape ViewShape) error {
	for _, part := range s.deciding(ctx, sel, shape) {
		if err := part.check(); err != nil {
			return err
		}
	}
	return nil
}

// shapePart is a part of a shape that decides which records come in which order.
type shapePart struct {
	name  string
	check func() error // refuses what the actor does not know, or may not see
}

// deciding returns the parts of a shape beside its columns, in a fixed order, so that
// of several problems it is always the same that is told.
func (s *session) deciding(ctx context.Context, sel *selection, shape ViewShape) []shapePart {
	named := func(place, path string) shapePart {
		return shapePart{place, func() (err error) {
			if path != "" {
				_, err = sel.column(path, place)
			}
			return err
		}}
	}
	return []shapePart{
		{"filter", func() error { return s.filterVisible(ctx, sel, shape.Filter) }},
		{"sort", func() error { _, err := sel.sortKeys(shape.Sort); return err }},
		named("group", shape.Group), named("date_field", shape.Date), named("sum_field", shape.Sum),
	}
}

func (s *session) filterVisible(ctx context.Context, sel *selection, filter json.RawMessage) error {
	node, err := parseFilter(filter, "filter")
	if err != nil {
		return err
	}
	if _, err := sel.resolve(node); err != nil {
		return err
	}
	return s.namesVisible(ctx, sel, node)
}

// namesVisible refuses a filter that names a record which the actor may not see: a
// saved value tells that the record is there (law 12).
func (s *session) namesVisible(ctx context.Context, sel *selection, node filterNode) error {
	switch n := node.(type) {
	case allOf:
		return s.eachVisible(ctx, sel, n.nodes)
	case anyOf:
		return s.eachVisible(ctx, sel, n.nodes)
	case noneOf:
		return s.namesVisible(ctx, sel, n.node)
	case related:
		has, err := sel.related(n)
		if err != nil {
			return err
		}
		return s.namesVisible(ctx, has.records, n.node)
	case comparison:
		return s.operandsVisible(ctx, sel, n)
	}
	return remit.Errorf(remit.KindInternal, "unknown filter node %T", node)
}

func (s *session) eachVisible(ctx context.Context, sel *selection, nodes []filterNode) error {
	for _, n := range nodes {
		if err := s.namesVisible(ctx, sel, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) operandsVisible(ctx context.Context, sel *selection, n comparison) error {
	c, err := sel.column(n.field, n.place)
	if err != nil {
		return err
	}
	target := c.rel.coll.Name
	if c.field != nil {
		if c.field.Type != remit.Relation {
			return nil
		}
		target = c.field.Target
	}
	operands, many := n.operand.([]any)
	if !many {
		operands = []any{n.operand}
	}
	for _, operand := range operands {
		id, text := operand.(string)
		if !text {
			continue
		}
		visible, err := s.visible(ctx, c.rel.coll.Source, target, remit.TextValue(id))
		if err != nil {
			return err
		}
		if !visible {
			return remit.FieldErrorf(n.place, "names no record that you may see")
		}
	}
	return nil
}

// Names returns what people are called as far as the actor sees them; whom the actor
// may not see is absent.
func (l *Lens) Names(ctx context.Context, actor remit.Actor, people []remit.ID) (map[string]remit.Value, error) {
	e := &audit.Entry{Operation: audit.OpQuery, Source: remit.MainSource, Collection: peopleCollection}
	var names map[string]remit.Value
	err := l.govern(ctx, actor, e, func(s *session) (err error) {
		read := &audit.Entry{}
		names, err = s.titles(ctx, remit.MainSource, peopleCollection, people, read)
		for _, f := range read.Fields {
			e.Fields = append(e.Fields, strings.TrimPrefix(f, peopleCollection+"."))
		}
		e.Sensitivity, e.Rows = read.Sensitivity, int64(len(names))
		return err
	})
	if err != nil {
		return nil, err
	}
	return names, nil
}

// The bounds on a stored shape.
const (
	maxShapeColumns = 100
	maxWidth        = 4000
)

// CheckBounds refuses a shape that is too large to keep.
func (v *ViewShape) CheckBounds() error {
	if len(v.Columns) > maxShapeColumns {
		return remit.FieldErrorf("columns", "%d columns are named; at most %d are kept", len(v.Columns), maxShapeColumns)
	}
	for name, width := range v.Widths {
		if width < 1 || width > maxWidth || !slices.Contains(v.Columns, name) {
			return remit.FieldErrorf("widths", "must be from 1 to %d, and of columns that are shown", maxWidth)
		}
	}
	return nil
}
