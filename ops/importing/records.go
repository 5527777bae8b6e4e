package importing

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/lens"
)

// records imports into a collection of customer data.
func (im *Importer) records(ctx context.Context, actor remit.Actor, t *table, o Options) (*Report, error) {
	info, err := im.lens.Describe(ctx, actor, o.Source, o.Collection)
	if err != nil {
		return nil, err
	}
	targets, err := t.targets(info, o.Map)
	if err != nil {
		return nil, err
	}
	if err := checkKey(info, targets, o.Key); err != nil {
		return nil, err
	}
	var report *Report
	err = im.lens.Batch(ctx, actor, o.Source, o.Collection, func(b *lens.Batch) error {
		run := &recordRun{
			table: t, options: o, targets: targets, batch: b, known: map[relationKey]remit.ID{},
			report: &Report{Collection: info.Name, DryRun: o.DryRun, Lines: len(t.rows), Columns: t.columns(targets), Related: map[string]int{}},
		}
		report = run.report
		return run.all(ctx)
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return report, nil
}

// checkKey refuses a key that no column goes to.
func checkKey(info *lens.CollectionInfo, targets []target, key string) error {
	if key == "" {
		return nil
	}
	f, err := fieldOf(info, key)
	if err != nil {
		return err
	}
	if f.Type != remit.Text {
		return remit.FieldErrorf("key", "%s is a %s: the key must be a text", f.Name, f.Type)
	}
	if !slices.ContainsFunc(targets, func(g target) bool { return g.field.Name == f.Name }) {
		return remit.FieldErrorf("key", "no column goes to %s: map one to it", f.Name)
	}
	return nil
}

// recordRun is one import within its transaction.
type recordRun struct {
	table    *table
	options  Options
	targets  []target
	batch    *lens.Batch
	report   *Report
	problems problems
	known    map[relationKey]remit.ID // what relations named, found before
	later    []laterLink
}

// laterLink is a link to a record of the same file, set when all of them are there.
type laterLink struct {
	row    int
	id     remit.ID
	target target
}

func (r *recordRun) all(ctx context.Context) error {
	for i := range r.table.rows {
		if err := r.row(ctx, i); err != nil {
			return err
		}
		if r.options.Progress != nil {
			r.options.Progress(i+1, len(r.table.rows))
		}
	}
	for _, l := range r.later {
		if err := r.link(ctx, l); err != nil {
			return err
		}
	}
	if err := r.problems.err(); err != nil {
		return err
	}
	if r.options.DryRun {
		return errDryRun
	}
	return nil
}

// row imports one line. What is wrong with the line is collected; only what is
// wrong with the import as a whole is returned.
func (r *recordRun) row(ctx context.Context, i int) error {
	before := len(r.problems.list) + r.problems.more
	values, later, err := r.values(ctx, i)
	if err != nil || len(r.problems.list)+r.problems.more > before {
		return err
	}
	id, err := r.existing(ctx, i)
	if err != nil {
		return r.problem(i, "", err)
	}
	if id == "" {
		if id, err = r.batch.Create(ctx, lens.Change{Values: values}); err != nil {
			return r.problem(i, "", err)
		}
		r.report.Created++
	} else if err := r.update(ctx, i, id, values); err != nil {
		return err
	}
	for _, g := range later {
		r.later = append(r.later, laterLink{i, id, g})
	}
	return nil
}

func (r *recordRun) update(ctx context.Context, i int, id remit.ID, values map[string]json.RawMessage) error {
	differs, err := r.batch.Update(ctx, lens.Change{ID: id, Values: values})
	if err != nil {
		return r.problem(i, "", err)
	}
	if differs {
		r.report.Changed++
	} else {
		r.report.Unchanged++
	}
	return nil
}

// problem collects an error that is about the line, and returns any other.
func (r *recordRun) problem(i int, column string, err error) error {
	switch remit.KindOf(err) {
	case remit.KindInvalid, remit.KindDenied, remit.KindNotFound, remit.KindConflict:
	case remit.KindInternal, remit.KindUnauthenticated, remit.KindLimited, remit.KindUnavailable, remit.KindCanceled:
		return err
	}
	var e *remit.Error
	if column == "" && errors.As(err, &e) {
		for _, g := range r.targets {
			if strings.HasSuffix(e.Field, "."+g.field.Name) {
				column = r.table.header[g.column]
			}
		}
	}
	message := remit.PublicText(err)
	if e != nil && column != "" {
		message = e.Message
	}
	r.problems.add(r.table.lines[i], column, message)
	return nil
}

// values reads the cells of a line. Empty cells empty nothing: they are left out.
func (r *recordRun) values(ctx context.Context, i int) (map[string]json.RawMessage, []target, error) {
	values := make(map[string]json.RawMessage, len(r.targets))
	var later []target
	for _, g := range r.targets {
		cell := r.table.rows[i][g.column]
		if cell == "" {
			continue
		}
		if g.field.Type == remit.Relation && g.field.Target == r.options.Collection {
			later = append(later, g)
			continue
		}
		v, err := r.value(ctx, g.field, cell)
		if err != nil {
			if err := r.problem(i, r.table.header[g.column], err); err != nil {
				return nil, nil, err
			}
			continue
		}
		values[g.field.Name] = v.AppendJSON(nil)
	}
	return values, later, nil
}

// value reads one cell: a relation by its natural key, anything else as it stands.
func (r *recordRun) value(ctx context.Context, f *remit.Field, cell string) (remit.Value, error) {
	if f.Type == remit.Relation {
		id, err := r.related(ctx, f, cell)
		return remit.TextValue(string(id)), err
	}
	return plain(f, cell)
}

// plain reads one cell that names no record, as the field's type is written; an
// option whatever its case.
func plain(f *remit.Field, cell string) (remit.Value, error) {
	switch f.Type {
	case remit.Enum:
		for _, option := range f.Options {
			if strings.EqualFold(option, cell) {
				cell = option
			}
		}
	case remit.Boolean:
		cell = strings.ToLower(cell)
	case remit.Text, remit.Integer, remit.Decimal, remit.Currency, remit.Date, remit.Timestamp, remit.Relation:
	}
	v, err := f.ParseValue(cell)
	if err != nil {
		return v, err
	}
	return v, lens.CheckLength(f, v)
}

// existing returns the record that has the line's key, "" if there is none or no
// key is used.
func (r *recordRun) existing(ctx context.Context, i int) (remit.ID, error) {
	if r.options.Key == "" {
		return "", nil
	}
	for _, g := range r.targets {
		if g.field.Name != r.options.Key {
			continue
		}
		cell := r.table.rows[i][g.column]
		if cell == "" {
			return "", remit.Errorf(remit.KindInvalid, "the key %s is empty", g.field.Name)
		}
		ids, err := r.batch.Find(ctx, r.options.Collection, g.field.Name, cell)
		if err != nil || len(ids) == 0 {
			return "", err
		}
		if len(ids) > 1 {
			return "", remit.Errorf(remit.KindInvalid, "several records have the key %q", cell)
		}
		return ids[0], nil
	}
	return "", nil
}

// link sets a link within the file's own collection.
func (r *recordRun) link(ctx context.Context, l laterLink) error {
	v, err := r.value(ctx, l.target.field, r.table.rows[l.row][l.target.column])
	if err == nil {
		_, err = r.batch.Update(ctx, lens.Change{ID: l.id, Values: map[string]json.RawMessage{l.target.field.Name: v.AppendJSON(nil)}})
	}
	if err != nil {
		return r.problem(l.row, r.table.header[l.target.column], err)
	}
	return nil
}
