package twoworlds

import (
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// sight is everything that decides the answers to the asker's requests: the lens
// view of each way in which they come in and, for writes, what write scopes read
// of the visible records.
type sight struct {
	company *company
	truths  truths
	views   []*view // by the judge's subjects
}

// look returns the sight of a company.
func (s *scenario) look(co *company) *sight {
	seen := &sight{company: co, truths: s.judge.truths(co, s.asker.id)}
	for _, subject := range s.subjects {
		seen.views = append(seen.views, s.judge.view(co, seen.truths, subject))
	}
	return seen
}

// same reports whether two sights must yield equal answers (law 6).
func (s *scenario) same(a, b *sight) bool {
	for i := range a.views {
		if !sameView(a.views[i], b.views[i]) {
			return false
		}
	}
	return !s.writes || s.sameToWrites(a, b)
}

func sameView(a, b *view) bool {
	for name, t := range a.company.tables {
		if len(a.seen[name]) != len(b.seen[name]) {
			return false
		}
		other := b.company.tables[name]
		for id, seen := range a.seen[name] {
			if b.seen[name][id] != seen || !sameCells(a, b, t, t.byID[id], other.byID[id]) {
				return false
			}
		}
	}
	return true
}

func sameCells(a, b *view, t *table, x, y *row) bool {
	for i := range t.coll.Fields {
		v, _ := a.cell(t, x, i)
		w, _ := b.cell(t, y, i)
		if v != w {
			return false
		}
	}
	return true
}

// sameToWrites compares, on the records that the person sees, the cells that
// scopes of writing grants read, and whether the scopes of export grants hold.
func (s *scenario) sameToWrites(a, b *sight) bool {
	for name, t := range a.company.tables {
		reads, exports := s.judge.readByWrites(t.coll)
		for id := range a.views[0].seen[name] {
			x, y := t.byID[id], b.company.tables[name].byID[id]
			for _, i := range reads {
				if x.values[i] != y.values[i] {
					return false
				}
			}
			for _, scope := range exports {
				if a.truths.hold(name, scope, id) != b.truths.hold(name, scope, id) {
					return false
				}
			}
		}
	}
	return true
}

// readByWrites returns the fields that the asker's writing grants on a collection
// look at, and the scopes of the export grants.
func (j *judge) readByWrites(c *remit.Collection) (fields []int, exports []string) {
	for _, role := range j.held() {
		for _, g := range role.Grants {
			switch {
			case g.Collection != c.Name || slices.Contains(g.Actions, policy.View):
			case slices.Contains(g.Actions, policy.Export):
				exports = append(exports, g.Scope)
			default:
				for _, name := range slices.Concat(j.columns[scopeKey{c.Name, g.Scope}], j.columns[scopeKey{c.Name, g.ScopeAfter}]) {
					if i := c.FieldIndex(name); i >= 0 {
						fields = append(fields, i)
					}
				}
			}
		}
	}
	return fields, exports
}
