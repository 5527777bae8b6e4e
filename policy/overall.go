package policy

import (
	"fmt"
	"slices"
	"time"
)

// Overall answers what company-wide figures of a collection may be computed over for
// the subject: every record, or nothing. It is the one permit that does not follow
// the person's rows (DESIGN law 3), so the grant of the tool that the subject names
// stands in for the roles' grants; conditions are [Policy.MayCallTool]'s to check.
//
// Every ceiling of AI holds as it does elsewhere: the clearance of a role that has
// the tool, the AI employee's remit, egress, the constraints of task and tool. One
// that would narrow rows or time refuses, for what is left would not be the company's.
func (p *Policy) Overall(s Subject, source, collection string, now time.Time) *Permit {
	if p == nil || p.model == nil {
		return refused(collection, View, "there is no policy")
	}
	c := p.model.Collection(source, collection)
	if c == nil || s.Tool != OverallAnalytics {
		return refused(collection, View, "there is no such collection for this tool")
	}
	d := &decision{policy: p, subject: &s, collection: c, action: View, now: now}
	d.permit = &Permit{Action: View, asked: c, name: c.Name}
	if d.admit() && d.gatherOverall() {
		d.narrow()
		d.bound()
		d.demandAll()
	}
	if d.permit.Refusal == "" {
		d.permit.Collection, d.permit.Branches, d.permit.NotAfter = c, d.branches, d.until
	}
	return d.permit
}

// gatherOverall makes a branch of all records for each role that has the tool.
func (d *decision) gatherOverall() bool {
	all := allRows()
	for _, name := range d.subject.Roles {
		r := d.policy.roles[name]
		if r == nil || d.tool.roles != nil && !d.tool.roles[name] {
			continue
		}
		own := []Branch{{Role: name, Scope: all.predicate, Fields: everyField(d.collection), label: all.label}}
		if d.subject.AI {
			own = d.cap(own, "clearance", name, r.clearance)
		}
		d.branches = append(d.branches, own...)
	}
	if len(d.branches) == 0 {
		return d.refuse(Reason{Layer: "role", Message: "no role that has the tool lets it use " + d.collection.Name})
	}
	return true
}

// demandAll drops what was narrowed to some rows, and refuses a narrowed time.
func (d *decision) demandAll() {
	d.branches = slices.DeleteFunc(d.branches, func(b Branch) bool { return !b.Scope.IsAll() })
	switch {
	case len(d.branches) == 0:
		d.refuse(Reason{Layer: "remit", Message: "a ceiling leaves some records of " + d.collection.Name + " only"})
	case d.permit.LastDays > 0:
		d.refuse(Reason{Layer: "task", Message: fmt.Sprintf("a company-wide figure is not about the last %d days alone, which is all that this may read", d.permit.LastDays)})
	}
}
