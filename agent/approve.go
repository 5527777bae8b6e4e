package agent

import (
	"context"
	"encoding/json"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/tool"
)

// Approver asks a person about a change that an AI employee wants.
type Approver interface {
	// Approve returns nil if a person has said yes to this very change. Otherwise
	// the error's text is what the AI employee and the person are told: that it was
	// refused, or that it is kept as a proposal.
	Approve(ctx context.Context, actor remit.Actor, change Change) error
}

// Change is what an AI employee wants to do.
type Change struct {
	Tool   string
	Effect tool.Effect
	Input  json.RawMessage // the call's input, with its defaults
	Why    string          // why a person is asked
}

// approve lets a call pass that may go on without a person: one that reads, or
// one that only adds a record in a run that has read nothing that anybody might
// have written (DESIGN law 11). What a person set is never overwritten or deleted
// without a yes (law 10), and who set it is not known here.
func (r *run) approve(ctx context.Context, call *tool.Call) error {
	change := Change{Tool: call.Tool.Name, Effect: call.Tool.Effect, Input: call.Input}
	switch call.Tool.Effect {
	case tool.Reads:
		return nil
	case tool.Creates:
		if !r.tainted {
			return nil
		}
		change.Why = "the run has read text that anybody may have written"
	case tool.Updates, tool.Deletes:
		change.Why = "it changes what a person may have entered"
	case tool.Sends:
		change.Why = "it leaves the house"
	default:
		change.Why = "it is not known what it does"
	}
	if r.agent.Approver == nil {
		return remit.Errorf(remit.KindDenied, "not done: %s needs a person's yes, because %s, and nobody can be asked here. Tell the person what you would change", call.Tool.Name, change.Why)
	}
	actor := r.actor
	actor.Tool = call.Tool.Name
	return r.agent.Approver.Approve(ctx, actor, change)
}
