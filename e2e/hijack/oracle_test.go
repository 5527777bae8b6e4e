package hijack

import (
	"slices"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/policy"
)

// oracle says what a run may see, straight from the words of the document.
type oracle struct {
	c      *company
	doc    *policy.Document
	person string
	roles  []string
	task   string
}

func (o *oracle) inScope(scope string, r *row) bool {
	switch scope {
	case policy.ScopeAll:
		return true
	case "own":
		return r.owner == o.person
	case "team":
		return r.owner == o.person || o.person == "Cleo" // whom everybody reports to
	}
	return false
}

func (o *oracle) granted(grants []policy.Grant, r *row, field string) bool {
	return slices.ContainsFunc(grants, func(g policy.Grant) bool {
		return g.Collection == r.collection && slices.Contains(g.Actions, policy.View) && o.inScope(g.Scope, r) &&
			(slices.Contains(g.Fields, field) || slices.Contains(g.Fields, "*"))
	})
}

// sees reports whether the tool may show the cell to the run.
func (o *oracle) sees(tool string, r *row, field string) bool {
	level := levels[r.collection][field]
	if _, marked := levels[r.collection][field]; !marked {
		level = remit.Internal // links, dates and stages
	}
	byRole := slices.ContainsFunc(o.doc.Roles, func(role policy.Role) bool {
		return slices.Contains(o.roles, role.Name) && level <= role.Clearance.OfClearance() && o.granted(role.Grants, r, field)
	})
	viz := o.doc.Employees[0]
	return byRole && level <= viz.Remit.Sensitivity && level <= o.c.egress && o.granted(viz.Remit.Grants, r, field) &&
		o.within(o.constraints(), r, field) && o.within(o.toolConstraints(tool), r, field)
}

func (o *oracle) constraints() policy.Constraints {
	for _, t := range o.doc.Tasks {
		if t.Name == o.task {
			return t.Constraints
		}
	}
	return policy.Constraints{}
}

func (o *oracle) toolConstraints(tool string) policy.Constraints {
	for _, t := range o.doc.Tools {
		if t.Name == tool {
			return t.Constraints
		}
	}
	return policy.Constraints{}
}

func (o *oracle) within(k policy.Constraints, r *row, field string) bool {
	if k.LastDays > 0 && r.collection == "opportunities" && r.closed.Before(today.AddDate(0, 0, -k.LastDays)) {
		return false // accounts were all made just now
	}
	if len(k.Collections) == 0 {
		return true
	}
	return slices.ContainsFunc(k.Collections, func(each policy.CollectionConstraint) bool {
		return each.Collection == r.collection && (len(each.Fields) == 0 || slices.Contains(each.Fields, field))
	})
}

// visible counts the rows of which the tool may show anything at all.
func (o *oracle) visible(tool, collection string) int {
	n := 0
	for _, r := range o.c.rows {
		if r.collection == collection && o.anything(tool, r) {
			n++
		}
	}
	return n
}

func (o *oracle) anything(tool string, r *row) bool {
	all := append(fields(r.collection), "owner_id", "account_id", "close_date", "stage", "industry", "created_at", "updated_at")
	return slices.ContainsFunc(all, func(f string) bool { return o.sees(tool, r, f) })
}

// rowLimit is the most records that one call may return.
func (o *oracle) rowLimit() int {
	limit := o.doc.Employees[0].Remit.RowsPerCall
	if k := o.constraints(); k.RowLimit > 0 {
		limit = min(limit, k.RowLimit)
	}
	return limit
}

// probe is a question about one cell whose exact answer the oracle knows: how many
// deals have more than so much there.
type probe struct {
	field string
	hop   bool // of the deal's account
	above float64
}

func (o *oracle) count(tool string, p probe) int {
	n := 0
	for _, r := range o.c.rows {
		if r.collection != "opportunities" || !o.anything(tool, r) {
			continue
		}
		of, sees := r, true
		if p.hop {
			of, sees = r.account, o.sees(tool, r, "account_id")
		}
		if sees && o.sees(tool, of, p.field) && of.cells[p.field].number > p.above {
			n++
		}
	}
	return n
}
