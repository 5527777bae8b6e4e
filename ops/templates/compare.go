package templates

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/analytics"
	"github.com/remit-crm/remit/data/lens"
	store "github.com/remit-crm/remit/data/templates"
	"github.com/remit-crm/remit/disclosure"
)

// The budget of what one person may be told of a collection within the window.
const (
	window       = store.Window
	maxQuestions = 40
	maxCells     = 300
)

// comparison is several answers on one collection, laid over each other: which records
// each cut apart, on the data as it is now.
//
// A record that has changed since an answer is no longer the record that the answer
// counted. So it counts for the answer only if it has not been touched since, and what is
// missing then is a set of its own that only this answer knows.
type comparison struct {
	answers    []*told
	dimensions []lens.Dimension
	marks      []json.RawMessage
	of         []columns // of each answer
}

// columns says where an answer finds its own among the comparison's.
type columns struct {
	groups []int // by the answer's group: the dimension
	base   int   // the mark that says whether a record counts; -1: each does
	marks  []int
}

func compare(answers []*told, model *remit.Model) (*comparison, error) {
	c := &comparison{answers: answers}
	for _, t := range answers {
		var of columns
		for _, g := range t.question.Groups {
			of.groups = append(of.groups, c.dimension(g))
		}
		base, err := counts(t, model)
		if err != nil {
			return nil, err
		}
		of.base = -1
		if base != nil {
			of.base = c.mark(base)
		}
		for _, m := range t.marks() {
			of.marks = append(of.marks, c.mark(m))
		}
		c.of = append(c.of, of)
	}
	return c, nil
}

func (c *comparison) dimension(g analytics.Group) int {
	i := slices.IndexFunc(c.dimensions, func(d lens.Dimension) bool { return d.Field == g.Field && d.Bucket == g.Bucket })
	if i >= 0 {
		return i
	}
	name := "d" + strconv.Itoa(len(c.dimensions))
	c.dimensions = append(c.dimensions, lens.Dimension{Field: g.Field, Bucket: g.Bucket, As: name})
	return len(c.dimensions) - 1
}

func (c *comparison) mark(filter json.RawMessage) int {
	i := slices.IndexFunc(c.marks, func(m json.RawMessage) bool { return string(m) == string(filter) })
	if i >= 0 {
		return i
	}
	c.marks = append(c.marks, filter)
	return len(c.marks) - 1
}

// touched is the field that says when a record was last changed.
const touched = "updated_at"

// counts returns the filter of the records that an answer counted and that are still
// as they were; nil for all.
func counts(t *told, model *remit.Model) (json.RawMessage, error) {
	collection := model.Collection(remit.MainSource, t.question.Collection)
	if t.asOf.IsZero() || collection.Field(touched) == nil {
		return t.question.Filter, nil
	}
	untouched := map[string]any{touched: map[string]any{"$lte": t.asOf.UTC().Format(remit.TimeLayout)}}
	if t.question.Filter == nil {
		return json.Marshal(untouched)
	}
	return json.Marshal(map[string]any{"$and": []any{t.question.Filter, untouched}})
}

// filter keeps the records that some answer counted.
func (c *comparison) filter() (json.RawMessage, error) {
	var counted []json.RawMessage
	for _, t := range c.answers {
		if t.question.Filter == nil {
			return nil, nil
		}
		counted = append(counted, t.question.Filter)
	}
	return json.Marshal(map[string]any{"$or": counted})
}

// atoms are the sets of records that no answer tells apart, and how each answer counted
// them.
type atoms struct {
	sizes   disclosure.Atoms
	answers []disclosure.Answer
}

func (c *comparison) read(ctx context.Context, company lens.Company) (*atoms, error) {
	filter, err := c.filter()
	if err != nil {
		return nil, err
	}
	rows, err := company.Compare(ctx, lens.CompanyQuery{
		Collection: c.answers[0].question.Collection, Dimensions: c.dimensions, Marks: c.marks, Filter: filter,
		Measures: []lens.Measure{{Fn: "count", As: "n"}},
	})
	if err != nil {
		return nil, err
	}
	a := &atoms{answers: make([]disclosure.Answer, len(c.answers))}
	for _, row := range rows.Rows {
		a.sizes = append(a.sizes, row[len(row)-1].Int())
	}
	for i, t := range c.answers {
		c.assign(a, i, t, rows.Rows)
	}
	for i := range a.answers { // sets that only later answers know of
		for len(a.answers[i]) < len(a.sizes) {
			a.answers[i] = append(a.answers[i], -1)
		}
	}
	return a, nil
}

// assign finds out in which cell an answer counted each set, and adds those that it
// counted and that have gone since.
func (c *comparison) assign(a *atoms, i int, t *told, rows [][]remit.Value) {
	numbers := map[string]int{}
	left := map[int]int64{}
	for _, known := range t.Cells {
		n := number(numbers, known.Block, known.Marks)
		left[n] += known.Records
	}
	answer := slices.Repeat([]int{-1}, len(a.sizes))
	for at, row := range rows {
		block, marks, counted := c.cell(i, t, row)
		if !counted {
			continue
		}
		n := number(numbers, block, marks)
		answer[at] = n
		left[n] -= a.sizes[at]
	}
	for _, n := range slices.Sorted(maps.Keys(left)) {
		if left[n] > 0 {
			a.sizes = append(a.sizes, left[n])
			answer = append(answer, n)
		}
	}
	a.answers[i] = answer
}

// cell returns where an answer counted the records of a row.
func (c *comparison) cell(i int, t *told, row []remit.Value) (block int, marks string, counted bool) {
	of := c.of[i]
	meets := func(mark int) bool { return row[len(c.dimensions)+mark].Bool() }
	if of.base >= 0 && !meets(of.base) {
		return 0, "", false
	}
	var group []remit.Value
	for _, d := range of.groups {
		group = append(group, row[d])
	}
	block, counted = t.Blocks[analytics.Key(group)]
	var bits strings.Builder
	for _, m := range of.marks {
		bits.WriteString(bit(meets(m)))
	}
	return block, bits.String(), counted
}

func number(numbers map[string]int, block int, marks string) int {
	key := strconv.Itoa(block) + " " + marks
	n, known := numbers[key]
	if !known {
		n = len(numbers)
		numbers[key] = n
	}
	return n
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// tellsMore reports whether the last answer, together with those before it, determines
// a set of fewer records than least that they alone do not.
func tellsMore(ctx context.Context, company lens.Company, answers []*told, least int64) (bool, error) {
	if len(answers) < 2 {
		return false, nil
	}
	c, err := compare(answers, company.Model())
	if err != nil {
		return false, err
	}
	a, err := c.read(ctx, company)
	if err != nil {
		return false, err
	}
	before := disclosure.Reveals(a.sizes, a.answers[:len(a.answers)-1], least)
	for set := range disclosure.Reveals(a.sizes, a.answers, least) {
		if !before[set] {
			return true, nil
		}
	}
	return false, nil
}
