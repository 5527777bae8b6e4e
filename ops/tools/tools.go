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

// Tools hands out toolboxes.
type Tools struct {
	resolver Resolver
	registry *tool.Registry
}

// New returns the use cases over every tool there is.
func New(resolver Resolver, registry *tool.Registry) *Tools {
	return &Tools{resolver: resolver, registry: registry}
}

// For returns the tools that the actor may use now: those of the AI employee (or
// the personal agent) and of the task, of those that the person's roles may have
// called.
func (t *Tools) For(ctx context.Context, actor remit.Actor) (*Toolbox, error) {
	standing, err := t.resolver.Resolve(ctx, actor)
	if err != nil {
		return nil, err
	}
	employee := actor.EmployeeKey()
	var usable []string
	for _, name := range t.registry.Names() {
		if standing.Policy.HasTool(standing.User, employee, actor.Task, name) {
			usable = append(usable, name)
		}
	}
	return NewToolbox(t.registry.Only(usable), gate{standing}, actor), nil
}

// Toolbox is the tools of one actor at one moment. It serves one request and is
// not kept.
type Toolbox struct {
	*tool.Registry
	gate  tool.Gate
	actor remit.Actor
}

// NewToolbox returns a toolbox of the tools, each call of which asks the gate.
func NewToolbox(registry *tool.Registry, gate tool.Gate, actor remit.Actor) *Toolbox {
	return &Toolbox{registry, gate, actor}
}

// Call calls a tool for the toolbox's actor.
func (b *Toolbox) Call(ctx context.Context, name string, arguments json.RawMessage) (*tool.Result, error) {
	return b.Registry.Call(ctx, b.gate, b.actor, name, arguments)
}

// gate asks the policy of a standing.
type gate struct{ standing *access.Standing }

// MayCallTool implements [tool.Gate].
func (g gate) MayCallTool(_ context.Context, actor remit.Actor, input map[string]any) error {
	ok, reason := g.standing.Policy.MayCallTool(g.standing.User, actor.EmployeeKey(), actor.Task, actor.Tool, input)
	if ok {
		return nil
	}
	e := remit.Errorf(remit.KindDenied, "the tool %s may not be called so", actor.Tool)
	if reason.Message != "" {
		e.Message = reason.Message
	}
	return e
}
