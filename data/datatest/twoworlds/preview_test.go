package twoworlds

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
)

// preview asks what somebody would see, by a scope at times that nobody has yet.
func (q *curious) preview() *call {
	args := map[string]any{"person": q.somebody(), "collection": q.collection()}
	collection := args["collection"].(string)
	switch n := q.IntN(100); {
	case n < 20:
		args["scope"] = pick(q.dice, "s0", "s1", "s2", "w0", "w1", policy.ScopeAll)
	case n < 60:
		if hop := q.hopScope(q.s.model.Collection("", collection)); hop != "" {
			args["expression"] = hop
			break
		}
		fallthrough
	case n < 80:
		args["expression"] = q.expression(collection)
	}
	if q.chance(20) {
		args["document"] = q.s.redrawn()
	}
	if q.chance(40) {
		args["limit"] = pick(q.dice, 1, 2, 200)
	}
	return q.posted("/api/policy/preview", args)
}

// hopScope is a row scope that asks what stands in a hidden record behind the links
// of a visible one, by nothing but fields that the asker knows: whoever may ask for
// it could learn from it what is hidden. It is "" where there is no such link.
func (q *curious) hopScope(c *remit.Collection) string {
	if c == nil {
		return ""
	}
	company := pick(q.dice, q.s.a, q.s.b)
	ids := slices.Sorted(maps.Keys(q.s.sight.views[0].seen[c.Name]))
	for range 40 {
		if len(ids) == 0 {
			break
		}
		path, value, hidden := q.walk(company, c, company.tables[c.Name].byID[pick(q.dice, ids...)], 2)
		if !hidden || value.IsNull() {
			continue
		}
		asked := "record." + path + pick(q.dice, " == ", " == ", " != ") + literal(value)
		return pick(q.dice, asked, asked, "!("+asked+")", asked+" || record.id == null", asked+" && record.id != null")
	}
	return ""
}

// walk follows known links from a record to a cell of a known field, and reports
// whether a record on the way is hidden.
func (q *curious) walk(company *company, c *remit.Collection, r *row, hops int) (path string, value remit.Value, hidden bool) {
	var links, fields []int
	for i := range c.Fields {
		switch f := &c.Fields[i]; {
		case !q.known(c.Name).has(i) || r == nil:
		case f.Type == remit.Relation && q.known(f.Target) != 0:
			links = append(links, i)
		case f.Type != remit.Relation:
			fields = append(fields, i)
		}
	}
	if len(links) > 0 && hops > 0 && (hops == 2 || q.chance(35)) {
		i := pick(q.dice, links...)
		target := company.tables[c.Fields[i].Target]
		id := remit.ID(r.values[i].Text())
		path, value, hidden = q.walk(company, target.coll, target.byID[id], hops-1)
		hidden = hidden || q.s.sight.views[0].seen[target.coll.Name][id] == 0
		return strings.TrimSuffix(c.Fields[i].Name, "_id") + "." + path, value, hidden
	}
	if len(fields) == 0 {
		return "id", remit.Null, false
	}
	i := pick(q.dice, fields...)
	return c.Fields[i].Name, r.values[i], false
}

// literal writes a value as a row scope has it.
func literal(v remit.Value) string {
	switch v.Type() {
	case remit.Date:
		return "date(" + strconv.Quote(v.String()) + ")"
	case remit.Timestamp:
		return "timestamp(" + strconv.Quote(v.String()) + ")"
	case remit.Text, remit.Enum, remit.Relation:
		return strconv.Quote(v.Text())
	case remit.Integer, remit.Decimal, remit.Currency, remit.Boolean:
	}
	return v.String()
}

// previewRaw judges by the hidden records behind a scope's links, as long as all that
// decides of the record itself is seen.
func previewRaw(ctx context.Context, s *spy, actor remit.Actor, p lens.Preview) (*lens.Previewed, error) {
	shown, err := s.Lens.Preview(ctx, actor, p)
	if err != nil || p.Rows == nil {
		return shown, err
	}
	own, hops := []string{remit.IDField}, false
	for _, f := range p.Rows.Fields() {
		if name := f.Name; len(f.Hops) == 0 {
			own = append(own, name)
		} else {
			own, hops = append(own, f.Hops[0].Relation.Name), true
		}
	}
	if slices.Sort(own); !hops {
		return shown, nil
	}
	most := lens.MaxLimit
	p.Limit = &most
	raw, err := s.all(ctx).Preview(ctx, asPerson(actor), p)
	if err != nil {
		return nil, err
	}
	seen, err := every(ctx, s.Lens, actor, lens.Query{Collection: p.Collection, Fields: slices.Compact(own)})
	if err != nil {
		return nil, err
	}
	n := int64(0)
	for _, r := range seen {
		if len(r.Hidden) == 0 && slices.ContainsFunc(raw.Page.Records, func(o lens.Record) bool { return o.ID == r.ID }) {
			n++
		}
	}
	shown.Page.Total = &n
	return shown, nil
}
