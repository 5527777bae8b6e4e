package conversations_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/conversations"
)

func TestConversation(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deal("Ann", "Secret deal", 120)
		id := w.begin("Ann")
		turn := w.ask("Ann", id, list)
		if turn.State != "ended" || turn.End != "answered" || !strings.Contains(turn.Answer, "Secret deal") || len(turn.Calls) != 1 || !strings.Contains(string(turn.Calls[0].Result), "120") {
			t.Fatalf("%s", w.text(turn))
		}
		read := w.read("Ann", id)
		if !strings.HasPrefix(read.Title, "query_records") || len(read.Turns) != 1 || w.text(read.Turns[0]) != w.text(turn) {
			t.Errorf("%s", w.text(read))
		}
		// The model is given what was said before.
		w.ask("Ann", id, "And now?")
		given := w.text(w.model.seen[len(w.model.seen)-1].Messages)
		if !strings.Contains(given, "I have read") || !strings.Contains(given, "Secret deal") {
			t.Errorf("the model was given %s", given)
		}
		page, err := w.one.List(context.Background(), w.as("Ann"), nil, "")
		w.must(err)
		if len(page.Conversations) != 1 || page.Conversations[0].ID != id || page.Conversations[0].Shared {
			t.Errorf("%s", w.text(page))
		}
	})
}

// A conversation is its owner's: for anybody else, for every AI and for an operator in
// her place there is none, whatever is asked of it.
func TestPrivacy(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deal("Ann", "Secret deal", 120)
		id := w.begin("Ann")
		turn := w.ask("Ann", id, list)
		bound, mcp, operator := w.as("Ann"), w.as("Ann"), w.as("Ann")
		bound.Employee, bound.Channel = "viz", remit.ChannelAPI
		mcp.Channel = remit.ChannelMCP
		operator.Channel, operator.Operator = remit.ChannelCLI, "root"
		for who, actor := range map[string]remit.Actor{"the manager": w.as("Cleo"), "a colleague": w.as("Bob"), "her AI employee": bound, "her agent": mcp, "an operator": operator, "nobody": {}} {
			for what, err := range w.everyUse(actor, id, turn.ID) {
				if remit.KindOf(err) != remit.KindNotFound || err == nil {
					t.Errorf("%s may %s: %v", who, what, err)
				}
			}
			page, err := w.one.List(context.Background(), actor, nil, "")
			if err != nil || len(page.Conversations) > 0 {
				t.Errorf("%s lists %s, %v", who, w.text(page), err)
			}
		}
		if again := w.read("Ann", id); len(again.Turns) != 1 || again.Turns[0].Rating != "" || len(again.Shares) != 0 {
			t.Errorf("it has changed: %s", w.text(again))
		}
	})
}

// everyUse tries everything that can be done with a conversation.
func (w *world) everyUse(actor remit.Actor, id, turn remit.ID) map[string]error {
	ctx := context.Background()
	errs := map[string]error{}
	_, errs["read"] = w.one.Read(ctx, actor, id)
	_, errs["rename"] = w.one.Rename(ctx, actor, id, "x")
	_, errs["ask"] = w.one.Ask(ctx, actor, id, conversations.Question{Question: list})
	_, errs["retry"] = w.one.Retry(ctx, actor, id, turn)
	_, errs["see the shares"] = w.one.Shares(ctx, actor, id)
	_, errs["share"] = w.one.Share(ctx, actor, id, []remit.ID{w.people["Zoe"]})
	_, errs["wait"] = w.one.Wait(ctx, actor, id, turn)
	errs["rate"] = w.one.Rate(ctx, actor, id, turn, "up", "")
	errs["stop"] = w.one.Stop(ctx, actor, id, turn)
	errs["delete"] = w.one.Delete(ctx, actor, id)
	errs["follow"] = w.one.Follow(ctx, actor, id, turn, 0, func(conversations.Event) error { return nil })
	return errs
}

// Each reader of a shared conversation sees what she may see herself, and may only
// read.
func TestSharing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deal("Ann", "Anns deal", 120)
		bobs := w.deal("Bob", "Bobs deal", 340)
		id := w.begin("Cleo")
		first := w.ask("Cleo", id, `query_records {"collection":"opportunities","fields":["name","amount"],"filter":{"name":"Anns deal"}}`)
		w.ask("Cleo", id, total)
		_, err := w.one.Share(context.Background(), w.as("Cleo"), id, []remit.ID{w.people["Ann"], w.people["Zoe"]})
		w.must(err)

		read := w.read("Ann", id)
		one, two := read.Turns[0], read.Turns[1]
		if !read.Shared || read.Owner.Name != "Cleo" || read.Title != "" || read.Withheld == nil || len(read.Shares) != 0 {
			t.Errorf("%s", w.text(read))
		}
		if one.Withheld != nil || one.Answer != first.Answer || one.Question == "" {
			t.Errorf("what Ann may see is withheld: %s", w.text(one))
		}
		if text := w.text(two); two.Withheld == nil || two.Calls[0].Withheld == nil || strings.Contains(text, "460.00") || strings.Contains(text, "amount") || two.Calls[0].Rows != nil || two.Question != "" {
			t.Errorf("the sum with Bob's deal is shown to Ann: %s", text)
		}
		if text := w.text(w.read("Zoe", id).Turns); strings.Contains(text, "Anns") || strings.Contains(text, `"result"`) || strings.Contains(text, "query_records {") {
			t.Errorf("Zoe sees %s", text)
		}
		listed, err := w.one.List(context.Background(), w.as("Ann"), nil, "")
		w.must(err)
		if len(listed.Conversations) != 1 || !listed.Conversations[0].Shared || listed.Conversations[0].Title != "" {
			t.Errorf("listed as %s", w.text(listed))
		}
		for what, err := range w.everyUse(w.as("Ann"), id, first.ID) {
			if (what == "read" || what == "wait" || what == "follow") != (err == nil) {
				t.Errorf("who reads a shared conversation may %s: %v", what, err)
			}
		}
		if two := w.read("Cleo", id).Turns[1]; two.Withheld != nil || !strings.Contains(w.text(two), "460.00") {
			t.Errorf("the owner does not see the sum: %s", w.text(two))
		}
		// When Bob's deal is gone the sum is not of what is there.
		w.must(w.Lens.Delete(context.Background(), data.Operator("test"), lens.Removal{Collection: "opportunities", ID: bobs}))
		if two := w.read("Cleo", id).Turns[1]; two.Withheld == nil || strings.Contains(w.text(two), "460.00") {
			t.Errorf("the sum outlives the deal: %s", w.text(two))
		}
		// It can be taken back.
		_, err = w.one.Share(context.Background(), w.as("Cleo"), id, nil)
		w.must(err)
		if _, err := w.two.Read(context.Background(), w.as("Ann"), id); remit.KindOf(err) != remit.KindNotFound || err == nil {
			t.Errorf("after it was taken back: %v", err)
		}
	})
}

// Sharing shows what the owner wrote herself. A question that nothing was read for,
// before or after, rests on no records; one that follows on what a reader may not see
// may quote it, and goes with it.
func TestSharingShowsTheOwnersWords(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.deal("Bob", "Bobs deal", 340)
		id := w.begin("Cleo")
		w.ask("Cleo", id, "Let us look at the team")
		w.ask("Cleo", id, total)
		w.ask("Cleo", id, "So it is what Bob has?")
		_, err := w.one.Share(context.Background(), w.as("Cleo"), id, []remit.ID{w.people["Ann"]})
		w.must(err)
		turns := w.read("Ann", id).Turns
		if turns[0].Question != "Let us look at the team" || turns[0].Withheld != nil {
			t.Errorf("a question that nothing was read for: %s", w.text(turns[0]))
		}
		for _, turn := range turns[1:] {
			if turn.Question != "" || turn.Withheld == nil {
				t.Errorf("a question that may quote what is hidden: %s", w.text(turn))
			}
		}
	})
}

// How long a call took is kept for who asked; to others it would tell how much there
// was to look through.
func TestDurationsAreTheOwners(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		deal := w.deal("Ann", "Anns deal", 120)
		id := w.begin("Ann")
		asked := w.ask("Ann", id, list)
		_, err := w.one.Share(context.Background(), w.as("Ann"), id, []remit.ID{w.people["Cleo"], w.people["Zoe"]})
		w.must(err)
		streamed := func(name string) (took time.Duration) {
			w.must(w.two.Follow(t.Context(), w.as(name), id, asked.ID, 0, func(e conversations.Event) error {
				if r, ok := e.Data.(conversations.ResultEvent); ok {
					took = r.Took
				}
				return nil
			}))
			return took
		}
		own := w.read("Ann", id).Turns[0]
		if own.Calls[0].Took <= 0 || own.Calls[0].Took != streamed("Ann") || own.EndedAt == nil {
			t.Errorf("read again it took %v, streamed %v, until %v", own.Calls[0].Took, streamed("Ann"), own.EndedAt)
		}
		for _, name := range []string{"Cleo", "Zoe"} {
			turn := w.read(name, id).Turns[0]
			if (turn.Withheld == nil) != (name == "Cleo") || turn.Calls[0].Took != 0 || streamed(name) != 0 || strings.Contains(w.text(turn), `"took"`) {
				t.Errorf("%s reads %s", name, w.text(turn))
			}
			if (turn.EndedAt == nil) != (name == "Zoe") {
				t.Errorf("%s is told that it ended at %v", name, turn.EndedAt)
			}
		}
		handOver(t, w, deal, w.people["Bob"])
		if call := w.read("Ann", id).Turns[0].Calls[0]; call.Withheld == nil || call.Took != 0 {
			t.Errorf("of a result that is withheld now: %s", w.text(call))
		}
	})
}

// A permission that was lost hides what it gave, from the model too.
func TestLostPermissionHides(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		id := w.begin("Ann")
		deal := w.deal("Ann", "Anns deal", 120)
		w.ask("Ann", id, list)
		handOver(t, w, deal, w.people["Bob"])
		read := w.read("Ann", id)
		if text := w.text(read.Turns); read.Turns[0].Withheld == nil || strings.Contains(text, "120.00") || strings.Contains(text, "Anns") || read.Turns[0].Question != list || read.Title == "" {
			t.Errorf("what is Bob's now is shown: %s", text)
		}
		next := w.ask("Ann", id, "And now?")
		given := w.text(w.model.seen[len(w.model.seen)-1].Messages)
		if strings.Contains(given, "120.00") || !strings.Contains(given, "withheld") || next.Withheld != nil {
			t.Errorf("the model was given %s", given)
		}
		// What the next answer was given is its label: none of it was.
		w.without("sales-rep")
		if text := w.text(w.read("Ann", id).Turns); strings.Contains(text, "I have read") || !strings.Contains(text, `"reason":"employee"`) {
			t.Errorf("an AI employee that is not available answers: %s", text)
		}
		if _, err := w.one.Ask(context.Background(), w.as("Ann"), id, conversations.Question{Question: "?"}); remit.KindOf(err) != remit.KindDenied || err == nil {
			t.Errorf("it is asked: %v", err)
		}
	})
}

// handOver hands a deal over.
func handOver(t *testing.T, w *world, deal, to remit.ID) {
	t.Helper()
	_, err := w.Lens.Update(context.Background(), data.Operator("test"), lens.Change{
		Collection: "opportunities", ID: deal, Values: map[string]json.RawMessage{"owner_id": json.RawMessage(`"` + string(to) + `"`)},
	})
	w.must(err)
}

// An answer's words rest on the turns before: they go together.
func TestAnswerCarriesWhatWasInItsContext(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		deal := w.deal("Ann", "Anns deal", 120)
		id := w.begin("Ann")
		w.ask("Ann", id, list)
		w.ask("Ann", id, "What was it?")
		w.ask("Ann", id, `count_records {"collection":"products"}`)
		handOver(t, w, deal, w.people["Bob"])
		for i, turn := range w.read("Ann", id).Turns {
			if turn.Withheld == nil || turn.Answer != "" {
				t.Errorf("turn %d: %s", i, w.text(turn))
			}
			if i == 2 && (turn.Calls[0].Withheld != nil || turn.Calls[0].Arguments != nil) {
				t.Errorf("the count of products is shown without what a model wrote: %s", w.text(turn))
			}
		}
	})
}

// Reading a conversation again is a release of what is in it.
func TestReadingIsRecorded(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		deal := w.deal("Ann", "Anns deal", 120)
		id := w.begin("Ann")
		w.ask("Ann", id, list)
		found, err := w.Audit.Tail(context.Background(), audit.Filter{Limit: 1})
		w.must(err)
		last := found[0].Sequence
		w.read("Ann", id)
		found, err = w.Audit.Tail(context.Background(), audit.Filter{After: &last})
		w.must(err)
		if len(found) != 1 || found[0].Operation != "conversation.read" || len(found[0].Records) != 1 || found[0].Records[0] != deal || found[0].Actor.Conversation != id || found[0].Sensitivity != remit.Confidential {
			t.Errorf("recorded as %+v", found)
		}
	})
}

func TestRetryAndRate(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		id := w.begin("Ann")
		first := w.ask("Ann", id, list)
		w.must(w.one.Rate(ctx, w.as("Ann"), id, first.ID, "down", "no"))
		again, err := w.two.Retry(ctx, w.as("Ann"), id, first.ID)
		w.must(err)
		_, err = w.two.Wait(ctx, w.as("Ann"), id, again)
		w.must(err)
		turns := w.read("Ann", id).Turns
		if len(turns) != 2 || !turns[0].Replaced || turns[1].Replaced || turns[1].RetryOf != first.ID || turns[1].Question != list || turns[0].Rating != "down" || turns[0].Comment != "no" {
			t.Errorf("%s", w.text(turns))
		}
		w.ask("Ann", id, "And?")
		if _, err := w.one.Retry(ctx, w.as("Ann"), id, first.ID); remit.KindOf(err) != remit.KindConflict || err == nil {
			t.Errorf("an earlier question is asked again: %v", err)
		}
		w.must(w.one.Rate(ctx, w.as("Ann"), id, first.ID, "", ""))
		if got := w.read("Ann", id).Turns[0].Rating; got != "" {
			t.Errorf("rated %q", got)
		}
		if err := w.one.Rate(ctx, w.as("Ann"), id, "nothing", "up", ""); remit.KindOf(err) != remit.KindNotFound || err == nil {
			t.Errorf("a turn that is not there is rated: %v", err)
		}
	})
}

func TestPages(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		want := map[remit.ID]bool{}
		for range 5 {
			want[w.begin("Ann")] = true
			time.Sleep(2 * time.Millisecond)
		}
		two, cursor := 2, ""
		for range 3 {
			page, err := w.one.List(context.Background(), w.as("Ann"), &two, cursor)
			w.must(err)
			for _, c := range page.Conversations {
				if !want[c.ID] {
					t.Errorf("%s is listed twice", c.ID)
				}
				delete(want, c.ID)
			}
			cursor = page.NextCursor
		}
		if len(want) > 0 || cursor != "" {
			t.Errorf("%d are missing, cursor %q", len(want), cursor)
		}
	})
}

// What was withheld from its owner is in no later model's context, and so in no
// later answer: whoever that is shared with sees neither.
func TestWithheldQuestionStaysOutOfLaterTurns(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		secret := w.deal("Ann", "Secret Deal", 4000)
		id := w.begin("Ann")
		w.ask("Ann", id, list+"\nis Secret Deal worth 777?")
		handOver(t, w, secret, w.people["Zoe"])
		w.ask("Ann", id, "what did I ask?")
		given := w.model.seen[len(w.model.seen)-1]
		for _, m := range given.Messages {
			if strings.Contains(m.Text, "777") {
				t.Errorf("the model was given a withheld question: %s", m.Text)
			}
		}
	})
}
