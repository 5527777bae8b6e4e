package tool

import (
	"context"
	"encoding/json"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/llm"
)

// Effect says what a tool does to the world. The zero value is not known, and is
// treated as the worst.
type Effect string

// The effects.
const (
	Reads   Effect = "read"
	Creates Effect = "create"
	Updates Effect = "update"
	Deletes Effect = "delete"
	Sends   Effect = "send" // something leaves the house: an e-mail, a request to another system
)

// Spec describes a tool to models, to MCP clients and to people.
type Spec struct {
	Name        string          // unique; lower-case words joined by "_"
	Title       string          // for people
	Description string          // for models: what it does, when to use it
	Schema      json.RawMessage // JSON Schema of the input, an object with its properties described
	Effect      Effect
}

// Model returns the description as package llm takes it.
func (s Spec) Model() llm.ToolSpec {
	return llm.ToolSpec{Name: s.Name, Description: s.Description, Schema: s.Schema}
}

// Result is what a tool call yields.
type Result struct {
	JSON json.RawMessage // for the model: the same JSON as the HTTP API answers
	Text string          // for people: one line, e.g. "12 records of opportunities"
	Rows int             // records, groups or hits in JSON

	// Untrusted is set where JSON quotes text that was stored in records, which
	// whoever wrote an e-mail or filled in a web form may have chosen.
	Untrusted bool

	// Lineage says what JSON came from. Whoever keeps a result needs it to show it
	// again (DESIGN law 12), and shows one without to nobody. It is filled in where
	// the actor has a conversation; empty, not nil, is the lineage of what holds no
	// data.
	Lineage *lens.Lineage
}

// traced returns where a tool is to note what its result comes from: nil where
// nobody keeps it.
func traced(actor remit.Actor) *lens.Lineage {
	if actor.Conversation == "" {
		return nil
	}
	return &lens.Lineage{}
}

// Tool is one tool. Make it with [New].
type Tool struct {
	Spec
	arguments []property // what the schema declares
	faulty    error      // why the schema cannot be used; NewRegistry reports it
	prepare   func(arguments json.RawMessage) (*Call, error)
}

// New returns a tool that reads its arguments into an In, a struct whose JSON
// names are the properties of the schema, and runs run. If *In has a method
// SetDefaults(), it is called before anybody judges the input.
func New[In any](spec Spec, run func(ctx context.Context, actor remit.Actor, in In) (*Result, error)) *Tool {
	t := &Tool{Spec: spec}
	t.arguments, t.faulty = properties(spec.Schema)
	t.prepare = func(arguments json.RawMessage) (*Call, error) {
		var in In
		if err := decode(t, arguments, &in); err != nil {
			return nil, err
		}
		canonical, err := json.Marshal(in)
		if err != nil {
			return nil, remit.Errorf(remit.KindInvalid, "the arguments cannot be read: give one JSON object")
		}
		judged, err := plain(canonical)
		if err != nil {
			return nil, err
		}
		return &Call{Tool: t, Input: canonical, judged: judged, run: func(ctx context.Context, actor remit.Actor) (*Result, error) {
			return run(ctx, actor, in)
		}}, nil
	}
	return t
}

// OpCall is the operation under which the audit log has calls that were refused
// before they did anything.
const OpCall = "tool.call"

// Gate decides whether actor may have actor.Tool called with the input: the
// third of the four layers. The input holds every argument that the tool has,
// null, "" or false where none was given; a number is an int64 if it is whole,
// else a float64. A refusal is a *remit.Error that says why.
type Gate interface {
	MayCallTool(ctx context.Context, actor remit.Actor, input map[string]any) error
}

// Call is a tool with an input that has been read and not yet run.
type Call struct {
	Tool *Tool
	// Input is the arguments as the tool understood them, with its defaults: one
	// text for all spellings, so that two calls can be compared.
	Input json.RawMessage

	judged map[string]any // Input as the gate reads it
	run    func(ctx context.Context, actor remit.Actor) (*Result, error)
}

// Run asks the gate and runs the tool for the actor, whose Tool it sets. A nil
// gate refuses.
func (c *Call) Run(ctx context.Context, gate Gate, actor remit.Actor) (*Result, error) {
	if gate == nil {
		return nil, remit.Errorf(remit.KindDenied, "the tool %s is not available", c.Tool.Name)
	}
	actor.Tool = c.Tool.Name
	if err := gate.MayCallTool(ctx, actor, c.judged); err != nil {
		return nil, err
	}
	return c.run(ctx, actor)
}
