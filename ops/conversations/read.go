package conversations

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/llm"
)

// Turn is a question with its answer as the reader sees it.
type Turn struct {
	ID          remit.ID      `json:"id"`
	Question    string        `json:"question" doc:"Empty for a reader to whom it is withheld."`
	Context     *agent.Screen `json:"context,omitempty"`
	RetryOf     remit.ID      `json:"retry_of,omitempty" doc:"The first attempt at the same question."`
	Replaced    bool          `json:"replaced,omitempty" doc:"A later attempt stands in its place."`
	State       string        `json:"state" enum:"running,ended"`
	End         string        `json:"end,omitempty" doc:"Why it ended: answered, steps, tokens, time, length, declined, empty, loop, stuck, service_error, canceled, revoked, interrupted."`
	Message     string        `json:"message,omitempty" doc:"What people are told where it did not simply answer."`
	Answer      string        `json:"answer" doc:"Markdown. Empty while it runs, and where it is withheld."`
	Withheld    *Withheld     `json:"withheld,omitempty" doc:"Why the answer, the charts and the follow-ups are not shown."`
	Calls       []Call        `json:"calls" nullable:"false"`
	Charts      []agent.Chart `json:"charts,omitempty" doc:"How results of calls are drawn."`
	FollowUps   []string      `json:"follow_ups,omitempty"`
	Unsupported []string      `json:"unsupported,omitempty" doc:"Figures of the answer that were in nothing that was read."`
	Rating      string        `json:"rating,omitempty" enum:"up,down"`
	Comment     string        `json:"comment,omitempty"`
	Service     string        `json:"service,omitempty"`
	Model       string        `json:"model,omitempty"`
	Offline     bool          `json:"offline,omitempty"`
	Usage       *llm.Usage    `json:"usage,omitempty"`
	StartedAt   time.Time     `json:"started_at"`
	EndedAt     *time.Time    `json:"ended_at,omitempty" doc:"Absent while it runs, and for a reader to whom the turn is withheld."`
}

// interruptedMessage is what people are told of a run that lost its server.
const interruptedMessage = "The server was restarted while I was working. Ask again to get an answer."

// view returns what the reader sees of a turn. Questions are the owner's own words;
// for others they count as what the answer rests on.
func (v *verdict) view(t *derived.Turn, owner bool) (Turn, error) {
	out := Turn{
		ID: t.ID, RetryOf: t.RetryOf, State: "ended", End: t.Ended, Message: t.Message, Calls: []Call{},
		Service: t.Service, Model: t.Model, Offline: t.Offline, StartedAt: t.Started,
	}
	switch {
	case t.Running:
		out.State = "running"
	case t.Ended == derived.Interrupted:
		out.Message = interruptedMessage
	}
	shown := v.upTo(t.ID, len(t.Calls))
	if !t.EndedAt.IsZero() && (owner || shown) { // how long it took tells how much was read
		out.EndedAt = &t.EndedAt
	}
	if owner {
		out.Rating, out.Comment = t.Rating, t.Comment
	}
	if owner || shown {
		out.Question = t.Question
		if err := decode(t.Context, &out.Context); err != nil {
			return Turn{}, err
		}
	}
	if shown {
		out.Answer, out.FollowUps, out.Unsupported = t.Answer, t.FollowUps, t.Unsupported
		if err := decode(t.Charts, &out.Charts); err != nil {
			return Turn{}, err
		}
	} else {
		out.Withheld = v.why()
	}
	if owner || shown { // how many tokens were used tells how much was read
		if err := decode(t.Usage, &out.Usage); err != nil {
			return Turn{}, err
		}
	}
	for i := range t.Calls {
		call, err := v.call(t, i)
		if err != nil {
			return Turn{}, err
		}
		out.Calls = append(out.Calls, call)
	}
	return out, nil
}

// decode reads what is stored, if anything is.
func decode(raw json.RawMessage, into any) error {
	if len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, into)
}

// Read returns a conversation with its turns, the oldest first. There is one entry
// in the audit log for it.
func (c *Conversations) Read(ctx context.Context, actor remit.Actor, id remit.ID) (*Conversation, error) {
	of, err := c.find(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	turns, err := c.store.Turns(ctx, of)
	if err != nil {
		return nil, err
	}
	v, err := c.judge(ctx, actor, of, turns, opRead)
	if err != nil {
		return nil, err
	}
	out, err := c.describe(ctx, actor, of)
	if err != nil {
		return nil, err
	}
	if out.Shared {
		v.title(out, turns)
	} else if out.Shares, err = c.store.Shares(ctx, of); err != nil {
		return nil, err
	}
	latest := map[remit.ID]remit.ID{} // by first attempt
	for _, t := range turns {
		latest[first(t)] = t.ID
	}
	out.Turns = []Turn{}
	for _, t := range turns {
		shown, err := v.view(t, !out.Shared)
		if err != nil {
			return nil, err
		}
		shown.Replaced = latest[first(t)] != t.ID
		out.Turns = append(out.Turns, shown)
	}
	return out, nil
}

// first returns the first attempt at a turn's question.
func first(t *derived.Turn) remit.ID {
	if t.RetryOf != "" {
		return t.RetryOf
	}
	return t.ID
}

// title withholds the title from somebody who may not see all that it may speak of.
func (v *verdict) title(out *Conversation, turns []*derived.Turn) {
	if !v.everything(turns) {
		out.Title, out.Withheld = "", v.why()
	}
}

// Page is a page of conversations.
type Page struct {
	Conversations []Conversation `json:"conversations" nullable:"false"`
	NextCursor    string         `json:"next_cursor,omitempty" doc:"Absent on the last page."`
}

// The bounds on a page.
const (
	defaultLimit = 50
	maxLimit     = 200
)

// List returns the actor's conversations and those shared with the actor, the last
// asked first, without their turns.
func (c *Conversations) List(ctx context.Context, actor remit.Actor, limit *int, cursor string) (*Page, error) {
	page := &Page{Conversations: []Conversation{}}
	most, after, err := place(limit, cursor)
	if err != nil || !forPeople(actor) {
		return page, err
	}
	list, err := c.store.List(ctx, actor.Person, after, most+1)
	if err != nil {
		return nil, err
	}
	if len(list) > most {
		list = list[:most]
		last := list[most-1]
		page.NextCursor = encodePlace(derived.Place{Changed: last.Changed.UnixMicro(), ID: last.ID})
	}
	titles, err := c.titles(ctx, actor, list)
	if err != nil {
		return nil, err
	}
	for _, of := range list {
		out, err := c.describe(ctx, actor, of)
		if err != nil {
			return nil, err
		}
		if withheld := titles[of.ID]; withheld != nil {
			out.Title, out.Withheld = "", withheld
		}
		page.Conversations = append(page.Conversations, *out)
	}
	return page, nil
}

// titles says of which conversations the title is withheld: of others', where
// something is in them that the actor may not see.
func (c *Conversations) titles(ctx context.Context, actor remit.Actor, list []*derived.Conversation) (map[remit.ID]*Withheld, error) {
	var others []*derived.Conversation
	var turns [][]*derived.Turn
	for _, of := range list {
		if of.Owner == actor.Person {
			continue
		}
		theirs, err := c.store.Turns(ctx, of)
		if err != nil {
			return nil, err
		}
		others, turns = append(others, of), append(turns, theirs)
	}
	verdicts, err := c.judgeAll(ctx, actor, others, turns, opList)
	if err != nil {
		return nil, err
	}
	withheld := map[remit.ID]*Withheld{}
	for i, v := range verdicts {
		if !v.everything(turns[i]) {
			withheld[others[i].ID] = v.why()
		}
	}
	return withheld, nil
}

func place(limit *int, cursor string) (most int, after derived.Place, err error) {
	most = defaultLimit
	if limit != nil {
		most = *limit
	}
	if most < 1 || most > maxLimit {
		return 0, after, remit.FieldErrorf("limit", "%d is out of range: use 1 to %d, and the cursor for more", most, maxLimit)
	}
	if cursor == "" {
		return most, after, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, &after)
	}
	if err != nil || !after.ID.Valid() {
		return 0, after, remit.FieldErrorf("cursor", "is not one of this list: leave it out to start from the first page")
	}
	return most, after, nil
}

// encodePlace holds nothing that the list did not show.
func encodePlace(p derived.Place) string {
	text, err := json.Marshal(p)
	if err != nil {
		return "" // a number and a text always encode
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
