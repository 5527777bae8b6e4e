package anthropic

import (
	"encoding/json"
	"errors"

	"github.com/anthropics/anthropic-sdk-go"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/llm"
)

// messages translates a conversation. Instructions go into a place of their own,
// and neighbours of one role become one message, as the interface wants it: the
// results of one turn's calls must all stand in the message after it.
func messages(all []llm.Message) (system []anthropic.TextBlockParam, out []anthropic.MessageParam) {
	for _, m := range all {
		if m.Role == llm.System {
			system = append(system, anthropic.TextBlockParam{Text: m.Text})
			continue
		}
		role, blocks := content(m)
		if len(blocks) == 0 {
			continue // an empty text is refused
		}
		if n := len(out); n > 0 && out[n-1].Role == role {
			out[n-1].Content = append(out[n-1].Content, blocks...)
			continue
		}
		out = append(out, anthropic.MessageParam{Role: role, Content: blocks})
	}
	return system, out
}

func content(m llm.Message) (anthropic.MessageParamRole, []anthropic.ContentBlockParamUnion) {
	var blocks []anthropic.ContentBlockParamUnion
	if m.Role == llm.ToolResult {
		return anthropic.MessageParamRoleUser, append(blocks, anthropic.NewToolResultBlock(m.CallID, m.Text, m.Error))
	}
	if m.Prompt() != "" {
		blocks = append(blocks, anthropic.NewTextBlock(m.Prompt()))
	}
	if m.Role != llm.Assistant {
		return anthropic.MessageParamRoleUser, blocks
	}
	for _, c := range m.Calls {
		blocks = append(blocks, anthropic.NewToolUseBlock(c.ID, input(c.Arguments), c.Name))
	}
	return anthropic.MessageParamRoleAssistant, blocks
}

// input returns what a model wrote as the object that the interface wants back.
func input(raw json.RawMessage) any {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return map[string]any{}
	}
	return object
}

func toolParam(spec llm.ToolSpec) (anthropic.ToolUnionParam, error) {
	var schema map[string]any
	var head struct {
		Properties json.RawMessage `json:"properties"` // raw, to keep their order
		Required   []string        `json:"required"`
	}
	if err := errors.Join(json.Unmarshal(spec.Schema, &schema), json.Unmarshal(spec.Schema, &head)); err != nil {
		return anthropic.ToolUnionParam{}, remit.Errorf(remit.KindInternal, "schema of the tool %s: %v", spec.Name, err)
	}
	for _, name := range []string{"type", "properties", "required"} {
		delete(schema, name)
	}
	if len(head.Properties) == 0 {
		head.Properties = json.RawMessage("{}")
	}
	return anthropic.ToolUnionParam{OfTool: &anthropic.ToolParam{
		Name:        spec.Name,
		Description: anthropic.String(spec.Description),
		InputSchema: anthropic.ToolInputSchemaParam{
			Properties: head.Properties, Required: head.Required, ExtraFields: schema,
		},
	}}, nil
}
