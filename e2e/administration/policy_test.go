package administration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit/data/audit"
)

// held returns the policy that holds, to be changed and sent back.
func (w *world) held(as string) (document map[string]any, epoch float64) {
	w.tb.Helper()
	r := w.ok(as, http.MethodGet, "/api/policy", nil)
	return r.json["document"].(map[string]any), r.json["epoch"].(float64)
}

// role returns a role of a document.
func role(document map[string]any, name string) map[string]any {
	for _, r := range document["roles"].([]any) {
		if r.(map[string]any)["name"] == name {
			return r.(map[string]any)
		}
	}
	return nil
}

func TestPolicyRights(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		document, epoch := w.held("Ada")
		draft := map[string]any{"document": document}
		w.refused(http.MethodGet, "/api/policy", nil, "Ann")
		w.refused(http.MethodPut, "/api/policy", map[string]any{"document": document, "epoch": epoch}, "Ann", "Otto")
		w.refused(http.MethodPost, "/api/policy/check", draft, "Ann")
		w.refused(http.MethodPost, "/api/policy/diff", draft, "Ann")
		w.refused(http.MethodPost, "/api/policy/preview", map[string]any{"person": w.people["Ann"], "collection": "opportunities"}, "Ann", "Otto")
		w.refused(http.MethodPost, "/api/policy/expression", map[string]any{"collection": "opportunities", "expression": "true"}, "Ann")
		w.refused(http.MethodGet, "/api/policy/vocabulary?collection=opportunities", nil, "Ann")
		w.held("Otto") // those who audit may read it
	})
}

func TestPolicyIsReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		document, epoch := w.held("Ada")
		role(document, "rep")["clearance"] = "internal"
		done := w.ok("Ada", http.MethodPut, "/api/policy", map[string]any{"document": document, "epoch": epoch})
		changes := done.json["changes"].([]any)
		if len(changes) != 1 || changes[0].(map[string]any)["effect"] != "narrows" || done.json["epoch"].(float64) <= epoch {
			t.Errorf("answer %s", done.body)
		}
		if r := w.send(1, "Ada", http.MethodGet, "/api/policy", nil); r.json["epoch"] != done.json["epoch"] || role(r.json["document"].(map[string]any), "rep")["clearance"] != "internal" {
			t.Errorf("the other server: %s", r.body)
		}
		// A second administrator, who read before that, is told so.
		role(document, "rep")["title"] = "Representative"
		if r := w.send(1, "Dee", http.MethodPut, "/api/policy", map[string]any{"document": document, "epoch": epoch}); r.status != http.StatusConflict {
			t.Errorf("an old epoch: %d %s", r.status, r.body)
		}
		records, err := w.store.Audit.Tail(t.Context(), audit.Filter{Person: w.people["Ada"], Operation: "policy.apply", Details: true})
		w.must(err)
		if len(records) != 1 || !strings.Contains(fmt.Sprintf("%s", records[0].Details), "clearance") {
			t.Errorf("audit: %+v", records)
		}
	})
}

func TestPolicyProblemsHaveTheirPlace(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		document, epoch := w.held("Ada")
		grant := role(document, "rep")["grants"].([]any)[0].(map[string]any)
		grant["scope"] = "ownn"
		grant["fields"] = []any{"name", "amoun"}
		document["scopes"].([]any)[0].(map[string]any)["expression"] = "record.owner_id ==\n usr.id"
		r := w.ok("Ada", http.MethodPost, "/api/policy/check", map[string]any{"document": document})
		var got []string
		for _, p := range r.json["problems"].([]any) {
			m := p.(map[string]any)
			got = append(got, fmt.Sprint(m["path"], "|", m["hint"], "|", m["line"], "|", m["column"]))
		}
		want := []string{
			`scopes[0].expression|did you mean "user"?|2|2`,
			`roles[3].grants[0].fields[1]|did you mean "amount"?|<nil>|<nil>`,
			`roles[3].grants[0].scope|did you mean "own"?|<nil>|<nil>`,
		}
		if !slices.Equal(got, want) {
			t.Errorf("problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		put := w.send(0, "Ada", http.MethodPut, "/api/policy", map[string]any{"document": document, "epoch": epoch})
		if put.status != http.StatusBadRequest || len(put.json["problems"].([]any)) != 3 {
			t.Errorf("applied: %d %s", put.status, put.body)
		}
		document["rolls"] = []any{}
		document["roles"].([]any)[0].(map[string]any)["new_employees"] = "yes"
		r = w.ok("Ada", http.MethodPost, "/api/policy/check", map[string]any{"document": document})
		for _, place := range []string{`"path":"rolls"`, `"hint":"did you mean \"roles\"?"`, `"path":"roles[0].new_employees"`} {
			if !strings.Contains(r.body, place) {
				t.Errorf("problems %s lack %s", r.body, place)
			}
		}
		if _, now := w.held("Ada"); now != epoch {
			t.Errorf("the epoch moved from %v to %v", epoch, now)
		}
	})
}

// TestNoAdministratorLocksAllOut takes the capabilities of the last who have them.
func TestNoAdministratorLocksAllOut(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		document, epoch := w.held("Ada")
		put := func(document any) reply {
			return w.send(0, "Ada", http.MethodPut, "/api/policy", map[string]any{"document": document, "epoch": epoch})
		}
		role(document, "administrator")["capabilities"] = []any{"policy.manage"}
		if r := put(document); r.status != http.StatusForbidden || !strings.Contains(r.body, "people.manage") {
			t.Errorf("nobody manages people: %d %s", r.status, r.body)
		}
		role(document, "administrator")["capabilities"] = []any{"people.manage"}
		role(document, "deputy")["capabilities"] = []any{}
		if r := put(document); r.status != http.StatusForbidden || !strings.Contains(r.body, "policy.manage") {
			t.Errorf("nobody manages the policy: %d %s", r.status, r.body)
		}
		if r := put(map[string]any{}); r.status != http.StatusForbidden {
			t.Errorf("nothing at all: %d %s", r.status, r.body)
		}
		role(document, "deputy")["capabilities"] = []any{"policy.manage"}
		if r := put(document); r.status != http.StatusOK {
			t.Errorf("the deputy is left: %d %s", r.status, r.body)
		}
	})
}

func TestDiffSaysWhoGainsAndLoses(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		document, _ := w.held("Ada")
		grants := role(document, "rep")["grants"].([]any)
		grants[1].(map[string]any)["fields"] = []any{"name", "stage", "probability"}
		document["employees"].([]any)[0].(map[string]any)["remit"].(map[string]any)["sensitivity"] = "public"
		r := w.ok("Ada", http.MethodPost, "/api/policy/diff", map[string]any{"document": document, "counts": true})
		var ann, viz bool
		for _, i := range r.json["impacts"].([]any) {
			m := i.(map[string]any)
			if m["collection"] != "opportunities" || m["counted"] != true {
				continue
			}
			text, _ := json.Marshal(m)
			if m["name"] == "Ann" && m["employee"] == nil {
				ann = strings.Contains(string(text), `{"after":4,"before":0,"field":"probability","known":"gained"}`)
			}
			if m["name"] == "Ann" && m["employee"] == "viz" {
				viz = strings.Contains(string(text), `"field":"amount","known":"lost"`)
			}
		}
		if !ann || !viz || r.json["more"] != false || r.json["people"].(float64) != 5 {
			t.Errorf("Ann gains: %t, Viz loses: %t; %s", ann, viz, r.body)
		}
		// The deputy does not see all deals, and so learns no counts of them.
		r = w.ok("Dee", http.MethodPost, "/api/policy/diff", map[string]any{"document": document, "counts": true})
		if strings.Contains(r.body, `"counted":true`) || !strings.Contains(r.body, `"field":"probability","known":"gained","before":0,"after":0`) {
			t.Errorf("the deputy learns %s", r.body)
		}
		records, err := w.store.Audit.Tail(t.Context(), audit.Filter{Person: w.people["Ann"], Operation: "count"})
		w.must(err)
		if len(records) == 0 || records[0].Actor.Operator != string(w.people["Ada"]) {
			t.Errorf("counting as Ann is recorded as %+v", records)
		}
	})
}

func TestExpressionsAreChecked(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		check := func(expression string) reply {
			return w.ok("Ada", http.MethodPost, "/api/policy/expression", map[string]any{"collection": "opportunities", "expression": expression})
		}
		if r := check("record.owner_id == user.id"); r.json["ok"] != true {
			t.Errorf("a good one: %s", r.body)
		}
		r := check("record.stage == \"won\" &&\n  record.amunt > 5")
		p := r.json["problems"].([]any)[0].(map[string]any)
		if r.json["ok"] != false || p["line"] != 2.0 || p["column"] != 3.0 || p["hint"] != `did you mean "amount"?` || strings.HasPrefix(fmt.Sprint(p["message"]), "line") {
			t.Errorf("a misspelt one: %s", r.body)
		}
		if r := check("record."); r.json["ok"] != false || r.json["problems"].([]any)[0].(map[string]any)["column"] == nil {
			t.Errorf("half a one: %s", r.body)
		}
		r = w.ok("Ada", http.MethodGet, "/api/policy/vocabulary?collection=opportunities", nil)
		for _, word := range []string{`"name":"record.amount"`, `"name":"record.account.industry"`, `"name":"user.department_id"`, `"name":"reportsTo"`, `"name":"in"`, `"name":"own"`, `"expression":"record.owner_id == user.id"`} {
			if !strings.Contains(r.body, word) {
				t.Errorf("the vocabulary lacks %s: %s", word, r.body)
			}
		}
		if r := w.send(0, "Ada", http.MethodGet, "/api/policy/vocabulary?collection=opportunitie", nil); r.status != http.StatusNotFound || !strings.Contains(r.body, "opportunities") {
			t.Errorf("no such collection: %d %s", r.status, r.body)
		}
	})
}
