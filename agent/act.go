package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
	"github.com/remit-crm/remit/tool"
)

// act carries out the calls of one turn, in order, and puts what came of them
// into the conversation.
func (r *run) act(ctx context.Context, res *llm.Response, text string) {
	r.messages = append(r.messages, llm.Message{Role: llm.Assistant, Text: text, Calls: res.Calls})
	for _, wish := range res.Calls {
		if ctx.Err() != nil {
			r.fail(ctx, ctx.Err())
			return
		}
		r.emit(ToolStarted{r.turn, wish.ID, wish.Name, shown(wish.Arguments)})
		began := time.Now()
		call, handed := r.carryOut(ctx, wish)
		call.Took = time.Since(began)
		if ctx.Err() != nil {
			call.Result = nil // came too late to be shown; that a change was made must be told
			r.result.Calls = append(r.result.Calls, call)
			r.emit(ToolFinished{r.turn, call})
			r.fail(ctx, ctx.Err())
			return
		}
		r.result.Calls = append(r.result.Calls, call)
		r.emit(ToolFinished{r.turn, call})
		r.messages = append(r.messages, llm.Message{Role: llm.ToolResult, CallID: wish.ID, Text: handed, Error: call.Refusal != nil})
	}
	switch {
	case r.guard.repeats >= maxRepeats:
		r.end(Looping, nil)
	case r.guard.failures >= maxFailures:
		r.end(Stuck, nil)
	case r.result.Steps >= r.limits.Steps:
		r.closing = true
	}
}

// carryOut returns a call with what became of it, and the text that the model
// gets.
func (r *run) carryOut(ctx context.Context, wish llm.ToolCall) (Call, string) {
	call := Call{ID: wish.ID, Tool: wish.Name, Arguments: shown(wish.Arguments)}
	got, err := r.attempt(ctx, wish)
	err = r.recorded(ctx, wish, err)
	if err == nil && len(got.JSON) > r.limits.ResultBytes {
		err = remit.Errorf(remit.KindLimited, "the result is too large to be read (%d bytes, at most %d): name fewer fields, ask for fewer records, or let aggregate_records compute what you need", len(got.JSON), r.limits.ResultBytes)
	}
	if err != nil {
		r.guard.failures++
		call.Refusal = refusal(err)
		call.Text = remit.PublicText(err)
		return call, call.Text
	}
	r.guard.failures = 0
	r.tainted = r.tainted || got.Untrusted
	if r.service.Local() {
		r.read.AddText(string(wish.Arguments)) // periods that the planner has reckoned
	}
	if wish.Name != DrawChart { // which says what the model itself has written
		r.read.AddJSON(got.JSON)
		r.read.Add(float64(got.Rows))
	}
	call.Result, call.Text, call.Rows, call.Lineage = got.JSON, got.Text, got.Rows, got.Lineage
	return call, string(got.JSON)
}

// attempt judges a call and makes it.
func (r *run) attempt(ctx context.Context, wish llm.ToolCall) (*tool.Result, error) {
	if r.result.Steps >= r.limits.Steps {
		return nil, remit.Errorf(remit.KindLimited, "the budget of %d tool calls is used up: answer now from what you have, and say what is missing", r.limits.Steps)
	}
	r.result.Steps++
	prepared, err := r.prepareCall(ctx, wish)
	if err != nil {
		return nil, r.guard.remember(wish.Name+" "+string(wish.Arguments), err)
	}
	key := wish.Name + " " + string(prepared.Input)
	if err := r.guard.seen(key); err != nil {
		return nil, err
	}
	if err := r.approve(ctx, prepared); err != nil {
		return nil, r.guard.remember(key, err)
	}
	got, err := r.execute(ctx, prepared)
	if err == nil && wish.Name == DrawChart {
		got, err = r.draw(got)
	}
	if err == nil && prepared.Tool.Effect != tool.Reads {
		r.guard.forgetReads() // what was read before may be different now
	}
	return got, r.guard.rememberAs(key, prepared.Tool.Effect, err)
}

// recorded has a call recorded that was refused, unless it was by the lens, which
// has done so. A name that the model made up may say anything, and so belongs
// among what can be erased; it is in the error's text.
func (r *run) recorded(ctx context.Context, wish llm.ToolCall, err error) error {
	if err == nil || ctx.Err() != nil || r.agent.Recorder == nil {
		return err
	}
	actor := r.actor
	if r.agent.Tools.Tool(wish.Name) != nil {
		actor.Tool = wish.Name
	}
	return r.agent.Recorder.Refuse(ctx, actor, tool.OpCall, "", "", err)
}

// execute runs a call. One that does not stop when it should is left to itself,
// and if it was to change something, nobody knows whether it did.
func (r *run) execute(ctx context.Context, call *tool.Call) (*tool.Result, error) {
	done := supervise(func() (*tool.Result, error) { return call.Run(ctx, r.agent.Policy, r.actor) })
	var got *tool.Result
	var err error
	select {
	case o := <-done:
		got, err = o.value, o.err
	case <-ctx.Done():
		got, err = await(done)
	}
	switch {
	case err == nil && got == nil:
		return nil, remit.Errorf(remit.KindInternal, "the tool %s returned nothing", call.Tool.Name)
	case remit.KindOf(err) == remit.KindCanceled && err != nil && call.Tool.Effect != tool.Reads:
		return nil, &remit.Error{Kind: remit.KindCanceled, Message: "stopped before it was known whether the change was made: look at the record", Cause: err}
	}
	return got, err
}

// prepareCall reads the arguments. A tool that exists and is not this run's is
// refused with the reason that the policy gives.
func (r *run) prepareCall(ctx context.Context, wish llm.ToolCall) (*tool.Call, error) {
	if r.tools.Tool(wish.Name) == nil && (r.agent.Tools.Tool(wish.Name) != nil || wish.Name == DrawChart) {
		actor := r.actor
		actor.Tool = wish.Name
		if err := r.agent.Policy.MayCallTool(ctx, actor, nil); err != nil {
			return nil, err
		}
		return nil, remit.Errorf(remit.KindDenied, "the tool %s is not one of this run", wish.Name)
	}
	return r.tools.Prepare(wish.Name, wish.Arguments)
}

func refusal(err error) *Refusal {
	kind := remit.KindOf(err)
	out := &Refusal{Kind: kind.String(), Message: remit.PublicText(err)}
	if e := asError(err); e != nil && kind != remit.KindInternal {
		out.Message, out.Field, out.Hint = e.Message, e.Field, e.Hint
	}
	return out
}

// shown returns arguments so that an event can always be encoded: what is no
// JSON becomes a JSON text.
func shown(arguments json.RawMessage) json.RawMessage {
	const most = 20_000
	if len(arguments) == 0 {
		return json.RawMessage("{}")
	}
	if len(arguments) <= most && json.Valid(arguments) {
		return arguments
	}
	quoted, err := json.Marshal(clip(string(arguments), most))
	if err != nil {
		return json.RawMessage(fmt.Sprintf("%q", "?"))
	}
	return quoted
}
