package openai

import (
	"encoding/json"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/packages/param"
	"github.com/openai/openai-go/v3/shared"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// message translates one message. An unknown role is sent as a user's, which
// carries the least authority.
func message(m llm.Message) openai.ChatCompletionMessageParamUnion {
	switch m.Role {
	case llm.System:
		return openai.SystemMessage(m.Text)
	case llm.Assistant:
		return assistantMessage(m)
	case llm.ToolResult:
		return openai.ToolMessage(m.Text, m.CallID)
	case llm.User:
	}
	return openai.UserMessage(m.Prompt())
}

func assistantMessage(m llm.Message) openai.ChatCompletionMessageParamUnion {
	var p openai.ChatCompletionAssistantMessageParam
	if m.Text != "" || len(m.Calls) == 0 {
		p.Content.OfString = param.NewOpt(m.Text)
	}
	for _, c := range m.Calls {
		p.ToolCalls = append(p.ToolCalls, openai.ChatCompletionMessageToolCallUnionParam{
			OfFunction: &openai.ChatCompletionMessageFunctionToolCallParam{
				ID: c.ID,
				Function: openai.ChatCompletionMessageFunctionToolCallFunctionParam{
					Name: c.Name, Arguments: arguments(c.Arguments),
				},
			},
		})
	}
	return openai.ChatCompletionMessageParamUnion{OfAssistant: &p}
}

// arguments returns what a model wrote so that a service takes it back: some
// refuse a history whose arguments are no JSON.
func arguments(raw json.RawMessage) string {
	if !json.Valid(raw) {
		return "{}"
	}
	return string(raw)
}

func toolParam(spec llm.ToolSpec) (openai.ChatCompletionToolUnionParam, error) {
	var parameters shared.FunctionParameters
	if err := json.Unmarshal(spec.Schema, &parameters); err != nil {
		return openai.ChatCompletionToolUnionParam{}, remit.Errorf(remit.KindInternal, "schema of the tool %s: %v", spec.Name, err)
	}
	return openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{
		Name: spec.Name, Description: param.NewOpt(spec.Description), Parameters: parameters,
	}), nil
}
