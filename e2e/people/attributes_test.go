package people_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
)

// TestAttributes defines attributes, gives them to somebody, changes and removes
// them, each at a server that did not see the change before.
func TestAttributes(t *testing.T) {
	eachDatabase(t, func(w *world) {
		adam, ann := w.signIn(0, "adam@example.com", password), w.signIn(1, "ann@example.com", password)
		ann.want(http.StatusForbidden, "GET", "/api/attributes", "")
		ann.want(http.StatusForbidden, "PUT", "/api/attributes/level", `{"type":"integer"}`)
		ann.want(http.StatusForbidden, "DELETE", "/api/attributes/level", "")
		adam.want(http.StatusOK, "PUT", "/api/attributes/level", `{"type":"integer"}`)
		adam.at(1).want(http.StatusOK, "PUT", "/api/attributes/regions", `{"type":"text","list":true}`)
		w.told(adam, `{"name":"level","type":"integer","people":0},{"name":"regions","type":"text","list":true,"people":0}`)

		one := "/api/people/" + string(w.ids["Ann"])
		adam.want(http.StatusBadRequest, "PATCH", one, `{"attributes":{"level":["high"]}}`)
		set := adam.want(http.StatusOK, "PATCH", one, `{"attributes":{"level":["3"],"regions":["north","south"]}}`)
		if !strings.Contains(set.text, `"attributes":{"level":["3"],"regions":["north","south"]}`) {
			t.Errorf("set %s", set.text)
		}
		w.told(adam, `{"name":"level","type":"integer","people":1},{"name":"regions","type":"text","list":true,"people":1}`)

		// What is as it was takes nothing; another type does, and says from how many.
		adam.want(http.StatusOK, "PUT", "/api/attributes/level", `{"type":"integer"}`)
		unsaid := adam.want(http.StatusBadRequest, "PUT", "/api/attributes/level", `{"type":"text"}`)
		if unsaid.body["field"] != "people" || !strings.HasPrefix(unsaid.body["detail"].(string), "1 person has values of level") {
			t.Errorf("unsaid: %s", unsaid.text)
		}
		adam.want(http.StatusConflict, "PUT", "/api/attributes/level", `{"type":"text","people":2}`)
		adam.want(http.StatusConflict, "DELETE", "/api/attributes/regions?people=0", "")
		w.told(adam, `{"name":"level","type":"integer","people":1},{"name":"regions","type":"text","list":true,"people":1}`)
		adam.want(http.StatusOK, "PUT", "/api/attributes/level", `{"type":"text","people":1}`)
		adam.want(http.StatusBadRequest, "DELETE", "/api/attributes/regions", "")
		adam.want(http.StatusNoContent, "DELETE", "/api/attributes/regions?people=1", "")
		adam.want(http.StatusNotFound, "DELETE", "/api/attributes/regions", "")
		w.told(adam, `{"name":"level","type":"text","people":0}`)
		if now := adam.want(http.StatusOK, "GET", one, ""); strings.Contains(now.text, `"attributes"`) {
			t.Errorf("kept %s", now.text)
		}
		w.logged("attributes.define", 4)
		w.logged("attributes.remove", 1)
	})
}

// TestAttributesOfThePolicy refuses to take from the policy what it names.
func TestAttributesOfThePolicy(t *testing.T) {
	eachDatabase(t, func(w *world) {
		adam, ann := w.signIn(0, "adam@example.com", password), w.signIn(1, "ann@example.com", password)
		for _, wrong := range []struct{ name, body, field string }{
			{"Region", `{"type":"text"}`, "name"},
			{"email", `{"type":"text"}`, "name"},
			{"region", `{"type":"relation"}`, "type"},
			{"region", `{}`, "type"},
			{"region", `{"type":"boolean","list":true}`, "list"},
			{"region", `{"type":"text","title":"Region"}`, "title"},
		} {
			if got := adam.want(http.StatusBadRequest, "PUT", "/api/attributes/"+wrong.name, wrong.body); got.body["field"] != wrong.field {
				t.Errorf("%s %s: %s", wrong.name, wrong.body, got.text)
			}
		}
		adam.want(http.StatusOK, "PUT", "/api/attributes/region", `{"type":"text"}`)
		doc, err := w.store.Policies.Document(t.Context())
		w.must(err)
		doc.Scopes = append(doc.Scopes, policy.Scope{Name: "own-region", Collection: "accounts", Expression: `record.country != null && record.country == user.region`})
		for i := range doc.Roles {
			if doc.Roles[i].Name == "sales-rep" {
				doc.Roles[i].Capabilities = []string{policy.ManagePeople}
			}
		}
		w.must(w.store.Policies.Apply(t.Context(), operator(), doc, nil))
		w.told(adam, `{"name":"region","type":"text","people":0,"uses":[{"part":"scope","name":"own-region","collection":"accounts"}]}`)
		w.told(ann, `{"name":"region","type":"text","people":0}`) // who manages people alone reads no policy
		ann.want(http.StatusForbidden, "DELETE", "/api/attributes/region", "")
		adam.want(http.StatusOK, "PUT", "/api/attributes/region", `{"type":"text"}`)
		for method, body := range map[string]string{"PUT": `{"type":"text","list":true}`, "DELETE": ""} {
			got := adam.want(http.StatusBadRequest, method, "/api/attributes/region", body)
			if detail := got.body["detail"].(string); !strings.Contains(detail, `the policy uses user.region in the scope "own-region" of accounts`) {
				t.Errorf("%s: %s", method, got.text)
			}
		}
	})
}

// told holds what the list says, at each server.
func (w *world) told(b *browser, attributes string) {
	w.t.Helper()
	for server := range w.servers {
		got := b.at(server).want(http.StatusOK, "GET", "/api/attributes", "")
		if want := `{"attributes":[` + attributes + "]}\n"; got.text != want {
			w.t.Errorf("server %d told %swant %s", server, got.text, want)
		}
	}
}

// logged counts Adam's changes of an operation that the audit log has.
func (w *world) logged(op audit.Operation, want int) {
	w.t.Helper()
	records, err := w.store.Audit.Tail(w.t.Context(), audit.Filter{Operation: op, Person: w.ids["Adam"], Limit: 100})
	w.must(err)
	if len(records) != want {
		w.t.Errorf("%d entries of %s, want %d", len(records), op, want)
	}
}
