package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Wish is a call that somebody asks about: person × AI employee × task × tool ×
// input × collection × action. What is "" is not asked about.
type Wish struct {
	User       *scope.User
	Employee   string
	Task       string
	Tool       string
	Input      map[string]any // of the tool
	Source     string         // "" is main
	Collection string
	Action     Action // "" is View
}

// The four layers, in the order in which a call meets them.
const (
	LayerEmployee = "employee"
	LayerTask     = "task"
	LayerTool     = "tool"
	LayerData     = "data"
)

// Verdict says of a wish what each of the four layers makes of it, each by itself,
// as if the others let it through. Like an [Explanation] it is for those who manage
// the policy.
type Verdict struct {
	Allowed bool         `json:"allowed"` // every layer lets it through
	Layers  []Layer      `json:"layers" nullable:"false"`
	Remedy  string       `json:"remedy,omitempty"` // what alone would change a refusal, or that nothing alone would
	Data    *Explanation `json:"data,omitempty"`   // which rows and fields, where a collection is asked about
}

// Layer is one of the four layers.
type Layer struct {
	Layer   string   `json:"layer" enum:"employee,task,tool,data"`
	Name    string   `json:"name"`
	Allowed bool     `json:"allowed"`
	Reasons []Reason `json:"reasons" nullable:"false"` // the rules that it goes by, and what each says
	Remedy  string   `json:"remedy,omitempty"`         // what alone would make this layer let it through
}

// add notes what one rule says. The first refusal decides which remedy is told.
func (l *Layer) add(holds bool, remedy, format string, args ...any) {
	r := Reason{Layer: l.Layer, Name: l.Name, Effect: effectGives, Message: fmt.Sprintf(format, args...)}
	if !holds {
		r.Effect = effectRefuses
		if l.Allowed {
			l.Remedy = remedy
		} else {
			l.Remedy += ", and " + remedy
		}
		l.Allowed = false
	}
	l.Reasons = append(l.Reasons, r)
}

func (l *Layer) addHas(has bool, remedy, yes, no string) {
	if has {
		l.add(true, "", "%s", yes)
		return
	}
	l.add(false, remedy, "%s", no)
}

// Judge explains a wish at now.
func (p *Policy) Judge(w Wish, now time.Time) *Verdict {
	if w.User == nil {
		w.User = &scope.User{}
	}
	if w.Action == "" {
		w.Action = View
	}
	if name, ok := w.Input["collection"].(string); ok && w.Collection == "" {
		w.Collection = name
	}
	a := &Verdict{Allowed: true, Layers: []Layer{}}
	if w.Employee != "" {
		a.add(p.employeeLayer(&w))
	}
	if w.Task != "" {
		a.add(p.taskLayer(&w, now))
	}
	if w.Tool != "" {
		a.add(p.toolLayer(&w))
	}
	if w.Collection != "" {
		layer, data := p.dataLayer(&w, now)
		a.add(layer)
		a.Data = data
	}
	a.Remedy = a.remedy()
	return a
}

func (a *Verdict) add(l Layer) {
	a.Layers = append(a.Layers, l)
	a.Allowed = a.Allowed && l.Allowed
}

func (a *Verdict) remedy() string {
	var stop []string
	var remedy string
	for _, l := range a.Layers {
		if !l.Allowed {
			stop = append(stop, l.Layer)
			remedy = l.Remedy
		}
	}
	switch len(stop) {
	case 0:
		return ""
	case 1:
		return remedy
	}
	return "nothing alone: " + strings.Join(stop, ", ") + " stop it, each by itself"
}

func (p *Policy) employeeLayer(w *Wish) Layer {
	l := Layer{Layer: LayerEmployee, Name: w.Employee, Allowed: true}
	e := p.employees[w.Employee]
	if e == nil {
		l.add(false, "name an AI employee that there is", "there is no AI employee %q", clip(w.Employee))
		return l
	}
	if e.Disabled {
		l.add(false, "enable "+w.Employee, "%s is disabled", w.Employee)
	}
	gives, others := p.holders(w.User.Roles, func(r *role) bool { return r.employees[w.Employee] || w.Employee == remit.PersonalAgent })
	if len(gives) > 0 {
		l.add(true, "", "%s is available to role %s", w.Employee, list(gives))
	} else {
		l.add(false, either("make it available to one of the person's roles", "give the person a role that has it", others), "no role of the person (%s) makes %s available", orNone(list(w.User.Roles)), w.Employee)
	}
	return l
}

// holders returns the roles of the person of which it is true, and the others.
func (p *Policy) holders(held []string, is func(*role) bool) (of, others []string) {
	for _, name := range slices.Sorted(maps.Keys(p.roles)) {
		switch {
		case !is(p.roles[name]):
		case slices.Contains(held, name):
			of = append(of, name)
		default:
			others = append(others, name)
		}
	}
	return of, others
}

func either(one, other string, roles []string) string {
	if len(roles) == 0 {
		return one
	}
	return one + ", or " + other + ": " + list(roles)
}

func (p *Policy) taskLayer(w *Wish, now time.Time) Layer {
	l := Layer{Layer: LayerTask, Name: w.Task, Allowed: true}
	t := p.tasks[w.Task]
	switch {
	case t == nil:
		l.add(false, "name a task that there is", "there is no task %q", clip(w.Task))
		return l
	case t.Employee != w.Employee:
		l.add(false, "ask "+t.Employee, "it is a task of %s", t.Employee)
	}
	p.roleReason(&l, w, t.Roles)
	seen := p.PlacesFor(w.User.Roles, &t.Task, now)
	switch {
	case len(t.Places) == 0:
		l.add(true, "", "it shows on no page in particular")
	case len(seen) > 0:
		l.add(true, "", "it shows on pages that the person sees: %s", list(seen))
	default:
		l.add(false, "show the person a page that has it", "it shows on %s, and the person sees none of these pages", list(t.Places))
	}
	conditionReason(&l, w, "the condition", t.Condition, t.condition, nil)
	return l
}

// roleReason says whether the person holds a role of those named; none named: all.
func (p *Policy) roleReason(l *Layer, w *Wish, named []string) {
	if len(named) == 0 {
		return
	}
	if of, _ := p.holders(w.User.Roles, func(r *role) bool { return slices.Contains(named, r.name) }); len(of) > 0 {
		l.add(true, "", "it is for role %s", list(of))
		return
	}
	l.add(false, "name one of the person's roles there, or give the person one of: "+list(named), "it is for %s, and the person holds %s", list(named), orNone(list(w.User.Roles)))
}

// conditionReason says whether a condition is met, and by what of the person.
func conditionReason(l *Layer, w *Wish, what, source string, c *scope.Condition, input map[string]any) {
	if c == nil {
		return
	}
	ok, err := c.Eval(w.User, input)
	verb := "is met"
	switch {
	case err != nil:
		verb = "cannot be evaluated: " + remit.PublicText(err)
	case !ok:
		verb = "is not met"
	}
	l.add(ok, "change "+what+", or the person or the input so that it is met", "%s %s %s%s", what, source, verb, personWords(source, w.User))
}

// personWords says what of the person a condition looks at.
func personWords(source string, u *scope.User) string {
	var words []string
	for _, f := range []struct{ name, value string }{
		{"user.department", u.Department}, {"user.email", u.Email}, {"user.name", u.Name}, {"user.roles", list(u.Roles)},
	} {
		if strings.Contains(source, f.name) && !strings.Contains(source, f.name+"_id") {
			words = append(words, fmt.Sprintf("%s is %q", f.name, f.value))
		}
	}
	if words == nil {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

func (p *Policy) toolLayer(w *Wish) Layer {
	l := Layer{Layer: LayerTool, Name: w.Tool, Allowed: true}
	t, e, in := p.tools[w.Tool], p.employees[w.Employee], p.tasks[w.Task]
	if t == nil {
		l.add(false, "name a tool that there is", "there is no tool %q", clip(w.Tool))
		return l
	}
	if t.Disabled {
		l.add(false, "enable it", "it is disabled")
	}
	if e != nil {
		l.addHas(e.hasTool(t), "give it to "+e.Name, e.Name+" has it", e.Name+" does not have it")
	}
	if in != nil && in.tools != nil {
		l.addHas(in.tools[w.Tool], "name it in the task "+in.Name, "the task "+in.Name+" allows it", "the task "+in.Name+" does not allow it")
	}
	p.roleReason(&l, w, t.Roles)
	conditionReason(&l, w, "the tool's condition", t.Condition, t.condition, w.Input)
	if e != nil {
		for _, r := range e.rules[w.Tool] {
			conditionReason(&l, w, "the rule of "+e.Name, r.source, r.condition, w.Input)
		}
	}
	if in != nil {
		for _, r := range in.rules[w.Tool] {
			conditionReason(&l, w, "the rule of the task "+in.Name, r.source, r.condition, w.Input)
		}
	}
	if len(l.Reasons) == 0 {
		l.add(true, "", "everybody may have it called")
	}
	return l
}

// dataLayer asks what the data would give if the layers above let the call through:
// the person's rows and fields within every ceiling.
func (p *Policy) dataLayer(w *Wish, now time.Time) (Layer, *Explanation) {
	l := Layer{Layer: LayerData, Name: w.Collection, Allowed: true}
	c := p.model.Collection(w.Source, w.Collection)
	if c == nil {
		l.add(false, "name a collection that there is", "there is no collection %q", clip(w.Collection))
		return l, nil
	}
	s := Subject{Roles: sortedSet(slices.Clone(w.User.Roles)), AI: w.Employee != "", Employee: w.Employee}
	d := &decision{policy: p, subject: &s, collection: c, action: w.Action, now: now}
	d.employee, d.task, d.tool = p.employees[w.Employee], p.tasks[w.Task], p.tools[w.Tool]
	d.permit = &Permit{Action: w.Action, asked: c, name: c.Name}
	if d.admitCeilings() && d.gather() {
		d.narrow()
		d.bound()
	}
	if d.permit.Refusal == "" {
		d.permit.Collection, d.permit.Branches, d.permit.NotAfter = c, d.branches, d.until
	}
	e := d.permit.Explain()
	l.Allowed, l.Reasons = e.Allowed, e.Reasons
	if !e.Allowed {
		l.Remedy = dataRemedy(e, w.Action)
	}
	return l, e
}

// admitCeilings is what admit asks of the data alone: whether AI may do this at all,
// and whether task and tool may touch the collection.
func (d *decision) admitCeilings() bool {
	if d.subject.AI && d.action != View {
		return d.refuse(aiReadsOnly(d.action, d.subject.Employee))
	}
	if d.task != nil && !d.admitBounds("task", d.task.Name, &d.task.bounds) {
		return false
	}
	return d.tool == nil || d.admitBounds("tool", d.tool.Name, &d.tool.bounds)
}

func aiReadsOnly(a Action, employee string) Reason {
	return Reason{
		Layer: "employee", Name: employee,
		Message: fmt.Sprintf("AI may read only: %s by %s needs a proposal that a person approves, and proposals are not available", a, employee),
	}
}

// dataRemedy names the change that the layer which took the last of it would need:
// clearance, where it left nothing of what any role gave, else whatever came after.
func dataRemedy(e *Explanation, a Action) string {
	last, unclear := Reason{Layer: "role"}, Reason{}
	left := set{}
	for _, r := range e.Reasons {
		switch {
		case r.Layer == "role" && r.Effect == effectGives:
			left[r.Name] = true
		case r.Effect != effectRefuses:
		case r.Layer == "clearance":
			delete(left, r.Name)
			unclear = r
		case last.Effect != effectRefuses || r.Layer != "time":
			last = r
		}
	}
	if unclear.Layer != "" && len(left) == 0 {
		last = unclear
	}
	switch last.Layer {
	case "clearance":
		return "raise the clearance of role " + last.Name
	case "remit", "egress":
		return fmt.Sprintf("widen the %s of %s to %s", last.Layer, last.Name, e.Collection)
	case "task", "tool":
		return fmt.Sprintf("let the %s %s touch %s", last.Layer, last.Name, e.Collection)
	case "employee":
		return "have the person do it"
	}
	return fmt.Sprintf("grant %s on %s to one of the person's roles", a, e.Collection)
}

// String renders the verdict as text of several lines.
func (a *Verdict) String() string {
	var b strings.Builder
	for _, l := range a.Layers {
		verdict := "lets through"
		if !l.Allowed {
			verdict = "stops"
		}
		fmt.Fprintf(&b, "%-8s %s: %s\n", l.Layer, l.Name, verdict)
		if l.Layer != LayerData {
			for _, r := range l.Reasons {
				sign := map[bool]string{true: "-", false: "+"}[r.Effect == effectRefuses]
				fmt.Fprintf(&b, "  %s %s\n", sign, r.Message)
			}
		}
		if l.Remedy != "" {
			fmt.Fprintf(&b, "  to let it through: %s\n", l.Remedy)
		}
	}
	if a.Data != nil {
		b.WriteString("\n" + a.Data.String())
	}
	switch {
	case a.Allowed:
		b.WriteString("\nallowed\n")
	default:
		fmt.Fprintf(&b, "\nrefused; what alone would change that: %s\n", a.Remedy)
	}
	return b.String()
}
