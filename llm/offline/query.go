package offline

import "slices"

// function is how a measure is computed.
type function uint8

const (
	count function = iota + 1
	sum
	average
	minimum
	maximum
	distinct
	share // records that meet hit ÷ all that the base leaves
)

// String returns the function's name in calls.
func (f function) String() string {
	switch f {
	case count:
		return "count"
	case sum:
		return "sum"
	case average:
		return "avg"
	case minimum:
		return "min"
	case maximum:
		return "max"
	case distinct:
		return "count_distinct"
	case share:
		return "ratio"
	}
	return ""
}

// measure is the figure that is asked for.
type measure struct {
	fn    function
	path  path        // zero for count and share
	base  []condition // narrow the records by what the figure means: won ÷ (won + lost) is over closed deals
	hit   []condition // of a share: the numerator
	label string      // "close rate"
	means string      // its definition, said in the answer; "" where the label says it
}

// dimension is what figures are grouped by.
type dimension struct {
	path   path
	bucket string
}

// relation returns the relation whose title the dimension is, "" if none:
// records of one title may be several.
func (d dimension) relation() string {
	if d.path.via != "" && d.path.field.Name == d.path.owner.TitleField {
		return d.path.via
	}
	return ""
}

func (d dimension) label() string {
	if d.bucket != "" {
		return d.path.title + ", by " + d.bucket
	}
	return d.path.title
}

// query is a question that has been understood: figures, or a list.
type query struct {
	of     *collection
	list   bool // records rather than figures
	m      measure
	where  []condition
	by     []dimension
	rank   *ranking    // groups by the figure; records by sorted
	sorted *sorting    // of a list
	having *comparison // groups whose figure meets it
	limit  int         // records or groups; 0: not said
	screen bool        // no question, but what is on the person's screen
	notes  []string    // what was taken for granted; said in the answer
}

type sorting struct {
	path       path
	descending bool
}

// conditions returns everything that narrows the records.
func (q *query) conditions() []condition {
	return append(slices.Clone(q.where), q.m.base...)
}

// note adds a remark to the answer, once.
func (q *query) note(text string) {
	if text != "" && !slices.Contains(q.notes, text) {
		q.notes = append(q.notes, text)
	}
}

// clone returns a copy whose lists may be changed.
func (q *query) clone() *query {
	c := *q
	c.where, c.by, c.notes = slices.Clone(q.where), slices.Clone(q.by), slices.Clone(q.notes)
	return &c
}

// replace adds a condition in the place of those on the same field, so that a
// follow-up replaces what it names anew.
func (q *query) replace(c condition) {
	q.where = slices.DeleteFunc(q.where, func(old condition) bool { return old.on() == c.on() })
	q.where = append(q.where, c)
}
