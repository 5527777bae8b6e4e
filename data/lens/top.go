package lens

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
)

// resultKey is one column of an aggregate's order; nulls come last.
type resultKey struct {
	index      int
	descending bool
}

// checkNames refuses two result columns of one name.
func (g *grouping) checkNames() error {
	seen := make(map[string]bool)
	for i, c := range g.describe() {
		if c.Name == "" || len(c.Name) > 100 {
			return remit.FieldErrorf("measures", "the name of result column %d is empty or too long", i+1)
		}
		if seen[c.Name] {
			return remit.FieldErrorf("measures", `two result columns are named %q: give one of them another name with "as"`, clip(c.Name))
		}
		seen[c.Name] = true
	}
	return nil
}

// resultKeys resolves the order of the groups: what is asked, then the
// dimensions, so that the order is total.
func (g *grouping) resultKeys(sort []string) ([]resultKey, error) {
	columns := g.describe()
	var keys []resultKey
	for i, path := range sort {
		name, descending := strings.CutPrefix(path, "-")
		index := slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
		if index < 0 {
			names := make([]string, len(columns))
			for j, c := range columns {
				names[j] = c.Name
			}
			e := remit.FieldErrorf("sort["+strconv.Itoa(i)+"]", "there is no result column %q; there are %s", clip(name), strings.Join(names, ", "))
			e.Hint = remit.DidYouMean(name, names)
			return nil, e
		}
		keys = append(keys, resultKey{index, descending})
	}
	for i := range g.dimensions {
		keys = append(keys, resultKey{index: i})
	}
	return keys, nil
}

// top keeps the first limit rows of many in an order.
type top struct {
	limit   int
	order   []resultKey
	rows    [][]remit.Value
	dropped bool
}

func newTop(limit int, order []resultKey) *top {
	return &top{limit: limit, order: order}
}

// add keeps the row for now; every so often what cannot be among the first is let
// go, so that memory stays within twice the limit.
func (t *top) add(row []remit.Value) {
	t.rows = append(t.rows, row)
	if len(t.rows) >= 2*t.limit+64 {
		t.cut()
	}
}

func (t *top) cut() {
	slices.SortFunc(t.rows, t.compare)
	if len(t.rows) > t.limit {
		t.rows, t.dropped = t.rows[:t.limit:t.limit], true
	}
}

func (t *top) sorted() [][]remit.Value {
	t.cut()
	if t.rows == nil {
		return [][]remit.Value{}
	}
	return t.rows
}

func (t *top) compare(a, b []remit.Value) int {
	for _, k := range t.order {
		x, y := a[k.index], b[k.index]
		if x.IsNull() || y.IsNull() {
			if x.IsNull() != y.IsNull() {
				if x.IsNull() {
					return 1
				}
				return -1
			}
			continue
		}
		c := compareValues(x, y)
		if k.descending {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// compareValues orders two values of one type, neither of them null.
func compareValues(a, b remit.Value) int {
	if a.IsNumber() {
		x, _ := new(big.Rat).SetString(a.String())
		y, _ := new(big.Rat).SetString(b.String())
		return x.Cmp(y)
	}
	if a.Type() == remit.Text {
		return strings.Compare(a.Text(), b.Text())
	}
	switch {
	case a.Int() < b.Int():
		return -1
	case a.Int() > b.Int():
		return 1
	}
	return 0
}

// ordinal names a column of the select list by its position.
func ordinal(n int) string { return strconv.Itoa(n) }
