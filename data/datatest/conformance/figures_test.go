package conformance

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// measure is a figure with its filter as a node.
type measure struct {
	lens.Measure
	only node
}

// aggregate is what is asked of both lenses.
type aggregate struct {
	collection *remit.Collection
	measures   []measure
	dimensions []lens.Dimension
	filter     node
	sort       []string // names of result columns
	limit      int
}

// mostBuckets is how many buckets may lie between the first and the last date.
const mostBuckets = 2000

// tooLong reports whether a dimension by days has more buckets than are laid.
func (o *opinion) tooLong(q aggregate) bool {
	for _, d := range q.dimensions {
		if d.Bucket != "day" {
			continue
		}
		var days []int64
		for _, r := range o.view(q.collection, q.filter) {
			if v := o.bucket(o.read(q.collection, r, d.Field).value, "day"); !v.IsNull() {
				days = append(days, v.Int())
			}
		}
		if len(days) > 0 && slices.Max(days)-slices.Min(days) >= mostBuckets {
			return true
		}
	}
	return false
}

// table returns the groups in order, and how many records they rest on.
func (o *opinion) table(q aggregate) (rows [][]remit.Value, records int, more bool) {
	seen := o.view(q.collection, q.filter)
	groups := map[string][]*row{}
	keys := map[string][]remit.Value{}
	for _, r := range seen {
		var key []remit.Value
		var text strings.Builder
		for _, d := range q.dimensions {
			v := o.bucket(o.read(q.collection, r, d.Field).value, d.Bucket)
			key = append(key, v)
			text.Write(append(v.AppendJSON(nil), 0))
		}
		groups[text.String()] = append(groups[text.String()], r)
		keys[text.String()] = key
	}
	if len(q.dimensions) == 0 && len(groups) == 0 {
		groups[""] = nil
	}
	for text, members := range groups {
		line := slices.Clone(keys[text])
		for _, m := range q.measures {
			line = append(line, o.figure(q.collection, m, members))
		}
		rows = append(rows, line)
	}
	o.orderTable(q, rows)
	if len(rows) > q.limit {
		rows, more = rows[:q.limit], true
	}
	return rows, len(seen), more
}

func (o *opinion) orderTable(q aggregate, rows [][]remit.Value) {
	slices.SortFunc(rows, func(a, b []remit.Value) int {
		for _, key := range q.sort {
			name, descending := strings.CutPrefix(key, "-")
			i := slices.IndexFunc(q.names(), func(n string) bool { return n == name })
			if d := compareNullsLast(a[i], b[i], descending); d != 0 {
				return d
			}
		}
		for i := range q.dimensions {
			if d := compareNullsLast(a[i], b[i], false); d != 0 {
				return d
			}
		}
		return 0
	})
}

func (q aggregate) names() []string {
	var names []string
	for _, d := range q.dimensions {
		names = append(names, d.As)
	}
	for _, m := range q.measures {
		names = append(names, m.As)
	}
	return names
}

// bucket returns the first day of the unit of time that holds v.
func (o *opinion) bucket(v remit.Value, unit string) remit.Value {
	if unit == "" || v.IsNull() {
		return v
	}
	at := v.Time()
	if v.Type() == remit.Timestamp {
		at = at.In(o.zone)
	}
	day := civil(at)
	switch unit {
	case "week":
		for day.Weekday() != time.Monday {
			day = day.AddDate(0, 0, -1)
		}
	case "month":
		day = day.AddDate(0, 0, 1-day.Day())
	case "quarter":
		day = time.Date(day.Year(), []time.Month{1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10}[day.Month()-1], 1, 0, 0, 0, 0, time.UTC)
	case "year":
		day = day.AddDate(0, 0, 1-day.YearDay())
	}
	return remit.DateValue(day.Unix() / 86400)
}

// figure computes a measure over the members of a group.
func (o *opinion) figure(c *remit.Collection, m measure, members []*row) remit.Value {
	var counted []*row
	for _, r := range members {
		if m.only == nil || m.only.matches(o, c, r) {
			counted = append(counted, r)
		}
	}
	switch m.Fn {
	case "count":
		return remit.IntegerValue(int64(len(counted)))
	case "ratio":
		if len(members) == 0 {
			return remit.Null
		}
		return remit.NumberValue(sixPlaces(big.NewRat(int64(len(counted)), int64(len(members)))))
	}
	var values []remit.Value
	for _, r := range counted {
		if v := o.read(c, r, m.Field).value; !v.IsNull() {
			values = append(values, v)
		}
	}
	return o.over(c, m, values)
}

func (o *opinion) over(c *remit.Collection, m measure, values []remit.Value) remit.Value {
	switch {
	case m.Fn == "count_distinct":
		distinct := map[remit.Value]bool{}
		for _, v := range values {
			distinct[v] = true
		}
		return remit.IntegerValue(int64(len(distinct)))
	case len(values) == 0:
		return remit.Null
	case m.Fn == "min":
		return slices.MinFunc(values, compare)
	case m.Fn == "max":
		return slices.MaxFunc(values, compare)
	}
	sum := new(big.Rat)
	for _, v := range values {
		sum.Add(sum, rational(v))
	}
	if m.Fn == "avg" {
		return remit.NumberValue(sixPlaces(sum.Quo(sum, big.NewRat(int64(len(values)), 1))))
	}
	f, _ := o.field(c, m.Field)
	if f.Type == remit.Currency {
		return remit.NumberValue(sum.FloatString(2))
	}
	return remit.NumberValue(plain(sum.FloatString(6)))
}

// rational reads a number as it is shown.
func rational(v remit.Value) *big.Rat {
	r, ok := new(big.Rat).SetString(v.String())
	if !ok {
		panic(v.String() + " is no number")
	}
	return r
}

// sixPlaces rounds half to even.
func sixPlaces(r *big.Rat) string {
	scaled := new(big.Rat).Mul(r, big.NewRat(1_000_000, 1))
	whole := new(big.Int).Div(scaled.Num(), scaled.Denom()) // towards minus infinity
	rest := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(whole))
	if half := rest.Cmp(big.NewRat(1, 2)); half > 0 || (half == 0 && whole.Bit(0) == 1) {
		whole.Add(whole, big.NewInt(1))
	}
	return plain(new(big.Rat).SetFrac(whole, big.NewInt(1_000_000)).FloatString(6))
}

// plain drops the zeros behind a point, and the point.
func plain(s string) string {
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
