package conversations_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/ops/conversations"
)

// follow collects what a reader is handed out, in the background.
type follow struct {
	events chan conversations.Event
	done   chan error
}

func (w *world) follow(on *conversations.Conversations, name string, id, turn remit.ID, after int) *follow {
	f := &follow{events: make(chan conversations.Event, 100), done: make(chan error, 1)}
	go func() {
		f.done <- on.Follow(w.tb.Context(), w.as(name), id, turn, after, func(e conversations.Event) error {
			f.events <- e
			return nil
		})
		close(f.events)
	}()
	return f
}

// until waits for an event.
func (f *follow) until(t *testing.T, name string) (seen []conversations.Event) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case e, ok := <-f.events:
			if !ok {
				t.Fatalf("the stream ended without %s: %v", name, seen)
			}
			seen = append(seen, e)
			if e.Name == name {
				return seen
			}
		case <-timeout:
			t.Fatalf("no %s came: %v", name, seen)
		}
	}
}

func names(events []conversations.Event) string {
	var list []string
	for _, e := range events {
		list = append(list, fmt.Sprint(e.ID, e.Name))
	}
	return strings.Join(list, " ")
}

// halfway begins a question whose answer waits until the model is told to go on.
func (w *world) halfway(name string) (id, turn remit.ID, goOn func()) {
	w.tb.Helper()
	wait := make(chan struct{})
	w.model.wait = wait
	id = w.begin(name)
	turn, err := w.one.Ask(context.Background(), w.as(name), id, conversations.Question{Question: list})
	w.must(err)
	return id, turn, func() { close(wait) }
}

// Two tabs on two servers see the same, whether they come early, late or again.
func TestTwoTabs(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deal("Ann", "Anns deal", 120)
		id, turn, goOn := w.halfway("Ann")
		here, there := w.follow(w.one, "Ann", id, turn, 0), w.follow(w.two, "Ann", id, turn, 0)
		a, b := here.until(t, "text"), there.until(t, "text")
		// A second question at once is refused.
		if _, err := w.two.Ask(context.Background(), w.as("Ann"), id, conversations.Question{Question: "?"}); remit.KindOf(err) != remit.KindConflict || err == nil {
			t.Errorf("a second question at once: %v", err)
		}
		goOn()
		a, b = append(a, here.until(t, "answer")...), append(b, there.until(t, "answer")...)
		if w.text(a) != w.text(b) || !strings.Contains(w.text(a), "Anns deal") {
			t.Errorf("one tab sees\n%s\nthe other\n%s", w.text(a), w.text(b))
		}
		resumed := w.follow(w.two, "Ann", id, turn, a[2].ID).until(t, "answer")
		if w.text(resumed) != w.text(a[3:]) {
			t.Errorf("resumed behind %d of %s: %s", a[2].ID, names(a), names(resumed))
		}
	})
}

func TestStopFromAnotherServer(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id, turn, _ := w.halfway("Ann")
		f := w.follow(w.one, "Ann", id, turn, 0)
		f.until(t, "text")
		began := time.Now()
		w.must(w.two.Stop(context.Background(), w.as("Ann"), id, turn))
		end := f.until(t, "end")
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("it took %s", took)
		}
		if text := w.text(end[len(end)-1]); !strings.Contains(text, `"canceled"`) {
			t.Errorf("it ended with %s", text)
		}
		w.must(<-f.done)
		if got := w.read("Ann", id).Turns[0]; got.End != "canceled" || got.Message == "" || got.State != "ended" {
			t.Errorf("%s", w.text(got))
		}
	})
}

// A stream ends within a second when the AI employee or the conversation is taken
// away, and hands out nothing more.
func TestTakenAwayWhileItAnswers(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, step := range []struct {
			name string
			take func(id remit.ID)
		}{
			{"the conversation", func(id remit.ID) { w.must(w.two.Delete(context.Background(), w.as("Ann"), id)) }},
			{"the AI employee", func(remit.ID) { w.without("sales-rep") }},
		} {
			name, take := step.name, step.take
			w.deal("Ann", "Anns deal", 120)
			id, turn, goOn := w.halfway("Ann")
			here, there := w.follow(w.one, "Ann", id, turn, 0), w.follow(w.two, "Ann", id, turn, 0)
			here.until(t, "text")
			there.until(t, "text")
			began := time.Now()
			take(id)
			taken := time.Since(began)
			for _, f := range []*follow{here, there} {
				end := f.until(t, "end")
				if text := w.text(end); !strings.Contains(text, `"revoked"`) || strings.Contains(text, "Anns deal") {
					t.Errorf("%s: ended with %s", name, text)
				}
			}
			if took := time.Since(began) - taken; took > 2*time.Second {
				t.Errorf("%s: it took %s", name, took)
			}
			goOn()
		}
	})
}

// A run whose server has died is ended by whoever looks, and says so.
func TestDeadServer(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id := w.begin("Ann")
		of, err := w.Derived.Find(context.Background(), w.people["Ann"], id)
		w.must(err)
		dead := &derived.Turn{ID: w.Derived.NewTurn(), Said: derived.Said{Question: list}}
		w.must(w.Derived.Begin(context.Background(), w.as("Ann"), of, dead, "t"))
		began := time.Now()
		seen := w.follow(w.two, "Ann", id, dead.ID, 0).until(t, "answer")
		if took := time.Since(began); took > derived.Lease+3*time.Second {
			t.Errorf("it took %s", took)
		}
		if names(seen) != "1end 2answer" || !strings.Contains(w.text(seen[0]), "restarted") {
			t.Errorf("the follower heard %s", w.text(seen))
		}
		if got := w.read("Ann", id).Turns[0]; got.End != "interrupted" || !strings.Contains(got.Message, "restarted") {
			t.Errorf("%s", w.text(got))
		}
		if _, err := w.Derived.Advance(context.Background(), of, dead.ID, derived.Progress{}); err == nil {
			t.Error("the dead server writes on")
		}
		w.ask("Ann", id, list) // and it goes on
	})
}

// A server that is told to stop ends its runs, and says why.
func TestClose(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id, turn, _ := w.halfway("Ann")
		f := w.follow(w.two, "Ann", id, turn, 0)
		f.until(t, "text")
		w.one.Close()
		f.until(t, "answer")
		if got := w.read("Ann", id).Turns[0]; got.End != "interrupted" || !strings.Contains(got.Message, "restarted") {
			t.Errorf("%s", w.text(got))
		}
		if _, err := w.one.Ask(context.Background(), w.as("Ann"), id, conversations.Question{Question: "?"}); remit.KindOf(err) != remit.KindUnavailable || err == nil {
			t.Errorf("a closed server is asked: %v", err)
		}
	})
}

// What is on the screen narrows what is meant, by what the person may see.
func TestContext(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		anns, bobs := w.deal("Ann", "Anns deal", 120), w.deal("Bob", "Bobs deal", 340)
		id := w.begin("Ann")
		screen := &conversations.Question{}
		parsed, err := conversations.ParseQuestion([]byte(fmt.Sprintf(`{"question":"What of these?","context":{"page":"opportunities","collection":"opportunities","filter":{"stage":"won"},"records":[%q,%q]}}`, anns, bobs)))
		w.must(err)
		*screen = parsed
		turn, err := w.one.Ask(context.Background(), w.as("Ann"), id, *screen)
		w.must(err)
		ended, err := w.one.Wait(context.Background(), w.as("Ann"), id, turn)
		w.must(err)
		given := w.model.seen[0].Messages[len(w.model.seen[0].Messages)-1]
		if given.Screen == nil || len(given.Screen.Records) != 1 || given.Screen.Records[0] != anns || !strings.Contains(given.Prompt(), string(anns)) || strings.Contains(given.Prompt(), string(bobs)) {
			t.Errorf("the model was given %s", w.text(given))
		}
		if ended.Context == nil || ended.Context.Page != "opportunities" {
			t.Errorf("%s", w.text(ended))
		}
		for text, place := range map[string]string{
			`{"collection":"opportunities","filter":{"secret":1}}`: "context.filter.secret",
			`{"collection":"nothing"}`:                             "context.collection",
			`{"filter":{"stage":"won"}}`:                           "context.collection",
		} {
			q, err := conversations.ParseQuestion([]byte(`{"question":"?","context":` + text + `}`))
			w.must(err)
			_, err = w.one.Ask(context.Background(), w.as("Ann"), id, q)
			if err == nil || !strings.Contains(err.Error(), place) {
				t.Errorf("%s: %v, want it at %s", text, err, place)
			}
		}
	})
}

// Whoever reads a shared conversation is told what was on the owner's screen, and
// what was said of it, only as far as she may see that herself.
func TestSharedContext(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		anns, bobs := w.deal("Ann", "Anns deal", 120), w.deal("Bob", "Bobs deal", 340)
		id := w.begin("Cleo")
		for _, records := range []string{fmt.Sprintf("%q", anns), fmt.Sprintf("%q,%q", anns, bobs)} {
			q, err := conversations.ParseQuestion([]byte(`{"question":"What of these?","context":{"collection":"opportunities","filter":{"amount":{"$gt":77}},"records":[` + records + `]}}`))
			w.must(err)
			turn, err := w.one.Ask(context.Background(), w.as("Cleo"), id, q)
			w.must(err)
			_, err = w.one.Wait(context.Background(), w.as("Cleo"), id, turn)
			w.must(err)
		}
		_, err := w.one.Share(context.Background(), w.as("Cleo"), id, []remit.ID{w.people["Ann"], w.people["Zoe"]})
		w.must(err)
		turns := w.read("Ann", id).Turns
		if turns[0].Context == nil || turns[0].Withheld != nil || turns[0].Usage == nil {
			t.Errorf("what Ann may see is withheld: %s", w.text(turns[0]))
		}
		if two := turns[1]; two.Withheld == nil || two.Context != nil || two.Question != "" || two.Usage != nil {
			t.Errorf("Bob's deal was on the screen, and Ann sees %s", w.text(two))
		}
		for _, turn := range w.read("Zoe", id).Turns {
			if turn.Withheld == nil || turn.Context != nil || turn.Question != "" || turn.Usage != nil {
				t.Errorf("Zoe knows no deals, and sees %s", w.text(turn))
			}
			events := w.follow(w.two, "Zoe", id, turn.ID, 0).until(t, "answer")
			if text := w.text(events); strings.Contains(text, "$gt") || strings.Contains(text, "usage") || strings.Contains(text, "tokens") {
				t.Errorf("Zoe is streamed %s", text)
			}
		}
	})
}

// A filter that names a record by its id tells that the record is there.
func TestSharedFilterNamesNoHiddenRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		hidden := w.deal("Ann", "Anns deal", 120)
		id := w.begin("Ann")
		filter := json.RawMessage(`{"id":{"$in":["` + string(hidden) + `"]}}`)
		turn, err := w.one.Ask(context.Background(), w.as("Ann"), id, conversations.Question{
			Question: "and this?", Context: &agent.Screen{Collection: "opportunities", Filter: filter},
		})
		w.must(err)
		_, err = w.one.Wait(context.Background(), w.as("Ann"), id, turn)
		w.must(err)
		_, err = w.one.Share(context.Background(), w.as("Ann"), id, []remit.ID{w.people["Cleo"], w.people["Zoe"]})
		w.must(err)
		if text := w.text(w.read("Zoe", id)); strings.Contains(text, string(hidden)) {
			t.Errorf("Zoe is told of a record: %s", text)
		}
		if text := w.text(w.read("Cleo", id)); !strings.Contains(text, string(hidden)) {
			t.Errorf("what Cleo may see is withheld: %s", text)
		}
	})
}
