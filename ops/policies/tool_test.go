package policies_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/ops/answers"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/tool"
)

// Those who manage or audit have everybody explained by an AI employee; others only
// themselves, and nothing that is not theirs shows.
func TestExplainTool(t *testing.T) {
	c, ops := newOps(t)
	registry, err := tool.NewRegistry(ops.ExplainTool(c.Lens))
	if err != nil {
		t.Fatal(err)
	}
	call := func(who, arguments string) (string, error) {
		actor := c.Actor(who)
		actor.Channel = remit.ChannelMCP // her own agent
		got, err := registry.Call(context.Background(), answers.Layers(c.Access), actor, "explain_access", json.RawMessage(arguments))
		if err != nil {
			return "", err
		}
		return string(got.JSON), nil
	}
	for _, who := range []string{"Adam", "Dora"} {
		text, err := call(who, `{"person":"`+c.Email("Ann")+`","employee":"finance-analyst","collection":"orders"}`)
		if err != nil || !strings.Contains(text, `no role of the person (sales-rep) makes finance-analyst available`) {
			t.Errorf("%s asks about Ann: %s, %v", who, text, err)
		}
	}
	for _, other := range []string{c.Email("Bob"), "nobody@example.com"} {
		if _, err := call("Ann", `{"person":"`+other+`","collection":"accounts"}`); remit.KindOf(err) != remit.KindDenied || strings.Contains(err.Error(), other) {
			t.Errorf("Ann asks about %s: %v", other, err)
		}
	}
	// What is hidden from Ann and what does not exist are the same.
	same := func(format, hidden, absent string) {
		t.Helper()
		_, one := call("Ann", strings.ReplaceAll(format, "NAME", hidden))
		_, two := call("Ann", strings.ReplaceAll(format, "NAME", absent))
		if one == nil || two == nil || strings.ReplaceAll(one.Error(), hidden, "NAME") != strings.ReplaceAll(two.Error(), absent, "NAME") {
			t.Errorf("%s: %v, %s: %v", hidden, one, absent, two)
		}
	}
	same(`{"employee":"NAME"}`, "finance-analyst", "zzzzzzzzzzzzzzz")
	same(`{"employee":"viz","task":"NAME"}`, "explain-access", "zzzzzzzzzzzzzz")
	hide(t, c.Policies.Document, func(doc *policy.Document) error { return c.Policies.Apply(context.Background(), c.Operator, doc, nil) })
	same(`{"collection":"NAME"}`, "orders", "zzzzzz")
	text, err := call("Ann", `{"person":"`+strings.ToUpper(c.Email("Ann"))+`","collection":"opportunities","employee":"viz"}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"discount", "owner_id == ", "reasons\":[{\"layer\":\"role", "remedy"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%q shows in %s", hidden, text)
		}
	}
	if !strings.Contains(text, `"amount"`) || !strings.Contains(text, `"scope":"own"`) {
		t.Errorf("Ann learns nothing: %s", text)
	}
}

// hide takes orders, and the discount of deals, from sales reps.
func hide(t *testing.T, read func(context.Context) (*policy.Document, error), apply func(*policy.Document) error) {
	t.Helper()
	doc, err := read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range doc.Roles {
		r := &doc.Roles[i]
		if r.Name != "sales-rep" {
			continue
		}
		var kept []policy.Grant
		for _, g := range r.Grants {
			if g.Collection == "opportunities" && g.Actions[0] == policy.View {
				g.Fields = []string{"name", "amount", "stage", "owner_id"}
			}
			if g.Collection != "orders" {
				kept = append(kept, g)
			}
		}
		r.Grants = kept
	}
	if err := apply(doc); err != nil {
		t.Fatal(err)
	}
}
