package conversations

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/ops/access"
)

// Question is what a person asks in a conversation.
type Question struct {
	Question string        `json:"question,omitempty" doc:"What to answer; a task may bring its own."`
	Context  *agent.Screen `json:"context,omitempty" doc:"What is on the person's screen. It narrows what is meant, never widens what is allowed."`
}

// Ask begins to answer a question and returns the turn's id; the answer is followed
// with [Conversations.Follow]. The run goes on whatever becomes of ctx. Errors:
// Conflict where the conversation is still answering, Denied where the AI employee
// or the task is not available, Invalid for a question or context that cannot be.
func (c *Conversations) Ask(ctx context.Context, actor remit.Actor, id remit.ID, q Question) (remit.ID, error) {
	of, turns, err := c.ownTurns(ctx, actor, id)
	if err != nil {
		return "", err
	}
	return c.begin(ctx, actor, of, turns, &derived.Turn{Said: derived.Said{Question: q.Question}}, q.Context)
}

// Retry answers the last question once more. The answers before stay, as earlier
// attempts.
func (c *Conversations) Retry(ctx context.Context, actor remit.Actor, id, turn remit.ID) (remit.ID, error) {
	of, turns, err := c.ownTurns(ctx, actor, id)
	if err != nil {
		return "", err
	}
	var asked *derived.Turn
	for _, t := range turns {
		if t.ID == turn {
			asked = t
		}
	}
	if asked == nil {
		return "", remit.Errorf(remit.KindNotFound, "there is no such question in the conversation")
	}
	if first(asked) != first(turns[len(turns)-1]) {
		return "", remit.Errorf(remit.KindConflict, "only the last question can be asked again: ask this one anew")
	}
	screen, err := onScreen(asked)
	if err != nil {
		return "", err
	}
	again := &derived.Turn{RetryOf: first(asked), Said: derived.Said{Question: asked.Question}}
	return c.begin(ctx, actor, of, turns, again, screen)
}

// ownTurns returns a conversation of the actor's own with its turns.
func (c *Conversations) ownTurns(ctx context.Context, actor remit.Actor, id remit.ID) (*derived.Conversation, []*derived.Turn, error) {
	of, err := c.own(ctx, actor, id)
	if err != nil {
		return nil, nil, err
	}
	turns, err := c.store.Turns(ctx, of)
	return of, turns, err
}

// begin puts a run together, stores its turn and starts it.
func (c *Conversations) begin(ctx context.Context, actor remit.Actor, of *derived.Conversation, turns []*derived.Turn, t *derived.Turn, screen *agent.Screen) (remit.ID, error) {
	perform, asker, err := c.prepare(ctx, actor, of, turns, t, screen)
	if err != nil {
		return "", c.lens.Refuse(context.WithoutCancel(ctx), actor, string(derived.OpAsk), "", "", err)
	}
	r, err := c.enter(asker, of, t)
	if err != nil {
		return "", err
	}
	if err := c.store.Begin(ctx, actor, of, t, titleOf(t.Question)); err != nil {
		c.leave(r)
		return "", err
	}
	go r.perform(perform)
	return t.ID, nil
}

func (c *Conversations) prepare(ctx context.Context, actor remit.Actor, of *derived.Conversation, turns []*derived.Turn, t *derived.Turn, screen *agent.Screen) (performer, remit.Actor, error) {
	standing, err := c.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, actor, err
	}
	if err := standing.MayUse(of.Employee); err != nil {
		return nil, actor, err
	}
	if err := mayRun(standing, of.Employee, of.Task); err != nil {
		return nil, actor, err
	}
	if t.Question = strings.TrimSpace(t.Question); t.Question == "" {
		t.Question = questionOf(standing, of.Task)
	}
	t.ID = c.store.NewTurn()
	asker := actor
	asker.Conversation, asker.Run = of.ID, t.ID
	perform, err := c.runner.Prepare(ctx, agent.Request{
		Actor: asker, Employee: of.Employee, Task: of.Task, Question: t.Question,
		Given: func(ctx context.Context, told remit.Actor) (agent.Given, error) {
			asker = told // of whom the service is known now
			return c.given(ctx, actor, told, of, turns, t, screen)
		},
	})
	return perform, asker, err
}

// given returns what the model is given beside the question, as far as it may go to
// its service, and keeps it with the turn.
func (c *Conversations) given(ctx context.Context, actor, asker remit.Actor, of *derived.Conversation, turns []*derived.Turn, t *derived.Turn, screen *agent.Screen) (agent.Given, error) {
	seen, err := c.look(ctx, asker, screen)
	if err != nil {
		return agent.Given{}, err
	}
	if t.Context, err = seen.keep(); err != nil {
		return agent.Given{}, err
	}
	actor.Service = asker.Service
	history, err := c.history(ctx, actor, of, turns, t)
	return agent.Given{History: history, Screen: seen.screen, Note: seen.note}, err
}

func questionOf(standing *access.Standing, task string) string {
	for _, t := range standing.Policy.Document().Tasks {
		if t.Name == task {
			return t.Question
		}
	}
	return ""
}

// titleOf makes a title of a question: its first line, cut at a word.
func titleOf(question string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(question), "\n")
	line = strings.Join(strings.Fields(line), " ")
	const most = 80
	if len(line) <= most {
		return line
	}
	line = strings.ToValidUTF8(line[:most], "")
	if i := strings.LastIndexByte(line, ' '); i > most/2 {
		line = line[:i]
	}
	return line + "…"
}

// maxHistory is how many earlier turns a model is given.
const maxHistory = 12

// What stands in for an earlier turn whose answer may no longer be shown.
const (
	withheldQuestion = "(An earlier question, which is withheld with its answer.)"
	withheldNote     = "(This answer is withheld: it rested on records or fields that the person may not see now, or that may not go to this model service.)"
)

// history returns what the model may know of the conversation so far: the answers
// that pass the re-check at this moment, for the actor and the service that they are
// handed to. Their labels become the new turn's.
func (c *Conversations) history(ctx context.Context, actor remit.Actor, of *derived.Conversation, turns []*derived.Turn, t *derived.Turn) ([]agent.Turn, error) {
	earlier := latest(turns, t)
	if len(earlier) == 0 {
		return nil, nil
	}
	v, err := c.judge(ctx, actor, of, turns, opHistory)
	if err != nil {
		return nil, err
	}
	var history []agent.Turn
	for _, e := range earlier {
		if !v.upTo(e.ID, len(e.Calls)) { // nor its question and screen: the new turn's labels would not tell of them
			history = append(history, agent.Turn{Question: withheldQuestion, Answer: withheldNote})
			continue
		}
		past := agent.Turn{Question: e.Question, Answer: e.Answer, Unsupported: e.Unsupported}
		if past.Calls, err = callsOf(e); err != nil {
			return nil, err
		}
		t.History = append(t.History, e.ID)
		if past.Screen, err = given(e); err != nil {
			return nil, err
		}
		history = append(history, past)
	}
	return history, nil
}

// latest returns the last attempt at each question before t, the last of them.
func latest(turns []*derived.Turn, t *derived.Turn) []*derived.Turn {
	var kept []*derived.Turn
	for _, e := range turns {
		if e.Running || first(e) == t.RetryOf {
			continue
		}
		if n := len(kept); n > 0 && first(kept[n-1]) == first(e) {
			kept[n-1] = e
			continue
		}
		kept = append(kept, e)
	}
	return kept[max(0, len(kept)-maxHistory):]
}

func callsOf(t *derived.Turn) ([]agent.TurnCall, error) {
	var calls []agent.TurnCall
	for _, call := range t.Calls {
		var stored Call
		if err := json.Unmarshal(call.Body, &stored); err != nil {
			return nil, err
		}
		calls = append(calls, agent.TurnCall{Tool: stored.Tool, Arguments: stored.Arguments})
	}
	return calls, nil
}
