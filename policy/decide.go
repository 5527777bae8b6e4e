package policy

import (
	"slices"
	"time"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/scope"
)

// Permit answers what the subject may do to a collection at now. It is never
// nil; what is unknown is refused. The permit holds while now is before its
// NotAfter, and is shared: it must not be changed.
//
// Conditions of tasks and tools look at the person and at the call, of which a
// subject says nothing: [Policy.MayRunTask] and [Policy.MayCallTool] check them
// before.
func (p *Policy) Permit(s Subject, source, collection string, a Action, now time.Time) *Permit {
	if p == nil || p.model == nil {
		return refused(collection, a, "there is no policy")
	}
	c := p.model.Collection(source, collection)
	if c == nil {
		return refused(collection, a, "there is no such collection")
	}
	if s.Viewing && a != View {
		return refused(collection, a, "whoever views as somebody else changes nothing and takes nothing away")
	}
	if !slices.IsSorted(s.Roles) {
		s.Roles = slices.Sorted(slices.Values(s.Roles)) // a copy: the caller's stays as it is
	}
	var space [256]byte
	key := appendKey(space[:0], &s, c, a)
	if permit := p.permits.get(key, now); permit != nil {
		return permit
	}
	return p.decideAndKeep(s, c, a, now, key)
}

// decideAndKeep is apart from Permit so that a hit in the cache allocates
// nothing.
func (p *Policy) decideAndKeep(s Subject, c *remit.Collection, a Action, now time.Time, key []byte) *Permit {
	decided := p.decide(&s, c, a, now)
	p.permits.put(key, decided)
	return decided.permit
}

// refused answers what no policy could grant.
func refused(collection string, a Action, why string) *Permit {
	return &Permit{
		Action: a, Refusal: why, name: collection,
		Reasons: []Reason{{Layer: "model", Name: collection, Effect: effectRefuses, Message: why}},
	}
}

// The effects of a layer.
const (
	effectGives   = "gives"
	effectNarrows = "narrows"
	effectRefuses = "refuses"
)

// decision is the making of one permit: the branches that the roles give, which
// the ceilings then narrow one after the other. Nothing after gather adds to a
// branch, which is how AI never gets more than its person (law 3).
type decision struct {
	policy     *Policy
	subject    *Subject
	collection *remit.Collection
	action     Action
	now        time.Time

	employee *employee // nil: the person acts
	task     *task     // nil: none
	tool     *tool     // nil: none
	permit   *Permit
	branches []Branch
	gave     bool      // some role gave something, whatever is left of it
	from     time.Time // since when the answer is this one
	until    time.Time // until when
}

func (p *Policy) decide(s *Subject, c *remit.Collection, a Action, now time.Time) cached {
	d := &decision{policy: p, subject: s, collection: c, action: a, now: now}
	d.permit = &Permit{Action: a, asked: c, name: c.Name}
	if d.admit() && d.gather() {
		d.narrow()
		d.bound()
	}
	if d.permit.Refusal == "" {
		d.permit.Collection = c
		d.permit.Branches = d.branches
		d.permit.NotAfter = d.until
	}
	return cached{permit: d.permit, from: d.from, until: d.until}
}

// gather makes a branch of each role's rows (law 4). It reports whether any role
// gives anything.
func (d *decision) gather() bool {
	known := false
	for i, name := range d.subject.Roles {
		if i > 0 && name == d.subject.Roles[i-1] {
			continue
		}
		r := d.policy.roles[name]
		if r == nil {
			d.note(Reason{Layer: "role", Name: name, Effect: effectRefuses, Message: "the policy has no role " + name})
			continue
		}
		known = true
		d.gatherRole(r)
	}
	switch {
	case !known:
		return d.refuse(Reason{Layer: "role", Message: "the person holds no role of the policy"})
	case !d.gave:
		return d.refuse(Reason{Layer: "role", Message: "no role that counts lets " + string(d.action) + " " + d.collection.Name})
	}
	return true
}

// gatherRole adds the branches of one role: its live grants, those on the same
// rows as one, up to the role's clearance.
func (d *decision) gatherRole(r *role) {
	var own []Branch
	for _, g := range d.live("role", r.name, r.grants[d.collection]) {
		if b := d.branch(r.name, g); d.matters(&b) {
			own = merge(own, b)
		}
	}
	for i := range own {
		d.gave = true
		d.note(given(r.name, d.collection, d.action, &own[i]))
	}
	if d.subject.AI {
		own = d.cap(own, "clearance", r.name, r.clearance)
	}
	d.branches = append(d.branches, own...)
}

// live returns the grants of the action that have not ended, and keeps when the
// answer changes because one ends.
func (d *decision) live(layer, name string, all []*grant) []*grant {
	var live []*grant
	for _, g := range all {
		switch {
		case !g.actions[string(d.action)]:
		case g.notAfter.IsZero():
			live = append(live, g)
		case d.now.Before(g.notAfter):
			live = append(live, g)
			if d.until.IsZero() || g.notAfter.Before(d.until) {
				d.until = g.notAfter
			}
		default:
			if g.notAfter.After(d.from) {
				d.from = g.notAfter
			}
			d.note(Reason{
				Layer: "time", Name: name, Effect: effectRefuses, Scope: g.scope.label, Fields: namesOf(d.collection, g.fields),
				Message: "a grant of " + layer + " " + name + " ended at " + g.notAfter.UTC().Format(time.RFC3339),
			})
		}
	}
	return live
}

// branch is what a grant gives before any ceiling.
func (d *decision) branch(role string, g *grant) Branch {
	b := Branch{Role: role, Scope: g.scope.predicate, label: g.scope.label, Fields: make([]bool, len(d.collection.Fields))}
	switch d.action {
	case View, Export:
		copy(b.Fields, g.fields)
	case Create, Update:
		for i, granted := range g.fields {
			b.Fields[i] = granted && !d.collection.Fields[i].ReadOnly
		}
		b.After, b.afterLabel = g.after.predicate, g.after.label
		if d.action == Create { // there is no row before
			b.Scope, b.label = b.After, b.afterLabel
		}
	case Delete: // rows only
	}
	return b
}

// matters reports whether a branch grants anything.
func (d *decision) matters(b *Branch) bool {
	if b.Scope.IsNone() || (b.After != nil && b.After.IsNone()) {
		return false
	}
	return d.action == Delete || slices.Contains(b.Fields, true)
}

// merge adds a branch, to one of the same rows if there is one. Equal rows may
// share their fields without giving any cell that neither gave.
func merge(branches []Branch, b Branch) []Branch {
	for i := range branches {
		have := &branches[i]
		if !sameRows(have.Scope, b.Scope) || !sameRows(have.After, b.After) {
			continue
		}
		for f, granted := range b.Fields {
			have.Fields[f] = have.Fields[f] || granted
		}
		if have.Role != b.Role {
			have.Role += ", " + b.Role
		}
		return branches
	}
	return append(branches, b)
}

func sameRows(a, b *scope.Predicate) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a == b || a.Key() == b.Key()
}

// finish merges the branches of several roles on the same rows.
func (d *decision) finish() {
	var merged []Branch
	for _, b := range d.branches {
		merged = merge(merged, b)
	}
	d.branches = merged
	if len(merged) == 0 {
		d.permit.Refusal = "nothing that the person may see is within every ceiling: " + d.permit.Reasons[len(d.permit.Reasons)-1].Message
	}
}

func (d *decision) note(r Reason) { d.permit.Reasons = append(d.permit.Reasons, r) }

// refuse ends a decision; the first refusal counts.
func (d *decision) refuse(r Reason) bool {
	r.Effect = effectRefuses
	d.note(r)
	if d.permit.Refusal == "" {
		d.permit.Refusal = r.Message
	}
	d.branches = nil
	return false
}
