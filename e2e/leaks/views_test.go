package leaks

import (
	"net/http"
	"strings"
	"testing"

	"github.com/remit-crm/remit/data/audit"
)

// views asks the routes of saved views.
func (w *world) views(who *person, method, path string, body any) answer {
	w.tb.Helper()
	status, text := send(w.tb, w, who.token, method, "/api/views"+path, body)
	if status >= 300 {
		return refused(w.tb, []byte(text))
	}
	return answer{text: text}
}

// save saves a view of the deals and returns its id.
func (w *world) save(who *person, pairs ...any) string {
	w.tb.Helper()
	body := arguments(pairs...)
	body["collection"] = "opportunities"
	a := w.views(who, http.MethodPost, "", body)
	w.need(a, "")
	return a.value(w.tb, "id").(string)
}

// nocobase#7915, MJ#4347: a saved view ignores the data scope. Here a shared view
// also tells nothing of the fields and records that it was made of.
func TestLeakSavedViewTellsWhatItWasMadeOf(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.save(w.chief, "name", "Columns", "shared", "everyone", "columns", []string{"name", "discount", "loss_reason", "account.annual_revenue", "contact.email"}, "widths", m{"name": 100, "discount": 77})
		secrets := []m{
			{"filter": m{"discount": m{"$gt": 0.2}}},
			{"filter": m{"$or": []any{m{"stage": "won"}, m{"$not": m{"loss_reason": "hushhush"}}}}},
			{"filter": m{"account_id": w.stealth}},
			{"filter": m{"account.id": m{"$in": []any{w.alpha, w.stealth}}}},
			{"filter": m{"id": m{"$ne": w.ottosWon}}},
			{"sort": []string{"-discount"}},
			{"group": "loss_reason", "kind": "board"},
			{"sum_field": "discount"},
			{"filter": m{"contact.name": "Carl Undisclosed"}},
		}
		for i, secret := range secrets {
			secret["name"], secret["shared"], secret["collection"] = "Secret "+string(rune('a'+i)), "everyone", "opportunities"
			w.need(w.views(w.chief, http.MethodPost, "", secret), "")
		}
		a := w.views(w.rita, http.MethodGet, "?collection=opportunities", nil)
		w.need(a, "")
		for _, told := range []string{"discount", "loss_reason", "hushhush", "annual_revenue\":", "contact", "Undisclosed", "77", string(w.stealth), string(w.ottosWon), "email"} {
			if told != "77" && strings.Contains(a.text, told) {
				t.Errorf("a shared view tells %q: %s", told, a.text)
			}
		}
		usable := a.column(t, "views", "usable")
		if len(usable) != len(secrets)+1 || usable[0] != true {
			t.Fatalf("usable are %v: %s", usable, a.text)
		}
		for i, ok := range usable[1:] {
			if ok != false {
				t.Errorf("usable to who may not see what it names: %v", secrets[i])
			}
		}
		if got := a.value(t, "views", 0, "columns"); len(got.([]any)) != 2 {
			t.Errorf("the columns of a reader who knows two of them: %v", got)
		}
		w.othersViews(t)
	})
}

// othersViews looks at what is private, or somebody else's to change.
func (w *world) othersViews(t *testing.T) {
	private := w.save(w.rita, "name", "Mine alone", "filter", m{"name": "Ritas secret"}, "default", true)
	team := w.save(w.rita, "name", "For reps", "shared", "roles", "roles", []string{"rep"})
	w.save(w.otto, "name", "Mine alone") // names collide with nobody else's
	if a := w.views(w.rita, http.MethodPost, "", m{"collection": "opportunities", "name": "Mine alone"}); a.kind != "invalid" {
		t.Errorf("two of one name: %s", a.text)
	}
	for who, sees := range map[*person]bool{w.otto: true, w.mona: false} {
		a := w.views(who, http.MethodGet, "?collection=opportunities", nil)
		w.need(a, "")
		if strings.Contains(a.text, private) || strings.Contains(a.text, "Ritas secret") || strings.Contains(a.text, team) != sees {
			t.Errorf("another sees %s", a.text)
		}
	}
	like(t, private, "aaaaaaaaaaaaaaaaaaaaaaaaaa", func(id string) answer { return w.views(w.otto, http.MethodPatch, "/"+id, m{"name": "x"}) })
	like(t, private, "aaaaaaaaaaaaaaaaaaaaaaaaaa", func(id string) answer { return w.views(w.chief, http.MethodDelete, "/"+id, nil) })
	if a := w.views(w.otto, http.MethodPatch, "/"+team, m{"name": "x"}); a.kind != "denied" {
		t.Errorf("another's view is changed: %s", a.text)
	}
	if a := w.views(w.otto, http.MethodPatch, "/"+team, m{"default": true}); a.kind != "" {
		t.Errorf("another's view as one's default: %s", a.text)
	}
	if a := w.views(w.rita, http.MethodPost, "", m{"collection": "opportunities", "name": "x", "shared": "roles", "roles": []string{"manager"}}); a.kind != "invalid" {
		t.Errorf("shared with a role that one has not: %s", a.text)
	}
	like(t, "contacts", "zzzzzzzz", func(name string) answer { return w.views(w.rita, http.MethodGet, "?collection="+name, nil) })
	like(t, "discount", "zzzzzzzz", func(name string) answer {
		return w.views(w.rita, http.MethodPost, "", m{"collection": "opportunities", "name": "y", "sort": []string{name}})
	})
	w.needNothing(t, w.views(&person{token: w.rita.helper}, http.MethodGet, "?collection=opportunities", nil), "denied")
	w.needNothing(t, w.views(w.chief, http.MethodDelete, "/"+team, nil), "")
	found, err := w.store.Audit.Tail(t.Context(), audit.Filter{Limit: 1})
	w.must(err)
	if len(found) != 1 || found[0].Operation != "views.delete" {
		t.Errorf("the log ends with %+v", found)
	}
}

func (w *world) needNothing(t *testing.T, a answer, kind string) {
	t.Helper()
	if a.kind != kind {
		t.Errorf("answered %q, want %q: %s", a.kind, kind, a.text)
	}
}
