package lens

import (
	"context"

	"github.com/remit-crm/remit"
	"github.com/remit-crm/remit/data/audit"
	"github.com/remit-crm/remit/data/internal/sqldb"
	"github.com/remit-crm/remit/policy"
)

// OpImport is the operation of [Lens.Batch] in the audit log.
const OpImport audit.Operation = "import"

// Batch is a set of writes to one collection that all happen or none.
type Batch struct {
	session    *session
	source     string
	collection string
	written    []remit.ID
	fields     map[string]remit.Sensitivity
}

// Batch lets fill write many records in one transaction, with one audit entry.
// fill may run several times and must start afresh each time; if it fails, nothing
// has been written.
func (l *Lens) Batch(ctx context.Context, actor remit.Actor, source, collection string, fill func(*Batch) error) error {
	e := &audit.Entry{Operation: OpImport, Source: source, Collection: collection}
	return l.governWrite(ctx, actor, e, func(s *session) error {
		s.imports, s.known, s.departments = true, map[linkKey]bool{}, map[remit.ID]remit.ID{}
		b := &Batch{session: s, source: source, collection: collection, fields: map[string]remit.Sensitivity{}}
		if err := fill(b); err != nil {
			return err
		}
		e.Rows, e.Records = int64(len(b.written)), b.written
		for name, level := range b.fields {
			e.Fields = append(e.Fields, name)
			e.Sensitivity = max(e.Sensitivity, level)
		}
		return nil
	})
}

// Create makes a record as [Lens.Create] does and returns its id.
func (b *Batch) Create(ctx context.Context, c Change) (remit.ID, error) {
	var e audit.Entry
	id, err := b.make(ctx, b.collection, c, &e)
	if err != nil {
		return "", err
	}
	b.note(&e)
	return id, nil
}

// make makes a record, reading it back only where something of it might be hidden.
func (b *Batch) make(ctx context.Context, collection string, c Change, e *audit.Entry) (remit.ID, error) {
	c.Source, c.Collection = b.source, collection
	id, list, err := b.session.make(ctx, c, e)
	if err != nil {
		return "", err
	}
	if b.session.seesAll(b.session.snapshot.Model().Collection(b.source, collection), list) {
		return id, nil
	}
	_, err = b.session.created(ctx, c, id, list, &audit.Entry{})
	return id, err
}

// CreateIn makes a record of another collection of the same data source, which the
// ones of the batch's own are to name.
func (b *Batch) CreateIn(ctx context.Context, collection string, c Change) (remit.ID, error) {
	var e audit.Entry
	id, err := b.make(ctx, collection, c, &e)
	if err != nil {
		return "", err
	}
	b.written = append(b.written, id)
	return id, nil
}

// Update changes a record as [Lens.Update] does and reports whether anything
// differed.
func (b *Batch) Update(ctx context.Context, c Change) (bool, error) {
	c.Source, c.Collection = b.source, b.collection
	var e audit.Entry
	if _, err := b.session.alter(ctx, c, &e); err != nil {
		return false, err
	}
	if len(e.Fields) == 0 {
		return false, nil
	}
	b.note(&e)
	return true, nil
}

func (b *Batch) note(e *audit.Entry) {
	b.written = append(b.written, e.Records...)
	for _, name := range e.Fields {
		b.fields[name] = max(b.fields[name], e.Sensitivity)
	}
}

// Find returns the ids, two at most, of the visible records of any collection
// whose text field holds exactly the text, so that a caller can tell none, one and
// several apart.
func (b *Batch) Find(ctx context.Context, collection, field, text string) ([]remit.ID, error) {
	sel, err := b.session.selection(b.source, collection, policy.View)
	if err != nil {
		return nil, err
	}
	c, err := sel.column(field, field)
	if err != nil {
		return nil, err
	}
	v, err := parseTextOperand(c.field, text)
	if err != nil {
		return nil, err
	}
	w := newBuilder(sel.root.dialect())
	w.put("SELECT ", sel.root.alias, ".id")
	sel.writeFrom(w)
	w.put(" AND ")
	ordered{c, "=", v}.write(w)
	w.put(" ORDER BY ", sel.root.alias, ".id LIMIT 2")
	var ids []remit.ID
	err = b.session.read(ctx, w.stmt(), func(row sqldb.Row) error {
		ids = append(ids, remit.ID(row.Text(0)))
		return nil
	})
	return ids, err
}
