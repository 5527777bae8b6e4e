package lens

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

func ignoreRow(sqldb.Row) error { return nil }

// grantCheck decides a write cell by cell: some one branch of the permit must
// grant the field, hold for the row before, and hold for the row after (law 4,
// law 7).
type grantCheck struct {
	session *session
	permit  *policy.Permit
	id      remit.ID
	before  []bool // by branch; nil where there is no row before
	after   []bool // by branch; nil where there is no row after
}

// mayEver refuses fields that no branch grants on any row.
func (g *grantCheck) mayEver(list []assignment) error {
	for _, a := range list {
		if !a.own && !g.permit.Knows(a.index) {
			return remit.Errorf(remit.KindDenied, "none of your roles may %s %s of %s", g.permit.Action, a.field.Name, g.permit.Collection.Name)
		}
	}
	return nil
}

func (g *grantCheck) readBefore(ctx context.Context) (err error) {
	g.before, err = g.holds(ctx, func(b *policy.Branch) *scope.Predicate { return b.Scope })
	return err
}

func (g *grantCheck) readAfter(ctx context.Context) (err error) {
	g.after, err = g.holds(ctx, func(b *policy.Branch) *scope.Predicate { return b.After })
	return err
}

// holds asks, for each branch, whether its scope holds for the row as it is now
// in the transaction.
func (g *grantCheck) holds(ctx context.Context, which func(*policy.Branch) *scope.Predicate) ([]bool, error) {
	b := newBuilder(g.session.lens.db.Dialect())
	b.put("SELECT 1")
	result, decided := make([]bool, len(g.permit.Branches)), true
	for i := range g.permit.Branches {
		bound, open, err := g.session.bind(which(&g.permit.Branches[i]), "t")
		if err != nil {
			return nil, err
		}
		switch {
		case !open:
			b.put(", FALSE")
		case bound.all:
			result[i] = true
			b.put(", TRUE")
		default:
			decided = false
			b.put(", ").fragment(bound.text, bound.args)
		}
	}
	if decided {
		return result, nil // no scope looks at the row
	}
	b.put(" FROM ", quote(g.permit.Collection.Table), " t WHERE t.id = ").arg(string(g.id))
	err := g.session.tx.Query(ctx, b.stmt(), func(row sqldb.Row) error {
		for i := range result {
			result[i] = row.Bool(i + 1)
		}
		return nil
	})
	return result, err
}

// branchHolds reports whether the branch holds for what is known of the row.
func (g *grantCheck) branchHolds(i int) bool {
	return (g.before == nil || g.before[i]) && (g.after == nil || g.after[i])
}

// row refuses a write of which no branch holds for the row.
func (g *grantCheck) row() error {
	for i := range g.permit.Branches {
		if g.branchHolds(i) {
			return nil
		}
	}
	if g.after == nil || (g.before != nil && !anyTrue(g.before)) {
		return remit.Errorf(remit.KindDenied, "you may view this record of %s, but not %s it", g.permit.Collection.Name, g.permit.Action)
	}
	return remit.Errorf(remit.KindDenied, "with these values the record would lie outside what you may %s in %s", g.permit.Action, g.permit.Collection.Name)
}

// cells refuses the first field that no holding branch grants.
func (g *grantCheck) cells(list []assignment) error {
	for _, a := range list {
		if !a.own && !g.cell(a.index) {
			return remit.Errorf(remit.KindDenied, "you may not %s %s of this record of %s", g.permit.Action, a.field.Name, g.permit.Collection.Name)
		}
	}
	return nil
}

func (g *grantCheck) cell(index int) bool {
	for i := range g.permit.Branches {
		if g.permit.Branches[i].Fields[index] && g.branchHolds(i) {
			return true
		}
	}
	return false
}

func anyTrue(list []bool) bool {
	for _, b := range list {
		if b {
			return true
		}
	}
	return false
}
