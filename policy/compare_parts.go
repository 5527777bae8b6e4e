package policy

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/remit-crm/remit"
)

// text compares two texts. Long ones are not repeated in the sentence.
func (d *differ) text(what, before, after string, effect Effect) {
	if before == after {
		return
	}
	if len(before)+len(after) > 120 || strings.Contains(before+after, "\n") {
		d.add(what, effect, before, after, "%s changed", what)
		return
	}
	d.add(what, effect, before, after, "%s %s → %s", what, orNone(before), orNone(after))
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// flag compares two switches; on says what switching on does.
func (d *differ) flag(what string, before, after bool, on Effect) {
	if before == after {
		return
	}
	effect := on
	if before {
		effect = opposite(on)
	}
	d.add(what, effect, strconv.FormatBool(before), strconv.FormatBool(after), "%s %t → %t", what, before, after)
}

func opposite(e Effect) Effect {
	switch e {
	case Widens:
		return Narrows
	case Narrows:
		return Widens
	case Alters, Renames:
	}
	return e
}

// level compares two clearances, of which an unset one is public.
func (d *differ) level(what string, before, after remit.Sensitivity) {
	before, after = before.OfClearance(), after.OfClearance()
	if before == after {
		return
	}
	effect := Widens
	if after < before {
		effect = Narrows
	}
	d.add(what, effect, before.String(), after.String(), "%s %s → %s", what, before, after)
}

// bound compares two bounds, of which 0 is none.
func (d *differ) bound(what string, before, after int) {
	if before == after {
		return
	}
	effect := Widens
	if before == 0 || (after != 0 && after < before) {
		effect = Narrows
	}
	d.add(what, effect, boundText(before), boundText(after), "%s %s → %s", what, boundText(before), boundText(after))
}

func boundText(n int) string {
	if n == 0 {
		return "no bound"
	}
	return strconv.Itoa(n)
}

// given compares two lists of what is allowed.
func (d *differ) given(what string, before, after []string) {
	added, removed := without(after, before), without(before, after)
	if len(added) > 0 {
		d.add(what, Widens, "", list(added), "%s added: %s", what, list(added))
	}
	if len(removed) > 0 {
		d.add(what, Narrows, list(removed), "", "%s removed: %s", what, list(removed))
	}
}

// limited compares two lists of which an empty one allows everything.
func (d *differ) limited(what string, before, after []string) {
	if slices.Equal(before, after) {
		return
	}
	effect := Alters
	switch {
	case len(after) == 0 || (len(before) > 0 && len(without(before, after)) == 0):
		effect = Widens
	case len(before) == 0 || len(without(after, before)) == 0:
		effect = Narrows
	}
	d.add(what, effect, list(before), list(after), "%s %s → %s", what, orAll(list(before)), orAll(list(after)))
}

func orAll(text string) string {
	if text == "" {
		return "all"
	}
	return text
}

func (d *differ) constraints(before, after *Constraints) {
	d.bound("rows a query", before.RowLimit, after.RowLimit)
	d.bound("last days", before.LastDays, after.LastDays)
	d.flag("read-only", before.ReadOnly, after.ReadOnly, Narrows)
	name := func(c *CollectionConstraint) string { return sourced(c.Source, c.Collection) }
	names := func(list []CollectionConstraint) []string {
		var all []string
		for i := range list {
			all = append(all, name(&list[i]))
		}
		return sortedSet(all)
	}
	d.limited("collections", names(before.Collections), names(after.Collections))
	eachPair(before.Collections, after.Collections, name, func(name string, old, updated *CollectionConstraint) {
		if old != nil && updated != nil {
			d.limited("fields of "+name, old.Fields, updated.Fields)
		}
	})
}

// right is one action on one set of rows, which a grant gives on some fields.
type right struct {
	collection   string
	action       Action
	scope, after string
	notAfter     time.Time
}

// grants compares what two lists of grants give, whatever the grants that they
// are written as.
func (d *differ) grants(prefix string, before, after []Grant) {
	old, oldOrder := rights(before)
	updated, newOrder := rights(after)
	var lost, gained []right
	for _, r := range oldOrder {
		if _, kept := updated[r]; !kept {
			lost = append(lost, r)
		}
	}
	for _, r := range newOrder {
		if _, had := old[r]; had {
			d.fields(prefix, r, old[r], updated[r])
			continue
		}
		i := slices.IndexFunc(lost, func(l right) bool {
			return l.collection == r.collection && l.action == r.action && slices.Equal(old[l], updated[r])
		})
		if i >= 0 {
			d.moved(prefix, lost[i], r)
			lost = slices.Delete(lost, i, i+1)
			continue
		}
		gained = append(gained, r)
	}
	for _, r := range gained {
		d.add(prefix+"grant", Widens, "", r.text(updated[r]), "%sgrant added: %s", prefix, r.text(updated[r]))
	}
	for _, r := range lost {
		d.add(prefix+"grant", Narrows, r.text(old[r]), "", "%sgrant removed: %s", prefix, r.text(old[r]))
	}
}

// rights returns the fields of each right that the grants give, and the rights
// in order.
func rights(grants []Grant) (map[right][]string, []right) {
	fields := make(map[right][]string)
	var order []right
	for _, g := range grants {
		for _, a := range g.Actions {
			r := rightOf(g, a)
			if _, known := fields[r]; !known {
				order = append(order, r)
			}
			named := append(fields[r], g.Fields...)
			switch {
			case a == Delete:
				named = nil // rows only
			case slices.Contains(named, AllFields):
				named = []string{AllFields}
			}
			fields[r] = sortedSet(named)
		}
	}
	return fields, order
}

func rightOf(g Grant, a Action) right {
	r := right{collection: sourced(g.Source, g.Collection), action: a, scope: g.Scope, notAfter: g.NotAfter}
	if (a == Create || a == Update) && g.ScopeAfter != "" && g.ScopeAfter != g.Scope {
		r.after = g.ScopeAfter
	}
	if a == Create && r.after != "" { // there is no row before
		r.scope, r.after = r.after, ""
	}
	return r
}

func (r right) text(fields []string) string {
	text := string(r.action) + " " + r.collection
	if r.action != Delete {
		text += " (" + fieldsText(fields) + ")"
	}
	return text + " on " + r.rows()
}

func (r right) rows() string {
	text := r.scope
	if r.after != "" {
		text += ", then within " + r.after
	}
	if !r.notAfter.IsZero() {
		text += ", until " + r.notAfter.Format(time.RFC3339)
	}
	return text
}

func fieldsText(fields []string) string {
	if slices.Contains(fields, AllFields) {
		return "every field"
	}
	if len(fields) == 0 {
		return "no field"
	}
	return list(fields)
}

// fields compares the fields of a right that both policies give.
func (d *differ) fields(prefix string, r right, before, after []string) {
	added, removed := without(after, before), without(before, after)
	if slices.Contains(after, AllFields) {
		removed = nil
	}
	if slices.Contains(before, AllFields) {
		added = nil
		if len(removed) > 0 { // every field, now some
			d.add(prefix+"fields", Narrows, fieldsText(before), fieldsText(after), "%s%s %s on %s: only %s of every field", prefix, r.action, r.collection, r.rows(), fieldsText(after))
			return
		}
	}
	if len(added) > 0 {
		d.add(prefix+"fields", Widens, "", fieldsText(added), "%s%s %s on %s: fields added: %s", prefix, r.action, r.collection, r.rows(), fieldsText(added))
	}
	if len(removed) > 0 {
		d.add(prefix+"fields", Narrows, fieldsText(removed), "", "%s%s %s on %s: fields removed: %s", prefix, r.action, r.collection, r.rows(), fieldsText(removed))
	}
}

// moved notes a right whose rows or end changed.
func (d *differ) moved(prefix string, from, to right) {
	d.add(prefix+"scope", movedEffect(from, to), from.rows(), to.rows(), "%s%s %s: rows %s → %s", prefix, to.action, to.collection, from.rows(), to.rows())
}

func movedEffect(from, to right) Effect {
	var effects []Effect
	if from.scope != to.scope {
		effects = append(effects, scopeEffect(from.scope, to.scope))
	}
	if from.after != to.after {
		effects = append(effects, scopeEffect(afterOf(from), afterOf(to)))
	}
	if !from.notAfter.Equal(to.notAfter) {
		effects = append(effects, endEffect(from.notAfter, to.notAfter))
	}
	slices.Sort(effects)
	if effects = slices.Compact(effects); len(effects) == 1 {
		return effects[0]
	}
	return Alters
}

func afterOf(r right) string {
	if r.after == "" {
		return r.scope
	}
	return r.after
}

// scopeEffect compares two scopes by name: only all and none are known to be
// wider and narrower.
func scopeEffect(from, to string) Effect {
	switch {
	case to == ScopeAll || from == ScopeNone:
		return Widens
	case from == ScopeAll || to == ScopeNone:
		return Narrows
	}
	return Alters
}

// endEffect compares two ends, of which the zero one is never.
func endEffect(from, to time.Time) Effect {
	if to.IsZero() || (!from.IsZero() && to.After(from)) {
		return Widens
	}
	return Narrows
}

func without(names, those []string) []string {
	var left []string
	for _, n := range names {
		if !slices.Contains(those, n) {
			left = append(left, n)
		}
	}
	return left
}

func list(names []string) string { return strings.Join(names, ", ") }
