package shipped

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// model returns the built-in collections, as the migrations make them.
func model(t *testing.T) *remit.Model {
	t.Helper()
	text, err := os.ReadFile("../../data/internal/model/testdata/builtin.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []*remit.Collection
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		c.Table = c.Name
		c.Permanent = c.Name == "people" || c.Name == "departments"
		c.Derived = c.Permanent
		for i := range c.Fields {
			c.Fields[i].Column = c.Fields[i].Name
		}
	}
	return remit.NewModel(list)
}

func compiled(t *testing.T) *policy.Policy {
	t.Helper()
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Compile(doc, model(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestShippedFitsSchema(t *testing.T) {
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var instance any
	var schema jsonschema.Schema
	if err := errors.Join(json.Unmarshal(text, &instance), json.Unmarshal(policy.Schema(), &schema)); err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := resolved.Validate(instance); err != nil {
		t.Error(err)
	}
	again, err := policy.Parse(policy.Format(doc))
	if err != nil {
		t.Fatal(err)
	}
	if changes := policy.Compare(doc, again); len(changes) != 0 {
		t.Errorf("formatting changes it: %v", changes)
	}
}

func person(role string) policy.Subject { return policy.Subject{Roles: []string{role}} }

func ai(role, employee string) policy.Subject {
	return policy.Subject{Roles: []string{role}, AI: true, Employee: employee}
}

// known returns the names of the fields that a permit grants on any row.
func known(p *policy.Permit) []string {
	var names []string
	if p.Collection == nil {
		return nil
	}
	for i, f := range p.Collection.Fields {
		if p.Knows(i) {
			names = append(names, f.Name)
		}
	}
	return names
}

// The matrix of who may do what is reviewed as a whole: a golden file says it
// for each role, and for its AI through Viz.
func TestShippedMatrix(t *testing.T) {
	p := compiled(t)
	var out strings.Builder
	for _, r := range p.Document().Roles {
		fmt.Fprintf(&out, "%s, clearance %s\n", r.Name, r.Clearance)
		for _, c := range p.Model().Collections {
			for _, a := range policy.Actions {
				writeRows(&out, "", p.Permit(person(r.Name), "", c.Name, a, now))
			}
			writeRows(&out, "AI ", p.Permit(ai(r.Name, "viz"), "", c.Name, policy.View, now))
		}
		out.WriteString("\n")
	}
	golden(t, "testdata/matrix.txt", out.String())
}

func writeRows(out *strings.Builder, who string, p *policy.Permit) {
	e := p.Explain()
	for _, rows := range e.Rows {
		name, _, _ := strings.Cut(rows.Scope, " (")
		fmt.Fprintf(out, "  %s%s %s, %s", who, e.Action, e.Collection, name)
		if after, _, _ := strings.Cut(rows.After, " ("); after != "" {
			fmt.Fprintf(out, " then %s", after)
		}
		if rows.Fields != nil {
			fmt.Fprintf(out, ": %s", strings.Join(rows.Fields, " "))
		}
		out.WriteString("\n")
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, diff)
	}
}

func TestShippedExplains(t *testing.T) {
	p := compiled(t)
	var out strings.Builder
	for _, q := range []struct {
		subject    policy.Subject
		collection string
		action     policy.Action
	}{
		{person("sales-rep"), "accounts", policy.View},
		{ai("sales-rep", "viz"), "opportunities", policy.View},
		{ai("sales-rep", "penn"), "opportunities", policy.View},
		{policy.Subject{Roles: []string{"sales-rep"}, AI: true, Employee: "viz", Task: "sales-insights", Tool: "query_records"}, "leads", policy.View},
		{policy.Subject{Roles: []string{"sales-rep"}, AI: true, Employee: "viz", Task: "sales-insights"}, "orders", policy.View},
		{person("sales-manager"), "opportunities", policy.Update},
		{ai("sales-rep", "finance-analyst"), "orders", policy.View},
		{ai("sales-executive", "viz"), "opportunities", policy.Update},
		{person("sales-rep"), "accounts", policy.Export},
	} {
		fmt.Fprintf(&out, "%+v\n%s\n", q.subject, p.Permit(q.subject, "", q.collection, q.action, now).Explain())
	}
	e := p.Permit(ai("sales-rep", "viz"), "", "opportunities", policy.View, now).Explain()
	for _, field := range []string{"amount", "discount", "colour"} {
		out.WriteString(e.Field(field) + "\n")
	}
	out.WriteString(p.Permit(person("finance"), "", "opportunities", policy.View, now).Explain().Field("next_step") + "\n")
	out.WriteString(p.Permit(person("sales-rep"), "", "accounts", policy.Export, now).Explain().Field("name") + "\n")
	golden(t, "testdata/explain.txt", out.String())
}

// A rep's AI can compute close rates and amounts over the rep's own deals, and
// meets no discount.
func TestRepsAIIsUsefulAndBounded(t *testing.T) {
	p := compiled(t)
	for _, employee := range []string{"viz", remit.PersonalAgent} {
		permit := p.Permit(ai("sales-rep", employee), "", "opportunities", policy.View, now)
		fields := known(permit)
		for _, need := range []string{"stage", "amount", "close_date", "account_id", "owner_id"} {
			if !slices.Contains(fields, need) {
				t.Errorf("%s does not know %s", employee, need)
			}
		}
		if slices.Contains(fields, "discount") {
			t.Errorf("%s knows the discount", employee)
		}
		for _, b := range permit.Branches {
			if b.Scope.IsAll() {
				t.Errorf("%s sees every opportunity", employee)
			}
		}
		if accounts := known(p.Permit(ai("sales-rep", employee), "", "accounts", policy.View, now)); !slices.Contains(accounts, "industry") {
			t.Errorf("%s does not know the accounts' industry", employee)
		}
	}
	if !slices.Contains(known(p.Permit(ai("sales-executive", "viz"), "", "opportunities", policy.View, now)), "discount") {
		t.Error("an executive's AI does not know the discount")
	}
	if slices.Contains(known(p.Permit(ai("sales-executive", "penn"), "", "opportunities", policy.View, now)), "amount") {
		t.Error("what writes to customers knows amounts")
	}
}

func TestShippedRules(t *testing.T) {
	p := compiled(t)
	exporters := set("sales-manager", "sales-executive", "administrator")
	for _, r := range p.Document().Roles {
		for _, c := range p.Model().Collections {
			if p.Permit(person(r.Name), "", c.Name, policy.Export, now).Allowed() && !exporters[r.Name] {
				t.Errorf("%s may export %s", r.Name, c.Name)
			}
			if r.Name == "data-analyst" {
				forEachKnown(p.Permit(person(r.Name), "", c.Name, policy.View, now), func(f *remit.Field) {
					if f.Personal || f.Sensitivity.OfField() == remit.Restricted {
						t.Errorf("the analyst sees %s.%s", c.Name, f.Name)
					}
				})
			}
			for _, a := range policy.Actions {
				if a != policy.View && p.Permit(ai(r.Name, "viz"), "", c.Name, a, now).Allowed() {
					t.Errorf("AI of %s may %s %s", r.Name, a, c.Name)
				}
			}
		}
		if ok, _ := p.MayUse([]string{r.Name}, "finance-analyst"); ok != (r.Name == "finance") {
			t.Errorf("%s may use finance-analyst: %t", r.Name, ok)
		}
		if ok := p.Can([]string{r.Name}, policy.ReadAudit); ok != (r.Name == "administrator" || r.Name == "compliance-officer") {
			t.Errorf("%s may read the audit: %t", r.Name, ok)
		}
		if ok := p.Can([]string{r.Name}, policy.ManagePolicy); ok != (r.Name == "administrator") {
			t.Errorf("%s may manage policy: %t", r.Name, ok)
		}
		if ok, _ := p.MayRunTask(&scope.User{ID: "x", Roles: []string{r.Name}}, "revenue-report", now); ok != (r.Name == "finance") {
			t.Errorf("%s may run revenue-report: %t", r.Name, ok)
		}
	}
	for _, c := range p.Model().Collections {
		full := p.Permit(person("administrator"), "", c.Name, policy.View, now)
		if len(known(full)) != len(c.Fields) || !full.Branches[0].Scope.IsAll() {
			t.Errorf("the administrator does not see all of %s", c.Name)
		}
	}
}

func set(names ...string) map[string]bool {
	s := map[string]bool{}
	for _, n := range names {
		s[n] = true
	}
	return s
}

func forEachKnown(p *policy.Permit, fn func(*remit.Field)) {
	for _, name := range known(p) {
		fn(p.Collection.Field(name))
	}
}

// Task limits of the example: four collections, a year, a thousand records.
func TestSalesInsightsIsBounded(t *testing.T) {
	p := compiled(t)
	for _, c := range p.Model().Collections {
		s := ai("administrator", "viz")
		s.Task = "sales-insights"
		permit := p.Permit(s, "", c.Name, policy.View, now)
		if want := slices.Contains([]string{"leads", "opportunities", "accounts", "contacts"}, c.Name); permit.Allowed() != want {
			t.Errorf("%s: allowed %t", c.Name, permit.Allowed())
		}
		if permit.Allowed() && (permit.LastDays != 365 || permit.Rows != 1000 || permit.RowsPerDay != 20000) {
			t.Errorf("%s: %d days, %d rows, %d a day", c.Name, permit.LastDays, permit.Rows, permit.RowsPerDay)
		}
	}
}

func TestYAMLIsACopy(t *testing.T) {
	YAML()[0] = 'x'
	if YAML()[0] != '#' {
		t.Error("the shipped text can be changed")
	}
}
