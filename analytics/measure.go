package analytics

import (
	"encoding/json"
	"math/big"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/disclosure"
)

// maxFields bounds the fields that one statement sums.
const maxFields = 4

// Marks returns the filters of the figures, each once: what tells the records of a
// group apart.
func (q *Question) Marks() []json.RawMessage {
	var marks []json.RawMessage
	for _, f := range q.Figures {
		if f.Filter != nil && markOf(marks, f.Filter) < 0 {
			marks = append(marks, f.Filter)
		}
	}
	return marks
}

func markOf(marks []json.RawMessage, filter json.RawMessage) int {
	return slices.IndexFunc(marks, func(m json.RawMessage) bool { return string(m) == string(filter) })
}

// Fields returns the fields that are summed, each once.
func (q *Question) Fields() []string {
	var fields []string
	for _, f := range q.Figures {
		if f.Field != "" && !slices.Contains(fields, f.Field) {
			fields = append(fields, f.Field)
		}
	}
	return fields
}

// Key names a group by its cells.
func Key(cells []remit.Value) string {
	key := []byte{'['}
	for _, v := range cells {
		key = append(v.AppendJSON(key), ',')
	}
	return string(key)
}

// cells is the row of the table that a block becomes.
type cells struct {
	question *Question
	perturb  disclosure.Perturb
	marks    []json.RawMessage
	marked   bool // the parts tell the filters apart
	block    *disclosure.Block
}

// figure computes one column of the block. What a filter tells apart is null where the
// parts do not.
func (c *cells) figure(f *Figure) (v remit.Value, order *big.Rat) {
	if f.Filter != nil && !c.marked {
		return remit.Null, nil
	}
	records, column := c.over(f)
	switch f.Fn {
	case "count":
		n := c.perturb.Count(records)
		return remit.IntegerValue(n), new(big.Rat).SetInt64(n)
	case "ratio":
		all := c.perturb.Count(c.block.Records())
		if all == 0 {
			return remit.Null, nil
		}
		return quotient(big.NewRat(c.perturb.Count(records), 1), all)
	}
	if column.Count == 0 {
		return remit.Null, nil
	}
	sum := c.perturb.Sum(f.Field, column.Count, column.Sum)
	if f.Fn == "avg" {
		return quotient(sum, column.Count)
	}
	return remit.NumberValue(decimal(sum, places(f), f.Type == remit.Currency)), sum
}

// over returns what a figure is computed over: the parts of the block that meet its
// filter.
func (c *cells) over(f *Figure) (records int64, column disclosure.Column) {
	mark := markOf(c.marks, f.Filter)
	field := slices.Index(c.question.Fields(), f.Field)
	for i := range c.block.Parts {
		p := &c.block.Parts[i]
		if mark >= 0 && f.Filter != nil && p.Marks[mark] != '1' {
			continue
		}
		records += p.Records
		if field >= 0 {
			column = column.Add(p.Columns[field])
		}
	}
	return records, column
}

// quotient is exact to six places, half to even.
func quotient(sum *big.Rat, n int64) (remit.Value, *big.Rat) {
	r := disclosure.HalfEven(new(big.Rat).Quo(sum, big.NewRat(n, 1)), 6)
	return remit.NumberValue(decimal(r, 6, false)), r
}

// places is how many decimal places a sum of the figure's field has.
func places(f *Figure) int {
	switch f.Type {
	case remit.Currency:
		return remit.MinorDigits(f.Currency)
	case remit.Decimal:
		return 6
	default:
		return 0
	}
}
