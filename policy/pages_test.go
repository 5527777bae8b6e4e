package policy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// paged is a policy whose roles show pages in each way there is.
func paged() *Document {
	view := func(collection string) []Grant {
		return []Grant{{Collection: collection, Actions: []Action{View}, Fields: []string{"*"}, Scope: ScopeAll}}
	}
	ending := view("notes")
	ending[0].NotAfter = noon
	return &Document{
		Roles: []Role{
			{Name: "unset", Grants: view("things"), Employees: []string{"viz"}, Capabilities: []string{ReadAudit}},
			{Name: "every", Grants: view("notes"), Employees: []string{"viz"}, Pages: []string{AllPages}},
			{Name: "named", Grants: view("things"), Employees: []string{"viz"}, Pages: []string{"home", "notes", "settings/roles"}},
			{Name: "ending", Grants: ending, Employees: []string{"viz"}},
			{Name: "none", Employees: []string{"viz"}, Pages: []string{"search"}, Capabilities: []string{ManagePolicy}},
		},
		Employees: []Employee{{Name: "viz", Title: "Viz"}},
		Tasks: []Task{
			{Name: "on-notes", Employee: "viz", Title: "T", Places: []string{"notes/list", "settings/roles"}},
			{Name: "anywhere", Employee: "viz", Title: "T"},
		},
	}
}

func TestPages(t *testing.T) {
	p := compileT(t, paged())
	for _, c := range []struct {
		roles []string
		now   time.Time
		want  string
		runs  bool // on-notes
	}{
		{[]string{"unset"}, noon, "home conversations search things settings/usage settings/explain settings/tokens", false},
		{[]string{"every"}, noon, "home conversations search notes settings/tokens", true},
		{[]string{"named"}, noon, "home", false}, // it may not view notes
		{[]string{"every", "named"}, noon, "home conversations search notes things settings/tokens", true},
		{[]string{"named", "none"}, noon, "home search settings/roles", true}, // the other role may manage roles
		{[]string{"ending"}, noon.Add(-1), "home conversations search notes settings/tokens", true},
		{[]string{"ending"}, noon, "home conversations search settings/tokens", false},
		{[]string{"ghost"}, noon, "", false},
		{nil, noon, "", false},
	} {
		if got := strings.Join(p.Pages(c.roles, c.now), " "); got != c.want {
			t.Errorf("%v at %v see %q, want %q", c.roles, c.now, got, c.want)
		}
		u := &scope.User{ID: "x", Roles: c.roles}
		if ok, why := p.MayRunTask(u, "on-notes", c.now); ok != c.runs {
			t.Errorf("%v at %v run on-notes: %t, %s", c.roles, c.now, ok, why)
		}
		if ok, _ := p.MayRunTask(u, "anywhere", c.now); ok != (len(c.roles) > 0 && c.roles[0] != "ghost") {
			t.Errorf("%v run anywhere: %t", c.roles, ok)
		}
	}
	if got := (&Policy{}).Pages([]string{"unset"}, noon); got != nil {
		t.Errorf("an empty policy shows %v", got)
	}
	task, _ := p.Task("on-notes")
	if got := p.PlacesFor([]string{"every"}, task, noon); !slices.Equal(got, []string{"notes/list"}) {
		t.Errorf("places %v", got)
	}
	if got := p.PlacesFor([]string{"unset"}, task, noon); got == nil || len(got) != 0 {
		t.Errorf("places %v", got)
	}
}

// The lens asks for permits alone: a task that shows on no page of the person is
// refused there too, from the moment on at which the last page goes.
func TestPermitAsksForPages(t *testing.T) {
	doc := paged()
	doc.Employees[0].Remit = Remit{Sensitivity: remit.Restricted, Grants: []Grant{{Collection: "*", Actions: []Action{View}, Fields: []string{"*"}, Scope: ScopeAll}}}
	doc.Roles[3].Grants = append(doc.Roles[3].Grants, Grant{Collection: "things", Actions: []Action{View}, Fields: []string{"*"}, Scope: ScopeAll})
	p := compileT(t, doc)
	permit := func(role, task string, now time.Time) *Permit {
		return p.Permit(Subject{Roles: []string{role}, AI: true, Employee: "viz", Task: task}, "", "things", View, now)
	}
	if got := permit("unset", "on-notes", noon); got.Allowed() || !strings.Contains(got.Refusal, "pages that the person does not see") {
		t.Errorf("refused as %q", got.Refusal)
	}
	if !permit("unset", "anywhere", noon).Allowed() {
		t.Error("a task without places is refused")
	}
	for range 2 { // the second time from the cache
		if got := permit("ending", "on-notes", noon.Add(-time.Minute)); !got.Allowed() || !got.NotAfter.Equal(noon) {
			t.Errorf("before the page goes: %t, until %v", got.Allowed(), got.NotAfter)
		}
		if permit("ending", "on-notes", noon).Allowed() {
			t.Error("the task outlives its page")
		}
	}
}

func TestEveryPlaceIsKnown(t *testing.T) {
	places := PlacesOf(testModel())
	for _, want := range []string{"home", "home/work", "things/board", "things/record", "settings/roles", "settings/tokens", "search"} {
		if !slices.Contains(places, want) {
			t.Errorf("%s is no place of %v", want, places)
		}
	}
	if slices.Contains(places, "home/list") || slices.Contains(places, "settings/roles/list") {
		t.Errorf("places %v", places)
	}
}
