package policy

import (
	"maps"
	"slices"

	"github.com/remit-crm/remit"
)

// builtinTool is what the policy knows of a tool that Remit ships.
type builtinTool struct {
	writes bool                       // it exists to change or send something
	named  bool                       // it reaches beyond what a person may see: without a rule it is nobody's
	inputs map[string]remit.FieldType // what a condition may say of a call
}

// inputTypes are the types that a custom tool's inputs may have. Choices and
// links are texts.
var inputTypes = []remit.FieldType{remit.Text, remit.Integer, remit.Decimal, remit.Boolean, remit.Currency, remit.Date, remit.Timestamp}

// OverallAnalytics is the tool that answers by reviewed templates over all records of
// a collection, whoever asks.
const OverallAnalytics = "overall_analytics"

// builtinTools returns the tools that a policy may name without a rule of their
// own. A custom tool, made with a workflow, must have a rule.
func builtinTools() map[string]builtinTool {
	data := map[string]remit.FieldType{"data_source": remit.Text, "collection": remit.Text}
	record := maps.Clone(data)
	record["id"] = remit.Text
	return map[string]builtinTool{
		"list_collections":    {},
		"describe_collection": {inputs: data},
		"query_records":       {inputs: data},
		"count_records":       {inputs: data},
		"aggregate_records":   {inputs: data},
		"get_record":          {inputs: record},
		"search_records":      {inputs: map[string]remit.FieldType{"text": remit.Text}},
		"predict_outcome":     {inputs: record},
		"forecast_pipeline":   {inputs: data},
		"create_record":       {inputs: data, writes: true},
		"update_record":       {inputs: record, writes: true},
		"delete_record":       {inputs: record, writes: true},
		OverallAnalytics:      {inputs: map[string]remit.FieldType{"collection_name": remit.Text, "template": remit.Text}, named: true},
		"execute_sql":         {inputs: map[string]remit.FieldType{"statement": remit.Text}},
		"search_knowledge":    {inputs: map[string]remit.FieldType{"text": remit.Text}},
		"draft_email":         {inputs: map[string]remit.FieldType{"to": remit.Text}},
		"send_email":          {inputs: map[string]remit.FieldType{"to": remit.Text}, writes: true},
		"request_access":      {},
		"draw_chart":          {},
		"explain_access":      {inputs: map[string]remit.FieldType{"person": remit.Text}},
	}
}

// everybody returns the roles that may have the tool called where the policy has no
// rule for it: nil for everyone, or none.
func (b builtinTool) everybody() set {
	if b.named {
		return set{}
	}
	return nil
}

// BuiltinTools returns the names of the tools that Remit ships, sorted: those
// that a policy may name without giving them a rule.
func BuiltinTools() []string {
	return slices.Sorted(maps.Keys(builtinTools()))
}

// InputsOf returns what a condition on calls of the tool may say as input.name, by
// name; false for a tool that neither Remit ships nor the document rules.
func (p *Policy) InputsOf(tool string) ([]Input, bool) {
	if ruled, found := p.Tool(tool); found && len(ruled.Inputs) > 0 {
		return slices.Clone(ruled.Inputs), true
	}
	shipped, found := builtinTools()[tool]
	inputs := []Input{}
	for _, name := range slices.Sorted(maps.Keys(shipped.inputs)) {
		inputs = append(inputs, Input{name, shipped.inputs[name]})
	}
	_, ruled := p.Tool(tool)
	return inputs, found || ruled
}

// personalAgent returns the built-in AI employee that stands for a person's own
// agent: it reads whatever its person may read, up to her clearance.
func personalAgent(model *remit.Model) *employee {
	e := &employee{
		Employee: Employee{
			Name:        remit.PersonalAgent,
			Title:       "Personal agent",
			Position:    "Your own agent",
			Description: "Any agent that a person connects with a token of her own. It reads what she may read, up to her clearance, and changes nothing.",
			Remit:       Remit{Sensitivity: remit.Restricted},
		},
		remit: make(grants, len(model.Collections)),
	}
	for _, c := range model.Collections {
		e.remit[c] = []*grant{{
			actions: setOf([]string{string(View)}),
			fields:  everyField(c),
			scope:   allRows(),
			after:   allRows(),
		}}
	}
	return e
}

func everyField(c *remit.Collection) []bool {
	return slices.Repeat([]bool{true}, len(c.Fields))
}
