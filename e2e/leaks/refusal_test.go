package leaks

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit/data/audit"
)

// A model that asks for a tool that it may not use, or that does not exist, leaves
// an entry. What it calls a tool that does not exist may be anything, a customer's
// name say, so it is not in what is kept for ever.
func TestLeakRefusedToolLeavesNoEntry(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const secret = "call_carl_undisclosed"
		for _, f := range []face{byMCP, byAI} {
			for _, name := range []string{secret, "delete_record"} {
				before := w.lastSequence()
				f.call(t, w, w.rita, name, m{"collection": "opportunities", "id": w.won})
				found := w.refusedCalls(before, w.rita)
				if len(found) != 1 {
					t.Errorf("%s: a call of %s leaves %d entries", f.name, name, len(found))
					continue
				}
				e := found[0]
				if bytes.Contains(e.Leaf, []byte(secret)) || e.Decision != audit.Refused || !e.Actor.AI() {
					t.Errorf("%s: %s is recorded as %+v", f.name, name, e.Entry)
				}
				if details, _ := e.Details.(json.RawMessage); !strings.Contains(string(details), name) {
					t.Errorf("%s: the details of a call of %s are %s", f.name, name, details)
				}
			}
		}
	})
}

// refusedCalls returns the tool calls by the person that were refused behind a
// sequence.
func (w *world) refusedCalls(sequence int64, who *person) []audit.Record {
	w.tb.Helper()
	found, err := w.store.Audit.Tail(w.tb.Context(), audit.Filter{Person: who.id, Operation: "tool.call", After: &sequence, Details: true})
	w.must(err)
	return found
}
