package twoworlds

import (
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/remit-crm/remit"
)

// past returns rows of field_changes for a world: for some cells the change that
// put there what stands there. Whether a cell has one, when it was made and by whom
// follows from the cell alone, so that what the asker sees has the same past in both
// worlds and what is hidden has another one.
func (s *scenario) past(co *company) [][]column {
	seen := s.look(co).views[0].seen["people"]
	var visible, hidden []remit.ID
	for _, id := range co.ids("people") {
		if seen[id] != 0 {
			visible = append(visible, id)
		} else {
			hidden = append(hidden, id)
		}
	}
	var rows [][]column
	for _, of := range sizes {
		t := co.tables[of.collection]
		for _, r := range t.rows {
			for i := range t.coll.Fields {
				if row := madeBy(t, r, i, visible, hidden); row != nil {
					// Under the versions of all that is written later.
					rows = append(rows, append(row, column{"version", int64(i) - 1000}))
				}
			}
		}
	}
	return rows
}

// madeBy returns the change that put the cell there, nil for none.
func madeBy(t *table, r *row, i int, visible, hidden []remit.ID) []column {
	f, v := &t.coll.Fields[i], r.values[i]
	h := fnv.New32a()
	_, _ = h.Write([]byte(string(r.id) + f.Name + v.String()))
	n := int(h.Sum32() >> 4)
	field, action, after := f.Name, "update", stored(v)
	switch {
	case f.Name == "created_at":
		field, action, after = "", "create", nil
	case f.ReadOnly || n%3 == 0 || v.IsNull():
		return nil
	}
	by, among := remit.ID("nobodyaaaaaaaaaaaaaaaaaaaa"), visible
	if n%5 == 0 {
		among = hidden
	}
	if len(among) > 0 {
		by = among[n%len(among)]
	}
	return []column{
		{"data_source", remit.MainSource},
		{"collection", t.coll.Name},
		{"record_id", r.id},
		{"field", field},
		{"action", action},
		{"after_value", after},
		{"kind", []string{"human", "ai", "import"}[n%3]},
		{"person_id", by},
		{"changed_at", instant(instants[n%len(instants)])},
	}
}

func stored(v remit.Value) any {
	if v.Type() == remit.Text {
		return v.Text()
	}
	return strconv.FormatInt(v.Int(), 10)
}

// history asks for the changes of a record.
func (q *curious) history() *call {
	c := &call{op: "history", coll: q.collection(), args: map[string]any{}}
	c.id = string(q.visible(c.coll))
	if q.chance(20) {
		c.id = q.id(c.coll)
	}
	if q.chance(60) {
		c.args["limit"] = pick(q.dice, 1, 2, 3, 200)
	}
	if len(q.cursors) > 0 && q.bold(6) {
		c.args["cursor"] = pick(q.dice, slices.Clone(q.cursors)...)
	}
	return c
}
