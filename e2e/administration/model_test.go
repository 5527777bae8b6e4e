package administration

import (
	"net/http"
	"strings"
	"testing"

	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/policystore"
)

func TestFieldsAreTagged(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const path = "/api/model/opportunities/fields/stage"
		lower := map[string]any{"sensitivity": "public"}
		draft := map[string]any{"changes": []any{map[string]any{"collection": "opportunities", "field": "stage", "sensitivity": "public"}}, "counts": true}
		w.refused(http.MethodPatch, path, lower, "Ann", "Otto")
		w.refused(http.MethodGet, "/api/model", nil, "Ann")
		w.refused(http.MethodGet, "/api/model/suggestions", nil, "Ann")
		w.refused(http.MethodPost, "/api/model/diff", draft, "Ann")
		model := w.ok("Ada", http.MethodGet, "/api/model", nil)
		if !strings.Contains(model.body, `"name":"stage","type":"enum"`) || strings.Contains(model.body, "column") {
			t.Errorf("model %s", model.body)
		}
		// A deputy's AI is cleared for public fields only: it gains the stage.
		diff := w.ok("Ada", http.MethodPost, "/api/model/diff", draft)
		if !strings.Contains(diff.body, `"effect":"widens","before":"internal","after":"public"`) ||
			!strings.Contains(diff.body, `"name":"Dee","ai":true,"employee":"personal-agent","collection":"opportunities","counted":true,"before":4,"after":4,"fields":[{"field":"stage","known":"gained","before":0,"after":4}]`) &&
				!strings.Contains(diff.body, `"name":"Dee","ai":true,"employee":"personal-agent","collection":"opportunities","counted":true,"before":0,"after":4,"fields":[{"field":"stage","known":"gained","before":0,"after":4}]`) {
			t.Errorf("diff %s", diff.body)
		}
		changed := w.ok("Ada", http.MethodPatch, path, map[string]any{"sensitivity": "public", "title": "Where it stands", "personal": true, "epoch": model.json["epoch"]})
		for _, server := range []int{0, 1} {
			r := w.send(server, "Otto", http.MethodGet, "/api/model", nil)
			if r.json["epoch"] != changed.json["epoch"] || !strings.Contains(r.body, `"title":"Where it stands","sensitivity":"public","personal":true`) {
				t.Errorf("server %d: %s", server, r.body)
			}
		}
		if r := w.send(0, "Ada", http.MethodPatch, path, map[string]any{"sensitivity": "internal", "epoch": model.json["epoch"]}); r.status != http.StatusConflict {
			t.Errorf("an old epoch: %d %s", r.status, r.body)
		}
		for _, bad := range []any{`{}`, `{"sensitivity":"secret"}`, `{"sensitivity":null}`, `{"title":""}`, `{"title":"a\nb"}`, `{"column":"x"}`, `{"personal":"yes"}`} {
			if r := w.send(0, "Ada", http.MethodPatch, path, bad); r.status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", bad, r.status, r.body)
			}
		}
		if r := w.send(0, "Ada", http.MethodPatch, "/api/model/opportunities/fields/stagee", lower); r.status != http.StatusNotFound || !strings.Contains(r.body, `did you mean`) {
			t.Errorf("no such field: %d %s", r.status, r.body)
		}
		records, err := w.store.Audit.Tail(t.Context(), audit.Filter{Operation: policystore.OpField, Details: true})
		w.must(err)
		if len(records) != 1 || records[0].Actor.Person != w.people["Ada"] || records[0].Fields[0] != "stage" {
			t.Errorf("audit %+v", records)
		}
	})
}
