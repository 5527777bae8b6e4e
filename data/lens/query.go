package lens

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// Query returns a page of the records that match and that the actor may see.
// Errors: NotFound for a collection, Invalid for a field, filter, sort, limit or
// cursor, with the place.
func (l *Lens) Query(ctx context.Context, actor remit.Actor, q Query) (*Page, error) {
	e := &audit.Entry{Operation: audit.OpQuery, Source: q.Source, Collection: q.Collection, Details: queryDetails(&q)}
	var page *Page
	err := l.govern(ctx, actor, e, func(s *session) (err error) {
		s.traceTo(q.Lineage)
		page, err = s.query(ctx, q, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// details are what the audit keeps of a query. A struct encodes in a third of the
// time that a map takes.
type details struct {
	Cursor  bool            `json:"cursor"`
	Fields  []string        `json:"fields"`
	Figures bool            `json:"figures,omitempty"`
	Filter  json.RawMessage `json:"filter"`
	Limit   *int            `json:"limit"`
	Sort    []string        `json:"sort"`
	Total   bool            `json:"total"`
}

func queryDetails(q *Query) *details {
	return &details{Cursor: q.Cursor != "", Fields: q.Fields, Figures: q.Figures, Filter: q.Filter, Limit: q.Limit, Sort: q.Sort, Total: q.Total}
}

// listing is a resolved Query.
type listing struct {
	*selection
	columns []*column // what is shown; the id stands before them in the statement
	where   condition
	order   []sortKey
	limit   int
	atMost  int         // of the query on all its pages; 0: no bound
	after   *position   // nil: from the start
	token   []*column   // what the version token derives from; nil: none asked
	trace   *tracer     // nil: nobody asks for the lineage
	shown   int         // of the used columns, how many are only shown
	passed  *[]position // takes the position of each record that is read; may be nil

	// What reading one row after the other needs.
	room    []remit.Value // for further records
	before  []remit.Value // the last record's
	place   []remit.Value // of the last position
	scratch []byte
}

// sortKey is one column of the order, nulls last in both directions.
type sortKey struct {
	column     *column
	descending bool
	shown      int // its position among the columns that are shown; -1 if it is not
}

func (s *session) query(ctx context.Context, q Query, e *audit.Entry) (*Page, error) {
	list, err := s.listing(q)
	if err != nil {
		return nil, err
	}
	page := &Page{Collection: list.root.coll.Name, Columns: describeAll(list.columns)}
	if q.Total {
		total, err := list.traceTotal(ctx)
		if err != nil {
			return nil, err
		}
		page.Total = &total
	}
	if list.trace, err = list.tracer(ctx, list.used, list.used[list.shown:]); err != nil {
		return nil, err
	}
	if err := list.chooseWalk(ctx, q); err != nil {
		return nil, err
	}
	last, more, err := list.fetch(ctx, page)
	if err != nil {
		return nil, err
	}
	if last.taken = list.taken() + len(page.Records); more && (list.atMost == 0 || last.taken < list.atMost) {
		page.NextCursor = list.seal(q, last)
	}
	list.note(e, page)
	if q.Figures {
		s.drawn = 0
	}
	return page, nil
}

// listing resolves every name and value of the query; nothing is read.
func (s *session) listing(q Query) (*listing, error) {
	sel, err := s.selection(q.Source, q.Collection, policy.View)
	if err != nil {
		return nil, err
	}
	list := &listing{selection: sel}
	if list.columns, err = sel.columnsFor(q.Fields); err != nil {
		return nil, err
	}
	list.shown = len(sel.used)
	if list.where, err = sel.condition(q.Filter, "filter"); err != nil {
		return nil, err
	}
	if list.order, err = sel.sortKeys(q.Sort); err != nil {
		return nil, err
	}
	for i := range list.order {
		path := list.order[i].column.path
		list.order[i].shown = slices.IndexFunc(list.columns, func(c *column) bool { return c.path == path })
	}
	if list.limit, err = limitFor(q.Limit, sel.root.permit.Rows); err != nil {
		return nil, err
	}
	if q.Versions {
		named := sel.used
		if list.token, err = sel.columnsFor(nil); err != nil {
			return nil, err
		}
		sel.used = named // a token shows none of the cells it derives from
	}
	if q.Cursor != "" {
		if list.after, err = list.open(q); err != nil {
			return nil, err
		}
	}
	return list, list.holdTotal()
}

// holdTotal holds the page to what is left of the permit's bound on the query as a
// whole: a cursor says how many records came before it.
func (list *listing) holdTotal() error {
	list.atMost = list.root.permit.RowsTotal
	if list.atMost == 0 {
		return nil
	}
	left := list.atMost - list.taken()
	if left <= 0 {
		return remit.FieldErrorf("cursor", "the %d records that may be read of this query have been read: narrow the filter, or ask for a count or a sum", list.atMost)
	}
	list.limit = min(list.limit, left)
	return nil
}

// taken returns how many records of the query came before this page.
func (list *listing) taken() int {
	if list.after == nil {
		return 0
	}
	return list.after.taken
}

// limitFor checks a limit and holds it to the permit's bound on rows a call.
func limitFor(asked *int, bound int) (int, error) {
	limit := DefaultLimit
	if asked != nil {
		limit = *asked
	}
	if limit < 1 || limit > MaxLimit {
		return 0, remit.FieldErrorf("limit", "%d is out of range: use 1 to %d, and the cursor for more", limit, MaxLimit)
	}
	if bound > 0 {
		limit = min(limit, bound)
	}
	return limit, nil
}

// maxColumns bounds what one request may name.
const maxColumns = 200

// columnsFor resolves the fields asked for; none means every field that is known.
func (sel *selection) columnsFor(fields []string) ([]*column, error) {
	if len(fields) > maxColumns {
		return nil, remit.FieldErrorf("fields", "%d fields are asked for; at most %d are given", len(fields), maxColumns)
	}
	if len(fields) == 0 {
		fields = sel.root.names()[1:]
	}
	columns := make([]*column, 0, len(fields))
	seen := make(map[string]bool, len(fields))
	for i, path := range fields {
		place := "fields[" + strconv.Itoa(i) + "]"
		if seen[path] {
			return nil, remit.FieldErrorf(place, "%q is named twice", clip(path))
		}
		seen[path] = true
		if path == remit.IDField {
			continue // every record shows its id anyway
		}
		c, err := sel.column(path, place)
		if err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return columns, nil
}

func (sel *selection) sortKeys(paths []string) ([]sortKey, error) {
	const most = 8
	if len(paths) > most {
		return nil, remit.FieldErrorf("sort", "%d keys are given; at most %d are used", len(paths), most)
	}
	keys := make([]sortKey, 0, len(paths))
	for i, path := range paths {
		name, descending := strings.CutPrefix(path, "-")
		c, err := sel.column(name, "sort["+strconv.Itoa(i)+"]")
		if err != nil {
			return nil, err
		}
		keys = append(keys, sortKey{column: c, descending: descending, shown: -1})
	}
	return keys, nil
}

func describeAll(columns []*column) []Column {
	described := make([]Column, len(columns))
	for i, c := range columns {
		described[i] = c.describe()
	}
	return described
}

// statement writes the page's SELECT: the id, the shown cells, whether each
// masked one is visible, the sort cells, and the cells of the version token.
func (list *listing) statement() sqldb.Stmt {
	b := list.session.lens.texts.builder(list.session.lens.db.Dialect())
	b.put("SELECT ", list.root.alias, ".id")
	for _, c := range list.columns {
		b.put(", ")
		c.writeCell(b)
	}
	for _, c := range list.columns {
		if c.mask != nil {
			b.put(", ")
			list.writeShown(b, c)
		}
	}
	for _, k := range list.order {
		if k.shown < 0 {
			b.put(", ")
			k.column.writeCell(b)
		}
	}
	for _, c := range list.token {
		b.put(", ")
		c.writeCell(b)
	}
	if list.trace != nil {
		b.put(", ")
		list.trace.write(b)
	}
	list.writeFrom(b)
	b.put(" AND ")
	list.where.write(b)
	if list.after != nil {
		b.put(" AND ")
		list.writeAfter(b, list.after)
	}
	list.writeOrder(b)
	b.limit(list.limit, 1)
	return list.session.lens.texts.stmt(b)
}

// writeShown appends a predicate that is true where the column is not to be named
// among the hidden ones. Where a path leads to no record there is no cell to hide.
func (list *listing) writeShown(b *builder, c *column) {
	if c.rel == list.root {
		c.writeVisible(b)
		return
	}
	b.put("(", c.rel.alias, ".id IS NULL OR ")
	c.writeVisible(b)
	b.put(")")
}

func (list *listing) writeOrder(b *builder) {
	b.put(" ORDER BY ")
	for _, k := range list.order {
		k.column.writeCell(b)
		if k.descending {
			b.put(" DESC NULLS LAST, ")
		} else {
			b.put(" ASC NULLS LAST, ")
		}
	}
	b.put(list.root.alias, ".id")
}

// fetch reads the page and returns the position of its last record and whether
// there are more.
func (list *listing) fetch(ctx context.Context, page *Page) (last position, more bool, err error) {
	page.Records = make([]Record, 0, min(list.limit, 64))
	err = list.session.last(ctx, list.statement(), func(row sqldb.Row) error {
		if len(page.Records) == list.limit {
			more = true
			list.traceMore(row)
			return nil
		}
		rec, at := list.read(row)
		page.Records = append(page.Records, rec)
		if list.passed != nil {
			*list.passed = append(*list.passed, at)
		}
		last = at
		return nil
	})
	return last, more, err
}

// read takes one row apart, in the order in which statement wrote it.
func (list *listing) read(row sqldb.Row) (Record, position) {
	rec := Record{ID: remit.ID(row.Text(0)), Values: list.cells()}
	i := 1
	for j, c := range list.columns {
		if list.before != nil && c.repeats() {
			rec.Values[j] = list.again(row, i, list.before[j])
		} else {
			rec.Values[j] = c.read(row, i)
		}
		i++
	}
	list.before = rec.Values
	for _, c := range list.columns {
		if c.mask == nil {
			continue
		}
		if !row.Bool(i) {
			rec.Hidden = append(rec.Hidden, c.path)
		}
		i++
	}
	at := position{id: rec.ID, values: list.place}
	if at.values == nil || list.passed != nil {
		list.place = make([]remit.Value, len(list.order))
		at.values = list.place
	}
	for j, k := range list.order {
		if k.shown >= 0 {
			at.values[j] = rec.Values[k.shown]
			continue
		}
		at.values[j] = k.column.read(row, i)
		i++
	}
	if list.token != nil {
		values := make([]remit.Value, len(list.token))
		for j, c := range list.token {
			values[j] = c.read(row, i)
			i++
		}
		rec.Version = list.session.lens.versions.token(list.root.coll, rec.ID, list.token, values)
	}
	if list.trace != nil {
		list.trace.read(row.Text(i))
	}
	return rec, at
}

// cells returns room for a record's values, made for several records at once.
func (list *listing) cells() []remit.Value {
	n := len(list.columns)
	if len(list.room) < n {
		list.room = make([]remit.Value, n*min(list.limit, 32))
	}
	cells := list.room[:n:n]
	list.room = list.room[n:]
	return cells
}

// again reads a text that often is the record's before, without a copy if so.
func (list *listing) again(row sqldb.Row, i int, before remit.Value) remit.Value {
	if row.Null(i) {
		return remit.Null
	}
	list.scratch = row.AppendText(i, list.scratch[:0])
	if !before.IsNull() && before.Text() == string(list.scratch) {
		return before
	}
	return remit.TextValue(string(list.scratch))
}

// repeats reports whether neighbours often have the same text in the column.
func (c *column) repeats() bool {
	return c.field != nil && (c.field.Type == remit.Enum || c.field.Type == remit.Relation)
}

// traceMore notes the record beyond the page: that there is one is told.
func (list *listing) traceMore(row sqldb.Row) {
	if list.trace == nil {
		return
	}
	i := 1 + len(list.columns) + len(list.token)
	for _, c := range list.columns {
		if c.mask != nil {
			i++
		}
	}
	for _, k := range list.order {
		if k.shown < 0 {
			i++
		}
	}
	list.trace.read(row.Text(i))
}

// note tells the audit what was read.
func (list *listing) note(e *audit.Entry, page *Page) {
	if list.trace != nil {
		list.trace.done()
	}
	list.noteFields(e)
	e.Rows = int64(len(page.Records))
	list.session.drawn = e.Rows
	ids := make([]remit.ID, len(page.Records))
	for i := range page.Records {
		ids[i] = page.Records[i].ID
	}
	e.Records = ids
}

// noteFields names the fields that the request used, shown or not, with the
// highest sensitivity among them: a filter on a field is an access to it.
func (sel *selection) noteFields(e *audit.Entry) {
	e.Source, e.Collection = sel.root.coll.Source, sel.root.coll.Name
	e.Fields, e.Sensitivity = make([]string, 0, len(sel.used)), remit.Public
	seen := make(map[string]bool, len(sel.used))
	for _, c := range sel.used {
		if seen[c.path] {
			continue
		}
		seen[c.path] = true
		e.Fields = append(e.Fields, c.path)
		if c.field != nil {
			e.Sensitivity = max(e.Sensitivity, c.field.Sensitivity.OfField())
		}
	}
}
