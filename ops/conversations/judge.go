package conversations

import (
	"context"
	"encoding/json"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/agent"
	"github.com/remit-crm/remit/data/derived"
	"github.com/remit-crm/remit/data/lens"
)

// Withheld says why something is not shown. What it says follows from the reader's
// own permissions alone.
type Withheld struct {
	Reason  string `json:"reason" enum:"hidden,employee"`
	Message string `json:"message"`
}

var (
	hidden      = &Withheld{"hidden", "This rests on records or fields that you may not see now, or that are no longer there."}
	unavailable = &Withheld{"employee", "The AI employee that answered is not available to you now."}
)

// The operations under which what is stored is released again.
const (
	opRead    = "conversation.read"
	opList    = "conversation.list"
	opHistory = "conversation.history" // to the model, as the context of a question
)

// verdict is what a reader may see of a conversation at one moment.
type verdict struct {
	owner bool                // the reader asked the questions
	none  *Withheld           // why nothing that the AI employee made is shown; nil: it may be
	calls map[remit.ID][]bool // by turn: which results are shown
	whole map[remit.ID]bool   // by turn: whether everything is that its words rest on
	given map[remit.ID]bool   // by turn: whether what its model was given before it began is
}

// judge re-checks the turns for the reader and, where the actor names one, for the
// model service that they are handed to. The release is recorded before it returns.
func (c *Conversations) judge(ctx context.Context, actor remit.Actor, of *derived.Conversation, turns []*derived.Turn, operation string) (*verdict, error) {
	verdicts, err := c.judgeAll(ctx, actor, []*derived.Conversation{of}, [][]*derived.Turn{turns}, operation)
	if err != nil {
		return nil, err
	}
	return verdicts[0], nil
}

// judgeAll is judge for several conversations, with one entry in the audit log.
func (c *Conversations) judgeAll(ctx context.Context, actor remit.Actor, all []*derived.Conversation, turns [][]*derived.Turn, operation string) ([]*verdict, error) {
	standing, err := c.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	verdicts := make([]*verdict, len(all))
	var checks []lens.Check
	for i, of := range all {
		verdicts[i] = &verdict{owner: of.Owner == actor.Person, calls: map[remit.ID][]bool{}, whole: map[remit.ID]bool{}, given: map[remit.ID]bool{}}
		if standing.MayUse(of.Employee) != nil {
			verdicts[i].none = unavailable
			continue
		}
		for _, t := range turns[i] {
			for _, call := range t.Calls {
				checks = append(checks, lens.Check{Employee: of.Employee, Task: of.Task, Tool: call.Tool, Lineage: call.Lineage})
			}
		}
	}
	if len(all) == 1 {
		actor.Conversation = all[0].ID
	}
	shown, err := c.lens.Recheck(ctx, actor, operation, checks, map[string]any{"conversations": len(all), "results": len(checks)})
	if err != nil {
		return nil, err
	}
	for i := range all {
		if verdicts[i].none != nil {
			continue
		}
		if err := c.screens(ctx, actor, all[i], verdicts[i], turns[i]); err != nil {
			return nil, err
		}
		shown = verdicts[i].settle(turns[i], shown)
	}
	return verdicts, nil
}

// screens notes of each turn whether the reader may know what was on the screen of
// whoever asked: that is the owner's own, and nobody else's by being shared, and no
// model service's by having been another's.
func (c *Conversations) screens(ctx context.Context, reader remit.Actor, of *derived.Conversation, v *verdict, turns []*derived.Turn) error {
	for _, t := range turns {
		screen, err := given(t)
		if err != nil {
			return err
		}
		known := true
		switch {
		case screen == nil || screen.Collection == "":
		case reader.Service != "":
			asker := reader
			asker.Employee, asker.Task, asker.Conversation = of.Employee, of.Task, of.ID
			known, err = c.mayTell(ctx, asker, screen)
		case !v.owner:
			known, err = c.sees(ctx, reader, screen)
		}
		if err != nil {
			return err
		}
		v.given[t.ID] = known
	}
	return nil
}

// settle takes the answers on the turns' calls and returns the rest of them. What a
// turn was given from before is older than the turn.
func (v *verdict) settle(turns []*derived.Turn, shown []bool) []bool {
	for _, t := range turns {
		v.calls[t.ID], shown = shown[:len(t.Calls)], shown[len(t.Calls):]
		for _, earlier := range t.History {
			v.given[t.ID] = v.given[t.ID] && v.whole[earlier]
		}
		v.whole[t.ID] = v.given[t.ID] && all(v.calls[t.ID])
	}
	return shown
}

func all(list []bool) bool {
	for _, ok := range list {
		if !ok {
			return false
		}
	}
	return true
}

// upTo reports whether all is shown that the model had read when so many calls of
// the turn had ended. Whoever did not ask must see the whole turn: what a model
// writes quotes the question too, and that is withheld with the turn.
func (v *verdict) upTo(turn remit.ID, calls int) bool {
	if !v.owner {
		return v.none == nil && v.whole[turn]
	}
	return v.none == nil && v.given[turn] && calls <= len(v.calls[turn]) && all(v.calls[turn][:calls])
}

// result reports whether the result of one call is shown.
func (v *verdict) result(turn remit.ID, call int) bool {
	return v.none == nil && call < len(v.calls[turn]) && v.calls[turn][call]
}

// everything reports whether nothing of the turns is withheld.
func (v *verdict) everything(turns []*derived.Turn) bool {
	for _, t := range turns {
		if v.none != nil || !v.whole[t.ID] {
			return false
		}
	}
	return true
}

func (v *verdict) why() *Withheld {
	if v.none != nil {
		return v.none
	}
	return hidden
}

// Call is a tool call as its reader sees it.
type Call struct {
	ID        string          `json:"id"`
	Tool      string          `json:"tool"`
	Arguments json.RawMessage `json:"arguments,omitempty" doc:"Absent where the call or what led to it is withheld."`
	Result    json.RawMessage `json:"result,omitempty"`
	Text      string          `json:"text,omitempty"`
	Rows      *int            `json:"rows,omitempty"`
	Refusal   *agent.Refusal  `json:"refusal,omitempty"`
	Took      time.Duration   `json:"took,omitempty" doc:"Nanoseconds. For the conversation's owner alone."`
	Withheld  *Withheld       `json:"withheld,omitempty"`
}

// call returns what the reader sees of a stored call.
func (v *verdict) call(t *derived.Turn, i int) (Call, error) {
	var stored Call
	if err := json.Unmarshal(t.Calls[i].Body, &stored); err != nil {
		return Call{}, err
	}
	if !v.result(t.ID, i) {
		return Call{ID: stored.ID, Tool: stored.Tool, Withheld: v.why()}, nil
	}
	if !v.upTo(t.ID, i) { // a model wrote the arguments, with all that in mind
		stored.Arguments = nil
	}
	if !v.owner { // who asked has seen it; to others it would tell how much there was to look through
		stored.Took = 0
	}
	return stored, nil
}
