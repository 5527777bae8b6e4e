package predict

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// The bounds of what a field is taken apart into.
const (
	maxLevels  = 10 // of a category; all others are one more
	rareLevel  = 5  // records: a level with fewer is among the others
	maxColumns = 80 // of all fields together
)

// column is one number of a record, as the fit sees it.
type column struct {
	field int
	key   key // the record has it: 1, else 0; of a number's own column the zero key

	number      bool    // the column is the number itself
	mean, scale float64 // of the number, by which it is standardised
}

// key is what a cell is, as far as the fit tells cells apart.
type key struct {
	state State
	level string
	other bool // one of the levels that have no column of their own
}

// encoding turns cells into columns. It is made of the records that a model is
// fitted on, and of no others.
type encoding struct {
	columns []column
	levels  []map[string]bool // of each field, those with a column of their own
}

// encode finds the columns that the records need.
func encode(fields []Field, records []Record) *encoding {
	e := &encoding{levels: make([]map[string]bool, len(fields))}
	for i, f := range fields {
		columns := e.columnsOf(i, f, records)
		if len(e.columns)+len(columns) <= maxColumns {
			e.columns = append(e.columns, columns...)
		}
	}
	return e
}

// columnsOf returns a column for each key that a field has, and for a number one for
// the number. A field that is the same on every record has none.
func (e *encoding) columnsOf(i int, f Field, records []Record) []column {
	if f.Kind == Category {
		e.levels[i] = commonLevels(i, records)
	}
	counts := map[key]int{}
	for _, r := range records {
		counts[e.key(i, r.Cells[i])]++
	}
	var columns []column
	if len(counts) > 1 {
		for _, k := range slices.SortedFunc(maps.Keys(counts), compareKeys) {
			columns = append(columns, column{field: i, key: k})
		}
	}
	if f.Kind == Number {
		if c, varies := standardise(i, records); varies {
			columns = append(columns, c)
		}
	}
	return columns
}

// commonLevels returns the levels that get a column: the most common ones.
func commonLevels(field int, records []Record) map[string]bool {
	counts := map[string]int{}
	for _, r := range records {
		if c := r.Cells[field]; c.State == Given {
			counts[c.Level]++
		}
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	common := map[string]bool{}
	for _, name := range names[:min(len(names), maxLevels)] {
		if counts[name] >= rareLevel {
			common[name] = true
		}
	}
	return common
}

// standardise returns the column of a number: its magnitude less the mean, in
// standard deviations, so that one penalty fits all.
func standardise(field int, records []Record) (c column, varies bool) {
	var n, sum, squares float64
	for _, r := range records {
		if cell := r.Cells[field]; cell.State == Given {
			n++
			sum += magnitude(cell.Number)
		}
	}
	if n == 0 {
		return column{}, false
	}
	mean := sum / n
	for _, r := range records {
		if cell := r.Cells[field]; cell.State == Given {
			d := magnitude(cell.Number) - mean
			squares += d * d
		}
	}
	scale := math.Sqrt(squares / n)
	return column{field: field, number: true, mean: mean, scale: scale}, scale > 1e-9
}

// key returns what the cell is to the encoding.
func (e *encoding) key(field int, c Cell) key {
	switch {
	case c.State != Given:
		return key{state: c.State}
	case e.levels[field] == nil: // a number: its own column tells how much
		return key{state: Given}
	case e.levels[field][c.Level]:
		return key{state: Given, level: c.Level}
	}
	return key{state: Given, other: true}
}

// value is the column's number for a cell.
func (e *encoding) value(c *column, cell Cell) float64 {
	switch {
	case c.number && cell.State == Given:
		return (magnitude(cell.Number) - c.mean) / c.scale
	case c.number: // neither more nor less than the mean
		return 0
	case e.key(c.field, cell) == c.key:
		return 1
	}
	return 0
}

func compareKeys(a, b key) int {
	others := func(k key) int {
		if k.other {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.state, b.state), cmp.Compare(others(a), others(b)), cmp.Compare(a.level, b.level))
}
