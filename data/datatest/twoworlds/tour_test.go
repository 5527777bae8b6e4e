package twoworlds

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/remit-crm/remit/policy"
)

// A tour asks for what random requests hardly get to: the operations that follow
// from each other, and those that change people, policy, services and settings. It
// is the end of its scenario, since it leaves the worlds in memory behind. It is
// taken by somebody who has every capability, as the person herself.
type tour struct {
	*run
	cookie string // of the session by which requests are sent
	diff   *difference
}

func (r *run) tour() *difference {
	r.report.toured++
	t := &tour{run: r, cookie: r.asker.session}
	t.reads()
	t.boards()
	t.savedViews()
	t.policy()
	t.dataModel()
	t.settings()
	t.templates()
	guest := t.guest()
	t.conversation(guest)
	t.sharedByGuest()
	t.viewAs(guest)
	t.services()
	// Last what may put a record into one view and not into the other, see the package
	// comment: departments that go, since scopes ask for them, and imports.
	t.departments()
	t.imports()
	return t.diff
}

// ask sends a request unless a difference has been found.
func (t *tour) ask(method, target string, body map[string]any) answer {
	q := request{method: method, target: target, header: map[string]string{}}
	if body != nil {
		q = *withBody(method, target, body)
	}
	return t.send(q)
}

func (t *tour) send(q request) answer {
	if t.diff != nil {
		return answer{}
	}
	q.header["Cookie"] = "remit_session=" + t.cookie
	if q.header["Accept"] == "" {
		q.header["Accept"] = "application/json"
	}
	a, diff := t.exchange(face{name: "tour", session: true}, &call{op: "odd", odd: &q})
	t.diff = diff
	return a
}

func (t *tour) get(target string) answer { return t.ask(http.MethodGet, target, nil) }

func (t *tour) post(target string, body map[string]any) answer {
	return t.ask(http.MethodPost, target, body)
}

func (t *tour) put(target string, body map[string]any) answer {
	return t.ask(http.MethodPut, target, body)
}

func (t *tour) patch(target string, body map[string]any) answer {
	return t.ask(http.MethodPatch, target, body)
}

func (t *tour) remove(target string) answer { return t.ask(http.MethodDelete, target, nil) }

// object returns the answer's JSON.
func (a answer) object() map[string]any {
	var v map[string]any
	_ = json.Unmarshal(a.body, &v) // what is no object has no members
	return v
}

// reads asks for what everybody may, in every collection.
func (t *tour) reads() {
	t.get("/api/openapi.json")
	t.get("/api/collections")
	t.get("/api/search?q=al")
	for _, employee := range employeeNames {
		t.post("/api/ask", map[string]any{"employee": employee, "question": "How many opportunities are there by owner?"})
	}
	for _, c := range t.model.Collections {
		base := "/api/collections/" + c.Name
		t.get(base)
		t.post(base+"/search", map[string]any{"text": "al"})
		t.post(base+"/export", map[string]any{"format": "json"})
		for _, id := range t.hidden(c.Name) {
			t.get(base + "/records/" + id)
			t.get(base + "/records/" + id + "/history")
		}
	}
}

// boards asks what the web app asks for a board: the figures of each column.
func (t *tour) boards() {
	for _, c := range t.model.Collections {
		base := "/api/collections/" + c.Name
		t.get(base + "/records?limit=5&total=true")
		for i := range c.Fields {
			f := &c.Fields[i]
			if len(f.Options) == 0 {
				continue
			}
			measures := []any{map[string]any{"fn": "count", "as": "n"}}
			for j := range c.Fields {
				if c.Fields[j].Type == "currency" {
					measures = append(measures, map[string]any{"fn": "sum", "field": c.Fields[j].Name, "as": "sum"})
					break
				}
			}
			t.post(base+"/aggregate", map[string]any{"measures": measures, "dimensions": []any{map[string]any{"field": f.Name}}})
		}
	}
}

func (t *tour) savedViews() {
	t.get("/api/views/roles")
	for _, c := range t.model.Collections {
		made := t.post("/api/views", map[string]any{"collection": c.Name, "name": "Toured", "shared": "everyone"})
		if id := made.text("id"); id != "" {
			t.patch("/api/views/"+id, map[string]any{"name": "Renamed", "default": true})
			t.get("/api/views?collection=" + c.Name)
			t.remove("/api/views/" + id)
			t.remove("/api/views/" + id)
		}
	}
	for _, v := range t.beside(t.a)["saved_views"] { // shared ones and private ones of others
		id := asText(v[0].value)
		t.patch("/api/views/"+id, map[string]any{"default": true})
		t.patch("/api/views/"+id, map[string]any{"columns": []string{"id"}})
		t.remove("/api/views/" + id)
	}
}

// imports looks into a file, imports it to take it back, and imports it in earnest.
func (t *tour) imports() {
	for _, c := range t.model.Collections {
		base := "/api/collections/" + c.Name + "/import"
		file := newCurious(t.scenario).file(c)
		for _, target := range []string{base + "/preview", base + "?options=" + url.QueryEscape(`{"dry_run":true}`), base} {
			for _, accept := range []string{"application/json", "text/event-stream"} {
				t.send(request{method: http.MethodPost, target: target, body: file, header: map[string]string{"Content-Type": "text/csv", "Accept": accept}})
			}
		}
	}
}

// templates writes one and withdraws one; what is company-wide is refused.
func (t *tour) templates() {
	t.get("/api/analytics?collection=leads")
	t.post("/api/analytics/leads-by-source/run", map[string]any{"parameters": map[string]any{"since": "2026-01-01"}})
	draft := t.post("/api/templates", map[string]any{
		"name": "toured", "title": "Toured", "collection": "leads", "description": "Leads.", "sql": "SELECT stage, COUNT(*) AS n FROM leads GROUP BY stage",
	}).object()
	t.get("/api/templates")
	t.get("/api/templates/toured")
	t.post("/api/templates/toured/review", map[string]any{"version": draft["version"], "digest": draft["digest"], "until": "2026-12-31T00:00:00Z"})
	t.post("/api/templates/toured/publish", map[string]any{"version": draft["version"]})
	t.post("/api/templates/leads-by-source/withdraw", map[string]any{"why": "toured"})
}

func (t *tour) policy() {
	held := t.get("/api/policy").object()
	document, _ := held["document"].(map[string]any)
	t.post("/api/policy/check", map[string]any{"document": document})
	t.get("/api/policy/catalog")
	t.post("/api/policy/expression", map[string]any{"expression": "input.id == user.id", "tools": []any{"get_record"}})
	for _, c := range t.model.Collections {
		t.get("/api/policy/vocabulary?collection=" + c.Name)
		t.post("/api/policy/expression", map[string]any{"collection": c.Name, "expression": "record.owner_id == user.id"})
	}
	for _, id := range t.a.ids("people") {
		t.post("/api/policy/explain", map[string]any{"person": id, "collection": "opportunities", "employee": "e0", "task": "t0"})
		for _, c := range t.model.Collections {
			t.post("/api/policy/preview", map[string]any{"person": id, "collection": c.Name})
		}
	}
	for _, s := range t.doc.Scopes {
		t.post("/api/policy/preview", map[string]any{"person": t.asker.id, "collection": s.Collection, "scope": s.Name})
	}
	changed := t.redrawn()
	t.post("/api/policy/diff", map[string]any{"document": changed, "counts": true})
	t.put("/api/policy", map[string]any{"document": changed, "epoch": 1})
	t.put("/api/policy", map[string]any{"document": document, "epoch": held["epoch"]})
}

// redrawn returns the policy with every grant of one role on everything.
func (s *scenario) redrawn() *policy.Document {
	doc := *s.doc
	doc.Roles = append([]policy.Role{}, s.doc.Roles...)
	r := &doc.Roles[0]
	r.Grants = append([]policy.Grant{}, r.Grants...)
	for i := range r.Grants {
		r.Grants[i].Scope, r.Grants[i].ScopeAfter = policy.ScopeAll, ""
	}
	return &doc
}

func (t *tour) dataModel() {
	t.get("/api/model")
	t.get("/api/model/suggestions")
	t.post("/api/model/diff", map[string]any{"changes": []any{map[string]any{"collection": "opportunities", "field": "amount", "sensitivity": "public"}}, "counts": true})
	f := t.model.Collection("", "accounts").Field("name")
	t.patch("/api/model/accounts/fields/name", map[string]any{"description": "what it is called"})
	t.patch("/api/model/accounts/fields/name", map[string]any{"description": f.Description})
}

func (t *tour) settings() {
	held := t.get("/api/settings").object()
	t.put("/api/settings", map[string]any{"company": "Worlds Ltd", "time_zone": held["time_zone"], "currency": held["currency"]})
	t.put("/api/settings", held)
	for _, by := range []string{"person", "employee", "service", "model", "day"} {
		t.get("/api/usage?by=" + by)
	}
	t.get("/api/usage/budgets")
}

func (t *tour) departments() {
	t.get("/api/departments")
	id := t.post("/api/departments", map[string]any{"name": "Toured"}).text("id")
	t.patch("/api/departments/"+id, map[string]any{"name": "Renamed"})
	for _, other := range t.a.ids("departments") {
		t.remove("/api/departments/" + string(other)) // those with people stay
	}
	t.remove("/api/departments/" + id)
}

func (t *tour) services() {
	t.get("/api/services")
	t.post("/api/services", map[string]any{"name": "nobody", "provider": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "m", "insecure": true, "retries": 0})
	t.patch("/api/services/nobody", map[string]any{"model": "n"})
	t.post("/api/services/nobody/test", map[string]any{})
	t.remove("/api/services/nobody")
}

func asText(v any) string {
	return strings.Trim(string(encode(v)), `"`)
}
