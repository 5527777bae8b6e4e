package policy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// What is explained is what is decided: a wish is allowed just where the gate of
// tools and the permit of the data both are.
func TestVerdictAgreesWithDecisions(t *testing.T) {
	var share shareOf
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		for range 6 {
			s := drawSubject(t)
			if !s.AI {
				s.Employee, s.Task = "", ""
			}
			if s.AI && s.Employee == "" {
				continue // nobody could ask that
			}
			s.HasEgress = false
			u := &scope.User{ID: "x", Roles: s.Roles}
			want := w.permit(s).Allowed() && w.policy.Model().Collection(w.source, w.name) != nil
			if s.Employee != "" {
				ok, _ := w.policy.MayUse(s.Roles, s.Employee)
				want = want && ok
			}
			if s.Task != "" {
				ok, _ := w.policy.MayRunTask(u, s.Task, w.now)
				want = want && ok
			}
			if s.Tool != "" {
				ok, _ := w.policy.MayCallTool(u, s.Employee, s.Task, s.Tool, nil, w.now)
				want = want && ok
			}
			a := w.policy.Judge(Wish{User: u, Employee: s.Employee, Task: s.Task, Tool: s.Tool, Source: w.source, Collection: w.name, Action: w.action}, w.now)
			share.note(a.Allowed)
			if a.Allowed != want {
				t.Fatalf("%+v %s %s: decided %t, explained\n%s", s, w.action, w.name, want, a)
			}
			if (a.Remedy == "") != a.Allowed {
				t.Fatalf("allowed %t, remedy %q", a.Allowed, a.Remedy)
			}
		}
	})
	share.check(t, 0.02)
}

// Where one layer alone stops, its remedy is what the verdict tells.
func TestRemedies(t *testing.T) {
	seller := &scope.User{ID: "x", Department: "Sales", Roles: []string{"seller"}}
	wish := Wish{User: seller, Employee: "viz", Task: "review", Tool: "look_up", Input: map[string]any{"depth": int64(1)}, Collection: "things"}
	for name, c := range map[string]struct {
		spoil func(*Document, *Wish)
		layer string
		want  string
	}{
		"disabled":      {func(d *Document, _ *Wish) { d.Employees[0].Disabled = true }, "employee", "enable viz"},
		"not available": {func(d *Document, _ *Wish) { d.Roles[0].Employees = nil }, "employee", "make it available to one of the person's roles"},
		"available to other": {func(d *Document, _ *Wish) {
			d.Roles[0].Employees = nil
			d.Roles = append(d.Roles, Role{Name: "boss", Employees: []string{"viz"}})
		}, "employee", "or give the person a role that has it: boss"},
		"task's role": {func(d *Document, _ *Wish) {
			d.Roles = append(d.Roles, Role{Name: "boss"})
			d.Tasks[0].Roles = []string{"boss"}
		}, "task", "give the person one of: boss"},
		"task's page":      {func(d *Document, _ *Wish) { d.Roles[0].Pages = []string{"home"} }, "task", "show the person a page"},
		"task's condition": {func(d *Document, _ *Wish) { d.Tasks[0].Condition = `user.email == "y"` }, "task", "change the condition"},
		"tool's condition": {func(_ *Document, w *Wish) { w.Input = map[string]any{"depth": int64(5)} }, "tool", "change the tool's condition"},
		"tool disabled":    {func(d *Document, _ *Wish) { d.Tools[0].Disabled = true }, "tool", "enable it"},
		"rule of the employee": {func(d *Document, _ *Wish) {
			d.Employees[0].ToolRules = []ToolRule{{Tools: []string{"look_up"}, Condition: "input.depth > 1"}}
		}, "tool", "change the rule of viz"},
		"rule of the task": {func(d *Document, _ *Wish) {
			d.Tasks[0].ToolRules = []ToolRule{{Tools: []string{"*"}, Condition: `user.department != "Sales"`}}
		}, "tool", "change the rule of the task review"},
		"grant":     {func(d *Document, _ *Wish) { d.Tasks[0].Places = nil; d.Roles[0].Grants[0].Actions = []Action{Update} }, "data", "grant view on things"},
		"clearance": {func(d *Document, _ *Wish) { d.Roles[0].Grants[0].Fields = []string{"secret"} }, "data", "raise the clearance of role seller"},
		"remit":     {func(d *Document, _ *Wish) { d.Employees[0].Remit.Grants = nil }, "data", "widen the remit of viz"},
		"task's collection": {func(d *Document, _ *Wish) {
			d.Tasks[0].Constraints = Constraints{Collections: []CollectionConstraint{{Collection: "notes"}}}
		}, "data", "let the task review touch things"},
	} {
		doc, w := sound(), wish
		if a := compileT(t, doc).Judge(w, noon); !a.Allowed {
			t.Fatalf("the sound one is refused:\n%s", a)
		}
		c.spoil(doc, &w)
		a := compileT(t, doc).Judge(w, noon)
		for _, l := range a.Layers {
			if l.Allowed != (l.Layer != c.layer) {
				t.Errorf("%s: %s lets through: %t\n%s", name, l.Layer, l.Allowed, a)
			}
		}
		if a.Allowed || !strings.Contains(a.Remedy, c.want) || !strings.Contains(a.String(), c.want) {
			t.Errorf("%s: remedy %q, want %q\n%s", name, a.Remedy, c.want, a)
		}
	}
	both := wish
	both.Input, both.Collection = map[string]any{"depth": int64(5)}, "ghosts"
	if a := compileT(t, sound()).Judge(both, noon); a.Remedy != "nothing alone: tool, data stop it, each by itself" {
		t.Errorf("remedy %q", a.Remedy)
	}
	if a := (&Policy{model: testModel()}).Judge(Wish{Employee: remit.PersonalAgent}, noon); a.Allowed {
		t.Error("an empty policy lets nobody through")
	}
}
