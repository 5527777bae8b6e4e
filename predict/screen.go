package predict

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Why a field takes no part.
const (
	Constant  = "the same on every decided record"
	Scattered = "too many different values to learn from"
	Afterward = "empty on every open record: it is filled in once a record is decided"
	Telltale  = "says by itself how a record ended"
	Shifted   = "unlike on open records and on decided ones"
	Crowded   = "there are more fields than a model takes"
)

// LeftOut is a field that takes no part, and why.
type LeftOut struct {
	Field  int
	Reason string
}

// The bounds by which fields are left out.
const (
	perLevel     = 10   // records that the levels of a category must have on average
	telltaleArea = 0.95 // area under the ROC curve of the field alone
	// A population stability index above 0.25 is a major shift by the usual reading
	// (Siddiqi, Credit Risk Scorecards, 2006). In small numbers chance alone makes a
	// larger one: its distribution is (1/n + 1/m) times chi-squared (Yurdakul and
	// Naranjo, Statistical properties of the population stability index, Journal of
	// Risk Model Validation 14, 2020).
	majorShift  = 0.25
	chanceShift = 0.999 // quantile
	numberBins  = 5
)

// screen returns the fields that may take part, and those that may not. What is known
// only afterwards is found without knowing what a field means: by itself it says how
// records ended, or open records have other values of it than decided ones.
func screen(fields []Field, decided, open []Record) (kept []int, out []LeftOut) {
	columns := 0
	for i, f := range fields {
		why := objection(i, f, decided, open)
		if why == "" {
			n := len((&encoding{levels: make([]map[string]bool, len(fields))}).columnsOf(i, f, decided))
			if columns+n > maxColumns {
				why = Crowded
			} else {
				columns += n
			}
		}
		if why != "" {
			out = append(out, LeftOut{i, why})
			continue
		}
		kept = append(kept, i)
	}
	return kept, out
}

// objection returns why a field may not take part, "" if it may.
func objection(i int, f Field, decided, open []Record) string {
	if f.Kind == Category && scattered(i, decided) {
		return Scattered
	}
	h := tabulate(i, f, decided, open)
	switch {
	case len(h.decided()) < 2:
		return Constant
	case len(open) > 0 && someGiven(i, decided) && !someGiven(i, open):
		return Afterward
	case h.area() >= telltaleArea:
		return Telltale
	case len(open) > 0 && h.shifted():
		return Shifted
	}
	return ""
}

func someGiven(i int, records []Record) bool {
	return slices.ContainsFunc(records, func(r Record) bool { return r.Cells[i].State == Given })
}

// scattered reports whether a category has too many levels for its records: then it
// is a name, and every name is new.
func scattered(i int, records []Record) bool {
	levels, given := map[string]bool{}, 0
	for _, r := range records {
		if c := r.Cells[i]; c.State == Given {
			levels[c.Level] = true
			given++
		}
	}
	return len(levels)*perLevel > given && len(levels) > 2
}

// counts of records with a key.
type counts struct{ won, lost, open float64 }

// table is how the records spread over the keys of one field. A number's keys are
// the bins between the fifths of the decided records' values.
type table map[key]*counts

func tabulate(i int, f Field, decided, open []Record) table {
	e := &encoding{levels: make([]map[string]bool, i+1)}
	keyOf := func(c Cell) key { return e.key(i, c) }
	if f.Kind == Category {
		e.levels[i] = commonLevels(i, decided)
	} else {
		edges := fifths(i, decided)
		keyOf = func(c Cell) key {
			if c.State != Given {
				return key{state: c.State}
			}
			return key{state: Given, level: string(rune('a' + sort.SearchFloat64s(edges, c.Number)))}
		}
	}
	t := table{}
	at := func(c Cell) *counts {
		k := keyOf(c)
		if t[k] == nil {
			t[k] = &counts{}
		}
		return t[k]
	}
	for _, r := range decided {
		if r.Won {
			at(r.Cells[i]).won++
		} else {
			at(r.Cells[i]).lost++
		}
	}
	for _, r := range open {
		at(r.Cells[i]).open++
	}
	return t
}

// fifths returns the values that part the decided records' numbers into bins of about
// as many. The least value has a bin of its own, so that "none or some" is seen however
// rare the one of them is.
func fifths(i int, records []Record) []float64 {
	values := given(i, records)
	var edges []float64
	for b := 0; b < numberBins && len(values) > 0; b++ {
		edges = append(edges, values[(len(values)-1)*b/numberBins])
	}
	return slices.Compact(edges)
}

// given returns the numbers that there are, sorted.
func given(i int, records []Record) []float64 {
	var values []float64
	for _, r := range records {
		if c := r.Cells[i]; c.State == Given {
			values = append(values, c.Number)
		}
	}
	slices.Sort(values)
	return values
}

// decided returns the keys that decided records have.
func (t table) decided() []key {
	keys := slices.SortedFunc(maps.Keys(t), compareKeys)
	return slices.DeleteFunc(keys, func(k key) bool { return t[k].won+t[k].lost == 0 })
}

// area is that under the ROC curve of the field alone: the chance that of a won and a
// lost record, the won one has the key that wins more often.
func (t table) area() float64 {
	keys := t.decided()
	slices.SortStableFunc(keys, func(a, b key) int {
		return cmp.Compare(t[a].won*(t[b].won+t[b].lost), t[b].won*(t[a].won+t[a].lost))
	})
	var area, lost, won float64
	for _, k := range keys {
		area += t[k].won * (lost + t[k].lost/2)
		lost += t[k].lost
		won += t[k].won
	}
	if won == 0 || lost == 0 {
		return 0.5
	}
	return area / (won * lost)
}

// shifted reports whether open records spread otherwise than decided ones, by more
// than chance.
func (t table) shifted() bool {
	var decided, open float64
	for _, c := range t {
		decided += c.won + c.lost
		open += c.open
	}
	const unseen = 0.5 // of a record, in the place of none: the logarithm of zero is none
	index, bins := 0.0, float64(len(t))
	for _, k := range slices.SortedFunc(maps.Keys(t), compareKeys) {
		p := (t[k].won + t[k].lost + unseen) / (decided + unseen*bins)
		q := (t[k].open + unseen) / (open + unseen*bins)
		index += (p - q) * math.Log(p/q)
	}
	chance := (1/decided + 1/open) * distuv.ChiSquared{K: bins - 1}.Quantile(chanceShift)
	return index > max(majorShift, chance)
}
