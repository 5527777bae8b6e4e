package tools_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/ops/tools"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

func newOps(t *testing.T) (*opstest.Company, *tools.Tools) {
	t.Helper()
	c := opstest.New(t)
	registry, err := tool.NewRegistry(tool.Builtin(c.Lens)...)
	if err != nil {
		t.Fatal(err)
	}
	return c, tools.New(c.Access, registry)
}

func names(t *testing.T, ops *tools.Tools, actor remit.Actor) []string {
	t.Helper()
	box, err := ops.For(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	return box.Names()
}

func TestForFollowsPersonAndEmployee(t *testing.T) {
	c, ops := newOps(t)
	own := c.Actor("Ann")
	own.Channel = remit.ChannelMCP
	for _, write := range []string{"create_record", "update_record", "delete_record"} {
		if slices.Contains(names(t, ops, own), write) {
			t.Errorf("a person's own agent has %s", write)
		}
	}
	if !slices.Contains(names(t, ops, own), "query_records") {
		t.Error("a person's own agent cannot query")
	}
	finance := own
	finance.Employee = "finance-analyst"
	if got := names(t, ops, finance); len(got) != 0 {
		t.Errorf("through an AI employee that is not hers: %v", got)
	}
}

// TestRuleHolds checks that a tool which a rule takes away is neither listed nor
// called, from the next request on.
func TestRuleHolds(t *testing.T) {
	c, ops := newOps(t)
	actor := c.Actor("Ann")
	actor.Channel = remit.ChannelMCP
	call := json.RawMessage(`{"collection":"opportunities"}`)
	box, err := ops.For(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Call(t.Context(), "count_records", call); err != nil {
		t.Fatal(err)
	}
	doc, err := c.Policies.Document(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	doc.Tools = append(doc.Tools,
		policy.Tool{Name: "count_records", Roles: []string{"sales-manager"}},
		policy.Tool{Name: "query_records", Condition: `input.collection == "accounts"`})
	if err := c.Policies.Apply(t.Context(), c.Operator, doc, nil); err != nil {
		t.Fatal(err)
	}
	if box, err = ops.For(t.Context(), actor); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(box.Names(), "count_records") {
		t.Error("a tool for other roles is listed")
	}
	if _, err := box.Call(t.Context(), "count_records", call); remit.KindOf(err) != remit.KindNotFound {
		t.Errorf("a tool for other roles is called: %v", err)
	}
	if !slices.Contains(box.Names(), "query_records") {
		t.Error("a tool with a condition on its input is not listed")
	}
	if _, err := box.Call(t.Context(), "query_records", call); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("against its condition: %v", err)
	}
	if _, err := box.Call(t.Context(), "query_records", json.RawMessage(`{"collection":"accounts"}`)); err != nil {
		t.Errorf("by its condition: %v", err)
	}
}
