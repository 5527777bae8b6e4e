package conversations_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/ops/conversations"
)

// given returns what the model was given last, as a service that knows texts only is.
func (w *world) given() string {
	var all strings.Builder
	for _, m := range w.model.seen[len(w.model.seen)-1].Messages {
		fmt.Fprintln(&all, m.Role, m.Prompt())
		for _, call := range m.Calls {
			fmt.Fprintln(&all, call.Name, string(call.Arguments))
		}
	}
	return all.String()
}

func (w *world) askOf(name string, conversation remit.ID, question string, screen agent.Screen) *conversations.Turn {
	w.tb.Helper()
	id, err := w.one.Ask(context.Background(), w.as(name), conversation, conversations.Question{Question: question, Context: &screen})
	w.must(err)
	turn, err := w.one.Wait(context.Background(), w.as(name), conversation, id)
	w.must(err)
	return turn
}

func byAmount() agent.Screen {
	return agent.Screen{Page: "opportunities", View: "over 4242", Collection: "opportunities", Filter: json.RawMessage(`{"amount":{"$gte":4242}}`)}
}

// What was read for a service with a higher limit is not handed to one with a lower:
// neither the answer, nor what was asked of the tools, nor the screen; nor a refusal,
// nor what was said knowing them.
func TestHistoryHoldsToEgress(t *testing.T) {
	for what, ask := range map[string]func(*world, remit.ID){
		"a list": func(w *world, id remit.ID) { w.ask("Ann", id, list) },
		"a sum":  func(w *world, id remit.ID) { w.ask("Ann", id, total) },
		"a filter": func(w *world, id remit.ID) {
			w.ask("Ann", id, `count_records {"collection":"opportunities","filter":{"amount":{"$gte":4242}}}`)
		},
		"the screen": func(w *world, id remit.ID) { w.askOf("Ann", id, "What of these?", byAmount()) },
		"a refusal": func(w *world, id remit.ID) {
			w.ask("Ann", id, `query_records {"collection":"opportunities","fields":["amount","amounts"]}`)
		},
		"the schema":   func(w *world, id remit.ID) { w.ask("Ann", id, `describe_collection {"collection":"opportunities"}`) },
		"an aftertalk": func(w *world, id remit.ID) { w.ask("Ann", id, list); w.ask("Ann", id, "What was it?") },
	} {
		t.Run(what, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.deal("Ann", "Big deal", 4242)
				id := w.begin("Ann")
				ask(w, id)
				w.ask("Ann", id, "And now?")
				if told := w.given(); !strings.Contains(told, "amount") && what != "an aftertalk" || strings.Contains(told, "withheld") {
					t.Fatalf("below the limit the model was given %s", told)
				}
				w.limit.Store(int32(remit.Internal))
				next := w.ask("Ann", id, "And then?")
				told := w.given()
				_, told, _ = strings.Cut(told, "# Rules") // which speak of nothing that was read
				if strings.Contains(told, "amount") || strings.Contains(told, "4242") || strings.Contains(told, "Big deal") || !strings.Contains(told, "may not go to this model service") {
					t.Errorf("above the limit the model was given %s", told)
				}
				if turns := w.read("Ann", id).Turns; turns[0].Withheld != nil || next.Withheld != nil {
					t.Errorf("it is withheld from Ann: %s", w.text(turns))
				}
			})
		})
	}
}

// What was read within the limit is handed on within it.
func TestHistoryWithinEgress(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.limit.Store(int32(remit.Internal))
		w.deal("Ann", "Big deal", 4242)
		id := w.begin("Ann")
		w.ask("Ann", id, `query_records {"collection":"opportunities","fields":["name"]}`)
		w.ask("Ann", id, `query_records {"collection":"opportunities","fields":["nome"]}`)
		w.askOf("Ann", id, "Which of these?", agent.Screen{Collection: "opportunities", Filter: json.RawMessage(`{"stage":"won"}`)})
		w.ask("Ann", id, "And now?")
		if told := w.given(); strings.Contains(told, "withheld") || !strings.Contains(told, "Big deal") || !strings.Contains(told, "nome") || !strings.Contains(told, `{"stage":"won"}`) {
			t.Errorf("the model was given %s", told)
		}
	})
}

// A filter of the screen is held to the limit as a tool call's is. The question is
// answered without it, and everybody is told.
func TestScreenHoldsToEgress(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.limit.Store(int32(remit.Internal))
		deal := w.deal("Ann", "Big deal", 4242)
		id := w.begin("Ann")
		turn := w.askOf("Ann", id, "What of these?", byAmount())
		told := w.given()
		if strings.Contains(told, "amount") || strings.Contains(told, "4242") {
			t.Errorf("the model was given %s", told)
		}
		const note = "filter uses fields that may not go to this model service"
		if !strings.Contains(told, note) || !strings.Contains(turn.Answer, note) || !strings.Contains(turn.Answer, "all opportunities") {
			t.Errorf("nobody is told: %s\n%s", told, turn.Answer)
		}
		if turn.Context == nil || turn.Context.Filter != nil || turn.Context.Page != "opportunities" {
			t.Errorf("kept as %s", w.text(turn.Context))
		}
		w.ask("Ann", id, "And now?") // which rests on nothing that is above the limit
		if told := w.given(); strings.Contains(told, "withheld") || strings.Contains(told, "4242") {
			t.Errorf("the next model was given %s", told)
		}
		selected := byAmount()
		selected.Records = []remit.ID{deal}
		turn = w.askOf("Ann", id, "What of this?", selected)
		if told := w.given(); !strings.Contains(told, string(deal)) || strings.Contains(told, "4242") || strings.Contains(turn.Answer, "all opportunities") {
			t.Errorf("the model was given %s", told)
		}
		// Who asks again asks of the same page.
		w.limit.Store(int32(remit.Restricted))
		again, err := w.one.Retry(context.Background(), w.as("Ann"), id, turn.ID)
		w.must(err)
		_, err = w.one.Wait(context.Background(), w.as("Ann"), id, again)
		w.must(err)
		if told := w.given(); !strings.Contains(told, "4242") || strings.Contains(told, note+". It is left out, so the selected") && strings.Contains(told, string(llm.System)+" The page's") {
			t.Errorf("asked again the model was given %s", told)
		}
	})
}
