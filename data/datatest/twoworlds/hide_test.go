package twoworlds

import (
	"fmt"

	"github.com/remit-crm/remit"
)

// twist is a change to world B that may be invisible to the asker.
type twist struct {
	what string // "cell", "hidden cell", "link", "delete", "restore", "remove", "add"
	coll string
	id   remit.ID
	do   func(co *company)
}

// tally counts what world B has by kind.
type tally map[string]int

func (t tally) add(other tally) {
	for what, n := range other {
		t[what] += n
	}
}

func (t tally) String() string { return fmt.Sprint(map[string]int(t)) }

// hide returns a world that looks the same to the asker and differs wherever it
// may: every twist that leaves the sight as it was is made.
func (s *scenario) hide(d dice, a *company) (*company, tally) {
	h := &hider{scenario: s, dice: d, original: s.look(a), made: tally{}}
	h.world = a.clone()
	h.accept(h.proposals())
	for _, of := range sizes {
		t := h.world.tables[of.collection]
		t.rows = shuffle(d, t.rows)
		for _, r := range t.rows {
			r.version = int64(1 + d.IntN(9))
		}
	}
	return h.world, h.made
}

type hider struct {
	*scenario
	dice
	original *sight
	world    *company
	made     tally
}

// accept makes as many of the twists as the asker does not see, halving the list
// where she sees one of them.
func (h *hider) accept(list []twist) {
	if len(list) == 0 {
		return
	}
	next := h.world.clone()
	for _, t := range list {
		t.do(next)
	}
	if h.same(h.original, h.look(next)) {
		h.world = next
		for _, t := range list {
			h.made[t.what]++
		}
		return
	}
	if len(list) > 1 {
		h.accept(list[:len(list)/2])
		h.accept(list[len(list)/2:])
	}
}

// proposals returns twists of which most are of what the asker does not see.
func (h *hider) proposals() []twist {
	var list []twist
	v := h.original.views[0]
	for _, s := range sizes {
		t := v.company.tables[s.collection]
		for _, r := range t.rows {
			if seen := v.seen[s.collection][r.id]; seen != 0 {
				list = append(list, h.visible(v, t, r, seen)...)
			} else {
				list = append(list, h.hidden(t, r)...)
			}
		}
		for range h.IntN(4) {
			list = append(list, h.addition(s.collection))
		}
	}
	return shuffle(h.dice, list)
}

// visible changes cells of a visible record that are hidden or link to what is
// hidden, and now and then one that is not.
func (h *hider) visible(v *view, t *table, r *row, seen cells) []twist {
	var list []twist
	for i := range t.coll.Fields {
		f := &t.coll.Fields[i]
		shown, hidden := v.cell(t, r, i)
		switch {
		case hidden && h.chance(60):
			list = append(list, h.cell("hidden cell", t, r, i, h.other(f)))
		case f.Type == remit.Relation && !hidden && shown.IsNull() && h.chance(70):
			list = append(list, h.cell("link", t, r, i, h.unseen(v, f.Target)))
		case h.chance(1):
			list = append(list, h.cell("cell", t, r, i, h.other(f)))
		}
	}
	return list
}

// unseen returns a link to a record that the asker does not see, or null.
func (h *hider) unseen(v *view, collection string) remit.Value {
	var ids []remit.ID
	for _, r := range v.company.tables[collection].rows {
		if v.seen[collection][r.id] == 0 {
			ids = append(ids, r.id)
		}
	}
	if len(ids) == 0 || h.chance(25) {
		return remit.Null
	}
	return linkTo(pick(h.dice, ids...))
}

func (h *hider) other(f *remit.Field) remit.Value {
	if f.Type == remit.Relation {
		return h.original.company.link(h.dice, f.Target, "")
	}
	return h.value(f)
}

func (h *hider) cell(what string, t *table, r *row, field int, v remit.Value) twist {
	name, id := t.coll.Name, r.id
	return twist{what, name, id, func(co *company) {
		if r := co.tables[name].byID[id]; r != nil {
			r.values[field] = v
			co.mend(name, r)
		}
	}}
}

// mend empties the record's links to what an earlier twist has removed.
func (co *company) mend(collection string, r *row) {
	for i, f := range co.tables[collection].coll.Fields {
		if f.Type == remit.Relation && co.tables[f.Target].byID[remit.ID(r.values[i].Text())] == nil {
			r.values[i] = remit.Null
		}
	}
}

// hidden changes, removes, deletes or restores a hidden record.
func (h *hider) hidden(t *table, r *row) []twist {
	name, id := t.coll.Name, r.id
	switch n := h.IntN(100); {
	case n < 15:
		return []twist{{"remove", name, id, func(co *company) {
			co.unlink(name, id)
			co.tables[name].remove(id)
		}}}
	case n < 35:
		what, deleted := "delete", !r.deleted
		if r.deleted {
			what = "restore"
		}
		return []twist{{what, name, id, func(co *company) { co.tables[name].byID[id].deleted = deleted }}}
	case n < 90:
		var list []twist
		for _, i := range some(h.dice, 40, h.indexes(t)...) {
			list = append(list, h.cell("cell", t, r, i, h.other(&t.coll.Fields[i])))
		}
		return list
	}
	return nil
}

func (h *hider) indexes(t *table) []int {
	all := make([]int, len(t.coll.Fields))
	for i := range all {
		all[i] = i
	}
	return all
}

// addition adds a record, of somebody else's mostly.
func (h *hider) addition(collection string) twist {
	r := h.original.company.record(h.dice, collection, pick(h.dice, h.original.company.ids("people")...))
	return twist{"add", collection, r.id, func(co *company) {
		if co.tables[collection].byID[r.id] == nil {
			added := r.clone()
			co.mend(collection, added)
			co.tables[collection].add(added)
		}
	}}
}
