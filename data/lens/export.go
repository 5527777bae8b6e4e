package lens

import (
	"context"
	"io"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// Export writes all records that match to w and returns how many. It needs the
// export action, and gives the cells that may be both viewed and exported, also
// those of other collections that a path reaches. It goes
// page by page, each recorded and checked before it is written. A permission that
// is withdrawn ends it within a second, also while a slow reader holds it up, if
// w is a [Cutter]: then, as on any error after the first page, what was written is
// a part only and the error says so.
func (l *Lens) Export(ctx context.Context, actor remit.Actor, q ExportQuery, w io.Writer) (int64, error) {
	out, err := newExporter(q.Format, w)
	if err != nil {
		return 0, l.Refuse(ctx, actor, string(audit.OpExport), q.Source, q.Collection, err)
	}
	x := &exporting{lens: l, actor: actor, query: q, out: out, cut: func() {}}
	if c, ok := w.(Cutter); ok {
		x.cut = c.Cut
	}
	for more := true; more; {
		if more, err = x.page(ctx); err != nil {
			return x.written, err
		}
	}
	return x.written, out.finish()
}

// exported resolves the query over what may be both viewed and exported.
func (s *session) exported(q ExportQuery) (*listing, error) {
	may, err := s.permit(q.Source, q.Collection, policy.Export)
	if err != nil {
		return nil, err
	}
	view, err := s.permit(q.Source, q.Collection, policy.View)
	if err != nil {
		return nil, err
	}
	root, err := s.relation(both(view, may), "t")
	if err != nil {
		return nil, err
	}
	list := &listing{selection: &selection{session: s, root: root, exports: true}, limit: MaxLimit}
	if list.columns, err = list.columnsFor(q.Fields); err != nil {
		return nil, err
	}
	if list.where, err = list.condition(q.Filter, "filter"); err != nil {
		return nil, err
	}
	list.order, err = list.sortKeys(q.Sort)
	return list, err
}

// both returns the permit of the cells that each of the two grants: every branch
// of the one with every branch of the other.
func both(a, b *policy.Permit) *policy.Permit {
	out := &policy.Permit{Collection: a.Collection, Action: b.Action, Rows: a.Rows, RowsTotal: a.RowsTotal, LastDays: a.LastDays, NotAfter: a.NotAfter}
	for _, x := range a.Branches {
		for _, y := range b.Branches {
			branch := policy.Branch{Role: x.Role, Scope: scope.And(x.Scope, y.Scope), Fields: make([]bool, len(x.Fields))}
			for i := range branch.Fields {
				branch.Fields[i] = x.Fields[i] && y.Fields[i]
			}
			out.Branches = append(out.Branches, branch)
		}
	}
	return out
}
