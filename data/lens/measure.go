package lens

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/scope/sqlgen"
)

// functions lists the measures.
var functions = []string{"count", "sum", "avg", "min", "max", "count_distinct", "ratio"}

// maxMeasures bounds measures and dimensions each.
const maxMeasures = 20

// measure is a resolved Measure.
type measure struct {
	fn     string
	name   string
	column *column   // nil for count and ratio
	filter condition // nil for none
}

func (sel *selection) measures(asked []Measure) ([]*measure, error) {
	if len(asked) == 0 || len(asked) > maxMeasures {
		return nil, remit.FieldErrorf("measures", `expected 1 to %d measures, e.g. [{"fn": "count"}]; got %d`, maxMeasures, len(asked))
	}
	measures := make([]*measure, 0, len(asked))
	for i, m := range asked {
		resolved, err := sel.measure(m, "measures["+strconv.Itoa(i)+"]")
		if err != nil {
			return nil, err
		}
		measures = append(measures, resolved)
	}
	return measures, nil
}

func (sel *selection) measure(asked Measure, place string) (*measure, error) {
	if !slices.Contains(functions, asked.Fn) {
		e := remit.FieldErrorf(place+".fn", "unknown measure %q; use %s", clip(asked.Fn), strings.Join(functions, ", "))
		e.Hint = remit.DidYouMean(asked.Fn, functions)
		return nil, e
	}
	m := &measure{fn: asked.Fn, name: measureName(asked)}
	if err := sel.measureField(m, asked, place); err != nil {
		return nil, err
	}
	if len(asked.Filter) > 0 && string(asked.Filter) != "null" {
		c, err := sel.condition(asked.Filter, place+".filter")
		if err != nil {
			return nil, err
		}
		m.filter = c
	}
	if m.fn == "ratio" && m.filter == nil {
		return nil, remit.FieldErrorf(place+".filter", "a ratio needs a filter: it is the share of the group's records that meet it")
	}
	return m, nil
}

func measureName(m Measure) string {
	if m.As != "" {
		return m.As
	}
	if m.Field == "" {
		return m.Fn
	}
	return m.Fn + "_" + strings.ReplaceAll(m.Field, ".", "_")
}

// measureField resolves the field of a measure that has one.
func (sel *selection) measureField(m *measure, asked Measure, place string) error {
	if m.fn == "count" || m.fn == "ratio" {
		if asked.Field != "" {
			return remit.FieldErrorf(place+".field", "%s counts records and takes no field; to count records that have a value use the filter {%q: {\"$notEmpty\": true}}", m.fn, asked.Field)
		}
		return nil
	}
	if asked.Field == "" {
		return remit.FieldErrorf(place+".field", "%s needs a field", m.fn)
	}
	c, err := sel.column(asked.Field, place+".field")
	if err != nil {
		return err
	}
	m.column = c
	return m.checkType(place)
}

func (m *measure) checkType(place string) error {
	fieldType := remit.Relation
	if m.column.field != nil {
		fieldType = m.column.field.Type
	}
	numeric := fieldType == remit.Integer || fieldType == remit.Decimal || fieldType == remit.Currency
	switch m.fn {
	case "sum", "avg":
		if !numeric {
			return remit.FieldErrorf(place+".field", "%s is a %s: %s needs a number or money", m.column.path, fieldType, m.fn)
		}
	case "min", "max":
		if fieldType == remit.Boolean || fieldType == remit.Relation {
			return remit.FieldErrorf(place+".field", "%s is a %s, which has no order", m.column.path, fieldType)
		}
	}
	return nil
}

// write appends the SQL aggregates that the measure is made of, each with a
// comma before it.
func (m *measure) write(b *builder, split bool) {
	switch m.fn {
	case "count", "ratio":
		b.put(", COUNT(*)")
		m.writeFilter(b)
	case "count_distinct":
		b.put(", COUNT(DISTINCT ")
		m.column.writeCell(b)
		b.put(")")
		m.writeFilter(b)
	case "min", "max":
		b.put(", ", strings.ToUpper(m.fn), "(")
		m.column.writeCell(b)
		b.put(")")
		m.writeFilter(b)
	case "sum":
		m.writeSum(b, split)
	case "avg":
		m.writeSum(b, split)
		b.put(", COUNT(")
		m.column.writeCell(b)
		b.put(")")
		m.writeFilter(b)
	}
}

// writeSum appends an exact sum. PostgreSQL sums bigint as numeric, which cannot
// overflow. SQLite sums in 64 bits and fails on overflow; then, split, the upper
// and lower halves are summed apart and put together by read.
func (m *measure) writeSum(b *builder, split bool) {
	if b.dialect == sqlgen.Postgres {
		b.put(", CAST(SUM(")
		m.column.writeCell(b)
		b.put(")")
		m.writeFilter(b)
		b.put(" AS text)")
		return
	}
	if !split {
		b.put(", SUM(")
		m.column.writeCell(b)
		b.put(")")
		m.writeFilter(b)
		return
	}
	for _, half := range []string{" >> 32)", " & 4294967295)"} {
		b.put(", SUM((")
		m.column.writeCell(b)
		b.put(")", half)
		m.writeFilter(b)
	}
}

func (m *measure) writeFilter(b *builder) {
	if m.filter == nil {
		return
	}
	b.put(" FILTER (WHERE ")
	m.filter.write(b)
	b.put(")")
}

// read returns the measure's value and the position after what it read.
func (m *measure) read(row sqldb.Row, i int, records int64, split bool) (remit.Value, int) {
	switch m.fn {
	case "count", "count_distinct":
		return remit.IntegerValue(row.Int(i)), i + 1
	case "ratio":
		if records == 0 {
			return remit.Null, i + 1
		}
		return remit.NumberValue(quotient(big.NewInt(row.Int(i)), records, 0)), i + 1
	case "min", "max":
		return m.column.read(row, i), i + 1
	}
	sum, i := m.readSum(row, i, split)
	if m.fn == "sum" {
		if sum == nil {
			return remit.Null, i
		}
		return m.sumValue(sum), i
	}
	n := row.Int(i)
	if n == 0 || sum == nil {
		return remit.Null, i + 1
	}
	return remit.NumberValue(quotient(sum, n, m.scale())), i + 1
}

// readSum returns nil for the sum of nothing.
func (m *measure) readSum(row sqldb.Row, i int, split bool) (*big.Int, int) {
	if m.column.rel.dialect() == sqlgen.Postgres {
		if row.Null(i) {
			return nil, i + 1
		}
		sum, _ := new(big.Int).SetString(row.Text(i), 10)
		return sum, i + 1
	}
	if !split {
		if row.Null(i) {
			return nil, i + 1
		}
		return big.NewInt(row.Int(i)), i + 1
	}
	if row.Null(i) {
		return nil, i + 2
	}
	sum := new(big.Int).Lsh(big.NewInt(row.Int(i)), 32)
	return sum.Add(sum, big.NewInt(row.Int(i+1))), i + 2
}

// sumValue returns the sum in the field's own type: whole for integers, in units
// with all minor digits for money.
func (m *measure) sumValue(sum *big.Int) remit.Value {
	if m.column.field.Type == remit.Decimal {
		return remit.NumberValue(trimFraction(scaled(sum, 6)))
	}
	return remit.NumberValue(scaled(sum, m.scale()))
}

// scale is the number of decimal places of the field's stored integers.
func (m *measure) scale() int {
	switch m.column.field.Type {
	case remit.Decimal:
		return 6
	case remit.Currency:
		return remit.MinorDigits(m.column.field.Currency)
	case remit.Text, remit.Enum, remit.Integer, remit.Boolean, remit.Date, remit.Timestamp, remit.Relation:
	}
	return 0
}

func (m *measure) describe() Column {
	c := Column{Name: m.name, Type: remit.Decimal}
	switch m.fn {
	case "count", "count_distinct":
		c.Type = remit.Integer
	case "min", "max", "sum", "avg":
		shown := m.column.describe()
		c.Type, c.Currency = shown.Type, shown.Currency
		if m.fn == "avg" && c.Type == remit.Integer {
			c.Type = remit.Decimal
		}
	}
	return c
}
