package administration

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/datatest/pgtest"
	"github.com/remit-crm/remit/data/lens"
)

func (w *world) preview(as string, more map[string]any) reply {
	w.tb.Helper()
	body := map[string]any{"person": w.people["Ann"], "collection": "opportunities"}
	for k, v := range more {
		body[k] = v
	}
	return w.send(0, as, http.MethodPost, "/api/policy/preview", body)
}

func TestPreview(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		draft, _ := w.held("Ada")
		role(draft, "rep")["grants"].([]any)[1].(map[string]any)["scope"] = "none"
		tests := []struct {
			name, as string
			ask      map[string]any
			want     []string
		}{
			{"all that Ann sees", "Ada", nil, []string{"Ann large", "Ann lost", "Ann small", "Bob large", "Bob small"}},
			{"a scope", "Ada", map[string]any{"scope": "own"}, []string{"Ann large", "Ann lost", "Ann small"}},
			{"all of a collection", "Ada", map[string]any{"scope": "all"}, []string{"Ann large", "Ann lost", "Ann small", "Bob large", "Bob lost", "Bob small"}},
			{"an expression", "Ada", map[string]any{"expression": "record.owner_id == user.id && record.amount > 500"}, []string{"Ann large", "Ann lost"}},
			{"a hop", "Ada", map[string]any{"scope": "medical"}, []string{"Ann large", "Ann lost", "Ann small", "Bob large", "Bob lost", "Bob small"}},
			{"a draft", "Ada", map[string]any{"document": draft}, []string{"Ann large", "Ann lost", "Ann small"}},
			{"as the deputy sees it", "Dee", nil, []string{"Ann large", "Ann small", "Bob large", "Bob small"}},
			{"a hop that is hidden from the deputy", "Dee", map[string]any{"scope": "medical"}, []string{"Ann small", "Bob small"}},
		}
		for _, test := range tests {
			r := w.preview(test.as, test.ask)
			if r.status != http.StatusOK {
				t.Errorf("%s: %d %s", test.name, r.status, r.body)
				continue
			}
			got := names(r.json["page"])
			slices.Sort(got)
			if !slices.Equal(got, test.want) || r.json["page"].(map[string]any)["total"] != float64(len(test.want)) {
				t.Errorf("%s: %q, total %v, want %q", test.name, got, r.json["page"].(map[string]any)["total"], test.want)
			}
		}
	})
}

// TestPreviewMasks checks that cells are shown as the person sees them, where the
// administrator sees them too.
func TestPreviewMasks(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		r := w.preview("Ada", nil)
		for _, each := range r.json["page"].(map[string]any)["records"].([]any) {
			record := each.(map[string]any)
			mine := strings.HasPrefix(fmt.Sprint(record["name"]), "Ann")
			hidden := fmt.Sprint(record["_hidden"])
			if (record["amount"] != nil) != mine || strings.Contains(hidden, "amount") == mine {
				t.Errorf("record %v", record)
			}
			if _, has := record["probability"]; has {
				t.Errorf("a field that Ann does not know: %v", record)
			}
		}
		if got := fmt.Sprint(r.json["fields"]); got != "[name stage amount owner_id]" {
			t.Errorf("fields %s", got)
		}
		r = w.preview("Dee", nil)
		if r.status != http.StatusOK || strings.Contains(r.body, `"amount":`) {
			t.Errorf("the deputy sees amounts: %s", r.body)
		}
		records, err := w.store.Audit.Tail(t.Context(), audit.Filter{Person: w.people["Dee"], Operation: lens.OpPreview, Details: true})
		w.must(err)
		if len(records) != 1 || !strings.Contains(fmt.Sprintf("%s", records[0].Details), string(w.people["Ann"])) || records[0].Rows != 4 {
			t.Errorf("audit: %+v", records)
		}
	})
}

func TestPreviewRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		tests := []struct {
			name   string
			as     string
			ask    map[string]any
			status int
		}{
			{"by a cell that the deputy does not know", "Dee", map[string]any{"scope": "large"}, http.StatusForbidden},
			{"by an expression over one", "Dee", map[string]any{"expression": "record.amount > 500"}, http.StatusForbidden},
			{"by one over a relation", "Dee", map[string]any{"expression": `record.account.status == "customer"`}, http.StatusForbidden},
			{"no such scope", "Ada", map[string]any{"scope": "ownn"}, http.StatusBadRequest},
			{"no such collection", "Ada", map[string]any{"collection": "deals"}, http.StatusNotFound},
			{"no such person", "Ada", map[string]any{"person": "aaaaaaaaaaaaaaaaaaaaaaaaaa"}, http.StatusNotFound},
			{"no person", "Ada", map[string]any{"person": nil}, http.StatusBadRequest},
			{"both", "Ada", map[string]any{"scope": "own", "expression": "true"}, http.StatusBadRequest},
			{"too many", "Ada", map[string]any{"limit": 201}, http.StatusBadRequest},
			{"a broken expression", "Ada", map[string]any{"expression": "record."}, http.StatusBadRequest},
			{"unknown member", "Ada", map[string]any{"scopes": "own"}, http.StatusBadRequest},
			{"a collection that the deputy may not see", "Dee", map[string]any{"collection": "quotes"}, http.StatusNotFound},
		}
		for _, test := range tests {
			if r := w.preview(test.as, test.ask); r.status != test.status {
				t.Errorf("%s: %d, want %d: %s", test.name, r.status, test.status, r.body)
			}
		}
	})
}

// TestPreviewTellsTwoWorldsNotApart changes all that is hidden from the deputy and
// compares every byte of what a preview shows (DESIGN law 6).
func TestPreviewTellsTwoWorldsNotApart(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "remit.db") },
		"postgres": func(t *testing.T) string { return pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, url(t))
			asks := []map[string]any{
				nil,
				{"scope": "own"},
				{"scope": "open"},
				{"scope": "medical"},
				{"scope": "all"},
				{"scope": "large"},
				{"expression": "record.account_id == null"},
				{"expression": "record.account_id != null"},
				{"expression": "record.account.industry == null"},
				{"expression": `record.account.industry != "retail"`},
				{"expression": `record.account.name.startsWith("H")`},
				{"expression": `record.account.parent.industry == "medical"`},
				{"expression": "record.account.parent_id == null"},
				{"expression": "record.amount > 500 || true"},
				{"limit": 1},
			}
			before := w.previews(asks)
			// Lost deals, amounts and the account that is hidden are nothing to the deputy.
			w.create("opportunities", map[string]any{"name": "another", "stage": "lost", "amount": 5, "owner_id": w.people["Ann"]})
			hidden := w.find("accounts", "Hidden Ltd")
			w.change("accounts", hidden, `{"industry":"retail","city":"Bonn"}`)
			for _, deal := range []string{"Ann small", "Bob small", "Ann large", "Ann lost"} {
				w.change("opportunities", w.deals[deal], `{"amount":900}`)
			}
			w.change("opportunities", w.deals["Ann large"], `{"account_id":null}`)
			w.must(w.store.Lens.Delete(t.Context(), w.operator, lens.Removal{Collection: "opportunities", ID: w.deals["Bob lost"]}))
			for i, after := range w.previews(asks) {
				if after != before[i] {
					t.Errorf("%v: before and after\n%s\n%s", asks[i], before[i], after)
				}
			}
		})
	}
}

func (w *world) previews(asks []map[string]any) []string {
	w.tb.Helper()
	var all []string
	for _, ask := range asks {
		r := w.preview("Dee", ask)
		delete(r.json, "request_id")
		all = append(all, fmt.Sprint(r.status, r.json))
	}
	return all
}

func (w *world) find(collection, name string) remit.ID {
	w.tb.Helper()
	page, err := w.store.Lens.Query(w.tb.Context(), w.operator, lens.Query{Collection: collection, Filter: []byte(fmt.Sprintf(`{"name":{"$eq":%q}}`, name))})
	w.must(err)
	return page.Records[0].ID
}

func (w *world) change(collection string, id remit.ID, values string) {
	w.tb.Helper()
	_, err := w.store.Lens.Update(w.tb.Context(), w.operator, lens.Change{Collection: collection, ID: id, Values: fields(w.tb, values)})
	w.must(err)
}
