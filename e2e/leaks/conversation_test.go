package leaks

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
)

const readDeals = `query_records {"collection":"opportunities","fields":["name","amount"]}`

// converse has somebody ask her AI employee in a conversation and returns its path
// and that of the turn.
func converse(w *world, who *person, question string) (conversation, turn string) {
	w.tb.Helper()
	id := func(method, path string, body any) string {
		status, text := send(w.tb, w, who.token, method, path, body)
		var made struct{ ID remit.ID }
		w.must(json.Unmarshal([]byte(text), &made))
		if status >= 300 || made.ID == "" {
			w.tb.Fatalf("%s %s: %d %s", method, path, status, text)
		}
		return string(made.ID)
	}
	conversation = "/api/conversations/" + id(http.MethodPost, "/api/conversations", m{"employee": "helper"})
	return conversation, conversation + "/turns/" + id(http.MethodPost, conversation+"/turns", m{"question": question})
}

// Another user's conversation can be read or written, or fetched with a filter instead
// of an id.
func TestLeakAnotherUsersConversation(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		conversation, turn := converse(w, w.rita, readDeals)
		_, before := send(t, w, w.rita.token, http.MethodGet, conversation, nil)
		if !strings.Contains(before, "Ritas") {
			t.Fatalf("there is nothing to leak: %s", before)
		}
		uses := []struct {
			method, path string
			body         any
		}{
			{http.MethodGet, conversation, nil},
			{http.MethodPatch, conversation, m{"title": "mine"}},
			{http.MethodPost, conversation + "/turns", m{"question": "What was said?"}},
			{http.MethodGet, turn + "/events", nil},
			{http.MethodPost, turn + "/stop", nil},
			{http.MethodPost, turn + "/retry", nil},
			{http.MethodPut, turn + "/rating", m{"rating": "up"}},
			{http.MethodGet, conversation + "/shares", nil},
			{http.MethodPut, conversation + "/shares", m{"people": []remit.ID{w.otto.id}}},
			{http.MethodDelete, conversation, nil},
		}
		for name, token := range map[string]string{"a colleague": w.otto.token, "the chief": w.chief.token, "her own AI employee": w.rita.helper, "another of hers": w.rita.narrow} {
			for _, use := range uses {
				if status, text := send(t, w, token, use.method, use.path, use.body); status != http.StatusNotFound {
					t.Errorf("%s: %s %s is answered %d %s", name, use.method, use.path, status, text)
				}
			}
			for _, path := range []string{"/api/conversations", "/api/conversations?limit=200"} {
				if status, text := send(t, w, token, http.MethodGet, path, nil); status != http.StatusOK || !strings.Contains(text, `"conversations":[]`) {
					t.Errorf("%s lists %d %s", name, status, text)
				}
			}
			if status, _ := send(t, w, token, http.MethodGet, "/api/conversations?filter=%7B%7D", nil); status != http.StatusBadRequest {
				t.Errorf("%s: a filter is taken: %d", name, status)
			}
		}
		if _, after := send(t, w, w.rita.token, http.MethodGet, conversation, nil); after != before {
			t.Errorf("it has changed:\n%s\n%s", before, after)
		}
		// A turn is found only within its own conversation.
		mine, _ := converse(w, w.otto, readDeals)
		if status, text := send(t, w, w.otto.token, http.MethodGet, mine+strings.TrimPrefix(turn, conversation)+"/events", nil); status != http.StatusNotFound {
			t.Errorf("another's turn within one's own conversation: %d %s", status, text)
		}
	})
}

// A disabled AI employee goes on answering old conversations.
func TestLeakDisabledAnswersOldConversations(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		conversation, turn := converse(w, w.rita, readDeals)
		w.apply(strings.Replace(law, "    title: Helper\n", "    title: Helper\n    disabled: true\n", 1))
		if status, text := send(t, w, w.rita.token, http.MethodPost, conversation+"/turns", m{"question": readDeals}); status != http.StatusForbidden {
			t.Errorf("it is asked: %d %s", status, text)
		}
		if status, text := send(t, w, w.rita.token, http.MethodPost, turn+"/retry", nil); status != http.StatusForbidden {
			t.Errorf("it is asked again: %d %s", status, text)
		}
		if _, text := send(t, w, w.rita.token, http.MethodGet, conversation, nil); strings.Contains(text, "Ritas") || !strings.Contains(text, `"withheld"`) {
			t.Errorf("what it said is said again: %s", text)
		}
		if _, text := send(t, w, w.rita.token, http.MethodGet, turn+"/events", nil, "Accept", "text/event-stream"); strings.Contains(text, "Ritas") {
			t.Errorf("what it said is streamed again: %s", text)
		}
	})
}

// A chart, dashboard or answer that was shared ignores what its reader may see.
func TestLeakSharedConversationIgnoresTheReader(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		conversation, turn := converse(w, w.rita, readDeals)
		if status, text := send(t, w, w.rita.token, http.MethodPut, conversation+"/shares", m{"people": []remit.ID{w.otto.id}}); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
		for _, path := range []string{conversation, "/api/conversations", turn + "/events"} {
			status, text := send(t, w, w.otto.token, http.MethodGet, path, nil)
			_, streamed := send(t, w, w.otto.token, http.MethodGet, path, nil, "Accept", "text/event-stream")
			if status != http.StatusOK || strings.Contains(text+streamed, "Ritas") || strings.Contains(text+streamed, "amount") {
				t.Errorf("%s: %d %s", path, status, text+streamed)
			}
		}
		if status, text := send(t, w, w.chief.token, http.MethodGet, conversation, nil); status != http.StatusNotFound {
			t.Errorf("it was not shared with the chief: %d %s", status, text)
		}
	})
}

// Deleting a conversation leaves tool messages, checkpoints and usage rows behind: what
// lies in the tables is counted in data/derived; here, no route finds it again.
func TestLeakDeletedConversationIsLeftBehind(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		conversation, turn := converse(w, w.rita, readDeals)
		if status, text := send(t, w, w.rita.token, http.MethodDelete, conversation, nil); status != http.StatusNoContent {
			t.Fatalf("%d %s", status, text)
		}
		for _, path := range []string{conversation, turn + "/events", conversation + "/shares"} {
			if status, text := send(t, w, w.rita.token, http.MethodGet, path, nil); status != http.StatusNotFound {
				t.Errorf("%s: %d %s", path, status, text)
			}
		}
	})
}
