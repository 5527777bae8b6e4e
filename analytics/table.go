package analytics

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/disclosure"
)

// Column describes one column of a table.
type Column struct {
	Name     string          `json:"name"`
	Type     remit.FieldType `json:"type"`
	Currency string          `json:"currency,omitempty"`
}

// Table is what of an answer is shown.
type Table struct {
	Columns []Column `json:"columns" nullable:"false"`
	Rows    []Row    `json:"rows" nullable:"false"`
	Records int64    `json:"records" doc:"What the figures rest on."`
	Notes   []string `json:"notes,omitempty" nullable:"false"`
}

// Row is one row of a table, by its columns.
type Row struct {
	Names  []string
	Cells  []remit.Value
	Merged bool // groups that are too small to be shown alone, together

	order []*big.Rat // of the figures; nil where a cell is none
}

// MarshalJSON writes the row as an object.
func (r Row) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, name := range r.Names {
		b = append(remit.AppendJSONString(b, name), ':')
		b = append(r.Cells[i].AppendJSON(b), ',')
	}
	if r.Merged {
		return append(b, `"_merged":true}`...), nil
	}
	return append(b[:max(len(b)-1, 1)], '}'), nil
}

// Other is how the groups that were put together are called.
const Other = "Other"

// The notes of a table.
const (
	NoteMerged   = "groups too small to be shown alone are shown together"
	NoteWithheld = "some figures rest on too few records to be shown"
	NoteNothing  = "there are too few records to show anything of them"
)

// Answer is what becomes of the parts that the lens counted.
type Answer struct {
	Table  Table
	Blocks []disclosure.Block
	Marked bool // the blocks' parts tell the filters apart
}

// Answer decides what of the parts is shown, and makes the table of it. Groups tells
// each group's cells by its key.
func (q *Question) Answer(parts []disclosure.Part, groups map[string][]remit.Value, least int64, p disclosure.Perturb) Answer {
	a := Answer{Table: Table{Columns: q.columns(), Rows: []Row{}}, Marked: true}
	blocks, enough := disclosure.Merge(parts, least)
	if !enough && len(q.Marks()) > 0 {
		a.Marked = false
		blocks, enough = disclosure.Merge(disclosure.Unmarked(parts), least)
		a.Table.Notes = append(a.Table.Notes, NoteWithheld)
	}
	if !enough {
		a.Table.Notes = []string{NoteNothing}
		return a
	}
	if len(blocks) == 0 && len(q.Groups) == 0 {
		blocks = []disclosure.Block{{Groups: []string{Key(nil)}}}
	}
	a.Blocks = blocks
	for i := range blocks {
		c := cells{q, p, q.Marks(), a.Marked, &blocks[i]}
		a.Table.Records += p.Count(blocks[i].Records())
		a.Table.Rows = append(a.Table.Rows, q.row(&c, groups[blocks[i].Groups[0]]))
	}
	q.sort(a.Table.Rows)
	if slices.ContainsFunc(a.Table.Rows, func(r Row) bool { return r.Merged }) {
		a.Table.Notes = append(a.Table.Notes, NoteMerged)
	}
	return a
}

func (q *Question) row(c *cells, group []remit.Value) Row {
	r := Row{Names: q.Columns, Merged: len(c.block.Groups) > 1}
	for _, name := range q.Columns {
		i := slices.IndexFunc(q.Groups, func(g Group) bool { return g.Name == name })
		if i >= 0 {
			r.Cells, r.order = append(r.Cells, q.label(i, group, r.Merged)), append(r.order, nil)
			continue
		}
		i = slices.IndexFunc(q.Figures, func(f Figure) bool { return f.Name == name })
		v, order := c.figure(&q.Figures[i])
		r.Cells, r.order = append(r.Cells, v), append(r.order, order)
	}
	return r
}

// label is what a row says of the group at i. Groups that were put together have one
// name, in the first column that can hold it.
func (q *Question) label(i int, group []remit.Value, merged bool) remit.Value {
	if !merged {
		return group[i]
	}
	first := slices.IndexFunc(q.Groups, func(g Group) bool { return g.Type == remit.Text || g.Type == remit.Enum })
	if i == first {
		return remit.TextValue(Other)
	}
	return remit.Null
}

func (q *Question) columns() []Column {
	columns := make([]Column, len(q.Columns))
	for i, name := range q.Columns {
		columns[i] = Column{Name: name, Type: remit.Integer}
		for _, g := range q.Groups {
			if g.Name == name {
				columns[i].Type = g.Type
				if g.Bucket != "" {
					columns[i].Type = remit.Date
				}
			}
		}
		for _, f := range q.Figures {
			if f.Name == name && f.Fn != "count" {
				columns[i].Type, columns[i].Currency = f.shown(), f.Currency
			}
		}
	}
	return columns
}

func (f *Figure) shown() remit.FieldType {
	if f.Fn == "ratio" || f.Fn == "avg" && f.Type == remit.Integer {
		return remit.Decimal
	}
	return f.Type
}

// sort brings rows into the statement's order, then that of their groups. What was put
// together comes last, and so do nulls.
func (q *Question) sort(rows []Row) {
	slices.SortStableFunc(rows, func(a, b Row) int {
		if a.Merged != b.Merged {
			return cmp.Compare(btoi(a.Merged), btoi(b.Merged))
		}
		for _, key := range slices.Concat(q.Order, q.groupNames()) {
			name, descending := strings.CutPrefix(key, "-")
			i := slices.Index(q.Columns, name)
			if c := compareCells(&a, &b, i, descending); c != 0 {
				return c
			}
		}
		return 0
	})
}

func (q *Question) groupNames() (names []string) {
	for _, g := range q.Groups {
		names = append(names, g.Name)
	}
	return names
}

func compareCells(a, b *Row, i int, descending bool) int {
	x, y := a.Cells[i], b.Cells[i]
	if x.IsNull() || y.IsNull() {
		return cmp.Compare(btoi(x.IsNull()), btoi(y.IsNull()))
	}
	c := cmp.Or(cmp.Compare(x.Int(), y.Int()), cmp.Compare(x.Text(), y.Text()))
	if a.order[i] != nil && b.order[i] != nil {
		c = a.order[i].Cmp(b.order[i])
	}
	if descending {
		return -c
	}
	return c
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// decimal writes a number that has so many places at most: all of them if fixed, else
// without trailing zeros.
func decimal(r *big.Rat, places int, fixed bool) string {
	text := r.FloatString(places)
	if !fixed && strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return text
}
