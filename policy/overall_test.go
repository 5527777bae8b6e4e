package policy

import (
	"testing"
	"time"

	"github.com/remit-crm/remit"
)

// overallDocument grants the tool to one role, whose AI employee has a narrow and a wide
// remit.
func overallDocument() *Document {
	everything := Grant{Collection: "*", Actions: []Action{View}, Fields: []string{AllFields}, Scope: ScopeAll}
	return &Document{
		Scopes: []Scope{{Name: "own", Collection: "things", Expression: "record.owner_id == user.id"}},
		Roles: []Role{
			{Name: "exec", Clearance: remit.Internal, Employees: []string{"wide", "narrow", "bare"}},
			{Name: "rep", Clearance: remit.Restricted, Employees: []string{"wide"}},
		},
		Employees: []Employee{
			{Name: "wide", Title: "W", Tools: []string{OverallAnalytics}, Remit: Remit{Sensitivity: remit.Restricted, Grants: []Grant{everything}}},
			{Name: "narrow", Title: "N", Tools: []string{OverallAnalytics}, Remit: Remit{Sensitivity: remit.Restricted, Grants: []Grant{{Collection: "things", Actions: []Action{View}, Fields: []string{AllFields}, Scope: "own"}}}},
			{Name: "bare", Title: "B", Remit: Remit{Sensitivity: remit.Restricted, Grants: []Grant{everything}}},
		},
		Tasks: []Task{
			{Name: "year", Employee: "wide", Title: "Y", Constraints: Constraints{LastDays: 365}},
			{Name: "other", Employee: "wide", Title: "O", Constraints: Constraints{Collections: []CollectionConstraint{{Collection: "notes"}}}},
		},
		Tools: []Tool{{Name: OverallAnalytics, Roles: []string{"exec"}}},
	}
}

func TestOverall(t *testing.T) {
	p, err := Compile(overallDocument(), testModel(), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	person := Subject{Roles: []string{"exec", "rep"}, Tool: OverallAnalytics}
	ai := func(employee, task string) Subject {
		s := person
		s.AI, s.Employee, s.Task = true, employee, task
		return s
	}
	plain := person
	plain.Tool = ""
	rep := person
	rep.Roles = []string{"rep"}
	egress := ai("wide", "")
	egress.HasEgress, egress.Egress = true, remit.Public
	for name, test := range map[string]struct {
		subject Subject
		highest remit.Sensitivity // of the fields that are left; Untagged: refused
	}{
		"a person, whatever she is granted":         {person, remit.Restricted},
		"without the tool":                          {plain, remit.Untagged},
		"a role without the tool":                   {rep, remit.Untagged},
		"AI, by the clearance of the role with it":  {ai("wide", ""), remit.Internal},
		"AI, up to what may leave":                  {egress, remit.Public},
		"an AI employee of some rows":               {ai("narrow", ""), remit.Untagged},
		"an AI employee without the tool":           {ai("bare", ""), remit.Untagged},
		"a task about a year":                       {ai("wide", "year"), remit.Untagged},
		"a task about something else":               {ai("wide", "other"), remit.Untagged},
		"an AI employee that the person has not":    {ai("nobody", ""), remit.Untagged},
		"a task of nobody":                          {ai("wide", "none"), remit.Untagged},
		"the same, looking with somebody's eyes":    {Subject{Roles: person.Roles, Tool: OverallAnalytics, Viewing: true}, remit.Restricted},
		"a role that the policy does not have":      {Subject{Roles: []string{"ghost"}, Tool: OverallAnalytics}, remit.Untagged},
		"the zero subject, with the tool's name":    {Subject{Tool: OverallAnalytics}, remit.Untagged},
		"another tool, which everybody has":         {Subject{Roles: person.Roles, Tool: "query_records"}, remit.Untagged},
		"the personal agent, which reads only that": {ai(remit.PersonalAgent, ""), remit.Internal},
	} {
		permit := p.Overall(test.subject, "", "things", now)
		highest := remit.Untagged
		if permit.Allowed() {
			if len(permit.Branches) != 1 || !permit.Branches[0].Scope.IsAll() {
				t.Errorf("%s: branches %+v", name, permit.Branches)
			}
			for i, f := range permit.Collection.Fields {
				if permit.Knows(i) {
					highest = max(highest, f.Sensitivity.OfField())
				}
			}
		} else if permit.Refusal == "" {
			t.Errorf("%s: refused without a reason", name)
		}
		if highest != test.highest {
			t.Errorf("%s: up to %s, want %s (%s)", name, highest, test.highest, permit.Refusal)
		}
	}
	if p.Overall(person, "", "ghosts", now).Allowed() || (*Policy)(nil).Overall(person, "", "things", now).Allowed() {
		t.Error("a collection that is not there, or no policy, is allowed")
	}
}
