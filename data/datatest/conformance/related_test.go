package conformance

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// has is a condition on the records of another collection that name this one.
type has struct {
	collection, via string // via is "" where there is but one link
	none            bool
	node            node // nil for none
}

// reverse stands between the way to related records and a path from there.
const reverse = ">"

func (n has) matches(o *opinion, c *remit.Collection, r *row) bool {
	from := o.model.Collection("", n.collection)
	links := o.links(from, c, n.via)
	found := slices.ContainsFunc(o.view(from, n.node), func(other *row) bool {
		return o.read(from, other, links[0]).value == remit.TextValue(string(r.id))
	})
	return found != n.none
}

// links returns the fields by which records of one collection name those of another,
// as far as the actor knows them.
func (o *opinion) links(from, to *remit.Collection, via string) []string {
	var names []string
	for _, f := range from.Fields {
		if f.Type == remit.Relation && f.Target == to.Name && o.knows(from, f.Name) && (via == "" || via == f.Name) {
			names = append(names, f.Name)
		}
	}
	return names
}

func (n has) paths() []string {
	inner := []string{remit.IDField}
	if n.node != nil {
		inner = append(inner, n.node.paths()...)
	}
	for i := range inner {
		inner[i] = n.collection + "." + n.via + reverse + inner[i]
	}
	return inner
}

// unknownRelated is unknown for a path by way of related records.
func (o *opinion) unknownRelated(c *remit.Collection, way, path string) bool {
	name, via, _ := strings.Cut(way, ".")
	from := o.model.Collection("", name)
	return len(o.links(from, c, via)) != 1 || o.unknown(from, path)
}

func (n has) json() any {
	asked := map[string]any{"collection": n.collection}
	if n.via != "" {
		asked["via"] = n.via
	}
	if n.node != nil {
		asked["filter"] = n.node.json()
	}
	if n.none {
		return map[string]any{"$hasNo": asked}
	}
	return map[string]any{"$has": asked}
}

// related returns a condition on records that name those of the collection, nil
// where none do: mostly by links that the actor knows.
func (d *dice) related(o *opinion, c *remit.Collection, depth int) node {
	var all []has
	for _, from := range d.w.model.Collections {
		for _, f := range from.Fields {
			if f.Type != remit.Relation || f.Target != c.Name || !slices.Contains(filled, from.Name) {
				continue
			}
			if o.knows(from, f.Name) || d.chance(2) {
				all = append(all, has{collection: from.Name, via: f.Name})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	n := pick(d, all)
	from := d.w.model.Collection("", n.collection)
	if len(o.links(from, c, "")) == 1 && d.chance(50) || d.chance(2) {
		n.via = ""
	}
	n.none = d.chance(40)
	switch {
	case depth > 0 && d.chance(30):
		if inner := d.related(o, from, 0); inner != nil {
			n.node = inner
		}
	case d.chance(70):
		n.node = d.test(o, from, d.path(o, from))
	}
	return n
}
