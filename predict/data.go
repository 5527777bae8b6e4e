package predict

import (
	"cmp"
	"math"
	"slices"
)

// Kind says how a field enters the model.
type Kind uint8

// The kinds. The zero value is none, and takes no part.
const (
	Category Kind = iota + 1 // each of its levels counts by itself
	Number                   // counts by its logarithm: what matters is how many times as much
)

// Field is what the model may go by.
type Field struct {
	Name string
	Kind Kind
}

// State says what there is of a cell.
type State uint8

// The states. That a cell is empty, or hidden from whoever asks, is a level of its
// own: neither is taken for a value.
const (
	Empty State = iota
	Hidden
	Given
)

// Cell is a record's value of a field.
type Cell struct {
	State  State
	Level  string  // of a Given category
	Number float64 // of a Given number, in whole units
}

// Record is one record with its cells, by the fields.
type Record struct {
	ID    string // unique: a record that comes twice counts once
	Cells []Cell
	Won   bool // how it ended; means nothing for an open record
}

// tidy returns the records in the order of their ids, each once, with numbers that
// cannot be reckoned with taken for empty.
func tidy(fields []Field, records []Record) []Record {
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(a, b Record) int { return cmp.Compare(a.ID, b.ID) })
	sorted = slices.CompactFunc(sorted, func(a, b Record) bool { return a.ID == b.ID })
	for i := range sorted {
		sorted[i].Cells = slices.Clone(sorted[i].Cells)
		for j, c := range sorted[i].Cells {
			sorted[i].Cells[j] = clean(fields[j], c)
		}
	}
	return sorted
}

func clean(f Field, c Cell) Cell {
	if f.Kind == Number && (math.IsNaN(c.Number) || math.IsInf(c.Number, 0)) {
		return Cell{}
	}
	return c
}

// magnitude is the logarithm of a number that may be zero or negative: the inverse
// hyperbolic sine, which is ln(2|x|) with the sign of x but for numbers near zero.
func magnitude(x float64) float64 { return math.Asinh(x) }

func wins(records []Record) int {
	n := 0
	for _, r := range records {
		if r.Won {
			n++
		}
	}
	return n
}
