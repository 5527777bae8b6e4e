package leaks

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
)

// past returns a page of the history of a record.
func (w *world) past(who *person, collection string, id remit.ID, query string) answer {
	w.tb.Helper()
	status, text := send(w.tb, w, who.token, http.MethodGet, "/api/collections/"+collection+"/records/"+string(id)+"/history"+query, nil)
	if status != http.StatusOK {
		return refused(w.tb, []byte(text))
	}
	return answer{text: text}
}

// frappe/crm#805: the timeline or history shows changes of a hidden field. Neither
// the change itself nor a gap, a number or a page's end may tell of it, and what one
// link led to is told only to who may see it.
func TestLeakHistoryShowsChangesOfAHiddenField(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.set("opportunities", w.open, "stage", "negotiation")
		w.set("opportunities", w.open, "amount", 60)
		before := w.past(w.rita, "opportunities", w.open, "?limit=1")
		w.need(before, "")
		whole := w.past(w.rita, "opportunities", w.open, "")
		w.set("opportunities", w.open, "discount", 0.33, "loss_reason", "hushhush twice")
		w.set("opportunities", w.open, "probability", 77)
		w.set("opportunities", w.open, "discount", 0.44)
		w.set("opportunities", w.open, "contact_id", nil)
		for query, want := range map[string]answer{"?limit=1": before, "": whole} {
			if after := w.past(w.rita, "opportunities", w.open, query); after.text != want.text {
				t.Errorf("with changes of hidden fields the history is\n%s, without\n%s", after.text, want.text)
			}
		}
		for _, secret := range []string{"discount", "loss_reason", "probability", "hushhush", "0.33", "contact_id", string(w.carl), "Undisclosed"} {
			if strings.Contains(whole.text, secret) {
				t.Errorf("the history tells %q: %s", secret, whole.text)
			}
		}
		// The chief did see it all happen.
		if all := w.past(w.chief, "opportunities", w.open, ""); !strings.Contains(all.text, "hushhush twice") || !strings.Contains(all.text, string(w.carl)) {
			t.Errorf("the chief is told %s", all.text)
		}
		w.maskedHistory(t)
	})
}

// maskedHistory looks at fields that are known and hidden on this record, at links to
// hidden records, at hidden records, and at who may not see people.
func (w *world) maskedHistory(t *testing.T) {
	w.set("accounts", w.beta, "annual_revenue", 123456)
	w.set("accounts", w.beta, "city", "Graz")
	a := w.past(w.rita, "accounts", w.beta, "")
	w.need(a, "")
	if strings.Contains(a.text, "annual_revenue") || strings.Contains(a.text, "123456") || !strings.Contains(a.text, "Graz") {
		t.Errorf("of another's account: %s", a.text)
	}
	w.set("accounts", w.alpha, "parent_id", w.stealth)
	hidden := w.past(w.rita, "accounts", w.alpha, "")
	w.set("accounts", w.alpha, "parent_id", w.beta)
	shown := w.past(w.rita, "accounts", w.alpha, "")
	if strings.Contains(hidden.text+shown.text, string(w.stealth)) || strings.Contains(hidden.text, "parent_id") || !strings.Contains(shown.text, string(w.beta)) {
		t.Errorf("of links to what is hidden:\n%s\n%s", hidden.text, shown.text)
	}
	like(t, string(w.stealth), "aaaaaaaaaaaaaaaaaaaaaaaaaa", func(id string) answer { return w.past(w.rita, "accounts", remit.ID(id), "") })
	like(t, "contacts", "zzzzzzzz", func(name string) answer { return w.past(w.rita, name, w.carl, "") })
	// Managers know no people here; reps do.
	for who, named := range map[*person]bool{w.rita: true, w.mona: false} {
		var page struct{ Changes []struct{ By map[string]any } }
		w.must(json.Unmarshal([]byte(w.past(who, "opportunities", w.open, "").text), &page))
		if _, got := page.Changes[0].By["person"]; got != named {
			t.Errorf("who changed it: %s", fmt.Sprint(page.Changes[0].By))
		}
	}
	if a := w.past(w.gust, "opportunities", w.open, ""); a.kind != "not_found" {
		t.Errorf("a guest is told %s", a.text)
	}
}
