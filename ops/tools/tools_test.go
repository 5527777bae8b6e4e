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

// TestWhatIsRememberedEnds checks that tools which were found usable are not given
// once the person's role, the task or the AI employee itself is gone, though the same
// are asked for over and over, and that other people have their own.
func TestWhatIsRememberedEnds(t *testing.T) {
	c, ops := newOps(t)
	ann := c.Actor("Ann")
	ann.Employee, ann.Channel = "viz", remit.ChannelMCP
	tasked := ann
	tasked.Task = "pipeline-review"
	adam := ann
	adam.Person = c.People["Adam"]
	adam.Employee = "ward"
	has := func(a remit.Actor) bool { return len(names(t, ops, a)) > 0 }
	for range 2 {
		if !has(ann) || !has(tasked) || !has(adam) {
			t.Fatal("the shipped AI employees have no tools")
		}
	}
	ward := ann
	ward.Employee = "ward"
	if has(ward) {
		t.Error("Ann has tools through Adam's AI employee")
	}
	doc, err := c.Policies.Document(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range doc.Tasks {
		if doc.Tasks[i].Name == "pipeline-review" {
			doc.Tasks[i].Condition = `user.name == "Bob"`
		}
	}
	if err := c.Policies.Apply(t.Context(), c.Operator, doc, nil); err != nil {
		t.Fatal(err)
	}
	bob := tasked
	bob.Person = c.People["Bob"]
	if !has(bob) || has(tasked) || !has(ann) {
		t.Error("a task has tools for who is of the same roles and may not run it, or none else")
	}
	for i := range doc.Employees {
		if doc.Employees[i].Name == "viz" {
			doc.Employees[i].Disabled = true
		}
	}
	if err := c.Policies.Apply(t.Context(), c.Operator, doc, nil); err != nil {
		t.Fatal(err)
	}
	if has(ann) {
		t.Error("a disabled AI employee has tools")
	}
	own := c.Actor("Bob")
	own.Channel = remit.ChannelMCP
	if !has(own) {
		t.Fatal("a personal agent has no tools")
	}
	if err := c.Directory.RevokeRole(t.Context(), c.Operator, c.People["Bob"], "sales-rep"); err != nil {
		t.Fatal(err)
	}
	if has(own) {
		t.Error("a person without roles has tools")
	}
}

// BenchmarkFor measures finding out which tools may be used.
func BenchmarkFor(b *testing.B) {
	c := opstest.New(b)
	registry, err := tool.NewRegistry(tool.Builtin(c.Lens)...)
	if err != nil {
		b.Fatal(err)
	}
	ops, actor := tools.New(c.Access, registry), c.Actor("Ann")
	actor.Channel = remit.ChannelMCP
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ops.For(b.Context(), actor); err != nil {
			b.Fatal(err)
		}
	}
}
