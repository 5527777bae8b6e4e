package shipped

import (
	"fmt"
	"strings"
	"testing"

	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// The finance example: only the finance role has the Finance Analyst, its task shows
// on finance pages alone, its tools check the department, and the tables are granted
// to finance.
var (
	insider  = &scope.User{ID: "fay", Name: "Fay", Department: "Finance", Roles: []string{"finance"}}
	analyst  = &scope.User{ID: "ana", Name: "Ana", Department: "Sales", Roles: []string{"data-analyst"}}
	salesRep = &scope.User{ID: "rob", Name: "Rob", Department: "Sales", Roles: []string{"sales-rep"}}
)

// report is the call that the example is about.
func report(u *scope.User) policy.Wish {
	return policy.Wish{
		User: u, Employee: "finance-analyst", Task: "revenue-report", Tool: "aggregate_records",
		Input: map[string]any{"collection": "orders", "data_source": ""},
	}
}

func verdicts(a *policy.Verdict) string {
	var words []string
	for _, l := range a.Layers {
		words = append(words, fmt.Sprintf("%s %t", l.Layer, l.Allowed))
	}
	return strings.Join(words, ", ")
}

// passes reports whether the call goes through where calls really go: the AI
// employee's gate, and the data.
func passes(p *policy.Policy, u *scope.User) bool {
	w := report(u)
	called, _ := p.MayCallTool(u, w.Employee, w.Task, w.Tool, w.Input, now)
	s := policy.Subject{Roles: u.Roles, AI: true, Employee: w.Employee, Task: w.Task, Tool: w.Tool}
	return called && p.Permit(s, "", "orders", policy.View, now).Allowed()
}

func TestFinanceExample(t *testing.T) {
	p := compiled(t)
	if a := p.Judge(report(insider), now); !a.Allowed || !passes(p, insider) || a.Remedy != "" {
		t.Errorf("finance is stopped:\n%s", a)
	}
	a := p.Judge(report(analyst), now)
	if got := verdicts(a); got != "employee false, task false, tool false, data false" || passes(p, analyst) {
		t.Errorf("an analyst: %s", got)
	}
	// A rep keeps her own orders, and nothing of the others'.
	a = p.Judge(report(salesRep), now)
	if got := verdicts(a); got != "employee false, task false, tool false, data true" || passes(p, salesRep) {
		t.Errorf("a sales rep: %s", got)
	}
	if len(a.Data.Rows) != 1 || !strings.HasPrefix(a.Data.Rows[0].Scope, "own ") {
		t.Errorf("a sales rep's rows: %+v", a.Data.Rows)
	}
	// Neither the role without the department nor the department without the role.
	for _, u := range []*scope.User{
		{ID: "x", Department: "Sales", Roles: []string{"finance"}}, {ID: "x", Department: "Finance", Roles: []string{"data-analyst"}}, {ID: "x", Roles: []string{"finance"}},
	} {
		if passes(p, u) || p.Judge(report(u), now).Allowed {
			t.Errorf("passes: %+v", u)
		}
	}
}

// Each layer taken away alone leaves the others, every one of which still stops
// whoever is not of finance; and finance goes on.
func TestFinanceLayersStandAlone(t *testing.T) {
	remove := map[string]func(*policy.Document){
		policy.LayerEmployee: func(d *policy.Document) {
			for i := range d.Roles {
				if d.Roles[i].Name == "data-analyst" {
					d.Roles[i].Employees = append(d.Roles[i].Employees, "finance-analyst")
				}
			}
		},
		policy.LayerTask: func(d *policy.Document) {
			for i := range d.Tasks {
				if d.Tasks[i].Name == "revenue-report" {
					d.Tasks[i].Roles, d.Tasks[i].Places = nil, nil
				}
			}
		},
		policy.LayerTool: func(d *policy.Document) {
			for i := range d.Employees {
				d.Employees[i].ToolRules = nil
			}
		},
		policy.LayerData: func(d *policy.Document) {
			for i := range d.Roles {
				if d.Roles[i].Name == "data-analyst" {
					d.Roles[i].Grants = append(d.Roles[i].Grants, policy.Grant{Collection: "orders", Actions: []policy.Action{policy.View}, Fields: []string{"*"}, Scope: policy.ScopeAll})
				}
			}
		},
	}
	stopped := 0
	for gone, change := range remove {
		doc, err := Document()
		if err != nil {
			t.Fatal(err)
		}
		change(doc)
		p, err := policy.Compile(doc, model(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		a := p.Judge(report(analyst), now)
		for _, l := range a.Layers {
			if l.Allowed != (l.Layer == gone) {
				t.Errorf("without %s, %s lets through: %t\n%s", gone, l.Layer, l.Allowed, a)
			}
			if !l.Allowed {
				stopped++
			}
		}
		if a.Allowed || passes(p, analyst) {
			t.Errorf("without %s it goes through", gone)
		}
		if !passes(p, insider) || !p.Judge(report(insider), now).Allowed {
			t.Errorf("without %s finance is stopped", gone)
		}
	}
	if stopped != 4*3 {
		t.Errorf("%d layers stop, want 12", stopped)
	}
}

func TestFinanceVerdicts(t *testing.T) {
	p := compiled(t)
	var out strings.Builder
	for _, u := range []*scope.User{insider, analyst, salesRep} {
		fmt.Fprintf(&out, "%s, %s\n\n%s\n", u.Name, u.Roles[0], p.Judge(report(u), now))
	}
	golden(t, "testdata/finance.txt", out.String())
}
