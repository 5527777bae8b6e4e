package predict

import (
	"cmp"
	"math"
	"slices"
)

// Score is what is expected of one record.
type Score struct {
	Chance float64 // of winning, above 0 and below 1
	Pulls  []Pull  // of every field, the strongest first
}

// Pull is how far one field moves a record's odds from those of the average decided
// record: they are multiplied by e to the power of LogOdds.
type Pull struct {
	Field   int // of Model.Fields
	LogOdds float64
}

// Score foretells a record, whose cells are those that Fit was given fields for.
func (m *Model) Score(r Record) Score {
	cells := m.narrow(r).Cells
	s := Score{Chance: within(logistic(m.fitted.logOdds(cells)))}
	for i, pull := range m.fitted.pulls(cells) {
		s.Pulls = append(s.Pulls, Pull{i, pull})
	}
	slices.SortStableFunc(s.Pulls, func(a, b Pull) int { return cmp.Compare(math.Abs(b.LogOdds), math.Abs(a.LogOdds)) })
	return s
}

// within keeps a chance from being certain.
func within(chance float64) float64 { return min(max(chance, 1e-6), 1-1e-6) }

// pulls returns how far each field moves the log odds from the average record's.
func (f *fitted) pulls(cells []Cell) []float64 {
	pulls := make([]float64, len(cells))
	for j := range f.columns {
		c := &f.columns[j]
		pulls[c.field] += f.weights[j+1] * (f.value(c, cells[c.field]) - f.means[j])
	}
	return pulls
}

// Weight is what a field counts in a model.
type Weight struct {
	Field  int     // of Model.Fields
	Spread float64 // standard deviation of its pull over the decided records

	Levels []Level // of a category, by falling pull; of a number, that it is empty or hidden

	// Of a number: what going from the lower quartile of the decided records to the
	// upper one adds to the log odds.
	Low, High float64
	LogOdds   float64
}

// Level is one level of a field with what it does.
type Level struct {
	State   State
	Name    string // of a Given level; "" stands for all the others
	Records int    // decided ones that have it
	LogOdds float64
}

// Weights returns what each field counts, the weightiest first.
func (m *Model) Weights() []Weight {
	pulls := make([][]float64, len(m.decided))
	for r := range m.decided {
		pulls[r] = m.fitted.pulls(m.decided[r].Cells)
	}
	weights := make([]Weight, len(m.Fields))
	for i := range weights {
		squares := 0.0 // pulls are from the average: their mean is zero
		for _, p := range pulls {
			squares += p[i] * p[i]
		}
		weights[i] = Weight{Field: i, Spread: math.Sqrt(squares / float64(len(pulls))), Levels: m.levels(i, pulls)}
		m.quartiles(&weights[i])
	}
	slices.SortStableFunc(weights, func(a, b Weight) int { return cmp.Compare(b.Spread, a.Spread) })
	return weights
}

// quartiles says what a number does, in its own terms.
func (m *Model) quartiles(w *Weight) {
	values := given(w.Field, m.decided)
	for j, c := range m.fitted.columns {
		if c.field == w.Field && c.number {
			w.Low, w.High = values[(len(values)-1)/4], values[(len(values)-1)*3/4]
			w.LogOdds = m.fitted.weights[j+1] * (magnitude(w.High) - magnitude(w.Low)) / c.scale
		}
	}
}

// levels returns the levels of a field that decided records have. A number as such is
// none.
func (m *Model) levels(i int, pulls [][]float64) []Level {
	var levels []Level
	at := map[key]int{}
	for n, r := range m.decided {
		k := m.fitted.key(i, r.Cells[i])
		if k.state == Given && m.Fields[i].Kind == Number {
			continue
		}
		if _, seen := at[k]; !seen {
			at[k] = len(levels)
			levels = append(levels, Level{State: k.state, Name: k.level, LogOdds: pulls[n][i]})
		}
		levels[at[k]].Records++
	}
	slices.SortStableFunc(levels, func(a, b Level) int {
		return cmp.Or(cmp.Compare(b.LogOdds, a.LogOdds), cmp.Compare(a.State, b.State), cmp.Compare(a.Name, b.Name))
	})
	return levels
}
