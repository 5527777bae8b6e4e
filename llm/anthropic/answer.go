package anthropic

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"

	"github.com/remit-crm/remit/llm"
)

// maxCalls bounds the tool calls of one turn.
const maxCalls = 128

// answer puts a turn together from its events. The library's accumulator is not
// used because it silently turns arguments that are no JSON into {}: a call that
// was not asked for.
type answer struct {
	onText func(string)
	text   strings.Builder
	calls  map[int64]*call // by the index of their block
	order  []*call
	stop   anthropic.StopReason
	usage  llm.Usage
	model  string
	ended  bool
}

type call struct {
	id, name  string
	start     string // arguments as the block began, "{}" as a rule
	arguments strings.Builder
}

func (a *answer) add(e anthropic.MessageStreamEventUnion) error {
	switch e.Type {
	case "message_start":
		a.model = e.Message.Model
		a.usage = llm.Usage{
			Input:  e.Message.Usage.InputTokens + e.Message.Usage.CacheReadInputTokens + e.Message.Usage.CacheCreationInputTokens,
			Output: e.Message.Usage.OutputTokens,
		}
	case "content_block_start":
		return a.begin(e)
	case "content_block_delta":
		return a.more(e)
	case "message_delta":
		if e.Delta.StopReason != "" {
			a.stop = e.Delta.StopReason
		}
		if e.Usage.OutputTokens > 0 { // of the whole message so far
			a.usage.Output = e.Usage.OutputTokens
		}
	case "message_stop":
		a.ended = a.stop != ""
	}
	return nil
}

func (a *answer) begin(e anthropic.MessageStreamEventUnion) error {
	block := e.ContentBlock
	switch block.Type {
	case "text":
		a.write(block.Text)
	case "tool_use":
		if len(a.order) == maxCalls || a.calls[e.Index] != nil {
			return errors.New("too many tool calls, or two in one place")
		}
		c := &call{id: block.ID, name: block.Name, start: block.JSON.Input.Raw()}
		if a.calls == nil {
			a.calls = map[int64]*call{}
		}
		a.calls[e.Index] = c
		a.order = append(a.order, c)
	}
	return nil
}

func (a *answer) more(e anthropic.MessageStreamEventUnion) error {
	switch e.Delta.Type {
	case "text_delta":
		a.write(e.Delta.Text)
	case "input_json_delta":
		c := a.calls[e.Index]
		if c == nil {
			return errors.New("arguments of a call that was not begun")
		}
		c.arguments.WriteString(e.Delta.PartialJSON)
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

func (a *answer) response() *llm.Response {
	r := &llm.Response{Text: a.text.String(), Stop: a.reason(), Usage: a.usage, Model: a.model}
	if r.Stop != llm.WantsTool {
		return r
	}
	for _, c := range a.order {
		arguments := c.arguments.String()
		if arguments == "" {
			arguments = c.start
		}
		r.Calls = append(r.Calls, llm.ToolCall{ID: c.id, Name: c.name, Arguments: json.RawMessage(arguments)})
	}
	return r
}

func (a *answer) reason() llm.StopReason {
	switch a.stop { //nolint:exhaustive // what is left ends a turn
	case anthropic.StopReasonMaxTokens, anthropic.StopReasonModelContextWindowExceeded:
		return llm.TooLong
	case anthropic.StopReasonRefusal:
		return llm.Refused
	}
	if len(a.order) > 0 {
		return llm.WantsTool
	}
	return llm.Finished
}
