package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/directory"
	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/policy"
)

func TestResolveRefusesWhoMayNotAct(t *testing.T) {
	c := opstest.New(t)
	for name, actor := range map[string]remit.Actor{
		"nobody":              {},
		"no channel":          {Person: c.People["Ann"]},
		"a stranger":          {Person: "strangeraaaaaaaaaaaaaaaaaa", Channel: remit.ChannelWeb},
		"a token not theirs":  {Person: c.People["Ann"], Channel: remit.ChannelAPI, Token: "tokenaaaaaaaaaaaaaaaaaaaaa"},
		"the operator remote": {Person: directory.OperatorID, Channel: remit.ChannelAPI},
	} {
		if _, err := c.Access.Resolve(t.Context(), actor); err == nil || remit.KindOf(err) != remit.KindUnauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNowMeansNow checks that nothing that is kept outlives a change (law 8).
func TestNowMeansNow(t *testing.T) {
	ctx := context.Background()
	c := opstest.New(t)
	adam := c.Actor("Adam")
	if _, err := c.Access.Require(ctx, adam, policy.ManagePolicy); err != nil {
		t.Fatal(err)
	}
	// Somebody else must be left to administer.
	if err := c.Directory.GrantRole(ctx, c.Operator, c.People["Dora"], "administrator", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := c.Directory.RevokeRole(ctx, c.Operator, adam.Person, "administrator"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Access.Require(ctx, adam, policy.ManagePolicy); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("after the role was revoked: %v", err)
	}
	if err := c.Directory.GrantRole(ctx, c.Operator, adam.Person, "administrator", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Access.Require(ctx, adam, policy.ManagePolicy); err != nil {
		t.Errorf("after it was granted again: %v", err)
	}
	doc, err := c.Policies.Document(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i := range doc.Roles {
		if doc.Roles[i].Name == "administrator" {
			doc.Roles[i].Capabilities = []string{policy.ManagePeople}
		}
	}
	if err := c.Policies.Force(ctx, c.Operator, doc, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Access.Require(ctx, adam, policy.ManagePolicy); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("after the policy changed: %v", err)
	}
	inactive := false
	if err := c.Directory.UpdatePerson(ctx, c.Operator, adam.Person, directory.PersonChange{Active: &inactive}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Access.Resolve(ctx, adam); remit.KindOf(err) != remit.KindUnauthenticated {
		t.Errorf("after he left: %v", err)
	}
}

// TestNoAIHoldsCapabilities checks law 10 for every capability.
func TestNoAIHoldsCapabilities(t *testing.T) {
	c := opstest.New(t)
	viaMCP, viaViz := c.Actor("Adam"), c.Actor("Adam")
	viaMCP.Channel, viaViz.Employee = remit.ChannelMCP, "viz"
	for _, capability := range policy.Capabilities {
		for _, actor := range []remit.Actor{viaMCP, viaViz} {
			if _, err := c.Access.Require(t.Context(), actor, capability); remit.KindOf(err) != remit.KindDenied {
				t.Errorf("%s for an AI: %v", capability, err)
			}
		}
	}
}

func TestEmployees(t *testing.T) {
	c := opstest.New(t)
	standing, err := c.Access.Resolve(t.Context(), c.Actor("Ann"))
	if err != nil {
		t.Fatal(err)
	}
	if err := standing.MayUse("viz"); err != nil {
		t.Errorf("viz: %v", err)
	}
	hidden, absent := standing.MayUse("finance-analyst"), standing.MayUse("finance-analyse")
	if remit.KindOf(hidden) != remit.KindDenied || remit.KindOf(absent) != remit.KindDenied {
		t.Errorf("hidden: %v, absent: %v", hidden, absent)
	}
	if len(standing.Tasks("viz")) == 0 || len(standing.Tasks("finance-analyst")) != 0 {
		t.Errorf("tasks: %v, %v", standing.Tasks("viz"), standing.Tasks("finance-analyst"))
	}
}
