package lens

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// The bounds on conditions about related records: each is a search of its own for
// every record that is looked at.
const (
	maxRelated = 10 // in one filter
	maxWithin  = 2  // in one another
)

// relatedRecords reads what stands behind $has: {"collection": "orders", "via":
// "quote_id", "filter": {…}}.
func (p *filterParser) relatedRecords(place string, depth int) (filterNode, error) {
	const form = `expected an object such as {"collection": "orders", "via": "quote_id", "filter": {"status": "open"}}`
	if p.related++; p.related > maxRelated {
		return nil, remit.FieldErrorf(place, "the filter asks for related records more than %d times", maxRelated)
	}
	if p.within++; p.within > maxWithin {
		return nil, remit.FieldErrorf(place, "related records of related records of related records are not looked for: %d in one another are the most", maxWithin)
	}
	defer func() { p.within-- }()
	t, err := p.token(place)
	if err != nil {
		return nil, err
	}
	if t != json.Delim('{') {
		return nil, remit.FieldErrorf(place, form)
	}
	n := related{place: place, node: allOf{}}
	err = p.entries(place, func(key, at string) (err error) {
		switch key {
		case "collection":
			n.collection, err = p.name(at)
		case "via":
			n.via, err = p.name(at)
		case "filter":
			n.node, err = p.object(at, depth+1)
		default:
			e := remit.FieldErrorf(at, "unknown key; %s", form)
			e.Hint = remit.DidYouMean(key, []string{"collection", "via", "filter"})
			err = e
		}
		return err
	})
	if err == nil && n.collection == "" {
		err = remit.FieldErrorf(place, form)
	}
	return n, err
}

// name reads a text that is not empty.
func (p *filterParser) name(at string) (string, error) {
	t, err := p.token(at)
	if err != nil {
		return "", err
	}
	name, ok := t.(string)
	if !ok || name == "" {
		return "", remit.FieldErrorf(at, "expected a name")
	}
	return name, nil
}

// exists is true where there is a record, among those of another collection that the
// actor sees, whose link the actor sees, which names the outer record and of which
// the condition holds. What is hidden is not there.
type exists struct {
	records *selection
	link    *column
	outer   *relation
	where   condition
}

// related resolves a condition on related records. Whatever the actor does not know
// (the collection, the link) gets one answer.
func (sel *selection) related(n related) (exists, error) {
	permit, err := sel.session.reach(sel.root.coll.Source, n.collection, sel.action())
	if err != nil {
		return exists{}, err
	}
	if permit == nil {
		return exists{}, sel.unrelated(n)
	}
	alias := sel.aliases + "e" + strconv.Itoa(len(sel.apart)+1)
	root, err := sel.session.relation(permit, alias)
	if err != nil {
		return exists{}, err
	}
	link, err := sel.linkTo(root, n)
	if err != nil {
		return exists{}, err
	}
	records := &selection{session: sel.session, root: root, exports: sel.exports, aliases: alias}
	sel.apart = append(sel.apart, records)
	has := exists{records: records, link: link, outer: sel.root}
	if has.where, err = records.resolve(n.node); err != nil {
		return exists{}, err
	}
	for _, c := range append(records.used, link) {
		c.path = root.coll.Name + "." + c.path
		sel.used = append(sel.used, c)
	}
	return has, nil
}

// linkTo returns the link by which records of the relation name those of the
// selection. No join has to vouch for what it names: that is the outer record, which
// is in the actor's view.
func (sel *selection) linkTo(rel *relation, n related) (*column, error) {
	var found []int
	for i := range rel.coll.Fields {
		f := &rel.coll.Fields[i]
		if f.Type == remit.Relation && f.Target == sel.root.coll.Name && rel.known(i) && (n.via == "" || n.via == f.Name) {
			found = append(found, i)
		}
	}
	switch len(found) {
	case 0:
		return nil, sel.unrelated(n)
	case 1:
		f := &rel.coll.Fields[found[0]]
		return &column{rel: rel, field: f, path: f.Name, raw: cellOf(rel.alias, f.Column), mask: rel.masked(found[0])}, nil
	}
	names := make([]string, len(found))
	for j, i := range found {
		names[j] = strconv.Quote(rel.coll.Fields[i].Name)
	}
	return nil, remit.FieldErrorf(n.place, `%s name %s in several fields: say which with "via", one of %s`, rel.coll.Name, sel.root.coll.Name, strings.Join(names, ", "))
}

// unrelated is the answer where the actor knows of no such records.
func (sel *selection) unrelated(n related) error {
	s, to := sel.session, sel.root.coll
	var known, names []string
	for _, c := range s.snapshot.Model().Collections {
		if c.Source != to.Source {
			continue
		}
		permit := s.permitFor(c.Source, c.Name, policy.View)
		for i := range c.Fields {
			if f := &c.Fields[i]; f.Type == remit.Relation && f.Target == to.Name && permit.Allowed() && permit.Knows(i) {
				known, names = append(known, c.Name+" by "+f.Name), append(names, c.Name)
			}
		}
	}
	asked := strconv.Quote(clip(n.collection))
	if n.via != "" {
		asked += " by " + strconv.Quote(clip(n.via))
	}
	if known == nil {
		return remit.FieldErrorf(n.place, "no records name %s, so there are none in %s", to.Name, asked)
	}
	e := remit.FieldErrorf(n.place, "no records in %s name %s; there are %s", asked, to.Name, strings.Join(known, ", "))
	if !slices.Contains(names, n.collection) {
		e.Hint = remit.DidYouMean(n.collection, names)
	}
	return e
}

func (c exists) write(b *builder) {
	b.put("EXISTS (SELECT 1")
	c.records.writeFrom(b)
	b.put(" AND ")
	guarded(b, c.link, func() { b.put(c.link.raw, " = ", c.outer.alias, ".id") })
	b.put(" AND ")
	c.where.write(b)
	b.put(")")
}
