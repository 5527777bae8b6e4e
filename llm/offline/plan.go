package offline

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/remit-crm/remit"
)

// The names of result columns that a plan asks for.
const (
	asRecords = "records"    // how many records the group has
	asFigure  = "figure"     // what is asked for
	asFilled  = "with_value" // how many records have the value that the figure rests on
	asHits    = "hits"       // the numerator of a share
)

// The bounds of answers.
const (
	maxGroups   = 100  // groups of a table
	havingLimit = 1000 // groups among which "more than 10 deals" is looked for
	listLimit   = 20   // records of a list where no number is said
	maxColumns  = 7    // columns of a list
)

// perform makes the calls of a query and composes the answer.
func (c *conversation) perform(q *query) (string, error) {
	if q == nil {
		return c.explain(misreadf("I do not see which records you mean."), nil)
	}
	switch {
	case q.list:
		return c.performList(q)
	case len(q.by) == 0 && q.m.fn == count:
		return c.performCount(q)
	case len(q.by) == 0 && q.m.fn == share && !c.desk.offers(toolAggregate):
		return c.performShare(q)
	}
	if c.chart == "funnel" && len(q.by) == 1 && q.rank == nil {
		q.rank = &ranking{descending: true}
	}
	call := aggregateOf(q)
	result, err := c.desk.aggregate(call)
	if err != nil {
		return "", err
	}
	c.propose(q)
	if len(q.by) == 0 {
		if numberIn(result.Rows, asRecords) != "0" && result.Rows[0][asFigure] != nil {
			err = c.drawFigure(q, toolAggregate, call, asFigure)
		}
		return c.figureText(q, result), err
	}
	return c.tableText(q, result), c.drawGroups(q, call, result)
}

// aggregateOf is the call for a query's figures. It always counts the records
// that they rest on.
func aggregateOf(q *query) aggregateCall {
	call := aggregateCall{
		Source:     q.of.source(),
		Collection: q.of.Name,
		Measures:   measuresOf(q.m),
		Filter:     allOf(q.conditions()),
	}
	for _, d := range q.by {
		call.Dimensions = append(call.Dimensions, dimensionArg{Field: d.path.name, Bucket: d.bucket})
	}
	if len(q.by) == 0 {
		return call
	}
	call.Measures = append(call.Measures, namesakes(q.by)...)
	call.Limit = maxGroups
	if q.rank != nil {
		call.Sort = []string{sortKey(q.rank.descending, figureColumn(q.m))}
		for _, d := range q.by {
			call.Sort = append(call.Sort, d.path.name)
		}
		if q.rank.n > 0 {
			call.Limit = q.rank.n
		}
	}
	if q.limit > 0 {
		call.Limit = q.limit
	}
	if q.having != nil {
		call.Limit = havingLimit
		call.Sort = []string{"-" + figureColumn(q.m)}
	}
	return call
}

// namesakes counts the different records behind each title that figures are
// grouped by: two accounts of one name would otherwise pass for one.
func namesakes(by []dimension) []measureArg {
	var measures []measureArg
	for i, d := range by {
		if relation := d.relation(); relation != "" {
			measures = append(measures, measureArg{Fn: distinct.String(), Field: relation, As: namesakeColumn(i)})
		}
	}
	return measures
}

func namesakeColumn(i int) string { return fmt.Sprintf("different_%d", i+1) }

// sortKey is a sort key.
func sortKey(descending bool, name string) string {
	if descending {
		return "-" + name
	}
	return name
}

// figureColumn is the column with what was asked for.
func figureColumn(m measure) string {
	if m.fn == count {
		return asRecords
	}
	return asFigure
}

func measuresOf(m measure) []measureArg {
	records := measureArg{Fn: "count", As: asRecords}
	switch m.fn {
	case share:
		hit := allOf(m.hit)
		return []measureArg{
			{Fn: "ratio", Filter: hit, As: asFigure},
			{Fn: "count", Filter: hit, As: asHits},
			records,
		}
	case sum, average, minimum, maximum, distinct:
		return []measureArg{
			{Fn: m.fn.String(), Field: m.path.name, As: asFigure},
			{Fn: "count", Filter: filled{path: m.path}.filter(), As: asFilled},
			records,
		}
	case count:
	}
	return []measureArg{records}
}

// performCount counts with whichever tool is offered.
func (c *conversation) performCount(q *query) (string, error) {
	n, err := c.countRecords(q.of, q.conditions())
	if err != nil {
		return "", err
	}
	c.propose(q)
	if n != "0" && c.desk.offers(toolCount) {
		err = c.drawFigure(q, toolCount, countCall{Source: q.of.source(), Collection: q.of.Name, Filter: allOf(q.conditions())}, "count")
	}
	return c.countText(q, n.String()), err
}

func (c *conversation) countRecords(of *collection, conditions []condition) (json.Number, error) {
	filter := allOf(conditions)
	switch {
	case c.desk.offers(toolCount):
		return c.desk.count(countCall{Source: of.source(), Collection: of.Name, Filter: filter})
	case c.desk.offers(toolAggregate):
		result, err := c.desk.aggregate(aggregateCall{
			Source: of.source(), Collection: of.Name, Filter: filter, Measures: measuresOf(measure{fn: count}),
		})
		if err != nil {
			return "", err
		}
		return numberIn(result.Rows, asRecords), nil
	case c.desk.offers(toolQuery):
		result, err := c.desk.query(queryCall{Source: of.source(), Collection: of.Name, Filter: filter, Limit: 1, Total: true})
		if err != nil {
			return "", err
		}
		if result.Total == "" {
			return "", &toolError{tool: toolQuery, message: "it gave no total"}
		}
		return result.Total, nil
	}
	return "", &notOffered{tools: []string{toolCount, toolAggregate, toolQuery}}
}

func numberIn(rows []map[string]any, column string) json.Number {
	if len(rows) == 0 {
		return "0"
	}
	n, _ := rows[0][column].(json.Number)
	if n == "" {
		return "0"
	}
	return n
}

// performShare makes a share of two counts, where there is no tool for ratios.
func (c *conversation) performShare(q *query) (string, error) {
	base := q.conditions()
	all, err := c.countRecords(q.of, base)
	hits, errHits := c.countRecords(q.of, append(base, q.m.hit...))
	if err := errors.Join(err, errHits); err != nil {
		var missing *notOffered
		if errors.As(err, &missing) {
			missing.tools = append([]string{toolAggregate}, missing.tools...)
			slices.Sort(missing.tools)
			missing.tools = slices.Compact(missing.tools)
		}
		return "", err
	}
	row := map[string]any{asRecords: all, asHits: hits, asFigure: quotient(hits.String(), all.String())}
	return c.figureText(q, &aggregateResult{Rows: []map[string]any{row}}), nil
}

// performList lists records.
func (c *conversation) performList(q *query) (string, error) {
	columns := listColumns(c.index.schema, q)
	call := queryCall{
		Source: q.of.source(), Collection: q.of.Name,
		Filter: allOf(q.conditions()), Limit: listLimit, Total: true,
	}
	for _, p := range columns {
		call.Fields = append(call.Fields, p.name)
	}
	if q.limit > 0 {
		call.Limit = q.limit
	}
	if q.sorted != nil {
		call.Sort = []string{sortKey(q.sorted.descending, q.sorted.path.name)}
	}
	marks := c.marking(q)
	if marks != nil {
		call.Fields = withCompany(call.Fields)
	}
	result, err := c.desk.query(call)
	if err == nil && marks != nil {
		err = marks.lookUp(c.desk, result)
	}
	if err != nil {
		return "", err
	}
	c.propose(q)
	return c.listText(q, columns, result, marks), nil
}

// listColumns chooses what a list shows: what names the record, what the
// question is about, then what the collection has to tell, few enough to read.
func listColumns(s *schema, q *query) []path {
	var columns []path
	add := func(p path) {
		if p.field == nil || p.field.Format == "long" || len(columns) >= maxColumns {
			return
		}
		for _, old := range columns {
			if old.name == p.name {
				return
			}
		}
		columns = append(columns, p)
	}
	if f := q.of.field(q.of.TitleField); f != nil {
		add(q.of.own(f))
	}
	if q.sorted != nil {
		add(q.sorted.path)
	}
	for _, c := range q.conditions() {
		for _, p := range c.paths() {
			if p.field.Type != remit.Relation {
				add(p)
			}
		}
	}
	for _, f := range likelyColumns(q.of) {
		add(s.label(q.of.own(f)))
	}
	return columns
}

// likelyColumns orders the fields of a collection by how much they tell: its
// states and amounts, what it belongs to, its date, then the rest.
func likelyColumns(of *collection) []*field {
	fields := slices.Clone(of.Fields)
	rank := func(f *field) int {
		switch {
		case f.Name == of.TimeField:
			return 1
		case f.Type == remit.Enum, f.Type == remit.Currency:
			return 0
		case f.Type == remit.Relation:
			return 2
		case f.Type == remit.Text && f.Format == "" && !searchable(f):
			return 5
		case f.temporal():
			return 4
		}
		return 3
	}
	slices.SortStableFunc(fields, func(a, b *field) int { return rank(a) - rank(b) })
	return fields
}
