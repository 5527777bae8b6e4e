package agent

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm/script"
)

type approverFunc func(Change) error

func (f approverFunc) Approve(_ context.Context, _ remit.Actor, c Change) error { return f(c) }

func TestChangesWaitForAPerson(t *testing.T) {
	read := script.Call("query_records", `{"collection":"leads"}`)
	create := script.Call("create_record", `{"collection":"activities"}`)
	update := script.Call("update_record", `{"collection":"leads"}`)
	send := script.Call("send_email", `{"collection":"leads"}`)
	end := script.Text("Done.")
	tests := []struct {
		name  string
		turns []script.Turn
		asks  int
		ran   int
	}{
		{"a new record, before anything was read", []script.Turn{create, end}, 0, 1},
		{"a new record, after counting", []script.Turn{count("a"), create, end}, 0, 2},
		{"a new record, after reading what anybody may have written", []script.Turn{read, create, end}, 1, 2},
		{"a change", []script.Turn{update, end}, 1, 1},
		{"an e-mail", []script.Turn{send, end}, 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			w := newWorld(script.New(test.turns...))
			w.approver = approverFunc(func(c Change) error {
				asked++
				if c.Why == "" || !json.Valid(c.Input) {
					t.Errorf("asked about %+v", c)
				}
				return nil
			})
			w.run(t, t.Context(), question)
			if asked != test.asks || len(w.ran) != test.ran {
				t.Errorf("asked %d times, ran %v", asked, w.ran)
			}
			w = newWorld(script.New(test.turns...)) // nobody to ask
			got := w.run(t, t.Context(), question)
			if len(w.ran) != test.ran-test.asks {
				t.Errorf("without a person: ran %v", w.ran)
			}
			if last := got.Calls[len(got.Calls)-1]; test.asks > 0 && (last.Refusal == nil || !strings.Contains(last.Text, "person's yes")) {
				t.Errorf("without a person: %+v", last)
			}
			w = newWorld(script.New(test.turns...)) // a person who says no
			w.approver = approverFunc(func(Change) error { return remit.Errorf(remit.KindDenied, "Anna said no") })
			w.run(t, t.Context(), question)
			if len(w.ran) != test.ran-test.asks {
				t.Errorf("against a no: ran %v", w.ran)
			}
		})
	}
}

func TestAReadMayBeRepeatedAfterAChange(t *testing.T) {
	create := script.Call("create_record", `{"collection":"a"}`)
	w := newWorld(script.New(count("a"), create, count("a"), create, script.Text("42")))
	got := w.run(t, t.Context(), question)
	if calls := strings.Join(refusals(got), " "); calls != "ok ok ok invalid" {
		t.Errorf("calls %s: a change must not be made twice, a read may", calls)
	}
	other := script.Call("create_record", `{"collection":"b"}`)
	w = newWorld(script.New(create, other, create, script.Text("42")))
	if calls := strings.Join(refusals(w.run(t, t.Context(), question)), " "); calls != "ok ok invalid" {
		t.Errorf("calls %s: a change must not be made twice after another one either", calls)
	}
}
