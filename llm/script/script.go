// Package script is a model for tests: it answers from a list of turns, or by a
// function, and remembers what it was asked.
package script

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// Turn is one answer of a [Model]. The zero value is an empty answer that
// finishes.
type Turn struct {
	Chunks []string       // the text, as it is streamed
	Calls  []llm.ToolCall // the tools asked for
	Stop   llm.StopReason // "": WantsTool if there are calls, else Finished
	Usage  llm.Usage
	Err    error // returned once the chunks are out: a stream that breaks off
	Hang   bool  // after the chunks, wait until the context ends
	Deaf   bool  // after the chunks, wait until Release, whatever the context does
}

// Text returns a turn that answers with text in one chunk.
func Text(text string) Turn { return Turn{Chunks: []string{text}} }

// Call returns a turn that asks for one tool. The arguments are sent as they
// are, JSON or not.
func Call(tool, arguments string) Turn {
	return Turn{Calls: []llm.ToolCall{{Name: tool, Arguments: json.RawMessage(arguments)}}}
}

// Func is a model that is one function.
type Func func(ctx context.Context, req llm.Request, onText func(string)) (*llm.Response, error)

// Complete implements [llm.Model].
func (f Func) Complete(ctx context.Context, req llm.Request, onText func(string)) (*llm.Response, error) {
	return f(ctx, req, onText)
}

// Model answers with its turns, one after the other. It is safe for concurrent
// use.
type Model struct {
	mu       sync.Mutex
	turns    []Turn
	requests []llm.Request
	release  chan struct{}
}

// New returns a model that answers with the turns in order. Being asked once
// more than there are turns is an error, so that a test notices.
func New(turns ...Turn) *Model {
	return &Model{turns: turns, release: make(chan struct{})}
}

// Complete implements [llm.Model].
func (m *Model) Complete(ctx context.Context, req llm.Request, onText func(string)) (*llm.Response, error) {
	turn, n, err := m.next(req)
	if err != nil {
		return nil, err
	}
	res := &llm.Response{Calls: calls(turn.Calls, n), Stop: turn.stop(), Usage: turn.Usage, Model: "script"}
	for _, chunk := range turn.Chunks {
		res.Text += chunk
		if onText != nil {
			onText(chunk)
		}
	}
	if err := m.end(ctx, turn); err != nil {
		return nil, err
	}
	return res, nil
}

// end waits as the turn says, and returns its error.
func (m *Model) end(ctx context.Context, turn Turn) error {
	switch {
	case turn.Deaf:
		<-m.release
	case turn.Hang:
		<-ctx.Done()
		return &remit.Error{Kind: remit.KindCanceled, Message: "the request was canceled", Cause: ctx.Err()}
	}
	return turn.Err
}

// Release lets every deaf turn end.
func (m *Model) Release() { close(m.release) }

// Requests returns what the model was asked, in order.
func (m *Model) Requests() []llm.Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.requests)
}

// next records the request and returns the turn for it with its number.
func (m *Model) next(req llm.Request) (Turn, int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.requests)
	req.Messages = slices.Clone(req.Messages) // the caller goes on appending to its own
	m.requests = append(m.requests, req)
	if n >= len(m.turns) {
		return Turn{}, n, remit.Errorf(remit.KindInternal, "the script has %d turns, and was asked for one more", len(m.turns))
	}
	return m.turns[n], n, nil
}

func (t Turn) stop() llm.StopReason {
	if t.Stop == "" && len(t.Calls) > 0 {
		return llm.WantsTool
	}
	if t.Stop == "" {
		return llm.Finished
	}
	return t.Stop
}

// calls returns the calls with an id for each that has none.
func calls(of []llm.ToolCall, turn int) []llm.ToolCall {
	out := slices.Clone(of)
	for i := range out {
		if out[i].ID == "" {
			out[i].ID = "call-" + strconv.Itoa(turn) + "-" + strconv.Itoa(i)
		}
	}
	return out
}
