package openai

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/openai/openai-go/v3"

	"github.com/remit-crm/remit/llm"
)

// maxCalls bounds the tool calls of one turn.
const maxCalls = 128

// answer puts a turn together from its chunks. The library's accumulator is not
// used because it refuses streams that servers other than OpenAI's really send:
// several calls under one index, calls without an id.
type answer struct {
	onText  func(string)
	text    strings.Builder
	calls   []*call
	finish  string
	refused bool
	usage   llm.Usage
	model   string
}

type call struct {
	index     int64
	id, name  string
	arguments strings.Builder
}

func (a *answer) add(chunk openai.ChatCompletionChunk) error {
	if chunk.Model != "" {
		a.model = chunk.Model
	}
	if u := chunk.Usage; u.PromptTokens > 0 || u.CompletionTokens > 0 {
		a.usage = llm.Usage{Input: u.PromptTokens, Output: u.CompletionTokens}
	}
	for _, choice := range chunk.Choices {
		if choice.Index != 0 {
			continue // one answer is asked for
		}
		a.write(choice.Delta.Content)
		a.write(choice.Delta.Refusal)
		a.refused = a.refused || choice.Delta.Refusal != ""
		for _, delta := range choice.Delta.ToolCalls {
			if err := a.addCall(delta); err != nil {
				return err
			}
		}
		if choice.FinishReason != "" {
			a.finish = choice.FinishReason
		}
	}
	return nil
}

func (a *answer) write(text string) {
	if text == "" {
		return
	}
	a.text.WriteString(text)
	if a.onText != nil {
		a.onText(text)
	}
}

// addCall adds to the call with the delta's index, or begins a new one. Ollama
// numbers every call 0, so another id means another call.
func (a *answer) addCall(delta openai.ChatCompletionChunkChoiceDeltaToolCall) error {
	c := a.callAt(delta.Index)
	if c == nil || (delta.ID != "" && c.id != "" && delta.ID != c.id) {
		if len(a.calls) == maxCalls {
			return errors.New("too many tool calls")
		}
		c = &call{index: delta.Index}
		a.calls = append(a.calls, c)
	}
	if delta.ID != "" {
		c.id = delta.ID
	}
	if delta.Function.Name != c.name { // some servers repeat it with each piece
		c.name += delta.Function.Name
	}
	c.arguments.WriteString(delta.Function.Arguments)
	return nil
}

// callAt returns the latest call with the index, nil if there is none.
func (a *answer) callAt(index int64) *call {
	for i := len(a.calls) - 1; i >= 0; i-- {
		if a.calls[i].index == index {
			return a.calls[i]
		}
	}
	return nil
}

// complete reports whether the service has said why it ended.
func (a *answer) complete() bool { return a.finish != "" }

func (a *answer) response() *llm.Response {
	r := &llm.Response{Text: a.text.String(), Stop: a.stop(), Usage: a.usage, Model: a.model}
	if r.Stop != llm.WantsTool {
		return r // calls of an answer that was cut off lack their end
	}
	for i, c := range a.calls {
		if c.id == "" {
			c.id = "call_" + strconv.Itoa(i)
		}
		r.Calls = append(r.Calls, llm.ToolCall{ID: c.id, Name: c.name, Arguments: json.RawMessage(c.arguments.String())})
	}
	return r
}

func (a *answer) stop() llm.StopReason {
	switch {
	case a.finish == "length":
		return llm.TooLong
	case a.refused || a.finish == "content_filter":
		return llm.Refused
	case len(a.calls) > 0: // some servers say "stop" here
		return llm.WantsTool
	}
	return llm.Finished
}
