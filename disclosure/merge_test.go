package disclosure

import (
	"math/big"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// even returns a column of so many equal values.
func even(count, value int64) Column {
	v := big.NewRat(value, 1)
	return Column{Count: count, Sum: new(big.Rat).Mul(v, big.NewRat(count, 1)), Least: v, Most: v}
}

func part(group, marks string, records int64) Part {
	return Part{Group: group, Marks: marks, Records: records, Columns: []Column{even(records, 10)}}
}

func groupsOf(blocks []Block) [][]string {
	var out [][]string
	for _, b := range blocks {
		out = append(out, b.Groups)
	}
	return out
}

func TestMerge(t *testing.T) {
	dominated := part("d", "", 6)
	dominated.Columns[0].Most, dominated.Columns[0].Sum = big.NewRat(1000, 1), big.NewRat(1050, 1)
	for name, test := range map[string]struct {
		parts []Part
		want  [][]string
		ok    bool
	}{
		"large groups stay":                     {[]Part{part("a", "", 5), part("b", "", 9)}, [][]string{{"a"}, {"b"}}, true},
		"small groups go together":              {[]Part{part("a", "", 2), part("b", "", 9), part("c", "", 3)}, [][]string{{"b"}, {"a", "c"}}, true},
		"one small group takes another with it": {[]Part{part("a", "", 2), part("b", "", 9), part("c", "", 6)}, [][]string{{"b"}, {"a", "c"}}, true},
		"a filter tells a few apart":            {[]Part{part("a", "0", 8), part("a", "1", 2), part("b", "0", 9), part("b", "1", 7)}, [][]string{{"a", "b"}}, true},
		"none meet a filter":                    {[]Part{part("a", "0", 8), part("b", "1", 7)}, [][]string{{"a"}, {"b"}}, true},
		"one record is most of a sum":           {[]Part{dominated, part("a", "", 200), part("b", "", 9)}, [][]string{{"a", "b", "d"}}, true},
		"too few in all":                        {[]Part{part("a", "", 2), part("b", "", 2)}, nil, false},
		"nothing":                               {nil, nil, true},
	} {
		blocks, ok := Merge(test.parts, 5)
		if ok != test.ok || !slices.EqualFunc(groupsOf(blocks), test.want, slices.Equal) {
			t.Errorf("%s: %v %t", name, groupsOf(blocks), ok)
		}
	}
}

// TestNothingSmallFollows solves for what is hidden: whatever is added and subtracted of
// the rows that are shown, the columns of each filter and the total, is of no record or
// of enough.
func TestNothingSmallFollows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.Int64Range(2, 7).Draw(t, "least")
		var parts []Part
		var total []int64 // records of each part
		for g := range rapid.IntRange(1, 6).Draw(t, "groups") {
			for _, marks := range []string{"0", "1"} {
				n := rapid.Int64Range(0, 12).Draw(t, "records")
				if n == 0 {
					continue
				}
				parts = append(parts, part(strconv.Itoa(g), marks, n))
				total = append(total, n)
			}
		}
		blocks, ok := Merge(parts, least)
		if !ok {
			return
		}
		shown := equations(blocks, parts)
		everything := make([]int, len(parts))
		for i := range everything {
			everything[i] = 1
		}
		attack(t, append(shown, everything), total, least)
	})
}

// equations says which parts each figure of the blocks is of: all of a row, and those
// that meet the filter.
func equations(blocks []Block, parts []Part) [][]int {
	var out [][]int
	for _, b := range blocks {
		all, met := make([]int, len(parts)), make([]int, len(parts))
		for i, p := range parts {
			if slices.Contains(b.Groups, p.Group) {
				all[i] = 1
				if p.Marks == "1" {
					met[i] = 1
				}
			}
		}
		out = append(out, all, met)
	}
	return out
}

// attack tries every sum and difference of up to four figures.
func attack(t *rapid.T, figures [][]int, records []int64, least int64) {
	var try func(at, used int, sum []int)
	try = func(at, used int, sum []int) {
		var n int64
		for i, c := range sum {
			if c != 0 {
				n += records[i]
			}
		}
		if n > 0 && n < least {
			t.Fatalf("%d records follow from %d figures: %v", n, used, sum)
		}
		if used == 4 || at == len(figures) {
			return
		}
		for _, sign := range []int{0, 1, -1} {
			next := slices.Clone(sum)
			for i := range next {
				next[i] += sign * figures[at][i]
			}
			try(at+1, used+sign*sign, next)
		}
	}
	try(0, 0, make([]int, len(records)))
}

func TestUnmarked(t *testing.T) {
	whole := Unmarked([]Part{part("a", "0", 2), part("a", "1", 4)})
	if len(whole) != 1 || whole[0].Records != 6 || whole[0].Marks != "" || whole[0].Columns[0].Sum.Cmp(big.NewRat(60, 1)) != 0 {
		t.Errorf("%+v", whole)
	}
}
