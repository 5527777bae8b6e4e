package records

import (
	"context"

	"github.com/remit-crm/remit"
)

// Gate judges tool calls: the third of the four layers. agent.Policy is one.
type Gate interface {
	MayCallTool(ctx context.Context, actor remit.Actor, input map[string]any) error
}

// JudgeBy has what an AI employee does without a tool judged as the tool that does the
// same: by a token that is bound to it, say. Otherwise the rules of its tools would
// hold over one face and not over the other. Call it before the use cases are shared;
// without a gate the lens alone decides.
func (r *Records) JudgeBy(g Gate) *Records {
	r.gate = g
	return r
}

// as returns the actor that makes the call: a person as they are, an AI employee
// narrowed to the tool, if the gate lets it be called.
func (r *Records) as(ctx context.Context, actor remit.Actor, tool string, at Place, more ...string) (remit.Actor, error) {
	if r.gate == nil || !actor.AI() {
		return actor, nil
	}
	actor.Tool = tool
	input := map[string]any{"data_source": at.Source, "collection": at.Collection, "id": string(at.ID)}
	for i := 0; i+1 < len(more); i += 2 {
		input[more[i]] = more[i+1]
	}
	if err := r.gate.MayCallTool(ctx, actor, input); err != nil {
		return actor, r.lens.Refuse(ctx, actor, "tool.call", at.Source, at.Collection, err)
	}
	return actor, nil
}
