package policies_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
	"github.com/remit-crm/remit/ops/opstest"
	"github.com/remit-crm/remit/ops/policies"
	"github.com/remit-crm/remit/policy"
)

func newOps(t *testing.T) (*opstest.Company, *policies.Policies) {
	t.Helper()
	c := opstest.New(t)
	simulate := func(p *policy.Policy) (policies.Counter, error) { return c.Under(p) }
	return c, policies.New(c.Policies, c.Directory, c.Access, simulate, time.Now)
}

// edited returns the stored policy as text, with a change.
func edited(t *testing.T, c *opstest.Company, change func(*policy.Document)) []byte {
	t.Helper()
	doc, err := c.Policies.Document(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	change(doc)
	return policy.Format(doc)
}

// unmanaged takes the manager's team scope on opportunities down to her own.
func unmanaged(doc *policy.Document) {
	for i := range doc.Roles {
		if doc.Roles[i].Name != "sales-manager" {
			continue
		}
		for j := range doc.Roles[i].Grants {
			if g := &doc.Roles[i].Grants[j]; g.Collection == "opportunities" {
				g.Scope, g.ScopeAfter = "own", ""
			}
		}
	}
}

func TestDiffCountsRecords(t *testing.T) {
	c, ops := newOps(t)
	c.Deal(t, "Ann", "one")
	c.Deal(t, "Bob", "two")
	c.Deal(t, "Cleo", "three")
	diff, err := ops.Diff(t.Context(), c.Actor("Adam"), edited(t, c, unmanaged))
	if err != nil {
		t.Fatal(err)
	}
	want := []policies.Impact{
		{Person: c.People["Cleo"], Name: "Cleo", Collection: "opportunities", Before: 3, After: 1},
		{Person: c.People["Cleo"], Name: "Cleo", AI: true, Collection: "opportunities", Before: 3, After: 1},
	}
	if !slices.EqualFunc(diff.Impacts, want, func(a, b policies.Impact) bool {
		return a.Person == b.Person && a.Collection == b.Collection && a.AI == b.AI && a.Before == b.Before && a.After == b.After && cell(a, "amount") == -2
	}) {
		t.Errorf("impacts %+v, want %+v", diff.Impacts, want)
	}
	if len(diff.Changes) == 0 || diff.People != len(c.People) {
		t.Errorf("%d changes, %d people", len(diff.Changes), diff.People)
	}
	// Nothing was applied.
	page, err := ops.Diff(t.Context(), c.Actor("Adam"), edited(t, c, func(*policy.Document) {}))
	if err != nil || len(page.Changes) != 0 {
		t.Errorf("the policy moved: %+v, %v", page, err)
	}
}

func TestDiffNamesFields(t *testing.T) {
	c, ops := newOps(t)
	diff, err := ops.Diff(t.Context(), c.Actor("Adam"), edited(t, c, func(doc *policy.Document) {
		for i := range doc.Roles {
			if doc.Roles[i].Name == "sales-rep" {
				doc.Roles[i].Grants = slices.DeleteFunc(doc.Roles[i].Grants, func(g policy.Grant) bool { return g.Collection == "quotes" })
			}
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	lost := map[string]bool{}
	for _, impact := range diff.Impacts {
		if impact.Collection != "quotes" || !slices.ContainsFunc(impact.Fields, func(f policies.FieldImpact) bool { return f.Field == "total" && f.Known == "lost" }) {
			t.Errorf("impact %+v", impact)
		}
		lost[impact.Name] = true
	}
	if !lost["Ann"] || !lost["Bob"] || len(lost) != 2 {
		t.Errorf("who loses quotes: %v", lost)
	}
}

// cell returns how many more cells of a field the impact brings.
func cell(i policies.Impact, field string) int64 {
	for _, f := range i.Fields {
		if f.Field == field {
			return f.After - f.Before
		}
	}
	return 0
}

// A field that a role already knows on some records, and gets on more, is a gain;
// so is a clearance that lets AI use more, though no person sees more.
func TestDiffCountsCells(t *testing.T) {
	c, ops := newOps(t)
	adam := c.Actor("Adam")
	for range 3 {
		if _, err := c.Lens.Create(t.Context(), adam, lens.Change{Collection: "accounts", Values: map[string]json.RawMessage{"name": []byte(`"A"`)}}); err != nil {
			t.Fatal(err)
		}
	}
	diff, err := ops.Diff(t.Context(), adam, edited(t, c, func(doc *policy.Document) {
		for i := range doc.Roles {
			r := &doc.Roles[i]
			for j := range r.Grants {
				if g := &r.Grants[j]; r.Name == "sales-rep" && g.Collection == "accounts" && g.Scope == policy.ScopeAll {
					g.Fields = append(g.Fields, "annual_revenue")
				}
			}
			if r.Name == "sales-manager" {
				r.Clearance = remit.Restricted
			}
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	gains := map[string]int64{}
	for _, i := range diff.Impacts {
		gains[fmt.Sprint(i.Name, i.AI, i.Collection)] = cell(i, "annual_revenue")
		if i.Name == "Cleo" && !i.AI {
			t.Errorf("a clearance changes what AI may use, not %+v", i)
		}
	}
	if gains["Annfalseaccounts"] != 3 || gains["Anntrueaccounts"] != 3 {
		t.Errorf("cells gained: %v", gains)
	}
	if !slices.ContainsFunc(diff.Impacts, func(i policies.Impact) bool { return i.Name == "Cleo" && i.AI }) {
		t.Errorf("nobody's AI gains by a clearance: %+v", diff.Impacts)
	}
}

func TestApplyRefusesWhoMayNot(t *testing.T) {
	c, ops := newOps(t)
	text := edited(t, c, unmanaged)
	viz := c.Actor("Adam")
	viz.Employee = "viz"
	for name, actor := range map[string]remit.Actor{"rep": c.Actor("Ann"), "auditor": c.Actor("Dora"), "AI": viz} {
		if _, err := ops.Apply(t.Context(), actor, text); remit.KindOf(err) != remit.KindDenied {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ops.Export(t.Context(), c.Actor("Ann")); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("a rep reads the policy: %v", err)
	}
	if _, err := ops.Export(t.Context(), c.Actor("Dora")); err != nil {
		t.Errorf("an auditor reads the policy: %v", err)
	}
	changes, err := ops.Apply(t.Context(), c.Actor("Adam"), text)
	if err != nil || len(changes) == 0 {
		t.Errorf("by who may: %v, %v", changes, err)
	}
}

func TestCheckReportsEveryProblem(t *testing.T) {
	c, ops := newOps(t)
	_, err := ops.Check(t.Context(), c.Actor("Adam"), []byte(`roles:
  - name: x
    grants:
      - {collection: acounts, actions: [view], fields: ["*"], scope: all}
      - {collection: accounts, actions: [view], fields: [nam], scope: all}
`))
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || len(joined.Unwrap()) != 2 {
		t.Fatalf("problems: %v", err)
	}
	for i, want := range []string{"accounts", "name"} {
		if text := joined.Unwrap()[i].Error(); !strings.Contains(text, "did you mean") || !strings.Contains(text, want) {
			t.Errorf("problem %d: %s", i, text)
		}
	}
}

func TestExplain(t *testing.T) {
	c, ops := newOps(t)
	question := policies.Inquiry{Email: c.Email("Ann"), Collection: "opportunities", Action: policy.Update}
	explained, err := ops.Explain(t.Context(), c.Actor("Adam"), question)
	if err != nil || !explained.Allowed {
		t.Errorf("Ann herself: %+v, %v", explained, err)
	}
	question.Employee = "viz"
	if explained, err = ops.Explain(t.Context(), c.Actor("Adam"), question); err != nil || explained.Allowed || explained.Data.Refusal == "" || len(explained.Layers) != 2 {
		t.Errorf("Viz for Ann: %+v, %v", explained, err)
	}
	if _, err := ops.Explain(t.Context(), c.Actor("Ann"), question); remit.KindOf(err) != remit.KindDenied {
		t.Errorf("asked by a rep: %v", err)
	}
}
