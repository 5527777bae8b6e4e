package conformance

import (
	"cmp"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// holds reports whether the cell is a text that contains the folded one.
func (r *round) holds(c *remit.Collection, each *row, name, text string) bool {
	return c.Field(name).Type == remit.Text && strings.Contains(folded(r.read(c, each, name).value.Text()), text)
}

func (r *round) title(c *remit.Collection, each *row) remit.Value {
	if !r.knows(c, c.TitleField) {
		return remit.Null
	}
	return r.read(c, each, c.TitleField).value
}

// ranked returns the rows that a search finds, in its order: by title before
// others, beginnings before middles, then by title, those without one last.
func (r *round) ranked(c *remit.Collection, names []string, text string) []*row {
	found := slices.DeleteFunc(r.view(c, nil), func(each *row) bool { return r.rank(c, each, names, text) == missed })
	slices.SortStableFunc(found, func(a, b *row) int {
		s, t := r.title(c, a), r.title(c, b)
		nulls := 0
		if s.IsNull() != t.IsNull() {
			nulls = map[bool]int{true: 1, false: -1}[s.IsNull()]
		}
		return cmp.Or(cmp.Compare(r.rank(c, a, names, text), r.rank(c, b, names, text)), nulls, strings.Compare(s.Text(), t.Text()))
	})
	return found
}

const missed = 4

func (r *round) rank(c *remit.Collection, each *row, names []string, text string) int {
	best := missed
	for _, name := range names {
		if !r.holds(c, each, name, text) {
			continue
		}
		rank := 1
		if strings.HasPrefix(folded(r.read(c, each, name).value.Text()), text) {
			rank = 0
		}
		if name != c.TitleField {
			rank += 2
		}
		best = min(best, rank)
	}
	return best
}
