package templates

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

const toolSchema = `{"type": "object", "additionalProperties": false, "required": ["collection_name"], "properties": {
	"collection_name": {"type": "string", "description": "Collection that the figures are about, e.g. \"opportunities\"."},
	"template": {"type": "string", "description": "Name of one of the collection's templates, as this tool lists them when it is left out."},
	"parameters": {"type": "object", "description": "Values by the template's parameter names, e.g. {\"since\": \"2026-01-01\"}; what is left out takes its default."}
}}`

type toolArguments struct {
	Collection string                     `json:"collection_name"`
	Template   string                     `json:"template"`
	Parameters map[string]json.RawMessage `json:"parameters"`
}

// Tool returns the tool overall_analytics: the templates of a collection, and the
// figures of one of them.
func (t *Templates) Tool() *tool.Tool {
	spec := tool.Spec{
		Name: policy.OverallAnalytics, Title: "Overall analytics", Schema: json.RawMessage(toolSchema), Effect: tool.Reads,
		Description: "Answers questions about the whole company by reviewed templates: the same figures for everybody, whatever records the person may see. " +
			"Call it with collection_name alone to list the templates of the collection, then with one of them. " +
			"Say that a figure is company-wide, who reviewed it and when (statement), and as of when. Small groups are shown together as Other. Use aggregate_records for the person's own records.",
	}
	return tool.New(spec, func(ctx context.Context, actor remit.Actor, in toolArguments) (*tool.Result, error) {
		if in.Template == "" {
			return t.listed(ctx, actor, in.Collection)
		}
		given, err := Given(in.Parameters)
		if err != nil {
			return nil, err
		}
		f, err := t.Run(ctx, actor, Request{Template: in.Template, Collection: in.Collection, Parameters: given})
		if err != nil {
			return nil, err
		}
		raw, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		// The names of groups are what records hold, and may come from outside.
		return &tool.Result{JSON: raw, Text: fmt.Sprintf("%s: %s", f.Title, f.Statement), Rows: len(f.Rows), Untrusted: len(f.Rows) > 0, Lineage: f.Lineage}, nil
	})
}

func (t *Templates) listed(ctx context.Context, actor remit.Actor, collection string) (*tool.Result, error) {
	offers, err := t.List(ctx, actor, collection)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(map[string]any{"collection": collection, "templates": offers})
	if err != nil {
		return nil, err
	}
	origin := lens.Origin{Source: remit.MainSource, Collection: collection, Company: true}
	return &tool.Result{
		JSON: raw, Text: fmt.Sprintf("%d templates for %s", len(offers), collection), Rows: len(offers),
		Lineage: &lens.Lineage{Origins: []lens.Origin{origin}},
	}, nil
}

// Given reads the values of parameters: texts, or numbers as texts.
func Given(raw map[string]json.RawMessage) (map[string]string, error) {
	given := make(map[string]string, len(raw))
	for name, value := range raw {
		var text string
		var number json.Number
		switch {
		case json.Unmarshal(value, &text) == nil:
			given[name] = text
		case json.Unmarshal(value, &number) == nil:
			given[name] = number.String()
		default:
			return nil, remit.FieldErrorf("parameters."+clip(name), "give a text or a number")
		}
	}
	return given, nil
}
