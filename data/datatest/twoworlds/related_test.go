package twoworlds

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// related returns a condition on records that name those of a collection: by links
// that there are, seldom by what there is not.
func (q *curious) related(c *remit.Collection, depth int) map[string]any {
	var ways []map[string]any
	for _, from := range q.s.model.Collections {
		for i := range from.Fields {
			if f := &from.Fields[i]; f.Target == c.Name && (q.known(from.Name).has(i) || q.bold(8)) {
				ways = append(ways, map[string]any{"collection": from.Name, "via": f.Name})
			}
		}
	}
	if len(ways) == 0 {
		ways = append(ways, map[string]any{"collection": q.collection(), "via": "owner_id"})
	}
	way := pick(q.dice, ways...)
	switch {
	case q.bold(3):
		way["via"] = pick(q.dice, append(nowhere, "name")...)
	case q.bold(3):
		way["collection"] = pick(q.dice, "nothing", "", "audit_log")
	case q.chance(25):
		delete(way, "via")
	}
	if from := q.s.model.Collection("", way["collection"].(string)); from != nil && q.chance(60) {
		way["filter"] = q.filter(from, min(depth, 1)-1)
	}
	return map[string]any{pick(q.dice, "$has", "$hasNo"): way}
}

// doubt asks of one visible record whether another names it that is hidden, or whose
// link is, in one of the worlds.
func (q *curious) doubt(c *remit.Collection) map[string]any {
	var doubts []map[string]any
	v := q.s.sight.views[0]
	for _, from := range q.s.model.Collections {
		table := pick(q.dice, q.s.a, q.s.b).tables[from.Name]
		for i := range from.Fields {
			f := &from.Fields[i]
			if f.Target != c.Name || !q.known(from.Name).has(i) {
				continue
			}
			for _, id := range slices.Sorted(maps.Keys(table.byID)) {
				to := remit.ID(table.byID[id].values[i].Text())
				if v.seen[c.Name][to] == 0 || v.seen[from.Name][id].has(i) {
					continue
				}
				has := map[string]any{"$has": map[string]any{"collection": from.Name, "via": f.Name}}
				doubts = append(doubts, map[string]any{"$and": []any{map[string]any{"id": to}, has}})
			}
		}
	}
	if len(doubts) == 0 {
		return nil
	}
	return pick(q.dice, doubts...)
}

// relatedRaw counts hidden related records: those that match if hidden records name
// them.
func relatedRaw(ctx context.Context, s *spy, actor remit.Actor, q lens.CountQuery) (int64, error) {
	n, err := s.Lens.Count(ctx, actor, q)
	if err != nil || !strings.Contains(string(q.Filter), `"$has`) {
		return n, err
	}
	ids, err := s.visible(ctx, actor, q.Collection)
	if err != nil {
		return 0, err
	}
	q.Filter = both(q.Filter, among(ids))
	return s.all(ctx).Count(ctx, asPerson(actor), q)
}
