package policy

import (
	"fmt"
	"testing"

	"github.com/remit-crm/remit"
)

// manyRoles is a policy of so many roles with four grants each; a person holds
// three of them.
func manyRoles(b *testing.B, n int) (*Policy, Subject) {
	b.Helper()
	doc := &Document{Scopes: scopeDocuments(), Employees: []Employee{{
		Name: "viz", Title: "Viz", Tools: []string{"query_records"},
		Remit: Remit{Grants: []Grant{{Collection: "*", Actions: []Action{View}, Fields: []string{"*"}, Scope: ScopeAll}}, Sensitivity: remit.Confidential, RowsPerCall: 1000},
	}}}
	for i := range n {
		doc.Roles = append(doc.Roles, Role{Name: fmt.Sprintf("role-%05d", i), Clearance: remit.Confidential, Employees: []string{"viz"}, Grants: []Grant{
			{Collection: "things", Actions: []Action{View}, Fields: []string{"open", "plain", "owner_id"}, Scope: ScopeAll},
			{Collection: "things", Actions: []Action{View, Update}, Fields: []string{"*"}, Scope: fmt.Sprintf("s%d", i%testScopes)},
			{Collection: "things", Actions: []Action{Delete}, Scope: "s0"},
			{Collection: "notes", Actions: []Action{View}, Fields: []string{"*"}, Scope: ScopeAll},
		}})
	}
	p, err := Compile(doc, testModel(), nil)
	if err != nil {
		b.Fatal(err)
	}
	return p, Subject{Roles: []string{"role-00001", "role-00002", "role-00006"}}
}

// BenchmarkPermit shows what a permit costs when it is in the cache and when it
// is not, by the number of roles in the policy.
func BenchmarkPermit(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10_000} {
		p, person := manyRoles(b, n)
		agent := person
		agent.AI, agent.Employee, agent.Tool, agent.HasEgress, agent.Egress = true, "viz", "query_records", true, remit.Confidential
		things := p.Model().Collection("", "things")
		for name, s := range map[string]Subject{"person": person, "AI": agent} {
			if !p.Permit(s, "", "things", View, noon).Allowed() {
				b.Fatal("refused")
			}
			b.Run(fmt.Sprintf("cached/%s/roles=%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					p.Permit(s, "", "things", View, noon)
				}
			})
			b.Run(fmt.Sprintf("cold/%s/roles=%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					p.decide(&s, things, View, noon)
				}
			})
		}
	}
}

// BenchmarkPermitHeld shows the same by the number of roles that a person
// holds.
func BenchmarkPermitHeld(b *testing.B) {
	p, _ := manyRoles(b, 10_000)
	for _, held := range []int{1, 10, 100} {
		var s Subject
		for i := range held {
			s.Roles = append(s.Roles, fmt.Sprintf("role-%05d", i))
		}
		things := p.Model().Collection("", "things")
		b.Run(fmt.Sprintf("cached/held=%d", held), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Permit(s, "", "things", View, noon)
			}
		})
		b.Run(fmt.Sprintf("cold/held=%d", held), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.decide(&s, things, View, noon)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	p, _ := manyRoles(b, 1000)
	doc, model := p.Document(), testModel()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(doc, model, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	p, _ := manyRoles(b, 1000)
	text := Format(p.Document())
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
