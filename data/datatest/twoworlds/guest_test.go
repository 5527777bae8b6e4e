package twoworlds

import (
	"cmp"
	"slices"
	"strings"
)

// The guest of a tour, and what the guest says to be let in.
const (
	guestAddress = "guest@x.test"
	guestInitial = "first words for whoever knocks"
	guestSecret  = "brass kettles hum above the bay"
	guestRenewed = "seven tall herons wade at dawn"
)

// guest makes another person and returns the id. What is done to the guest tells of
// people alone, who are the same in both worlds.
func (t *tour) guest() string {
	id := t.post("/api/people", map[string]any{"name": "Gus Guest", "email": guestAddress, "password": guestInitial}).first("id")
	one := "/api/people/" + id
	t.get("/api/people?limit=3")
	t.get(one)
	t.patch(one, map[string]any{"title": "Guest"})
	t.attributes(one)
	t.put(one+"/roles", map[string]any{"roles": []any{map[string]any{"name": roleNames[0]}}})
	t.put(one+"/password", map[string]any{"password": guestInitial})
	cookie := t.signIn(guestAddress, guestInitial, guestSecret)
	t.tokens(one, cookie)
	t.sessions(one, cookie)
	return id
}

// attributes defines one, which the guest has for a while.
func (t *tour) attributes(guest string) {
	const one = "/api/attributes/toured"
	t.put(one, map[string]any{"type": "text", "list": true})
	t.patch(guest, map[string]any{"attributes": map[string]any{"toured": []any{"north", "south"}}})
	t.get("/api/attributes")
	t.remove(one)
	t.put(one, map[string]any{"type": "integer", "people": 1})
	t.remove(one + "?people=0")
}

// first returns the first text of a name, "" if there is none.
func (a answer) first(name string) string {
	if found := a.find(name); len(found) > 0 {
		return found[0]
	}
	return ""
}

// as does something in another session.
func (t *tour) as(cookie string, do func()) {
	own := t.cookie
	t.cookie = cookie
	do()
	t.cookie = own
}

// signIn returns the cookie of a new session.
func (t *tour) signIn(email, password, renewed string) (cookie string) {
	body := map[string]any{"email": email, "password": password}
	if renewed != "" {
		body["new_password"] = renewed
	}
	t.as("", func() { cookie = t.post("/api/session", body).cookie() })
	return cookie
}

// cookie returns the session that an answer sets.
func (a answer) cookie() string {
	for _, line := range a.header["Set-Cookie"] {
		if rest, ok := strings.CutPrefix(line, "remit_session="); ok {
			secret, _, _ := strings.Cut(rest, ";")
			return secret
		}
	}
	return ""
}

func (t *tour) tokens(guest, cookie string) {
	var first, second string
	t.as(cookie, func() {
		first = t.newToken()
		second = t.newToken()
		t.newToken()
		t.get("/api/me/tokens")
		t.remove("/api/me/tokens/" + first)
	})
	t.get(guest + "/tokens")
	t.remove(guest + "/tokens/" + second)
	t.remove(guest + "/tokens")
}

func (t *tour) newToken() string {
	return t.post("/api/me/tokens", map[string]any{"name": "toured"}).first("id")
}

func (t *tour) sessions(guest, cookie string) {
	other := t.signIn(guestAddress, guestSecret, "")
	t.as(cookie, func() {
		t.patch("/api/me", map[string]any{"theme": "dark", "language": "de"})
		t.get("/api/me")
		t.remove("/api/me/sessions/" + t.get("/api/me/sessions").first("id"))
	})
	t.as(other, func() { t.get("/api/me/sessions") })
	cookie = t.signIn(guestAddress, guestSecret, "")
	t.as(cookie, func() {
		t.post("/api/me/password/check", map[string]any{"password": guestRenewed})
		t.put("/api/me/password", map[string]any{"current_password": guestSecret, "new_password": guestRenewed})
		t.remove("/api/me/sessions?others=true")
		t.remove("/api/session")
	})
	t.signIn(guestAddress, guestRenewed, "")
	t.remove(guest + "/sessions/" + t.get(guest+"/sessions").first("id"))
	t.remove(guest + "/sessions")
}

// viewAs looks at a person who sees nothing, and then what that person sees: as
// somebody who sees more, the two worlds need not be the same.
func (t *tour) viewAs(guest string) {
	t.put("/api/people/"+guest+"/roles", map[string]any{"roles": []any{}})
	t.as(t.signIn(t.asker.email, password, ""), func() {
		if cookie := t.post("/api/session/view-as", map[string]any{"person": guest}).cookie(); cookie != "" {
			t.cookie = cookie
		}
		t.get("/api/me")
		for _, c := range t.model.Collections {
			t.post("/api/collections/"+c.Name+"/query", map[string]any{"total": true})
		}
		t.get("/api/search?q=al")
		if cookie := t.remove("/api/session/view-as").cookie(); cookie != "" {
			t.cookie = cookie
		}
		t.remove("/api/session")
	})
}

// conversation goes through what can be done with one.
func (t *tour) conversation(guest string) {
	for _, employee := range employeeNames {
		id := t.post("/api/conversations", map[string]any{"employee": employee}).text("id")
		if id == "" {
			continue
		}
		one := "/api/conversations/" + id
		for _, c := range t.model.Collections {
			if len(t.sight.views[0].seen[c.Name]) == 0 || c.Derived {
				continue
			}
			hidden := t.hidden(c.Name)
			t.say(one, "How many "+c.Name+" are there?", map[string]any{"page": c.Name, "collection": c.Name, "filter": map[string]any{"id": map[string]any{"$in": hidden}}})
			t.say(one, "Show these", map[string]any{"collection": c.Name, "records": hidden})
		}
		t.turn(one, t.say(one, "How many opportunities are there by owner?", nil).text("id"))
		t.patch(one, map[string]any{"title": "Toured"})
		t.put(one+"/shares", map[string]any{"people": []string{guest}})
		t.get(one + "/shares")
		t.get(one)
		t.get("/api/conversations?limit=1")
		t.remove(one)
		t.get(one)
	}
}

func (t *tour) say(conversation, question string, screen map[string]any) answer {
	body := map[string]any{"question": question}
	if screen != nil {
		body["context"] = screen
	}
	return t.post(conversation+"/turns", body)
}

func (t *tour) turn(conversation, id string) {
	turn := conversation + "/turns/" + id
	for _, accept := range []string{"application/json", "text/event-stream"} {
		t.send(request{method: "GET", target: turn + "/events", header: map[string]string{"Accept": accept}})
	}
	t.put(turn+"/rating", map[string]any{"rating": "up", "comment": "good"})
	t.post(turn+"/stop", nil)
	t.send(request{method: "POST", target: turn + "/retry", body: "{}", header: map[string]string{"Content-Type": "application/json", "Accept": "text/event-stream"}})
}

// hidden returns ids of records that the asker does not see, of world A, and one
// that she sees.
func (t *tour) hidden(collection string) []string {
	ids := []string{}
	for _, id := range t.a.ids(collection) {
		if t.sight.views[0].seen[collection][id] == 0 && len(ids) < 3 {
			ids = append(ids, string(id))
		}
	}
	return append(ids, string(newCurious(t.scenario).visible(collection)))
}

// sharedByGuest lets the guest ask what the asker may not, and share it. The two
// guests see different worlds, so what the asker reads of them may differ as well,
// but where all is withheld from her it must not show how much there is, and of
// what.
func (t *tour) sharedByGuest() {
	cookie := t.signIn(guestAddress, guestRenewed, "")
	for _, employee := range employeeNames {
		var id string
		t.as(cookie, func() { id = t.post("/api/conversations", map[string]any{"employee": employee}).text("id") })
		if id == "" || t.diff != nil {
			continue
		}
		one := "/api/conversations/" + id
		for _, question := range []string{"Show the top 3 opportunities by amount", "What is the total amount of opportunities by stage?", "Find al"} {
			t.unseen(cookie, one+"/turns", map[string]any{"question": question})
		}
		t.as(cookie, func() { t.put(one+"/shares", map[string]any{"people": []string{string(t.asker.id)}}) })
		for _, target := range []string{one, "/api/conversations"} {
			t.readShared(target, id)
		}
	}
}

// unseen sends a request whose answers the asker does not see.
func (t *tour) unseen(cookie, target string, body map[string]any) {
	q := withBody("POST", target, body)
	q.header["Accept"], q.header["Cookie"] = "application/json", "remit_session="+cookie
	t.sent++
	t.run.send(*q)
}

// readShared reads what the guest has shared and compares where both worlds
// withhold everything.
func (t *tour) readShared(target, conversation string) {
	q := request{method: "GET", target: target, header: map[string]string{"Cookie": "remit_session=" + t.cookie}}
	t.sent++
	answers := t.run.send(q)
	for i, a := range answers {
		if a.status >= 500 || a.broken {
			t.diff = t.difference(face{name: "tour"}, &call{op: "odd", odd: &q}, blame(i, a), answers)
			return
		}
		if !withheld(a, conversation) {
			return
		}
	}
	t.report.withheld++
	t.diff = cmp.Or(t.diff, t.unequal(q, answers))
}

func (t *tour) unequal(q request, answers []answer) *difference {
	for i, a := range answers {
		if !a.equal(answers[0]) {
			return t.difference(face{name: "tour"}, &call{op: "odd", odd: &q}, blame(i, a), answers)
		}
	}
	return nil
}

// withheld reports whether the conversation, alone or in a list, is shown with all
// its turns withheld, or none.
func withheld(a answer, conversation string) bool {
	body := a.object()
	all := []any{body}
	if list, ok := body["conversations"].([]any); ok {
		all = list
	}
	for _, each := range all {
		c, _ := each.(map[string]any)
		if c["id"] != conversation {
			continue
		}
		turns, _ := c["turns"].([]any)
		return c["withheld"] != nil && !slices.ContainsFunc(turns, func(turn any) bool {
			of, _ := turn.(map[string]any)
			return of["withheld"] == nil
		})
	}
	return false
}
