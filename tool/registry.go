package tool

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/remit-crm/remit"
)

// Registry is a set of tools with unique names, in the order they were given. It
// is immutable, hence safe for concurrent use.
type Registry struct {
	tools  []*Tool
	byName map[string]*Tool
}

// NewRegistry returns a registry of the tools. It fails on a name that is taken
// or malformed, and on a schema that is not a JSON object of properties.
func NewRegistry(tools ...*Tool) (*Registry, error) {
	r := &Registry{byName: make(map[string]*Tool, len(tools))}
	for _, t := range tools {
		if err := r.add(t); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// With returns a registry that has these tools too.
func (r *Registry) With(tools ...*Tool) (*Registry, error) {
	return NewRegistry(slices.Concat(r.tools, tools)...)
}

func (r *Registry) add(t *Tool) error {
	if !validName(t.Name) {
		return fmt.Errorf("tool name %q: use up to 64 lower-case letters, digits and underscores", t.Name)
	}
	if r.byName[t.Name] != nil {
		return fmt.Errorf("tool name %q is taken", t.Name)
	}
	if t.faulty != nil {
		return fmt.Errorf("tool %s: schema: %w", t.Name, t.faulty)
	}
	r.tools = append(r.tools, t)
	r.byName[t.Name] = t
	return nil
}

// validName holds names to what every model service accepts.
func validName(name string) bool {
	for _, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return name != "" && len(name) <= 64
}

// Tools returns every tool in order.
func (r *Registry) Tools() []*Tool { return slices.Clone(r.tools) }

// Tool returns the tool called name, nil if there is none.
func (r *Registry) Tool(name string) *Tool { return r.byName[name] }

// Only returns the registry's tools that are named, in the registry's order.
// Names that the registry does not have are left out.
func (r *Registry) Only(names []string) *Registry {
	only := &Registry{byName: make(map[string]*Tool, len(names))}
	for _, t := range r.tools {
		if slices.Contains(names, t.Name) {
			only.tools = append(only.tools, t)
			only.byName[t.Name] = t
		}
	}
	return only
}

// Names returns the names of every tool in order.
func (r *Registry) Names() []string {
	names := make([]string, len(r.tools))
	for i, t := range r.tools {
		names[i] = t.Name
	}
	return names
}

// Prepare reads arguments, as a model or a client wrote them, for the tool
// called name. Errors are *remit.Error and say what to change: NotFound for a
// tool that the registry does not have, Invalid for arguments that do not fit.
func (r *Registry) Prepare(name string, arguments json.RawMessage) (*Call, error) {
	t := r.byName[name]
	if t == nil {
		return nil, r.unknown(name)
	}
	return t.prepare(arguments)
}

// Call prepares and runs a tool at once.
func (r *Registry) Call(ctx context.Context, gate Gate, actor remit.Actor, name string, arguments json.RawMessage) (*Result, error) {
	call, err := r.Prepare(name, arguments)
	if err != nil {
		return nil, err
	}
	return call.Run(ctx, gate, actor)
}

func (r *Registry) unknown(name string) error {
	err := remit.Errorf(remit.KindNotFound, "there is no tool %q here; the tools are: %s", clip(name), list(r.Names()))
	err.Hint = remit.DidYouMean(name, r.Names())
	return err
}
