package twoworlds

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/remit-crm/remit"
)

// saveViews makes rows of saved_views that are equal in both worlds and name fields
// and records which the asker may or may not see.
func (s *scenario) saveViews() {
	q := newCurious(s)
	q.dice, q.face = newDice(s.seed, "views"), s.faces[0]
	for i := range 12 {
		of := s.model.Collections[q.IntN(len(s.model.Collections))]
		shape := map[string]any{"columns": q.paths(of, 4), "sort": q.paths(of, q.IntN(2)), "filter": q.filter(of, 1)}
		if q.chance(30) {
			shape["group"] = q.path(of, 0).text
		}
		row := viewRow(s.asker.id, of.Name, fmt.Sprint("View ", i), "everyone", shape, i)
		if q.chance(30) {
			shareWith(row, pick(q.dice, roleNames...))
		}
		s.shared = append(s.shared, row)
	}
}

// savedViews returns a world's rows: the shared ones, and private ones of everybody
// else in it.
func (s *scenario) savedViews(co *company) [][]column {
	rows := s.shared
	for i, id := range co.ids("people") {
		if id != s.asker.id {
			rows = append(rows[:len(rows):len(rows)], viewRow(id, "accounts", fmt.Sprint("Private ", i), "private", map[string]any{}, 100+i))
		}
	}
	return rows
}

// shareWith shares a view with the holders of a role in place of everyone.
func shareWith(row []column, role string) {
	for i := range row {
		switch row[i].name {
		case "shared":
			row[i].value = "roles"
		case "roles":
			row[i].value = string(encode([]string{role}))
		}
	}
}

func viewRow(owner remit.ID, collection, name, shared string, shape map[string]any, n int) []column {
	return []column{
		{"id", remit.ID(fmt.Sprintf("%026d", n))},
		{"owner_id", owner},
		{"collection", collection},
		{"name", name},
		{"kind", "table"},
		{"shared", shared},
		{"roles", "[]"},
		{"shape", string(encode(shape))},
		{"created_at", instant(instants[0])},
		{"updated_at", instant(instants[0])},
	}
}

// listViews lists saved views, or now and then makes, changes or deletes one.
func (q *curious) listViews() *call {
	c := &call{op: "views", coll: q.collection(), args: map[string]any{}}
	if len(q.views) > 0 && q.chance(35) {
		return q.changeView(c)
	}
	if q.chance(70) {
		c.args["collection"] = c.coll
		return c
	}
	of := q.s.model.Collection("", c.coll)
	c.op, c.args = "save", map[string]any{"collection": c.coll, "name": pick(q.dice, words...)}
	q.shape(c, of)
	delete(c.args, "fields")
	if q.chance(30) {
		c.args["group"] = q.path(of, 0).text
	}
	return c
}

// changeView changes or deletes a view that the asker knows of, whose parts she may
// know or not.
func (q *curious) changeView(c *call) *call {
	c.op, c.id = "resave", pick(q.dice, q.views...)
	if q.chance(15) {
		c.id = asText(viewRow("", "", "", "", nil, 100+q.IntN(5))[0].value) // somebody's own
	}
	if q.chance(20) {
		c.op = "unsave"
		return c
	}
	of := q.s.model.Collection("", c.coll)
	switch q.IntN(4) {
	case 0:
		c.args["columns"] = q.paths(of, 2)
	case 1:
		c.args["filter"] = q.filter(of, 1)
	case 2:
		c.args["default"] = q.chance(50)
	default:
		c.args["name"], c.args["sort"] = pick(q.dice, words...), q.paths(of, 1)
	}
	return c
}

// heedViews remembers the views that were listed or made.
func (q *curious) heedViews(c *call, a answer) {
	if c.op == "views" || c.op == "save" {
		q.views = append(q.views, a.find("id")...)
	}
}

func (c *call) viewsRequest() *request {
	one := "/api/views/" + url.PathEscape(c.id)
	switch c.op {
	case "save":
		return withBody(http.MethodPost, "/api/views", c.args)
	case "resave":
		return withBody(http.MethodPatch, one, c.args)
	case "unsave":
		return &request{method: http.MethodDelete, target: one}
	}
	return &request{method: http.MethodGet, target: "/api/views" + c.parameters()}
}
