package policy

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// samePermit compares permits whole, reasons and row sets included.
var samePermit = cmp.Options{
	cmp.AllowUnexported(Permit{}, Branch{}),
	cmp.Comparer(func(a, b *scope.Predicate) bool { return a.Key() == b.Key() && (a == nil) == (b == nil) }),
	cmp.Comparer(func(a, b *remit.Collection) bool { return a == b }),
}

// Law 4, and laws 2 and 3 with it: a permit grants a cell exactly where the
// document does, decided cell by cell.
func TestPermitEqualsNaive(t *testing.T) {
	var tr truths
	var share shareOf
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		permit := w.permit(w.subject)
		c := w.policy.Model().Collection(w.source, w.name)
		n := &naive{doc: w.doc, model: w.policy.Model(), subject: w.subject, collection: c, action: w.action, now: w.now}
		any := false
		w.eachCell(t, func(f int, before, after facts) {
			var field *remit.Field
			if w.action != Delete {
				field = &c.Fields[f]
			}
			got, want := tr.grants(permit, f, before, after), n.cell(field, before, after)
			if got != want {
				t.Fatalf("%s %s.%v of %+v on %04b → %04b: permit %t, naive %t\n%s\n%s", w.action, w.name, field, w.subject, before, after, got, want, permit.Explain(), Format(w.doc))
			}
			any = any || want
		})
		share.note(any)
		if !any && permit.Allowed() {
			t.Fatalf("grants no cell and is allowed: %+v", permit)
		}
		checkForm(t, permit, c)
		rows, perDay, days := n.bounds()
		if permit.Allowed() && (permit.Rows != rows || permit.RowsPerDay != perDay || permit.LastDays != days) {
			t.Fatalf("%d rows, %d a day, %d days; want %d, %d, %d", permit.Rows, permit.RowsPerDay, permit.LastDays, rows, perDay, days)
		}
	})
	share.check(t, 0.1)
}

// checkForm checks what every permit promises.
func checkForm(t *rapid.T, p *Permit, c *remit.Collection) {
	if p.Allowed() != (p.Collection != nil) || p.Allowed() == (p.Refusal != "") {
		t.Fatalf("allowed %t, collection %v, refusal %q", p.Allowed(), p.Collection, p.Refusal)
	}
	if len(p.Reasons) == 0 || p.Explain().String() == "" {
		t.Fatal("no reasons")
	}
	seen := set{}
	for _, b := range p.Branches {
		rows := b.Scope.Key() + "\x00" + b.After.Key()
		if len(b.Fields) != len(c.Fields) || seen[rows] || b.Role == "" {
			t.Fatalf("branch %+v", b)
		}
		if (b.After != nil) != (p.Action == Create || p.Action == Update) {
			t.Fatalf("%s has a row after: %t", p.Action, b.After != nil)
		}
		if b.Scope.IsNone() || (p.Action != Delete && !slices.Contains(b.Fields, true)) {
			t.Fatalf("an empty branch: %+v", b)
		}
		seen[rows] = true
	}
}

// subset fails if the narrower permit grants a cell that the wider one does not,
// or bounds less.
func subset(t *rapid.T, tr *truths, w *world, narrower, wider *Permit, what string) {
	w.eachCell(t, func(f int, before, after facts) {
		if tr.grants(narrower, f, before, after) && !tr.grants(wider, f, before, after) {
			t.Fatalf("%s widens cell %d on %04b:\n%s\nthan\n%s", what, f, before, narrower.Explain(), wider.Explain())
		}
	})
	if !narrower.Allowed() {
		return
	}
	for _, b := range [][2]int{{narrower.Rows, wider.Rows}, {narrower.LastDays, wider.LastDays}, {narrower.RowsPerDay, wider.RowsPerDay}} {
		if b[1] > 0 && (b[0] == 0 || b[0] > b[1]) {
			t.Fatalf("%s widens a bound from %d to %d", what, b[1], b[0])
		}
	}
}

// Law 3: whoever has a role less, or works through a ceiling more, gets nothing
// more.
func TestPermitIsMonotone(t *testing.T) {
	var tr truths
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		all := w.permit(w.subject)
		for i := range w.subject.Roles {
			less := w.subject
			less.Roles = slices.Delete(slices.Clone(less.Roles), i, i+1)
			subset(t, &tr, w, w.permit(less), all, "without role "+w.subject.Roles[i])
		}
		for name, drop := range map[string]func(*Subject){
			"a task":      func(s *Subject) { s.Task = "" },
			"a tool":      func(s *Subject) { s.Tool = "" },
			"egress":      func(s *Subject) { s.HasEgress = false },
			"AI":          func(s *Subject) { s.AI, s.Employee, s.Task, s.Tool = false, "", "", "" },
			"an employee": func(s *Subject) { s.Employee, s.Task, s.Tool = remit.PersonalAgent, "", "" },
		} {
			if name == "an employee" && !w.subject.AI {
				continue
			}
			wider := w.subject
			drop(&wider)
			if name == "AI" && !w.subject.AI && (w.subject.Employee != "" || w.subject.Task != "") {
				continue // the odd subject is refused for what it is
			}
			subset(t, &tr, w, all, w.permit(wider), name)
		}
	})
}

// A policy with a grant less, a stricter remit or constraint, gives nothing
// more.
func TestNarrowerPolicyGivesLess(t *testing.T) {
	var tr truths
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		narrower := w.doc.clone()
		for i := range narrower.Roles {
			r := &narrower.Roles[i]
			r.Clearance = min(r.Clearance.OfClearance(), remit.Sensitivity(rapid.IntRange(1, 4).Draw(t, "clearance")))
			if len(r.Grants) > 0 && rapid.Bool().Draw(t, "drop") {
				r.Grants = r.Grants[1:]
			}
		}
		for i := range narrower.Employees {
			e := &narrower.Employees[i]
			e.Remit.Sensitivity = min(e.Remit.Sensitivity.OfClearance(), remit.Sensitivity(rapid.IntRange(1, 4).Draw(t, "sensitivity")))
			if len(e.Remit.Grants) > 0 && rapid.Bool().Draw(t, "drop") {
				e.Remit.Grants = e.Remit.Grants[1:]
			}
		}
		p, err := Compile(narrower, testModel(), nil)
		if err != nil {
			t.Fatal(err)
		}
		subset(t, &tr, w, p.Permit(w.subject, w.source, w.name, w.action, w.now), w.permit(w.subject), "a narrower policy")
	})
}

// The personal agent reads what its person may view, role by role up to her
// clearance, and writes nothing.
func TestPersonalAgent(t *testing.T) {
	var tr truths
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		agent := Subject{Roles: w.subject.Roles, AI: true, Employee: remit.PersonalAgent}
		for _, a := range Actions {
			if p := w.policy.Permit(agent, w.source, w.name, a, w.now); a != View && p.Allowed() {
				t.Fatalf("the personal agent may %s", a)
			}
		}
		for i := range w.doc.Roles {
			w.doc.Roles[i].Clearance = remit.Restricted
		}
		cleared, err := Compile(w.doc, testModel(), nil)
		if err != nil {
			t.Fatal(err)
		}
		person := Subject{Roles: w.subject.Roles}
		w.action = View
		w.policy = cleared
		subset(t, &tr, w, w.permit(agent), w.permit(person), "the agent")
		subset(t, &tr, w, w.permit(person), w.permit(agent), "the person")
	})
}

// What the cache answers is what would be decided anew, whatever was asked
// before and whenever.
func TestCacheEqualsNoCache(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		subjects := []Subject{w.subject, drawSubject(t), drawSubject(t)}
		for range 12 {
			s := subjects[rapid.IntRange(0, 2).Draw(t, "subject")]
			now := noon.Add(time.Duration(rapid.IntRange(-120, 120).Draw(t, "minutes")) * time.Minute)
			c := w.policy.Model().Collection("", "things")
			got := w.policy.Permit(s, "", "things", w.action, now)
			want := w.policy.decide(&s, c, w.action, now).permit
			if diff := cmp.Diff(want, got, samePermit); diff != "" {
				t.Fatalf("at %v: %s", now, diff)
			}
			if got.Allowed() && !got.NotAfter.IsZero() && !now.Before(got.NotAfter) {
				t.Fatalf("a permit until %v at %v", got.NotAfter, now)
			}
		}
	})
}

// A permit holds until its NotAfter and not a moment longer.
func TestNotAfter(t *testing.T) {
	p := compileT(t, &Document{Roles: []Role{{Name: "r", Grants: []Grant{
		{Collection: "notes", Actions: []Action{View}, Fields: []string{"text"}, Scope: ScopeAll},
		{Collection: "notes", Actions: []Action{View}, Fields: []string{"mood"}, Scope: ScopeAll, NotAfter: noon},
	}}}})
	s := Subject{Roles: []string{"r"}}
	for _, c := range []struct {
		now  time.Time
		mood bool
	}{{noon.Add(-time.Hour), true}, {noon.Add(-1), true}, {noon, false}, {noon.Add(-1), true}, {noon.Add(time.Hour), false}} {
		permit := p.Permit(s, "", "notes", View, c.now)
		if permit.Knows(1) != c.mood {
			t.Errorf("at %v: mood known %t", c.now, permit.Knows(1))
		}
		if c.mood != permit.NotAfter.Equal(noon) || !c.mood != permit.NotAfter.IsZero() {
			t.Errorf("at %v: until %v", c.now, permit.NotAfter)
		}
	}
}

// The cache is bounded and keeps what is asked for.
func TestCacheIsBounded(t *testing.T) {
	var c cache
	hot := &Permit{}
	c.put([]byte("hot"), cached{permit: hot})
	for i := range 5 * cacheGeneration {
		c.put([]byte{byte(i), byte(i >> 8), byte(i >> 16), 'x'}, cached{permit: &Permit{}})
		if c.get([]byte("hot"), noon) != hot {
			t.Fatalf("forgotten after %d", i)
		}
		if n := len(c.young) + len(c.old); n > 2*cacheGeneration {
			t.Fatalf("%d permits", n)
		}
	}
	if len(c.old) == 0 {
		t.Error("there was never a second generation")
	}
}

// Names are the caller's: no two subjects share a key, however they are spelled.
func TestCacheKeysAreDistinct(t *testing.T) {
	model := testModel()
	name := rapid.SampledFrom([]string{"", "a", "b", "ab", "\x00", "\x01a", "a\x00b", "\x02"})
	draw := rapid.Custom(func(t *rapid.T) Subject {
		return Subject{
			Roles: rapid.SliceOfN(name, 0, 3).Draw(t, "roles"), AI: rapid.Bool().Draw(t, "AI"), Employee: name.Draw(t, "employee"), Task: name.Draw(t, "task"), Tool: name.Draw(t, "tool"),
			HasEgress: rapid.Bool().Draw(t, "has egress"), Egress: remit.Sensitivity(rapid.IntRange(0, 4).Draw(t, "egress")),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		if a.Roles == nil {
			a.Roles = []string{}
		}
		if b.Roles == nil {
			b.Roles = []string{}
		}
		for _, s := range []*Subject{&a, &b} { // what does not count may be shared
			if !s.AI || !s.HasEgress {
				s.HasEgress, s.Egress = false, 0
			}
			s.Egress = s.Egress.OfClearance()
		}
		things := model.Collection("", "things")
		same := string(appendKey(nil, &a, things, View)) == string(appendKey(nil, &b, things, View))
		if same != cmp.Equal(a, b) {
			t.Fatalf("%+v and %+v: same key %t", a, b, same)
		}
	})
}

// Law 2: whatever is empty or unknown is refused.
func TestZeroValuesDeny(t *testing.T) {
	doc := &Document{
		Roles:     []Role{{Name: "r", Clearance: remit.Restricted, Employees: []string{"e", "off"}, Grants: []Grant{{Collection: "notes", Actions: Actions, Fields: []string{"*"}, Scope: ScopeAll}}}},
		Employees: []Employee{{Name: "e", Title: "E"}, {Name: "off", Title: "Off", Disabled: true, Remit: Remit{Grants: []Grant{{Collection: "*", Actions: Actions, Fields: []string{"*"}, Scope: ScopeAll}}}}},
	}
	p := compileT(t, doc)
	for name, c := range map[string]struct {
		policy     *Policy
		subject    Subject
		collection string
		action     Action
		want       string
	}{
		"nil policy":            {nil, Subject{Roles: []string{"r"}}, "notes", View, "there is no policy"},
		"zero policy":           {&Policy{}, Subject{Roles: []string{"r"}}, "notes", View, "there is no policy"},
		"zero subject":          {p, Subject{}, "notes", View, "holds no role"},
		"unknown role":          {p, Subject{Roles: []string{"x"}}, "notes", View, "holds no role"},
		"unknown collection":    {p, Subject{Roles: []string{"r"}}, "x", View, "no such collection"},
		"empty collection":      {p, Subject{Roles: []string{"r"}}, "", View, "no such collection"},
		"collection not named":  {p, Subject{Roles: []string{"r"}}, "things", View, "no role that counts lets view things"},
		"empty action":          {p, Subject{Roles: []string{"r"}}, "notes", "", "no role that counts lets  notes"},
		"unknown action":        {p, Subject{Roles: []string{"r"}}, "notes", "own", "no role that counts lets own notes"},
		"AI without employee":   {p, Subject{Roles: []string{"r"}, AI: true}, "notes", View, "there is no AI employee"},
		"unknown employee":      {p, Subject{Roles: []string{"r"}, AI: true, Employee: "x"}, "notes", View, "there is no AI employee"},
		"empty remit":           {p, Subject{Roles: []string{"r"}, AI: true, Employee: "e"}, "notes", View, "within every ceiling"},
		"disabled employee":     {p, Subject{Roles: []string{"r"}, AI: true, Employee: "off"}, "notes", View, "is disabled"},
		"unknown task":          {p, Subject{Roles: []string{"r"}, AI: true, Employee: "e", Task: "x"}, "notes", View, "there is no task"},
		"unknown tool":          {p, Subject{Roles: []string{"r"}, Tool: "x"}, "notes", View, "there is no tool"},
		"tool it lacks":         {p, Subject{Roles: []string{"r"}, AI: true, Employee: "e", Tool: "query_records"}, "notes", View, "does not have the tool"},
		"employee without AI":   {p, Subject{Roles: []string{"r"}, Employee: "e"}, "notes", View, "not an AI's"},
		"task without AI":       {p, Subject{Roles: []string{"r"}, Task: "t"}, "notes", View, "not an AI's"},
		"writing by AI":         {p, Subject{Roles: []string{"r"}, AI: true, Employee: remit.PersonalAgent}, "notes", Update, "needs a proposal"},
		"exporting by AI":       {p, Subject{Roles: []string{"r"}, AI: true, Employee: remit.PersonalAgent}, "notes", Export, "needs a proposal"},
		"agent without a role":  {p, Subject{AI: true, Employee: remit.PersonalAgent}, "notes", View, "makes personal-agent available"},
		"writing tool of agent": {p, Subject{Roles: []string{"r"}, AI: true, Employee: remit.PersonalAgent, Tool: "update_record"}, "notes", View, "does not have the tool"},
	} {
		t.Run(name, func(t *testing.T) {
			permit := c.policy.Permit(c.subject, "", c.collection, c.action, noon)
			if permit.Allowed() || permit.Collection != nil || !strings.Contains(permit.Refusal, c.want) {
				t.Errorf("allowed %t, refusal %q; want %q", permit.Allowed(), permit.Refusal, c.want)
			}
			if !strings.Contains(permit.Explain().String(), c.want) {
				t.Errorf("explained as\n%s", permit.Explain())
			}
		})
	}
	var none *Permit
	if none.Allowed() || (&Permit{}).Allowed() || (&Permit{}).Knows(0) {
		t.Error("an empty permit allows")
	}
	if (&Permit{}).Explain().Refusal == "" {
		t.Error("an empty permit is not explained")
	}
	if !(&Branch{}).Scope.IsNone() {
		t.Error("a branch without a scope has rows")
	}
	if (&Policy{}).Can([]string{"r"}, ManagePolicy) || len((&Policy{}).Document().Roles) != 0 {
		t.Error("an empty policy allows")
	}
}

// Permits are asked for by many at once. Run with -race.
func TestPermitConcurrently(t *testing.T) {
	p := compileT(t, &Document{Roles: []Role{{Name: "r", Grants: []Grant{{Collection: "notes", Actions: []Action{View}, Fields: []string{"text"}, Scope: ScopeAll}}}}})
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 2000 {
				s := Subject{Roles: []string{"r", string(rune('s' + (g+i)%7))}}
				if permit := p.Permit(s, "", "notes", View, noon); !permit.Knows(0) || permit.Knows(1) {
					t.Error("wrong permit")
					return
				}
			}
		})
	}
	group.Wait()
}

// A caller may forget to sort the roles; hers stay as they are.
func TestPermitSortsRoles(t *testing.T) {
	p := compileT(t, &Document{Roles: []Role{{Name: "a", Grants: []Grant{{Collection: "notes", Actions: []Action{View}, Fields: []string{"text"}, Scope: ScopeAll}}}, {Name: "b"}}})
	roles := []string{"b", "a", "a"}
	permit := p.Permit(Subject{Roles: roles}, "", "notes", View, noon)
	if permit != p.Permit(Subject{Roles: []string{"a", "a", "b"}}, "", "notes", View, noon) {
		t.Error("another order is another permit")
	}
	if !slices.Equal(roles, []string{"b", "a", "a"}) || len(permit.Branches) != 1 || permit.Branches[0].Role != "a" {
		t.Errorf("roles %v, permit %+v", roles, permit)
	}
}

// The least bound of all layers counts, whichever layer has it.
func TestBounds(t *testing.T) {
	least := func(rows, days [3]int) *Permit {
		doc := sound()
		doc.Roles[0].Clearance = remit.Restricted
		doc.Employees[0].Remit.RowsPerCall, doc.Employees[0].Remit.RowsPerDay = rows[0], 7
		doc.Tasks[0].Constraints.RowLimit, doc.Tasks[0].Constraints.LastDays = rows[1], days[1]
		doc.Tools[0].Constraints = Constraints{RowLimit: rows[2], LastDays: days[2]}
		return compileT(t, doc).Permit(Subject{Roles: []string{"seller"}, AI: true, Employee: "viz", Task: "review", Tool: "look_up"}, "", "things", View, noon)
	}
	for _, c := range []struct {
		rows, days         [3]int // of the remit, the task and the tool
		wantRows, wantDays int
	}{
		{[3]int{5, 6, 7}, [3]int{0, 6, 7}, 5, 6},
		{[3]int{6, 5, 7}, [3]int{0, 7, 6}, 5, 6},
		{[3]int{7, 6, 5}, [3]int{0, 0, 6}, 5, 6},
		{[3]int{0, 0, 5}, [3]int{0, 6, 0}, 5, 6},
		{[3]int{5, 0, 0}, [3]int{}, 5, 0},
		{[3]int{}, [3]int{}, 0, 0},
	} {
		p := least(c.rows, c.days)
		if !p.Allowed() || p.Rows != c.wantRows || p.LastDays != c.wantDays || p.RowsPerDay != 7 {
			t.Errorf("%+v: allowed %t, %d rows, %d days, %d a day", c, p.Allowed(), p.Rows, p.LastDays, p.RowsPerDay)
		}
	}
}

// Names that run together are other names.
func TestCacheKeysKeepNamesApart(t *testing.T) {
	things := testModel().Collection("", "things")
	subjects := []Subject{
		{Employee: "a", Task: "b"},
		{Employee: "ab"},
		{Task: "ab"},
		{Task: "a", Tool: "b"},
		{Tool: "ab"},
		{Roles: []string{"a", "b"}},
		{Roles: []string{"ab"}},
		{Roles: []string{"", "ab"}},
		{Tool: "a", Roles: []string{"b"}},
	}
	seen := map[string]int{}
	for i := range subjects {
		key := string(appendKey(nil, &subjects[i], things, View))
		if j, taken := seen[key]; taken {
			t.Errorf("%+v and %+v share a key", subjects[j], subjects[i])
		}
		seen[key] = i
	}
}
