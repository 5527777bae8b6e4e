package conversations

import (
	"context"
	"encoding/json"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/derived"
)

const (
	glance = 250 * time.Millisecond // how often a follower looks for news from other servers, and whether it may go on
	fresh  = time.Second            // how long a re-check counts
)

// Event is something that happened in a turn, as its reader sees it.
type Event struct {
	ID   int
	Name string
	Data any
}

// follower hands one reader the events of one turn.
type follower struct {
	*Conversations
	actor   remit.Actor
	of      *derived.Conversation
	turn    remit.ID
	last    int // position of the last event that was handed out
	send    func(Event) error
	turns   []*derived.Turn
	at      *derived.Turn
	verdict *verdict
	mark    int64     // of the person and the policy when it was made
	epoch   int64     //
	judged  time.Time // when it was made
	ended   bool      // an event has said how the run ended
}

// Follow hands out what happened in a turn behind a position and goes on until the
// turn has ended; then, last, comes an event "answer" with the turn. Each event is
// released only if the reader may see it then. Where the conversation or the AI
// employee is taken away, the stream ends within a second. The error is that of
// send, or says why nothing was handed out.
func (c *Conversations) Follow(ctx context.Context, actor remit.Actor, id, turn remit.ID, after int, send func(Event) error) error {
	of, err := c.find(ctx, actor, id)
	if err != nil {
		return err
	}
	f := &follower{Conversations: c, actor: actor, of: of, turn: turn, last: after, send: send}
	for {
		var more <-chan struct{}
		if r := c.local(turn); r != nil {
			more = r.news.next() // before the look, so that nothing falls in between
		}
		done, err := f.step(ctx)
		if err != nil || done {
			return err
		}
		select {
		case <-ctx.Done():
			return &remit.Error{Kind: remit.KindCanceled, Message: "the client has gone", Cause: ctx.Err()}
		case <-more:
		case <-time.After(glance):
		}
	}
}

// step hands out what is new, and reports whether that was the end.
func (f *follower) step(ctx context.Context) (done bool, err error) {
	events, running, err := f.store.Events(ctx, f.of, f.turn, f.last)
	if err != nil {
		return false, f.broken(err)
	}
	if err := f.gate(ctx, len(events) > 0 || !running); err != nil {
		return false, f.broken(err)
	}
	if f.verdict != nil && f.verdict.none != nil {
		return true, f.endNow(agent.Revoked, f.verdict.none.Message)
	}
	for _, e := range events {
		if err := f.release(e); err != nil {
			return false, err
		}
	}
	if running {
		return false, nil
	}
	return true, f.answer()
}

// broken ends a stream that is under way with a last event; before its first, the
// error is the answer.
func (f *follower) broken(err error) error {
	if f.verdict == nil {
		return err
	}
	switch remit.KindOf(err) { //nolint:exhaustive // the others are failures, which the caller reports
	case remit.KindDenied, remit.KindNotFound, remit.KindUnauthenticated:
		if sendErr := f.endNow(agent.Revoked, "You may no longer follow this conversation."); sendErr != nil {
			return sendErr
		}
		return errEnded
	}
	return err
}

// errEnded says that the stream has had its last event.
var errEnded = &remit.Error{Kind: remit.KindCanceled, Message: "the stream has ended"}

// gate asks whether the reader may go on, and re-checks what is to be released:
// anew where there are more results, where permissions moved, and every second.
func (f *follower) gate(ctx context.Context, releasing bool) error {
	standing, err := f.resolver.Resolve(ctx, f.actor)
	if err != nil {
		return err
	}
	if f.of, err = f.find(ctx, f.actor, f.of.ID); err != nil {
		return err
	}
	moved := f.verdict == nil || standing.Generation != f.mark || standing.Policy.Epoch != f.epoch
	if !moved && (!releasing || time.Since(f.judged) < fresh && !f.grown(ctx)) {
		return nil
	}
	if err := f.load(ctx); err != nil {
		return err
	}
	v, err := f.judge(ctx, f.actor, f.of, f.turns, opRead)
	if err != nil {
		return err
	}
	f.verdict, f.mark, f.epoch, f.judged = v, standing.Generation, standing.Policy.Epoch, time.Now()
	return nil
}

// grown reports whether there are results that the verdict does not know.
func (f *follower) grown(ctx context.Context) bool {
	before, wasRunning := len(f.at.Calls), f.at.Running
	return f.load(ctx) != nil || len(f.at.Calls) > before || f.at.Running != wasRunning
}

func (f *follower) load(ctx context.Context) error {
	turns, err := f.store.Turns(ctx, f.of)
	if err != nil {
		return err
	}
	for _, t := range turns {
		if t.ID == f.turn {
			f.turns, f.at = turns, t
			return nil
		}
	}
	return errNone()
}

// release hands out one event, as far as the reader may see it.
func (f *follower) release(e derived.Event) error {
	f.last = e.Position
	data := any(e.Body)
	seen := f.verdict.upTo(f.turn, e.Calls)
	switch e.Name {
	case "text", "chart":
		if !seen {
			return nil
		}
	case "usage":
		if !seen && !f.verdict.owner { // it tells how much was read
			return nil
		}
	case "tool_call":
		if !seen || e.Calls < len(f.at.Calls) && !f.verdict.result(f.turn, e.Calls) {
			var call struct {
				Step int    `json:"step"`
				ID   string `json:"id"`
				Tool string `json:"tool"`
			}
			if err := json.Unmarshal(e.Body, &call); err != nil {
				return err
			}
			data = call
		}
	case "tool_result":
		call, err := f.result(e)
		if err != nil {
			return err
		}
		data = call
	case "end":
		f.ended = true
	}
	return f.send(Event{e.Position, e.Name, data})
}

func (f *follower) result(e derived.Event) (any, error) {
	var at step
	if err := json.Unmarshal(e.Body, &at); err != nil {
		return nil, err
	}
	if e.Calls < 1 || e.Calls > len(f.at.Calls) {
		return nil, remit.Errorf(remit.KindInternal, "an event of call %d of %d", e.Calls, len(f.at.Calls))
	}
	call, err := f.verdict.call(f.at, e.Calls-1)
	return ResultEvent{at.Step, call}, err
}

// ResultEvent says what became of a call.
type ResultEvent struct {
	Step int `json:"step"`
	Call
}

// answer hands out the end, where no event has told of it, and the turn.
func (f *follower) answer() error {
	view, err := f.verdict.view(f.at, f.of.Owner == f.actor.Person)
	if err != nil {
		return err
	}
	if view.End == derived.Interrupted {
		f.last++
		if err := f.send(Event{f.last, "end", agent.Ended{Reason: derived.Interrupted, Message: view.Message}}); err != nil {
			return err
		}
	}
	for i := range view.Calls {
		view.Calls[i].Result = nil // the stream has carried it
	}
	return f.send(Event{f.last + 1, "answer", view})
}

// endNow is the last event of a stream that may not go on.
func (f *follower) endNow(why agent.End, message string) error {
	return f.send(Event{f.last + 1, "end", agent.Ended{Reason: why, Message: message}})
}

// Wait waits for a turn to end and returns it.
func (c *Conversations) Wait(ctx context.Context, actor remit.Actor, id, turn remit.ID) (*Turn, error) {
	err := c.Follow(ctx, actor, id, turn, 0, func(Event) error { return nil })
	if err != nil {
		return nil, err
	}
	read, err := c.Read(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	for i := range read.Turns {
		if read.Turns[i].ID == turn {
			return &read.Turns[i], nil
		}
	}
	return nil, errNone()
}
