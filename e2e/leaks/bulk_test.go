package leaks

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
)

func (w *world) bulk(token string, body m) answer {
	w.tb.Helper()
	status, text := send(w.tb, w, token, http.MethodPost, "/api/collections/opportunities/bulk", body)
	if status >= 300 {
		return refused(w.tb, []byte(text))
	}
	return answer{text: text}
}

// espocrm#2312, CVE-2026-41160: a bulk change skips the rules of fields and records,
// or makes some of what it then refuses.
func TestLeakBulkChangeSkipsTheRules(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		before := w.look("opportunities", w.won)
		nobody := remit.ID("aaaaaaaaaaaaaaaaaaaaaaaaaa")
		for _, values := range []m{{"discount": 0.5}, {"owner_id": w.otto.id}, {"close_date": "2026-03-03"}, {"account_id": w.stealth}} {
			if a := w.bulk(w.rita.token, m{"ids": []any{w.won, w.lost}, "values": values}); a.kind == "" {
				t.Errorf("a rep sets %v: %s", values, a.text)
			}
		}
		like(t, string(w.ottosWon), string(nobody), func(id string) answer {
			return w.bulk(w.rita.token, m{"ids": []any{w.won, id}, "values": m{"next_step": "call"}})
		})
		a := w.bulk(w.rita.token, m{"ids": []any{w.won, w.ottosWon, w.lost, nobody}, "values": m{"next_step": "call"}})
		if got := fmt.Sprint(a.column(t, "records", "id")); got != fmt.Sprint([]any{string(w.ottosWon), string(nobody)}) {
			t.Errorf("problems with %s: %s", got, a.text)
		}
		a = w.bulk(w.rita.token, m{"ids": []any{w.won, w.lost}, "versions": m{string(w.lost): "stale"}, "values": m{"next_step": "call"}})
		if a.kind != "conflict" {
			t.Errorf("a stale version: %s", a.text)
		}
		if a := w.bulk(w.rita.token, m{"ids": []any{w.won}, "delete": true}); a.kind != "denied" {
			t.Errorf("a rep deletes: %s", a.text)
		}
		if a := w.bulk(w.rita.helper, m{"ids": []any{w.won}, "values": m{"next_step": "call"}}); a.kind != "denied" {
			t.Errorf("an AI employee changes in bulk: %s", a.text)
		}
		if after := w.look("opportunities", w.won); after != before {
			t.Errorf("refused changes were made:\n%s\n%s", before, after)
		}
		w.bulkOfOnesOwn(t)
	})
}

func (w *world) bulkOfOnesOwn(t *testing.T) {
	a := w.bulk(w.rita.token, m{"ids": []any{w.won, w.lost}, "values": m{"next_step": "call"}})
	w.need(a, "")
	if a.text = strings.TrimSpace(a.text); a.text != `{"changed":2,"unchanged":0}` {
		t.Errorf("of one's own: %s", a.text)
	}
	entries := w.entries(1)
	if len(entries) != 1 || entries[0].Operation != "update" || entries[0].Rows != 2 || fmt.Sprint(entries[0].Fields) != "[next_step]" {
		t.Errorf("the log has %+v", entries)
	}
	if past := w.past(w.rita, "opportunities", w.lost, "?limit=1"); !strings.Contains(past.text, `"after":"call"`) {
		t.Errorf("the history has %s", past.text)
	}
	many := make([]any, 1001)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for _, ids := range [][]any{many, {}, {w.won, w.won}} {
		if a := w.bulk(w.rita.token, m{"ids": ids, "values": m{"next_step": "x"}}); a.kind != "invalid" {
			t.Errorf("%d ids: %s", len(ids), a.text)
		}
	}
	w.need(w.bulk(w.chief.token, m{"ids": []any{w.won, w.lost}, "delete": true}), "")
	if a := w.past(w.rita, "opportunities", w.lost, ""); a.kind != "not_found" {
		t.Errorf("deleted, and still there: %s", a.text)
	}
}
