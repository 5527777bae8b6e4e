package twoworlds

import (
	"slices"

	"github.com/remit-crm/remit"
)

// sharer is somebody whose lens view is the same in both worlds, though it is not the
// asker's: what the person asks is answered alike in both, and so what the asker reads
// of it must be, be it shown, withheld or some of each.
type sharer struct {
	id    remit.ID
	email string
	role  string
	sees  int // records
}

// sharers returns those that see something, one a role, who sees most of it first.
func (r *run) sharers() []sharer {
	var found []sharer
	people := r.a.tables["people"]
	for _, role := range roleNames {
		best := sharer{}
		for _, id := range r.a.ids("people") {
			row := people.byID[id]
			if id == r.asker.id || row.deleted || !people.value(row, "active").Bool() {
				continue
			}
			if n := r.sameFor(id, role); n > best.sees {
				best = sharer{id, people.value(row, "email").Text(), role, n}
			}
		}
		if best.sees > 0 {
			found = append(found, best)
		}
	}
	slices.SortStableFunc(found, func(a, b sharer) int { return b.sees - a.sees })
	return found
}

// sameFor returns how many records somebody with the role sees, 0 where that is not
// the same in both worlds.
func (r *run) sameFor(id remit.ID, role string) (seen int) {
	j, err := newJudge(r.doc, r.model, []string{role}, noon)
	if err != nil {
		return 0
	}
	a, b := j.truths(r.a, id), j.truths(r.b, id)
	subjects := []subject{{}}
	for _, e := range employeeNames {
		u := subject{ai: true, employee: e}
		subjects = append(subjects, u)
		r.byTool(u, func(u subject) { subjects = append(subjects, u) })
	}
	for _, u := range subjects {
		va, vb := j.view(r.a, a, u), j.view(r.b, b, u)
		if !sameView(va, vb) {
			return 0
		}
		if u.ai && u.tool == "" {
			for _, records := range va.seen {
				seen += len(records)
			}
		}
	}
	return seen
}

// sharing lets others hold conversations and share them with the asker, who reads
// them. It comes after the random requests, and is followed by none.
func (r *run) sharing() *difference {
	t := &tour{run: r, cookie: r.asker.session}
	for i, s := range r.sharers() {
		if i == 2 || t.diff != nil {
			break
		}
		one := "/api/people/" + string(s.id)
		t.put(one+"/roles", map[string]any{"roles": []any{map[string]any{"name": s.role}}})
		t.put(one+"/password", map[string]any{"password": guestInitial})
		t.shares(t.signIn(s.email, guestInitial, guestSecret))
	}
	return t.diff
}

// shares holds a conversation with each AI employee and has the asker read it, after
// each question and as a whole.
func (t *tour) shares(cookie string) {
	for _, employee := range employeeNames {
		var id string
		t.as(cookie, func() { id = t.post("/api/conversations", map[string]any{"employee": employee}).text("id") })
		if id == "" {
			continue
		}
		one := "/api/conversations/" + id
		t.as(cookie, func() { t.put(one+"/shares", map[string]any{"people": []string{string(t.asker.id)}}) })
		for _, question := range []string{
			"Good morning", "How many accounts are there?", "List accounts", "Show the top 3 opportunities by amount",
			"How many opportunities are there by owner?", "And without activities?", "List contacts with open opportunities",
		} {
			t.as(cookie, func() { t.say(one, question, nil) })
			t.report.readShared(t.get(one))
		}
		t.as(cookie, func() { t.get(one) })
		t.get("/api/conversations")
	}
}

// readShared counts what was shown of a shared conversation, and what was withheld.
func (r *report) readShared(a answer) {
	turns, _ := a.object()["turns"].([]any)
	for _, each := range turns {
		if turn, _ := each.(map[string]any); turn["withheld"] != nil {
			r.sharedHidden++
		} else {
			r.sharedShown++
		}
	}
}

// mayShare reports whether the asker may prepare others to share with her.
func (r *run) mayShare() bool {
	return r.writes && slices.Contains(r.roles, steward)
}
