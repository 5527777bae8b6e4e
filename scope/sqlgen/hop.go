package sqlgen

import (
	"strconv"

	"github.com/remit-crm/remit/scope"
)

// overHops reports whether any of the operands lies behind a hop.
func overHops(operands ...scope.Operand) bool {
	for _, o := range operands {
		if f, ok := o.(*scope.Field); ok && len(f.Hops) > 0 {
			return true
		}
	}
	return false
}

// exists writes that the records which the operands' hops lead to are there and
// the condition holds of them. What is gone reads as null, and null holds in no
// condition that is written here; a condition that null meets is written as the
// absence of its opposite.
func (w *writer) exists(not bool, condition func(), operands ...scope.Operand) {
	outer := w.hops
	w.hops = map[string]string{}
	w.text(choose(not, "NOT EXISTS (SELECT 1 FROM ", "EXISTS (SELECT 1 FROM "))
	joins := w.from(operands)
	w.text(" WHERE ")
	for _, join := range joins {
		w.text(join + " AND ")
	}
	condition()
	w.text(")")
	w.hops = outer
}

// from writes the tables behind the hops and returns what joins them.
func (w *writer) from(operands []scope.Operand) (joins []string) {
	for _, o := range operands {
		f, ok := o.(*scope.Field)
		if !ok {
			continue
		}
		from := w.alias
		for i, hop := range f.Hops {
			path := hopPath(f.Hops[:i+1])
			if w.hops[path] == "" {
				w.made++
				w.hops[path] = w.alias + "_h" + strconv.Itoa(w.made)
				w.text(choose(len(w.hops) > 1, ", ", "") + quote(hop.Target.Table) + " AS " + w.hops[path])
				joins = append(joins, w.join(from, hop, w.hops[path]))
			}
			from = w.hops[path]
		}
	}
	return joins
}

func (w *writer) join(from string, hop scope.Hop, to string) string {
	join := to + `."id" = ` + from + "." + quote(hop.Relation.Column)
	if !hop.Target.Permanent {
		join += " AND " + to + w.rules.alive
	}
	return join
}
