package records_test

import (
	"slices"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/ops/records"
	"github.com/remit-crm/remit/policy"
)

// What an AI employee reads without a tool, by a token of its own, is held to the rules
// of the tool that does the same; a person is not.
func TestAIIsJudgedAsItsTools(t *testing.T) {
	c := opstest.New(t)
	deal := c.Deal(t, "Ann", "one")
	doc, err := c.Policies.Document(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range doc.Employees {
		if e := &doc.Employees[i]; e.Name == "viz" {
			e.Tools = slices.DeleteFunc(e.Tools, func(name string) bool { return name == "get_record" })
			e.ToolRules = []policy.ToolRule{
				{Tools: []string{"query_records", "count_records", "aggregate_records", "describe_collection"}, Condition: `input.collection == "opportunities"`},
				{Tools: []string{"search_records"}, Condition: `input.text != "secret"`},
				{Tools: []string{"list_collections"}, Condition: `user.department == "Finance"`},
			}
		}
	}
	if err := c.Policies.Apply(t.Context(), c.Operator, doc, nil); err != nil {
		t.Fatal(err)
	}
	r := records.New(c.Lens).JudgeBy(answers.Layers(c.Access))
	ann := c.Actor("Ann")
	viz := ann
	viz.Employee = "viz"
	for name, call := range map[string]struct {
		passes bool
		do     func(a remit.Actor) error
	}{
		"query": {true, func(a remit.Actor) error {
			_, err := r.Query(t.Context(), a, lens.Query{Collection: "opportunities"})
			return err
		}},
		"query others": {false, func(a remit.Actor) error {
			_, err := r.Query(t.Context(), a, lens.Query{Collection: "accounts"})
			return err
		}},
		"count": {true, func(a remit.Actor) error {
			_, err := r.Count(t.Context(), a, lens.CountQuery{Collection: "opportunities"})
			return err
		}},
		"count others": {false, func(a remit.Actor) error {
			_, err := r.Count(t.Context(), a, lens.CountQuery{Collection: "accounts"})
			return err
		}},
		"describe others": {false, func(a remit.Actor) error { _, err := r.Describe(t.Context(), a, "", "accounts"); return err }},
		"list":            {false, func(a remit.Actor) error { _, err := r.Collections(t.Context(), a); return err }},
		"search": {true, func(a remit.Actor) error {
			_, err := r.Search(t.Context(), a, lens.SearchQuery{Text: "one"})
			return err
		}},
		"search secret": {false, func(a remit.Actor) error {
			_, err := r.Search(t.Context(), a, lens.SearchQuery{Text: "secret"})
			return err
		}},
		"get": {false, func(a remit.Actor) error {
			_, err := r.Get(t.Context(), a, records.Place{Collection: "opportunities", ID: deal}, nil)
			return err
		}},
		"history": {false, func(a remit.Actor) error {
			_, err := r.History(t.Context(), a, lens.HistoryQuery{Collection: "opportunities", ID: deal})
			return err
		}},
		"aggregate others": {false, func(a remit.Actor) error {
			_, err := r.Aggregate(t.Context(), a, lens.AggregateQuery{Collection: "accounts", Measures: []lens.Measure{{Fn: "count"}}})
			return err
		}},
	} {
		if err := call.do(ann); err != nil {
			t.Errorf("Ann herself, %s: %v", name, err)
		}
		if err := call.do(viz); (err == nil) != call.passes || (err != nil && remit.KindOf(err) != remit.KindDenied) {
			t.Errorf("Viz for Ann, %s: %v", name, err)
		}
	}
}
