// Package tools holds the use case of having a tool called: which tools an actor
// may use, and one call of one of them.
package tools

import (
	"context"
	"encoding/json"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/access"
	"github.com/remit-crm/remit/tool"
)

// Resolver is what the package needs of *access.Access.
type Resolver interface {
	Resolve(ctx context.Context, actor remit.Actor) (*access.Standing, error)
}

// Refuser records calls that were refused before they reached anything that records
// for itself. *lens.Lens is one.
type Refuser interface {
	Refuse(ctx context.Context, actor remit.Actor, operation, source, collection string, err error) error
}

// Tools hands out toolboxes.
type Tools struct {
	resolver Resolver
	usable   usable
	refuser  Refuser // nil records nothing: for tests of what lies above
}

// New returns the use cases over every tool there is.
func New(resolver Resolver, registry *tool.Registry) *Tools {
	return &Tools{resolver: resolver, usable: usable{registry: registry}}
}

// RecordTo has every refused call recorded. Call it before the tools are shared.
func (t *Tools) RecordTo(r Refuser) { t.refuser = r }

// For returns the tools that the actor may use now: those of the AI employee (or
// the personal agent) and of the task, of those that the person's roles may have
// called.
func (t *Tools) For(ctx context.Context, actor remit.Actor) (*Toolbox, error) {
	standing, err := t.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	box := NewToolbox(t.usable.of(standing, actor), gate{standing}, actor)
	box.refuser = t.refuser
	return box, nil
}

// Toolbox is the tools of one actor at one moment. It serves one request and is
// not kept.
type Toolbox struct {
	*tool.Registry
	gate    tool.Gate
	actor   remit.Actor
	refuser Refuser
}

// NewToolbox returns a toolbox of the tools, each call of which asks the gate.
func NewToolbox(registry *tool.Registry, gate tool.Gate, actor remit.Actor) *Toolbox {
	return &Toolbox{Registry: registry, gate: gate, actor: actor}
}

// Call calls a tool for the toolbox's actor.
func (b *Toolbox) Call(ctx context.Context, name string, arguments json.RawMessage) (*tool.Result, error) {
	result, err := b.Registry.Call(ctx, b.gate, b.actor, name, arguments)
	if err != nil {
		return nil, b.Refuse(ctx, name, err)
	}
	return result, nil
}

// Refuse has a call recorded that was refused by err, unless it has its entry
// already, and returns what to answer: err, or [remit.KindUnavailable] if it could
// not be recorded. The name of a tool that is not among the toolbox's is the
// caller's text: it is kept no longer than the error's.
func (b *Toolbox) Refuse(ctx context.Context, name string, err error) error {
	if b.refuser == nil {
		return err
	}
	actor := b.actor
	if b.Tool(name) != nil {
		actor.Tool = name
	}
	return b.refuser.Refuse(ctx, actor, tool.OpCall, "", "", err)
}

// gate asks the policy of a standing.
type gate struct{ standing *access.Standing }

// MayCallTool implements [tool.Gate].
func (g gate) MayCallTool(_ context.Context, actor remit.Actor, input map[string]any) error {
	ok, reason := g.standing.Policy.MayCallTool(g.standing.User, actor.EmployeeKey(), actor.Task, actor.Tool, input, g.standing.Now)
	if ok {
		return nil
	}
	e := remit.Errorf(remit.KindDenied, "the tool %s may not be called so", actor.Tool)
	if reason.Message != "" {
		e.Message = reason.Message
	}
	return e
}
