package twoworlds

import (
	"net/http"
	"net/url"
)

// talks are the conversations that the asker has begun, with their turns.
type talks struct {
	ids   []string
	turns map[string][]string // by conversation
}

// talk does something with a conversation: begins one, asks in it, reads it again.
// The AI employee is the offline planner, so both worlds hear the same questions.
func (q *curious) talk() *call {
	if len(q.talks.ids) == 0 || q.chance(15) {
		args := map[string]any{"employee": pick(q.dice, append(employeeNames, "nobody")...)}
		if q.chance(20) {
			args["task"] = pick(q.dice, "t0", "t1", "t2")
		}
		return &call{op: "talk", args: args}
	}
	id := pick(q.dice, q.talks.ids...)
	if q.bold(5) {
		id = string(q.dice.id())
	}
	turn := pick(q.dice, append(q.talks.turns[id], "nothing")...)
	switch n := q.IntN(100); {
	case n < 50:
		return q.say(id)
	case n < 75:
		return &call{op: "reread", id: id}
	case n < 78:
		return q.arrange(id, turn)
	case n < 83:
		return &call{op: "talks", args: map[string]any{"limit": pick(q.dice, 1, 2, 50)}}
	case n < 90:
		return &call{op: "retry", id: id, coll: turn, args: map[string]any{}, stream: q.chance(50)}
	}
	return &call{op: "follow", id: id, coll: turn, stream: q.chance(70)}
}

// arrange does with a conversation what is done to no text of it.
func (q *curious) arrange(id, turn string) *call {
	switch q.IntN(5) {
	case 0:
		return &call{op: "rename", id: id, args: map[string]any{"title": pick(q.dice, words...)}}
	case 1:
		return &call{op: "rate", id: id, coll: turn, args: map[string]any{"rating": pick(q.dice, "up", "down", "")}}
	case 2:
		return &call{op: "share", id: id, args: map[string]any{"people": []string{q.id("people")}}}
	case 3:
		return &call{op: "shares", id: id}
	}
	return &call{op: "forget", id: id}
}

// say asks a question in a conversation, often about what is on the screen.
func (q *curious) say(id string) *call {
	asked := q.question()
	c := &call{op: "say", id: id, stream: asked.stream, args: map[string]any{"question": asked.args["question"]}}
	if c.args["question"] == nil || q.chance(30) {
		c.args["question"] = pick(q.dice, "And by owner?", "How many of these are there?", "Show them", "Show this list", "And in 2025?", "Why?")
	}
	if q.chance(50) {
		screen := map[string]any{"collection": q.collection()}
		if q.chance(60) {
			screen["filter"] = q.filter(q.s.model.Collection("", screen["collection"].(string)), 1)
		}
		if q.chance(40) {
			screen["records"] = []string{q.id(screen["collection"].(string)), q.id(screen["collection"].(string))}
		}
		if q.chance(30) {
			screen["page"] = pick(q.dice, "home", "search", screen["collection"].(string))
		}
		if len(q.views) > 0 && q.chance(30) {
			screen["view"] = pick(q.dice, q.views...)
		}
		c.args["context"] = screen
	}
	return c
}

// heedTalk remembers what was begun, and looks at it again.
func (q *curious) heedTalk(f face, c *call, a answer) {
	switch c.op {
	case "talk":
		if ids := a.find("id"); a.good() && len(ids) > 0 {
			id := a.text("id")
			q.talks.ids = append(q.talks.ids, id)
			q.next = append(q.next, pending{f, q.say(id)})
		}
	case "say":
		if id := a.text("id"); id != "" {
			if q.talks.turns == nil {
				q.talks.turns = map[string][]string{}
			}
			q.talks.turns[c.id] = append(q.talks.turns[c.id], id)
			q.next = append(q.next, pending{f, &call{op: "reread", id: c.id}})
		}
	}
}

func (c *call) talkRequest() *request {
	one := "/api/conversations/" + url.PathEscape(c.id)
	turn := one + "/turns/" + url.PathEscape(c.coll)
	var r *request
	switch c.op {
	case "rename":
		return withBody(http.MethodPatch, one, c.args)
	case "rate":
		return withBody(http.MethodPut, turn+"/rating", c.args)
	case "share":
		return withBody(http.MethodPut, one+"/shares", c.args)
	case "shares":
		return &request{method: http.MethodGet, target: one + "/shares"}
	case "forget":
		return &request{method: http.MethodDelete, target: one}
	case "talk":
		return withBody(http.MethodPost, "/api/conversations", c.args)
	case "talks":
		return &request{method: http.MethodGet, target: "/api/conversations" + c.parameters()}
	case "reread":
		return &request{method: http.MethodGet, target: one}
	case "say":
		r = withBody(http.MethodPost, one+"/turns", c.args)
	case "retry":
		r = withBody(http.MethodPost, turn+"/retry", c.args)
	default:
		r = &request{method: http.MethodGet, target: turn + "/events", header: map[string]string{}}
	}
	r.header["Accept"] = "application/json"
	if c.stream {
		r.header["Accept"] = "text/event-stream"
	}
	return r
}
