package lens

import (
	"context"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// Aggregate returns measures over groups of the records that the actor may see.
// A hidden cell takes no part in a measure and groups as null. Errors are those
// of Query, and Invalid for a measure or dimension that makes no sense.
func (l *Lens) Aggregate(ctx context.Context, actor remit.Actor, q AggregateQuery) (*AggregateResult, error) {
	e := &audit.Entry{Operation: audit.OpAggregate, Source: q.Source, Collection: q.Collection, Details: map[string]any{
		"measures": q.Measures, "dimensions": q.Dimensions, "filter": q.Filter, "sort": q.Sort, "limit": q.Limit,
	}}
	var result *AggregateResult
	err := l.govern(ctx, actor, e, func(s *session) (err error) {
		s.traceTo(q.Lineage)
		result, err = s.aggregate(ctx, q, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// grouping is a resolved AggregateQuery.
type grouping struct {
	*selection
	dimensions []*dimension
	measures   []*measure
	where      condition
	order      []resultKey
	limit      int
	selects    []*column // that decide which records count
	trace      *tracer   // nil: nobody asks for the lineage
	split      bool      // sums in two halves, see measure.writeSum
}

func (s *session) aggregate(ctx context.Context, q AggregateQuery, e *audit.Entry) (*AggregateResult, error) {
	g, err := s.grouping(q)
	if err != nil {
		return nil, err
	}
	result, err := g.settle(ctx)
	if err != nil {
		return nil, err
	}
	if g.trace != nil {
		g.trace.done()
	}
	g.note(e, result)
	return result, nil
}

// settle lays the buckets and runs the statement, again if rows came in between
// that lie outside the buckets.
func (g *grouping) settle(ctx context.Context) (*AggregateResult, error) {
	for range maxTries {
		for _, d := range g.dimensions {
			if err := g.findBuckets(ctx, d); err != nil {
				return nil, err
			}
		}
		result, err := g.run(ctx)
		if sqldb.IsOverflow(err) {
			g.split = true
			result, err = g.run(ctx)
		}
		if err != nil || !slices.ContainsFunc(g.dimensions, func(d *dimension) bool { return d.outside }) {
			return result, err
		}
	}
	return nil, remit.Errorf(remit.KindUnavailable, "the records are changing right now; try again")
}

// grouping resolves every name and value of the query; nothing is read.
func (s *session) grouping(q AggregateQuery) (*grouping, error) {
	sel, err := s.selection(q.Source, q.Collection, policy.View)
	if err != nil {
		return nil, err
	}
	g := &grouping{selection: sel}
	if g.dimensions, err = sel.dimensions(q.Dimensions); err != nil {
		return nil, err
	}
	if g.measures, err = sel.measures(q.Measures); err != nil {
		return nil, err
	}
	before := len(sel.used)
	if g.where, err = sel.condition(q.Filter, "filter"); err != nil {
		return nil, err
	}
	g.selects = sel.used[before:]
	if g.limit, err = limitFor(q.Limit, sel.root.permit.Rows); err != nil {
		return nil, err
	}
	if err := g.checkNames(); err != nil {
		return nil, err
	}
	g.order, err = g.resultKeys(q.Sort)
	return g, err
}

// note tells the audit what the figures rest on. Groups are counted as records
// drawn: grouped finely enough, each of them is one.
func (g *grouping) note(e *audit.Entry, result *AggregateResult) {
	g.noteFields(e)
	e.Rows = result.Records
	if len(g.dimensions) == 0 {
		return
	}
	g.session.drawn = int64(len(result.Rows))
	for i, d := range g.dimensions {
		if d.column.field != nil || d.column.rel != g.root {
			continue
		}
		for _, row := range result.Rows {
			e.Records = append(e.Records, remit.ID(row[i].Text()))
		}
	}
}

// statement writes the SELECT: the dimensions, the number of records, and what
// each measure is made of.
func (g *grouping) statement() sqldb.Stmt {
	write := g.writeGroups
	if g.regroups() {
		write = g.writeRegrouped
	}
	if g.trace != nil {
		return g.trace.around(write, g.where)
	}
	b := newBuilder(g.session.lens.db.Dialect())
	write(b)
	return b.stmt()
}

func (g *grouping) writeGroups(b *builder) {
	b.put("SELECT ")
	for _, d := range g.dimensions {
		d.write(b)
		b.put(", ")
	}
	b.put("COUNT(*)")
	for _, m := range g.measures {
		m.write(b, g.split)
	}
	g.writeFrom(b)
	b.put(" AND ")
	g.where.write(b)
	for i := range g.dimensions {
		if i == 0 {
			b.put(" GROUP BY ")
		} else {
			b.put(", ")
		}
		b.put(ordinal(i + 1))
	}
}

// run reads all groups and keeps the first of them in the order asked. The order
// is made here, since averages and ratios exist only here.
func (g *grouping) run(ctx context.Context) (*AggregateResult, error) {
	result := &AggregateResult{Collection: g.root.coll.Name, Columns: g.describe()}
	top := newTop(g.limit, g.order)
	var err error
	if g.trace, err = g.tracer(ctx, g.used, g.selects); err != nil {
		return nil, err
	}
	err = g.session.last(ctx, g.statement(), func(row sqldb.Row) error {
		values, records, traced := g.readGroup(row)
		if g.trace != nil && len(g.trace.sources[0].Records) == 0 {
			g.trace.readAll(row, traced) // the same in each row
		}
		if records == 0 && len(g.dimensions) > 0 {
			return nil
		}
		result.Records += records
		top.add(values)
		return nil
	})
	if err != nil {
		return nil, err
	}
	result.Rows, result.More = top.sorted(), top.dropped
	return result, nil
}

// readGroup takes one row apart and returns the position after it.
func (g *grouping) readGroup(row sqldb.Row) (values []remit.Value, records int64, next int) {
	values = make([]remit.Value, 0, len(g.dimensions)+len(g.measures))
	for i, d := range g.dimensions {
		values = append(values, d.read(row, i))
	}
	i := len(g.dimensions)
	records = row.Int(i)
	i++
	for _, m := range g.measures {
		var v remit.Value
		v, i = m.read(row, i, records, g.split)
		values = append(values, v)
	}
	return values, records, i
}

func (g *grouping) describe() []Column {
	columns := make([]Column, 0, len(g.dimensions)+len(g.measures))
	for _, d := range g.dimensions {
		columns = append(columns, d.describe())
	}
	for _, m := range g.measures {
		columns = append(columns, m.describe())
	}
	return columns
}
