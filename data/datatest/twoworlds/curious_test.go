package twoworlds

import (
	"slices"
	"strings"

	"github.com/remit-crm/remit"
)

// curious makes the asker's requests: she knows what she sees, and guesses at all
// that is hidden from her.
type curious struct {
	dice
	s        *scenario
	ops      []string // what she does, drawn evenly
	face     face     // of the request that is being made
	op       string   // of that request
	careful  bool     // it names nothing but what she knows; its values may be of what is hidden
	next     []pending
	versions map[string]string // the last version token of records, by collection and id
	cursors  []string          // of any query
	talks    talks
	views    []string // ids of saved views
}

// pending is a request that follows from an answer.
type pending struct {
	face face
	call *call
}

func newCurious(s *scenario) *curious {
	return &curious{dice: newDice(s.seed, "requests"), s: s, ops: operations, versions: map[string]string{}}
}

// known returns the fields of a collection that the asker knows of over the face.
func (q *curious) known(collection string) cells {
	u := q.face.subject()
	if u.ai {
		u.tool = toolNames[q.op]
	}
	r := q.s.judge.rule(u, q.s.model.Collection("", collection))
	if r == nil {
		return 0
	}
	return r.knows()
}

// masked returns the fields that are hidden on some of the records that the asker
// sees: by these most can be learned.
func (q *curious) masked(collection string) (fields cells) {
	known := q.known(collection)
	for _, seen := range q.s.sight.views[0].seen[collection] {
		fields |= known &^ seen
	}
	return fields
}

// bold is true so many times in a hundred, and never of a careful request.
func (q *curious) bold(percent int) bool { return !q.careful && q.chance(percent) }

// ask returns the next request: a follow-up where there is one, mostly.
func (q *curious) ask() (face, *call) {
	if n := len(q.next); n > 0 && q.chance(80) {
		p := q.next[n-1]
		q.next = q.next[:n-1]
		return p.face, p.call
	}
	q.face, q.careful = pick(q.dice, q.s.faces...), q.chance(70)
	q.op = pick(q.dice, q.ops...)
	for range 8 {
		if !q.careful || q.may(q.op) {
			break
		}
		q.op = pick(q.dice, q.ops...)
	}
	switch q.op {
	case "predict", "forecast":
		if !q.face.mcp {
			q.op = "count" // there is no route for it
		}
	case "create", "update", "delete":
		if q.s.writes && q.chance(90) {
			q.face = q.s.faces[0] // the person's own: an AI is refused
		}
	case "bulk", "import", "admin", "preview":
		q.face = q.s.faces[0]
		fallthrough
	case "export", "ask", "find", "history", "views", "talk":
		if q.face.mcp {
			q.op = "query" // there is no tool for it
		}
	}
	return q.face, q.call()
}

// may reports whether the operation is open over the face at all.
func (q *curious) may(op string) bool {
	e := q.s.judge.employee(q.face.employee)
	switch op {
	case "create", "update", "delete", "bulk":
		return q.s.writes
	case "import", "admin", "preview":
		return q.s.writes && slices.Contains(q.s.roles, steward)
	case "export":
		return !q.face.subject().ai
	}
	return !q.face.subject().ai || e == nil || toolNames[op] == "" || slices.Contains(e.Tools, toolNames[op])
}

// operations are all that a curious asker does, by how often.
var operations = slices.Concat(
	slices.Repeat([]string{"query"}, 30), slices.Repeat([]string{"aggregate"}, 18), slices.Repeat([]string{"count"}, 8),
	slices.Repeat([]string{"get"}, 8), slices.Repeat([]string{"search"}, 6), slices.Repeat([]string{"find"}, 4), slices.Repeat([]string{"sql"}, 12), slices.Repeat([]string{"history"}, 9), slices.Repeat([]string{"views"}, 7), slices.Repeat([]string{"bulk"}, 7), slices.Repeat([]string{"import"}, 6), slices.Repeat([]string{"admin"}, 8), slices.Repeat([]string{"preview"}, 6), slices.Repeat([]string{"export"}, 6),
	slices.Repeat([]string{"update"}, 9), slices.Repeat([]string{"create"}, 4), slices.Repeat([]string{"delete"}, 6),
	slices.Repeat([]string{"ask"}, 3), slices.Repeat([]string{"talk"}, 9), slices.Repeat([]string{"odd"}, 4), slices.Repeat([]string{"predict"}, 4), slices.Repeat([]string{"forecast"}, 4), []string{"list", "tools", "describe"},
)

// seldom is what she does where a run is long enough, and yet some operation has
// never done what was asked: what policies rarely let through, and what tells her of
// records to do it with.
var seldom = slices.Concat(
	slices.Repeat([]string{"query"}, 4), slices.Repeat([]string{"delete"}, 6), slices.Repeat([]string{"create"}, 3), slices.Repeat([]string{"update"}, 3),
	[]string{"get", "find", "history", "views", "bulk", "import", "admin", "preview", "export", "talk"},
)

func (q *curious) call() *call {
	switch q.op {
	case "query":
		return q.query()
	case "count":
		return q.count()
	case "aggregate":
		return q.aggregate()
	case "get":
		return q.get()
	case "predict":
		return q.predict()
	case "forecast":
		return q.forecast()
	case "search":
		return q.search()
	case "find":
		return q.find()
	case "sql":
		return q.sql()
	case "history":
		return q.history()
	case "views":
		return q.listViews()
	case "bulk":
		return q.bulk()
	case "import":
		return q.importing()
	case "admin":
		return q.administer()
	case "preview":
		return q.preview()
	case "export":
		return q.export()
	case "ask":
		return q.question()
	case "talk":
		return q.talk()
	case "odd":
		return q.oddity()
	case "create":
		return q.create()
	case "update":
		return q.update()
	case "delete":
		return q.remove()
	}
	return &call{op: q.op, coll: q.collection()}
}

// collection returns the name of one that the asker knows, mostly.
func (q *curious) collection() string {
	if q.bold(4) {
		return pick(q.dice, "oportunities", "people_roles", "sqlite_master", "api_tokens", "t", "ä")
	}
	var names []string
	for _, c := range q.s.model.Collections {
		if q.bold(8) || q.known(c.Name) != 0 {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return "accounts"
	}
	return pick(q.dice, names...)
}

func (q *curious) query() *call {
	c := &call{op: "query", coll: q.collection(), args: map[string]any{}}
	of := q.s.model.Collection("", c.coll)
	q.shape(c, of)
	if q.chance(75) {
		c.args["limit"] = pick(q.dice, 1, 1, 2, 3, 5, 5, 1000)
	}
	if q.chance(40) {
		c.args["total"] = true
	}
	if !q.face.mcp && q.chance(40) {
		c.args["versions"] = true
	}
	if len(q.cursors) > 0 && q.bold(6) {
		c.args["cursor"] = pick(q.dice, q.cursors...) // of another query
	}
	c.query = q.chance(12)
	return c
}

// shape adds fields, a filter and an order.
func (q *curious) shape(c *call, of *remit.Collection) {
	if q.chance(60) {
		c.args["fields"] = q.paths(of, 1+q.IntN(5))
	}
	if q.chance(60) {
		c.args["filter"] = q.filter(of, 2)
	}
	if q.chance(60) {
		order := q.paths(of, 1+q.IntN(3))
		for i := range order {
			if q.chance(50) {
				order[i] = "-" + order[i]
			}
		}
		c.args["sort"] = order
	}
}

// paths returns so many different field paths.
func (q *curious) paths(of *remit.Collection, n int) []string {
	var list []string
	seen := map[string]bool{}
	for range n {
		if p := q.path(of, q.hops()); !seen[p.text] || q.bold(10) {
			list = append(list, p.text)
			seen[p.text] = true
		}
	}
	return list
}

func (q *curious) count() *call {
	c := &call{op: "count", coll: q.collection(), args: map[string]any{}}
	if q.chance(90) {
		c.args["filter"] = q.filter(q.s.model.Collection("", c.coll), 2)
	}
	return c
}

func (q *curious) get() *call {
	c := &call{op: "get", coll: q.collection(), args: map[string]any{}}
	c.id = q.id(c.coll)
	if q.chance(40) {
		c.args["fields"] = q.paths(q.s.model.Collection("", c.coll), 1+q.IntN(4))
	}
	return c
}

func (q *curious) search() *call {
	c := &call{op: "search", coll: q.collection(), args: map[string]any{}}
	of := q.s.model.Collection("", c.coll)
	c.args["text"] = q.piece(q.path(of, 0))
	if q.chance(40) {
		c.args["limit"] = pick(q.dice, 1, 2, 100)
	}
	if q.face.mcp && q.chance(50) {
		c.args["collections"] = []string{c.coll}
	}
	return c
}

// find searches all collections.
func (q *curious) find() *call {
	c := &call{op: "find", args: map[string]any{"q": q.piece(q.path(q.s.model.Collection("", q.collection()), 0))}}
	if q.chance(40) {
		c.args["limit"] = pick(q.dice, 1, 2, 100)
	}
	return c
}

func (q *curious) export() *call {
	c := &call{op: "export", coll: q.collection(), args: map[string]any{}}
	q.shape(c, q.s.model.Collection("", c.coll))
	if q.chance(60) {
		c.args["format"] = pick(q.dice, "csv", "json", "json")
	}
	return c
}

// question asks an AI employee, which then asks the lens by its tools.
func (q *curious) question() *call {
	c := &call{op: "ask", args: map[string]any{}, stream: q.chance(40)}
	if q.face.employee == "" {
		c.args["employee"] = pick(q.dice, append(employeeNames, "nobody")...)
	}
	if q.chance(30) {
		c.args["task"] = pick(q.dice, "t0", "t1", "t2")
		return c
	}
	name, number := pick(q.dice, "opportunities", "accounts", "leads", "quotes"), pick(q.dice, "amount", "annual revenue", "employees", "total")
	c.args["question"] = pick(q.dice,
		"How many "+name+" are there?", "How many "+name+" are there by owner?", "What is the total "+number+" of "+name+"?",
		"Show the top 3 "+name+" by "+number, "What is the average "+number+" of "+name+" by status?",
		"What is the win rate by industry?", "Find "+q.piece(path{}), "List "+name+" of "+strings.TrimSpace(pick(q.dice, words...)),
	)
	return c
}

// heed takes from an answer what further requests can be made of. The answers of
// all worlds are equal here.
func (q *curious) heed(f face, c *call, a answer) {
	q.heedTalk(f, c, a)
	q.heedViews(c, a)
	for _, cursor := range a.find("next_cursor") {
		q.cursors = append(q.cursors, cursor)
		if len(c.args) > 0 && q.chance(70) {
			next := *c
			next.args = map[string]any{}
			for name, v := range c.args {
				next.args[name] = v
			}
			next.args["cursor"] = cursor
			if q.chance(6) {
				next.args["limit"] = 2
			}
			if q.chance(4) {
				next.args["sort"] = []string{"id"} // not the query that the cursor is of
			}
			if q.chance(4) {
				f = pick(q.dice, q.s.faces...) // not the asker that it is of
			}
			q.next = append(q.next, pending{f, &next})
		}
	}
	if ids, versions := a.find("id"), a.find("_version"); !f.mcp && len(ids) == 1 && len(versions) == 1 {
		q.versions[c.coll+"/"+ids[0]] = versions[0]
	}
}
