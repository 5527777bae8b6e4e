package lens

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/policy"
	"github.com/remit-crm/remit/scope"
)

// Export writes all records that match to w and returns how many. It needs the
// export action, and gives the cells that may be both viewed and exported. It goes
// page by page, each recorded and checked before it is written, so a permission
// that is withdrawn ends it: then, as on any error after the first page, what was
// written is a part only and the error says so.
func (l *Lens) Export(ctx context.Context, actor remit.Actor, q ExportQuery, w io.Writer) (int64, error) {
	out, err := newExporter(q.Format, w)
	if err != nil {
		return 0, l.Refuse(ctx, actor, string(audit.OpExport), q.Source, q.Collection, err)
	}
	var after *position
	var written int64
	for {
		page, last, more, err := l.exportPage(ctx, actor, q, after)
		if err == nil {
			err = out.write(page, after == nil)
		}
		if err != nil {
			return written, err
		}
		written += int64(len(page.Records))
		if !more {
			return written, out.finish()
		}
		after = &last
	}
}

func (l *Lens) exportPage(ctx context.Context, actor remit.Actor, q ExportQuery, after *position) (page *Page, last position, more bool, err error) {
	e := &audit.Entry{Operation: audit.OpExport, Source: q.Source, Collection: q.Collection, Details: map[string]any{
		"fields": q.Fields, "filter": q.Filter, "sort": q.Sort, "format": q.Format, "first_page": after == nil,
	}}
	err = l.govern(ctx, actor, e, func(s *session) error {
		list, err := s.exported(q)
		if err != nil {
			return err
		}
		list.after = after
		page = &Page{Collection: list.root.coll.Name, Columns: describeAll(list.columns)}
		last, more, err = list.fetch(ctx, page)
		list.note(e, page)
		return err
	})
	return page, last, more, err
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
	list := &listing{selection: &selection{session: s, root: root}, limit: MaxLimit}
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
	out := &policy.Permit{Collection: a.Collection, Action: b.Action, Rows: a.Rows, LastDays: a.LastDays, NotAfter: a.NotAfter}
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

// exporter writes pages in one format.
type exporter interface {
	write(p *Page, first bool) error
	finish() error
}

func newExporter(format string, w io.Writer) (exporter, error) {
	switch format {
	case "csv", "":
		return &csvExporter{csv.NewWriter(w)}, nil
	case "json":
		return &jsonExporter{w: w}, nil
	}
	return nil, remit.FieldErrorf("format", "unknown format %q; use csv or json", clip(format))
}

// csvExporter writes RFC 4180 with a header. A text that a spreadsheet would run
// as a formula gets an apostrophe before it.
type csvExporter struct{ w *csv.Writer }

func (x *csvExporter) write(p *Page, first bool) error {
	if first {
		header := []string{remit.IDField}
		for _, c := range p.Columns {
			header = append(header, c.Name)
		}
		if err := x.w.Write(header); err != nil {
			return fmt.Errorf("writing the export: %w", err)
		}
	}
	line := make([]string, 0, len(p.Columns)+1)
	for _, r := range p.Records {
		line = append(line[:0], string(r.ID))
		for _, v := range r.Values {
			line = append(line, harmless(v))
		}
		if err := x.w.Write(line); err != nil {
			return fmt.Errorf("writing the export: %w", err)
		}
	}
	return x.finish()
}

func (x *csvExporter) finish() error {
	x.w.Flush()
	if err := x.w.Error(); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}

func harmless(v remit.Value) string {
	text := v.String()
	if v.Type() == remit.Text && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// jsonExporter writes one array of records.
type jsonExporter struct {
	w     io.Writer
	wrote bool
}

func (x *jsonExporter) write(p *Page, first bool) error {
	var b []byte
	if first {
		b = append(b, '[')
	}
	for i := range p.Records {
		if x.wrote {
			b = append(b, ",\n"...)
		}
		x.wrote = true
		b = p.AppendRecordJSON(b, i)
	}
	if _, err := x.w.Write(b); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}

func (x *jsonExporter) finish() error {
	if _, err := io.WriteString(x.w, "]\n"); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}
