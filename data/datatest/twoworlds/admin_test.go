package twoworlds

import (
	"net/http"
	"net/url"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// administer asks what those ask who manage people and the policy: what others
// would see, how many records a change would give or take, and what the lists say.
// They see no more of the records than anybody else.
func (q *curious) administer() *call {
	switch n := q.IntN(100); {
	case n < 50:
		return q.preview()
	case n < 58:
		return q.posted("/api/policy/diff", map[string]any{"document": q.s.redrawn(), "counts": q.chance(70)})
	case n < 64:
		return q.posted("/api/model/diff", map[string]any{"counts": true, "changes": []any{
			map[string]any{"collection": "opportunities", "field": "amount", "sensitivity": pick(q.dice, "public", "restricted")},
		}})
	case n < 80:
		return q.posted("/api/policy/explain", q.inquiry())
	case n < 85:
		return q.posted("/api/policy/expression", map[string]any{"collection": q.collection(), "expression": q.expression(q.collection())})
	}
	return &call{op: "admin", query: true, id: pick(q.dice,
		"/api/policy", "/api/model", "/api/model/suggestions", "/api/policy/vocabulary?collection="+url.QueryEscape(q.collection()),
		"/api/people?limit=2", "/api/people?q=person", "/api/people?role=r0&active=true", "/api/people/"+url.PathEscape(q.id("people")),
		"/api/departments", "/api/settings", "/api/services", "/api/usage", "/api/usage?by=person", "/api/usage?by=employee", "/api/me/sessions", "/api/me/tokens", "/api/me",
	)}
}

func (q *curious) posted(target string, args map[string]any) *call {
	return &call{op: "admin", id: target, args: args}
}

func (q *curious) inquiry() map[string]any {
	args := map[string]any{"person": q.somebody()}
	if q.chance(70) {
		args["collection"], args["action"] = q.collection(), pick(q.dice, "view", "update", "export")
	}
	if q.chance(50) {
		args["employee"] = pick(q.dice, "e0", "e1", "nobody")
	}
	if q.chance(30) {
		args["task"] = pick(q.dice, "t0", "t1")
	}
	if q.chance(30) {
		args["tool"], args["input"] = "get_record", map[string]any{"collection": "accounts", "id": q.id("accounts")}
	}
	return args
}

func (q *curious) somebody() remit.ID {
	if q.bold(5) {
		return q.dice.id()
	}
	return pick(q.dice, q.s.a.ids("people")...)
}

// expression is a random row scope of a collection.
func (q *curious) expression(collection string) string {
	of := q.s.model.Collection("", collection)
	env, err := scope.NewEnv(q.s.model, nil)
	if of == nil || err != nil {
		return "true"
	}
	l := &legislator{dice: q.dice, model: q.s.model, env: env}
	expression, err := l.expression(of, 2)
	if err != nil {
		return "record.id != null"
	}
	return expression
}

func (c *call) adminRequest() *request {
	if c.query {
		return &request{method: http.MethodGet, target: c.id}
	}
	return withBody(http.MethodPost, c.id, c.args)
}
