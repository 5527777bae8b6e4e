package policy

import (
	"fmt"
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// admit checks, before any grant is looked at, whether the subject may work
// this way at all.
func (d *decision) admit() bool {
	return d.admitEmployee() && d.admitTask() && d.admitTool()
}

func (d *decision) admitEmployee() bool {
	s := d.subject
	if !s.AI {
		if s.Employee != "" || s.Task != "" {
			return d.refuse(Reason{Layer: "employee", Name: s.Employee, Message: "an AI employee or a task is named for a call that is not an AI's"})
		}
		return true
	}
	if ok, why := d.policy.MayUse(s.Roles, s.Employee); !ok {
		return d.refuse(why)
	}
	d.employee = d.policy.employees[s.Employee]
	if d.action != View {
		return d.refuse(aiReadsOnly(d.action, s.Employee))
	}
	return true
}

func (d *decision) admitTask() bool {
	if d.subject.Task == "" {
		return true
	}
	t, why, reached := d.policy.taskFor(d.subject.Roles, d.subject.Task, d.now)
	d.until = earlier(d.until, reached.until)
	if reached.from.After(d.from) {
		d.from = reached.from
	}
	if t == nil {
		return d.refuse(why)
	}
	if t.Employee != d.subject.Employee {
		return d.refuse(Reason{Layer: "task", Name: t.Name, Message: fmt.Sprintf("the task %s is not one of %s", t.Name, d.subject.Employee)})
	}
	d.task = t
	return d.admitBounds("task", t.Name, &t.bounds)
}

func (d *decision) admitTool() bool {
	if d.subject.Tool == "" {
		return true
	}
	t, why := d.policy.toolFor(d.subject.Roles, d.employee, d.task, d.subject.Tool)
	if t == nil {
		return d.refuse(why)
	}
	d.tool = t
	return d.admitBounds("tool", t.Name, &t.bounds)
}

// admitBounds checks what constraints say of the collection and the action as a
// whole.
func (d *decision) admitBounds(layer, name string, b *bounds) bool {
	if b.collections != nil {
		if _, named := b.collections[d.collection]; !named {
			return d.refuse(Reason{Layer: layer, Name: name, Message: fmt.Sprintf("the %s %s may not touch %s", layer, name, d.collection.Name)})
		}
	}
	if b.readOnly && d.action != View && d.action != Export {
		return d.refuse(Reason{Layer: layer, Name: name, Message: fmt.Sprintf("the %s %s is read-only", layer, name)})
	}
	if b.lastDays > 0 && d.collection.TimeField == "" {
		return d.refuse(Reason{Layer: layer, Name: name, Message: fmt.Sprintf("the %s %s reads the last %d days only, and %s has no time field", layer, name, b.lastDays, d.collection.Name)})
	}
	return true
}

// narrow applies the ceilings to the branches that the roles gave.
func (d *decision) narrow() {
	if d.employee != nil {
		d.branches = d.cap(d.branches, "remit", d.employee.Name, d.employee.Remit.Sensitivity.OfClearance())
		if d.subject.HasEgress {
			d.branches = d.cap(d.branches, "egress", d.employee.Name, d.subject.Egress.OfClearance())
		}
		d.intersectRemit()
	}
	if d.task != nil {
		d.keepFields("task", d.task.Name, d.task.bounds.collections[d.collection])
	}
	if d.tool != nil {
		d.keepFields("tool", d.tool.Name, d.tool.bounds.collections[d.collection])
	}
	d.finish()
}

// cap takes the fields above a level from the branches.
func (d *decision) cap(branches []Branch, layer, name string, level remit.Sensitivity) []Branch {
	return d.keep(branches, func(f int) bool { return d.collection.Fields[f].Sensitivity.OfField() <= level }, func(left bool) Reason {
		return Reason{Layer: layer, Name: name, Effect: effectOf(left), Message: capMessage(layer, name, level)}
	})
}

func capMessage(layer, name string, level remit.Sensitivity) string {
	switch layer {
	case "clearance":
		return fmt.Sprintf("AI may use what role %s grants up to %s", name, level)
	case "egress":
		return fmt.Sprintf("the model service of %s may get values up to %s", name, level)
	}
	return fmt.Sprintf("the remit of %s ends at %s", name, level)
}

// keepFields takes the fields that a constraint does not name; nil names all.
func (d *decision) keepFields(layer, name string, named []bool) {
	if named == nil {
		return
	}
	d.branches = d.keep(d.branches, func(f int) bool { return named[f] }, func(left bool) Reason {
		return Reason{Layer: layer, Name: name, Effect: effectOf(left), Message: fmt.Sprintf("the %s %s names some fields of %s only", layer, name, d.collection.Name)}
	})
}

// keep takes the fields that do not pass from the branches, drops the branches
// without any, and notes the reason if anything was taken.
func (d *decision) keep(branches []Branch, passes func(int) bool, reason func(left bool) Reason) []Branch {
	taken := make([]bool, len(d.collection.Fields))
	for _, b := range branches {
		for f, granted := range b.Fields {
			if granted && !passes(f) {
				b.Fields[f], taken[f] = false, true
			}
		}
	}
	left := slices.DeleteFunc(branches, func(b Branch) bool { return !d.matters(&b) })
	if slices.Contains(taken, true) {
		r := reason(len(left) > 0)
		r.Fields = namesOf(d.collection, taken)
		d.note(r)
	}
	return left
}

func effectOf(left bool) string {
	if left {
		return effectNarrows
	}
	return effectRefuses
}

// intersectRemit leaves of each branch what some grant of the remit allows too:
// (a ∪ b) ∩ (x ∪ y) cell by cell, so rows and fields of different grants never
// mix on either side.
func (d *decision) intersectRemit() {
	var ceiling []Branch
	for _, g := range d.live("remit", d.employee.Name, d.employee.remit[d.collection]) {
		if b := d.branch("", g); d.matters(&b) {
			ceiling = merge(ceiling, b)
		}
	}
	before := d.known()
	var left []Branch
	for _, b := range d.branches {
		for i := range ceiling {
			if both := intersect(&b, &ceiling[i]); d.matters(&both) {
				left = append(left, both)
			}
		}
	}
	d.branches = left
	d.noteRemit(before, ceiling)
}

func intersect(b, ceiling *Branch) Branch {
	both := Branch{Role: b.Role, Scope: scope.And(b.Scope, ceiling.Scope), label: b.label, Fields: make([]bool, len(b.Fields))}
	if !ceiling.Scope.IsAll() {
		both.label += " and " + ceiling.label
	}
	for f := range b.Fields {
		both.Fields[f] = b.Fields[f] && ceiling.Fields[f]
	}
	return both
}

// noteRemit notes what a remit took: fields, and rows where it has a scope.
func (d *decision) noteRemit(before []bool, ceiling []Branch) {
	after := d.known()
	taken := make([]bool, len(before))
	for f := range before {
		taken[f] = before[f] && !after[f]
	}
	r := Reason{
		Layer: "remit", Name: d.employee.Name, Effect: effectOf(len(d.branches) > 0), Fields: namesOf(d.collection, taken),
		Message: fmt.Sprintf("the remit of %s limits what it may read of %s", d.employee.Name, d.collection.Name),
	}
	for i, c := range ceiling {
		if !c.Scope.IsAll() {
			if i > 0 && r.Scope != "" {
				r.Scope += " or "
			}
			r.Scope += c.label
		}
	}
	if len(r.Fields) > 0 || r.Scope != "" || len(d.branches) == 0 {
		d.note(r)
	}
}

// known returns which fields any branch grants.
func (d *decision) known() []bool {
	known := make([]bool, len(d.collection.Fields))
	for _, b := range d.branches {
		for f, granted := range b.Fields {
			known[f] = known[f] || granted
		}
	}
	return known
}

// bound sets the limits on rows and time: the least of what the layers say.
func (d *decision) bound() {
	if d.employee != nil {
		d.limit(&d.permit.Rows, d.employee.Remit.RowsPerCall, "remit", d.employee.Name, "%d rows a call")
		d.limit(&d.permit.RowsPerDay, d.employee.Remit.RowsPerDay, "remit", d.employee.Name, "%d rows a day")
	}
	if d.task != nil {
		d.limit(&d.permit.RowsTotal, d.task.bounds.rows, "task", d.task.Name, "%d rows a query, on all its pages together")
		d.limit(&d.permit.LastDays, d.task.bounds.lastDays, "task", d.task.Name, "the last %d days by "+d.collection.TimeField)
	}
	if d.tool != nil {
		d.limit(&d.permit.RowsTotal, d.tool.bounds.rows, "tool", d.tool.Name, "%d rows a query, on all its pages together")
		d.limit(&d.permit.LastDays, d.tool.bounds.lastDays, "tool", d.tool.Name, "the last %d days by "+d.collection.TimeField)
	}
	if total := d.permit.RowsTotal; total > 0 && (d.permit.Rows == 0 || d.permit.Rows > total) {
		d.permit.Rows = total
	}
}

// limit lowers a bound, of which 0 is none.
func (d *decision) limit(bound *int, to int, layer, name, what string) {
	if to <= 0 || (*bound > 0 && *bound <= to) || d.permit.Refusal != "" {
		return
	}
	*bound = to
	d.note(Reason{Layer: layer, Name: name, Effect: effectNarrows, Message: fmt.Sprintf("%s allows at most "+what, subjectOf(layer, name), to)})
}

func subjectOf(layer, name string) string {
	if layer == "remit" {
		return "the remit of " + name
	}
	return "the " + layer + " " + name
}

func namesOf(c *remit.Collection, fields []bool) []string {
	var names []string
	for f, named := range fields {
		if named {
			names = append(names, c.Fields[f].Name)
		}
	}
	return names
}

// given says what a role's branch gives.
func given(role string, c *remit.Collection, a Action, b *Branch) Reason {
	r := Reason{Layer: "role", Name: role, Effect: effectGives, Scope: b.label, Fields: namesOf(c, b.Fields)}
	r.Message = fmt.Sprintf("%s lets %s %s on %s", role, a, c.Name, b.label)
	if b.After != nil && b.afterLabel != b.label {
		r.Message += ", then within " + b.afterLabel
	}
	return r
}
