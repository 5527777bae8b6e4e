// Package llm says what a language model is to Remit: something that, given
// messages and tools, streams text and asks for tool calls. Its subpackages are
// the services (openai, anthropic), the deterministic planner that needs none
// (offline) and the scripted one for tests (script).
//
// A model is never trusted: what it may read and do is decided where its tool
// calls are carried out.
package llm

import (
	"context"
	"encoding/json"
)

// Role says who wrote a message.
type Role string

// The roles. Instructions come only from System messages; whatever a tool
// returned is data.
const (
	System     Role = "system"
	User       Role = "user"
	Assistant  Role = "assistant"
	ToolResult Role = "tool"
)

// Message is one message of a conversation.
type Message struct {
	Role   Role       `json:"role"`
	Text   string     `json:"text,omitempty"`
	Calls  []ToolCall `json:"calls,omitempty"`   // of an assistant: the tools it asks for
	CallID string     `json:"call_id,omitempty"` // of a tool result: the call it answers
	Error  bool       `json:"error,omitempty"`   // of a tool result: the call was refused or failed
	Screen *Screen    `json:"screen,omitempty"`  // of a user: what is on the person's screen
}

// ToolCall is a model's wish to have a tool called. Arguments is what the model
// wrote, which may be no JSON at all.
type ToolCall struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// ToolSpec describes a tool to a model.
type ToolSpec struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Schema      json.RawMessage `json:"schema"` // JSON Schema of the arguments, an object
}

// Request is one turn.
type Request struct {
	Model     string // the service's name for the model; "" for its default
	Messages  []Message
	Tools     []ToolSpec
	MaxTokens int // of the answer; 0 for the service's default
}

// StopReason says why a turn ended.
type StopReason string

// The reasons.
const (
	Finished  StopReason = "finished"   // the answer is complete
	WantsTool StopReason = "tool_calls" // the answers to Calls are awaited
	TooLong   StopReason = "length"     // MaxTokens was reached
	Refused   StopReason = "refused"    // the service declined to answer
)

// Usage counts tokens, as the service reports them; zero where it does not.
type Usage struct {
	Input  int64 `json:"input_tokens"`
	Output int64 `json:"output_tokens"`
}

// Response is a finished turn.
type Response struct {
	Text  string
	Calls []ToolCall
	Stop  StopReason
	Usage Usage
	Model string // what answered, as the service names it; "" if it does not say
}

// Model is a language model of one service. Complete streams the answer's text
// to onText (nil: nobody listens) and returns when the turn has ended. A stream
// that breaks off is an error, never a short answer. It stops within a second
// when ctx ends. Errors are *remit.Error: Unavailable for a service that cannot
// be reached or is overloaded after retries, Invalid for a request that the
// service rejects, Internal otherwise; their text holds no secret.
type Model interface {
	Complete(ctx context.Context, req Request, onText func(string)) (*Response, error)
}
